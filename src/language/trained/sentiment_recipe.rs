//! How the models of sentiment and complaints are made.
//!
//! Sentiment learns from sets of kind `sentiment` (labels negative, neutral, positive), `sentiment-shares` (three
//! probabilities) and `posts` (our own posts about invented brands). Of a text that is in a set with shares and in one
//! with labels, the shares are learned. The complaint head learns from `complaints` (adding the posts made it worse),
//! reading what the finished sentiment model says of a text. Both are calibrated on sets for choosing.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::super::model::calibrate::{self, Seen};
use super::super::model::card::{Card, Figure, Origin};
use super::super::model::evaluate::{Confusion, calibration_error, share_error};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, figure, sets};
use super::super::model::train::{Corpus, Lesson, Settings, train, train_mean};
use super::super::model::{Linear, Link, Scores};
use super::complaint::add_sentiment;
use super::message::{SPEC, with_message};
use super::posts::without_fold;
use super::sentiment::LANGUAGES;
use super::sentiment_calibration::{FOLDS, Judged, without_fold_of};

/// Negative, neutral, positive.
const CLASSES: [&str; 3] = ["negative", "neutral", "positive"];
const NEUTRAL: usize = 1;

/// Makes the models of sentiment and complaints.
#[derive(Debug, Clone, Copy)]
pub struct SentimentRecipe {
    /// Buckets of the sentiment model are 2 to this power; of the complaint head, an eighth.
    pub bits: u8,
    /// Times through the examples.
    pub epochs: u32,
    /// Models of which the complaint head is the mean; for sentiment a mean was no better than one.
    pub models: u32,
}

impl Default for SentimentRecipe {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl SentimentRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self { bits: 21, epochs: 4, models: 3 };
}

/// A line of our own posts.
#[derive(Deserialize)]
struct Post {
    text: String,
    intent: String,
    sentiment: String,
    about_brand: bool,
}

/// A labelled text.
pub(super) struct Labelled {
    pub(super) text: String,
    pub(super) target: Scores,
}

impl Labelled {
    fn class(&self) -> usize {
        self.target.likeliest().0
    }
}

impl Recipe for SentimentRecipe {
    fn name(&self) -> &'static str {
        "sentiment"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        let mut card = blank(order);
        let sentiment = self.sentiment(all, order, &mut card, told)?;
        let mut made = vec![Made::of(&sentiment, card)];
        if sets(all, "complaints", Use::Training).next().is_some() {
            let mut card = blank(order);
            let complaint = self.complaint(all, order, &sentiment, &mut card, told)?;
            made.push(Made::of(&complaint, card));
        }
        Ok(made)
    }
}

impl SentimentRecipe {
    /// Sentiment models for readers that learn from the same posts: the one at place k has seen no training post of
    /// fold k.
    pub(super) fn cross_fitted(
        &self,
        all: &[Set],
        order: &Order,
        folds: usize,
        told: &mut dyn FnMut(&str),
    ) -> Result<Vec<Linear>, RecipeError> {
        let mut model = |fold| {
            told(&format!("a sentiment model without fold {} of {folds}", fold + 1));
            // Posts are English: languages that are judged by models of their own do not matter here.
            let (mut model, _) = self.learned(&without_fold(all, fold, folds), order, &mut |_| {})?;
            Judged::of_choosing(&model, all)?.calibrate(&mut model);
            Ok(model)
        };
        (0..folds).map(&mut model).collect()
    }

    /// A model before its calibration, and what it learned from.
    fn learned(
        &self,
        all: &[Set],
        order: &Order,
        told: &mut dyn FnMut(&str),
    ) -> Result<(Linear, Vec<Origin>), RecipeError> {
        told("sentiment: extracting features");
        let (corpus, origins) = sentiment_corpus(all)?;
        let settings = Settings {
            bits: self.bits,
            epochs: self.epochs,
            rate: 0.1,
            last_rate: 0.3,
            least_examples: if corpus.len() < 1_000 { 1 } else { 3 },
            seed: order.seed,
            ..Settings::default()
        };
        let trained = train(&corpus, 3, Link::Softmax, SPEC, &settings, |epoch| {
            told(&format!("sentiment: {epoch} of {} times through {} texts", self.epochs, corpus.len()));
        });
        Ok((trained.quantised("sentiment", &CLASSES, Some(NEUTRAL)), origins))
    }

    /// A model with its calibrations, and the figures of the texts that these were fitted on.
    fn calibrated(
        &self,
        all: &[Set],
        order: &Order,
        told: &mut dyn FnMut(&str),
    ) -> Result<(Linear, Vec<Origin>, Vec<Figure>), RecipeError> {
        let (mut model, origins) = self.learned(all, order, told)?;
        let mut judged = Judged::of_choosing(&model, all)?;
        for language in judged.languages_left(all) {
            for fold in 0..FOLDS {
                told(&format!("sentiment: a model without fold {} of {FOLDS} of {language}", fold + 1));
                let (unseeing, _) = self.learned(&without_fold_of(all, &language, fold), order, &mut |_| {})?;
                judged.add_fold(&unseeing, all, &language, fold)?;
            }
        }
        told("sentiment: calibrating");
        let figures = judged.calibrate(&mut model);
        Ok((model, origins, figures))
    }

    fn sentiment(
        &self,
        all: &[Set],
        order: &Order,
        card: &mut Card,
        told: &mut dyn FnMut(&str),
    ) -> Result<Linear, RecipeError> {
        let (model, origins, figures) = self.calibrated(all, order, told)?;
        card.purpose = "The attitude of a post towards what it speaks of: negative, neutral or positive.".to_owned();
        card.limits = LIMITS.to_owned();
        card.languages = LANGUAGES.iter().map(|&lang| lang.to_owned()).collect();
        card.data = origins;
        card.figures = figures;
        for set in sets(all, "sentiment", Use::Choosing) {
            card.data.push(set.on_card(labels(set)?.len()));
        }
        for set in sets(all, "sentiment", Use::Looking) {
            let texts = labels(set)?;
            card.data.push(set.on_card(texts.len()));
            card.figures.extend(figures_of(&model, set, &texts));
        }
        for set in sets(all, "posts", Use::Choosing) {
            let texts = posts(set)?.into_iter().filter(|post| post.about_brand);
            let texts: Vec<Labelled> = texts.map(|post| labelled(&post)).collect::<Option<_>>().unwrap_or_default();
            card.data.push(set.on_card(texts.len()));
            card.figures.extend(figures_of(&model, set, &texts));
        }
        Ok(model)
    }

    fn complaint(
        &self,
        all: &[Set],
        order: &Order,
        sentiment: &Linear,
        card: &mut Card,
        told: &mut dyn FnMut(&str),
    ) -> Result<Linear, RecipeError> {
        told("complaints: extracting features");
        let mut corpus = Corpus::default();
        for (group, set) in (0u8..).zip(sets(all, "complaints", Use::Training)) {
            let texts = complaints(set)?;
            card.data.push(set.on_card(texts.len()));
            texts.iter().for_each(|text| add_complaint(&mut corpus, sentiment, text, set.weight, group));
        }
        let settings = Settings {
            bits: self.bits.saturating_sub(3).max(8),
            epochs: COMPLAINT_EPOCHS,
            rate: 0.1,
            least_examples: if corpus.len() < 1_000 { 1 } else { 2 },
            seed: order.seed,
            ..Settings::default()
        };
        told(&format!("complaints: {COMPLAINT_EPOCHS} times through {} texts", corpus.len()));
        let trained = train_mean(&corpus, 2, Link::Softmax, SPEC, &settings, self.models);
        let mut model = trained.quantised("complaint", &["other", "complaint"], Some(0));
        card.purpose = "Whether a post complains of something that went wrong.".to_owned();
        card.limits = "English. Reads what the sentiment model says beside the words.".to_owned();
        card.languages = vec!["en".to_owned()];
        let choosing: Vec<(&Set, Vec<Labelled>)> = sets(all, "complaints", Use::Choosing)
            .map(|set| complaints(set).map(|texts| (set, texts)))
            .chain(sets(all, "posts", Use::Choosing).map(|set| post_complaints(set).map(|texts| (set, texts))))
            .collect::<Result<_, _>>()?;
        let mut seen = Vec::new();
        for (_, texts) in choosing.iter().filter(|(set, _)| set.kind == "complaints") {
            seen.extend(texts.iter().map(|text| Seen {
                scores: complaint_read(&model, sentiment, &text.text),
                truth: text.target,
                weight: 1.0 / texts.len().max(1) as f32,
            }));
        }
        let calibration = calibrate::fit(&seen, 2, Link::Softmax, 0.02);
        calibrate::put(&mut model, &calibration);
        for (set, texts) in &choosing {
            card.data.push(set.on_card(texts.len()));
            let read = texts.iter().map(|text| complaint_read(&model, sentiment, &text.text).linked(Link::Softmax));
            let read: Vec<Scores> = read.collect();
            let classes: Vec<usize> = texts.iter().map(Labelled::class).collect();
            card.figures.extend(figures(&read, &classes, &set.name, 2));
        }
        Ok(model)
    }
}

const LIMITS: &str = "Posts and comments in eight languages; weaker in Hindi and Arabic than in English. Irony, and \
    several brands in one post, are often misread. Shares of a new subject can be off by 10 points until some 50 \
    corrections were made. Each language but English has a calibration of its own; figures of sets for choosing, and of \
    unseen folds, are of texts that the calibration in force was not fitted on. The labels of UMSAB's Hindi validation \
    set, and of the first 960 lines of its Hindi training set, have nothing to do with their texts: no reader can do \
    better there than chance, and nothing was fitted on them.";

/// Times through the complaints: few texts want more of them.
const COMPLAINT_EPOCHS: u32 = 15;

fn blank(order: &Order) -> Card {
    Card {
        name: String::new(),
        purpose: String::new(),
        limits: String::new(),
        made: order.made.clone(),
        classes: Vec::new(),
        languages: Vec::new(),
        bytes: 0,
        hash: String::new(),
        data: Vec::new(),
        figures: Vec::new(),
    }
}

/// Everything that sentiment learns from. Each language, and our own posts, are a group that is balanced by itself.
fn sentiment_corpus(all: &[Set]) -> Result<(Corpus, Vec<Origin>), RecipeError> {
    let mut corpus = Corpus::default();
    let mut origins = Vec::new();
    let mut shared: HashSet<&str> = HashSet::new();
    let mut groups: HashMap<&str, u8> = HashMap::new();
    let mut group = |language| {
        let next = u8::try_from(groups.len()).unwrap_or(u8::MAX);
        *groups.entry(language).or_insert(next)
    };
    for set in sets(all, "sentiment-shares", Use::Training) {
        let (lines, group) = (set.tabbed()?, group(&set.language));
        origins.push(set.on_card(lines.len()));
        for (at, (text, shares)) in lines.iter().enumerate() {
            shared.insert(text);
            let target = three(shares).ok_or_else(|| set.wrong(at, "its label is not three probabilities"))?;
            add(&mut corpus, text, target, set.weight, group);
        }
    }
    for set in sets(all, "sentiment", Use::Training) {
        let (texts, group) = (labels(set)?, group(&set.language));
        let new: Vec<&Labelled> = texts.iter().filter(|text| !shared.contains(text.text.as_str())).collect();
        origins.push(set.on_card(new.len()));
        new.iter().for_each(|text| add(&mut corpus, &text.text, text.target, set.weight, group));
    }
    for set in sets(all, "posts", Use::Training) {
        let (posts, group) = (posts(set)?, group("posts"));
        let texts: Vec<Labelled> = posts.iter().filter(|post| post.about_brand).filter_map(labelled).collect();
        origins.push(set.on_card(texts.len()));
        texts.iter().for_each(|text| add(&mut corpus, &text.text, text.target, set.weight, group));
    }
    if corpus.is_empty() {
        return Err(RecipeError::Missing { kind: "sentiment", used_for: "training" });
    }
    Ok((corpus, origins))
}

fn add(corpus: &mut Corpus, text: &str, target: Scores, weight: f32, group: u8) {
    with_message(text, |_, features| corpus.add(features, Lesson { target, weight, group }));
}

fn add_complaint(corpus: &mut Corpus, sentiment: &Linear, text: &Labelled, weight: f32, group: u8) {
    with_message(&text.text, |_, features| {
        add_sentiment(features, &sentiment.probabilities(features));
        corpus.add(features, Lesson { target: text.target, weight, group });
    });
}

fn complaint_read(model: &Linear, sentiment: &Linear, text: &str) -> Scores {
    with_message(text, |_, features| {
        add_sentiment(features, &sentiment.probabilities(features));
        model.scores(features)
    })
}

fn only(class: usize, classes: usize) -> Scores {
    let mut target = Scores::zero(classes);
    if let Some(slot) = target.all_mut().get_mut(class) {
        *slot = 1.0;
    }
    target
}

fn three(shares: &str) -> Option<Scores> {
    let numbers: Vec<f32> = shares.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    (numbers.len() == 3 && numbers.iter().all(|number| (0.0..=1.0).contains(number))).then(|| Scores::of(&numbers))
}

/// The texts of a set of kind `sentiment`.
pub(super) fn labels(set: &Set) -> Result<Vec<Labelled>, RecipeError> {
    let lines = set.tabbed()?;
    lines
        .iter()
        .enumerate()
        .map(|(at, (text, label))| {
            let class = CLASSES.iter().position(|class| class == label);
            let class = class.ok_or_else(|| set.wrong(at, "its label is not negative, neutral or positive"))?;
            Ok(Labelled { text: (*text).to_owned(), target: only(class, 3) })
        })
        .collect()
}

fn posts(set: &Set) -> Result<Vec<Post>, RecipeError> {
    set.json()
}

fn labelled(post: &Post) -> Option<Labelled> {
    let class = CLASSES.iter().position(|class| *class == post.sentiment)?;
    Some(Labelled { text: post.text.clone(), target: only(class, 3) })
}

fn complaints(set: &Set) -> Result<Vec<Labelled>, RecipeError> {
    let lines = set.tabbed()?;
    lines
        .iter()
        .enumerate()
        .map(|(at, (text, label))| match *label {
            "complaint" => Ok(Labelled { text: (*text).to_owned(), target: only(1, 2) }),
            "not_complaint" => Ok(Labelled { text: (*text).to_owned(), target: only(0, 2) }),
            _ => Err(set.wrong(at, "its label is not complaint or not_complaint")),
        })
        .collect()
}

fn post_complaints(set: &Set) -> Result<Vec<Labelled>, RecipeError> {
    let about = posts(set)?.into_iter().filter(|post| post.about_brand);
    let class = |post: &Post| usize::from(post.intent == "complaint");
    Ok(about.map(|post| Labelled { target: only(class(&post), 2), text: post.text }).collect())
}

fn figures_of(model: &Linear, set: &Set, texts: &[Labelled]) -> Vec<Figure> {
    let language = Some(set.language.as_str());
    let read =
        texts.iter().map(|text| with_message(&text.text, |_, features| model.probabilities_in(features, language)));
    let classes: Vec<usize> = texts.iter().map(Labelled::class).collect();
    figures(&read.collect::<Vec<_>>(), &classes, &set.name, 3)
}

/// The figures of what was read of texts of these classes.
pub(super) fn figures(read: &[Scores], labels: &[usize], on: &str, classes: usize) -> Vec<Figure> {
    let mut table = Confusion::new(classes);
    read.iter().zip(labels).for_each(|(scores, label)| table.add(*label, scores.likeliest().0));
    vec![
        figure(on, "macro-recall", table.macro_recall()),
        figure(on, "macro-F1", table.macro_f1()),
        figure(on, "accuracy", table.accuracy()),
        figure(on, "calibration error", calibration_error(read, labels)),
        figure(on, "error of the shares", share_error(read, labels, classes)),
    ]
}
