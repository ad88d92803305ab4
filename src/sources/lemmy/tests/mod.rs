//! Lemmy against a local server that answers as the documentation of its three generations says.

/// A recorded answer.
macro_rules! answer_of {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/lemmy/", $name))
    };
}

mod faults;
mod login;
mod paging;
mod publishing;
mod recorded;

use std::sync::Arc;

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::domain::{Item, Timestamp};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Batch, MemoryCredentials, Source, SourceError, SourceSettings, Tools, networks};

/// A token as Lemmy makes them, with a mark that must not be seen anywhere.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjJ9.canary-token";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn tools(credentials: &Arc<MemoryCredentials>) -> Tools {
    Tools { client: Client::new(HttpSettings::default()).unwrap(), credentials: Arc::clone(credentials) as _ }
}

fn settings(server: &MockServer) -> SourceSettings {
    SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        ..SourceSettings::named("lemmy", super::KIND.network.clone())
    }
}

fn with_account(server: &MockServer) -> SourceSettings {
    SourceSettings { account: Some("ferris_bikes".into()), ..settings(server) }
}

fn opened(settings: &SourceSettings) -> Source {
    networks::open(settings, &tools(&Arc::new(MemoryCredentials::of(TOKEN)))).unwrap()
}

async fn poll(source: &mut Source, cursor: &str) -> Result<Batch, SourceError> {
    source.listen.poll(cursor, now()).await
}

fn body(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.to_owned(), "application/json")
}

fn error(status: u16, name: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(format!(r#"{{"error":"{name}"}}"#), "application/json")
}

async fn get(server: &MockServer, at: &str, text: &str) {
    Mock::given(method("GET")).and(path(at)).respond_with(body(text)).mount(server).await;
}

/// A server of 0.19 with nothing to tell.
async fn quiet_v3() -> MockServer {
    let server = MockServer::start().await;
    get(&server, "/api/v3/site", answer_of!("v3_site.json")).await;
    Mock::given(method("GET")).respond_with(body("{}")).with_priority(200).mount(&server).await;
    server
}

/// A server of 1.0 with nothing to tell.
async fn quiet_v4() -> MockServer {
    let server = MockServer::start().await;
    for version in ["v3", "v4"] {
        get(&server, &format!("/api/{version}/site"), answer_of!("v4_site.json")).await;
    }
    get(&server, "/api/v4/account", answer_of!("v4_account.json")).await;
    Mock::given(method("GET")).respond_with(body(r#"{"items":[]}"#)).with_priority(200).mount(&server).await;
    server
}

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap()
}
