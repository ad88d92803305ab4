//! YouTube against recorded answers, against faults, and against a model of its paging.

mod faults;
mod paging;
mod publishing;
mod recorded;

use std::sync::Arc;

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Credentials, MemoryCredentials, Source, SourceSettings, Tools};

pub(super) const OURS: &str = "UCferrisbikesferrisbikes";
pub(super) const KEY: &str = "key:canary-key";
pub(super) const OAUTH: &str = "oauth:id.apps canary-secret canary-refresh";

pub(super) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

macro_rules! answer {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/youtube/", $name, ".json"))
    };
}
pub(super) use answer;

pub(super) fn with(server: &MockServer, places: &[&str], credentials: Arc<dyn Credentials>) -> Source {
    let settings = SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        places: places.iter().map(|place| (*place).to_owned()).collect(),
        account: Some(OURS.to_owned()),
        ..SourceSettings::named("tube", super::KIND.network.clone())
    };
    let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    super::open(&settings, &Tools { client: Client::new(http).unwrap(), credentials }).unwrap()
}

pub(super) fn source(server: &MockServer, places: &[&str], secret: &str) -> Source {
    with(server, places, Arc::new(MemoryCredentials::of(secret)))
}

pub(super) fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json; charset=UTF-8")
}

pub(super) fn refused(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json; charset=UTF-8")
}

pub(super) async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(format!("/{at}"))).respond_with(answer).mount(server).await;
}

pub(super) async fn serve_tokens(server: &MockServer) {
    Mock::given(method("POST")).and(path("/token")).respond_with(json(answer!("token"))).mount(server).await;
}

pub(super) async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.path().trim_start_matches('/').to_owned()).collect()
}
