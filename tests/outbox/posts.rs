//! Posts of our own, to the town over HTTP: from the screen, with their rehearsal, and from the command line.

use std::time::{Duration, Instant};

use crate::stage::Stage;
use crate::support::Pty;
use crate::support::home::Home;

const GIFT: &str =
    "How to true a wheel at home, in five steps with pictures. I bring the tea to the old mill on Saturday.";
const ASK: &str = "Order the new S2 now in our shop: buy it today!";
/// An empty sheet for a post.
const SHEET: &str = "write your post here";

/// Opens the sheet; on its very first start the program has to ask the town for the account first.
fn open_a_post(pty: &mut Pty) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        pty.keys("p");
        pty.wait_until("the sheet, or why not", |shown| shown.shows(SHEET) || shown.shows("goodword login"));
        if pty.text().contains(SHEET) {
            return;
        }
        assert!(Instant::now() < deadline, "the account is never known");
        pty.watch(Duration::from_millis(200));
    }
}

fn dashboard(home: &Home) -> Pty {
    let pty = Pty::spawn(home.screen(&[]), 120, 36);
    pty.wait_until("the dashboard", |shown| shown.shows("number 0") && shown.shows("collecting"));
    pty
}

/// Keys as quick as these are taken for a paste, and a key right behind one for a part of it.
fn pause(pty: &mut Pty) {
    pty.watch(Duration::from_millis(300));
}

/// The chord that sends, as a person presses it: one key after the other.
fn send(pty: &mut Pty) {
    pty.keys("\x18");
    pause(pty);
    pty.keys("s");
}

#[test]
fn a_post_is_rehearsed_held_taken_back_and_sent_from_the_screen() {
    let stage = Stage::with("", 1, "hold = \"5s\"\n");
    let mut pty = dashboard(stage.home());
    open_a_post(&mut pty);
    pty.wait_for("as @ferrisbikes · town");
    pty.keys(ASK);
    pty.wait_for("comes too early");
    pause(&mut pty);
    send(&mut pty);
    pty.wait_for("yes, all the same");
    pty.keys("\x1b");
    pty.wait_gone("yes, all the same");
    pause(&mut pty);
    // To the start of the line, and away with it.
    pty.keys("\x15");
    pty.wait_gone("Order the new S2");
    pause(&mut pty);
    pty.keys(GIFT);
    pty.wait_for("to the old mill on Saturday.");
    pause(&mut pty);
    send(&mut pty);
    pty.wait_until("the sheet goes", |shown| shown.shows("goes out in") || shown.shows("yes, all the same"));
    if pty.text().contains("yes, all the same") {
        pty.keys("\x19");
    }
    pty.wait_for("goes out in");
    pty.keys("U");
    pty.wait_for("as @ferrisbikes · town");
    assert!(stage.truth().is_empty(), "taken back in time");
    pause(&mut pty);
    send(&mut pty);
    pty.wait_until("the sheet goes again", |shown| shown.shows("goes out in") || shown.shows("yes, all the same"));
    if pty.text().contains("yes, all the same") {
        pty.keys("\x19");
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while stage.truth().is_empty() {
        assert!(Instant::now() < deadline, "it never goes out");
        pty.watch(Duration::from_millis(100));
    }
    pty.wait_for("it is out");
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert_eq!(stage.truth().get(GIFT), Some(&1), "once");
    let lines = stage.home().run(&["outbox", "--all", "--json"]).ends(0).lines();
    assert_eq!((lines.len(), lines[0]["state"].as_str()), (1, Some("sent")));
}

#[test]
fn a_draft_of_a_post_outlives_a_kill() {
    let stage = Stage::with("", 1, "");
    let home = stage.home();
    let mut pty = dashboard(home);
    open_a_post(&mut pty);
    pty.keys("half a thou");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !home.run(&["outbox", "--json"]).out.contains("half a thou") {
        assert!(Instant::now() < deadline, "it is never saved");
        pty.watch(Duration::from_millis(100));
    }
    pty.signal(rustix::process::Signal::KILL);
    pty.wait_exit();
    let mut pty = dashboard(home);
    pty.keys("p");
    pty.wait_for("half a thou");
    pause(&mut pty);
    pty.keys("ght");
    pty.wait_for("half a thought");
    pause(&mut pty);
    pty.keys("\x1b");
    pty.wait_for("the draft is kept: p brings it back");
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    assert!(stage.truth().is_empty());
}

#[test]
fn a_post_goes_out_from_the_command_line() {
    let stage = Stage::with("", 1, "");
    let home = stage.home();
    let sent = home.run(&["post", GIFT]).ends(0);
    assert!(sent.out.starts_with("sent: http://127.0.0.1:"), "{}", sent.everything());
    assert_eq!(stage.truth().get(GIFT), Some(&1));
    home.run(&["post", ASK]).ends(1).says(&["comes too early", "--yes", "kept as the draft 2"]);
    home.run(&["post", "--account", "elsewhere", "hello"]).ends(2).says(&["only \"square\""]);
    home.run(&["post", "Dear [NAME], we open at nine."]).ends(1).says(&["[NAME] is not filled in yet"]);
    home.run(&["post", " "]).ends(2);
    let long = format!("{GIFT} ").repeat(9);
    home.run(&["post", &long]).ends(1).says(&["too many", "--parts"]);
    home.run(&["post", "--account", "@FerrisBikes", "--yes", "--parts", "--unlisted", &long]).ends(0);
    let truth = stage.truth();
    assert_eq!(truth.len(), 3, "{truth:?}");
    assert!(truth.keys().any(|text| text.ends_with("2/2")), "{truth:?}");
    home.run_with(&["post", "--yes", "--json"], "We open at nine.\n").ends(0);
    // What we published is ours, and an act.
    home.run(&["collect", "--once"]).ends(0);
    let acts = home.run(&["ledger", "--acts", "--json"]).ends(0).lines();
    assert!(
        acts.iter().any(|line| line["text"].as_str().is_some_and(|text| text.contains("true a wheel"))),
        "{acts:?}"
    );
}
