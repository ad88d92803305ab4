//! Where deliveries wait until they are stored. Senders hand in and wait for word; the source takes out a batch at a
//! time and gives word when the store has it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::answer::Refusal;
use super::memory::{Mark, Memory};
use crate::domain::time::SignedDuration;
use crate::domain::{Item, Meter, Timestamp};
use crate::sources::Batch;
use crate::sources::ndjson::Gather;

/// Most items of one batch.
const ITEMS: usize = 500;
/// Bytes that may wait.
const WAITING: usize = 8 << 20;

/// What one sender handed in.
#[derive(Debug)]
struct Delivery {
    items: VecDeque<Item>,
    meters: Vec<Meter>,
    remarks: Vec<String>,
    marks: Vec<Mark>,
    bytes: usize,
    stored: oneshot::Sender<()>,
}

/// A batch that was handed over.
#[derive(Debug)]
struct HandedOver {
    batch: Batch,
    /// Number of the batch before.
    before: u64,
    /// Deliveries that end with this batch.
    ended: Vec<Delivery>,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Delivery>,
    handed_over: Option<HandedOver>,
    /// What the store knows to be taken in, with the cursor that says so.
    memory: Memory,
    cursor: String,
    batch: u64,
    clock: Option<(Timestamp, Instant)>,
}

/// What becomes of a delivery when it is handed in.
#[derive(Debug)]
pub(super) enum HandedIn {
    /// It waits; the receiver hears when it is stored.
    Waits(oneshot::Receiver<()>),
    /// It was taken in before.
    Known,
}

/// The desk.
#[derive(Debug)]
pub(super) struct Desk {
    state: Mutex<State>,
    /// Something was handed in.
    news: Notify,
}

impl Desk {
    /// An empty desk.
    pub(super) fn new() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            handed_over: None,
            memory: Memory::default(),
            cursor: String::new(),
            batch: 0,
            clock: None,
        };
        Self { state: Mutex::new(state), news: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present moment, told from the last poll; `None` before the first.
    pub(super) fn now(&self) -> Option<Timestamp> {
        let (at, since) = self.state().clock?;
        at.checked_add(SignedDuration::try_from(since.elapsed()).ok()?).ok()
    }

    /// Whether so many more bytes may wait.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.state().room() >= bytes
    }

    /// Hands a delivery in.
    pub(super) fn hand_in(&self, mut gather: Gather, marks: Vec<Mark>, bytes: usize) -> Result<HandedIn, Refusal> {
        let Some(now) = self.now() else { return Err(not_yet()) };
        let mut state = self.state();
        if marks.iter().any(|mark| state.memory.knows(mark)) {
            return Ok(HandedIn::Known);
        }
        state.forget_who_left();
        if state.at_work().any(|known| marks.iter().any(|mark| mark.is(known))) {
            return Err(Refusal::new(StatusCode::CONFLICT, "the same delivery is being taken in: ask again"));
        }
        let others = state.at_work().count();
        if !state.memory.has_room(&marks, others, now.as_second()) {
            return Err(Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too many signed deliveries within ten minutes: send several mentions in one",
            ));
        }
        if state.room() < bytes {
            return Err(busy());
        }
        let (stored, receiver) = oneshot::channel();
        let remarks = gather.remarks();
        let (items, meters) = (gather.items.into(), gather.meters);
        state.waiting.push_back(Delivery { items, meters, remarks, marks, bytes, stored });
        drop(state);
        self.news.notify_one();
        Ok(HandedIn::Waits(receiver))
    }

    /// Takes note of what the store has, told by the cursor, and gives word to the senders whose deliveries it has.
    /// A batch that was handed over and is not stored comes back.
    pub(super) fn settle(&self, cursor: &str, now: Timestamp) -> Option<Batch> {
        let mut state = self.state();
        state.clock = Some((now, Instant::now()));
        if let Some(handed) = state.handed_over.take_if(|handed| handed.batch.cursor == cursor) {
            for delivery in handed.ended {
                // Whoever hung up sends again, and is known then.
                let _ = delivery.stored.send(());
            }
        }
        if state.cursor != cursor {
            (state.batch, state.memory) = Memory::read(cursor);
            cursor.clone_into(&mut state.cursor);
        }
        let handed = state.handed_over.take()?;
        if handed.before == state.batch {
            let batch = handed.batch.clone();
            state.handed_over = Some(handed);
            return Some(batch);
        }
        // Somebody else led the store on: the same items, on top of what is there.
        let marks: Vec<Mark> = handed.ended.iter().flat_map(|delivery| delivery.marks.clone()).collect();
        Some(state.hand_over(handed.batch, handed.ended, &marks, now))
    }

    /// Waits until something is there. Cancel-safe.
    pub(super) async fn news(&self) {
        while !self.has_waiting() {
            self.news.notified().await;
        }
    }

    fn has_waiting(&self) -> bool {
        let mut state = self.state();
        state.forget_who_left();
        !state.waiting.is_empty()
    }

    /// Takes out a batch of what waits; `None` when nothing does.
    pub(super) fn take(&self, now: Timestamp) -> Option<Batch> {
        let mut state = self.state();
        state.forget_who_left();
        let mut batch = Batch::default();
        let mut ended = Vec::new();
        while batch.items.len() < ITEMS
            && let Some(mut delivery) = state.waiting.pop_front()
        {
            let room = ITEMS - batch.items.len();
            let most = delivery.items.len().min(room);
            batch.items.extend(delivery.items.drain(..most));
            batch.meters.append(&mut delivery.meters);
            batch.remarks.append(&mut delivery.remarks);
            if delivery.items.is_empty() {
                ended.push(delivery);
            } else {
                state.waiting.push_front(delivery);
            }
        }
        if batch.items.is_empty() && ended.is_empty() {
            return None;
        }
        let marks: Vec<Mark> = ended.iter().flat_map(|delivery| delivery.marks.clone()).collect();
        Some(state.hand_over(batch, ended, &marks, now))
    }
}

impl State {
    /// Bytes that may still be handed in.
    fn room(&self) -> usize {
        let handed = self.handed_over.iter().flat_map(|handed| &handed.ended);
        WAITING.saturating_sub(self.waiting.iter().chain(handed).map(|delivery| delivery.bytes).sum())
    }

    /// Deliveries whose senders have hung up were not promised anything: they come again.
    fn forget_who_left(&mut self) {
        self.waiting.retain(|delivery| !delivery.stored.is_closed());
    }

    /// Marks of deliveries that are not stored yet.
    fn at_work(&self) -> impl Iterator<Item = &Mark> {
        let handed = self.handed_over.iter().flat_map(|handed| &handed.ended);
        self.waiting.iter().chain(handed).flat_map(|delivery| &delivery.marks)
    }

    /// Notes a batch as handed over, on top of what the store has.
    fn hand_over(&mut self, mut batch: Batch, ended: Vec<Delivery>, marks: &[Mark], now: Timestamp) -> Batch {
        let mut memory = self.memory.clone();
        memory.remember(marks, now.as_second());
        batch.cursor = memory.written(self.batch.wrapping_add(1));
        batch.more = true;
        self.handed_over = Some(HandedOver { batch: batch.clone(), before: self.batch, ended });
        batch
    }
}

/// Nobody asks for deliveries yet, or nobody could store them.
pub(super) fn not_yet() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "goodword does not take deliveries at the moment: send it again")
}

/// Too much waits to be stored.
pub(super) fn busy() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too much waits to be stored: send it again")
}
