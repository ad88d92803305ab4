//! Share of voice: how much of what is said is about whom.

use crate::domain::SubjectId;

use super::FEWEST;

/// One subject's part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voice {
    /// Whose.
    pub subject: SubjectId,
    /// Mentions about it.
    pub mentions: u64,
    /// `mentions / all mentions`, 0 to 1. A mention of two subjects counts for both.
    pub share: f64,
}

/// Shares of voice in the order given; `None`, to be shown as "too few", below [`FEWEST`] mentions in all. The shares add
/// up to 1.
pub fn voices(mentions: &[(SubjectId, u64)]) -> Option<Vec<Voice>> {
    let all = mentions.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
    (all >= FEWEST).then(|| {
        let voice = |(subject, mentions): &(SubjectId, u64)| Voice {
            subject: *subject,
            mentions: *mentions,
            share: *mentions as f64 / all as f64,
        };
        mentions.iter().map(voice).collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_worked_example() {
        let voices = voices(&[(SubjectId(1), 30), (SubjectId(2), 10), (SubjectId(3), 0)]).unwrap();
        let shares: Vec<f64> = voices.iter().map(|voice| voice.share).collect();
        assert_eq!(shares, [0.75, 0.25, 0.0]);
        assert_eq!(voices[1].subject, SubjectId(2));
    }

    #[test]
    fn too_few_is_no_number() {
        assert_eq!(voices(&[(SubjectId(1), 5), (SubjectId(2), 4)]), None);
        assert_eq!(voices(&[]), None);
    }

    proptest! {
        #[test]
        fn shares_add_up(counts in prop::collection::vec(0u64..1_000_000, 0..12)) {
            let mentions: Vec<(SubjectId, u64)> =
                counts.iter().enumerate().map(|(at, count)| (SubjectId(at as i64), *count)).collect();
            match voices(&mentions) {
                None => prop_assert!(counts.iter().sum::<u64>() < FEWEST),
                Some(voices) => {
                    let sum: f64 = voices.iter().map(|voice| voice.share).sum();
                    prop_assert!((sum - 1.0).abs() < 1e-9);
                }
            }
        }
    }
}
