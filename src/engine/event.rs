//! What the engine tells, only after the commit.

use std::sync::Arc;

use crate::domain::{MentionRow, Signal, SourceId};

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

/// News from the engine. Sent on a bounded broadcast channel; a receiver that lags reads the store again.
#[derive(Debug, Clone)]
pub enum Event {
    /// A batch was committed by this process.
    Recorded {
        /// Where it came from.
        source: SourceId,
        /// Mentions that were new.
        new: Arc<[MentionRow]>,
        /// How many known ones changed or went.
        changed: usize,
    },
    /// A source's state changed (a poll began or ended, it failed, it works again).
    Source {
        /// Which.
        source: SourceId,
        /// A poll is under way.
        polling: bool,
    },
    /// A signal was raised.
    Signal(Arc<Signal>),
    /// Another process committed something.
    Changed,
    /// Whether we collect changed.
    Standing(Standing),
    /// The store cannot be written or read: what happened and what to do; `None` when it is well again.
    StoreTrouble(Option<String>),
}
