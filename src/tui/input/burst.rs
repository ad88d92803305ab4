//! Tells a paste that arrives as plain keys from typing, by the gaps between keys. Pure: moments come in.
//!
//! Some links and terminals replay a paste as keys, its line breaks as Enter. A line break that was pasted must
//! never submit, so Enter in the middle of a burst, or right behind one, is text.

use std::time::{Duration, Instant};

/// Watches the gaps between the keys of a prompt.
#[derive(Debug, Default)]
pub struct Burst {
    last: Option<Instant>,
    run: u32,
    ended: Option<Instant>,
}

impl Burst {
    /// No hand is faster than this between two keys.
    pub const GAP: Duration = Duration::from_millis(8);
    /// So many characters in a row that no hand typed are a burst.
    pub const RUN: u32 = 3;
    /// So long after a burst Enter still belongs to it: slow links deliver a paste in pieces.
    pub const AFTER: Duration = Duration::from_millis(120);

    /// A character was typed.
    pub fn character(&mut self, at: Instant) {
        let quick = self.last.is_some_and(|last| at.saturating_duration_since(last) <= Self::GAP);
        self.run = if quick { self.run.saturating_add(1) } else { 1 };
        self.last = Some(at);
        if self.run >= Self::RUN {
            self.ended = Some(at);
        }
    }

    /// Whether a burst is under way.
    pub fn is_running(&self, at: Instant) -> bool {
        self.run >= Self::RUN && self.last.is_some_and(|last| at.saturating_duration_since(last) <= Self::GAP)
    }

    /// Enter was typed: whether it is text, because it came with a paste.
    pub fn enter_is_text(&mut self, at: Instant) -> bool {
        let text = self.ended.is_some_and(|ended| at.saturating_duration_since(ended) <= Self::AFTER);
        if text {
            // The next line of the same paste.
            self.ended = Some(at);
            self.last = Some(at);
        } else {
            self.forget();
        }
        text
    }

    /// A key that is no letter came: whether it came along with a paste, in or right behind a burst or faster behind
    /// the key before than a hand is. What would send or close then must not.
    pub fn came_along(&mut self, at: Instant) -> bool {
        let quick = self.last.is_some_and(|last| at.saturating_duration_since(last) <= Self::GAP);
        let behind = self.ended.is_some_and(|ended| at.saturating_duration_since(ended) <= Self::AFTER);
        self.last = Some(at);
        if behind {
            self.ended = Some(at);
        }
        quick || behind
    }

    /// Another key came, or the prompt closed.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// Types signs with a gap between them, Enter for a line break; tells of every Enter whether it was text.
    fn enters(text: &str, gap: Duration) -> Vec<bool> {
        let mut burst = Burst::default();
        let mut at = Instant::now();
        let mut found = Vec::new();
        for sign in text.chars() {
            if sign == '\n' {
                found.push(burst.enter_is_text(at));
            } else {
                burst.character(at);
            }
            at += gap;
        }
        found
    }

    #[test]
    fn a_hand_submits() {
        assert_eq!(enters("brand\n", ms(60)), [false]);
        assert_eq!(enters("brand\n", ms(25)), [false], "the fastest typist");
        assert_eq!(enters("\n", ms(1)), [false]);
    }

    #[test]
    fn a_pasted_line_break_is_text_however_many_there_are() {
        assert_eq!(enters("delete everything\nnow\n\nplease\n", ms(0)), [true; 4]);
        assert_eq!(enters("delete everything\nnow\n", ms(5)), [true; 2]);
    }

    #[test]
    fn a_short_burst_is_a_lagging_hand() {
        assert_eq!(enters("ab\n", ms(0)), [false]);
    }

    #[test]
    fn after_a_pause_enter_is_enter_again() {
        let start = Instant::now();
        let mut burst = Burst::default();
        for step in 0..10 {
            burst.character(start + ms(step));
        }
        assert!(burst.enter_is_text(start + ms(100)));
        assert!(!burst.enter_is_text(start + ms(400)));
    }

    #[test]
    fn a_chord_in_a_paste_came_along_and_one_of_a_hand_did_not() {
        let start = Instant::now();
        let mut burst = Burst::default();
        for step in 0..5 {
            burst.character(start + ms(step));
        }
        assert!(burst.came_along(start + ms(5)));
        assert!(burst.came_along(start + ms(100)), "right behind it");
        assert!(!burst.came_along(start + ms(600)));
        assert!(!burst.came_along(start + ms(700)), "a hand's second chord");
        assert!(burst.came_along(start + ms(701)), "no hand is that fast");
    }

    #[test]
    fn another_key_ends_the_burst() {
        let start = Instant::now();
        let mut burst = Burst::default();
        for _ in 0..10 {
            burst.character(start);
        }
        burst.forget();
        assert!(!burst.enter_is_text(start));
    }
}
