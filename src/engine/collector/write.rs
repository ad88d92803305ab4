//! What a poll brought, on its way into the store: recorded in bounded pieces, then told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::slot::{Novelty, Seen, Standing};
use super::{Note, Shared};
use crate::domain::Timestamp;
use crate::engine::event::Polled;
use crate::engine::herald::changed;
use crate::sources::SourceError;
use crate::store::{PollOutcome, RecordBatch, Recorded, StoreError, StoreResult};

/// Mentions that one transaction records at most, so that the lease and the screen get their turn between two.
const PIECE: usize = 500;
/// How often a busy store is tried again, and after how long.
const BUSY_TRIES: u32 = 3;
const BUSY_PAUSE: Duration = Duration::from_millis(300);

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
    /// A stream has told what there was to tell so far.
    pub caught_up: bool,
    pub failure: Option<SourceError>,
    pub polled: Polled,
}

/// A batch on its way into the store, with what is to be said once it is there.
pub(super) struct Unrecorded {
    pub batch: RecordBatch,
    /// The cursor of the batch before, for all pieces but the last.
    pub before: String,
    pub novelty: Novelty,
    pub stored: Stored,
    pub notes: Vec<Note>,
    pub begun: Instant,
    /// Not worth telling unless something was stored: a stream went on.
    pub quiet: bool,
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
                acts: Vec::new(),
                deleted: Vec::new(),
                gone: Vec::new(),
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
    polled.changed += changed(&all);
    let quiet = unrecorded.quiet && all.acts == 0 && polled.new + polled.changed == 0;
    shared.herald.recorded(source, all);
    if let Some(error) = ending {
        shared.herald.idle(source);
        return Ending::Refused(error, unrecorded);
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).remember(&unrecorded.novelty, shared.clock.now());
    polled.took = unrecorded.begun.elapsed();
    if !quiet {
        shared.herald.polled(source, polled.clone());
    }
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
    all.answered.extend(more.answered);
    all.acts += more.acts;
}
