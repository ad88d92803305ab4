//! Cases in memory, as far as the engine goes: opened by what mentions ask of us, acknowledged by answers, told once
//! when they are late. What people do to cases is not in here.

use async_trait::async_trait;

use super::store::{Inside, MemoryStore};
use crate::domain::case::{
    Case, CaseChange, CaseRow, CaseStatus, HandOver, InboxFigures, InboxFilter, InboxKey, PersonCard, Promise, Turn,
    Undone,
};
use crate::domain::{CaseId, MentionId, PersonId, PromiseId, SafeText, SourceId, StepId, Timestamp, Visibility};
use crate::store::cases::{ByHand, Changed, ClockRow, FirstAnswer, LateNews};
use crate::store::{Cases, Lease, Need, NewMention, StoreError, StoreResult};

/// A case with what belongs to it.
pub(crate) struct Affair {
    pub(crate) row: CaseRow,
    /// Source, thread and author.
    key: (SourceId, String, String),
    mentions: Vec<MentionId>,
    late_told: bool,
    handed_told: bool,
    pub(crate) promises: Vec<(Promise, bool)>,
}

impl Inside {
    /// The mention that was inserted last comes to its case.
    pub(super) fn need(&mut self, source: SourceId, new: &NewMention) {
        let Some(mention) = self.mentions.last().map(|(row, _, _)| row.clone()) else { return };
        let item = &new.item;
        let thread = item.root.clone().or_else(|| item.parent.clone()).unwrap_or_else(|| item.native_id.clone());
        let key = (source, thread, item.author.handle.clone().unwrap_or_default());
        let known = self.cases.iter_mut().find(|affair| affair.key == key);
        match (known, new.need) {
            (Some(affair), need) => {
                affair.mentions.push(mention.id);
                affair.row.mentions += 1;
                affair.row.revision += 1;
                if let Some(need) = need.filter(|_| !affair.row.status.is_open()) {
                    affair.row.status = CaseStatus::New;
                    affair.row.reopened += 1;
                    (affair.row.opened, affair.row.due) = (new.first_seen, need.due);
                    (affair.row.acknowledged, affair.row.closed, affair.late_told) = (None, None, false);
                }
            }
            (None, Some(need)) => {
                let id = CaseId(i64::try_from(self.cases.len()).unwrap() + 1);
                let mentions = vec![mention.id];
                let intents = mention.lead().map(|reading| reading.intents).unwrap_or_default();
                let row = CaseRow {
                    id,
                    status: CaseStatus::New,
                    dismissal: None,
                    snooze: None,
                    claim: None,
                    handed: None,
                    who: mention.author.clone(),
                    person: None,
                    mentions: 1,
                    intents,
                    sentiment: None,
                    opened: new.first_seen,
                    due: need.due,
                    weighing: need.weighing,
                    acknowledged: None,
                    closed: None,
                    reopened: 0,
                    promise: None,
                    aftermath: None,
                    private: mention.visibility == Visibility::Private,
                    revision: 1,
                    mention,
                };
                self.cases.push(Affair {
                    row,
                    key,
                    mentions,
                    late_told: false,
                    handed_told: false,
                    promises: Vec::new(),
                });
            }
            (None, None) => {}
        }
    }

    /// Cases of which a mention is answered are acknowledged.
    pub(super) fn acknowledge(&mut self) {
        for affair in self.cases.iter_mut().filter(|affair| affair.row.status == CaseStatus::New) {
            let answered = |(row, _, _): &(crate::domain::MentionRow, _, _)| {
                row.answered.filter(|_| affair.mentions.contains(&row.id))
            };
            if let Some(at) = self.mentions.iter().filter_map(answered).min() {
                affair.row.status = CaseStatus::Acknowledged;
                affair.row.acknowledged = Some(at);
                affair.row.revision += 1;
            }
        }
    }
}

impl MemoryStore {
    /// A case is handed over until then.
    pub(crate) fn hand_over(&self, case: usize, to: &str, due: Timestamp) {
        self.look(|inside| {
            let affair = &mut inside.cases[case];
            affair.row.status = CaseStatus::HandedOver;
            affair.row.handed = Some(HandOver { to: SafeText::line(to, 80), due: Some(due) });
            affair.handed_told = false;
        });
    }

    /// A promise in a case.
    pub(crate) fn promise(&self, case: usize, text: &str, due: Timestamp) {
        self.look(|inside| {
            let promises = &mut inside.cases[case].promises;
            let id = PromiseId(i64::try_from(promises.len()).unwrap() + 1);
            promises.push((Promise { id, text: SafeText::block(text), due, kept: None }, false));
        });
    }
}

fn absent<T>() -> StoreResult<T> {
    Err(StoreError::Other("people do nothing to cases here".to_owned()))
}

#[async_trait]
impl Cases for MemoryStore {
    async fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        _now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<CaseRow>> {
        Ok(self.look(|inside| {
            let rows = inside.cases.iter().map(|affair| affair.row.clone());
            let key = |row: &CaseRow| InboxKey { due: row.due, id: row.id };
            let mut rows: Vec<CaseRow> = rows
                .filter(|row| (filter.closed || row.status.is_open()) && after.is_none_or(|after| key(row) > after))
                .collect();
            rows.sort_by_key(key);
            rows.truncate(limit as usize);
            rows
        }))
    }

    async fn inbox_figures(&self, _: Timestamp, _: Timestamp, _: f64) -> StoreResult<InboxFigures> {
        let open = self.inbox(&InboxFilter::default(), None, Timestamp::UNIX_EPOCH, u32::MAX).await?.len() as u64;
        Ok(InboxFigures { open, ..InboxFigures::default() })
    }

    async fn case(&self, id: CaseId, _now: Timestamp) -> StoreResult<Option<Case>> {
        Ok(self.look(|inside| {
            let affair = inside.cases.iter().find(|affair| affair.row.id == id)?;
            Some(Case {
                row: affair.row.clone(),
                thread: affair.key.1.clone(),
                source: affair.key.0,
                network: affair.row.mention.network.clone(),
                turns: Vec::new(),
                steps: Vec::new(),
                promises: affair.promises.iter().map(|(promise, _)| promise.clone()).collect(),
            })
        }))
    }

    async fn case_of(&self, mention: MentionId) -> StoreResult<Option<CaseId>> {
        Ok(self.look(|inside| {
            inside.cases.iter().find(|affair| affair.mentions.contains(&mention)).map(|affair| affair.row.id)
        }))
    }

    async fn open_case(&self, _: MentionId, _: &Need, _: &ByHand) -> StoreResult<Option<CaseId>> {
        absent()
    }

    async fn change_cases(&self, _: &[CaseId], _: &CaseChange, _: &ByHand) -> StoreResult<Changed> {
        absent()
    }

    async fn undo_steps(&self, _: &[StepId], _: &ByHand) -> StoreResult<Undone> {
        absent()
    }

    async fn thread(&self, _: MentionId, _: u32) -> StoreResult<Vec<Turn>> {
        Ok(Vec::new())
    }

    async fn person_card(&self, _: PersonId, _: u32) -> StoreResult<Option<PersonCard>> {
        Ok(None)
    }

    async fn clocks(&self, _: Timestamp, _: Timestamp, _: Timestamp, _: u32) -> StoreResult<Vec<ClockRow>> {
        Ok(Vec::new())
    }

    async fn first_answers(&self, _: Timestamp, _: Timestamp, _: Timestamp, _: u32) -> StoreResult<Vec<FirstAnswer>> {
        Ok(Vec::new())
    }

    async fn went_late(&self, lease: &Lease, _now: Timestamp, cut_off: Timestamp) -> StoreResult<LateNews> {
        self.look(|inside| {
            // Nothing is written, and nothing can go wrong, when nothing is late.
            let late = |affair: &Affair| {
                affair.row.status == CaseStatus::New && !affair.late_told && affair.row.opened <= cut_off
            };
            if inside.cases.iter().any(late) {
                inside.check(lease)?;
            }
            let untold = |affair: &&mut Affair| affair.row.status == CaseStatus::New && !affair.late_told;
            let mut news = LateNews::default();
            let mut all: Vec<&mut Affair> = inside.cases.iter_mut().filter(untold).collect();
            all.sort_by_key(|affair| affair.row.opened);
            for affair in all {
                if affair.row.opened > cut_off {
                    news.next_opened = news.next_opened.or(Some(affair.row.opened));
                    continue;
                }
                affair.late_told = true;
                news.count += 1;
                news.first.get_or_insert_with(|| affair.row.clone());
            }
            Ok(news)
        })
    }

    async fn promises_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<(CaseId, Promise)>> {
        self.look(|inside| {
            let mut promises = inside.cases.iter().flat_map(|affair| &affair.promises);
            if promises.any(|(promise, told)| !told && promise.due <= now) {
                inside.check(lease)?;
            }
            let mut due = Vec::new();
            for affair in &mut inside.cases {
                for (promise, told) in affair.promises.iter_mut().filter(|(promise, told)| !told && promise.due <= now)
                {
                    *told = true;
                    due.push((affair.row.id, promise.clone()));
                }
            }
            Ok(due)
        })
    }

    async fn next_promise(&self) -> StoreResult<Option<Timestamp>> {
        Ok(self.look(|inside| {
            let all = inside.cases.iter().flat_map(|affair| &affair.promises);
            all.filter(|(_, told)| !told).map(|(promise, _)| promise.due).min()
        }))
    }

    async fn hand_overs_due(&self, lease: &Lease, now: Timestamp) -> StoreResult<Vec<CaseRow>> {
        self.look(|inside| {
            let due = |affair: &&mut Affair| affair.row.is_overdue(now) && !affair.handed_told;
            let mut rows = Vec::new();
            for affair in inside.cases.iter_mut().filter(due) {
                affair.handed_told = true;
                rows.push(affair.row.clone());
            }
            // Nothing is written, and nothing can go wrong, when nothing is due.
            if !rows.is_empty() {
                inside.check(lease)?;
            }
            Ok(rows)
        })
    }

    async fn next_hand_over(&self) -> StoreResult<Option<Timestamp>> {
        Ok(self.look(|inside| {
            let untold = inside.cases.iter().filter(|affair| !affair.handed_told);
            untold.filter_map(|affair| affair.row.handed_due()).min()
        }))
    }
}
