//! Servers that refuse, stumble, talk nonsense or lead astray.

use std::time::Duration;

use serde_json::json;
use wiremock::ResponseTemplate;

use super::*;
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

/// What comes of it when the account is asked for with this answer.
async fn refusal(response: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    give(&server, "/api/v2/instance", json!({ "version": "4.5.0" })).await;
    answer(&server, "GET", "/api/v1/accounts/verify_credentials", response).await;
    let error = source(&settings(&server.uri())).listen.poll("", now()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(TOKEN));
    error
}

fn json_error(status: u16, words: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": words }))
}

#[tokio::test]
async fn a_refused_token_is_told_in_whatever_way_the_server_says_it() {
    for response in [
        json_error(401, "The access token was revoked"),
        json_error(401, "The access token is invalid"),
        ResponseTemplate::new(401),
        ResponseTemplate::new(422),
        json_error(422, "This method requires an authenticated user"),
        ResponseTemplate::new(403).set_body_json(json!({ "error": "Invalid credentials." })),
    ] {
        let error = refusal(response).await;
        assert_eq!((error.kind, error.retry), (Kind::Refused, Retry::Never), "{error}");
        assert!(error.advice.contains("goodword login mastodon 127.0.0.1"), "{error}");
    }
    let words = refusal(json_error(401, "The access token was revoked")).await;
    assert!(words.what.as_str().contains("“The access token was revoked”"), "{words}");
}

#[tokio::test]
async fn a_missing_scope_and_a_locked_account_are_named() {
    let scope = refusal(json_error(403, "This action is outside the authorized scopes")).await;
    assert!(scope.advice.contains("lacks the scope read:accounts"), "{scope}");
    let pleroma = refusal(json_error(403, "Insufficient permissions: read:accounts.")).await;
    assert!(pleroma.advice.contains("lacks the scope"), "{pleroma}");
    let locked = refusal(json_error(403, "Your login is currently disabled")).await;
    assert!(locked.advice.contains("locked"), "{locked}");
    let foreign = refusal(ResponseTemplate::new(200).set_body_json(json!({ "name": "no account" }))).await;
    assert_eq!(foreign.kind, Kind::NotUnderstood, "{foreign}");
}

#[tokio::test]
async fn a_token_of_another_account_is_refused() {
    let server = mastodon().await;
    let wanted = SourceSettings { account: Some("rival".into()), ..settings(&server.uri()) };
    let error = source(&wanted).listen.poll("", now()).await.unwrap_err();
    assert!(error.what.as_str().contains("belongs to @brand@social.example and not to @rival"), "{error}");
}

#[tokio::test]
async fn a_rate_limit_with_a_time_in_iso_holds_the_account() {
    let response = json_error(429, "Too many requests")
        .insert_header("X-RateLimit-Limit", "300")
        .insert_header("X-RateLimit-Remaining", "0")
        .insert_header("X-RateLimit-Reset", "2026-11-22T09:35:00.549738Z");
    let error = refusal(response).await;
    assert_eq!((error.kind, error.whole_host), (Kind::TooMany, false), "{error}");
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T09:35:00.549738Z".parse().unwrap()));
}

#[tokio::test]
async fn trouble_nonsense_and_pages_are_told_apart() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(5));
    let page = "<!doctype html><title>Wi-Fi</title>";
    for (response, kind) in [
        (json_error(500, "oops"), Kind::ServerTrouble),
        (ResponseTemplate::new(503).set_body_string("maintenance"), Kind::ServerTrouble),
        (ResponseTemplate::new(200).set_body_string("{\"id\": \"42\", \"acc"), Kind::NotUnderstood),
        (ResponseTemplate::new(200).set_body_string("17"), Kind::NotUnderstood),
        (ResponseTemplate::new(200).set_body_raw(page, "text/html"), Kind::Challenge),
        (slow, Kind::TimedOut),
    ] {
        let error = refusal(response).await;
        assert_eq!(error.kind, kind, "{error}");
        assert_ne!(error.retry, Retry::Never, "{error}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_does_not_get_the_token() {
    let other = MockServer::start().await;
    give(&other, "/api/v1/accounts/verify_credentials", json!({ "id": "42", "acct": "brand" })).await;
    // Another name for this machine is another host.
    let elsewhere = format!("{}/api/v1/accounts/verify_credentials", other.uri().replace("127.0.0.1", "localhost"));
    let _ = refusal(ResponseTemplate::new(302).insert_header("location", elsewhere.as_str())).await;
    let requests = other.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.headers.get("authorization").is_none()), "{requests:?}");
}

#[tokio::test]
async fn one_part_that_fails_leaves_the_others_and_keeps_its_place() {
    let server = mastodon().await;
    answer(&server, "GET", "/api/v1/notifications", json_error(403, "This action is outside the authorized scopes"))
        .await;
    give(&server, "/api/v1/timelines/tag/bikes", json!([status("10", "a ride")])).await;
    empty_elsewhere(&server).await;
    let wanted = SourceSettings { hashtags: vec!["bikes".into()], ..settings(&server.uri()) };
    let mut source = source(&wanted);
    let cursor = r#"{"notifications":"{\"asked\":true,\"at\":\"7\"}"}"#;
    let batch = source.listen.poll(cursor, now()).await.unwrap();
    assert_eq!(batch.items.len(), 1);
    let told = batch.remarks.iter().find(|remark| remark.starts_with("notifications: ")).unwrap();
    assert!(told.contains("lacks the scope read:notifications"), "{told}");
    assert!(batch.cursor.contains(r#"\"at\":\"7\""#), "{}", batch.cursor);
}

#[tokio::test]
async fn odd_entries_are_skipped_and_huge_lists_are_read() {
    let server = mastodon().await;
    empty_elsewhere(&server).await;
    let mut posts: Vec<serde_json::Value> = (0..400).rev().map(|id| status(&id.to_string(), "x")).collect();
    posts.extend([json!(null), json!("x"), json!({ "content": "no id" }), json!({ "id": [], "content": 5 })]);
    give(&server, "/api/v1/timelines/tag/bikes", json!(posts)).await;
    let wanted = SourceSettings { hashtags: vec!["bikes".into()], ..settings(&server.uri()) };
    let batch = source(&wanted).listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 400);
    assert_eq!(batch.remarks, ["tag:bikes: 4 entries could not be read"]);
}
