//! Reading acts: once each, by the holder of the lease, as soon as they are stored; again when they change or the reader
//! becomes another one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

use crate::domain::{ActId, ActReading, Deed, Gesture, Give, Money};
use crate::engine::collector::Shared;
use crate::engine::event::Event;
use crate::engine::rehearsal::is_personal;
use crate::language::{Amount, DeedReading, ReadGesture, Readers, money_given};
use crate::measure::giving::sameness::Sketch;
use crate::store::{BookRow, Store, StoreError, StoreResult, Unread};

/// Acts that are read at once: some ten milliseconds of work.
const PIECE: u32 = 100;
/// Pause between two pieces, so that others get to write.
const BREATH: Duration = Duration::from_millis(20);
/// Pause after the store could not be read or written.
const MEND: Duration = Duration::from_secs(30);

/// Reads an act; `reply` when it answers somebody.
pub fn read(reader: &dyn ReadGesture, text: &str, reply: bool) -> ActReading {
    let gesture = reader.gesture(text, reply);
    let deed = DeedReading::of(text, reply, &gesture).deed;
    let amount = match deed {
        Deed::Conditional { .. } => gesture.cap.as_ref().and_then(|cap| cap.amount.clone()),
        Deed::Give(Give::Donate) => money_given(text),
        _ => None,
    };
    let conditional = gesture.gesture == Gesture::Conditional;
    ActReading {
        gesture: gesture.gesture,
        deed,
        sure: gesture.probability(gesture.gesture),
        trigger: gesture.trigger.map(|(trigger, _)| trigger).filter(|_| conditional),
        cap: gesture.cap.as_ref().map(|cap| cap.text.clone()).filter(|_| conditional),
        amount: amount.map(money),
        personal: is_personal(text) || reader.signs(text),
        sketch: if reply { Sketch::of(text).marks().to_vec() } else { Vec::new() },
    }
}

fn money(amount: Amount) -> Money {
    Money { amount: amount.number, unit: amount.currency.map(str::to_owned).or(amount.unit) }
}

/// Reads what the reader has not read as it stands now, without storing it.
pub(super) async fn complete(store: &dyn Store, reader: &dyn ReadGesture, rows: &mut [BookRow]) -> StoreResult<()> {
    let version = reader.version();
    let stale: Vec<ActId> = rows.iter().filter(|row| row.reader != version).map(|row| row.act).collect();
    let mut read_now: HashMap<ActId, ActReading> = HashMap::new();
    for piece in stale.chunks(PIECE as usize) {
        for act in store.whole_acts(piece).await? {
            read_now.insert(act.id, read(reader, act.text.as_str(), act.parent.is_some()));
        }
        tokio::task::yield_now().await;
    }
    for row in rows.iter_mut() {
        if let Some(reading) = read_now.remove(&row.act) {
            (row.reading, row.reader) = (Some(reading), version);
        }
    }
    Ok(())
}

/// Reads whatever is to be read, and whenever something may be, until the lease is lost. Cancel-safe: a piece is kept
/// whole or not at all.
pub(crate) async fn attend(shared: Arc<Shared>, readers: Arc<Readers>, epoch: i64) {
    let mut news = shared.herald.subscribe();
    loop {
        match read_all(&shared, &readers, epoch).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => return,
            Err(error) => {
                tracing::warn!(%error, "acts could not be read as gives and asks; it is tried again");
                sleep(MEND).await;
                continue;
            }
        }
        if !perhaps(&mut news).await {
            return;
        }
    }
}

/// Waits until there may be something to read. False when no news will come any more.
async fn perhaps(news: &mut broadcast::Receiver<Event>) -> bool {
    loop {
        match news.recv().await {
            Ok(Event::Books | Event::Changed | Event::Recorded { .. }) | Err(RecvError::Lagged(_)) => return true,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Reads until nothing is left to read.
///
/// # Errors
/// When the store cannot be read or written, or the lease is lost.
pub(crate) async fn read_all(shared: &Shared, readers: &Arc<Readers>, epoch: i64) -> StoreResult<()> {
    let mut linked = false;
    loop {
        let read = read_some(shared, readers, epoch).await?;
        if !linked {
            let _pen = shared.pen.lock().await;
            let lease = shared.keeper.valid(epoch).await?;
            linked = shared.store.link_responses(&lease).await? == 0;
        }
        if read > 0 {
            shared.herald.tell(Event::Books);
        }
        if read < u64::from(PIECE) && linked {
            return Ok(());
        }
        sleep(BREATH).await;
    }
}

/// Reads a piece. Returns how many were kept.
async fn read_some(shared: &Shared, readers: &Arc<Readers>, epoch: i64) -> StoreResult<u64> {
    let version = readers.gesture.version();
    let unread = shared.store.unread_acts(version, PIECE).await?;
    if unread.is_empty() {
        return Ok(0);
    }
    let readers = Arc::clone(readers);
    let reading = move || -> Vec<(Unread, ActReading)> {
        let one = |unread: Unread| {
            let reading = read(readers.gesture.as_ref(), unread.text.as_str(), unread.reply);
            (unread, reading)
        };
        unread.into_iter().map(one).collect()
    };
    let all = tokio::task::spawn_blocking(reading)
        .await
        .map_err(|error| StoreError::Other(crate::engine::supervise::what_happened(error)))?;
    let _pen = shared.pen.lock().await;
    let lease = shared.keeper.valid(epoch).await?;
    shared.store.keep_act_readings(&lease, version, &all).await
}
