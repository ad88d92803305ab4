//! GitHub's own webhooks as senders.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::tests::{Stand, sign};

fn delivery(stand: &Stand, event: &'static str, name: &'static str, body: &Value) -> RequestBuilder {
    let body = body.to_string();
    let request = stand.post("application/json").header("X-Hub-Signature-256", sign(&[body.as_bytes()]));
    request.header("X-GitHub-Event", event).header("X-GitHub-Delivery", name).body(body)
}

fn opened() -> Value {
    json!({
        "action": "opened",
        "issue": { "number": 12, "title": "It snaps", "body": "The chain.", "user": { "login": "ana", "id": 7 },
            "html_url": "https://github.com/acme/app/issues/12", "created_at": "2026-11-22T11:00:00Z" },
        "repository": { "full_name": "acme/app", "private": false }
    })
}

#[tokio::test]
async fn its_events_become_posts() {
    let mut stand = Stand::open().await;
    let accepted = (202, json!({"accepted": 1, "wrong": 0, "refused": []}));
    assert_eq!(stand.send(delivery(&stand, "issues", "one", &opened())).await, accepted);
    let again = stand.send(delivery(&stand, "issues", "one", &opened())).await;
    assert_eq!(again, (200, json!({"accepted": 0, "known": true})));
    let mut deleted = opened();
    deleted["action"] = "deleted".into();
    assert_eq!(stand.send(delivery(&stand, "issues", "two", &deleted)).await, accepted);
    assert_eq!(stand.stored, ["acme/app/issues/12", "acme/app/issues/12"]);
    let forged = stand.post("application/json").header("X-GitHub-Event", "issues");
    let forged = forged.header("X-Hub-Signature-256", sign(&[b"other"])).body(opened().to_string());
    assert_eq!(stand.send(forged).await.0, 401);
    let unsigned = stand.post("application/json").header("X-GitHub-Event", "issues").body(opened().to_string());
    assert_eq!(stand.send(unsigned).await.0, 401);
    assert_eq!(stand.stored.len(), 2);
}

#[tokio::test]
async fn its_greeting_is_welcome_and_what_holds_no_posts_is_told() {
    let mut stand = Stand::open().await;
    let greeting = stand.send(delivery(&stand, "ping", "one", &json!({ "zen": "Keep it logically awesome." }))).await;
    assert_eq!(greeting, (200, json!({"accepted": 0})));
    let mut labelled = opened();
    labelled["action"] = "labeled".into();
    assert_eq!(stand.send(delivery(&stand, "issues", "two", &labelled)).await.0, 200);
    assert!(stand.remarks.is_empty() && stand.stored.is_empty());
    assert_eq!(stand.send(delivery(&stand, "push", "three", &json!({ "ref": "refs/heads/main" }))).await.0, 202);
    assert!(stand.remarks.len() == 1 && stand.remarks[0].contains("“push”"), "{:?}", stand.remarks);
    for (name, body) in [("four", json!({ "action": "opened" })), ("five", json!([1]))] {
        let (status, answer) = stand.send(delivery(&stand, "issues", name, &body)).await;
        assert_eq!((status, answer["error"].is_string()), (422, true), "{answer}");
    }
    let form = stand.post("application/x-www-form-urlencoded").header("X-GitHub-Event", "ping").body("payload=%7B%7D");
    let (status, answer) = stand.send(form).await;
    assert!(status == 415 && answer["error"].as_str().unwrap().contains("GitHub has a choice"), "{answer}");
}
