//! The order in which mentions are answered, and what it costs to leave them.
//!
//! The place in the inbox is a stored moment, so that it pages by key and nobody starves: who has waited long enough
//! comes before whoever is louder.

use crate::domain::case::{CaseStatus, Weighing};
use crate::domain::time::SignedDuration;
use crate::domain::{Intent, Intents, Timestamp};

/// Followers of somebody of whom they are not known.
pub const UNKNOWN_FOLLOWERS: u64 = 100;
/// More followers than this weigh no more.
pub const MOST_FOLLOWERS: u64 = 1_000_000;
/// The impact that is answered at once: a complaint (k = 10) by somebody with a million followers, often repeated.
pub const MOST_IMPACT: f64 = 240.0;
/// Most targets by which something may wait: nothing is overtaken by what arrives later than that.
pub const MOST_TARGETS: f64 = 12.0;

/// How much a mention with these intents asks for an answer: its most urgent intent's weight, complaint `tell_factor`
/// (k), question 3, praise 1, promo 0.1; what is none of these and addresses us 1.
pub fn severity(intents: Intents, tell_factor: f64) -> f64 {
    match intents.primary() {
        Intent::Complaint => tell_factor,
        Intent::Question => 3.0,
        Intent::Praise | Intent::Other => 1.0,
        Intent::Promo => 0.1,
    }
}

/// Reposts an hour, from how many there were at an age; the first hour counts as a whole one.
#[allow(clippy::cast_precision_loss)] // a count of reposts
pub fn reposts_per_hour(reposts: u64, age: SignedDuration) -> f64 {
    reposts as f64 / (age.as_secs_f64() / 3_600.0).max(1.0)
}

/// `log10(10 + followers)`; unknown followers count as [`UNKNOWN_FOLLOWERS`], and `most` caps them where one is given.
#[allow(clippy::cast_precision_loss)] // a count of followers
fn reach(followers: Option<u64>, most: u64) -> f64 {
    (10.0 + followers.unwrap_or(UNKNOWN_FOLLOWERS).min(most) as f64).log10()
}

/// `impact = severity · log10(10 + min(followers, 10^6)) · min(4, 1 + reposts per hour/10)`.
pub fn impact(weighing: &Weighing) -> f64 {
    let repeated = (1.0 + weighing.reposts_per_hour.max(0.0) / 10.0).min(4.0);
    weighing.severity * reach(weighing.followers, MOST_FOLLOWERS) * repeated
}

/// How many targets a mention of this impact may wait: `clamp(log2(240/impact), 0, 12)`.
pub fn targets(impact: f64) -> f64 {
    if impact > 0.0 { (MOST_IMPACT / impact).log2().clamp(0.0, MOST_TARGETS) } else { MOST_TARGETS }
}

/// When its turn comes: `due = first seen + target · clamp(log2(240/impact), 0, 12)`, to the millisecond.
#[allow(clippy::cast_possible_truncation)] // at most twelve targets
pub fn due(first_seen: Timestamp, target: SignedDuration, impact: f64) -> Timestamp {
    let wait = (target.as_secs_f64() * 1_000.0 * targets(impact)).round();
    first_seen.saturating_add(SignedDuration::from_millis(wait as i64)).unwrap_or(Timestamp::MAX)
}

/// What an open complaint costs by now, in people who hear of it:
/// `exposure = k · (1 - 2^(-minutes/60)) · log10(10 + followers)`, halved once acknowledged or handed over, 0 when
/// resolved or dismissed. Snoozing changes nothing. The sum over all open complaints is the debt.
pub fn exposure(status: CaseStatus, waited: SignedDuration, followers: Option<u64>, tell_factor: f64) -> f64 {
    let share = match status {
        CaseStatus::New => 1.0,
        CaseStatus::Acknowledged | CaseStatus::HandedOver => 0.5,
        CaseStatus::Resolved | CaseStatus::Dismissed => return 0.0,
    };
    let minutes = (waited.as_secs_f64() / 60.0).max(0.0);
    share * tell_factor * (1.0 - (-minutes / 60.0).exp2()) * reach(followers, u64::MAX)
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
