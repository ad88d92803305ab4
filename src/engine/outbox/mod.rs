//! What happens to a reply between the wish to send it and the network's answer.
//!
//! | part | what it is for |
//! |---|---|
//! | `sender` | in the process that holds the lease: takes up what is due, one at a time for each source |
//! | `flight` | one of them on its way: asks the network, and says what became of it |
//! | `pace` | how long it waits before it is tried or looked for again |
//! | `identities` | under which accounts can be published, and what their networks accept |
//! | `watcher` | in every process: tells what moved on, and keeps the process present while it holds something |
//!
//! Every step is stored before the network is asked, under the lease that is in force. A network that could not be
//! understood is asked what it has before it is told anything again. Nothing goes out unattended: what a process held
//! that ended, or was not seen for [`ABSENT`], is a draft again.

mod flight;
mod identities;
mod pace;
mod sender;
mod watcher;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::collector::Shared;
use super::doors::{Door, Hands};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, Network, SourceId};

pub(crate) use identities::keep_known;
pub(crate) use sender::Sender;
pub(crate) use watcher::Watcher;

/// A process that was not seen for so long has nobody at it.
pub const ABSENT: SignedDuration = SignedDuration::from_secs(12);

/// How what a person sends from here goes out, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// How long it is held first.
    pub hold: SignedDuration,
    /// The same for single networks.
    pub hold_by_network: Vec<(Network, SignedDuration)>,
    /// A second voice must approve it.
    pub approval: bool,
    /// A rehearsal: nothing is sent.
    pub dry: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { hold: SignedDuration::from_secs(10), hold_by_network: Vec::new(), approval: false, dry: false }
    }
}

impl Manner {
    /// How long something for this network is held.
    pub fn hold_at(&self, network: &Network) -> SignedDuration {
        let own = self.hold_by_network.iter().find(|(known, _)| known == network);
        own.map_or(self.hold, |(_, hold)| *hold)
    }
}

/// A new token: the means of networks against publishing the same twice.
pub fn token() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(24).collect()
}

/// Rung when something in the outbox may have changed. Cheap to ring; nobody misses it.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    watcher: Notify,
    sender: Notify,
}

impl Bell {
    /// Something may have changed.
    pub(crate) fn ring(&self) {
        self.watcher.notify_one();
        self.sender.notify_one();
    }
}

/// Where something can be published, and how.
pub(crate) type Exits = Arc<dyn Fn() -> Vec<(Door, Hands)> + Send + Sync>;

/// What all flights share.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    pub(crate) exits: Exits,
    pub(crate) bell: Arc<Bell>,
    /// Of the lease under which all of it happens.
    pub(crate) epoch: i64,
    /// The accounts, as their networks named them.
    pub(crate) authors: Arc<Mutex<HashMap<SourceId, Author>>>,
}

impl Desk {
    fn hands(&self, source: SourceId) -> Option<Hands> {
        (self.exits)().into_iter().find(|(door, _)| door.source == source).map(|(_, hands)| hands)
    }

    fn author(&self, source: SourceId) -> Option<Author> {
        self.authors.lock().unwrap_or_else(PoisonError::into_inner).get(&source).cloned()
    }
}
