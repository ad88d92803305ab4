//! An interface that refuses, complains, breaks off, or is none.

use wiremock::matchers::{any, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::sources::{Retry, SourceError, SourceErrorKind};

async fn failure_of(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    serve(&server, "commentThreads", answer).await;
    source(&server, &[OURS], KEY).listen.poll("", now()).await.unwrap_err()
}

#[tokio::test]
async fn a_spent_day_ends_at_midnight_in_california() {
    let error = failure_of(refused(403, answer!("quota"))).await;
    assert_eq!(error.kind, SourceErrorKind::TooMany);
    assert_eq!(error.retry, Retry::NotBefore("2026-11-23T08:00:00Z".parse().unwrap()));
    assert!(error.what.as_str().contains("exceeded your quota") && !error.what.as_str().contains('<'), "{error}");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let advice = async |status, body: &str| failure_of(refused(status, body)).await;
    let error = advice(400, answer!("key_invalid")).await;
    assert!(error.kind == SourceErrorKind::Refused && error.advice.contains("key is wrong"), "{error}");
    assert!(advice(403, answer!("not_enabled")).await.advice.contains("switch on"));
    let error = advice(403, answer!("comments_disabled")).await;
    assert!(error.advice.contains("comments are switched off"), "{error}");
    let restricted =
        r#"{"error":{"code":403,"message":"blocked","details":[{"reason":"API_KEY_HTTP_REFERRER_BLOCKED"}]}}"#;
    assert!(advice(403, restricted).await.advice.contains("restricted"));
    let missing = r#"{"error":{"code":404,"message":"gone","errors":[{"reason":"channelNotFound"}]}}"#;
    assert_eq!(advice(404, missing).await.kind, SourceErrorKind::NotFound);
    let busy = r#"{"error":{"code":403,"message":"slow","errors":[{"reason":"rateLimitExceeded"}]}}"#;
    assert_eq!(advice(403, busy).await.retry, Retry::NotBefore("2026-11-22T12:01:00Z".parse().unwrap()));
}

#[tokio::test]
async fn trouble_is_told_from_nonsense() {
    let kind = async |answer| failure_of(answer).await.kind;
    assert_eq!(kind(ResponseTemplate::new(503)).await, SourceErrorKind::ServerTrouble);
    assert_eq!(kind(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await, SourceErrorKind::Challenge);
    assert_eq!(kind(json("{\"items\":[{")).await, SourceErrorKind::NotUnderstood);
    assert_eq!(kind(json("[]7")).await, SourceErrorKind::NotUnderstood);
    assert_eq!(kind(json("{}").set_delay(std::time::Duration::from_secs(5))).await, SourceErrorKind::TimedOut);
}

#[tokio::test]
async fn one_place_without_comments_does_not_silence_the_others() {
    let server = MockServer::start().await;
    Mock::given(query_param("videoId", "dQw4w9WgXcQ"))
        .respond_with(refused(403, answer!("comments_disabled")))
        .mount(&server)
        .await;
    Mock::given(query_param("allThreadsRelatedToChannelId", OURS))
        .respond_with(json(answer!("threads")))
        .mount(&server)
        .await;
    serve(&server, "comments", refused(404, r#"{"error":{"code":404,"errors":[{"reason":"commentNotFound"}]}}"#)).await;
    let mut source = source(&server, &["https://youtu.be/dQw4w9WgXcQ", OURS], KEY);
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 4);
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("dQw4w9WgXcQ: ")), "{:?}", batch.remarks);
}

#[tokio::test]
async fn a_page_that_the_server_forgot_is_begun_anew() {
    let server = MockServer::start().await;
    let at = |id: usize| {
        let made = format!("2026-11-22T11:{:02}:00Z", 59 - id % 60);
        serde_json::json!({ "id": format!("Ug{id}"), "snippet": { "topLevelComment": { "id": format!("Ug{id}"),
            "snippet": { "textDisplay": "x", "publishedAt": made, "updatedAt": made } } } })
    };
    let page: Vec<_> = (0..3).map(at).collect();
    let page = serde_json::json!({ "items": page, "nextPageToken": "second" }).to_string();
    Mock::given(path("/commentThreads"))
        .and(query_param_is_missing("pageToken"))
        .respond_with(json(&page))
        .mount(&server)
        .await;
    let forgotten = r#"{"error":{"code":400,"message":"bad token","errors":[{"reason":"invalidPageToken"}]}}"#;
    Mock::given(query_param("pageToken", "second")).respond_with(refused(400, forgotten)).mount(&server).await;
    let mut source = source(&server, &[OURS], KEY);
    let first = source.listen.poll("", now()).await.unwrap();
    assert!(!first.more, "one page is enough to begin with");
    let later = "2026-11-22T20:00:00Z".parse().unwrap();
    let second = source.listen.poll(&first.cursor, later).await.unwrap();
    assert!(second.more && second.items.len() == 3, "{second:?}");
}

#[tokio::test]
async fn keys_and_tokens_stay_with_their_server() {
    let elsewhere = MockServer::builder().listener(std::net::TcpListener::bind("127.0.0.2:0").unwrap()).start().await;
    Mock::given(any()).respond_with(json(answer!("threads"))).mount(&elsewhere).await;
    for secret in [KEY, OAUTH] {
        let server = MockServer::start().await;
        serve_tokens(&server).await;
        let away = format!("{}/commentThreads", elsewhere.uri());
        serve(&server, "commentThreads", ResponseTemplate::new(302).insert_header("location", away.as_str())).await;
        serve(&server, "comments", json("{}")).await;
        source(&server, &[OURS], secret).listen.poll("", now()).await.unwrap();
    }
    let requests = elsewhere.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(!request.headers.contains_key("x-goog-api-key") && !request.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_login_that_was_taken_back_says_so_and_nothing_secret() {
    let server = MockServer::start().await;
    let revoked = r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#;
    Mock::given(path("/token")).respond_with(refused(400, revoked)).mount(&server).await;
    let error = source(&server, &[OURS], OAUTH).listen.poll("", now()).await.unwrap_err();
    assert!(error.kind == SourceErrorKind::Refused && error.retry == Retry::Never, "{error:?}");
    assert!(error.what.as_str().contains("revoked") && error.advice.contains("goodword login youtube"), "{error}");
    assert!(!format!("{error:?}").contains("canary"));
}
