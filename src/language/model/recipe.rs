//! How a model is made: the sets of labelled texts that were named on the command line, and the recipes that turn them
//! into an asset and its card.
//!
//! A recipe is pure: the same sets and the same seed give the same bytes. The command `goodword train` reads the files,
//! asks every recipe of [`crate::language::trained::RECIPES`], and writes what they made.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::asset;
use super::card::{self, Card, Figure, Origin};
use super::linear::Linear;

/// What a set may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// To learn from.
    Training,
    /// To choose and calibrate on, never to learn from.
    Choosing,
    /// To look at what was made; nothing depends on it.
    Looking,
}

impl Use {
    /// Its name on cards.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Choosing => "choosing",
            Self::Looking => "looking",
        }
    }
}

/// A set of labelled texts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set<Content = String> {
    /// What it is, in a few words: the card and the tables say this.
    pub name: String,
    /// Its kind, which recipes ask for: `sentiment`, `sentiment-shares`, `complaints`, `posts`, `acts`, `drafts`.
    pub kind: String,
    /// Language of its texts (ISO 639-1).
    #[serde(default = "english")]
    pub language: String,
    /// What it may be used for.
    #[serde(rename = "for")]
    pub used_for: Use,
    /// The first line of the file that is used, from 1.
    #[serde(default = "first")]
    pub first_line: usize,
    /// How much each of its examples counts in training.
    #[serde(default = "one")]
    pub weight: f32,
    /// Who made it.
    pub origin: String,
    /// Under which terms.
    pub licence: String,
    /// The file, relative to the folder of the data; what the file holds, once read.
    #[serde(rename = "file")]
    pub content: Content,
}

fn english() -> String {
    "en".to_owned()
}

fn first() -> usize {
    1
}

fn one() -> f32 {
    1.0
}

impl Set {
    /// The lines `text TAB label` of the set.
    ///
    /// # Errors
    /// When a line has no tab.
    pub fn tabbed(&self) -> Result<Vec<(&str, &str)>, RecipeError> {
        self.lines()
            .map(|(at, line)| {
                let parts = line.rsplit_once('\t').map(|(text, label)| (text, label.trim()));
                parts.ok_or_else(|| self.wrong(at, "it has no tab before its label"))
            })
            .collect()
    }

    /// The lines of JSON of the set.
    ///
    /// # Errors
    /// When a line is no such object.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, RecipeError> {
        self.lines()
            .map(|(at, line)| serde_json::from_str(line).map_err(|error| self.wrong(at, &error.to_string())))
            .collect()
    }

    /// The lines that are used and not blank, each with its number from 0.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.content.lines().enumerate().skip(self.first_line.saturating_sub(1));
        lines.filter(|(_, line)| !line.trim().is_empty())
    }

    /// The error for a line (from 0) of this set.
    pub fn wrong(&self, at: usize, why: &str) -> RecipeError {
        RecipeError::Line { set: self.name.clone(), line: at + 1, why: why.to_owned() }
    }

    /// What a card says of it, when so many of its examples were used.
    pub fn on_card(&self, examples: usize) -> Origin {
        Origin {
            name: self.name.clone(),
            examples: examples as u64,
            used_for: self.used_for.name().to_owned(),
            origin: self.origin.clone(),
            licence: self.licence.clone(),
        }
    }
}

/// The sets of one kind and use.
pub fn sets<'a>(all: &'a [Set], kind: &'a str, used_for: Use) -> impl Iterator<Item = &'a Set> {
    all.iter().filter(move |set| set.kind == kind && set.used_for == used_for)
}

/// What a recipe is told beside its sets.
#[derive(Debug, Clone)]
pub struct Order {
    /// The day, for the card.
    pub made: String,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// A model with its asset and card.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Its name: the files are called after it.
    pub name: String,
    /// The bytes of the asset.
    pub asset: Vec<u8>,
    /// The card.
    pub card: Card,
}

impl Made {
    /// A model with its bytes; size, hash, name and classes of the card are set to what they are.
    pub fn of(model: &Linear, mut card: Card) -> Self {
        let asset = asset::write(model);
        card.name.clone_from(&model.header().name);
        card.classes.clone_from(&model.header().classes);
        card.bytes = asset.len() as u64;
        card.hash = card::hash_of(&asset);
        Self { name: card.name.clone(), asset, card }
    }
}

/// A figure in four decimals: what cards and tables show.
pub fn figure(on: &str, measure: &str, value: f64) -> Figure {
    Figure { on: on.to_owned(), measure: measure.to_owned(), value: (value * 10_000.0).round() / 10_000.0 }
}

/// Why a model cannot be made.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RecipeError {
    /// A set that the recipe cannot do without.
    #[error("there is no set of kind `{kind}` for {used_for}: name one in the list of sets")]
    Missing {
        /// Its kind.
        kind: &'static str,
        /// What it is needed for.
        used_for: &'static str,
    },
    /// A line that cannot be used.
    #[error("line {line} of the set \"{set}\" cannot be used: {why}")]
    Line {
        /// The set's name.
        set: String,
        /// From 1.
        line: usize,
        /// Why.
        why: String,
    },
}

/// Makes models of one kind.
pub trait Recipe: Sync {
    /// The name by which the command line knows it; assets are called so or begin so.
    fn name(&self) -> &'static str;

    /// Makes its models. `told` hears what is being done, in a few words, as it goes along.
    ///
    /// # Errors
    /// When a set is missing or wrong.
    fn make(&self, sets: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError>;
}
