//! Sentiment over time: volumes, the plain net score and the one that counts unhappy people as often as they tell.

use crate::domain::Counts;

use super::FEWEST;

/// How many people an unhappy person tells for each one that a happy person tells; settable.
pub const TELL_FACTOR: f64 = 10.0;

/// Net sentiment of some readings. P positive, N negative, U neutral; readings in languages that cannot be read are left
/// out, not counted as neutral.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Net {
    /// `(P - N) / (P + N + U)`, -1 to 1.
    pub plain: f64,
    /// `(P - k·N) / (P + k·N + U)`, -1 to 1: every negative reading stands for the k people who will hear of it.
    pub weighted: f64,
    /// Readings it is made of: P + N + U.
    pub readings: u64,
}

/// Net sentiment with the tell factor `k` (0 or more); `None`, to be shown as "too few", below [`FEWEST`] scored
/// readings.
pub fn net(counts: &Counts, k: f64) -> Option<Net> {
    let readings = counts.negative.saturating_add(counts.neutral).saturating_add(counts.positive);
    if readings < FEWEST {
        return None;
    }
    let (negative, neutral, positive) = (counts.negative as f64, counts.neutral as f64, counts.positive as f64);
    let score = |k: f64| (positive - k * negative) / (positive + k * negative + neutral);
    let weighted = score(if k.is_finite() { k.max(0.0) } else { TELL_FACTOR });
    // With k = 0 and nothing but negative readings the weighted score has nothing to stand on.
    let weighted = if weighted.is_finite() { weighted } else { 0.0 };
    Some(Net { plain: score(1.0), weighted, readings })
}

/// Sentiment over a stretch of time in equal buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// All readings of each bucket, oldest first.
    pub volume: Vec<u64>,
    /// Negative readings of each bucket.
    pub negative: Vec<u64>,
    /// Net sentiment of each bucket; `None` where it has too few readings.
    pub nets: Vec<Option<Net>>,
    /// The whole stretch.
    pub total: Counts,
    /// Net sentiment of the whole stretch; `None` for "too few".
    pub net: Option<Net>,
}

/// The trend of buckets given oldest first, with the tell factor `k`.
pub fn trend(buckets: &[Counts], k: f64) -> Trend {
    let total = sum(buckets);
    Trend {
        volume: buckets.iter().map(Counts::total).collect(),
        negative: buckets.iter().map(|bucket| bucket.negative).collect(),
        nets: buckets.iter().map(|bucket| net(bucket, k)).collect(),
        net: net(&total, k),
        total,
    }
}

/// All counts together.
pub fn sum<'a>(counts: impl IntoIterator<Item = &'a Counts>) -> Counts {
    counts.into_iter().fold(Counts::default(), |sum, one| Counts {
        negative: sum.negative.saturating_add(one.negative),
        neutral: sum.neutral.saturating_add(one.neutral),
        positive: sum.positive.saturating_add(one.positive),
        unscored: sum.unscored.saturating_add(one.unscored),
        complaints: sum.complaints.saturating_add(one.complaints),
        praises: sum.praises.saturating_add(one.praises),
        questions: sum.questions.saturating_add(one.questions),
    })
}

/// Heights of a sparkline, 0 to `top`: `ceil(value · top / greatest)`, so that only an empty bucket has height 0.
pub fn heights(values: &[u64], top: u8) -> Vec<u8> {
    let greatest = values.iter().copied().max().unwrap_or_default();
    let height = |value: u64| (u128::from(value) * u128::from(top)).div_ceil(u128::from(greatest.max(1)));
    values.iter().map(|value| u8::try_from(height(*value)).unwrap_or(top)).collect()
}

/// At most `width` buckets: neighbours are added up where there are more, the oldest group being the smaller one.
pub fn rebucket(buckets: &[Counts], width: usize) -> Vec<Counts> {
    if width == 0 {
        return Vec::new();
    }
    let size = buckets.len().div_ceil(width).max(1);
    let mut groups: Vec<Counts> = buckets.rchunks(size).map(sum).collect();
    groups.reverse();
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(negative: u64, neutral: u64, positive: u64) -> Counts {
        Counts { negative, neutral, positive, ..Counts::default() }
    }

    #[test]
    fn the_worked_example() {
        // 22 good, 68 neutral, 10 bad: (22-10)/100 and (22-100)/(22+100+68).
        let net = net(&counts(10, 68, 22), TELL_FACTOR).unwrap();
        assert!((net.plain - 0.12).abs() < 1e-9);
        assert!((net.weighted - -78.0 / 190.0).abs() < 1e-9);
        assert_eq!(net.readings, 100);
    }

    #[test]
    fn too_few_is_no_number_and_unscored_do_not_help() {
        assert_eq!(net(&counts(3, 3, 3), 10.0), None);
        assert_eq!(net(&Counts { unscored: 100, ..counts(3, 3, 3) }, 10.0), None);
        assert!(net(&counts(3, 3, 4), 10.0).is_some());
        assert_eq!(net(&counts(10, 0, 0), 0.0).map(|net| net.weighted), Some(0.0));
    }

    #[test]
    fn a_trend_adds_up() {
        let trend = trend(&[counts(1, 2, 3), counts(0, 0, 0), counts(4, 5, 6)], 10.0);
        assert_eq!(trend.volume, [6, 0, 15]);
        assert_eq!(trend.total, counts(5, 7, 9));
        assert_eq!(trend.nets.iter().filter(|net| net.is_some()).count(), 1);
        assert_eq!(trend.net, net(&counts(5, 7, 9), 10.0));
    }

    #[test]
    fn heights_show_the_smallest_bar() {
        assert_eq!(heights(&[0, 1, 50, 100], 8), [0, 1, 4, 8]);
        assert_eq!(heights(&[0, 0], 8), [0, 0]);
        assert_eq!(heights(&[u64::MAX, 1], 8), [8, 1]);
    }

    #[test]
    fn buckets_are_joined_from_the_newest() {
        let buckets: Vec<Counts> = (1..=5).map(|n| counts(n, 0, 0)).collect();
        let joined: Vec<u64> = rebucket(&buckets, 3).iter().map(|bucket| bucket.negative).collect();
        assert_eq!(joined, [1, 5, 9]);
        assert_eq!(rebucket(&buckets, 9).len(), 5);
        assert!(rebucket(&buckets, 0).is_empty());
    }

    proptest! {
        #[test]
        fn net_stays_within_bounds(n in 0u64..10_000, u in 0u64..10_000, p in 0u64..10_000, k in 0.0f64..100.0) {
            match net(&counts(n, u, p), k) {
                None => prop_assert!(n + u + p < FEWEST),
                Some(net) => {
                    prop_assert!((-1.0..=1.0).contains(&net.plain) && (-1.0..=1.0).contains(&net.weighted));
                    prop_assert!(k < 1.0 || net.weighted <= net.plain + 1e-9);
                }
            }
        }

        #[test]
        fn heights_keep_order(values in prop::collection::vec(0u64..1_000_000, 0..50), top in 1u8..9) {
            let heights = heights(&values, top);
            for (value, height) in values.iter().zip(&heights) {
                prop_assert!(*height <= top && (*height == 0) == (*value == 0));
            }
            for (one, other) in values.iter().zip(&heights).zip(values.iter().zip(&heights).skip(1)) {
                prop_assert!(one.0 <= other.0 || one.1 >= other.1);
            }
        }
    }
}
