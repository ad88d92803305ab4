//! What is learned from posts that a person marked as about a subject or not: which words go with the name's other sense.
//!
//! A logistic regression over the words of the marked posts, with the posts that were read as about the subject as the
//! other side: `log-odds = sum of w over the distinct words of a text`. Both sides weigh the same, so that words that
//! stand in every post say nothing, and the weights are pulled to 0 by `PULL / 2 * sum of w^2`, so that a single mark
//! moves little. The log-odds are added to those of the reader of about-us.
//!
//! Learned from words, so what was marked in posts that are not kept any more is not in it. Pure.

use std::collections::{BTreeMap, HashMap};

use super::super::tokens::{self, Token};
use super::super::{Evidence, ReadAbout, SubjectContext};

/// The weight of the penalty.
const PULL: f32 = 0.25;
/// Steps of gradient descent; more change nothing that can be seen.
const STEPS: usize = 80;
/// Most distinct words of a text that count.
const MOST_WORDS: usize = 200;
/// What was learned moves no verdict by more than this (log-odds).
const MOST: f32 = 4.0;
/// A word that stands in more than this share of the posts about the subject does not speak for it.
const USUAL: f32 = 0.3;

/// A post and whether a person says that it is about the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its words.
    pub text: String,
    /// It is about the subject.
    pub about: bool,
}

/// What was learned about the senses of a subject's name. The default has learned nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Senses {
    weights: HashMap<u64, f32>,
    from: u32,
}

impl Senses {
    /// What these marks teach. `usual` are posts that were read as about the subject and that nobody marked; `name` is
    /// the subject's, whose words are left out.
    pub fn learned(marked: &[Marked], usual: &[String], name: &str) -> Self {
        if marked.is_empty() {
            return Self::default();
        }
        let left_out = words(name);
        let of = |text: &str| {
            let mut all = words(text);
            all.retain(|word| left_out.binary_search(word).is_err());
            all
        };
        let usual: Vec<Vec<u64>> = usual.iter().map(|text| of(text)).collect();
        let marked: Vec<(Vec<u64>, bool)> = marked.iter().map(|mark| (of(&mark.text), mark.about)).collect();
        let against = marked.iter().filter(|(_, about)| !about).count() as f32;
        let weight = if usual.is_empty() { 0.0 } else { (against / usual.len() as f32).min(1.0) };
        let examples: Vec<(&[u64], f32, f32)> = marked
            .iter()
            .map(|(words, about)| (words.as_slice(), f32::from(u8::from(*about)), 1.0))
            .chain(usual.iter().map(|words| (words.as_slice(), 1.0, weight)))
            .collect();
        let mut weights = fit(&examples);
        let mut known: HashMap<u64, f32> = HashMap::new();
        for word in usual.iter().flatten() {
            *known.entry(*word).or_default() += 1.0 / usual.len() as f32;
        }
        weights.retain(|word, weight| {
            weight.abs() > 0.01 && (*weight < 0.0 || known.get(word).is_none_or(|share| *share <= USUAL))
        });
        let from = u32::try_from(marked.len()).unwrap_or(u32::MAX);
        Self { weights: weights.into_iter().collect(), from }
    }

    /// How many marks it was learned from.
    pub fn from(&self) -> u32 {
        self.from
    }

    /// The log-odds that the words of a text add.
    pub fn odds(&self, text: &str) -> f32 {
        if self.weights.is_empty() {
            return 0.0;
        }
        let sum: f32 = words(text).iter().filter_map(|word| self.weights.get(word)).sum();
        sum.clamp(-MOST, MOST)
    }

    /// The words of a text from which something was learned, in its order; above 0 for the subject.
    pub fn explain(&self, text: &str) -> Vec<Evidence> {
        if self.weights.is_empty() {
            return Vec::new();
        }
        let learned = tokens::scan(text).into_iter().filter(Token::is_wordish).filter_map(|token| {
            let weight = *self.weights.get(&token.key)?;
            Some(Evidence { span: token.start..token.end, weight, why: "learned from what you marked" })
        });
        learned.collect()
    }

    /// Whether a text is about the subject: what the reader says, and what was learned. `limit`: the log-odds from
    /// which on it is.
    pub fn about(
        &self,
        reader: &dyn ReadAbout,
        text: &str,
        lang: Option<&str>,
        subject: &SubjectContext<'_>,
        limit: f32,
    ) -> bool {
        // Where the name does not stand in the text the watch is trusted, unless what was learned is quite sure.
        reader.odds(text, lang, subject).unwrap_or(MOST / 2.0) + self.odds(text) >= limit
    }
}

/// Gradient descent from 0, each word with a step of its own that its curvature allows; ordered, so that the same marks
/// teach the same.
fn fit(examples: &[(&[u64], f32, f32)]) -> BTreeMap<u64, f32> {
    let mut weights: BTreeMap<u64, f32> = BTreeMap::new();
    let mut curvature: BTreeMap<u64, f32> = BTreeMap::new();
    for (words, _, weight) in examples {
        for word in *words {
            weights.insert(*word, 0.0);
            // All words of a text move together: the step must allow for that.
            *curvature.entry(*word).or_insert(PULL) += weight * 0.25 * words.len() as f32;
        }
    }
    for _ in 0..STEPS {
        let mut slope: BTreeMap<u64, f32> = weights.iter().map(|(word, weight)| (*word, -PULL * weight)).collect();
        for (words, truth, weight) in examples {
            let odds: f32 = words.iter().filter_map(|word| weights.get(word)).sum();
            let off = weight * (truth - 1.0 / (1.0 + (-odds).exp()));
            for word in *words {
                if let Some(slope) = slope.get_mut(word) {
                    *slope += off;
                }
            }
        }
        for ((word, weight), slope) in weights.iter_mut().zip(slope.values()) {
            *weight += slope / curvature.get(word).copied().unwrap_or(1.0);
        }
    }
    weights
}

/// The distinct words of a text, sorted.
fn words(text: &str) -> Vec<u64> {
    let mut all: Vec<u64> =
        tokens::scan(text).iter().filter(|token| token.is_wordish()).map(key).take(MOST_WORDS).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn key(token: &Token) -> u64 {
    token.key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Readers;

    fn marks(texts: &[&str], about: bool) -> Vec<Marked> {
        texts.iter().map(|text| Marked { text: (*text).to_owned(), about }).collect()
    }

    fn usual() -> Vec<String> {
        ["the chain of my Kestrel snapped again", "love the new Kestrel saddle", "is the Kestrel app down for you too?"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn nothing_marked_is_nothing_learned() {
        let senses = Senses::learned(&[], &usual(), "Kestrel");
        assert_eq!(senses, Senses::default());
        assert_eq!(senses.odds("a kestrel hovering over the moor"), 0.0);
    }

    #[test]
    fn words_of_the_other_sense_speak_against_and_everyday_words_say_little() {
        let marked = marks(
            &[
                "saw a kestrel hovering over the moor",
                "the kestrel nest on the tower has chicks",
                "kestrel chicks hovering by the nest",
            ],
            false,
        );
        let senses = Senses::learned(&marked, &usual(), "Kestrel");
        assert_eq!(senses.from(), 3);
        let bird = senses.odds("two kestrel chicks left the nest");
        assert!(bird < -1.0, "{bird}");
        let ours = senses.odds("the saddle of my Kestrel squeaks");
        assert!(ours > bird + 1.0 && ours > -0.5, "{ours}");
        assert_eq!(senses.odds("Kestrel"), 0.0, "the name itself says nothing");
    }

    #[test]
    fn a_single_mark_moves_less_than_many() {
        let text = "kestrel chicks in the nest";
        let learned = |times: usize| Senses::learned(&marks(&vec![text; times], false), &usual(), "Kestrel").odds(text);
        assert!(learned(1) > learned(5) && learned(5) < -1.0, "{} {}", learned(1), learned(5));
    }

    #[test]
    fn what_is_marked_as_ours_after_all_is_read_as_ours() {
        let marked = marks(&["kestrel firmware update fails", "the firmware of my kestrel hangs"], true);
        let senses = Senses::learned(&marked, &usual(), "Kestrel");
        assert!(senses.odds("kestrel firmware") > 0.3);
    }

    #[test]
    fn what_was_learned_turns_the_verdict_of_a_reader() {
        let readers = Readers::rule_based();
        let subject = SubjectContext { name: "Kestrel", ..SubjectContext::default() };
        let text = "Kestrel chicks in the nest, said Kestrel, hovering";
        let marked = marks(&[text; 12], false);
        let senses = Senses::learned(&marked, &usual(), "Kestrel");
        assert!(!senses.about(&*readers.about, text, Some("en"), &subject, 0.0));
        let ours = "my Kestrel saddle broke, support please";
        assert!(senses.about(&*readers.about, ours, Some("en"), &subject, 0.0));
    }

    #[test]
    fn the_same_marks_teach_the_same() {
        let marked = marks(&["kestrel over the moor", "kestrel chicks"], false);
        let once = Senses::learned(&marked, &usual(), "Kestrel");
        assert_eq!(once, Senses::learned(&marked, &usual(), "Kestrel"));
    }
}
