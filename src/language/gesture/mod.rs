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
mod proceeds;
mod rules;
pub(crate) mod words;

pub use amount::Amount;
pub use deed::DeedReading;
pub use disaster::{Profiting, profiting};
pub use rules::RuleGesture;

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

/// Tells what a post of the brand does.
pub trait ReadGesture: Send + Sync {
    /// Reads a post; `reply` when it answers somebody.
    fn gesture(&self, text: &str, reply: bool) -> GestureReading;
}

/// Where a text says that everything is given away (bytes).
pub(crate) fn all_given(words: &[words::Word]) -> Option<Range<usize>> {
    proceeds::all_given(words)
}
