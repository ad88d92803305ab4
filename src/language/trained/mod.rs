//! The trained readers, one file each, and the recipes that make their models.

use super::model::recipe::Recipe;

mod about;
mod about_recipe;
mod attitudes;
mod complaint;
mod intent;
mod intent_recipe;
pub mod message;
mod posts;
mod sentiment;
mod sentiment_recipe;

pub use about::TrainedAbout;
pub use about_recipe::AboutRecipe;
pub use intent::TrainedIntent;
pub use intent_recipe::IntentRecipe;
pub use sentiment::{LANGUAGES, TrainedSentiment};
pub use sentiment_recipe::SentimentRecipe;

/// Every recipe, in the order in which `goodword train` follows them.
pub const RECIPES: &[&dyn Recipe] = &[&SentimentRecipe::STANDARD, &IntentRecipe::STANDARD, &AboutRecipe::STANDARD];

#[cfg(test)]
mod posts_tests;
#[cfg(test)]
mod tests;
