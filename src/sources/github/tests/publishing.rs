//! Answers of our own.

use wiremock::matchers::{body_json, body_string_contains, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::Visibility;
use crate::sources::{Fate, Outgoing, PublishError, Published, SourceErrorKind};

fn reply(parent: &str) -> Outgoing {
    Outgoing {
        text: "We are on it.".to_owned(),
        parent: Some(parent.to_owned()),
        root: None,
        quote: None,
        visibility: crate::domain::Visibility::Public,
        content_warning: None,
        lang: None,
        token: "abcdefghijklmnop".to_owned(),
    }
}

async fn publish(answer: ResponseTemplate) -> Result<Published, PublishError> {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    source(&server, &[], &[], Some("canary-token")).publish.unwrap().publish(&reply("acme/app/issues/12"), now()).await
}

#[tokio::test]
async fn an_answer_goes_where_the_post_is() {
    let server = MockServer::start().await;
    for at in ["/api/v3/repos/acme/app/issues/12/comments", "/api/v3/repos/acme/app/pulls/12/comments/9/replies"] {
        Mock::given(method("POST"))
            .and(path(at))
            .and(body_json(serde_json::json!({ "body": "We are on it." })))
            .respond_with(ResponseTemplate::new(201).set_body_raw(answer!("comment"), "application/json"))
            .mount(&server)
            .await;
    }
    let publish = source(&server, &[], &[], Some("canary-token")).publish.unwrap();
    let published = publish.publish(&reply("acme/app/issues/12"), now()).await.unwrap();
    assert_eq!(published.native_id, "acme/app/issues/12/c600");
    assert_eq!(published.at, Some("2026-11-22T12:00:01Z".parse().unwrap()));
    assert_eq!(published.url.as_deref(), Some("https://github.com/acme/app/issues/12#issuecomment-600"));
    let to_comment = publish.publish(&reply("acme/app/issues/12/c5"), now()).await.unwrap();
    assert_eq!(to_comment.native_id, "acme/app/issues/12/c600");
    let on_line = publish.publish(&reply("acme/app/issues/12/r9"), now()).await.unwrap();
    assert_eq!(on_line.native_id, "acme/app/issues/12/r600");
}

#[tokio::test]
async fn a_reply_in_a_discussion_hangs_below_the_comment_at_the_top() {
    let server = MockServer::start().await;
    graph(&server, "discussion(number", json(r#"{"data":{"repository":{"discussion":{"id":"D_1","locked":false}}}}"#))
        .await;
    graph(&server, "node(id", json(r#"{"data":{"node":{"id":"DC_b","replyTo":{"id":"DC_a"}}}}"#)).await;
    let added = r#"{"data":{"addDiscussionComment":{"comment":{"id":"DC_z","url":"https://github.com/f/b/discussions/7#discussioncomment-9","createdAt":"2026-11-22T12:00:01Z"}}}}"#;
    Mock::given(path("/api/graphql"))
        .and(body_string_contains("addDiscussionComment"))
        .and(body_string_contains("\"above\":\"DC_a\""))
        .and(body_string_contains("\"discussion\":\"D_1\""))
        .and(body_string_contains("abcdefghijklmnop"))
        .respond_with(json(added))
        .expect(1)
        .with_priority(1)
        .mount(&server)
        .await;
    let publish = source(&server, &[], &[], Some("canary-token")).publish.unwrap();
    let published = publish.publish(&reply("f/b/discussions/7/DC_b"), now()).await.unwrap();
    assert_eq!(published.native_id, "f/b/discussions/7/DC_z");
}

#[tokio::test]
async fn a_refusal_is_certain_and_a_lost_answer_is_not() {
    let locked =
        publish(refused(403, r#"{"message":"Unable to create comment because issue is locked."}"#)).await.unwrap_err();
    assert_eq!((locked.fate, locked.error.kind), (Fate::NotSent, SourceErrorKind::Refused));
    assert!(locked.error.advice.contains("locked"), "{locked}");
    let gone = publish(refused(410, r#"{"message":"Issues are disabled for this repo"}"#)).await.unwrap_err();
    assert_eq!(gone.fate, Fate::NotSent);
    for answer in [
        ResponseTemplate::new(500),
        json("{\"id\":"),
        json("{}"),
        json(answer!("comment")).set_delay(std::time::Duration::from_secs(5)),
    ] {
        assert_eq!(publish(answer).await.unwrap_err().fate, Fate::Uncertain);
    }
    let server = MockServer::start().await;
    let locked = r#"{"data":{"repository":{"discussion":{"id":"D_1","locked":true}}}}"#;
    graph(&server, "discussion(number", json(locked)).await;
    let publish = source(&server, &[], &[], Some("canary-token")).publish.unwrap();
    let error = publish.publish(&reply("f/b/discussions/7"), now()).await.unwrap_err();
    assert!(error.fate == Fate::NotSent && error.to_string().contains("locked"), "{error}");
    for outgoing in [Outgoing { parent: None, ..reply("x") }, reply("nonsense")] {
        assert_eq!(publish.publish(&outgoing, now()).await.unwrap_err().fate, Fate::NotSent);
    }
}

#[tokio::test]
async fn what_is_private_is_answered_only_where_everything_is() {
    let server = MockServer::start().await;
    let repository = |private: bool| json(&format!(r#"{{"id":1,"full_name":"a/b","private":{private}}}"#));
    serve(&server, "repos/acme/app", repository(false)).await;
    serve(&server, "repos/acme/secret", repository(true)).await;
    Mock::given(method("POST"))
        .and(path("/api/v3/repos/acme/secret/issues/12/comments"))
        .respond_with(json(answer!("comment")))
        .expect(1)
        .mount(&server)
        .await;
    let publish = source(&server, &[], &[], Some("canary-token")).publish.unwrap();
    for visibility in [Visibility::Private, Visibility::Unlisted] {
        for parent in ["acme/app/issues/12", "acme/app/issues/12/r9", "acme/app/discussions/7", "gone/gone/issues/1"] {
            let error = publish.publish(&Outgoing { visibility, ..reply(parent) }, now()).await.unwrap_err();
            assert_eq!(error.fate, Fate::NotSent, "{parent}");
        }
    }
    let private = |parent| Outgoing { visibility: Visibility::Private, ..reply(parent) };
    let error = publish.publish(&private("acme/app/issues/12"), now()).await.unwrap_err();
    assert!(error.error.kind == SourceErrorKind::Refused && error.to_string().contains("in private"), "{error}");
    publish.publish(&private("acme/secret/issues/12"), now()).await.unwrap();
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent.iter().filter(|request| request.method.as_str() == "POST").count(), 1);
}

#[tokio::test]
async fn what_may_have_gone_out_is_found_by_its_words_and_author() {
    let server = MockServer::start().await;
    serve(&server, "user", json(answer!("user"))).await;
    let stranger = answer!("comment").replace("9001", "77").replace("600", "599");
    serve(&server, "repos/acme/app/issues/12/comments", json(&format!("[{stranger},{}]", answer!("comment")))).await;
    let discussion = r#"{"data":{"repository":{"discussion":{"id":"D_1","number":7,"comments":{"nodes":[{"id":"DC_a","replies":{"nodes":[
        {"id":"DC_z","body":"We are on it.","createdAt":"2026-11-22T12:00:01Z","author":{"login":"x","databaseId":9001}}]}}]}}}}}"#;
    graph(&server, "discussion(number", json(discussion)).await;
    let publish = source(&server, &[], &[], Some("canary-token")).publish.unwrap();
    let found = publish.find(&reply("acme/app/issues/12"), now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, "acme/app/issues/12/c600");
    let later = "2026-11-22T13:00:00Z".parse().unwrap();
    assert_eq!(publish.find(&reply("acme/app/issues/12"), later, later).await.unwrap(), None);
    let found = publish.find(&reply("f/b/discussions/7/DC_a"), now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, "f/b/discussions/7/DC_z");
    let other = Outgoing { text: "Other words".to_owned(), ..reply("f/b/discussions/7") };
    assert_eq!(publish.find(&other, now(), now()).await.unwrap(), None);
    assert!(publish.rules(now()).await.unwrap().fits("We are on it."));
    assert_eq!(publish.rules(now()).await.unwrap().own_posts, crate::domain::OwnPosts::ByHand);
    assert_eq!(publish.identity(now()).await.unwrap().native_id.as_deref(), Some("9001"));
}
