//! How the model of the coach is made.
//!
//! It learns from sets of kind `drafts`. Calibration and thresholds are chosen on readings of lines that the reading
//! model had not seen: each set is cut into five stretches of consecutive lines (a stretch tends to be by one hand), and
//! each stretch is read by a model trained on the others. Sets for choosing are read by the finished model. Thresholds
//! are those with the best micro-F1 that leave [`ALONE`] of the good drafts alone.

use serde::Deserialize;

use super::super::coach::Flag;
use super::super::model::calibrate::{self, Seen};
use super::super::model::card::{Card, Figure};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, figure, sets};
use super::super::model::train::{Corpus, Lesson, Settings, train_mean};
use super::super::model::{Features, Linear, Link, Scores};
use super::coach::{Read, SPEC, held};
use super::kinds::Kinds;
use super::kinds_recipe::KindsRecipe;
use crate::domain::{Intent, Intents};
use crate::language::coach::signs::Signs;

/// Makes the coach.
#[derive(Debug, Clone, Copy)]
pub struct CoachRecipe {
    /// Buckets are 2 to this power.
    pub bits: u8,
    /// Times through the examples.
    pub epochs: u32,
    /// Models of which the mean is taken.
    pub models: u32,
}

impl CoachRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self { bits: 18, epochs: 12, models: 3 };
}

/// The share of good drafts that must be left alone, with a little to spare.
const ALONE: f64 = 0.915;
/// Stretches of the cross-validation.
const FOLDS: usize = 5;

/// A line of a set.
#[derive(Deserialize)]
struct Line {
    mention: String,
    mention_intent: String,
    draft: String,
    flags: Vec<String>,
}

/// A line ready to be learned or read.
struct Example {
    features: Features,
    signs: Signs,
    intents: Intents,
    /// 1 or 0 for each flag; not a number for one that does not apply.
    truth: Scores,
}

/// How one example was read.
struct Reading<'a> {
    example: &'a Example,
    scores: Scores,
}

impl Recipe for CoachRecipe {
    fn name(&self) -> &'static str {
        "coach"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        told("coach: extracting features");
        let kinds = KindsRecipe::STANDARD.learned(all)?;
        let learned = examples(all, Use::Training, &kinds)?;
        let chosen = examples(all, Use::Choosing, &kinds)?;
        if learned.is_empty() {
            return Err(RecipeError::Missing { kind: "drafts", used_for: "training" });
        }
        let mut model = self.train(&learned, None, order);
        let mut readings: Vec<Vec<Reading<'_>>> = learned.iter().map(|_| Vec::new()).collect();
        for fold in 0..FOLDS {
            told(&format!("coach: cross-validating, {} of {FOLDS}", fold + 1));
            let without = self.train(&learned, Some(fold), order);
            for ((_, examples), read) in learned.iter().zip(&mut readings) {
                let left_out = examples.iter().enumerate().filter(|(at, _)| fold_of(*at, examples.len()) == fold);
                read.extend(
                    left_out.map(|(_, example)| Reading { example, scores: without.scores(&example.features) }),
                );
            }
        }
        for (_, examples) in &chosen {
            let read = examples.iter().map(|example| Reading { example, scores: model.scores(&example.features) });
            readings.push(read.collect());
        }
        let seen = readings.iter().flatten().map(Reading::seen).collect::<Vec<_>>();
        let calibration = calibrate::fit(&seen, Flag::ALL.len(), Link::Independent, 0.002);
        calibrate::put(&mut model, &calibration);
        readings.iter_mut().flatten().for_each(|reading| {
            reading.scores = calibration.apply(reading.scores).linked(Link::Independent);
        });
        let flat: Vec<&Reading<'_>> = readings.iter().flatten().collect();
        let thresholds = best_thresholds(&flat);
        let mut card = blank(order);
        for ((set, examples), read) in learned.iter().chain(&chosen).zip(&readings) {
            card.data.push(set.on_card(examples.len()));
            card.figures.extend(figures(&set.name, &read.iter().collect::<Vec<_>>(), &thresholds));
        }
        card.figures.extend(figures("all, cross-validated", &flat, &thresholds));
        calibrate::put_thresholds(&mut model, thresholds);
        Ok(vec![Made::of(&model, card)])
    }
}

impl CoachRecipe {
    /// Trains on all examples but those of a stretch.
    fn train(&self, sets: &[(&Set, Vec<Example>)], without: Option<usize>, order: &Order) -> Linear {
        let mut corpus = Corpus::default();
        for (set, examples) in sets {
            for (at, example) in examples.iter().enumerate() {
                if without != Some(fold_of(at, examples.len())) {
                    let lesson = Lesson { target: example.truth, weight: set.weight, group: 0 };
                    corpus.add(&example.features, lesson);
                }
            }
        }
        let settings = Settings {
            bits: self.bits,
            epochs: self.epochs,
            rate: 0.1,
            last_rate: 0.2,
            balance: 0.3,
            least_examples: if corpus.len() < 1_000 { 1 } else { 2 },
            shrink: 0.5,
            leave_out: 0.2,
            average: 3,
            seed: order.seed,
            ..Settings::default()
        };
        let trained = train_mean(&corpus, Flag::ALL.len(), Link::Independent, SPEC, &settings, self.models);
        trained.quantised("coach", &Flag::ALL.map(Flag::name), None)
    }
}

impl Reading<'_> {
    fn seen(&self) -> Seen {
        Seen { scores: self.scores, truth: self.example.truth, weight: 1.0 }
    }

    fn is_good(&self) -> bool {
        self.example.truth.all().iter().all(|holds| *holds != 1.0)
    }

    fn held(&self, thresholds: &[f32]) -> Vec<bool> {
        held(&self.scores, thresholds, self.example.intents, &self.example.signs)
    }
}

fn fold_of(at: usize, count: usize) -> usize {
    at * FOLDS / count.max(1)
}

fn blank(order: &Order) -> Card {
    Card {
        name: String::new(),
        purpose: "What may be wrong with a drafted answer to a public post: a pitch, denial, no acknowledgement, no \
            next step, personal data, a placeholder, a canned voice."
            .to_owned(),
        limits: "English. A hint and no verdict: one good draft in ten or so is remarked on, and a subtle denial is \
            often missed. Figures of sets for training are cross-validated."
            .to_owned(),
        made: order.made.clone(),
        classes: Vec::new(),
        languages: vec!["en".to_owned()],
        bytes: 0,
        hash: String::new(),
        data: Vec::new(),
        figures: Vec::new(),
    }
}

fn examples<'a>(all: &'a [Set], used_for: Use, kinds: &Kinds) -> Result<Vec<(&'a Set, Vec<Example>)>, RecipeError> {
    let read = |set| read_set(set, kinds).map(|examples| (set, examples));
    sets(all, "drafts", used_for).map(read).collect()
}

fn read_set(set: &Set, kinds: &Kinds) -> Result<Vec<Example>, RecipeError> {
    let lines: Vec<Line> = set.json()?;
    let mut read = Read::default();
    let mut examples = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let intent = Intent::ALL.into_iter().find(|intent| intent.name() == line.mention_intent);
        let intents = Intents::of(&[intent.ok_or_else(|| set.wrong(at, "its mention_intent is no intent"))?]);
        let mut truth = Scores::zero(Flag::ALL.len());
        for name in &line.flags {
            let class = Flag::ALL.iter().position(|flag| flag.name() == name);
            let class = class.ok_or_else(|| set.wrong(at, "one of its flags is none of the coach's"))?;
            if let Some(slot) = truth.all_mut().get_mut(class) {
                *slot = 1.0;
            }
        }
        for (slot, flag) in truth.all_mut().iter_mut().zip(Flag::ALL) {
            if !flag.applies(intents) {
                *slot = f32::NAN;
            }
        }
        read.draft(kinds, &line.mention, intents, &line.draft);
        examples.push(Example { features: read.features.clone(), signs: read.signs.clone(), intents, truth });
    }
    Ok(examples)
}

/// Hits, labelled and read of each flag, and the good drafts that were left alone.
struct Tally {
    hits: [u32; 7],
    labelled: [u32; 7],
    read: [u32; 7],
    good: u32,
    alone: u32,
}

impl Tally {
    fn of(readings: &[&Reading<'_>], thresholds: &[f32]) -> Self {
        let mut tally = Self { hits: [0; 7], labelled: [0; 7], read: [0; 7], good: 0, alone: 0 };
        for reading in readings {
            let held = reading.held(thresholds);
            let good = reading.is_good();
            tally.good += u32::from(good);
            tally.alone += u32::from(good && !held.contains(&true));
            let counts = tally.hits.iter_mut().zip(&mut tally.labelled).zip(&mut tally.read);
            for (((hits, labelled), read), (held, truth)) in counts.zip(held.iter().zip(reading.example.truth.all())) {
                let holds = *truth == 1.0;
                *hits += u32::from(holds && *held);
                *labelled += u32::from(holds);
                *read += u32::from(*held);
            }
        }
        tally
    }

    fn alone(&self) -> f64 {
        f64::from(self.alone) / f64::from(self.good.max(1))
    }

    fn micro_f1(&self) -> f64 {
        f1(self.hits.iter().sum(), self.labelled.iter().sum::<u32>() + self.read.iter().sum::<u32>())
    }
}

fn f1(hits: u32, both: u32) -> f64 {
    2.0 * f64::from(hits) / f64::from(both.max(1))
}

/// The thresholds with the best micro-F1 that leave enough good drafts alone, found flag by flag, three times over.
fn best_thresholds(readings: &[&Reading<'_>]) -> Vec<f32> {
    let worth = |thresholds: &[f32]| {
        let tally = Tally::of(readings, thresholds);
        tally.micro_f1() - 3.0 * (ALONE - tally.alone()).max(0.0)
    };
    let mut best = vec![0.5; Flag::ALL.len()];
    let mut most = worth(&best);
    for _ in 0..3 {
        for class in 0..best.len() {
            for step in 4..=18u8 {
                let mut tried = best.clone();
                if let Some(slot) = tried.get_mut(class) {
                    *slot = f32::from(step) * 0.05;
                }
                let reached = worth(&tried);
                if reached > most {
                    (best, most) = (tried, reached);
                }
            }
        }
    }
    best
}

fn figures(on: &str, readings: &[&Reading<'_>], thresholds: &[f32]) -> Vec<Figure> {
    let tally = Tally::of(readings, thresholds);
    let mut figures =
        vec![figure(on, "micro-F1", tally.micro_f1()), figure(on, "good drafts left alone", tally.alone())];
    let counts = tally.hits.iter().zip(tally.labelled.iter().zip(&tally.read));
    for (flag, (hits, (labelled, read))) in Flag::ALL.into_iter().zip(counts) {
        figures.push(figure(on, &format!("F1 of {}", flag.name()), f1(*hits, labelled + read)));
    }
    figures
}
