//! Cases as the store keeps them: opened and reopened while mentions and acts are recorded, changed by people.

use async_trait::async_trait;

use super::{Lease, StoreResult};
use crate::domain::case::{
    Aftermath, Case, CaseChange, CaseRow, Dismissal, InboxFigures, InboxFilter, InboxKey, PersonCard, Promise, Turn,
    Undone, Weighing,
};
use crate::domain::{CaseId, Intent, Intents, MentionId, Network, PersonId, SafeText, StepId, Timestamp};

/// What a mention asks of us: with it, recording a mention opens its person's case in its thread, adds to it, or
/// opens it again. Made by the intake, which alone knows the formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// What its place in the inbox is made of.
    pub weighing: Weighing,
    /// When its turn comes.
    pub due: Timestamp,
}

/// A change to cases, by whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct ByHand {
    /// The voice; `None` when nobody has said who they are.
    pub voice: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What a change did: the steps, one a case, by which it can be undone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changed {
    /// The cases that changed.
    pub cases: Vec<CaseId>,
    /// The steps, in the same order.
    pub steps: Vec<StepId>,
    /// Cases that another voice has claimed, and who: they were not changed.
    pub claimed: Vec<(CaseId, String)>,
}

/// Cases that went late.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LateNews {
    /// How many.
    pub count: u64,
    /// The one that waits longest.
    pub first: Option<CaseRow>,
    /// When the oldest of the new cases that are not late was opened.
    pub next_opened: Option<Timestamp>,
}

/// What the clocks are made of: one turn of one case, public ones only.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockRow {
    /// Which case.
    pub case: CaseId,
    /// Where.
    pub network: Network,
    /// What they wanted, most urgent.
    pub intent: Intent,
    /// When the clocks began.
    pub opened: Timestamp,
    /// When the post counts as published: `opened - published` is how late we heard.
    pub published: Timestamp,
    /// When we acknowledged; `None` while we have not.
    pub acknowledged: Option<Timestamp>,
    /// When it was resolved; `None` while it is not.
    pub resolved: Option<Timestamp>,
    /// When it was dismissed: the clocks stop unanswered, and it is no miss.
    pub dismissed: Option<(Timestamp, Option<Dismissal>)>,
    /// The voice that answered first, when one is known.
    pub voice: Option<String>,
    /// What became of the person.
    pub aftermath: Option<Aftermath>,
}

/// Our first answer in one turn of one case's clocks, public ones only.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstAnswer {
    /// Which case.
    pub case: CaseId,
    /// The words of the mention that it answers.
    pub mention: SafeText,
    /// What the mention wants.
    pub intents: Intents,
    /// Our words.
    pub answer: SafeText,
    /// What became of the person.
    pub aftermath: Option<Aftermath>,
}

/// The part of the store that keeps cases.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Cases: Send + Sync {
    /// A window of the inbox in the order of [`InboxKey`], after a place when one is given. `now` tells which
    /// snoozes and claims have lapsed.
    async fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<CaseRow>>;
    /// Figures of the inbox. A new case that was opened at `cut_off` or before is late; `tell_factor` is k.
    async fn inbox_figures(&self, now: Timestamp, cut_off: Timestamp, tell_factor: f64) -> StoreResult<InboxFigures>;
    /// A whole case. `now` tells which claims have lapsed.
    async fn case(&self, id: CaseId, now: Timestamp) -> StoreResult<Option<Case>>;
    /// The case that a mention belongs to.
    async fn case_of(&self, mention: MentionId) -> StoreResult<Option<CaseId>>;
    /// Opens a case by hand for a mention that asked nothing of us; gives the one that it has, when it has one.
    async fn open_case(&self, mention: MentionId, need: &Need, by: &ByHand) -> StoreResult<Option<CaseId>>;
    /// Changes cases, each in a step of its own, all in one transaction. A case that another voice has claimed is
    /// left alone and told, unless the change takes the claim over.
    async fn change_cases(&self, ids: &[CaseId], change: &CaseChange, by: &ByHand) -> StoreResult<Changed>;
    /// Undoes steps, the newest first: what they changed, the clocks included, is as if they had not happened. A step is
    /// undone wholly or not at all: where something newer that stands changed the same, it stands too, and is told.
    async fn undo_steps(&self, steps: &[StepId], by: &ByHand) -> StoreResult<Undone>;
    /// Who said what in the thread of a mention, oldest first, at most the newest `limit`; whoever said it.
    async fn thread(&self, mention: MentionId, limit: u32) -> StoreResult<Vec<Turn>>;
    /// What went both ways with a person.
    async fn person_card(&self, person: PersonId, turns: u32) -> StoreResult<Option<PersonCard>>;
    /// Turns of the clocks that began in a stretch of time, oldest first. `now` tells who has been silent for 72 hours.
    async fn clocks(&self, from: Timestamp, until: Timestamp, now: Timestamp, limit: u32)
    -> StoreResult<Vec<ClockRow>>;
    /// Our first public answer in each turn of the clocks that began in a stretch of time, the newest turns first;
    /// answers on a network only, for what is answered by hand names no mention. `now` as for the clocks.
    async fn first_answers(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<FirstAnswer>>;
    /// New cases that were opened at `cut_off` or before and were not told yet; telling them is up to the caller, and
    /// marks them as told. A case that opens again is told anew. Nothing is written when there is none.
    async fn went_late(&self, lease: &Lease, now: Timestamp, cut_off: Timestamp) -> StoreResult<LateNews>;
    /// Promises that came due and were not told yet, with their cases, 100 at most; telling them is up to the caller,
    /// and marks them as told. Nothing is written when there is none.
    async fn promises_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<(CaseId, Promise)>>;
    /// When the next promise that was not told comes due.
    async fn next_promise(&self) -> StoreResult<Option<Timestamp>>;
    /// Cases that are handed over and became overdue and were not told yet, 100 at most; telling them is up to the
    /// caller, and marks them as told. What is handed over anew is told anew. Nothing is written when there is none.
    async fn hand_overs_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<CaseRow>>;
    /// When the next hand-over that was not told becomes overdue.
    async fn next_hand_over(&self) -> StoreResult<Option<Timestamp>>;
}
