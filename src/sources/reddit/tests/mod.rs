//! Reddit against a local server that answers as the documentation says.

/// A recorded answer.
macro_rules! answer_of {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/reddit/", $name))
    };
}

mod faults;
mod login;
mod paging;
mod private_feed;
mod publishing;
mod recorded;

use std::sync::Arc;

use secrecy::SecretString;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::domain::{Item, Timestamp};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Batch, Credentials, MemoryCredentials, Source, SourceError, SourceSettings, Tools, networks};

const SECRET: &str = "canary-app canary-refresh";
const EMPTY: &str = r#"{"kind":"Listing","data":{"after":null,"children":[]}}"#;
const TOKEN: &str = "/api/v1/access_token";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn tools(credentials: &Arc<MemoryCredentials>) -> Tools {
    Tools { client: Client::new(HttpSettings::default()).unwrap(), credentials: Arc::clone(credentials) as _ }
}

fn settings(server: &MockServer) -> SourceSettings {
    SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        account: Some("u/ferris_bikes".into()),
        client_id: Some("app1".into()),
        ..SourceSettings::named("reddit", super::KIND.network.clone())
    }
}

fn opened(settings: &SourceSettings) -> Source {
    networks::open(settings, &tools(&Arc::new(MemoryCredentials::of(SECRET)))).unwrap()
}

async fn poll(source: &mut Source, cursor: &str) -> Result<Batch, SourceError> {
    source.listen.poll(cursor, now()).await
}

fn body(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.to_owned(), "application/json")
}

async fn get(server: &MockServer, at: &str, text: &str) {
    Mock::given(method("GET")).and(path(at)).respond_with(body(text)).mount(server).await;
}

/// A server that grants tokens, knows us, and has nothing else to tell.
async fn quiet() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path(TOKEN)).respond_with(body(answer_of!("token.json"))).mount(&server).await;
    get(&server, "/api/v1/me", answer_of!("me.json")).await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).with_priority(200).mount(&server).await;
    server
}

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap()
}

async fn session(credentials: &MemoryCredentials) -> Option<SecretString> {
    credentials.session().await
}
