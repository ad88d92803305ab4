//! Hacker News against a local server that answers as the documentation says.

mod faults;
mod paging;
mod recorded;

use std::collections::BTreeMap;

use wiremock::matchers::{path, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::domain::Timestamp;
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Batch, MemoryCredentials, Source, SourceError, SourceSettings, Tools, networks};

const SEARCH: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hackernews/search.json"));
const TREE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hackernews/tree.json"));
const USER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hackernews/user.json"));
const ITEMS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hackernews/items.json"));

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn tools(http: HttpSettings) -> Tools {
    Tools { client: Client::new(http).unwrap(), credentials: std::sync::Arc::new(MemoryCredentials::default()) }
}

fn settings(server: &MockServer, search: &[&str], account: Option<&str>) -> SourceSettings {
    SourceSettings {
        url: Some(server.uri().parse().unwrap()),
        search: search.iter().map(|word| (*word).to_owned()).collect(),
        account: account.map(str::to_owned),
        ..SourceSettings::named("hn", super::KIND.network.clone())
    }
}

fn source(server: &MockServer, search: &[&str], account: Option<&str>) -> Source {
    networks::open(&settings(server, search, account), &tools(HttpSettings::default())).unwrap()
}

async fn poll(source: &mut Source, cursor: &str) -> Result<Batch, SourceError> {
    source.listen.poll(cursor, now()).await
}

fn body(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.to_owned(), "application/json")
}

async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(path(at)).respond_with(answer).mount(server).await;
}

/// Items as Firebase serves them; what it does not know is `null`.
async fn serve_items(server: &MockServer, items: &str) {
    let items: BTreeMap<String, serde_json::Value> = serde_json::from_str(items).unwrap();
    let answer = move |request: &Request| {
        let id = request.url.path().trim_start_matches("/v0/item/").trim_end_matches(".json").to_owned();
        body(&items.get(&id).map_or("null".to_owned(), serde_json::Value::to_string))
    };
    Mock::given(path_regex("^/v0/item/")).respond_with(answer).with_priority(9).mount(server).await;
}

const NOTHING: &str = r#"{"hits":[],"nbHits":0,"hitsPerPage":1000}"#;
