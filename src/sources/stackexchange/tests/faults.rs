//! An interface that refuses, complains, breaks off, or is none.

use wiremock::{MockServer, ResponseTemplate};

use super::*;
use crate::sources::{Retry, SourceError, SourceErrorKind};

async fn failure_of(answer: ResponseTemplate, key: Option<&str>) -> SourceError {
    let server = MockServer::start().await;
    serve(&server, "search/excerpts", answer).await;
    source(&server, None, key).listen.poll("", now()).await.unwrap_err()
}

#[tokio::test]
async fn a_throttle_is_obeyed_for_as_long_as_it_says() {
    let error = failure_of(refused(400, answer!("throttled")), None).await;
    assert_eq!((error.kind, error.whole_host), (SourceErrorKind::TooMany, true));
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T13:00:00Z".parse().unwrap()));
    assert!(error.advice.contains("a key of your own"), "{error}");
    let error = failure_of(
        refused(400, r#"{"error_id":502,"error_message":"slow down","error_name":"throttle_violation"}"#),
        Some("k"),
    )
    .await;
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T13:00:00Z".parse().unwrap()), "an hour when it does not say");
}

#[tokio::test]
async fn refusals_say_what_to_change() {
    let site =
        r#"{"error_id":400,"error_message":"No site found for name `stackoverfow`","error_name":"bad_parameter"}"#;
    let error = failure_of(refused(400, site), None).await;
    assert!(error.what.as_str().contains("stackoverfow") && error.advice.contains("places"), "{error}");
    let key =
        r#"{"error_id":400,"error_message":"`key` doesn't match a known application","error_name":"bad_parameter"}"#;
    let error = failure_of(refused(400, key), Some("canary-key")).await;
    assert!(error.kind == SourceErrorKind::Refused && error.advice.contains("key"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"));
    let away = r#"{"error_id":503,"error_message":"temporarily unavailable","error_name":"temporarily_unavailable"}"#;
    assert_eq!(failure_of(refused(400, away), None).await.kind, SourceErrorKind::ServerTrouble);
}

#[tokio::test]
async fn trouble_is_told_from_nonsense() {
    let kind = async |answer| failure_of(answer, None).await.kind;
    assert_eq!(kind(ResponseTemplate::new(502)).await, SourceErrorKind::ServerTrouble);
    assert_eq!(kind(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await, SourceErrorKind::Challenge);
    assert_eq!(kind(json("{\"items\":[")).await, SourceErrorKind::NotUnderstood);
    assert_eq!(kind(json("\"x\"")).await, SourceErrorKind::NotUnderstood);
    assert_eq!(kind(json("{}").set_delay(std::time::Duration::from_secs(5))).await, SourceErrorKind::TimedOut);
}

#[tokio::test]
async fn polling_stops_before_the_day_is_used_up_and_people_go_on() {
    let server = MockServer::start().await;
    serve(&server, "search/excerpts", json(r#"{"items":[],"quota_max":300,"quota_remaining":15}"#)).await;
    serve(&server, "users/77", json(answer!("users"))).await;
    let mut source = source(&server, None, None);
    let first = source.listen.poll("", now()).await.unwrap();
    let error = source.listen.poll(&first.cursor, now()).await.unwrap_err();
    assert_eq!(error.retry, Retry::NotBefore("2026-11-23T00:00:00Z".parse().unwrap()));
    assert!(source.lookup.unwrap().person("77", now()).await.unwrap().is_some());
    // After a restart too.
    let mut again = super::source(&server, None, None);
    assert!(again.listen.poll(&first.cursor, now()).await.is_err());
    assert_eq!(asked(&server).await, ["search/excerpts", "users/77"]);
}

#[tokio::test]
async fn a_pause_of_one_method_leaves_the_others() {
    let server = MockServer::start().await;
    serve(&server, "search/excerpts", json(r#"{"items":[],"backoff":60}"#)).await;
    for list in ["mentioned", "posts", "comments"] {
        serve(&server, &format!("users/501/{list}"), json(r#"{"items":[]}"#)).await;
    }
    let mut source = source(&server, Some("501"), None);
    let first = source.listen.poll("", now()).await.unwrap();
    let second = source.listen.poll(&first.cursor, "2026-11-22T12:00:30Z".parse().unwrap()).await.unwrap();
    assert!(second.remarks.iter().any(|remark| remark.contains("pause of search/excerpts")), "{:?}", second.remarks);
    let searches = asked(&server).await.iter().filter(|path| *path == "search/excerpts").count();
    assert_eq!(searches, 1);
    source.listen.poll(&second.cursor, "2026-11-22T12:01:01Z".parse().unwrap()).await.unwrap();
    assert_eq!(asked(&server).await.iter().filter(|path| *path == "search/excerpts").count(), 2);
}
