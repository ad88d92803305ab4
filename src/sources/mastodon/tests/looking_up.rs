//! Threads, people and own posts on demand.

use serde_json::json;
use wiremock::ResponseTemplate;

use super::*;
use crate::sources::SourceErrorKind;

fn reply(id: &str, parent: &str, by: &str) -> Value {
    let mut status = status(id, &format!("answer {id}"));
    status["in_reply_to_id"] = json!(parent);
    status["account"]["id"] = json!(by);
    status
}

#[tokio::test]
async fn a_thread_is_in_order_and_knows_its_first_post() {
    let server = mastodon().await;
    give(&server, "/api/v1/statuses/2", reply("2", "1", "7")).await;
    let context = json!({ "ancestors": [status("1", "first")], "descendants": [reply("3", "2", "42"), "nonsense", reply("3", "2", "42")] });
    give(&server, "/api/v1/statuses/2/context", context).await;
    let thread = source(&settings(&server.uri())).lookup.unwrap().thread("2", now()).await.unwrap();
    let shape: Vec<(&str, Option<&str>, Option<&str>, bool)> = thread
        .iter()
        .map(|item| (item.native_id.as_str(), item.parent.as_deref(), item.root.as_deref(), item.own))
        .collect();
    assert_eq!(
        shape,
        [("1", None, None, false), ("2", Some("1"), Some("1"), false), ("3", Some("2"), Some("1"), true)]
    );
}

#[tokio::test]
async fn a_thread_that_is_gone_is_told() {
    let server = mastodon().await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({ "error": "Record not found" }));
    answer(&server, "GET", "/api/v1/statuses/2", gone).await;
    let error = source(&settings(&server.uri())).lookup.unwrap().thread("2", now()).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::NotFound);
    assert!(error.what.as_str().contains("Record not found"), "{error}");
}

#[tokio::test]
async fn people_are_found_by_id_by_handle_and_by_asking_around() {
    let server = mastodon().await;
    let ana = json!({ "id": "7", "acct": "ana@wheels.example", "display_name": "Ana", "followers_count": 12 });
    give(&server, "/api/v1/accounts/7", ana.clone()).await;
    let missing = || ResponseTemplate::new(404).set_body_json(json!({ "error": "Record not found" }));
    answer(&server, "GET", "/api/v1/accounts/lookup", missing()).await;
    answer(&server, "GET", "/api/v1/accounts/nobody", missing()).await;
    let accounts = json!({ "accounts": [{ "id": "8", "acct": "anastasia@wheels.example" }, ana], "statuses": [] });
    give(&server, "/api/v2/search", accounts).await;
    let lookup = source(&settings(&server.uri())).lookup.unwrap();
    let by_id = lookup.person("7", now()).await.unwrap().unwrap();
    assert_eq!((by_id.handle.as_deref(), by_id.followers), (Some("ana@wheels.example"), Some(12)));
    let by_handle = lookup.person("@Ana@wheels.example", now()).await.unwrap().unwrap();
    assert_eq!(by_handle.native_id.as_deref(), Some("7"));
    assert_eq!(lookup.person("nobody", now()).await.unwrap(), None);
    assert_eq!(lookup.person("", now()).await.unwrap(), None);
    let _ = lookup.person("brand@social.example", now()).await.unwrap();
    assert_eq!(asked(&server, "/api/v1/accounts/lookup").await.last().unwrap(), "acct=brand");
}

#[tokio::test]
async fn own_posts_are_read_page_by_page_and_never_in_circles() {
    let server = mastodon().await;
    // A server that pays no heed to `max_id`.
    let page: Vec<Value> = (0..40).rev().map(|id| reply(&id.to_string(), "1", "42")).collect();
    give(&server, "/api/v1/accounts/42/statuses", json!(page)).await;
    let lookup = source(&settings(&server.uri())).lookup.unwrap();
    let own = lookup.own_recent(100, now()).await.unwrap();
    assert_eq!((own.len(), own[0].native_id.as_str()), (40, "39"));
    assert!(own.iter().all(|item| item.own));
    assert_eq!(lookup.own_recent(3, now()).await.unwrap().len(), 3);
    let first = lookup.own_before("", now()).await.unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (40, Some("0")));
    lookup.own_before("0", now()).await.unwrap();
    assert!(asked(&server, "/api/v1/accounts/42/statuses").await.last().unwrap().contains("max_id=0"));
    let anonymous = super::super::open(&settings(&server.uri()), &tools_with(None)).unwrap();
    assert!(anonymous.lookup.unwrap().own_recent(3, now()).await.is_err());
}
