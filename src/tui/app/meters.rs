//! What networks count of our use of them, in words: short in a row, in full below it.

use jiff::tz::TimeZone;

use super::text::grouped;
use super::when;
use crate::domain::{Meter, SafeText, Timestamp};

/// From this share on a meter is worth a look.
const HIGH: f64 = 0.8;
/// Longest name of a meter, in characters.
const NAME: usize = 24;

/// Whether more than four fifths are used, and the count has not begun anew since.
pub fn is_high(meter: &Meter, now: Timestamp) -> bool {
    !is_over(meter, now) && meter.share().is_some_and(|share| share > HIGH)
}

/// The meter of which the largest share is used; the first among equals. Counts that have begun anew come last.
pub fn fullest(meters: &[Meter], now: Timestamp) -> Option<&Meter> {
    let share = |meter: &Meter| if is_over(meter, now) { -1.0 } else { meter.share().unwrap_or(0.0) };
    meters.iter().rev().max_by(|one, other| share(one).total_cmp(&share(other)))
}

/// A meter in a few words, the longest first: "quota 8,430/10,000" or "spent 4.20 of 20.00 USD", then "84 %". With a
/// sign when it is high.
pub fn short(meter: &Meter, now: Timestamp) -> Vec<String> {
    let sign = if is_high(meter, now) { "! " } else { "" };
    let mut forms = vec![format!("{sign}{} {}", name(meter), amount(meter, "/"))];
    forms.extend(meter.share().map(|share| format!("{sign}{:.0} %", (share * 100.0).floor())));
    forms
}

/// A meter in full, with when it begins anew: "requests 8,430 of 10,000 used, anew in 4 min (14:30)".
pub fn full(meter: &Meter, now: Timestamp, zone: &TimeZone) -> String {
    let sign = if is_high(meter, now) { "! " } else { "" };
    let used = if meter.currency.is_some() { "" } else { " used" };
    let anew = match meter.resets {
        None => String::new(),
        Some(at) if at <= now => format!(", counted anew since {}", moment(zone, now, at)),
        Some(at) => {
            let left = match when::long(at.duration_since(now)).as_str() {
                "now" => "< 1 min".to_owned(),
                other => other.to_owned(),
            };
            format!(", anew in {left} ({})", moment(zone, now, at))
        }
    };
    format!("{sign}{} {}{used}{anew}", name(meter), amount(meter, " of "))
}

fn is_over(meter: &Meter, now: Timestamp) -> bool {
    meter.resets.is_some_and(|at| at <= now)
}

fn name(meter: &Meter) -> SafeText {
    SafeText::line(&meter.name, NAME)
}

fn amount(meter: &Meter, of: &str) -> String {
    let Some(currency) = &meter.currency else {
        let count = |number: f64| grouped(number.max(0.0).round() as u64);
        return match meter.limit {
            Some(limit) => format!("{}{of}{}", count(meter.used), count(limit)),
            None => count(meter.used),
        };
    };
    let currency = SafeText::line(currency, 3);
    match meter.limit {
        Some(limit) => format!("{:.2} of {limit:.2} {currency}", meter.used),
        None => format!("{:.2} {currency}", meter.used),
    }
}

/// The time of day today, else the day too.
fn moment(zone: &TimeZone, now: Timestamp, at: Timestamp) -> String {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    if day(now) == day(at) { when::clock(zone, at) } else { when::full(zone, now, at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn meter(name: &str, used: f64, limit: Option<f64>, resets: Option<&str>) -> Meter {
        let resets = resets.map(|at| at.parse().unwrap());
        Meter { name: name.into(), used, limit, currency: None, resets }
    }

    #[test]
    fn a_meter_is_told_short_and_in_full() {
        let quota = meter("quota", 8_430.0, Some(10_000.0), Some("2026-11-22T12:04:00Z"));
        assert_eq!(short(&quota, now()), ["! quota 8,430/10,000", "! 84 %"]);
        assert_eq!(full(&quota, now(), &TimeZone::UTC), "! quota 8,430 of 10,000 used, anew in 4 min (12:04)");
        let money = Meter { currency: Some("USD".into()), ..meter("spent", 4.2, Some(20.0), None) };
        assert_eq!(short(&money, now()), ["spent 4.20 of 20.00 USD", "21 %"]);
        assert_eq!(full(&money, now(), &TimeZone::UTC), "spent 4.20 of 20.00 USD");
        let open = meter("posts\u{1b}[2J", 7.0, None, Some("2026-11-23T08:00:00Z"));
        assert_eq!(short(&open, now()), ["posts 7"]);
        assert_eq!(full(&open, now(), &TimeZone::UTC), "posts 7 used, anew in 20 h (Mon 23 Nov 08:00)");
    }

    #[test]
    fn a_count_that_began_anew_alarms_nobody() {
        let over = meter("requests", 300.0, Some(300.0), Some("2026-11-22T11:58:00Z"));
        assert_eq!(short(&over, now())[0], "requests 300/300");
        assert_eq!(full(&over, now(), &TimeZone::UTC), "requests 300 of 300 used, counted anew since 11:58");
        let half = meter("writes", 15.0, Some(30.0), None);
        assert_eq!(fullest(&[over.clone(), half.clone()], now()), Some(&half));
        assert_eq!(fullest(&[half.clone(), meter("x", 5.0, Some(10.0), None)], now()), Some(&half));
        assert_eq!(fullest(std::slice::from_ref(&over), now()), Some(&over));
        assert_eq!(fullest(&[], now()), None);
    }

    #[test]
    fn four_fifths_are_not_more_than_four_fifths() {
        assert!(!is_high(&meter("x", 80.0, Some(100.0), None), now()));
        assert!(is_high(&meter("x", 80.1, Some(100.0), None), now()));
        assert!(!is_high(&meter("x", 80.1, None, None), now()));
    }
}
