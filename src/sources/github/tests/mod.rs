//! GitHub against recorded answers and against faults.

mod faults;
mod hooks;
mod publishing;
mod recorded;

use std::sync::Arc;

use wiremock::matchers::{body_string_contains, method, path};
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
        include_str!(concat!("../../../../tests/data/github/", $name, ".json"))
    };
}
pub(super) use answer;

pub(super) fn settings(server: &MockServer) -> SourceSettings {
    SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        ..SourceSettings::named("github", super::KIND.network.clone())
    }
}

pub(super) fn tools(secret: Option<&str>) -> Tools {
    let settings = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let credentials = secret.map_or_else(MemoryCredentials::default, MemoryCredentials::of);
    Tools { client: Client::new(settings).unwrap(), credentials: Arc::new(credentials) }
}

/// A source that searches for a name and reads a repository.
pub(super) fn source(server: &MockServer, search: &[&str], places: &[&str], token: Option<&str>) -> Source {
    let settings = SourceSettings {
        search: search.iter().map(|term| (*term).to_owned()).collect(),
        places: places.iter().map(|place| (*place).to_owned()).collect(),
        ..settings(server)
    };
    super::open(&settings, &tools(token)).unwrap()
}

pub(super) fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

pub(super) fn refused(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json; charset=utf-8")
}

/// Answers below the place where the interface of an Enterprise server is.
pub(super) async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(format!("/api/v3/{at}"))).respond_with(answer).mount(server).await;
}

/// Answers a question to GraphQL that holds these words.
pub(super) async fn graph(server: &MockServer, words: &str, answer: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(path("/api/graphql"))
        .and(body_string_contains(words))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// What a token brings besides what is configured: who we are, no notifications, nothing written.
pub(super) async fn serve_account(server: &MockServer) {
    serve(server, "user", json(answer!("user"))).await;
    serve(server, "notifications", json("[]")).await;
    graph(server, "viewer", json(r#"{"data":{"viewer":{}}}"#)).await;
}
