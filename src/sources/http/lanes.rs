//! One lane per host: how many requests at a time, and until when the host is left alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// From this many lanes on, idle ones are forgotten.
const MANY: usize = 2_000;
/// Shortest time for which a host that complained is left alone.
const SHORTEST_HOLD: SignedDuration = SignedDuration::from_secs(1);
/// Longest time for which a host that complained without saying how long is left alone.
const LONGEST_GUESS: i64 = 3_600;

/// All lanes.
pub(super) struct Lanes {
    width: usize,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
}

/// The lane to one host.
pub(super) struct Lane {
    turns: Arc<Semaphore>,
    hold: Mutex<Hold>,
}

#[derive(Default, Clone, Copy)]
struct Hold {
    until: Option<Timestamp>,
    /// Complaints in a row.
    strikes: u32,
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
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || lane.hold().until.is_some());
        }
        let lane = Arc::new(Lane { turns: Arc::new(Semaphore::new(self.width)), hold: Mutex::default() });
        lanes.insert(host.to_owned(), Arc::clone(&lane));
        lane
    }
}

impl Lane {
    fn hold(&self) -> Hold {
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn. `None` only if the lane was closed, which nobody does.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// Until when the host wants to be left alone, if that is still ahead.
    pub(super) fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.hold().until.filter(|until| *until > now)
    }

    /// The host complained. It is left alone until `wish`, or, if it did not say, for a minute that doubles with
    /// every complaint in a row up to an hour. Returns the end of that time.
    pub(super) fn complained(&self, wish: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let guess = (60_i64 << hold.strikes.min(10)).min(LONGEST_GUESS);
        hold.strikes = hold.strikes.saturating_add(1);
        let later = |rest| now.saturating_add(rest).unwrap_or(Timestamp::MAX);
        let until = wish.map_or_else(|| later(SignedDuration::from_secs(guess)), |wish| wish.max(later(SHORTEST_HOLD)));
        let until = hold.until.map_or(until, |before| before.max(until));
        hold.until = Some(until);
        until
    }

    /// The host answered well; `spent_until` when it said that nothing is left to ask for until then.
    pub(super) fn answered(&self, spent_until: Option<Timestamp>) {
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        *hold = Hold { until: spent_until, strikes: 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_complaint_without_a_wish_holds_longer_each_time() {
        let lane = Lanes::new(1).to("a.example");
        assert_eq!(lane.complained(None, at(0)), at(60));
        assert_eq!(lane.complained(None, at(100)), at(220));
        assert_eq!(lane.complained(None, at(300)), at(540));
        for _ in 0..20 {
            lane.complained(None, at(1_000));
        }
        assert_eq!(lane.held_until(at(1_000)), Some(at(4_600)));
        lane.answered(None);
        assert_eq!(lane.held_until(at(1_000)), None);
        assert_eq!(lane.complained(None, at(5_000)), at(5_060));
    }

    #[test]
    fn a_wish_is_obeyed_and_never_shortened_by_another() {
        let lane = Lanes::new(1).to("a.example");
        assert_eq!(lane.complained(Some(at(900)), at(0)), at(900));
        assert_eq!(lane.complained(Some(at(500)), at(0)), at(900));
        assert_eq!(lane.held_until(at(899)), Some(at(900)));
        assert_eq!(lane.held_until(at(900)), None);
    }

    #[test]
    fn idle_lanes_are_forgotten_and_held_ones_are_not() {
        let lanes = Lanes::new(1);
        lanes.to("held.example").complained(None, at(0));
        for number in 0..(MANY * 2) {
            lanes.to(&format!("{number}.example"));
        }
        assert!(lanes.lanes.lock().unwrap().len() <= MANY + 1);
        assert!(lanes.to("held.example").held_until(at(1)).is_some());
    }
}
