//! Stretches of time as people write them: `90s`, `5m`, `1h`, `2d`.

use jiff::{Span, SpanRelativeTo};

use crate::domain::time::SignedDuration;

/// Reads a stretch of time: a number and a unit, several of them side by side if wanted (`1h 30m`). A day is
/// 24 hours, a week 7 days. `None` when it cannot be read, is negative, or speaks of months or years, whose
/// length depends on when they begin.
pub fn parse(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    // The parser also reads the machine form (`PT5M`), in which a mistyped `P1M` would mean a month.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!duration.is_negative()).then_some(duration)
}

/// Writes a stretch of time in its largest whole unit, so that [`parse`] reads it back: `5m`, `90s`.
pub fn show(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    for (length, unit) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
        if seconds >= length && seconds % length == 0 {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("1h", 3_600),
            ("2d", 172_800),
            ("1h 30m", 5_400),
            ("1w", 604_800),
            ("5 min", 300),
        ] {
            assert_eq!(parse(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_what_has_no_fixed_length_or_no_unit() {
        for text in
            ["", "5", "m", "-5m", "5m ago", "1mo", "2y", "P1M", "5 parsecs", "five minutes", "9999999999999999d"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(seconds in 0i64..100_000_000) {
            let duration = SignedDuration::from_secs(seconds);
            prop_assert_eq!(parse(&show(duration)), Some(duration));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in ".{0,40}") {
            if let Some(duration) = parse(&text) {
                prop_assert!(!duration.is_negative());
            }
        }
    }
}
