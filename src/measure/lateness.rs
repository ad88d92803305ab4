//! When a case is late: once it has waited for the target. Every hour counts, unless working hours are configured; then
//! only they do, so that what comes at night has the whole target from the morning on.

use super::hours::WorkingHours;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// How long an answer may take, and which hours count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness {
    target: SignedDuration,
    hours: Option<WorkingHours>,
}

impl Lateness {
    /// By a target, in working hours where there are any.
    pub fn new(target: SignedDuration, hours: Option<WorkingHours>) -> Self {
        Self { target, hours }
    }

    /// How long an answer may take.
    pub fn target(&self) -> SignedDuration {
        self.target
    }

    /// When somebody is there to answer; `None` where every hour counts.
    pub fn hours(&self) -> Option<&WorkingHours> {
        self.hours.as_ref()
    }

    /// How much of the time since a case was opened counts. It is late from the moment when that is the target.
    pub fn waited(&self, opened: Timestamp, now: Timestamp) -> SignedDuration {
        match &self.hours {
            Some(hours) => hours.between(opened, now),
            None => now.duration_since(opened),
        }
    }

    /// When a case that was opened then is late.
    pub fn late_at(&self, opened: Timestamp) -> Timestamp {
        match &self.hours {
            Some(hours) => hours.after(opened, self.target),
            None => opened.saturating_add(self.target).unwrap_or(Timestamp::MAX),
        }
    }

    /// The cut-off: what was opened then or before is late now, and nothing else is.
    pub fn cut_off(&self, now: Timestamp) -> Timestamp {
        match &self.hours {
            Some(hours) => hours.before(now, self.target),
            None => now.saturating_sub(self.target).unwrap_or(Timestamp::MIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}[Europe/Berlin]").parse::<jiff::Zoned>().unwrap().timestamp()
    }

    fn office(minutes: i64) -> Lateness {
        let hours = WorkingHours::parse("Mon-Fri 9:00-18:00", TimeZone::get("Europe/Berlin").unwrap()).unwrap();
        Lateness::new(SignedDuration::from_mins(minutes), Some(hours))
    }

    #[test]
    fn what_comes_at_night_has_the_whole_target_from_the_morning_on() {
        let ten = office(10);
        assert_eq!(ten.late_at(at("2026-11-18T03:00")), at("2026-11-18T09:10"));
        assert_eq!(ten.late_at(at("2026-11-18T12:00")), at("2026-11-18T12:10"));
        assert_eq!(ten.late_at(at("2026-11-20T17:55")), at("2026-11-23T09:05"), "over the weekend");
        assert_eq!(ten.cut_off(at("2026-11-18T09:01")), at("2026-11-17T17:51"), "nine minutes of the day before");
        assert_eq!(ten.cut_off(at("2026-11-18T09:10")), at("2026-11-18T09:00"));
        assert_eq!(ten.cut_off(at("2026-11-22T12:00")), at("2026-11-20T17:50"));
        assert_eq!(ten.waited(at("2026-11-18T03:00"), at("2026-11-18T09:01")), SignedDuration::from_mins(1));
        assert_eq!(office(9 * 60).late_at(at("2026-11-20T12:00")), at("2026-11-23T12:00"));
    }

    #[test]
    fn without_working_hours_every_hour_counts() {
        let ten = Lateness::new(SignedDuration::from_mins(10), None);
        assert_eq!(ten.late_at(at("2026-11-18T03:00")), at("2026-11-18T03:10"));
        assert_eq!(ten.cut_off(at("2026-11-18T03:10")), at("2026-11-18T03:00"));
        assert_eq!(ten.cut_off(Timestamp::MIN), Timestamp::MIN);
        assert_eq!(ten.late_at(Timestamp::MAX), Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn the_three_ways_to_tell_what_is_late_agree(
            start in 1_700_000_000i64..1_800_000_000, waits in 0i64..1_000_000, target in 1i64..100_000, night in any::<bool>(),
        ) {
            let text = if night { "Mon-Fri 9:00-18:00, Sat 22:00-4:00" } else { "Mon-Fri 9:00-12:30, Mon-Fri 13:00-18:00" };
            let hours = WorkingHours::parse(text, TimeZone::get("Europe/Berlin").unwrap()).unwrap();
            let moment = |seconds| Timestamp::from_second(seconds).unwrap();
            let (opened, now) = (moment(start), moment(start + waits));
            for hours in [Some(hours), None] {
                let lateness = Lateness::new(SignedDuration::from_secs(target), hours);
                let late = lateness.waited(opened, now) >= lateness.target();
                prop_assert_eq!(lateness.late_at(opened) <= now, late);
                prop_assert_eq!(opened <= lateness.cut_off(now), late);
            }
        }
    }
}
