//! How common a word is: a name that nobody writes in lower case is no everyday word, and means the brand.
//!
//! Counted in unlabelled and labelled texts of strangers, kept as a table of logarithms by hash: no text, no word.

use super::super::model::asset::{self, AssetError};
use super::super::model::hash;
use super::super::model::train::Trained;
use super::super::model::{Features, Linear, Spec};
use super::super::tokens::{self, Case, Kind, Token};

static COMMON: &[u8] = include_bytes!("../../../assets/models/common.bin");

/// Classes of the table: what is written in lower case, and within sentences with a capital.
pub(super) const CLASSES: [&str; 2] = ["lower case", "capital"];
/// Buckets are 2 to this power.
const BITS: u8 = 17;
/// A bucket that was met less often counts as never met: chance and misspellings.
const LEAST: u32 = 3;
/// Times that what is known of a name counts as a feature.
const TIMES: usize = 8;

/// Tells how common words are.
#[derive(Debug, Clone)]
pub struct Common(Linear);

impl Common {
    /// The table that the program carries.
    ///
    /// # Errors
    /// When it is damaged or of another kind.
    pub fn embedded() -> Result<Self, AssetError> {
        Ok(Self(asset::read(COMMON)?))
    }

    /// The table of a model that `count` has made.
    pub fn new(table: Linear) -> Self {
        Self(table)
    }

    /// The logarithms of 1 + count of a word, in lower case and with a capital.
    fn logarithms(&self, key: u64) -> (f32, f32) {
        let scores = self.0.scores_of(&[bucket_hash(key)]);
        (scores.class(0), scores.class(1))
    }

    /// Adds how common the rarest word of a name is, alone and with how the name is written.
    pub(super) fn add(&self, name: &str, dress: u64, place: (u16, u16), features: &mut Features) {
        let words = tokens::scan(name).into_iter().filter(Token::is_wordish);
        let rarest = words.map(|word| self.logarithms(word.key)).min_by(|one, other| one.0.total_cmp(&other.0));
        let Some((lower, capital)) = rarest else { return };
        let (lower, capital) = (step(lower), step(capital));
        for _ in 0..TIMES {
            features.name(0, "lower", lower, place);
            features.name(0, "capital", capital, place);
            features.name(0, "lower, capital", lower * 16 + capital, place);
            features.name(0, "lower, dressed", hash::join(lower, dress), place);
        }
    }
}

fn step(logarithm: f32) -> u64 {
    logarithm.round().clamp(0.0, 9.0) as u64
}

fn bucket_hash(key: u64) -> u32 {
    (hash::join(hash::START, key) >> 32) as u32
}

/// Counts the words of texts.
pub(super) fn count<'a>(texts: impl Iterator<Item = &'a str>) -> Linear {
    let mut counts = vec![[0u32; 2]; 1 << BITS];
    for text in texts {
        for token in tokens::scan(text).iter().filter(|token| token.kind == Kind::Word) {
            let class = match token.case {
                Case::Lower => 0,
                Case::Capital if !token.opens => 1,
                _ => continue,
            };
            let bucket = (bucket_hash(token.key) >> (32 - u32::from(BITS))) as usize;
            if let Some(count) = counts.get_mut(bucket).and_then(|counts| counts.get_mut(class)) {
                *count = count.saturating_add(1);
            }
        }
    }
    let logarithm = |count: u32| if count < LEAST { 0.0 } else { (count as f32).ln_1p() };
    let weights = counts.into_iter().flatten().map(logarithm).collect();
    let spec = Spec { words: 1, skips: 0, chars_from: 0, chars_to: 0, negation: false, shape: false };
    Trained::table(BITS, CLASSES.len(), spec, weights).quantised("common", &CLASSES, None)
}

#[cfg(test)]
mod tests {
    use super::super::super::model::card::{Card, hash_of};
    use super::*;

    #[test]
    fn everyday_words_are_told_from_names() {
        let common = Common::embedded().unwrap();
        let of = |word: &str| common.logarithms(tokens::fold_key(word));
        assert!(of("crown").0 > 1.0 && of("coffee").0 > 3.0, "{:?} {:?}", of("crown"), of("coffee"));
        assert!(of("london").1 > of("london").0 + 1.0, "{:?}", of("london"));
        assert_eq!(of("zwiblofex"), (0.0, 0.0));
    }

    #[test]
    fn counts_are_of_words_and_their_case() {
        let texts = ["the crown fell", "a crown", "my crown, my Crown", "Crown first", "see Crown", "the Crown"];
        let common = Common(count(texts.into_iter()));
        let (lower, capital) = common.logarithms(tokens::fold_key("crown"));
        assert!((lower - 4.0_f32.ln()).abs() < 0.02 && (capital - 4.0_f32.ln()).abs() < 0.02, "{lower} {capital}");
        assert_eq!(common.logarithms(tokens::fold_key("fell")), (0.0, 0.0));
    }

    #[test]
    fn the_asset_is_that_of_its_card() {
        let card: Card = toml::from_str(include_str!("../../../assets/models/common.card.toml")).unwrap();
        assert_eq!((card.bytes, card.hash.as_str()), (COMMON.len() as u64, hash_of(COMMON).as_str()));
        assert_eq!(card.classes, CLASSES);
        assert!(COMMON.len() < 100_000);
    }
}
