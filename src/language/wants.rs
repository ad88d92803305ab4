//! What a post wants, as a reader weighs it, and how that becomes intents.

use crate::domain::{Intent, IntentShares, Intents};

/// What a post wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wants {
    /// Weighed against one another.
    Weighed(Weighed),
    /// Told by the shape of a text that cannot be read; there is nothing to weigh.
    Told(Intents),
}

/// Intents weighed against one another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// How likely each is.
    pub shares: IntentShares,
    /// Probability from which a second intent holds beside the likeliest.
    pub second: f32,
    /// Nobody praises in these words: what looks like it complains.
    pub bitter: bool,
}

impl Wants {
    /// How likely each intent is, where they were weighed.
    pub fn shares(&self) -> Option<IntentShares> {
        match self {
            Self::Weighed(weighed) => Some(weighed.shares),
            Self::Told(_) => None,
        }
    }

    /// The same with other shares, where they were weighed.
    #[must_use]
    pub fn with(self, teach: impl FnOnce(IntentShares) -> IntentShares) -> Self {
        match self {
            Self::Weighed(weighed) => Self::Weighed(Weighed { shares: teach(weighed.shares), ..weighed }),
            told @ Self::Told(_) => told,
        }
    }

    /// The likeliest intent, and a second that is nearly as likely where the two can be meant at once.
    pub fn intents(&self) -> Intents {
        let weighed = match self {
            Self::Weighed(weighed) => weighed,
            Self::Told(intents) => return *intents,
        };
        let likelier = |best: Intent, other: Intent| {
            if weighed.shares.of(other) > weighed.shares.of(best) { other } else { best }
        };
        let first = Intent::ALL.into_iter().reduce(likelier).unwrap_or(Intent::Other);
        let holds = |second: &Intent| can_go_together(first, *second) && weighed.shares.of(*second) >= weighed.second;
        let all = Intent::ALL.into_iter().filter(holds).fold(Intents::of(&[first]), Intents::with);
        if !weighed.bitter || !all.has(Intent::Praise) {
            return all;
        }
        all.iter().filter(|intent| *intent != Intent::Praise).fold(Intents::of(&[Intent::Complaint]), Intents::with)
    }
}

/// A complaint may ask, praise may ask; nothing goes with "other", and praise does not complain.
fn can_go_together(one: Intent, other: Intent) -> bool {
    matches!(
        (one, other),
        (Intent::Question, Intent::Complaint | Intent::Praise) | (Intent::Complaint | Intent::Praise, Intent::Question)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(shares: [f32; 5], bitter: bool) -> Intents {
        Wants::Weighed(Weighed { shares: IntentShares(shares), second: 0.36, bitter }).intents()
    }

    #[test]
    fn a_second_intent_holds_where_the_two_can_be_meant_at_once() {
        let of = |intents: &[Intent]| Intents::of(intents);
        assert_eq!(weighed([0.5, 0.4, 0.0, 0.0, 0.1], false), of(&[Intent::Complaint, Intent::Question]));
        assert_eq!(weighed([0.5, 0.3, 0.1, 0.0, 0.1], false), of(&[Intent::Complaint]));
        assert_eq!(weighed([0.5, 0.0, 0.4, 0.0, 0.1], false), of(&[Intent::Complaint]));
        assert_eq!(weighed([0.1, 0.0, 0.1, 0.4, 0.4], false), of(&[Intent::Promo]));
    }

    #[test]
    fn what_looks_like_praise_in_bitter_words_complains() {
        assert_eq!(weighed([0.0, 0.4, 0.6, 0.0, 0.0], true), Intents::of(&[Intent::Complaint, Intent::Question]));
        assert_eq!(weighed([0.0, 0.0, 0.3, 0.7, 0.0], true), Intents::of(&[Intent::Promo]));
    }

    #[test]
    fn what_is_told_by_its_shape_is_not_taught() {
        let told = Wants::Told(Intents::of(&[Intent::Question]));
        assert_eq!((told.with(|_| IntentShares([1.0, 0.0, 0.0, 0.0, 0.0])), told.shares()), (told, None));
    }
}
