//! What GitHub answers, as its documentation has it.

use wiremock::matchers::{header, headers, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::{Answerable, Item, Visibility};

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap_or_else(|| panic!("no {id} in {items:#?}"))
}

#[tokio::test]
async fn a_search_brings_new_issues_and_what_is_new_in_old_ones() {
    let server = MockServer::start().await;
    serve_account(&server).await;
    let query = "\"Ferris Bikes\" in:title,body,comments is:issue is:public updated:>=2026-11-19T12:00:00Z";
    Mock::given(path("/api/v3/search/issues"))
        .and(query_param("q", query))
        .and(query_param("sort", "updated"))
        .and(query_param("order", "asc"))
        .and(header("authorization", "Bearer canary-token"))
        .and(header("accept", "application/vnd.github.full+json"))
        .respond_with(
            json(answer!("search"))
                .insert_header("x-ratelimit-limit", "30")
                .insert_header("x-ratelimit-remaining", "29")
                .insert_header("x-ratelimit-used", "1")
                .insert_header("x-ratelimit-resource", "search")
                .insert_header("x-ratelimit-reset", "1795348860"),
        )
        .with_priority(1)
        .mount(&server)
        .await;
    serve(&server, "search/issues", json(r#"{"items":[]}"#)).await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json(answer!("comments"))).await;
    graph(&server, "DISCUSSION", json(r#"{"data":{"search":{"nodes":[]}}}"#)).await;
    let mut source = source(&server, &["Ferris Bikes"], &[], Some("canary-token"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 4, "the old issue itself is nothing new: {:?}", batch.items);
    let issue = find(&batch.items, "acme/app/issues/12");
    assert_eq!(issue.title.as_deref(), Some("Ferris Bikes sync is broken"));
    assert_eq!(
        (issue.text.as_str(), issue.links.as_slice()),
        ("Since yesterday, see log", &["https://github.com/acme/app/wiki".to_owned()][..])
    );
    assert_eq!((issue.answerable, issue.parent.as_ref()), (Answerable::Nowhere, None));
    assert_eq!((issue.author.native_id.as_deref(), issue.author.handle.as_deref()), (Some("77"), Some("ana")));
    let comment = find(&batch.items, "acme/tyres/issues/7/c501");
    assert!(comment.addressed && !comment.own, "it names our account");
    assert_eq!(comment.edited, Some("2026-11-22T10:59:00Z".parse().unwrap()));
    assert_eq!(
        (comment.parent.as_deref(), comment.root.as_deref()),
        (Some("acme/tyres/issues/7"), Some("acme/tyres/issues/7"))
    );
    assert_eq!(comment.url.as_deref(), Some("https://github.com/Acme/Tyres/issues/7#issuecomment-501"));
    let ours = find(&batch.items, "acme/tyres/issues/7/c502");
    assert!(ours.own && !ours.addressed && ours.edited.is_none(), "ours by its id, whatever its name");
    let ghost = find(&batch.items, "acme/tyres/issues/7/c503");
    assert_eq!((ghost.text.as_str(), ghost.author.native_id.as_ref()), ("(ghost)", None));
    let meter = batch.meters.iter().find(|meter| meter.name == "search requests").unwrap();
    assert_eq!((meter.used, meter.limit), (1.0, Some(30.0)));
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("1 issues could not be read")), "{:?}", batch.remarks);
    assert!(!batch.cursor.contains("canary"));
    // What did not change is not opened again.
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(again.items.is_empty() && !again.more, "{again:?}");
}

#[tokio::test]
async fn of_a_repository_everything_is_read_and_the_rest_is_not_changed() {
    let server = MockServer::start().await;
    serve_account(&server).await;
    serve(&server, "repos/ferris/bikes", json(answer!("repository"))).await;
    Mock::given(path("/api/v3/repos/ferris/bikes/issues"))
        .and(header("if-none-match", "\"one\""))
        .respond_with(ResponseTemplate::new(304))
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    serve(&server, "repos/ferris/bikes/issues", json(answer!("issues")).insert_header("etag", "\"one\"")).await;
    let comments = answer!("comments").replace("Acme/Tyres", "Ferris/Bikes");
    serve(&server, "repos/ferris/bikes/issues/comments", json(&comments)).await;
    serve(&server, "repos/ferris/bikes/pulls/comments", json(answer!("reviews"))).await;
    graph(&server, "repo:ferris/bikes", json(answer!("discussions"))).await;
    let mut source = source(&server, &[], &["https://github.com/Ferris/Bikes"], Some("canary-token"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert!(batch.items.iter().all(|item| item.visibility == Visibility::Private), "the repository is private");
    let line = find(&batch.items, "ferris/bikes/issues/4/r901");
    assert_eq!(line.parent.as_deref(), Some("ferris/bikes/issues/4/r900"));
    let own = find(&batch.items, "ferris/bikes/issues/3");
    assert!(own.own);
    let discussion = find(&batch.items, "ferris/bikes/discussions/7");
    assert_eq!((discussion.text.as_str(), discussion.own), ("More colours", true));
    assert_eq!(discussion.edited, Some("2026-11-22T09:10:00Z".parse().unwrap()));
    let comment = find(&batch.items, "ferris/bikes/discussions/7/DC_a");
    assert!(comment.addressed, "it answers our discussion");
    let reply = find(&batch.items, "ferris/bikes/discussions/7/DC_b");
    assert!(reply.deleted && !reply.addressed);
    assert_eq!(reply.parent.as_deref(), Some("ferris/bikes/discussions/7/DC_a"));
    assert_eq!(batch.items.len(), 8, "{:?}", batch.items.iter().map(|item| &item.native_id).collect::<Vec<_>>());
    // The place moved up to the newest change; asked the same again, the server may say that nothing changed.
    let second = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(second.items.is_empty(), "{:?}", second.items);
    let third = source.listen.poll(&second.cursor, now()).await.unwrap();
    assert!(third.items.is_empty() && third.cursor == second.cursor);
}

#[tokio::test]
async fn notifications_lead_to_what_was_said() {
    let server = MockServer::start().await;
    serve(&server, "user", json(answer!("user"))).await;
    graph(&server, "viewer", json(answer!("own"))).await;
    let bells = json(answer!("notifications"))
        .insert_header("last-modified", "Sun, 22 Nov 2026 11:50:00 GMT")
        .insert_header("x-poll-interval", "90");
    Mock::given(path("/api/v3/notifications"))
        .and(headers("if-modified-since", vec!["Sun", "22 Nov 2026 11:50:00 GMT"]))
        .respond_with(ResponseTemplate::new(304).insert_header("x-poll-interval", "90"))
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    serve(&server, "notifications", bells).await;
    serve(
        &server,
        "repos/acme/tyres/issues/7",
        json(
            r#"{"number":7,"title":"Does it fit?","user":{"id":11,"login":"old-timer"},
        "html_url":"https://github.com/Acme/Tyres/issues/7","locked":true,"created_at":"2024-01-01T00:00:00Z"}"#,
        ),
    )
    .await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json(answer!("comments"))).await;
    graph(&server, "repo:ferris/bikes", json(answer!("discussions"))).await;
    let mut source = source(&server, &[], &[], Some("canary-token"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.rest, Some(SignedDuration::from_secs(90)));
    assert!(find(&batch.items, "acme/tyres/issues/7/c501").addressed);
    assert_eq!(find(&batch.items, "acme/tyres/issues/7/c501").answerable, Answerable::Nowhere);
    assert!(find(&batch.items, "ferris/bikes/discussions/7/DC_a").addressed);
    // Our own answers, wherever they were typed, and nothing from long ago.
    assert!(find(&batch.items, "ferris/bikes/discussions/7/DC_c").own);
    assert!(!batch.items.iter().any(|item| item.native_id.ends_with("/c40")));
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert!(again.items.is_empty(), "{:?}", again.items);
}

#[tokio::test]
async fn without_a_token_public_issues_are_heard() {
    let server = MockServer::start().await;
    serve(&server, "search/issues", json(answer!("search"))).await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json(answer!("comments"))).await;
    let mut source = source(&server, &["Ferris Bikes"], &[], None);
    assert!(source.publish.is_none() && !source.listen.capabilities().publishes);
    let batch = source.listen.poll("", now()).await.unwrap();
    assert!(batch.items.iter().all(|item| !item.own && !item.addressed));
    assert_eq!(batch.items.len(), 4);
    assert!(batch.remarks.iter().any(|remark| remark.contains("without a token")), "{:?}", batch.remarks);
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| !request.headers.contains_key("authorization")));
}

#[tokio::test]
async fn a_thread_is_in_its_order_and_people_are_found() {
    let server = MockServer::start().await;
    serve_account(&server).await;
    serve(&server, "repos/acme/tyres", json(r#"{"full_name":"Acme/Tyres","private":false}"#)).await;
    serve(
        &server,
        "repos/acme/tyres/issues/7",
        json(
            r#"{"number":7,"title":"Does it fit?","pull_request":{},
        "user":{"id":9001,"login":"ferris-bikes"},"created_at":"2024-01-01T00:00:00Z"}"#,
        ),
    )
    .await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json(answer!("comments"))).await;
    serve(&server, "repos/acme/tyres/pulls/7/comments", json(answer!("reviews"))).await;
    graph(
        &server,
        "discussion(number",
        json(
            &answer!("discussions")
                .replace(
                    "\"search\":{\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":\"Y3Vyc29yOjE=\"},\"nodes\":[",
                    "\"repository\":{\"discussion\":",
                )
                .replace(",\n null,{}]}}}", "}}}"),
        ),
    )
    .await;
    serve(&server, "users/ana", json(r#"{"id":77,"login":"ana","name":"Ana","followers":4}"#)).await;
    serve(&server, "user/77", json(r#"{"id":77,"login":"ana","name":"Ana","followers":4}"#)).await;
    serve(&server, "users/nobody", refused(404, r#"{"message":"Not Found"}"#)).await;
    let lookup = source(&server, &[], &[], Some("canary-token")).lookup.unwrap();
    let thread = lookup.thread("acme/tyres/issues/7/c501", now()).await.unwrap();
    let ids: Vec<_> = thread.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids.first(), Some(&"acme/tyres/issues/7"));
    assert_eq!(ids.last(), Some(&"acme/tyres/issues/7/r901"));
    assert_eq!(ids.len(), 5);
    assert!(thread[1].addressed, "it is our issue");
    let discussion = lookup.thread("ferris/bikes/discussions/7/DC_b", now()).await.unwrap();
    assert_eq!(discussion.len(), 3, "{discussion:?}");
    let ana = lookup.person("@ana", now()).await.unwrap().unwrap();
    assert_eq!((ana.followers, lookup.person("77", now()).await.unwrap()), (Some(4), Some(ana.clone())));
    assert_eq!(lookup.person("nobody", now()).await.unwrap(), None);
    assert!(lookup.thread("nonsense", now()).await.is_err());
}

#[tokio::test]
async fn own_recent_posts_are_newest_first() {
    let server = MockServer::start().await;
    serve(&server, "user", json(answer!("user"))).await;
    graph(&server, "viewer", json(answer!("own"))).await;
    let lookup = source(&server, &[], &[], Some("canary-token")).lookup.unwrap();
    let own = lookup.own_recent(2, now()).await.unwrap();
    let ids: Vec<_> = own.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["ferris/bikes/discussions/7/DC_c", "acme/tyres/issues/7/c502"]);
    assert!(own.iter().all(|item| item.own && item.author.native_id.as_deref() == Some("9001")));
}

#[tokio::test]
async fn comments_that_went_are_told() {
    let server = MockServer::start().await;
    serve_account(&server).await;
    serve(&server, "repos/ferris/bikes", json(answer!("repository"))).await;
    serve(&server, "repos/ferris/bikes/issues", json("[]")).await;
    serve(&server, "repos/ferris/bikes/pulls/comments", json("[]")).await;
    let comments = answer!("comments").replace("Acme/Tyres", "Ferris/Bikes");
    serve(&server, "repos/ferris/bikes/issues/comments", json(&comments)).await;
    graph(&server, "DISCUSSION", json(r#"{"data":{"search":{"nodes":[]}}}"#)).await;
    serve(&server, "repos/ferris/bikes/issues/comments/501", refused(404, r#"{"message":"Not Found"}"#)).await;
    let mut source = source(&server, &[], &["ferris/bikes"], Some("canary-token"));
    let batch = source.listen.poll("", now()).await.unwrap();
    let again = source.listen.poll(&batch.cursor, "2026-11-22T13:00:01Z".parse().unwrap()).await.unwrap();
    let gone: Vec<_> = again.items.iter().map(|item| (item.native_id.as_str(), item.deleted)).collect();
    assert_eq!(gone, [("ferris/bikes/issues/7/c501", true)], "only what concerned us is looked at");
}
