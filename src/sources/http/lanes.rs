//! Two lanes per host: one for polling, one for what a person waits for, so that a reply never stands behind a poll
//! that takes half a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// From this many hosts on, idle ones are forgotten.
const MANY: usize = 2_000;
/// Urgent requests at one time to one host: a reply and the look-up of its thread.
const URGENT: usize = 2;

/// The lanes to all hosts.
pub(super) struct Lanes {
    width: usize,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
}

/// The lanes to one host.
pub(super) struct Lane {
    polls: Arc<Semaphore>,
    urgent: Arc<Semaphore>,
}

impl Lanes {
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.max(1), lanes: Mutex::default() }
    }

    pub(super) fn to(&self, host: &str) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(host) {
            return Arc::clone(lane);
        }
        if lanes.len() >= MANY {
            // A turn that is taken or waited for holds its lane.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let lane = Lane { polls: Arc::new(Semaphore::new(self.width)), urgent: Arc::new(Semaphore::new(URGENT)) };
        let lane = Arc::new(lane);
        lanes.insert(host.to_owned(), Arc::clone(&lane));
        lane
    }
}

impl Lane {
    /// Waits for a turn. `None` only if the lane was closed, which nobody does.
    pub(super) async fn turn(&self, urgent: bool) -> Option<OwnedSemaphorePermit> {
        let turns = if urgent { &self.urgent } else { &self.polls };
        Arc::clone(turns).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn idle_lanes_are_forgotten_and_taken_ones_are_not() {
        let lanes = Lanes::new(1);
        let taken = lanes.to("taken.example");
        let _turn = taken.turn(false).await;
        for number in 0..(MANY * 2) {
            lanes.to(&format!("{number}.example"));
        }
        assert!(lanes.lanes.lock().unwrap().len() <= MANY + 1);
        assert_eq!(lanes.to("taken.example").polls.available_permits(), 0);
    }

    #[tokio::test]
    async fn who_is_urgent_does_not_stand_behind_polls() {
        let lane = Lanes::new(1).to("a.example");
        let _poll = lane.turn(false).await;
        assert!(lane.turn(true).await.is_some());
        assert!(lane.polls.try_acquire().is_err());
    }
}
