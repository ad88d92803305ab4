//! What servers say, as items and facts.

use super::super::entities::{Status, readable};
use super::super::facts::{Access, Facts, Program};
use super::super::item::View;
use super::super::part::addressing;
use super::super::publish::rules;
use super::super::server::Me;
use crate::domain::{Answerable, Item, Visibility};
use crate::sources::Count;

fn me() -> Me {
    Me {
        id: "42".into(),
        handle: "brand@social.example".into(),
        url: Some("http://tiny.example/brand".into()),
        ..Me::default()
    }
}

fn item(text: &str) -> Item {
    let me = me();
    let view = View { domain: "social.example", me: Some(&me) };
    view.item(&serde_json::from_str::<Status>(text).unwrap())
}

fn facts(text: &str) -> Facts {
    Facts::read(&serde_json::from_str(text).unwrap())
}

#[test]
fn a_post_of_mastodon_is_read_whole() {
    let item = item(include_str!("../../../../tests/data/mastodon/status_mastodon.json"));
    assert_eq!(item.native_id, "115593468172345678");
    assert_eq!(item.url.as_deref(), Some("https://wheels.example/@ana/115593468170000000"));
    assert_eq!(
        item.text,
        "@brand the chain of my S2 snapped & again, see https://wheels.example/a/very/long?path=1&more=2\n\n#Bikes"
    );
    assert_eq!(item.links, ["https://wheels.example/a/very/long?path=1&more=2"]);
    assert_eq!(item.author.native_id.as_deref(), Some("109876543210987654"));
    assert_eq!(item.author.handle.as_deref(), Some("ana@wheels.example"));
    assert_eq!((item.author.name.as_deref(), item.author.followers), (Some("Ana 🚲"), Some(321)));
    assert_eq!(item.claimed, "2026-11-22T09:15:04.512Z".parse().ok());
    assert_eq!(item.edited, "2026-11-22T09:20:00Z".parse().ok());
    assert_eq!(item.parent.as_deref(), Some("115593460000000001"));
    assert_eq!((item.visibility, item.reposts, item.lang.as_deref()), (Visibility::Unlisted, Some(12), Some("en")));
    assert_eq!(item.content_warning.as_deref(), Some("bike talk"));
    assert_eq!(item.image_descriptions, ["A bicycle chain in two pieces"]);
    assert!(item.addressed && !item.own && !item.deleted);
    assert_eq!(item.answerable, Answerable::AsSource);
}

#[test]
fn odd_servers_degrade_instead_of_failing() {
    let gotosocial = item(include_str!("../../../../tests/data/mastodon/status_gotosocial.json"));
    assert_eq!(gotosocial.author.handle.as_deref(), Some("gob@social.example"));
    assert_eq!((gotosocial.answerable, gotosocial.author.name), (Answerable::Nowhere, None));
    let pleroma = item(include_str!("../../../../tests/data/mastodon/status_pleroma.json"));
    assert_eq!(pleroma.text, "Which one is better?\nI cannot tell.\n- S2\n- the other");
    assert_eq!((pleroma.visibility, pleroma.content_warning), (Visibility::Private, None));
    let snac = item(include_str!("../../../../tests/data/mastodon/status_snac.json"));
    assert_eq!(snac.native_id, "1795345224cf1118550fea5dbda284d86501e18843");
    assert!(snac.addressed && snac.links.is_empty(), "{snac:?}");
    let bare = item(r#"{"id": 12, "content": null, "account": null, "mentions": {}, "created_at": "yesterday"}"#);
    assert_eq!((bare.native_id.as_str(), bare.claimed, bare.author.handle), ("12", None, None));
}

#[test]
fn own_is_told_by_the_id_and_never_by_the_handle() {
    let by = |account: &str| item(&format!(r#"{{"id":"1","content":"x","account":{account}}}"#));
    assert!(by(r#"{"id":"42","acct":"brand@localhost:8801"}"#).own);
    assert!(!by(r#"{"id":"43","acct":"brand"}"#).own);
    assert!(!by("{}").own);
}

#[test]
fn a_repost_points_to_what_it_repeats() {
    let text = r#"{"id":"2","content":"","account":{"id":"7","acct":"bob@b.example"},"created_at":"2026-11-22T09:00:00Z",
        "reblog":{"id":"1","content":"<p>The S2 is fine</p>","url":"https://a.example/1","account":{"id":"8","acct":"ana@a.example"}}}"#;
    let repost = item(text);
    assert_eq!((repost.native_id.as_str(), repost.repost_of.as_deref()), ("2", Some("1")));
    assert_eq!((repost.text.as_str(), repost.url.as_deref()), ("The S2 is fine", Some("https://a.example/1")));
    assert_eq!(repost.author.handle.as_deref(), Some("bob@b.example"));
}

#[test]
fn who_may_read_is_kept_narrow() {
    for (named, visibility) in [
        ("public", Visibility::Public),
        ("unlisted", Visibility::Unlisted),
        ("private", Visibility::Private),
        ("direct", Visibility::Private),
        ("mutuals_only", Visibility::Private),
    ] {
        let text = format!(r#"{{"id":"1","visibility":"{named}"}}"#);
        assert_eq!(item(&text).visibility, visibility, "{named}");
    }
}

#[test]
fn notifications_bring_who_addresses_us_and_nothing_else() {
    let all = serde_json::from_str(include_str!("../../../../tests/data/mastodon/notifications.json")).unwrap();
    let (told, skipped) = readable(all, |told: &super::super::entities::Notification| &told.id);
    assert_eq!((told.len(), skipped), (4, 1));
    let me = me();
    let view = View { domain: "social.example", me: Some(&me) };
    let items: Vec<Item> = told.iter().filter_map(|told| addressing(&view, told)).collect();
    let ids: Vec<&str> = items.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!(ids, ["115593468172345999", "115593468172345000"]);
    assert!(items.iter().all(|item| item.addressed));
    assert_eq!(items[1].visibility, Visibility::Private);
}

#[test]
fn programs_are_known_by_what_they_say_of_themselves() {
    let mastodon = facts(include_str!("../../../../tests/data/mastodon/instance_mastodon.json"));
    assert_eq!(mastodon.program, Program::Mastodon(4, 5));
    assert_eq!((mastodon.longest, mastodon.address_counts), (Some(1000), Some(23)));
    assert_eq!(mastodon.streaming.as_ref().unwrap().as_str(), "wss://streaming.social.example/");
    assert_eq!(
        (mastodon.hashtags, mastodon.quotes, mastodon.domain.as_deref()),
        (Access::Public, true, Some("social.example"))
    );
    let gotosocial = facts(include_str!("../../../../tests/data/mastodon/instance_gotosocial.json"));
    assert_eq!((gotosocial.program.clone(), gotosocial.longest), (Program::GoToSocial, Some(5000)));
    let pleroma = facts(include_str!("../../../../tests/data/mastodon/instance_pleroma.json"));
    assert_eq!((pleroma.program.clone(), pleroma.longest), (Program::Pleroma, Some(5000)));
    assert_eq!(pleroma.domain.as_deref(), Some("pleroma.example"));
    assert!(!pleroma.takes_tokens() && pleroma.pages_forward());
    let snac = facts(include_str!("../../../../tests/data/mastodon/instance_snac.json"));
    assert_eq!((snac.program.clone(), snac.longest), (Program::Snac, Some(100_000)));
    assert!(!snac.pages_forward() && !snac.folds_hashtags());
    for (version, program) in [
        ("4.3.1+glitch", Program::Mastodon(4, 3)),
        ("4.0.2+hometown-1.1.1", Program::Mastodon(4, 0)),
        ("2.7.2 (compatible; Akkoma 3.15.2)", Program::Pleroma),
        ("4.2.1 (compatible; Iceshrimp 2024.1)", Program::Other),
        ("2.8.0 (compatible; Friendica 2024.12)", Program::Other),
        ("0.17.0", Program::GoToSocial),
        ("", Program::Other),
        ("latest", Program::Other),
    ] {
        assert_eq!(facts(&format!(r#"{{"version":"{version}"}}"#)).program, program, "{version}");
    }
    let retry_safe: Vec<bool> =
        [&mastodon, &gotosocial, &pleroma, &snac].into_iter().map(|facts| rules(facts).retry_safe).collect();
    assert_eq!(retry_safe, [true, false, false, false]);
    assert_eq!(rules(&mastodon).count, Count::Graphemes);
    assert_eq!(rules(&Facts::unknown()).longest, Some(500));
}
