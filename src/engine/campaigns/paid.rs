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

#[cfg(test)]
mod tests {
    use super::*;

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
