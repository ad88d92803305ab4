//! Posts and replies that go out, once.

use serde_json::json;

use super::*;
use crate::domain::Visibility;
use crate::sources::bluesky::rkey;
use crate::sources::{Count, Fate, Outgoing, PublishError, Published, SourceErrorKind};

const PUT: &str = "com.atproto.repo.putRecord";
const GET: &str = "com.atproto.repo.getRecord";
const POSTS: &str = "app.bsky.feed.getPosts";
const THREAD: &str = "app.bsky.feed.getPostThread";
const TOKEN: &str = "0123456789abcdef0123";
const PARENT: &str = "at://did:plc:ana/app.bsky.feed.post/3lfr";

fn outgoing(text: &str) -> Outgoing {
    Outgoing {
        text: text.to_owned(),
        parent: None,
        root: None,
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: None,
        token: TOKEN.to_owned(),
    }
}

fn reply(text: &str) -> Outgoing {
    Outgoing { parent: Some(PARENT.to_owned()), ..outgoing(text) }
}

fn own_uri() -> String {
    format!("at://did:plc:brand/app.bsky.feed.post/{}", rkey::of_token(TOKEN))
}

fn written() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "uri": own_uri(), "cid": "bafynew", "validationStatus": "valid" }))
}

fn stored(text: &str) -> ResponseTemplate {
    let value = json!({ "text": text, "createdAt": "2026-11-22T11:59:00.000Z" });
    ResponseTemplate::new(200).set_body_json(json!({ "uri": own_uri(), "cid": "bafynew", "value": value }))
}

/// The post of ana, a reply in a thread, as `getPosts` shows it.
fn parent() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "posts": [{
        "uri": PARENT, "cid": "bafyreply", "author": { "did": "did:plc:ana", "handle": "ana.example" },
        "record": { "text": "?", "createdAt": "2026-11-22T11:00:00Z",
            "reply": { "root": { "uri": "at://did:plc:ana/app.bsky.feed.post/3lfa", "cid": "bafyroot" },
                "parent": { "uri": "at://did:plc:brand/app.bsky.feed.post/3lf0", "cid": "bafybrand0" } } },
        "indexedAt": "2026-11-22T11:00:00Z"
    }] }))
}

fn below(parent: Value) -> ResponseTemplate {
    let post = json!({ "uri": own_uri(), "cid": "bafynew", "record": {}, "author": { "did": "did:plc:brand" } });
    ResponseTemplate::new(200).set_body_json(json!({ "thread": { "post": post, "parent": parent } }))
}

fn shown() -> ResponseTemplate {
    below(json!({ "post": { "uri": PARENT, "cid": "bafyreply", "record": {}, "author": { "did": "did:plc:ana" } } }))
}

async fn publish(house: &House, outgoing: &Outgoing) -> Result<Published, PublishError> {
    house.source().publish.unwrap().publish(outgoing, now()).await
}

#[tokio::test]
async fn a_reply_hangs_below_its_parent_and_the_first_post_of_the_thread() {
    let house = House::open().await;
    house.answer(POSTS, parent()).await;
    house.answer(PUT, written()).await;
    house.answer(THREAD, shown()).await;
    let resolved = ResponseTemplate::new(200).set_body_json(json!({ "did": "did:plc:ana" }));
    asked("com.atproto.identity.resolveHandle")
        .and(wiremock::matchers::query_param("handle", "ana.example"))
        .respond_with(resolved)
        .with_priority(1)
        .mount(&house.server)
        .await;
    house.answer("com.atproto.identity.resolveHandle", refused(400, "InvalidRequest")).await;
    let text = "Grüße @Ana.example und @nobody.example! https://ferris.example/hilfe. #Ferris";
    let out = Outgoing { lang: Some("de".into()), content_warning: Some("spoilers".into()), ..reply(text) };
    let published = publish(&house, &out).await.unwrap();
    assert_eq!(published.native_id, own_uri());
    assert_eq!(published.url, Some(format!("https://bsky.app/profile/ferris.example/post/{}", rkey::of_token(TOKEN))));
    assert_eq!(published.at, Some(now()));
    assert_eq!(published.remarks.len(), 2, "{:?}", published.remarks);
    assert!(published.remarks[0].contains("@nobody.example") && published.remarks[1].contains("spoilers"));

    let body = &house.bodies(PUT).await[0];
    assert_eq!((&body["repo"], &body["rkey"]), (&json!("did:plc:brand"), &json!(rkey::of_token(TOKEN))));
    assert!(body.as_object().unwrap().contains_key("swapRecord") && body["swapRecord"].is_null());
    let record = &body["record"];
    assert_eq!(record["createdAt"], json!("2026-11-22T12:00:00.000Z"));
    assert_eq!(record["langs"], json!(["de"]));
    assert_eq!(
        record["reply"]["root"],
        json!({ "uri": "at://did:plc:ana/app.bsky.feed.post/3lfa", "cid": "bafyroot" })
    );
    assert_eq!(record["reply"]["parent"], json!({ "uri": PARENT, "cid": "bafyreply" }));
    let facets = record["facets"].as_array().unwrap();
    assert_eq!(facets[0]["index"], json!({ "byteStart": 8, "byteEnd": 20 }), "bytes, not signs");
    assert_eq!(facets[0]["features"][0]["did"], json!("did:plc:ana"));
    assert_eq!(facets[1]["features"][0]["uri"], json!("https://ferris.example/hilfe"));
    assert_eq!(facets[2]["features"][0]["tag"], json!("Ferris"));
    assert_eq!(facets.len(), 3);
    assert!(record.get("labels").is_none() && record.get("embed").is_none());
}

#[tokio::test]
async fn a_quote_and_a_warning_that_the_network_knows_go_along() {
    let house = House::open().await;
    house.answer(POSTS, parent()).await;
    house.answer(PUT, written()).await;
    let out = Outgoing { quote: Some(PARENT.into()), content_warning: Some("Nudity".into()), ..outgoing("look") };
    let published = publish(&house, &out).await.unwrap();
    assert_eq!(published.remarks, Vec::<String>::new());
    let record = &house.bodies(PUT).await[0]["record"];
    assert_eq!(record["embed"]["record"], json!({ "uri": PARENT, "cid": "bafyreply" }));
    assert_eq!(record["labels"]["values"], json!([{ "val": "nudity" }]));
    assert!(record.get("reply").is_none() && house.requests(THREAD).await.is_empty());
}

#[tokio::test]
async fn trying_again_finds_the_first_try() {
    let house = House::open().await;
    house.first(PUT, 1, written()).await;
    house.answer(PUT, refused(400, "InvalidSwap")).await;
    house.answer(GET, stored("hello")).await;
    let first = publish(&house, &outgoing("hello")).await.unwrap();
    let again = house.source().publish.unwrap().publish(&outgoing("hello"), later(600)).await.unwrap();
    assert_eq!(first.native_id, again.native_id);
    assert_eq!(again.at, Some("2026-11-22T11:59:00Z".parse().unwrap()), "the time of the first try");
    let bodies = house.bodies(PUT).await;
    assert_eq!(bodies[0]["rkey"], bodies[1]["rkey"]);
    let error = publish(&house, &outgoing("other words")).await.unwrap_err();
    assert_eq!(error.fate, Fate::NotSent, "what stands there is never written over");
}

#[tokio::test]
async fn the_fate_of_what_failed_is_told() {
    for (answer, fate) in [
        (refused(400, "InvalidRequest"), Fate::NotSent),
        (refused(429, "RateLimitExceeded"), Fate::NotSent),
        (refused(401, "AccountTakedown"), Fate::NotSent),
        (refused(500, "InternalServerError"), Fate::Uncertain),
        (refused(502, "UpstreamFailure"), Fate::Uncertain),
        (written().set_delay(std::time::Duration::from_secs(3)), Fate::Uncertain),
        (recorded("{"), Fate::Uncertain),
    ] {
        let house = House::open().await;
        house.answer(PUT, answer).await;
        let error = publish(&house, &outgoing("hello")).await.unwrap_err();
        assert_eq!(error.fate, fate, "{error}");
    }
    let house = House::open().await;
    house.answer(POSTS, refused(502, "UpstreamFailure")).await;
    assert_eq!(publish(&house, &reply("hello")).await.unwrap_err().fate, Fate::NotSent);
    assert!(house.requests(PUT).await.is_empty());
}

#[tokio::test]
async fn what_became_of_an_uncertain_one_is_found_by_its_key() {
    let house = House::open().await;
    house.first(GET, 1, refused(400, "RecordNotFound")).await;
    house.answer(GET, stored("hello")).await;
    let publish = house.source().publish.unwrap();
    assert_eq!(publish.find(&outgoing("hello"), now(), now()).await.unwrap(), None);
    let found = publish.find(&outgoing("hello"), now(), now()).await.unwrap().unwrap();
    assert_eq!(found.native_id, own_uri());
    let query = house.requests(GET).await[0].url.query().unwrap().to_owned();
    assert!(query.contains(&format!("rkey={}", rkey::of_token(TOKEN))), "{query}");
}

#[tokio::test]
async fn replies_that_nobody_sees_are_told() {
    let gated = json!({ "post": { "uri": PARENT, "record": {}, "author": {}, "viewer": { "replyDisabled": true } } });
    let blocked = json!({ "$type": "app.bsky.feed.defs#blockedPost", "uri": PARENT, "blocked": true });
    let gone = json!({ "$type": "app.bsky.feed.defs#notFoundPost", "uri": PARENT, "notFound": true });
    for (answer, words) in [
        (below(gated), Some("some people only")),
        (below(blocked), Some("blocks")),
        (below(gone), Some("gone")),
        (below(Value::Null), Some("does not show it")),
        (shown(), None),
        (refused(400, "NotFound"), None),
        (refused(500, "InternalServerError"), None),
    ] {
        let house = House::open().await;
        house.answer(POSTS, parent()).await;
        house.answer(PUT, written()).await;
        house.answer(THREAD, answer).await;
        let remarks = publish(&house, &reply("hello")).await.unwrap().remarks;
        assert_eq!(
            remarks.first().map(|remark| words.is_some_and(|words| remark.contains(words))),
            words.map(|_| true)
        );
    }
}

#[tokio::test]
async fn a_post_that_cannot_be_seen_cannot_be_answered_and_one_of_ours_can() {
    let house = House::open().await;
    house.answer(POSTS, recorded(r#"{"posts":[]}"#)).await;
    house.answer(PUT, written()).await;
    house.answer(THREAD, shown()).await;
    let error = publish(&house, &reply("hello")).await.unwrap_err();
    assert_eq!((error.fate, error.error.kind), (Fate::NotSent, SourceErrorKind::NotFound));
    assert!(house.requests(PUT).await.is_empty());
    house.answer(GET, stored("we just wrote this")).await;
    let ours = Outgoing { parent: Some("at://did:plc:brand/app.bsky.feed.post/3lf0".into()), ..outgoing("and more") };
    publish(&house, &ours).await.unwrap();
    let record = &house.bodies(PUT).await[0]["record"];
    assert_eq!(record["reply"]["root"]["cid"], json!("bafynew"));
}

#[tokio::test]
async fn what_bluesky_would_not_take_is_refused_before_it_is_asked() {
    let house = House::bare().await;
    let family = "👨‍👩‍👧";
    let private = Outgoing { visibility: Visibility::Private, ..outgoing("psst") };
    let unlisted = Outgoing { visibility: Visibility::Unlisted, ..outgoing("psst") };
    for out in [private, unlisted, outgoing(" "), outgoing(&"x".repeat(301)), outgoing(&family.repeat(200))] {
        let error = publish(&house, &out).await.unwrap_err();
        assert_eq!(error.fate, Fate::NotSent);
    }
    assert!(house.server.received_requests().await.unwrap().is_empty());
    let rules = house.source().publish.unwrap().rules(now()).await.unwrap();
    assert_eq!((rules.count, rules.longest, rules.longest_bytes), (Count::Graphemes, Some(300), Some(3000)));
    assert!(rules.retry_safe && rules.fits(&"é".repeat(300)) && !rules.fits(&family.repeat(200)));
}
