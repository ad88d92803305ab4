//! One poll from asking to storing: ask, take in, decide when to ask next, record, tell. Runs as a task of its
//! own; everything up to the recording may be dropped at any moment without losing anything. The poll of a stream
//! listens on until there is something to store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::slot::{Ear, Novelty, Seen, Slot, Standing};
use super::stream::{Held, is_caught_up};
use super::write::{Ending, Stored, Unrecorded, store};
use super::{Current, Note, Shared};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, SafeText, SourceHealth, Timestamp, Visibility};
use crate::engine::event::Polled;
use crate::engine::intake::{Arrival, SourceInfo, TakenIn, take_in};
use crate::engine::schedule::{self, Bounds, Decision, Failure};
use crate::sources::{Batch, Retry, SourceError, SourceErrorKind};
use crate::store::{PollOutcome, RecordBatch};

/// Longest that one poll may take; the networks' own time-outs are far shorter.
const POLL_LIMIT: Duration = Duration::from_secs(180);
/// Longest that looking up the names of authors may take.
const NAMING_LIMIT: Duration = Duration::from_secs(5);
/// Pause after an empty answer of a stream that did not wait for anything.
const BREATH: Duration = Duration::from_millis(20);
/// Longest line of trouble or remark, in characters.
const LINE: usize = 400;

/// All that a poll needs to know; owned, so that it runs by itself.
pub(super) struct Job {
    pub info: Arc<SourceInfo>,
    pub bounds: Bounds,
    pub ear: Ear,
    pub seen: Arc<Mutex<Seen>>,
    pub standing: Standing,
    pub first_poll: bool,
    pub away: bool,
    pub epoch: i64,
    pub streams: bool,
    /// When the stream was stored last; `None` when it was not since it connected.
    pub stored: Option<Instant>,
    /// How far behind a stream was last.
    pub behind: Option<SignedDuration>,
    /// When a stream that is only to catch up ends.
    pub until: Option<Instant>,
    pub scope: Option<Arc<str>>,
    pub intake: Arc<Current>,
    pub shared: Arc<Shared>,
    pub stop: CancellationToken,
}

impl Job {
    pub(super) fn new(
        slot: &Slot,
        intake: &Arc<Current>,
        shared: &Arc<Shared>,
        epoch: i64,
        away: bool,
        stop: &CancellationToken,
    ) -> Self {
        Self {
            info: Arc::clone(&slot.info),
            bounds: slot.bounds,
            ear: Arc::clone(&slot.ear),
            seen: Arc::clone(&slot.seen),
            standing: slot.standing.clone(),
            first_poll: slot.standing.answered.is_none() || slot.still_first,
            away,
            epoch,
            streams: slot.streams,
            stored: slot.stored,
            behind: slot.behind,
            until: slot.until.filter(|_| slot.streams),
            scope: slot.scope.clone(),
            intake: Arc::clone(intake),
            shared: Arc::clone(shared),
            stop: stop.clone(),
        }
    }

    /// Does it all.
    pub(super) async fn run(self) -> Ending {
        if !self.streams {
            self.shared.herald.polling(self.info.id);
        }
        let mut held = Held::at(&self.standing.cursor);
        loop {
            let (asked, begun) = (self.shared.clock.now(), Instant::now());
            let answer = tokio::select! {
                biased;
                () = self.stop.cancelled() => {
                    if !self.streams {
                        self.shared.herald.idle(self.info.id);
                    }
                    return Ending::Abandoned;
                }
                answer = self.ask(&held.cursor, asked) => answer,
                () = sleep_until(self.until.unwrap_or(begun)), if self.until.is_some() => match held.heard || self.stored.is_some() {
                    true => Ok(held.nothing_more(self.behind)),
                    false => Err(no_answer(begun.elapsed())),
                },
            };
            let unrecorded = match answer {
                Ok(batch) => self.answered(batch, &mut held, asked, begun).await,
                Err(error) => Err(error),
            };
            match unrecorded {
                Ok(Some(unrecorded)) => return store(&self.shared, self.epoch, &self.seen, Box::new(unrecorded)).await,
                Ok(None) if begun.elapsed() < BREATH => sleep(BREATH).await,
                Ok(None) => {}
                Err(error) => {
                    let unrecorded = Box::new(self.failed(error, held, begun));
                    return store(&self.shared, self.epoch, &self.seen, unrecorded).await;
                }
            }
        }
    }

    async fn ask(&self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut ear = self.ear.lock().await;
        match timeout(POLL_LIMIT, ear.poll(cursor, now)).await {
            Ok(answer) => answer,
            Err(_) => Err(no_answer(POLL_LIMIT)),
        }
    }

    /// Takes an answer in. `None` when it is a stream's, holds nothing for us and need not be stored yet.
    async fn answered(
        &self,
        mut batch: Batch,
        held: &mut Held,
        asked: Timestamp,
        begun: Instant,
    ) -> Result<Option<Unrecorded>, SourceError> {
        let now = self.shared.clock.now();
        let mut items = std::mem::take(&mut batch.items);
        let (count, newest) = (items.len(), items.iter().filter_map(|item| item.claimed).max());
        let novelty = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .compare(&items, self.standing.answered.filter(|_| !self.first_poll));
        if let Some(scope) = &self.scope {
            self.shared.own.mark(scope, &mut items);
        }
        let arrival = Arrival { now, first_poll: self.first_poll, pushed: self.streams };
        let mut taken = take_in(&self.intake.get(), &self.info, items, arrival)
            .await
            .map_err(|error| fault(SourceErrorKind::Local, &error.to_string(), "please report it"))?;
        // Not before it is taken in: a failure must leave the cursor where it was.
        held.items += count;
        let caught_up = is_caught_up(&batch, count, newest, now);
        held.add(&mut batch, novelty);
        held.deleted.append(&mut taken.deleted);
        let nothing = taken.mentions.is_empty() && taken.acts.is_empty();
        let enough = self.until.is_some_and(|until| caught_up || until <= Instant::now());
        if self.streams && batch.more && nothing && !enough && !held.is_due(self.stored, &self.standing.cursor) {
            return Ok(None);
        }
        self.name_authors(&mut taken, &held.novelty, now).await;
        let mut held = std::mem::take(held);
        taken.deleted = std::mem::take(&mut held.deleted);
        let mut unrecorded = self.brought(&batch, held, taken, asked, begun).await;
        unrecorded.stored.caught_up = caught_up;
        Ok(Some(unrecorded))
    }

    /// Everything that there is to store and to tell of an answer.
    async fn brought(
        &self,
        batch: &Batch,
        held: Held,
        mut taken: TakenIn,
        asked: Timestamp,
        begun: Instant,
    ) -> Unrecorded {
        let now = self.shared.clock.now();
        let live = self.streams && batch.more;
        let fresh = held.novelty.any();
        let mut notes = self.flooded(&held.novelty, &mut taken, now);
        let (before, random) = (self.standing.interval, (self.shared.dice)());
        let mut decision = schedule::after_answer(self.bounds, before, fresh, batch.rest, now, random);
        if live {
            decision.next = Some(now);
        }
        if !fresh {
            let (health, note) = self.quiet(now).await;
            decision.health = health;
            notes.extend(note);
        }
        notes.extend(self.first_poll.then_some(Note::Began(self.info.id)));
        notes.extend(Note::committed(&taken.mentions));
        let standing = Standing {
            cursor: held.cursor,
            interval: Some(decision.interval),
            failures: 0,
            health: decision.health,
            live,
            answered: Some(now),
            fresh: if fresh { Some(now) } else { self.standing.fresh },
        };
        let quiet = live && self.stored.is_some() && held.remarks.is_empty() && standing.is_like(&self.standing);
        let remarks: Vec<SafeText> = held.remarks.iter().map(|remark| SafeText::line(remark, LINE)).collect();
        if quiet {
            tracing::debug!(source = %self.name(), items = held.items, "a stream goes on");
        } else {
            tracing::info!(source = %self.name(), items = held.items, unchanged = batch.unchanged, "answered");
        }
        let polled = Polled {
            items: held.items,
            unchanged: batch.unchanged,
            remarks,
            live,
            behind: held.behind,
            ..self.polled(&decision)
        };
        let outcome = PollOutcome { live, meters: held.meters, ..outcome(asked, &decision, fresh, String::new()) };
        let batch_of = RecordBatch {
            source: self.info.id,
            cursor: standing.cursor.clone(),
            mentions: taken.mentions,
            acts: taken.acts,
            deleted: taken.deleted,
            gone: held.gone,
            outcome,
        };
        let stored = Stored { next: polled.next, standing, more: batch.more, caught_up: false, failure: None, polled };
        self.unrecorded(batch_of, held.novelty, stored, notes, begun, quiet)
    }

    /// Asks for the handles of those authors of new mentions of whom only the id is known. What cannot be had in
    /// time stays unknown until they are heard of again.
    async fn name_authors(&self, taken: &mut TakenIn, novelty: &Novelty, now: Timestamp) {
        let nameless = |author: &Author| author.handle.is_none() && author.native_id.is_some();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut authors: Vec<Author> = Vec::new();
        for mention in taken.mentions.iter().filter(|new| nameless(&new.item.author) && novelty.has(&new.item)) {
            let Some(id) = &mention.item.author.native_id else { continue };
            if !places.contains_key(id) {
                places.insert(id.clone(), authors.len());
                authors.push(mention.item.author.clone());
            }
        }
        if authors.is_empty() {
            return;
        }
        let named = async {
            let mut ear = self.ear.lock().await;
            if timeout(NAMING_LIMIT, ear.name_authors(&mut authors, now)).await.is_err() {
                tracing::debug!(source = %self.name(), "the names of authors could not be had in time");
            }
        };
        tokio::select! { () = self.stop.cancelled() => return, () = named => {} }
        for author in taken.mentions.iter_mut().map(|new| &mut new.item.author).filter(|author| nameless(author)) {
            let place = author.native_id.as_ref().and_then(|id| places.get(id));
            let Some(known) = place.and_then(|place| authors.get(*place)) else { continue };
            author.handle.clone_from(&known.handle);
            author.name = author.name.take().or_else(|| known.name.clone());
            author.followers = author.followers.or(known.followers);
        }
    }

    /// A failure counts from when it was noticed, so that a wait that the server named is told from our own.
    fn failed(&self, error: SourceError, held: Held, begun: Instant) -> Unrecorded {
        let now = self.shared.clock.now();
        let failure = Failure {
            failures: self.standing.failures,
            interval: self.standing.interval,
            retry: error.retry,
            away: self.away,
            by_choice: error.by_choice,
        };
        let decision = schedule::after_failure(self.bounds, failure, now, (self.shared.dice)());
        let trouble = SafeText::line(&error.to_string(), LINE);
        let waits = decision.health == SourceHealth::Waiting;
        if waits {
            tracing::info!(source = %self.name(), "{trouble}");
        } else {
            tracing::warn!(source = %self.name(), failures = decision.failures, "{trouble}");
        }
        let stopped = decision.health == SourceHealth::Stopped && self.standing.health != SourceHealth::Stopped;
        let notes = stopped.then(|| Note::Stopped { source: Arc::clone(&self.info), trouble: trouble.clone() });
        let standing = Standing {
            cursor: held.cursor,
            interval: Some(decision.interval),
            failures: decision.failures,
            health: decision.health,
            live: false,
            ..self.standing.clone()
        };
        let batch = RecordBatch {
            source: self.info.id,
            cursor: standing.cursor.clone(),
            mentions: Vec::new(),
            acts: Vec::new(),
            deleted: held.deleted,
            gone: held.gone,
            outcome: outcome(now, &decision, false, trouble.to_string()),
        };
        let (trouble, remarks) = if waits { (None, vec![trouble]) } else { (Some(trouble), Vec::new()) };
        let polled = Polled { trouble, remarks, ..self.polled(&decision) };
        let stored = Stored { next: polled.next, standing, more: false, caught_up: true, failure: Some(error), polled };
        self.unrecorded(batch, held.novelty, stored, notes.into_iter().collect(), begun, false)
    }

    fn unrecorded(
        &self,
        batch: RecordBatch,
        novelty: Novelty,
        stored: Stored,
        notes: Vec<Note>,
        begun: Instant,
        quiet: bool,
    ) -> Unrecorded {
        Unrecorded { batch, before: self.standing.cursor.clone(), novelty, stored, notes, begun, quiet }
    }

    /// The source's name, fit to be shown.
    fn name(&self) -> SafeText {
        SafeText::line(&self.info.name, LINE)
    }

    fn polled(&self, decision: &Decision) -> Polled {
        Polled {
            name: self.name(),
            health: decision.health,
            items: 0,
            new: 0,
            changed: 0,
            unchanged: false,
            took: Duration::ZERO,
            trouble: None,
            remarks: Vec::new(),
            next: decision.next,
            live: false,
            behind: None,
        }
    }

    /// Counts what floods, and marks what a throttled watch alone found as read.
    fn flooded(&self, novelty: &Novelty, taken: &mut TakenIn, now: Timestamp) -> Vec<Note> {
        let mut gauge = self.shared.gauge.lock().unwrap_or_else(PoisonError::into_inner);
        let brought = if self.first_poll { 0 } else { novelty.count() };
        let floods = gauge.pass(self.info.id, now, brought, &mut taken.mentions, |mention| {
            // What is not public is in no count that anybody is told.
            mention.item.visibility != Visibility::Private && novelty.has(&mention.item)
        });
        floods.into_iter().map(|flood| Note::Flood { flood, source: Arc::clone(&self.info) }).collect()
    }
}

fn outcome(at: Timestamp, decision: &Decision, fresh: bool, trouble: String) -> PollOutcome {
    PollOutcome {
        at,
        health: decision.health,
        trouble,
        failures: decision.failures,
        next: decision.next,
        interval: decision.interval,
        fresh,
        live: false,
        meters: Vec::new(),
    }
}

fn fault(kind: SourceErrorKind, what: &str, advice: &str) -> SourceError {
    SourceError {
        kind,
        what: SafeText::line(what, LINE),
        advice: advice.to_owned(),
        retry: Retry::BackOff,
        whole_host: false,
        by_choice: false,
    }
}

/// A poll that took longer than any may.
pub(super) fn no_answer(limit: Duration) -> SourceError {
    let what = format!("no answer within {} s", limit.as_secs());
    fault(SourceErrorKind::TimedOut, &what, "it is asked again later")
}

/// A poll that fell over, as a failure of its source.
pub(super) fn fell_over(why: &str) -> SourceError {
    fault(
        SourceErrorKind::Local,
        &format!("goodword stumbled over this source ({why})"),
        "it is asked again later; please report it",
    )
}

/// Stores that a poll fell over.
pub(super) async fn store_failure(job: Job, error: SourceError) -> Ending {
    let held = Held::at(&job.standing.cursor);
    let unrecorded = job.failed(error, held, Instant::now());
    store(&job.shared, job.epoch, &job.seen, Box::new(unrecorded)).await
}
