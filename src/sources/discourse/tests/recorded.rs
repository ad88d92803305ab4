//! What a forum answers, as its documentation and its own code have it.

use wiremock::matchers::{header, path, query_param};
use wiremock::{Mock, MockServer};

use super::*;
use crate::domain::{Answerable, Visibility};

#[tokio::test]
async fn an_own_forum_is_read_whole_and_told_who_asks() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    Mock::given(path("/posts.json"))
        .and(header("api-key", "canary-key"))
        .and(header("api-username", "ferris_team"))
        .respond_with(json(answer!("posts")))
        .mount(&server)
        .await;
    serve(&server, "/private-posts.json", json(answer!("private"))).await;
    serve(&server, "/notifications.json", json(r#"{"notifications":[]}"#)).await;
    let mut source = own_forum(&server);
    let batch = source.listen.poll("", now()).await.unwrap();
    let item = |id: &str| batch.items.iter().find(|item| item.native_id == id).unwrap();
    assert_eq!(batch.items.len(), 5, "{:?}", batch.items);
    let reply = item("411/3");
    assert_eq!(reply.text, "The recall page says nothing about my stem.");
    assert_eq!(reply.url.as_deref(), Some(format!("{}/t/411/3", server.uri()).as_str()));
    assert_eq!((reply.parent.as_deref(), reply.root.as_deref()), (Some("411/2"), Some("411/1")));
    assert_eq!(reply.author.native_id.as_deref(), Some("77"));
    assert_eq!((reply.author.handle.as_deref(), reply.author.name.as_deref()), (Some("ana_rides"), Some("Ana")));
    assert_eq!(reply.claimed, Some("2026-11-22T11:50:12.345Z".parse().unwrap()));
    assert_eq!(reply.edited, Some("2026-11-22T11:55:00Z".parse().unwrap()));
    assert_eq!(reply.links, [format!("{}/t/recall/40", server.uri())]);
    assert_eq!(reply.image_descriptions, ["A cracked stem"]);
    assert_eq!((reply.aliases.as_slice(), reply.title.as_deref()), (&["post 9012".to_owned()][..], None));
    assert!(!reply.own && !reply.addressed && !reply.deleted && reply.visibility == Visibility::Public);
    let ours = item("411/2");
    assert!(ours.own && ours.parent.as_deref() == Some("411/1") && ours.edited.is_none());
    let gone = item("410/1");
    assert!(gone.deleted && gone.visibility == Visibility::Private, "the lounge is for some people only");
    assert_eq!((gone.title.as_deref(), gone.parent.as_deref()), (Some("Lounge only"), None));
    let (message, sent) = (item("500/2"), item("500/1"));
    assert!(message.addressed && message.visibility == Visibility::Private && !message.own);
    assert!(sent.own && !sent.addressed && sent.visibility == Visibility::Private);
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("1 posts could not be read")), "{:?}", batch.remarks);
    assert_eq!(source.scope, Some(format!("discourse:{}", server.address())));
    assert!(!batch.cursor.contains("canary"));
    // Edits and deletions of the newest posts come with every poll.
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(again.items.len() == 5 && !again.more, "{again:?}");
}

#[tokio::test]
async fn a_search_brings_whole_posts_once() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    Mock::given(path("/search.json"))
        .and(query_param("q", "\"Ferris Bikes\" after:2026-11-15 order:latest"))
        .respond_with(json(answer!("search")))
        .mount(&server)
        .await;
    serve(&server, "/t/300/2.json", json(answer!("topic"))).await;
    let mut source = as_anybody(&server);
    assert!(source.publish.is_none() && source.lookup.is_some());
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 2, "one topic was opened for both");
    let complaint = &batch.items[1];
    assert_eq!(complaint.text, "Not Ferris Bikes: support never answers.");
    assert_eq!(complaint.author.native_id.as_deref(), Some("77"));
    assert_eq!(complaint.answerable, Answerable::Nowhere, "the topic is closed");
    assert_eq!(batch.items[0].title.as_deref(), Some("Ferris or Rival?"));
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(again.items.is_empty() && !again.more);
    assert_eq!(asked(&server).await.iter().filter(|path| path.starts_with("/t/")).count(), 1);
}

#[tokio::test]
async fn what_is_written_to_us_is_addressed_to_us() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    serve(&server, "/search.json", json(r#"{"posts":[],"grouped_search_result":{}}"#)).await;
    serve(&server, "/private-posts.json", json(r#"{"private_posts":[]}"#)).await;
    serve(&server, "/user_actions.json", json(answer!("actions"))).await;
    serve(&server, "/t/411/2.json", json(answer!("posts"))).await;
    Mock::given(path("/notifications.json"))
        .and(header("user-api-key", "canary-key"))
        .respond_with(json(answer!("notifications")))
        .mount(&server)
        .await;
    serve(&server, "/t/300/2.json", json(answer!("topic"))).await;
    let mut source = as_member(&server);
    let batch = source.listen.poll("", now()).await.unwrap();
    let ids: Vec<_> = batch.items.iter().map(|item| (item.native_id.as_str(), item.addressed)).collect();
    assert_eq!(ids, [("300/2", true)], "likes and badges are nothing that was said");
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(again.items.is_empty(), "{:?}", again.items);
    // Asking for notifications must not mark them as read.
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| !request.url.query().unwrap_or_default().contains("recent")));
    assert!(requests.iter().all(|request| request.method.as_str() == "GET"));
}

#[tokio::test]
async fn a_thread_is_all_of_its_topic() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    let mut topic = value(answer!("topic"));
    topic["post_stream"]["stream"] = serde_json::json!([8001, 8010, 8011]);
    serve(&server, "/t/300/2.json", json(&topic.to_string())).await;
    let more = r#"{"post_stream":{"posts":[{"id":8011,"username":"bo","cooked":"<p>Thanks!</p>","post_number":4,
        "post_type":1,"reply_to_post_number":2,"user_id":41}]},"id":300}"#;
    Mock::given(path("/t/300/posts.json"))
        .and(query_param("post_ids[]", "8011"))
        .respond_with(json(more))
        .mount(&server)
        .await;
    let lookup = as_anybody(&server).lookup.unwrap();
    let thread = lookup.thread("300/2", now()).await.unwrap();
    let ids: Vec<_> = thread.iter().map(|item| (item.native_id.as_str(), item.parent.as_deref())).collect();
    assert_eq!(ids, [("300/1", None), ("300/2", Some("300/1")), ("300/4", Some("300/2"))]);
    assert!(lookup.thread("nonsense", now()).await.is_err());
}

#[tokio::test]
async fn people_are_found_by_name_and_nobody_is_nobody() {
    let server = MockServer::start().await;
    let ana = r#"{"user":{"id":77,"username":"ana_rides","name":"Ana","trust_level":1}}"#;
    serve(&server, "/u/ana_rides.json", json(ana)).await;
    serve(
        &server,
        "/u/nobody.json",
        refused(404, r#"{"errors":["The requested URL or resource could not be found."],"error_type":"not_found"}"#),
    )
    .await;
    let lookup = as_anybody(&server).lookup.unwrap();
    let ana = lookup.person("@ana_rides", now()).await.unwrap().unwrap();
    assert_eq!((ana.native_id.as_deref(), ana.name.as_deref()), (Some("77"), Some("Ana")));
    assert_eq!(lookup.person("nobody", now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_forum_for_members_is_private() {
    let server = MockServer::start().await;
    serve(&server, "/site/settings.json", json(r#"{"login_required":true}"#)).await;
    serve(&server, "/site.json", json(answer!("site"))).await;
    serve(&server, "/session/current.json", json(answer!("session"))).await;
    serve(&server, "/posts.json", json(answer!("posts"))).await;
    serve(&server, "/private-posts.json", refused(404, "{}")).await;
    serve(&server, "/notifications.json", json("{}")).await;
    let batch = own_forum(&server).listen.poll("", now()).await.unwrap();
    assert!(!batch.items.is_empty());
    assert!(batch.items.iter().all(|item| item.visibility == Visibility::Private));
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("private messages: ")), "{:?}", batch.remarks);
}

#[tokio::test]
async fn own_recent_posts_are_whole() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    serve(&server, "/user_actions.json", json(answer!("actions"))).await;
    let posts = value(answer!("posts"));
    let topic = serde_json::json!({ "id": 411, "archetype": "regular", "post_stream": {
        "posts": [posts["latest_posts"][1], posts["latest_posts"][0]], "stream": [9011, 9012] } });
    serve(&server, "/t/411/2.json", json(&topic.to_string())).await;
    let own = as_member(&server).lookup.unwrap().own_recent(10, now()).await.unwrap();
    assert_eq!(own.iter().map(|item| item.native_id.as_str()).collect::<Vec<_>>(), ["411/2"]);
    assert!(own[0].own);
}

#[tokio::test]
async fn what_was_heard_is_looked_at_again() {
    let server = MockServer::start().await;
    serve_forum(&server).await;
    Mock::given(path("/search.json")).respond_with(json(answer!("search"))).mount(&server).await;
    Mock::given(path("/t/300/2.json"))
        .respond_with(json(answer!("topic")))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    let mut source = as_anybody(&server);
    let batch = source.listen.poll("", now()).await.unwrap();
    // An hour later one post was taken down by its author, and the topic of the other cannot be seen any more.
    let deleted = answer!("topic").replace("\"user_id\":77", "\"user_id\":77,\"user_deleted\":true");
    serve(&server, "/t/300/2.json", json(&deleted)).await;
    serve(&server, "/t/300.json", refused(404, "{}")).await;
    let later = "2026-11-22T13:00:01Z".parse().unwrap();
    let again = source.listen.poll(&batch.cursor, later).await.unwrap();
    let mut gone: Vec<_> = again.items.iter().map(|item| (item.native_id.as_str(), item.deleted)).collect();
    gone.sort_unstable();
    assert_eq!(gone, [("300/1", true), ("300/2", true)]);
}
