//! Questions of `login` on a real terminal: what is secret is not shown, and nobody is left with a silent terminal.

use rustix::process::Signal;

use crate::support::Pty;
use crate::support::home::Home;

/// Whether the terminal shows what is typed.
fn echoes(pty: &Pty) -> bool {
    let modes = pty.modes();
    modes.split(|sign: char| !sign.is_ascii_alphanumeric()).any(|mode| mode == "ECHO")
}

fn asked(home: &Home) -> Pty {
    let pty = Pty::spawn(home.screen(&["login", "github", "http://127.0.0.1:9/"]), 100, 30);
    pty.wait_for("Token:");
    assert!(!echoes(&pty), "{}", pty.modes());
    pty
}

#[test]
fn who_interrupts_a_question_for_a_secret_gets_the_terminal_back() {
    let home = Home::listening(&[]);
    let mut pty = asked(&home);
    pty.keys("hunter2");
    pty.keys("\x03");
    assert_eq!(pty.wait_exit(), 130, "{}", pty.text());
    assert!(echoes(&pty), "{}", pty.modes());
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let pty = asked(&home);
        pty.signal(signal);
        assert_eq!(pty.wait_exit(), code, "{}", pty.text());
        assert!(echoes(&pty), "{}", pty.modes());
    }
    assert!(!home.data().join("accounts").exists());
}

#[test]
fn a_secret_is_not_shown_while_it_is_typed() {
    let home = Home::listening(&[]);
    let mut pty = asked(&home);
    pty.keys("hunter2\r");
    assert_eq!(pty.wait_end(), 1, "nobody answers there");
    assert!(!pty.text().contains("hunter2") && echoes(&pty), "{}", pty.text());
}
