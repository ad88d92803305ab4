//! Moments and durations as a person reads them, in the reader's time zone, to the minute.

use jiff::tz::TimeZone;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Columns of [`stamp`].
pub const STAMP: usize = 6;

/// How long, in one unit: "now", "12 min", "8 h", "3 d", "5 wk", "2 y".
pub fn long(duration: SignedDuration) -> String {
    let minutes = duration.as_mins().max(0);
    match minutes {
        0 => "now".to_owned(),
        1..=119 => format!("{minutes} min"),
        120..=2_879 => format!("{} h", minutes / 60),
        2_880..=20_159 => format!("{} d", minutes / 1_440),
        20_160..=1_051_199 => format!("{} wk", minutes / 10_080),
        _ => format!("{} y", minutes / 525_600),
    }
}

/// How long ago; "now" for moments to come.
pub fn since(now: Timestamp, then: Timestamp) -> String {
    long(now.duration_since(then))
}

/// How long ago as words: "now", "12 min ago".
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    match since(now, then).as_str() {
        "now" => "just now".to_owned(),
        other => format!("{other} ago"),
    }
}

/// The time of day: "14:31".
pub fn clock(zone: &TimeZone, then: Timestamp) -> String {
    then.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// Within today the time of day, within this year the day, else the year; [`STAMP`] columns, right-aligned.
pub fn stamp(zone: &TimeZone, now: Timestamp, then: Timestamp) -> String {
    let (now, then) = (now.to_zoned(zone.clone()), then.to_zoned(zone.clone()));
    let text = if now.date() == then.date() {
        then.strftime("%H:%M")
    } else if now.year() == then.year() || now.duration_since(&then) < SignedDuration::from_hours(24 * 180) {
        then.strftime("%e %b")
    } else {
        then.strftime("%Y")
    };
    format!("{:>STAMP$}", text.to_string())
}

/// Day and time: "Fri 21 Nov 14:31", with the year when it is another one.
pub fn full(zone: &TimeZone, now: Timestamp, then: Timestamp) -> String {
    let (now, then) = (now.to_zoned(zone.clone()), then.to_zoned(zone.clone()));
    let text =
        if now.year() == then.year() { then.strftime("%a %-d %b %H:%M") } else { then.strftime("%a %-d %b %Y %H:%M") };
    text.to_string()
}

/// A moment that has not long passed: "17:40" today, "yesterday 17:40", else day and time.
pub fn lately(zone: &TimeZone, now: Timestamp, then: Timestamp) -> String {
    let day = then.to_zoned(zone.clone()).date();
    let today = now.to_zoned(zone.clone()).date();
    if day == today {
        clock(zone, then)
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        format!("yesterday {}", clock(zone, then))
    } else {
        full(zone, now, then)
    }
}

/// When the day of a moment began for the reader.
pub fn start_of_day(zone: &TimeZone, now: Timestamp) -> Timestamp {
    now.to_zoned(zone.clone()).start_of_day().map_or(now, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn durations_have_one_unit() {
        for (minutes, expected) in
            [(0, "now"), (-5, "now"), (1, "1 min"), (119, "119 min"), (480, "8 h"), (4_320, "3 d"), (60_000, "5 wk")]
        {
            assert_eq!(long(SignedDuration::from_mins(minutes)), expected);
        }
    }

    #[test]
    fn stamps_follow_the_readers_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let now = at("2025-11-22T07:00:00Z");
        assert_eq!(stamp(&zone, now, at("2025-11-22T06:31:00Z")), " 08:31");
        assert_eq!(stamp(&zone, now, at("2025-11-21T22:30:00Z")), " 00:30");
        assert_eq!(stamp(&zone, now, at("2025-11-21T20:30:00Z")), "21 Nov");
        assert_eq!(stamp(&zone, now, at("2023-01-02T20:30:00Z")), "  2023");
        assert_eq!(full(&zone, now, at("2025-11-21T20:30:00Z")), "Fri 21 Nov 22:30");
        assert_eq!(lately(&zone, now, at("2025-11-21T22:30:00Z")), "00:30");
        assert_eq!(lately(&zone, now, at("2025-11-21T15:40:00Z")), "yesterday 17:40");
        assert_eq!(lately(&zone, now, at("2025-11-20T20:30:00Z")), "Thu 20 Nov 22:30");
        assert_eq!(start_of_day(&zone, now), at("2025-11-21T22:00:00Z"));
    }
}
