//! The inbox: cases in the order in which they want an answer, which of them are shown, which one is selected, and
//! what must be read next.
//!
//! While nobody has touched the list it follows what comes in; from then on it does not move, and what is new is
//! counted.

mod change;
pub mod clock;
mod deeds;
mod explain;
pub mod figures;
pub mod file;
pub mod moment;
mod orders;
pub(super) mod page;
pub mod popup;
mod reads;
pub mod weigh;
pub mod window;

use std::collections::BTreeSet;

use self::figures::Figures;
use self::file::CaseFile;
use self::window::Window;
use super::cursor::{Cursor, Motion};
use crate::domain::case::{CaseChange, CaseRow, InboxFilter};
use crate::domain::{CaseId, GroupId, Timestamp};

/// Rows that are read at once.
pub const PAGE: u32 = 200;
/// Most cases that are marked at once.
pub const MOST_MARKED: usize = 20_000;

/// Which cases are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Open ones that are not put aside.
    #[default]
    Open,
    /// Open ones that this voice has claimed.
    Mine,
    /// Open ones that nobody has claimed.
    Unclaimed,
    /// Those that are put aside.
    Snoozed,
    /// All of them, closed ones too.
    All,
}

impl Tab {
    /// Every tab, in their order.
    pub const ALL: [Self; 5] = [Self::Open, Self::Mine, Self::Unclaimed, Self::Snoozed, Self::All];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Unclaimed => "unclaimed",
            Self::Snoozed => "snoozed",
            Self::All => "all",
        }
    }

    fn step(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let next = (place as isize + by).rem_euclid(Self::ALL.len() as isize);
        usize::try_from(next).ok().and_then(|next| Self::ALL.get(next)).copied().unwrap_or_default()
    }

    /// Whether a case belongs here at a moment.
    fn shows(self, row: &CaseRow, voice: &str, now: Timestamp) -> bool {
        let aside = clock::is_aside(row, now);
        let open = row.status.is_open() && !aside;
        let claim = clock::claimed(row, now);
        match self {
            Self::Open => open,
            Self::Mine => open && claim.is_some_and(|claim| claim.voice.as_str() == voice),
            Self::Unclaimed => open && claim.is_none(),
            Self::Snoozed => row.status.is_open() && aside,
            Self::All => true,
        }
    }
}

/// A list of cases and where the reader is in it.
#[derive(Debug, Clone)]
struct List {
    window: Window,
    cursor: Cursor<CaseId>,
    /// The one that comes back: it is selected as soon as it is there.
    returning: Option<CaseId>,
    following: bool,
    waiting: u64,
    /// The stretch that is shown must be read again; with true, what is new may come in.
    stale: Option<bool>,
    /// The first rows must be read.
    jump: bool,
    /// On the way to the last row.
    to_end: bool,
    /// A person waits for it.
    hurried: bool,
    awaited: Option<reads::Read>,
}

impl Default for List {
    fn default() -> Self {
        Self {
            window: Window::default(),
            cursor: Cursor::default(),
            returning: None,
            following: true,
            waiting: 0,
            stale: None,
            jump: true,
            to_end: false,
            hurried: true,
            awaited: None,
        }
    }
}

/// A story that was opened: its cases take the place of the list, which waits behind it.
#[derive(Debug, Clone)]
struct Story {
    group: GroupId,
    behind: Box<List>,
    /// Nothing of it was read yet: when it turns out to be a single case, that one is opened instead.
    fresh: bool,
}

/// The inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    tab: Tab,
    stories: bool,
    story: Option<Story>,
    list: List,
    height: usize,
    marked: BTreeSet<CaseId>,
    /// What is to be marked as soon as its numbers are known.
    marking: Option<InboxFilter>,
    file: CaseFile,
    figures: Figures,
    /// Another voice has it, and it was told: the same key again takes it over.
    take_over: Option<CaseId>,
    orders: orders::Orders,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            tab: Tab::Open,
            stories: true,
            story: None,
            list: List::default(),
            height: 1,
            marked: BTreeSet::new(),
            marking: None,
            file: CaseFile::default(),
            figures: Figures::default(),
            take_over: None,
            orders: orders::Orders::default(),
        }
    }
}

impl Inbox {
    /// What it shows.
    pub fn tab(&self) -> Tab {
        self.tab
    }

    /// A row a story, or every case.
    pub fn stories(&self) -> bool {
        self.stories && self.story.is_none()
    }

    /// The story that is open.
    pub fn story(&self) -> Option<GroupId> {
        self.story.as_ref().map(|story| story.group)
    }

    /// The rows that are known.
    pub fn window(&self) -> &Window {
        &self.list.window
    }

    /// First visible row.
    pub fn offset(&self) -> usize {
        self.list.cursor.offset()
    }

    /// Place of the selected row.
    pub fn index(&self) -> usize {
        self.list.cursor.index()
    }

    /// The selected case.
    pub fn selected(&self) -> Option<&CaseRow> {
        self.list.window.get(self.list.cursor.index())
    }

    /// The list follows what comes in.
    pub fn following(&self) -> bool {
        self.list.following
    }

    /// Cases that came since and are not in the list; always 0 while it follows.
    pub fn waiting(&self) -> u64 {
        if self.list.following { 0 } else { self.list.waiting }
    }

    /// Nothing was read yet.
    pub fn loading(&self) -> bool {
        self.list.window.is_empty() && (self.list.jump || self.list.awaited.is_some())
    }

    /// Marked cases.
    pub fn marked(&self) -> &BTreeSet<CaseId> {
        &self.marked
    }

    /// The numbers of what is to be marked are being asked for.
    pub fn is_marking(&self) -> bool {
        self.marking.is_some()
    }

    /// The case view.
    pub fn file(&self) -> &CaseFile {
        &self.file
    }

    /// Figures of the whole inbox.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Which cases it shows.
    pub fn filter(&self, voice: &str) -> InboxFilter {
        let story = self.story.as_ref().map(|story| story.group);
        let filter = InboxFilter { one_per_story: self.stories(), story, ..InboxFilter::default() };
        match self.tab {
            Tab::Open => filter,
            Tab::Mine => InboxFilter { voice: Some(voice.to_owned()), ..filter },
            Tab::Unclaimed => InboxFilter { unclaimed: true, ..filter },
            Tab::Snoozed => InboxFilter { snoozed: true, only_snoozed: true, ..filter },
            Tab::All => InboxFilter { closed: true, snoozed: true, ..filter },
        }
    }

    /// Shows the next or previous tab.
    pub fn step_tab(&mut self, by: isize) {
        self.tab = self.tab.step(by);
        self.start_over();
    }

    /// A row a story, or every case.
    pub fn toggle_stories(&mut self) {
        self.stories = !self.stories;
        self.start_over();
    }

    fn start_over(&mut self) {
        self.story = None;
        self.list = List::default();
    }

    /// Shows the cases of one story.
    pub fn open_story(&mut self, group: GroupId) {
        let mut behind = std::mem::take(&mut self.list);
        behind.awaited = None;
        behind.following = false;
        self.story = Some(Story { group, behind: Box::new(behind), fresh: true });
    }

    /// Back to the list; false when no story was open.
    pub fn leave_story(&mut self) -> bool {
        let Some(story) = self.story.take() else { return false };
        self.list = *story.behind;
        self.list.stale = Some(true);
        self.list.hurried = true;
        self.settle();
        true
    }

    /// Whether a row stands for a story that can be opened.
    pub fn is_story(&self, row: &CaseRow) -> bool {
        self.stories() && row.mention.group_size > 1
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// The reader does something with the selected case: the list must not slip away under it.
    pub fn hold(&mut self) {
        self.list.following = false;
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        let list = &mut self.list;
        list.to_end = false;
        list.returning = None;
        let at_top = list.cursor.index() == 0 && list.window.at_top();
        match motion {
            Motion::Top => self.go_to_top(),
            // Pressing on at the top means: show me what is new.
            Motion::Rows(by) | Motion::HalfPages(by) | Motion::Pages(by) if by < 0 && at_top => self.go_to_top(),
            Motion::Bottom if !list.window.reaches_last() => {
                list.following = false;
                list.to_end = true;
                self.step(motion);
            }
            _ => {
                self.step(motion);
                let list = &mut self.list;
                list.following = list.cursor.index() == 0 && list.window.at_top() && list.waiting == 0;
            }
        }
    }

    fn go_to_top(&mut self) {
        let list = &mut self.list;
        let fresh = list.following && list.window.at_top() && !list.window.is_empty();
        list.following = true;
        if !fresh {
            list.jump = true;
            list.hurried = true;
        }
        self.step(Motion::Top);
    }

    fn step(&mut self, motion: Motion) {
        self.list.cursor.go(motion, &self.list.window.ids(), self.height);
    }

    fn settle(&mut self) {
        let ids = self.list.window.ids();
        if let Some(id) = self.list.returning.take_if(|id| ids.contains(id)) {
            self.list.cursor.select(id);
        }
        self.list.cursor.settle(&ids, self.height);
    }

    /// The one that comes back and is not there yet.
    pub fn returning(&self) -> Option<CaseId> {
        self.list.returning
    }

    /// A change to this one was undone: what is done next is done to it.
    pub fn return_to(&mut self, id: CaseId) {
        self.list.returning = Some(id);
        self.list.following = false;
        self.settle();
    }

    /// Marks or unmarks a case. False when there are too many.
    pub fn toggle_mark(&mut self, id: CaseId) -> bool {
        self.marked.remove(&id) || (self.marked.len() < MOST_MARKED && self.marked.insert(id))
    }

    /// Takes the mark off one case.
    pub fn unmark_one(&mut self, id: CaseId) {
        self.marked.remove(&id);
    }

    /// Takes all marks off; false when there were none.
    pub fn unmark(&mut self) -> bool {
        self.marking = None;
        !std::mem::take(&mut self.marked).is_empty()
    }

    /// These are to be marked as soon as their numbers are known.
    pub fn mark_all(&mut self, filter: InboxFilter) {
        self.marking = Some(filter);
    }

    /// The numbers are there: they are marked. Returns how many there are.
    pub fn take_marks(&mut self, ids: &[CaseId]) -> usize {
        if self.marking.take().is_some() {
            let room = MOST_MARKED.saturating_sub(self.marked.len());
            self.marked.extend(ids.iter().take(room));
        }
        self.marked.len()
    }

    /// What is to be marked.
    pub fn marking(&self) -> Option<&InboxFilter> {
        self.marking.as_ref()
    }

    /// Shows a change at once, before the store has confirmed it. What leaves the list by it goes, and the next one
    /// takes its place under the cursor.
    fn apply(&mut self, ids: &BTreeSet<CaseId>, wish: &CaseChange, voice: &str, now: Timestamp) {
        let tab = self.tab;
        let show = |row: &mut CaseRow| {
            change::changed(row, wish, voice, now);
            tab.shows(row, voice, now)
        };
        self.list.window.change(ids, show);
        if let Some(story) = &mut self.story {
            // It is read anew when the story is left; until then the row holds the place of what follows it.
            story.behind.window.change(ids, |row| {
                show(row);
                true
            });
        }
        self.settle();
    }
}

#[cfg(test)]
mod tests;
