//! How the model of about-us is made.
//!
//! It learns from sets of kind `posts` whether their brand is meant. The threshold is the one with the best F1 of
//! "something else" among posts of writers that the model had not seen.

use std::sync::Arc;

use super::super::SubjectContext;
use super::super::library::Library;
use super::super::model::calibrate::{self, Seen};
use super::super::model::card::{Card, Figure};
use super::super::model::evaluate::Confusion;
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, figure, sets};
use super::super::model::train::{Corpus, Lesson, Settings, train_mean};
use super::super::model::{Features, Linear, Link, Scores};
use super::super::scene::Scene;
use super::about::{CLASSES, ELSE, Eye, MEANT, SPEC, with_name};
use super::common::{self, Common};
use super::intent::english;
use super::kinds_recipe::KindsRecipe;
use super::posts::{Line, blank, lines};

/// Makes the model of about-us.
#[derive(Debug, Clone)]
pub struct AboutRecipe {
    /// How to train; the order's seed is used instead of its seed.
    pub settings: Settings,
    /// Folds for cross-validation, at least 2.
    pub folds: usize,
    /// Models of which the mean is taken.
    pub models: u32,
}

impl AboutRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self {
        settings: Settings {
            bits: 18,
            epochs: 16,
            rate: 0.1,
            last_rate: 0.3,
            decay: 0.0,
            balance: 0.5,
            smoothing: 0.0,
            least_examples: 2,
            shrink: 0.5,
            leave_out: 0.4,
            average: 4,
            seed: 7,
        },
        folds: 5,
        models: 7,
    };
}

/// A post as the model meets it; without features where the name does not stand in it.
struct Example<'a> {
    line: Line<'a>,
    features: Option<Features>,
    class: usize,
}

impl Recipe for AboutRecipe {
    fn name(&self) -> &'static str {
        "about"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        told("about: extracting features");
        let library = Library::new();
        let table = common::count(strangers(all)?.into_iter());
        let kinds = Arc::new(KindsRecipe::STANDARD.learned(all)?);
        let eye = Eye { common: Common::new(table.clone()), kinds };
        let learned = examples(all, Use::Training, self.folds, &library, &eye)?;
        let chosen = examples(all, Use::Choosing, self.folds, &library, &eye)?;
        let table_card = counted(order, all)?;
        let mut card = described(order, &learned, &chosen, all);
        told("about: cross-validating");
        let models: Vec<Linear> = (0..self.folds)
            .map(|fold| self.trained(learned.iter().filter(|example| example.line.fold != fold), order))
            .collect();
        let unseen: Vec<Option<Scores>> = learned
            .iter()
            .map(|example| Some(models.get(example.line.fold)?.scores(example.features.as_ref()?)))
            .collect();
        let seen: Vec<Seen> = learned
            .iter()
            .zip(&unseen)
            .filter_map(|(example, scores)| Some(Seen { scores: (*scores)?, truth: only(example.class), weight: 1.0 }))
            .collect();
        let calibration = calibrate::fit(&seen, CLASSES.len(), Link::Softmax, 0.01);
        let read: Vec<Scores> = seen.iter().map(|seen| calibration.apply(seen.scores).linked(Link::Softmax)).collect();
        let truth: Vec<Scores> = seen.iter().map(|seen| seen.truth).collect();
        let thresholds = calibrate::best_thresholds(&read, &truth, CLASSES.len());
        let threshold = thresholds.first().copied().unwrap_or(0.5);
        for set in sets(all, "posts", Use::Training) {
            let of_set = learned.iter().zip(&unseen).filter(|(example, _)| example.line.set.name == set.name);
            let pairs = of_set.map(|(example, scores)| {
                (example.class, scores.map(|scores| calibration.apply(scores).linked(Link::Softmax)))
            });
            card.figures.extend(figures(pairs, threshold, &format!("{}, by unseen writers", set.name)));
        }
        told(&format!("about: {} times through {} posts", self.settings.epochs, learned.len()));
        let mut model = self.trained(learned.iter(), order);
        calibrate::put(&mut model, &calibration);
        calibrate::put_thresholds(&mut model, thresholds);
        for set in sets(all, "posts", Use::Choosing) {
            let of_set = chosen.iter().filter(|example| example.line.set.name == set.name);
            let pairs = of_set.map(|example| {
                (example.class, example.features.as_ref().map(|features| model.probabilities(features)))
            });
            card.figures.extend(figures(pairs, threshold, &set.name));
        }
        Ok(vec![Made::of(&model, card), Made::of(&table, table_card)])
    }
}

impl AboutRecipe {
    fn trained<'a, 'b: 'a>(&self, examples: impl Iterator<Item = &'a Example<'b>>, order: &Order) -> Linear {
        let mut corpus = Corpus::default();
        for example in examples {
            let lesson = Lesson { target: only(example.class), weight: example.line.set.weight, group: 0 };
            if let Some(features) = &example.features {
                corpus.add(features, lesson);
            }
        }
        let least_examples = if corpus.len() < 1_000 { 1 } else { self.settings.least_examples };
        let settings = Settings { seed: order.seed, least_examples, ..self.settings.clone() };
        let trained = train_mean(&corpus, CLASSES.len(), Link::Softmax, SPEC, &settings, self.models);
        trained.quantised("about", &CLASSES, Some(MEANT))
    }
}

/// The texts of people who do not speak of the subject: those of the sentiment sets in English.
fn strangers(all: &[Set]) -> Result<Vec<&str>, RecipeError> {
    let mut texts = Vec::new();
    for set in all.iter().filter(|set| is_strangers(set)) {
        texts.extend(set.tabbed()?.into_iter().map(|(text, _)| text));
    }
    Ok(texts)
}

fn is_strangers(set: &Set) -> bool {
    set.used_for == Use::Training && set.kind == "sentiment-shares" && set.language == "en"
}

fn examples<'a>(
    all: &'a [Set],
    used_for: Use,
    folds: usize,
    library: &Library,
    eye: &Eye,
) -> Result<Vec<Example<'a>>, RecipeError> {
    let examples = lines(all, used_for, folds)?.into_iter().map(|line| {
        let subject = SubjectContext { name: &line.post.brand, ..SubjectContext::default() };
        let scene = Scene::new(&line.post.text, &subject);
        let lexicon = english(library, &scene, Some("en"));
        let features = lexicon
            .and_then(|lexicon| with_name(&scene, lexicon, eye, &line.post.brand, |_, features| features.clone()));
        let class = if line.post.about_brand { MEANT } else { ELSE };
        Example { line, features, class }
    });
    Ok(examples.collect())
}

/// F1 of "something else", the mean of both F1s, recall of "about"; a text without the name is about the subject.
fn figures(pairs: impl Iterator<Item = (usize, Option<Scores>)>, threshold: f32, on: &str) -> Vec<Figure> {
    let mut table = Confusion::new(CLASSES.len());
    for (class, probabilities) in pairs {
        let elsewhere = probabilities.is_some_and(|probabilities| probabilities.class(ELSE) >= threshold);
        table.add(class, if elsewhere { ELSE } else { MEANT });
    }
    vec![
        figure(on, "F1 of something else", table.f1(ELSE)),
        figure(on, "macro-F1", table.macro_f1()),
        figure(on, "recall of about", table.recall(MEANT)),
    ]
}

fn described(order: &Order, learned: &[Example<'_>], chosen: &[Example<'_>], all: &[Set]) -> Card {
    let mut card = blank(order);
    card.purpose = "Whether a word that is also a brand's name means the brand in a post.".to_owned();
    card.limits =
        "English; other languages go by the rules. Names that are everyday words, written in lower case in a \
        post without a word of trade, stay doubtful: context words of the watch help."
            .to_owned();
    for set in sets(all, "posts", Use::Training) {
        card.data.push(set.on_card(learned.iter().filter(|example| example.line.set.name == set.name).count()));
    }
    for set in sets(all, "posts", Use::Choosing) {
        card.data.push(set.on_card(chosen.iter().filter(|example| example.line.set.name == set.name).count()));
    }
    card
}

fn counted(order: &Order, all: &[Set]) -> Result<Card, RecipeError> {
    let mut card = blank(order);
    card.purpose =
        "How common a word is in lower case and with a capital, which tells everyday words among names.".to_owned();
    card.limits = "English, as written in short public posts.".to_owned();
    for set in all.iter().filter(|set| is_strangers(set)) {
        card.data.push(set.on_card(set.tabbed()?.len()));
    }
    Ok(card)
}

fn only(class: usize) -> Scores {
    let mut target = Scores::zero(CLASSES.len());
    if let Some(slot) = target.all_mut().get_mut(class) {
        *slot = 1.0;
    }
    target
}
