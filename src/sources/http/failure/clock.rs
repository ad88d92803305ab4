//! A clock that is off: signatures and tokens are refused then, and nothing says why.

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::http::date::http_date;

/// What a clock may be off without being told. Caches and slow answers make up a minute or two.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);

/// How far our clock is ahead of the one that wrote `Date`, if it is off by more than [`TOLERATED`]; negative when
/// it is behind. `age` is how long a cache kept the answer, in seconds.
pub(in crate::sources::http) fn skew(date: Option<&str>, age: Option<&str>, now: Timestamp) -> Option<SignedDuration> {
    let kept = age.and_then(|age| age.trim().parse::<u32>().ok()).map_or(0, i64::from);
    let theirs = http_date(date?)?.saturating_add(SignedDuration::from_secs(kept)).ok()?;
    Some(now.duration_since(theirs)).filter(|ahead| ahead.abs() > TOLERATED)
}

/// What to say of a clock that is this far ahead.
pub fn skew_remark(ahead: SignedDuration) -> String {
    let way = if ahead.is_negative() { "behind" } else { "ahead" };
    format!("the clock of this machine is {} {way}: set it (timedatectl set-ntp true)", told(ahead.abs()))
}

fn told(length: SignedDuration) -> String {
    let (minutes, hours) = (length.as_secs() / 60, length.as_hours());
    match (minutes, hours) {
        (..120, _) => format!("{minutes} minutes"),
        (_, ..48) => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_is_far_off_is_told() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let off = |date, age| skew(Some(date), age, now).map(skew_remark);
        assert_eq!(off("Sun, 22 Nov 2026 11:56:00 GMT", None), None);
        assert_eq!(off("Sun, 22 Nov 2026 12:04:00 GMT", None), None);
        assert!(off("Sun, 22 Nov 2026 11:48:00 GMT", None).unwrap().contains("12 minutes ahead"));
        assert!(off("Sun, 22 Nov 2026 15:30:00 GMT", None).unwrap().contains("3 hours behind"));
        assert!(off("Thu, 01 Jan 2026 00:00:00 GMT", None).unwrap().contains("325 days ahead"));
        // Kept by a cache for a quarter of an hour.
        assert_eq!(off("Sun, 22 Nov 2026 11:45:00 GMT", Some("900")), None);
        assert_eq!(off("never", None), None);
        assert_eq!(skew(None, None, now), None);
    }
}
