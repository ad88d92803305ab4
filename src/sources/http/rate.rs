//! How long a server wants to be left alone: one reader for all the ways in which servers say it.

use reqwest::header::{DATE, HeaderMap};

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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RateLimit {
    /// `Retry-After`: not before this moment.
    pub retry_at: Option<Timestamp>,
    /// When the count of requests starts anew.
    pub resets_at: Option<Timestamp>,
    /// Requests left until then. Some networks send fractions.
    pub remaining: Option<f64>,
    /// Requests made since the count began.
    pub used: Option<f64>,
    /// Most requests in all.
    pub limit: Option<f64>,
    /// Which of several counts it is, when the network has several and names them (`search`, `core`).
    pub resource: Option<String>,
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

/// Reads `Retry-After` (seconds or a date) and the `RateLimit` family (`RateLimit-*`, `X-RateLimit-*`,
/// `X-Rate-Limit-*`, and the one `RateLimit` header with `r` and `t`) whose reset is an ISO time, seconds or
/// milliseconds since 1970, or seconds left. What is left may be told as `limit` less `used`. Moments are clamped
/// to `now` … `now` + 24 h. A moment that seems past already is taken by the server's own clock (`Date`), should
/// ours be ahead.
pub fn rate_limit(headers: &HeaderMap, now: Timestamp) -> RateLimit {
    let read = Reader { headers, now, theirs: headers.get(DATE).and_then(|value| http_date(value.to_str().ok()?)) };
    let mut limit = RateLimit {
        retry_at: read.text("retry-after").and_then(|value| read.moment(value)),
        resets_at: read.of_family("reset").and_then(|value| read.moment(value)),
        remaining: read.of_family("remaining").and_then(count),
        used: read.of_family("used").and_then(count),
        limit: read.of_family("limit").and_then(count),
        resource: read.of_family("resource").filter(|name| is_name(name)).map(str::to_owned),
    };
    if let Some(combined) = read.text("ratelimit") {
        read.combined(combined, &mut limit);
    }
    if let Some(policy) = read.text("ratelimit-policy") {
        limit.limit = limit.limit.or_else(|| granted(policy, limit.resource.as_deref()));
    }
    limit.remaining = limit.remaining.or_else(|| Some((limit.limit? - limit.used?).max(0.0)));
    limit
}

/// Reads what one answer says.
struct Reader<'a> {
    headers: &'a HeaderMap,
    now: Timestamp,
    /// The moment by the server's clock.
    theirs: Option<Timestamp>,
}

impl<'a> Reader<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// The header of this meaning, whichever way the family spells it.
    fn of_family(&self, meaning: &str) -> Option<&'a str> {
        ["x-ratelimit-", "ratelimit-", "x-rate-limit-"]
            .into_iter()
            .find_map(|start| self.text(&format!("{start}{meaning}")))
    }

    /// `"default";r=0;t=30`, the tightest when there are several, or the older `limit=10, remaining=0, reset=30`.
    fn combined(&self, value: &str, limit: &mut RateLimit) {
        let mut tightest: Option<RateLimit> = None;
        for item in value.split(',') {
            let mut one = RateLimit::default();
            for part in item.split(';').map(str::trim) {
                match part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                    Some(("r" | "remaining", value)) => one.remaining = count(value),
                    Some(("t" | "reset", value)) => one.resets_at = self.moment(value),
                    Some(("limit", value)) => one.limit = count(value),
                    Some(_) => {}
                    None => one.resource = Some(part.trim_matches('"').to_owned()).filter(|name| is_name(name)),
                }
            }
            let before = tightest.take();
            tightest = Some(match before {
                // In the older form every item is a part of the one whole.
                Some(before) if one.resource.is_none() || before.resource.is_none() => RateLimit {
                    resets_at: before.resets_at.or(one.resets_at),
                    remaining: before.remaining.or(one.remaining),
                    limit: before.limit.or(one.limit),
                    ..before
                },
                Some(before) if before.remaining <= one.remaining => before,
                _ => one,
            });
        }
        let Some(found) = tightest else { return };
        limit.remaining = limit.remaining.or(found.remaining);
        limit.resets_at = limit.resets_at.or(found.resets_at);
        limit.limit = limit.limit.or(found.limit);
        limit.resource = limit.resource.take().or(found.resource);
    }

    fn moment(&self, value: &str) -> Option<Timestamp> {
        let at = match value.parse::<f64>() {
            Ok(number) if !number.is_finite() || number < 0.0 => return None,
            Ok(millis) if millis >= EPOCH_MILLIS_FROM => Timestamp::from_millisecond(millis as i64).ok()?,
            Ok(seconds) if seconds >= EPOCH_FROM => Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?,
            Ok(left) => self.now.saturating_add(SignedDuration::from_millis((left * 1000.0) as i64)).ok()?,
            Err(_) => http_date(value)?,
        };
        let left = match self.theirs {
            Some(theirs) if at <= self.now => at.duration_since(theirs),
            _ => at.duration_since(self.now),
        };
        self.now.saturating_add(left.clamp(SignedDuration::ZERO, LONGEST)).ok()
    }
}

/// A count at the beginning of a header; what it says of windows after it (`100, 100;w=60`) is left.
fn count(value: &str) -> Option<f64> {
    let number = value.split([',', ';']).next()?.trim().parse::<f64>().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// What a policy grants: `30;w=300`, or `"search";q=30;w=60` of the named one.
fn granted(policy: &str, resource: Option<&str>) -> Option<f64> {
    policy.split(',').find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next()?.trim_matches('"');
        let quota = parts.find_map(|part| part.strip_prefix("q="));
        match quota {
            Some(quota) => resource.is_none_or(|resource| resource == name).then(|| count(quota))?,
            None => count(name),
        }
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 40
        && name.chars().all(|sign| sign.is_ascii_alphanumeric() || "_- ".contains(sign))
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
            ("RateLimit", "\"day\";r=900;t=9000, \"burst\";r=0;t=120"),
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

    #[test]
    fn counts_are_read_in_every_shape() {
        let read = |pairs: &[(&str, &str)]| {
            let limit = rate_limit(&headers(pairs), now());
            (limit.limit, limit.remaining, limit.resource)
        };
        let github = [
            ("x-ratelimit-limit", "30"),
            ("x-ratelimit-remaining", "7"),
            ("x-ratelimit-used", "23"),
            ("x-ratelimit-resource", "search"),
        ];
        assert_eq!(read(&github), (Some(30.0), Some(7.0), Some("search".to_owned())));
        // Bluesky's policy, Reddit's fractions without a limit, a limit with its window, one that only tells the use.
        assert_eq!(
            read(&[("ratelimit-remaining", "29"), ("ratelimit-policy", "30;w=300")]),
            (Some(30.0), Some(29.0), None)
        );
        assert_eq!(read(&[("x-ratelimit-remaining", "590.0"), ("x-ratelimit-used", "10")]), (None, Some(590.0), None));
        assert_eq!(read(&[("ratelimit-limit", "100, 100;w=60")]).0, Some(100.0));
        assert_eq!(read(&[("x-ratelimit-limit", "60"), ("x-ratelimit-used", "12")]).1, Some(48.0));
        let policy = ("ratelimit-policy", "\"day\";q=5000;w=86400, \"burst\";q=100;w=60");
        assert_eq!(
            read(&[policy, ("ratelimit", "\"day\";r=900;t=9000, \"burst\";r=50;t=30")]),
            (Some(100.0), Some(50.0), Some("burst".to_owned()))
        );
        for nonsense in ["", "-1", "many", "NaN", "inf"] {
            assert_eq!(
                read(&[("x-ratelimit-limit", nonsense), ("x-ratelimit-remaining", nonsense)]),
                (None, None, None)
            );
        }
        let foreign = "\u{1b}]0;x".replace('\u{1b}', " ");
        assert_eq!(read(&[("x-ratelimit-resource", &foreign)]).2, None);
    }

    #[test]
    fn a_clock_that_is_ahead_does_not_make_a_reset_past() {
        // Their clock says 10:00, ours 12:00; the count starts anew in two minutes.
        let off = headers(&[("Date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("X-RateLimit-Reset", "2026-11-22T10:02:00Z")]);
        assert_eq!(rate_limit(&off, now()).resets_at, Some("2026-11-22T12:02:00Z".parse().unwrap()));
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_stumble(name in "(x-)?rate-?limit(-(reset|limit|remaining|used|policy|resource))?|retry-after", value in "[ -~]{0,40}") {
            let limit = rate_limit(&headers(&[(&name, &value)]), now());
            let latest = now().saturating_add(LONGEST).unwrap();
            for at in [limit.retry_at, limit.resets_at].into_iter().flatten() {
                proptest::prop_assert!(at >= now() && at <= latest);
            }
            proptest::prop_assert!(limit.limit.into_iter().chain(limit.remaining).all(|count| count >= 0.0));
        }
    }
}
