//! Publishing: what goes out, what is refused, and what is not sure.

use std::time::Duration;

use wiremock::matchers::{body_json, body_partial_json, header};

use super::*;
use crate::domain::Visibility;
use crate::domain::time::SignedDuration;
use crate::sources::{Fate, Outgoing, PublishError, Published};

fn reply(parent: &str) -> Outgoing {
    Outgoing {
        text: "We are sorry".into(),
        parent: Some(parent.into()),
        root: Some("post/12".into()),
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en-GB".into()),
        token: "0123456789abcdef".into(),
    }
}

async fn answering(answer: ResponseTemplate) -> Result<Published, PublishError> {
    let server = quiet_v3().await;
    Mock::given(method("POST")).and(path("/api/v3/comment")).respond_with(answer).expect(1).mount(&server).await;
    let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let tools = Tools { client: Client::new(http).unwrap(), credentials: Arc::new(MemoryCredentials::of(TOKEN)) };
    let publish = networks::open(&with_account(&server), &tools).unwrap().publish.unwrap();
    publish.publish(&reply("comment/34"), now()).await
}

#[tokio::test]
async fn a_reply_names_its_post_and_its_parent() {
    let v3 = quiet_v3().await;
    let v4 = quiet_v4().await;
    let words = serde_json::json!({"content": "We are sorry", "post_id": 12, "parent_id": 34, "language_id": 37});
    for (server, at, text) in
        [(&v3, "/api/v3/comment", answer_of!("v3_made.json")), (&v4, "/api/v4/comment", answer_of!("v4_made.json"))]
    {
        Mock::given(method("POST"))
            .and(path(at))
            .and(body_json(&words))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .respond_with(body(text))
            .expect(1)
            .mount(server)
            .await;
        let publish = opened(&with_account(server)).publish.unwrap();
        let published = publish.publish(&reply("comment/34"), now()).await.unwrap();
        assert_eq!(published.native_id, "comment/40");
        assert_eq!(published.url, Some(format!("{}/comment/40", server.uri())));
        assert!(published.at == Some(now()) && published.remarks.is_empty(), "{published:?}");
    }
}

#[tokio::test]
async fn an_old_server_gets_the_token_in_the_body_too() {
    let server = MockServer::start().await;
    get(&server, "/api/v3/site", answer_of!("v3_old_site.json")).await;
    Mock::given(method("POST"))
        .and(path("/api/v3/comment"))
        .and(body_partial_json(serde_json::json!({"auth": TOKEN, "post_id": 12})))
        .respond_with(body(answer_of!("v3_old_made.json")))
        .expect(1)
        .mount(&server)
        .await;
    let publish = opened(&with_account(&server)).publish.unwrap();
    let published = publish.publish(&reply("comment/34"), now()).await.unwrap();
    assert_eq!(published.at, Some(now()));
}

#[tokio::test]
async fn without_a_root_the_post_is_looked_up_first() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/comment", answer_of!("v3_comment.json")).await;
    Mock::given(method("POST"))
        .and(path("/api/v3/comment"))
        .and(body_partial_json(serde_json::json!({"post_id": 12, "parent_id": 34})))
        .respond_with(body(answer_of!("v3_made.json")))
        .expect(1)
        .mount(&server)
        .await;
    let publish = opened(&with_account(&server)).publish.unwrap();
    publish.publish(&Outgoing { root: None, ..reply("comment/34") }, now()).await.unwrap();
}

#[tokio::test]
async fn a_private_message_is_answered_to_its_sender() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/private_message/list", answer_of!("v3_messages.json")).await;
    let sent = r#"{"private_message_view":{"private_message":{"id":7,"creator_id":2,"recipient_id":12,"content":"We are sorry","published":"2026-11-22T12:00:00Z"},"creator":{"id":2,"name":"ferris_bikes"},"recipient":{"id":12,"name":"lou"}}}"#;
    Mock::given(method("POST"))
        .and(path("/api/v3/private_message"))
        .and(body_json(serde_json::json!({"content": "We are sorry", "recipient_id": 12})))
        .respond_with(body(sent))
        .expect(2)
        .mount(&server)
        .await;
    let publish = opened(&with_account(&server)).publish.unwrap();
    let private = |parent: &str| Outgoing { visibility: Visibility::Private, root: None, ..reply(parent) };
    for parent in ["message/5", "message/6"] {
        assert_eq!(publish.publish(&private(parent), now()).await.unwrap().native_id, "message/7");
    }
    let sought = Outgoing { text: "We send a new one".into(), ..private("message/5") };
    let found =
        publish.find(&sought, now().saturating_sub(SignedDuration::from_mins(6)).unwrap(), now()).await.unwrap();
    assert_eq!(found.unwrap().native_id, "message/6");
    let gone = publish.publish(&private("message/99"), now()).await.unwrap_err();
    assert_eq!(gone.fate, Fate::NotSent);
}

/// The notifications of v4, with a message of ours on top.
fn notices(text: &str) -> String {
    let mut notices: serde_json::Value = serde_json::from_str(answer_of!("v4_notifications.json")).unwrap();
    let items = notices["items"].as_array_mut().unwrap();
    let mut sent = items[0].clone();
    sent["notification"]["recipient_id"] = 12.into();
    let data = &mut sent["data"];
    data["private_message"]["id"] = 7.into();
    data["private_message"]["creator_id"] = 2.into();
    data["private_message"]["recipient_id"] = 12.into();
    data["private_message"]["content"] = text.into();
    data["private_message"]["published_at"] = "2026-11-22T11:58:00Z".into();
    let creator = data["creator"].take();
    data["creator"] = data["recipient"].take();
    data["recipient"] = creator;
    items.insert(0, sent);
    notices.to_string()
}

#[tokio::test]
async fn a_message_that_was_sent_from_elsewhere_is_heard_and_found_in_v4() {
    let server = quiet_v4().await;
    get(&server, "/api/v4/account/notification/list", &notices("We send a new one")).await;
    let mut source = opened(&with_account(&server));
    let batch = poll(&mut source, "").await.unwrap();
    let sent = find(&batch.items, "message/7");
    assert!(sent.own && !sent.addressed && sent.visibility == Visibility::Private, "{sent:?}");
    assert_eq!(sent.parent.as_deref(), Some("message/5"));
    let publish = source.publish.unwrap();
    let since = now().saturating_sub(SignedDuration::from_mins(6)).unwrap();
    let private =
        |text: &str| Outgoing { visibility: Visibility::Private, root: None, text: text.into(), ..reply("message/5") };
    let found = publish.find(&private("We send a new one"), since, now()).await.unwrap();
    assert_eq!(found.unwrap().native_id, "message/7");
    let unknown = publish.find(&private("Other words"), since, now()).await.unwrap_err();
    assert!(unknown.to_string().contains("does not list every message"), "{unknown}");
}

#[tokio::test]
async fn a_comment_that_lost_its_parent_is_told() {
    let orphan = answer_of!("v3_made.json").replace("0.34.40", "0.40");
    let published = answering(body(&orphan)).await.unwrap();
    assert_eq!(published.remarks.len(), 1, "{published:?}");
}

#[tokio::test]
async fn what_may_have_gone_out_is_uncertain_and_what_was_refused_is_not() {
    for (answer, fate, words) in [
        (ResponseTemplate::new(500), Fate::Uncertain, ""),
        (body("{"), Fate::Uncertain, ""),
        (body("{}"), Fate::Uncertain, "does not say where"),
        (body(answer_of!("v3_made.json")).set_delay(Duration::from_secs(3)), Fate::Uncertain, ""),
        (error(400, "locked"), Fate::NotSent, "locked"),
        (error(400, "post_is_locked"), Fate::NotSent, "locked"),
        (error(403, "person_is_banned_from_community"), Fate::NotSent, "moderators"),
        (error(400, "max_comment_depth_reached"), Fate::NotSent, "further up"),
        (error(400, "invalid_body_field"), Fate::NotSent, "10,000"),
        (error(400, "language_not_allowed"), Fate::NotSent, "language"),
        (error(400, "couldnt_find_post"), Fate::NotSent, "deleted"),
        (error(400, "rate_limit_error"), Fate::NotSent, "fewer requests"),
        (error(400, "couldnt_create_comment"), Fate::NotSent, "couldnt_create_comment"),
    ] {
        let failed = answering(answer).await.unwrap_err();
        assert_eq!(failed.fate, fate, "{failed}");
        assert!(failed.to_string().contains(words), "{failed}");
    }
}

#[tokio::test]
async fn what_lemmy_cannot_do_is_refused_before_it_is_asked() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/comment", answer_of!("v3_comment.json")).await;
    let publish = opened(&with_account(&server)).publish.unwrap();
    let own = Outgoing { parent: None, ..reply("") };
    let quote = Outgoing { quote: Some("post/1".into()), ..reply("post/12") };
    let private = Outgoing { visibility: Visibility::Private, ..reply("comment/34") };
    let unlisted = Outgoing { visibility: Visibility::Unlisted, ..reply("comment/34") };
    for outgoing in [own, quote, private, unlisted, reply("t3_x")] {
        assert_eq!(publish.publish(&outgoing, now()).await.unwrap_err().fate, Fate::NotSent);
    }
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method.as_str() == "GET"));
    assert!(publish.rules(now()).await.unwrap().markdown);
    assert_eq!(publish.rules(now()).await.unwrap().own_posts, crate::domain::OwnPosts::ByHand);
    let identity = publish.identity(now()).await.unwrap();
    assert_eq!(identity.native_id.as_deref(), Some("https://lemmy.example/u/ferris_bikes"));
}

#[tokio::test]
async fn what_went_out_after_all_is_found_by_parent_and_words() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/user", answer_of!("v3_user.json")).await;
    let publish = opened(&with_account(&server)).publish.unwrap();
    let sought = Outgoing { text: "Which serial\nnumber? ".into(), ..reply("comment/34") };
    let since: Timestamp = "2026-11-22T11:21:00Z".parse().unwrap();
    assert_eq!(publish.find(&sought, since, now()).await.unwrap().unwrap().native_id, "comment/35");
    assert!(publish.find(&sought, now(), now()).await.unwrap().is_none(), "that was another time");
    let elsewhere = Outgoing { parent: Some("post/12".into()), ..sought };
    assert!(publish.find(&elsewhere, since, now()).await.unwrap().is_none());
}
