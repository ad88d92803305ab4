//! Every endpoint that is read, by answers made from the documentation.

use wiremock::matchers::{header, query_param, query_param_is_missing};

use super::*;
use crate::domain::{Answerable, Visibility};
use crate::sources::SourceErrorKind;

fn searching(settings: SourceSettings) -> SourceSettings {
    SourceSettings { search: vec!["ferris bikes".into()], ..settings }
}

fn check_search(batch: &Batch, server: &MockServer) {
    let post = find(&batch.items, "post/12");
    assert_eq!(post.title.as_deref(), Some("Ferris Bikes S2: chain snapped"));
    assert_eq!(post.claimed, Some("2026-11-22T11:00:00.123456Z".parse().unwrap()));
    assert_eq!(post.edited, Some("2026-11-22T11:05:00Z".parse().unwrap()));
    assert_eq!(post.author.native_id.as_deref(), Some("https://bikes.example/u/ana"));
    assert_eq!((post.author.handle.as_deref(), post.author.name.as_deref()), (Some("ana@bikes.example"), Some("Ana")));
    assert_eq!(post.links[0], "https://video.example/1");
    assert!(post.links.iter().any(|link| link == "https://ferris.example/s2"), "{:?}", post.links);
    assert_eq!(post.image_descriptions, ["the chain"]);
    assert_eq!((post.lang.as_deref(), post.url.clone()), (Some("en"), Some(format!("{}/post/12", server.uri()))));
    let comment = find(&batch.items, "comment/34");
    assert_eq!((comment.parent.as_deref(), comment.root.as_deref()), (Some("post/12"), Some("post/12")));
    assert_eq!((comment.lang.as_deref(), comment.visibility), (None, Visibility::Public));
}

fn check_inbox(batch: &Batch) {
    let reply = find(&batch.items, "comment/36");
    assert!(reply.addressed && !reply.own);
    assert_eq!((reply.parent.as_deref(), reply.root.as_deref()), (Some("comment/35"), Some("post/12")));
    let mention = find(&batch.items, "comment/37");
    assert!(mention.addressed);
    assert_eq!((mention.answerable, mention.content_warning.as_deref()), (Answerable::Nowhere, Some("NSFW")));
    let message = find(&batch.items, "message/5");
    assert!(message.addressed && message.visibility == Visibility::Private);
    let own = find(&batch.items, "comment/35");
    assert!(own.own && !own.addressed, "by id, whatever the name");
    assert_eq!(own.parent.as_deref(), Some("comment/34"));
}

#[tokio::test]
async fn a_stranger_searches_posts_and_comments_on_v3() {
    let server = quiet_v3().await;
    for (kind, text) in
        [("Posts", answer_of!("v3_search_posts.json")), ("Comments", answer_of!("v3_search_comments.json"))]
    {
        Mock::given(path("/api/v3/search"))
            .and(query_param("q", "ferris bikes"))
            .and(query_param("type_", kind))
            .and(query_param("sort", "New"))
            .and(query_param("listing_type", "All"))
            .and(query_param("limit", "50"))
            .and(query_param("page", "1"))
            .respond_with(body(text))
            .expect(1)
            .mount(&server)
            .await;
    }
    let source_settings = searching(settings(&server));
    let mut source = networks::open(&source_settings, &tools(&Arc::new(MemoryCredentials::default()))).unwrap();
    assert!(source.publish.is_none() && !source.listen.capabilities().publishes);
    assert_eq!(source.scope, Some(format!("lemmy:{}", server.address())));
    let batch = poll(&mut source, "").await.unwrap();
    check_search(&batch, &server);
    assert_eq!(find(&batch.items, "post/14").visibility, Visibility::Private, "its community is not public");
    assert!(batch.remarks.iter().any(|remark| remark.contains("1 could not be read")), "{:?}", batch.remarks);
}

#[tokio::test]
async fn the_inbox_and_own_words_are_read_on_v3() {
    let server = quiet_v3().await;
    for (at, text) in [
        ("user/replies", answer_of!("v3_replies.json")),
        ("user/mention", answer_of!("v3_mentions.json")),
        ("private_message/list", answer_of!("v3_messages.json")),
    ] {
        Mock::given(path(format!("/api/v3/{at}")))
            .and(query_param("unread_only", "false"))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .and(query_param_is_missing("auth"))
            .respond_with(body(text))
            .expect(1)
            .mount(&server)
            .await;
    }
    Mock::given(path("/api/v3/user"))
        .and(query_param("username", "ferris_bikes"))
        .respond_with(body(answer_of!("v3_user.json")))
        .mount(&server)
        .await;
    let mut source = opened(&with_account(&server));
    let batch = poll(&mut source, "").await.unwrap();
    check_inbox(&batch);
    let sent = find(&batch.items, "message/6");
    assert!(sent.own && !sent.addressed && sent.visibility == Visibility::Private);
    assert_eq!(sent.parent.as_deref(), Some("message/5"), "it answers the last one before it");
    // Nothing but reading was done: what is unread stays unread.
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method.as_str() == "GET"));
}

#[tokio::test]
async fn communities_are_read_and_pinned_posts_do_not_hide_new_ones() {
    let server = quiet_v3().await;
    Mock::given(path("/api/v3/post/list"))
        .and(query_param("community_name", "bikes@lemmy.example"))
        .respond_with(body(answer_of!("v3_posts.json")))
        .mount(&server)
        .await;
    get(&server, "/api/v3/comment/list", answer_of!("v3_comments.json")).await;
    let settings = SourceSettings { places: vec!["!bikes@lemmy.example".into()], ..settings(&server) };
    let mut source = opened(&settings);
    let batch = poll(&mut source, "").await.unwrap();
    assert!(find(&batch.items, "comment/38").deleted);
    assert_eq!(find(&batch.items, "post/10").answerable, Answerable::Nowhere);
    let places: std::collections::BTreeMap<String, String> = serde_json::from_str(&batch.cursor).unwrap();
    let posts = &places["posts of bikes@lemmy.example"];
    assert!(posts.contains("post/12") && !posts.contains("post/10"), "{posts}");
}

#[tokio::test]
async fn an_old_server_gets_the_token_where_it_looks_for_it_and_its_times_are_utc() {
    let server = MockServer::start().await;
    get(&server, "/api/v3/site", answer_of!("v3_old_site.json")).await;
    Mock::given(path("/api/v3/search"))
        .and(query_param("type_", "Posts"))
        .respond_with(body(answer_of!("v3_old_search_posts.json")))
        .mount(&server)
        .await;
    Mock::given(path("/api/v3/search"))
        .and(query_param("type_", "Comments"))
        .respond_with(body(answer_of!("v3_old_search_comments.json")))
        .mount(&server)
        .await;
    Mock::given(path("/api/v3/user/replies"))
        .and(query_param("auth", TOKEN))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(body(answer_of!("v3_replies.json")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET")).respond_with(body("{}")).with_priority(200).mount(&server).await;
    let mut source = opened(&searching(with_account(&server)));
    let batch = poll(&mut source, "").await.unwrap();
    check_search(&batch, &server);
    let strangers = server.received_requests().await.unwrap();
    let searches = strangers.iter().filter(|request| request.url.path() == "/api/v3/search");
    assert!(searches.clone().count() == 2 && searches.clone().all(|request| !request.url.as_str().contains("canary")));
}

#[tokio::test]
async fn a_server_of_1_0_is_spoken_to_in_v4() {
    let server = quiet_v4().await;
    for (kind, text) in
        [("posts", answer_of!("v4_search_posts.json")), ("comments", answer_of!("v4_search_comments.json"))]
    {
        Mock::given(path("/api/v4/search"))
            .and(query_param("q", "ferris bikes"))
            .and(query_param("type_", kind))
            .and(query_param("sort", "new"))
            .respond_with(body(text))
            .mount(&server)
            .await;
    }
    Mock::given(path("/api/v4/account/notification/list"))
        .and(query_param("unread_only", "false"))
        .respond_with(body(answer_of!("v4_notifications.json")))
        .mount(&server)
        .await;
    Mock::given(path("/api/v4/person/content"))
        .and(query_param("type_", "comments"))
        .respond_with(body(answer_of!("v4_own_comments.json")))
        .mount(&server)
        .await;
    let mut source = opened(&searching(with_account(&server)));
    let batch = poll(&mut source, "").await.unwrap();
    check_search(&batch, &server);
    check_inbox(&batch);
    assert_eq!(find(&batch.items, "post/14").visibility, Visibility::Private);
    let again = poll(&mut source, &batch.cursor).await.unwrap();
    assert_eq!(again.items.len(), batch.items.len(), "the same page, and nothing below it: {}", again.cursor);
    let requests = server.received_requests().await.unwrap();
    let asked = |at: &str| requests.iter().filter(|request| request.url.path() == at).count();
    assert_eq!((asked("/api/v3/site"), asked("/api/v4/site"), asked("/api/v4/account")), (1, 1, 1));
}

#[tokio::test]
async fn a_server_without_v3_and_one_that_is_no_lemmy() {
    let server = MockServer::start().await;
    get(&server, "/api/v4/site", answer_of!("v4_site.json")).await;
    get(&server, "/api/v4/search", r#"{"search":[]}"#).await;
    let mut source = opened(&searching(settings(&server)));
    assert!(poll(&mut source, "").await.unwrap().items.is_empty());
    let other = MockServer::start().await;
    Mock::given(method("GET")).respond_with(body(r#"{"name":"a forum"}"#)).mount(&other).await;
    let error = poll(&mut opened(&searching(settings(&other))), "").await.unwrap_err();
    assert!(error.kind == SourceErrorKind::NotUnderstood && error.to_string().contains("Lemmy"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_closed_to_strangers_is_read_as_ourselves() {
    let server = quiet_v3().await;
    Mock::given(path("/api/v3/search"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(body(answer_of!("v3_search_posts.json")))
        .with_priority(1)
        .expect(2)
        .mount(&server)
        .await;
    let closed = error(400, "instance_is_private");
    Mock::given(path("/api/v3/search")).respond_with(closed).expect(1).with_priority(2).mount(&server).await;
    let mut source = opened(&searching(with_account(&server)));
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.items.iter().any(|item| item.native_id == "post/12"), "{:?}", batch.remarks);
}

#[tokio::test]
async fn what_was_heard_is_looked_at_again_as_a_stranger() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/search", answer_of!("v3_search_posts.json")).await;
    Mock::given(path("/api/v3/post"))
        .and(query_param("id", "12"))
        .respond_with(error(404, "couldnt_find_post"))
        .expect(1)
        .mount(&server)
        .await;
    let kept = answer_of!("v3_post.json").replace("\"id\": 12,", "\"id\": 14,");
    Mock::given(path("/api/v3/post")).and(query_param("id", "14")).respond_with(body(&kept)).mount(&server).await;
    let mut source = opened(&searching(with_account(&server)));
    let batch = poll(&mut source, "").await.unwrap();
    assert!(find(&batch.items, "post/12").deleted, "that it is gone wins");
    assert!(!find(&batch.items, "post/14").deleted);
    let requests = server.received_requests().await.unwrap();
    let mut again = requests.iter().filter(|request| request.url.path() == "/api/v3/post");
    assert!(again.all(|request| request.headers.get("authorization").is_none()), "reading must not mark as read");
}

#[tokio::test]
async fn too_many_searches_take_turns() {
    let server = quiet_v3().await;
    let words: Vec<String> = (0..9).map(|number| format!("word{number}")).collect();
    let mut source = opened(&SourceSettings { search: words, ..settings(&server) });
    let mut cursor = String::new();
    for _ in 0..3 {
        cursor = poll(&mut source, &cursor).await.unwrap().cursor;
    }
    let requests = server.received_requests().await.unwrap();
    let mut asked = std::collections::BTreeMap::new();
    for request in requests.iter().filter(|request| request.url.path() == "/api/v3/search") {
        let word = request.url.query_pairs().find(|(name, _)| name == "q").unwrap().1.into_owned();
        *asked.entry(word).or_insert(0) += 1;
    }
    assert_eq!(asked.values().copied().collect::<Vec<_>>(), [4; 9], "{asked:?}");
}

#[tokio::test]
async fn a_thread_is_the_post_and_all_below_it() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/comment", answer_of!("v3_comment.json")).await;
    get(&server, "/api/v3/post", answer_of!("v3_post.json")).await;
    get(&server, "/api/v3/private_message/list", answer_of!("v3_messages.json")).await;
    Mock::given(path("/api/v3/comment/list"))
        .and(query_param("post_id", "12"))
        .respond_with(body(answer_of!("v3_comments.json")))
        .mount(&server)
        .await;
    let lookup = opened(&with_account(&server)).lookup.unwrap();
    for asked in ["comment/34", "post/12"] {
        let thread = lookup.thread(asked, now()).await.unwrap();
        let ids: Vec<&str> = thread.iter().map(|item| item.native_id.as_str()).collect();
        assert_eq!(ids, ["post/12", "comment/34", "comment/35", "comment/36"], "{asked}");
        assert!(find(&thread, "comment/35").own);
    }
    let exchange = lookup.thread("message/5", now()).await.unwrap();
    let ids: Vec<&str> = exchange.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["message/5", "message/6"]);
    assert_eq!(lookup.thread("message/99", now()).await.unwrap_err().kind, SourceErrorKind::NotFound);
    assert_eq!(lookup.thread("t3_x", now()).await.unwrap_err().kind, SourceErrorKind::BadAddress);
}

#[tokio::test]
async fn people_are_found_by_handle_address_and_number() {
    let server = quiet_v3().await;
    for (name, value) in [("username", "ana@bikes.example"), ("person_id", "11")] {
        Mock::given(path("/api/v3/user"))
            .and(query_param(name, value))
            .respond_with(body(answer_of!("v3_person.json")))
            .mount(&server)
            .await;
    }
    let missing = error(404, "couldnt_find_person");
    Mock::given(path("/api/v3/user")).and(query_param("username", "nobody")).respond_with(missing).mount(&server).await;
    let lookup = opened(&settings_with_words(&server)).lookup.unwrap();
    for wanted in ["@ana@bikes.example", "https://bikes.example/u/ana", "person/11"] {
        let person = lookup.person(wanted, now()).await.unwrap().unwrap();
        assert_eq!(person.native_id.as_deref(), Some("https://bikes.example/u/ana"), "{wanted}");
    }
    assert!(lookup.person(&format!("nobody@{}", server.address()), now()).await.unwrap().is_none());
    let v4 = quiet_v4().await;
    get(&v4, "/api/v4/person", answer_of!("v4_person.json")).await;
    let lookup = opened(&settings_with_words(&v4)).lookup.unwrap();
    assert!(lookup.person("ana@bikes.example", now()).await.unwrap().is_some());
}

fn settings_with_words(server: &MockServer) -> SourceSettings {
    searching(settings(server))
}

#[tokio::test]
async fn own_posts_are_looked_up() {
    let server = quiet_v3().await;
    get(&server, "/api/v3/user", answer_of!("v3_user.json")).await;
    let own = opened(&with_account(&server)).lookup.unwrap().own_recent(5, now()).await.unwrap();
    assert!(own.len() == 1 && own[0].native_id == "comment/35" && own[0].own);
}

#[test]
fn settings_that_make_no_source_say_what_to_do() {
    let bare = SourceSettings::named("lemmy", super::super::KIND.network.clone());
    let none = Arc::new(MemoryCredentials::default());
    assert!(networks::open(&bare, &tools(&none)).err().unwrap().advice.contains("url"));
    let silent = SourceSettings { url: Some("https://lemmy.example".parse().unwrap()), ..bare };
    assert!(networks::open(&silent, &tools(&none)).err().unwrap().advice.contains("search"));
}
