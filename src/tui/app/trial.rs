//! Searching the stored mentions with a query, which also is how a watch is tried before it is saved.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::cursor::{Cursor, Motion};
use super::msg::{Trial as Found, Typing};
use super::page::{Line, Page, Tone};
use super::prompt::{Prompt, Typed};
use super::text;
use crate::domain::{MentionId, MentionRow, SafeText};

/// Queries that are remembered.
const REMEMBERED: usize = 50;

/// What typing a query leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing outside.
    Stay,
    /// Try this query.
    Try(String),
    /// Leave the search.
    Leave,
}

/// A search.
#[derive(Debug, Clone)]
pub struct Trial {
    prompt: Prompt,
    editing: bool,
    history: VecDeque<String>,
    /// Place in the history while stepping through it.
    recalled: Option<usize>,
    question: Option<u64>,
    saving: Option<u64>,
    found: Option<Arc<Found>>,
    cursor: Cursor<MentionId>,
    height: usize,
}

impl Default for Trial {
    fn default() -> Self {
        Self {
            prompt: Prompt::default(),
            editing: true,
            history: VecDeque::new(),
            recalled: None,
            question: None,
            saving: None,
            found: None,
            cursor: Cursor::default(),
            height: 1,
        }
    }
}

impl Trial {
    /// The line that the query is typed into.
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// A person types the query.
    pub fn editing(&self) -> bool {
        self.editing
    }

    /// What was found so far.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_deref()
    }

    /// What was found so far, unless the query was refused.
    fn accepted(&self) -> Option<&Found> {
        self.found().filter(|found| found.refused.is_none())
    }

    /// The search is under way.
    pub fn running(&self) -> bool {
        self.question.is_some() && self.found().is_none_or(|found| found.running)
    }

    /// Why the query was refused, as long as it was not changed since: the column (1-based) and the words.
    pub fn refused(&self) -> Option<(usize, &str)> {
        let found = self.found().filter(|found| found.query == self.prompt.text().trim())?;
        found.refused.as_ref().map(|(column, words)| (*column + self.leading(), words.as_str()))
    }

    /// Spaces before the query, which the runtime never sees.
    fn leading(&self) -> usize {
        let text = self.prompt.text();
        text.chars().count() - text.trim_start().chars().count()
    }

    /// The query can be saved: it was read and not changed since.
    pub fn query_to_save(&self) -> Option<&str> {
        let found = self.found().filter(|found| found.refused.is_none() && !found.query.is_empty())?;
        Some(&found.query)
    }

    /// Starts typing.
    pub fn edit(&mut self) {
        self.editing = true;
        self.recalled = None;
    }

    /// A query is tried from elsewhere (a watch).
    pub fn take(&mut self, query: &str) {
        self.prompt.set(query);
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing) -> Step {
        match self.prompt.type_in(typing) {
            Typed::Changed => self.recalled = None,
            Typed::Kept => {}
            Typed::Previous => self.recall(1),
            Typed::Next => self.recall(-1),
            Typed::Submit => {
                let query = self.prompt.text().trim().to_owned();
                return if query.is_empty() { Step::Leave } else { Step::Try(query) };
            }
            Typed::Cancel => {
                self.editing = false;
                return if self.found.is_some() { Step::Stay } else { Step::Leave };
            }
        }
        Step::Stay
    }

    fn recall(&mut self, by: isize) {
        let next = match self.recalled {
            None if by > 0 => Some(0),
            None => return,
            Some(place) => place.checked_add_signed(by),
        };
        match next {
            None => {
                self.recalled = None;
                self.prompt.set("");
            }
            Some(place) => {
                if let Some(query) = self.history.get(place) {
                    self.prompt.set(query);
                    self.recalled = Some(place);
                }
            }
        }
    }

    /// The query is being tried under this number.
    pub fn start(&mut self, question: u64, query: &str) {
        self.history.retain(|known| known != query);
        self.history.push_front(query.to_owned());
        self.history.truncate(REMEMBERED);
        self.recalled = None;
        self.question = Some(question);
        self.found = None;
        self.editing = false;
        self.cursor.reset();
    }

    /// The query is being saved under this number.
    pub fn saving(&mut self, question: u64) {
        self.saving = Some(question);
    }

    /// Whether an answer is about the saving; it is not awaited any more then.
    pub fn saved(&mut self, question: u64) -> bool {
        let ours = self.saving == Some(question);
        if ours {
            self.saving = None;
        }
        ours
    }

    /// Marks changed.
    pub fn set_read(&mut self, ids: &BTreeSet<MentionId>, read: bool) {
        let Some(found) = &mut self.found else { return };
        if found.rows.iter().any(|(row, _)| ids.contains(&row.id) && row.read != read) {
            for (row, _) in Arc::make_mut(found).rows.iter_mut().filter(|(row, _)| ids.contains(&row.id)) {
                row.read = read;
            }
        }
    }

    /// Nothing is awaited any more.
    pub fn end(&mut self) {
        self.question = None;
    }

    /// Whether an answer belongs to the running trial.
    pub fn awaits(&self, question: u64) -> bool {
        self.question == Some(question)
    }

    /// A piece of the answer. A refused query is typed on.
    pub fn answer(&mut self, found: Arc<Found>) {
        if !found.running {
            self.question = None;
        }
        self.editing |= found.refused.is_some();
        self.found = Some(found);
        self.settle();
    }

    /// The trial failed for a reason that is not the query's.
    pub fn failed(&mut self) {
        self.question = None;
    }

    /// The selected row and the words that matched in it.
    pub fn selected(&self) -> Option<(&MentionRow, &[SafeText])> {
        let (row, words) = self.found()?.rows.get(self.cursor.index())?;
        Some((row, words))
    }

    /// Place of the selected row.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible row.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        let ids = self.ids();
        self.cursor.go(motion, &ids, self.height);
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// How the query was read and what it costs.
    pub fn explain(&self, page: &mut Page) {
        if let Some((column, words)) = self.refused() {
            page.prose(Tone::Bad, 0, &format!("column {column}: {}", SafeText::line(words, 400)));
            return;
        }
        let Some(found) = self.accepted() else {
            page.prose(
                Tone::Text,
                0,
                "Words stand for themselves and must all occur: chain snapped. OR, NOT (or -), parentheses, \"a phrase\", begin*, chain NEAR/5 snap, #tag, @handle, author:ana, source:hn, network:feed, lang:de, url:example.org.",
            );
            page.gap();
            page.prose(
                Tone::Muted,
                0,
                "Case and accents do not matter. The stored mentions are searched, newest first.",
            );
            return;
        };
        for line in &found.explained {
            let line = SafeText::block(line);
            let indent = line.as_str().len() - line.as_str().trim_start().len();
            page.prose(Tone::Text, indent.min(20), line.as_str().trim_start());
        }
        page.gap();
        page.prose(Tone::Muted, 0, &self.tally());
    }

    /// How many match, of how many, and about how often.
    pub fn tally(&self) -> String {
        let Some(found) = self.accepted() else { return String::new() };
        let rate = match found.per_hour {
            Some(rate) if rate >= 10.0 => format!(", about {rate:.0} an hour"),
            Some(rate) if rate >= 0.1 => format!(", about {rate:.1} an hour"),
            Some(rate) => format!(", about {:.1} a week", rate * 168.0),
            None => String::new(),
        };
        let going = if self.running() { " so far" } else { "" };
        format!("{} of {} mentions{going}{rate}", text::grouped(found.matched), text::grouped(found.scanned))
    }

    /// A line above the results: what matched the selected row.
    pub fn words_line(&self) -> Line {
        let Some((_, words)) = self.selected().filter(|(_, words)| !words.is_empty()) else { return Line::new() };
        let mut line = Line::of(Tone::Muted, "matched ");
        for (place, word) in words.iter().take(8).enumerate() {
            line = line.with(Tone::Muted, if place > 0 { " · " } else { "" }).foreign(Tone::Found, word);
        }
        line
    }

    fn ids(&self) -> Vec<MentionId> {
        self.found().map_or_else(Vec::new, |found| found.rows.iter().map(|(row, _)| row.id).collect())
    }

    fn settle(&mut self) {
        let ids = self.ids();
        self.cursor.settle(&ids, self.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::samples::row;

    fn typed(trial: &mut Trial, words: &str) {
        for c in words.chars() {
            trial.type_in(&Typing::Character(c));
        }
    }

    #[test]
    fn a_refused_query_is_typed_on() {
        let mut trial = Trial::default();
        typed(&mut trial, " chain AND");
        assert_eq!(trial.type_in(&Typing::Submit), Step::Try("chain AND".to_owned()));
        trial.start(7, "chain AND");
        assert!(trial.awaits(7) && !trial.awaits(6) && !trial.editing() && trial.running());
        let refused = Some((7, "AND needs a term on its right".to_owned()));
        trial.answer(Arc::new(Found { query: "chain AND".into(), refused, ..Found::default() }));
        assert!(trial.editing() && !trial.running());
        assert_eq!(trial.refused().map(|(column, _)| column), Some(8), "a space was typed before the query");
        assert_eq!(trial.query_to_save(), None);
        typed(&mut trial, "x");
        assert_eq!(trial.refused(), None, "the query is another one now");
    }

    #[test]
    fn results_come_in_pieces_and_keep_the_selection() {
        let mut trial = Trial::default();
        typed(&mut trial, "chain");
        trial.start(1, "chain");
        trial.fit(5);
        let piece = |ids: &[i64], running| {
            let rows = ids.iter().map(|id| (row(*id), vec![SafeText::line("chain", 9)])).collect();
            let matched = ids.len() as u64;
            Arc::new(Found { query: "chain".into(), rows, matched, scanned: 1_000, running, ..Found::default() })
        };
        trial.answer(piece(&[9, 8], true));
        trial.go(Motion::Rows(1));
        trial.answer(piece(&[9, 8, 3], false));
        assert_eq!(trial.selected().map(|(row, _)| row.id), Some(MentionId(8)));
        assert!(!trial.running());
        assert_eq!(trial.query_to_save(), Some("chain"));
        assert_eq!(trial.tally(), "3 of 1,000 mentions");
    }

    #[test]
    fn earlier_queries_come_back() {
        let mut trial = Trial::default();
        for query in ["one", "two", "one"] {
            trial.start(1, query);
        }
        trial.edit();
        trial.type_in(&Typing::Previous);
        assert_eq!(trial.prompt().text(), "one");
        trial.type_in(&Typing::Previous);
        trial.type_in(&Typing::Previous);
        assert_eq!(trial.prompt().text(), "two");
        trial.type_in(&Typing::Next);
        trial.type_in(&Typing::Next);
        assert_eq!(trial.prompt().text(), "");
    }
}
