//! The outbox in memory: empty, for what the engine does besides sending.

use async_trait::async_trait;

use super::MemoryStore;
use crate::domain::outbox::Identity;
use crate::domain::{OutgoingId, Timestamp};
use crate::store::outbox::{Attempt, Begin, Dispatch, Job, Moved, Sweep};
use crate::store::{Lease, Recorded, StoreResult};

/// Its outbox is empty.
#[async_trait]
impl crate::store::Outbox for MemoryStore {
    async fn identities(&self) -> StoreResult<Vec<Identity>> {
        Ok(Vec::new())
    }

    async fn sending_stopped(&self) -> StoreResult<bool> {
        Ok(false)
    }
}

#[async_trait]
impl Dispatch for MemoryStore {
    async fn keep_identities(&self, _: &Lease, _: &[Identity]) -> StoreResult<()> {
        Ok(())
    }

    async fn attend(&self, _: &str, _: Timestamp, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn depart(&self, _: &str, _: Timestamp) -> StoreResult<u64> {
        Ok(0)
    }

    async fn attending(&self) -> StoreResult<Vec<(String, Timestamp)>> {
        Ok(Vec::new())
    }

    async fn outbox_version(&self) -> StoreResult<i64> {
        Ok(0)
    }

    async fn moved_since(&self, _: i64, _: u32) -> StoreResult<Vec<Moved>> {
        Ok(Vec::new())
    }

    async fn sweep(&self, _: &Lease, _: &Sweep) -> StoreResult<Vec<OutgoingId>> {
        Ok(Vec::new())
    }

    async fn jobs(&self, _: &Lease, _: Timestamp, _: u32) -> StoreResult<Vec<Job>> {
        Ok(Vec::new())
    }

    async fn next_job(&self) -> StoreResult<Option<Timestamp>> {
        Ok(None)
    }

    async fn begin(&self, _: &Lease, _: &Begin) -> StoreResult<bool> {
        Ok(false)
    }

    async fn finish(&self, _: &Lease, _: OutgoingId, _: usize, _: &Attempt, _: Timestamp) -> StoreResult<Recorded> {
        Ok(Recorded::default())
    }
}
