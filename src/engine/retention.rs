//! Erases what is older than allowed: once an hour, by the holder of the lease alone, a bounded piece at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::collector::Shared;
use super::event::Event;
use crate::store::{Retention, StoreError, StoreResult};

/// Pause before the first look after a start; the beginning is busy enough.
const FIRST: Duration = Duration::from_secs(90);
/// Pause between two looks.
const EVERY: Duration = Duration::from_secs(3_600);
/// Pause between two pieces, so that others get to write.
const BREATH: Duration = Duration::from_millis(100);
/// What the store erases in one call at most.
const PIECE: u64 = 1_000;

/// Erases every hour until the lease is lost. Cancel-safe: a piece is erased whole or not at all.
pub(crate) async fn run(shared: Arc<Shared>, retention: Retention, epoch: i64) {
    sleep(FIRST).await;
    loop {
        match erase(&shared, &retention, epoch).await {
            Ok(0) => {}
            Ok(erased) => shared.herald.tell(Event::Erased(erased)),
            Err(StoreError::LeaseLost) => return,
            Err(error) => tracing::warn!(%error, "old mentions could not be erased; it is tried again in an hour"),
        }
        sleep(EVERY).await;
    }
}

/// Erases everything that is too old now. Returns how many mentions went.
async fn erase(shared: &Shared, retention: &Retention, epoch: i64) -> StoreResult<u64> {
    let mut erased = 0;
    loop {
        let piece = {
            let _pen = shared.pen.lock().await;
            let lease = shared.keeper.valid(epoch).await?;
            shared.store.retain(&lease, shared.clock.now(), retention).await?
        };
        erased += piece;
        if piece < PIECE {
            return Ok(erased);
        }
        sleep(BREATH).await;
    }
}
