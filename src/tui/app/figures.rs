//! Every formula that the screen needs, behind one door. Views never compute; they print what comes out of here.

use crate::domain::{Counts, Intent, MentionRow, Reading, SubjectId};
use crate::measure;

pub use crate::measure::FEWEST as FEWEST_READINGS;
pub use crate::measure::trend::{Net, rebucket, sum};

/// Followers that count where a network does not tell them; the screen marks it.
pub const UNKNOWN_FOLLOWERS: u64 = 100;

/// Readings that carry a sentiment: N + U + P.
pub fn scored(counts: &Counts) -> u64 {
    counts.total().saturating_sub(counts.unscored)
}

/// Plain and weighted net sentiment; `None` for too few.
pub fn net(counts: &Counts, tell_factor: f64) -> Option<Net> {
    measure::trend::net(counts, tell_factor)
}

/// Shares of voice, 0 to 1, in the order given; `None` for too few.
pub fn shares_of_voice(mentions: &[(SubjectId, u64)]) -> Option<Vec<(SubjectId, f64)>> {
    let voices = measure::share::voices(mentions)?;
    Some(voices.into_iter().map(|voice| (voice.subject, voice.share)).collect())
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
    use crate::domain::Sentiment;
    use crate::tui::app::samples::{reading, row};

    #[test]
    fn impact_follows_its_formula() {
        let mention = |followers, group_size, intent| MentionRow {
            followers,
            group_size,
            readings: vec![reading(1, Sentiment::Negative, 0.9, &[intent])],
            ..row(1)
        };
        let value = |row: &MentionRow| impact(row, SubjectId(1), 10.0).map(|impact| impact.value());
        let close = |one: Option<f64>, other: f64| (one.unwrap() - other).abs() < 1e-9;
        assert!(close(value(&mention(Some(90), 1, Intent::Complaint)), 20.0));
        assert!(close(value(&mention(Some(90), 6, Intent::Question)), 9.0));
        assert!(close(value(&mention(Some(90), 1_000, Intent::Promo)), 0.8));
        assert!(close(value(&mention(Some(u64::MAX), 1, Intent::Complaint)), 10.0 * 1_000_010f64.log10()));
        let unknown = impact(&mention(None, 1, Intent::Complaint), SubjectId(1), 10.0).unwrap();
        assert!(unknown.guessed && (unknown.reach - 110f64.log10()).abs() < 1e-9);
        assert_eq!(value(&row(1)).map(|value| value > 0.0), Some(true));
        assert_eq!(impact(&row(1), SubjectId(2), 10.0), None);
    }
}
