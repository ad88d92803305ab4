//! Silence: a source that has brought nothing for much longer than its habit.

use crate::domain::time::{SignedDuration, Timestamp};

/// Gaps from which a habit is known.
pub const FEWEST_GAPS: usize = 5;
/// Shortest silence that is worth a word.
const SHORTEST: SignedDuration = SignedDuration::from_hours(1);
/// Arrivals closer together came as one batch.
const BATCH: SignedDuration = SignedDuration::from_mins(1);

/// A source's habit and how it stands against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// How long nothing has come; never negative.
    pub quiet: SignedDuration,
    /// The usual gap: the median of its gaps.
    pub habit: SignedDuration,
    /// From here on the silence is out of the ordinary.
    pub limit: SignedDuration,
}

impl Silence {
    /// The source is silent for much longer than its habit.
    pub fn is_long(&self) -> bool {
        self.quiet > self.limit
    }
}

/// How long a source has been silent, from the moments of its last arrivals (any order; some dozens are plenty).
/// `None` while fewer than [`FEWEST_GAPS`] gaps are known.
///
/// `limit = max(6 · median, 2 · q95, 1 hour)`, the median and the 95th percentile (nearest rank) being those of the gaps
/// between arrivals; arrivals within a minute are one batch. So a source that sleeps at night is not called silent for it.
pub fn silence(arrivals: &[Timestamp], now: Timestamp) -> Option<Silence> {
    let mut moments: Vec<Timestamp> = arrivals.iter().copied().filter(|moment| *moment <= now).collect();
    moments.sort_unstable();
    let last = *moments.last()?;
    let mut gaps: Vec<SignedDuration> = moments
        .iter()
        .zip(moments.iter().skip(1))
        .map(|(one, next)| next.duration_since(*one))
        .filter(|gap| *gap >= BATCH)
        .collect();
    if gaps.len() < FEWEST_GAPS {
        return None;
    }
    gaps.sort_unstable();
    let rank = |percent: usize| gaps.get((gaps.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    let (habit, wide) = (rank(50)?, rank(95)?);
    let times = |gap: SignedDuration, factor: i32| gap.checked_mul(factor).unwrap_or(SignedDuration::MAX);
    let limit = times(habit, 6).max(times(wide, 2)).max(SHORTEST);
    Some(Silence { quiet: now.duration_since(last), habit, limit })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn a_source_that_spoke_every_half_hour_is_missed_after_three() {
        let arrivals: Vec<Timestamp> = (0..20).map(|n| at(n * 30)).collect();
        let found = |minute: i64| silence(&arrivals, at(19 * 30 + minute)).unwrap();
        assert_eq!(found(0).habit, SignedDuration::from_mins(30));
        assert_eq!(found(0).limit, SignedDuration::from_hours(3));
        assert!(!found(180).is_long());
        assert!(found(181).is_long());
    }

    #[test]
    fn a_source_that_sleeps_at_night_is_not_missed_in_the_morning() {
        let mut arrivals = Vec::new();
        for day in 0..3 {
            arrivals.extend((0..8).map(|hour| at(day * 1_440 + hour * 60)));
        }
        let found = silence(&arrivals, at(3 * 1_440)).unwrap();
        assert_eq!(found.limit, SignedDuration::from_hours(34));
        assert!(!found.is_long());
    }

    #[test]
    fn a_batch_is_one_arrival_and_too_few_gaps_are_no_habit() {
        assert_eq!(silence(&[at(0); 50], at(600)), None);
        assert_eq!(silence(&[], at(0)), None);
        let few: Vec<Timestamp> = (0..5).map(|n| at(n * 10)).collect();
        assert_eq!(silence(&few, at(600)), None);
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_limits_hold(mut minutes in prop::collection::vec(0i64..100_000, 0..60)) {
            let arrivals: Vec<Timestamp> = minutes.iter().map(|minute| at(*minute)).collect();
            let found = silence(&arrivals, at(100_000));
            minutes.sort_unstable();
            let sorted: Vec<Timestamp> = minutes.iter().map(|minute| at(*minute)).collect();
            prop_assert_eq!(found, silence(&sorted, at(100_000)));
            if let Some(found) = found {
                prop_assert!(found.limit >= SHORTEST && found.limit >= found.habit);
                prop_assert!(found.quiet >= SignedDuration::ZERO);
            }
        }
    }
}
