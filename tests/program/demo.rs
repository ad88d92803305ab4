//! `goodword demo` as a newcomer meets it.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::home::Home;
use crate::support::{Pty, Shown};

/// What to answer first in the story of the demo.
const COMPLAINT: &str = "Ferris S2 chain snapped";

/// A demo on a terminal of so many columns and rows; it lives as long as its home. What the environment names is meant for
/// other commands: the demo neither reads nor makes it.
fn demo(columns: u16, rows: u16) -> (Home, Pty) {
    let home = Home::new();
    let mut command = home.screen(&["demo"]);
    command.env("GOODWORD_CONFIG", home.text("named.toml"));
    command.env("GOODWORD_DATA_DIR", home.text("named"));
    let pty = Pty::spawn(command, columns, rows);
    (home, pty)
}

/// Whether a line of the screen holds all of these, in this order.
fn has_line(shown: &Shown, parts: &[&str]) -> bool {
    let in_order = |line: &str| {
        let mut rest = line;
        parts.iter().all(|part| rest.split_once(part).inspect(|(_, after)| rest = after).is_some())
    };
    shown.text().lines().any(in_order)
}

/// The demo leaves nothing behind.
#[track_caller]
fn assert_clean(home: &Home) {
    let left: Vec<_> = std::fs::read_dir(home.path("tmp")).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    assert!(!home.data().exists() && !home.config().exists(), "the demo writes into the person's own places");
    assert!(!home.path("named").exists() && !home.path("named.toml").exists(), "the demo writes where others are sent");
}

#[test]
fn every_pane_means_something_within_seconds() {
    let (home, mut pty) = demo(120, 36);
    let began = Instant::now();
    let parts: [&[&str]; 13] = [
        &["goodword · Ferris Bikes · demo", " open ", "unread", "sources 5/6!", "collecting"],
        &["─ Answer first · "],
        &["spike: Ferris Bikes: ", " mentions within the hour"],
        &[COMPLAINT],
        &["━ Mentions · all · Ferris Bikes", " today"],
        &["│─ Sentiment · 24 h"],
        &["│ Ferris Bikes", "−0.", "−0."],
        &["│ Northwheel", "+0."],
        &["│─ Share of voice · 24 h"],
        &["│ Ferris Bikes", "█", " %"],
        &["│ Northwheel", "█", " %"],
        &["│ balance: "],
        &["│─ Sources ", "! 1 of 6 want a look"],
    ];
    for part in parts {
        pty.wait_until(&format!("{part:?}"), |shown| has_line(shown, part));
    }
    pty.wait_until("the source that fails", |shown| has_line(shown, &["│ ! old-gazette"]));
    pty.wait_until("a source that works", |shown| has_line(shown, &["│ ✓ townsquare"]));
    pty.wait_until("the signal", |shown| has_line(shown, &["│ ▲", "spike", "Ferris Bikes"]));
    let took = began.elapsed();
    println!("every pane of the demo is filled after {took:?}");
    assert!(took < Duration::from_secs(20), "{took:?} is no few seconds");
    pty.assert_taken();

    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    pty.assert_restored();
    assert_clean(&home);
}

#[test]
fn a_complaint_is_opened_with_what_was_made_of_it() {
    let (_home, mut pty) = demo(120, 36);
    pty.wait_until("what to answer first", |shown| has_line(shown, &["Answer first · "]));
    pty.keys("!");
    pty.wait_until("the reading", |shown| {
        shown.shows("How it was read") && shown.shows("complaint") && has_line(shown, &["−", "negative ", " %"])
    });
    pty.keys("\x1b");
    pty.wait_for("Share of voice");
}

/// What open complaints cost, as the status line says it: below ten with a decimal.
fn debt(shown: &Shown) -> f64 {
    let text = shown.text();
    let words = text.lines().next().and_then(|line| line.split_once("debt ")).map(|(_, rest)| rest.to_owned());
    words
        .and_then(|rest| rest.split_whitespace().next().map(|debt| debt.replace(',', "")))
        .map_or(0.0, |debt| debt.parse().unwrap())
}

/// Opens the sheet on the complaint on top of the inbox, once the account that it goes out under is known: it is asked
/// for when the program starts.
fn open_the_sheet(pty: &mut Pty) {
    pty.keys("gn");
    pty.wait_until("the complaint", |shown| has_line(shown, &["−!", "mara.k", "5.2k"]) && shown.shows("Inbox"));
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        assert!(Instant::now() < deadline, "the account is never known");
        pty.keys("r");
        pty.wait_for("write your answer here");
        if pty.text().contains("as @ferrisbikes") {
            return;
        }
        pty.watch(Duration::from_millis(300));
        pty.keys("\x1b");
        pty.wait_gone("write your answer here");
    }
}

#[test]
fn a_saved_reply_comes_with_its_blanks_and_the_voice_is_named() {
    let (_home, mut pty) = demo(120, 36);
    open_the_sheet(&mut pty);
    pty.watch(Duration::from_millis(300));
    pty.keys("\x12");
    pty.wait_until("the saved replies", |shown| {
        ["broken chain", "late order", "thanks"].into_iter().all(|name| shown.shows(name))
    });
    pty.keys("\r");
    pty.wait_until("the reply with its blank", |shown| {
        shown.shows("sorry that your chain broke") && shown.shows("{link}")
    });
    pty.wait_for("by Robin");
}

#[test]
fn a_complaint_is_answered_the_person_is_happy_and_the_case_is_resolved() {
    let (_home, mut pty) = demo(120, 36);
    open_the_sheet(&mut pty);
    pty.keys("You are mistaken, our chains do not snap.");
    pty.wait_until("what the coach says of that", |shown| shown.shows("denial") || shown.shows("no acknowledgement"));
    // Quick keys are taken for a paste, and a key right behind one for a part of it.
    pty.watch(Duration::from_millis(300));
    pty.keys("\x15");
    pty.wait_gone("You are mistaken");
    pty.keys("So sorry, mara. Are you all right? We will send you a new chain today.");
    pty.wait_for("the coach has nothing to say");
    pty.watch(Duration::from_millis(300));
    pty.keys("\x18");
    pty.watch(Duration::from_millis(100));
    pty.keys("s");
    pty.wait_until("held", |shown| shown.shows("takes it back") && shown.shows("outbox 1"));
    pty.wait_until("sent", |shown| has_line(shown, &["↵ open", "mara.k"]));
    let sent = Instant::now();
    let happy = |shown: &Shown| has_line(shown, &["mara.k", "happy: e resolves"]);
    pty.wait_until("the person is happy", happy);
    println!("the person answers {:?} after the reply was out", sent.elapsed());
    assert!(sent.elapsed() < Duration::from_secs(15), "{:?}", sent.elapsed());
    pty.keys("e");
    pty.wait_for("resolved: mara.k");
    pty.wait_until("it is out of the list", |shown| !happy(shown));
    // What one case costs in its first minute is less than what the others cost more meanwhile: the fall is seen on
    // all of them.
    pty.wait_until("a debt", |shown| debt(shown) >= 1.0);
    let before = pty.look(debt);
    pty.keys("M");
    pty.wait_for("cases are marked");
    pty.keys("e");
    let after = pty.wait_until("the debt falls", |shown| debt(shown) < before);
    println!("the debt falls below {before} after {after:?}");
    pty.watch(Duration::from_millis(300));
    // From the inbox back to the dashboard, and out.
    pty.keys("q");
    pty.wait_for("Share of voice");
    pty.watch(Duration::from_millis(300));
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
}

#[test]
fn search_help_and_palette_answer() {
    let (_home, mut pty) = demo(120, 36);
    pty.wait_for(COMPLAINT);

    pty.keys("?");
    pty.wait_for("─ Help ─");
    pty.keys("unread");
    pty.wait_until("only what was asked for", |shown| {
        shown.shows("Next unread mention") && !shown.shows("A page down")
    });
    pty.keys("\x1b");
    pty.wait_gone("─ Help ─");

    pty.keys(":");
    pty.wait_for("─ Do ─");
    pty.submit(": ", "sources");
    pty.wait_until("the view of the sources", |shown| {
        has_line(shown, &["━ Sources ━"])
            && has_line(shown, &["! old-gazette", "503"])
            && !shown.shows("Share of voice")
    });
    pty.keys("\x1bOP");
    pty.wait_for("Share of voice");

    pty.keys("/");
    pty.wait_for("Search the stored mentions");
    pty.submit("/ ", "northwheel");
    pty.wait_until("findings", |shown| has_line(shown, &["Northwheel"]) && !shown.shows("Words stand for themselves"));
    pty.keys("\x03");
    assert_eq!(pty.wait_end(), 0);
    pty.assert_restored();
}

#[test]
fn every_view_at_every_size_lives() {
    for (columns, rows) in [(40, 10), (80, 24), (120, 36), (200, 50)] {
        let (home, mut pty) = demo(columns, rows);
        pty.wait_until("mentions", |shown| shown.shows("chain") || shown.shows("Chain"));
        // The dashboard, trends, sources, signals, watches.
        for (key, words) in
            [("gt", "Trends"), ("gs", "Sources"), ("gi", "Signals"), ("gw", "Watches"), ("gd", "Mentions")]
        {
            pty.keys(key);
            pty.wait_until(&format!("{words} at {columns}x{rows}"), |shown| {
                shown.text().to_lowercase().contains(&words.to_lowercase())
            });
        }
        for (key, words) in [("?", "─ Help "), (":", "─ Do "), ("/", "━ Search ")] {
            pty.keys(key);
            pty.wait_for(words);
            pty.keys("\x1b");
            pty.wait_gone(words);
        }
        pty.keys("q");
        assert_eq!(pty.wait_end(), 0, "{columns}x{rows}");
        assert_eq!(pty.look(|shown| shown.count(b"panicked")), 0);
        pty.assert_restored();
        assert_clean(&home);
    }
}

#[test]
fn a_window_that_becomes_tiny_and_large_again_lives() {
    let (_home, mut pty) = demo(120, 36);
    pty.wait_for(COMPLAINT);
    for (columns, rows) in [(40, 10), (1, 1), (200, 50), (20, 4), (80, 24)] {
        pty.resize(columns, rows);
        pty.keys("gsgtgd");
    }
    pty.resize(120, 36);
    pty.wait_until("the dashboard again", |shown| shown.shows(COMPLAINT) && shown.shows("Share of voice"));
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(pty.look(|shown| shown.count(b"panicked")), 0);
}

#[test]
fn a_signal_to_end_leaves_a_restored_terminal_and_nothing_behind() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let (home, pty) = demo(80, 24);
        pty.wait_until("mentions", |shown| shown.shows("chain"));
        pty.signal(signal);
        assert_eq!(pty.wait_end(), code, "{signal:?}");
        pty.assert_restored();
        assert_clean(&home);
    }
}
