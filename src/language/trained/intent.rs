//! The trained reader of intents: the words of a post, what the rules make of it and its sentiment, in one linear
//! model.
//!
//! The rules bring what their lists know of words that no training post had. The sentiment comes from the caller, as
//! the rules' does, so that a subject's corrections are heard here as well. The model reads English; posts in other
//! languages go by the rules.

use std::sync::Arc;

use super::super::intent::{RuleIntent, probabilities};
use super::super::lexicon::{Cue, Lexicon};
use super::super::library::{Library, readable};
use super::super::model::asset::{self, AssetError};
use super::super::model::{Features, Linear, Scores, hash};
use super::super::scene::{Measures, Scene, Shape};
use super::super::{Evidence, ReadIntent, SubjectContext, Wants, Weighed};
use super::kinds::Kinds;
use super::message::with_message;
use crate::domain::{Intent, IntentShares, Shares};

static INTENT: &[u8] = include_bytes!("../../../assets/models/intent.bin");

/// Probability from which a second intent holds beside the likeliest.
const SECOND: f32 = 0.36;
/// Probability of a negative sentiment from which nobody praises. Of 3,639 labelled posts, mostly witty, it decides eight,
/// four of them praise in truth; plain words of anger are praise to a reader of witty posts otherwise.
const BITTER: f32 = 0.8;
/// Times that each probability of the rules counts: few numbers among hundreds of features, and telling ones.
const TIMES_RULES: usize = 6;
/// Times that each share of the sentiment counts.
const TIMES_SENTIMENT: usize = 6;

// The names of features, as keys: a text names many.
const RULES: u64 = hash::of_str("rules");
const MEASURE: u64 = hash::of_str("measure");
const NEGATIVE: u64 = hash::of_str("negative");
const NEUTRAL: u64 = hash::of_str("neutral");
const POSITIVE: u64 = hash::of_str("positive");

/// Reads intents with the trained model.
#[derive(Debug, Clone)]
pub struct TrainedIntent {
    model: Arc<Linear>,
    rules: RuleIntent,
    library: Arc<Library>,
    kinds: Arc<Kinds>,
}

impl TrainedIntent {
    /// The reader with the model that the program carries.
    ///
    /// # Errors
    /// When the embedded model is damaged or of another kind.
    pub fn embedded(library: Arc<Library>) -> Result<Self, AssetError> {
        super::attitudes::prepare();
        Ok(Self::new(asset::read(INTENT)?, Kinds::embedded()?, library))
    }

    /// A reader with a model of its own, whose classes are [`Intent::ALL`], and the kinds that it learned with.
    pub fn new(model: Linear, kinds: Arc<Kinds>, library: Arc<Library>) -> Self {
        Self { model: Arc::new(model), rules: RuleIntent::new(Arc::clone(&library)), library, kinds }
    }

    /// Probabilities in the order of [`Intent::ALL`]; `None` for a text that the model does not read.
    pub fn probabilities(
        &self,
        text: &str,
        lang: Option<&str>,
        sentiment: Option<&Shares>,
        subject: &SubjectContext<'_>,
    ) -> Option<Scores> {
        let scene = Scene::new(text, subject);
        let lexicon = english(&self.library, &scene, lang)?;
        let measures = scene.measures(lexicon);
        Some(with_message(text, |pieces, features| {
            self.kinds.add(pieces, features);
            add_own(features, &measures, sentiment);
            self.model.probabilities(features)
        }))
    }
}

/// The English lexicon for an English text, told or guessed.
pub(super) fn english<'a>(library: &'a Library, scene: &Scene<'_>, lang: Option<&str>) -> Option<&'a Lexicon> {
    if lang.is_some_and(|lang| readable(lang) != Some(0)) {
        return None;
    }
    let found = library.lexicon(scene.text, &scene.tokens, lang);
    // Of a few words that no list has, letters without accents are as likely English as anything.
    let plain = || scene.text.is_ascii() && scene.text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let found = found.or_else(|| plain().then(|| library.fallback(lang)).flatten());
    found.filter(|(place, _)| *place == 0).map(|(_, lexicon)| lexicon)
}

/// Adds what the reader knows beside the words: the probabilities of the rules in steps of a tenth, their measures,
/// and the sentiment in steps of a tenth.
pub(super) fn add_own(features: &mut Features, measures: &Measures, sentiment: Option<&Shares>) {
    for (class, probability) in (0u64..).zip(probabilities(measures, None)) {
        for _ in 0..TIMES_RULES {
            features.named(0, RULES, class * 16 + tenth(probability), (0, 0));
        }
    }
    for (at, measure) in (0u64..).zip(measures.0) {
        if measure != 0.0 && at != (Cue::COUNT + Shape::Always as usize) as u64 {
            let step = (measure.abs() * 3.0).ceil().min(6.0) as u64 + if measure < 0.0 { 8 } else { 0 };
            features.named(0, MEASURE, at * 16 + step, (0, 0));
        }
    }
    let Some(shares) = sentiment else { return };
    for _ in 0..TIMES_SENTIMENT {
        features.named(0, NEGATIVE, tenth(shares.negative), (0, 0));
        features.named(0, NEUTRAL, tenth(shares.neutral), (0, 0));
        features.named(0, POSITIVE, tenth(shares.positive), (0, 0));
    }
}

fn tenth(probability: f32) -> u64 {
    (probability * 10.0) as u64
}

impl ReadIntent for TrainedIntent {
    fn wants(&self, text: &str, lang: Option<&str>, sentiment: Option<&Shares>, subject: &SubjectContext<'_>) -> Wants {
        match self.probabilities(text, lang, sentiment, subject) {
            Some(probabilities) => Wants::Weighed(Weighed {
                shares: IntentShares(std::array::from_fn(|class| probabilities.class(class))),
                second: SECOND,
                bitter: sentiment.is_some_and(|shares| shares.negative >= BITTER),
            }),
            None => self.rules.wants(text, lang, sentiment, subject),
        }
    }

    fn explain(&self, text: &str, lang: Option<&str>, intent: Intent, subject: &SubjectContext<'_>) -> Vec<Evidence> {
        let scene = Scene::new(text, subject);
        if english(&self.library, &scene, lang).is_none() {
            return self.rules.explain(text, lang, intent, subject);
        }
        with_message(text, |pieces, features| {
            self.kinds.add(pieces, features);
            let parts = self.model.contributions(features, pieces.list().len());
            let evidence = parts.into_iter().filter_map(|part| {
                let piece = pieces.list().get(part.piece?)?;
                let weight = part.gave.class(intent as usize);
                let why = if weight > 0.0 { "speaks for it" } else { "speaks against it" };
                Some(Evidence { span: piece.start as usize..piece.end as usize, weight, why })
            });
            evidence.filter(|evidence| evidence.weight.abs() > 0.02).collect()
        })
    }
}
