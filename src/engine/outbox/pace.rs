//! How long to wait, and how often to try. Pure.

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::{Retry, SourceError};

/// Times that a network is asked to publish one thing.
const ATTEMPTS: u32 = 8;
/// Pause before the first attempt after one that certainly failed; it doubles from there.
const FIRST: f64 = 5.0;
/// Longest such pause.
const LONGEST: f64 = 300.0;

/// Pauses before the looks for something of unknown fate, in seconds, from the moment at which it became unknown. The
/// first ones span what networks take to show a new post to its own author.
const LOOKS: [i64; 8] = [2, 3, 10, 15, 30, 60, 600, 3_600];
/// Looks after which what was not found is taken for not shown, where the network keeps the token.
pub(super) const ENOUGH: u32 = 6;
/// A token is trusted for so long after its first use: networks document an hour (docs.joinmastodon.org, statuses,
/// Idempotency-Key), of which clocks and queues may take some.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(50);
/// Pause between two questions that were not answered, and when a person must decide instead.
const UNANSWERED: SignedDuration = SignedDuration::from_secs(10);
const UNANSWERED_LONGEST: SignedDuration = SignedDuration::from_mins(30);
const GIVE_UP: SignedDuration = SignedDuration::from_hours(48);

/// When to try again what certainly is not out, after so many attempts; `None`: a person must do something first.
/// `random` is in 0..1.
pub(super) fn again(error: &SourceError, attempts: u32, now: Timestamp, random: f64) -> Option<Timestamp> {
    if attempts >= ATTEMPTS {
        return None;
    }
    match error.retry {
        Retry::BackOff | Retry::Soon => {
            let doubled = FIRST * 2_f64.powi(i32::try_from(attempts.saturating_sub(1)).unwrap_or(30));
            let seconds = doubled.min(LONGEST) * (0.8 + 0.4 * random.clamp(0.0, 1.0));
            Some(later(now, SignedDuration::from_millis((seconds * 1_000.0) as i64)))
        }
        Retry::NotBefore(then) => Some(then.max(later(now, SignedDuration::from_secs(1)))),
        Retry::Daily | Retry::Never => None,
    }
}

/// When to look next, after so many looks that found nothing; `None`: a person decides.
pub(super) fn look(looks: u32, now: Timestamp) -> Option<Timestamp> {
    let pause = LOOKS.get(usize::try_from(looks).unwrap_or(usize::MAX))?;
    Some(later(now, SignedDuration::from_secs(*pause)))
}

/// When to ask a network again that did not answer, for something that is in doubt since `since`.
pub(super) fn unanswered(since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let passed = now.duration_since(since);
    (passed < GIVE_UP).then(|| later(now, (passed / 2).clamp(UNANSWERED, UNANSWERED_LONGEST)))
}

/// Whether a network that keeps tokens still knows one that it was given first at `since`.
pub(super) fn is_token_alive(since: Timestamp, now: Timestamp) -> bool {
    now >= since && now.duration_since(since) < TOKEN_LIFE
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    crate::engine::clock::after(now, by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::SourceErrorKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn pauses_grow_and_come_to_an_end() {
        let error = SourceError::new(SourceErrorKind::Unreachable, "away", "wait");
        let pauses: Vec<i64> = (1..ATTEMPTS).map(|n| again(&error, n, at(0), 0.5).unwrap().as_second()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300]);
        assert_eq!(again(&error, ATTEMPTS, at(0), 0.5), None);
        assert_eq!(again(&error, u32::MAX, at(0), 0.5), None);
        let told = SourceError::new(SourceErrorKind::TooMany, "slow", "wait").retrying(Retry::NotBefore(at(77)));
        assert_eq!(again(&told, 1, at(0), 0.0), Some(at(77)));
        assert_eq!(again(&told, 1, at(100), 0.0), Some(at(101)), "never at once");
        assert_eq!(again(&SourceError::new(SourceErrorKind::Refused, "no", "log in"), 1, at(0), 0.0), None);
    }

    #[test]
    fn looks_span_minutes_before_a_token_is_used_again_and_end() {
        let span: i64 = (0..ENOUGH).map(|n| look(n, at(0)).unwrap().as_second()).sum();
        assert_eq!(span, 120);
        assert_eq!(look(LOOKS.len() as u32, at(0)), None);
        assert!(is_token_alive(at(0), at(2_999)) && !is_token_alive(at(0), at(3_000)) && !is_token_alive(at(5), at(4)));
        assert_eq!(unanswered(at(0), at(1)), Some(at(11)));
        assert_eq!(unanswered(at(0), at(600)), Some(at(900)));
        assert_eq!(unanswered(at(0), at(3 * 86_400)), None);
    }
}
