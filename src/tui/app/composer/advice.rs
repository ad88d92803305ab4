//! What the coach makes of the text, and whether the same was just sent to others.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::domain::{Intents, OutgoingId};
use crate::language::coach::{Flag, ReadCoach, Remark, RuleCoach};
use crate::language::normalise;
use crate::measure::giving::sameness::{ALIKE, FEWEST_REPLIES, likeness, shingles};

/// Who reads the drafts.
#[derive(Clone)]
pub struct Coaching(Arc<dyn ReadCoach>);

impl Coaching {
    /// This reader.
    pub fn by(coach: Arc<dyn ReadCoach>) -> Self {
        Self(coach)
    }

    /// Who it is.
    pub fn reader(&self) -> &dyn ReadCoach {
        &*self.0
    }
}

impl Default for Coaching {
    /// The one that goes by rules.
    fn default() -> Self {
        Self(Arc::new(RuleCoach))
    }
}

impl fmt::Debug for Coaching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coaching")
    }
}

impl PartialEq for Coaching {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Words that two texts must share, of all that either has, to be called the same: names may differ.
const SAME: f64 = 0.8;
/// Fewer words say too little: "thank you!" may be said often.
const FEWEST_WORDS: usize = 5;

/// Share of our last replies that say nearly this from which one more of them is worth a word.
const CANNED_FROM: f64 = 0.25;

/// What the coach says of a text.
#[derive(Debug, Clone, Default)]
pub struct Advice {
    /// The text that it is about; other words are not judged yet.
    about: String,
    remarks: Vec<Remark>,
    /// Blanks that the rules point at; `Some` and empty when they find one without pointing.
    slots: Option<Vec<Range<usize>>>,
    /// How many others were just sent the same.
    same: usize,
    /// How many of our last replies say nearly this, and of how many.
    canned: Option<(usize, usize)>,
}

impl Advice {
    /// Reads a text beside what it answers.
    pub fn read(coaching: &Coaching, mention: &str, intents: Intents, text: &str, sent: &[Sent]) -> Self {
        let mut remarks = if text.trim().is_empty() { Vec::new() } else { coaching.0.coach(mention, intents, text) };
        remarks.retain(|remark| remark.holds);
        remarks.sort_by_key(|remark| weight(remark.flag));
        let slots = left_blank(mention, intents, text);
        Self { about: text.to_owned(), remarks, slots, same: same(text, sent), canned: None }
    }

    /// A post of our own answers nobody: only what must not stand in any text remains. What it does is rehearsed.
    pub fn for_a_post(&mut self) {
        self.remarks.retain(|remark| matches!(remark.flag, Flag::Placeholder | Flag::PersonalData));
    }

    /// Compares the text with our last replies.
    pub fn compare(&mut self, said: &[Said]) {
        let words = shingles(&self.about);
        let alike = said.iter().filter(|one| likeness(&one.0, &words) >= ALIKE).count();
        let many = alike as f64 >= CANNED_FROM * said.len() as f64;
        self.canned = (said.len() >= FEWEST_REPLIES && many).then_some((alike, said.len()));
    }

    /// How many of our last replies say nearly this, and of how many, when that is so many that it sounds canned.
    pub fn canned(&self) -> Option<(usize, usize)> {
        self.canned
    }

    /// Whether it is about these words.
    pub fn is_about(&self, text: &str) -> bool {
        self.about == text
    }

    /// What holds, the worst first.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// How many others were just sent nearly the same.
    pub fn same(&self) -> usize {
        self.same
    }

    /// The words that it points at, in the order of the text.
    pub fn marks(&self) -> Vec<Range<usize>> {
        let mut marks: Vec<Range<usize>> = self.remarks.iter().flat_map(|remark| remark.because.clone()).collect();
        marks.sort_by_key(|mark| (mark.start, mark.end));
        marks
    }

    /// Markers that were not filled in, as the rules point at them: what a trained reader only suspects warns.
    pub fn slots(&self) -> &[Range<usize>] {
        self.slots.as_deref().unwrap_or_default()
    }

    /// A placeholder is left.
    pub fn has_slot(&self) -> bool {
        self.slots.is_some()
    }
}

/// What the rules take for a placeholder, whoever else reads.
fn left_blank(mention: &str, intents: Intents, text: &str) -> Option<Vec<Range<usize>>> {
    let holds = |remark: &Remark| remark.holds && remark.flag == Flag::Placeholder;
    let remark = RuleCoach.coach(mention, intents, text).into_iter().find(holds);
    remark.map(|remark| remark.because)
}

/// A flag in a word or two.
pub fn name(flag: Flag) -> &'static str {
    match flag {
        Flag::Pitch => "sales pitch",
        Flag::Denial => "denial",
        Flag::NoAcknowledgement => "no acknowledgement",
        Flag::NoNextStep => "no next step",
        Flag::PersonalData => "personal data",
        Flag::Placeholder => "placeholder",
        Flag::Impersonal => "impersonal",
    }
}

/// What does most harm comes first.
fn weight(flag: Flag) -> u8 {
    match flag {
        Flag::Placeholder => 0,
        Flag::PersonalData => 1,
        Flag::Denial => 2,
        Flag::Pitch => 3,
        Flag::NoAcknowledgement => 4,
        Flag::NoNextStep => 5,
        Flag::Impersonal => 6,
    }
}

/// A reply of ours, as what it shares with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Said(BTreeSet<String>);

impl Said {
    /// A reply that we gave.
    pub fn new(text: &str) -> Self {
        Self(shingles(text))
    }
}

/// Something that was sent lately, as its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    id: OutgoingId,
    words: Vec<String>,
}

impl Sent {
    /// A text that was sent.
    pub fn new(id: OutgoingId, text: &str) -> Self {
        Self { id, words: bag(text) }
    }

    /// Its number.
    pub fn id(&self) -> OutgoingId {
        self.id
    }
}

/// The different words of a text, in order of the alphabet.
fn bag(text: &str) -> Vec<String> {
    let mut words = normalise::words(text);
    words.sort_unstable();
    words.dedup();
    words
}

fn same(text: &str, sent: &[Sent]) -> usize {
    let words = bag(text);
    if words.len() < FEWEST_WORDS {
        return 0;
    }
    let alike = |other: &&Sent| {
        let shared = words.iter().filter(|word| other.words.binary_search(word).is_ok()).count();
        let all = words.len() + other.words.len() - shared;
        // Counts of words are far below what a float holds exactly.
        shared as f64 >= SAME * all as f64
    };
    sent.iter().filter(alike).count()
}

/// Placeholders of saved replies: `{name}`, a few words at most between braces.
pub fn braces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('{')).map(|at| from + at) {
        let inner = text.get(open + 1..).unwrap_or_default();
        match inner.find(['}', '{', '\n']) {
            Some(end) if inner.get(end..).is_some_and(|rest| rest.starts_with('}')) && (1..=40).contains(&end) => {
                found.push(open..open + end + 2);
                from = open + end + 2;
            }
            _ => from = open + 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Intent;

    #[test]
    fn the_coach_is_heard_and_points_at_words() {
        let complaint = Intents::of(&[Intent::Complaint]);
        let text = "Hi {name}, that is wrong. Buy our new bike, 20% off today!";
        let advice = Advice::read(&Coaching::default(), "my chain snapped", complaint, text, &[]);
        assert!(advice.has_slot() && advice.is_about(text));
        assert_eq!(advice.remarks()[0].flag, Flag::Placeholder, "the worst first");
        assert!(advice.marks().iter().all(|mark| text.get(mark.clone()).is_some()));
        assert_eq!(advice.slots().first().map(|slot| &text[slot.clone()]), Some("{name}"));
        assert!(Advice::read(&Coaching::default(), "x", complaint, "  ", &[]).remarks().is_empty());
    }

    #[test]
    fn whom_it_names_is_no_secret_and_what_it_asks_for_is() {
        let complaint = Intents::of(&[Intent::Complaint]);
        let trained = Coaching::by(Arc::new(crate::language::Readers::trained()));
        let private = |coaching: &Coaching, text: &str| {
            let advice = Advice::read(coaching, "my chain snapped", complaint, text, &[]);
            advice.remarks().iter().any(|remark| remark.flag == Flag::PersonalData)
        };
        for coaching in [&Coaching::default(), &trained] {
            assert!(!private(coaching, "@ana@hachyderm.io sorry, I send you a new chain today"));
        }
        assert!(private(&trained, "Sorry! Post your order number, address and phone below."));
    }

    #[test]
    fn the_same_to_others_is_seen_whatever_their_names() {
        let sent: Vec<Sent> = ["ana", "lou", "kim"]
            .iter()
            .enumerate()
            .map(|(n, who)| {
                Sent::new(OutgoingId(n as i64), &format!("@{who} sorry about your chain, we send a new one today"))
            })
            .collect();
        let of = |text: &str| same(text, &sent);
        assert_eq!(of("@bo Sorry about your chain: we send a new one today!"), 3);
        assert_eq!(of("@bo that brake lever is a known fault of the first batch; write me the number"), 0);
        assert_eq!(of("sorry!"), 0, "too short to say");
    }

    #[test]
    fn braces_are_found() {
        let text = "Hi {name}, see {link} and {} or {not\na slot} {x";
        let found: Vec<&str> = braces(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["{name}", "{link}"]);
    }
}
