//! What the network grants: a number of requests a day, and pauses that it orders method by method. Both outlive a
//! restart.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::{SourceError, SourceErrorKind};

/// The share of a day's requests that polling leaves to people, one of so many.
const RESERVE: f64 = 20.0;
/// Longest pause that is believed, in seconds.
const LONGEST: i64 = 86_400;

/// What is known of the limits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    /// Requests that are granted a day.
    most: Option<f64>,
    /// Requests that are left.
    left: Option<f64>,
    /// When they are granted anew.
    resets: Option<Timestamp>,
    /// Method -> not before.
    pauses: BTreeMap<String, Timestamp>,
}

/// The limits, shared by polling and look-ups.
#[derive(Default)]
pub(super) struct Limits(Mutex<Known>);

/// Days begin at midnight UTC.
fn midnight(now: Timestamp) -> Timestamp {
    let zoned = now.to_zoned(TimeZone::UTC);
    zoned.tomorrow().and_then(|day| day.start_of_day()).map_or(now, |start| start.timestamp())
}

impl Limits {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what was known before a restart. What is known already goes first.
    pub(super) fn recall(&self, kept: Known) {
        let mut known = self.known();
        if *known == Known::default() {
            *known = kept;
        }
    }

    /// What is to be kept for the next start.
    pub(super) fn kept(&self, now: Timestamp) -> Known {
        let mut known = self.known();
        known.pauses.retain(|_, until| *until > now);
        known.clone()
    }

    /// Notes what an answer says.
    pub(super) fn told(
        &self,
        method: &str,
        most: Option<f64>,
        left: Option<f64>,
        backoff: Option<i64>,
        now: Timestamp,
    ) {
        let mut known = self.known();
        if let (Some(most), Some(left)) = (most, left) {
            (known.most, known.left, known.resets) = (Some(most), Some(left), Some(midnight(now)));
        }
        if let Some(seconds) = backoff.filter(|seconds| *seconds > 0) {
            let pause = SignedDuration::from_secs(seconds.min(LONGEST));
            let until = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
            known.pauses.insert(method.to_owned(), until);
        }
    }

    /// Until when a method is not to be used.
    pub(super) fn paused(&self, method: &str, now: Timestamp) -> Option<Timestamp> {
        self.known().pauses.get(method).copied().filter(|until| *until > now)
    }

    /// Requests that polling may still make before the count starts anew, if that is known.
    fn granted(known: &Known, now: Timestamp) -> Option<(f64, Timestamp)> {
        let resets = known.resets.filter(|resets| *resets > now)?;
        Some((known.left? - (known.most? / RESERVE).ceil(), resets))
    }

    /// Refuses to poll when what is left is for people.
    ///
    /// # Errors
    /// Until the count starts anew.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), SourceError> {
        let known = self.known();
        let Some((granted, resets)) = Self::granted(&known, now) else { return Ok(()) };
        if granted >= 1.0 {
            return Ok(());
        }
        let most = known.most.unwrap_or_default();
        let advice = if most < 1_000.0 {
            "a key of your own raises it to 10,000 (stackapps.com/apps/oauth/register); the rest is for look-ups"
        } else {
            "the rest of them is for look-ups; watch fewer sites or names, or raise shortest"
        };
        Err(SourceError::new(
            SourceErrorKind::TooMany,
            &format!("the {most} requests of today at Stack Exchange are used up"),
            advice,
        )
        .waiting_until(resets))
    }

    /// How long to rest after a poll of so many requests, so that what is left lasts until midnight.
    pub(super) fn rest(&self, requests: u32, now: Timestamp) -> Option<SignedDuration> {
        let (granted, resets) = Self::granted(&self.known(), now)?;
        let seconds = resets.duration_since(now).as_secs_f64() * f64::from(requests) / granted.max(1.0);
        Some(SignedDuration::from_secs(seconds.min(86_400.0) as i64))
    }

    /// What the network counts.
    pub(super) fn meters(&self, now: Timestamp) -> Vec<Meter> {
        let known = self.known();
        let (Some(most), Some(left)) = (known.most, known.left) else { return Vec::new() };
        let resets = known.resets.filter(|resets| *resets > now);
        let used = if resets.is_some() { (most - left).max(0.0) } else { 0.0 };
        vec![Meter { name: "requests today".to_owned(), used, limit: Some(most), currency: None, resets }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Retry;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn polling_leaves_a_share_and_lasts_until_midnight() {
        let limits = Limits::default();
        let noon = at("2026-11-22T12:00:00Z");
        assert!(limits.check(noon).is_ok() && limits.rest(2, noon).is_none());
        limits.told("search/excerpts", Some(300.0), Some(159.0), None, noon);
        assert_eq!(limits.rest(2, noon), Some(SignedDuration::from_secs(12 * 3600 * 2 / 144)));
        limits.told("search/excerpts", Some(300.0), Some(15.0), None, noon);
        let error = limits.check(noon).unwrap_err();
        assert_eq!(error.retry, Retry::NotBefore(at("2026-11-23T00:00:00Z")));
        assert!(error.advice.contains("key"));
        assert!(limits.check(at("2026-11-23T00:00:01Z")).is_ok());
    }

    #[test]
    fn a_pause_outlives_a_restart() {
        let limits = Limits::default();
        let noon = at("2026-11-22T12:00:00Z");
        limits.told("search/excerpts", None, None, Some(30), noon);
        let kept = serde_json::to_string(&limits.kept(noon)).unwrap();
        let again = Limits::default();
        again.recall(serde_json::from_str(&kept).unwrap());
        assert_eq!(again.paused("search/excerpts", noon), Some(at("2026-11-22T12:00:30Z")));
        assert_eq!(again.paused("questions", noon), None);
        assert_eq!(again.paused("search/excerpts", at("2026-11-22T12:00:30Z")), None);
    }
}
