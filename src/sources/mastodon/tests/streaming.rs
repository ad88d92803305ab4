//! What is pushed: by WebSocket, by server-sent events, and when neither is to be had.

use std::time::Duration;

use serde_json::json;

use super::super::ear::Ear;
use super::super::server::Server;
use super::streams::{Speaks, Streams, streams};
use super::*;
use crate::domain::Item;
use crate::domain::time::SignedDuration;
use crate::sources::{Batch, Listen};

/// A server whose interface is a wiremock and whose streams are these.
async fn server_with(streams: &Streams, version: &str) -> MockServer {
    let server = MockServer::start().await;
    let urls = json!({ "streaming": streams.url });
    let instance = json!({ "domain": "social.example", "version": version, "configuration": { "urls": urls } });
    give(&server, "/api/v2/instance", instance).await;
    give(&server, "/api/v1/accounts/verify_credentials", json!({ "id": "42", "acct": "brand" })).await;
    give(&server, "/api/v1/lists", json!([{ "id": "31", "title": "Press" }])).await;
    empty_elsewhere(&server).await;
    server
}

fn ear(server: &MockServer) -> Ear {
    let settings = SourceSettings {
        stream: true,
        hashtags: vec!["bikes".into()],
        places: vec!["Press".into()],
        shortest: SignedDuration::from_mins(5),
        ..settings(&server.uri())
    };
    let url = server.uri().parse().unwrap();
    let mut ear = Ear::new(&settings, Arc::new(Server::new(&settings, &url, &tools_with(Some(TOKEN)))));
    ear.waits = (Duration::from_millis(1500), Duration::from_millis(100));
    ear
}

fn frame(stream: &[&str], event: &str, payload: &Value) -> String {
    let payload = payload.as_str().map_or_else(|| payload.to_string(), str::to_owned);
    json!({ "stream": stream, "event": event, "payload": payload }).to_string()
}

/// Polls until something is pushed.
async fn pushed(ear: &mut Ear, cursor: &mut String) -> Vec<Item> {
    for _ in 0..10 {
        let batch = poll(ear, cursor, now()).await;
        if !batch.items.is_empty() {
            return batch.items;
        }
    }
    panic!("nothing was pushed");
}

async fn poll(ear: &mut Ear, cursor: &mut String, now: Timestamp) -> Batch {
    let batch = ear.poll(cursor, now).await.unwrap();
    *cursor = batch.cursor.clone();
    batch
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.native_id.as_str()).collect()
}

#[tokio::test]
async fn one_websocket_brings_everything() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    let first = poll(&mut ear, &mut cursor, now()).await;
    assert!(first.more && first.remarks.is_empty(), "{:?}", first.remarks);
    assert!(ear.capabilities().streams && ear.capabilities().tells_deletions);

    let mut stranger = status("50", "home timeline of somebody else");
    stranger["account"]["id"] = json!("999");
    let mut own = status("51", "our own words");
    own["account"] = json!({ "id": "42", "acct": "brand" });
    let mut edited = status("52", "a calmer ride");
    edited["edited_at"] = json!("2026-11-22T09:29:00Z");
    let told = json!({ "id": "9", "type": "mention", "status": status("53", "@brand help") });
    for words in [
        frame(&["user"], "update", &stranger),
        frame(&["user"], "update", &own),
        frame(&["hashtag", "bikes"], "update", &status("52", "a wild ride")),
        frame(&["hashtag", "bikes"], "status.update", &edited),
        frame(&["list", "31"], "update", &status("54", "from the press")),
        frame(&["user"], "notification", &told),
        frame(&["user"], "notification", &json!({ "id": "8", "type": "favourite", "status": status("55", "x") })),
        frame(&["user"], "delete", &json!("40")),
        "no frame at all".to_owned(),
        frame(&["user"], "filters_changed", &json!("")),
    ] {
        streams.say.send(words).await.unwrap();
    }
    let items = pushed(&mut ear, &mut cursor).await;
    assert_eq!(ids(&items), ["51", "52", "54", "53", "40"]);
    assert!(items[0].own && items[3].addressed && items[4].deleted);
    assert!(items[1].edited.is_some() && items[1].text.contains("calmer"));
    let log = streams.log.lock().unwrap();
    assert_eq!(log.opened, [("/api/v1/streaming".to_owned(), format!("Bearer {TOKEN}"))]);
    let wishes: Vec<Value> = log.heard.iter().map(|heard| serde_json::from_str(heard).unwrap()).collect();
    assert_eq!(
        wishes,
        [
            json!({ "type": "subscribe", "stream": "user" }),
            json!({ "type": "subscribe", "stream": "hashtag", "tag": "bikes" }),
            json!({ "type": "subscribe", "stream": "list", "list": "31" }),
        ]
    );
    assert!(!cursor.contains(TOKEN));
}

#[tokio::test]
async fn what_was_not_committed_comes_again() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    poll(&mut ear, &mut cursor, now()).await;
    streams.say.send(frame(&["hashtag", "bikes"], "update", &status("52", "x"))).await.unwrap();
    streams.say.send(frame(&["user"], "delete", &json!("40"))).await.unwrap();
    let committed = cursor.clone();
    assert_eq!(ids(&pushed(&mut ear, &mut cursor).await), ["52", "40"]);
    assert_ne!(cursor, committed);
    let readings = asked(&server, "/api/v1/notifications").await.len();
    let again = ear.poll(&committed, now()).await.unwrap();
    assert_eq!(ids(&again.items), ["52", "40"]);
    assert_eq!(asked(&server, "/api/v1/notifications").await.len(), readings + 1, "and it is read on at once");
    let after = ear.poll(&again.cursor, now()).await.unwrap();
    assert!(after.items.is_empty() && after.unchanged && after.more);
    assert_eq!(after.cursor, again.cursor);
}

#[tokio::test]
async fn a_poll_that_is_dropped_loses_nothing() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    poll(&mut ear, &mut cursor, now()).await;
    ear.waits = (Duration::from_secs(30), Duration::from_secs(30));
    streams.say.send(frame(&["hashtag", "bikes"], "update", &status("52", "x"))).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(300), ear.poll(&cursor, now())).await.is_err());
    ear.waits = (Duration::from_millis(300), Duration::from_millis(50));
    assert_eq!(ids(&pushed(&mut ear, &mut cursor).await), ["52"]);
}

#[tokio::test]
async fn after_a_break_everything_is_read_on_before_the_stream_goes_on() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    give(&server, "/api/v1/timelines/tag/bikes", json!([status("60", "before")])).await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    assert_eq!(ids(&poll(&mut ear, &mut cursor, now()).await.items), ["60"]);
    streams.say.send(String::new()).await.unwrap();
    let broken = poll(&mut ear, &mut cursor, now()).await;
    assert!(broken.items.is_empty() && broken.more);
    // Too early to open again: it waits, and more follows.
    ear.waits = (Duration::from_millis(50), Duration::from_millis(50));
    assert!(poll(&mut ear, &mut cursor, now()).await.more);
    assert_eq!(streams.log.lock().unwrap().opened.len(), 1);
    let later = now() + SignedDuration::from_mins(1);
    let caught_up = poll(&mut ear, &mut cursor, later).await;
    assert_eq!(streams.log.lock().unwrap().opened.len(), 2);
    assert!(caught_up.remarks.is_empty(), "a break is no news: {:?}", caught_up.remarks);
    assert_eq!(asked(&server, "/api/v1/timelines/tag/bikes").await, ["limit=40", "limit=40&min_id=60"]);
    streams.say.send(frame(&["hashtag", "bikes"], "update", &status("61", "after"))).await.unwrap();
    ear.waits.0 = Duration::from_secs(2);
    let batch = ear.poll(&cursor, later).await.unwrap();
    assert_eq!(ids(&batch.items), ["61"]);
}

#[tokio::test]
async fn who_is_told_to_hang_up_connects_again_and_reads_on() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    poll(&mut ear, &mut cursor, now()).await;
    ear.hang_up();
    poll(&mut ear, &mut cursor, now()).await;
    assert_eq!(streams.log.lock().unwrap().opened.len(), 2);
    assert_eq!(asked(&server, "/api/v1/notifications").await.len(), 2);
}

#[tokio::test]
async fn a_stream_is_backed_by_reading_at_the_interval() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    ear.waits = (Duration::from_millis(20), Duration::from_millis(20));
    poll(&mut ear, &mut cursor, now()).await;
    poll(&mut ear, &mut cursor, now() + SignedDuration::from_mins(4)).await;
    assert_eq!(asked(&server, "/api/v1/notifications").await.len(), 1);
    poll(&mut ear, &mut cursor, now() + SignedDuration::from_mins(5)).await;
    assert_eq!(asked(&server, "/api/v1/notifications").await.len(), 2);
    assert_eq!(streams.log.lock().unwrap().opened.len(), 1);
}

#[tokio::test]
async fn server_sent_events_serve_where_websockets_do_not() {
    let streams = streams(Speaks::OnlyEvents).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    let first = poll(&mut ear, &mut cursor, now()).await;
    assert_eq!(first.remarks.len(), 1, "{:?}", first.remarks);
    assert!(first.remarks[0].contains("server-sent events"), "{:?}", first.remarks);
    let told = json!({ "id": "9", "type": "mention", "status": status("53", "@brand help") });
    streams.say.send(format!("notification {told}")).await.unwrap();
    streams.say.send("delete 40".to_owned()).await.unwrap();
    let mut items = pushed(&mut ear, &mut cursor).await;
    if items.len() == 1 {
        items.extend(pushed(&mut ear, &mut cursor).await);
    }
    assert_eq!(ids(&items), ["53", "40"]);
    let mut opened = streams.log.lock().unwrap().opened.clone();
    opened.sort();
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        opened,
        [
            ("/api/v1/streaming/hashtag?tag=bikes".to_owned(), bearer.clone()),
            ("/api/v1/streaming/list?list=31".to_owned(), bearer.clone()),
            ("/api/v1/streaming/user".to_owned(), bearer),
        ]
    );
}

#[tokio::test]
async fn a_websocket_that_refuses_after_its_opening_is_not_tried_again() {
    let streams = streams(Speaks::Grumbles).await;
    let server = server_with(&streams, "4.3.0").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    poll(&mut ear, &mut cursor, now()).await;
    poll(&mut ear, &mut cursor, now()).await;
    let batch = poll(&mut ear, &mut cursor, now() + SignedDuration::from_mins(2)).await;
    assert!(batch.more);
    let opened = streams.log.lock().unwrap().opened.clone();
    assert_eq!(opened[0].0, "/api/v1/streaming");
    assert!(
        opened[1..].iter().all(|(place, _)| place.starts_with("/api/v1/streaming/")) && opened.len() == 4,
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_server_without_streams_is_polled_and_says_so_once() {
    let streams = streams(Speaks::Nothing).await;
    let server = server_with(&streams, "4.0.0 (not true; really snac/2.75)").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    assert!(ear.capabilities().streams);
    let first = poll(&mut ear, &mut cursor, now()).await;
    assert!(!first.more, "a polled source rests");
    assert_eq!(first.remarks.iter().filter(|remark| remark.contains("is polled")).count(), 1, "{:?}", first.remarks);
    assert!(!ear.capabilities().streams && !ear.capabilities().tells_deletions);
    let second = poll(&mut ear, &mut cursor, now() + SignedDuration::from_mins(5)).await;
    assert!(!second.more && second.remarks.is_empty(), "{:?}", second.remarks);
    assert_eq!(asked(&server, "/api/v1/notifications").await.len(), 2);
}

#[tokio::test]
async fn pleroma_takes_the_token_in_a_message() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "2.7.2 (compatible; Pleroma 2.7.0)").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    poll(&mut ear, &mut cursor, now()).await;
    streams
        .say
        .send(r#"{"event":"pleroma:respond","payload":"{\"type\":\"subscribe\",\"result\":\"success\"}"}"#.into())
        .await
        .unwrap();
    streams.say.send(frame(&["user:notifications"], "delete", &json!("40"))).await.unwrap();
    assert_eq!(ids(&pushed(&mut ear, &mut cursor).await), ["40"]);
    let heard: Value = serde_json::from_str(&streams.log.lock().unwrap().heard[0]).unwrap();
    assert_eq!(heard, json!({ "type": "pleroma:authenticate", "token": TOKEN }));
}

#[tokio::test]
async fn gotosocial_pushes_no_hashtags_and_that_is_said() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "0.19.1+git-4b9d9f8").await;
    let (mut ear, mut cursor) = (ear(&server), String::new());
    let first = poll(&mut ear, &mut cursor, now()).await;
    assert_eq!(first.remarks, [format!("{} pushes no hashtags: they are polled", server.address())]);
    streams.say.send(frame(&["user"], "delete", &json!("40"))).await.unwrap();
    assert_eq!(ids(&pushed(&mut ear, &mut cursor).await), ["40"]);
}

#[tokio::test]
async fn without_a_token_or_wish_nothing_is_opened() {
    let streams = streams(Speaks::Both).await;
    let server = server_with(&streams, "4.3.0").await;
    let wanted = SourceSettings { hashtags: vec!["bikes".into()], ..settings(&server.uri()) };
    let mut quiet = source(&wanted);
    let streaming = SourceSettings { stream: true, ..wanted };
    let mut anonymous = super::super::open(&streaming, &tools_with(None)).unwrap();
    for source in [&mut quiet, &mut anonymous] {
        assert!(!source.listen.capabilities().streams);
        assert!(!source.listen.poll("", now()).await.unwrap().more);
    }
    assert!(streams.log.lock().unwrap().opened.is_empty());
}
