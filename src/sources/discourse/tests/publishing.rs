//! Answers and topics of our own.

use wiremock::matchers::{body_json, header, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::Visibility;
use crate::sources::{Fate, Outgoing, PublishError, Published, SourceErrorKind};

const WORDS: &str = "We are sorry, and we are on it now.";

fn reply(parent: Option<&str>, text: &str) -> Outgoing {
    Outgoing {
        text: text.to_owned(),
        parent: parent.map(str::to_owned),
        root: parent.map(|_| "411/1".to_owned()),
        quote: None,
        visibility: crate::domain::Visibility::Public,
        content_warning: None,
        lang: None,
        token: "abcdefghijklmnop".to_owned(),
    }
}

async fn publish(answer: ResponseTemplate, outgoing: &Outgoing) -> Result<Published, PublishError> {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    Mock::given(method("POST")).and(path("/posts.json")).respond_with(answer).mount(&server).await;
    own_forum(&server).publish.unwrap().publish(outgoing, now()).await
}

#[tokio::test]
async fn a_reply_goes_below_the_post_that_it_answers() {
    let server = MockServer::start().await;
    let body = serde_json::json!({ "topic_id": 411, "raw": WORDS, "reply_to_post_number": 3 });
    Mock::given(method("POST"))
        .and(path("/posts.json"))
        .and(header("api-key", "canary-key"))
        .and(header("content-type", "application/json"))
        .and(body_json(body))
        .respond_with(json(answer!("created")))
        .expect(1)
        .mount(&server)
        .await;
    let published = own_forum(&server).publish.unwrap().publish(&reply(Some("411/3"), WORDS), now()).await.unwrap();
    assert_eq!(published.native_id, "411/4");
    assert_eq!(published.url, Some(format!("{}/t/411/4", server.uri())));
    assert_eq!(published.at, Some("2026-11-22T12:00:01Z".parse().unwrap()));
    assert!(published.remarks.is_empty(), "{:?}", published.remarks);
}

#[tokio::test]
async fn what_became_of_it_is_told() {
    let wrapped = format!(r#"{{"action":"create_post","post":{}}}"#, answer!("created"));
    let published = publish(json(&wrapped), &reply(Some("411/2"), WORDS)).await.unwrap();
    assert_eq!(published.native_id, "411/4");
    assert!(published.remarks[0].contains("whole topic"), "{:?}", published.remarks);
    let enqueued = r#"{"action":"enqueued","success":true,"pending_count":1,"pending_post":{"id":12,"raw":"x"}}"#;
    let published = publish(json(enqueued), &reply(Some("411/2"), WORDS)).await.unwrap();
    assert_eq!(published.native_id, "waiting 12");
    assert!(published.remarks[0].contains("approve"));
}

#[tokio::test]
async fn a_refusal_is_certain_and_a_lost_answer_is_not() {
    let refusal = publish(refused(422, answer!("too_short")), &reply(Some("411/3"), "short")).await.unwrap_err();
    assert_eq!((refusal.fate, refusal.error.kind), (Fate::NotSent, SourceErrorKind::Refused));
    assert!(refusal.to_string().contains("minimum is 20 characters"), "{refusal}");
    let busy = refused(429, answer!("too_often")).insert_header("retry-after", "42");
    assert_eq!(publish(busy, &reply(Some("411/3"), WORDS)).await.unwrap_err().fate, Fate::NotSent);
    for answer in [
        ResponseTemplate::new(502),
        json("{\"id\":"),
        json("{}"),
        json(answer!("created")).set_delay(std::time::Duration::from_secs(5)),
    ] {
        assert_eq!(publish(answer, &reply(Some("411/3"), WORDS)).await.unwrap_err().fate, Fate::Uncertain);
    }
    assert_eq!(publish(json("{}"), &reply(Some("nonsense"), WORDS)).await.unwrap_err().fate, Fate::NotSent);
    assert_eq!(publish(json("{}"), &reply(None, "no title")).await.unwrap_err().fate, Fate::NotSent);
}

#[tokio::test]
async fn what_is_private_is_answered_only_where_everything_is() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let site = value(answer!("site"));
    let closed = site["categories"].as_array().unwrap().iter().find(|one| one["read_restricted"] == true).unwrap();
    let topic = |archetype: &str, category: &Value| {
        json(&serde_json::json!({ "id": 1, "archetype": archetype, "category_id": category }).to_string())
    };
    serve(&server, "/t/1/3.json", topic("regular", &Value::Null)).await;
    serve(&server, "/t/2/3.json", topic("private_message", &Value::Null)).await;
    serve(&server, "/t/3/3.json", topic("regular", &closed["id"])).await;
    Mock::given(method("POST")).respond_with(json(answer!("created"))).expect(2).mount(&server).await;
    let publish = own_forum(&server).publish.unwrap();
    let private = |parent| Outgoing { visibility: Visibility::Private, ..reply(parent, &format!("Title\n\n{WORDS}")) };
    for outgoing in [
        private(Some("1/3")),
        private(Some("9/3")),
        private(None),
        Outgoing { visibility: Visibility::Unlisted, ..private(Some("1/3")) },
    ] {
        assert_eq!(publish.publish(&outgoing, now()).await.unwrap_err().fate, Fate::NotSent, "{outgoing:?}");
    }
    let error = publish.publish(&private(Some("1/3")), now()).await.unwrap_err();
    assert!(error.error.kind == SourceErrorKind::Refused && error.to_string().contains("in private"), "{error}");
    for parent in ["2/3", "3/3"] {
        publish.publish(&private(Some(parent)), now()).await.unwrap();
    }
}

#[tokio::test]
async fn what_may_have_gone_out_is_found_at_the_end_of_the_topic() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let mut created = value(answer!("created"));
    created["raw"] = format!("{WORDS}\n").into();
    let mut stranger = created.clone();
    stranger["user_id"] = 77.into();
    stranger["post_number"] = 5.into();
    let topic = serde_json::json!({ "id": 411, "post_stream": { "posts": [created, stranger] } });
    Mock::given(path("/t/411/1000000.json"))
        .and(query_param("include_raw", "true"))
        .respond_with(json(&topic.to_string()))
        .mount(&server)
        .await;
    let publish = own_forum(&server).publish.unwrap();
    let found = publish.find(&reply(Some("411/3"), WORDS), now(), now()).await.unwrap();
    assert_eq!(found.unwrap().native_id, "411/4");
    assert_eq!(publish.find(&reply(Some("411/3"), "Other words than those."), now(), now()).await.unwrap(), None);
    let later = "2026-11-22T13:00:00Z".parse().unwrap();
    assert_eq!(publish.find(&reply(Some("411/3"), WORDS), later, later).await.unwrap(), None, "an earlier one");
}

#[tokio::test]
async fn a_topic_of_our_own_has_its_first_line_as_title() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let body = serde_json::json!({ "title": "What we do about the stems", "raw": "Everything.\n\nReally." });
    let mut created = value(answer!("created"));
    created["post_number"] = 1.into();
    created["topic_id"] = 600.into();
    Mock::given(method("POST"))
        .and(path("/posts.json"))
        .and(body_json(body))
        .respond_with(json(&created.to_string()))
        .mount(&server)
        .await;
    let words = "# What we do about the stems\n\nEverything.\n\nReally.";
    let publish = own_forum(&server).publish.unwrap();
    assert_eq!(publish.publish(&reply(None, words), now()).await.unwrap().native_id, "600/1");
    let mut own = value(answer!("actions"));
    own["user_actions"][0]["post_number"] = 1.into();
    own["user_actions"][0]["post_id"] = 9200.into();
    own["user_actions"][0]["created_at"] = "2026-11-22T12:00:01Z".into();
    serve(&server, "/user_actions.json", json(&own.to_string())).await;
    created["raw"] = "Everything.\n\nReally.".into();
    serve(&server, "/posts/9200.json", json(&created.to_string())).await;
    let found = publish.find(&reply(None, words), now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, "600/1");
}

#[tokio::test]
async fn the_forum_says_how_long_a_text_may_be() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let publish = own_forum(&server).publish.unwrap();
    let rules = publish.rules(now()).await.unwrap();
    assert_eq!((rules.own_posts, rules.lists_all), (crate::domain::OwnPosts::Titled, true));
    assert!(!rules.fits("too short") && rules.fits(WORDS) && rules.longest == Some(32_000) && rules.markdown);
    let me = publish.identity(now()).await.unwrap();
    assert_eq!((me.native_id.as_deref(), me.handle.as_deref()), (Some("3"), Some("ferris_team")));
}
