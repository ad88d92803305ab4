//! What is learned from a person's corrections of sentiment: three numbers for each subject that turn the readings of the
//! model towards what its people call negative, neutral and positive. (What is learned of about-us: [`senses`].)
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
        Self { biases: fit(lessons, PULL), from: u32::try_from(lessons.len()).unwrap_or(u32::MAX) }
    }

    /// The taught reading.
    pub fn apply(&self, read: Shares) -> Shares {
        if self.from == 0 {
            return read;
        }
        let [negative, neutral, positive] = corrected(numbers(read), self.biases);
        Shares { negative, neutral, positive }
    }

    /// How far the shares of the three classes among these lessons are from what the person said, before anything was
    /// learned and after: the mean distance of the three, 0 to 1. `None` below five lessons, which say too little.
    pub fn errors(&self, lessons: &[Lesson]) -> Option<(f32, f32)> {
        (lessons.len() >= FEWEST)
            .then(|| (share_error(lessons, |read| read), share_error(lessons, |read| self.apply(read))))
    }
}

/// Fewest lessons of which an error is told.
const FEWEST: usize = 5;

fn share_error(lessons: &[Lesson], taught: impl Fn(Shares) -> Shares) -> f32 {
    let mut off = [0.0f32; 3];
    for lesson in lessons {
        for (class, (sum, share)) in off.iter_mut().zip(numbers(taught(lesson.read))).enumerate() {
            *sum += share - f32::from(u8::from(class == place(lesson.said)));
        }
    }
    // Lengths are small: at most what a person ever corrected.
    off.iter().map(|sum| sum.abs()).sum::<f32>() / (3 * lessons.len().max(1)) as f32
}

/// Newton steps; the likelihood is smooth and has three parameters.
const STEPS: usize = 60;

fn fit(lessons: &[Lesson], pull: f32) -> [f32; 3] {
    let mut biases = [0.0f32; 3];
    // The curvature grows with the number of lessons; a damped diagonal Newton step converges in a few dozen.
    for _ in 0..STEPS {
        let mut slope = biases.map(|bias| -pull * bias);
        let mut squares = [pull; 3];
        for lesson in lessons {
            let chances = corrected(numbers(lesson.read), biases);
            let chances = match lesson.occasion {
                Occasion::Volunteered if lesson.said != lesson.shown => without(chances, place(lesson.shown)),
                _ => chances,
            };
            let said = place(lesson.said);
            let terms = slope.iter_mut().zip(&mut squares).zip(chances).enumerate();
            for (class, ((slope, square), chance)) in terms {
                *slope += f32::from(u8::from(class == said)) - chance;
                *square += 2.0 * chance * (1.0 - chance);
            }
        }
        for ((bias, slope), square) in biases.iter_mut().zip(slope).zip(squares) {
            *bias += slope / square;
        }
    }
    biases
}

fn numbers(shares: Shares) -> [f32; 3] {
    [shares.negative, shares.neutral, shares.positive].map(|share| share.max(1e-6))
}

fn place(sentiment: Sentiment) -> usize {
    match sentiment {
        Sentiment::Negative => 0,
        Sentiment::Neutral => 1,
        Sentiment::Positive => 2,
    }
}

fn corrected(read: [f32; 3], biases: [f32; 3]) -> [f32; 3] {
    let top = biases.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares = read;
    shares.iter_mut().zip(biases).for_each(|(share, bias)| *share *= (bias - top).exp());
    let sum: f32 = shares.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    shares.map(|share| share / sum)
}

/// The chances when one of them is ruled out.
fn without(mut chances: [f32; 3], gone: usize) -> [f32; 3] {
    if let Some(slot) = chances.get_mut(gone) {
        *slot = 0.0;
    }
    let sum: f32 = chances.iter().sum::<f32>().max(1e-9);
    chances.map(|chance| chance / sum)
}

#[cfg(test)]
mod tests;
