//! Stack Exchange against recorded answers and against faults.

mod faults;
mod recorded;

use std::sync::Arc;

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{MemoryCredentials, Source, SourceSettings, Tools};

pub(super) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

macro_rules! answer {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/stackexchange/", $name, ".json"))
    };
}
pub(super) use answer;

pub(super) fn source(server: &MockServer, account: Option<&str>, key: Option<&str>) -> Source {
    let settings = SourceSettings {
        url: Some(format!("{}/2.3/", server.uri()).parse().unwrap()),
        search: vec!["Ferris Bikes".to_owned()],
        account: account.map(str::to_owned),
        ..SourceSettings::named("so", super::KIND.network.clone())
    };
    let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let credentials = key.map_or_else(MemoryCredentials::default, MemoryCredentials::of);
    let tools = Tools { client: Client::new(http).unwrap(), credentials: Arc::new(credentials) };
    super::open(&settings, &tools).unwrap()
}

pub(super) fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

pub(super) fn refused(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

pub(super) async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(format!("/2.3/{at}"))).respond_with(answer).mount(server).await;
}

/// Paths that were asked, in order, without the beginning that all share.
pub(super) async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.path().trim_start_matches("/2.3/").to_owned()).collect()
}
