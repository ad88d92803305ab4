//! Cases: what must be done for one person in one thread.
//!
//! | part | what it is for |
//! |---|---|
//! | `arrival`, `work` | mentions and acts of a batch open, join, reopen and acknowledge cases |
//! | `gone` | what is erased, and mentions that turn out to be in another thread |
//! | `change`, `undo` | what people do, and taking it back |
//! | `aftermath`, `refresh` | what is derived from mentions and answers |
//! | `passages` | what answers went through in the outbox |
//! | `signed`, `first` | which voice answered; our first answers beside what became of the person |
//! | `threads`, `turns` | who said what in which thread |
//! | `inbox`, `figures`, `news` | reading: rows, sums, clocks, and what must be told once |
//! | `state`, `steps`, `word` | rows as values |

mod aftermath;
mod arrival;
mod change;
mod figures;
mod first;
mod gone;
mod inbox;
mod news;
mod passages;
#[cfg(test)]
pub(super) mod plan;
mod refresh;
mod signed;
mod state;
mod steps;
pub(super) mod threads;
mod turns;
mod undo;
mod word;
mod work;

use async_trait::async_trait;

pub(super) use arrival::{Arrivals, Edit, settle};
pub(super) use gone::{acts_gone, mentions_gone};
pub(super) use passages::{found_out, note_passage};
pub(super) use signed::sign;
pub(super) use state::status_from;
pub(super) use steps::settled_by_others;
pub(super) use turns::{Thread, card as person_card, since, thread_of};
pub(super) use word::{Said, Word, who};

use super::fault::told;
use super::{SqliteStore, on};
use crate::domain::case::{
    Case, CaseChange, CaseRow, InboxFigures, InboxFilter, InboxKey, PersonCard, Promise, Turn, Undone,
};
use crate::domain::{CaseId, MentionId, PersonId, StepId, Timestamp};
use crate::store::cases::{ByHand, Changed, ClockRow, FirstAnswer, LateNews, Need};
use crate::store::{Cases, Lease, StoreResult};

#[async_trait]
impl Cases for SqliteStore {
    async fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<CaseRow>> {
        on!(self.reader, inbox::window, filter, after, now, limit)
    }

    async fn inbox_figures(&self, now: Timestamp, cut_off: Timestamp, tell_factor: f64) -> StoreResult<InboxFigures> {
        on!(self.reader, figures::inbox, now, cut_off, tell_factor)
    }

    async fn case(&self, id: CaseId, now: Timestamp) -> StoreResult<Option<Case>> {
        on!(self.reader, inbox::case, id, now)
    }

    async fn case_of(&self, mention: MentionId) -> StoreResult<Option<CaseId>> {
        on!(self.reader, change::of, mention)
    }

    async fn open_case(&self, mention: MentionId, need: &Need, by: &ByHand) -> StoreResult<Option<CaseId>> {
        on!(self.writer, change::open, mention, need, by)
    }

    async fn change_cases(&self, ids: &[CaseId], change: &CaseChange, by: &ByHand) -> StoreResult<Changed> {
        on!(self.writer, change::change, ids, change, by)
    }

    async fn undo_steps(&self, steps: &[StepId], by: &ByHand) -> StoreResult<Undone> {
        on!(self.writer, change::undo_steps, steps, by)
    }

    async fn thread(&self, mention: MentionId, limit: u32) -> StoreResult<Vec<Turn>> {
        on!(self.reader, turns::thread, mention, limit)
    }

    async fn person_card(&self, person: PersonId, turns: u32) -> StoreResult<Option<PersonCard>> {
        on!(self.reader, turns::card, person, turns)
    }

    async fn clocks(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<ClockRow>> {
        on!(self.reader, figures::clocks, from, until, now, limit)
    }

    async fn first_answers(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<FirstAnswer>> {
        on!(self.reader, first::answers, from, until, now, limit)
    }

    async fn went_late(&self, lease: &Lease, now: Timestamp, cut_off: Timestamp) -> StoreResult<LateNews> {
        on!(self.writer, news::late, lease, now, cut_off)
    }

    async fn promises_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<(CaseId, Promise)>> {
        on!(self.writer, news::promises, lease, now)
    }

    async fn next_promise(&self) -> StoreResult<Option<Timestamp>> {
        on!(self.reader, news::next_promise)
    }

    async fn hand_overs_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<CaseRow>> {
        on!(self.writer, news::hand_overs, lease, now)
    }

    async fn next_hand_over(&self) -> StoreResult<Option<Timestamp>> {
        on!(self.reader, news::next_hand_over)
    }
}
