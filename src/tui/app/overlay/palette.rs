//! Every action by name, found with a few letters of it.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::Step;
use crate::tui::app::action::Action;
use crate::tui::app::cursor::{Cursor, Motion};
use crate::tui::app::msg::Typing;
use crate::tui::app::prompt::{Prompt, Typed};

/// Rows that are visible at most.
pub const ROWS: usize = 12;

/// The palette.
#[derive(Debug, Clone)]
pub struct Palette {
    prompt: Prompt,
    found: Vec<Action>,
    cursor: Cursor<Action>,
}

impl Default for Palette {
    fn default() -> Self {
        let mut palette = Self { prompt: Prompt::default(), found: Vec::new(), cursor: Cursor::default() };
        palette.find();
        palette
    }
}

impl Palette {
    /// The line that a person types into.
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// The actions that were found, best first.
    pub fn found(&self) -> &[Action] {
        &self.found
    }

    /// Place of the selected one.
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

    pub(super) fn type_in(&mut self, typing: &Typing) -> Step {
        match self.prompt.type_in(typing) {
            Typed::Changed => self.find(),
            Typed::Kept => {}
            Typed::Previous => self.go(Motion::Rows(-1)),
            Typed::Next => self.go(Motion::Rows(1)),
            Typed::Submit => return self.cursor.selected().map_or(Step::Close, Step::Act),
            Typed::Cancel => return Step::Close,
        }
        Step::Stay
    }

    fn find(&mut self) {
        let pattern = Pattern::parse(self.prompt.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut letters = Vec::new();
        let mut score = |words: &str| pattern.score(Utf32Str::new(words, &mut letters), &mut matcher);
        let mut found: Vec<(u32, Action)> = Action::ALL
            .iter()
            .filter(|action| **action != Action::Palette)
            // A name that fits says more than a description in which the letters happen to occur.
            .filter_map(|action| {
                let name = score(action.name()).map(|points| points * 2 + 1);
                name.max(score(action.describe())).map(|points| (points, *action))
            })
            .collect();
        found.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        self.found = found.into_iter().map(|(_, action)| action).collect();
        self.cursor.reset();
        self.cursor.settle(&self.found, ROWS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &str) -> Palette {
        let mut palette = Palette::default();
        for c in words.chars() {
            palette.type_in(&Typing::Character(c));
        }
        palette
    }

    #[test]
    fn a_few_letters_find_an_action() {
        assert_eq!(Palette::default().found().len(), Action::ALL.len() - 1);
        assert_eq!(typed("rdall").found().first(), Some(&Action::ReadAll));
        assert_eq!(typed("cplink").found().first(), Some(&Action::CopyLink));
        assert!(typed("qqqq").found().is_empty());
        assert_eq!(typed("qqqq").type_in(&Typing::Submit), Step::Close);
    }

    #[test]
    fn the_selected_one_is_done() {
        let mut palette = typed("undo");
        assert_eq!(palette.type_in(&Typing::Submit), Step::Act(Action::Undo));
        palette.type_in(&Typing::Cancel);
        let mut palette = Palette::default();
        palette.type_in(&Typing::Next);
        assert_eq!(palette.index(), 1);
    }
}
