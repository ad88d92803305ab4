//! Working hours: on which days and between which times of day somebody is there to answer, and how much of a
//! stretch of time falls into them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Days of the week as they are written, Monday first.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
/// Longest stretch of time that is walked through day by day: a hundred years.
const MOST_DAYS: u32 = 36_525;

/// A stretch of a day, in minutes after midnight; `until` may be 1,440, the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    from: u16,
    until: u16,
}

/// When somebody is there. In the time zone of the team, summer time and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// Stretches of each day, Monday first, in order and apart.
    week: [Vec<Stretch>; 7],
    zone: TimeZone,
}

/// Why a text is no working hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{part}\" is not understood ({why}): write days and times, as in \"Mon-Fri 9:00-18:00, Sat 10:00-14:00\"")]
pub struct HoursError {
    part: String,
    why: &'static str,
}

impl WorkingHours {
    /// Reads `Mon-Fri 9:00-18:00, Sat 10:00-14:00`: parts separated by commas, each days (one, or from-to, around the
    /// end of the week too) and times of day (from-to, 24:00 being the end of the day; a stretch that ends before it
    /// begins goes on into the next day).
    ///
    /// # Errors
    /// [`HoursError`] with the part that is not understood.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Self, HoursError> {
        let mut week: [Vec<Stretch>; 7] = Default::default();
        for part in text.split(',').map(str::trim) {
            let error = |why| HoursError { part: part.to_owned(), why };
            let (days, times) =
                part.split_once(char::is_whitespace).ok_or_else(|| error("days and times of day are needed"))?;
            let (first, last) = range(days, day).ok_or_else(|| error("no such day"))?;
            let (from, until) = range(times.trim(), minute)
                .filter(|_| times.contains(['-', '–']))
                .ok_or_else(|| error("no such time of day"))?;
            if from == until || from == DAY {
                return Err(error("that is no time at all"));
            }
            for step in 0..=(last + 7 - first) % 7 {
                put(&mut week, (first + step) % 7, from, until);
            }
        }
        for day in &mut week {
            *day = apart(std::mem::take(day));
        }
        Ok(Self { week, zone })
    }

    /// How much of the time between two moments is working time; zero when the second is not later.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let (mut date, last) = (from.to_zoned(self.zone.clone()).date(), until.to_zoned(self.zone.clone()).date());
        let mut sum = SignedDuration::ZERO;
        for _ in 0..MOST_DAYS {
            if date > last {
                break;
            }
            for (begin, end) in self.on(date) {
                let (begin, end) = (begin.max(from), end.min(until));
                if end > begin {
                    sum = sum.saturating_add(end.duration_since(begin));
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        sum
    }

    /// The first moment by which so much working time has passed since another; [`Timestamp::MAX`] when it never does.
    pub fn after(&self, from: Timestamp, work: SignedDuration) -> Timestamp {
        let (mut date, mut left) = (from.to_zoned(self.zone.clone()).date(), work);
        if left <= SignedDuration::ZERO {
            return from;
        }
        for _ in 0..MOST_DAYS {
            for (begin, end) in self.on(date) {
                let begin = begin.max(from);
                let here = end.duration_since(begin).max(SignedDuration::ZERO);
                if here >= left {
                    return begin.saturating_add(left).unwrap_or(Timestamp::MAX);
                }
                left = left.saturating_sub(here);
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        Timestamp::MAX
    }

    /// The last moment since which so much working time has passed by another; [`Timestamp::MIN`] when it never has.
    pub fn before(&self, until: Timestamp, work: SignedDuration) -> Timestamp {
        let (mut date, mut left) = (until.to_zoned(self.zone.clone()).date(), work);
        if left <= SignedDuration::ZERO {
            return until;
        }
        for _ in 0..MOST_DAYS {
            for (begin, end) in self.on(date).rev() {
                let end = end.min(until);
                let here = end.duration_since(begin).max(SignedDuration::ZERO);
                if here >= left {
                    return end.saturating_sub(left).unwrap_or(Timestamp::MIN);
                }
                left = left.saturating_sub(here);
            }
            let Ok(earlier) = date.yesterday() else { break };
            date = earlier;
        }
        Timestamp::MIN
    }

    /// The next working day's moment with the time of day of `from`, which is taken as the least to wait; where nobody is
    /// there at that time on any day of the next fortnight, the beginning of the next working day.
    pub fn next_day(&self, from: Timestamp) -> Timestamp {
        let here = from.to_zoned(self.zone.clone());
        let days = (1..=14).filter_map(|days| here.checked_add(jiff::Span::new().days(days)).ok());
        let same_time = days.map(|day| day.timestamp()).find(|moment| self.contains(*moment));
        let begins = || {
            let dates = std::iter::successors(here.date().tomorrow().ok(), |date| date.tomorrow().ok());
            dates.take(14).find_map(|date| self.on(date).next()).map(|(begin, _)| begin)
        };
        same_time.or_else(begins).unwrap_or(from)
    }

    /// When the last of those who are there on a date leaves; `None` when nobody is there.
    pub fn end_of(&self, date: Date) -> Option<Timestamp> {
        self.on(date).next_back().map(|(_, end)| end)
    }

    /// Whether somebody is there.
    pub fn contains(&self, moment: Timestamp) -> bool {
        let date = moment.to_zoned(self.zone.clone()).date();
        self.on(date).any(|(begin, end)| (begin..end).contains(&moment))
    }

    /// The stretches of a date as moments.
    fn on(&self, date: Date) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp)> {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        let stretches = self.week.get(day).map(Vec::as_slice).unwrap_or_default();
        stretches.iter().filter_map(move |stretch| Some((self.at(date, stretch.from)?, self.at(date, stretch.until)?)))
    }

    /// A time of day on a date. A time that summer time leaves out is the moment after the gap, one that comes twice
    /// the first of the two.
    fn at(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let (date, minute) = if minute == DAY { (date.tomorrow().ok()?, 0) } else { (date, minute) };
        let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
        Some(date.to_datetime(time).to_zoned(self.zone.clone()).ok()?.timestamp())
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// One thing, or two with a hyphen between them.
fn range<T: Copy>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    match text.split_once(['-', '–']) {
        Some((from, until)) => Some((read(from.trim())?, read(until.trim())?)),
        None => read(text).map(|one| (one, one)),
    }
}

/// A day by its first three letters, in any case; Monday is 0.
fn day(text: &str) -> Option<usize> {
    let text = text.to_lowercase();
    DAYS.iter().position(|(name, day)| text == *name || text == format!("{day:?}").to_lowercase())
}

/// A time of day in minutes: `9`, `9:00`, `18:30`, `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| (1..=2).contains(&text.len()));
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

/// Puts a stretch into a day; what goes on after midnight belongs to the next.
fn put(week: &mut [Vec<Stretch>; 7], day: usize, from: u16, until: u16) {
    let mut add = |day: usize, from, until| {
        if let Some(stretches) = week.get_mut(day % 7).filter(|_| until > from) {
            stretches.push(Stretch { from, until });
        }
    };
    if until > from {
        return add(day, from, until);
    }
    add(day, from, DAY);
    add(day + 1, 0, until);
}

/// Stretches in order; those that touch or overlap become one, so that no minute counts twice.
fn apart(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut apart: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match apart.last_mut() {
            Some(last) if stretch.from <= last.until => last.until = last.until.max(stretch.until),
            _ => apart.push(stretch),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(text: &str) -> WorkingHours {
        WorkingHours::parse(text, TimeZone::get("Europe/Berlin").unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}[Europe/Berlin]").parse::<jiff::Zoned>().unwrap().timestamp()
    }

    fn worked(hours: &WorkingHours, from: &str, until: &str) -> i64 {
        hours.between(at(from), at(until)).as_secs() / 60
    }

    #[test]
    fn nights_and_weekends_do_not_count() {
        let office = hours("Mon-Fri 9:00-18:00");
        // Friday 17:50 to Monday 9:05: ten minutes and five.
        assert_eq!(worked(&office, "2026-11-20T17:50", "2026-11-23T09:05"), 15);
        assert_eq!(worked(&office, "2026-11-21T08:00", "2026-11-22T23:00"), 0, "a weekend");
        assert_eq!(worked(&office, "2026-11-16T00:00", "2026-11-23T00:00"), 5 * 9 * 60, "a week");
        assert_eq!(worked(&office, "2026-11-18T10:00", "2026-11-18T09:00"), 0, "backwards");
        assert!(office.contains(at("2026-11-18T09:00")) && !office.contains(at("2026-11-18T18:00")));
    }

    #[test]
    fn nights_shifts_overlaps_and_days_around_the_week_are_read() {
        let night = hours("fri-mon 22-6");
        assert_eq!(worked(&night, "2026-11-20T00:00", "2026-11-24T12:00"), 4 * 8 * 60);
        let twice = hours("Monday 9:00-12:00, mon 11:00–13:00");
        assert_eq!(worked(&twice, "2026-11-16T00:00", "2026-11-17T00:00"), 4 * 60);
        assert_eq!(worked(&hours("Sun 0:00-24:00"), "2026-11-21T00:00", "2026-11-24T00:00"), 24 * 60);
    }

    #[test]
    fn the_next_working_day_has_the_same_time_of_day_where_somebody_is_there() {
        let next = |hours: &WorkingHours, from| hours.next_day(at(from));
        let office = hours("Mon-Fri 9:00-18:00");
        assert_eq!(next(&office, "2026-11-18T10:30"), at("2026-11-19T10:30"));
        assert_eq!(next(&office, "2026-11-20T10:30"), at("2026-11-23T10:30"), "over the weekend");
        assert_eq!(next(&office, "2026-11-20T21:00"), at("2026-11-23T09:00"), "nobody is there in the evening");
        assert_eq!(next(&hours("Sat 22:00-4:00"), "2026-11-20T01:00"), at("2026-11-22T01:00"));
    }

    #[test]
    fn a_working_day_ends_with_its_last_stretch() {
        let split = hours("Mon-Fri 9:00-12:00, Mon-Fri 13:00-17:30, Sat 22:00-4:00");
        let end = |date: &str| split.end_of(date.parse().unwrap());
        assert_eq!(end("2026-11-20"), Some(at("2026-11-20T17:30")));
        assert_eq!(end("2026-11-21"), Some(at("2026-11-22T00:00")), "the night goes on on Sunday");
        assert_eq!(end("2026-11-22"), Some(at("2026-11-22T04:00")));
        assert_eq!(hours("Mon 9-10").end_of("2026-11-20".parse().unwrap()), None);
    }

    #[test]
    fn summer_time_takes_and_gives_an_hour() {
        let always = hours("Mon-Sun 0:00-24:00");
        assert_eq!(worked(&always, "2026-03-29T00:00", "2026-03-30T00:00"), 23 * 60);
        assert_eq!(worked(&always, "2026-10-25T00:00", "2026-10-26T00:00"), 25 * 60);
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_part() {
        for text in ["", "Mon", "Mon 9", "Noday 9-10", "Mon 9-25", "Mon 9:60-10", "Mon 9-9", "Mon 24-3", "Mon 9-10, x"]
        {
            let error = WorkingHours::parse(text, TimeZone::UTC).unwrap_err().to_string();
            assert!(error.contains("Mon-Fri 9:00-18:00"), "{text}: {error}");
        }
        let error = WorkingHours::parse("Mon 9-10, Tus 9-10", TimeZone::UTC).unwrap_err().to_string();
        assert!(error.contains("\"Tus 9-10\"") && error.contains("no such day"), "{error}");
    }

    proptest! {
        #[test]
        fn time_adds_up_and_is_never_more_than_there_is(start in 0i64..2_000_000_000, first in 0i64..2_000_000, second in 0i64..2_000_000) {
            let office = hours("Mon-Fri 9:00-18:00, Sat 22:00-4:00");
            let moment = |seconds| Timestamp::from_second(seconds).unwrap();
            let (a, b, c) = (moment(start), moment(start + first), moment(start + first + second));
            prop_assert_eq!(office.between(a, b) + office.between(b, c), office.between(a, c));
            prop_assert!(office.between(a, c) <= c.duration_since(a));
        }
    }
}
