//! Ties: adding them up, for the store, and the task that keeps them up to date.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::collector::Shared;
use crate::domain::Timestamp;
use crate::domain::person::{Exchange, TieSums};
use crate::measure::ties;
use crate::store::people::AddUp;
use crate::store::{StoreError, StoreResult};

/// People whose ties are added up in one transaction.
pub const PIECE: u32 = 200;
/// Pause between two looks: what went is on the cards at once, the list may lag behind so long.
const EVERY: Duration = Duration::from_secs(5);
/// Pause between two pieces, so that others get to write.
const BREATH: Duration = Duration::from_millis(50);

/// Adds ties up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reckoner;

impl AddUp for Reckoner {
    fn sums(&self, went: &[(Timestamp, Exchange)]) -> TieSums {
        ties::sums(went)
    }
}

/// Keeps ties up to date as long as this process collects. Cancel-safe: a piece is added up whole or not at all.
pub(crate) async fn run(shared: Arc<Shared>) {
    loop {
        if let Err(error) = settle(&shared).await {
            match error {
                StoreError::Busy | StoreError::Full { .. } | StoreError::ReadOnly { .. } => {}
                error => tracing::warn!(%error, "ties could not be added up; it is tried again"),
            }
        }
        sleep(EVERY).await;
    }
}

async fn settle(shared: &Shared) -> StoreResult<()> {
    loop {
        let done = {
            let _pen = shared.pen.lock().await;
            shared.store.settle_ties(&Reckoner, PIECE).await?
        };
        if done < u64::from(PIECE) {
            return Ok(());
        }
        sleep(BREATH).await;
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
