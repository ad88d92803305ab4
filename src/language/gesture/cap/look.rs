//! What the cap model looks at: in an anchor, the words around it and how it is parted from them; in a span, how it
//! begins and ends.

use std::ops::Range;

use super::super::super::model::{Features, hash};
use super::super::amount::{self, Number};
use super::super::words::{Gap, Kind, Word};
use super::{Candidate, farthest, leads};

/// Spaces of the features.
const SPAN: u32 = 3;
const ANCHOR: u32 = 4;

/// What the model looks at in an anchor, to tell whether there is a cap.
pub(crate) fn look_at_anchor(words: &[Word], anchor: usize, features: &mut Features) {
    features.clear();
    let kind = words.get(anchor).map_or(0, kind_of);
    let lead = farthest(words, anchor);
    let sentence = sentence(words, anchor);
    let before = |back: usize| anchor.checked_sub(back).filter(|at| *at >= sentence.start);
    let one = |at: Option<usize>| at.map_or(0, |at| key_of(words, at..at + 1));
    let ahead = |steps: usize| Some(anchor + steps).filter(|at| *at < sentence.end);
    let mut add = |name: &str, number: u64| features.name(ANCHOR, name, number, (0, 0));
    for _ in 0..2 {
        add("kind", kind);
        add("lead", key_of(words, lead..anchor));
        add("lead and kind", hash::join(key_of(words, lead..anchor), kind));
    }
    for step in 1..=3 {
        add("before", hash::join(one(before(step)), step as u64));
        add("behind", hash::join(one(ahead(step)), step as u64));
    }
    add("before, kind", hash::join(one(before(1)), kind));
    add("behind, kind", hash::join(one(ahead(1)), kind));
    add("around", hash::join(one(before(1)), one(ahead(1))));
    add("two before", key_of(words, anchor.saturating_sub(2).max(sentence.start)..anchor));
    add("two behind", key_of(words, anchor + 1..(anchor + 3).min(sentence.end)));
    add("before the lead", one(lead.checked_sub(1)));
    let gap_before = words.get(lead).map_or(2, |word| word.gap as u64);
    let clause = clause_end(words, anchor) - anchor;
    let gap_after = words.get(anchor + clause).map_or(2, |word| word.gap as u64);
    // What leads to the anchor may begin in the sentence before: then it is as far from the start as can be.
    let from_start = lead.checked_sub(sentence.start).map_or(4, |gap| gap.min(4));
    let short = from_start as u64 * 5 + (sentence.end - anchor).min(4) as u64;
    add("gaps", gap_before * 3 + gap_after);
    add("gap, tail", (gap_before * 3 + gap_after) * 8 + clause.min(7) as u64);
    add("gap, tail, kind", hash::join((gap_before * 3 + gap_after) * 8 + clause.min(7) as u64, kind));
    add("sentence", short);
    add("sentence, kind", hash::join(short, kind));
    add("last sentence", u64::from(sentence.end == words.len()) * 2 + u64::from(sentence.start == 0));
    let figures = |range: Range<usize>| words.get(range).unwrap_or_default().iter().filter(|word| word.is_figure());
    add(
        "figures",
        figures(0..anchor).count().min(3) as u64 * 4 + figures(anchor + 1..words.len()).count().min(3) as u64,
    );
    add("draw", hash::join(u64::from(words.iter().any(|word| is_draw(&word.text))), kind));
    for at in sentence.start.max(anchor.saturating_sub(8))..sentence.end.min(anchor + 9) {
        add("near", hash::join(one(Some(at)), u64::from(at < anchor)));
    }
}

/// The sentence of a word.
fn sentence(words: &[Word], at: usize) -> Range<usize> {
    let hard = |at: &usize| words.get(*at).is_none_or(|word| word.gap == Gap::Hard);
    let start = (0..=at).rev().find(hard).unwrap_or(0);
    start..(at + 1..words.len()).find(hard).unwrap_or(words.len())
}

fn clause_end(words: &[Word], at: usize) -> usize {
    (at + 1..words.len()).find(|at| words.get(*at).is_none_or(|word| word.gap != Gap::None)).unwrap_or(words.len())
}

fn key_of(words: &[Word], range: Range<usize>) -> u64 {
    let taken = words.get(range).unwrap_or_default();
    taken.iter().fold(hash::START, |key, word| hash::join(key, hash::of_str(masked(word))))
}

/// What the model looks at in a candidate, when the cap is at its anchor.
pub(crate) fn look_at_span(words: &[Word], candidate: &Candidate, features: &mut Features) {
    features.clear();
    let none = (0, 0);
    let text = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", masked);
    let key = |range: Range<usize>| key_of(words, range);
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
    let mut add = |name: &str, number: u64| features.name(SPAN, name, number, none);
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
    add("more before", u64::from(before.is_some_and(|at| leads(text(Some(at))))));
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
