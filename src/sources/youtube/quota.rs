//! Units: what is used of them today, and what polling leaves to replies.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::{SourceError, SourceErrorKind};

/// Units that a project is granted a day.
const GRANTED: u32 = 10_000;
/// Units that polling leaves to forty replies and to look-ups.
const RESERVE: u32 = 2_000;
/// Pacific time, by its rule: a small server may not know the zones of the world.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

/// What was used on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Used {
    /// The day, in Pacific time.
    day: Option<Date>,
    units: u32,
}

/// The count, shared by polling, look-ups and replies.
#[derive(Default)]
pub(super) struct Quota {
    used: Mutex<Used>,
}

fn pacific() -> TimeZone {
    TimeZone::posix(PACIFIC).unwrap_or(TimeZone::UTC)
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(pacific()).date()
}

/// When units are granted anew.
pub(super) fn midnight(now: Timestamp) -> Timestamp {
    let tomorrow = now.to_zoned(pacific()).tomorrow().and_then(|day| day.start_of_day());
    tomorrow.map_or(now, |start| start.timestamp())
}

impl Quota {
    /// The count of today.
    fn of_today(&self, now: Timestamp) -> MutexGuard<'_, Used> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let today = Some(today(now));
        if used.day != today {
            *used = Used { day: today, units: 0 };
        }
        used
    }

    /// Adds what was used before a restart, if it was today. To be called once.
    pub(super) fn recall(&self, kept: Used, now: Timestamp) {
        let mut used = self.of_today(now);
        if kept.day == used.day {
            used.units = used.units.saturating_add(kept.units);
        }
    }

    /// What is to be kept for the next start.
    pub(super) fn kept(&self, now: Timestamp) -> Used {
        *self.of_today(now)
    }

    /// Counts units, before they are used: a request that fails is counted by the network too.
    ///
    /// # Errors
    /// When polling wants units that are left to replies. People are never refused here: the project may have been
    /// granted more than the usual.
    pub(super) fn spend(&self, units: u32, urgent: bool, now: Timestamp) -> Result<(), SourceError> {
        let mut used = self.of_today(now);
        if !urgent && used.units.saturating_add(units) > GRANTED - RESERVE {
            return Err(SourceError::new(
                SourceErrorKind::TooMany,
                &format!("{} of the {GRANTED} units of today at YouTube are used", used.units),
                format!("the rest is left to replies; polling goes on at {}", moment(midnight(now))),
            )
            .waiting_until(midnight(now)));
        }
        used.units = used.units.saturating_add(units);
        Ok(())
    }

    /// The network says that nothing is left.
    pub(super) fn exhausted(&self, now: Timestamp) {
        let mut used = self.of_today(now);
        used.units = used.units.max(GRANTED);
    }

    /// How long to rest after a poll of so many units, so that polling lasts until midnight.
    pub(super) fn rest(&self, units: u32, now: Timestamp) -> SignedDuration {
        let left = (GRANTED - RESERVE).saturating_sub(self.of_today(now).units).max(1);
        let seconds = midnight(now).duration_since(now).as_secs_f64() * f64::from(units) / f64::from(left);
        SignedDuration::from_secs(seconds.min(86_400.0) as i64)
    }

    /// What is counted.
    pub(super) fn meter(&self, now: Timestamp) -> Meter {
        Meter {
            name: "units today".to_owned(),
            used: f64::from(self.of_today(now).units),
            limit: Some(f64::from(GRANTED)),
            currency: None,
            resets: Some(midnight(now)),
        }
    }
}

/// A moment for a person.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%H:%M UTC on %-d %B").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Retry;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_end_at_midnight_in_california_in_summer_and_winter() {
        assert_eq!(midnight(at("2026-11-22T12:00:00Z")), at("2026-11-23T08:00:00Z"));
        assert_eq!(midnight(at("2026-11-22T07:59:59Z")), at("2026-11-22T08:00:00Z"));
        assert_eq!(midnight(at("2026-07-01T12:00:00Z")), at("2026-07-02T07:00:00Z"));
    }

    #[test]
    fn polling_never_eats_what_replies_need() {
        let quota = Quota::default();
        let noon = at("2026-11-22T12:00:00Z");
        quota.spend(7_999, false, noon).unwrap();
        quota.spend(1, false, noon).unwrap();
        let error = quota.spend(1, false, noon).unwrap_err();
        assert_eq!(error.retry, Retry::NotBefore(at("2026-11-23T08:00:00Z")));
        for _ in 0..40 {
            quota.spend(50, true, noon).unwrap();
        }
        assert_eq!(quota.meter(noon).share(), Some(1.0));
        // A new day.
        quota.spend(1, false, at("2026-11-23T08:00:00Z")).unwrap();
        assert_eq!(quota.meter(at("2026-11-23T08:00:00Z")).used, 1.0);
    }

    #[test]
    fn the_count_outlives_a_restart_and_a_reply_before_the_first_poll() {
        let noon = at("2026-11-22T12:00:00Z");
        let quota = Quota::default();
        quota.spend(100, false, noon).unwrap();
        let kept = serde_json::to_string(&quota.kept(noon)).unwrap();
        let again = Quota::default();
        again.spend(50, true, noon).unwrap();
        again.recall(serde_json::from_str(&kept).unwrap(), noon);
        assert_eq!(again.meter(noon).used, 150.0);
        let tomorrow = Quota::default();
        tomorrow.recall(serde_json::from_str(&kept).unwrap(), at("2026-11-23T09:00:00Z"));
        assert_eq!(tomorrow.meter(at("2026-11-23T09:00:00Z")).used, 0.0);
    }

    #[test]
    fn units_are_spread_over_the_day() {
        let quota = Quota::default();
        let noon = at("2026-11-22T12:00:00Z");
        quota.spend(6_000, false, noon).unwrap();
        assert_eq!(quota.rest(4, noon), SignedDuration::from_secs(20 * 3600 * 4 / 2000));
    }
}
