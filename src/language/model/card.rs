//! The card beside a model's asset: where it comes from, what it reached, and which bytes it speaks of.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

/// A file that a model learned from or was chosen on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// What it is.
    pub name: String,
    /// Examples that were used.
    pub examples: u64,
    /// What they were used for: `training` or `choosing`.
    pub used_for: String,
    /// Who made it.
    pub origin: String,
    /// Under which terms.
    pub licence: String,
}

/// A figure that was measured when the model was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// On which examples.
    pub on: String,
    /// What was measured.
    pub measure: String,
    /// The figure.
    pub value: f64,
}

/// What there is to know about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The model's name.
    pub name: String,
    /// What it tells, in a sentence.
    pub purpose: String,
    /// Where it must not be trusted.
    pub limits: String,
    /// The day it was made (as told on the command line).
    pub made: String,
    /// Its classes, in order.
    pub classes: Vec<String>,
    /// Languages that it reads (ISO 639-1).
    pub languages: Vec<String>,
    /// Size of the asset, in bytes.
    pub bytes: u64,
    /// XXH3-128 of the asset, in hexadecimal.
    pub hash: String,
    /// Files.
    pub data: Vec<Origin>,
    /// Figures.
    pub figures: Vec<Figure>,
}

/// The hash of an asset, as cards give it.
pub fn hash_of(asset: &[u8]) -> String {
    format!("{:032x}", xxh3_128(asset))
}
