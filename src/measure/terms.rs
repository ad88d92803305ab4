//! The words of an hour that were not the words of before: what a spike is about.

use std::collections::{HashMap, HashSet};

/// A word that is much commoner now than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The word, in lower case.
    pub word: String,
    /// Texts of now that have it.
    pub now: u64,
    /// Texts of before that have it.
    pub before: u64,
    /// What it is ranked by, above 0.
    pub weight: f64,
}

/// Words read of one text.
const LONGEST: usize = 400;
/// Longest word, in characters.
const LONGEST_WORD: usize = 40;

/// The words that set the texts of now apart from those of before, strongest first, at most `most`. `ignored` (lower case)
/// holds what is no news: the subject's own names, everyday small words.
///
/// A word counts once a text. With d of N texts having it now and e of M before,
/// `weight = d · ln( ((d + 1/2) / (N + 1)) / ((e + 1/2) / (M + 1)) )`; words of a single text do not count.
pub fn terms<'a>(
    now: impl IntoIterator<Item = &'a str>,
    before: impl IntoIterator<Item = &'a str>,
    ignored: &HashSet<String>,
    most: usize,
) -> Vec<Term> {
    let (texts, now) = spread(now);
    let (texts_before, before) = spread(before);
    let share = |with: u64, of: u64| (with as f64 + 0.5) / (of as f64 + 1.0);
    let mut found: Vec<Term> = now
        .into_iter()
        .filter(|(word, with)| *with >= 2 && !ignored.contains(word))
        .map(|(word, with)| {
            let with_before = before.get(&word).copied().unwrap_or_default();
            let weight = with as f64 * (share(with, texts) / share(with_before, texts_before)).ln();
            Term { word, now: with, before: with_before, weight }
        })
        .filter(|term| term.weight > 0.0)
        .collect();
    found.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| one.word.cmp(&other.word)));
    found.truncate(most);
    found
}

/// How many texts there are, and how many have each word.
fn spread<'a>(texts: impl IntoIterator<Item = &'a str>) -> (u64, HashMap<String, u64>) {
    let mut spread = HashMap::new();
    let mut count = 0;
    for text in texts {
        count += 1;
        for word in words(text) {
            *spread.entry(word).or_insert(0) += 1;
        }
    }
    (count, spread)
}

/// The different words of a text: letters and digits, at least one letter, three letters or more unless written without
/// an alphabet; addresses and handles left out.
fn words(text: &str) -> HashSet<String> {
    text.split_whitespace()
        .filter(|piece| !piece.contains("://") && !piece.starts_with('@') && !piece.starts_with("www."))
        .flat_map(|piece| piece.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’')))
        .map(|word| word.trim_matches(['\'', '’']))
        .take(LONGEST)
        .filter(|word| word.chars().any(char::is_alphabetic))
        .filter(|word| word.chars().count() >= 3 || !word.is_ascii())
        .map(|word| word.chars().take(LONGEST_WORD).flat_map(char::to_lowercase).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_new_comes_first() {
        let now =
            ["The stem cracked", "Stem cracked on the S2!", "stem recall https://a.example/stem", "the shop is nice"];
        let before = ["the shop is nice", "the ride was nice", "the S2 is quick"];
        let found = terms(now, before, &HashSet::new(), 2);
        let named: Vec<(&str, u64, u64)> =
            found.iter().map(|term| (term.word.as_str(), term.now, term.before)).collect();
        assert_eq!(named, [("stem", 3, 0), ("cracked", 2, 0)]);
        // 3 · ln( (3.5 / 5) / (0.5 / 4) )
        assert!((found[0].weight - 3.0 * (0.7f64 / 0.125).ln()).abs() < 1e-9);
        let ignored = HashSet::from(["stem".to_owned()]);
        assert_eq!(terms(now, before, &ignored, 1)[0].word, "cracked");
    }

    #[test]
    fn one_text_makes_no_term() {
        assert!(terms(["lonely words here"], [], &HashSet::new(), 5).is_empty());
    }

    proptest! {
        #[test]
        fn any_texts_can_be_taken(now in prop::collection::vec("\\PC{0,60}", 0..8), most in 0usize..5) {
            let found = terms(now.iter().map(String::as_str), [], &HashSet::new(), most);
            prop_assert!(found.len() <= most);
            let sound = found.iter().all(|term| term.now >= 2 && term.weight > 0.0);
            prop_assert!(sound);
        }
    }
}
