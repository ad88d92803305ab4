//! What a post of the brand does: gives, asks, gives on a condition, or talks; and of a conditional gift its trigger,
//! its cap, and whether all proceeds are given.
//!
//! Deadlines and numbers of winners are no caps; of several acts the first named is the trigger; a price promotion
//! asks. The rules of this room see words, cues and candidates; [`crate::language::trained::TrainedGesture`] weighs
//! them.

use std::ops::Range;

use super::Evidence;
use crate::domain::{Gesture, Trigger};

mod amount;
pub(crate) mod cap;
pub(crate) mod cues;
mod deed;
mod disaster;
mod gift;
pub(crate) mod gloss;
mod proceeds;
mod rules;
pub mod signed;
pub(crate) mod words;

pub use amount::Amount;
pub use deed::DeedReading;
pub use disaster::{Profiting, profiting};
pub use gift::plain_gift;
pub use rules::RuleGesture;
pub(crate) use rules::named_trigger;

/// What limits a conditional gift.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// Where it stands (bytes of the text).
    pub span: Range<usize>,
    /// Exactly as written.
    pub text: String,
    /// The number in it, when there is one: "while stocks last" has none.
    pub amount: Option<Amount>,
}

impl Cap {
    /// The cap at this place of a text; `None` when the place is none of the text.
    pub fn at(text: &str, span: Range<usize>) -> Option<Self> {
        let written = text.get(span.clone())?;
        let amount = amount::read(&words::scan(written), written);
        Some(Self { span, text: written.to_owned(), amount })
    }
}

/// What a post of the brand was read as.
#[derive(Debug, Clone, PartialEq)]
pub struct GestureReading {
    /// The likeliest gesture.
    pub gesture: Gesture,
    /// The probability of each gesture, 0 to 1, in the order of [`Gesture::ALL`]; they add up to 1.
    pub probabilities: [f32; 4],
    /// What a conditional gift waits for, with its probability among all triggers; `None` for other gestures.
    pub trigger: Option<(Trigger, f32)>,
    /// What limits a conditional gift, where something does.
    pub cap: Option<Cap>,
    /// Where a conditional gift says that all proceeds are given (bytes of the text).
    pub all_proceeds: Option<Range<usize>>,
    /// The words that made the verdict, in the order of the text; weights above 0 speak for the gesture.
    pub parts: Vec<Evidence>,
}

impl GestureReading {
    /// The probability of a gesture, 0 to 1.
    pub fn probability(&self, gesture: Gesture) -> f32 {
        self.probabilities.get(gesture.place()).copied().unwrap_or(0.0)
    }
}

/// Number of the rules that say which kind of deed a post is, what is given away, and who signs. To be raised when they
/// change, so that what was read by older ones is read again.
pub const RULES: i64 = 4;

/// Tells what a post of the brand does.
pub trait ReadGesture: Send + Sync {
    /// Reads a post; `reply` when it answers somebody.
    fn gesture(&self, text: &str, reply: bool) -> GestureReading;

    /// A number that is another for a reader that reads otherwise; above 0.
    fn version(&self) -> i64 {
        RULES
    }

    /// Whether a text ends with a signature that the reader was told of.
    fn signs(&self, _text: &str) -> bool {
        false
    }
}

/// What a gift without a condition amounts to: the first sum of money that its words name, else the first number of
/// things.
pub fn money_given(text: &str) -> Option<Amount> {
    let words = words::scan(text);
    let money = words.iter().position(|word| word.kind == words::Kind::Money);
    match money {
        Some(at) => amount::read(words.get(at..)?, text),
        None => amount::read(&words, text).filter(|amount| amount.unit.is_some()),
    }
}

/// Where a text says that everything is given away (bytes).
pub(crate) fn all_given(words: &[words::Word]) -> Option<Range<usize>> {
    proceeds::all_given(words)
}

#[cfg(test)]
mod deed_tests;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gift_amounts_to_the_money_or_the_things_that_it_names() {
        let given =
            |text| money_given(text).map(|amount| (amount.number, amount.currency.map(str::to_owned).or(amount.unit)));
        assert_eq!(given("On 5 May we donated $2,000 to the shelter"), Some((2_000.0, Some("USD".into()))));
        assert_eq!(given("We donated 40 bicycles to the shelter").map(|given| given.0), Some(40.0));
        assert_eq!(given("We help where we can"), None);
    }
}
