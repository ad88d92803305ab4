//! Moments as people type them: a date, a date and time, or a stretch of time ago.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::config::interval;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// A moment that may depend on the reader's time zone or on the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `2026-05-01T12:00:00Z`: the same everywhere.
    Exactly(Timestamp),
    /// `2026-05-01` or `2026-05-01T12:00`: in the reader's zone; a date alone is its first moment.
    Local(DateTime),
    /// `30d`: this long before now.
    Ago(SignedDuration),
}

impl When {
    /// The moment, for a reader in `zone` at `now`. `None` when it lies outside of the years that can be
    /// counted (-9999 to 9999).
    pub fn moment(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Exactly(moment) => Some(moment),
            Self::Local(local) => zone.to_timestamp(local).ok(),
            Self::Ago(duration) => now.checked_sub(duration).ok(),
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse() {
            return Ok(Self::Exactly(moment));
        }
        if let Some(duration) = interval::parse(text) {
            return Ok(Self::Ago(duration));
        }
        let local = text.parse::<DateTime>().or_else(|_| text.parse().map(|date: Date| date.at(0, 0, 0, 0)));
        local.map(Self::Local).map_err(|_| "write 2026-05-01, 2026-05-01T12:00Z, or 30d for thirty days ago".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str, zone: &str) -> String {
        let now = "2026-06-10T12:00:00Z".parse().unwrap();
        let when: When = text.parse().unwrap();
        when.moment(now, &TimeZone::get(zone).unwrap()).unwrap().to_string()
    }

    #[test]
    fn reads_dates_times_and_stretches() {
        assert_eq!(moment("2026-05-01", "UTC"), "2026-05-01T00:00:00Z");
        assert_eq!(moment("2026-05-01", "Europe/Paris"), "2026-04-30T22:00:00Z");
        assert_eq!(moment("2026-05-01T12:30", "Europe/Paris"), "2026-05-01T10:30:00Z");
        assert_eq!(moment("2026-05-01T12:00Z", "Europe/Paris"), "2026-05-01T12:00:00Z");
        assert_eq!(moment("2026-05-01T12:00+02:00", "UTC"), "2026-05-01T10:00:00Z");
        assert_eq!(moment("30d", "UTC"), "2026-05-11T12:00:00Z");
        assert_eq!(moment("90m", "UTC"), "2026-06-10T10:30:00Z");
    }

    #[test]
    fn refuses_the_rest_with_an_example() {
        for text in ["", "yesterday", "2026-13-01", "5", "-3d"] {
            assert!(text.parse::<When>().unwrap_err().contains("30d"), "{text}");
        }
    }

    #[test]
    fn a_moment_before_all_time_is_none() {
        let when: When = "200000w".parse().unwrap();
        let first = Timestamp::MIN;
        assert_eq!(when.moment(first, &TimeZone::UTC), None);
    }
}
