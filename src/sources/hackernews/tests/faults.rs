//! What goes wrong on the way.

use std::time::Duration;

use wiremock::matchers::path;
use wiremock::{Mock, MockServer};

use super::*;
use crate::domain::time::SignedDuration;
use crate::sources::{Retry, SourceErrorKind};

const AT: &str = "/api/v1/search_by_date";

async fn failing(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    serve(&server, AT, answer).await;
    let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let mut source = networks::open(&settings(&server, &["ferris"], None), &tools(http)).unwrap();
    poll(&mut source, "").await.unwrap_err()
}

#[tokio::test]
async fn every_failure_has_its_kind_and_its_words() {
    let status = |status| ResponseTemplate::new(status);
    let slow = body(NOTHING).set_delay(Duration::from_secs(3));
    let half = SEARCH.get(..400).unwrap();
    for (answer, kind) in [
        (status(500), SourceErrorKind::ServerTrouble),
        (status(503), SourceErrorKind::ServerTrouble),
        (status(404), SourceErrorKind::NotFound),
        (slow, SourceErrorKind::TimedOut),
        (body(half), SourceErrorKind::NotUnderstood),
        (body("[1,2]"), SourceErrorKind::NotUnderstood),
        (body(r#"{"hits":"none"}"#), SourceErrorKind::NotUnderstood),
        (status(200).set_body_raw("<html>login</html>", "text/html"), SourceErrorKind::Challenge),
    ] {
        let error = failing(answer).await;
        assert_eq!(error.kind, kind, "{error}");
        assert!(!error.advice.is_empty());
    }
}

#[tokio::test]
async fn the_servers_own_words_are_told() {
    let refusal = ResponseTemplate::new(400)
        .set_body_raw(r#"{"message":"invalid numericFilters","status":400}"#, "application/json");
    let error = failing(refusal).await;
    assert!(error.what.as_str().contains("invalid numericFilters"), "{error}");
}

#[tokio::test]
async fn a_limit_holds_the_whole_host() {
    let error = failing(ResponseTemplate::new(429).insert_header("retry-after", "90")).await;
    assert_eq!((error.kind, error.whole_host), (SourceErrorKind::TooMany, true));
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:01:30Z".parse().unwrap()));
}

#[tokio::test]
async fn one_phrase_that_fails_does_not_silence_the_other() {
    let server = MockServer::start().await;
    Mock::given(path(AT))
        .and(wiremock::matchers::query_param("query", "\"bad\""))
        .respond_with(ResponseTemplate::new(500))
        .with_priority(1)
        .mount(&server)
        .await;
    serve(&server, AT, body(SEARCH)).await;
    serve_items(&server, ITEMS).await;
    let mut source = source(&server, &["bad", "Ferris Bikes"], None);
    let batch = poll(&mut source, "").await.unwrap();
    assert_eq!(batch.items.len(), 3);
    assert!(batch.remarks.iter().any(|remark| remark.contains("search bad")), "{:?}", batch.remarks);
    assert!(!batch.cursor.contains("search bad"), "it begins where it was: {}", batch.cursor);
}

#[tokio::test]
async fn damaged_cursors_are_a_new_beginning() {
    let server = MockServer::start().await;
    serve(&server, AT, body(SEARCH)).await;
    serve_items(&server, ITEMS).await;
    let mut source = source(&server, &["Ferris Bikes"], None);
    for cursor in ["{", "[]", r#"{"search Ferris Bikes":"x","heard":"y","old":"z"}"#] {
        let batch = poll(&mut source, cursor).await.unwrap();
        assert_eq!(batch.items.len(), 3, "{cursor}");
        assert!(!batch.cursor.contains("old"));
    }
}
