//! Servers that misbehave.

use std::time::Duration;

use super::*;
use crate::sources::{Retry, SourceErrorKind};

const NOTIFICATIONS: &str = "app.bsky.notification.listNotifications";
const CREATE: &str = "com.atproto.server.createSession";

/// What a poll says when everything answers this.
async fn error(answer: ResponseTemplate) -> crate::sources::SourceError {
    let house = House::open().await;
    house.answer(NOTIFICATIONS, answer.clone()).await;
    house.answer("app.bsky.feed.getAuthorFeed", answer).await;
    house.source().listen.poll("", now()).await.unwrap_err()
}

#[tokio::test]
async fn every_fault_is_told_for_what_it_is() {
    let html = ResponseTemplate::new(200).set_body_raw("<!doctype html><title>Log in</title>", "text/html");
    for (answer, kind) in [
        (refused(500, "InternalServerError"), SourceErrorKind::ServerTrouble),
        (refused(502, "UpstreamFailure"), SourceErrorKind::ServerTrouble),
        (refused(504, "UpstreamTimeout"), SourceErrorKind::TimedOut),
        (ResponseTemplate::new(503), SourceErrorKind::ServerTrouble),
        (recorded(r#"{"notifications":[{"uri"#), SourceErrorKind::NotUnderstood),
        (recorded("[]"), SourceErrorKind::NotUnderstood),
        (recorded(r#"{"notifications":7,"feed":7}"#), SourceErrorKind::NotUnderstood),
        (html, SourceErrorKind::Challenge),
        (refused(501, "MethodNotImplemented"), SourceErrorKind::NotFound),
        (ResponseTemplate::new(404).set_body_string("nothing here"), SourceErrorKind::BadAddress),
        (recorded("{}"), SourceErrorKind::NotUnderstood),
        (recorded("{}").set_delay(Duration::from_secs(3)), SourceErrorKind::TimedOut),
    ] {
        let told = error(answer).await;
        assert_eq!(told.kind, kind, "{told}");
        assert!(!told.advice.is_empty());
    }
}

#[tokio::test]
async fn limits_are_kept_until_the_moment_that_the_server_names() {
    let limited = || refused(429, "RateLimitExceeded");
    let told = error(limited().insert_header("Retry-After", "120")).await;
    assert_eq!((told.kind, told.retry), (SourceErrorKind::TooMany, Retry::NotBefore(later(120))));
    let told = error(limited().insert_header("RateLimit-Reset", "1795349100")).await;
    assert_eq!(told.retry, Retry::NotBefore(later(300)), "{told}");
    let house = House::bare().await;
    house.answer(CREATE, limited().insert_header("Retry-After", "86400")).await;
    let told = house.source().listen.poll("", now()).await.unwrap_err();
    assert_eq!(told.retry, Retry::NotBefore(later(86_400)));
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_no_token() {
    let elsewhere = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(recorded(EMPTY)).mount(&elsewhere).await;
    // The same machine under another name is another host.
    let target = elsewhere.uri().replace("127.0.0.1", "localhost");
    let house = House::open().await;
    for name in [NOTIFICATIONS, "app.bsky.feed.getAuthorFeed"] {
        let away = ResponseTemplate::new(302).insert_header("location", format!("{target}/xrpc/{name}").as_str());
        house.answer(name, away).await;
    }
    let _ = house.source().listen.poll("", now()).await;
    let reached = elsewhere.received_requests().await.unwrap();
    assert!(!reached.is_empty(), "the test must see what is sent");
    assert!(reached.iter().all(|request| bearer(request).is_empty()));
}

#[tokio::test]
async fn a_log_in_is_not_sent_on() {
    let elsewhere = MockServer::start().await;
    let house = House::bare().await;
    let away = ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str());
    house.answer(CREATE, away).await;
    assert!(house.source().listen.poll("", now()).await.is_err());
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_without_a_session_is_told() {
    let house = House::bare().await;
    house.answer(CREATE, recorded("{}")).await;
    let told = house.source().listen.poll("", now()).await.unwrap_err();
    assert_eq!(told.kind, SourceErrorKind::NotUnderstood, "{told}");
}

#[tokio::test]
async fn pages_that_repeat_themselves_end() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into()];
    house.first("app.bsky.feed.searchPosts", 1, recorded(EMPTY)).await;
    let mut source = house.source();
    let first = source.listen.poll("", now()).await.unwrap();
    // Nothing on any page, and always a cursor to another.
    house.answer("app.bsky.feed.searchPosts", recorded(r#"{"posts":[],"cursor":"x"}"#)).await;
    let mut cursor = first.cursor;
    for _ in 0..4 {
        let before = house.requests("app.bsky.feed.searchPosts").await.len();
        let batch = source.listen.poll(&cursor, now()).await.unwrap();
        assert!(house.requests("app.bsky.feed.searchPosts").await.len() - before <= 5);
        cursor = batch.cursor;
    }
}
