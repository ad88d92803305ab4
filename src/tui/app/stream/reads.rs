//! What the stream reads from the store, and what it makes of the answers.

use super::{Read, Stream};
use crate::domain::{Filter, Key, MentionId, MentionRow, Span, Timestamp};
use crate::tui::app::cmd::Load;
use crate::tui::app::cursor::Motion;

use super::PAGE;

impl Stream {
    /// What must be read next, when anything must.
    fn next_read(&self) -> Option<Read> {
        if let Some(jump) = self.jump {
            return Some(jump);
        }
        let (first, last) = (self.window.first()?, self.window.last()?);
        if self.changed {
            // Strictly older than a place just above the first row: the first row included.
            let above = Key { published: first.published, id: MentionId(first.id.0.saturating_add(1)) };
            let limit = u32::try_from(self.window.len()).unwrap_or(PAGE).max(1);
            return Some(Read::Again(above, limit));
        }
        let margin = self.height.max(20) * 2;
        if !self.window.reaches_oldest() && self.cursor.index() + margin >= self.window.len() {
            return Some(Read::Older(last));
        }
        (!self.window.reaches_newest() && self.cursor.offset() < margin && !self.following)
            .then_some(Read::Newer(first))
    }

    /// Whether rows must be read though nothing happened outside.
    pub fn needs_rows(&self) -> bool {
        self.awaited.is_none() && self.next_read().is_some()
    }

    /// Whether a person waits for the rows: they are asked for without a pause.
    pub fn in_a_hurry(&self) -> bool {
        let hurried = match self.next_read() {
            Some(Read::Older(_) | Read::Newer(_) | Read::Oldest) => true,
            Some(Read::Newest) => self.hurried,
            Some(Read::Again(..)) | None => false,
        };
        hurried && self.awaited.is_none()
    }

    /// The load to ask for now; remembers what it was.
    pub fn ask_rows(&mut self) -> Option<Load> {
        let read = self.next_read()?;
        self.jump = None;
        self.hurried = false;
        self.changed = false;
        self.awaited = Some(read);
        let (span, limit) = match read {
            Read::Newest => (Span::Newest, PAGE),
            Read::Oldest => (Span::NewerThan(Key { published: Timestamp::MIN, id: MentionId(i64::MIN) }), PAGE),
            Read::Older(key) => (Span::OlderThan(key), PAGE),
            Read::Newer(key) => (Span::NewerThan(key), PAGE),
            Read::Again(key, limit) => (Span::OlderThan(key), limit),
        };
        Some(Load::Rows { filter: Box::new(self.filter()), span, limit })
    }

    /// The load that counts what is new above; `None` when nothing is read yet or the list follows.
    pub fn ask_above(&self) -> Option<Load> {
        if self.following {
            return None;
        }
        let first = self.window.first()?;
        let filter = Filter { since: Some(first.published), ..self.filter() };
        Some(Load::NewAbove { filter: Box::new(filter) })
    }

    /// How many are new above: the count began at the first row's moment, so its equals are taken off.
    pub fn answer_above(&mut self, count: u64) -> bool {
        let first = self.window.first().map(|key| key.published);
        let equals = self.window.iter().take_while(|row| Some(row.published) == first).count() as u64;
        let above = count.saturating_sub(equals);
        let changed = above != self.above;
        self.above = above;
        changed && !self.following
    }

    /// Rows came. Tells whether anything visible changed.
    pub fn answer_rows(&mut self, rows: &[MentionRow]) -> bool {
        let Some(read) = self.awaited.take() else { return false };
        let complete = |limit: u32| rows.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        match read {
            Read::Newest if self.following => {
                if self.window.reaches_newest() && self.window.iter().eq(rows) {
                    return false;
                }
                self.window.replace(rows, complete(PAGE));
                (self.above, self.between) = (0, 0);
                self.cursor.reset();
            }
            // The reader moved away while the newest rows were under way: then the list stays as it is.
            Read::Newest => {
                if self.window.is_empty() {
                    self.window.replace(rows, complete(PAGE));
                }
            }
            Read::Oldest => {
                self.window.replace_from_the_end(rows, complete(PAGE));
                self.step(Motion::Bottom);
            }
            Read::Older(from) if self.window.last() == Some(from) => self.window.append(rows, complete(PAGE)),
            Read::Newer(from) if self.window.first() == Some(from) => {
                self.window.prepend(rows, complete(PAGE));
                if self.window.reaches_newest() {
                    self.above = 0;
                }
            }
            Read::Older(_) | Read::Newer(_) => {}
            Read::Again(_, limit) => {
                let selected = self.cursor.selected();
                self.between = self.window.refresh(rows, complete(limit), selected) as u64;
            }
        }
        self.settle();
        true
    }

    /// The read failed: what it was for is still wanted.
    pub fn failed(&mut self) {
        match self.awaited.take() {
            Some(read @ (Read::Newest | Read::Oldest)) => self.jump = self.jump.or(Some(read)),
            Some(Read::Again(..)) => self.changed = true,
            Some(Read::Older(_) | Read::Newer(_)) | None => {}
        }
    }
}
