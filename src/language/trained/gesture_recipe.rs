//! How the models of gestures are made: from sets of kind `acts` (JSON lines with text, reply, label, trigger, cap).
//!
//! Each set is parted into five stretches, since those who wrote it stand one after another in it: what was written by
//! one hand is measured by models that learned from others. These out-of-fold readings give the figures on the card,
//! the calibration and the threshold of the cap; the models themselves then learn from everything. Sets for choosing
//! are measured only.

use std::sync::Arc;

use serde::Deserialize;

use super::super::gesture::{gloss, plain_gift};
use super::super::model::calibrate::{self, Seen};
use super::super::model::card::{Card, Figure, Origin};
use super::super::model::evaluate::{Confusion, calibration_error};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, figure, sets};
use super::super::model::train::{Corpus, Lesson, Settings, train_mean};
use super::super::model::{Features, Linear, Link, Pieces, Scores, Spec};
use super::cap_recipe::{CapRead, best_threshold, cap_figures, chosen_cap, teach_caps};
use super::gesture::{CAP_CLASSES, Eye, PLAIN, SPEC};
use super::kinds_recipe::KindsRecipe;
use crate::domain::{Gesture, Trigger};

/// Makes the models of gestures, triggers and caps.
#[derive(Debug, Clone, Copy)]
pub struct GestureRecipe {
    /// Buckets of the gesture and trigger models are 2 to this power; of the cap model, a quarter.
    pub bits: u8,
    /// Times through the examples.
    pub epochs: u32,
    /// Models of which the mean is taken.
    pub models: u32,
}

/// Stretches that a set is parted into.
const FOLDS: usize = 5;
/// The name under which out-of-fold figures stand on the card.
const ACROSS: &str = "writers unseen (5 folds)";

/// A line of a set.
#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    reply: bool,
    label: String,
    #[serde(default)]
    trigger: Option<String>,
    #[serde(default)]
    cap: Option<String>,
}

/// A labelled act.
pub(super) struct Act {
    pub(super) text: String,
    pub(super) reply: bool,
    pub(super) gesture: Gesture,
    pub(super) trigger: Option<Trigger>,
    pub(super) cap: Option<String>,
    pub(super) weight: f32,
    pub(super) fold: usize,
}

/// An example of a softmax model.
struct Example {
    features: Features,
    class: usize,
    weight: f32,
    fold: usize,
    /// A gift told so plainly that the reader asks no model.
    plain: bool,
}

impl Recipe for GestureRecipe {
    fn name(&self) -> &'static str {
        "gesture"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        let (acts, origins) = acts(all, Use::Training)?;
        if acts.is_empty() {
            return Err(RecipeError::Missing { kind: "acts", used_for: "training" });
        }
        let (chosen, more) = acts_of(all)?;
        let origins: Vec<Origin> = origins.into_iter().chain(more).collect();
        told("gesture: crossing the folds");
        let eye = Eye::new(Arc::new(KindsRecipe::STANDARD.learned(all)?));
        let gesture = self.gesture(&eye, &acts, &chosen, order);
        told("gesture: the trigger");
        let trigger = self.trigger(&eye, &acts, &chosen, order);
        told("gesture: the cap");
        let cap = self.cap(&acts, &chosen, order);
        let made = [gesture, trigger, cap].into_iter().zip(PURPOSES).map(|((model, figures), purpose)| {
            let card = Card { figures, data: origins.clone(), ..blank(order, purpose) };
            Made::of(&model, card)
        });
        Ok(made.collect())
    }
}

const PURPOSES: [&str; 3] = [
    "What a post of the brand does: give, ask, give on a condition, or talk.",
    "What a conditional gift waits for: the act that is named first.",
    "Which words of a conditional gift limit how much is given, chosen among the spans that rules find.",
];

fn blank(order: &Order, purpose: &str) -> Card {
    Card {
        name: String::new(),
        purpose: purpose.to_owned(),
        limits:
            "Short posts in English, by brands. Gifts that are promised without any word for a gift, and dry humour, \
            are misread most often; a person confirms what is to have consequences."
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

impl GestureRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self { bits: 18, epochs: 16, models: 5 };

    fn settings(&self, order: &Order, examples: usize) -> Settings {
        Settings {
            bits: self.bits,
            epochs: self.epochs,
            rate: 0.1,
            last_rate: 0.3,
            shrink: 0.4,
            balance: 0.5,
            least_examples: if examples < 1_000 { 1 } else { 2 },
            average: 4,
            leave_out: 0.2,
            seed: order.seed,
            ..Settings::default()
        }
    }

    fn gesture(&self, eye: &Eye, acts: &[Act], chosen: &[Act], order: &Order) -> (Linear, Vec<Figure>) {
        let names = Gesture::ALL.map(Gesture::name);
        let examples = |acts: &[Act]| seen(eye, acts, false, |act| Some(act.gesture.place()));
        let learned = Learned { name: "gesture", names: &names, reference: Gesture::Talk.place() };
        let conditional = Gesture::Conditional.place();
        self.softmax(&learned, &examples(acts), &examples(chosen), order, Some(conditional))
    }

    fn trigger(&self, eye: &Eye, acts: &[Act], chosen: &[Act], order: &Order) -> (Linear, Vec<Figure>) {
        let names = Trigger::ALL.map(Trigger::name);
        let examples = |acts: &[Act]| seen(eye, acts, true, |act| act.trigger.map(Trigger::place));
        let learned = Learned { name: "gesture-trigger", names: &names, reference: Trigger::Other.place() };
        self.softmax(&learned, &examples(acts), &examples(chosen), order, None)
    }

    fn softmax(
        &self,
        learned: &Learned<'_>,
        examples: &[Example],
        chosen: &[Example],
        order: &Order,
        watched: Option<usize>,
    ) -> (Linear, Vec<Figure>) {
        let classes = learned.names.len();
        let settings = self.settings(order, examples.len());
        let fit = |left_out: Option<usize>| {
            let mut corpus = Corpus::default();
            for example in examples.iter().filter(|example| Some(example.fold) != left_out) {
                let target = only(example.class, classes);
                corpus.add(&example.features, Lesson { target, weight: example.weight, group: 0 });
            }
            train_mean(&corpus, classes, Link::Softmax, SPEC, &settings, self.models).quantised(
                learned.name,
                learned.names,
                Some(learned.reference),
            )
        };
        let mut across: Vec<(Scores, &Example)> = Vec::new();
        for fold in 0..FOLDS {
            let model = fit(Some(fold));
            let held = examples.iter().filter(|example| example.fold == fold);
            across.extend(held.map(|example| (model.scores(&example.features), example)));
        }
        let seen: Vec<Seen> = across
            .iter()
            .map(|(scores, example)| Seen { scores: *scores, truth: only(example.class, classes), weight: 1.0 })
            .collect();
        let calibration = calibrate::fit(&seen, classes, Link::Softmax, 0.05);
        let mut model = fit(None);
        calibrate::put(&mut model, &calibration);
        let linked = |scores: &Scores, example: &Example| match example.plain {
            true => told_plainly(),
            false => calibration.apply(*scores).linked(Link::Softmax),
        };
        let across: Vec<(Scores, usize)> =
            across.iter().map(|(scores, example)| (linked(scores, example), example.class)).collect();
        let mut figures = figures(ACROSS, &across, learned.names, watched);
        if !chosen.is_empty() {
            let read = |example: &Example| match example.plain {
                true => (told_plainly(), example.class),
                false => (model.probabilities(&example.features), example.class),
            };
            figures.extend(self::figures(
                "choosing",
                &chosen.iter().map(read).collect::<Vec<_>>(),
                learned.names,
                watched,
            ));
        }
        (model, figures)
    }

    fn cap(&self, acts: &[Act], chosen: &[Act], order: &Order) -> (Linear, Vec<Figure>) {
        let spec = Spec { words: 1, skips: 0, chars_from: 0, chars_to: 0, negation: false, shape: false };
        let settings = Settings {
            bits: self.bits.saturating_sub(2),
            epochs: 8,
            balance: 0.5,
            average: 3,
            least_examples: if acts.len() < 1_000 { 1 } else { 2 },
            shrink: 0.5,
            seed: order.seed,
            ..Settings::default()
        };
        let conditional: Vec<&Act> = acts.iter().filter(|act| act.gesture == Gesture::Conditional).collect();
        let fit = |left_out: Option<usize>| {
            let mut corpus = Corpus::default();
            let mut features = Features::default();
            for act in conditional.iter().filter(|act| Some(act.fold) != left_out) {
                teach_caps(act, &mut features, &mut corpus);
            }
            train_mean(&corpus, CAP_CLASSES.len(), Link::Independent, spec, &settings, self.models).quantised(
                "gesture-cap",
                &CAP_CLASSES,
                None,
            )
        };
        let mut across = Vec::new();
        for fold in 0..FOLDS {
            let model = fit(Some(fold));
            across.extend(conditional.iter().filter(|act| act.fold == fold).map(|act| chosen_cap(&model, act)));
        }
        let threshold = best_threshold(&across);
        let mut model = fit(None);
        calibrate::put_thresholds(&mut model, vec![threshold, 0.5]);
        let mut figures = cap_figures(ACROSS, &across, threshold);
        let looked: Vec<CapRead> = chosen
            .iter()
            .filter(|act| act.gesture == Gesture::Conditional)
            .map(|act| chosen_cap(&model, act))
            .collect();
        if !looked.is_empty() {
            figures.extend(cap_figures("choosing", &looked, threshold));
        }
        (model, figures)
    }
}

/// What a softmax model is called.
struct Learned<'a> {
    name: &'a str,
    names: &'a [&'a str],
    reference: usize,
}

fn figures(on: &str, read: &[(Scores, usize)], names: &[&str], watched: Option<usize>) -> Vec<Figure> {
    let mut table = Confusion::new(names.len());
    read.iter().for_each(|(scores, class)| table.add(*class, scores.likeliest().0));
    let probabilities: Vec<Scores> = read.iter().map(|(scores, _)| *scores).collect();
    let labels: Vec<usize> = read.iter().map(|(_, class)| *class).collect();
    let mut figures = vec![
        figure(on, "macro-F1", table.macro_f1()),
        figure(on, "accuracy", table.accuracy()),
        figure(on, "calibration error", calibration_error(&probabilities, &labels)),
    ];
    figures.extend(names.iter().enumerate().map(|(class, name)| figure(on, &format!("F1 {name}"), table.f1(class))));
    if let Some((class, name)) = watched.and_then(|class| Some((class, names.get(class)?))) {
        let read: u32 = (0..names.len()).map(|labelled| table.count(labelled, class)).sum();
        let precision = f64::from(table.count(class, class)) / f64::from(read.max(1));
        figures.push(figure(on, &format!("recall {name}"), table.recall(class)));
        figures.push(figure(on, &format!("precision {name}"), precision));
    }
    figures
}

/// The acts with their features, those left out for which there is no class.
fn seen(eye: &Eye, acts: &[Act], trigger: bool, class: impl Fn(&Act) -> Option<usize>) -> Vec<Example> {
    let (mut pieces, mut features) = (Pieces::default(), Features::default());
    let example = |act: &Act| {
        let class = class(act)?;
        let words = gloss::scan_glossed(&act.text);
        if trigger {
            eye.trigger(&act.text, &words, act.reply, &mut pieces, &mut features);
        } else {
            eye.gesture(&act.text, &words, act.reply, &mut pieces, &mut features);
        }
        let plain = !trigger && plain_gift(&act.text).is_some();
        Some(Example { features: features.clone(), class, weight: act.weight, fold: act.fold, plain })
    };
    acts.iter().filter_map(example).collect()
}

fn acts_of(all: &[Set]) -> Result<(Vec<Act>, Vec<Origin>), RecipeError> {
    let (mut chosen, mut origins) = acts(all, Use::Choosing)?;
    let (looked, more) = acts(all, Use::Looking)?;
    chosen.extend(looked);
    origins.extend(more);
    Ok((chosen, origins))
}

fn acts(all: &[Set], used_for: Use) -> Result<(Vec<Act>, Vec<Origin>), RecipeError> {
    let (mut acts, mut origins) = (Vec::new(), Vec::new());
    for set in sets(all, "acts", used_for) {
        let lines: Vec<Line> = set.json()?;
        origins.push(set.on_card(lines.len()));
        let count = lines.len().max(1);
        for (at, line) in lines.into_iter().enumerate() {
            acts.push(act(line, set.weight, at * FOLDS / count).map_err(|why| set.wrong(at, why))?);
        }
    }
    Ok((acts, origins))
}

fn act(line: Line, weight: f32, fold: usize) -> Result<Act, &'static str> {
    let gesture = Gesture::of_name(&line.label).ok_or("its label is not give, ask, conditional or talk")?;
    let trigger = line.trigger.as_deref().map(|name| Trigger::of_name(name).ok_or("there is no such trigger"));
    let cap = line.cap.filter(|cap| !cap.is_empty());
    if cap.as_ref().is_some_and(|cap| !line.text.contains(cap.as_str())) {
        return Err("its cap is not in its text");
    }
    Ok(Act { text: line.text, reply: line.reply, gesture, trigger: trigger.transpose()?, cap, weight, fold })
}

/// What the reader says of a gift that is told plainly.
fn told_plainly() -> Scores {
    let mut scores = Scores::zero(PLAIN.len());
    scores.all_mut().copy_from_slice(&PLAIN);
    scores
}

fn only(class: usize, classes: usize) -> Scores {
    let mut target = Scores::zero(classes);
    if let Some(slot) = target.all_mut().get_mut(class) {
        *slot = 1.0;
    }
    target
}
