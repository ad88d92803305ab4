//! Numbers that name one customer's thing: orders, accounts, cards, passwords, days of birth.

use super::super::words::{Word, Words};
use super::lists::{NUMBERED, OWN_NUMBERED, UNITS, has};
use super::{Kind, low, word};

/// What kind of number stands here, if any.
pub(super) fn kind(words: &Words, at: usize) -> Option<Kind> {
    let here = word(words, at)?;
    let before = |back: usize| low(words, at.checked_sub(back));
    // "Policy KI/77120/3": letters of its own stand before it.
    let capitals = at.checked_sub(1).and_then(|at| word(words, at)).is_some_and(|word| word.upper);
    let lettered =
        capitals && before(1).len() <= 3 && before(1).chars().all(char::is_alphabetic) && has(NUMBERED, before(2));
    // "Booking QX7T2L": capitals with a digit or more.
    let reference = (5..=9).contains(&here.low.len())
        && here.upper
        && here.digits() > 0
        && here.low.chars().all(|c| c.is_ascii_alphanumeric())
        && here.low.chars().any(char::is_alphabetic);
    let booked = matches!(before(1), "booking" | "locator" | "reservation" | "pnr" | "order" | "policy" | "claim");
    if reference && (booked || before(2) == "locator") {
        return Some(Kind::Number);
    }
    let numbered = has(NUMBERED, before(1))
        || lettered
        || matches!(before(1), "no" | "number" | "nr" | "id" | "#") && has(NUMBERED, before(2))
        || before(1) == "is" && matches!(before(2), "no" | "number" | "id") && has(NUMBERED, before(3));
    if here.digits() == 4 && matches!(before(1), "ending" | "ends" | "in") && cards(words, at) {
        return Some(Kind::Number);
    }
    if numbered && numberish(here) {
        let names = [before(1), before(2), before(3)];
        let name = names.into_iter().find(|name| has(NUMBERED, name)).unwrap_or_default();
        return Some(if has(OWN_NUMBERED, name) || before(2) == "work" { Kind::OwnNumber } else { Kind::Number });
    }
    // "Visa 3317", "card 6610": four digits of a card.
    let card = matches!(before(1), "visa" | "mastercard" | "amex" | "card" | "acct" | "account");
    if card && here.digits() >= 4 {
        return Some(Kind::Number);
    }
    coded(here).then_some(Kind::Code)
}

/// "ending 1140", "ends in 2207": of a card, not of a month.
fn cards(words: &Words, at: usize) -> bool {
    let before = (1..=3).map(|back| low(words, at.checked_sub(back)));
    before.clone().any(|word| matches!(word, "ending" | "ends"))
}

/// A number that names one thing: four digits or more, or letters with three.
fn numberish(word: &Word) -> bool {
    let digits = word.digits();
    // "3.8.1" is a version, "310mb" a size.
    if word.low.contains('.') || has(UNITS, word.low.trim_start_matches(|c: char| c.is_ascii_digit())) {
        return false;
    }
    let letters = word.low.chars().any(char::is_alphabetic);
    digits >= 4 || (digits >= 3 && letters && word.low.len() >= 5)
}

/// "RG-50221", "PH772910034": letters first, then five digits or more.
fn coded(word: &Word) -> bool {
    let letters = word.low.chars().take_while(char::is_ascii_alphabetic).count();
    word.capital && (1..=3).contains(&letters) && word.digits() >= 4 && !word.low.contains(['@', '.'])
}

/// A password that is told, a date of birth: its kind, one past its end.
pub(super) fn secret_or_birth(words: &Words, at: usize) -> Option<(Kind, usize)> {
    let here = word(words, at)?;
    let same = |next: &Word| next.sentence == here.sentence;
    match here.low.as_str() {
        "password" | "passcode" | "passphrase" | "pin" | "otp" => {
            let told = |next: &Word| next.digits() >= 3 && next.low.len() >= 4 && !next.low.contains('.');
            let found = (at + 1..at + 5).find(|next| word(words, *next).is_some_and(|next| same(next) && told(next)));
            found.map(|found| (Kind::Secret, found + 1))
        }
        "dob" | "born" | "birthdate" => {
            let date = (at + 1..at + 4)
                .take_while(|next| word(words, *next).is_some_and(|next| same(next) && next.digits() > 0));
            let last = date.last()?;
            (last >= at + 2).then_some((Kind::Birth, last + 1))
        }
        _ => None,
    }
}
