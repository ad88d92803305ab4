//! What a person writes of what was paid: `62,000 USD`, `$62k`, `all`.

use crate::domain::{Money, Paid};
use crate::language::Cap;

/// Words for the whole.
const WHOLE: [&str; 6] = ["all", "whole", "the whole", "everything", "all of it", "100%"];

/// Reads it.
///
/// # Errors
/// What is wrong, for a person.
pub fn read(text: &str) -> Result<Paid, String> {
    let text = text.trim();
    if text
        .trim_start_matches(|sign: char| !sign.is_ascii_digit() && !matches!(sign, '-' | '−'))
        .starts_with(['-', '−'])
    {
        return Err(format!("\"{text}\" is less than nothing: write all that was paid so far"));
    }
    if WHOLE.contains(&text.to_lowercase().as_str()) {
        return Ok(Paid::Whole);
    }
    let amount = Cap::at(text, 0..text.len()).and_then(|cap| cap.amount).filter(|_| is_sum(text));
    let Some(amount) = amount.filter(|amount| amount.number.is_finite() && amount.number >= 0.0) else {
        return Err(format!("\"{text}\" is no sum: write it like \"62,000 USD\", or \"all\""));
    };
    if amount.number == 0.0 {
        return Ok(Paid::Nothing);
    }
    let unit = amount.currency.map(str::to_owned).or(amount.unit);
    Ok(Paid::Part(Money { amount: amount.number, unit }))
}

/// Words that make a number larger.
const SCALES: [&str; 9] = ["k", "m", "bn", "thousand", "million", "billion", "tsd", "mio", "mrd"];

/// Whether a text is a sum and nothing besides: a sign or a code of a currency, a number, and what is counted. What was
/// paid decides a campaign's health, so that nothing is guessed.
fn is_sum(text: &str) -> bool {
    let is_number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | '\'' | '’');
    let Some(start) = text.find(|sign: char| sign.is_ascii_digit()) else { return false };
    let (before, rest) = text.split_at(start);
    let between = |sign: char| is_number(sign) || matches!(sign, ' ' | '\u{a0}' | '\u{202f}');
    let digits = rest.trim_start_matches(between).len();
    let (number, after) = rest.split_at(rest.len() - digits);
    let (before, number, after) = (before.trim(), number.trim_end(), after.trim());
    let is_code = |word: &str| word.chars().count() == 3 && word.chars().all(char::is_alphabetic);
    let first = before.is_empty()
        || before.chars().all(|sign| !sign.is_alphanumeric())
        || is_code(before)
        || before.chars().filter(|sign| sign.is_alphabetic()).count() <= 2 && before.ends_with('$');
    let mut words = after.split_whitespace();
    let last = if before.is_empty() {
        after.chars().all(|sign| !sign.is_numeric())
    } else {
        words.all(|word| SCALES.contains(&word.to_lowercase().as_str()) || is_code(word) && word == word.to_uppercase())
    };
    first && last && is_written_well(number)
}

/// Whether what parts thousands and what begins a fraction can be told apart: "99,999.999" cannot be meant.
fn is_written_well(number: &str) -> bool {
    let parting = |sign: char| matches!(sign, '.' | ',');
    let Some(last) = number.rfind(parting) else { return true };
    let (before, after) = number.split_at(last);
    let mixed = before.contains(parting) && !after.starts_with(|sign| before.contains(sign));
    let behind = after.chars().filter(char::is_ascii_digit).count();
    !mixed || (1..=2).contains(&behind)
}

/// Brings what was paid in line with what was promised: a bare number is of the promise's unit, and another unit than
/// the promise's cannot be set against it.
///
/// # Errors
/// In which unit the promise is.
pub fn against(paid: Paid, promised: &[Money]) -> Result<Paid, String> {
    let (Paid::Part(sum), Some(first)) = (&paid, promised.first()) else { return Ok(paid) };
    match &sum.unit {
        None => Ok(Paid::Part(Money { amount: sum.amount, unit: first.unit.clone() })),
        Some(_) if promised.iter().any(|one| one.unit.is_none() || one.unit == sum.unit) => Ok(paid),
        Some(_) => Err(format!("{first} was promised: write what was paid in the same unit, not as {sum}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_is_of_the_unit_that_was_promised_and_never_less_than_nothing() {
        let money = |amount, unit: Option<&str>| Money { amount, unit: unit.map(str::to_owned) };
        let promised = [money(100_000.0, Some("USD"))];
        assert_eq!(against(read("5").unwrap(), &promised), part(5.0, "USD"));
        assert_eq!(against(read("$5").unwrap(), &promised), part(5.0, "USD"));
        assert_eq!(against(read("€5").unwrap(), &[]), part(5.0, "EUR"));
        assert_eq!(against(Paid::Whole, &promised), Ok(Paid::Whole));
        assert!(against(read("€5").unwrap(), &promised).unwrap_err().contains("$100,000"));
        for text in ["-5", "-5 USD", "$-5", "−5", "USD -5"] {
            assert!(read(text).unwrap_err().contains("less than nothing"), "{text}");
        }
    }

    fn part(amount: f64, unit: &str) -> Result<Paid, String> {
        Ok(Paid::Part(Money { amount, unit: Some(unit.to_owned()) }))
    }

    #[test]
    fn sums_are_read_as_people_write_them() {
        assert_eq!(read("62,000 USD"), part(62_000.0, "USD"));
        assert_eq!(read("$62k"), part(62_000.0, "USD"));
        assert_eq!(read(" €500 "), part(500.0, "EUR"));
        assert_eq!(read("all"), Ok(Paid::Whole));
        assert_eq!(read("The whole"), Ok(Paid::Whole));
        for (text, sum) in [("62.000,50 €", part(62_000.5, "EUR")), ("$1,234,567.5", part(1_234_567.5, "USD"))] {
            assert_eq!(read(text), sum, "{text}");
        }
        for text in ["$62,000abc", "$62,000xyz", "$50,000 of stuff", "$99,999.999", "62,000abc 5", "about $5 or 6"] {
            assert!(read(text).unwrap_err().contains("is no sum"), "{text}");
        }
        for text in ["500 meals", "EUR 500", "1.5 million dollars", "US$ 62k", "$62,000 USD", "62k USD"] {
            assert!(matches!(read(text), Ok(Paid::Part(_))), "{text}: {:?}", read(text));
        }
        assert!(read("soon").unwrap_err().contains("62,000 USD") && read("").is_err());
    }
}
