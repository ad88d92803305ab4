//! Spikes: many more mentions in the last hour than the subject's own habit explains.
//!
//! The hour is held against two habits: the hours directly before it, and the same hour of earlier days. It must stand out
//! from both, so that neither a lively afternoon nor the usual Monday rush is news.
//!
//! Counts of an hour are taken as Poisson with a rate that is not known but learnt: S mentions in n earlier hours leave the
//! rate with a Gamma(S + 1/2, n) distribution (Jeffreys' prior), and the next count X with a negative binomial one,
//!
//! `P(X = x) = Γ(x + a) / (x! Γ(a)) · p^a · (1 - p)^x`, a = S + 1/2, p = n / (n + 1).
//!
//! Its upper tail `P(X >= x)` is the probability of so many mentions by chance; with a short history it is rightly larger
//! than the tail of a Poisson with the mean rate.

use super::trend::{self, Net};
use crate::domain::Counts;

/// When a rise counts as a spike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// Fewest mentions of the hour.
    pub fewest: u64,
    /// Fewest earlier hours that must be known.
    pub fewest_hours: usize,
    /// Largest tail probability.
    pub tail: f64,
    /// Smallest factor over the expected count.
    pub factor: f64,
}

impl Default for Sensitivity {
    /// 8 mentions, 3 earlier hours, one chance in 10,000, three times the expected.
    fn default() -> Self {
        Self { fewest: 8, fewest_hours: 3, tail: 1e-4, factor: 3.0 }
    }
}

/// What is known of a subject's habit, in mentions an hour.
#[derive(Debug, Clone, Copy)]
pub struct Habit<'a> {
    /// The hours directly before, at most the last 12 count; order does not matter.
    pub earlier: &'a [u64],
    /// The same hour of earlier days; may be empty.
    pub same_hour: &'a [u64],
}

/// How an hour compares with the habit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Too little history to tell.
    TooLittle,
    /// Nothing out of the ordinary.
    Usual(Rise),
    /// Many more than usual.
    Spike(Rise),
}

/// The figures behind a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// Mentions of the hour.
    pub count: u64,
    /// Mentions expected of it: the greater of the two habits' `(S + 1/2) / n`.
    pub expected: f64,
    /// `count / expected`.
    pub factor: f64,
    /// Probability of at least so many by chance, the greater of the two habits' tails; 0 to 1.
    pub tail: f64,
}

/// Hours directly before that count.
const HOURS: usize = 12;

/// Holds the count of the last hour against the subject's habit.
pub fn spike(count: u64, habit: &Habit<'_>, sensitivity: &Sensitivity) -> Verdict {
    let earlier = habit.earlier.get(habit.earlier.len().saturating_sub(HOURS)..).unwrap_or_default();
    if earlier.len() < sensitivity.fewest_hours.max(1) {
        return Verdict::TooLittle;
    }
    let held = [earlier, habit.same_hour].into_iter().filter(|hours| !hours.is_empty()).map(|hours| {
        let seen = hours.iter().fold(0u64, |sum, hour| sum.saturating_add(*hour));
        let hours = hours.len() as f64;
        ((seen as f64 + 0.5) / hours, tail(count, seen, hours))
    });
    let (expected, tail) = held.fold((0.0f64, 0.0f64), |most, one| (most.0.max(one.0), most.1.max(one.1)));
    let rise = Rise { count, expected, factor: count as f64 / expected, tail };
    if count >= sensitivity.fewest && rise.factor >= sensitivity.factor && tail <= sensitivity.tail {
        Verdict::Spike(rise)
    } else {
        Verdict::Usual(rise)
    }
}

/// `P(X >= count)` after `seen` mentions in `hours` hours (above 0); see the module's formula. 0 to 1.
pub fn tail(count: u64, seen: u64, hours: f64) -> f64 {
    const LONGEST: u64 = 1_000_000;
    let a = seen as f64 + 0.5;
    let q = 1.0 / (hours + 1.0);
    let mean = a / hours;
    if count == 0 {
        return 1.0;
    }
    if count > LONGEST {
        // Beyond a million the normal distance says enough.
        return if count as f64 > mean * 2.0 { 0.0 } else { 1.0 };
    }
    let ln_start = a * (-q).ln_1p();
    if count as f64 <= mean {
        return (1.0 - below(count, a, q, ln_start)).clamp(0.0, 1.0);
    }
    // From here on terms only fall: add them up from the first until they no longer matter.
    let steps: f64 = (0..count).map(|x| ((a + x as f64) / (x as f64 + 1.0)).ln()).sum();
    let first = (ln_start + steps + count as f64 * q.ln()).exp();
    let (mut term, mut total, mut x) = (first, 0.0, count as f64);
    for _ in 0..LONGEST {
        total += term;
        term *= (a + x) / (x + 1.0) * q;
        x += 1.0;
        if term <= total * 1e-16 {
            break;
        }
    }
    total.clamp(0.0, 1.0)
}

/// `P(X < count)`, added up from 0 in logarithms.
fn below(count: u64, a: f64, q: f64, ln_start: f64) -> f64 {
    let (mut ln_term, mut total) = (ln_start, 0.0);
    for x in 0..count {
        total += ln_term.exp();
        ln_term += ((a + x as f64) / (x as f64 + 1.0) * q).ln();
    }
    total
}

/// How the mood of the hour differs from before, for the explanation of a spike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mood {
    /// Of the hour; `None` for too few.
    pub now: Option<Net>,
    /// Of the time before.
    pub before: Option<Net>,
    /// Share of complaints among the hour's readings, 0 to 1; 0 without readings.
    pub complaints: f64,
}

/// The mood of the hour and of the time before, with the tell factor `k`.
pub fn mood(now: &Counts, before: &Counts, k: f64) -> Mood {
    let total = now.total();
    let complaints = if total == 0 { 0.0 } else { now.complaints.min(total) as f64 / total as f64 };
    Mood { now: trend::net(now, k), before: trend::net(before, k), complaints }
}

/// The commonest of some things (sources, authors, hosts), with how often each came: most first, at most `most`.
pub fn commonest<T: Ord>(things: impl IntoIterator<Item = T>, most: usize) -> Vec<(T, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0u64) += 1;
    }
    let mut counts: Vec<(T, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(most);
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(count: u64, earlier: &[u64], same_hour: &[u64]) -> Verdict {
        spike(count, &Habit { earlier, same_hour }, &Sensitivity::default())
    }

    #[test]
    fn twenty_after_two_an_hour_is_a_spike() {
        let Verdict::Spike(rise) = at(20, &[2; 12], &[3, 2, 1]) else { panic!("a spike") };
        // (6 + 1/2) / 3 from the same hours beats (24 + 1/2) / 12.
        assert!((rise.expected - 6.5 / 3.0).abs() < 1e-9);
        assert!((rise.factor - 20.0 / (6.5 / 3.0)).abs() < 1e-9);
        assert!(rise.tail < 1e-4);
    }

    #[test]
    fn the_usual_rush_is_no_spike() {
        assert!(matches!(at(20, &[2; 12], &[18, 22, 19]), Verdict::Usual(_)));
        assert!(matches!(at(5, &[0; 12], &[0; 7]), Verdict::Usual(_)));
        assert!(matches!(at(9, &[4; 12], &[]), Verdict::Usual(_)));
        assert!(matches!(at(9, &[0; 12], &[0; 7]), Verdict::Spike(_)));
        assert_eq!(at(100, &[1, 1], &[1; 10]), Verdict::TooLittle);
    }

    #[test]
    fn only_the_last_twelve_hours_count() {
        let mut earlier = vec![500; 30];
        earlier.extend([1; 12]);
        assert!(matches!(at(30, &earlier, &[]), Verdict::Spike(_)));
    }

    #[test]
    fn the_tail_is_right_where_it_can_be_known() {
        // a = 1/2, q = 1/2: P(X = 0) = sqrt(1/2), P(X = 1) = 1/4 of it.
        let zero = 0.5f64.sqrt();
        assert!((tail(1, 0, 1.0) - (1.0 - zero)).abs() < 1e-12);
        assert!((tail(2, 0, 1.0) - (1.0 - zero * 1.25)).abs() < 1e-12);
        // A long history: the Poisson tail P(X >= 5 | rate 1) = 0.00365985.
        assert!((tail(5, 1_000_000, 1_000_000.0) - 0.003_659_85).abs() < 1e-6);
        assert_eq!(tail(0, 5, 12.0), 1.0);
    }

    #[test]
    fn the_commonest_come_first() {
        assert_eq!(commonest(["b", "a", "b", "c"], 2), [("b", 2), ("a", 1)]);
        assert!(commonest(Vec::<u8>::new(), 3).is_empty());
    }

    #[test]
    fn mood_counts_complaints() {
        let now = Counts { negative: 10, complaints: 5, ..Counts::default() };
        let mood = mood(&now, &Counts::default(), 10.0);
        assert!((mood.complaints - 0.5).abs() < 1e-9);
        assert!(mood.now.is_some() && mood.before.is_none());
    }

    proptest! {
        #[test]
        fn the_tail_is_a_falling_probability(count in 0u64..400, seen in 0u64..3_000, hours in 1u32..60) {
            let (one, next) = (tail(count, seen, f64::from(hours)), tail(count + 1, seen, f64::from(hours)));
            prop_assert!((0.0..=1.0).contains(&one) && next <= one + 1e-9);
        }

        #[test]
        fn any_history_gives_figures(
            count in 0u64..5_000,
            earlier in prop::collection::vec(0u64..5_000, 0..30),
            same in prop::collection::vec(0u64..5_000, 0..30),
        ) {
            if let Verdict::Spike(rise) | Verdict::Usual(rise) = at(count, &earlier, &same) {
                prop_assert!(rise.expected > 0.0 && rise.factor.is_finite() && (0.0..=1.0).contains(&rise.tail));
            }
        }
    }
}
