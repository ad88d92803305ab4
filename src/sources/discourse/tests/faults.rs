//! A forum that refuses, complains, breaks off, or is none.

use wiremock::matchers::{header_exists, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::sources::{Batch, Retry, SourceError, SourceErrorKind};

async fn poll(source: &mut Source) -> Result<Batch, SourceError> {
    source.listen.poll("", now()).await
}

/// What a member hears when asking for everything fails like this.
async fn failure_of(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    for at in ["/search.json", "/notifications.json", "/private-posts.json", "/user_actions.json"] {
        serve(&server, at, answer.clone()).await;
    }
    poll(&mut as_member(&server)).await.unwrap_err()
}

#[tokio::test]
async fn a_refused_key_says_where_a_new_one_is_made() {
    let server = MockServer::start().await;
    serve(&server, "/session/current.json", refused(403, answer!("refused_key"))).await;
    let error = poll(&mut own_forum(&server)).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never));
    assert!(error.what.as_str().contains("API username or key is invalid"), "{error}");
    assert!(error.advice.contains("/admin/api/keys"), "{error}");
    assert!(!error.to_string().contains("canary"));
}

#[tokio::test]
async fn members_only_asks_for_a_key() {
    let server = MockServer::start().await;
    let body = r#"{"errors":["You need to be logged in to do that."],"error_type":"not_logged_in"}"#;
    for at in ["/search.json", "/site.json", "/site/settings.json"] {
        serve(&server, at, refused(403, body)).await;
    }
    let error = poll(&mut as_anybody(&server)).await.unwrap_err();
    assert!(error.advice.contains("give it a key"), "{error}");
}

#[tokio::test]
async fn a_complaint_is_obeyed_as_long_as_the_forum_says() {
    let error = failure_of(refused(429, answer!("too_often")).insert_header("retry-after", "42")).await;
    assert_eq!(error.kind, SourceErrorKind::TooMany);
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:00:42Z".parse().unwrap()));
    // A proxy that drops the header.
    let error = failure_of(refused(429, &answer!("too_often").replace("42,", "900,"))).await;
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:15:00Z".parse().unwrap()));
}

#[tokio::test]
async fn trouble_is_told_from_nonsense() {
    let kind = async |answer| failure_of(answer).await.kind;
    assert_eq!(kind(ResponseTemplate::new(502)).await, SourceErrorKind::ServerTrouble);
    let page = ResponseTemplate::new(200).set_body_raw("<html><title>Hotel wifi</title>", "text/html");
    assert_eq!(kind(page).await, SourceErrorKind::Challenge);
    assert_eq!(kind(json("{\"posts\":[{\"id\":1")).await, SourceErrorKind::NotUnderstood);
    assert_eq!(kind(json("[1,2]")).await, SourceErrorKind::NotUnderstood);
    let slow = json("{}").set_delay(std::time::Duration::from_secs(5));
    assert_eq!(kind(slow).await, SourceErrorKind::TimedOut);
}

#[tokio::test]
async fn a_search_that_is_switched_off_does_not_silence_the_rest() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    serve(&server, "/search.json", refused(404, r#"{"errors":["not found"],"error_type":"not_found"}"#)).await;
    serve(&server, "/private-posts.json", json(answer!("private"))).await;
    serve(&server, "/notifications.json", json("{}")).await;
    serve(&server, "/user_actions.json", json("{}")).await;
    let batch = poll(&mut as_member(&server)).await.unwrap();
    assert_eq!(batch.items.len(), 2);
    assert!(batch.remarks.iter().any(|remark| remark.contains("switched off")), "{:?}", batch.remarks);
    let busy = r#"{"posts":[],"grouped_search_result":{"error":"The site is currently under heavy load"}}"#;
    let server = MockServer::start().await;
    serve_forum(&server).await;
    serve(&server, "/search.json", json(busy)).await;
    let error = poll(&mut as_anybody(&server)).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::ServerTrouble);
    assert!(error.what.as_str().contains("heavy load"));
}

#[tokio::test]
async fn a_word_too_short_is_not_asked_for() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let settings = SourceSettings { search: vec!["ab".to_owned()], ..settings(&server) };
    let mut source = crate::sources::discourse::open(&settings, &tools(None)).unwrap();
    let batch = poll(&mut source).await.unwrap();
    assert!(batch.remarks[0].contains("3 letters"), "{:?}", batch.remarks);
    assert!(!asked(&server).await.contains(&"/search.json".to_owned()));
}

#[tokio::test]
async fn the_key_stays_with_the_forum() {
    let elsewhere = MockServer::builder().listener(std::net::TcpListener::bind("127.0.0.2:0").unwrap()).start().await;
    for name in ["api-key", "api-username", "user-api-key"] {
        Mock::given(header_exists(name)).respond_with(ResponseTemplate::new(500)).expect(0).mount(&elsewhere).await;
    }
    Mock::given(path("/session/current.json")).respond_with(json(answer!("session"))).expect(2).mount(&elsewhere).await;
    let server = MockServer::start().await;
    let away = format!("{}/session/current.json", elsewhere.uri());
    serve(&server, "/session/current.json", ResponseTemplate::new(302).insert_header("location", away.as_str())).await;
    for source in [own_forum(&server), as_member(&server)] {
        let _ = source.publish.unwrap().identity(now()).await;
    }
}

#[tokio::test]
async fn topics_that_cannot_be_opened_are_left_and_the_rest_waits_for_its_turn() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let hits: Vec<_> =
        (0..8).map(|at| serde_json::json!({ "id": 100 - at, "topic_id": 50 - at, "post_number": 1 })).collect();
    let found = serde_json::json!({ "posts": hits, "grouped_search_result": {} });
    serve(&server, "/search.json", json(&found.to_string())).await;
    serve(&server, "/t/50.json", refused(403, r#"{"errors":["no"],"error_type":"invalid_access"}"#)).await;
    serve(&server, "/t/49.json", refused(404, "{}")).await;
    for id in 43..49 {
        let topic = serde_json::json!({ "id": id, "title": "Ferris", "post_stream": { "posts": [
            { "id": id, "post_number": 1, "post_type": 1, "username": "bo", "cooked": "<p>Ferris</p>" }] } });
        serve(&server, &format!("/t/{id}.json"), json(&topic.to_string())).await;
    }
    let mut source = as_anybody(&server);
    let first = poll(&mut source).await.unwrap();
    assert!(first.more && first.items.len() == 3, "{first:?}");
    let second = source.listen.poll(&first.cursor, now()).await.unwrap();
    assert!(!second.more && second.items.len() == 3, "{second:?}");
    assert_eq!(asked(&server).await.iter().filter(|path| *path == "/search.json").count(), 1);
}
