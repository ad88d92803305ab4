//! What is learned from a person's corrections: three numbers for each subject that turn the readings of the model
//! towards what its people call negative, neutral and positive.
//!
//! The reading of a mention is p; learned are the biases b, so that the corrected reading is
//! `p'_c = p_c exp(b_c) / sum over k of p_k exp(b_k)`. They are the maximum of the penalised likelihood
//! `sum over corrections of log q(said) - PULL / 2 * sum over c of b_c^2`. For a mention that a person was *asked* about
//! q is p'. A mention that was *volunteered* was picked because its reading r was wrong, so it only tells which of the
//! others it should have been: q(said) = p'(said) / (1 - p'(r)); where the person volunteers to say that the reading
//! is right, it counts as asked. Taken otherwise, fifty corrections of mistakes would teach that every reading is one.
//!
//! Pure. Corrections are the truth and biases are derived from them: undoing a correction is leaving it out.

use serde::{Deserialize, Serialize};

use crate::domain::{MentionId, Sentiment, Shares, SubjectId};

/// The weight of the penalty. Chosen in the simulation of this module's tests: large enough that a handful of
/// corrections moves little, small enough that fifty move what must move.
pub const PULL: f32 = 1.0;

/// How a correction came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The program asked about a mention that it picked without regard to its reading, as the first game does.
    Asked,
    /// The person saw a reading and changed it.
    Volunteered,
}

/// A person's word on the sentiment of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The mention.
    pub mention: MentionId,
    /// For which subject it was read.
    pub subject: SubjectId,
    /// What the model read, before anything learned was applied.
    pub read: Shares,
    /// What the person says.
    pub said: Sentiment,
    /// How it came about.
    pub occasion: Occasion,
}

/// The corrections of one subject, in the order in which they were made. One stands for each mention.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corrections(Vec<Correction>);

impl Corrections {
    /// Takes a correction; gives the one of the same mention that it replaces.
    pub fn add(&mut self, correction: Correction) -> Option<Correction> {
        let replaced = self.undo(correction.mention);
        self.0.push(correction);
        replaced
    }

    /// Takes the correction of a mention back.
    pub fn undo(&mut self, mention: MentionId) -> Option<Correction> {
        let at = self.0.iter().position(|known| known.mention == mention)?;
        Some(self.0.remove(at))
    }

    /// All of them.
    pub fn all(&self) -> &[Correction] {
        &self.0
    }

    /// What they teach.
    pub fn learned(&self) -> Learned {
        Learned { biases: fit(&self.0), from: u32::try_from(self.0.len()).unwrap_or(u32::MAX) }
    }
}

/// What was learned for a subject. The default has learned nothing and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Learned {
    /// Added to the logarithms of negative, neutral, positive.
    pub biases: [f32; 3],
    /// How many corrections it was learned from.
    pub from: u32,
}

impl Learned {
    /// The corrected reading.
    pub fn apply(&self, read: Shares) -> Shares {
        let [negative, neutral, positive] = corrected(numbers(read), self.biases);
        Shares { negative, neutral, positive }
    }
}

/// Newton steps; the likelihood is smooth and has three parameters.
const STEPS: usize = 60;

fn fit(corrections: &[Correction]) -> [f32; 3] {
    let mut biases = [0.0f32; 3];
    let mut squares = [1e-6f32; 3];
    // The curvature grows with the number of corrections; a damped diagonal Newton step converges in a few dozen.
    for _ in 0..STEPS {
        let mut slope = biases.map(|bias| -PULL * bias);
        squares = squares.map(|_| PULL);
        for correction in corrections {
            let read = numbers(correction.read);
            let chances = corrected(read, biases);
            let chances = match correction.occasion {
                Occasion::Volunteered if place(correction.said) != likeliest(read) => without(chances, likeliest(read)),
                _ => chances,
            };
            let said = place(correction.said);
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

fn likeliest(read: [f32; 3]) -> usize {
    let [negative, neutral, positive] = read;
    place(Shares { negative, neutral, positive }.likeliest().0)
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
