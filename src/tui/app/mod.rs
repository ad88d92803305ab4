//! The pure core of the screen: a model, messages that change it, and commands that it asks for.
//! No clock, no I/O, no terminal: the runtime brings messages and carries out commands.

pub mod action;
pub mod asks;
pub mod cmd;
pub mod context;
pub mod cursor;
pub mod detail;
pub mod dossier;
pub mod figures;
pub mod first;
pub mod keys;
pub mod layout;
pub mod lists;
pub mod marks;
pub mod msg;
pub mod overlay;
pub mod page;
pub mod prompt;
#[cfg(test)]
pub(crate) mod samples;
pub mod setup;
pub mod status;
pub mod stream;
pub mod text;
pub mod trends;
pub mod trial;
pub mod when;
pub mod window;

pub use action::Action;
pub use cmd::Cmd;
pub use keys::KeyNames;
pub use msg::Msg;
pub use setup::{Emoji, Occasion, Reconfigured, Setup};

use crate::domain::Timestamp;

/// What the key resolver must know: whether keys are actions or letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputMode {
    /// Keys are actions; digits are counts.
    Normal,
    /// Something lies on top that scrolls; keys are actions still.
    Overlay,
    /// A person types: every key is a [`msg::Typing`], pasted text included. Only `leave`, `suspend` and
    /// `redraw` stay actions.
    Prompt,
}

/// What a message changed.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Update {
    /// Something visible changed: draw.
    pub dirty: bool,
    /// What the model asks for.
    pub cmds: Vec<Cmd>,
}

/// The whole screen as data.
#[derive(Debug)]
pub struct Model {
    now: Timestamp,
    size: (u16, u16),
}

impl Model {
    /// The model of an empty screen, and what it asks for first.
    pub fn new(setup: Setup) -> (Self, Vec<Cmd>) {
        (Self { now: setup.now, size: setup.size }, Vec::new())
    }

    /// Takes a message in.
    pub fn update(&mut self, msg: Msg) -> Update {
        let mut update = Update::default();
        match msg {
            Msg::Resize(columns, rows) => {
                self.size = (columns, rows);
                update.dirty = true;
            }
            Msg::Clock(now) => {
                self.now = now;
                update.dirty = true;
            }
            Msg::Act { action: Action::Quit | Action::Leave, .. } => update.cmds.push(Cmd::Quit),
            _ => {}
        }
        update
    }

    /// Whether keys are actions or letters now.
    pub fn input_mode(&self) -> InputMode {
        InputMode::Normal
    }
}
