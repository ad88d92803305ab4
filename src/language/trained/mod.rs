//! The trained readers, one file each, and the recipes that make their models.

use super::model::recipe::Recipe;

/// Every recipe, in the order in which `goodword train` follows them.
pub const RECIPES: &[&dyn Recipe] = &[];
