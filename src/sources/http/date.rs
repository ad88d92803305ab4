//! Moments as HTTP headers write them.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::domain::Timestamp;

/// Forms of a date without a zone (always UTC) after the weekday was cut off: the usual one, the one of RFC 850,
/// the one of `asctime`.
const FORMS: [&str; 4] = ["%d %b %Y %H:%M:%S", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%b %e %H:%M:%S %Y"];

/// Reads a date header in any form that servers send: the usual one, RFC 850, `asctime`, and ISO 8601.
pub fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    // The weekday says nothing and is wrong often enough.
    let bare = text.split_once(',').map_or(text, |(_, rest)| rest).trim();
    let bare = match bare.split_once(' ') {
        Some((day, rest)) if day.len() == 3 && day.chars().all(char::is_alphabetic) && rest.contains(':') => {
            // `Sun Nov  6 08:49:37 1994` begins with a weekday, `Nov  6 …` with a month.
            if rest.trim_start().starts_with(|sign: char| sign.is_ascii_digit()) { bare } else { rest.trim_start() }
        }
        _ => bare,
    };
    let without_zone =
        ["GMT", "UTC", "+0000", "-0000", "Z"].iter().find_map(|zone| bare.strip_suffix(zone)).map(str::trim_end);
    let utc = |date: DateTime| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let naive = without_zone.unwrap_or(bare);
    FORMS
        .iter()
        .find_map(|form| strtime::parse(form, naive).ok()?.to_datetime().ok())
        .and_then(utc)
        .or_else(|| jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_moment_is_read() {
        let moment = Timestamp::from_second(784_111_777).unwrap();
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 10:49:37 +0200",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(http_date(text), Some(moment), "{text}");
        }
        for text in ["", "0", "-1", "soon", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }
}
