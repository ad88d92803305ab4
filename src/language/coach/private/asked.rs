//! What a draft asks for, and where it is to be given.

use super::super::words::{Word, Words};
use super::lists::{
    ASKING, CLOSED, GIVING, HERE, ITEMS, NEVER, NUMBERED, OPENLY, OUTRIGHT, PRIVATELY, THINGS, WEAK, has,
};
use super::{Kind, Private, low, word};

/// What a sentence asks for.
pub(super) fn find(words: &Words, sentence: usize) -> Option<Private> {
    let places: Vec<usize> = (0..words.list.len()).filter(|at| in_sentence(words, *at, sentence)).collect();
    let items: Vec<usize> = places.iter().copied().filter(|at| is_item(words, *at)).collect();
    let count = count(words, sentence, &items);
    let (first, last) = (*places.first()?, *places.last()?);
    let asks = here(words, sentence) || [ASKING, OPENLY, PRIVATELY].iter().any(|list| any(words, sentence, list));
    // "Roll number and account?": nothing but what is wanted.
    let bare = words.asks(sentence)
        && items.len() > 1
        && places.len() <= 9
        && items.first().is_some_and(|item| *item <= first + 1);
    if count == 0 || !(asks || bare) {
        return None;
    }
    let (start, end) = (items.first().copied().unwrap_or(first), items.last().copied().unwrap_or(last) + 1);
    let kind = match kind(words, sentence, &places, &items) {
        Kind::Asked => match afterwards(words, sentence + 1) {
            Some(kind) => kind,
            None if bare || outright(words, sentence, &items, count) => Kind::AskedOutright,
            None => Kind::Asked,
        },
        kind => kind,
    };
    Some(Private { span: words.span(start, end), kind, count })
}

fn in_sentence(words: &Words, at: usize, sentence: usize) -> bool {
    word(words, at).is_some_and(|word| word.sentence == sentence)
}

fn any(words: &Words, sentence: usize, list: &str) -> bool {
    words.list.iter().any(|word| word.sentence == sentence && has(list, &word.low))
}

/// Whether a sentence says that everybody's place is meant: "below", not "below the box" or "in the post".
fn here(words: &Words, sentence: usize) -> bool {
    words.list.iter().enumerate().filter(|(_, word)| word.sentence == sentence && has(HERE, &word.low)).any(
        |(at, word)| {
            let next = word_of(words, at + 1, sentence);
            match word.low.as_str() {
                "under" | "below" | "underneath" | "beneath" => {
                    next.is_empty()
                        || next.ends_with("'ll")
                        || matches!(next, "i" | "we" | "here" | "this" | "and" | "so" | "with" | "please" | "it")
                }
                "post" => !matches!(low(words, at.checked_sub(1)), "the" | "by" | "in" | "first-class"),
                "comment" | "reply" | "answer" => {
                    !matches!(low(words, at.checked_sub(1)), "your" | "the" | "our" | "an")
                }
                _ => true,
            }
        },
    )
}

fn word_of(words: &Words, at: usize, sentence: usize) -> &str {
    if in_sentence(words, at, sentence) { low(words, Some(at)) } else { "" }
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
    has(NUMBERED, before) || before.ends_with("phone") || matches!(before, "mobile" | "roll" | "contact" | "aadhaar")
}

/// Things that are asked for.
fn count(words: &Words, sentence: usize, items: &[usize]) -> usize {
    let strong = items.iter().filter(|at| !has(WEAK, low(words, Some(**at)))).count();
    let pairs = items.windows(2).filter(|pair| matches!(pair, [first, second] if second - first == 1)).count();
    // "your number", "donor number", not "part number".
    let owned = items.iter().filter(|at| {
        let before = low(words, at.checked_sub(1));
        let number = matches!(low(words, Some(**at)), "number" | "numbers" | "no" | "code");
        number && !has(ITEMS, before) && !has(THINGS, before) && (before == "your" || has(NUMBERED, before))
    });
    let names = ["full name", "your name", "name and", "and name", "booking code", "names and", "passport names"];
    let names = names.iter().flat_map(|phrase| words.find(phrase));
    let names = names.filter(|(at, _)| in_sentence(words, *at, sentence)).count();
    let last = ["last four", "last 4", "last six", "last 6", "digits of", "digits on"];
    let last = last.iter().flat_map(|phrase| words.find(phrase)).any(|(at, _)| in_sentence(words, at, sentence));
    let digits = last && words.sentence_has(sentence, &["card", "account", "digits", "card's"]);
    strong + pairs + owned.count() + names + usize::from(digits)
}

fn kind(words: &Words, sentence: usize, places: &[usize], items: &[usize]) -> Kind {
    let first = places.first().copied();
    let privately = |at: &usize| {
        let is_path = |word: &Word| {
            has(PRIVATELY, &word.low)
                && (!items.contains(at) || matches!(low(words, at.checked_sub(1)), "by" | "via" | "direct"))
                && !(matches!(word.low.as_str(), "email" | "e-mail" | "mail" | "phone") && Some(*at) != first)
                && !follows(words, *at)
                && (!matches!(word.low.as_str(), "ticket" | "app" | "phone" | "log")
                    || led(words, *at)
                    || Some(*at) == first)
        };
        word(words, *at).is_some_and(is_path)
    };
    let counter = ["at the lodge", "at the gate", "at the till", "at the door", "at the office", "at the reception"];
    let counter = counter.iter().flat_map(|phrase| words.find(phrase)).any(|(at, _)| in_sentence(words, at, sentence));
    let closed = counter || any(words, sentence, CLOSED);
    let openly = any(words, sentence, OPENLY) && !words.sentence_has(sentence, &["form", "counter", "desk"]);
    if warns(words, sentence, places) && !words.sentence_has(sentence, &["reply"]) {
        Kind::Warned
    } else if closed || (!openly && places.iter().any(privately)) {
        Kind::AskedPrivately
    } else if here(words, sentence) || openly {
        Kind::AskedHere
    } else {
        Kind::Asked
    }
}

/// "in the app", "by phone": a way to tell.
fn led(words: &Words, at: usize) -> bool {
    let before = (1..=2).filter_map(|back| at.checked_sub(back)).map(|at| low(words, Some(at)));
    before.into_iter().any(|word| matches!(word, "by" | "via" | "in" | "on" | "through" | "over" | "raise" | "open"))
}

/// "and we'll call", "so the branch can ring you": what is done afterwards, no way to tell.
fn follows(words: &Words, at: usize) -> bool {
    let before = (1..=3).filter_map(|back| at.checked_sub(back)).map(|at| low(words, Some(at)));
    before.into_iter().any(|word| {
        matches!(word, "we'll" | "i'll" | "can" | "will" | "could" | "she'll" | "he'll" | "they'll" | "reporter'll")
    }) || low(words, at.checked_sub(1)) == "the" && matches!(low(words, Some(at)), "branch" | "counter" | "desk")
}

/// Whether a sentence tells somebody not to give it here.
fn warns(words: &Words, sentence: usize, places: &[usize]) -> bool {
    const ACTS: &str = "post share send here need public tweet paste put give leave drop reply type publicly";
    let kept = |at: usize| {
        low(words, Some(at)) == "keep"
            && (at + 1..=at + 5).any(|next| matches!(word_of(words, next, sentence), "out" | "off" | "private"))
    };
    let near = |at: usize| {
        (at + 1..=at + 4).any(|next| in_sentence(words, next, sentence) && has(ACTS, low(words, Some(next))))
    };
    places.iter().any(|at| {
        let here = low(words, Some(*at));
        let before = low(words, at.checked_sub(1));
        has(NEVER, here) && (here != "no" || !(is_number_word(before) || has(ITEMS, before))) && near(*at) || kept(*at)
    })
}

/// Where a sentence says to put what the one before asked for: "What's the address? Type it here".
fn afterwards(words: &Words, sentence: usize) -> Option<Kind> {
    let short = words.list.iter().filter(|word| word.sentence == sentence).count() < 7;
    if !any(words, sentence, GIVING)
        || !short && !words.sentence_has(sentence, &["it", "them", "reply", "that", "those"])
    {
        return None;
    }
    if any(words, sentence, CLOSED) || words.sentence_has(sentence, &["message", "email", "form", "mail"]) {
        return Some(Kind::AskedPrivately);
    }
    here(words, sentence).then_some(Kind::AskedHere)
}

/// Whether a verb that asks stands close before something that is a person's own: "send us your e-mail".
fn outright(words: &Words, sentence: usize, items: &[usize], count: usize) -> bool {
    let please = words.sentence_has(sentence, &["please", "pls", "plz"]);
    items.iter().any(|at| {
        let back = |steps: usize| at.checked_sub(steps).filter(|at| in_sentence(words, *at, sentence));
        let owned = (1..=3).filter_map(back).any(|at| matches!(low(words, Some(at)), "your" | "ur" | "his" | "her"));
        let numbered = matches!(low(words, Some(*at)), "number" | "no" | "id" | "address" | "postcode" | "surname");
        let asks = (1..=7).filter_map(back).any(|at| has(OUTRIGHT, low(words, Some(at))));
        let what = words.asks(sentence)
            && (1..=6).filter_map(back).any(|at| matches!(low(words, Some(at)), "what's" | "which" | "what"));
        let handed = (1..=7)
            .filter_map(back)
            .any(|at| matches!(low(words, Some(at)), "drop" | "leave" | "share" | "comment" | "tell" | "give"));
        (asks && (owned || count > 1) && numbered)
            || (please && count > 1)
            || (handed && (owned || numbered))
            || (what
                && (numbered || owned || count > 1)
                && (count > 1 || !matches!(low(words, Some(*at)), "phone" | "mobile")))
    })
}
