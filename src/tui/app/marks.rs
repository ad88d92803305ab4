//! Marks for a batch, and what can be undone.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{MentionId, StepId};

/// Most marked mentions.
const MOST_MARKED: usize = 5_000;
/// Most changes that can be undone.
const MOST_UNDONE: usize = 50;

/// A change of marks on its way to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A person changed something.
    There,
    /// A person undid something.
    Back,
}

/// What gives back what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// Mentions are read or unread, as before.
    Read {
        /// Which mentions.
        ids: Vec<MentionId>,
        /// Read or unread, as it was before.
        read: bool,
    },
    /// These steps of cases are undone.
    Steps(Vec<StepId>),
}

/// Marked mentions and changes to undo.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    marked: BTreeSet<MentionId>,
    undo: Vec<Undo>,
    under_way: BTreeMap<u64, Way>,
}

impl Marks {
    /// Whether a mention is marked.
    pub fn has(&self, id: MentionId) -> bool {
        self.marked.contains(&id)
    }

    /// How many are marked.
    pub fn len(&self) -> usize {
        self.marked.len()
    }

    /// Whether none is marked.
    pub fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// Marks or unmarks. False when there are too many.
    pub fn toggle(&mut self, id: MentionId) -> bool {
        if self.marked.remove(&id) {
            return true;
        }
        self.marked.len() < MOST_MARKED && self.marked.insert(id)
    }

    /// What is marked.
    pub fn all(&self) -> Vec<MentionId> {
        self.marked.iter().copied().collect()
    }

    /// Takes all marks off and tells what was marked.
    pub fn take(&mut self) -> Vec<MentionId> {
        std::mem::take(&mut self.marked).into_iter().collect()
    }

    /// A change is on its way under this number.
    pub fn sent(&mut self, question: u64) {
        self.under_way.insert(question, Way::There);
    }

    /// The newest change, to be undone under this number.
    pub fn undo(&mut self, question: u64) -> Option<Undo> {
        let undo = self.undo.pop()?;
        self.under_way.insert(question, Way::Back);
        Some(undo)
    }

    /// The store did it; `read` is what gives the former state back. Tells whether it was an undoing; `None` when
    /// nobody asked for it.
    pub fn done(&mut self, question: u64, ids: Vec<MentionId>, read: bool) -> Option<bool> {
        let way = self.under_way.remove(&question)?;
        if way == Way::There && !ids.is_empty() {
            self.keep(Undo::Read { ids, read });
        }
        Some(way == Way::Back)
    }

    fn keep(&mut self, undo: Undo) {
        self.undo.push(undo);
        if self.undo.len() > MOST_UNDONE {
            self.undo.remove(0);
        }
    }

    /// A change to cases is on its way under this number.
    pub fn sent_steps(&mut self, question: u64) {
        self.sent(question);
    }

    /// The store changed cases in these steps.
    pub fn stepped(&mut self, question: u64, steps: Vec<StepId>) {
        if self.under_way.remove(&question) == Some(Way::There) && !steps.is_empty() {
            self.keep(Undo::Steps(steps));
        }
    }

    /// The store undid steps; false when nobody asked for it.
    pub fn undid(&mut self, question: u64) -> bool {
        self.under_way.remove(&question) == Some(Way::Back)
    }

    /// The store could not do it.
    pub fn failed(&mut self, question: u64) -> bool {
        self.under_way.remove(&question).is_some()
    }

    /// Whether something can be undone.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Changes that the store has not confirmed.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undoing_is_not_undone_again() {
        let mut marks = Marks::default();
        marks.sent(1);
        assert_eq!(marks.done(1, vec![MentionId(4)], false), Some(false));
        let undo = marks.undo(2).unwrap();
        assert_eq!(undo, Undo::Read { ids: vec![MentionId(4)], read: false });
        assert_eq!(marks.done(2, vec![MentionId(4)], true), Some(true));
        assert!(!marks.can_undo());
        assert_eq!(marks.done(2, vec![], true), None);
    }

    #[test]
    fn steps_are_undone_in_their_turn() {
        let mut marks = Marks::default();
        marks.sent(1);
        marks.done(1, vec![MentionId(4)], false);
        marks.sent_steps(2);
        marks.stepped(2, vec![StepId(7), StepId(8)]);
        assert_eq!(marks.undo(3), Some(Undo::Steps(vec![StepId(7), StepId(8)])));
        assert!(marks.undid(3) && !marks.undid(3));
        assert!(matches!(marks.undo(4), Some(Undo::Read { .. })));
    }

    #[test]
    fn undo_is_bounded_and_newest_first() {
        let mut marks = Marks::default();
        for question in 0..80 {
            marks.sent(question);
            marks.done(question, vec![MentionId(question as i64)], false);
        }
        assert_eq!(marks.undo.len(), MOST_UNDONE);
        assert_eq!(marks.undo(100).unwrap(), Undo::Read { ids: vec![MentionId(79)], read: false });
    }

    #[test]
    fn nothing_changed_is_nothing_to_undo() {
        let mut marks = Marks::default();
        marks.sent(1);
        marks.done(1, vec![], false);
        assert!(!marks.can_undo());
    }
}
