//! The outbox in memory: always empty, and nothing can be put into it.

use async_trait::async_trait;

use super::store::MemoryStore;
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Submission, Verdict};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, MentionId, OutgoingId, Timestamp};
use crate::store::outbox::Submit;
use crate::store::{Outbox, StoreError, StoreResult};

fn absent<T>() -> StoreResult<T> {
    Err(StoreError::Other("nothing is sent here".to_owned()))
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn save_draft(&self, _: &Draft, _: Timestamp) -> StoreResult<Option<OutgoingId>> {
        absent()
    }

    async fn draft_for(&self, _: Option<MentionId>, _: Option<CaseId>) -> StoreResult<Option<Outgoing>> {
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
