//! Spans of a text that may be a cap ("up to 500 trees", "the first 50 people", "while stocks last"), and what the
//! cap model looks at to choose among them.
//!
//! Every figure and every word that begins such a phrase is an anchor; every way of beginning some words before it and
//! ending some words behind it, within a clause, is a candidate. The model scores them all; the best one is the cap if
//! its probability reaches the threshold.

use std::ops::Range;

use super::super::model::Features;
use super::super::model::hash;
use super::amount::{self, Number};
use super::words::{Gap, Kind, Word};

/// Words before a figure with which a cap may begin.
const LEADING: &[&str] = &[
    "up",
    "upto",
    "to",
    "as",
    "many",
    "far",
    "a",
    "an",
    "the",
    "our",
    "your",
    "first",
    "next",
    "maximum",
    "max",
    "limit",
    "limited",
    "limiting",
    "capped",
    "cap",
    "caps",
    "at",
    "ceiling",
    "of",
    "no",
    "not",
    "more",
    "most",
    "than",
    "exceed",
    "exceeding",
    "tune",
    "only",
    "just",
    "for",
    "until",
    "till",
    "til",
    "we",
    "reach",
    "reached",
    "hit",
    "total",
    "once",
    "pool",
    "in",
    "with",
    "earliest",
    "good",
    "raised",
    "around",
    "all",
    "over",
    "greater",
    "quantities",
    "we've",
    "i've",
    "stops",
    "another",
    "lucky",
    "beyond",
    "exactly",
    "donation",
    "one",
    "per",
    "when",
    "it",
    "goal",
    "'til",
    "under",
    "minimum",
    "sum",
    "grand",
    "budget",
    "set",
    "aside",
    "is",
    "while",
    "whilst",
    "so",
    "long",
    "box",
    "number",
    "some",
];
/// Words that begin a cap without a figure.
const BEGINNING: &[&str] =
    &["until", "till", "til", "while", "whilst", "as", "so", "quantities", "first", "limited", "'til", "only"];
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

/// All candidates of a text.
pub(crate) fn candidates(words: &[Word]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (anchor, word) in words.iter().enumerate() {
        let figure = is_number(word);
        if figure || BEGINNING.contains(&word.text.as_str()) {
            for first in begins(words, anchor, figure) {
                ends(words, anchor).for_each(|end| found.push(Candidate { first, anchor, end }));
            }
        }
    }
    found
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
        if !LEADING.contains(&word.text.as_str()) {
            break;
        }
        places.push(first);
    }
    places
}

/// One past the last word of a cap with this anchor: the anchor itself, or up to the end of the clause.
fn ends(words: &[Word], anchor: usize) -> impl Iterator<Item = usize> {
    let more = (anchor + 1..anchor + AHEAD)
        .take_while(|at| words.get(*at).is_some_and(|word| word.gap == Gap::None && word.text != "?"));
    std::iter::once(anchor + 1).chain(more.map(|at| at + 1).collect::<Vec<_>>())
}

/// What the model looks at in a candidate.
pub(crate) fn features(words: &[Word], candidate: &Candidate, features: &mut Features) {
    features.clear();
    let none = (0, 0);
    let text = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", masked);
    let key = |range: Range<usize>| {
        let taken = words.get(range).unwrap_or_default();
        taken.iter().fold(hash::START, |key, word| hash::join(key, hash::of_str(masked(word))))
    };
    let Candidate { first, anchor, end } = *candidate;
    let kind = words.get(anchor).map_or(0, kind_of);
    let lead = key(first..anchor);
    let tail = (end - anchor - 1) as u64;
    let before = first.checked_sub(1);
    let gap_before = words.get(first).map_or(2, |word| word.gap as u64);
    let gap_after = words.get(end).map_or(2, |word| word.gap as u64);
    let last = hash::of_str(text(end.checked_sub(1)));
    let next = hash::of_str(text(Some(end)));
    let around = gap_before << 2 | gap_after;
    let left = words.len() - end;
    let mut add = |name: &str, number: u64| features.name(3, name, number, none);
    add("kind", kind);
    add("lead", lead);
    add("lead and kind", hash::join(lead, kind));
    add("lead and tail", hash::join(lead, tail));
    add("lead, kind, tail", hash::join(lead, kind << 8 | tail));
    add("lead begins", hash::of_str(text(Some(first))));
    add("lead, around", hash::join(lead, around));
    add("tail", tail);
    add("kind and tail", kind << 8 | tail);
    add("words behind the anchor", key(anchor + 1..end));
    add("first behind", hash::of_str(text(Some(anchor + 1))));
    add("last", last);
    add("next", next);
    add("last and next", hash::join(last, next));
    add("kind, tail, next", hash::join(next, kind << 8 | tail));
    add("gaps", around);
    add("gaps, kind, tail", around << 16 | kind << 8 | tail);
    add("before", hash::of_str(text(before)));
    add("before and lead", hash::join(hash::of_str(text(before)), lead));
    add("two before", key(first.saturating_sub(2)..first));
    add("last of the text", u64::from(left == 0));
    add("more before", u64::from(before.is_some_and(|at| LEADING.contains(&text(Some(at))))));
    add("next is small", u64::from(is_small(text(Some(end)))) << 2 | gap_after);
    add("last is small", u64::from(is_small(text(end.checked_sub(1)))));
    add("draw", u64::from(words.iter().any(|word| is_draw(&word.text))) << 8 | kind);
}

/// Figures without their digits, so that what is learned of one holds for all.
fn masked(word: &Word) -> &str {
    match word.kind {
        Kind::Number => "0",
        Kind::Money => "$",
        Kind::Percent => "%",
        _ => &word.text,
    }
}

fn kind_of(word: &Word) -> u64 {
    match (word.kind, amount::word(&word.text)) {
        (Kind::Money, _) => 1,
        (Kind::Percent, _) => 2,
        // "1", "50", "1,000": how great it is tells winners from stocks.
        (Kind::Number, _) => 3 + word.text.chars().filter(char::is_ascii_digit).count().min(5) as u64,
        (_, Some(Number::Count(count))) if count <= 3.0 => 10,
        (_, Some(Number::Count(_))) => 11,
        _ => 12 + hash::of_str(&word.text) % 1024,
    }
}

/// Words that do not end a cap, and behind which a new thought begins.
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "of" | "to"
            | "the"
            | "a"
            | "in"
            | "for"
            | "and"
            | "on"
            | "is"
            | "are"
            | "will"
            | "who"
            | "that"
            | "we"
            | "you"
            | "get"
            | "gets"
            | "with"
            | "at"
            | "from"
            | "or"
            | "by"
            | "then"
            | "so"
            | "because"
            | "your"
            | "our"
            | "i"
    )
}

fn is_draw(word: &str) -> bool {
    matches!(word, "draw" | "drawn" | "win" | "wins" | "winner" | "winners" | "random" | "raffle" | "raffled" | "pick")
}

#[cfg(test)]
mod tests {
    use super::super::words::scan;
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let words = scan(text);
        candidates(&words).iter().filter_map(|candidate| text.get(candidate.span(&words))).collect()
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
}
