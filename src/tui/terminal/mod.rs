//! Owns the terminal: its modes, its keys, its signals, and the bytes that go to it.
//!
//! - [`guard`]: modes on and, whatever happens, off again;
//! - [`screen`] and [`frame`]: what a frame is and when it is drawn, both pure;
//! - [`decode`] and [`events`]: bytes become keys;
//! - [`signals`]: what the system tells, and the backstop that ends a program that does not end;
//! - [`clipboard`] and [`browser`]: the ways out.
//!
//! Only this room writes to the terminal, and only the runtime imports it. It uses rustix for what ratatui and
//! crossterm do not offer without asking the terminal questions.

pub mod browser;
pub mod clipboard;
pub mod decode;
pub mod events;
pub mod frame;
pub mod guard;
pub mod panic;
pub mod screen;
pub mod signals;
mod tty;

pub use browser::{Browser, Surroundings};
pub use events::{Console, Event, Heard};
pub use frame::{FramePolicy, Urgency};
pub use screen::Screen;
pub use signals::{Signal, Why};
pub use tty::Tty;

/// What the terminal is asked to do beyond drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// Wrap frames in mode 2026, so that a terminal never shows half of one. Harmless where it is unknown.
    pub synchronized: bool,
    /// Tell the window's title.
    pub title: bool,
}

impl Default for Modes {
    fn default() -> Self {
        Self { synchronized: true, title: false }
    }
}

/// What can go wrong with the terminal, told to a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// Standard input or output is a file, a pipe or nothing.
    #[error(
        "the dashboard needs a terminal, and {0} is none: start goodword in a terminal without redirecting it, \
         or use `goodword collect` to collect without a screen"
    )]
    NoTerminal(&'static str),
    /// `TERM=dumb`.
    #[error("this terminal cannot be drawn on (TERM=dumb): use another one, or `goodword collect`")]
    Dumb,
    /// A dashboard is on the screen already.
    #[error("the screen is in use by this program already")]
    InUse,
    /// The system refused.
    #[error("the terminal refused to {what}: {error}")]
    Refused {
        /// What was asked of it.
        what: &'static str,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Whether an error of writing or measuring means that the terminal itself is gone.
pub fn is_gone(error: &std::io::Error) -> bool {
    use rustix::io::Errno;
    let gone = [Errno::IO, Errno::NXIO, Errno::NOTTY, Errno::BADF, Errno::PIPE, Errno::NODEV];
    error.raw_os_error().is_some_and(|code| gone.iter().any(|errno| errno.raw_os_error() == code))
}
