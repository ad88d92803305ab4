//! While it lives: what it writes, what it survives.

use std::time::Duration;

use rustix::process::Signal;

use crate::program::{NEWEST, command, start};
use crate::support::{Pty, cpu_time, switches};

const CLEAR: &[u8] = b"\x1b[2J";

#[test]
fn the_same_size_again_paints_everything_anew() {
    let mut pty = start("nothing");
    let before = pty.look(|shown| shown.count(CLEAR));
    let from = pty.written();
    pty.signal(Signal::WINCH);
    pty.wait_until("a repaint", |shown| {
        shown.count(CLEAR) == before + 1 && String::from_utf8_lossy(&shown.raw[from..]).contains(NEWEST)
    });
    assert_eq!(pty.look(|shown| shown.count(b"\x1b[6n")), 0, "asks for the cursor");
    pty.keys("\x0c");
    pty.wait_until("a repaint by key", |shown| shown.count(CLEAR) == before + 2);
}

#[test]
fn a_window_that_is_dragged_is_drawn_a_few_times_and_ends_up_right() {
    let pty = start("nothing");
    let before = pty.look(|shown| shown.count(CLEAR));
    for step in 0..40 {
        pty.resize(60 + step, 20);
    }
    pty.resize(160, 40);
    pty.wait_until("the last size", |shown| {
        shown.count(CLEAR) > before && shown.text().lines().any(|line| line.chars().count() >= 150)
    });
    let painted = pty.look(|shown| shown.count(CLEAR)) - before;
    assert!(painted <= 5, "{painted} repaints for one drag");
}

/// Bytes, context switches and CPU time of a screen of 200×50 that nothing happens to.
fn rest(time: Duration) -> (Vec<u8>, u64, Duration) {
    let pty = Pty::spawn(command("nothing"), 200, 50);
    pty.wait_for(NEWEST);
    // What follows the first frame: answers that were under way.
    pty.watch(Duration::from_secs(1));
    let (cpu, switched) = (cpu_time(pty.pid()), switches(pty.pid()));
    assert!(switched > 0, "nobody starts without a switch");
    let written = pty.watch(time);
    let (cpu, switched) = (cpu_time(pty.pid()) - cpu, switches(pty.pid()) - switched);
    println!("idle for {time:?} at 200x50: {} bytes, {switched} context switches, {cpu:?} CPU", written.len());
    (written, switched, cpu)
}

#[test]
fn nothing_is_written_and_little_is_done_while_nothing_changes() {
    let (written, switched, cpu) = rest(Duration::from_secs(10));
    // At most one minute begins in ten seconds.
    assert!(written.len() <= 200, "{} bytes: {:?}", written.len(), String::from_utf8_lossy(&written));
    assert!(switched <= 50, "{switched} context switches in ten seconds");
    assert!(cpu <= Duration::from_millis(100), "{cpu:?} of CPU in ten seconds");
}

#[test]
#[ignore = "takes two minutes"]
fn two_minutes_of_rest_cost_two_clocks() {
    let (written, switched, _) = rest(Duration::from_secs(120));
    assert!(written.len() <= 400, "{} bytes: {:?}", written.len(), String::from_utf8_lossy(&written));
    assert!(written.windows(8).any(|window| window == b"\x1b[?2026h"), "the clock did not move");
    assert!(switched <= 600, "{switched} context switches in two minutes");
}

#[test]
fn a_key_is_echoed_while_five_hundred_mentions_a_second_arrive() {
    let mut pty = Pty::spawn(command("flood"), 100, 30);
    pty.wait_for("one of very many");
    let mut echoes: Vec<Duration> = Vec::new();
    for _ in 0..20 {
        pty.keys(":");
        echoes.push(pty.wait_for(" Do "));
        pty.keys("\x07");
        pty.wait_gone(" Do ");
        // A hand's pace: the next key does not meet the frame of this one.
        pty.watch(Duration::from_millis(50));
    }
    echoes.sort();
    let from = pty.written();
    pty.watch(Duration::from_secs(2));
    let bytes = pty.written() - from;
    println!(
        "echo under flood: median {:?}, worst {:?}; {} bytes a second",
        echoes[echoes.len() / 2],
        echoes.last().unwrap(),
        bytes / 2
    );
    assert!(echoes[echoes.len() / 2] < Duration::from_millis(100), "{echoes:?}");
    let frames = pty.look(|shown| shown.raw[from..].windows(8).filter(|window| window == b"\x1b[?2026h").count());
    assert!(frames <= 30, "{frames} frames in two seconds that no key asked for");
    pty.keys("\x03");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_paste_never_submits() {
    let mut pty = start("nothing");
    pty.keys("/");
    pty.watch(Duration::from_millis(200));
    pty.keys("chain\rsnapped\r");
    pty.wait_for("chain snapped ");
    pty.keys("\x1b[200~two\rlines\r\x1b[201~!");
    pty.wait_until("the prompt with all of it", |shown| {
        shown.text().lines().any(|line| ["chain snapped", "two", "lines", "!"].iter().all(|part| line.contains(part)))
    });
}

#[test]
fn the_clipboard_is_reached_through_the_terminal() {
    let mut pty = start("nothing");
    pty.keys("\r");
    pty.wait_for("social.example");
    pty.keys("y");
    pty.wait_for("sent to the terminal");
    let link = "aHR0cHM6Ly9zb2NpYWwuZXhhbXBsZS9AYW5hLzE="; // the link in base64
    assert_eq!(pty.look(|shown| shown.count(format!("\x1b]52;c;{link}").as_bytes())), 1);
}

#[test]
fn inside_tmux_the_clipboard_is_reached_both_ways() {
    let mut inside = command("nothing");
    inside.env("TMUX", "/tmp/tmux-1000/default,1,0");
    let mut pty = Pty::spawn(inside, 100, 30);
    pty.wait_for(NEWEST);
    pty.keys("\r");
    pty.wait_for("social.example");
    pty.keys("y");
    pty.wait_for("sent to the terminal");
    pty.look(|shown| {
        assert_eq!(shown.count(b"\x1bPtmux;\x1b\x1b]52;c;"), 1);
        assert_eq!(shown.count(b"]52;c;"), 2);
    });
}

#[test]
fn every_frame_is_synchronized() {
    let mut pty = start("nothing");
    pty.keys("?");
    // The last frame may be on its way.
    pty.wait_until("whole frames", |shown| {
        let (begun, ended) = (shown.count(b"\x1b[?2026h"), shown.count(b"\x1b[?2026l"));
        begun > 1 && begun == ended
    });
}
