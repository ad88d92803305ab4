//! Bluesky against recorded answers, a mock with faults, and models.

mod faults;
mod listening;
mod login;
mod looking;
mod paging;
mod publishing;
mod records;
mod sessions;
mod words;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockBuilder, MockServer, ResponseTemplate};

use crate::domain::time::SignedDuration;
use crate::domain::{Network, Timestamp};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::networks;
use crate::sources::{Credentials, MemoryCredentials, Source, SourceSettings, Tools};

/// Every kind of list, with nothing in it.
const EMPTY: &str = r#"{"posts":[],"notifications":[],"feed":[],"profiles":[]}"#;
const PASSWORD: &str = "abcd-efgh-ijkl-mnop";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// A server that grants sessions to the account did:plc:brand.
struct House {
    server: MockServer,
    credentials: Arc<MemoryCredentials>,
    settings: SourceSettings,
}

/// A recorded answer.
fn recorded(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.to_owned(), "application/json")
}

fn refused(status: u16, name: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": name, "message": "words of the server" }))
}

fn asked(name: &str) -> MockBuilder {
    Mock::given(path(format!("/xrpc/{name}")))
}

fn session(uri: &str) -> String {
    include_str!("../../../../tests/data/bluesky/session.json").replace("{SERVER}", uri)
}

impl House {
    /// A server without sessions.
    async fn bare() -> Self {
        let server = MockServer::start().await;
        let mut settings = SourceSettings::named("Bluesky", Network::fixed("bluesky"));
        settings.url = Some(server.uri().parse().unwrap());
        settings.account = Some("ferris.example".to_owned());
        Self { server, credentials: Arc::new(MemoryCredentials::of(PASSWORD)), settings }
    }

    async fn open() -> Self {
        let house = Self::bare().await;
        house.answer("com.atproto.server.createSession", recorded(&session(&house.server.uri()))).await;
        house
    }

    /// A server whose lists are all empty.
    async fn quiet() -> Self {
        let house = Self::open().await;
        for name in
            ["app.bsky.notification.listNotifications", "app.bsky.feed.getAuthorFeed", "app.bsky.feed.searchPosts"]
        {
            asked(name).respond_with(recorded(EMPTY)).with_priority(200).mount(&house.server).await;
        }
        house
    }

    async fn answer(&self, name: &str, answer: ResponseTemplate) {
        asked(name).respond_with(answer).mount(&self.server).await;
    }

    /// This answer so many times, before others.
    async fn first(&self, name: &str, times: u64, answer: ResponseTemplate) {
        asked(name).respond_with(answer).up_to_n_times(times).with_priority(1).mount(&self.server).await;
    }

    fn tools(&self) -> Tools {
        let client = Client::new(HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() });
        let credentials: Arc<dyn Credentials> = self.credentials.clone();
        Tools { client: client.unwrap(), credentials }
    }

    fn source(&self) -> Source {
        networks::open(&self.settings, &self.tools()).unwrap()
    }

    /// Requests of a method so far.
    async fn requests(&self, name: &str) -> Vec<wiremock::Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path() == format!("/xrpc/{name}")).collect()
    }

    /// Bodies of the requests of a method so far.
    async fn bodies(&self, name: &str) -> Vec<Value> {
        let requests = self.requests(name).await;
        requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }

    async fn kept(&self) -> Value {
        serde_json::from_str(self.credentials.session().await.unwrap().expose_secret()).unwrap()
    }

    async fn keep(&self, kept: &Value) {
        self.credentials.keep_session(&SecretString::from(kept.to_string())).await.unwrap();
    }
}

fn bearer(request: &wiremock::Request) -> &str {
    request.headers.get("authorization").map_or("", |value| value.to_str().unwrap())
}
