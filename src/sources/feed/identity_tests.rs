//! Entries keep their identity whatever their feed does to it.

use super::identity::identify;
use super::parse::{Entry, ParsedFeed};
use crate::domain::{Item, Timestamp};

fn entry(id: &str, link: &str, title: &str, second: i64) -> Entry {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Entry {
        id: some(id),
        link: some(link),
        title: some(title),
        published: (second != 0).then(|| Timestamp::from_second(second).unwrap()),
        text: format!("text of {title}"),
        ..Entry::default()
    }
}

fn items(entries: &[Entry]) -> Vec<Item> {
    let home = Some("https://a.example/".to_owned());
    identify(ParsedFeed { entries: entries.to_vec(), home, ..ParsedFeed::default() }, 500, &[]).items
}

/// Whether the store would take the second for the first.
fn same(first: &Item, second: &Item) -> bool {
    let names =
        |item: &Item| -> Vec<String> { std::iter::once(item.native_id.clone()).chain(item.aliases.clone()).collect() };
    names(first).iter().any(|name| names(second).contains(name))
}

const NOON: i64 = 1_795_348_800;

#[test]
fn id_then_link_then_words() {
    let found = items(&[
        entry("id-1", "https://a.example/1", "One", NOON),
        entry("", "https://a.example/2", "Two", NOON),
        entry("", "", "Three", NOON),
    ]);
    assert_eq!(found[0].native_id, "id-1");
    assert_eq!(found[1].native_id, "https://a.example/2");
    assert!(found[2].native_id.starts_with("words:"));
    assert_eq!(found[2].native_id, items(&[entry("", "", "Three", NOON)])[0].native_id);
}

#[test]
fn an_id_that_entries_share_keeps_them_apart_for_good() {
    let first = entry("0", "https://a.example/1", "One", NOON);
    let second = entry("0", "https://a.example/2", "Two", NOON + 60);
    let both = identify(ParsedFeed { entries: vec![first.clone(), second.clone()], ..ParsedFeed::default() }, 500, &[]);
    assert_eq!(both.items.len(), 2);
    assert!(!same(&both.items[0], &both.items[1]));
    // Later only one of them is left in the feed: it is still the same one.
    let later = identify(ParsedFeed { entries: vec![second], ..ParsedFeed::default() }, 500, &both.shared);
    assert_eq!(later.items[0].native_id, both.items[1].native_id);
    let third = identify(
        ParsedFeed { entries: vec![entry("0", "https://a.example/3", "Three", NOON)], ..ParsedFeed::default() },
        500,
        &later.shared,
    );
    assert!(!same(&third.items[0], &both.items[0]) && !same(&third.items[0], &both.items[1]));
}

#[test]
fn one_link_for_all_keeps_entries_apart() {
    let found = items(&[
        entry("", "https://a.example/", "One", NOON),
        entry("", "https://a.example/", "Two", NOON),
        entry("x", "https://a.example/status", "Down", NOON),
        entry("x", "https://a.example/status", "Up again", NOON + 5),
    ]);
    assert_eq!(found.len(), 4);
    for (index, item) in found.iter().enumerate() {
        assert!(found.iter().skip(index + 1).all(|other| !same(item, other)));
    }
}

#[test]
fn a_feed_that_changes_all_its_ids_brings_nothing_new() {
    let with_dates = |prefix: &str| -> Vec<Item> {
        let entry = |number: i64| {
            entry(
                &format!("{prefix}{number}"),
                &format!("https://a.example/{number}"),
                &format!("No. {number}"),
                NOON + number * 61,
            )
        };
        items(&(1..50).map(entry).collect::<Vec<_>>())
    };
    let (old, new) = (with_dates("http://a.example/?p="), with_dates("urn:uuid:"));
    for (index, item) in old.iter().enumerate() {
        assert_eq!(new.iter().filter(|other| same(item, other)).count(), 1);
        assert!(same(item, &new[index]));
    }
    // Without dates, and with dates that lie anew each time, the link and the words tell.
    let undated = items(&[entry("a", "http://www.a.example/1/", "One", 0)]);
    assert!(same(&undated[0], &items(&[entry("b", "https://a.example/1", "One", 0)])[0]));
    assert!(same(&undated[0], &items(&[entry("b", "https://a.example/1", "One", NOON)])[0]));
    // When the links move as well, the title and the second tell.
    let moved = items(&[entry("a", "https://a.example/1", "One", NOON + 1)]);
    assert!(same(&moved[0], &items(&[entry("b", "https://b.example/2", "One", NOON + 1)])[0]));
}

#[test]
fn alike_is_not_the_same() {
    let digest = |id: &str, second: i64| items(&[entry(id, "https://a.example/", "Daily digest", second)]).remove(0);
    assert!(!same(&digest("1", NOON), &digest("2", NOON + 86_400)));
    // Two with one title and one bare day, but different links.
    let listing = |id: &str| {
        items(&[entry(id, &format!("https://a.example/{id}"), "New listing", NOON - NOON % 86_400)]).remove(0)
    };
    assert!(!same(&listing("1"), &listing("2")));
    let found = items(&[
        entry("1", "https://a.example/x", "Re: x", NOON + 7),
        entry("2", "https://a.example/x", "Re: x", NOON + 7),
    ]);
    assert!(!same(&found[0], &found[1]));
}

#[test]
fn dates_that_cannot_be_are_unknown() {
    let claimed = |second: i64| items(&[entry("1", "", "x", second)])[0].claimed;
    assert_eq!(claimed(1), None);
    assert_eq!(claimed(600_000_000), None);
    assert_eq!(claimed(NOON).map(Timestamp::as_second), Some(NOON));
    let mut edited = entry("1", "", "x", 5);
    edited.updated = Some(Timestamp::from_second(NOON).unwrap());
    assert_eq!(items(&[edited.clone()])[0].claimed.map(Timestamp::as_second), Some(NOON));
    edited.published = Some(Timestamp::from_second(NOON - 9).unwrap());
    assert_eq!(items(&[edited])[0].edited.map(Timestamp::as_second), Some(NOON));
}

#[test]
fn too_many_entries_lose_the_oldest() {
    let mut entries: Vec<Entry> = (1..=10).map(|n| entry(&n.to_string(), "", "x", NOON + n)).collect();
    entries.push(entry("undated", "", "x", 0));
    let cut = identify(ParsedFeed { entries, ..ParsedFeed::default() }, 4, &[]);
    let ids: Vec<&str> = cut.items.iter().map(|item| item.native_id.as_str()).collect();
    assert_eq!((ids, cut.cut), (vec!["8", "9", "10", "undated"], 7));
}

#[test]
fn accounts_are_known_by_their_posts() {
    let handle = |link: &str, author: &str| {
        let mut entry = entry("1", link, "", NOON);
        entry.author = (!author.is_empty()).then(|| author.to_owned());
        items(&[entry])[0].author.handle.clone()
    };
    assert_eq!(
        handle("https://hachyderm.example/@ana/113500000000000001", "").as_deref(),
        Some("ana@hachyderm.example")
    );
    assert_eq!(handle("https://bsky.app/profile/lou.example/post/3k", "").as_deref(), Some("lou.example"));
    assert_eq!(handle("https://www.reddit.example/r/x/1", "/u/kvs").as_deref(), Some("kvs"));
    assert_eq!(handle("https://medium.example/@ana/why-42", "Ana"), None);
}
