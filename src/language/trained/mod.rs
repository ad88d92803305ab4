//! The trained readers, one file each, and the recipes that make their models.

use super::model::recipe::Recipe;

mod about;
mod about_recipe;
mod attitudes;
mod cap_recipe;
mod coach;
mod coach_recipe;
mod common;
mod complaint;
mod gesture;
mod gesture_recipe;
mod intent;
mod intent_recipe;
mod kinds;
mod kinds_recipe;
pub mod message;
mod posts;
mod sentiment;
mod sentiment_calibration;
mod sentiment_recipe;

pub use about::TrainedAbout;
pub use about_recipe::AboutRecipe;
pub use coach::TrainedCoach;
pub use coach_recipe::CoachRecipe;
pub use common::Common;
pub use gesture::TrainedGesture;
pub use gesture_recipe::GestureRecipe;
pub use intent::TrainedIntent;
pub use intent_recipe::IntentRecipe;
pub use kinds::Kinds;
pub use kinds_recipe::KindsRecipe;
pub use sentiment::{LANGUAGES, TrainedSentiment};
pub use sentiment_recipe::SentimentRecipe;

/// Every recipe, in the order in which `goodword train` follows them.
pub const RECIPES: &[&dyn Recipe] = &[
    &SentimentRecipe::STANDARD,
    &KindsRecipe::STANDARD,
    &IntentRecipe::STANDARD,
    &AboutRecipe::STANDARD,
    &GestureRecipe::STANDARD,
    &CoachRecipe::STANDARD,
];

#[cfg(test)]
mod coach_tests;
#[cfg(test)]
mod gesture_tests;
#[cfg(test)]
mod posts_tests;
#[cfg(test)]
mod tests;
