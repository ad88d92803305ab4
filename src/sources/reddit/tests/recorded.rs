//! Every endpoint that is read, by answers made from the documentation.

use secrecy::ExposeSecret;
use wiremock::Request;
use wiremock::matchers::{basic_auth, body_string_contains, header, header_regex, query_param};

use super::*;
use crate::domain::time::SignedDuration;
use crate::domain::{Answerable, Visibility};
use crate::sources::SourceErrorKind;

#[tokio::test]
async fn a_search_brings_posts() {
    let server = quiet().await;
    Mock::given(path("/search"))
        .and(query_param("q", "\"Ferris Bikes\""))
        .and(query_param("sort", "new"))
        .and(query_param("type", "link"))
        .and(query_param("raw_json", "1"))
        .and(header("authorization", "Bearer canary-access-1"))
        .and(header_regex("user-agent", "^[a-z]+:app1:goodword/[0-9.]+ \\(by /u/ferris_bikes\\)$"))
        .respond_with(body(answer_of!("search.json")))
        .expect(1)
        .mount(&server)
        .await;
    let mut source = opened(&SourceSettings { search: vec!["Ferris Bikes".into()], ..settings(&server) });
    assert_eq!(source.scope.as_deref(), Some("reddit"));
    let batch = poll(&mut source, "").await.unwrap();
    let post = find(&batch.items, "t3_aa03");
    assert_eq!(post.title.as_deref(), Some("Ferris Bikes S2: chain snapped"));
    assert_eq!(post.text, "Twice & nobody <answers>\n\nsee the page");
    assert_eq!(post.links, ["https://ferris.example/s2"]);
    assert_eq!((post.author.native_id.as_deref(), post.author.handle.as_deref()), (Some("t2_ana1"), Some("ana")));
    assert_eq!(post.claimed.unwrap().as_second(), 1_795_348_000);
    assert_eq!((post.edited.unwrap().as_second(), post.reposts), (1_795_348_100, Some(2)));
    assert_eq!((post.visibility, post.answerable, post.own), (Visibility::Public, Answerable::AsSource, false));
    assert!(post.url.as_deref().unwrap().ends_with("/r/bikes/comments/aa03/ferris_bikes_s2_chain_snapped/"));
    let hidden = find(&batch.items, "t3_aa02");
    assert_eq!((hidden.visibility, hidden.answerable), (Visibility::Private, Answerable::Nowhere));
    assert_eq!((hidden.content_warning.as_deref(), hidden.repost_of.as_deref()), (Some("NSFW"), Some("t3_zz99")));
    assert_eq!(hidden.links, ["https://cyclingnews.example/recall"]);
    let gone = find(&batch.items, "t3_aa01");
    assert!(gone.deleted && gone.text.is_empty());
    assert_eq!(batch.items.len(), 3, "a subreddit is no post");
}

#[tokio::test]
async fn comments_of_subreddits_are_read() {
    let server = quiet().await;
    get(&server, "/r/bikes+gravel/comments", answer_of!("comments.json")).await;
    let mut source = opened(&SourceSettings { places: vec!["r/bikes".into(), "gravel".into()], ..settings(&server) });
    let batch = poll(&mut source, "").await.unwrap();
    let comment = find(&batch.items, "t1_cc02");
    assert_eq!((comment.parent.as_deref(), comment.root.as_deref()), (Some("t1_cc01"), Some("t3_dd01")));
    assert_eq!((comment.text.as_str(), comment.title.as_deref()), ("my ferris bikes frame cracked", None));
    assert!(!comment.addressed);
}

#[tokio::test]
async fn the_inbox_addresses_us_and_messages_are_private() {
    let server = quiet().await;
    Mock::given(path("/message/inbox"))
        .and(query_param("mark", "false"))
        .respond_with(body(answer_of!("inbox.json")))
        .mount(&server)
        .await;
    get(&server, "/message/sent", answer_of!("sent.json")).await;
    get(&server, "/user/ferris_bikes/comments", answer_of!("own.json")).await;
    let mut source = opened(&settings(&server));
    let batch = poll(&mut source, "").await.unwrap();
    let reply = find(&batch.items, "t1_ee02");
    assert!(reply.addressed && reply.visibility == Visibility::Public);
    assert_eq!(reply.parent.as_deref(), Some("t1_own1"));
    assert!(reply.url.as_deref().unwrap().ends_with("/ee02/"), "{:?}", reply.url);
    let message = find(&batch.items, "t4_mm02");
    assert!(message.addressed && message.visibility == Visibility::Private);
    assert_eq!((message.parent.as_deref(), message.root.as_deref()), (Some("t4_mm01"), Some("t4_mm00")));
    assert_eq!(find(&batch.items, "t4_mm09").answerable, Answerable::InBrowser);
    let sent = find(&batch.items, "t4_mm03");
    assert!(sent.own && !sent.addressed && sent.visibility == Visibility::Private);
    let own = find(&batch.items, "t1_own1");
    assert!(own.own && own.parent.as_deref() == Some("t3_aa03"));
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_survives_a_restart() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN))
        .and(basic_auth("app1", "canary-app"))
        .and(body_string_contains("grant_type=refresh_token"))
        .and(body_string_contains("refresh_token=canary-refresh"))
        .respond_with(body(answer_of!("token.json")))
        .expect(2)
        .mount(&server)
        .await;
    get(&server, "/api/v1/me", answer_of!("me.json")).await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).with_priority(200).mount(&server).await;
    let credentials = Arc::new(MemoryCredentials::of(SECRET));
    let mut source = networks::open(&settings(&server), &tools(&credentials)).unwrap();
    let batch = poll(&mut source, "").await.unwrap();
    assert!(!batch.cursor.contains("canary"), "{}", batch.cursor);
    assert!(session(&credentials).await.unwrap().expose_secret().contains("canary-access-1"));
    let mut again = networks::open(&settings(&server), &tools(&credentials)).unwrap();
    poll(&mut again, &batch.cursor).await.unwrap();
    // It has nearly run out: the second wish.
    let later = now().saturating_add(SignedDuration::from_secs(86_400 - 60)).unwrap();
    again.listen.poll(&batch.cursor, later).await.unwrap();
}

#[tokio::test]
async fn script_apps_log_in_with_the_password() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN))
        .and(body_string_contains("grant_type=password&username=ferris_bikes&password=pass+word%3A1"))
        .respond_with(body(answer_of!("token.json")))
        .expect(1)
        .mount(&server)
        .await;
    get(&server, "/api/v1/me", answer_of!("me.json")).await;
    Mock::given(method("GET")).respond_with(body(EMPTY)).with_priority(200).mount(&server).await;
    let credentials = Arc::new(MemoryCredentials::of("canary-app password:pass word:1"));
    let mut source = networks::open(&settings(&server), &tools(&credentials)).unwrap();
    poll(&mut source, "").await.unwrap();
}

#[tokio::test]
async fn what_was_heard_is_looked_at_again() {
    let server = quiet().await;
    get(&server, "/search", answer_of!("search.json")).await;
    let gone = answer_of!("search.json")
        .replace("Twice & nobody <answers>", "[removed]")
        .replace("\"author\": \"ana\"", "\"author\": \"[deleted]\"");
    Mock::given(path("/api/info"))
        .and(query_param("id", "t3_aa03,t3_aa02"))
        .respond_with(body(&gone))
        .expect(1)
        .mount(&server)
        .await;
    let mut source = opened(&SourceSettings { search: vec!["Ferris Bikes".into()], ..settings(&server) });
    let batch = poll(&mut source, "").await.unwrap();
    assert!(find(&batch.items, "t3_aa03").deleted, "that it is gone wins");
}

#[tokio::test]
async fn the_meter_shows_what_reddit_counts() {
    let server = quiet().await;
    let counted = body(EMPTY)
        .insert_header("x-ratelimit-used", "14")
        .insert_header("x-ratelimit-remaining", "586.0")
        .insert_header("x-ratelimit-reset", "120");
    Mock::given(path("/user/ferris_bikes/submitted")).respond_with(counted).mount(&server).await;
    let batch = poll(&mut opened(&settings(&server)), "").await.unwrap();
    let meter = &batch.meters[0];
    assert_eq!((meter.used, meter.limit), (14.0, Some(600.0)));
    assert_eq!(meter.resets, Some("2026-11-22T12:02:00Z".parse().unwrap()));
}

#[tokio::test]
async fn a_thread_is_flat_and_oldest_first() {
    let server = quiet().await;
    Mock::given(path("/comments/aa03"))
        .and(query_param("comment", "ee02"))
        .respond_with(body(answer_of!("thread.json")))
        .mount(&server)
        .await;
    let info = answer_of!("own.json").replace("own1", "ee02");
    Mock::given(path("/api/info")).and(query_param("id", "t1_ee02")).respond_with(body(&info)).mount(&server).await;
    get(&server, "/message/messages/mm02", answer_of!("inbox.json")).await;
    let lookup = opened(&settings(&server)).lookup.unwrap();
    let thread = lookup.thread("t1_ee02", now()).await.unwrap();
    let ids: Vec<&str> = thread.iter().filter(|item| !item.deleted).map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["t3_aa03", "t1_own1", "t1_ee02"]);
    assert!(find(&thread, "t1_own1").own);
    let exchange = lookup.thread("t4_mm02", now()).await.unwrap();
    assert!(exchange.iter().any(|item| item.native_id == "t4_mm02"));
    assert_eq!(lookup.thread("nonsense", now()).await.unwrap_err().kind, SourceErrorKind::BadAddress);
    assert_eq!(lookup.thread("t1_gone", now()).await.unwrap_err().kind, SourceErrorKind::NotFound);
}

#[tokio::test]
async fn people_are_found_by_name_and_by_id() {
    let server = quiet().await;
    get(&server, "/user/ana/about", answer_of!("about.json")).await;
    get(&server, "/api/user_data_by_account_ids", r#"{"t2_ana1":{"name":"ana"}}"#).await;
    let missing = ResponseTemplate::new(404).set_body_raw(r#"{"message":"Not Found","error":404}"#, "application/json");
    Mock::given(path("/user/nobody/about")).respond_with(missing).mount(&server).await;
    get(&server, "/user/gone/about", r#"{"kind":"t2","data":{"name":"gone","is_suspended":true}}"#).await;
    get(&server, "/user/ferris_bikes/overview", answer_of!("own.json")).await;
    let lookup = opened(&settings(&server)).lookup.unwrap();
    for wanted in ["ana", "u/ana", "t2_ana1"] {
        let person = lookup.person(wanted, now()).await.unwrap().unwrap();
        assert_eq!((person.native_id.as_deref(), person.followers), (Some("t2_ana1"), Some(7)), "{wanted}");
        assert_eq!(person.name.as_deref(), Some("Ana rides"));
    }
    assert!(lookup.person("nobody", now()).await.unwrap().is_none());
    assert!(lookup.person("gone", now()).await.unwrap().is_none());
    let own = lookup.own_recent(10, now()).await.unwrap();
    assert!(own.len() == 1 && own[0].own);
}

#[tokio::test]
async fn looking_up_is_done_as_ourselves() {
    let server = quiet().await;
    get(&server, "/user/ana/about", answer_of!("about.json")).await;
    opened(&settings(&server)).lookup.unwrap().person("ana", now()).await.unwrap();
    let requests: Vec<Request> = server.received_requests().await.unwrap();
    assert!(requests.iter().filter(|request| request.url.path() != TOKEN).all(|request| {
        request.headers.get("authorization").is_some_and(|value| value == "Bearer canary-access-1")
    }));
}

#[test]
fn settings_that_make_no_source_say_what_to_do() {
    let bare = SourceSettings::named("reddit", super::super::KIND.network.clone());
    let error = networks::open(&bare, &tools(&Arc::new(MemoryCredentials::default()))).err().unwrap();
    assert!(error.advice.contains("reddit.com/prefs/feeds"), "{error}");
    let usual = SourceSettings { account: Some("x".into()), client_id: Some("y".into()), ..bare };
    assert_eq!(opened(&usual).listen.host(), "oauth.reddit.com");
    let usual = SourceSettings { url: super::super::KIND.usual_url.map(|url| url.parse().unwrap()), ..usual };
    assert_eq!(opened(&usual).listen.host(), "oauth.reddit.com");
}
