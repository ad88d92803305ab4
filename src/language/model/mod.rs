//! The machinery of the trained readers: hashed features, a linear model over them, its training and its asset.
//!
//! Pure: no file, clock or randomness (training has a small seeded generator of its own). The way through it:
//!
//! ```text
//! text -> Pieces -> Features -> Linear::probabilities            reading
//!                            -> Linear::contributions            which words made the verdict, exactly
//! Features + targets -> Corpus -> train() -> Trained -> Linear   training, then `asset::write`
//! ```
//!
//! A reader of its own needs a [`features::Spec`], the names of its classes, and whether they exclude one another
//! ([`Link::Softmax`]) or hold independently ([`Link::Independent`]). What the reader knows beside the words goes in by
//! [`features::Features::name`]; a brand's name is put behind one key by [`text::Pieces::mask`]; two texts are read
//! together by giving each its own space.

pub mod asset;
pub mod calibrate;
pub mod card;
pub mod evaluate;
pub mod features;
pub mod hash;
mod linear;
mod negation;
mod random;
pub mod recipe;
pub mod text;
pub mod train;
mod weights;

pub use features::{Features, Place, Spec};
pub use linear::{Contribution, Linear, Link, MOST_CLASSES, Scores, Tuned};
pub use negation::key_of;
pub use text::Pieces;

#[cfg(test)]
mod tests;
