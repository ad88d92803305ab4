//! What comes from the terminal, and what the runtime needs of one. Tests bring a [`Console`] of their own.

use std::future::Future;
use std::io;
use std::time::Instant;

use crossterm::event::KeyEvent;

use super::TerminalError;

/// Something that came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key.
    Key(KeyEvent),
    /// Pasted text, as it came: foreign; and how many characters it had, though only the beginning of a huge one is kept.
    Paste(String, usize),
    /// The window got or lost the focus. tmux may report one that nobody gave.
    Focus(bool),
    /// The terminal hung up. Nothing comes after it.
    Closed,
}

/// An event and when its bytes were read; the gaps tell a paste from typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// What.
    pub event: Event,
}

/// A terminal, as the runtime sees it.
pub trait Console: Send {
    /// Waits for the next event. May be dropped at any time without losing one. After [`Event::Closed`], and
    /// while the terminal is left, it never ends.
    fn next(&mut self) -> impl Future<Output = Heard> + Send;
    /// The next event, when there is one already.
    fn try_next(&mut self) -> Option<Heard>;
    /// Columns and rows. An error means that the terminal is gone.
    fn size(&self) -> io::Result<(u16, u16)>;
    /// Writes all of the bytes. An error means that the terminal is gone.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Stops reading and gives the terminal back as it was. Does nothing when it is left already.
    fn leave(&mut self);
    /// After another program had the terminal: its modes as they were when it was left, whatever that program did.
    fn tidy(&mut self) {}
    /// Takes the terminal again after [`Console::leave`]; what was typed meanwhile is thrown away.
    fn enter(&mut self) -> Result<(), TerminalError>;
    /// Whether there is a shell that could continue the program once it is stopped.
    fn can_stop(&self) -> bool;
    /// Stops the program and its process group, as Ctrl-Z does. May return before it took effect: wait for
    /// `SIGCONT`.
    fn stop(&mut self);
}
