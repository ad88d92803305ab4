//! Every endpoint that is used, by answers made from the documentation.

use wiremock::matchers::{path, query_param, query_param_contains};
use wiremock::{Mock, MockServer};

use super::*;
use crate::domain::{Answerable, Item};
use crate::sources::SourceErrorKind;

fn find<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.native_id == id).unwrap()
}

#[tokio::test]
async fn a_search_brings_stories_and_comments() {
    let server = MockServer::start().await;
    Mock::given(path("/api/v1/search_by_date"))
        .and(query_param("query", "\"Ferris Bikes\""))
        .and(query_param("tags", "(story,comment)"))
        .and(query_param("typoTolerance", "false"))
        .and(query_param_contains("numericFilters", "created_at_i>"))
        .respond_with(body(SEARCH))
        .expect(1)
        .mount(&server)
        .await;
    serve_items(&server, ITEMS).await;
    let mut source = source(&server, &["Ferris Bikes"], None);
    assert_eq!(source.scope.as_deref(), Some("hackernews"));
    let abilities = source.listen.capabilities();
    assert!(!abilities.publishes && abilities.looks_up && abilities.tells_deletions && source.publish.is_none());
    let batch = poll(&mut source, "").await.unwrap();
    assert_eq!(batch.items.len(), 3);
    assert!(batch.remarks[0].contains("2 hits"), "{:?}", batch.remarks);
    let comment = find(&batch.items, "48000007");
    assert_eq!(comment.text, "The Ferris Bikes S2 takes a 2.4\" tyre, see https://ferris.example/s2\n\nI measured it.");
    assert_eq!(comment.links, ["https://ferris.example/s2"]);
    assert_eq!((comment.parent.as_deref(), comment.root.as_deref()), (Some("48000003"), Some("48000001")));
    assert_eq!(comment.claimed, Some("2026-11-22T11:40:00Z".parse().unwrap()));
    assert_eq!(comment.url.as_deref(), Some("https://news.ycombinator.com/item?id=48000007"));
    assert_eq!(comment.author.native_id.as_deref(), Some("kvs"));
    assert_eq!((comment.title.as_deref(), comment.answerable), (None, Answerable::InBrowser));
    let story = find(&batch.items, "48000005");
    assert_eq!(story.title.as_deref(), Some("Ask HN: Is Ferris Bikes \"gone\"?"));
    assert_eq!((story.parent.as_deref(), story.root.as_deref()), (None, None));
    assert_eq!(story.text, "The chain snapped twice & nobody answers.");
    let link = find(&batch.items, "48000004");
    assert_eq!((link.claimed, link.links.as_slice()), (None, &["https://cyclingnews.example/recall".to_owned()][..]));
}

#[tokio::test]
async fn what_our_account_writes_is_ours_and_what_answers_it_addresses_us() {
    let server = MockServer::start().await;
    serve(&server, "/api/v1/search_by_date", body(NOTHING)).await;
    serve(&server, "/v0/user/brand_bo.json", body(USER)).await;
    serve_items(&server, ITEMS).await;
    let mut source = source(&server, &["Ferris Bikes"], Some("brand_bo"));
    let batch = poll(&mut source, "").await.unwrap();
    let own = find(&batch.items, "48000008");
    assert!(own.own && !own.addressed);
    assert_eq!((own.parent.as_deref(), own.root.as_deref()), (Some("48000005"), Some("48000005")));
    assert!(find(&batch.items, "48000020").own);
    assert!(find(&batch.items, "47000001").deleted);
    let answer = find(&batch.items, "48000010");
    assert!(answer.addressed && !answer.own);
    assert_eq!(answer.root.as_deref(), Some("48000005"));
    assert!(!batch.items.iter().any(|item| item.native_id == "48000012"), "what is dead is not shown");
    // Nothing is read twice.
    let again = poll(&mut source, &batch.cursor).await.unwrap();
    assert!(again.items.is_empty(), "{:?}", again.items);
}

#[tokio::test]
async fn an_item_that_nobody_can_read_yet_is_waited_for_but_not_for_ever() {
    let server = MockServer::start().await;
    serve(&server, "/v0/user/brand_bo.json", body(r#"{"id":"brand_bo","submitted":[48000020,48000019]}"#)).await;
    serve_items(&server, ITEMS).await;
    let mut source = source(&server, &[], Some("brand_bo"));
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.items.is_empty() && !batch.more, "{batch:?}");
    let later = now().saturating_add(crate::domain::time::SignedDuration::from_hours(2)).unwrap();
    let batch = source.listen.poll(&batch.cursor, later).await.unwrap();
    assert_eq!(batch.items.iter().map(|item| item.native_id.as_str()).collect::<Vec<_>>(), ["48000020"]);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_told() {
    let server = MockServer::start().await;
    serve(&server, "/v0/user/Brand_Bo.json", body("null")).await;
    let mut source = source(&server, &[], Some("Brand_Bo"));
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.remarks.iter().any(|remark| remark.contains("upper and lower case")), "{:?}", batch.remarks);
}

#[tokio::test]
async fn what_was_heard_and_is_deleted_later_is_told() {
    let server = MockServer::start().await;
    serve(&server, "/api/v1/search_by_date", body(SEARCH)).await;
    let first = serve_scoped(&server, ITEMS).await;
    let mut source = source(&server, &["ferris bikes"], None);
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.items.iter().all(|item| !item.deleted));
    drop(first);
    let flagged = ITEMS.replace("\"by\": \"kvs\", \"id\": 48000007", "\"dead\": true, \"id\": 48000007");
    serve_items(&server, &flagged).await;
    let batch = poll(&mut source, &batch.cursor).await.unwrap();
    // The search still finds it; that it is gone wins.
    let gone = find(&batch.items, "48000007");
    assert!(gone.deleted, "{gone:?}");
}

async fn serve_scoped(server: &MockServer, items: &str) -> wiremock::MockGuard {
    let items: BTreeMap<String, serde_json::Value> = serde_json::from_str(items).unwrap();
    let answer = move |request: &Request| {
        let id = request.url.path().trim_start_matches("/v0/item/").trim_end_matches(".json").to_owned();
        body(&items.get(&id).map_or("null".to_owned(), serde_json::Value::to_string))
    };
    Mock::given(path_regex("^/v0/item/")).respond_with(answer).mount_as_scoped(server).await
}

#[tokio::test]
async fn a_thread_comes_whole_from_the_search() {
    let server = MockServer::start().await;
    serve(&server, "/api/v1/items/48000005", body(TREE)).await;
    let branch = r#"{"id":48000010,"story_id":48000005,"parent_id":48000008,"author":"ana","text":"x","children":[]}"#;
    serve(&server, "/api/v1/items/48000010", body(branch)).await;
    let lookup = source(&server, &["x"], Some("brand_bo")).lookup.unwrap();
    let thread = lookup.thread("48000010", now()).await.unwrap();
    let ids: Vec<&str> = thread.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["48000005", "48000008", "48000011", "48000010"], "oldest first, without what was deleted");
    assert!(find(&thread, "48000008").own && !find(&thread, "48000005").own);
    assert_eq!(find(&thread, "48000010").root.as_deref(), Some("48000005"));
}

#[tokio::test]
async fn a_thread_that_the_search_does_not_know_yet_is_read_one_by_one() {
    let server = MockServer::start().await;
    serve_items(&server, ITEMS).await;
    let lookup = source(&server, &["x"], None).lookup.unwrap();
    let thread = lookup.thread("48000008", now()).await.unwrap();
    let ids: Vec<&str> = thread.iter().filter(|item| !item.deleted).map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["48000005", "48000008", "48000010"]);
    assert_eq!(find(&thread, "48000010").root.as_deref(), Some("48000005"));
    assert_eq!(lookup.thread("48009999", now()).await.unwrap_err().kind, SourceErrorKind::NotFound);
    assert_eq!(lookup.thread("../user", now()).await.unwrap_err().kind, SourceErrorKind::BadAddress);
}

#[tokio::test]
async fn people_and_own_posts_are_looked_up() {
    let server = MockServer::start().await;
    serve(&server, "/v0/user/brand_bo.json", body(USER)).await;
    serve(&server, "/v0/user/nobody.json", body("null")).await;
    serve_items(&server, ITEMS).await;
    let lookup = source(&server, &["x"], Some("brand_bo")).lookup.unwrap();
    let person = lookup.person("brand_bo", now()).await.unwrap().unwrap();
    assert_eq!((person.native_id.as_deref(), person.handle.as_deref()), (Some("brand_bo"), Some("brand_bo")));
    assert!(lookup.person("nobody", now()).await.unwrap().is_none());
    let own = lookup.own_recent(2, now()).await.unwrap();
    let ids: Vec<&str> = own.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["48000020", "48000008"]);
    assert!(own.iter().all(|item| item.own));
}

#[test]
fn without_an_address_the_two_public_hosts_are_asked() {
    let settings = SourceSettings {
        url: None,
        search: vec!["x".into()],
        ..SourceSettings::named("hn", super::super::KIND.network.clone())
    };
    let source = networks::open(&settings, &tools(HttpSettings::default())).unwrap();
    assert_eq!(source.listen.host(), "hn.algolia.com");
    let nothing = SourceSettings { search: Vec::new(), ..settings };
    let error = networks::open(&nothing, &tools(HttpSettings::default())).err().unwrap();
    assert!(error.to_string().contains("nothing to listen to"), "{error}");
}
