//! How the table of word kinds is made, from the texts of strangers without their labels.
//!
//! For every word that is common enough it counts which of the commonest words stand left of it, right of it and near
//! it. Of these counts c it takes the positive pointwise mutual information `max(0, ln(c * N / (row * column)))`, the
//! columns' sums raised to 0.75, reduces the rows to [`WIDTH`] numbers (truncated singular value decomposition by
//! subspace iteration), and parts the words into kinds by k-means on the sphere. Everything runs in one order on one
//! thread: the same texts, the same bytes.

use std::collections::HashMap;

use super::super::model::card::Card;
use super::super::model::hash::{self, Key};
use super::super::model::recipe::{Made, Order, Recipe, RecipeError, Set, Use, sets};
use super::super::model::text::Kind;
use super::super::model::{Linear, Pieces};
use super::kinds::{BITS, COLUMNS, Kinds, LEVELS, place, row};
use super::posts::blank;

/// Makes the table of kinds.
#[derive(Debug, Clone, Copy)]
pub struct KindsRecipe {
    /// Words that were met less often have no kind.
    pub least: u32,
    /// Words that count as neighbours: the commonest.
    pub neighbours: usize,
    /// Times that kinds are chosen anew.
    pub rounds: usize,
}

/// Numbers that a word is reduced to.
const WIDTH: usize = 64;
/// Times through the counts in the reduction.
const PASSES: usize = 6;
/// How far a neighbour may stand.
const REACH: usize = 5;
/// Kinds begin with words among so many of the commonest.
const BEGINNERS: usize = 6_000;

impl KindsRecipe {
    /// What the program ships with.
    pub const STANDARD: Self = Self { least: 6, neighbours: 3_000, rounds: 10 };

    /// The table for readers that learn from these sets; one without words where no stranger's text is among them.
    pub(super) fn learned(&self, all: &[Set]) -> Result<Kinds, RecipeError> {
        Ok(Kinds::new(self.table(all)?))
    }

    fn table(&self, all: &[Set]) -> Result<Linear, RecipeError> {
        let (words, texts) = self.words(all)?;
        let vectors = reduced(&informed(&texts, words.len(), self.neighbours.min(words.len())));
        let mut bytes = vec![0u8; COLUMNS.len() << BITS];
        let levels = LEVELS.map(|kinds| parted(&vectors, &words, kinds, self.rounds));
        // The commonest word of a bucket keeps it.
        for (at, word) in words.iter().enumerate().rev() {
            let (bucket, check) = place(word.key);
            let start = (bucket >> (32 - u32::from(BITS))) as usize * COLUMNS.len();
            let kinds = levels.each_ref().map(|level| level.get(at).map_or(0, |kind| *kind as u16));
            if let Some(slots) = bytes.get_mut(start..start + COLUMNS.len()) {
                slots.copy_from_slice(&row(kinds, check));
            }
        }
        Ok(Linear::table("kinds", &COLUMNS, BITS, bytes))
    }

    /// The words that are common enough, the commonest first, and the texts as places in that list.
    fn words(&self, all: &[Set]) -> Result<(Vec<Counted>, Vec<Places>), RecipeError> {
        let mut pieces = Pieces::default();
        let mut counts: HashMap<Key, u32> = HashMap::new();
        let mut texts: Vec<Vec<Key>> = Vec::new();
        for set in all.iter().filter(|set| is_strangers(set)) {
            for (text, _) in set.tabbed()? {
                pieces.read(text);
                let keys = pieces.list().iter().filter(|piece| piece.kind != Kind::Masked).map(|piece| piece.key);
                texts.push(keys.inspect(|key| *counts.entry(*key).or_default() += 1).collect());
            }
        }
        let counted = counts.into_iter().map(|(key, count)| Counted { key, count });
        let mut words: Vec<Counted> = counted.filter(|word| word.count >= self.least).collect();
        words.sort_unstable_by_key(|word| (std::cmp::Reverse(word.count), word.key));
        let places: HashMap<Key, usize> = words.iter().enumerate().map(|(at, word)| (word.key, at)).collect();
        let placed = texts.iter().map(|text| text.iter().map(|key| places.get(key).copied()).collect());
        let placed = placed.collect();
        Ok((words, placed))
    }
}

impl Recipe for KindsRecipe {
    fn name(&self) -> &'static str {
        "kinds"
    }

    fn make(&self, all: &[Set], order: &Order, told: &mut dyn FnMut(&str)) -> Result<Vec<Made>, RecipeError> {
        told("kinds: sorting words by the company they keep");
        let mut card = Card { languages: vec!["en".to_owned()], ..blank(order) };
        card.purpose = "Which words are of one kind: those that stand among the same words.".to_owned();
        card.limits = "English, as written in short public posts; about 15,000 words.".to_owned();
        for set in all.iter().filter(|set| is_strangers(set)) {
            card.data.push(set.on_card(set.tabbed()?.len()));
        }
        Ok(vec![Made::of(&self.table(all)?, card)])
    }
}

/// Sets with texts of people at large, in English.
fn is_strangers(set: &Set) -> bool {
    let mut shares = sets(std::slice::from_ref(set), "sentiment-shares", Use::Training);
    shares.next().is_some_and(|set| set.language == "en")
}

/// A word and how often it was met.
struct Counted {
    key: Key,
    count: u32,
}

/// A text as places in the list of words; `None` for a word that is not in it.
type Places = Vec<Option<usize>>;

/// Rows of few numbers each.
struct Sparse {
    rows: Vec<Vec<(usize, f32)>>,
    columns: usize,
}

/// How telling each neighbour of each word is.
fn informed(texts: &[Places], words: usize, neighbours: usize) -> Sparse {
    let mut counts: Vec<HashMap<usize, f32>> = vec![HashMap::new(); words];
    for text in texts {
        for (at, word) in text.iter().enumerate() {
            let Some(row) = word.and_then(|word| counts.get_mut(word)) else { continue };
            let begin = at.saturating_sub(REACH);
            for (other, neighbour) in text.iter().enumerate().take(at + REACH + 1).skip(begin) {
                let Some(neighbour) = neighbour.filter(|near| *near < neighbours && other != at) else { continue };
                let (side, weight) = match (other + 1 == at, other == at + 1) {
                    (true, _) => (0, 1.0),
                    (_, true) => (1, 1.0),
                    _ => (2, 0.7 / (other.abs_diff(at) as f32).sqrt()),
                };
                *row.entry(side * neighbours + neighbour).or_default() += weight;
            }
        }
    }
    let columns = neighbours * 3;
    let sorted = counts.into_iter().map(|row| {
        let mut row: Vec<(usize, f32)> = row.into_iter().collect();
        row.sort_unstable_by_key(|(column, _)| *column);
        row
    });
    let mut rows: Vec<Vec<(usize, f32)>> = sorted.collect();
    let mut of_column = vec![0.0f64; columns];
    for (column, count) in rows.iter().flatten() {
        if let Some(sum) = of_column.get_mut(*column) {
            *sum += f64::from(*count);
        }
    }
    of_column.iter_mut().for_each(|sum| *sum = sum.powf(0.75));
    let all: f64 = of_column.iter().sum();
    for row in &mut rows {
        let of_row: f64 = row.iter().map(|(_, count)| f64::from(*count)).sum();
        for (column, count) in row.iter_mut() {
            let of_column = of_column.get(*column).copied().unwrap_or(1.0);
            *count = (f64::from(*count) * all / (of_row * of_column)).ln() as f32;
        }
        row.retain(|(_, information)| *information > 0.0);
    }
    Sparse { rows, columns }
}

/// Rows of [`WIDTH`] numbers.
type Vectors = Vec<[f32; WIDTH]>;

/// Each row in few numbers, of length 1.
fn reduced(counts: &Sparse) -> Vectors {
    let noise = |at: usize| hash::finish(at as u64 + 1) as f32 / u64::MAX as f32 - 0.5;
    let mut basis: Vectors = (0..counts.columns).map(|row| std::array::from_fn(|at| noise(row * WIDTH + at))).collect();
    for pass in 1..=PASSES {
        orthonormalise(&mut basis);
        let mut vectors: Vectors = vec![[0.0; WIDTH]; counts.rows.len()];
        for (vector, row) in vectors.iter_mut().zip(&counts.rows) {
            row.iter().for_each(|(column, number)| {
                if let Some(of_column) = basis.get(*column) {
                    add(vector, of_column, *number);
                }
            });
        }
        if pass == PASSES {
            return evened(vectors);
        }
        basis.iter_mut().for_each(|row| row.fill(0.0));
        for (vector, row) in vectors.iter().zip(&counts.rows) {
            row.iter().for_each(|(column, number)| {
                if let Some(of_column) = basis.get_mut(*column) {
                    add(of_column, vector, *number);
                }
            });
        }
    }
    Vectors::new()
}

fn add(to: &mut [f32; WIDTH], what: &[f32; WIDTH], times: f32) {
    to.iter_mut().zip(what).for_each(|(slot, number)| *slot += number * times);
}

fn product(one: &[f32; WIDTH], other: &[f32; WIDTH]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Makes the columns of a matrix upright to one another and of length 1 (Gram and Schmidt).
fn orthonormalise(rows: &mut Vectors) {
    let column =
        |rows: &Vectors, at: usize| -> Vec<f32> { rows.iter().filter_map(|row| row.get(at)).copied().collect() };
    let mut done: Vec<Vec<f32>> = Vec::new();
    for at in 0..WIDTH {
        let mut own = column(rows, at);
        for before in &done {
            let shared: f64 = own.iter().zip(before).map(|(one, other)| f64::from(*one) * f64::from(*other)).sum();
            own.iter_mut().zip(before).for_each(|(slot, number)| *slot -= number * shared as f32);
        }
        scale(&mut own, 1.0);
        rows.iter_mut().zip(&own).for_each(|(row, number)| {
            if let Some(slot) = row.get_mut(at) {
                *slot = *number;
            }
        });
        done.push(own);
    }
}

/// Divides by the length raised to a power: 1 leaves a length of 1.
fn scale(numbers: &mut [f32], power: f64) {
    let length = numbers.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt().max(1e-12);
    let factor = length.powf(-power) as f32;
    numbers.iter_mut().for_each(|number| *number *= factor);
}

/// Takes the square root of each direction's greatness, then makes every row as long as the others.
fn evened(mut vectors: Vectors) -> Vectors {
    for at in 0..WIDTH {
        let mut column: Vec<f32> = vectors.iter().filter_map(|row| row.get(at)).copied().collect();
        scale(&mut column, 0.5);
        vectors.iter_mut().zip(column).for_each(|(row, number)| {
            if let Some(slot) = row.get_mut(at) {
                *slot = number;
            }
        });
    }
    vectors.iter_mut().for_each(|row| scale(row, 1.0));
    vectors
}

/// The kind of each word, of so many.
fn parted(vectors: &Vectors, words: &[Counted], kinds: usize, rounds: usize) -> Vec<usize> {
    let beginners = vectors.len().min(BEGINNERS);
    let begin = (0..kinds).filter_map(|kind| vectors.get(kind * beginners / kinds));
    let mut centres: Vectors = begin.copied().collect();
    let mut chosen = vec![0usize; vectors.len()];
    for _ in 0..rounds {
        for (slot, vector) in chosen.iter_mut().zip(vectors) {
            let mut best = (0, f32::NEG_INFINITY);
            for (kind, centre) in centres.iter().enumerate() {
                let alike = product(vector, centre);
                if alike > best.1 {
                    best = (kind, alike);
                }
            }
            *slot = best.0;
        }
        centres.iter_mut().for_each(|centre| centre.fill(0.0));
        for ((kind, vector), word) in chosen.iter().zip(vectors).zip(words) {
            if let Some(centre) = centres.get_mut(*kind) {
                add(centre, vector, (word.count as f32).sqrt().min(10.0));
            }
        }
        centres.iter_mut().for_each(|centre| scale(centre, 1.0));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strangers(content: String) -> Set {
        Set {
            name: "made up".to_owned(),
            kind: "sentiment-shares".to_owned(),
            language: "en".to_owned(),
            used_for: Use::Training,
            first_line: 1,
            weight: 1.0,
            origin: "this test".to_owned(),
            licence: "none".to_owned(),
            content,
        }
    }

    #[test]
    fn words_in_the_same_company_are_of_one_kind() {
        let mut lines = String::new();
        for at in 0..60 {
            let (day, drink) = (["monday", "tuesday", "friday"][at % 3], ["tea", "coffee", "cocoa"][at / 3 % 3]);
            lines
                .push_str(&format!("see you on {day} evening then\t0,1,0\ni drink hot {drink} with milk now\t0,1,0\n"));
        }
        let recipe = KindsRecipe { least: 3, neighbours: 50, rounds: 5 };
        let kinds = recipe.learned(&[strangers(lines.clone())]).unwrap();
        let finest = |word: &str| kinds.kinds(super::super::super::model::key_of(word));
        assert!(finest("monday").is_some());
        assert_eq!(finest("monday").map(|kinds| kinds[0]), finest("friday").map(|kinds| kinds[0]));
        assert_ne!(finest("monday"), finest("cocoa"));
        assert_eq!(finest("gin"), None);
        let order = Order { made: "2026-11-22".to_owned(), seed: 7 };
        let made = || recipe.make(&[strangers(lines.clone())], &order, &mut |_| {}).unwrap();
        assert_eq!(made(), made(), "the same texts, the same bytes");
    }

    #[test]
    fn without_strangers_no_word_has_a_kind() {
        let kinds = KindsRecipe::STANDARD.learned(&[]).unwrap();
        assert_eq!(kinds.kinds(super::super::super::model::key_of("monday")), None);
    }
}
