//! What is learned from a person's corrections of sentiment: three numbers for each subject that turn the readings of the
//! model towards what its people call negative, neutral and positive. (What is learned of intents: [`intents`]; of
//! about-us: [`senses`].)
//!
//! The reading of a mention is p; learned are the biases b, so that the taught reading is
//! `p'_c = p_c exp(b_c) / sum over k of p_k exp(b_k)`. They are the maximum of the penalised likelihood
//! `sum over lessons of log q(said) - PULL / 2 * sum over c of b_c^2`. For a mention that a person was *asked* about
//! q is p'. A mention that was *volunteered* was picked because the reading r that was shown is wrong, so it only tells
//! which of the others it should have been: q(said) = p'(said) / (1 - p'(r)); where the person volunteers to say that
//! the reading is right, it counts as asked. Taken otherwise, fifty corrections of mistakes would teach that every
//! reading is one.
//!
//! Pure. Corrections are the truth and biases are derived from them: undoing a correction is leaving it out.

mod fit;
pub mod intents;
pub mod senses;

use crate::domain::{Correction, Occasion, Sentiment, Shares};

/// The weight of the penalty. Chosen in the simulation of this module's tests: large enough that a handful of
/// corrections moves little, small enough that fifty move what must move.
pub const PULL: f32 = 1.0;

/// A person's word on the sentiment of a mention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lesson {
    /// What the model read, before anything learned was applied.
    pub read: Shares,
    /// The sentiment that the person saw.
    pub shown: Sentiment,
    /// What the person says.
    pub said: Sentiment,
    /// How it came about.
    pub occasion: Occasion,
}

impl Lesson {
    /// What a correction teaches of sentiment; `None` when it says nothing of it, or of a language that cannot be read.
    pub fn of(correction: &Correction) -> Option<Self> {
        let read = correction.untaught?;
        let shown = correction.read.likeliest().unwrap_or(read.likeliest().0);
        Some(Self { read, shown, said: correction.said.sentiment?, occasion: correction.occasion })
    }

    fn note(&self) -> fit::Note<3> {
        let picked = self.occasion == Occasion::Volunteered && self.said != self.shown;
        let out = if picked { one(self.shown).map(|share| share > 0.0) } else { [false; 3] };
        fit::Note { read: numbers(self.read), said: one(self.said), out }
    }
}

/// What was learned for a subject. The default has learned nothing and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Learned {
    /// Added to the logarithms of negative, neutral, positive.
    pub biases: [f32; 3],
    /// How many corrections it was learned from.
    pub from: u32,
}

impl Learned {
    /// What these lessons of one subject teach.
    pub fn from_lessons(lessons: &[Lesson]) -> Self {
        Self::pulled(lessons, PULL)
    }

    fn pulled(lessons: &[Lesson], pull: f32) -> Self {
        let notes: Vec<_> = lessons.iter().map(Lesson::note).collect();
        Self { biases: fit::fit(&notes, pull), from: u32::try_from(lessons.len()).unwrap_or(u32::MAX) }
    }

    /// The taught reading.
    pub fn apply(&self, read: Shares) -> Shares {
        if self.from == 0 {
            return read;
        }
        let [negative, neutral, positive] = fit::moved(numbers(read), self.biases);
        Shares { negative, neutral, positive }
    }

    /// How far the shares of the three classes among these lessons are from what the person said, before anything was
    /// learned and after: the mean distance of the three, 0 to 1. `None` below five lessons, which say too little.
    pub fn errors(&self, lessons: &[Lesson]) -> Option<(f32, f32)> {
        let error = |taught: &dyn Fn(Shares) -> Shares| {
            fit::share_error(lessons.iter().map(|lesson| (numbers(taught(lesson.read)), one(lesson.said))))
        };
        (lessons.len() >= FEWEST).then(|| (error(&|read| read), error(&|read| self.apply(read))))
    }
}

/// Fewest lessons of which an error is told.
const FEWEST: usize = 5;

fn numbers(shares: Shares) -> [f32; 3] {
    [shares.negative, shares.neutral, shares.positive]
}

/// A sentiment as a class.
fn one(sentiment: Sentiment) -> [f32; 3] {
    [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive].map(|class| f32::from(u8::from(class == sentiment)))
}

#[cfg(test)]
mod tests;
