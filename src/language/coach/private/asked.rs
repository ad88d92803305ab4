//! What a draft asks for, and where it is to be given.

use super::super::words::{Word, Words};
use super::lists::{ASKING, HERE, ITEMS, NEVER, NUMBERED, PRIVATELY, WEAK, has};
use super::{Kind, Private, low, word};

/// What a sentence asks for.
pub(super) fn find(words: &Words, sentence: usize) -> Option<Private> {
    let places: Vec<usize> = (0..words.list.len()).filter(|at| in_sentence(words, *at, sentence)).collect();
    let items: Vec<usize> = places.iter().copied().filter(|at| is_item(words, *at)).collect();
    let count = count(words, sentence, &items);
    let asks = [ASKING, HERE, PRIVATELY].iter().any(|list| any(words, sentence, list));
    if count == 0 || !asks {
        return None;
    }
    let (first, last) = (*places.first()?, *places.last()?);
    let (start, end) = (items.first().copied().unwrap_or(first), items.last().copied().unwrap_or(last) + 1);
    Some(Private { span: words.span(start, end), kind: kind(words, sentence, &places, &items), count })
}

fn in_sentence(words: &Words, at: usize, sentence: usize) -> bool {
    word(words, at).is_some_and(|word| word.sentence == sentence)
}

fn any(words: &Words, sentence: usize, list: &str) -> bool {
    words.list.iter().any(|word| word.sentence == sentence && has(list, &word.low))
}

/// Whether a word names something personal that is wanted.
fn is_item(words: &Words, at: usize) -> bool {
    let here = low(words, Some(at));
    let before = low(words, at.checked_sub(1));
    let number = here != "no" || is_number_word(before);
    // `send it by mail`, `the address line`, `mail us`.
    let path = matches!(before, "by" | "via" | "an" | "our" | "my" | "direct");
    // "logged under reference 90812" gives it.
    let given = word(words, at + 1).is_some_and(|next| next.digits() > 2);
    has(ITEMS, here) && number && !path && !given && !(here == "mail" && low(words, Some(at + 1)) == "us")
}

/// Before `no`: what makes it a number.
fn is_number_word(before: &str) -> bool {
    has(NUMBERED, before) || before.ends_with("phone") || matches!(before, "mobile" | "roll" | "contact")
}

/// Things that are asked for.
fn count(words: &Words, sentence: usize, items: &[usize]) -> usize {
    let strong = items.iter().filter(|at| !has(WEAK, low(words, Some(**at)))).count();
    let pairs = items.windows(2).filter(|pair| matches!(pair, [first, second] if second - first == 1)).count();
    let names = ["full name", "your name", "name and", "and name"];
    let names = names.iter().flat_map(|phrase| words.find(phrase));
    let names = names.filter(|(at, _)| in_sentence(words, *at, sentence)).count();
    let digits = words.sentence_has(sentence, &["digits", "last"])
        && words.sentence_has(sentence, &["card", "account", "4", "four", "6"]);
    strong + pairs + names + usize::from(digits)
}

fn kind(words: &Words, sentence: usize, places: &[usize], items: &[usize]) -> Kind {
    let warns = |at: &usize| {
        let here = low(words, Some(*at));
        has(NEVER, here) && (here != "no" || !is_number_word(low(words, at.checked_sub(1))))
    };
    let never = places.iter().any(warns)
        && words.sentence_has(sentence, &["post", "share", "send", "here", "need", "public", "tweet", "paste", "put"]);
    let first = places.first().copied();
    let privately = |at: &usize| {
        let is_path = |word: &Word| {
            has(PRIVATELY, &word.low)
                && (!items.contains(at) || matches!(low(words, at.checked_sub(1)), "by" | "via" | "direct"))
                && !(matches!(word.low.as_str(), "email" | "e-mail" | "mail" | "phone") && Some(*at) != first)
        };
        word(words, *at).is_some_and(is_path)
    };
    if never && !words.sentence_has(sentence, &["reply"]) {
        Kind::Warned
    } else if places.iter().any(privately) {
        Kind::AskedPrivately
    } else if any(words, sentence, HERE) {
        Kind::AskedHere
    } else {
        Kind::Asked
    }
}
