//! Records into items.

use serde_json::json;

use crate::domain::{Item, Timestamp};
use crate::sources::bluesky::record::{PostRecord, moment, post_parts, warning_label};

fn item(record: serde_json::Value) -> Item {
    let record: PostRecord = serde_json::from_value(record).unwrap();
    record.item("at://did:plc:lou/app.bsky.feed.post/3lf1", None, None)
}

#[test]
fn a_record_alone_makes_an_item() {
    let item = item(json!({
        "text": "hi", "createdAt": "2026-11-22T13:00:00+01:00", "langs": ["pt-BR"],
        "reply": { "root": { "uri": "at://did:plc:a/app.bsky.feed.post/1", "cid": "c" },
            "parent": { "uri": "at://did:plc:b/app.bsky.feed.post/2", "cid": "d" } }
    }));
    assert_eq!(item.url.as_deref(), Some("https://bsky.app/profile/did:plc:lou/post/3lf1"));
    assert_eq!(item.author.native_id.as_deref(), Some("did:plc:lou"));
    assert_eq!((item.author.handle, item.lang.as_deref()), (None, Some("pt-BR")));
    assert_eq!(item.claimed, Some("2026-11-22T12:00:00Z".parse().unwrap()));
    assert_eq!(item.parent.as_deref(), Some("at://did:plc:b/app.bsky.feed.post/2"));
    assert_eq!(item.root.as_deref(), Some("at://did:plc:a/app.bsky.feed.post/1"));
}

#[test]
fn what_is_not_as_the_lexicon_says_is_left_out_and_the_rest_is_heard() {
    let item = item(json!({
        "text": "still here", "createdAt": 5, "langs": "en", "reply": "x", "facets": [{ "features": 3 }],
        "embed": ["?"], "labels": { "values": "?" }, "tags": [1]
    }));
    assert_eq!(item.text, "still here");
    assert_eq!(item.claimed, None);
    assert!(item.links.is_empty() && item.parent.is_none() && item.lang.is_none() && item.content_warning.is_none());
    assert_eq!(serde_json::from_str::<PostRecord>(r#"{"text":7}"#).unwrap().text, "");
}

#[test]
fn links_come_from_facets_cards_and_quotes_and_only_of_the_web() {
    let link = |uri: &str| json!({ "features": [{ "uri": uri }] });
    let item = item(json!({
        "text": "x", "facets": [link("https://a.example/1"), link("javascript:alert(1)"), link("https://a.example/1")],
        "embed": { "record": { "record": { "uri": "at://did:plc:q/app.bsky.feed.post/9" } },
            "media": { "external": { "uri": "https://b.example/" } } }
    }));
    assert_eq!(item.links, ["https://a.example/1", "https://b.example/", "https://bsky.app/profile/did:plc:q/post/9"]);
}

#[test]
fn hashtags_beside_the_text_are_there_to_be_matched() {
    let both = item(json!({ "text": "I ride #Ferris", "tags": ["ferris", "bikes", ""] }));
    assert_eq!(both.text, "I ride #Ferris\n\n#bikes");
}

#[test]
fn times_without_zone_are_utc_and_1970_is_none() {
    assert_eq!(moment("2026-11-22T12:00:00"), Some("2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap()));
    assert_eq!((moment("1970-01-01T00:00:00Z"), moment(""), moment("soon")), (None, None, None));
    let backdated: PostRecord = serde_json::from_value(json!({ "createdAt": "2020-01-01T00:00:00Z" })).unwrap();
    let seen = "2026-11-22T12:00:00Z".parse().unwrap();
    assert_eq!(backdated.claimed(Some(seen)), Some("2020-01-01T00:00:00Z".parse().unwrap()));
    let ahead: PostRecord = serde_json::from_value(json!({ "createdAt": "2030-01-01T00:00:00Z" })).unwrap();
    assert_eq!(ahead.claimed(Some(seen)), Some(seen));
}

#[test]
fn only_posts_are_posts() {
    assert_eq!(post_parts("at://did:plc:a/app.bsky.feed.post/k"), Some(("did:plc:a", "k")));
    for other in [
        "",
        "at://did:plc:a",
        "at://did:plc:a/app.bsky.feed.like/k",
        "https://x/app.bsky.feed.post/k",
        "at://a/app.bsky.feed.post/k/x",
    ] {
        assert_eq!(post_parts(other), None, "{other}");
    }
}

#[test]
fn warnings_go_there_and_back() {
    for words in ["Adult content", "nudity", "Graphic media", "suggestive content"] {
        let label = warning_label(words).unwrap();
        let labels = json!({ "labels": { "values": [{ "val": label }] } });
        assert_eq!(item(labels).content_warning.unwrap().to_lowercase(), words.to_lowercase());
    }
    assert_eq!((warning_label("NSFW"), warning_label("spoilers")), (Some("porn"), None));
}
