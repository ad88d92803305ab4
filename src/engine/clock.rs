//! The clocks: the real one, which alone may look at the machine's time, and one that is set by hand.

use std::sync::Mutex;

use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that asks the machine
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved. For tests and replays.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that stands at this moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(moment))
    }

    /// Sets it to a moment, which may lie before the present one.
    pub fn set(&self, moment: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = moment;
    }

    /// Moves it on (or back, by a negative duration), stopping at the ends of what a moment can say.
    pub fn advance(&self, by: SignedDuration) {
        let mut moment = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *moment = moment.saturating_add(by).unwrap_or(*moment);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The moment `by` after `moment` (before it, when negative), stopping at the ends of what a moment can say.
pub(crate) fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(moment)
}

/// How long it is from one moment to a later one; zero when it is not later.
pub(crate) fn wait(from: Timestamp, to: Timestamp) -> std::time::Duration {
    std::time::Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let start = Timestamp::from_second(1_000).unwrap();
        let clock = ManualClock::at(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_secs(5));
        assert_eq!(clock.now().as_second(), 1_005);
        clock.set(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn the_machine_knows_that_it_is_later_than_when_this_was_written() {
        assert!(SystemClock.now() > Timestamp::from_second(1_700_000_000).unwrap());
    }

    #[test]
    fn waiting_for_the_past_takes_no_time() {
        let (early, late) = (Timestamp::from_second(10).unwrap(), Timestamp::from_second(12).unwrap());
        assert_eq!(wait(early, late).as_secs(), 2);
        assert!(wait(late, early).is_zero());
    }
}
