//! A rehearsal in words: the same on the screen and on the command line.

use std::ops::Range;

use super::{Change, Rehearsal, Within};
use crate::domain::{Deed, Gesture, SafeText};
use crate::measure::giving::Side;
use crate::measure::giving::health::{Band, Health};

/// Longest words of the text that are quoted, in characters.
const QUOTED: usize = 60;
/// Longest cap that is quoted, in characters.
const CAP: usize = 80;

/// A deed in a word or two.
pub fn does(deed: Deed) -> String {
    deed.words().to_owned()
}

/// Gives, rounded up: half a give is one to do.
pub fn gives(missing: f64) -> String {
    let whole = missing.ceil();
    format!("{whole:.0} {}", if whole == 1.0 { "give" } else { "gives" })
}

/// Where it stands in the books.
pub fn counts_as(side: Side) -> String {
    match side {
        Side::Give(weight) => format!("a give of {weight}"),
        Side::Exempt(weight) => format!("a give of {weight}: all proceeds, no cap"),
        Side::Ask(weight) => format!("an ask of {weight}"),
        Side::Condition(weight) => format!("an ask of {weight}: it gives only if others act first"),
        Side::None => "neither a give nor an ask".to_owned(),
    }
}

/// What would be better, without its points.
pub fn better(change: &Change) -> String {
    match change {
        Change::DropTheCondition { costs: Some(cap) } => {
            format!("give it without a condition; that costs what the cap says: {}", SafeText::line(cap, CAP))
        }
        Change::DropTheCondition { costs: None } => "give it without a condition".to_owned(),
        Change::LiftTheCap => "lift the cap".to_owned(),
        Change::GiveFirst(missing) => format!("give first: {}", gives(*missing)),
        Change::Wait(1) => "wait for a day: earlier asks fade".to_owned(),
        Change::Wait(days) => format!("wait for {days} days: earlier asks fade"),
        Change::SignIt => "let a person sign it, or speak as one".to_owned(),
    }
}

/// Words of a text in quotation marks.
pub fn quoted(text: &str, span: &Range<usize>) -> Option<String> {
    text.get(span.clone()).map(|words| format!("\"{}\"", SafeText::line(words, QUOTED)))
}

/// The words that made the gesture, in quotation marks, the first of them.
pub fn because(rehearsal: &Rehearsal, text: &str, most: usize) -> Vec<String> {
    let words = rehearsal.gesture.parts.iter().filter(|part| part.weight > 0.0);
    words.filter_map(|part| quoted(text, &part.span)).take(most).collect()
}

/// What sounds like profiting from a disaster.
pub fn profiting(rehearsal: &Rehearsal, text: &str) -> Option<String> {
    let found = rehearsal.profiting.as_ref()?;
    let words: Vec<String> = found.words.iter().filter_map(|span| quoted(text, span)).collect();
    let disaster = quoted(text, &found.disaster).unwrap_or_default();
    Some(format!("{} beside {disaster} sounds like profiting from it", words.join(", ")))
}

/// What becomes of its campaign.
pub fn campaign(within: &Within) -> String {
    let of = |health: &Option<Health>| match health {
        Some(Health { health: Some(health), .. }) => format!("{health:.0} {}", band(*health)),
        Some(_) => "too few responses to say".to_owned(),
        None => "no act yet".to_owned(),
    };
    let (before, after) = (of(&within.before), of(&within.after));
    let change = if before == after { before } else { format!("{before} → {after}") };
    format!("campaign {}: {change}", within.name)
}

fn band(health: f64) -> &'static str {
    match Band::of(health) {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
    }
}

/// What speaks against publishing it as it is, a line each: what a person should decide about, not what could be
/// better still.
pub fn warnings(rehearsal: &Rehearsal, text: &str) -> Vec<String> {
    let mut warnings: Vec<String> = profiting(rehearsal, text).into_iter().collect();
    if matches!(rehearsal.side, Side::Condition(_)) {
        let cap = rehearsal.gesture.cap.as_ref().map(|cap| SafeText::line(&cap.text, CAP));
        warnings.push(match cap {
            Some(cap) => format!("it gives only if others act first, and {cap} at most: give it outright"),
            None => "it gives only if others act first: give it outright".to_owned(),
        });
    }
    if let Some(cover) = rehearsal.cover.filter(|cover| cover.is_early()) {
        let what = if rehearsal.gesture.gesture == Gesture::Ask { "this ask" } else { "it" };
        warnings.push(format!("{what} comes too early: {} short of covering it", gives(cover.missing)));
    }
    if let Some(within) = rehearsal.within.as_ref().filter(|within| within.falls()) {
        warnings.push(format!("it lowers the {}", campaign(within)));
    }
    warnings
}
