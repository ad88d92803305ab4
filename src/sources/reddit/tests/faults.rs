//! What goes wrong on the way.

use std::time::Duration;

use wiremock::matchers::{body_string_contains, header};

use super::*;
use crate::domain::time::SignedDuration;
use crate::sources::{Retry, SourceErrorKind};

fn json(status: u16, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(text.to_owned(), "application/json")
}

async fn refused_token(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN)).respond_with(answer).mount(&server).await;
    let error = poll(&mut opened(&settings(&server)), "").await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
    error
}

#[tokio::test]
async fn a_login_that_is_refused_says_why() {
    for (answer, words) in [
        (json(401, r#"{"message":"Unauthorized","error":401}"#), "client secret"),
        (json(200, r#"{"error":"invalid_grant"}"#), "goodword login reddit"),
        (json(400, r#"{"message":"Bad Request","error":400}"#), "goodword login reddit"),
        (json(200, r#"{"error":"unsupported_grant_type"}"#), "script app"),
    ] {
        let error = refused_token(answer).await;
        assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(refused_token(json(503, "")).await.kind, SourceErrorKind::ServerTrouble);
    assert_eq!(refused_token(json(200, "{")).await.kind, SourceErrorKind::NotUnderstood);
    let limited = refused_token(json(429, "{}").insert_header("retry-after", "60")).await;
    assert_eq!(limited.retry, Retry::NotBefore("2026-11-22T12:01:00Z".parse().unwrap()));
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_once() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN)).respond_with(body(answer_of!("token.json"))).up_to_n_times(1).mount(&server).await;
    let second = answer_of!("token.json").replace("access-1", "access-2");
    Mock::given(path(TOKEN)).respond_with(body(&second)).expect(1).mount(&server).await;
    Mock::given(header("authorization", "Bearer canary-access-1"))
        .respond_with(json(401, r#"{"message":"Unauthorized","error":401}"#))
        .mount(&server)
        .await;
    get(&server, "/api/v1/me", answer_of!("me.json")).await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).with_priority(200).mount(&server).await;
    poll(&mut opened(&settings(&server)), "").await.unwrap();
}

#[tokio::test]
async fn a_token_that_is_refused_again_is_told() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN)).respond_with(body(answer_of!("token.json"))).expect(2).mount(&server).await;
    Mock::given(method("GET")).respond_with(json(401, "{}")).mount(&server).await;
    let error = poll(&mut opened(&settings(&server)), "").await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never));
    assert!(error.advice.contains("login reddit"), "{error}");
}

#[tokio::test]
async fn a_newer_refresh_token_takes_the_place_of_the_old() {
    let server = MockServer::start().await;
    let rotated =
        answer_of!("token.json").replace("\"token_type\"", "\"refresh_token\":\"canary-rotated\",\"token_type\"");
    Mock::given(path(TOKEN))
        .and(body_string_contains("refresh_token=canary-refresh"))
        .respond_with(body(&rotated))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(TOKEN))
        .and(body_string_contains("refresh_token=canary-rotated"))
        .respond_with(body(answer_of!("token.json")))
        .expect(1)
        .mount(&server)
        .await;
    get(&server, "/api/v1/me", answer_of!("me.json")).await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).with_priority(200).mount(&server).await;
    let mut source = opened(&settings(&server));
    poll(&mut source, "").await.unwrap();
    let later = now().saturating_add(SignedDuration::from_hours(30)).unwrap();
    source.listen.poll("", later).await.unwrap();
}

#[tokio::test]
async fn each_failure_has_its_kind() {
    let slow = body(EMPTY).set_delay(Duration::from_secs(3));
    let scope = json(403, r#"{"message":"Forbidden","error":403}"#)
        .insert_header("www-authenticate", "Bearer realm=\"reddit\", error=\"insufficient_scope\"");
    for (answer, kind, words) in [
        (json(500, ""), SourceErrorKind::ServerTrouble, ""),
        (slow, SourceErrorKind::TimedOut, ""),
        (body("{\"data\":"), SourceErrorKind::NotUnderstood, "broke off"),
        (body("[]7"), SourceErrorKind::NotUnderstood, ""),
        (ResponseTemplate::new(200).set_body_raw("<html>", "text/html"), SourceErrorKind::Challenge, "web page"),
        (scope, SourceErrorKind::Refused, "may not do this"),
        (
            json(403, r#"{"reason":"suspended","message":"Forbidden","error":403}"#),
            SourceErrorKind::Refused,
            "suspended",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(TOKEN)).respond_with(body(answer_of!("token.json"))).mount(&server).await;
        Mock::given(method("GET")).respond_with(answer).mount(&server).await;
        let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
        let tools = Tools { client: Client::new(http).unwrap(), credentials: Arc::new(MemoryCredentials::of(SECRET)) };
        let mut source = networks::open(&settings(&server), &tools).unwrap();
        let error = poll(&mut source, "").await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_spent_allowance_ends_the_round_and_keeps_what_was_heard() {
    let server = quiet().await;
    get(&server, "/search", answer_of!("search.json")).await;
    let limited = json(429, r#"{"message":"Too Many Requests","error":429}"#)
        .insert_header("x-ratelimit-remaining", "0.0")
        .insert_header("x-ratelimit-reset", "301");
    Mock::given(path("/message/inbox")).respond_with(limited).mount(&server).await;
    let mut source = opened(&SourceSettings { search: vec!["Ferris Bikes".into()], ..settings(&server) });
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.items.len() == 3 && batch.remarks.iter().any(|remark| remark.starts_with("inbox:")), "{batch:?}");
    let error = poll(&mut source, &batch.cursor).await.unwrap_err();
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:05:01Z".parse().unwrap()));
}

#[tokio::test]
async fn a_private_subreddit_and_one_that_does_not_exist_are_told() {
    let server = quiet().await;
    let private = json(403, r#"{"reason":"private","message":"Forbidden","error":403}"#);
    Mock::given(path("/r/secret/comments")).respond_with(private).mount(&server).await;
    let nowhere = ResponseTemplate::new(302).insert_header("location", "/subreddits/search?q=secret");
    Mock::given(path("/r/secret/new")).respond_with(nowhere).mount(&server).await;
    let mut source = opened(&SourceSettings { places: vec!["secret".into()], ..settings(&server) });
    let batch = poll(&mut source, "").await.unwrap();
    let told = batch.remarks.join("\n");
    assert!(told.contains("private") && told.contains("no such place"), "{told}");
}

#[tokio::test]
async fn a_redirect_to_another_host_does_not_get_the_token() {
    let server = quiet().await;
    let elsewhere = MockServer::start().await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).mount(&elsewhere).await;
    let away = ResponseTemplate::new(302).insert_header("location", format!("{}/search", elsewhere.uri()));
    Mock::given(path("/search")).respond_with(away).mount(&server).await;
    let mut source = opened(&SourceSettings { search: vec!["x".into()], ..settings(&server) });
    poll(&mut source, "").await.unwrap();
    let requests = elsewhere.received_requests().await.unwrap();
    assert!(!requests.is_empty() && requests.iter().all(|request| request.headers.get("authorization").is_none()));
}

#[tokio::test]
async fn a_secret_of_another_shape_is_not_repeated() {
    let server = quiet().await;
    let credentials = Arc::new(MemoryCredentials::of("canary-without-a-blank"));
    let error = poll(&mut networks::open(&settings(&server), &tools(&credentials)).unwrap(), "").await.unwrap_err();
    assert!(error.advice.contains("one line") && !format!("{error:?}").contains("canary"), "{error:?}");
}
