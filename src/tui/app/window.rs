//! A bounded window of the stream: a gapless run of rows, newest first, that slides as the reader moves.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::domain::{Key, MentionId, MentionRow};

/// Most rows that are kept.
pub const BOUND: usize = 600;

/// The place of a row in the stream.
pub fn key(row: &MentionRow) -> Key {
    Key { published: row.published, id: row.id }
}

/// Rows, newest first, without a gap between the first and the last.
#[derive(Debug, Clone, Default)]
pub struct Window {
    rows: VecDeque<MentionRow>,
    reaches_newest: bool,
    reaches_oldest: bool,
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

    /// A row by its place.
    pub fn get(&self, index: usize) -> Option<&MentionRow> {
        self.rows.get(index)
    }

    /// Its rows, newest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &MentionRow> {
        self.rows.iter()
    }

    /// Where a mention is.
    pub fn position(&self, id: MentionId) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    /// Place of the first row.
    pub fn first(&self) -> Option<Key> {
        self.rows.front().map(key)
    }

    /// Place of the last row.
    pub fn last(&self) -> Option<Key> {
        self.rows.back().map(key)
    }

    /// It began with the newest row when it was read.
    pub fn reaches_newest(&self) -> bool {
        self.reaches_newest
    }

    /// It ends with the oldest row.
    pub fn reaches_oldest(&self) -> bool {
        self.reaches_oldest
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The newest rows take the place of what was there. `complete`: there are no others.
    pub fn replace(&mut self, rows: &[MentionRow], complete: bool) {
        self.rows = rows.iter().take(BOUND).cloned().collect();
        self.put_in_order();
        self.reaches_newest = true;
        self.reaches_oldest = complete;
    }

    /// The oldest rows, oldest first, take the place of what was there. `complete`: there are no others.
    pub fn replace_from_the_end(&mut self, rows: &[MentionRow], complete: bool) {
        self.rows = rows.iter().take(BOUND).cloned().collect();
        self.put_in_order();
        self.reaches_oldest = true;
        self.reaches_newest = complete;
    }

    /// Older rows, nearest first, go behind the last one. `complete`: there are no others.
    pub fn append(&mut self, rows: &[MentionRow], complete: bool) {
        let known = self.ids();
        self.rows.extend(rows.iter().filter(|row| !known.contains(&row.id)).cloned());
        self.put_in_order();
        self.reaches_oldest = complete;
        while self.rows.len() > BOUND {
            self.rows.pop_front();
            self.reaches_newest = false;
        }
    }

    /// Newer rows, nearest first, go before the first one. `complete`: there are no others.
    pub fn prepend(&mut self, rows: &[MentionRow], complete: bool) {
        let known = self.ids();
        for row in rows.iter().filter(|row| !known.contains(&row.id)) {
            self.rows.push_front(row.clone());
        }
        self.put_in_order();
        self.reaches_newest = complete;
        while self.rows.len() > BOUND {
            self.rows.pop_back();
            self.reaches_oldest = false;
        }
    }

    /// The same stretch was read again: known rows change, gone ones go (but for `keep`), and unknown ones are
    /// only counted, because the list must not move under the reader. Returns their number.
    pub fn refresh(&mut self, rows: &[MentionRow], complete: bool, keep: Option<MentionId>) -> usize {
        let mut fresh: BTreeMap<MentionId, &MentionRow> = rows.iter().map(|row| (row.id, row)).collect();
        // What lies behind the last row that was read is not known to be gone.
        let end = if complete { None } else { rows.last().map(key) };
        self.rows.retain_mut(|row| match fresh.remove(&row.id) {
            Some(new) => {
                *row = new.clone();
                true
            }
            None => keep == Some(row.id) || end.is_some_and(|end| key(row) < end),
        });
        self.put_in_order();
        let (first, last) = (self.first(), self.last());
        fresh.values().filter(|row| Some(key(row)) < first && Some(key(row)) > last).count()
    }

    /// Changes rows in place.
    pub fn set_read(&mut self, ids: &BTreeSet<MentionId>, read: bool) -> bool {
        let mut changed = false;
        for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id) && row.read != read) {
            row.read = read;
            changed = true;
        }
        changed
    }

    /// A mention is gone.
    pub fn remove(&mut self, id: MentionId) {
        self.rows.retain(|row| row.id != id);
    }

    /// The ids, newest first.
    pub fn ids_in_order(&self) -> Vec<MentionId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    /// Newest first, none twice: an edited mention may claim another time than before.
    fn put_in_order(&mut self) {
        self.rows.make_contiguous().sort_by_key(|row| Reverse(key(row)));
        let mut seen = BTreeSet::new();
        self.rows.retain(|row| seen.insert(row.id));
    }

    fn ids(&self) -> BTreeSet<MentionId> {
        self.rows.iter().map(|row| row.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::samples::row;

    fn rows(ids: impl IntoIterator<Item = i64>) -> Vec<MentionRow> {
        ids.into_iter().map(row).collect()
    }

    #[test]
    fn it_slides_and_stays_bounded() {
        let mut window = Window::default();
        window.replace(&rows((801..=1_000).rev()), false);
        for end in [800, 600, 400] {
            window.append(&rows((end - 199..=end).rev()), false);
        }
        assert_eq!(window.len(), BOUND);
        assert!(!window.reaches_newest());
        assert_eq!(window.first().map(|key| key.id), Some(MentionId(800)));
        window.prepend(&rows(801..=1_000), true);
        assert_eq!(window.len(), BOUND);
        assert!(window.reaches_newest() && !window.reaches_oldest());
        assert_eq!(window.first().map(|key| key.id), Some(MentionId(1_000)));
    }

    #[test]
    fn a_refresh_changes_and_removes_but_never_inserts() {
        let mut window = Window::default();
        window.replace(&rows([9, 7, 5, 3]), true);
        let mut again = rows([9, 8, 5]);
        again[0].read = true;
        assert_eq!(window.refresh(&again, true, Some(MentionId(7))), 1);
        assert_eq!(window.ids_in_order(), [9, 7, 5].map(MentionId));
        assert!(window.get(0).unwrap().read);
    }

    #[test]
    fn a_short_refresh_leaves_what_it_did_not_reach() {
        let mut window = Window::default();
        window.replace(&rows([9, 7, 5, 3]), true);
        window.refresh(&rows([9, 5]), false, None);
        assert_eq!(window.ids_in_order(), [9, 5, 3].map(MentionId));
    }
}
