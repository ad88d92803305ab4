//! When a source is asked next. Pure: the moment and the random number come in as arguments.
//!
//! | what happened | interval | next |
//! |---|---|---|
//! | new items | halved, within the bounds | interval ± 10 %, never below the server's wish |
//! | nothing new | × 1.5, within the bounds | the same |
//! | failed, back off | kept | uniform between 10 s and 1 min · 2^(failures - 1), at most 6 h |
//! | failed, the server named a moment | the wait itself | that moment, at most 24 h away; backing off if it refuses again |
//! | failed on this machine | kept | uniform between 10 s and 1 min · 2^(failures - 1), at most 3 min |
//! | held back by ourselves | kept | the moment at which we go on, at most 24 h away; no failure |
//! | failed, looks gone | kept | a day ± 10 % |
//! | failed for good | kept | never: the source is stopped |

use crate::domain::time::SignedDuration;
use crate::domain::{SourceHealth, SourceState, Timestamp};
use crate::sources::Retry;

use super::clock::after;

/// Shortest pause after a failure, but for three seconds (see [`told_to_wait`]).
pub const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// Longest that a first failure holds a source back.
pub const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// Longest that any number of failures holds a source back.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// The same while nothing at all can be reached: the network may be back any moment, and nobody is bothered.
pub const LONGEST_PAUSE_AWAY: SignedDuration = SignedDuration::from_mins(2);
/// The same for what is on this machine: it goes on soon after somebody has mended it, and nobody is bothered.
pub const LONGEST_PAUSE_HERE: SignedDuration = SignedDuration::from_mins(3);
/// Longest that a server's wish is obeyed.
pub const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(24);
/// A stopped source is asked once more after a start if it was last asked longer ago than this: the person who
/// started may have mended it, and a program that is restarted in a loop bothers nobody.
pub const STOPPED_RETRY: SignedDuration = SignedDuration::from_mins(5);
/// Pause between two first checks beyond those that start at once.
const FIRST_CHECK_STEP: SignedDuration = SignedDuration::from_millis(150);
/// Time over which first checks are spread at most.
const FIRST_CHECK_SPREAD: SignedDuration = SignedDuration::from_mins(2);

/// Shortest and longest interval between two polls. A longest below the shortest counts as the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Shortest.
    pub shortest: SignedDuration,
    /// Longest.
    pub longest: SignedDuration,
}

impl Bounds {
    fn longest(self) -> SignedDuration {
        self.longest.max(self.shortest)
    }

    /// The interval brought within the bounds.
    pub fn clamp(self, interval: SignedDuration) -> SignedDuration {
        interval.clamp(self.shortest, self.longest())
    }
}

/// What is decided after a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// When to ask next; `None`: not until a person does something.
    pub next: Option<Timestamp>,
    /// The interval in force.
    pub interval: SignedDuration,
    /// Failures in a row.
    pub failures: u32,
    /// How the source fares.
    pub health: SourceHealth,
}

/// After an answer. `before` is the interval that was in force (`None` after the first answer), `fresh` whether
/// it held something new, `rest` how long the server asks to be left alone, `random` in 0..1.
pub fn after_answer(
    bounds: Bounds,
    before: Option<SignedDuration>,
    fresh: bool,
    rest: Option<SignedDuration>,
    now: Timestamp,
    random: f64,
) -> Decision {
    let interval = bounds.clamp(match before {
        None => bounds.shortest,
        Some(before) if fresh => scale(before, 0.5),
        Some(before) => scale(before, 1.5),
    });
    let floor = rest.map_or(bounds.shortest, |rest| bounds.clamp(rest));
    let pause = interval.max(floor);
    let low = scale(pause, 0.9).max(floor);
    let high = scale(pause, 1.1).min(bounds.longest()).max(low);
    let next = after(now, between(low, high, random));
    Decision { next: Some(next), interval, failures: 0, health: SourceHealth::Working }
}

/// What is known of a source when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Failures in a row before this one.
    pub failures: u32,
    /// The interval that was in force.
    pub interval: Option<SignedDuration>,
    /// Whether and when asking again makes sense.
    pub retry: Retry,
    /// Nothing at all can be reached at present.
    pub away: bool,
    /// Nothing failed: we hold back by ourselves.
    pub by_choice: bool,
}

/// After a failure. `random` in 0..1.
pub fn after_failure(bounds: Bounds, failure: Failure, now: Timestamp, random: f64) -> Decision {
    let kept = bounds.clamp(failure.interval.unwrap_or(bounds.shortest));
    if let (true, Retry::NotBefore(moment)) = (failure.by_choice, failure.retry) {
        let pause = moment.duration_since(now).clamp(SHORTEST_PAUSE, LONGEST_WISH);
        let next = Some(after(now, pause));
        return Decision { next, interval: kept, failures: failure.failures, health: SourceHealth::Waiting };
    }
    let failures = failure.failures.saturating_add(1);
    let (pause, interval, health) = match failure.retry {
        Retry::BackOff => {
            let most = if failure.away { LONGEST_PAUSE_AWAY } else { LONGEST_PAUSE };
            let pause = between(SHORTEST_PAUSE, ceiling(failures).min(most), random);
            (Some(apart(pause, kept)), kept, SourceHealth::Failing)
        }
        Retry::Soon => {
            let pause = between(SHORTEST_PAUSE, ceiling(failures).min(LONGEST_PAUSE_HERE), random);
            (Some(apart(pause, kept)), kept, SourceHealth::Failing)
        }
        Retry::NotBefore(moment) => {
            let wish = moment.duration_since(now).clamp(SHORTEST_PAUSE, LONGEST_WISH);
            // A server that names a moment and refuses again when it has come is asked less and less.
            let own = if failures > 1 { ceiling(failures - 1) } else { SHORTEST_PAUSE };
            let pause = wish.max(between(SHORTEST_PAUSE, own, random));
            (Some(pause), pause, SourceHealth::Failing)
        }
        Retry::Daily => {
            let pause = between(scale(LONGEST_WISH, 0.9), scale(LONGEST_WISH, 1.1), random);
            (Some(apart(pause, kept)), kept, SourceHealth::Failing)
        }
        Retry::Never => (None, kept, SourceHealth::Stopped),
    };
    Decision { next: pause.map(|pause| after(now, pause)), interval, failures, health }
}

/// Longest pause after so many failures in a row: 1 min · 2^(failures - 1), at most 6 h.
pub fn ceiling(failures: u32) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(16);
    (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)
}

/// Whether the server itself named the moment at which a failing source may be asked again: then the wait is
/// the interval in force, to within a second. Such a moment is kept even when a person asks for a poll; so is one up to
/// which we hold back by ourselves.
pub fn told_to_wait(state: &SourceState) -> bool {
    if state.health == SourceHealth::Waiting {
        return state.next.is_some();
    }
    let (Some(polled), Some(next), Some(interval)) = (state.polled, state.next, state.interval) else { return false };
    state.failures > 0 && (next.duration_since(polled) - interval).abs() <= SignedDuration::from_secs(1)
}

/// When a source is asked first after a start. What is stored survives: a source whose time lies in the future
/// waits for it (no longer than its longest interval, or a day after a failure). The others are overdue: the
/// first `at_once` in line start now, the rest spread out. `place` is the place in that line, `random` in 0..1.
pub fn first_check(
    bounds: Bounds,
    state: &SourceState,
    now: Timestamp,
    place: usize,
    at_once: usize,
    random: f64,
) -> Option<Timestamp> {
    if state.health == SourceHealth::Stopped {
        let rested = state.polled.is_none_or(|polled| now.duration_since(polled) > STOPPED_RETRY);
        return rested.then_some(now);
    }
    let waits = state.failures > 0 || state.health == SourceHealth::Waiting;
    let most = if waits { LONGEST_WISH + LONGEST_WISH / 10 } else { bounds.longest() };
    if let Some(next) = state.next.filter(|next| *next > now) {
        return Some(next.min(after(now, most)));
    }
    let behind = i32::try_from(place.saturating_sub(at_once)).unwrap_or(i32::MAX);
    let step = scale(FIRST_CHECK_STEP, 0.5 + within_one(random));
    let delay = if place < at_once { SignedDuration::ZERO } else { step.saturating_mul(behind.saturating_add(1)) };
    Some(after(now, delay.min(FIRST_CHECK_SPREAD)))
}

/// Keeps a pause of our own choice from looking like a server's wish (see [`told_to_wait`]).
fn apart(pause: SignedDuration, interval: SignedDuration) -> SignedDuration {
    let near = (pause - interval).abs() <= SignedDuration::from_secs(2);
    if near { pause - SignedDuration::from_secs(3) } else { pause }
}

/// A point between two durations; `low` when they are the wrong way round.
fn between(low: SignedDuration, high: SignedDuration, random: f64) -> SignedDuration {
    if high <= low { low } else { low + scale(high - low, within_one(random)) }
}

fn within_one(random: f64) -> f64 {
    if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 }
}

/// A duration times a small factor, in whole milliseconds (exact enough for pauses, and free of overflow).
fn scale(duration: SignedDuration, factor: f64) -> SignedDuration {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // pauses are far below 2^53 ms
    let millis = (duration.as_millis() as f64 * factor).round() as i64;
    SignedDuration::from_millis(millis)
}

#[cfg(test)]
mod tests;
