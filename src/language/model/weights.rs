//! Weights in full precision, as training leaves them, and how they become a quantised model.

use std::borrow::Cow;

use super::features::Spec;
use super::linear::{Header, Linear, Link, Scores, shrunk};

/// Weights in full precision.
#[derive(Debug)]
pub struct Trained {
    pub(super) link: Link,
    pub(super) spec: Spec,
    pub(super) bits: u8,
    pub(super) shrink: f32,
    pub(super) classes: usize,
    pub(super) bias: Vec<f32>,
    /// Row after row, a number a class.
    pub(super) weights: Vec<f32>,
}

impl Trained {
    /// A table: what a model says of a single feature, bucket after bucket, a number a class.
    pub fn table(bits: u8, classes: usize, spec: Spec, weights: Vec<f32>) -> Self {
        Self { link: Link::Independent, spec, bits, shrink: 0.0, classes, bias: vec![0.0; classes], weights }
    }

    /// The scores z of these hashes, in full precision.
    pub fn scores(&self, hashes: &[u32]) -> Scores {
        let shift = 32 - u32::from(self.bits);
        let mut scores = Scores::zero(self.classes);
        for hash in hashes {
            let start = (u64::from(*hash) >> shift) as usize * self.classes;
            let row = self.weights.get(start..start + self.classes).unwrap_or_default();
            scores.all_mut().iter_mut().zip(row).for_each(|(score, weight)| *score += weight);
        }
        let value = shrunk(hashes.len(), self.shrink);
        scores.all_mut().iter_mut().zip(&self.bias).for_each(|(score, bias)| *score = *score * value + bias);
        scores
    }

    /// The quantised model. A softmax gives up the weights of its `reference` class; what is left of each class is
    /// divided by the class's 99.95th percentile of size, so that a few great weights do not coarsen all others.
    pub fn quantised(&self, name: &str, classes: &[&str], reference: Option<usize>) -> Linear {
        let reference = reference.filter(|class| self.link == Link::Softmax && *class < self.classes);
        let base = |row: &[f32]| reference.and_then(|class| row.get(class)).copied().unwrap_or(0.0);
        let offset = base(&self.bias);
        let columns: Vec<usize> = (0..self.classes).filter(|class| Some(*class) != reference).collect();
        let rows = || self.weights.chunks_exact(self.classes);
        let of = |row: &[f32], class: usize| row.get(class).copied().unwrap_or(0.0) - base(row);
        let mut scale = vec![1.0; self.classes];
        for class in &columns {
            let sizes = rows().map(|row| of(row, *class).abs()).filter(|size| *size > 0.0).collect();
            if let Some(slot) = scale.get_mut(*class) {
                *slot = great(sizes) / 127.0;
            }
        }
        let mut weights = Vec::with_capacity((self.weights.len() / self.classes) * columns.len());
        for row in rows() {
            for class in &columns {
                let step = scale.get(*class).copied().unwrap_or(1.0);
                weights.push((of(row, *class) / step).round().clamp(-127.0, 127.0) as i8 as u8);
            }
        }
        let header = Header {
            name: name.to_owned(),
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            link: self.link,
            reference,
            spec: self.spec,
            bits: self.bits,
            shrink: self.shrink,
            bias: self.bias.iter().map(|bias| bias - offset).collect(),
            scale,
            thresholds: vec![0.5; self.classes],
            tuned: Vec::new(),
        };
        Linear::new(header, Cow::Owned(weights))
    }
}

fn great(mut sizes: Vec<f32>) -> f32 {
    if sizes.is_empty() {
        return 1.0;
    }
    sizes.sort_unstable_by(f32::total_cmp);
    let at = sizes.len() - 1 - sizes.len() / 2000;
    sizes.get(at).copied().unwrap_or(1.0).max(1e-6)
}

impl Linear {
    /// A table of small whole numbers (0 to 127), bucket after bucket a number a column; [`Linear::row`] reads it.
    pub fn table(name: &str, columns: &[&str], bits: u8, numbers: Vec<u8>) -> Self {
        let header = Header {
            name: name.to_owned(),
            classes: columns.iter().map(|&column| column.to_owned()).collect(),
            link: Link::Independent,
            reference: None,
            spec: Spec { words: 1, skips: 0, chars_from: 0, chars_to: 0, negation: false, shape: false },
            bits,
            shrink: 0.0,
            bias: vec![0.0; columns.len()],
            scale: vec![1.0; columns.len()],
            thresholds: vec![0.5; columns.len()],
            tuned: Vec::new(),
        };
        Self::new(header, Cow::Owned(numbers))
    }

    /// The numbers of a [`Linear::table`] in the bucket of a hash.
    pub fn row(&self, hash: u32) -> &[u8] {
        let columns = self.header().columns();
        let start = (u64::from(hash) >> (32 - u32::from(self.header().bits))) as usize * columns;
        self.weights().get(start..start + columns).unwrap_or_default()
    }
}
