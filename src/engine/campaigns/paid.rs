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
    let amount = Cap::at(text, 0..text.len()).and_then(|cap| cap.amount);
    let Some(amount) = amount.filter(|amount| amount.number.is_finite() && amount.number >= 0.0) else {
        return Err(format!("\"{text}\" is no sum: write it like \"62,000 USD\", or \"all\""));
    };
    if amount.number == 0.0 {
        return Ok(Paid::Nothing);
    }
    let unit = amount.currency.map(str::to_owned).or(amount.unit);
    Ok(Paid::Part(Money { amount: amount.number, unit }))
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
        assert!(read("soon").unwrap_err().contains("62,000 USD") && read("").is_err());
    }
}
