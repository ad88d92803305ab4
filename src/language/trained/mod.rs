//! The trained readers, one file each, and the recipes that make their models.

use super::model::recipe::Recipe;

mod attitudes;
mod coach;
mod coach_recipe;
mod complaint;
mod gesture;
mod gesture_recipe;
pub mod message;
mod sentiment;
mod sentiment_recipe;

pub use coach::TrainedCoach;
pub use coach_recipe::CoachRecipe;
pub use gesture::TrainedGesture;
pub use gesture_recipe::GestureRecipe;
pub use sentiment::{LANGUAGES, TrainedSentiment};
pub use sentiment_recipe::SentimentRecipe;

/// Every recipe, in the order in which `goodword train` follows them.
pub const RECIPES: &[&dyn Recipe] = &[&SentimentRecipe::STANDARD, &GestureRecipe::STANDARD, &CoachRecipe::STANDARD];

#[cfg(test)]
mod gesture_tests;
#[cfg(test)]
mod tests;
