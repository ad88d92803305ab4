//! A bounded window of the inbox: a gapless run of cases in the store's order, which slides as the reader moves.
//!
//! The store pages forwards only. So the window remembers where the pages began that it let go of, a few bytes each,
//! and reads from there again when the reader goes back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::domain::CaseId;
use crate::domain::case::{CaseRow, InboxKey};

/// Most rows that are kept.
pub const BOUND: usize = 600;
/// Rows that are let go of at once.
const PAGE: usize = 200;
/// Most beginnings of pages that are remembered: four hundred thousand cases.
const MOST_PAGES: usize = 2_000;

/// The place of a case in the inbox.
pub fn key(row: &CaseRow) -> InboxKey {
    InboxKey { due: row.due, id: row.id }
}

/// A row and the place at which it was read. What becomes more urgent while the reader looks at it stays where it is
/// until the list is read anew.
#[derive(Debug, Clone)]
struct Held {
    place: InboxKey,
    row: CaseRow,
}

/// Cases in the order of the store, without a gap between the first and the last.
#[derive(Debug, Clone, Default)]
pub struct Window {
    rows: VecDeque<Held>,
    /// The first row was read behind this place; `None`: it is the first of all.
    start: Option<InboxKey>,
    /// Where the pages above began.
    before: Vec<Option<InboxKey>>,
    reaches_last: bool,
}

impl Window {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row by its place in the list.
    pub fn get(&self, index: usize) -> Option<&CaseRow> {
        self.rows.get(index).map(|held| &held.row)
    }

    /// A row by its number.
    pub fn of(&self, id: CaseId) -> Option<&CaseRow> {
        self.iter().find(|row| row.id == id)
    }

    /// Its rows, the first due first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &CaseRow> {
        self.rows.iter().map(|held| &held.row)
    }

    /// The numbers, in order.
    pub fn ids(&self) -> Vec<CaseId> {
        self.iter().map(|row| row.id).collect()
    }

    /// It begins with the first case of all.
    pub fn at_top(&self) -> bool {
        self.start.is_none()
    }

    /// It ends with the last case of all.
    pub fn reaches_last(&self) -> bool {
        self.reaches_last
    }

    /// Behind which place its first row was read.
    pub fn start(&self) -> Option<InboxKey> {
        self.start
    }

    /// Place of its last row.
    pub fn last(&self) -> Option<InboxKey> {
        self.rows.back().map(|held| held.place)
    }

    /// Where to read from to see what is above it.
    pub fn above(&self) -> Option<InboxKey> {
        self.before.last().copied().flatten()
    }

    /// The first rows of all take the place of what was there. `complete`: there are no others.
    pub fn replace(&mut self, rows: &[CaseRow], complete: bool) {
        *self = Self { reaches_last: complete, ..Self::default() };
        self.take(rows);
    }

    /// The same stretch, read again: what is there now takes the place of what was.
    pub fn reread(&mut self, rows: &[CaseRow], complete: bool) {
        self.rows.clear();
        self.reaches_last = complete;
        self.take(rows);
    }

    /// The stretch from [`Window::above`] on takes the place of what was there.
    pub fn go_up(&mut self, rows: &[CaseRow], complete: bool) {
        self.start = self.before.pop().flatten();
        if self.start.is_none() {
            self.before.clear();
        }
        self.reread(rows, complete);
    }

    /// The rows behind the last one.
    pub fn append(&mut self, rows: &[CaseRow], complete: bool) {
        self.reaches_last = complete;
        let known: BTreeSet<CaseId> = self.iter().map(|row| row.id).collect();
        self.rows.extend(rows.iter().filter(|row| !known.contains(&row.id)).map(held));
        while self.rows.len() > BOUND {
            let gone = self.rows.drain(..PAGE.min(self.rows.len())).next_back();
            self.before.push(self.start);
            self.start = gone.map(|held| held.place);
            if self.before.len() > MOST_PAGES {
                // The second one: the way to the top stays.
                self.before.remove(1);
            }
        }
    }

    fn take(&mut self, rows: &[CaseRow]) {
        let mut seen = BTreeSet::new();
        self.rows = rows.iter().filter(|row| seen.insert(row.id)).take(BOUND).map(held).collect();
        self.reaches_last &= rows.len() <= BOUND;
    }

    /// The same stretch was read again: known rows change in their places, gone ones go (but for `keep`), and unknown
    /// ones are only counted, because the list must not move under the reader. Returns their number.
    pub fn refresh(&mut self, rows: &[CaseRow], complete: bool, keep: Option<CaseId>) -> usize {
        let mut fresh: BTreeMap<CaseId, &CaseRow> = rows.iter().map(|row| (row.id, row)).collect();
        // What lies behind the last row that was read is not known to be gone.
        let end = if complete { None } else { rows.last().map(key) };
        self.rows.retain_mut(|held| match fresh.remove(&held.row.id) {
            Some(new) => {
                held.row = new.clone();
                true
            }
            None => keep == Some(held.row.id) || end.is_some_and(|end| held.place > end),
        });
        self.reaches_last = complete && self.last() >= rows.last().map(key);
        let last = self.last();
        fresh.values().filter(|row| Some(key(row)) < last).count()
    }

    /// Changes rows, and lets go of those for which `change` says so.
    pub fn change(&mut self, ids: &BTreeSet<CaseId>, mut change: impl FnMut(&mut CaseRow) -> bool) {
        self.rows.retain_mut(|held| !ids.contains(&held.row.id) || change(&mut held.row));
    }
}

fn held(row: &CaseRow) -> Held {
    Held { place: key(row), row: row.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::samples::cases::case_row;

    fn rows(ids: impl IntoIterator<Item = i64>) -> Vec<CaseRow> {
        ids.into_iter().map(case_row).collect()
    }

    fn first(window: &Window) -> i64 {
        window.get(0).unwrap().id.0
    }

    #[test]
    fn it_slides_down_and_up_again_and_stays_bounded() {
        let mut window = Window::default();
        window.replace(&rows(1..=200), false);
        for page in 1..10 {
            window.append(&rows(page * 200 + 1..=page * 200 + 200), page == 9);
            assert!(window.len() <= BOUND);
        }
        assert!(window.reaches_last() && !window.at_top());
        assert_eq!((first(&window), window.start()), (1_401, Some(key(&case_row(1_400)))));
        for start in [1_200, 1_000, 800, 600, 400, 200] {
            assert_eq!(window.above(), Some(key(&case_row(start))));
            window.go_up(&rows(start + 1..=start + 600), false);
            assert_eq!(first(&window), start + 1);
        }
        assert_eq!(window.above(), None);
        window.go_up(&rows(1..=600), false);
        assert!(window.at_top() && !window.reaches_last());
    }

    #[test]
    fn a_refresh_changes_and_removes_but_never_inserts() {
        let mut window = Window::default();
        window.replace(&rows([3, 5, 7, 9]), true);
        let mut again = rows([3, 4, 7, 12]);
        again[0].mentions = 8;
        assert_eq!(window.refresh(&again, true, Some(CaseId(5))), 1);
        assert_eq!(window.ids(), [3, 5, 7].map(CaseId));
        assert_eq!(window.get(0).unwrap().mentions, 8);
        assert!(!window.reaches_last(), "the twelfth is below");
    }

    #[test]
    fn what_becomes_more_urgent_stays_in_its_place_until_the_list_is_read_anew() {
        let mut window = Window::default();
        window.replace(&rows([3, 5, 7]), true);
        let mut again = rows([7, 3, 5]);
        again[0].due = case_row(1).due;
        window.refresh(&again, true, None);
        assert_eq!(window.ids(), [3, 5, 7].map(CaseId));
        window.reread(&again, true);
        assert_eq!(window.ids(), [7, 3, 5].map(CaseId));
    }
}
