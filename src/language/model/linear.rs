//! A linear model over hashed features, quantised to a byte a weight.
//!
//! For a text with n features of which the rows are w_1 .. w_n, the score of class c is
//! `z_c = b_c + s_c * n^(-p) * sum over i of w_ic`; the probabilities are the softmax of the scores where the classes
//! exclude one another, `1 / (1 + exp(-z_c))` each where they do not. A softmax does not change when a number is added
//! to every score, so such a model keeps no weights for its reference class, whose score is 0.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::features::{Features, Spec};

/// Most classes of a model.
pub const MOST_CLASSES: usize = 16;

/// What the classes are to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Exactly one holds: probabilities add up to 1.
    Softmax,
    /// Each holds or not by itself.
    Independent,
}

/// A number for each class; those beyond the model's classes are 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    numbers: [f32; MOST_CLASSES],
    classes: usize,
}

impl Scores {
    /// Zero for each of so many classes.
    pub fn zero(classes: usize) -> Self {
        Self { numbers: [0.0; MOST_CLASSES], classes: classes.min(MOST_CLASSES) }
    }

    /// The numbers of these classes; those beyond [`MOST_CLASSES`] are left out.
    pub fn of(numbers: &[f32]) -> Self {
        let mut scores = Self::zero(numbers.len());
        scores.numbers.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = *number);
        scores
    }

    /// The numbers.
    pub fn all(&self) -> &[f32] {
        self.numbers.get(..self.classes).unwrap_or_default()
    }

    /// The numbers, to be changed.
    pub fn all_mut(&mut self) -> &mut [f32] {
        self.numbers.get_mut(..self.classes).unwrap_or_default()
    }

    /// The number of a class; 0 for a class that does not exist.
    pub fn class(&self, class: usize) -> f32 {
        self.all().get(class).copied().unwrap_or(0.0)
    }

    /// The class with the greatest number, and that number; the first of equals.
    pub fn likeliest(&self) -> (usize, f32) {
        let mut best = (0, f32::NEG_INFINITY);
        for (class, number) in self.all().iter().enumerate() {
            if *number > best.1 {
                best = (class, *number);
            }
        }
        best
    }

    /// Scores as probabilities.
    #[must_use]
    pub fn linked(mut self, link: Link) -> Self {
        match link {
            Link::Softmax => {
                let top = self.likeliest().1;
                let mut sum = 0.0;
                for number in self.all_mut() {
                    *number = (*number - top).exp();
                    sum += *number;
                }
                self.all_mut().iter_mut().for_each(|number| *number /= sum);
            }
            Link::Independent => self.all_mut().iter_mut().for_each(|number| *number = 1.0 / (1.0 + (-*number).exp())),
        }
        self
    }
}

/// What a piece of the text gave to each class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// The piece, by its place in [`super::text::Pieces::list`]; `None` for what belongs to no piece (length, counts,
    /// features without a place).
    pub piece: Option<usize>,
    /// What it gave to each class's score. For a softmax the mean over the classes is taken off, so that a number above
    /// 0 speaks for the class.
    pub gave: Scores,
}

/// What a model is, without its weights. Everything in it is part of the asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The model's name.
    pub name: String,
    /// Its classes, in order.
    pub classes: Vec<String>,
    /// What they are to one another.
    pub link: Link,
    /// Class without weights of its own (softmax only).
    pub reference: Option<usize>,
    /// Features.
    pub spec: Spec,
    /// Buckets are 2 to this power.
    pub bits: u8,
    /// The p of the formula: how much the sum shrinks with the number of features.
    pub shrink: f32,
    /// b: what each class has to begin with.
    pub bias: Vec<f32>,
    /// s: what a weight of 1 is worth in each class.
    pub scale: Vec<f32>,
    /// From which probability on each class is taken to hold, where classes are independent.
    pub thresholds: Vec<f32>,
    /// What the scores of some languages want beside. Others, and texts of a language that nobody told, want nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuned: Vec<Tuned>,
}

/// The calibration of a language by itself: `z_c' = slope * z_c + shift_c`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// ISO 639-1.
    pub language: String,
    /// One over the temperature.
    pub slope: f32,
    /// Added to the scores, by class.
    pub shift: Vec<f32>,
}

impl Header {
    /// Weights in a row: a class each, without the reference.
    pub fn columns(&self) -> usize {
        self.classes.len() - usize::from(self.reference.is_some())
    }
}

/// A quantised linear model.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    header: Header,
    /// Row after row, a byte (two's complement) a weight.
    weights: Cow<'static, [u8]>,
}

impl Linear {
    /// A model of these parts; the asset reader and the trainer check that they fit.
    pub(super) fn new(header: Header, weights: Cow<'static, [u8]>) -> Self {
        Self { header, weights }
    }

    /// What it is.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its weights, row after row.
    pub(super) fn weights(&self) -> &[u8] {
        &self.weights
    }

    /// The header, to be changed by calibration.
    pub(super) fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    /// The scores z of a text.
    pub fn scores(&self, features: &Features) -> Scores {
        self.scores_of(features.hashes())
    }

    /// The scores z of these hashes.
    pub fn scores_of(&self, hashes: &[u32]) -> Scores {
        let sums = match self.header.columns() {
            1 => widened(self.sums::<1>(hashes)),
            2 => widened(self.sums::<2>(hashes)),
            3 => widened(self.sums::<3>(hashes)),
            4 => widened(self.sums::<4>(hashes)),
            5 => widened(self.sums::<5>(hashes)),
            6 => widened(self.sums::<6>(hashes)),
            7 => widened(self.sums::<7>(hashes)),
            8 => widened(self.sums::<8>(hashes)),
            _ => self.any_sums(hashes),
        };
        let mut scores = self.placed(&sums, shrunk(hashes.len(), self.header.shrink));
        for (score, bias) in scores.all_mut().iter_mut().zip(&self.header.bias) {
            *score += bias;
        }
        scores
    }

    /// Probabilities of the classes for a text in this language (ISO 639, with or without a region).
    pub fn probabilities_in(&self, features: &Features, language: Option<&str>) -> Scores {
        let mut scores = self.scores(features);
        let primary = language.and_then(|language| language.split(['-', '_']).next());
        let known = |tuned: &&Tuned| primary.is_some_and(|language| tuned.language.eq_ignore_ascii_case(language));
        if let Some(tuned) = self.header.tuned.iter().find(known) {
            for (score, shift) in scores.all_mut().iter_mut().zip(&tuned.shift) {
                *score = *score * tuned.slope + shift;
            }
        }
        scores.linked(self.header.link)
    }

    /// Probabilities of the classes.
    pub fn probabilities(&self, features: &Features) -> Scores {
        self.scores(features).linked(self.header.link)
    }

    /// What each piece gave to the scores, in the order of the text, last what belongs to no piece. A feature on
    /// several pieces gives each an equal part, so that the contributions and the biases add up to the scores (less
    /// their mean for a softmax).
    pub fn contributions(&self, features: &Features, pieces: usize) -> Vec<Contribution> {
        let factor = shrunk(features.len(), self.header.shrink);
        let mut gave = vec![Scores::zero(self.header.classes.len()); pieces + 1];
        for (hash, (first, end)) in features.placed() {
            let row = self.any_sums(&[hash]);
            let end = usize::from(end).min(pieces);
            let span = if usize::from(first) < end { usize::from(first)..end } else { pieces..pieces + 1 };
            let parts = self.placed(&row, factor / span.len() as f32);
            for slot in gave.get_mut(span).unwrap_or_default() {
                slot.all_mut().iter_mut().zip(parts.all()).for_each(|(sum, part)| *sum += part);
            }
        }
        if self.header.link == Link::Softmax {
            gave.iter_mut().for_each(|slot| {
                let mean = slot.all().iter().sum::<f32>() / slot.all().len().max(1) as f32;
                slot.all_mut().iter_mut().for_each(|number| *number -= mean);
            });
        }
        let piece = |at: usize| (at < pieces).then_some(at);
        gave.into_iter().enumerate().map(|(at, gave)| Contribution { piece: piece(at), gave }).collect()
    }

    fn row_start(&self, hash: u32) -> usize {
        (u64::from(hash) >> (32 - u32::from(self.header.bits))) as usize * self.header.columns()
    }

    fn sums<const N: usize>(&self, hashes: &[u32]) -> [i32; N] {
        let shift = 32 - u32::from(self.header.bits);
        let mut sums = [0i32; N];
        for hash in hashes {
            let start = (u64::from(*hash) >> shift) as usize * N;
            let Some(row) = self.weights.get(start..).and_then(|rest| rest.first_chunk::<N>()) else { continue };
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(*weight as i8);
            }
        }
        sums
    }

    fn any_sums(&self, hashes: &[u32]) -> [i32; MOST_CLASSES] {
        let mut sums = [0i32; MOST_CLASSES];
        for hash in hashes {
            let start = self.row_start(*hash);
            let row = self.weights.get(start..start + self.header.columns()).unwrap_or_default();
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(*weight as i8);
            }
        }
        sums
    }

    /// Column sums at the places of their classes, scaled.
    fn placed(&self, sums: &[i32; MOST_CLASSES], factor: f32) -> Scores {
        let mut scores = Scores::zero(self.header.classes.len());
        let mut columns = sums.iter();
        for (class, (score, scale)) in scores.all_mut().iter_mut().zip(&self.header.scale).enumerate() {
            if self.header.reference != Some(class) {
                *score = columns.next().map_or(0.0, |sum| *sum as f32 * scale * factor);
            }
        }
        scores
    }
}

/// n^(-p); 1 for no features.
pub(super) fn shrunk(features: usize, shrink: f32) -> f32 {
    if features == 0 { 1.0 } else { (features as f32).powf(-shrink) }
}

fn widened<const N: usize>(sums: [i32; N]) -> [i32; MOST_CLASSES] {
    let mut wide = [0; MOST_CLASSES];
    wide.iter_mut().zip(sums).for_each(|(slot, sum)| *slot = sum);
    wide
}
