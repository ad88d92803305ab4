//! The number in a cap, with its currency or unit.

use super::words::{Kind, Word, is_currency};

/// What a word says of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// So many.
    Count(f64),
    /// So many times what stands before.
    Times(f64),
}

/// A number that a cap names.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// The number: 15000 for "$15k".
    pub number: f64,
    /// The currency as it is written ("$", "€", "rand") or the thing that is counted ("trees"), in lower case where
    /// it is a word.
    pub unit: Option<String>,
}

/// The number that a word stands for.
pub(crate) fn word(text: &str) -> Option<Number> {
    const COUNTS: &[(&str, f64)] = &[
        ("one", 1.0),
        ("two", 2.0),
        ("three", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("eleven", 11.0),
        ("twelve", 12.0),
        ("fifteen", 15.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("seventy", 70.0),
        ("eighty", 80.0),
        ("ninety", 90.0),
        ("dozen", 12.0),
        ("hundred", 100.0),
        ("thousand", 1_000.0),
        ("once", 1.0),
        ("twice", 2.0),
    ];
    const TIMES: &[(&str, f64)] =
        &[("grand", 1e3), ("lakh", 1e5), ("lakhs", 1e5), ("crore", 1e7), ("million", 1e6), ("billion", 1e9)];
    let named = |list: &[(&str, f64)]| list.iter().find(|(name, _)| *name == text).map(|(_, number)| *number);
    named(COUNTS).map(Number::Count).or_else(|| named(TIMES).map(Number::Times))
}

/// The first number among these words, and its currency or what it counts.
pub(crate) fn read(words: &[Word], text: &str) -> Option<Amount> {
    let (at, mut number) = words.iter().enumerate().find_map(|(at, word)| Some((at, value(word)?)))?;
    let mut next = at + 1;
    while let Some(times) = words.get(next).and_then(|word| scale(&word.text)) {
        number *= times;
        next += 1;
    }
    let written = words.get(at).and_then(|word| text.get(word.span.clone())).unwrap_or_default();
    let sign: String =
        written.chars().take_while(|c| !c.is_ascii_digit()).chain(written.chars().rev().take(1)).collect();
    let sign: String = sign.chars().filter(|c| is_currency(*c) || c.is_ascii_uppercase()).collect();
    let unit =
        if words.get(at).is_some_and(|word| word.kind == Kind::Money) { Some(sign) } else { thing(words, at, next) };
    Some(Amount { number, unit: unit.filter(|unit| !unit.is_empty()) })
}

/// What is counted: the letters that cling to the figure ("40kg"), else the last word of the noun behind it.
fn thing(words: &[Word], at: usize, next: usize) -> Option<String> {
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.text.as_str());
    if let Some(currency @ ("rs" | "rs." | "inr" | "usd" | "eur" | "gbp")) = before {
        return Some(currency.trim_end_matches('.').to_owned());
    }
    let clinging: String = words.get(at)?.text.chars().skip_while(|c| !c.is_alphabetic()).collect();
    if words.get(at)?.kind == Kind::Number
        && !matches!(clinging.as_str(), "" | "k" | "m" | "bn" | "st" | "nd" | "rd" | "th")
    {
        return Some(clinging);
    }
    let small =
        ["of", "per", "each", "a", "the", "in", "only", "max", "maximum", "left", "to", "who", "available", "total"];
    let noun = words.get(next..).unwrap_or_default().iter();
    let noun = noun.take_while(|word| word.kind == Kind::Word && !small.contains(&word.text.as_str())).take(3).last();
    noun.map(|word| word.text.clone())
}

fn scale(text: &str) -> Option<f64> {
    match text {
        "hundred" => Some(100.0),
        "thousand" => Some(1_000.0),
        "dozen" => Some(12.0),
        "k" => Some(1e3),
        "m" => Some(1e6),
        _ => match word(text) {
            Some(Number::Times(times)) => Some(times),
            _ => None,
        },
    }
}

/// The value of a figure or a number word.
fn value(found: &Word) -> Option<f64> {
    if !(found.is_figure() || found.kind == Kind::Percent) {
        return match word(&found.text)? {
            Number::Count(count) => Some(count),
            Number::Times(_) => None,
        };
    }
    let digits: String = found
        .text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| !c.is_alphabetic() && *c != '%')
        .collect();
    let digits = digits.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number = plain(digits)?;
    let letters: String =
        found.text.chars().skip_while(|c| !c.is_ascii_digit()).filter(|c| c.is_alphabetic()).collect();
    Some(
        number
            * match letters.as_str() {
                "k" => 1e3,
                "m" | "mn" | "mio" => 1e6,
                "bn" => 1e9,
                _ => 1.0,
            },
    )
}

/// Digits with separators: before exactly three digits one groups ("10.000"), else the last one is the decimal mark.
fn plain(digits: &str) -> Option<f64> {
    let parts: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (first, rest) = parts.split_first()?;
    let whole = |parts: &[&str]| parts.concat();
    let grouped = rest.iter().all(|part| part.len() == 3) && first.len() <= 3;
    // "1,00,000": groups as in India.
    let indian =
        rest.len() > 1 && rest.last().is_some_and(|part| part.len() == 3) && rest.iter().all(|part| part.len() <= 3);
    if rest.is_empty() || grouped || indian {
        return whole(&parts).parse().ok();
    }
    let (last, before) = parts.split_last()?;
    format!("{}.{last}", whole(before)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::words::scan;
    use super::*;

    fn amount(text: &str) -> Option<(f64, Option<String>)> {
        read(&scan(text), text).map(|amount| (amount.number, amount.unit))
    }

    #[test]
    fn numbers_come_with_their_currency_or_unit() {
        let unit = |unit: &str| Some(unit.to_owned());
        assert_eq!(amount("up to $15k"), Some((15_000.0, unit("$"))));
        assert_eq!(amount("until we reach €30.000"), Some((30_000.0, unit("€"))));
        assert_eq!(amount("up to HK$2 million"), Some((2_000_000.0, unit("HK$"))));
        assert_eq!(amount("max 500 trees"), Some((500.0, unit("trees"))));
        assert_eq!(amount("first hundred teachers"), Some((100.0, unit("teachers"))));
        assert_eq!(amount("upto ₹1,50,000"), Some((150_000.0, unit("₹"))));
        assert_eq!(amount("$2.50 each"), Some((2.5, unit("$"))));
        assert_eq!(amount("3 000 € maximum"), Some((3_000.0, unit("€"))));
        assert_eq!(amount("the first 50"), Some((50.0, None)));
        assert_eq!(amount("one per household"), Some((1.0, None)));
        assert_eq!(amount("while stocks last"), None);
    }
}
