//! Figures on labelled examples: recall, F1, calibration error.

use super::linear::Scores;

/// Counts of what was labelled (row) and what was read (column).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u32>,
}

impl Confusion {
    /// No example yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts an example; classes that do not exist are not counted.
    pub fn add(&mut self, labelled: usize, read: usize) {
        if labelled < self.classes
            && read < self.classes
            && let Some(count) = self.counts.get_mut(labelled * self.classes + read)
        {
            *count += 1;
        }
    }

    /// How many examples of one class were read as another.
    pub fn count(&self, labelled: usize, read: usize) -> u32 {
        self.counts.get(labelled * self.classes + read).copied().unwrap_or(0)
    }

    /// All examples.
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The share of a class's examples that were read as it, 0 to 1.
    pub fn recall(&self, class: usize) -> f64 {
        let all: u32 = (0..self.classes).map(|read| self.count(class, read)).sum();
        f64::from(self.count(class, class)) / f64::from(all.max(1))
    }

    /// 2 * hits / (labelled + read), 0 to 1.
    pub fn f1(&self, class: usize) -> f64 {
        let labelled: u32 = (0..self.classes).map(|read| self.count(class, read)).sum();
        let read: u32 = (0..self.classes).map(|labelled| self.count(labelled, class)).sum();
        2.0 * f64::from(self.count(class, class)) / f64::from((labelled + read).max(1))
    }

    /// The mean of the recalls.
    pub fn macro_recall(&self) -> f64 {
        self.mean(Self::recall)
    }

    /// The mean of the F1s.
    pub fn macro_f1(&self) -> f64 {
        self.mean(Self::f1)
    }

    /// The share of examples that were read right.
    pub fn accuracy(&self) -> f64 {
        let right: u32 = (0..self.classes).map(|class| self.count(class, class)).sum();
        f64::from(right) / f64::from(self.total().max(1))
    }

    fn mean(&self, of: impl Fn(&Self, usize) -> f64) -> f64 {
        (0..self.classes).map(|class| of(self, class)).sum::<f64>() / self.classes.max(1) as f64
    }
}

/// Expected calibration error of the likeliest class, in ten bins: the mean, over all examples, of the distance between
/// what the bin's probabilities say and how often its readings are right. 0 to 1.
pub fn calibration_error(probabilities: &[Scores], labels: &[usize]) -> f64 {
    let mut bins = [(0.0f64, 0.0f64); 10];
    for (scores, label) in probabilities.iter().zip(labels) {
        let (class, probability) = scores.likeliest();
        if let Some(bin) = bins.get_mut(((probability * 10.0) as usize).min(9)) {
            bin.0 += f64::from(probability);
            bin.1 += f64::from(u8::from(class == *label));
        }
    }
    bins.iter().map(|(said, right)| (said - right).abs()).sum::<f64>() / probabilities.len().max(1) as f64
}

/// The mean over the classes of the distance between a class's share among the labels and the mean of its
/// probabilities, 0 to 1: how wrong a pie chart of the readings is.
pub fn share_error(probabilities: &[Scores], labels: &[usize], classes: usize) -> f64 {
    let total = probabilities.len().max(1) as f64;
    let off = |class: usize| {
        let said: f64 = probabilities.iter().map(|scores| f64::from(scores.class(class))).sum();
        let held = labels.iter().filter(|label| **label == class).count() as f64;
        (said - held).abs() / total
    };
    (0..classes).map(off).sum::<f64>() / classes.max(1) as f64
}
