//! Threads, people, own posts.

use serde_json::json;

use super::*;
use crate::sources::SourceErrorKind;

const THREAD: &str = "app.bsky.feed.getPostThread";

fn post(key: &str) -> String {
    let (account, key) = key.split_once('/').unwrap();
    format!("at://did:plc:{account}/app.bsky.feed.post/{key}")
}

#[tokio::test]
async fn a_thread_is_told_oldest_first_and_what_is_gone_is_told() {
    let house = House::open().await;
    house.answer(THREAD, recorded(include_str!("../../../../tests/data/bluesky/thread.json"))).await;
    let lookup = house.source().lookup.unwrap();
    let items = lookup.thread(&post("ana/2"), now()).await.unwrap();
    let ids: Vec<&str> = items.iter().map(|item| item.native_id.rsplit('/').next().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5"], "clocks differ, answers come after what they answer");
    assert_eq!(items.iter().map(|item| item.own).collect::<Vec<_>>(), [true, false, true, false, false]);
    assert!(items[4].deleted && items[4].parent.as_deref() == Some(post("kim/4").as_str()));
    assert!(items.iter().all(|item| !item.native_id.contains("troll")), "who blocks us has nothing to say to us");
    let asked = house.requests(THREAD).await;
    assert_eq!(asked.len(), 2, "around the post, and below the first");
}

#[tokio::test]
async fn threads_that_cannot_be_had_say_why() {
    let house = House::open().await;
    let lookup = house.source().lookup.unwrap();
    assert_eq!(lookup.thread("https://x.example/", now()).await.unwrap_err().kind, SourceErrorKind::BadAddress);
    let blocked =
        json!({ "thread": { "$type": "app.bsky.feed.defs#blockedPost", "uri": post("a/1"), "blocked": true } });
    house.first(THREAD, 1, ResponseTemplate::new(200).set_body_json(blocked)).await;
    let error = lookup.thread(&post("a/1"), now()).await.unwrap_err();
    assert!(error.what.as_str().contains("hidden"), "{error}");
    house.answer(THREAD, refused(400, "NotFound")).await;
    assert_eq!(lookup.thread(&post("a/1"), now()).await.unwrap_err().kind, SourceErrorKind::NotFound);
}

#[tokio::test]
async fn people_are_found_by_id_or_handle_or_not() {
    let house = House::open().await;
    let profile = json!({ "did": "did:plc:ana", "handle": "ana.example", "displayName": "Ana", "followersCount": 12 });
    house.first("app.bsky.actor.getProfile", 1, ResponseTemplate::new(200).set_body_json(profile)).await;
    let lookup = house.source().lookup.unwrap();
    let ana = lookup.person("@ana.example", now()).await.unwrap().unwrap();
    assert_eq!((ana.native_id.as_deref(), ana.followers), (Some("did:plc:ana"), Some(12)));
    let request = &house.requests("app.bsky.actor.getProfile").await[0];
    assert_eq!(request.url.query(), Some("actor=ana.example"));
    for name in ["InvalidRequest", "AccountTakedown", "AccountDeactivated"] {
        house.first("app.bsky.actor.getProfile", 1, refused(400, name)).await;
        assert_eq!(lookup.person("gone.example", now()).await.unwrap(), None, "{name}");
    }
    house.answer("app.bsky.actor.getProfile", refused(500, "InternalServerError")).await;
    assert!(lookup.person("ana.example", now()).await.is_err());
    assert_eq!(lookup.person(" @ ", now()).await.unwrap(), None);
}

#[tokio::test]
async fn own_posts_come_without_what_we_repeated() {
    let house = House::open().await;
    house
        .answer("app.bsky.feed.getAuthorFeed", recorded(include_str!("../../../../tests/data/bluesky/own.json")))
        .await;
    let lookup = house.source().lookup.unwrap();
    let own = lookup.own_recent(20, now()).await.unwrap();
    assert_eq!(own.iter().map(|item| item.native_id.as_str()).collect::<Vec<_>>(), [post("brand/3lfw")]);
    assert!(own[0].own);
}
