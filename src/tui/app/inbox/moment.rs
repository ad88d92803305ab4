//! Moments to come as a person types them: "2h", "fri 14:00", "tomorrow 9:00", "28 nov". Pure, in the reader's zone.

use jiff::Zoned;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::measure::hours::WorkingHours;

/// When a day begins for those who work, where only the day is said.
const MORNING: Time = Time::constant(9, 0, 0, 0);
/// When it ends for them, where no working hours say otherwise.
const CLOSE: Time = Time::constant(18, 0, 0, 0);
/// The evenings: the first that is still to come.
const EVENINGS: [Time; 2] = [Time::constant(18, 0, 0, 0), Time::constant(21, 0, 0, 0)];
/// An evening that is nearer than this is no time to be put aside until.
const TOO_NEAR: SignedDuration = SignedDuration::from_mins(15);
/// Furthest moment, in days.
const FURTHEST: i64 = 3_660;

/// What a person may type, for those who typed something else.
pub const EXAMPLES: &str = "2h, 14:00, fri 14:00, tomorrow 9:00 or 28 nov";

/// This evening; `None` when it is over.
pub fn evening(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    EVENINGS.into_iter().filter_map(|evening| at(zone, today, evening)).find(|at| at.duration_since(now) > TOO_NEAR)
}

/// Tomorrow morning at nine.
pub fn tomorrow(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    at(zone, now.to_zoned(zone.clone()).date().tomorrow().ok()?, MORNING)
}

/// The next Monday that is not today, at nine.
pub fn monday(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    at(zone, today.nth_weekday(1, Weekday::Monday).ok()?, MORNING)
}

/// The moment that the words mean; `None` when they mean none, or one that is past or more than ten years away. A day
/// alone is its morning.
pub fn parse(words: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    read(words, zone, now, &|date| at(zone, date, MORNING))
}

/// The same, with the moment that a day alone means.
fn read(words: &str, zone: &TimeZone, now: Timestamp, whole: WholeDay<'_>) -> Option<Timestamp> {
    let words = words.trim().to_lowercase();
    let words = words.strip_prefix("in ").unwrap_or(&words).trim();
    let found = stretch(words).and_then(|stretch| now.checked_add(stretch).ok());
    let found = found.or_else(|| day_and_time(words, zone, now, whole))?;
    let ahead = found.duration_since(now);
    (ahead > SignedDuration::ZERO && ahead <= SignedDuration::from_hours(24 * FURTHEST)).then_some(found)
}

/// The moment that a day alone means.
type WholeDay<'a> = &'a dyn Fn(Date) -> Option<Timestamp>;

/// A promise as a person types it: "refund by fri 17:00" is what, and when it is due. "By fri" is kept all Friday: until
/// the working hours of that day end, where nobody works until six in the evening.
pub fn promise(
    words: &str,
    hours: Option<&WorkingHours>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<(String, Timestamp)> {
    let close = |date| hours.and_then(|hours| hours.end_of(date)).or_else(|| at(zone, date, CLOSE));
    what_and_when(words, zone, now, &close)
}

fn what_and_when(words: &str, zone: &TimeZone, now: Timestamp, whole: WholeDay<'_>) -> Option<(String, Timestamp)> {
    // ASCII alone is lowered, so that the places in the words stay the same.
    let lower = words.to_ascii_lowercase();
    let mut places: Vec<(usize, usize)> =
        JOINTS.iter().flat_map(|join| lower.match_indices(join)).map(|(place, join)| (place, join.len())).collect();
    // The first joint whose rest is a moment: "call back on fri at 14:00" is due on Friday at two.
    places.sort_unstable();
    places.into_iter().find_map(|(place, length)| {
        let what = words.get(..place)?.trim();
        let due = read(words.get(place + length..)?, zone, now, whole)?;
        (!what.is_empty()).then(|| (what.to_owned(), due))
    })
}

/// What leads to a time.
const JOINTS: [&str; 6] = [" by ", " until ", " on ", " at ", " in ", " due "];
/// First words of what means a time, readable or not; a figure does as well.
const TIMELY: [&str; 52] = [
    "soon",
    "later",
    "asap",
    "today",
    "tonight",
    "tomorrow",
    "yesterday",
    "noon",
    "midnight",
    "morning",
    "evening",
    "next",
    "end",
    "close",
    "last",
    "mon",
    "monday",
    "tue",
    "tuesday",
    "wed",
    "wednesday",
    "thu",
    "thursday",
    "fri",
    "friday",
    "sat",
    "saturday",
    "sun",
    "sunday",
    "jan",
    "january",
    "feb",
    "february",
    "mar",
    "march",
    "apr",
    "april",
    "may",
    "jun",
    "june",
    "jul",
    "july",
    "aug",
    "august",
    "sep",
    "september",
    "oct",
    "october",
    "nov",
    "november",
    "dec",
    "december",
];

/// What a person said of the time by which something should be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// This one.
    At(Timestamp),
    /// That there is none.
    Never,
    /// Something that looks like a time and is none to come, or a time for nobody.
    Unclear,
    /// Nothing.
    Nothing,
}

/// A hand-over as a person types it: "to Ana by e-mail by tomorrow 9:00" is to whom and where, and by when.
pub fn hand_over(words: &str, zone: &TimeZone, now: Timestamp) -> (String, Said) {
    let (to, said) = match what_and_when(words, zone, now, &|date| at(zone, date, MORNING)) {
        Some((to, due)) => (to, Said::At(due)),
        None => match ENDLESS.iter().find_map(|ending| before(words, ending)) {
            Some(to) => (to.to_owned(), Said::Never),
            None if is_timely(words) => (words.to_owned(), Said::Unclear),
            None => (words.to_owned(), Said::Nothing),
        },
    };
    let to = to.trim().trim_end_matches([',', ';', ':']).trim_end();
    (behind_to(to).unwrap_or(to).to_owned(), said)
}

/// Whether something in the words was meant as a time: what follows a joint, or all of it.
fn is_timely(words: &str) -> bool {
    let lower = format!(" {}", words.trim().to_ascii_lowercase());
    let joints = JOINTS.iter().filter(|joint| !matches!(**joint, " on " | " at " | " in "));
    joints.flat_map(|joint| lower.match_indices(joint)).any(|(place, joint)| {
        let rest = lower.get(place + joint.len()..).unwrap_or_default().trim_start();
        let first = rest.trim_start_matches("the ").split(|sign: char| !sign.is_ascii_alphanumeric()).next();
        first.is_some_and(|word| word.starts_with(|sign: char| sign.is_ascii_digit()) || TIMELY.contains(&word))
    })
}

/// How a person says that nobody is to be reminded.
const ENDLESS: [&str; 3] = ["without a date", "without a time", "no reminder"];

/// What stands before an ending, whatever the case of its letters, unless that is nothing.
fn before<'a>(words: &'a str, ending: &str) -> Option<&'a str> {
    let place = words.trim_end().len().checked_sub(ending.len())?;
    let (to, end) = words.trim_end().split_at_checked(place)?;
    (end.eq_ignore_ascii_case(ending) && to.ends_with([' ', ',']) && !to.trim().is_empty()).then_some(to)
}

/// What stands behind a "to" at the beginning.
fn behind_to(words: &str) -> Option<&str> {
    let (to, rest) = words.split_at_checked(3)?;
    (to.eq_ignore_ascii_case("to ") && !rest.trim().is_empty()).then_some(rest.trim_start())
}

/// The next working day at the same time of day: by the working hours, else Monday to Friday.
pub fn next_working_day(hours: Option<&WorkingHours>, zone: &TimeZone, now: Timestamp) -> Timestamp {
    if let Some(hours) = hours {
        return hours.next_day(now);
    }
    let here = now.to_zoned(zone.clone());
    let workday = |day: &Zoned| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut days = (1..=3).filter_map(|days| here.checked_add(jiff::Span::new().days(days)).ok());
    days.find(workday).map_or(now, |day| day.timestamp())
}

fn at(zone: &TimeZone, date: Date, time: Time) -> Option<Timestamp> {
    // An hour that the change to summer time leaves out is taken an hour later, as calendars do.
    date.to_datetime(time).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// "2h", "90 min", "1 day", "2 weeks".
fn stretch(words: &str) -> Option<SignedDuration> {
    let digits = words.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = words.split_at_checked(digits)?;
    let number: i64 = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
    let minutes = match unit.trim() {
        "m" | "min" | "mins" | "minute" | "minutes" => 1,
        "h" | "hour" | "hours" => 60,
        "d" | "day" | "days" => 1_440,
        "w" | "wk" | "week" | "weeks" => 10_080,
        _ => return None,
    };
    Some(SignedDuration::from_mins(number * minutes))
}

fn day_and_time(words: &str, zone: &TimeZone, now: Timestamp, whole: WholeDay<'_>) -> Option<Timestamp> {
    let here = now.to_zoned(zone.clone());
    if matches!(words, "this evening" | "tonight" | "evening") {
        return evening(zone, now);
    }
    let mut day = None;
    let mut time = None;
    let mut pieces: Vec<&str> = words.split([' ', ',']).filter(|piece| !piece.is_empty() && *piece != "at").collect();
    if let Some(found) = month_day(&pieces, &here) {
        day = Some(Day::Of(found));
        pieces.drain(..2);
    }
    for piece in pieces {
        if let Some(found) = time_of(piece).filter(|_| time.is_none()) {
            time = Some(found);
        } else if let Some(found) = day_of(piece, &here).filter(|_| day.is_none()) {
            day = Some(found);
        } else {
            return None;
        }
    }
    match (day, time) {
        (None, None) => None,
        // The next time that the clock shows this.
        (None, Some(time)) => {
            let today = at(zone, here.date(), time)?;
            if today > now { Some(today) } else { at(zone, here.date().tomorrow().ok()?, time) }
        }
        (Some(day), time) => {
            let on = |date| time.map_or_else(|| whole(date), |time| at(zone, date, time));
            match day {
                Day::Of(date) => on(date),
                Day::Next(weekday) => {
                    let today = (here.weekday() == weekday).then(|| on(here.date())).flatten();
                    today.filter(|today| *today > now).or_else(|| on(here.date().nth_weekday(1, weekday).ok()?))
                }
            }
        }
    }
}

enum Day {
    Of(Date),
    Next(Weekday),
}

fn day_of(piece: &str, here: &Zoned) -> Option<Day> {
    let weekday = match piece.get(..3)? {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        "tod" => return (piece == "today").then(|| Day::Of(here.date())),
        "tom" => {
            return matches!(piece, "tom" | "tomorrow").then(|| here.date().tomorrow().ok()).flatten().map(Day::Of);
        }
        _ => return piece.parse::<Date>().ok().map(Day::Of),
    };
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    names.iter().any(|name| name.starts_with(piece)).then_some(Day::Next(weekday))
}

/// "28 nov" or "nov 28", this year or the next.
fn month_day(pieces: &[&str], here: &Zoned) -> Option<Date> {
    let [one, other, ..] = pieces else { return None };
    let of = |day: &str, month: &str| {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let month = months.iter().position(|name| month.len() >= 3 && month.get(..3) == Some(name))?;
        let day: i8 = day.trim_end_matches('.').parse().ok()?;
        let month = i8::try_from(month).ok()? + 1;
        let this = Date::new(here.year(), month, day).ok().filter(|date| *date >= here.date());
        this.or_else(|| Date::new(here.year() + 1, month, day).ok())
    };
    of(one, other).or_else(|| of(other, one))
}

/// "14:00", "9", "9am", "9.30", "14h".
fn time_of(piece: &str) -> Option<Time> {
    let (piece, shift) = match (piece.strip_suffix("am"), piece.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => (piece, None),
    };
    let (hour, minute) = match piece.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        // A bare number is a time only where it says so.
        None if shift.is_some() => (piece, "0"),
        None => (piece.strip_suffix('h')?, "0"),
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse::<i8>().ok()).flatten();
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let hour = match shift {
        None => hour,
        Some(shift) => (1..=12).contains(&hour).then_some(hour % 12 + shift)?,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::app::samples::now;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    /// In Berlin it is Saturday, the 22nd of November 2025, 10:00.
    fn read(words: &str) -> String {
        match parse(words, &berlin(), now()) {
            Some(at) => at.to_zoned(berlin()).strftime("%a %-d %b %Y %H:%M").to_string(),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_a_person_types_is_understood() {
        for (words, expected) in [
            ("2h", "Sat 22 Nov 2025 12:00"),
            ("in 90 min", "Sat 22 Nov 2025 11:30"),
            ("1 day", "Sun 23 Nov 2025 10:00"),
            ("2w", "Sat 6 Dec 2025 10:00"),
            ("14:00", "Sat 22 Nov 2025 14:00"),
            ("9:00", "Sun 23 Nov 2025 09:00"),
            ("2pm", "Sat 22 Nov 2025 14:00"),
            ("12am", "Sun 23 Nov 2025 00:00"),
            ("fri 14:00", "Fri 28 Nov 2025 14:00"),
            ("14:00 Friday", "Fri 28 Nov 2025 14:00"),
            ("monday", "Mon 24 Nov 2025 09:00"),
            ("sat 14:00", "Sat 22 Nov 2025 14:00"),
            ("sat 9:00", "Sat 29 Nov 2025 09:00"),
            ("Tomorrow 9:00", "Sun 23 Nov 2025 09:00"),
            ("tomorrow at 17.30", "Sun 23 Nov 2025 17:30"),
            ("today 17:00", "Sat 22 Nov 2025 17:00"),
            ("tonight", "Sat 22 Nov 2025 18:00"),
            ("28 nov", "Fri 28 Nov 2025 09:00"),
            ("nov 28 16:00", "Fri 28 Nov 2025 16:00"),
            ("3 february 8am", "Tue 3 Feb 2026 08:00"),
            ("2025-12-01 10:15", "Mon 1 Dec 2025 10:15"),
            ("thurs", "Thu 27 Nov 2025 09:00"),
            // The clocks go forward on the 29th of March: there is no half past two.
            ("29 mar 2:30", "Sun 29 Mar 2026 03:30"),
        ] {
            assert_eq!(read(words), expected, "{words}");
        }
    }

    #[test]
    fn what_means_nothing_or_is_past_is_refused() {
        for words in [
            "",
            "soon",
            "today 9:00",
            "25:00",
            "fri fri",
            "9",
            "2025-11-21",
            "13pm",
            "9 9:00",
            "mondayish",
            "99999 weeks",
        ] {
            assert_eq!(read(words), "nothing", "{words}");
        }
    }

    #[test]
    fn a_promise_for_a_day_is_kept_until_its_working_hours_end_and_a_hand_over_looks_in_the_morning() {
        let office = WorkingHours::parse("Mon-Fri 9:00-17:30", berlin()).unwrap();
        let due = |words: &str, hours| {
            let due = promise(words, hours, &berlin(), now());
            due.map(|(_, due)| due.to_zoned(berlin()).strftime("%a %-d %H:%M").to_string())
        };
        for (words, by_hours, without) in [
            ("refund by Friday", "Fri 28 17:30", "Fri 28 18:00"),
            ("refund by 28 nov", "Fri 28 17:30", "Fri 28 18:00"),
            ("refund by 2025-11-28", "Fri 28 17:30", "Fri 28 18:00"),
            ("refund by today", "Sat 22 18:00", "Sat 22 18:00"), // nobody works on a Saturday
            ("refund by sat", "Sat 22 18:00", "Sat 22 18:00"),
            ("refund by tomorrow", "Sun 23 18:00", "Sun 23 18:00"),
            ("refund by fri 9:00", "Fri 28 09:00", "Fri 28 09:00"),
            ("refund in 2h", "Sat 22 12:00", "Sat 22 12:00"),
        ] {
            assert_eq!(due(words, Some(&office)).as_deref(), Some(by_hours), "{words}");
            assert_eq!(due(words, None).as_deref(), Some(without), "{words}");
        }
        let evening = now().checked_add(SignedDuration::from_hours(9)).unwrap();
        assert_eq!(promise("refund by today", None, &berlin(), evening), None, "that day is over");
        let (_, said) = hand_over("Ana by fri", &berlin(), now());
        assert_eq!(said, Said::At("2025-11-28T09:00+01:00".parse().unwrap()));
    }

    #[test]
    fn a_promise_is_what_and_when() {
        let due = |words: &str| {
            promise(words, None, &berlin(), now())
                .map(|(what, due)| format!("{what} | {}", due.to_zoned(berlin()).strftime("%a %H:%M")))
        };
        assert_eq!(due("refund by fri 17:00").as_deref(), Some("refund | Fri 17:00"));
        assert_eq!(
            due("Call back about the ride by the sea in 2h").as_deref(),
            Some("Call back about the ride by the sea | Sat 12:00")
        );
        assert_eq!(due("call back on mon at 14:00").as_deref(), Some("call back | Mon 14:00"));
        assert_eq!(due("refund"), None);
        assert_eq!(due("by fri"), None);
        assert_eq!(due("Erstattung für Ana by tomorrow").as_deref(), Some("Erstattung für Ana | Sun 18:00"));
    }

    #[test]
    fn an_evening_that_is_over_is_not_offered() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let utc = TimeZone::UTC;
        assert_eq!(evening(&utc, at("2025-11-22T09:00:00Z")), Some(at("2025-11-22T18:00:00Z")));
        assert_eq!(evening(&utc, at("2025-11-22T17:50:00Z")), Some(at("2025-11-22T21:00:00Z")));
        assert_eq!(evening(&utc, at("2025-11-22T22:00:00Z")), None);
        assert_eq!(tomorrow(&utc, at("2025-11-22T22:00:00Z")), Some(at("2025-11-23T09:00:00Z")));
        assert_eq!(monday(&utc, at("2025-11-24T08:00:00Z")), Some(at("2025-12-01T09:00:00Z")));
    }

    #[test]
    fn a_hand_over_until_no_time_that_can_be_is_none() {
        let said = |words: &str| hand_over(words, &berlin(), now()).1;
        for words in [
            "Ana by e-mail by 25:99",
            "Ana by yesterday",
            "Ana by 31 Feb",
            "Ana by end of day",
            "Ana until the end of the week",
            "by tomorrow 9:00",
            "by 2h",
        ] {
            assert_eq!(said(words), Said::Unclear, "{words}");
        }
        for words in ["Ana by e-mail", "Ana by Monica", "the desk on the 2nd floor", "Ana at 4 Mill Road"] {
            assert_eq!(said(words), Said::Nothing, "{words}");
        }
        assert!(matches!(said("Ana, due tomorrow 9:00"), Said::At(_)));
        assert!(matches!(said("Ana by e-mail by tomorrow 9:00"), Said::At(_)));
    }

    proptest! {
        #[test]
        fn any_words_are_read_or_refused_and_never_past(words in "[0-9a-z :.,-]{0,20}|\\PC{0,12}") {
            if let Some(at) = parse(&words, &berlin(), now()) {
                prop_assert!(at > now());
            }
            let (to, said) = hand_over(&words, &berlin(), now());
            prop_assert!(to.len() <= words.len() && !matches!(said, Said::At(due) if due <= now()));
            if let Some((what, due)) = promise(&words, None, &berlin(), now()) {
                prop_assert!(due > now() && !what.is_empty());
            }
        }
    }
}
