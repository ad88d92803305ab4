//! What the engine tells, only after the commit.

use std::sync::Arc;
use std::time::Duration;

use super::campaigns::Board;
use super::lessons::Lessons;
use crate::domain::outbox::OutgoingState;
use crate::domain::time::SignedDuration;
use crate::domain::{MentionRow, OutgoingId, SafeText, Signal, SourceHealth, SourceId, Timestamp};

/// Whether this process collects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It holds the lease and collects.
    Collecting,
    /// Another process collects; this one follows.
    Following {
        /// Who holds the lease.
        holder: String,
    },
}

/// How one poll went, for a line in a log and for the sources view.
#[derive(Debug, Clone, PartialEq)]
pub struct Polled {
    /// Name of the source.
    pub name: SafeText,
    /// How it fares now.
    pub health: SourceHealth,
    /// Items in the answer, new or not.
    pub items: usize,
    /// Mentions that were new.
    pub new: usize,
    /// Mentions that were known and changed, were answered or went.
    pub changed: usize,
    /// The server said that nothing changed.
    pub unchanged: bool,
    /// From asking until it was stored.
    pub took: Duration,
    /// What went wrong and what to do about it; `None` when it worked.
    pub trouble: Option<SafeText>,
    /// What a person should know though it worked.
    pub remarks: Vec<SafeText>,
    /// When it is asked next; `None` when it is stopped.
    pub next: Option<Timestamp>,
    /// It is a stream, and connected: it is not asked, it tells.
    pub live: bool,
    /// How far a stream is behind what is published, where it can tell.
    pub behind: Option<SignedDuration>,
}

/// News from the engine. Sent on a bounded broadcast channel; a receiver that lags reads the store again.
#[derive(Debug, Clone)]
pub enum Event {
    /// A batch was committed by this process.
    Recorded {
        /// Where it came from.
        source: SourceId,
        /// Mentions that were new.
        new: Arc<[MentionRow]>,
        /// How many known ones changed, were answered or went.
        changed: usize,
    },
    /// A source's state changed (a poll began or ended, it failed, it works again).
    Source {
        /// Which.
        source: SourceId,
        /// A poll is under way.
        polling: bool,
        /// How the poll went, when one has just ended and what it brought is stored.
        outcome: Option<Arc<Polled>>,
    },
    /// A signal was raised.
    Signal(Arc<Signal>),
    /// Another process committed something, or a person corrected readings here.
    Changed,
    /// What people's corrections taught the readers is another now.
    Learned(Arc<Lessons>),
    /// Campaigns were measured anew, because something changed that concerns them.
    Campaigns(Arc<Board>),
    /// What the books are made of changed: acts came, changed or went, were read, or were corrected by a person here.
    Books,
    /// Old mentions were erased, as the retention demands.
    Erased(u64),
    /// Whether we collect changed.
    Standing(Standing),
    /// All traffic with the networks is held back (true), or goes on.
    Paused(bool),
    /// Something in the outbox moved on, here or in another process.
    Outgoing {
        /// What.
        id: OutgoingId,
        /// Where it is now.
        state: OutgoingState,
        /// What went wrong, when something did; clean.
        trouble: Option<SafeText>,
    },
    /// All sending is stopped (true), or goes on.
    SendingStopped(bool),
    /// The store cannot be written or read: what happened and what to do; `None` when it is well again.
    StoreTrouble(Option<String>),
}
