//! How long a text is by the network's own rules, and what is left.

use crate::domain::TextRules;
use crate::domain::text_rules::Count;

/// What a text comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// What it counts, the warning included where that counts.
    pub length: usize,
    /// Most of that.
    pub longest: Option<usize>,
    /// Bytes, and most of them, where the network limits them besides.
    pub bytes: Option<(usize, usize)>,
    /// Least of it.
    pub shortest: usize,
}

/// What a text counts with this warning before it.
pub fn counted(rules: &TextRules, text: &str, warning: &str) -> usize {
    rules.length(text) + if rules.warning_counts && !warning.is_empty() { rules.length(warning) } else { 0 }
}

impl Tally {
    /// Counts a text.
    pub fn of(rules: &TextRules, text: &str, warning: &str) -> Self {
        Self {
            length: counted(rules, text, warning),
            longest: rules.longest,
            bytes: rules.longest_bytes.map(|most| (text.len(), most)),
            shortest: rules.shortest,
        }
    }

    /// What is left of the network's measure; below 0 it is too long. `None` without a limit.
    pub fn rest(&self) -> Option<i64> {
        let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rest = self.longest.map(|longest| signed(longest) - signed(self.length));
        // Where the bytes run out first, they are what matters.
        let bytes = self.bytes.map(|(used, most)| signed(most) - signed(used)).filter(|left| *left < 0);
        bytes.or(rest)
    }

    /// Whether it is too long.
    pub fn is_over(&self) -> bool {
        self.rest().is_some_and(|rest| rest < 0)
    }

    /// In words: "262 of 500 left", "! 12 too many", "38".
    pub fn words(&self, rules: &TextRules) -> String {
        let unit = |many: i64| match (rules.count, many == 1) {
            (Count::Bytes, true) => " byte",
            (Count::Bytes, false) => " bytes",
            _ => "",
        };
        match (self.rest(), self.longest.or(self.bytes.map(|(_, most)| most))) {
            (Some(rest), _) if rest < 0 => {
                let in_bytes = self.longest.is_none_or(|longest| self.length <= longest);
                let what = if in_bytes { " bytes" } else { unit(-rest) };
                format!("! {}{what} too many", -rest)
            }
            (Some(rest), Some(most)) => format!("{rest}{} of {most} left", unit(rest)),
            _ => format!("{}{}", self.length, unit(1_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_by_the_network_s_own_count() {
        let mastodon =
            TextRules { longest: Some(500), address_counts: Some(23), warning_counts: true, ..TextRules::default() };
        let tally = Tally::of(&mastodon, "see https://example.org/very/long/path/that/goes/on", "bikes");
        assert_eq!((tally.length, tally.rest()), (4 + 23 + 5, Some(468)));
        assert_eq!(tally.words(&mastodon), "468 of 500 left");
        let bluesky = TextRules {
            count: Count::Graphemes,
            longest: Some(300),
            longest_bytes: Some(3_000),
            ..TextRules::default()
        };
        let family = "👨‍👩‍👧".repeat(299);
        let tally = Tally::of(&bluesky, &family, "");
        assert!(tally.is_over(), "299 signs, but {} bytes", family.len());
        assert_eq!(tally.words(&bluesky), format!("! {} bytes too many", family.len() - 3_000));
        assert!(!Tally::of(&TextRules::default(), &"x".repeat(9_000), "").is_over());
        assert_eq!(Tally::of(&TextRules::default(), "abc", "").words(&TextRules::default()), "3");
    }
}
