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
    /// The currency by its code (ISO 4217), where the unit is one; a bare "$" counts as US dollars.
    pub currency: Option<&'static str>,
}

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
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
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
    ("mil", 1_000.0),
    ("mille", 1_000.0),
    ("tausend", 1_000.0),
    ("hundert", 100.0),
];
const TIMES: &[(&str, f64)] = &[
    ("grand", 1e3),
    ("lakh", 1e5),
    ("lakhs", 1e5),
    ("lac", 1e5),
    ("lacs", 1e5),
    ("crore", 1e7),
    ("crores", 1e7),
    ("million", 1e6),
    ("millions", 1e6),
    ("mio", 1e6),
    ("millones", 1e6),
    ("milhões", 1e6),
    ("millionen", 1e6),
    ("billion", 1e9),
];
/// Codes of currencies, by what is written for them.
const CURRENCIES: &[(&str, &str)] = &[
    ("$", "USD"),
    ("US$", "USD"),
    ("USD", "USD"),
    ("DOLLARS", "USD"),
    ("DOLLAR", "USD"),
    ("BUCKS", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("AUD", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("CAD", "CAD"),
    ("NZ$", "NZD"),
    ("NZD", "NZD"),
    ("HK$", "HKD"),
    ("HKD", "HKD"),
    ("S$", "SGD"),
    ("SGD", "SGD"),
    ("R$", "BRL"),
    ("BRL", "BRL"),
    ("REAIS", "BRL"),
    ("€", "EUR"),
    ("EUR", "EUR"),
    ("EURO", "EUR"),
    ("EUROS", "EUR"),
    ("£", "GBP"),
    ("GBP", "GBP"),
    ("QUID", "GBP"),
    ("₹", "INR"),
    ("RS", "INR"),
    ("INR", "INR"),
    ("RUPEES", "INR"),
    ("RUPEE", "INR"),
    ("¥", "JPY"),
    ("JPY", "JPY"),
    ("YEN", "JPY"),
    ("₱", "PHP"),
    ("PHP", "PHP"),
    ("₦", "NGN"),
    ("NGN", "NGN"),
    ("NAIRA", "NGN"),
    ("₩", "KRW"),
    ("WON", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("TL", "TRY"),
    ("₴", "UAH"),
    ("₽", "RUB"),
    ("฿", "THB"),
    ("BAHT", "THB"),
    ("₵", "GHS"),
    ("₫", "VND"),
    ("CHF", "CHF"),
    ("ZAR", "ZAR"),
    ("R", "ZAR"),
    ("RAND", "ZAR"),
    ("RM", "MYR"),
    ("KES", "KES"),
    ("KSH", "KES"),
    ("AED", "AED"),
    ("SEK", "SEK"),
    ("NOK", "NOK"),
    ("DKK", "DKK"),
    ("PLN", "PLN"),
];

/// The number that a word stands for; of "twenty-five" the sum.
pub(crate) fn word(text: &str) -> Option<Number> {
    let named =
        |list: &[(&str, f64)], text: &str| list.iter().find(|(name, _)| *name == text).map(|(_, number)| *number);
    let count = named(COUNTS, text).or_else(|| {
        let (tens, ones) = text.split_once('-')?;
        Some(named(COUNTS, tens).filter(|tens| *tens >= 20.0)? + named(COUNTS, ones).filter(|ones| *ones < 10.0)?)
    });
    count.map(Number::Count).or_else(|| named(TIMES, text).map(Number::Times))
}

/// The first number among these words, and its currency or what it counts.
pub(crate) fn read(words: &[Word], text: &str) -> Option<Amount> {
    let (at, number, next) = (0..words.len()).find_map(|at| number(words, at))?;
    let unit = match words.get(at).filter(|word| word.kind == Kind::Money) {
        Some(word) => Some(sign(text.get(word.span.clone()).unwrap_or_default())),
        None => thing(words, at, next),
    };
    let unit = unit.filter(|unit| !unit.is_empty());
    let currency = unit.as_deref().and_then(code);
    Some(Amount { number, unit, currency })
}

/// The number that begins at a word: where its words begin, its value, one past its words. "half a million", "a
/// thousand", "two hundred and fifty", "5 lakh".
fn number(words: &[Word], at: usize) -> Option<(usize, f64, usize)> {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let (mut current, mut next) = match text(at) {
        "half" if text(at + 1) == "a" && scale(text(at + 2)).is_some() => (0.5, at + 2),
        "a" if scale(text(at + 1)).is_some() => (1.0, at + 1),
        _ => (value(words.get(at)?)?, at + 1),
    };
    let (mut total, mut scaled) = (0.0, current >= 100.0);
    loop {
        if let Some(times) = scale(text(next)) {
            current *= times;
            scaled = true;
            if times >= 1_000.0 {
                (total, current) = (total + current, 0.0);
            }
            next += 1;
            continue;
        }
        let ahead = if scaled && text(next) == "and" { next + 1 } else { next };
        let small = match word(text(ahead)) {
            Some(Number::Count(count)) if scaled && count < 100.0 => count,
            Some(Number::Count(count)) if count < 10.0 && (20.0..100.0).contains(&current) && current % 10.0 == 0.0 => {
                count
            }
            _ => return Some((at, total + current, next)),
        };
        current += small;
        next = ahead + 1;
    }
}

/// What is written around the digits: "HK$", "€", "Rs".
fn sign(written: &str) -> String {
    let before = written.chars().take_while(|c| !c.is_ascii_digit());
    let sign: String = before.filter(|c| is_currency(*c) || c.is_alphabetic()).collect();
    if sign.is_empty() {
        written.chars().rev().find(|c| is_currency(*c)).map(String::from).unwrap_or_default()
    } else {
        sign
    }
}

fn code(unit: &str) -> Option<&'static str> {
    let unit = unit.to_uppercase();
    CURRENCIES.iter().find(|(written, _)| *written == unit).map(|(_, code)| *code)
}

/// What is counted: the letters that cling to the figure ("40kg"), else the last word of the noun behind it.
fn thing(words: &[Word], at: usize, next: usize) -> Option<String> {
    let clinging: String = words.get(at)?.text.chars().skip_while(|c| !c.is_alphabetic()).collect();
    if words.get(at)?.kind == Kind::Number
        && !matches!(clinging.as_str(), "" | "k" | "m" | "mn" | "mio" | "bn" | "l" | "cr" | "st" | "nd" | "rd" | "th")
    {
        return Some(clinging);
    }
    let small =
        ["of", "per", "each", "a", "the", "in", "only", "max", "maximum", "left", "to", "who", "available", "total"];
    let noun = words.get(next..).unwrap_or_default().iter();
    let mut noun = noun.take_while(|word| word.kind == Kind::Word && !small.contains(&word.text.as_str())).take(3);
    let first = noun.next()?;
    // "5 lakh rupees for the shelter": a currency is the whole unit.
    let thing = if code(&first.text).is_some() { first } else { noun.last().unwrap_or(first) };
    Some(thing.text.clone())
}

fn scale(text: &str) -> Option<f64> {
    match text {
        "hundred" | "hundert" => Some(100.0),
        "thousand" | "mil" | "mille" | "tausend" => Some(1_000.0),
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
                "l" if found.kind == Kind::Money => 1e5,
                "cr" => 1e7,
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

    #[test]
    fn written_numbers_are_numbers() {
        let number = |text: &str| amount(text).map(|(number, _)| number);
        for (text, value) in [
            ("two hundred and fifty seedlings", 250.0),
            ("twenty-five of you", 25.0),
            ("thirty two seats", 32.0),
            ("half a million meals", 500_000.0),
            ("until we reach a million", 1_000_000.0),
            ("three thousand five hundred", 3_500.0),
            ("₹5 lakh", 500_000.0),
            ("1.5 crore rupees", 15_000_000.0),
            ("₹2cr", 20_000_000.0),
            ("maximal 3 tausend Euro", 3_000.0),
            ("hasta 2 mil euros", 2_000.0),
            ("jusqu'à 10 000 €", 10_000.0),
            ("bis zu CHF 20'000", 20_000.0),
            ("höchstens 10.000 Euro", 10_000.0),
            ("hasta 2.500,50 euros", 2_500.5),
            ("first one to ten", 1.0),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
    }

    #[test]
    fn currencies_have_their_code() {
        let currency = |text: &str| read(&scan(text), text).and_then(|amount| amount.currency);
        for (text, code) in [
            ("at most $100,000", "USD"),
            ("A$5k", "AUD"),
            ("capped at £5,000", "GBP"),
            ("upto Rs. 50,000", "INR"),
            ("Rs1,500 only", "INR"),
            ("5 lakh rupees", "INR"),
            ("R500 max", "ZAR"),
            ("20.000 Euro für das Tierheim", "EUR"),
            ("CHF 300", "CHF"),
        ] {
            assert_eq!(currency(text), Some(code), "{text}");
        }
        assert_eq!(currency("max 250 trees"), None);
        assert_eq!(read(&scan("Rs1,500 only"), "Rs1,500 only").map(|amount| amount.number), Some(1_500.0));
    }
}
