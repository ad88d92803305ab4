//! Calibration: makes a probability of 0.7 mean 7 of 10, on examples that were not trained on.

use super::linear::{Linear, Link, Scores, Tuned};

/// An example to calibrate on.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The model's scores z.
    pub scores: Scores,
    /// Which classes hold: 1 or 0 each; not a number where it is not known.
    pub truth: Scores,
    /// How much it counts.
    pub weight: f32,
}

/// What calibration does to the scores: `z_c' = slope * z_c + shift_c`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// One over the temperature; by class where classes are independent, else the same for all.
    pub slope: Scores,
    /// Added to the scores.
    pub shift: Scores,
}

impl Calibration {
    /// The scores after calibration.
    pub fn apply(&self, mut scores: Scores) -> Scores {
        let by = self.slope.all().iter().zip(self.shift.all());
        scores.all_mut().iter_mut().zip(by).for_each(|(score, (slope, shift))| *score = *score * slope + shift);
        scores
    }
}

/// Finds the calibration with the least cross-entropy on these examples, by gradient descent with AdaGrad steps from
/// doing nothing. `pull` draws the shifts towards 0: `pull / 2 * sum of shift^2` is added to the mean cross-entropy.
pub fn fit(seen: &[Seen], classes: usize, link: Link, pull: f32) -> Calibration {
    let mut slope = Scores::zero(classes);
    slope.all_mut().fill(1.0);
    let mut found = Calibration { slope, shift: Scores::zero(classes) };
    let mut squares = (Scores::zero(classes), Scores::zero(classes));
    let total: f32 = seen.iter().map(|example| example.weight).sum::<f32>().max(1e-6);
    for _ in 0..400 {
        let (mut by_slope, mut by_shift) = (Scores::zero(classes), Scores::zero(classes));
        for example in seen {
            let probabilities = found.apply(example.scores).linked(link);
            for class in 0..classes {
                let wrong = (probabilities.class(class) - example.truth.class(class)) * example.weight / total;
                if !wrong.is_nan() {
                    bump(&mut by_shift, class, wrong);
                    bump(&mut by_slope, class, wrong * example.scores.class(class));
                }
            }
        }
        if link == Link::Softmax {
            let all: f32 = by_slope.all().iter().sum();
            by_slope.all_mut().fill(all);
        }
        for class in 0..classes {
            bump(&mut by_shift, class, pull * found.shift.class(class));
        }
        descend(&mut found.slope, &mut squares.0, &by_slope);
        descend(&mut found.shift, &mut squares.1, &by_shift);
        found.slope.all_mut().iter_mut().for_each(|slope| *slope = slope.clamp(0.05, 20.0));
    }
    found
}

fn bump(scores: &mut Scores, class: usize, by: f32) {
    if let Some(slot) = scores.all_mut().get_mut(class) {
        *slot += by;
    }
}

fn descend(numbers: &mut Scores, squares: &mut Scores, slopes: &Scores) {
    for ((number, square), slope) in numbers.all_mut().iter_mut().zip(squares.all_mut()).zip(slopes.all()) {
        *square += slope * slope;
        *number -= 0.1 * slope / (square.sqrt() + 1e-9);
    }
}

/// Puts a calibration into the model itself.
pub fn put(model: &mut Linear, calibration: &Calibration) {
    let reference = model.header().reference;
    let header = model.header_mut();
    let by = calibration.slope.all().iter().zip(calibration.shift.all());
    for ((bias, scale), (slope, shift)) in header.bias.iter_mut().zip(&mut header.scale).zip(by) {
        *bias = *bias * slope + shift;
        *scale *= slope;
    }
    if let Some(offset) = reference.and_then(|class| header.bias.get(class).copied()) {
        header.bias.iter_mut().for_each(|bias| *bias -= offset);
    }
}

/// Puts the calibrations of languages into the model, on top of what it has; they replace those that were there.
pub fn put_languages(model: &mut Linear, languages: &[(String, Calibration)]) {
    let tuned = languages.iter().map(|(language, own)| Tuned {
        language: language.clone(),
        slope: own.slope.class(0),
        shift: own.shift.all().to_vec(),
    });
    model.header_mut().tuned = tuned.collect();
}

/// For each class the threshold on its probability with the best F1, between examples; for independent classes.
/// A class of which no example holds gets 0.5.
pub fn best_thresholds(probabilities: &[Scores], truth: &[Scores], classes: usize) -> Vec<f32> {
    (0..classes).map(|class| best_threshold(probabilities, truth, class)).collect()
}

fn best_threshold(probabilities: &[Scores], truth: &[Scores], class: usize) -> f32 {
    let mut ranked: Vec<(f32, bool)> = probabilities
        .iter()
        .zip(truth)
        .filter(|(_, truth)| !truth.class(class).is_nan())
        .map(|(probability, truth)| (probability.class(class), truth.class(class) > 0.5))
        .collect();
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let held = ranked.iter().filter(|(_, holds)| *holds).count();
    let (mut best, mut threshold, mut hits) = (0.0, 0.5, 0usize);
    for (at, (probability, holds)) in ranked.iter().enumerate() {
        hits += usize::from(*holds);
        let next = ranked.get(at + 1).map_or(0.0, |(next, _)| *next);
        let f1 = 2.0 * hits as f32 / (at + 1 + held) as f32;
        if f1 > best && next < *probability {
            (best, threshold) = (f1, (probability + next) / 2.0);
        }
    }
    threshold
}

/// Puts thresholds into the model; a wrong number of them changes nothing.
pub fn put_thresholds(model: &mut Linear, thresholds: Vec<f32>) {
    if thresholds.len() == model.header().classes.len() {
        model.header_mut().thresholds = thresholds;
    }
}
