//! The cases of the shelf: a plain list in the order of their turns, changes noted.

use async_trait::async_trait;
use goodword::domain::case::{
    Case, CaseChange, CaseRow, CaseStatus, InboxFigures, InboxFilter, InboxKey, PersonCard, Promise, Turn, Undone,
    Weighing,
};
use goodword::domain::{CaseId, Intents, MentionId, SafeText, StepId, Timestamp};
use goodword::store::cases::{ByHand, Changed, ClockRow, FirstAnswer, LateNews, Need};
use goodword::store::{Cases, Lease, StoreError, StoreResult};

use super::{Shelf, row};

/// A new case of a mention.
pub fn case(id: i64, due: Timestamp) -> CaseRow {
    let mention = row(id, "my chain snapped");
    CaseRow {
        id: CaseId(id),
        status: CaseStatus::New,
        dismissal: None,
        snooze: None,
        claim: None,
        handed: None,
        who: SafeText::line(mention.author.as_str(), 80),
        person: None,
        mentions: 1,
        intents: Intents::default(),
        sentiment: None,
        opened: mention.first_seen,
        mention,
        due,
        weighing: Weighing { severity: 10.0, followers: None, reposts_per_hour: 0.0 },
        acknowledged: None,
        closed: None,
        reopened: 0,
        promise: None,
        aftermath: None,
        private: false,
        revision: 1,
    }
}

#[async_trait]
impl Cases for Shelf {
    async fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        _: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<CaseRow>> {
        self.check()?;
        let key = |row: &CaseRow| InboxKey { due: row.due, id: row.id };
        let mut rows = self.cases.lock().unwrap().clone();
        rows.retain(|row| (filter.closed || row.status.is_open()) && after.is_none_or(|after| key(row) > after));
        rows.sort_by_key(key);
        rows.truncate(limit as usize);
        Ok(rows)
    }
    async fn inbox_figures(&self, _: Timestamp, _: Timestamp, _: f64) -> StoreResult<InboxFigures> {
        self.check()?;
        let open = self.cases.lock().unwrap().iter().filter(|row| row.status.is_open()).count();
        Ok(InboxFigures { open: open as u64, ..InboxFigures::default() })
    }
    async fn case(&self, id: CaseId, _: Timestamp) -> StoreResult<Option<Case>> {
        self.check()?;
        let found = self.cases.lock().unwrap().iter().find(|row| row.id == id).cloned();
        Ok(found.map(|row| Case {
            thread: format!("thread {id}"),
            source: row.mention.source,
            network: row.mention.network.clone(),
            turns: Vec::new(),
            steps: Vec::new(),
            promises: Vec::new(),
            row,
        }))
    }
    async fn case_of(&self, mention: MentionId) -> StoreResult<Option<CaseId>> {
        self.check()?;
        Ok(self.cases.lock().unwrap().iter().find(|row| row.mention.id == mention).map(|row| row.id))
    }
    async fn open_case(&self, mention: MentionId, need: &Need, by: &ByHand) -> StoreResult<Option<CaseId>> {
        self.check()?;
        self.note(format!("case of {mention} opened by {}", by.voice.as_deref().unwrap_or_default()));
        let opened = CaseRow { weighing: need.weighing, ..case(mention.0, need.due) };
        let id = opened.id;
        self.cases.lock().unwrap().push(opened);
        Ok(Some(id))
    }
    async fn change_cases(&self, ids: &[CaseId], change: &CaseChange, by: &ByHand) -> StoreResult<Changed> {
        self.check()?;
        self.note(format!("{} cases changed by {}: {change:?}", ids.len(), by.voice.as_deref().unwrap_or_default()));
        for row in self.cases.lock().unwrap().iter_mut().filter(|row| ids.contains(&row.id)) {
            if let CaseChange::Status(status, _) = change {
                row.status = *status;
            }
        }
        let steps = ids.iter().map(|id| StepId(id.0 * 10)).collect();
        Ok(Changed { cases: ids.to_vec(), steps, claimed: Vec::new() })
    }
    async fn undo_steps(&self, steps: &[StepId], _: &ByHand) -> StoreResult<Undone> {
        self.check()?;
        self.note(format!("{} steps undone", steps.len()));
        let ids: Vec<CaseId> = steps.iter().map(|step| CaseId(step.0 / 10)).collect();
        for row in self.cases.lock().unwrap().iter_mut().filter(|row| ids.contains(&row.id)) {
            row.status = CaseStatus::New;
        }
        Ok(Undone { cases: ids, overtaken: Vec::new() })
    }
    async fn thread(&self, _: MentionId, _: u32) -> StoreResult<Vec<Turn>> {
        self.check()?;
        Ok(Vec::new())
    }
    async fn person_card(&self, _: goodword::domain::PersonId, _: u32) -> StoreResult<Option<PersonCard>> {
        self.check()?;
        Ok(None)
    }
    async fn clocks(&self, _: Timestamp, _: Timestamp, _: Timestamp, _: u32) -> StoreResult<Vec<ClockRow>> {
        self.check()?;
        Ok(Vec::new())
    }
    async fn first_answers(&self, _: Timestamp, _: Timestamp, _: Timestamp, _: u32) -> StoreResult<Vec<FirstAnswer>> {
        self.check()?;
        Ok(Vec::new())
    }
    async fn went_late(&self, _: &Lease, _: Timestamp, _: Timestamp) -> StoreResult<LateNews> {
        Err(StoreError::LeaseLost)
    }
    async fn promises_due(&self, _: &Lease, _: Timestamp) -> StoreResult<Vec<(CaseId, Promise)>> {
        Err(StoreError::LeaseLost)
    }
    async fn next_promise(&self) -> StoreResult<Option<Timestamp>> {
        Ok(None)
    }
    async fn hand_overs_due(&self, _: &Lease, _: Timestamp) -> StoreResult<Vec<CaseRow>> {
        Err(StoreError::LeaseLost)
    }
    async fn next_hand_over(&self) -> StoreResult<Option<Timestamp>> {
        Ok(None)
    }
}
