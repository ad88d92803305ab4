//! The people who had to do with us: the list in one of its orders, and the card of one of them.

mod card;
mod deeds;
mod erasing;
mod file;

pub use card::{about, explain, tied};
pub use erasing::{Erasing, Forgotten};
pub use file::File;

use std::sync::Arc;

use super::cmd::Load;
use super::cursor::{Cursor, Motion};
use super::layout::View;
use crate::domain::person::{PeopleFigures, PeopleFilter, PeopleOrder, PersonRow};
use crate::domain::{PersonId, Timestamp};

/// People that are read at once.
const PAGE: u32 = 100;
/// Most people in memory: further down, words find them.
pub const MOST: usize = 5_000;

/// What was asked of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    filter: PeopleFilter,
    /// From the first on, in the place of what is shown.
    anew: bool,
    limit: u32,
}

/// The list of people and the card.
#[derive(Debug, Clone, Default)]
pub struct People {
    filter: PeopleFilter,
    rows: Vec<PersonRow>,
    order: Vec<PersonId>,
    figures: Option<PeopleFigures>,
    /// The store has answered for this filter.
    known: bool,
    /// There is nobody behind the last row.
    complete: bool,
    stale: bool,
    asked: Option<Asked>,
    cursor: Cursor<PersonId>,
    height: usize,
    file: File,
    /// Where the reader came from to look at one person.
    from: Option<View>,
    /// The card is to lie over the sheet on which an answer is written.
    over: bool,
    /// Whoever is answered may be stored no more: the store is asked.
    watching: bool,
    /// A deed that is being stored, and whether it parts accounts.
    doing: Option<(u64, bool)>,
    /// Somebody is being erased.
    erasing: Option<u64>,
}

impl People {
    /// Which people, in which order.
    pub fn filter(&self) -> &PeopleFilter {
        &self.filter
    }

    /// Those who are in memory.
    pub fn rows(&self) -> &[PersonRow] {
        &self.rows
    }

    /// Figures over everybody.
    pub fn figures(&self) -> Option<PeopleFigures> {
        self.figures
    }

    /// Whether the store has answered.
    pub fn known(&self) -> bool {
        self.known
    }

    /// Nobody is behind the last row.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&PersonRow> {
        self.rows.get(self.cursor.index()).filter(|row| Some(row.id) == self.cursor.selected())
    }

    /// Place of the selected one.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible one.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// The card.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The card, to change it.
    pub(super) fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.order, self.height.max(1));
    }

    /// So many rows are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.cursor.settle(&self.order, self.height);
    }

    /// The next order, or the one before.
    pub(super) fn step_order(&mut self, forwards: bool) {
        let order = self.filter.order.next();
        self.filter.order = if forwards { order } else { order.next() };
        self.begin();
    }

    /// Only those with these words.
    pub(super) fn narrow(&mut self, words: &str) {
        if self.filter.words != words {
            words.clone_into(&mut self.filter.words);
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.rows.clear();
        self.order.clear();
        self.cursor.reset();
        self.known = false;
        self.complete = false;
        self.asked = None;
    }

    /// Something happened: what is shown is read again when its turn comes.
    pub(super) fn happened(&mut self) {
        self.stale = true;
        self.file.doubt();
    }

    /// What is shown is not what is wanted: ask at once.
    pub(super) fn in_a_hurry(&self) -> bool {
        self.asked.is_none() && !self.known
    }

    /// More rows are needed soon, or newer ones.
    pub(super) fn needs_rows(&self) -> bool {
        self.asked.is_none() && (self.stale || self.at_the_end())
    }

    fn at_the_end(&self) -> bool {
        !self.complete && self.rows.len() < MOST && self.cursor.offset() + 3 * self.height >= self.rows.len()
    }

    /// The question to the store.
    pub(super) fn ask(&mut self, now: Timestamp) -> Option<Load> {
        let anew = !self.known || self.stale;
        let had = u32::try_from(self.rows.len()).unwrap_or(PAGE);
        let limit = if self.known && anew { had.max(PAGE) } else { PAGE };
        self.stale = false;
        self.asked = Some(Asked { filter: self.filter.clone(), anew, limit });
        let after = self.rows.last().filter(|_| !anew).map(PersonRow::key);
        Some(Load::People { filter: Box::new(self.filter.clone()), after, now, limit })
    }

    /// The answer. Tells whether anything changed.
    pub(super) fn answer(&mut self, rows: &Arc<[PersonRow]>, figures: Option<PeopleFigures>) -> bool {
        let Some(asked) = self.asked.take().filter(|asked| asked.filter == self.filter) else { return false };
        if asked.anew {
            self.rows = rows.to_vec();
        } else {
            self.rows.extend_from_slice(rows);
        }
        self.known = true;
        self.complete = rows.len() < asked.limit as usize;
        self.figures = figures.or(self.figures);
        self.order = self.rows.iter().map(|row| row.id).collect();
        self.cursor.settle(&self.order, self.height.max(1));
        true
    }

    /// The store did not answer.
    pub(super) fn failed(&mut self) {
        self.asked = None;
        self.known = true;
        self.complete = true;
    }
}

/// What an order is called on the screen.
pub fn order_name(order: PeopleOrder) -> &'static str {
    match order {
        PeopleOrder::Strength => "strongest ties",
        PeopleOrder::LastContact => "last contact",
        PeopleOrder::SilentRegulars => "silent regulars",
    }
}
