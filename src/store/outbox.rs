//! The outbox as the store keeps it: every step is on disk before the network is asked, so that whatever happens in
//! between, nothing is lost and nothing goes out twice.

use async_trait::async_trait;

use super::{Lease, StoreResult};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Seen, Submission, Verdict};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, MentionId, OutgoingId, SafeText, Timestamp};

/// How something is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// What the writer had seen.
    pub seen: Seen,
    /// How long it is held first.
    pub hold: SignedDuration,
    /// A second voice must approve it.
    pub approval: bool,
    /// Nothing is sent; it is shown as if.
    pub dry: bool,
    /// The network's means against publishing twice, random, at least 16 letters and digits; kept with it.
    pub token: String,
    /// The process that the person sits at: what it holds is a draft again when it ends.
    pub process: String,
    /// The voice that sends.
    pub voice: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What became of asking the network.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// This part is out.
    Published {
        /// Its native id.
        native_id: String,
        /// Where a person can read it.
        url: Option<String>,
        /// When the network says that it was published.
        at: Option<Timestamp>,
        /// What a person should know.
        remarks: Vec<String>,
    },
    /// Nobody knows; look at `next`.
    Uncertain {
        /// What happened and what will be done. Clean.
        trouble: SafeText,
        /// When to look.
        next: Timestamp,
    },
    /// It is certainly not out, and is tried again at `next`.
    Again {
        /// What happened. Clean.
        trouble: SafeText,
        /// When.
        next: Timestamp,
    },
    /// It is certainly not out, and needs a person.
    Failed {
        /// What happened and what to do. Clean.
        trouble: SafeText,
    },
}

/// What the sender has to do now.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What is to go out.
    pub outgoing: Outgoing,
    /// Its token.
    pub token: String,
    /// When the network was asked first; `None` before that.
    pub since: Option<Timestamp>,
    /// Whether to look for it (its fate is unknown) rather than to send it.
    pub look: bool,
}

/// The part of the store that keeps what we are about to publish.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Saves a draft, a new one or over the one that it names. `None` when that one is no draft any more.
    async fn save_draft(&self, _draft: &Draft, _at: Timestamp) -> StoreResult<Option<OutgoingId>> {
        Err(super::StoreError::Busy)
    }
    /// The newest draft to a mention or in a case.
    async fn draft_for(&self, _mention: Option<MentionId>, _case: Option<CaseId>) -> StoreResult<Option<Outgoing>> {
        Err(super::StoreError::Busy)
    }
    /// What is in one of these states, newest change first.
    async fn outgoings(&self, _states: &[OutgoingState], _limit: u32) -> StoreResult<Vec<Outgoing>> {
        Err(super::StoreError::Busy)
    }
    /// One of them.
    async fn outgoing(&self, _id: OutgoingId) -> StoreResult<Option<Outgoing>> {
        Err(super::StoreError::Busy)
    }
    /// Sends a draft on its way: held, or to be approved first. Stored before it is told.
    async fn submit(&self, _id: OutgoingId, _submit: &Submit) -> StoreResult<Submission> {
        Err(super::StoreError::Busy)
    }
    /// A second voice approves; held from then on. False when nothing was waiting, or the voice wrote it itself.
    async fn approve(&self, _id: OutgoingId, _voice: &str, _hold: SignedDuration, _at: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// Takes back what is held or waits for approval: a draft again. False when it was too late.
    async fn recall(&self, _id: OutgoingId, _at: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// Gives something up for good; its words stay readable. False when it is on its way or out.
    async fn withdraw(&self, _id: OutgoingId, _at: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// What failed is a draft again, with the same words. False when it did not fail.
    async fn redraft(&self, _id: OutgoingId, _at: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// A person knows what became of it.
    async fn settle(&self, _id: OutgoingId, _verdict: &Verdict, _at: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// The texts that were sent lately, newest first: whether the same was just sent to others.
    async fn sent_lately(&self, _since: Timestamp, _limit: u32) -> StoreResult<Vec<(OutgoingId, String)>> {
        Err(super::StoreError::Busy)
    }

    /// Accounts that can be published under, as last kept.
    async fn identities(&self) -> StoreResult<Vec<Identity>> {
        Err(super::StoreError::Busy)
    }
    /// Keeps what the holder of the lease learned about its accounts.
    async fn keep_identities(&self, _lease: &Lease, _identities: &[Identity]) -> StoreResult<()> {
        Err(super::StoreError::Busy)
    }

    /// Stops all sending until a person lifts it, for every process and beyond restarts; or lifts it.
    async fn stop_sending(&self, _stopped: bool, _at: Timestamp) -> StoreResult<()> {
        Err(super::StoreError::Busy)
    }
    /// Whether all sending is stopped.
    async fn sending_stopped(&self) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }

    /// This process is there, and a person at it may be. Forgotten when it ends in order.
    async fn attend(&self, _process: &str, _now: Timestamp) -> StoreResult<()> {
        Err(super::StoreError::Busy)
    }
    /// This process ends: what it held is a draft again. Returns how many.
    async fn depart(&self, _process: &str, _at: Timestamp) -> StoreResult<u64> {
        Err(super::StoreError::Busy)
    }
    /// What was held by processes that were not seen since `seen` is a draft again; what was being sent by an earlier
    /// holder of the lease is uncertain. Returns what changed.
    async fn sweep(&self, _lease: &Lease, _seen: Timestamp, _now: Timestamp) -> StoreResult<Vec<OutgoingId>> {
        Err(super::StoreError::Busy)
    }
    /// What is to be done now, the longest due first; nothing while sending is stopped, but for looking.
    async fn jobs(&self, _lease: &Lease, _now: Timestamp, _limit: u32) -> StoreResult<Vec<Job>> {
        Err(super::StoreError::Busy)
    }
    /// When the next job comes up.
    async fn next_job(&self) -> StoreResult<Option<Timestamp>> {
        Err(super::StoreError::Busy)
    }
    /// The network is about to be asked to publish a _part: stored first. False when it was recalled, sending was
    /// stopped, or another has it; then it must not be sent.
    async fn begin(&self, _lease: &Lease, _id: OutgoingId, _part: usize, _now: Timestamp) -> StoreResult<bool> {
        Err(super::StoreError::Busy)
    }
    /// What became of it. An outgoing whose last part is out is sent; its case is acknowledged by that.
    async fn finish(
        &self,
        _lease: &Lease,
        _id: OutgoingId,
        _part: usize,
        _attempt: &Attempt,
        _now: Timestamp,
    ) -> StoreResult<()> {
        Err(super::StoreError::Busy)
    }
}
