//! What a person says of a reading. The person's word stands over the readers'; what the readers made of the mention is
//! kept beside it, so that a correction can be taken back.

use serde::{Deserialize, Serialize};

use super::ids::{CorrectionId, MentionId, SubjectId};
use super::mention::{IntentShares, Intents, Reading, Sentiment, Shares};
use super::time::Timestamp;

/// How a correction came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The program asked about a mention, whatever the person would say of it, as the first game does.
    Asked,
    /// The person saw a reading and changed it.
    Volunteered,
}

/// What a person says of a mention for one subject. What is `None` they say nothing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// The attitude.
    pub sentiment: Option<Sentiment>,
    /// What the post wants; never the empty set.
    pub intents: Option<Intents>,
    /// Whether it is about the subject.
    pub about: Option<bool>,
}

impl Said {
    /// The attitude alone.
    pub fn sentiment(sentiment: Sentiment) -> Self {
        Self { sentiment: Some(sentiment), ..Self::default() }
    }

    /// The intents alone.
    pub fn intents(intents: Intents) -> Self {
        Self { intents: Some(intents), ..Self::default() }
    }

    /// About us or not, alone.
    pub fn about(about: bool) -> Self {
        Self { about: Some(about), ..Self::default() }
    }

    /// Whether nothing is said.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Both, what is said later standing over what was said before.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            sentiment: later.sentiment.or(self.sentiment),
            intents: later.intents.or(self.intents),
            about: later.about.or(self.about),
        }
    }

    /// The reading with the person's word in its place: what was said is certain.
    #[must_use]
    pub fn over(self, reading: &Reading) -> Reading {
        let certain = |sentiment| {
            let share = |one| if one == sentiment { 1.0 } else { 0.0 };
            Shares {
                negative: share(Sentiment::Negative),
                neutral: share(Sentiment::Neutral),
                positive: share(Sentiment::Positive),
            }
        };
        Reading {
            subject: reading.subject,
            about: self.about.unwrap_or(reading.about),
            sentiment: self.sentiment.map(certain).or(reading.sentiment),
            intents: self.intents.unwrap_or(reading.intents),
        }
    }
}

/// What stands of a person's corrections of one mention for one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The newest of the corrections that it is made of.
    pub id: CorrectionId,
    /// The mention; `None` when it grew older than what is kept. Then nothing of its words is left.
    pub mention: Option<MentionId>,
    /// For whom it was read.
    pub subject: SubjectId,
    /// What the readers made of it, with what they had learned by then.
    pub read: Reading,
    /// The readers' sentiment before anything learned was applied; `None` where the language cannot be read.
    pub untaught: Option<Shares>,
    /// The intents in probabilities before anything learned of intents was applied, the sentiment as it was taught then;
    /// `None` where they cannot be weighed.
    pub untaught_intents: Option<IntentShares>,
    /// What the person says.
    pub said: Said,
    /// How the newest word on the sentiment came about; without one, the first correction.
    pub occasion: Occasion,
    /// How the newest word on the intents came about; without one, the first correction.
    pub intents_occasion: Occasion,
    /// When the newest was made.
    pub at: Timestamp,
}

/// A correction on its way into the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewCorrection {
    /// The mention.
    pub mention: MentionId,
    /// For which subject; it must have a reading.
    pub subject: SubjectId,
    /// What the person says.
    pub said: Said,
    /// The readers' sentiment before anything learned was applied.
    pub untaught: Option<Shares>,
    /// The intents in probabilities before anything learned of intents was applied.
    pub untaught_intents: Option<IntentShares>,
    /// How it came about.
    pub occasion: Occasion,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::super::mention::Intent;
    use super::*;

    #[test]
    fn a_persons_word_stands_over_the_reading_and_the_last_word_over_the_first() {
        let read = Reading {
            subject: SubjectId(1),
            about: true,
            sentiment: Some(Shares { negative: 0.2, neutral: 0.5, positive: 0.3 }),
            intents: Intents::of(&[Intent::Other]),
        };
        assert_eq!(Said::default().over(&read), read);
        let first = Said::sentiment(Sentiment::Positive).then(Said::intents(Intents::of(&[Intent::Praise])));
        let both = first.then(Said::sentiment(Sentiment::Negative));
        assert_eq!(both, Said { sentiment: Some(Sentiment::Negative), ..first });
        let after = both.over(&read);
        assert_eq!(after.likeliest(), Some(Sentiment::Negative));
        assert_eq!((after.about, after.intents), (true, Intents::of(&[Intent::Praise])));
        assert!(!Said::about(false).over(&read).about);
        let unscored = Reading { sentiment: None, ..read };
        assert_eq!(Said::sentiment(Sentiment::Neutral).over(&unscored).likeliest(), Some(Sentiment::Neutral));
    }
}
