//! Answering on the real screen: how far it is from the mention under the cursor to a sheet that is ready to be
//! written on, and a draft that outlives `kill -9`.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::stage::Stage;
use crate::support::Pty;
use crate::support::home::Home;

/// From the mention under the cursor to a draft.
const KEYS: [&str; 1] = ["r"];
/// What the mention says.
const MENTION: &str = "my ferris chain broke, number 0";
/// The head of the sheet: the account that it goes out under.
const READY: &str = "as @ferrisbikes";
const WORDS: &str = "So sorry about the chain. A new one goes out today, half a thou";

/// The dashboard with the mention under the cursor.
fn dashboard(home: &Home) -> Pty {
    let pty = Pty::spawn(home.screen(&[]), 120, 36);
    pty.wait_until("the mention", |shown| shown.shows(MENTION) && shown.shows("collecting"));
    pty
}

/// Opens and leaves the sheet until the account that it goes out under is known: on its very first start the program
/// has to ask the town for it.
fn wait_for_the_account(pty: &mut Pty) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut known = false;
    while !known {
        assert!(Instant::now() < deadline, "the account is never known");
        pty.keys("r");
        pty.wait_for("write your answer here");
        known = pty.text().contains(READY);
        pty.keys("\x1b");
        pty.wait_gone("write your answer here");
    }
}

/// The keys, and how long it takes until the sheet is there.
fn write_on(pty: &mut Pty, what: &str) -> Duration {
    let began = Instant::now();
    for key in KEYS {
        pty.keys(key);
    }
    pty.wait_until("a sheet that is ready", |shown| shown.shows(READY) && shown.shows(what));
    began.elapsed()
}

/// The words of the drafts in the outbox.
fn drafts(home: &Home) -> Vec<String> {
    let lines = home.run(&["outbox", "--json"]).ends(0).lines();
    let drafts = lines.iter().filter(|line| line["state"] == "draft");
    drafts.map(|line| line["parts"][0]["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn two_keys_at_most_lead_to_a_draft_and_a_kill_loses_none_of_it() {
    let stage = Stage::with("", 1, "");
    let home = stage.home();
    let mut pty = dashboard(home);
    wait_for_the_account(&mut pty);
    let took = write_on(&mut pty, "write your answer here");
    assert!(KEYS.len() <= 2);
    println!("{} key and {} ms from the mention under the cursor to a draft", KEYS.len(), took.as_millis());

    pty.keys(WORDS);
    pty.wait_for("half a thou");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !drafts(home).iter().any(|draft| draft.ends_with(WORDS)) {
        assert!(Instant::now() < deadline, "it is never saved: {:?}", drafts(home));
        pty.watch(Duration::from_millis(100));
    }
    pty.signal(Signal::KILL);
    pty.wait_exit();

    let mut pty = dashboard(home);
    let took = write_on(&mut pty, "half a thou");
    println!("{} ms from the mention under the cursor to the draft that was there", took.as_millis());
    pty.keys("ght");
    pty.wait_for("half a thought");
    // Keys as quick as these are taken for a paste, and a key right behind one for a part of it.
    pty.watch(std::time::Duration::from_millis(250));
    pty.keys("\x1b");
    pty.wait_for("the draft is kept");
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(drafts(home), [format!("{WORDS}ght")], "one draft, written on");
    assert!(stage.truth().is_empty(), "nothing was sent");
}

#[test]
fn whoever_leaves_while_an_answer_is_held_is_asked_and_the_next_start_tells_of_it() {
    let stage = Stage::with("", 1, "hold = \"60s\"\n");
    let home = stage.home();
    let mut pty = dashboard(home);
    wait_for_the_account(&mut pty);
    write_on(&mut pty, "write your answer here");
    pty.keys("So sorry about the chain, a new one goes out today.");
    pty.wait_for("goes out today.");
    pty.watch(Duration::from_millis(300));
    pty.keys("\x18");
    pty.watch(Duration::from_millis(300));
    pty.keys("s");
    pty.wait_until("it is held, or asked about", |shown| {
        shown.shows("goes out in") || shown.shows("yes, all the same")
    });
    if pty.text().contains("yes, all the same") {
        pty.keys("\x19");
        pty.wait_for("goes out in");
    }
    pty.keys("q");
    pty.wait_for("is held");
    pty.watch(Duration::from_millis(300));
    // Enter stays: nobody leaves by a key too many.
    pty.keys("\r");
    pty.wait_gone("If you leave now");
    pty.keys("q");
    pty.wait_for("If you leave now");
    pty.watch(Duration::from_millis(300));
    pty.keys("l");
    assert_eq!(pty.wait_end(), 0);
    assert!(stage.truth().is_empty(), "nothing is sent unattended");

    let mut pty = dashboard(home);
    pty.wait_for("1 reply waits since");
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(drafts(home).len(), 1, "it waits as a draft");
}
