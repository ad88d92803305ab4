//! How the model of intents is made.
//!
//! It learns from sets of kind `posts`, of the posts that are about their brand. Every post is read by a sentiment model
//! that has not learned from it: the finished one knows the posts by heart and would be trusted too much. Figures,
//! calibration and the choice of settings come from folds of writers that the model had not seen.

use super::super::SubjectContext;
use super::super::library::Library;
use super::super::model::calibrate::{self, Seen};
use super::super::model::card::Card;
use super::super::model::evaluate::Confusion;
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, sets};
use super::super::model::train::{Corpus, Lesson, Settings, train_mean};
use super::super::model::{Features, Linear, Link, Scores};
use super::super::scene::Scene;
use super::intent::{add_own, english};
use super::kinds::Kinds;
use super::kinds_recipe::KindsRecipe;
use super::message::{SPEC, with_message};
use super::posts::{Line, blank, figures, lines};
use super::sentiment::shares;
use super::sentiment_recipe::SentimentRecipe;

/// In the order of `Intent::ALL`.
const CLASSES: [&str; 5] = ["complaint", "question", "praise", "promo", "other"];
const OTHER: usize = 4;

/// Makes the model of intents.
#[derive(Debug, Clone)]
pub struct IntentRecipe {
    /// How to train; the order's seed is used instead of its seed.
    pub settings: Settings,
    /// Folds for cross-validation, at least 2.
    pub folds: usize,
    /// Models of which the mean is taken.
    pub models: u32,
    /// How the sentiment models are made that read the posts.
    pub sentiment: SentimentRecipe,
}

impl IntentRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self {
        settings: Settings {
            bits: 17,
            epochs: 12,
            rate: 0.1,
            last_rate: 0.3,
            decay: 0.001,
            balance: 0.5,
            smoothing: 0.0,
            least_examples: 2,
            shrink: 0.5,
            leave_out: 0.2,
            average: 4,
            seed: 7,
        },
        folds: 5,
        models: 5,
        // Once through fewer buckets: five of them are made, and the posts only need to hear what a model says of texts
        // that are new to it.
        sentiment: SentimentRecipe { bits: 18, epochs: 1, models: 1 },
    };
}

/// What the posts are read with before the model sees them.
struct Eye {
    library: Library,
    kinds: Kinds,
    /// The one at place k has not learned from fold k.
    readers: Vec<Linear>,
}

/// A post as the model meets it.
struct Example<'a> {
    line: Line<'a>,
    features: Features,
    class: usize,
}

impl Recipe for IntentRecipe {
    fn name(&self) -> &'static str {
        "intent"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        let readers = match sets(all, "sentiment", Use::Training).next() {
            Some(_) => self.sentiment.cross_fitted(all, order, self.folds, told)?,
            None => Vec::new(),
        };
        told("intent: extracting features");
        let eye = Eye { library: Library::new(), kinds: KindsRecipe::STANDARD.learned(all)?, readers };
        let examples = examples(all, Use::Training, self.folds, &eye)?;
        let mut card = described(order, &examples, all);
        told("intent: cross-validating");
        let unseen = self.cross_validated(&examples, order);
        let calibration = calibrate::fit(&unseen, CLASSES.len(), Link::Softmax, 0.01);
        for set in sets(all, "posts", Use::Training) {
            let mut table = Confusion::new(CLASSES.len());
            let of_set = examples.iter().zip(&unseen).filter(|(example, _)| example.line.set.name == set.name);
            of_set.for_each(|(example, seen)| {
                table.add(example.class, calibration.apply(seen.scores).likeliest().0);
            });
            card.figures.extend(figures(&table, &format!("{}, by unseen writers", set.name), &CLASSES));
        }
        told(&format!("intent: {} times through {} posts", self.settings.epochs, examples.len()));
        let mut model = self.trained(examples.iter(), order);
        calibrate::put(&mut model, &calibration);
        for example in examples_of_choosing(all, &eye)? {
            let (name, examples) = example;
            let mut table = Confusion::new(CLASSES.len());
            examples.iter().for_each(|example| {
                table.add(example.class, model.scores(&example.features).likeliest().0);
            });
            card.figures.extend(figures(&table, &name, &CLASSES));
        }
        Ok(vec![Made::of(&model, card)])
    }
}

impl IntentRecipe {
    fn trained<'a, 'b: 'a>(&self, examples: impl Iterator<Item = &'a Example<'b>>, order: &Order) -> Linear {
        let mut corpus = Corpus::default();
        for example in examples {
            let lesson = Lesson { target: only(example.class), weight: example.line.set.weight, group: 0 };
            corpus.add(&example.features, lesson);
        }
        let least_examples = if corpus.len() < 1_000 { 1 } else { self.settings.least_examples };
        let settings = Settings { seed: order.seed, least_examples, ..self.settings.clone() };
        let trained = train_mean(&corpus, CLASSES.len(), Link::Softmax, SPEC, &settings, self.models);
        trained.quantised("intent", &CLASSES, Some(OTHER))
    }

    /// The scores of each example by a model that has seen no line of its fold.
    fn cross_validated(&self, examples: &[Example<'_>], order: &Order) -> Vec<Seen> {
        let models: Vec<Linear> = (0..self.folds)
            .map(|fold| self.trained(examples.iter().filter(|example| example.line.fold != fold), order))
            .collect();
        let seen = examples.iter().filter_map(|example| {
            let scores = models.get(example.line.fold)?.scores(&example.features);
            Some(Seen { scores, truth: only(example.class), weight: 1.0 })
        });
        seen.collect()
    }
}

/// The posts for one use with their features; of sets for choosing, which no sentiment model has seen, the first reads.
fn examples<'a>(all: &'a [Set], used_for: Use, folds: usize, eye: &Eye) -> Result<Vec<Example<'a>>, RecipeError> {
    let about = lines(all, used_for, folds)?.into_iter().filter(|line| line.post.about_brand);
    about
        .map(|line| {
            let class = CLASSES.iter().position(|class| *class == line.post.intent);
            let class = class.ok_or_else(|| line.set.wrong(line.at, "its intent is none of the five"))?;
            let reader = if used_for == Use::Training { eye.readers.get(line.fold) } else { eye.readers.first() };
            let subject = SubjectContext { name: &line.post.brand, ..SubjectContext::default() };
            let scene = Scene::new(&line.post.text, &subject);
            let measures = english(&eye.library, &scene, Some("en")).map(|lexicon| scene.measures(lexicon));
            let features = with_message(&line.post.text, |pieces, features| {
                let sentiment = reader.map(|reader| shares(&reader.probabilities(features)));
                eye.kinds.add(pieces, features);
                if let Some(measures) = &measures {
                    add_own(features, measures, sentiment.as_ref());
                }
                features.clone()
            });
            Ok(Example { line, features, class })
        })
        .collect()
}

fn examples_of_choosing<'a>(all: &'a [Set], eye: &Eye) -> Result<Vec<(String, Vec<Example<'a>>)>, RecipeError> {
    let mut by_set: Vec<(String, Vec<Example<'a>>)> = Vec::new();
    for example in examples(all, Use::Choosing, 1, eye)? {
        match by_set.iter_mut().find(|(name, _)| *name == example.line.set.name) {
            Some((_, examples)) => examples.push(example),
            None => by_set.push((example.line.set.name.clone(), vec![example])),
        }
    }
    Ok(by_set)
}

fn described(order: &Order, examples: &[Example<'_>], all: &[Set]) -> Card {
    let mut card = blank(order);
    card.purpose = "What a post about a brand wants: complaint, question, praise, promo or other.".to_owned();
    card.limits = "English; other languages go by the rules. Dry complaints and praise that name no feeling are often \
        taken for other. Reads the sentiment that it is given beside the words."
        .to_owned();
    for set in sets(all, "posts", Use::Training) {
        let count = examples.iter().filter(|example| example.line.set.name == set.name).count();
        card.data.push(set.on_card(count));
    }
    for set in sets(all, "posts", Use::Choosing) {
        card.data.push(set.on_card(set.content.lines().filter(|line| !line.trim().is_empty()).count()));
    }
    card
}

fn only(class: usize) -> Scores {
    let mut target = Scores::zero(CLASSES.len());
    if let Some(slot) = target.all_mut().get_mut(class) {
        *slot = 1.0;
    }
    target
}
