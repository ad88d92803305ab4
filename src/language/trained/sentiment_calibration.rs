//! How sentiment is calibrated: all languages together, then each but English by itself.
//!
//! A language's own part is fitted on its sets for choosing; one that has none (or none with labels to be trusted) is
//! judged by models that have not seen the fold in question of its training sets. The figures are cross-fitted in both
//! cases: no text is measured with a calibration that it took part in.

use std::collections::BTreeSet;

use super::super::model::calibrate::{self, Calibration, Seen};
use super::super::model::card::Figure;
use super::super::model::recipe::{RecipeError, Set, Use, sets};
use super::super::model::{Linear, Link, Scores};
use super::message::with_message;
use super::sentiment_recipe::{Labelled, figures, labels};

/// Parts that are left out in turn.
pub(super) const FOLDS: usize = 5;
/// The common calibration serves English, and whatever language nobody told.
const COMMON: &str = "en";
const CLASSES: usize = 3;
/// How hard the shifts are drawn towards 0: of all languages together, and of one with some hundred texts.
const PULL: f32 = 0.01;
const OWN_PULL: f32 = 0.02;

/// What the model, before calibration, says of the texts of a set.
struct JudgedSet {
    name: String,
    language: String,
    /// Whether the model learned from other folds of this set: such a set does not speak for the common calibration.
    learned: bool,
    texts: Vec<JudgedText>,
}

struct JudgedText {
    scores: Scores,
    target: Scores,
    fold: usize,
}

/// The texts that calibration goes by.
pub(super) struct Judged {
    sets: Vec<JudgedSet>,
}

/// A calibration for all, and one for each language on top of it.
struct Fitted {
    common: Calibration,
    languages: Vec<(String, Calibration)>,
}

impl Judged {
    /// The sets for choosing.
    pub(super) fn of_choosing(model: &Linear, all: &[Set]) -> Result<Self, RecipeError> {
        let mut judged = Self { sets: Vec::new() };
        for set in sets(all, "sentiment", Use::Choosing) {
            let texts = labels(set)?.iter().enumerate().map(|(at, text)| judge(model, text, at % FOLDS)).collect();
            judged.sets.push(JudgedSet::of(set, false, texts));
        }
        if judged.sets.is_empty() {
            return Err(RecipeError::Missing { kind: "sentiment", used_for: "choosing" });
        }
        Ok(judged)
    }

    /// Languages with sets for training and none for choosing.
    pub(super) fn languages_left(&self, all: &[Set]) -> BTreeSet<String> {
        let known = |language: &str| self.sets.iter().any(|set| set.language == language);
        let trained = sets(all, "sentiment", Use::Training).map(|set| set.language.clone());
        trained.filter(|language| !known(language)).collect()
    }

    /// Adds what a model says of the fold that it has not seen of a language's training sets.
    pub(super) fn add_fold(
        &mut self,
        model: &Linear,
        all: &[Set],
        language: &str,
        fold: usize,
    ) -> Result<(), RecipeError> {
        for set in sets(all, "sentiment", Use::Training).filter(|set| set.language == language) {
            let texts = labels(set)?;
            let unseen = texts.iter().enumerate().filter(|(at, _)| at % FOLDS == fold);
            let judged = unseen.map(|(_, text)| judge(model, text, fold));
            match self.sets.iter_mut().find(|known| known.name == set.name) {
                Some(known) => known.texts.extend(judged),
                None => self.sets.push(JudgedSet::of(set, true, judged.collect())),
            }
        }
        Ok(())
    }

    /// Calibrates the model and gives the figures of every set.
    pub(super) fn calibrate(&self, model: &mut Linear) -> Vec<Figure> {
        let fitted = self.fitted(None);
        calibrate::put(model, &fitted.common);
        calibrate::put_languages(model, &fitted.languages);
        let others: Vec<Fitted> = (0..FOLDS).map(|fold| self.fitted(Some(fold))).collect();
        self.sets.iter().flat_map(|set| set.figures(&others)).collect()
    }

    /// Fits without one fold, or on everything. Within a language a set speaks by the number of its texts: a few plain
    /// lines of our own writing do not make a language surer than found posts allow.
    fn fitted(&self, without: Option<usize>) -> Fitted {
        let common = calibrate::fit(&self.together(without), CLASSES, Link::Softmax, PULL);
        let own: BTreeSet<&str> = self.sets.iter().map(|set| set.language.as_str()).collect();
        let languages = own.into_iter().filter(|language| *language != COMMON).map(|language| {
            let of_language = self.sets.iter().filter(|set| set.language == language);
            let mut seen: Vec<Seen> = of_language.flat_map(|set| set.evenly(without, set.texts.len() as f32)).collect();
            seen.iter_mut().for_each(|seen| seen.scores = common.apply(seen.scores));
            (language.to_owned(), calibrate::fit(&seen, CLASSES, Link::Softmax, OWN_PULL))
        });
        let languages = languages.collect();
        Fitted { common, languages }
    }

    /// Every class counts the same within a set, and English as much as all other languages together: what share of
    /// posts is negative differs from brand to brand, and corrections learn it.
    fn together(&self, without: Option<usize>) -> Vec<Seen> {
        let chosen = || self.sets.iter().filter(|set| !set.learned);
        let english = chosen().filter(|set| set.language == COMMON).count().max(1);
        let others = chosen().filter(|set| set.language != COMMON).count().max(1);
        let share = |set: &JudgedSet| 1.0 / if set.language == COMMON { english } else { others } as f32;
        chosen().flat_map(|set| set.evenly(without, share(set))).collect()
    }
}

impl JudgedSet {
    fn of(set: &Set, learned: bool, texts: Vec<JudgedText>) -> Self {
        Self { name: set.name.clone(), language: set.language.clone(), learned, texts }
    }

    /// Its texts but those of a fold, weighted so that every class counts the same and all together `share`.
    fn evenly(&self, without: Option<usize>, share: f32) -> Vec<Seen> {
        let kept = || self.texts.iter().filter(|text| Some(text.fold) != without);
        let mut counts = [0usize; CLASSES];
        kept().for_each(|text| counts.iter_mut().skip(text.class()).take(1).for_each(|count| *count += 1));
        let seen = kept().map(|text| {
            let alike = counts.get(text.class()).copied().unwrap_or(1).max(1);
            Seen { scores: text.scores, truth: text.target, weight: share / (CLASSES * alike) as f32 }
        });
        seen.collect()
    }

    /// Its figures, each text read with the calibration that was fitted without its fold.
    fn figures(&self, others: &[Fitted]) -> Vec<Figure> {
        let read = self.texts.iter().map(|text| match others.get(text.fold) {
            Some(fitted) => fitted.apply(&self.language, text.scores).linked(Link::Softmax),
            None => text.scores.linked(Link::Softmax),
        });
        let classes: Vec<usize> = self.texts.iter().map(JudgedText::class).collect();
        let on = if self.learned { format!("{}, unseen folds", self.name) } else { self.name.clone() };
        figures(&read.collect::<Vec<_>>(), &classes, &on, CLASSES)
    }
}

impl JudgedText {
    fn class(&self) -> usize {
        self.target.likeliest().0
    }
}

impl Fitted {
    fn apply(&self, language: &str, scores: Scores) -> Scores {
        let scores = self.common.apply(scores);
        let own = self.languages.iter().find(|(known, _)| known == language);
        own.map_or(scores, |(_, own)| own.apply(scores))
    }
}

fn judge(model: &Linear, text: &Labelled, fold: usize) -> JudgedText {
    let scores = with_message(&text.text, |_, features| model.scores(features));
    JudgedText { scores, target: text.target, fold }
}

/// The sets without one fold of a language's training sets.
pub(super) fn without_fold_of(all: &[Set], language: &str, fold: usize) -> Vec<Set> {
    let mut kept = all.to_vec();
    let of_language =
        |set: &&mut Set| set.kind == "sentiment" && set.used_for == Use::Training && set.language == language;
    for set in kept.iter_mut().filter(of_language) {
        let others = set.lines().enumerate().filter(|(at, _)| at % FOLDS != fold);
        set.content = others.map(|(_, (_, line))| line).collect::<Vec<_>>().join("\n");
        set.first_line = 1;
    }
    kept
}
