//! What the inbox reads from the store, and what it makes of the answers.

use super::window::BOUND;
use super::{Inbox, List, PAGE};
use crate::domain::Timestamp;
use crate::domain::case::{CaseRow, InboxKey};
use crate::tui::app::cmd::Load;
use crate::tui::app::cursor::Motion;

/// Rows that are read beyond the stretch that is shown, so that what comes in has room.
const SPARE: u32 = 20;

/// A read that the inbox needs or waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// The first rows, in place of what is there.
    First,
    /// The stretch above, with what is there as far as there is room.
    Up,
    /// Rows behind the last one.
    Down(InboxKey, u32),
    /// The same stretch again, because something in it changed; with true, what is new comes in.
    Again(bool, u32),
}

fn bound() -> u32 {
    u32::try_from(BOUND).unwrap_or(PAGE)
}

impl List {
    fn next_read(&self, height: usize) -> Option<Read> {
        if self.jump {
            return Some(Read::First);
        }
        if let Some(insert) = self.stale {
            let known = u32::try_from(self.window.len()).unwrap_or(PAGE);
            // One more than is there tells whether something lies behind it.
            return Some(Read::Again(insert, (known + SPARE).clamp(PAGE, bound())));
        }
        // No larger than half a page, lest a very high screen went up and down for ever.
        let margin = (height.max(20) * 2).min(PAGE as usize / 2);
        let last = self.window.last()?;
        if !self.window.reaches_last() && self.to_end {
            return Some(Read::Down(last, bound()));
        }
        if !self.window.reaches_last() && self.cursor.index() + margin >= self.window.len() {
            return Some(Read::Down(last, PAGE));
        }
        (!self.window.at_top() && self.cursor.offset() < margin && !self.following).then_some(Read::Up)
    }
}

impl Inbox {
    /// Whether rows must be read.
    pub fn needs_rows(&self) -> bool {
        self.list.awaited.is_none() && self.list.next_read(self.height).is_some()
    }

    /// Whether a person waits for the rows: they are asked for without a pause.
    pub fn in_a_hurry(&self) -> bool {
        let hurried = match self.list.next_read(self.height) {
            Some(Read::Down(..) | Read::Up) => true,
            Some(Read::First | Read::Again(..)) => self.list.hurried,
            None => false,
        };
        hurried && self.list.awaited.is_none()
    }

    /// Something happened to the cases.
    pub fn recorded(&mut self) {
        // In an empty list nobody loses a place.
        self.list.following |= self.list.window.is_empty();
        if self.list.following {
            self.list.jump = true;
        } else {
            self.list.stale.get_or_insert(false);
        }
    }

    /// The reader changed something: what takes its place is read at once.
    pub fn deed_done(&mut self) {
        if self.list.following {
            self.list.jump = true;
        } else {
            self.list.stale = Some(true);
        }
        self.list.hurried = true;
        if let Some(story) = &mut self.story {
            story.behind.stale = Some(true);
        }
    }

    /// The load to ask for now; remembers what it was.
    pub fn ask_rows(&mut self, voice: &str, now: Timestamp) -> Option<Load> {
        let read = self.list.next_read(self.height)?;
        let list = &mut self.list;
        list.jump = false;
        list.hurried = false;
        list.stale = None;
        list.awaited = Some(read);
        let (after, limit) = match read {
            Read::First => (None, PAGE),
            Read::Up => (list.window.above(), bound()),
            Read::Down(last, limit) => (Some(last), limit),
            Read::Again(_, limit) => (list.window.start(), limit),
        };
        Some(Load::Cases { filter: Box::new(self.filter(voice)), after, now, limit })
    }

    /// Rows came. Tells whether anything visible changed.
    pub fn answer_rows(&mut self, rows: &[CaseRow]) -> bool {
        let Some(read) = self.list.awaited.take() else { return false };
        let complete = |limit: u32| rows.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        let list = &mut self.list;
        match read {
            Read::First if list.following => {
                let same = list.window.at_top() && !list.window.is_empty() && list.window.iter().eq(rows);
                if same {
                    return false;
                }
                list.window.replace(rows, complete(PAGE));
                list.waiting = 0;
                list.cursor.reset();
            }
            // The reader took hold of the list while the rows were under way: then it stays as it is.
            Read::First => {
                if list.window.is_empty() {
                    list.window.replace(rows, complete(PAGE));
                } else {
                    list.stale.get_or_insert(false);
                }
            }
            Read::Up => list.window.go_up(rows, complete(bound())),
            Read::Down(from, limit) => {
                if list.window.last() == Some(from) {
                    list.window.append(rows, complete(limit));
                }
                if list.to_end {
                    list.to_end = !list.window.reaches_last();
                    list.cursor.go(Motion::Bottom, &list.window.ids(), self.height);
                }
            }
            Read::Again(true, limit) => {
                list.window.reread(rows, complete(limit));
                list.waiting = 0;
            }
            Read::Again(false, limit) => {
                let selected = list.cursor.selected();
                list.waiting = list.window.refresh(rows, complete(limit), selected) as u64;
            }
        }
        self.settle();
        true
    }

    /// The read failed: what it was for is still wanted.
    pub fn failed(&mut self) {
        match self.list.awaited.take() {
            Some(Read::First) => self.list.jump = true,
            Some(Read::Again(insert, _)) => self.list.stale = Some(insert),
            Some(Read::Up | Read::Down(..)) | None => {}
        }
    }

    /// The story that was just opened has only this one case.
    pub fn single_story(&mut self) -> bool {
        let single = self.list.window.len() == 1 && self.list.window.reaches_last();
        self.story.as_mut().is_some_and(|story| std::mem::take(&mut story.fresh)) && single
    }
}
