//! Spans of a text that may be a cap ("up to 500 trees", "the first 50 people", "while stocks last"), and what the
//! cap model looks at to choose among them.
//!
//! Every figure and every word that begins such a phrase is an anchor; every way of beginning some words before it and
//! ending some words behind it, within a clause, is a candidate. The model first tells whether there is a cap at an
//! anchor; of the likeliest anchor's candidates it then chooses the span.

use std::ops::Range;

use super::amount::{self, Number};
use super::words::{Gap, Kind, Word};

mod look;

pub(crate) use look::{look_at_anchor, look_at_span};

/// Words before a figure with which a cap may begin.
const LEADING: &str = "up upto to as a an the your first next maximum max limit limited limiting capped cap caps at ceiling \
    of no not more most than exceed exceeding tune only until till til reach reached hit total once pool \
    earliest good raised around all over greater quantities we've stops another lucky beyond exactly \
    donation one per goal 'til under minimum sum grand budget set aside long box number rs inr usd eur \
    gbp about roughly almost nearly topped top upper ours last many far our for";
/// Words that begin a cap without a figure.
const BEGINNING: &[&str] =
    &["until", "till", "til", "while", "whilst", "as", "so", "quantities", "first", "limited", "'til", "only"];
/// Of these, those that stand inside of a beginning only.
const INSIDE: &[&str] = &["many", "far", "our", "of", "than", "for"];
/// Words with which a new thought begins behind a figure.
const PARTING: &[&str] =
    &["and", "so", "because", "will", "get", "gets", "receive", "receives", "then", "but", "which", "who", "that"];
/// Words before an anchor and behind it that a candidate may take in.
const BACK: usize = 7;
const AHEAD: usize = 9;

/// A span that may be the cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// First word.
    pub first: usize,
    /// The figure, or the word that begins it.
    pub anchor: usize,
    /// One past the last word.
    pub end: usize,
}

impl Candidate {
    /// Its bytes.
    pub fn span(&self, words: &[Word]) -> Range<usize> {
        let from = words.get(self.first).map_or(0, |word| word.span.start);
        let to = words.get(self.end.saturating_sub(1)).map_or(from, |word| word.span.end);
        from..to.max(from)
    }
}

/// The words at which a cap may be: figures, and words that begin a cap without one.
pub(crate) fn anchors(words: &[Word]) -> impl Iterator<Item = usize> + '_ {
    (0..words.len()).filter(|at| is_anchor(words, *at))
}

fn is_anchor(words: &[Word], at: usize) -> bool {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let follows = words.get(at + 1).filter(|next| next.gap == Gap::None);
    match text(at) {
        _ if words.get(at).is_some_and(is_number) => true,
        "as" | "so" => follows.is_some_and(|next| matches!(next.text.as_str(), "long" | "many" | "far" | "much")),
        "first" | "only" | "limited" => !follows.is_some_and(is_number),
        word => BEGINNING.contains(&word),
    }
}

/// The candidates with this anchor.
pub(crate) fn candidates(words: &[Word], anchor: usize) -> Vec<Candidate> {
    let figure = words.get(anchor).is_some_and(is_number);
    let ends = ends(words, anchor);
    let from = |first: usize| ends.iter().map(move |end| Candidate { first, anchor, end: *end });
    begins(words, anchor, figure).into_iter().flat_map(from).collect()
}

/// Where the run of words before an anchor begins with which a cap may begin.
fn farthest(words: &[Word], anchor: usize) -> usize {
    begins(words, anchor, true).last().copied().unwrap_or(anchor)
}

fn is_number(word: &Word) -> bool {
    word.is_figure() || word.kind == Kind::Percent || matches!(amount::word(&word.text), Some(Number::Count(_)))
}

/// The places at which a cap with this anchor may begin, nearest first.
fn begins(words: &[Word], anchor: usize, figure: bool) -> Vec<usize> {
    let mut places = vec![anchor];
    if !figure {
        return places;
    }
    for first in (anchor.saturating_sub(BACK)..anchor).rev() {
        let (Some(word), Some(after)) = (words.get(first), words.get(first + 1)) else { break };
        if after.gap == Gap::Hard && word.text != "max" || after.gap == Gap::Soft {
            break;
        }
        if !leads(&word.text) {
            break;
        }
        let opens = word.text == "to" && matches!(after.text.as_str(), "the" | "our" | "to");
        if !(opens || INSIDE.contains(&word.text.as_str())) {
            places.push(first);
        }
    }
    places
}

/// One past the last word of a cap with this anchor: the anchor itself, or up to the end of the clause; a picture ends
/// no cap.
fn ends(words: &[Word], anchor: usize) -> Vec<usize> {
    let figure = words.get(anchor).is_some_and(is_number);
    let parts = |word: &Word| word.text == "?" || figure && PARTING.contains(&word.text.as_str());
    let goes_on = |at: &usize| words.get(*at).is_some_and(|word| word.gap == Gap::None && !parts(word));
    let ends = (anchor + 1..anchor + AHEAD).take_while(goes_on).filter(|at| !words.get(*at).is_some_and(is_picture));
    std::iter::once(anchor + 1).chain(ends.map(|at| at + 1)).collect()
}

fn is_picture(word: &Word) -> bool {
    word.kind == Kind::Mark && !word.text.is_ascii()
}

fn leads(word: &str) -> bool {
    LEADING.split_ascii_whitespace().any(|leading| leading == word)
}

#[cfg(test)]
mod tests {
    use super::super::words::scan;
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let words = scan(text);
        let all = anchors(&words).flat_map(|anchor| candidates(&words, anchor));
        all.filter_map(|candidate| text.get(candidate.span(&words))).collect()
    }

    #[test]
    fn the_wanted_spans_are_among_the_candidates() {
        for (text, cap) in [
            ("A tree for each order, up to 5,000 trees.", "up to 5,000 trees"),
            ("Free mug for the first 40 people in line", "the first 40 people"),
            ("One bowl per share, until we reach €2.000, promised", "until we reach €2.000"),
            ("A pen with each book while stocks last!", "while stocks last"),
            ("Sign up for a towel (limited to one per household)", "limited to one per household"),
            ("We match it. $500 max", "$500 max"),
        ] {
            assert!(all(text).contains(&cap), "{cap}: {:?}", all(text));
        }
    }

    #[test]
    fn a_candidate_does_not_reach_over_a_sentence() {
        assert!(all("We have 20. Places are few").iter().all(|span| !span.contains('.')));
        assert!(all("").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn every_anchor_is_looked_at_wherever_what_leads_to_it_begins(
            text in "((up|to|the|first|next|only|max|until|we|reach|40|#1|a|mug)[ .!\n:]{1,2}){1,14}"
        ) {
            let words = scan(&text);
            let mut features = super::super::super::model::Features::default();
            for anchor in anchors(&words) {
                look_at_anchor(&words, anchor, &mut features);
                proptest::prop_assert!(!features.is_empty());
            }
        }
    }
}
