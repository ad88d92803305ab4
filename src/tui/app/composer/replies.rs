//! Saved replies: texts of one's own with blanks in them, found with a few letters.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::tui::app::cursor::{Cursor, Motion};
use crate::tui::app::msg::Typing;
use crate::tui::app::overlay::Step;
use crate::tui::app::prompt::{Prompt, Typed};

/// Rows that are visible at most.
pub const ROWS: usize = 8;

/// A saved reply, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// Its name.
    pub name: String,
    /// Its words. `{handle}`, `{name}`, `{brand}` and `{voice}` fill in by themselves where they are
    /// known; every other `{blank}` must be filled by
    /// the writer.
    pub text: String,
}

impl SavedReply {
    /// The words with what is known filled in. What is not known stays a blank.
    pub fn filled(&self, known: &[(&str, &str)]) -> String {
        let mut text = self.text.trim_end().to_owned();
        for (blank, words) in known.iter().filter(|(_, words)| !words.is_empty()) {
            text = text.replace(&format!("{{{blank}}}"), words);
        }
        text
    }
}

/// The list to choose from.
#[derive(Debug, Clone)]
pub struct Picker {
    prompt: Prompt,
    replies: Vec<SavedReply>,
    /// Places of those that were found, the best first.
    found: Vec<usize>,
    cursor: Cursor<usize>,
}

impl Picker {
    /// A list of all of them.
    pub fn new(replies: Vec<SavedReply>) -> Self {
        let mut picker = Self { prompt: Prompt::default(), replies, found: Vec::new(), cursor: Cursor::default() };
        picker.find();
        picker
    }

    /// The line that a person types into.
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// Those that were found, the best first.
    pub fn found(&self) -> impl Iterator<Item = &SavedReply> {
        self.found.iter().filter_map(|place| self.replies.get(*place))
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&SavedReply> {
        self.replies.get(self.cursor.selected()?)
    }

    /// Place of the selected one among those that were found.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible one.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.found, ROWS);
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing) -> Step {
        match self.prompt.type_in(typing) {
            Typed::Changed => self.find(),
            Typed::Kept => {}
            Typed::Previous => self.go(Motion::Rows(-1)),
            Typed::Next => self.go(Motion::Rows(1)),
            Typed::Submit => return self.selected().map_or(Step::Close, |reply| Step::Reply(Box::new(reply.clone()))),
            Typed::Cancel => return Step::Close,
        }
        Step::Stay
    }

    fn find(&mut self) {
        let pattern = Pattern::parse(self.prompt.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut letters = Vec::new();
        let mut score = |words: &str| pattern.score(Utf32Str::new(words, &mut letters), &mut matcher);
        let scored = self.replies.iter().enumerate().filter_map(|(place, reply)| {
            // A name that fits says more than words in which the letters happen to occur.
            let name = score(&reply.name).map(|points| points * 2 + 1);
            name.max(score(&reply.text)).map(|points| (points, place))
        });
        let mut scored: Vec<(u32, usize)> = scored.collect();
        scored.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        self.found = scored.into_iter().map(|(_, place)| place).collect();
        self.cursor.reset();
        self.cursor.settle(&self.found, ROWS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies() -> Vec<SavedReply> {
        let reply = |name: &str, text: &str| SavedReply { name: name.to_owned(), text: text.to_owned() };
        vec![
            reply("chain", "Sorry, {name}! A new chain is on its way: {link}"),
            reply("opening hours", "{brand} is open from nine to six. {voice}\n"),
        ]
    }

    #[test]
    fn what_is_known_is_filled_in_and_the_rest_stays_a_blank() {
        let known = [("brand", "Ferris Bikes"), ("voice", "Ana"), ("name", "")];
        assert_eq!(replies()[1].filled(&known), "Ferris Bikes is open from nine to six. Ana");
        assert!(replies()[0].filled(&known).contains("{name}"));
    }

    #[test]
    fn a_few_letters_find_a_reply() {
        let mut picker = Picker::new(replies());
        assert_eq!(picker.found().count(), 2);
        for sign in "hrs".chars() {
            picker.type_in(&Typing::Character(sign));
        }
        assert_eq!(picker.selected().unwrap().name, "opening hours");
        assert_eq!(picker.type_in(&Typing::Submit), Step::Reply(Box::new(replies()[1].clone())));
        assert_eq!(Picker::new(Vec::new()).type_in(&Typing::Submit), Step::Close);
    }
}
