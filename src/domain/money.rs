//! Sums of money, and numbers of things.

use serde::{Deserialize, Serialize};

/// A sum of money, or a number of things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// How much.
    pub amount: f64,
    /// The currency by its code (ISO 4217), or the thing that is counted; `None` when only a number was said.
    pub unit: Option<String>,
}

impl Money {
    /// Whether it is money, and not a number of things (effort): its unit is a currency by its code.
    pub fn is_currency(&self) -> bool {
        let code = |unit: &str| unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase());
        self.unit.as_deref().is_some_and(code)
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = (self.amount - self.amount.round()).abs() < 0.005;
        let text = if whole { format!("{:.0}", self.amount) } else { format!("{:.2}", self.amount) };
        let (digits, rest) = text.split_once('.').unwrap_or((&text, ""));
        let number = match rest {
            "" => grouped(digits),
            rest => format!("{}.{rest}", grouped(digits)),
        };
        match self.unit.as_deref() {
            Some("USD") => write!(f, "${number}"),
            Some("EUR") => write!(f, "€{number}"),
            Some("GBP") => write!(f, "£{number}"),
            Some(unit) => write!(f, "{number} {unit}"),
            None => f.write_str(&number),
        }
    }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut left = digits.chars().filter(char::is_ascii_digit).count();
    let mut all = String::with_capacity(digits.len() + left / 3);
    for sign in digits.chars() {
        all.push(sign);
        if sign.is_ascii_digit() {
            left -= 1;
            if left > 0 && left.is_multiple_of(3) {
                all.push(',');
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_like_sums() {
        let money = |amount, unit: &str| Money { amount, unit: Some(unit.to_owned()) };
        assert_eq!(money(62_000.0, "USD").to_string(), "$62,000");
        assert_eq!(money(1_234_567.5, "CHF").to_string(), "1,234,567.50 CHF");
        assert_eq!(money(999.0, "trees").to_string(), "999 trees");
        assert_eq!(Money { amount: 1000.0, unit: None }.to_string(), "1,000");
        assert!(money(1.0, "EUR").is_currency() && !money(1.0, "trees").is_currency());
        assert!(!Money { amount: 1.0, unit: None }.is_currency());
    }
}
