//! A forum against recorded answers, against faults, and against a model of its paging.

mod faults;
mod paging;
mod publishing;
mod recorded;

use std::sync::Arc;

use serde_json::Value;
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
        include_str!(concat!("../../../../tests/data/discourse/", $name, ".json"))
    };
}
pub(super) use answer;

pub(super) fn settings(server: &MockServer) -> SourceSettings {
    SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        search: vec!["Ferris Bikes".to_owned()],
        ..SourceSettings::named("forum", super::KIND.network.clone())
    }
}

pub(super) fn tools(secret: Option<&str>) -> Tools {
    let settings = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let credentials = secret.map_or_else(MemoryCredentials::default, MemoryCredentials::of);
    Tools { client: Client::new(settings).unwrap(), credentials: Arc::new(credentials) }
}

/// The source of a forum where an admin's key acts as `ferris_team`.
pub(super) fn own_forum(server: &MockServer) -> Source {
    let settings = SourceSettings { account: Some("ferris_team".to_owned()), ..settings(server) };
    super::open(&settings, &tools(Some("canary-key"))).unwrap()
}

/// The source of a forum with a user's own key.
pub(super) fn as_member(server: &MockServer) -> Source {
    super::open(&settings(server), &tools(Some("canary-key"))).unwrap()
}

/// The source of a forum that anybody may read.
pub(super) fn as_anybody(server: &MockServer) -> Source {
    super::open(&settings(server), &tools(None)).unwrap()
}

pub(super) fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

pub(super) fn refused(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

pub(super) async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(server).await;
}

/// What every forum answers about itself and about us.
pub(super) async fn serve_forum(server: &MockServer) {
    serve(server, "/site.json", json(answer!("site"))).await;
    serve(server, "/site/settings.json", json(answer!("settings"))).await;
    serve(server, "/session/current.json", json(answer!("session"))).await;
}

/// Paths that were asked, in order.
pub(super) async fn asked(server: &MockServer) -> Vec<String> {
    server.received_requests().await.unwrap().iter().map(|request| request.url.path().to_owned()).collect()
}

pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
