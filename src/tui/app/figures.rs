//! Every formula that the screen needs, behind one door. Views never compute; they print what comes out of here.

use crate::domain::{Counts, Intent, MentionRow, Reading, SubjectId};

/// Below so many scored readings a net score says "too few".
pub const FEWEST_READINGS: u64 = 10;

/// Followers that count where a network does not tell them; the screen marks it.
pub const UNKNOWN_FOLLOWERS: u64 = 100;

/// The counts of many stretches of time as one.
pub fn sum(counts: &[Counts]) -> Counts {
    counts.iter().fold(Counts::default(), |sum, one| Counts {
        negative: sum.negative + one.negative,
        neutral: sum.neutral + one.neutral,
        positive: sum.positive + one.positive,
        unscored: sum.unscored + one.unscored,
        complaints: sum.complaints + one.complaints,
        praises: sum.praises + one.praises,
        questions: sum.questions + one.questions,
    })
}

/// Readings that carry a sentiment: N + U + P.
pub fn scored(counts: &Counts) -> u64 {
    counts.negative + counts.neutral + counts.positive
}

/// Plain net sentiment, (P - N) / (P + N + U), -1 to 1; `None` below [`FEWEST_READINGS`].
pub fn net(counts: &Counts) -> Option<f64> {
    weighted_net(counts, 1.0)
}

/// Net sentiment in which a negative reading weighs k positive ones, (P - k·N) / (P + k·N + U), -1 to 1;
/// `None` below [`FEWEST_READINGS`].
#[allow(clippy::cast_precision_loss)] // counts of mentions stay far below 2^52
pub fn weighted_net(counts: &Counts, tell_factor: f64) -> Option<f64> {
    if scored(counts) < FEWEST_READINGS {
        return None;
    }
    let (negative, positive) = (counts.negative as f64 * tell_factor, counts.positive as f64);
    let all = positive + negative + counts.neutral as f64;
    (all > 0.0).then(|| (positive - negative) / all)
}

/// A subject's part of all readings, 0 to 1; `None` below [`FEWEST_READINGS`] readings of all subjects together.
#[allow(clippy::cast_precision_loss)] // as above
pub fn share_of_voice(own: u64, all: u64) -> Option<f64> {
    (all >= FEWEST_READINGS).then(|| own as f64 / all as f64)
}

/// What makes a mention weigh as much as it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impact {
    /// How grave: a complaint k, a question 3, praise 1, promotion 0.1, anything else 1.
    pub severity: f64,
    /// log10(10 + followers), followers capped at a million; unknown ones count as [`UNKNOWN_FOLLOWERS`].
    pub reach: f64,
    /// The followers are unknown.
    pub guessed: bool,
    /// How much it is repeated: min(4, 1 + (n - 1)/10) for a story of n mentions.
    pub repeated: f64,
}

impl Impact {
    /// Severity · reach · repeated.
    pub fn value(&self) -> f64 {
        self.severity * self.reach * self.repeated
    }
}

/// The impact of a mention on a subject. `None` when it is not about it.
#[allow(clippy::cast_precision_loss)] // capped at a million
pub fn impact(row: &MentionRow, subject: SubjectId, tell_factor: f64) -> Option<Impact> {
    let reading = reading_for(row, subject).filter(|reading| reading.about)?;
    let severity = match reading.intents.primary() {
        Intent::Complaint => tell_factor,
        Intent::Question => 3.0,
        Intent::Praise | Intent::Other => 1.0,
        Intent::Promo => 0.1,
    };
    let followers = row.followers.unwrap_or(UNKNOWN_FOLLOWERS).min(1_000_000);
    Some(Impact {
        severity,
        reach: (10.0 + followers as f64).log10(),
        guessed: row.followers.is_none(),
        repeated: (1.0 + f64::from(row.group_size.saturating_sub(1)) / 10.0).min(4.0),
    })
}

/// The reading of a mention for a subject.
pub fn reading_for(row: &MentionRow, subject: SubjectId) -> Option<&Reading> {
    row.readings.iter().find(|reading| reading.subject == subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(negative: u64, neutral: u64, positive: u64) -> Counts {
        Counts { negative, neutral, positive, ..Counts::default() }
    }

    #[test]
    fn nets_follow_their_formulas() {
        assert_eq!(net(&counts(2, 4, 4)), Some(0.2));
        let weighted = weighted_net(&counts(2, 4, 4), 10.0).unwrap();
        assert!((weighted - (4.0 - 20.0) / 28.0).abs() < 1e-12);
        assert_eq!(net(&counts(3, 3, 3)), None);
        assert_eq!(net(&Counts { unscored: 50, ..counts(1, 1, 1) }), None);
        assert_eq!(weighted_net(&counts(10, 0, 0), 10.0), Some(-1.0));
    }

    #[test]
    fn share_needs_enough() {
        assert_eq!(share_of_voice(4, 9), None);
        assert_eq!(share_of_voice(5, 20), Some(0.25));
    }
}
