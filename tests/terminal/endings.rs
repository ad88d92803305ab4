//! However it ends, the terminal is as it was.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::program::{NEWEST, command, line, start};
use crate::support::{Pty, program};

#[test]
fn a_key_ends_it() {
    for key in ["q", "\x03"] {
        let mut pty = start("nothing");
        pty.assert_taken();
        pty.keys(key);
        pty.wait_for("ended: Asked");
        pty.assert_restored();
        assert_eq!(pty.wait_end(), 0);
    }
}

#[test]
fn a_signal_ends_it_soon() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 143)] {
        let pty = start("nothing");
        pty.assert_taken();
        let sent = Instant::now();
        pty.signal(signal);
        pty.wait_for("ended: ");
        pty.assert_restored();
        assert_eq!(pty.wait_end(), code, "{signal:?}");
        assert!(sent.elapsed() < Duration::from_secs(5), "{signal:?} took {:?}", sent.elapsed());
    }
}

#[test]
fn a_program_that_is_stuck_is_ended_by_force_and_the_terminal_given_back() {
    let mut pty = start("stuck");
    pty.keys("R");
    pty.watch(Duration::from_millis(300));
    let sent = Instant::now();
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_end(), 143);
    assert!((Duration::from_secs(1)..Duration::from_secs(6)).contains(&sent.elapsed()), "{:?}", sent.elapsed());
    pty.assert_restored();
}

/// Ctrl-S, or a link that is stuck: the screen hangs in writing and hears no signal itself.
#[test]
fn a_terminal_that_takes_no_bytes_cannot_keep_it_from_ending() {
    let pty = start("nothing");
    let code = pty.while_stalled(|pty| {
        // Repaints until the terminal's buffer is full.
        for step in 0..60 {
            pty.signal(Signal::WINCH);
            std::thread::park_timeout(Duration::from_millis(if step < 59 { 70 } else { 300 }));
        }
        let sent = Instant::now();
        pty.signal(Signal::TERM);
        let code = pty.wait_exit();
        let took = sent.elapsed();
        // Less would mean that the screen was not stuck, and nothing was tried.
        assert!((Duration::from_secs(1)..Duration::from_secs(6)).contains(&took), "{took:?}");
        code
    });
    assert_eq!(code, 143);
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_before_it_speaks() {
    let mut pty = start("panic-of-the-screen");
    pty.keys("R");
    pty.wait_for("the town fell down");
    pty.assert_restored();
    let before = pty.look(|shown| {
        let at = |bytes: &[u8]| shown.raw.windows(bytes.len()).position(|window| window == bytes);
        at(b"\x1b[?1049l").unwrap() < at(b"the town fell down").unwrap()
    });
    assert!(before, "the message was lost on the alternate screen");
    assert_eq!(pty.look(|shown| shown.count(b"\x1b[?1049l")), 1, "restored more than once");
    assert_eq!(pty.wait_end(), 101);
}

#[test]
fn a_panic_that_quotes_a_secret_is_told_without_it() {
    let mut pty = start("panic-with-a-secret");
    pty.keys("R");
    pty.wait_for("the town fell");
    pty.assert_restored();
    assert_eq!(pty.wait_end(), 101);
    pty.look(|shown| assert_eq!(shown.count(b"hunter2"), 0, "the secret is told"));
}

#[test]
fn a_panic_of_a_task_is_told_and_the_screen_stays_whole() {
    let mut pty = start("panic-of-a-task");
    pty.keys("R");
    pty.wait_for("something went wrong");
    pty.assert_taken();
    pty.look(|shown| {
        assert_eq!(shown.count(b"the shelf fell down"), 0, "the message tore the screen");
        assert!(shown.shows(NEWEST));
    });
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
}

#[test]
fn a_line_on_standard_error_does_not_reach_the_screen() {
    let mut pty = start("stray");
    pty.keys("R?");
    pty.wait_gone(NEWEST);
    assert_eq!(pty.look(|shown| shown.count(b"a stray line")), 0);
    pty.keys("\x03");
    pty.wait_end();
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "program::screen", "--ignored", "--nocapture", "--test-threads=1"])
        .env("GOODWORD_TEST_SCRIPT", "nothing")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert_eq!(child.status.code(), Some(1), "{said}");
    assert!(said.contains("needs a terminal") && said.contains("goodword collect"), "{said}");
    assert!(!said.contains('\x1b'), "{said:?}");
}

#[test]
fn a_dumb_terminal_is_refused() {
    let mut command = command("nothing");
    command.env("TERM", "dumb");
    let pty = Pty::spawn(command, 80, 24);
    pty.wait_for("TERM=dumb");
    assert_eq!(pty.wait_end(), 1);
    assert_eq!(pty.look(|shown| shown.count(b"\x1b[?1049h")), 0);
}

#[test]
fn a_terminal_that_hangs_up_ends_it() {
    let mut pty = start("nothing");
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
}

/// The shell is told of the hang-up and ignores it; the program, which is not the terminal's first process, is told
/// nothing at all.
#[test]
fn a_hang_up_without_a_signal_ends_it_too_and_burns_no_core() {
    let directory = tempfile::tempdir().unwrap();
    let told = directory.path().join("told");
    let mut shell = program("/bin/sh");
    shell.arg("-c");
    shell.arg(format!("trap '' HUP; {}; echo $? > '{}'", line("nothing"), told.display()));
    let mut pty = Pty::spawn(shell, 100, 30);
    pty.wait_for(NEWEST);
    let hung_up = Instant::now();
    pty.hang_up();
    pty.wait_exit();
    assert!(hung_up.elapsed() < Duration::from_secs(10), "{:?}", hung_up.elapsed());
    assert_eq!(std::fs::read_to_string(told).unwrap().trim(), "129");
}

fn shell() -> Pty {
    let mut shell = program("/bin/bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "shell> ");
    let mut pty = Pty::spawn(shell, 100, 30);
    pty.wait_for("shell>");
    pty.keys(&format!("{}\r", line("nothing")));
    pty.wait_for(NEWEST);
    pty
}

fn child_of(pty: &Pty) -> rustix::process::Pid {
    let shell = pty.pid().as_raw_nonzero();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    rustix::process::Pid::from_raw(children.trim().parse().unwrap()).unwrap()
}

#[test]
fn to_the_shell_and_back() {
    for by_signal in [false, true] {
        let mut pty = shell();
        if by_signal {
            rustix::process::kill_process(child_of(&pty), Signal::TSTP).unwrap();
        } else {
            pty.keys("\x1a");
        }
        pty.wait_until("the shell", |shown| !shown.is_alternate() && shown.shows("Stopped"));
        pty.look(|shown| assert!(!shown.hides_cursor(), "no cursor in the shell"));
        let from = pty.written();
        pty.keys("echo in the $((40 + 2)) shell\r");
        pty.wait_for("in the 42 shell");
        pty.keys("fg\r");
        pty.wait_until("the screen again", |shown| shown.is_alternate() && shown.shows(NEWEST));
        pty.assert_taken();
        let again = pty.look(|shown| String::from_utf8_lossy(&shown.raw[from..]).into_owned());
        assert!(again.contains("\x1b[2J") && again.contains(NEWEST), "not painted anew");
        assert!(!again.contains("\x1b[6n"), "asks for the cursor");
        pty.keys("?");
        pty.wait_gone(NEWEST);
        pty.keys("\x03");
        pty.wait_for("ended: Asked");
        pty.wait_until("the shell", |shown| !shown.is_alternate());
    }
}

#[test]
fn stopped_and_continued_without_being_asked_it_paints_everything_anew() {
    let mut pty = start("nothing");
    let from = pty.written();
    pty.signal(Signal::STOP);
    pty.signal(Signal::CONT);
    pty.wait_until("a new start", |shown| {
        let again = String::from_utf8_lossy(&shown.raw[from..]).into_owned();
        again.contains("\x1b[?1049h") && again.contains(NEWEST)
    });
    pty.assert_taken();
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
}

#[test]
fn without_a_shell_nothing_is_stopped() {
    let mut pty = start("nothing");
    pty.keys("\x1a");
    pty.wait_for("no shell");
    pty.assert_taken();
    pty.keys("q");
    assert_eq!(pty.wait_end(), 0);
}
