//! A feed as a source, against real servers on loopback.

use std::net::TcpListener;

use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Batch, Listen, Retry, SourceError, SourceErrorKind};

const FEED: &str = "<rss version='2.0'><channel><title>News</title><ttl>20</ttl>\
    <item><guid>1</guid><title>One</title><link>/one</link></item></channel></rss>";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn source(url: &str) -> FeedSource {
    FeedSource::new(url, 500, Client::new(HttpSettings::default()).unwrap()).unwrap()
}

async fn poll(source: &mut FeedSource, cursor: &str) -> Result<Batch, SourceError> {
    source.poll(cursor, now()).await
}

fn feed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(FEED, "application/rss+xml")
}

fn to(status: u16, location: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("location", location)
}

async fn serve(server: &MockServer, at: &str, template: ResponseTemplate) {
    Mock::given(path(at)).respond_with(template).mount(server).await;
}

#[tokio::test]
async fn unchanged_feeds_are_not_read_again() {
    let server = MockServer::start().await;
    let not_modified = ResponseTemplate::new(304).insert_header("cache-control", "max-age=600");
    Mock::given(header("if-none-match", "\"1\"")).respond_with(not_modified).with_priority(1).mount(&server).await;
    serve(&server, "/tagged", feed().insert_header("etag", "\"1\"").insert_header("cache-control", "max-age=3600"))
        .await;
    serve(&server, "/plain", feed()).await;
    let mut tagged = source(&format!("{}/tagged", server.uri()));
    let first = poll(&mut tagged, "").await.unwrap();
    assert_eq!(first.items.len(), 1);
    assert_eq!(first.items[0].url.as_deref(), Some(format!("{}/one", server.uri()).as_str()));
    assert_eq!((first.unchanged, first.rest), (false, Some(SignedDuration::from_hours(1))));
    let second = poll(&mut tagged, &first.cursor).await.unwrap();
    assert_eq!((second.unchanged, second.items.len(), second.rest), (true, 0, Some(SignedDuration::from_mins(10))));
    assert_eq!(second.cursor, first.cursor);
    let mut plain = source(&format!("{}/plain", server.uri()));
    let first = poll(&mut plain, "").await.unwrap();
    assert_eq!(first.rest, Some(SignedDuration::from_mins(20)));
    let second = poll(&mut plain, &first.cursor).await.unwrap();
    assert!(second.unchanged && second.items.is_empty());
    // A cursor of another source, or a damaged one, is a fresh start.
    for cursor in [second.cursor.replace("\"of\":\"", "\"of\":\"x"), "{".into(), "[1]".into()] {
        assert_eq!(poll(&mut plain, &cursor).await.unwrap().items.len(), 1);
    }
}

#[tokio::test]
async fn a_feed_that_moved_for_good_is_asked_at_its_new_address() {
    let server = MockServer::start().await;
    let old = Mock::given(path("/old")).respond_with(to(301, "/new")).expect(3).mount_as_scoped(&server).await;
    let new = Mock::given(path("/new")).respond_with(feed()).expect(4).mount_as_scoped(&server).await;
    let mut source = source(&format!("{}/old", server.uri()));
    let mut cursor = String::new();
    for time in 1..=4 {
        let batch = poll(&mut source, &cursor).await.unwrap();
        assert_eq!(
            batch.remarks.iter().any(|remark| remark.contains("moved for good")),
            time == 3,
            "{:?}",
            batch.remarks
        );
        cursor = batch.cursor;
    }
    drop((old, new));
    // The new address is gone: the configured one is asked again before anything is given up.
    serve(&server, "/old", feed()).await;
    let error = poll(&mut source, &cursor).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::NotFound, Retry::BackOff));
    let batch = poll(&mut source, &cursor).await.unwrap();
    let again = poll(&mut source, &batch.cursor).await.unwrap();
    assert!(again.unchanged && !again.cursor.contains("/new"));
}

#[tokio::test]
async fn a_detour_is_no_move() {
    let server = MockServer::start().await;
    Mock::given(path("/old")).respond_with(to(302, "/new")).expect(5).mount(&server).await;
    serve(&server, "/new", feed()).await;
    let mut source = source(&format!("{}/old", server.uri()));
    let mut cursor = String::new();
    for _ in 0..5 {
        cursor = poll(&mut source, &cursor).await.unwrap().cursor;
    }
}

#[tokio::test]
async fn what_is_gone_stops_and_what_is_missing_is_asked_rarely() {
    let server = MockServer::start().await;
    serve(&server, "/gone", ResponseTemplate::new(410)).await;
    serve(&server, "/closed", ResponseTemplate::new(401)).await;
    let retry = async |at: &str| poll(&mut source(&format!("{}{at}", server.uri())), "").await.unwrap_err().retry;
    assert_eq!(retry("/gone").await, Retry::Never);
    assert_eq!(retry("/closed").await, Retry::Never);
    let mut missing = source(&format!("{}/missing", server.uri()));
    let mut retries = Vec::new();
    for _ in 0..4 {
        retries.push(poll(&mut missing, "").await.unwrap_err().retry);
    }
    assert_eq!(retries, [Retry::BackOff, Retry::BackOff, Retry::Daily, Retry::Daily]);
}

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/feeds/site.html"));

fn page(html: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(html.to_owned(), "text/html")
}

#[tokio::test]
async fn the_feed_of_a_page_is_found_once() {
    let server = MockServer::start().await;
    Mock::given(path("/")).respond_with(page(PAGE)).expect(1).mount(&server).await;
    Mock::given(path("/feed/")).respond_with(feed()).expect(2).mount(&server).await;
    let mut source = source(&server.uri());
    let batch = poll(&mut source, "").await.unwrap();
    assert_eq!(batch.items.len(), 1);
    assert!(batch.remarks.iter().any(|remark| remark.contains("/feed/")), "{:?}", batch.remarks);
    assert!(poll(&mut source, &batch.cursor).await.unwrap().unchanged);
}

#[tokio::test]
async fn pages_without_a_clear_feed_say_what_to_do() {
    let server = MockServer::start().await;
    let choice = PAGE.replace("Comments Feed", "Races").replace("/comments/feed/", "/races.xml");
    serve(&server, "/choice", page(&choice)).await;
    serve(&server, "/nothing", page("<html><p>hello</p></html>")).await;
    let error = poll(&mut source(&format!("{}/choice", server.uri())), "").await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::NotUnderstood, Retry::Never));
    assert!(error.what.as_str().contains("races.xml") && error.what.as_str().contains("/feed/"), "{error}");
    let error = poll(&mut source(&format!("{}/nothing", server.uri())), "").await.unwrap_err();
    assert!(error.what.as_str().contains("no feed was found"), "{error}");
    // At one of the usual places after all.
    serve(&server, "/atom.xml", feed()).await;
    assert_eq!(poll(&mut source(&format!("{}/nothing", server.uri())), "").await.unwrap().items.len(), 1);
    let client = Client::new(HttpSettings::default()).unwrap();
    let site = format!("{}/nothing", server.uri()).parse().unwrap();
    assert!(discover(&client, &site, now()).await.unwrap()[0].url.ends_with("/atom.xml"));
}

#[tokio::test]
async fn a_page_in_place_of_a_known_feed_is_a_failure_and_keeps_the_cursor() {
    let server = MockServer::start().await;
    let well = Mock::given(path("/feed")).respond_with(feed()).mount_as_scoped(&server).await;
    let mut source = source(&format!("{}/feed", server.uri()));
    let cursor = poll(&mut source, "").await.unwrap().cursor;
    drop(well);
    let portal = MockServer::builder().listener(TcpListener::bind("127.0.0.3:0").unwrap()).start().await;
    serve(&server, "/feed", to(302, &format!("{}/login", portal.uri()))).await;
    serve(&portal, "/login", page(PAGE)).await;
    let error = poll(&mut source, &cursor).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::NotUnderstood, Retry::BackOff));
    assert!(error.what.as_str().contains("127.0.0.3") && error.advice.contains("login"), "{error}");
}

#[tokio::test]
async fn secrets_of_an_address_are_nowhere() {
    let server = MockServer::start().await;
    let host = server.address().to_string();
    serve(&server, "/closed", ResponseTemplate::new(403)).await;
    Mock::given(method("GET")).respond_with(feed().insert_header("etag", "\"1\"")).mount(&server).await;
    let written = |at: &str| format!("http://ana:hunter2@{host}{at}?feed=hunter2&user=ana");
    let mut open = source(&written("/feed"));
    let batch = poll(&mut open, "").await.unwrap();
    let error = poll(&mut source(&written("/closed")), "").await.unwrap_err();
    let settings = FeedSettings::at(written("/feed"));
    let told = format!(
        "{batch:?} {error:?} {error} {settings:?} {} {:?}",
        open.host(),
        settings.source(&Client::new(HttpSettings::default()).unwrap()).map(|source| source.name)
    );
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn a_feed_is_fetched_to_be_looked_at() {
    let server = MockServer::start().await;
    serve(&server, "/", page(PAGE)).await;
    serve(&server, "/feed/", feed()).await;
    let client = Client::new(HttpSettings::default()).unwrap();
    let fetched = fetch(&client, &address(&server.uri()).unwrap(), now()).await.unwrap();
    assert_eq!(fetched.feed.entries[0].title.as_deref(), Some("One"));
    assert!(fetched.address.ends_with("/feed/"));
    let shown = serde_json::to_value(&fetched.feed.entries[0]).unwrap();
    for key in ["id", "title", "link", "published", "author", "text"] {
        assert!(shown.get(key).is_some(), "{key}");
    }
}

#[test]
fn addresses_are_read_as_people_write_them() {
    for (written, url) in [
        ("https://a.example/feed", "https://a.example/feed"),
        (" a.example/feed ", "https://a.example/feed"),
        ("feed:https://a.example/feed", "https://a.example/feed"),
        ("feed://a.example/feed", "https://a.example/feed"),
        ("localhost:8080/feed", "http://localhost:8080/feed"),
    ] {
        assert_eq!(address(written).unwrap().as_str(), url);
    }
    for written in ["", "file:///etc/passwd", "feed", "ftp://a.example/", "mailto:ana@a.example"] {
        assert_eq!(address(written).unwrap_err().kind, SourceErrorKind::BadAddress, "{written}");
    }
}

#[test]
fn settings_have_defaults_and_refuse_unknown_keys() {
    let settings: FeedSettings =
        serde_json::from_str(r#"{"url":"https://a.example/","shortest":"10m","everything":true}"#).unwrap();
    assert_eq!((settings.shortest, settings.entries, settings.everything), (SignedDuration::from_mins(10), 500, true));
    assert!(serde_json::from_str::<FeedSettings>(r#"{"url":"x","intervall":"10m"}"#).is_err());
    assert!(serde_json::from_str::<FeedSettings>("{}").is_err());
}
