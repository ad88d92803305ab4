//! What GitHub delivers by itself.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::{Answerable, Item, Visibility};
use crate::sources::github::hook::{Told, read};

/// An event in a repository, in the form of the documents.
fn event(action: &str, parts: Value) -> Value {
    let mut event = json!({
        "action": action,
        "repository": { "id": 1, "full_name": "Acme/App", "private": false, "archived": false },
        "sender": { "login": "ana", "id": 7 }
    });
    event.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    event
}

fn issue() -> Value {
    json!({ "number": 12, "title": "It snaps", "body": "The chain snaps.", "locked": false,
        "html_url": "https://github.com/Acme/App/issues/12", "user": { "login": "ana", "id": 7 },
        "created_at": "2026-11-22T11:00:00Z", "updated_at": "2026-11-22T11:30:00Z" })
}

fn comment() -> Value {
    json!({ "id": 600, "node_id": "DC_kwA", "parent_id": null, "body": "Mine too.",
        "html_url": "https://github.com/Acme/App/issues/12#issuecomment-600", "user": { "login": "ben", "id": 8 },
        "created_at": "2026-11-22T11:40:00Z", "updated_at": "2026-11-22T11:45:00Z" })
}

fn told(name: &str, event: &Value) -> Told {
    read(name, event.to_string().as_bytes()).unwrap()
}

fn post(name: &str, event: &Value) -> Item {
    match told(name, event) {
        Told::Post(item) => *item,
        other => panic!("{other:?}"),
    }
}

#[test]
fn posts_have_the_names_that_the_interfaces_give_them() {
    let pull = || json!({ "pull_request": issue(), "comment": comment() });
    for (name, action, parts, id, root) in [
        ("issues", "opened", json!({ "issue": issue() }), "acme/app/issues/12", "acme/app/issues/12"),
        ("pull_request", "opened", pull(), "acme/app/issues/12", "acme/app/issues/12"),
        (
            "issue_comment",
            "created",
            json!({ "issue": issue(), "comment": comment() }),
            "acme/app/issues/12/c600",
            "acme/app/issues/12",
        ),
        ("pull_request_review_comment", "created", pull(), "acme/app/issues/12/r600", "acme/app/issues/12"),
        (
            "discussion",
            "created",
            json!({ "discussion": issue() }),
            "acme/app/discussions/12",
            "acme/app/discussions/12",
        ),
        (
            "discussion_comment",
            "created",
            json!({ "discussion": issue(), "comment": comment() }),
            "acme/app/discussions/12/DC_kwA",
            "acme/app/discussions/12",
        ),
    ] {
        let item = post(name, &event(action, parts.clone()));
        assert_eq!((item.native_id.as_str(), item.root.as_deref()), (id, Some(root)), "{name}");
        let whole = id == root;
        assert_eq!(item.parent.as_deref(), (!whole).then_some(root), "{name}");
        assert_eq!(item.text, if whole { "The chain snaps." } else { "Mine too." });
        assert_eq!(item.author.native_id.as_deref(), Some(if whole { "7" } else { "8" }));
        assert!(item.claimed.is_some() && item.url.is_some() && !item.own && !item.deleted);
        let deleted = post(name, &event("deleted", parts));
        assert_eq!(deleted, Item { native_id: id.to_owned(), deleted: true, ..Item::default() });
    }
}

#[test]
fn changes_say_when() {
    let edited = |name: &str, parts: Value| post(name, &event("edited", parts)).edited;
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!(edited("issues", json!({ "issue": issue() })), at("2026-11-22T11:30:00Z"));
    assert_eq!(edited("discussion", json!({ "discussion": issue() })), at("2026-11-22T11:30:00Z"));
    for (name, thread) in [("issue_comment", "issue"), ("discussion_comment", "discussion")] {
        let parts = json!({ thread: issue(), "comment": comment() });
        assert_eq!(edited(name, parts), at("2026-11-22T11:45:00Z"), "{name}");
    }
    assert_eq!(post("issues", &event("reopened", json!({ "issue": issue() }))).edited, None);
}

#[test]
fn a_private_repository_and_a_locked_thread_stay_so() {
    let mut locked = issue();
    locked["locked"] = true.into();
    for (name, thread) in [("issues", "issue"), ("discussion", "discussion")] {
        let mut event = event("locked", json!({ thread: locked }));
        event["repository"]["private"] = true.into();
        let item = post(name, &event);
        assert_eq!((item.visibility, item.answerable), (Visibility::Private, Answerable::Nowhere), "{name}");
    }
}

#[test]
fn what_holds_no_words_brings_nothing_and_what_makes_no_sense_says_so() {
    assert_eq!(told("ping", &json!({ "zen": "Design for failure." })), Told::Nothing);
    for action in ["labeled", "assigned", "closed", "answered", "pinned"] {
        assert_eq!(told("issues", &event(action, json!({ "issue": issue() }))), Told::Nothing, "{action}");
    }
    for other in ["push", "star", "workflow_run", ""] {
        assert_eq!(told(other, &event("created", json!({}))), Told::OtherEvent, "{other}");
    }
    for event in [json!({}), event("opened", json!({})), json!({ "action": "opened", "issue": issue() })] {
        assert!(matches!(told("issues", &event), Told::Senseless(_)), "{event}");
    }
    assert!(read("issues", b"payload=%7B%7D").is_err() && read("issues", b"{\"action\":").is_err());
}

proptest! {
    #[test]
    fn whatever_comes_is_read_without_a_fall(
        name in prop_oneof![Just("issues"), Just("issue_comment"), Just("discussion_comment"), Just("pull_request")],
        body in "[{}\\[\\]\":,a-z0-9]{0,80}|\\{\"action\":\"(opened|deleted)\",\"(issue|comment|repository)\":[{}a-z0-9\":]{0,40}\\}",
    ) {
        let _ = read(name, body.as_bytes());
    }
}
