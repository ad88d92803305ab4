//! What the interface answers, as its documentation has it.

use wiremock::matchers::{header, path, query_param};
use wiremock::{Mock, MockServer};

use super::*;
use crate::domain::{Answerable, Author, Item, Visibility};

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap_or_else(|| panic!("no {id} in {items:#?}"))
}

#[tokio::test]
async fn comments_below_our_videos_are_meant_for_us() {
    let server = MockServer::start().await;
    Mock::given(path("/commentThreads"))
        .and(query_param("allThreadsRelatedToChannelId", OURS))
        .and(query_param("order", "time"))
        .and(query_param("textFormat", "plainText"))
        .and(header("x-goog-api-key", "canary-key"))
        .respond_with(json(answer!("threads")))
        .mount(&server)
        .await;
    Mock::given(path("/comments"))
        .and(query_param("parentId", "UgwTwo"))
        .respond_with(json(answer!("replies")))
        .expect(1)
        .mount(&server)
        .await;
    let mut source = source(&server, &[OURS], KEY);
    let batch = source.listen.poll("", now()).await.unwrap();
    let complaint = find(&batch.items, "UgwOne");
    assert!(complaint.addressed && !complaint.own);
    assert_eq!(complaint.text, "My chain snapped & nobody answers");
    assert_eq!(complaint.url.as_deref(), Some("https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=UgwOne"));
    assert_eq!(complaint.author.handle.as_deref(), Some("ana_rides"));
    assert_eq!(complaint.author.native_id.as_deref(), Some("UCanaanaanaanaanaanaanaa"));
    assert_eq!(complaint.edited, Some("2026-11-22T11:40:00Z".parse().unwrap()));
    assert_eq!((complaint.parent.as_ref(), complaint.root.as_deref()), (None, Some("UgwOne")));
    let ours = find(&batch.items, "UgwOne.AAA");
    assert!(ours.own && !ours.addressed, "ours by the id of the channel");
    assert_eq!((ours.parent.as_deref(), ours.root.as_deref()), (Some("UgwOne"), Some("UgwOne")));
    let asked_by_us = find(&batch.items, "UgwTwo");
    assert!(asked_by_us.own && asked_by_us.visibility == Visibility::Private);
    assert_eq!(asked_by_us.author.name.as_deref(), Some("Ferris Bikes"));
    let sixth = find(&batch.items, "UgwTwo.6");
    assert!(sixth.addressed && sixth.visibility == Visibility::Private, "it answers us");
    assert_eq!(batch.items.len(), 5);
    assert!(!batch.more);
    assert!(
        batch.remarks.iter().any(|remark| remark.starts_with("1 comments could not be read")),
        "{:?}",
        batch.remarks
    );
    assert_eq!((batch.meters[0].name.as_str(), batch.meters[0].used), ("units today", 2.0));
    assert!(!batch.cursor.contains("canary"));
    // As many replies as before: they are not read again. What was used today is known after a restart.
    let mut again = super::source(&server, &[OURS], KEY);
    let batch = again.listen.poll(&batch.cursor, now()).await.unwrap();
    assert_eq!(batch.meters[0].used, 3.0);
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| !request.url.as_str().contains("canary")), "no key in an address");
}

#[tokio::test]
async fn a_handle_is_looked_up_once() {
    let server = MockServer::start().await;
    Mock::given(path("/channels"))
        .and(query_param("forHandle", "@ferrisbikes"))
        .respond_with(json(answer!("channel")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/commentThreads"))
        .and(query_param("allThreadsRelatedToChannelId", OURS))
        .respond_with(json(r#"{"items":[]}"#))
        .expect(2)
        .mount(&server)
        .await;
    let mut source = source(&server, &["https://youtube.com/@ferrisbikes"], KEY);
    let first = source.listen.poll("", now()).await.unwrap();
    source.listen.poll(&first.cursor, now()).await.unwrap();
}

#[tokio::test]
async fn authors_get_their_names_and_followers() {
    let server = MockServer::start().await;
    serve(&server, "channels", json(answer!("channel"))).await;
    let mut source = source(&server, &[OURS], KEY);
    let mut authors = [
        Author { native_id: Some(OURS.to_owned()), ..Author::default() },
        Author { native_id: Some("UCkim".to_owned()), handle: Some("kim".to_owned()), ..Author::default() },
    ];
    source.listen.name_authors(&mut authors, now()).await;
    assert_eq!((authors[0].handle.as_deref(), authors[0].followers), (Some("ferrisbikes"), Some(1200)));
    assert_eq!(authors[1].handle.as_deref(), Some("kim"));
    let lookup = source.lookup.unwrap();
    assert_eq!(lookup.person("ferrisbikes", now()).await.unwrap().unwrap().name.as_deref(), Some("Ferris Bikes"));
}

#[tokio::test]
async fn a_thread_has_all_its_replies_and_says_whether_we_may_answer() {
    let server = MockServer::start().await;
    serve_tokens(&server).await;
    let mut threads: serde_json::Value = serde_json::from_str(answer!("threads")).unwrap();
    threads["items"].as_array_mut().unwrap().remove(0);
    Mock::given(path("/commentThreads"))
        .and(query_param("id", "UgwTwo"))
        .and(header("authorization", "Bearer ya29.canary-access"))
        .respond_with(json(&threads.to_string()))
        .mount(&server)
        .await;
    serve(&server, "comments", json(answer!("replies"))).await;
    let lookup = source(&server, &[OURS], OAUTH).lookup.unwrap();
    let thread = lookup.thread("UgwTwo.6", now()).await.unwrap();
    assert_eq!(
        thread.iter().map(|item| item.native_id.as_str()).collect::<Vec<_>>(),
        ["UgwTwo", "UgwTwo.1", "UgwTwo.6"]
    );
    assert!(thread.iter().all(|item| item.answerable == Answerable::Nowhere));
}

#[tokio::test]
async fn own_replies_are_found_below_the_newest_comments() {
    let server = MockServer::start().await;
    serve(&server, "commentThreads", json(answer!("threads"))).await;
    let own = source(&server, &[OURS], KEY).lookup.unwrap().own_recent(10, now()).await.unwrap();
    assert_eq!(own.iter().map(|item| item.native_id.as_str()).collect::<Vec<_>>(), ["UgwOne.AAA", "UgwTwo"]);
}

#[tokio::test]
async fn comments_that_went_are_told_once() {
    let server = MockServer::start().await;
    Mock::given(path("/commentThreads")).respond_with(json(answer!("threads"))).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/comments"))
        .and(query_param("parentId", "UgwTwo"))
        .respond_with(json(answer!("replies")))
        .mount(&server)
        .await;
    Mock::given(path("/comments"))
        .and(query_param("part", "id"))
        .respond_with(json(r#"{"items":[{"id":"UgwTwo.1"},{"id":"UgwTwo.6"}]}"#))
        .mount(&server)
        .await;
    serve(&server, "commentThreads", json("{}")).await;
    let mut source = source(&server, &[OURS], KEY);
    let first = source.listen.poll("", now()).await.unwrap();
    let later = "2026-11-22T13:00:01Z".parse().unwrap();
    let second = source.listen.poll(&first.cursor, later).await.unwrap();
    let gone: Vec<_> = second.items.iter().map(|item| (item.native_id.as_str(), item.deleted)).collect();
    assert_eq!(gone, [("UgwOne", true)]);
    let third = source.listen.poll(&second.cursor, "2026-11-22T14:00:02Z".parse().unwrap()).await.unwrap();
    assert!(third.items.is_empty(), "{:?}", third.items);
}
