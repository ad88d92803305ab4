//! The real terminal: standard input and output, read by a thread that sleeps in `poll` and never spins.

use std::io::{self, PipeReader, PipeWriter};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use rustix::stdio::{stdin, stdout};
use rustix::termios::tcgetwinsize;
use tokio::sync::mpsc;

use super::decode::Decoder;
use super::events::{Console, Event, Heard};
use super::guard::{self, Guard};
use super::{Modes, TerminalError};

/// How long an unfinished sequence is waited for, before an Esc is the key. Slow links split sequences.
const UNFINISHED: Duration = Duration::from_millis(50);
/// Most events that wait for the runtime; then the reader waits, and after it the terminal.
const QUEUE: usize = 1_024;

/// The terminal that the program was started in.
#[derive(Debug)]
pub struct Tty {
    modes: Modes,
    // The keyboard goes first when this is dropped: nothing must be read from a terminal that is not ours.
    keyboard: Option<Keyboard>,
    guard: Option<Guard>,
    closed: bool,
    was_here: bool,
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none, or it cannot be taken.
    pub fn open(modes: Modes) -> Result<Self, TerminalError> {
        let mut tty = Self { modes, keyboard: None, guard: None, closed: false, was_here: false };
        tty.enter()?;
        Ok(tty)
    }
}

impl Console for Tty {
    async fn next(&mut self) -> Heard {
        loop {
            let Some(keyboard) = self.keyboard.as_mut().filter(|_| !self.closed) else {
                std::future::pending::<()>().await;
                continue;
            };
            let heard = keyboard.heard.recv().await;
            self.closed = heard.as_ref().is_none_or(|heard| heard.event == Event::Closed);
            return heard.unwrap_or_else(|| Heard { at: Instant::now(), event: Event::Closed });
        }
    }

    fn try_next(&mut self) -> Option<Heard> {
        let heard = self.keyboard.as_mut()?.heard.try_recv().ok()?;
        self.closed |= heard.event == Event::Closed;
        Some(heard)
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        let size = tcgetwinsize(stdout())?;
        // A terminal that does not know its size (a serial line) says 0.
        let or = |told: u16, usual: u16| if told == 0 { usual } else { told };
        Ok((or(size.ws_col, 80), or(size.ws_row, 24)))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        guard::write(bytes)
    }

    fn leave(&mut self) {
        self.keyboard = None;
        self.guard = None;
    }

    fn tidy(&mut self) {
        guard::tidy();
    }

    fn enter(&mut self) -> Result<(), TerminalError> {
        if self.guard.is_none() {
            self.guard = Some(guard::enter(self.modes)?);
            // What was typed for the shell is not for us; what was typed ahead at the very start is.
            if std::mem::replace(&mut self.was_here, true) {
                guard::flush_input();
            }
        }
        if self.keyboard.is_none() {
            let keyboard = Keyboard::start();
            self.keyboard = Some(keyboard.map_err(|error| TerminalError::Refused { what: "be read", error })?);
        }
        Ok(())
    }

    fn can_stop(&self) -> bool {
        // A shell with job control puts every job into a group of its own. Without one (tmux started us
        // directly) nobody could ever continue us.
        getsid(None).is_ok_and(|session| session != getpgrp())
    }

    fn stop(&mut self) {
        // SIGSTOP is what the default action of SIGTSTP would be; that one is caught by us. The whole group, as
        // the terminal itself would do: a script around us must stop too, or its shell would wait for ever.
        if let Err(error) = kill_current_process_group(Signal::STOP) {
            tracing::warn!("cannot be stopped: {error}");
        }
    }
}

/// The thread that reads standard input.
#[derive(Debug)]
struct Keyboard {
    heard: mpsc::Receiver<Heard>,
    /// Closing it wakes the thread up, which then ends.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Keyboard {
    fn start() -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let (tell, heard) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new().name("keyboard".to_owned()).spawn(move || read(&stopped, &tell))?;
        Ok(Self { heard, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.heard.close();
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads until it is stopped or the terminal hangs up: an end of input, any error, or a hang-up is the end.
fn read(stopped: &PipeReader, tell: &mpsc::Sender<Heard>) {
    let mut decoder = Decoder::default();
    let mut bytes = [0_u8; 4_096];
    let unfinished = Timespec::try_from(UNFINISHED).ok();
    let mut found = Vec::new();
    loop {
        let limit = if decoder.is_unfinished() { unfinished.as_ref() } else { None };
        match wait(stopped, limit) {
            Wait::Stopped => return,
            Wait::Silence => decoder.silence(&mut found),
            Wait::Bytes => match rustix::io::read(stdin(), &mut bytes) {
                Ok(0) => found.push(Event::Closed),
                Ok(read) => decoder.feed(bytes.get(..read).unwrap_or_default(), &mut found),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => found.push(Event::Closed),
            },
            Wait::Gone => found.push(Event::Closed),
        }
        let at = Instant::now();
        for event in found.drain(..) {
            let last = event == Event::Closed;
            if tell.blocking_send(Heard { at, event }).is_err() || last {
                return;
            }
        }
    }
}

enum Wait {
    Bytes,
    Silence,
    Stopped,
    Gone,
}

fn wait(stopped: &PipeReader, limit: Option<&Timespec>) -> Wait {
    let input = stdin();
    let mut sources = [PollFd::new(&input, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
    match poll(&mut sources, limit) {
        Ok(0) => return Wait::Silence,
        Ok(_) => {}
        Err(Errno::INTR) => return wait(stopped, limit),
        Err(_) => return Wait::Gone,
    }
    let [terminal, stop] = sources.map(|source| source.revents());
    if !stop.is_empty() {
        Wait::Stopped
    } else if terminal.contains(PollFlags::IN) {
        Wait::Bytes
    } else {
        Wait::Gone
    }
}
