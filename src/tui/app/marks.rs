//! Marks for a batch, and what can be undone.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{CampaignChange, CorrectionId, MentionId, OutgoingId, StepId};

/// Most marked mentions.
const MOST_MARKED: usize = 5_000;
/// Most changes that can be undone.
const MOST_UNDONE: usize = 50;

/// A change of marks on its way to the store.
#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// A person changed something, in this game.
    There(Option<u64>),
    /// A person undid this.
    Back(Undo),
}

/// What gives back what was.
#[derive(Debug, Clone, PartialEq)]
pub enum Undo {
    /// Mentions were marked.
    Read {
        /// Which mentions.
        ids: Vec<MentionId>,
        /// Read or unread, as it was before.
        read: bool,
    },
    /// Readings were corrected.
    Corrections {
        /// The corrections.
        ids: Vec<CorrectionId>,
        /// The game that they were made in: it is taken back as a whole.
        game: Option<u64>,
    },
    /// What acts of ours do was corrected.
    Acts(Vec<CorrectionId>),
    /// Cases were changed, in these steps.
    Steps(Vec<StepId>),
    /// Something in the outbox was given up.
    GivenUp(OutgoingId),
    /// Something in the outbox was approved.
    Approved(OutgoingId),
    /// Something about campaigns was changed: what undoes it.
    Campaign(Box<CampaignChange>),
}

impl Undo {
    fn is_nothing(&self) -> bool {
        match self {
            Self::Read { ids, .. } => ids.is_empty(),
            Self::Corrections { ids, .. } => ids.is_empty(),
            Self::Acts(ids) => ids.is_empty(),
            Self::Steps(steps) => steps.is_empty(),
            Self::GivenUp(_) | Self::Approved(_) | Self::Campaign(_) => false,
        }
    }

    /// Takes what belongs together in; gives back what does not.
    fn join(&mut self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Corrections { ids, game: Some(game) }, Self::Corrections { ids: more, game: Some(same) })
                if *game == same =>
            {
                ids.extend(more);
                None
            }
            (_, other) => Some(other),
        }
    }
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

    /// Takes the mark off one mention.
    pub fn unmark(&mut self, id: MentionId) {
        self.marked.remove(&id);
    }

    /// The marked ones.
    pub fn ids(&self) -> Vec<MentionId> {
        self.marked.iter().copied().collect()
    }

    /// Takes all marks off and tells what was marked.
    pub fn take(&mut self) -> Vec<MentionId> {
        std::mem::take(&mut self.marked).into_iter().collect()
    }

    /// A change is on its way under this number.
    pub fn sent(&mut self, question: u64) {
        self.under_way.insert(question, Way::There(None));
    }

    /// The same in a game: what is changed in it is undone together.
    pub fn sent_in(&mut self, question: u64, game: u64) {
        self.under_way.insert(question, Way::There(Some(game)));
    }

    /// The newest change, to be undone under this number.
    pub fn undo(&mut self, question: u64) -> Option<Undo> {
        let undo = self.undo.pop()?;
        self.under_way.insert(question, Way::Back(undo.clone()));
        Some(undo)
    }

    /// The store did it; `undo` gives the former state back. Tells whether it was an undoing; `None` when nobody asked
    /// for it.
    pub fn done(&mut self, question: u64, mut undo: Undo) -> Option<bool> {
        let way = self.under_way.remove(&question)?;
        let Way::There(in_game) = way else { return Some(true) };
        if let Undo::Corrections { game, .. } = &mut undo {
            *game = in_game;
        }
        if !undo.is_nothing() {
            let apart = match self.undo.last_mut() {
                Some(last) => last.join(undo),
                None => Some(undo),
            };
            self.undo.extend(apart);
            if self.undo.len() > MOST_UNDONE {
                self.undo.remove(0);
            }
        }
        Some(false)
    }

    /// The store could not do it: what was to be undone can still be.
    pub fn failed(&mut self, question: u64) -> bool {
        match self.under_way.remove(&question) {
            Some(Way::Back(undo)) => self.undo.push(undo),
            Some(Way::There(_)) => {}
            None => return false,
        }
        true
    }

    /// It came too late: nothing was changed, and there is nothing to undo.
    pub fn too_late(&mut self, question: u64) {
        self.under_way.remove(&question);
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

    fn read(ids: &[i64], read: bool) -> Undo {
        Undo::Read { ids: ids.iter().copied().map(MentionId).collect(), read }
    }

    fn corrections(ids: &[i64], game: Option<u64>) -> Undo {
        Undo::Corrections { ids: ids.iter().copied().map(CorrectionId).collect(), game }
    }

    #[test]
    fn an_undoing_is_not_undone_again() {
        let mut marks = Marks::default();
        marks.sent(1);
        assert_eq!(marks.done(1, read(&[4], false)), Some(false));
        let undo = marks.undo(2).unwrap();
        assert_eq!(undo, read(&[4], false));
        assert_eq!(marks.done(2, read(&[4], true)), Some(true));
        assert!(!marks.can_undo());
        assert_eq!(marks.done(2, read(&[], true)), None);
    }

    #[test]
    fn what_could_not_be_undone_can_still_be() {
        let mut marks = Marks::default();
        marks.sent(1);
        marks.done(1, Undo::GivenUp(OutgoingId(7)));
        assert_eq!(marks.undo(2), Some(Undo::GivenUp(OutgoingId(7))));
        assert!(marks.failed(2) && marks.can_undo(), "the store was busy");
        assert_eq!(marks.undo(3), Some(Undo::GivenUp(OutgoingId(7))));
        marks.too_late(3);
        assert!(!marks.can_undo() && marks.under_way() == 0, "there is nothing to try again");
    }

    #[test]
    fn steps_are_undone_in_their_turn() {
        let mut marks = Marks::default();
        let steps = |ids: &[i64]| Undo::Steps(ids.iter().copied().map(StepId).collect());
        for (question, undo) in [(1, read(&[4], false)), (2, steps(&[7, 8])), (3, steps(&[]))] {
            marks.sent(question);
            marks.done(question, undo);
        }
        assert_eq!(marks.undo(4), Some(steps(&[7, 8])));
        assert_eq!(marks.done(4, steps(&[7, 8])), Some(true));
        assert_eq!(marks.undo(5), Some(read(&[4], false)));
    }

    #[test]
    fn undo_is_bounded_and_newest_first() {
        let mut marks = Marks::default();
        for question in 0..80 {
            marks.sent(question);
            marks.done(question, read(&[question as i64], false));
        }
        assert_eq!(marks.undo.len(), MOST_UNDONE);
        assert_eq!(marks.undo(100), Some(read(&[79], false)));
    }

    #[test]
    fn nothing_changed_is_nothing_to_undo() {
        let mut marks = Marks::default();
        for (question, nothing) in [(1, read(&[], false)), (2, corrections(&[], None))] {
            marks.sent(question);
            marks.done(question, nothing);
        }
        assert!(!marks.can_undo());
    }

    #[test]
    fn a_game_is_taken_back_as_a_whole_and_other_corrections_one_by_one() {
        let mut marks = Marks::default();
        let all = [([1], None), ([2], None), ([3], Some(7)), ([4], Some(7)), ([5], Some(8))];
        for (question, (ids, game)) in (1..).zip(all) {
            match game {
                Some(game) => marks.sent_in(question, game),
                None => marks.sent(question),
            }
            marks.done(question, corrections(&ids, None));
        }
        let undone: Vec<Undo> = (10..).map_while(|question| marks.undo(question)).collect();
        let expected = [
            corrections(&[5], Some(8)),
            corrections(&[3, 4], Some(7)),
            corrections(&[2], None),
            corrections(&[1], None),
        ];
        assert_eq!(undone, expected);
    }
}
