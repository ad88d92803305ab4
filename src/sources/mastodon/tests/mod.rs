//! Recorded answers, faults, streams and paging, against servers of our own making.

mod faults;
mod listening;
mod logging_in;
mod looking_up;
mod paging;
mod publishing;
mod reading;
mod streaming;
mod streams;

use std::sync::Arc;

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::domain::{Network, Timestamp};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{MemoryCredentials, Source, SourceSettings, Tools};

/// The secret that must appear nowhere.
const TOKEN: &str = "canary-7f3a91";

fn now() -> Timestamp {
    "2026-11-22T09:30:00Z".parse().unwrap()
}

fn tools_with(secret: Option<&str>) -> Tools {
    let credentials = secret.map_or_else(MemoryCredentials::default, MemoryCredentials::of);
    let http = HttpSettings { timeout: crate::domain::time::SignedDuration::from_secs(2), ..HttpSettings::default() };
    Tools { client: Client::new(http).unwrap(), credentials: Arc::new(credentials) }
}

fn settings(url: &str) -> SourceSettings {
    SourceSettings {
        url: Some(url.parse().unwrap()),
        stream: false,
        ..SourceSettings::named("social", Network::fixed("mastodon"))
    }
}

fn source(settings: &SourceSettings) -> Source {
    super::open(settings, &tools_with(Some(TOKEN))).unwrap()
}

/// A server of this kind with the account `brand`, id 42, to which answers can be added.
async fn server(instance: &str) -> MockServer {
    let server = MockServer::start().await;
    let mut instance: Value = serde_json::from_str(instance).unwrap();
    // Its streams would lead out of the test.
    if let Some(urls) = instance.pointer_mut("/configuration/urls") {
        *urls = json!({});
    }
    instance["urls"] = json!({});
    give(&server, "/api/v2/instance", instance).await;
    let me = json!({ "id": "42", "username": "brand", "acct": "brand", "url": "https://social.example/@brand" });
    give(&server, "/api/v1/accounts/verify_credentials", me).await;
    server
}

async fn mastodon() -> MockServer {
    server(include_str!("../../../../tests/data/mastodon/instance_mastodon.json")).await
}

/// Answers a path with JSON, after everything that was mounted before.
async fn give(server: &MockServer, at: &str, body: Value) {
    answer(server, "GET", at, ResponseTemplate::new(200).set_body_json(body)).await;
}

async fn answer(server: &MockServer, how: &str, at: &str, response: ResponseTemplate) {
    Mock::given(method(how)).and(path(at)).respond_with(response).with_priority(100).mount(server).await;
}

/// Answers with empty lists wherever nothing else does.
async fn empty_elsewhere(server: &MockServer) {
    let nothing = |request: &Request| {
        let found = json!({ "statuses": [], "accounts": [], "hashtags": [] });
        let body = if request.url.path().ends_with("/search") { found } else { json!([]) };
        ResponseTemplate::new(200).set_body_json(body)
    };
    Mock::given(method("GET")).respond_with(nothing).with_priority(200).mount(server).await;
}

/// A plain post.
fn status(id: &str, text: &str) -> Value {
    json!({
        "id": id, "created_at": "2026-11-22T09:15:04.000Z", "visibility": "public", "content": format!("<p>{text}</p>"),
        "uri": format!("https://wheels.example/s/{id}"), "url": format!("https://wheels.example/@ana/{id}"),
        "account": { "id": "7", "acct": "ana@wheels.example", "display_name": "Ana" }
    })
}

/// The requests for a path, as their queries.
async fn asked(server: &MockServer, at: &str) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() == at)
        .map(|request| request.url.query().unwrap_or_default().to_owned())
        .collect()
}
