use serde_json::json;
use wiremock::matchers::{body_partial_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::{Timestamp, Visibility};
use crate::sources::http::{Client, HttpSettings};
use crate::sources::{Fate, MemoryCredentials, Outgoing, Retry};

fn at(address: &str) -> Result<Source, SourceError> {
    let settings =
        SourceSettings { url: Some(address.parse().unwrap()), ..SourceSettings::named("square", KIND.network.clone()) };
    let tools = Tools {
        client: Client::new(HttpSettings::default()).unwrap(),
        credentials: Arc::new(MemoryCredentials::default()),
    };
    open(&settings, &tools)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_750_000_000).unwrap()
}

fn reply() -> Outgoing {
    Outgoing {
        text: "We are sorry".into(),
        parent: Some("p1".into()),
        root: None,
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en".into()),
        token: "0123456789abcdef".into(),
    }
}

#[test]
fn a_town_is_nowhere_but_on_this_machine() {
    for address in ["http://127.0.0.1:8780/", "http://[::1]:1/", "http://127.9.9.9/"] {
        assert_eq!(at(address).unwrap().network.name(), "town", "{address}");
    }
    for address in
        ["http://localhost:8780/", "https://town.example/", "http://10.0.0.1/", "http://0.0.0.0/", "https://127.0.0.1/"]
    {
        let error = at(address).err().unwrap();
        assert_eq!(error.kind, SourceErrorKind::BadAddress, "{address}");
    }
}

#[tokio::test]
async fn posts_are_heard_once_and_in_order() {
    let server = MockServer::start().await;
    let posts = json!([
        {"number": 3, "id": "p3", "by": {"id": "u1", "handle": "mara", "followers": 12}, "text": "broken", "to_us": true,
         "at": "2025-06-15T12:00:00Z"},
        {"number": 4, "id": "p4", "by": {"handle": "ferris"}, "text": "sorry", "parent": "p3", "own": true, "private": true},
        {"number": 5}
    ]);
    Mock::given(path("/api/posts"))
        .and(query_param("after", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(posts))
        .mount(&server)
        .await;
    let mut source = at(&server.uri()).unwrap();
    let batch = source.listen.poll("2", now()).await.unwrap();
    assert_eq!((batch.cursor.as_str(), batch.items.len(), batch.more), ("5", 2, false));
    let [mara, ours] = batch.items.as_slice() else { panic!() };
    assert_eq!((mara.author.followers, mara.addressed, mara.own), (Some(12), true, false));
    assert_eq!((ours.parent.as_deref(), ours.own, ours.visibility), (Some("p3"), true, Visibility::Private));
    assert!(source.scope.unwrap().starts_with("town:127.0.0.1:"));
}

#[tokio::test]
async fn a_reply_is_posted_with_its_token_and_told_where_it_is() {
    let server = MockServer::start().await;
    let posted = json!({"number": 9, "id": "p9", "text": "We are sorry", "parent": "p1", "url": "http://127.0.0.1/p9"});
    Mock::given(method("POST"))
        .and(path("/api/posts"))
        .and(header("idempotency-key", "0123456789abcdef"))
        .and(body_partial_json(json!({"text": "We are sorry", "parent": "p1", "private": false})))
        .respond_with(ResponseTemplate::new(201).set_body_json(posted))
        .mount(&server)
        .await;
    let publish = at(&server.uri()).unwrap().publish.unwrap();
    let published = publish.publish(&reply(), now()).await.unwrap();
    assert_eq!((published.native_id.as_str(), published.remarks.len()), ("p9", 0));
}

#[tokio::test]
async fn refusals_are_certain_and_everything_else_is_not() {
    for (status, fate) in [
        (422, Fate::NotSent),
        (403, Fate::NotSent),
        (429, Fate::NotSent),
        (500, Fate::Uncertain),
        (503, Fate::Uncertain),
        (408, Fate::Uncertain),
    ] {
        let server = MockServer::start().await;
        let answer =
            ResponseTemplate::new(status).insert_header("retry-after", "7").set_body_json(json!({"error": "no"}));
        Mock::given(method("POST")).respond_with(answer).mount(&server).await;
        let publish = at(&server.uri()).unwrap().publish.unwrap();
        let error = publish.publish(&reply(), now()).await.unwrap_err();
        assert_eq!(error.fate, fate, "{status}: {error}");
        if status == 429 {
            assert!(matches!(error.error.retry, Retry::NotBefore(then) if then > now()), "{error:?}");
        }
    }
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_string("<html>")).mount(&server).await;
    let publish = at(&server.uri()).unwrap().publish.unwrap();
    assert_eq!(publish.publish(&reply(), now()).await.unwrap_err().fate, Fate::Uncertain);
}

#[tokio::test]
async fn what_is_in_doubt_is_found_by_words_place_and_time() {
    let server = MockServer::start().await;
    let own = json!([
        {"id": "other", "text": "We are sorry", "parent": "p2", "at": "2025-06-15T15:06:40Z"},
        {"id": "before", "text": "We are sorry", "parent": "p1", "at": "2025-06-15T14:00:00Z"},
        {"id": "it", "text": "We are sorry", "parent": "p1", "at": "2025-06-15T15:06:40Z"}
    ]);
    Mock::given(path("/api/own")).respond_with(ResponseTemplate::new(200).set_body_json(own)).mount(&server).await;
    let publish = at(&server.uri()).unwrap().publish.unwrap();
    let found = publish.find(&reply(), now(), now()).await.unwrap();
    assert_eq!(found.unwrap().native_id, "it");
    let else_said = Outgoing { text: "Something else".into(), ..reply() };
    assert_eq!(publish.find(&else_said, now(), now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_post_of_our_own_answers_nobody_and_may_be_unlisted() {
    let server = MockServer::start().await;
    let posted = json!({"number": 9, "id": "p9", "text": "We open at nine", "url": "http://127.0.0.1/p9", "own": true, "unlisted": true});
    Mock::given(method("POST"))
        .and(path("/api/posts"))
        .and(body_partial_json(json!({"text": "We open at nine", "parent": null, "private": false, "unlisted": true})))
        .respond_with(ResponseTemplate::new(201).set_body_json(&posted))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/posts"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([posted])))
        .mount(&server)
        .await;
    let mut source = at(&server.uri()).unwrap();
    let post = Outgoing { text: "We open at nine".into(), parent: None, visibility: Visibility::Unlisted, ..reply() };
    let published = source.publish.as_ref().unwrap().publish(&post, now()).await.unwrap();
    assert_eq!((published.native_id.as_str(), published.remarks.len()), ("p9", 0));
    let heard = source.listen.poll("", now()).await.unwrap().items;
    assert_eq!((heard[0].visibility, heard[0].own), (Visibility::Unlisted, true));
}
