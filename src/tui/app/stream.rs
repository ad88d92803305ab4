//! The stream of mentions: which are shown, which one is selected, and what must be read next.
//!
//! While the reader is at the top the list follows; anywhere else it does not move, and what is new is counted.

use std::collections::BTreeSet;

use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::window::Window;
use crate::domain::{Filter, Intent, Key, MentionId, MentionRow, SubjectId};

/// Rows that are read at once.
pub const PAGE: u32 = 200;

/// What the stream shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Everything.
    #[default]
    All,
    /// Complaints.
    Complaints,
    /// Questions.
    Questions,
    /// Praise.
    Praise,
    /// What nobody has seen yet.
    Unread,
}

impl Tab {
    /// Every tab, in their order.
    pub const ALL: [Self; 5] = [Self::All, Self::Complaints, Self::Questions, Self::Praise, Self::Unread];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Complaints => "complaints",
            Self::Questions => "questions",
            Self::Praise => "praise",
            Self::Unread => "unread",
        }
    }

    fn step(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let count = Self::ALL.len() as isize;
        let next = (place as isize + by).rem_euclid(count);
        usize::try_from(next).ok().and_then(|next| Self::ALL.get(next)).copied().unwrap_or_default()
    }
}

/// A read that the stream needs or waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// The newest rows, in place of what is there.
    Newest,
    /// The oldest rows, in place of what is there.
    Oldest,
    /// Rows behind the last one.
    Older(Key),
    /// Rows before the first one.
    Newer(Key),
    /// The same stretch again, because something in it changed.
    Again(Key, u32),
}

/// The stream of mentions.
#[derive(Debug, Clone)]
pub struct Stream {
    tab: Tab,
    subject: Option<SubjectId>,
    stories: bool,
    window: Window,
    cursor: Cursor<MentionId>,
    following: bool,
    above: u64,
    between: u64,
    changed: bool,
    jump: Option<Read>,
    /// A person waits for the jump.
    hurried: bool,
    awaited: Option<Read>,
    height: usize,
}

impl Stream {
    /// The stream of a new model: all about the brand, a row a story, at the top.
    pub fn new(brand: Option<SubjectId>) -> Self {
        Self {
            tab: Tab::All,
            subject: brand,
            stories: true,
            window: Window::default(),
            cursor: Cursor::default(),
            following: true,
            above: 0,
            between: 0,
            changed: false,
            jump: Some(Read::Newest),
            hurried: true,
            awaited: None,
            height: 1,
        }
    }

    /// What it shows.
    pub fn tab(&self) -> Tab {
        self.tab
    }

    /// Whose mentions; `None` for everybody's.
    pub fn subject(&self) -> Option<SubjectId> {
        self.subject
    }

    /// A row a story, or every mention.
    pub fn stories(&self) -> bool {
        self.stories
    }

    /// The rows that are known, newest first.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// First visible row.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Place of the selected row.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// The list follows what comes in.
    pub fn following(&self) -> bool {
        self.following
    }

    /// Mentions that came since and are not in the list; always 0 while it follows.
    pub fn waiting(&self) -> u64 {
        if self.following { 0 } else { self.above + self.between }
    }

    /// Nothing was read yet.
    pub fn loading(&self) -> bool {
        self.window.is_empty() && (self.jump.is_some() || self.awaited.is_some())
    }

    /// The selected mention.
    pub fn selected(&self) -> Option<&MentionRow> {
        self.window.get(self.cursor.index())
    }

    /// Which mentions it shows.
    pub fn filter(&self) -> Filter {
        let intent = match self.tab {
            Tab::All | Tab::Unread => None,
            Tab::Complaints => Some(Intent::Complaint),
            Tab::Questions => Some(Intent::Question),
            Tab::Praise => Some(Intent::Praise),
        };
        Filter {
            subject: self.subject,
            intent,
            unread: self.tab == Tab::Unread,
            one_per_group: self.stories,
            // A person may see what is not public; the row says so.
            private: true,
            ..Filter::default()
        }
    }

    /// The newest mention (by order of recording) that the reader could see.
    pub fn newest_seen(&self) -> Option<MentionId> {
        self.window.iter().map(|row| row.id).max()
    }

    /// Shows the next or previous tab.
    pub fn step_tab(&mut self, by: isize) {
        self.tab = self.tab.step(by);
        self.start_over();
    }

    /// Shows a tab about a subject.
    pub fn show(&mut self, tab: Tab, subject: Option<SubjectId>) {
        self.tab = tab;
        self.subject = subject;
        self.start_over();
    }

    /// Goes on to the next subject; everybody comes after the last.
    pub fn step_subject(&mut self, context: &Context) {
        let subjects = context.subjects();
        self.subject = match self.subject {
            None => subjects.first().map(|subject| subject.id),
            Some(id) => {
                let place = subjects.iter().position(|subject| subject.id == id);
                place.and_then(|place| subjects.get(place + 1)).map(|subject| subject.id)
            }
        };
        self.start_over();
    }

    /// The configuration changed: a subject that left it is not shown any more.
    pub fn check_subject(&mut self, context: &Context) {
        if self.subject.is_some_and(|id| context.subjects().iter().all(|subject| subject.id != id)) {
            self.subject = context.brand_id();
            self.start_over();
        }
    }

    /// A row a story, or every mention.
    pub fn toggle_stories(&mut self) {
        self.stories = !self.stories;
        self.start_over();
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        let was_at_top = self.cursor.index() == 0;
        match motion {
            Motion::Top => self.go_to_top(),
            Motion::Bottom => {
                self.following = false;
                if self.window.reaches_oldest() {
                    self.step(motion);
                } else {
                    self.jump = Some(Read::Oldest);
                }
            }
            // Pressing on at the top means: show me what is new.
            Motion::Rows(by) | Motion::HalfPages(by) | Motion::Pages(by) if by < 0 && was_at_top => self.go_to_top(),
            _ => {
                self.step(motion);
                self.following = self.cursor.index() == 0 && self.window.reaches_newest() && self.waiting() == 0;
            }
        }
    }

    fn go_to_top(&mut self) {
        let fresh = self.following && self.window.reaches_newest();
        self.following = true;
        if !fresh || self.window.is_empty() {
            self.jump = Some(Read::Newest);
            self.hurried = true;
        }
        self.step(Motion::Top);
    }

    fn step(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.window.ids_in_order(), self.height);
    }

    /// Selects the next unread mention below (or above); false when there is none that is known.
    pub fn go_unread(&mut self, down: bool) -> bool {
        let here = self.cursor.index();
        let rows = self.window.iter().enumerate();
        let found = if down {
            rows.filter(|(index, row)| *index > here && !row.read).map(|(_, row)| row.id).next()
        } else {
            rows.filter(|(index, row)| *index < here && !row.read).map(|(_, row)| row.id).last()
        };
        if let Some(id) = found {
            self.following = false;
            self.cursor.select(id);
            self.settle();
        }
        found.is_some()
    }

    /// The reader does something with the selected row: the list must not slip away under it.
    pub fn hold(&mut self) {
        self.following = false;
    }

    /// A batch was committed. Returns whether rows, or the count of new ones, should be read.
    pub fn recorded(&mut self, changed: usize) -> Stale {
        if self.following {
            self.jump = Some(Read::Newest);
            return Stale::Rows;
        }
        self.changed |= changed > 0;
        if changed > 0 { Stale::Both } else { Stale::Above }
    }

    /// Marks changed.
    pub fn set_read(&mut self, ids: &BTreeSet<MentionId>, read: bool) -> bool {
        self.window.set_read(ids, read)
    }

    /// Every known row that a test accepts is read now.
    pub fn read_where(&mut self, accepts: impl Fn(&MentionRow) -> bool) {
        let ids = self.window.iter().filter(|row| accepts(row)).map(|row| row.id).collect();
        self.window.set_read(&ids, true);
    }

    /// Something in the list changed in a way that only the store knows.
    pub fn reread(&mut self) {
        self.changed = true;
    }

    /// A mention is gone.
    pub fn remove(&mut self, id: MentionId) {
        self.window.remove(id);
        self.settle();
    }

    fn start_over(&mut self) {
        self.window.clear();
        self.cursor.reset();
        self.following = true;
        self.changed = false;
        (self.above, self.between) = (0, 0);
        self.awaited = None;
        self.jump = Some(Read::Newest);
        self.hurried = true;
    }

    fn settle(&mut self) {
        self.cursor.settle(&self.window.ids_in_order(), self.height);
    }
}

/// What a batch makes stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The rows.
    Rows,
    /// The count of what is new above.
    Above,
    /// Both.
    Both,
}

mod reads;
#[cfg(test)]
mod tests;
