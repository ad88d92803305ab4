//! What a draft gives away: addresses, names, rooms.

use super::super::words::{Word, Words};
use super::lists::{BOXES, CALLED, OFFICES, REACH, ROOMS, SENT, STREETS, THEN_CALLED, THEN_YOURS, TITLES, YOURS, has};
use super::{Kind, Private, low, numbers, word};

/// Everything that is given away, and what only looks so.
pub(super) fn find(mention: &Words, words: &Words) -> Vec<Private> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.list.len() {
        let Some((kind, end)) = at_word(mention, words, at) else {
            at += 1;
            continue;
        };
        found.push(Private { span: words.span(at, end), kind, count: 1 });
        at = end.max(at + 1);
    }
    found
}

/// What begins at a word, and one past its end.
fn at_word(mention: &Words, words: &Words, at: usize) -> Option<(Kind, usize)> {
    let here = word(words, at)?;
    if here.handle {
        return None;
    }
    if here.low.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.')) {
        return Some((if own_email(mention, words, at) { Kind::OwnEmail } else { Kind::Email }, at + 1));
    }
    if let Some(found) = numbers::secret_or_birth(words, at) {
        return Some(found);
    }
    // "For account 20-4417-88" is no telephone.
    let named = matches!(low(words, at.checked_sub(1)), "account" | "acct" | "policy" | "order" | "invoice" | "claim");
    if let (true, Some(kind)) = (named, numbers::kind(words, at)) {
        return Some((kind, at + 1));
    }
    if let Some(end) = phone(words, at) {
        return Some((if own_phone(mention, words, at, end) { Kind::OwnPhone } else { Kind::Phone }, end));
    }
    if let Some(end) = street(words, at) {
        return Some((if asks_where(mention) { Kind::OwnAddress } else { Kind::Address }, end));
    }
    if let Some(kind) = numbers::kind(words, at) {
        return Some((kind, at + 1));
    }
    if has(ROOMS, &here.low) && word(words, at + 1).is_some_and(|next| next.digits() > 0 && next.digits() < 5) {
        return Some((Kind::Room, at + 2));
    }
    person(words, at).map(|end| (Kind::Person, end))
}

/// "Mr Len Costa", "Hi Geoff Parnell", "J. Mapes" and the like: a title or greeting and two more capitals.
fn person(words: &Words, at: usize) -> Option<usize> {
    let here = word(words, at).filter(|here| has(TITLES, &here.low))?;
    let title = matches!(here.low.as_str(), "mr" | "mrs" | "ms" | "miss" | "dr");
    let mut end = at + 1;
    while word(words, end).is_some_and(|next| next.capital && next.digits() == 0) && end < at + 4 {
        end += 1;
    }
    (end > at + 2 || title && end > at + 1).then_some(end)
}

/// Whether somebody asks for our own whereabouts.
fn asks_where(mention: &Words) -> bool {
    let any = |wanted: &[&str]| mention.list.iter().any(|word| wanted.contains(&word.low.as_str()));
    any(&["where", "which", "shop", "clinic", "branch", "showroom", "store", "returns", "postal"])
        && !any(&["my", "our"])
}

fn own_email(mention: &Words, words: &Words, at: usize) -> bool {
    let address = low(words, Some(at));
    let (local, host) = address.split_once('@').unwrap_or((address, ""));
    let before = (1..=3).map(|back| low(words, at.checked_sub(back)));
    let told = before.clone().any(|word| has(REACH, word));
    let sent = before.clone().any(|word| has(SENT, word));
    // The house's own name stands in what was written to it; who signs with a name gives their own.
    let house = host.split('.').next().filter(|house| house.len() > 3);
    let named = house.is_some_and(|house| mention.list.iter().any(|word| word.low.trim_start_matches('@') == house));
    let mine = words.find("i'm").chain(words.find("i am")).any(|(_, end)| {
        let name = low(words, Some(end));
        !name.is_empty() && local.starts_with(name)
    });
    let box_of_house = has(BOXES, local) || local.split(['-', '.']).any(|part| has(BOXES, part));
    // Who asks how to reach us is told.
    let wanted = mention.list.iter().any(|word| matches!(word.low.as_str(), "reach" | "contact" | "email" | "e-mail"))
        && !mention.list.iter().any(|word| matches!(word.low.as_str(), "my" | "mine" | "her" | "his"))
        && mention.find("for me").next().is_none();
    let beside = words.list.iter().filter_map(|word| word.low.split_once('@'));
    let mut beside = beside.filter(|(other, of)| *of == host && *other != local);
    box_of_house
        || beside.any(|(other, _)| has(BOXES, other) || has(OFFICES, other))
        || (wanted && !sent)
        || (told && !sent)
        || (named && !sent)
        || mine
}

/// The end of a telephone number that begins here: eight digits or more in a row of numbers, `555-0100`.
fn phone(words: &Words, at: usize) -> Option<usize> {
    let first = word(words, at)?;
    let plain =
        |word: &Word| word.low.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) && word.digits() > 1;
    if !plain(first) {
        return None;
    }
    let american = first.low.split_once('-').is_some_and(|(area, rest)| area == "555" && rest.len() == 4);
    let mut digits = first.digits();
    let mut end = at + 1;
    while let Some(next) = word(words, end)
        && next.sentence == first.sentence
        && plain(next)
        && next.span.start <= words.list.get(end - 1).map_or(0, |word| word.span.end) + 1
        && (first.low.len() > 2 || first.low.starts_with('0'))
    {
        digits += next.digits();
        end += 1;
    }
    // "2009-2023" are years, "23:20, 22:50" are times.
    let years = end == at + 1 && first.low.split('-').all(|part| part.len() == 4 && part.starts_with(['1', '2']));
    let long = (8..=15).contains(&digits)
        && (first.low.starts_with('0') || first.low.contains('-') || end > at + 1 && digits > 8);
    (american || long && !years).then_some(end)
}

/// Whether a telephone number is the house's: the nearest word before it that tells, else what follows, decides.
fn own_phone(mention: &Words, words: &Words, at: usize, end: usize) -> bool {
    let asked =
        mention.list.iter().any(|word| {
            matches!(word.low.as_str(), "phone" | "number" | "call" | "whatsapp" | "who" | "ring" | "reach")
        }) && !mention.list.iter().any(|word| matches!(word.low.as_str(), "my" | "her" | "his"));
    let then =
        |list: &str| word(words, end).is_some_and(|next| next.sentence == sentence(words, at) && has(list, &next.low));
    if then(THEN_YOURS) {
        return false;
    }
    let own = sentence(words, at);
    let near = |back: usize| at.checked_sub(back).filter(|at| sentence(words, *at) == own);
    let before = || (1..=6).map(|back| low(words, near(back)));
    // "call you at", "we tried you on".
    if matches!(low(words, near(1)), "at" | "on") && matches!(low(words, near(2)), "you" | "him" | "her" | "them") {
        return false;
    }
    let told = before().find_map(|word| match (has(CALLED, word), has(YOURS, word)) {
        (_, true) => Some(false),
        (true, _) => Some(true),
        _ => None,
    });
    told.unwrap_or(asked || then(THEN_CALLED))
}

fn sentence(words: &Words, at: usize) -> usize {
    word(words, at).map_or(0, |word| word.sentence)
}

/// `12 Mill Lane`, `LA9`.
fn street(words: &Words, at: usize) -> Option<usize> {
    let first = word(words, at)?;
    let house =
        first.digits() > 0 && first.digits() <= 4 && first.low.chars().filter(|c| c.is_alphabetic()).count() <= 1;
    if !house {
        return None;
    }
    for end in at + 2..=at + 4 {
        let last = word(words, end - 1)?;
        if last.sentence != first.sentence || !last.capital {
            return None;
        }
        if has(STREETS, &last.low) {
            return Some(end);
        }
    }
    None
}
