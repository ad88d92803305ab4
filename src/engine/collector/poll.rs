//! One poll from asking to storing: ask, take in, decide when to ask next, record, tell. Runs as a task of its
//! own; everything up to the recording may be dropped at any moment without losing anything.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::slot::{Ear, Novelty, Seen, Slot, Standing};
use super::{Note, Shared};
use crate::domain::{SafeText, SourceHealth, Timestamp};
use crate::engine::event::Polled;
use crate::engine::intake::{Arrival, Intake, SourceInfo, TakenIn, take_in};
use crate::engine::schedule::{self, Bounds, Decision, Failure};
use crate::sources::{Batch, Retry, SourceError, SourceErrorKind};
use crate::store::{PollOutcome, RecordBatch, Recorded, StoreError, StoreResult};

/// Longest that one poll may take; the networks' own time-outs are far shorter.
const POLL_LIMIT: Duration = Duration::from_secs(180);
/// Mentions that one transaction records at most, so that the lease and the screen get their turn between two.
const PIECE: usize = 500;
/// How often a busy store is tried again, and after how long.
const BUSY_TRIES: u32 = 3;
const BUSY_PAUSE: Duration = Duration::from_millis(300);
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
    pub intake: Arc<Intake>,
    pub shared: Arc<Shared>,
    pub stop: CancellationToken,
}

/// How a poll ended.
pub(super) enum Ending {
    /// What it brought, or that it failed, is stored.
    Stored(Box<Stored>),
    /// It was dropped before anything was stored.
    Abandoned,
    /// The store refused; the cursor stays where it was.
    Refused(StoreError, Box<Unrecorded>),
}

/// A poll whose outcome is stored.
pub(super) struct Stored {
    pub standing: Standing,
    pub next: Option<Timestamp>,
    pub more: bool,
    pub failure: Option<SourceError>,
    pub polled: Polled,
}

/// A batch on its way into the store, with what is to be said once it is there.
pub(super) struct Unrecorded {
    batch: RecordBatch,
    /// The cursor of the batch before, for all pieces but the last.
    before: String,
    novelty: Novelty,
    stored: Stored,
    notes: Vec<Note>,
    begun: Instant,
}

impl Job {
    pub(super) fn new(
        slot: &Slot,
        intake: &Arc<Intake>,
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
            intake: Arc::clone(intake),
            shared: Arc::clone(shared),
            stop: stop.clone(),
        }
    }

    /// Does it all.
    pub(super) async fn run(self) -> Ending {
        let (asked, begun) = (self.shared.clock.now(), Instant::now());
        self.shared.herald.polling(self.info.id);
        let answer = tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                self.shared.herald.idle(self.info.id);
                return Ending::Abandoned;
            }
            answer = self.ask(asked) => answer,
        };
        let unrecorded = match answer {
            Ok(batch) => match self.answered(batch, asked, begun).await {
                Ok(unrecorded) => unrecorded,
                Err(error) => self.failed(error, begun),
            },
            Err(error) => self.failed(error, begun),
        };
        store(&self.shared, self.epoch, &self.seen, Box::new(unrecorded)).await
    }

    async fn ask(&self, now: Timestamp) -> Result<Batch, SourceError> {
        let mut ear = self.ear.lock().await;
        match timeout(POLL_LIMIT, ear.poll(&self.standing.cursor, now)).await {
            Ok(answer) => answer,
            Err(_) => Err(no_answer(POLL_LIMIT)),
        }
    }

    async fn answered(&self, batch: Batch, asked: Timestamp, begun: Instant) -> Result<Unrecorded, SourceError> {
        let now = self.shared.clock.now();
        let items = batch.items.len();
        let novelty = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .compare(&batch.items, self.standing.answered.filter(|_| !self.first_poll));
        let arrival = Arrival { now, first_poll: self.first_poll };
        let taken = take_in(&self.intake, &self.info, batch.items, arrival)
            .await
            .map_err(|error| fault(SourceErrorKind::Local, &error.to_string(), "please report it"))?;
        let mut mentions = taken;
        let mut notes = self.flooded(&novelty, &mut mentions, now);
        let (before, random) = (self.standing.interval, (self.shared.dice)());
        let mut decision = schedule::after_answer(self.bounds, before, novelty.any(), batch.rest, now, random);
        if !novelty.any() {
            let (health, note) = self.quiet(now).await;
            decision.health = health;
            notes.extend(note);
        }
        notes.extend(self.first_poll.then_some(Note::Began(self.info.id)));
        notes.extend(Note::committed(&mentions.mentions));
        let standing = Standing {
            cursor: batch.cursor,
            interval: Some(decision.interval),
            failures: 0,
            health: decision.health,
            answered: Some(now),
            fresh: if novelty.any() { Some(now) } else { self.standing.fresh },
        };
        let remarks = batch.remarks.iter().map(|remark| SafeText::line(remark, LINE)).collect();
        let polled = Polled { items, unchanged: batch.unchanged, remarks, ..self.polled(&decision) };
        let outcome = outcome(asked, &decision, novelty.any(), String::new());
        Ok(self.unrecorded(standing, outcome, mentions, novelty, polled, notes, begun).with_more(batch.more))
    }

    /// A failure counts from when it was noticed, so that a wait that the server named is told from our own.
    fn failed(&self, error: SourceError, begun: Instant) -> Unrecorded {
        let now = self.shared.clock.now();
        let failure = Failure {
            failures: self.standing.failures,
            interval: self.standing.interval,
            retry: error.retry,
            away: self.away,
        };
        let decision = schedule::after_failure(self.bounds, failure, now, (self.shared.dice)());
        let trouble = SafeText::line(&error.to_string(), LINE);
        let stopped = decision.health == SourceHealth::Stopped && self.standing.health != SourceHealth::Stopped;
        let notes = stopped.then(|| Note::Stopped { source: Arc::clone(&self.info), trouble: trouble.clone() });
        let standing = Standing {
            interval: Some(decision.interval),
            failures: decision.failures,
            health: decision.health,
            ..self.standing.clone()
        };
        let outcome = outcome(now, &decision, false, trouble.to_string());
        let polled = Polled { trouble: Some(trouble), ..self.polled(&decision) };
        let notes = notes.into_iter().collect();
        let mut unrecorded =
            self.unrecorded(standing, outcome, TakenIn::default(), Novelty::default(), polled, notes, begun);
        unrecorded.stored.failure = Some(error);
        unrecorded
    }

    #[allow(clippy::too_many_arguments)] // private: puts the pieces of one outcome together
    fn unrecorded(
        &self,
        standing: Standing,
        outcome: PollOutcome,
        taken: TakenIn,
        novelty: Novelty,
        polled: Polled,
        notes: Vec<Note>,
        begun: Instant,
    ) -> Unrecorded {
        Unrecorded {
            batch: RecordBatch {
                source: self.info.id,
                cursor: standing.cursor.clone(),
                mentions: taken.mentions,
                deleted: taken.deleted,
                outcome,
            },
            before: self.standing.cursor.clone(),
            novelty,
            stored: Stored { next: polled.next, standing, more: false, failure: None, polled },
            notes,
            begun,
        }
    }

    fn polled(&self, decision: &Decision) -> Polled {
        Polled {
            name: SafeText::line(&self.info.name, LINE),
            health: decision.health,
            items: 0,
            new: 0,
            changed: 0,
            unchanged: false,
            took: Duration::ZERO,
            trouble: None,
            remarks: Vec::new(),
            next: decision.next,
        }
    }

    /// Counts what floods, and marks what a throttled watch alone found as read.
    fn flooded(&self, novelty: &Novelty, taken: &mut TakenIn, now: Timestamp) -> Vec<Note> {
        let mut gauge = self.shared.gauge.lock().unwrap_or_else(PoisonError::into_inner);
        let brought = if self.first_poll { 0 } else { novelty.count() };
        let floods = gauge.pass(self.info.id, now, brought, &mut taken.mentions, |mention| novelty.has(&mention.item));
        floods.into_iter().map(|flood| Note::Flood { flood, source: Arc::clone(&self.info) }).collect()
    }
}

impl Unrecorded {
    fn with_more(mut self, more: bool) -> Self {
        self.stored.more = more;
        self
    }
}

/// Records what a poll brought, in bounded pieces, and tells it. The cursor goes with the last piece.
pub(super) async fn store(shared: &Shared, epoch: i64, seen: &Mutex<Seen>, unrecorded: Box<Unrecorded>) -> Ending {
    let mut unrecorded = unrecorded;
    let mut all = Recorded::default();
    let ending = loop {
        let rest = unrecorded.batch.mentions.split_off(unrecorded.batch.mentions.len().min(PIECE));
        let result = if rest.is_empty() {
            record(shared, epoch, &unrecorded.batch).await
        } else {
            let at_once = PollOutcome { next: Some(unrecorded.batch.outcome.at), ..unrecorded.batch.outcome.clone() };
            let piece = RecordBatch {
                source: unrecorded.batch.source,
                cursor: unrecorded.before.clone(),
                outcome: at_once,
                mentions: std::mem::take(&mut unrecorded.batch.mentions),
                deleted: Vec::new(),
            };
            let result = record(shared, epoch, &piece).await;
            unrecorded.batch.mentions = piece.mentions;
            result
        };
        match result {
            Ok(recorded) => add(&mut all, recorded),
            Err(error) => {
                unrecorded.batch.mentions.extend(rest);
                break Some(error);
            }
        }
        if rest.is_empty() {
            break None;
        }
        unrecorded.batch.mentions = rest;
    };
    let source = unrecorded.batch.source;
    let polled = &mut unrecorded.stored.polled;
    polled.new += all.new.len();
    polled.changed += all.edited.len() + all.deleted.len();
    shared.herald.recorded(source, all);
    if let Some(error) = ending {
        shared.herald.idle(source);
        return Ending::Refused(error, unrecorded);
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).remember(&unrecorded.novelty, shared.clock.now());
    polled.took = unrecorded.begun.elapsed();
    shared.herald.polled(source, polled.clone());
    for note in unrecorded.notes.drain(..) {
        shared.note(note);
    }
    Ending::Stored(Box::new(unrecorded.stored))
}

/// Records under a lease that is still valid. One batch at a time asks the store, so that others who write
/// (the screen, the lease) wait for one transaction and not for sixteen.
async fn record(shared: &Shared, epoch: i64, batch: &RecordBatch) -> StoreResult<Recorded> {
    let _queue = Queue::join(&shared.waiting);
    let _pen = shared.pen.lock().await;
    let mut tries = 0;
    loop {
        let lease = shared.keeper.valid(epoch).await?;
        match shared.store.record(&lease, batch).await {
            Err(StoreError::Busy) if tries < BUSY_TRIES => {
                tries += 1;
                sleep(BUSY_PAUSE).await;
            }
            result => return result,
        }
    }
}

/// A place in the queue for the pen, given up when dropped.
struct Queue<'a>(&'a AtomicUsize);

impl<'a> Queue<'a> {
    fn join(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn add(all: &mut Recorded, more: Recorded) {
    all.new.extend(more.new);
    all.edited.extend(more.edited);
    all.deleted.extend(more.deleted);
    all.known += more.known;
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
    }
}

fn fault(kind: SourceErrorKind, what: &str, advice: &str) -> SourceError {
    SourceError {
        kind,
        what: SafeText::line(what, LINE),
        advice: advice.to_owned(),
        retry: Retry::BackOff,
        whole_host: false,
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
    let unrecorded = job.failed(error, Instant::now());
    store(&job.shared, job.epoch, &job.seen, Box::new(unrecorded)).await
}
