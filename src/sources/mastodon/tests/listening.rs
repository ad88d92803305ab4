//! What is asked for, and what becomes of the answers.

use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::super::KIND;
use super::*;
use crate::sources::parts::Places;
use crate::sources::{Batch, SourceErrorKind};

async fn poll(source: &mut Source, cursor: &str) -> Batch {
    source.listen.poll(cursor, now()).await.unwrap()
}

#[tokio::test]
async fn every_part_is_asked_with_the_token_and_its_own_words() {
    let server = mastodon().await;
    let own = json!([{ "id": "5", "content": "<p>Welcome everybody</p>", "visibility": "public",
        "created_at": "2026-11-22T09:00:00Z", "account": { "id": "42", "acct": "brand" } }]);
    give(&server, "/api/v1/accounts/42/statuses", own).await;
    give(&server, "/api/v2/search", json!({ "statuses": [status("9", "the S2")] })).await;
    give(&server, "/api/v1/lists", json!([{ "id": "31", "title": "Press" }, { "id": "32", "title": "Shops" }])).await;
    give(&server, "/api/v1/timelines/list/31", json!([status("11", "from the press")])).await;
    give(&server, "/api/v1/timelines/tag/ferrisbikes", json!([status("10", "a ride")])).await;
    let told: Value = serde_json::from_str(include_str!("../../../../tests/data/mastodon/notifications.json")).unwrap();
    give(&server, "/api/v1/notifications", told).await;
    let wanted = SourceSettings {
        search: vec!["Ferris Bikes".into()],
        places: vec!["press".into(), "Friends".into()],
        account: Some("@Brand".into()),
        ..settings(&server.uri())
    };
    let mut source = source(&wanted);
    let batch = poll(&mut source, "").await;
    let ids: Vec<&str> = batch.items.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["115593468172345999", "115593468172345000", "5", "10", "11", "9"]);
    assert!(batch.items[2].own && batch.items[0].addressed && !batch.more);
    assert_eq!(batch.remarks.len(), 2, "{:?}", batch.remarks);
    assert!(batch.remarks[0].contains("no list “Friends”; it has Press, Shops"), "{:?}", batch.remarks);
    assert_eq!(batch.remarks[1], "notifications: 1 entries could not be read");
    assert_eq!(
        asked(&server, "/api/v1/notifications").await,
        ["types%5B%5D=mention&types%5B%5D=quote&include_filtered=true&limit=40"]
    );
    let searches = asked(&server, "/api/v2/search").await;
    assert_eq!(searches, ["q=everybody&type=statuses&limit=5", "q=Ferris+Bikes&type=statuses&limit=40"]);
    let requests = server.received_requests().await.unwrap();
    let bearer = format!("Bearer {TOKEN}");
    assert!(requests.iter().all(|request| request.headers["authorization"] == bearer.as_str()));
    assert!(requests.iter().all(|request| !request.url.as_str().contains(TOKEN)));
    assert!(!batch.cursor.contains(TOKEN));

    // The next time: everything from where it was left, and nothing is said twice.
    let second = poll(&mut source, &batch.cursor).await;
    assert_eq!(asked(&server, "/api/v1/timelines/tag/ferrisbikes").await[1], "limit=40&min_id=10");
    assert_eq!(asked(&server, "/api/v1/notifications").await[1].split('&').next_back(), Some("min_id=903"));
    assert_eq!(asked(&server, "/api/v2/search").await[2], "q=Ferris+Bikes&type=statuses&limit=40&min_id=9");
    assert!(!second.remarks.iter().any(|remark| remark.contains("Friends")), "{:?}", second.remarks);
    assert_eq!(asked(&server, "/api/v1/accounts/verify_credentials").await.len(), 1);
    assert_eq!(asked(&server, "/api/v1/lists").await.len(), 1);
}

#[tokio::test]
async fn hashtags_are_folded_where_the_server_folds_them() {
    let server = mastodon().await;
    empty_elsewhere(&server).await;
    let tags: Vec<String> = ["#One", "two", "three", "four", "five", "six", "two"].map(str::to_owned).to_vec();
    for (number, tag) in ["one", "two", "three", "four", "five", "six"].iter().enumerate() {
        give(&server, &format!("/api/v1/timelines/tag/{tag}"), json!([status(&format!("{}", 100 + number), tag)]))
            .await;
    }
    let mut source = source(&SourceSettings { hashtags: tags, ..settings(&server.uri()) });
    let first = poll(&mut source, "").await;
    assert_eq!(first.items.len(), 6);
    poll(&mut source, &first.cursor).await;
    let together = asked(&server, "/api/v1/timelines/tag/one").await;
    assert_eq!(together[1], "any%5B%5D=two&any%5B%5D=three&any%5B%5D=four&any%5B%5D=five&limit=40&min_id=100");
    assert_eq!(asked(&server, "/api/v1/timelines/tag/two").await.len(), 1);
    assert_eq!(asked(&server, "/api/v1/timelines/tag/six").await[1], "limit=40&min_id=105");
}

#[tokio::test]
async fn snac_gets_one_request_for_each_hashtag_and_no_way_forward() {
    let server = server(include_str!("../../../../tests/data/mastodon/instance_snac.json")).await;
    empty_elsewhere(&server).await;
    let post: Value = serde_json::from_str(include_str!("../../../../tests/data/mastodon/status_snac.json")).unwrap();
    for tag in ["one", "two"] {
        give(&server, &format!("/api/v1/timelines/tag/{tag}"), json!([post])).await;
    }
    let mut source = source(&SourceSettings { hashtags: vec!["one".into(), "two".into()], ..settings(&server.uri()) });
    let first = poll(&mut source, "").await;
    assert_eq!(first.items.len(), 1, "the same post of two hashtags is one");
    let second = poll(&mut source, &first.cursor).await;
    assert!(second.items.is_empty(), "{:?}", second.items);
    let id = "1795345224cf1118550fea5dbda284d86501e18843";
    assert_eq!(asked(&server, "/api/v1/timelines/tag/two").await[1], format!("limit=40&since_id={id}"));
}

#[tokio::test]
async fn a_server_without_full_text_search_is_not_searched_and_says_so_once() {
    let server = mastodon().await;
    let own = json!([{ "id": "5", "content": "<p>Welcome everybody</p>", "account": { "id": "42" } }]);
    give(&server, "/api/v1/accounts/42/statuses", own).await;
    empty_elsewhere(&server).await;
    let wanted = SourceSettings { search: vec!["Ferris Bikes".into()], ..settings(&server.uri()) };
    let mut source = source(&wanted);
    let first = poll(&mut source, "").await;
    let told: Vec<&String> = first.remarks.iter().filter(|remark| remark.contains("no full-text search")).collect();
    assert_eq!(told.len(), 1, "{:?}", first.remarks);
    assert!(told[0].ends_with("heard are the hashtags and what addresses the account"), "{told:?}");
    assert!(poll(&mut source, &first.cursor).await.remarks.is_empty());
    assert_eq!(asked(&server, "/api/v2/search").await, ["q=everybody&type=statuses&limit=5"]);
    assert_eq!(asked(&server, "/api/v1/timelines/tag/ferrisbikes").await.len(), 2);
}

#[tokio::test]
async fn what_a_part_reached_survives_its_rest() {
    let server = mastodon().await;
    let own = json!([{ "id": "5", "content": "<p>Welcome everybody</p>", "account": { "id": "42" } }]);
    give(&server, "/api/v1/accounts/42/statuses", own).await;
    empty_elsewhere(&server).await;
    let wanted = SourceSettings { search: vec!["Ferris".into()], ..settings(&server.uri()) };
    let mut places = Places::default();
    places.set("search:Ferris", r#"{"asked":true,"at":"77"}"#.to_owned());
    places.set("tag:gone", r#"{"asked":true,"at":"78"}"#.to_owned());
    let batch = poll(&mut source(&wanted), &places.written()).await;
    let places = Places::read(&batch.cursor);
    assert!(places.of("search:Ferris").contains("77"), "{}", batch.cursor);
    assert_eq!(places.of("tag:gone"), "", "what is no longer configured is forgotten");
}

#[tokio::test]
async fn without_a_token_only_hashtags_are_heard() {
    let server = mastodon().await;
    give(&server, "/api/v1/timelines/tag/bikes", json!([status("10", "a ride")])).await;
    let wanted = SourceSettings {
        hashtags: vec!["bikes".into()],
        search: vec!["Ferris".into()],
        places: vec!["Press".into()],
        ..settings(&server.uri())
    };
    let mut source = super::super::open(&wanted, &tools_with(None)).unwrap();
    assert!(source.publish.is_none() && source.lookup.is_some());
    assert!(!source.listen.capabilities().publishes);
    let batch = poll(&mut source, "").await;
    assert_eq!(batch.items.len(), 1);
    assert_eq!(batch.remarks.len(), 2, "{:?}", batch.remarks);
    assert!(
        server.received_requests().await.unwrap().iter().all(|request| request.headers.get("authorization").is_none())
    );
    let nothing = SourceSettings { hashtags: Vec::new(), search: Vec::new(), ..wanted };
    let mut source = super::super::open(&nothing, &tools_with(None)).unwrap();
    let error = source.listen.poll("", now()).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Refused);
    assert!(error.advice.contains("goodword login mastodon"), "{error}");
}

#[tokio::test]
async fn a_server_that_shows_no_hashtags_says_so() {
    for (access, secret, said) in
        [("disabled", Some(TOKEN), "shows no hashtags"), ("authenticated", None, "only to who is logged in")]
    {
        let server = MockServer::start().await;
        let feeds = json!({ "local": access, "remote": access });
        let instance =
            json!({ "version": "4.5.0", "configuration": { "timelines_access": { "hashtag_feeds": feeds } } });
        give(&server, "/api/v2/instance", instance).await;
        give(&server, "/api/v1/accounts/verify_credentials", json!({ "id": "42", "acct": "brand" })).await;
        empty_elsewhere(&server).await;
        let wanted = SourceSettings { hashtags: vec!["bikes".into()], ..settings(&server.uri()) };
        let outcome = super::super::open(&wanted, &tools_with(secret)).unwrap().listen.poll("", now()).await;
        let words = match outcome {
            Ok(batch) => batch.remarks.join("\n"),
            Err(error) => error.to_string(),
        };
        assert!(words.contains(said) || words.contains("without an access token"), "{access}: {words}");
        assert!(asked(&server, "/api/v1/timelines/tag/bikes").await.is_empty());
    }
}

#[tokio::test]
async fn the_old_way_to_ask_a_server_what_it_is_serves_too() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/api/v2/instance", ResponseTemplate::new(404).set_body_string("<html>no</html>")).await;
    let mut old: Value =
        serde_json::from_str(include_str!("../../../../tests/data/mastodon/instance_pleroma.json")).unwrap();
    old["urls"] = json!({});
    give(&server, "/api/v1/instance", old).await;
    give(&server, "/api/v1/accounts/verify_credentials", json!({ "id": "9toJCu5YZW7O7gfvH6", "acct": "brand" })).await;
    let source = source(&settings(&server.uri()));
    let rules = source.publish.as_ref().unwrap().rules(now()).await.unwrap();
    assert_eq!((rules.longest, rules.retry_safe), (Some(5000), false));
    let me = source.publish.as_ref().unwrap().identity(now()).await.unwrap();
    assert_eq!(me.handle.as_deref(), Some("brand@pleroma.example"));
}

#[tokio::test]
async fn a_server_below_a_path_is_asked_below_that_path() {
    let server = MockServer::start().await;
    give(&server, "/social/api/v2/instance", json!({ "version": "4.0.0 (not true; really snac/2.75)" })).await;
    Mock::given(method("GET"))
        .and(path("/social/api/v1/accounts/verify_credentials"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "id": "42", "acct": "brand" })))
        .mount(&server)
        .await;
    let source = source(&settings(&format!("{}/social", server.uri())));
    assert!(source.publish.as_ref().unwrap().identity(now()).await.is_ok());
    assert!(source.scope.as_deref().unwrap().starts_with("mastodon:127.0.0.1"));
}

#[test]
fn a_source_needs_a_server() {
    let none = SourceSettings::named("x", Network::fixed("mastodon"));
    assert_eq!((KIND.open)(&none, &tools_with(None)).err().unwrap().kind, SourceErrorKind::BadAddress);
    assert!(KIND.login.is_some());
}
