//! A store in memory: a lease, sources, mentions and signals, as the trait promises them, and faults on demand.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use async_trait::async_trait;

use super::whole;
use crate::domain::stream::{Counts, Filter, Key, Overview, Span};
use crate::domain::time::{SignedDuration, published};
use crate::domain::{
    Act, Correction, CorrectionId, GroupId, Item, Mention, MentionId, MentionRow, Network, NewCorrection, OwnHistory,
    SafeText, Sentiment, Signal, SignalId, SourceId, SourceState, Subject, SubjectId, Timestamp, WatchId, WatchRule,
};
use crate::store::{
    Adopted, Lease, LeaseState, NewAct, NewMention, RecordBatch, Recorded, Retention, Roster, RosterSource, Store,
    StoreError, StoreResult,
};

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) lease: Option<Lease>,
    pub(crate) epoch: i64,
    pub(crate) version: i64,
    pub(crate) adopted: Adopted,
    pub(crate) sources: Vec<SourceState>,
    pub(crate) mentions: Vec<(MentionRow, NewMention, SourceId)>,
    /// Our own posts, with the mention that each answers.
    pub(crate) acts: Vec<(NewAct, SourceId, Option<MentionId>)>,
    /// Scopes of the sources that have one.
    pub(crate) scopes: HashMap<SourceId, String>,
    pub(crate) paused: bool,
    /// Commits of other processes.
    pub(crate) strangers: i64,
    pub(crate) signals: Vec<Signal>,
    /// What people said of readings.
    pub(crate) said: super::said::SaidOf,
    pub(crate) records: Vec<RecordBatch>,
    /// Errors that the next writes meet.
    pub(crate) faults: VecDeque<StoreError>,
    /// Errors that adopting and asking for the lease meet.
    pub(crate) refusals: VecDeque<StoreError>,
    pub(crate) lease_asked: usize,
    pub(crate) pages: usize,
    pub(crate) cases: Vec<super::cases::Affair>,
}

#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Inside>);

impl MemoryStore {
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Inside) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    /// The next `times` records meet a full disk.
    pub(crate) fn fill(&self, times: usize) {
        self.look(|inside| {
            inside.faults.extend((0..times).map(|_| StoreError::Full { path: PathBuf::from("/data/x.db") }));
        });
    }

    /// A commit of another process that a person could see.
    pub(crate) fn see_something_new(&self) {
        self.look(|inside| {
            inside.version += 1;
            let id = SignalId(inside.signals.len() as i64 + 1);
            let (kind, at) = (crate::domain::SignalKind::Spike, Timestamp::UNIX_EPOCH);
            let text = SafeText::default();
            inside.signals.push(Signal { id, kind, at, subject: None, source: None, text, seen: false });
        });
    }

    pub(crate) fn source(&self, name: &str) -> SourceState {
        self.look(|inside| inside.sources.iter().find(|source| source.name == name).unwrap().clone())
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.look(|inside| inside.mentions.iter().map(|(_, new, _)| new.item.text.clone()).collect())
    }
}

impl Inside {
    pub(super) fn check(&mut self, lease: &Lease) -> StoreResult<()> {
        if let Some(fault) = self.faults.pop_front() {
            return Err(fault);
        }
        let current = self.lease.as_ref().is_some_and(|current| current.epoch == lease.epoch);
        if current { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Whether two sources know a post by the same name.
    fn share(&self, one: SourceId, other: SourceId) -> bool {
        one == other || self.scopes.get(&one).is_some_and(|scope| self.scopes.get(&other) == Some(scope))
    }

    fn known(&mut self, source: SourceId, new: &NewMention) -> Option<&mut (MentionRow, NewMention, SourceId)> {
        let same: Vec<bool> = self.mentions.iter().map(|(_, _, from)| self.share(*from, source)).collect();
        self.mentions.iter_mut().zip(same).filter(|(_, same)| *same).map(|(one, _)| one).find(|(_, old, _)| {
            old.item.native_id == new.item.native_id
                || old.item.aliases.iter().any(|alias| new.item.aliases.contains(alias))
        })
    }

    fn insert(&mut self, source: SourceId, network: crate::domain::Network, new: &NewMention) -> MentionRow {
        let id = MentionId(i64::try_from(self.mentions.len()).unwrap() + 1);
        let row = MentionRow {
            id,
            group: GroupId(id.0),
            group_size: 1,
            source,
            network,
            author: SafeText::line(new.item.author.handle.as_deref().unwrap_or_default(), 80),
            followers: None,
            title: SafeText::line(new.item.title.as_deref().unwrap_or_default(), 200),
            excerpt: SafeText::line(&new.item.text, MentionRow::EXCERPT),
            published: published(new.item.claimed, new.first_seen),
            first_seen: new.first_seen,
            history: new.history,
            read: new.read,
            edited: false,
            visibility: new.item.visibility,
            content_warning: SafeText::line(new.item.content_warning.as_deref().unwrap_or_default(), 300),
            answered: None,
            readings: new.readings.clone(),
        };
        self.mentions.push((row.clone(), new.clone(), source));
        self.answer();
        self.mentions.last().unwrap().0.clone()
    }

    /// Takes what is ours in, and out of the mentions.
    pub(super) fn act(&mut self, source: SourceId, act: &NewAct, recorded: &mut Recorded) {
        let id = &act.item.native_id;
        let place = self.acts.iter().position(|(old, from, _)| old.item.native_id == *id && self.share(*from, source));
        match place.and_then(|place| self.acts.get_mut(place)) {
            Some((old, _, _)) if old.content == act.content => recorded.known += 1,
            Some((old, _, _)) => {
                old.clone_from(act);
                recorded.acts += 1;
            }
            None => {
                let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.mentions)
                    .into_iter()
                    .partition(|(_, new, from)| new.item.native_id == *id && self.share(*from, source));
                self.mentions = others;
                recorded.deleted.extend(ours.iter().map(|(row, _, _)| row.id));
                self.acts.push((act.clone(), source, None));
                recorded.acts += 1;
            }
        }
        recorded.answered.extend(self.answer());
    }

    /// Brings mentions and acts together; returns the mentions that became answered.
    fn answer(&mut self) -> Vec<MentionId> {
        let mut answered = Vec::new();
        for place in 0..self.acts.len() {
            let (act, source, _) = &self.acts[place];
            let Some(target) = act.item.parent.clone().or_else(|| act.item.root.clone()) else { continue };
            let (at, source) = (published(act.item.claimed, act.first_seen), *source);
            let found = self
                .mentions
                .iter()
                .position(|(_, new, from)| new.item.native_id == target && self.share(*from, source));
            let Some((row, _, _)) = found.and_then(|found| self.mentions.get_mut(found)) else { continue };
            if row.answered.is_none() {
                row.read = true;
                answered.push(row.id);
            }
            row.answered = Some(row.answered.map_or(at, |before| before.min(at)));
            let id = row.id;
            self.acts[place].2 = Some(id);
        }
        answered
    }

    /// Takes down what has this name.
    fn take_down(&mut self, source: SourceId, name: &str, recorded: &mut Recorded) {
        let gone: Vec<MentionId> = self
            .mentions
            .iter()
            .filter(|(_, new, from)| new.item.native_id == name && self.share(*from, source))
            .map(|(row, _, _)| row.id)
            .collect();
        self.mentions.retain(|(row, _, _)| !gone.contains(&row.id));
        recorded.deleted.extend(gone);
        let place = self.acts.iter().position(|(act, from, _)| act.item.native_id == name && self.share(*from, source));
        if let Some(place) = place {
            self.acts.remove(place);
            recorded.acts += 1;
        }
    }

    /// Takes down what these people wrote.
    fn let_go(&mut self, source: SourceId, gone: &[String], recorded: &mut Recorded) {
        let theirs = |item: &Item| item.author.native_id.as_ref().is_some_and(|id| gone.contains(id));
        let mentions = self.mentions.iter().map(|(_, new, from)| (&new.item, *from));
        let all = mentions.chain(self.acts.iter().map(|(act, from, _)| (&act.item, *from)));
        let names: Vec<String> = all
            .filter(|(item, from)| theirs(item) && self.share(*from, source))
            .map(|(item, _)| item.native_id.clone())
            .collect();
        for name in names {
            self.take_down(source, &name, recorded);
        }
    }

    fn window(&self, filter: &Filter, span: Span, limit: u32) -> Vec<&(MentionRow, NewMention, SourceId)> {
        let key = |row: &MentionRow| Key { published: row.published, id: row.id };
        let mut found: Vec<_> = self
            .mentions
            .iter()
            .filter(|(row, _, from)| {
                filter.source.is_none_or(|source| source == *from)
                    && filter.since.is_none_or(|since| row.published >= since)
                    && filter.until.is_none_or(|until| row.published < until)
                    && filter.subject.is_none_or(|subject| {
                        row.readings.iter().any(|reading| reading.subject == subject && reading.about)
                    })
                    && match span {
                        Span::Newest => true,
                        Span::OlderThan(place) => key(row) < place,
                        Span::NewerThan(place) => key(row) > place,
                    }
            })
            .collect();
        found.sort_by_key(|(row, _, _)| std::cmp::Reverse(key(row)));
        if matches!(span, Span::NewerThan(_)) {
            found.reverse();
        }
        found.truncate(limit as usize);
        found
    }
}
#[async_trait]
impl Store for MemoryStore {
    async fn take_lease(&self, holder: &str, now: Timestamp, life: SignedDuration) -> StoreResult<LeaseState> {
        self.look(|inside| {
            inside.lease_asked += 1;
            if let Some(refusal) = inside.refusals.pop_front() {
                return Err(refusal);
            }
            let theirs = inside.lease.clone().filter(|lease| lease.holder != holder && lease.until > now);
            if let Some(lease) = theirs {
                return Ok(LeaseState::Theirs(lease));
            }
            let same = inside.lease.as_ref().is_some_and(|lease| lease.holder == holder);
            inside.epoch += i64::from(!same);
            let lease = Lease { holder: holder.to_owned(), epoch: inside.epoch, until: now + life };
            inside.lease = Some(lease.clone());
            inside.version += 1;
            Ok(LeaseState::Ours(lease))
        })
    }

    async fn release_lease(&self, lease: &Lease) -> StoreResult<()> {
        self.look(|inside| {
            if inside.lease.as_ref().is_some_and(|current| current.epoch == lease.epoch) {
                inside.lease = None;
                inside.version += 1;
            }
            Ok(())
        })
    }

    async fn adopt(&self, roster: &Roster) -> StoreResult<Adopted> {
        self.look(|inside| {
            if let Some(refusal) = inside.refusals.pop_front() {
                return Err(refusal);
            }
            let number = |place: usize| i64::try_from(place).unwrap() + 1;
            let subjects: Vec<Subject> = roster
                .subjects
                .iter()
                .enumerate()
                .map(|(place, (name, role))| Subject { id: SubjectId(number(place)), name: name.clone(), role: *role })
                .collect();
            let watches = roster.watches.iter().enumerate().map(|(place, watch)| WatchRule {
                id: WatchId(number(place)),
                subject: subjects.iter().find(|subject| subject.name == watch.subject).unwrap().id,
                name: watch.name.clone(),
                query: watch.query.clone(),
                context: watch.context.clone(),
            });
            let watches = watches.collect();
            for (place, RosterSource { name, network, scope }) in roster.sources.iter().enumerate() {
                if let Some(scope) = scope {
                    inside.scopes.insert(SourceId(number(place)), scope.clone());
                }
                if !inside.sources.iter().any(|source| source.name == *name) {
                    inside.sources.push(whole::source(SourceId(number(place)), name, network));
                }
            }
            let sources = roster.sources.iter();
            let sources = sources.map(|one| inside.sources.iter().find(|source| source.name == one.name).unwrap().id);
            inside.adopted = Adopted { subjects, watches, sources: sources.collect() };
            Ok(inside.adopted.clone())
        })
    }

    async fn join(&self, roster: &Roster, _: &str, _: Timestamp) -> StoreResult<Adopted> {
        self.adopt(roster).await
    }

    async fn source_apart(&self, name: &str, _: &Network) -> StoreResult<SourceId> {
        let found =
            self.look(|inside| inside.sources.iter().find(|source| source.name == name).map(|source| source.id));
        found.ok_or_else(|| StoreError::Other("no source of this name".to_owned()))
    }

    async fn adopted(&self) -> StoreResult<Adopted> {
        Ok(self.look(|inside| inside.adopted.clone()))
    }

    async fn record(&self, lease: &Lease, batch: &RecordBatch) -> StoreResult<Recorded> {
        self.look(|inside| {
            inside.check(lease)?;
            inside.version += 1;
            inside.records.push(batch.clone());
            let place = inside.sources.iter().position(|source| source.id == batch.source).unwrap();
            let network = inside.sources[place].network.clone();
            let mut recorded = Recorded::default();
            for act in &batch.acts {
                inside.act(batch.source, act, &mut recorded);
            }
            for name in &batch.deleted {
                inside.take_down(batch.source, name, &mut recorded);
            }
            inside.let_go(batch.source, &batch.gone, &mut recorded);
            let left = |new: &NewMention| new.item.author.native_id.as_ref().is_some_and(|id| batch.gone.contains(id));
            for new in batch.mentions.iter().filter(|new| !left(new)) {
                if let Some((row, old, _)) = inside.known(batch.source, new) {
                    if old.content == new.content {
                        recorded.known += 1;
                    } else {
                        old.clone_from(new);
                        recorded.edited.push(row.id);
                    }
                } else {
                    recorded.new.push(inside.insert(batch.source, network.clone(), new));
                    inside.need(batch.source, new);
                }
            }
            inside.acknowledge();
            let state = &mut inside.sources[place];
            let outcome = &batch.outcome;
            state.cursor.clone_from(&batch.cursor);
            state.health = outcome.health;
            state.trouble = SafeText::line(&outcome.trouble, 300);
            state.failures = outcome.failures;
            state.polled = Some(outcome.at);
            if outcome.failures == 0 {
                state.answered = Some(outcome.at);
            }
            if outcome.fresh {
                state.fresh = Some(outcome.at);
            }
            state.next = outcome.next;
            state.interval = Some(outcome.interval);
            state.live = outcome.live;
            if !outcome.meters.is_empty() {
                state.meters.clone_from(&outcome.meters);
            }
            state.mentions += recorded.new.len() as u64;
            Ok(recorded)
        })
    }

    async fn record_own_history(
        &self,
        lease: &Lease,
        batch: &RecordBatch,
        history: &OwnHistory,
    ) -> StoreResult<Recorded> {
        self.look(|inside| {
            inside.check(lease)?;
            Ok(inside.older_posts(batch, history))
        })
    }

    async fn bring(&self, _: &RecordBatch) -> StoreResult<Recorded> {
        Err(StoreError::Other("nobody brings anything here".to_owned()))
    }

    async fn source_names(&self) -> StoreResult<Vec<(SourceId, String)>> {
        Ok(self.look(|inside| inside.sources.iter().map(|source| (source.id, source.name.clone())).collect()))
    }

    async fn scope_of(&self, source: SourceId) -> StoreResult<Option<String>> {
        Ok(self.look(|inside| inside.scopes.get(&source).cloned()))
    }

    async fn raise(&self, lease: &Lease, signal: &Signal) -> StoreResult<Option<SignalId>> {
        self.look(|inside| {
            inside.check(lease)?;
            let again = inside.signals.iter().any(|old| {
                (old.kind, old.subject, old.source) == (signal.kind, signal.subject, signal.source)
                    && signal.at.duration_since(old.at) < SignedDuration::from_hours(1)
            });
            if again && !signal.kind.is_always_news() {
                return Ok(None);
            }
            let id = SignalId(i64::try_from(inside.signals.len()).unwrap() + 1);
            inside.signals.push(Signal { id, ..signal.clone() });
            Ok(Some(id))
        })
    }

    async fn page(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<MentionRow>> {
        Ok(self.look(|inside| inside.window(filter, span, limit).into_iter().map(|(row, _, _)| row.clone()).collect()))
    }

    async fn count(&self, filter: &Filter, most: u64) -> StoreResult<u64> {
        Ok(self.look(|inside| inside.window(filter, Span::Newest, u32::MAX).len() as u64).min(most))
    }

    async fn mention(&self, id: MentionId) -> StoreResult<Option<Mention>> {
        let all = self.mentions(&Filter::default(), Span::Newest, u32::MAX).await?;
        Ok(all.into_iter().find(|mention| mention.row.id == id))
    }

    async fn mentions(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<Mention>> {
        self.look(|inside| {
            inside.pages += 1;
            let said = &inside.said;
            Ok(inside
                .window(filter, span, limit)
                .into_iter()
                .map(|(row, new, _)| whole::mention(row, new, said))
                .collect())
        })
    }

    async fn answers(&self, id: MentionId) -> StoreResult<Vec<Act>> {
        Ok(self.look(|inside| {
            let acts = inside.acts.iter().enumerate().filter(|(_, (_, _, answers))| *answers == Some(id));
            acts.map(|(place, (act, source, answers))| whole::act(place, act, *source, *answers)).collect()
        }))
    }

    async fn acts(&self, before: Option<Timestamp>, limit: u32) -> StoreResult<Vec<Act>> {
        Ok(self.look(|inside| {
            let acts = inside.acts.iter().enumerate();
            let mut all: Vec<Act> =
                acts.map(|(place, (act, source, answers))| whole::act(place, act, *source, *answers)).collect();
            all.retain(|act| before.is_none_or(|before| act.published < before));
            all.sort_by_key(|act| std::cmp::Reverse((act.published, act.id)));
            all.truncate(limit as usize);
            all
        }))
    }

    async fn own_accounts(&self) -> StoreResult<Vec<(String, String)>> {
        Ok(self.look(|inside| {
            let own = inside.acts.iter().filter(|(act, _, _)| act.item.own);
            own.filter_map(|(act, source, _)| {
                Some((inside.scopes.get(source)?.clone(), act.item.author.native_id.clone()?))
            })
            .collect()
        }))
    }

    async fn set_paused(&self, paused: bool) -> StoreResult<()> {
        self.look(|inside| {
            if let Some(refusal) = inside.refusals.pop_front() {
                return Err(refusal);
            }
            inside.version += i64::from(inside.paused != paused);
            inside.paused = paused;
            Ok(())
        })
    }

    async fn paused(&self) -> StoreResult<bool> {
        Ok(self.look(|inside| inside.paused))
    }

    async fn trend(
        &self,
        subject: SubjectId,
        from: Timestamp,
        bucket: SignedDuration,
        buckets: u32,
    ) -> StoreResult<Vec<Counts>> {
        let quarter = 15 * 60;
        let from = from.as_second() - from.as_second().rem_euclid(quarter);
        let mut counts = vec![Counts::default(); buckets as usize];
        self.look(|inside| {
            for (row, _, _) in &inside.mentions {
                let place = (row.published.as_second() - from).div_euclid(bucket.as_secs());
                let Some(count) = usize::try_from(place).ok().and_then(|place| counts.get_mut(place)) else { continue };
                for reading in row.readings.iter().filter(|reading| reading.subject == subject && reading.about) {
                    match reading.likeliest() {
                        Some(Sentiment::Negative) => count.negative += 1,
                        Some(Sentiment::Neutral) => count.neutral += 1,
                        Some(Sentiment::Positive) => count.positive += 1,
                        None => count.unscored += 1,
                    }
                    count.complaints += u64::from(reading.is_complaint());
                }
            }
        });
        Ok(counts)
    }

    async fn overview(&self, _day: Timestamp, _brand: Option<SubjectId>) -> StoreResult<Overview> {
        Ok(self.look(|inside| Overview { mentions: inside.mentions.len() as u64, ..Overview::default() }))
    }

    async fn sources(&self) -> StoreResult<Vec<SourceState>> {
        Ok(self.look(|inside| {
            let adopted = inside.adopted.sources.iter();
            adopted.filter_map(|id| inside.sources.iter().find(|source| source.id == *id)).cloned().collect()
        }))
    }

    async fn signals(&self, limit: u32) -> StoreResult<Vec<Signal>> {
        Ok(self.look(|inside| inside.signals.iter().rev().take(limit as usize).cloned().collect()))
    }

    async fn correct(&self, corrections: &[NewCorrection]) -> StoreResult<Vec<CorrectionId>> {
        Ok(self.look(|inside| {
            corrections.iter().filter_map(|new| inside.said.correct(&mut inside.mentions, new)).collect()
        }))
    }

    async fn undo_corrections(&self, ids: &[CorrectionId], _at: Timestamp) -> StoreResult<u64> {
        Ok(self.look(|inside| inside.said.undo(&mut inside.mentions, ids)))
    }

    async fn corrections(&self, limit: u32) -> StoreResult<Vec<Correction>> {
        Ok(self.look(|inside| inside.said.standing().into_iter().rev().take(limit as usize).collect()))
    }

    async fn corrections_version(&self) -> StoreResult<i64> {
        Ok(self.look(|inside| inside.said.version))
    }

    async fn mark_read(&self, ids: &[MentionId], read: bool) -> StoreResult<u64> {
        Ok(self.look(|inside| {
            let rows = inside.mentions.iter_mut().map(|(row, _, _)| row);
            let changed = rows.filter(|row| ids.contains(&row.id) && row.read != read);
            changed.map(|row| row.read = read).count() as u64
        }))
    }

    async fn mark_all_read(&self, filter: &Filter, last: MentionId) -> StoreResult<Vec<MentionId>> {
        let rows = self.page(filter, Span::Newest, u32::MAX).await?;
        let ids: Vec<_> = rows.into_iter().filter(|row| !row.read && row.id <= last).map(|row| row.id).collect();
        self.mark_read(&ids, true).await?;
        Ok(ids)
    }

    async fn see_signal(&self, id: SignalId) -> StoreResult<()> {
        self.look(|inside| inside.signals.iter_mut().filter(|signal| signal.id == id).for_each(|s| s.seen = true));
        Ok(())
    }

    async fn version(&self) -> StoreResult<i64> {
        Ok(self.look(|inside| inside.version))
    }

    async fn strangers_version(&self) -> StoreResult<i64> {
        Ok(self.look(|inside| inside.strangers))
    }

    async fn retain(&self, lease: &Lease, now: Timestamp, retention: &Retention) -> StoreResult<u64> {
        self.look(|inside| {
            inside.check(lease)?;
            let mut room = 1_000;
            let before = inside.mentions.len();
            inside.mentions.retain(|(row, _, _)| {
                let goes = room > 0 && now.duration_since(row.published) > retention.mentions;
                room -= usize::from(goes);
                !goes
            });
            Ok((before - inside.mentions.len()) as u64)
        })
    }

    async fn backup(&self, to: &Path) -> StoreResult<()> {
        Err(StoreError::File { path: to.to_owned(), detail: "a store in memory has no file".into() })
    }

    async fn close(&self) {}
}
