//! Where each part was left.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::sources::since::Since;

use super::item::Thread;

/// A thread in which something new was said that is still to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The thread.
    pub(super) thread: Thread,
    /// What changed from here on is new.
    pub(super) since: Timestamp,
    /// The issue itself was not read yet.
    pub(super) whole: bool,
    /// It is a pull request, or may be: comments on its lines are read too.
    pub(super) lines: bool,
}

/// Where a search or the notifications were left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    /// Where the list was left.
    pub(super) list: Since,
    /// Threads that are read before the list goes on.
    pub(super) wait: Vec<Waiting>,
}
