//! The outbox in memory: always empty, and nothing can be put into it.

use async_trait::async_trait;

use super::store::MemoryStore;
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Saved, Submission, Verdict};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, MentionId, OutgoingId, Timestamp};
use crate::store::outbox::{Attempt, Begin, Dispatch, Job, Moved, Submit, Sweep};
use crate::store::{Lease, Outbox, Recorded, StoreError, StoreResult};

fn absent<T>() -> StoreResult<T> {
    Err(StoreError::Other("nothing is sent here".to_owned()))
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn save_draft(&self, _: &Draft, _: Timestamp) -> StoreResult<Option<Saved>> {
        absent()
    }

    async fn draft_for(
        &self,
        _: Option<MentionId>,
        _: Option<CaseId>,
        _: Option<&str>,
    ) -> StoreResult<Option<Outgoing>> {
        Ok(None)
    }

    async fn outgoings(&self, _: &[OutgoingState], _: u32) -> StoreResult<Vec<Outgoing>> {
        Ok(Vec::new())
    }

    async fn outgoing(&self, _: OutgoingId) -> StoreResult<Option<Outgoing>> {
        Ok(None)
    }

    async fn submit(&self, _: OutgoingId, _: &Submit) -> StoreResult<Submission> {
        Ok(Submission::Stale)
    }

    async fn approve(&self, _: OutgoingId, _: &str, _: &str, _: SignedDuration, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn recall(&self, _: OutgoingId, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn withdraw(&self, _: OutgoingId, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn redraft(&self, _: OutgoingId, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn settle(&self, _: OutgoingId, _: &Verdict, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }

    async fn sent_lately(&self, _: Timestamp, _: u32) -> StoreResult<Vec<(OutgoingId, String)>> {
        Ok(Vec::new())
    }

    async fn identities(&self) -> StoreResult<Vec<Identity>> {
        Ok(Vec::new())
    }

    async fn stop_sending(&self, _: bool, _: Timestamp) -> StoreResult<()> {
        absent()
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
