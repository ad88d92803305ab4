//! Replies of our own.

use std::sync::Arc;

use wiremock::matchers::{body_json, body_string_contains, header, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::Visibility;
use crate::sources::{Fate, MemoryCredentials, Outgoing, PublishError, Published, SourceErrorKind};

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
    serve_tokens(&server).await;
    Mock::given(method("POST")).and(path("/comments")).respond_with(answer).mount(&server).await;
    source(&server, &[OURS], OAUTH).publish.unwrap().publish(&reply("UgwOne.AAA"), now()).await
}

#[tokio::test]
async fn a_reply_hangs_below_the_comment_at_the_top_and_costs_fifty_units() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(body_string_contains("grant_type=refresh_token"))
        .and(body_string_contains("refresh_token=canary-refresh"))
        .and(body_string_contains("client_secret=canary-secret"))
        .respond_with(json(answer!("token")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/comments"))
        .and(query_param("part", "snippet"))
        .and(header("authorization", "Bearer ya29.canary-access"))
        .and(body_json(serde_json::json!({ "snippet": { "parentId": "UgwOne", "textOriginal": "We are on it." } })))
        .respond_with(json(answer!("inserted")))
        .expect(2)
        .mount(&server)
        .await;
    serve(&server, "commentThreads", json(r#"{"items":[]}"#)).await;
    let credentials: Arc<MemoryCredentials> = Arc::new(MemoryCredentials::of(&format!("{KEY} {OAUTH}")));
    let mut source = with(&server, &[OURS], credentials.clone());
    let published = source.publish.clone().unwrap().publish(&reply("UgwOne.AAA"), now()).await.unwrap();
    assert_eq!(published.native_id, "UgwOne.ZZZ");
    assert_eq!(published.at, Some("2026-11-22T12:00:01Z".parse().unwrap()));
    assert!(published.url.unwrap().ends_with("lc=UgwOne.ZZZ"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.meters[0].used, 51.0);
    assert!(source.listen.capabilities().publishes);
    // The access token is kept over a restart, until it runs out.
    let again = with(&server, &[OURS], credentials);
    again.publish.unwrap().publish(&reply("UgwOne"), now()).await.unwrap();
}

#[tokio::test]
async fn a_token_that_was_taken_back_early_is_fetched_anew() {
    let server = MockServer::start().await;
    serve_tokens(&server).await;
    let bad =
        refused(401, r#"{"error":{"code":401,"message":"Invalid Credentials","errors":[{"reason":"authError"}]}}"#);
    Mock::given(path("/comments")).respond_with(bad).up_to_n_times(1).with_priority(1).mount(&server).await;
    Mock::given(path("/comments")).respond_with(json(answer!("inserted"))).mount(&server).await;
    let publish = source(&server, &[OURS], OAUTH).publish.unwrap();
    publish.publish(&reply("UgwOne"), now()).await.unwrap();
    assert_eq!(asked(&server).await, ["token", "comments", "token", "comments"]);
}

#[tokio::test]
async fn a_refusal_is_certain_and_a_lost_answer_is_not() {
    let spent = publish(refused(403, answer!("quota"))).await.unwrap_err();
    assert_eq!((spent.fate, spent.error.kind), (Fate::NotSent, SourceErrorKind::TooMany));
    let scope = r#"{"error":{"code":403,"message":"x","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
    let scope = publish(refused(403, scope)).await.unwrap_err();
    assert!(scope.fate == Fate::NotSent && scope.error.advice.contains("right to comment"), "{scope}");
    let closed = publish(refused(403, answer!("comments_disabled"))).await.unwrap_err();
    assert_eq!(closed.fate, Fate::NotSent);
    let failed = r#"{"error":{"code":400,"message":"x","errors":[{"reason":"processingFailure"}]}}"#;
    for answer in [
        refused(400, failed),
        ResponseTemplate::new(502),
        json("{\"id\":"),
        json("{}"),
        json(answer!("inserted")).set_delay(std::time::Duration::from_secs(5)),
    ] {
        assert_eq!(publish(answer).await.unwrap_err().fate, Fate::Uncertain);
    }
    let server = MockServer::start().await;
    let publish = source(&server, &[OURS], KEY).publish.unwrap();
    let error = publish.publish(&reply("UgwOne"), now()).await.unwrap_err();
    assert!(error.fate == Fate::NotSent && error.to_string().contains("key alone cannot reply"), "{error}");
    let error = publish.publish(&Outgoing { parent: None, ..reply("x") }, now()).await.unwrap_err();
    assert_eq!(error.fate, Fate::NotSent);
    assert!(asked(&server).await.is_empty());
}

#[tokio::test]
async fn what_is_private_is_answered_only_where_everything_is() {
    let server = MockServer::start().await;
    serve_tokens(&server).await;
    let thread = |id: &str, public: bool| {
        json(&format!(
            r#"{{"items":[{{"id":"{id}","snippet":{{"isPublic":{public},"topLevelComment":{{"id":"{id}"}}}}}}]}}"#
        ))
    };
    for (id, public) in [("UgwOne", true), ("UgwTwo", false)] {
        Mock::given(path("/commentThreads"))
            .and(query_param("id", id))
            .respond_with(thread(id, public))
            .mount(&server)
            .await;
    }
    Mock::given(method("POST"))
        .and(path("/comments"))
        .respond_with(json(answer!("inserted")))
        .expect(1)
        .mount(&server)
        .await;
    let publish = source(&server, &[OURS], OAUTH).publish.unwrap();
    let with = |visibility, parent| Outgoing { visibility, ..reply(parent) };
    for visibility in [Visibility::Private, Visibility::Unlisted] {
        let error = publish.publish(&with(visibility, "UgwOne.AAA"), now()).await.unwrap_err();
        assert_eq!((error.fate, error.error.kind), (Fate::NotSent, SourceErrorKind::Refused), "{error}");
    }
    publish.publish(&with(Visibility::Private, "UgwTwo.AAA"), now()).await.unwrap();
}

#[tokio::test]
async fn what_may_have_gone_out_is_found_below_the_comment() {
    let server = MockServer::start().await;
    serve_tokens(&server).await;
    let mut threads: serde_json::Value = serde_json::from_str(answer!("threads")).unwrap();
    let reply_of_ours: serde_json::Value = serde_json::from_str(answer!("inserted")).unwrap();
    threads["items"][0]["replies"]["comments"].as_array_mut().unwrap().push(reply_of_ours);
    threads["items"][0]["snippet"]["totalReplyCount"] = 2.into();
    serve(&server, "commentThreads", json(&threads.to_string())).await;
    let publish = source(&server, &[OURS], OAUTH).publish.unwrap();
    let found = publish.find(&reply("UgwOne.AAA"), now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, "UgwOne.ZZZ");
    let other = Outgoing { text: "Other words".to_owned(), ..reply("UgwOne") };
    assert_eq!(publish.find(&other, now(), now()).await.unwrap(), None);
    let later = "2026-11-22T13:00:00Z".parse().unwrap();
    assert_eq!(publish.find(&reply("UgwOne"), later, later).await.unwrap(), None);
    assert!(publish.rules(now()).await.unwrap().fits("We are on it."));
    assert_eq!(publish.rules(now()).await.unwrap().own_posts, crate::domain::OwnPosts::ByHand);
    assert_eq!(publish.identity(now()).await.unwrap().native_id.as_deref(), Some(OURS));
}
