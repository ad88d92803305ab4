//! Asking sources: `check`, `collect --once`, `feed`.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::home::Home;
use crate::support::newsstand::Newsstand;

/// A feed that works and one that does not.
fn two_feeds() -> (Newsstand, Home) {
    let stand = Newsstand::open();
    let pages = stand.feed("/good.xml");
    pages.publish("p1", "My Ferris chain snapped, what a terrible bike");
    pages.publish("p2", "Nothing about bicycles at all");
    pages.publish("p3", "I love my Northwheel");
    stand.answer("/bad.xml", ResponseTemplate::new(500));
    let home = Home::listening(&[("good", stand.url("/good.xml")), ("bad", stand.url("/bad.xml"))]);
    (stand, home)
}

fn named<'a>(sources: &'a [Value], key: &str, name: &str) -> &'a Value {
    sources.iter().find(|source| source[key] == name).unwrap_or_else(|| panic!("no {name} in {sources:?}"))
}

#[test]
fn check_tells_of_keys_that_take_one_another_s_place_and_of_stray_braces() {
    let home = Home::listening(&[]);
    let config = std::fs::read_to_string(home.config()).unwrap();
    let more = "[keys]\nquit = [\"q\", \"r\"]\n\n[[reply]]\nname = \"chain\"\ntext = \"Sorry, {name}: {unclosed\"\n";
    home.configure(&format!("{config}\n{more}"));
    let line = |words: &str| {
        let place = format!("{config}\n{more}").lines().position(|line| line.contains(words)).unwrap() + 1;
        format!("config.toml:{place}:")
    };
    let told = home.run(&["check"]).ends(0);
    told.says(&[&line("quit"), "`quit` takes `r` from `reply`", &line("unclosed"), "the reply \"chain\" has a brace"]);
    let remarks = home.run(&["check", "--json"]).ends(0).json()["remarks"].to_string();
    assert!(remarks.contains("takes `r`") && remarks.contains("has a brace"), "{remarks}");
}

#[test]
fn check_tries_every_source_and_ends_with_1_when_one_fails() {
    let (_stand, home) = two_feeds();
    let report = home.run(&["check", "--json"]).ends(1).json();
    assert_eq!((&report["ok"], &report["errors"]), (&json!(false), &json!([])), "{report:#}");
    let sources = report["sources"].as_array().unwrap();
    let (good, bad) = (named(sources, "name", "good"), named(sources, "name", "bad"));
    assert_eq!((&good["ok"], &good["items"], &good["error"]), (&json!(true), &json!(3), &Value::Null), "{good:#}");
    assert_eq!((&bad["ok"], &bad["network"]), (&json!(false), &json!("feed")), "{bad:#}");
    assert!(bad["error"].as_str().unwrap().contains("500"), "{bad:#}");
    assert!(!bad["advice"].as_str().unwrap().is_empty(), "{bad:#}");
    home.run(&["check"]).ends(1).says(&["good", "works", "FAILED", "500", "what to do", "1 of 2 sources work"]);
    assert!(!home.data().join("goodword.db").exists(), "trying stores nothing");
}

#[test]
fn check_ends_with_0_when_everything_works() {
    let stand = Newsstand::open();
    stand.feed("/good.xml").publish("p1", "Ferris");
    let home = Home::listening(&[("good", stand.url("/good.xml"))]);
    home.run(&["check"]).ends(0).says(&["2 watches", "1 of 1 sources work"]);
    assert_eq!(home.run(&["check", "--json"]).ends(0).json()["ok"], true);
}

#[test]
fn collect_once_stores_what_is_new_and_then_finds_it_unchanged() {
    let stand = Newsstand::open();
    let pages = stand.feed("/good.xml");
    pages.publish("p1", "My Ferris chain snapped");
    pages.publish("p2", "Nothing about bicycles at all");
    let home = Home::listening(&[("good", stand.url("/good.xml"))]);
    let once = || home.run(&["collect", "--once", "--json"]).ends(0).lines().remove(0);
    let told = |line: &Value| (line["items"].clone(), line["new"].clone(), line["unchanged"].clone());

    assert_eq!(told(&once()), (json!(2), json!(1), json!(false)));
    assert_eq!(told(&once()), (json!(0), json!(0), json!(true)));
    pages.publish("p3", "Another Ferris on the road");
    assert_eq!(told(&once()), (json!(3), json!(1), json!(false)));
    assert_eq!(home.texts(), ["Another Ferris on the road", "My Ferris chain snapped"]);
    home.run(&["collect", "--once"]).ends(0).says(&["1 sources, 0 items, 0 new mentions, 0 changed, 0 sources failed"]);
}

#[test]
fn collect_once_ends_with_1_when_a_source_failed_and_keeps_what_the_others_brought() {
    let (_stand, home) = two_feeds();
    let ran = home.run(&["collect", "--once", "--json"]).ends(1);
    let lines = ran.lines();
    assert_eq!(named(&lines, "source", "good")["new"], 2);
    assert!(named(&lines, "source", "bad")["error"].as_str().unwrap().contains("500"));
    assert_eq!(home.texts().len(), 2);
    home.run(&["collect", "--once", "--verbose"]).ends(1).says(&["SOURCE", "good", "500", "1 sources failed"]);
}

#[test]
fn an_edited_post_is_one_mention_with_the_new_words() {
    let stand = Newsstand::open();
    let pages = stand.feed("/good.xml");
    pages.publish("p1", "My Ferris chain snapped");
    let home = Home::listening(&[("good", stand.url("/good.xml"))]);
    home.run(&["collect", "--once"]).ends(0);
    pages.publish("p1", "My Ferris chain snapped. Edit: it was my fault");
    home.run(&["collect", "--once"]).ends(0);
    assert_eq!(home.texts(), ["My Ferris chain snapped. Edit: it was my fault"]);
}

#[test]
fn feed_shows_what_is_read_from_a_file() {
    let home = Home::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/feeds/rss20.xml");
    let lines = home.run(&["feed", file, "--json"]).ends(0).lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["title"], "Ferris recalls 4,000 stems");
    assert_eq!(lines[0]["published"], "2026-11-22T08:15:00Z");
    assert_eq!(lines[0]["author"], "Ana Prades");
    assert!(lines[0]["text"].as_str().unwrap().contains("stop at once"), "{}", lines[0]);
    home.run(&["feed", file]).ends(0).says(&["3 entries", "Ferris recalls 4,000 stems", "2026-11-22T08:15:00Z"]);
}

#[test]
fn feed_asks_an_address_and_says_why_there_is_nothing() {
    let stand = Newsstand::open();
    stand.feed("/good.xml").publish("p1", "Ferris");
    stand.answer("/page", ResponseTemplate::new(200).set_body_raw("<html><p>hello</p></html>", "text/html"));
    let home = Home::new();
    let lines = home.run(&["feed", &stand.url("/good.xml"), "--json"]).ends(0).lines();
    assert_eq!(lines[0]["id"], "p1");
    home.run(&["feed", &stand.url("/page")]).ends(1);
    home.run(&["feed", &stand.url("/gone")]).ends(1).says(&["404"]);
    let ran = home.run(&["feed", &home.write("no-feed.txt", "just words")]).ends(1);
    assert!(ran.err.contains("no-feed.txt"), "{}", ran.everything());
    home.run(&["feed", "no-such-file.xml"]).ends(1).says(&["no-such-file.xml"]);
}
