//! How long an answer stays fresh by its own word.

use reqwest::header::HeaderMap;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

use super::date::http_date;

/// Longest rest that is granted.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long the server asks not to be asked again: `max-age` minus `Age`, else `Expires` minus `Date` (or `now`).
/// `None` when it does not say, when it says that nothing is to be kept, and when the time has passed already.
pub fn rest(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |value: &str| value.trim_matches('"').parse::<u32>().ok().map(i64::from);
    if let Some(control) = text("cache-control") {
        let control = control.to_ascii_lowercase();
        let mut parts = control.split(',').map(str::trim);
        if parts.clone().any(|part| part == "no-store" || part == "no-cache") {
            return None;
        }
        if let Some(age) = parts.find_map(|part| part.strip_prefix("max-age=")).and_then(seconds) {
            return positive(SignedDuration::from_secs(age - text("age").and_then(seconds).unwrap_or(0)));
        }
    }
    let expires = http_date(text("expires")?)?;
    let sent = text("date").and_then(http_date).unwrap_or(now);
    positive(expires.duration_since(sent))
}

fn positive(rest: SignedDuration) -> Option<SignedDuration> {
    rest.is_positive().then(|| rest.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> Option<i64> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        rest(&headers, "2026-11-22T12:00:00Z".parse().unwrap()).map(|rest| rest.as_secs())
    }

    #[test]
    fn max_age_less_age_goes_before_expires() {
        assert_eq!(asked(&[("cache-control", "public, max-age=900"), ("age", "300")]), Some(600));
        assert_eq!(asked(&[("cache-control", "max-age=60"), ("age", "300")]), None);
        let expires = ("expires", "Sun, 22 Nov 2026 12:30:00 GMT");
        assert_eq!(asked(&[expires]), Some(1800));
        assert_eq!(asked(&[expires, ("date", "Sun, 22 Nov 2026 12:20:00 GMT")]), Some(600));
        assert_eq!(asked(&[expires, ("cache-control", "max-age=\"120\"")]), Some(120));
    }

    #[test]
    fn silence_and_nonsense_are_no_wish() {
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[("expires", "0")]), None);
        assert_eq!(asked(&[("expires", "-1")]), None);
        assert_eq!(asked(&[("cache-control", "no-cache, max-age=900")]), None);
        assert_eq!(asked(&[("cache-control", "max-age=99999999999999")]), None);
        assert_eq!(asked(&[("cache-control", "max-age=31536000")]), Some(86_400));
    }
}
