//! One line that a person types into.

use unicode_segmentation::UnicodeSegmentation;

use super::msg::Typing;
use super::text;

/// Longest line, in characters.
pub const LONGEST: usize = 2_000;

/// A line of text and a cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    text: String,
    /// Byte offset, always on a grapheme border.
    cursor: usize,
}

/// What typing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The text is another one.
    Changed,
    /// Only the cursor moved, or nothing happened.
    Kept,
    /// The entry before, or the row above, is wanted.
    Previous,
    /// The next one.
    Next,
    /// Done.
    Submit,
    /// Away.
    Cancel,
}

impl Prompt {
    /// A line with text and the cursor behind it.
    pub fn with(text: &str) -> Self {
        let mut prompt = Self::default();
        prompt.insert(text);
        prompt
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Columns before the cursor.
    pub fn column(&self) -> usize {
        text::width(self.before())
    }

    /// Takes the text of another line, the cursor behind it.
    pub fn set(&mut self, text: &str) {
        *self = Self::with(text);
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing) -> Typed {
        let before = self.text.len();
        match typing {
            Typing::Character(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            Typing::Paste(pasted) => self.insert(pasted.text.as_str()),
            Typing::Backspace => self.delete(self.left(), self.cursor),
            Typing::Delete => self.delete(self.cursor, self.right()),
            Typing::DeleteWord => self.delete(self.word_start(), self.cursor),
            Typing::DeleteToStart => self.delete(0, self.cursor),
            Typing::Left => self.cursor = self.left(),
            Typing::Right => self.cursor = self.right(),
            Typing::Home => self.cursor = 0,
            Typing::End => self.cursor = self.text.len(),
            Typing::Previous => return Typed::Previous,
            Typing::Next => return Typed::Next,
            Typing::Submit => return Typed::Submit,
            Typing::Cancel => return Typed::Cancel,
            Typing::Jump | Typing::PageDown => return Typed::Next,
            Typing::PageUp => return Typed::Previous,
            Typing::DeleteToEnd => self.delete(self.cursor, self.text.len()),
            Typing::WordLeft => self.cursor = self.word_start(),
            Typing::WordRight => self.cursor = self.right(),
        }
        if self.text.len() == before { Typed::Kept } else { Typed::Changed }
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    fn insert(&mut self, words: &str) {
        let room = LONGEST.saturating_sub(self.text.chars().count());
        // A line stays a line: what breaks one becomes a space, what cannot be seen is left out.
        let clean: String = words
            .chars()
            .map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
            .filter(|c| !c.is_control())
            .take(room)
            .collect();
        let target = self.cursor + clean.len();
        self.text.insert_str(self.cursor, &clean);
        // What was typed may join what follows into one grapheme: stand behind it then.
        self.cursor = borders(&self.text).find(|border| *border >= target).unwrap_or(self.text.len());
    }

    fn delete(&mut self, from: usize, to: usize) {
        let mut kept = self.text.get(..from).unwrap_or_default().to_owned();
        kept.push_str(self.text.get(to..).unwrap_or_default());
        self.text = kept;
        self.cursor = borders(&self.text).filter(|border| *border <= from).last().unwrap_or(0);
    }

    fn left(&self) -> usize {
        self.before().grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.cursor + self.after().graphemes(true).next().map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let trimmed = self.before().trim_end();
        trimmed.rfind(char::is_whitespace).map_or(0, |space| {
            space + trimmed.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
        })
    }
}

/// Every place between two graphemes, the ends included.
fn borders(text: &str) -> impl Iterator<Item = usize> {
    text.grapheme_indices(true).map(|(at, _)| at).chain(std::iter::once(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::SafeText;

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        let mut prompt = Prompt::with("ferris recall stem");
        assert_eq!(prompt.type_in(&Typing::DeleteWord), Typed::Changed);
        assert_eq!(prompt.text(), "ferris recall ");
        prompt.type_in(&Typing::Home);
        prompt.type_in(&Typing::Character('"'));
        assert_eq!((prompt.text(), prompt.column()), ("\"ferris recall ", 1));
        prompt.type_in(&Typing::End);
        prompt.type_in(&Typing::DeleteToStart);
        assert_eq!(prompt.text(), "");
        assert_eq!(prompt.type_in(&Typing::Backspace), Typed::Kept);
    }

    #[test]
    fn a_paste_never_submits_and_stays_one_line() {
        let mut prompt = Prompt::default();
        assert_eq!(prompt.type_in(&Typing::pasted(SafeText::block("one\ntwo"))), Typed::Changed);
        assert_eq!(prompt.text(), "one two");
    }

    fn typing() -> impl Strategy<Value = Typing> {
        prop_oneof![
            any::<char>().prop_map(Typing::Character),
            "\\PC{0,8}".prop_map(|text| Typing::pasted(SafeText::line(&text, 80))),
            Just(Typing::Backspace),
            Just(Typing::Delete),
            Just(Typing::DeleteWord),
            Just(Typing::DeleteToStart),
            Just(Typing::Left),
            Just(Typing::Right),
            Just(Typing::Home),
            Just(Typing::End),
        ]
    }

    proptest! {
        #[test]
        fn any_typing_keeps_the_cursor_on_a_border(keys in prop::collection::vec(typing(), 0..60)) {
            let mut prompt = Prompt::default();
            for key in &keys {
                prompt.type_in(key);
                prop_assert!(borders(&prompt.text).any(|border| border == prompt.cursor));
                let plain = !prompt.text.chars().any(char::is_control);
                prop_assert!(plain);
            }
        }
    }
}
