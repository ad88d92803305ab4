//! The outbox as the store keeps it: every step is on disk before the network is asked, so that whatever happens in
//! between, nothing is lost and nothing goes out twice.

use async_trait::async_trait;

use super::{Lease, Recorded, StoreResult};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Saved, Seen, Submission, Verdict};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, CaseId, MentionId, OutgoingId, SafeText, Timestamp};

/// How something is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// Revision of the words that the sender saw; other words are not sent.
    pub revision: i64,
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
        /// The account that it was published under.
        author: Author,
    },
    /// It was a rehearsal: nobody was asked.
    Rehearsed,
    /// Nobody knows.
    Uncertain {
        /// What happened and what will be done. Clean.
        trouble: SafeText,
        /// When to look; `None`: a person decides.
        next: Option<Timestamp>,
        /// The network was looked through, and it was not there.
        looked: bool,
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
    /// Its token; every part has one of its own made of it.
    pub token: String,
    /// The process that holds it.
    pub process: String,
    /// When the network was asked first for the part that is next; `None` before that.
    pub since: Option<Timestamp>,
    /// How often the network was looked through for it.
    pub looks: u32,
    /// Whether to look for it (its fate is unknown) rather than to send it.
    pub look: bool,
}

/// The wish to ask the network for one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// What.
    pub id: OutgoingId,
    /// Its token: that of the submission whose words were loaded. Whatever was taken back and sent again has another.
    pub token: String,
    /// Which part, from 0.
    pub part: usize,
    /// Its fate is unknown, and the network keeps the token: asked once more with the same one.
    pub once_more: bool,
    /// The process that holds it must have been seen since.
    pub seen: Timestamp,
    /// When.
    pub now: Timestamp,
}

/// What a sweep goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// Processes that are known to have ended.
    pub gone: Vec<String>,
    /// Processes that were not seen since are gone too.
    pub seen: Timestamp,
    /// What the asking sender has under way.
    pub under_way: Vec<OutgoingId>,
    /// When.
    pub now: Timestamp,
}

/// What moved on in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What.
    pub id: OutgoingId,
    /// Where it is now.
    pub state: OutgoingState,
    /// What went wrong; empty when nothing did.
    pub trouble: SafeText,
}

/// The part of the store that keeps what we are about to publish.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Saves a draft, a new one or over the one that it names. `None` when that one is no draft any more, or has
    /// another revision: somebody else wrote on it. It never becomes visible to more people than what it answers; when
    /// that is gone, to no more than the draft was.
    async fn save_draft(&self, draft: &Draft, at: Timestamp) -> StoreResult<Option<Saved>>;
    /// The draft to a mention or in a case: the newest of this voice's own (of nobody's, when it has no name), else the
    /// newest of anybody's.
    async fn draft_for(
        &self,
        mention: Option<MentionId>,
        case: Option<CaseId>,
        voice: Option<&str>,
    ) -> StoreResult<Option<Outgoing>>;
    /// What is in one of these states, newest change first.
    async fn outgoings(&self, states: &[OutgoingState], limit: u32) -> StoreResult<Vec<Outgoing>>;
    /// One of them.
    async fn outgoing(&self, id: OutgoingId) -> StoreResult<Option<Outgoing>>;
    /// Sends a draft on its way: held, or to be approved first. Stored before it is told.
    async fn submit(&self, id: OutgoingId, submit: &Submit) -> StoreResult<Submission>;
    /// A second voice approves, sitting at this process; held from then on. False when nothing was waiting, or the
    /// voice wrote it itself.
    async fn approve(
        &self,
        id: OutgoingId,
        voice: &str,
        process: &str,
        hold: SignedDuration,
        at: Timestamp,
    ) -> StoreResult<bool>;
    /// Takes back what is held or waits for approval: a draft again. False when it was too late.
    async fn recall(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool>;
    /// Gives something up; its words stay readable. False when it is on its way or out.
    async fn withdraw(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool>;
    /// What failed or was given up is a draft again, with the same words. False when it is neither.
    async fn redraft(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool>;
    /// A person knows what became of it.
    async fn settle(&self, id: OutgoingId, verdict: &Verdict, at: Timestamp) -> StoreResult<bool>;
    /// The texts that were sent lately, newest first: whether the same was just sent to others.
    async fn sent_lately(&self, since: Timestamp, limit: u32) -> StoreResult<Vec<(OutgoingId, String)>>;

    /// Accounts that can be published under, as last kept.
    async fn identities(&self) -> StoreResult<Vec<Identity>>;
    /// Stops all sending until a person lifts it, for every process and beyond restarts; or lifts it. What was
    /// held in the meantime can still be recalled for [`LIFTED`] then.
    async fn stop_sending(&self, stopped: bool, at: Timestamp) -> StoreResult<()>;
    /// Whether all sending is stopped.
    async fn sending_stopped(&self) -> StoreResult<bool>;
}

/// How long what is held can be recalled at least, once sending goes on.
pub const LIFTED: SignedDuration = SignedDuration::from_secs(10);

/// The part of the store that the sender works with. What it changes under a lease fails with
/// [`StoreError::LeaseLost`](super::StoreError) when the lease is no longer the one in force.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Dispatch: Send + Sync {
    /// Keeps what the holder of the lease learned about accounts; those that are not named stay as they are. Nothing
    /// is written when nothing changed.
    async fn keep_identities(&self, lease: &Lease, identities: &[Identity]) -> StoreResult<()>;

    /// This process is there, and a person at it may be. Kept only while it holds something; says whether it does, so
    /// that nobody is woken for nothing. One that was not seen since `seen` slept: what it held is a draft again.
    async fn attend(&self, process: &str, seen: Timestamp, now: Timestamp) -> StoreResult<bool>;
    /// This process ends: what it held is a draft again. Returns how many.
    async fn depart(&self, process: &str, at: Timestamp) -> StoreResult<u64>;
    /// The processes that hold something, as last seen.
    async fn attending(&self) -> StoreResult<Vec<(String, Timestamp)>>;
    /// A number that grows whenever something in the outbox moves on, or sending is stopped or lifted.
    async fn outbox_version(&self) -> StoreResult<i64>;
    /// What moved on since the version was this, in that order.
    async fn moved_since(&self, version: i64, limit: u32) -> StoreResult<Vec<Moved>>;

    /// What was held by processes that are gone is a draft again; what is being sent, but not by the sender that asks,
    /// is uncertain. Returns what changed.
    async fn sweep(&self, lease: &Lease, sweep: &Sweep) -> StoreResult<Vec<OutgoingId>>;
    /// What is to be done now, the longest due first; only looking while sending is stopped.
    async fn jobs(&self, lease: &Lease, now: Timestamp, limit: u32) -> StoreResult<Vec<Job>>;
    /// When the next job comes up.
    async fn next_job(&self) -> StoreResult<Option<Timestamp>>;
    /// The network is about to be asked to publish a part: stored first. False when it was recalled, even if it was sent
    /// again since, is not due (unless it is asked once more), all sending or all traffic is stopped, its process is not there, or another has it; then it must not be sent.
    async fn begin(&self, lease: &Lease, begin: &Begin) -> StoreResult<bool>;
    /// What became of it. A part that is out is an act of ours from then on, and answers what it answers. When the last
    /// is out, it is sent. Nothing changes when a person has settled it in the meantime.
    async fn finish(
        &self,
        lease: &Lease,
        id: OutgoingId,
        part: usize,
        attempt: &Attempt,
        now: Timestamp,
    ) -> StoreResult<Recorded>;
}
