//! Killed in the middle of its work, the program loses nothing and repeats nothing.

use std::collections::BTreeSet;

use rustix::process::Signal;

use crate::support::Pty;
use crate::support::home::Home;
use crate::support::newsstand::Newsstand;

const FEEDS: usize = 8;
const POSTS: usize = 60;

#[test]
fn killed_while_collecting_it_loses_and_repeats_nothing() {
    let stand = Newsstand::open();
    let mut wanted = BTreeSet::new();
    let mut feeds = Vec::new();
    for feed in 0..FEEDS {
        let pages = stand.feed(&format!("/{feed}.xml"));
        for post in 0..POSTS {
            let words = format!("Ferris rider {post} of place {feed} writes");
            pages.publish(&format!("f{feed}p{post}"), &words);
            wanted.insert(words);
        }
        feeds.push((format!("place{feed}"), stand.url(&format!("/{feed}.xml"))));
    }
    let feeds: Vec<(&str, String)> = feeds.iter().map(|(name, url)| (name.as_str(), url.clone())).collect();
    let home = Home::listening(&feeds);

    // One server answers one request at a time, so that each answer is a moment in the middle of the work.
    let mut stored = 0;
    for _ in 0..FEEDS {
        let before = stand.requests().len();
        let mut child = home.command(&["collect", "--verbose"]).spawn().unwrap();
        stand.wait_for(before + 2);
        child.kill().unwrap();
        child.wait().unwrap();
        if !home.data().join("goodword.db").exists() {
            continue;
        }
        let texts = home.texts();
        let once: BTreeSet<String> = texts.iter().cloned().collect();
        assert_eq!(once.len(), texts.len(), "something is there twice");
        assert!(once.is_subset(&wanted));
        assert!(texts.len() >= stored, "{stored} were stored, {} are left", texts.len());
        println!("killed with {} of {} stored", texts.len(), wanted.len());
        stored = texts.len();
    }

    let mut pty = Pty::spawn(home.screen(&[]), 120, 36);
    pty.wait_for(&format!("{} unread", wanted.len()));
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(home.texts(), wanted.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_dashboard_that_is_killed_is_opened_again_with_everything() {
    let stand = Newsstand::open();
    stand.feed("/feed.xml").publish("p1", "The Ferris chain snapped");
    let home = Home::listening(&[("news", stand.url("/feed.xml"))]);
    for round in 0..3 {
        let pty = Pty::spawn(home.screen(&[]), 120, 36);
        pty.wait_until("what was heard", |shown| shown.shows("chain snapped") && shown.shows("collecting"));
        pty.signal(Signal::KILL);
        pty.wait_exit();
        assert_eq!(home.texts(), ["The Ferris chain snapped"], "round {round}");
    }
}
