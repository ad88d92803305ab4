//! The terminal's modes, on and off again. There is one way back, [`restore`]: the guard's drop, the panic
//! hook, signals and the backstop all take it, and only the first to come does anything.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcsetattr};

use super::{Modes, TerminalError};

/// Alternate screen, blank; bracketed paste; focus reports; no automatic line wrap (a sign that is wider than
/// thought must not push the rows below); no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[?2004h\x1b[?1004h\x1b[?7l\x1b[?25l";
/// The opposite, a frame that was cut off included.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";
/// Keeps the window's title on the terminal's stack, and brings it back.
const SAVE_TITLE: &[u8] = b"\x1b[22;2t";
const BRING_TITLE_BACK: &[u8] = b"\x1b[23;2t";
/// How long restoring waits for a terminal that takes no bytes (Ctrl-S, a stalled link).
const PATIENCE: Duration = Duration::from_millis(300);

static ACTIVE: AtomicBool = AtomicBool::new(false);
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);
/// The modes with which the terminal was last given back.
static LEFT: Mutex<Option<Termios>> = Mutex::new(None);

struct Saved {
    modes: Termios,
    title: bool,
    stderr: Option<OwnedFd>,
}

/// The terminal is ours until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether the terminal is ours.
pub fn is_active() -> bool {
    ACTIVE.load(Ordering::SeqCst)
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, no cursor. Standard error goes
/// nowhere meanwhile when it is a terminal: a line there would tear the screen.
///
/// # Errors
/// When standard input or output is no terminal, when it cannot be drawn on, or when it is taken already.
pub fn enter(modes: Modes) -> Result<Guard, TerminalError> {
    if !isatty(stdin()) {
        return Err(TerminalError::NoTerminal("standard input"));
    }
    if !isatty(stdout()) {
        return Err(TerminalError::NoTerminal("standard output"));
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return Err(TerminalError::Dumb);
    }
    let refused = |what| move |error: Errno| TerminalError::Refused { what, error: error.into() };
    let before = tcgetattr(stdin()).map_err(refused("tell its modes"))?;
    if ACTIVE.swap(true, Ordering::SeqCst) {
        return Err(TerminalError::InUse);
    }
    // From here on the guard undoes whatever was done.
    let guard = Guard(());
    *SAVED.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(Saved { modes: before.clone(), title: modes.title, stderr: None });
    let mut raw = before;
    raw.make_raw();
    tcsetattr(stdin(), OptionalActions::Now, &raw).map_err(refused("be taken"))?;
    if modes.title {
        send(SAVE_TITLE, None).map_err(|error| TerminalError::Refused { what: "be drawn on", error })?;
    }
    send(ENTER, None).map_err(|error| TerminalError::Refused { what: "be drawn on", error })?;
    let muffled = muffle_stderr();
    if let Some(saved) = SAVED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        saved.stderr = muffled;
    }
    // Without this, NO_COLOR makes crossterm drop colours but send resets that wipe bold and reverse; the theme
    // alone decides about colours.
    crossterm::style::force_color_output(true);
    Ok(guard)
}

/// Gives the terminal back as it was. Safe to call at any time, from any thread, any number of times; waits at
/// most a third of a second for a terminal that takes no bytes.
pub fn restore() {
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return;
    }
    let saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner).take();
    // Nothing can be done about errors here: a terminal that is gone needs no modes.
    let _ = send(LEAVE, Some(PATIENCE));
    let Some(saved) = saved else { return };
    if saved.title {
        let _ = send(BRING_TITLE_BACK, Some(PATIENCE));
    }
    let _ = tcsetattr(stdin(), OptionalActions::Now, &saved.modes);
    *LEFT.lock().unwrap_or_else(PoisonError::into_inner) = Some(saved.modes);
    if let Some(stderr) = saved.stderr {
        let _ = rustix::stdio::dup2_stderr(stderr);
    }
}

/// The terminal as it was when it was last given back, after a program that may have died and left it otherwise:
/// modes, screen, cursor. Does nothing while the terminal is ours.
pub(super) fn tidy() {
    if is_active() {
        return;
    }
    let left = LEFT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(modes) = left else { return };
    let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    let _ = send(LEAVE, Some(PATIENCE));
}

/// Throws away what was typed and not read.
pub(super) fn flush_input() {
    let _ = tcflush(stdin(), QueueSelector::IFlush);
}

/// Writes a piece of a frame, unless the terminal was given back meanwhile (a signal's backstop, a panic).
pub(super) fn write(bytes: &[u8]) -> io::Result<()> {
    if is_active() { send(bytes, None) } else { Ok(()) }
}

/// Writes all bytes to standard output, past Rust's buffer, which could write them again later. With patience,
/// waits at most so long for each piece.
fn send(mut bytes: &[u8], patience: Option<Duration>) -> io::Result<()> {
    let limit = patience.and_then(|patience| Timespec::try_from(patience).ok());
    while !bytes.is_empty() {
        if limit.is_some() && !is_writable(limit.as_ref())? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match rustix::io::write(stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Another program may have made the terminal non-blocking for everybody.
            Err(Errno::AGAIN) => {
                is_writable(None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_writable(limit: Option<&Timespec>) -> io::Result<bool> {
    let output = stdout();
    let mut wanted = [PollFd::new(&output, PollFlags::OUT)];
    match poll(&mut wanted, limit) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Sends standard error nowhere, when it is a terminal; gives what it was.
fn muffle_stderr() -> Option<OwnedFd> {
    if !isatty(stderr()) {
        return None;
    }
    let nowhere = OpenOptions::new().write(true).open("/dev/null").ok()?;
    let before = rustix::io::fcntl_dupfd_cloexec(stderr(), 3).ok()?;
    rustix::stdio::dup2_stderr(nowhere).ok()?;
    Some(before)
}
