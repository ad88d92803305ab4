//! Publishing: what goes out, what is refused, and what is not sure.

use std::time::Duration;

use wiremock::matchers::body_string_contains;

use super::*;
use crate::domain::Visibility;
use crate::domain::time::SignedDuration;
use crate::sources::{Fate, Outgoing, PublishError, Published, Retry, SourceErrorKind};

fn reply(parent: &str) -> Outgoing {
    Outgoing {
        text: "We are sorry".into(),
        parent: Some(parent.into()),
        root: Some("t3_aa03".into()),
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: None,
        token: "0123456789abcdef".into(),
    }
}

async fn answering(answer: ResponseTemplate, outgoing: &Outgoing) -> Result<Published, PublishError> {
    let server = quiet().await;
    Mock::given(method("POST")).and(path("/api/comment")).respond_with(answer).expect(1).mount(&server).await;
    let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let tools = Tools { client: Client::new(http).unwrap(), credentials: Arc::new(MemoryCredentials::of(SECRET)) };
    let publish = networks::open(&settings(&server), &tools).unwrap().publish.unwrap();
    publish.publish(outgoing, now()).await
}

#[tokio::test]
async fn a_reply_goes_below_what_it_answers() {
    let server = quiet().await;
    Mock::given(method("POST"))
        .and(path("/api/comment"))
        .and(body_string_contains("thing_id=t3_aa03&text=We+are+sorry"))
        .and(body_string_contains("api_type=json"))
        .respond_with(body(answer_of!("made.json")))
        .expect(1)
        .mount(&server)
        .await;
    let publish = opened(&settings(&server)).publish.unwrap();
    let published = publish.publish(&reply("t3_aa03"), now()).await.unwrap();
    assert_eq!(published.native_id, "t1_new1");
    assert_eq!(published.at, Some("2026-11-22T12:00:00Z".parse().unwrap()));
    assert!(published.url.unwrap().ends_with("/new1/") && published.remarks.is_empty());
    assert_eq!(publish.identity(now()).await.unwrap().native_id.as_deref(), Some("t2_brand1"));
    let rules = publish.rules(now()).await.unwrap();
    assert_eq!((rules.own_posts, rules.lists_all), (crate::domain::OwnPosts::Titled, true));
    assert!(rules.markdown && !rules.retry_safe && rules.fits(&"x".repeat(10_000)) && !rules.fits(&"x".repeat(10_001)));
}

#[tokio::test]
async fn a_reply_that_hangs_elsewhere_is_told() {
    let elsewhere = answer_of!("made.json").replace("\"parent_id\": \"t3_aa03\"", "\"parent_id\": \"t3_other\"");
    let published = answering(body(&elsewhere), &reply("t3_aa03")).await.unwrap();
    assert_eq!(published.remarks.len(), 1, "{published:?}");
}

#[tokio::test]
async fn errors_inside_a_success_were_not_sent() {
    let errors = |errors: &str| body(&format!(r#"{{"json":{{"errors":[{errors}]}}}}"#));
    let limited = answering(errors(r#"["RATELIMIT","try again in 9 minutes.","ratelimit"]"#), &reply("t3_aa03")).await;
    let limited = limited.unwrap_err();
    assert_eq!((limited.fate, limited.error.kind), (Fate::NotSent, SourceErrorKind::TooMany));
    assert_eq!(limited.error.retry, Retry::NotBefore("2026-11-22T12:10:00Z".parse().unwrap()));
    for code in ["THREAD_LOCKED", "TOO_LONG", "DELETED_COMMENT", "NO_TEXT", "SOMETHING_ELSE"] {
        let refused =
            answering(errors(&format!(r#"["{code}","words","parent"]"#)), &reply("t3_aa03")).await.unwrap_err();
        assert_eq!((refused.fate, refused.error.retry), (Fate::NotSent, Retry::Never), "{refused}");
        assert!(refused.to_string().contains(code), "{refused}");
    }
}

#[tokio::test]
async fn what_may_have_gone_out_is_uncertain_and_what_was_refused_is_not() {
    let status = |status| ResponseTemplate::new(status);
    for (answer, fate) in [
        (status(500), Fate::Uncertain),
        (status(502), Fate::Uncertain),
        (body("{\"json\":"), Fate::Uncertain),
        (body(r#"{"json":{"errors":[],"data":{}}}"#), Fate::Uncertain),
        (body(answer_of!("made.json")).set_delay(Duration::from_secs(3)), Fate::Uncertain),
        (status(403).set_body_raw(r#"{"message":"Forbidden","error":403}"#, "application/json"), Fate::NotSent),
        (status(404), Fate::NotSent),
        (status(429), Fate::NotSent),
    ] {
        let error = answering(answer, &reply("t3_aa03")).await.unwrap_err();
        assert_eq!(error.fate, fate, "{error}");
    }
}

#[tokio::test]
async fn what_reddit_cannot_do_is_refused_before_it_is_asked() {
    let server = quiet().await;
    let publish = opened(&settings(&server)).publish.unwrap();
    let public =
        r#"{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"name":"t3_aa03","subreddit_type":"public"}}]}}"#;
    get(&server, "/api/info", public).await;
    let private = Outgoing { visibility: Visibility::Private, ..reply("t3_aa03") };
    let unlisted = Outgoing { visibility: Visibility::Unlisted, ..reply("t3_aa03") };
    let profile = Outgoing { parent: None, ..private.clone() };
    let quote = Outgoing { quote: Some("t3_x".into()), ..reply("t3_aa03") };
    let foreign = reply("at://did:plc:x/1");
    let untitled = Outgoing { parent: None, text: "x".repeat(301), ..reply("t3_aa03") };
    for outgoing in [private, unlisted, profile, quote, foreign, untitled] {
        let error = publish.publish(&outgoing, now()).await.unwrap_err();
        assert_eq!(error.fate, Fate::NotSent, "{error}");
    }
    let posts = server.received_requests().await.unwrap();
    assert!(posts.iter().all(|request| request.method.as_str() == "GET" || request.url.path() == TOKEN));
}

#[tokio::test]
async fn a_private_subreddit_is_answered_where_only_its_members_read() {
    let server = quiet().await;
    let closed = r#"{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"name":"t3_aa03","subreddit_type":"private"}}]}}"#;
    get(&server, "/api/info", closed).await;
    Mock::given(method("POST"))
        .and(path("/api/comment"))
        .respond_with(body(answer_of!("made.json")))
        .mount(&server)
        .await;
    let publish = opened(&settings(&server)).publish.unwrap();
    let private = Outgoing { visibility: Visibility::Private, ..reply("t3_aa03") };
    assert_eq!(publish.publish(&private, now()).await.unwrap().native_id, "t1_new1");
}

#[tokio::test]
async fn a_post_of_our_own_stands_on_our_profile() {
    let server = quiet().await;
    let made = r#"{"json":{"errors":[],"data":{"url":"https://www.reddit.com/user/x/comments/n1/t/","id":"n1","name":"t3_n1"}}}"#;
    Mock::given(method("POST"))
        .and(path("/api/submit"))
        .and(body_string_contains("sr=u_ferris_bikes&kind=self&title=Repair+manuals&text=All+of+them"))
        .respond_with(body(made))
        .expect(1)
        .mount(&server)
        .await;
    let publish = opened(&settings(&server)).publish.unwrap();
    let post = Outgoing { parent: None, root: None, text: "Repair manuals\n\nAll of them".into(), ..reply("") };
    assert_eq!(publish.publish(&post, now()).await.unwrap().native_id, "t3_n1");
}

#[tokio::test]
async fn what_went_out_after_all_is_found_by_parent_and_words() {
    let server = quiet().await;
    get(&server, "/user/ferris_bikes/comments", answer_of!("own.json")).await;
    get(&server, "/message/sent", answer_of!("sent.json")).await;
    let publish = opened(&settings(&server)).publish.unwrap();
    let sought = Outgoing { text: " Which serial\n*number*? ".into(), ..reply("t3_aa03") };
    let since = Timestamp::from_second(1_795_348_060).unwrap();
    let found = publish.find(&sought, since, now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, "t1_own1");
    let later = Timestamp::from_second(1_795_348_500).unwrap();
    assert!(publish.find(&sought, later, now()).await.unwrap().is_none(), "that was another time");
    let other = Outgoing { text: "Something else".into(), ..sought.clone() };
    assert!(publish.find(&other, since, now()).await.unwrap().is_none());
    let elsewhere = Outgoing { parent: Some("t3_zz".into()), ..sought };
    assert!(publish.find(&elsewhere, since, now()).await.unwrap().is_none());
    let message = Outgoing { text: "We send a new one".into(), visibility: Visibility::Private, ..reply("t4_mm02") };
    assert_eq!(publish.find(&message, since, now()).await.unwrap().unwrap().native_id, "t4_mm03");
}
