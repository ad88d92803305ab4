//! What the system tells the program, in the words of the runtime.

use std::time::Duration;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::mpsc;

use super::guard;

/// How long the program may take to end once it was told to, before it is ended.
pub const BACKSTOP: Duration = Duration::from_secs(2);

/// Why the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A person asked for it with a key.
    Asked,
    /// `SIGINT`.
    Interrupted,
    /// `SIGTERM` or `SIGQUIT`.
    Terminated,
    /// The terminal is gone, with `SIGHUP` or without.
    HungUp,
}

impl Why {
    /// The exit code that shells expect: 0, or 128 and the signal's number.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::Asked => 0,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::HungUp => 129,
        }
    }
}

/// Something that the system told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End.
    End(Why),
    /// The window changed its size, or somebody attached to it.
    Resized,
    /// To the shell (`SIGTSTP` from outside; Ctrl-Z comes as a key).
    Suspend,
    /// Somebody continued the program, which may have been stopped without being asked.
    Continued,
    /// Read the configuration anew (`SIGUSR1`).
    Reload,
}

/// The streams of all signals that are listened to.
#[derive(Debug)]
pub struct Signals {
    interrupt: Stream,
    terminate: Stream,
    quit: Stream,
    hang_up: Stream,
    window: Stream,
    stop: Stream,
    continued: Stream,
    reload: Stream,
}

impl Signals {
    /// Starts listening. From now on none of these signals ends the program by itself.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            hang_up: signal(SignalKind::hangup())?,
            window: signal(SignalKind::window_change())?,
            stop: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            continued: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
            reload: signal(SignalKind::user_defined1())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.hang_up.recv() => Signal::End(Why::HungUp),
            _ = self.terminate.recv() => Signal::End(Why::Terminated),
            _ = self.quit.recv() => Signal::End(Why::Terminated),
            _ = self.interrupt.recv() => Signal::End(Why::Interrupted),
            _ = self.continued.recv() => Signal::Continued,
            _ = self.stop.recv() => Signal::Suspend,
            _ = self.window.recv() => Signal::Resized,
            _ = self.reload.recv() => Signal::Reload,
        }
    }

    /// Passes everything on, in a task of its own: a loop that is stuck in writing to a terminal that takes no
    /// bytes could not listen. With the first signal to end, the backstop starts.
    pub async fn forward(mut self, to: mpsc::Sender<Signal>) {
        let mut ending = false;
        loop {
            let told = self.next().await;
            if let Signal::End(why) = told
                && !std::mem::replace(&mut ending, true)
            {
                backstop(BACKSTOP, why.exit_code());
            }
            // A full queue holds enough of everything; only the end must not be lost.
            if to.try_send(told).is_err() && ending && to.send(told).await.is_err() {
                return;
            }
        }
    }
}

/// Ends the program after so long with this exit code, whatever it does then: restores the terminal first.
pub fn backstop(limit: Duration, code: i32) {
    // A thread of the system, not a task: the tasks may be what hangs.
    let started = std::thread::Builder::new().name("backstop".to_owned()).spawn(move || {
        std::thread::sleep(limit);
        guard::restore();
        tracing::error!("did not end within {limit:?} of being told to; ended by force");
        std::process::exit(code);
    });
    if started.is_err() {
        guard::restore();
        std::process::exit(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_that_shells_expect() {
        let codes = [Why::Asked, Why::Interrupted, Why::Terminated, Why::HungUp].map(Why::exit_code);
        assert_eq!(codes, [0, 130, 143, 129]);
    }
}
