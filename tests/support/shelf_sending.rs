//! The shelf sends nothing: whatever needs the lease is refused.

use async_trait::async_trait;
use goodword::domain::outbox::Identity;
use goodword::domain::{OutgoingId, Timestamp};
use goodword::store::outbox::{Attempt, Begin, Dispatch, Job, Moved, Sweep};
use goodword::store::{Lease, Recorded, StoreError, StoreResult};

use super::Shelf;

#[async_trait]
impl Dispatch for Shelf {
    async fn keep_identities(&self, _: &Lease, _: &[Identity]) -> StoreResult<()> {
        Err(StoreError::LeaseLost)
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
        Err(StoreError::LeaseLost)
    }

    async fn jobs(&self, _: &Lease, _: Timestamp, _: u32) -> StoreResult<Vec<Job>> {
        Err(StoreError::LeaseLost)
    }

    async fn next_job(&self) -> StoreResult<Option<Timestamp>> {
        Ok(None)
    }

    async fn begin(&self, _: &Lease, _: &Begin) -> StoreResult<bool> {
        Err(StoreError::LeaseLost)
    }

    async fn finish(&self, _: &Lease, _: OutgoingId, _: usize, _: &Attempt, _: Timestamp) -> StoreResult<Recorded> {
        Err(StoreError::LeaseLost)
    }
}
