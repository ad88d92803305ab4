//! Labelled posts about brands, as the recipes of intent and about-us read them, and their folds.
//!
//! Folds are stretches of a file: the lines of one writer stand together, so a model is measured on writers that it has
//! not learned from, where shuffled folds would flatter it.

use serde::Deserialize;

use super::super::model::card::{Card, Figure};
use super::super::model::evaluate::Confusion;
use super::super::model::recipe::{Order, RecipeError, Set, Use, figure, sets};

/// A line of a set of kind `posts`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Post {
    /// The subject's name.
    pub brand: String,
    /// The post.
    pub text: String,
    /// Name of its intent.
    pub intent: String,
    /// Whether the name means the brand.
    pub about_brand: bool,
}

/// A post with its place.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Its set.
    pub set: &'a Set,
    /// Its line among those that are not blank, from 0.
    pub at: usize,
    /// Its fold.
    pub fold: usize,
    /// The post.
    pub post: Post,
}

/// The posts of all sets for one use.
pub(super) fn lines(all: &[Set], used_for: Use, folds: usize) -> Result<Vec<Line<'_>>, RecipeError> {
    let mut lines = Vec::new();
    for set in sets(all, "posts", used_for) {
        let posts: Vec<Post> = set.json()?;
        let count = posts.len();
        lines.extend(posts.into_iter().enumerate().map(|(at, post)| {
            let fold = fold_of(at, count, folds);
            Line { set, at, fold, post }
        }));
    }
    if lines.is_empty() && used_for == Use::Training {
        return Err(RecipeError::Missing { kind: "posts", used_for: "training" });
    }
    Ok(lines)
}

/// The fold of a line of so many: stretches of nearly the same length.
pub(super) fn fold_of(at: usize, count: usize, folds: usize) -> usize {
    at * folds / count.max(1)
}

/// The sets without the training posts of one fold.
pub(super) fn without_fold(all: &[Set], fold: usize, folds: usize) -> Vec<Set> {
    let mut kept = all.to_vec();
    for set in kept.iter_mut().filter(|set| set.kind == "posts" && set.used_for == Use::Training) {
        let lines: Vec<&str> = set.content.lines().filter(|line| !line.trim().is_empty()).collect();
        let count = lines.len();
        let others = lines.iter().enumerate().filter(|(at, _)| fold_of(*at, count, folds) != fold);
        set.content = others.map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
    }
    kept
}

/// A card with nothing but the day.
pub(super) fn blank(order: &Order) -> Card {
    Card {
        name: String::new(),
        purpose: String::new(),
        limits: String::new(),
        made: order.made.clone(),
        classes: Vec::new(),
        languages: vec!["en".to_owned()],
        bytes: 0,
        hash: String::new(),
        data: Vec::new(),
        figures: Vec::new(),
    }
}

/// Macro-F1 and the F1 of each class.
pub(super) fn figures(table: &Confusion, on: &str, classes: &[&str]) -> Vec<Figure> {
    let each = classes.iter().enumerate().map(|(class, name)| figure(on, &format!("F1 of {name}"), table.f1(class)));
    std::iter::once(figure(on, "macro-F1", table.macro_f1())).chain(each).collect()
}
