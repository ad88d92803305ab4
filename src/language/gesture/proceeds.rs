//! Whether all that a thing brings in is given away: "all proceeds go to", "every penny of it", "the lot".

use std::ops::Range;

use super::words::{Gap, Kind, Word};

/// What the proceeds are called.
const PROCEEDS: &[&str] = &["proceeds", "profit", "profits", "takings", "revenue", "earnings", "income"];
/// Words between "all" and the proceeds.
const BETWEEN: &[&str] = &["the", "of", "our", "net", "its", "their", "my", "sales", "ticket", "your", "this"];
/// The smallest coins, which stand for everything: "every penny".
const COINS: &[&str] = &["penny", "cent", "dollar", "euro", "pound", "rupee", "dime", "nickel", "quid", "bit"];
/// Ways of going to somebody.
const GIVEN: &[&str] = &[
    "go", "goes", "going", "given", "give", "gives", "donated", "donate", "donates", "donating", "benefit", "benefits",
    "to", "for", "keeps", "keep", "supports", "support", "pays", "straight", "gets",
];
/// Words that make a part of the whole.
const PART: &[&str] =
    &["part", "portion", "share", "half", "some", "most", "percentage", "third", "quarter", "percent"];

/// The words that say that everything is given; `None` when nothing says so.
pub(crate) fn all_given(words: &[Word]) -> Option<Range<usize>> {
    (0..words.len()).find_map(|at| said_at(words, at))
}

fn said_at(words: &[Word], at: usize) -> Option<Range<usize>> {
    let word = words.get(at)?;
    let text = word.text.as_str();
    let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).map_or("", |word| word.text.as_str());
    let whole = match text {
        "all" | "entire" | "whole" | "full" => !matches!(before(1), "not" | "of") || text != "all",
        "every" | "each" => return coin(words, at),
        "100%" => true,
        _ => false,
    };
    if whole {
        return proceeds(words, at).or_else(|| the_lot(words, at));
    }
    // "the proceeds going to": nothing makes them a part.
    if PROCEEDS.contains(&text) && matches!(before(1), "the" | "proceeds" | "with") {
        let part = (2..=4).any(|back| PART.contains(&before(back)))
            || (1..=5)
                .any(|back| at.checked_sub(back).and_then(|at| words.get(at)).is_some_and(|w| w.kind == Kind::Percent));
        return (!part).then(|| given(words, at)).flatten().map(|end| span(words, at - 1, end));
    }
    None
}

/// "all the proceeds", "100% of our profit".
fn proceeds(words: &[Word], at: usize) -> Option<Range<usize>> {
    let ahead = (at + 1..at + 6).take_while(|next| words.get(*next).is_some_and(|word| word.gap == Gap::None));
    for next in ahead {
        let word = words.get(next)?;
        if PROCEEDS.contains(&word.text.as_str()) {
            return given(words, next).map(|end| span(words, at, end));
        }
        if !(BETWEEN.contains(&word.text.as_str()) || word.is_figure()) {
            return None;
        }
    }
    None
}

/// "all of it goes to", "all £11 goes to", "the whole lot goes to", "100% goes to".
fn the_lot(words: &[Word], at: usize) -> Option<Range<usize>> {
    let text = |ahead: usize| words.get(at + ahead).map_or("", |word| word.text.as_str());
    let money = words.get(at + 1).is_some_and(|word| word.kind == Kind::Money);
    let last = match (text(1), text(2)) {
        ("of", "it") => at + 2,
        ("the", "money") => at + 2,
        ("lot" | "money" | "price" | "amount", _) => at + 1,
        _ if money => at + 1,
        _ if words.get(at).is_some_and(|word| word.kind == Kind::Percent) => at,
        _ => return None,
    };
    let end = given(words, last)?;
    // "all £11 to the clinic" says it; "full price for" does not.
    let firm = words.get(last + 1..end).unwrap_or_default().iter().any(|word| !matches!(word.text.as_str(), "for"));
    firm.then(|| span(words, at, end))
}

/// "every penny of it goes to", "every cent to the ward".
fn coin(words: &[Word], at: usize) -> Option<Range<usize>> {
    words.get(at + 1).filter(|word| COINS.contains(&word.text.as_str()))?;
    given(words, at + 1).map(|end| span(words, at, end))
}

/// One past the word that says where it goes, within a few words in the same sentence.
fn given(words: &[Word], last: usize) -> Option<usize> {
    (last + 1..last + 8)
        .take_while(|next| words.get(*next).is_some_and(|word| word.gap < Gap::Hard))
        .find(|next| words.get(*next).is_some_and(|word| GIVEN.contains(&word.text.as_str())))
        .map(|next| next + 1)
}

fn span(words: &[Word], first: usize, end: usize) -> Range<usize> {
    let from = words.get(first).map_or(0, |word| word.span.start);
    let to = words.get(end.saturating_sub(1)).map_or(from, |word| word.span.end);
    from..to.max(from)
}

#[cfg(test)]
mod tests {
    use super::super::words::scan;
    use super::*;

    fn said(text: &str) -> Option<&str> {
        all_given(&scan(text)).and_then(|span| text.get(span))
    }

    #[test]
    fn everything_is_told_from_a_part() {
        assert_eq!(said("All proceeds go to the ward"), Some("All proceeds go"));
        assert_eq!(said("Buy one, every penny goes to Oxley school"), Some("every penny goes"));
        assert_eq!(said("100% of our profits are donated"), Some("100% of our profits are donated"));
        assert_eq!(said("Buy a scarf, the proceeds going to the clinic"), Some("the proceeds going"));
        assert_eq!(said("You pay £9, all £9 goes to the hospice"), Some("all £9 goes"));
        assert_eq!(said("10% of the proceeds go to the ward"), None);
        assert_eq!(said("a part of the proceeds goes to the ward"), None);
        assert_eq!(said("20p of every mug goes to the ward"), None);
        assert_eq!(said("We all go to the pub"), None);
        assert_eq!(said(""), None);
    }
}
