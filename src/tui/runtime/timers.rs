//! When the loop wakes up by itself. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::domain::Timestamp;

/// Most moments that are waited for at once; the model asks for a handful.
const MOST: usize = 64;

/// The minute clock, and the moments that the model asked for.
#[derive(Debug)]
pub struct Timers {
    minute: i64,
    moments: BTreeSet<Timestamp>,
}

fn minute_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(60)
}

impl Timers {
    /// Timers that start in the minute of `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { minute: minute_of(now), moments: BTreeSet::new() }
    }

    /// The model wants to be told the time at this moment.
    pub fn wake_at(&mut self, moment: Timestamp) {
        if self.moments.len() >= MOST {
            self.moments.pop_last();
        }
        self.moments.insert(moment);
    }

    /// Whether the model must be told the time: the minute is another (also when the clock was set back, or the
    /// machine slept), or a moment came that it asked for.
    pub fn has_struck(&mut self, now: Timestamp) -> bool {
        let other_minute = minute_of(now) != self.minute;
        self.minute = minute_of(now);
        let waiting = self.moments.len();
        self.moments.retain(|moment| *moment > now);
        other_minute || self.moments.len() < waiting
    }

    /// How long nothing is due.
    pub fn rest(&self, now: Timestamp) -> Duration {
        let next_minute = Timestamp::from_second((minute_of(now) + 1).saturating_mul(60)).unwrap_or(Timestamp::MAX);
        let next = self.moments.first().map_or(next_minute, |moment| next_minute.min(*moment));
        let rest = Duration::try_from(next.duration_since(now)).unwrap_or_default();
        // A timer may fire a little early: a millisecond more saves waking up twice.
        rest + Duration::from_millis(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn an_idle_screen_is_woken_by_the_next_full_minute_alone() {
        let mut timers = Timers::new(at(600));
        assert_eq!(timers.rest(at(600)), Duration::from_millis(60_001));
        assert_eq!(timers.rest(at(659)), Duration::from_millis(1_001));
        assert!(!timers.has_struck(at(659)));
        assert!(timers.has_struck(at(660)));
        assert!(!timers.has_struck(at(661)));
    }

    #[test]
    fn a_clock_that_jumps_is_noticed_either_way() {
        let mut timers = Timers::new(at(600));
        assert!(timers.has_struck(at(7_000)));
        assert!(timers.has_struck(at(600)));
        assert!(!timers.has_struck(at(600)));
        assert_eq!(Timers::new(Timestamp::MAX).rest(Timestamp::MAX), Duration::from_millis(1));
    }

    #[test]
    fn moments_strike_once() {
        let mut timers = Timers::new(at(600));
        timers.wake_at(at(605));
        timers.wake_at(at(603));
        timers.wake_at(at(603));
        assert_eq!(timers.rest(at(600)), Duration::from_millis(3_001));
        assert!(timers.has_struck(at(603)));
        assert!(!timers.has_struck(at(604)));
        assert!(timers.has_struck(at(606)));
        assert_eq!(timers.rest(at(606)), Duration::from_millis(54_001));
    }

    #[test]
    fn the_number_of_moments_is_bounded_and_the_nearest_are_kept() {
        let mut timers = Timers::new(at(0));
        for second in (1..200).rev() {
            timers.wake_at(at(second));
        }
        assert_eq!(timers.moments.len(), MOST);
        assert_eq!(timers.rest(at(0)), Duration::from_millis(1_001));
    }
}
