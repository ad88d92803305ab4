//! Which words decided: those of the greatest weight, each once.

use std::ops::Range;

use crate::domain::SafeText;
use crate::language::Evidence;

/// Words that are told of a verdict.
const MOST: usize = 8;
/// Of what is told the least weighs this share of the greatest.
const LEAST_SHARE: f32 = 0.1;
/// What weighs less is not worth telling.
const LEAST: f32 = 0.05;
/// Longest words, in characters.
const LONGEST: usize = 40;

/// Words of a text that weigh in a verdict.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranked {
    /// The words.
    pub(super) words: SafeText,
    /// Their weight, wherever they stand, together.
    pub(super) weight: f32,
    /// Where they stand (bytes).
    pub(super) spans: Vec<Range<usize>>,
}

/// The words of the greatest weight, the greatest first. What lies outside the text is left out.
pub(super) fn ranked(evidence: &[Evidence], text: &str) -> Vec<Ranked> {
    let mut all: Vec<(String, Ranked)> = Vec::new();
    for one in evidence {
        let Some(words) = text.get(one.span.clone()).map(str::trim).filter(|words| !words.is_empty()) else { continue };
        let key = words.to_lowercase();
        match all.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => {
                known.weight += one.weight;
                if !known.spans.contains(&one.span) {
                    known.spans.push(one.span.clone());
                }
            }
            None => {
                let words = SafeText::line(words, LONGEST);
                all.push((key, Ranked { words, weight: one.weight, spans: vec![one.span.clone()] }));
            }
        }
    }
    let mut all: Vec<Ranked> = all.into_iter().map(|(_, one)| one).collect();
    all.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
    let greatest = all.first().map_or(0.0, |one| one.weight.abs());
    all.retain(|one| one.weight.abs() >= LEAST.max(greatest * LEAST_SHARE));
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(span: Range<usize>, weight: f32) -> Evidence {
        Evidence { span, weight, why: "speaks for it" }
    }

    #[test]
    fn the_heaviest_words_come_first_and_each_once() {
        let text = "Bad chain, bad bell, nice saddle";
        let found =
            ranked(&[evidence(0..3, -0.5), evidence(4..9, -0.02), evidence(11..14, -0.4), evidence(21..25, 0.7)], text);
        let told: Vec<(&str, f32)> = found.iter().map(|one| (one.words.as_str(), one.weight)).collect();
        assert_eq!(told, [("Bad", -0.9), ("nice", 0.7)]);
        assert_eq!(found[0].spans, [0..3, 11..14]);
    }

    #[test]
    fn what_lies_outside_the_text_is_left_out() {
        assert_eq!(ranked(&[evidence(2..90, 1.0), evidence(1..2, 1.0), evidence(0..2, 0.01)], "é!"), []);
    }
}
