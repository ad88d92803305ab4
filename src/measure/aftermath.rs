//! What became of people after our answers, summed up.

use crate::domain::case::Aftermath;

/// Answers with an outcome below which no share is said but "too few".
pub const FEWEST_OUTCOMES: usize = 5;

/// How many came back happy, said nothing, are unhappy still, and of how many it is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// Their next words within 72 hours were thanks, or not negative.
    pub recovered: usize,
    /// They wrote nothing within 72 hours.
    pub silent: usize,
    /// Their next words within 72 hours were negative, or a complaint.
    pub unhappy: usize,
    /// Less than 72 hours have gone, and they have not written again.
    pub waiting: usize,
}

impl Outcomes {
    /// One more.
    pub fn add(&mut self, aftermath: Aftermath) {
        let count = match aftermath {
            Aftermath::Recovered => &mut self.recovered,
            Aftermath::Silent => &mut self.silent,
            Aftermath::Unhappy => &mut self.unhappy,
            Aftermath::Waiting => &mut self.waiting,
        };
        *count += 1;
    }

    /// Answers in all.
    pub fn answered(&self) -> usize {
        self.known() + self.waiting
    }

    /// Answers of which the outcome is known.
    pub fn known(&self) -> usize {
        self.recovered + self.silent + self.unhappy
    }

    /// The shares recovered, silent and unhappy of those with a known outcome, 0 to 1 each; `None` below
    /// [`FEWEST_OUTCOMES`]. Who may still write counts nowhere.
    #[allow(clippy::cast_precision_loss)] // counts of cases
    pub fn shares(&self) -> Option<[f64; 3]> {
        let known = self.known();
        (known >= FEWEST_OUTCOMES)
            .then(|| [self.recovered, self.silent, self.unhappy].map(|count| count as f64 / known as f64))
    }
}

impl FromIterator<Aftermath> for Outcomes {
    fn from_iter<I: IntoIterator<Item = Aftermath>>(all: I) -> Self {
        let mut outcomes = Self::default();
        all.into_iter().for_each(|one| outcomes.add(one));
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use Aftermath::{Recovered, Silent, Unhappy, Waiting};

    use super::*;

    #[test]
    fn who_may_still_write_is_counted_and_is_in_no_share() {
        let all: Outcomes = [Recovered, Recovered, Silent, Unhappy, Unhappy, Waiting, Waiting].into_iter().collect();
        assert_eq!((all.answered(), all.known(), all.waiting), (7, 5, 2));
        assert_eq!(all.shares(), Some([0.4, 0.2, 0.4]));
    }

    #[test]
    fn below_five_outcomes_nothing_is_said() {
        let few: Outcomes = [Recovered, Recovered, Recovered, Silent, Waiting, Waiting].into_iter().collect();
        assert_eq!((few.answered(), few.shares()), (6, None));
        assert_eq!(Outcomes::default().shares(), None);
    }
}
