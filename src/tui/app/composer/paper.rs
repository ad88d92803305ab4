//! The text that is being written: the text area's lines, moved through by what people see as one sign, broken into
//! rows as the screen shows them.

use ratatui_textarea::{CursorMove, DataCursor, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::SafeText;
use crate::tui::app::msg::Typing;
use crate::tui::app::text;

/// Longest text, in bytes: as much as a paste or an editor brings. No network takes a hundredth of it; whatever is too
/// long is kept and told, and can be shortened here.
pub const LONGEST: usize = 256 * 1_024;
/// Steps that can be undone.
const HISTORY: usize = 1_000;

/// A row of the screen: a piece of a line, as byte offsets into the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Where it begins.
    pub from: usize,
    /// Where it ends; the line break or the space that ended it is not part of it.
    pub to: usize,
    /// It is the last row of its line.
    pub ends_line: bool,
}

/// The sheet of paper.
#[derive(Debug, Clone)]
pub struct Paper {
    area: TextArea<'static>,
    /// Column that going up and down keeps to.
    column: Option<usize>,
    scroll: usize,
}

impl Default for Paper {
    fn default() -> Self {
        Self::with("")
    }
}

impl Paper {
    /// A sheet with words on it, the cursor behind them.
    pub fn with(words: &str) -> Self {
        let clean = SafeText::text(words, LONGEST);
        let mut area = TextArea::new(clean.as_str().split('\n').map(str::to_owned).collect());
        area.set_max_histories(HISTORY);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        let mut paper = Self { area, column: None, scroll: 0 };
        // What was trimmed at the end by cleaning is what a writer left there on purpose: a space behind a name.
        if words.ends_with(' ') && !paper.text().ends_with(' ') {
            paper.area.insert_char(' ');
        }
        paper
    }

    /// The words.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is nothing to be seen on it.
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Takes a key in. Tells whether the words changed.
    pub fn type_in(&mut self, typing: &Typing, columns: usize) -> bool {
        let vertical = matches!(typing, Typing::Previous | Typing::Next);
        if !vertical {
            self.column = None;
        }
        match typing {
            Typing::Character(sign) => self.insert(sign.encode_utf8(&mut [0; 4])),
            Typing::Paste(pasted) => self.insert(pasted.text.as_str()),
            Typing::Submit => self.insert("\n"),
            Typing::Backspace => self.erase(|paper| paper.left()),
            Typing::Delete => self.erase(|paper| paper.right()),
            Typing::DeleteWord => self.erase(|paper| paper.word_left()),
            Typing::DeleteToStart => self.erase(|paper| paper.line_start()),
            Typing::DeleteToEnd => self.erase(|paper| paper.line_end()),
            Typing::Left => self.go(self.left()),
            Typing::Right => self.go(self.right()),
            Typing::WordLeft => self.go(self.word_left()),
            Typing::WordRight => self.go(self.word_right()),
            Typing::Home => self.go(self.line_start()),
            Typing::End => self.go(self.line_end()),
            Typing::Previous => self.step(-1, columns),
            Typing::Next => self.step(1, columns),
            Typing::Cancel | Typing::PageUp | Typing::PageDown | Typing::Jump => false,
        }
    }

    /// Puts words at the cursor, in place of what is selected.
    pub fn insert(&mut self, words: &str) -> bool {
        let going = self.selected().map_or(0, |(from, to)| to - from);
        let words = beginning(words, (LONGEST + going).saturating_sub(self.text().len()));
        if words.is_empty() {
            return false;
        }
        if words == "\n" {
            self.area.insert_newline();
        } else {
            self.area.insert_str(words);
        }
        true
    }

    /// Other words in place of all; can be undone. Tells whether there was room for the whole of them.
    pub fn replace(&mut self, words: &str) -> bool {
        self.area.select_all();
        let room = beginning(words, LONGEST);
        let clean = SafeText::text(room, LONGEST);
        if clean.is_empty() {
            self.area.cut();
        } else {
            self.area.insert_str(clean.as_str());
        }
        self.area.cancel_selection();
        self.column = None;
        room.len() == words.len()
    }

    /// Puts words in front of all; the cursor stays where it is in the text.
    pub fn put_in_front(&mut self, words: &str) {
        let cursor = self.cursor();
        self.jump(0);
        let put = self.insert(words);
        self.jump(if put { cursor + words.len() } else { cursor });
        self.column = None;
    }

    /// Takes the last change back.
    pub fn undo(&mut self) -> bool {
        self.area.cancel_selection();
        self.area.undo()
    }

    /// Makes the change again that was taken back last.
    pub fn redo(&mut self) -> bool {
        self.area.cancel_selection();
        self.area.redo()
    }

    /// Selects a stretch of the text (bytes): what is typed next takes its place.
    pub fn select(&mut self, from: usize, to: usize) {
        self.jump(from);
        self.area.start_selection();
        self.move_to(to);
        self.column = None;
    }

    /// The selected stretch, in bytes.
    pub fn selected(&self) -> Option<(usize, usize)> {
        let (from, to) = self.area.selection_range()?;
        Some((self.offset(DataCursor(from.0, from.1)), self.offset(DataCursor(to.0, to.1))))
    }

    /// Where the cursor stands, in bytes.
    pub fn cursor(&self) -> usize {
        self.offset(self.area.cursor())
    }

    /// The rows of the screen at so many columns. A row never holds more than that, the cursor behind its end included.
    pub fn rows(&self, columns: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut start = 0;
        for line in self.area.lines() {
            break_line(line, start, columns.max(3) - 1, &mut rows);
            start += line.len() + 1;
        }
        rows
    }

    /// Row and column of the cursor among the rows.
    pub fn place(&self, rows: &[Row]) -> (usize, usize) {
        let cursor = self.cursor();
        let index = rows.iter().rposition(|row| row.from <= cursor).unwrap_or(0);
        let text = self.text();
        let before = rows.get(index).and_then(|row| text.get(row.from..cursor)).unwrap_or_default();
        (index, text::width(before))
    }

    /// First visible row.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// Scrolls so that the cursor is in sight.
    pub fn fit(&mut self, columns: usize, height: usize) {
        let rows = self.rows(columns);
        let (index, _) = self.place(&rows);
        let height = height.max(1);
        self.scroll =
            self.scroll.min(rows.len().saturating_sub(height)).min(index).max((index + 1).saturating_sub(height));
    }

    fn go(&mut self, to: usize) -> bool {
        self.jump(to);
        false
    }

    fn step(&mut self, by: isize, columns: usize) -> bool {
        let rows = self.rows(columns);
        let (index, column) = self.place(&rows);
        let column = *self.column.get_or_insert(column);
        let Some(row) = index.checked_add_signed(by).and_then(|index| rows.get(index)) else { return false };
        let text = self.text();
        let mut at = row.from;
        let mut used = 0;
        for sign in text.get(row.from..row.to).unwrap_or_default().graphemes(true) {
            used += text::width(sign);
            if used > column {
                break;
            }
            at += sign.len();
        }
        self.go(at)
    }

    /// Erases from the cursor to there; what is selected goes first.
    fn erase(&mut self, to: impl FnOnce(&Self) -> usize) -> bool {
        if self.area.is_selecting() {
            return self.area.delete_str(0);
        }
        let (here, there) = (self.cursor(), to(self));
        let (from, end) = (here.min(there), here.max(there));
        if from == end {
            return false;
        }
        let signs = self.text().get(from..end).unwrap_or_default().chars().count();
        self.jump(from);
        self.area.delete_str(signs)
    }

    fn jump(&mut self, to: usize) {
        self.area.cancel_selection();
        self.move_to(to);
    }

    fn move_to(&mut self, to: usize) {
        let DataCursor(row, column) = self.position(to);
        let cell = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(cell(row), cell(column)));
    }

    /// Bytes before a place of the text area, which counts characters.
    fn offset(&self, place: DataCursor) -> usize {
        let lines = self.area.lines();
        let before: usize = lines.iter().take(place.0).map(|line| line.len() + 1).sum();
        let within = lines.get(place.0).map_or(0, |line| line.chars().take(place.1).map(char::len_utf8).sum());
        before + within
    }

    fn position(&self, mut offset: usize) -> DataCursor {
        for (row, line) in self.area.lines().iter().enumerate() {
            if offset <= line.len() {
                return DataCursor(row, line.get(..offset).unwrap_or(line).chars().count());
            }
            offset -= line.len() + 1;
        }
        let last = self.area.lines().len().saturating_sub(1);
        DataCursor(last, self.area.lines().last().map_or(0, |line| line.chars().count()))
    }

    fn left(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        let before = text.get(..cursor).unwrap_or_default();
        before.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        cursor + text.get(cursor..).unwrap_or_default().graphemes(true).next().map_or(0, str::len)
    }

    fn word_left(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        let before = text.get(..cursor).unwrap_or_default();
        before.unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        let after = text.get(cursor..).unwrap_or_default();
        after.unicode_word_indices().next().map_or(text.len(), |(at, word)| cursor + at + word.len())
    }

    fn line_start(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        text.get(..cursor).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        let (text, cursor) = (self.text(), self.cursor());
        text.get(cursor..).unwrap_or_default().find('\n').map_or(text.len(), |at| cursor + at)
    }
}

/// The beginning of words, at most so many bytes.
fn beginning(words: &str, most: usize) -> &str {
    let mut end = words.len().min(most);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.get(..end).unwrap_or_default()
}

/// Breaks a line that begins at `start` into rows of at most so many columns: behind a space where there is one.
fn break_line(line: &str, start: usize, columns: usize, rows: &mut Vec<Row>) {
    let mut from = 0;
    loop {
        let rest = line.get(from..).unwrap_or_default();
        let (mut used, mut end, mut space) = (0, from, None);
        for (at, sign) in rest.grapheme_indices(true) {
            used += text::width(sign);
            if used > columns {
                break;
            }
            end = from + at + sign.len();
            if sign == " " {
                space = Some(end);
            }
        }
        if end >= line.len() {
            rows.push(Row { from: start + from, to: start + line.len(), ends_line: true });
            return;
        }
        // A sign that is wider than the row goes alone.
        let first = rest.graphemes(true).next().map_or(1, str::len);
        let cut = space.unwrap_or(end).max(from + first);
        rows.push(Row { from: start + from, to: start + cut, ends_line: false });
        from = cut;
    }
}

#[cfg(test)]
#[path = "paper_tests.rs"]
mod tests;
