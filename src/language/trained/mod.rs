//! The trained readers, one file each, and the recipes that make their models.

use super::model::recipe::Recipe;

mod attitudes;
mod complaint;
mod gesture;
mod gesture_recipe;
pub mod message;
mod sentiment;
mod sentiment_recipe;

pub use gesture::TrainedGesture;
pub use gesture_recipe::GestureRecipe;
pub use sentiment::{LANGUAGES, TrainedSentiment};
pub use sentiment_recipe::SentimentRecipe;

/// Every recipe, in the order in which `goodword train` follows them.
pub const RECIPES: &[&dyn Recipe] = &[&SentimentRecipe::STANDARD, &GestureRecipe::STANDARD];

#[cfg(test)]
mod gesture_tests;
#[cfg(test)]
mod tests;
