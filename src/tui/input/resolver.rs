//! What a key means now: after the count and the chords typed before it, and in the mode that the model is in.
//!
//! There is no time-out: a beginning waits for its end until a chord ends it or makes it impossible, and Esc gives
//! it up.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::burst::Burst;
use super::chord::Chord;
use super::keymap::{Found, Keymap, written};
use super::typing::{pasted, pasted_text, typing, writing};
use crate::tui::app::action::Place;
use crate::tui::app::msg::Typing;
use crate::tui::app::{Action, InputMode};

/// Largest count; more digits change nothing.
const MOST: u32 = 99_999;

/// What a key means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// An action, and the number typed before it.
    Action(Action, Option<u32>),
    /// Something typed into a prompt.
    Typing(Typing),
    /// A beginning: more must come, [`Resolver::pending`] says what there is.
    Pending,
    /// Nothing.
    Nothing,
}

/// Resolves keys, one after the other.
#[derive(Debug)]
pub struct Resolver {
    keymap: Keymap,
    typed: Vec<Chord>,
    count: Option<u32>,
    burst: Burst,
}

impl Resolver {
    /// A resolver in which nothing was typed yet.
    pub fn new(keymap: Keymap) -> Self {
        Self { keymap, typed: Vec::new(), count: None, burst: Burst::default() }
    }

    /// What was typed of a count or a sequence, as text ("12 g"); empty when nothing is pending.
    pub fn pending(&self) -> String {
        let count = self.count.map(|count| count.to_string());
        let typed = (!self.typed.is_empty()).then(|| written(&self.typed));
        count.into_iter().chain(typed).collect::<Vec<_>>().join(" ")
    }

    /// What a key means. `at` is when it was read. Releases mean nothing (some terminals report them); a key that
    /// is held down is pressed again and again.
    pub fn key(&mut self, key: &KeyEvent, at: Instant, mode: InputMode) -> Resolved {
        if key.kind == KeyEventKind::Release || matches!(key.code, KeyCode::Modifier(_) | KeyCode::Null) {
            return Resolved::Nothing;
        }
        let chord = Chord::of(key);
        match mode {
            InputMode::Prompt => self.prompt(chord, at),
            InputMode::Composer => self.composer(chord, at),
            InputMode::Normal | InputMode::Overlay => self.normal(chord),
        }
    }

    /// What a paste means: text in a prompt, nothing elsewhere. It never submits. Of `characters` that were pasted, this
    /// is what the terminal kept.
    pub fn paste(&mut self, foreign: &str, characters: usize, mode: InputMode) -> Resolved {
        self.forget();
        match mode {
            InputMode::Prompt => Resolved::Typing(pasted(foreign, characters)),
            InputMode::Composer => Resolved::Typing(pasted_text(foreign, characters)),
            InputMode::Normal | InputMode::Overlay => Resolved::Nothing,
        }
    }

    fn forget(&mut self) {
        self.typed.clear();
        self.count = None;
        self.burst.forget();
    }

    fn normal(&mut self, chord: Chord) -> Resolved {
        self.burst.forget();
        let nothing_typed = self.typed.is_empty();
        // A 0 counts only behind another digit; alone it is a key like others.
        if let Some(digit) = chord.digit().filter(|digit| nothing_typed && (*digit > 0 || self.count.is_some())) {
            let count = self.count.unwrap_or(0).saturating_mul(10).saturating_add(digit);
            self.count = Some(count.min(MOST));
            return Resolved::Pending;
        }
        let pending = !nothing_typed || self.count.is_some();
        if chord.code() == KeyCode::Esc && pending {
            self.forget();
            return Resolved::Nothing;
        }
        self.typed.push(chord);
        match self.keymap.find(&self.typed) {
            Found::Action(action) => {
                let count = self.count;
                self.forget();
                Resolved::Action(action, count)
            }
            Found::Beginning => Resolved::Pending,
            Found::Nothing => {
                self.forget();
                Resolved::Nothing
            }
        }
    }

    /// While an answer is written. Chords are actions only when a hand typed them: a paste that arrives as keys may
    /// hold the bytes of any chord, the one that sends included.
    fn composer(&mut self, chord: Chord, at: Instant) -> Resolved {
        self.count = None;
        let begun = !self.typed.is_empty();
        if begun || chord.character().is_none() {
            self.typed.push(chord);
            let found = self.keymap.find(&self.typed);
            let writes = matches!(found, Found::Action(action) if is_for_writing(action));
            if writes || found == Found::Beginning || begun {
                if self.burst.came_along(at) {
                    self.typed.clear();
                    return Resolved::Nothing;
                }
                return match found {
                    Found::Action(action) if writes => {
                        self.typed.clear();
                        Resolved::Action(action, None)
                    }
                    Found::Beginning => Resolved::Pending,
                    // A beginning that leads nowhere is given up with the key that ended it.
                    _ => {
                        self.typed.clear();
                        Resolved::Nothing
                    }
                };
            }
            self.typed.clear();
        }
        match writing(chord) {
            Some(Typing::Character(sign)) => {
                self.burst.character(at);
                Resolved::Typing(Typing::Character(sign))
            }
            // Pasted line breaks and tabs, which arrive as keys, belong to the paste.
            Some(Typing::Submit) => {
                let _ = self.burst.enter_is_text(at);
                Resolved::Typing(Typing::Submit)
            }
            Some(Typing::Jump) if chord.code() == KeyCode::Tab && self.burst.is_running(at) => {
                self.burst.character(at);
                Resolved::Typing(Typing::Character(' '))
            }
            Some(Typing::Cancel) if self.burst.came_along(at) => Resolved::Nothing,
            Some(other) => Resolved::Typing(other),
            None => Resolved::Nothing,
        }
    }

    fn prompt(&mut self, chord: Chord, at: Instant) -> Resolved {
        self.typed.clear();
        self.count = None;
        if chord.character().is_none()
            && let Found::Action(action @ (Action::Leave | Action::Suspend | Action::Redraw)) =
                self.keymap.find(&[chord])
        {
            return Resolved::Action(action, None);
        }
        match typing(chord) {
            Some(Typing::Character(sign)) => {
                self.burst.character(at);
                Resolved::Typing(Typing::Character(sign))
            }
            Some(Typing::Submit) if self.burst.enter_is_text(at) => Resolved::Typing(Typing::Character(' ')),
            // A pasted tab, which arrives as the key.
            Some(Typing::Next) if chord.code() == KeyCode::Tab && self.burst.is_running(at) => {
                self.burst.character(at);
                Resolved::Typing(Typing::Character(' '))
            }
            Some(other) => {
                self.burst.forget();
                Resolved::Typing(other)
            }
            None => Resolved::Nothing,
        }
    }
}

/// Actions that stay actions while an answer is written.
fn is_for_writing(action: Action) -> bool {
    action.place() == Place::Composer || matches!(action, Action::Leave | Action::Suspend | Action::Redraw)
}

#[cfg(test)]
mod tests;
