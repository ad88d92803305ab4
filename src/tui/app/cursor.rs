//! A selection in a list that changes under it: held by id, never by index.

use super::action::Action;

/// A movement in a list or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// So many rows, down being positive.
    Rows(isize),
    /// So many half pages.
    HalfPages(isize),
    /// So many pages.
    Pages(isize),
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

impl Motion {
    /// The movement that an action asks for.
    pub fn of(action: Action, count: Option<u32>) -> Option<Self> {
        // Nobody means more; and it keeps the arithmetic below from overflowing.
        let times = isize::try_from(count.unwrap_or(1).clamp(1, 100_000)).unwrap_or(1);
        Some(match action {
            Action::Down => Self::Rows(times),
            Action::Up => Self::Rows(-times),
            Action::HalfPageDown => Self::HalfPages(times),
            Action::HalfPageUp => Self::HalfPages(-times),
            Action::PageDown => Self::Pages(times),
            Action::PageUp => Self::Pages(-times),
            Action::Top => Self::Top,
            Action::Bottom => Self::Bottom,
            _ => return None,
        })
    }

    /// Where it leads from a row, in a list of `rows` of which `height` are visible.
    pub fn apply(self, from: usize, rows: usize, height: usize) -> usize {
        let last = rows.saturating_sub(1);
        let page = isize::try_from(height.max(1)).unwrap_or(1);
        let delta = match self {
            Self::Rows(by) => by,
            Self::HalfPages(by) => by.saturating_mul((page / 2).max(1)),
            Self::Pages(by) => by.saturating_mul(page),
            Self::Top => return 0,
            Self::Bottom => return last,
        };
        from.saturating_add_signed(delta).min(last)
    }
}

/// A selected row and how far the list is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor<K> {
    selected: Option<K>,
    /// Where the selected row was last; where the selection goes when the row disappears.
    index: usize,
    offset: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { selected: None, index: 0, offset: 0 }
    }
}

impl<K: Copy + PartialEq> Cursor<K> {
    /// The selected row.
    pub fn selected(&self) -> Option<K> {
        self.selected
    }

    /// Its place in the list.
    pub fn index(&self) -> usize {
        self.index
    }

    /// First visible row.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Selects a row.
    pub fn select(&mut self, key: K) {
        self.selected = Some(key);
    }

    /// Forgets selection and scrolling.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, rows: &[K], height: usize) {
        self.settle(rows, height);
        self.index = motion.apply(self.index, rows.len(), height);
        self.selected = rows.get(self.index).copied();
        self.settle(rows, height);
    }

    /// Brings selection and scrolling in line with the rows: the selected row keeps its place on the screen as far
    /// as that is possible; when it is gone, the row that took its place is selected.
    pub fn settle(&mut self, rows: &[K], height: usize) {
        let found = self.selected.and_then(|key| rows.iter().position(|row| *row == key));
        let index = found.unwrap_or_else(|| self.index.min(rows.len().saturating_sub(1)));
        if found.is_some() {
            let on_screen = self.index.saturating_sub(self.offset);
            self.offset = index.saturating_sub(on_screen);
        }
        self.index = index;
        self.selected = rows.get(index).copied();
        self.offset = scrolled(self.offset, index, rows.len(), height);
    }
}

/// The first visible row so that `index` is visible and the screen is filled.
pub fn scrolled(offset: usize, index: usize, rows: usize, height: usize) -> usize {
    let height = height.max(1);
    let lowest = (index + 1).saturating_sub(height);
    offset.clamp(lowest, index).min(rows.saturating_sub(height)).max(lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_keeps_its_place_on_the_screen() {
        let mut cursor = Cursor::default();
        let mut rows: Vec<u32> = (0..50).collect();
        cursor.go(Motion::Rows(20), &rows, 10);
        assert_eq!((cursor.selected(), cursor.index(), cursor.offset()), (Some(20), 20, 11));
        rows.splice(0..0, [100, 101, 102]);
        cursor.settle(&rows, 10);
        assert_eq!((cursor.selected(), cursor.index(), cursor.offset()), (Some(20), 23, 14));
        rows.retain(|row| *row != 20);
        cursor.settle(&rows, 10);
        assert_eq!((cursor.selected(), cursor.index()), (Some(21), 23));
        rows.clear();
        cursor.settle(&rows, 10);
        assert_eq!((cursor.selected(), cursor.index(), cursor.offset()), (None, 0, 0));
    }

    #[test]
    fn motions_stay_inside() {
        assert_eq!(Motion::Rows(-5).apply(2, 10, 4), 0);
        assert_eq!(Motion::Pages(9).apply(2, 10, 4), 9);
        assert_eq!(Motion::HalfPages(1).apply(2, 10, 4), 4);
        assert_eq!(Motion::Bottom.apply(2, 0, 4), 0);
        assert_eq!(Motion::of(Action::Down, Some(u32::MAX)), Some(Motion::Rows(100_000)));
        assert_eq!(Motion::of(Action::Help, None), None);
    }
}
