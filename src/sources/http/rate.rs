//! How long a server wants to be left alone: one reader for all the ways in which servers say it.

use reqwest::header::HeaderMap;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

use super::date::http_date;

/// Longest that a server's wish is believed.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Numbers from here on are seconds since 1970 and not seconds left (2001-09-09).
const EPOCH_FROM: f64 = 1_000_000_000.0;
/// Numbers from here on are milliseconds since 1970.
const EPOCH_MILLIS_FROM: f64 = 100_000_000_000.0;

/// What an answer says about how often we may ask.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateLimit {
    /// `Retry-After`: not before this moment.
    pub retry_at: Option<Timestamp>,
    /// When the count of requests starts anew.
    pub resets_at: Option<Timestamp>,
    /// Requests left until then. Some networks send fractions.
    pub remaining: Option<f64>,
}

impl RateLimit {
    /// Whether nothing is left to ask for.
    pub fn is_spent(&self) -> bool {
        self.remaining.is_some_and(|left| left < 1.0)
    }

    /// Not before this moment, by the clearest header that was there.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.retry_at.or(self.resets_at)
    }
}

/// Reads `Retry-After` (seconds or a date) and the `RateLimit` family (`RateLimit-Reset`, `X-RateLimit-Reset`,
/// `X-Rate-Limit-Reset`, and the one `RateLimit` header with `r` and `t`) whose reset is an ISO time, seconds
/// since 1970 or seconds left. Moments are clamped to `now` … `now` + 24 h.
pub fn rate_limit(headers: &HeaderMap, now: Timestamp) -> RateLimit {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let first = |names: [&str; 3]| names.into_iter().find_map(text);
    let mut limit = RateLimit {
        retry_at: text("retry-after").and_then(|value| moment(value, now)),
        resets_at: first(["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"])
            .and_then(|value| moment(value, now)),
        remaining: first(["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"])
            .and_then(|value| value.parse().ok()),
    };
    if let Some(combined) = text("ratelimit") {
        read_combined(combined, now, &mut limit);
    }
    limit
}

/// `"default";r=0;t=30`, or the older `limit=10, remaining=0, reset=30`.
fn read_combined(value: &str, now: Timestamp, limit: &mut RateLimit) {
    for part in value.split([';', ',']) {
        let Some((name, value)) = part.split_once('=') else { continue };
        match name.trim() {
            "r" | "remaining" => limit.remaining = limit.remaining.or_else(|| value.trim().parse().ok()),
            "t" | "reset" => limit.resets_at = limit.resets_at.or_else(|| moment(value.trim(), now)),
            _ => {}
        }
    }
}

fn moment(value: &str, now: Timestamp) -> Option<Timestamp> {
    let at = match value.parse::<f64>() {
        Ok(number) if !number.is_finite() || number < 0.0 => return None,
        Ok(millis) if millis >= EPOCH_MILLIS_FROM => Timestamp::from_millisecond(millis as i64).ok()?,
        Ok(seconds) if seconds >= EPOCH_FROM => Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?,
        Ok(left) => now.saturating_add(SignedDuration::from_millis((left * 1000.0) as i64)).ok()?,
        Err(_) => http_date(value)?,
    };
    let latest = now.saturating_add(LONGEST).ok()?;
    Some(at.max(now).min(latest))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_shape_of_a_reset_is_the_same_moment() {
        let in_two_minutes: Timestamp = "2026-11-22T12:02:00Z".parse().unwrap();
        for (name, value) in [
            ("Retry-After", "120"),
            ("Retry-After", "Sun, 22 Nov 2026 12:02:00 GMT"),
            ("X-RateLimit-Reset", "2026-11-22T12:02:00.000000Z"),
            ("X-RateLimit-Reset", "120"),
            ("x-ratelimit-reset", "120.0"),
            ("RateLimit-Reset", "1795348920"),
            ("X-Rate-Limit-Reset", "1795348920"),
            ("X-RateLimit-Reset", "1795348920000"),
            ("RateLimit", "\"default\";r=0;t=120"),
            ("RateLimit", "limit=10, remaining=0, reset=120"),
        ] {
            assert_eq!(
                rate_limit(&headers(&[(name, value)]), now()).not_before(),
                Some(in_two_minutes),
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn retry_after_goes_first_and_nonsense_is_nothing() {
        let both = headers(&[("Retry-After", "10"), ("X-RateLimit-Reset", "500"), ("X-RateLimit-Remaining", "0.0")]);
        let limit = rate_limit(&both, now());
        assert_eq!(limit.not_before(), Some("2026-11-22T12:00:10Z".parse().unwrap()));
        assert!(limit.is_spent());
        for value in ["", "-5", "NaN", "soon", "inf"] {
            assert_eq!(rate_limit(&headers(&[("Retry-After", value)]), now()).not_before(), None, "{value}");
        }
    }

    #[test]
    fn a_moment_that_is_past_is_now_and_a_year_is_a_day() {
        let past = headers(&[("Retry-After", "Sun, 22 Nov 2020 12:02:00 GMT")]);
        assert_eq!(rate_limit(&past, now()).retry_at, Some(now()));
        let year = headers(&[("Retry-After", "31536000")]);
        assert_eq!(rate_limit(&year, now()).retry_at, Some("2026-11-23T12:00:00Z".parse().unwrap()));
        let reddit = headers(&[("x-ratelimit-remaining", "590.0"), ("x-ratelimit-reset", "63")]);
        assert!(!rate_limit(&reddit, now()).is_spent());
    }
}
