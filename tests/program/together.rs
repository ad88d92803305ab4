//! Several processes on one data directory.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::Pty;
use crate::support::home::Home;
use crate::support::newsstand::Newsstand;

fn screen(home: &Home) -> Pty {
    Pty::spawn(home.screen(&[]), 120, 36)
}

/// Asks the sources now, until the screen shows this: a source that was asked just now is left alone for a moment.
fn refresh_until(pty: &mut Pty, words: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    while !pty.look(|shown| shown.shows(words)) {
        assert!(Instant::now() < until, "{words:?} never came:\n{}", pty.text());
        pty.keys("R");
        pty.watch(Duration::from_millis(200));
    }
}

#[test]
fn the_second_follows_and_takes_over_when_the_first_is_killed() {
    let stand = Newsstand::open();
    let pages = stand.feed("/feed.xml");
    pages.publish("p1", "The Ferris chain snapped one");
    let home = Home::listening(&[("news", stand.url("/feed.xml"))]);

    let mut first = screen(&home);
    first.wait_until("the first mention", |shown| shown.shows("chain snapped one") && shown.shows("collecting"));
    let mut second = screen(&home);
    second.wait_until("the first mention", |shown| shown.shows("chain snapped one") && shown.shows("following"));

    pages.publish("p2", "The Ferris saddle is broken two");
    refresh_until(&mut first, "saddle is broken two");
    let shown = Instant::now();
    second.wait_for("saddle is broken two");
    let lag = shown.elapsed();
    println!("the follower shows a mention {lag:?} after the holder");
    assert!(lag < Duration::from_secs(5), "{lag:?}");
    assert!(first.look(|shown| shown.shows("collecting")) && second.look(|shown| shown.shows("following")));

    first.signal(Signal::KILL);
    first.wait_exit();
    let took = second.wait_for("collecting");
    println!("the follower collects {took:?} after the holder was killed");
    assert!(took < Duration::from_secs(10), "{took:?}");
    pages.publish("p3", "The Ferris bell is lovely three");
    refresh_until(&mut second, "bell is lovely three");

    let mut third = screen(&home);
    third.wait_for("following");
    second.keys("q");
    assert_eq!(second.wait_end(), 0);
    second.assert_restored();
    third.wait_for("collecting");
    third.keys("q");
    assert_eq!(third.wait_end(), 0);
    let texts = ["The Ferris bell is lovely three", "The Ferris chain snapped one", "The Ferris saddle is broken two"];
    assert_eq!(home.texts(), texts);
}

#[test]
fn commands_work_beside_a_dashboard() {
    let stand = Newsstand::open();
    stand.feed("/feed.xml").publish("p1", "The Ferris chain snapped");
    let home = Home::listening(&[("news", stand.url("/feed.xml"))]);
    let mut pty = screen(&home);
    pty.wait_for("chain snapped");
    assert_eq!(home.texts(), ["The Ferris chain snapped"]);
    home.run(&["search", "chain"]).ends(0).says(&["chain snapped"]);
    home.run_with(&["import", "-"], "{\"text\": \"An old Ferris story\", \"author\": \"lou\"}\n").ends(0);
    pty.wait_for("2 unread");
    home.run(&["backup", &home.text("copy.db")]).ends(0);
    // The data of a running program is not taken away from below it.
    home.run(&["restore", &home.text("copy.db"), "--force"]).ends(1).says(&["goodword"]);
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
    home.run(&["restore", &home.text("copy.db"), "--force"]).ends(0);
    assert_eq!(home.texts(), ["An old Ferris story", "The Ferris chain snapped"]);
}
