//! Training: logistic regression on hashed features by AdaGrad.
//!
//! The loss is the cross-entropy between an example's target (a share for each class, so soft labels are as good as
//! hard ones) and the model's probabilities. Every step is taken in a fixed order on one thread with a seeded shuffle:
//! the same examples and settings give the same bytes.

use super::features::{Features, Spec};
use super::linear::{Link, MOST_CLASSES, Scores, shrunk};
use super::random::Random;
pub use super::weights::Trained;

/// Examples with their features.
#[derive(Debug, Default)]
pub struct Corpus {
    hashes: Vec<u32>,
    examples: Vec<Example>,
}

/// What an example teaches.
#[derive(Debug, Clone, Copy)]
pub struct Lesson {
    /// Share of each class, 0 to 1; they add up to 1 where classes exclude one another. A class whose share is not a
    /// number is not taught by this example (independent classes only).
    pub target: Scores,
    /// How much it counts.
    pub weight: f32,
    /// Examples of one group are balanced among themselves: a file, a language.
    pub group: u8,
}

#[derive(Debug, Clone, Copy)]
struct Example {
    start: usize,
    end: usize,
    lesson: Lesson,
}

impl Corpus {
    /// Adds an example.
    pub fn add(&mut self, features: &Features, lesson: Lesson) {
        let start = self.hashes.len();
        self.hashes.extend_from_slice(features.hashes());
        self.examples.push(Example { start, end: self.hashes.len(), lesson });
    }

    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }

    /// The hashes and lesson of each example, in the order of adding.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], &Lesson)> {
        self.examples.iter().map(|example| (self.hashes_of(example), &example.lesson))
    }

    fn hashes_of(&self, example: &Example) -> &[u32] {
        self.hashes.get(example.start..example.end).unwrap_or_default()
    }
}

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Buckets are 2 to this power, 8 to 24.
    pub bits: u8,
    /// Times through the examples.
    pub epochs: u32,
    /// AdaGrad's step.
    pub rate: f32,
    /// What a step is worth in the last epoch, relative to the first; linear between.
    pub last_rate: f32,
    /// Pull of a touched weight towards 0, per step.
    pub decay: f32,
    /// How much rare classes are lifted: weight (all / (classes * of this class))^balance; 0 not at all, 1 fully.
    pub balance: f32,
    /// The share of a target that is spread over all classes.
    pub smoothing: f32,
    /// A bucket that fewer examples touch has no weight.
    pub least_examples: u16,
    /// The p of the model's formula.
    pub shrink: f32,
    /// The share of features that an example leaves out at each visit, 0 to 0.9: makes the rest learn.
    pub leave_out: f32,
    /// The average of the weights over the last epochs instead of the last ones: how many epochs.
    pub average: u32,
    /// Seed of the shuffle.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bits: 18,
            epochs: 6,
            rate: 0.1,
            last_rate: 0.3,
            decay: 0.0,
            balance: 1.0,
            smoothing: 0.0,
            least_examples: 2,
            shrink: 0.5,
            leave_out: 0.0,
            average: 1,
            seed: 7,
        }
    }
}

/// Trains a model of so many classes (1 to [`MOST_CLASSES`]). `told` hears after each epoch its number, from 1.
pub fn train(
    corpus: &Corpus,
    classes: usize,
    link: Link,
    spec: Spec,
    settings: &Settings,
    mut told: impl FnMut(u32),
) -> Trained {
    let classes = classes.clamp(1, MOST_CLASSES);
    let mut learner = Learner::new(corpus, classes, link, settings);
    let mut random = Random::new(settings.seed);
    let mut order: Vec<usize> = (0..corpus.len()).collect();
    let mut mean: Vec<f32> = Vec::new();
    let averaged = settings.average.clamp(1, settings.epochs.max(1));
    for epoch in 0..settings.epochs {
        random.shuffle(&mut order);
        let gone = if settings.epochs > 1 { epoch as f32 / (settings.epochs - 1) as f32 } else { 0.0 };
        let rate = settings.rate * (1.0 + gone * (settings.last_rate - 1.0));
        for example in order.iter().filter_map(|at| corpus.examples.get(*at)) {
            learner.step(corpus.hashes_of(example), &example.lesson, rate, &mut random);
        }
        if epoch + averaged >= settings.epochs {
            let weights = learner.plain();
            if mean.is_empty() {
                mean = weights;
            } else {
                mean.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
        }
        told(epoch + 1);
    }
    mean.iter_mut().for_each(|weight| *weight /= averaged as f32);
    Trained {
        link,
        spec,
        bits: learner.bits,
        shrink: settings.shrink,
        classes,
        bias: learner.bias.all().to_vec(),
        weights: mean,
    }
}

/// Trains as many models as told, with seeds one after another, and gives the mean of their weights: what one of them
/// learned by chance, the others do not confirm.
pub fn train_mean(
    corpus: &Corpus,
    classes: usize,
    link: Link,
    spec: Spec,
    settings: &Settings,
    models: u32,
) -> Trained {
    let with = |more: u32| {
        let settings = Settings { seed: settings.seed.wrapping_add(u64::from(more)), ..settings.clone() };
        train(corpus, classes, link, spec, &settings, |_| {})
    };
    let mut sum = with(0);
    for more in 1..models {
        let next = with(more);
        sum.bias.iter_mut().zip(&next.bias).for_each(|(sum, bias)| *sum += bias);
        sum.weights.iter_mut().zip(&next.weights).for_each(|(sum, weight)| *sum += weight);
    }
    let share = 1.0 / models.max(1) as f32;
    sum.bias.iter_mut().chain(&mut sum.weights).for_each(|number| *number *= share);
    sum
}

struct Learner<'a> {
    settings: &'a Settings,
    link: Link,
    classes: usize,
    bits: u8,
    /// Per bucket the weights of the classes, then the sums of their squared gradients: one stretch of memory a visit.
    state: Vec<f32>,
    /// Buckets that enough examples touch.
    kept: Vec<bool>,
    bias: Scores,
    bias_squares: Scores,
    /// How much each class counts, by group.
    lifts: Vec<Scores>,
    chosen: Vec<usize>,
}

impl<'a> Learner<'a> {
    fn new(corpus: &Corpus, classes: usize, link: Link, settings: &'a Settings) -> Self {
        let bits = settings.bits.clamp(8, 24);
        let kept = kept(corpus, bits, settings.least_examples);
        Self {
            settings,
            link,
            classes,
            bits,
            state: vec![0.0; (1usize << bits) * classes * 2],
            kept,
            bias: Scores::zero(classes),
            bias_squares: Scores::zero(classes),
            lifts: lifts(corpus, classes, link, settings.balance),
            chosen: Vec::new(),
        }
    }

    fn step(&mut self, hashes: &[u32], lesson: &Lesson, rate: f32, random: &mut Random) {
        self.choose(hashes, random);
        if self.chosen.is_empty() {
            return;
        }
        // Left-out features do not count in n either; at reading time all are there.
        let value = shrunk(self.chosen.len(), self.settings.shrink);
        let wide = self.classes * 2;
        let mut sums = Scores::zero(self.classes);
        for start in &self.chosen {
            let row = self.state.get(*start..*start + self.classes).unwrap_or_default();
            sums.all_mut().iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
        }
        let mut scores = self.bias;
        scores.all_mut().iter_mut().zip(sums.all()).for_each(|(score, sum)| *score += sum * value);
        let gradient = self.gradient(scores.linked(self.link), lesson);
        let (keep, settings) = (1.0 - self.settings.decay * rate, self.settings);
        for start in &self.chosen {
            let Some(row) = self.state.get_mut(*start..*start + wide) else { continue };
            let (weights, squares) = row.split_at_mut(self.classes);
            for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(gradient.all()) {
                let slope = slope * value;
                *square += slope * slope;
                *weight -= rate * slope / (square.sqrt() + 1e-6);
                if settings.decay > 0.0 {
                    *weight *= keep;
                }
            }
        }
        for ((bias, square), slope) in
            self.bias.all_mut().iter_mut().zip(self.bias_squares.all_mut()).zip(gradient.all())
        {
            *square += slope * slope;
            *bias -= 0.1 * rate * slope / (square.sqrt() + 1e-6);
        }
    }

    fn choose(&mut self, hashes: &[u32], random: &mut Random) {
        let shift = 32 - u32::from(self.bits);
        let limit = (f64::from(self.settings.leave_out.clamp(0.0, 0.9)) * u32::MAX as f64) as u64;
        self.chosen.clear();
        for hash in hashes {
            let bucket = (u64::from(*hash) >> shift) as usize;
            if !self.kept.get(bucket).copied().unwrap_or(false) {
                continue;
            }
            if limit == 0 || random.next() >> 32 >= limit {
                self.chosen.push(bucket * self.classes * 2);
            }
        }
    }

    /// What each score should have been lower by.
    fn gradient(&self, probabilities: Scores, lesson: &Lesson) -> Scores {
        let lift = self.lifts.get(usize::from(lesson.group)).copied().unwrap_or_else(|| ones(self.classes));
        let spread = self.settings.smoothing;
        let softmax = self.link == Link::Softmax;
        let even = if softmax { 1.0 / self.classes as f32 } else { 0.5 };
        // Lifting a soft target moves its shares; the example then counts by what it holds of each class.
        let counts: f32 = if softmax {
            lesson.target.all().iter().zip(lift.all()).map(|(share, lift)| share * lift).sum()
        } else {
            1.0
        };
        let mut gradient = Scores::zero(self.classes);
        let shares = probabilities.all().iter().zip(lesson.target.all()).zip(lift.all());
        for (slope, ((probability, share), lift)) in gradient.all_mut().iter_mut().zip(shares) {
            let target = share * (1.0 - spread) + even * spread;
            let counts = if softmax { counts } else { 1.0 + share * (lift - 1.0) };
            let difference = (probability - target) * counts * lesson.weight;
            *slope = if difference.is_nan() { 0.0 } else { difference };
        }
        gradient
    }

    fn plain(&self) -> Vec<f32> {
        let rows = self.state.chunks_exact(self.classes * 2);
        rows.flat_map(|row| row.iter().take(self.classes).copied()).collect()
    }
}

fn ones(classes: usize) -> Scores {
    let mut scores = Scores::zero(classes);
    scores.all_mut().fill(1.0);
    scores
}

fn kept(corpus: &Corpus, bits: u8, least: u16) -> Vec<bool> {
    let shift = 32 - u32::from(bits);
    let mut counts = vec![0u16; 1 << bits];
    let mut last = vec![u32::MAX; 1 << bits];
    for (number, example) in corpus.examples.iter().enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        for hash in corpus.hashes_of(example) {
            let bucket = (u64::from(*hash) >> shift) as usize;
            if let (Some(count), Some(last)) = (counts.get_mut(bucket), last.get_mut(bucket))
                && *last != number
            {
                *last = number;
                *count = count.saturating_add(1);
            }
        }
    }
    counts.into_iter().map(|count| count >= least.max(1)).collect()
}

/// By group and class: (all / (classes * of this class))^balance; for independent classes (without / with)^balance.
fn lifts(corpus: &Corpus, classes: usize, link: Link, balance: f32) -> Vec<Scores> {
    let groups = corpus.examples.iter().map(|example| usize::from(example.lesson.group) + 1).max().unwrap_or(0);
    let mut with = vec![Scores::zero(classes); groups];
    let mut all = vec![Scores::zero(classes); groups];
    for lesson in corpus.examples.iter().map(|example| &example.lesson) {
        let group = usize::from(lesson.group);
        let (Some(with), Some(all)) = (with.get_mut(group), all.get_mut(group)) else { continue };
        let slots = with.all_mut().iter_mut().zip(all.all_mut()).zip(lesson.target.all());
        for ((with, all), share) in slots.filter(|(_, share)| !share.is_nan()) {
            *with += share * lesson.weight;
            *all += lesson.weight;
        }
    }
    for (with, all) in with.iter_mut().zip(&all) {
        for (slot, all) in with.all_mut().iter_mut().zip(all.all()) {
            let held = slot.max(1e-3);
            let ratio = match link {
                Link::Softmax => all / (classes as f32 * held),
                Link::Independent => (all - held).max(1e-3) / held,
            };
            *slot = ratio.clamp(0.05, 20.0).powf(balance);
        }
    }
    with
}
