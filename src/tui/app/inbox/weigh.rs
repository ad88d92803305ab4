//! The arithmetic of a place in the inbox, behind one door: what a case weighs, when its turn comes, and what an open
//! complaint costs. The formulas are in `measure`.

use crate::domain::case::{CaseRow, Weighing};
use crate::domain::time::SignedDuration;
use crate::domain::{Intent, Intents, MentionRow, SubjectId, Timestamp};
use crate::measure::inbox::{exposure as cost, impact, severity, targets};

pub use crate::measure::inbox::UNKNOWN_FOLLOWERS;

/// What a place is made of, step by step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// How grave: complaint k, question 3, praise 1, promotion 0.1.
    pub severity: f64,
    /// log10(10 + followers), followers capped at a million.
    pub reach: f64,
    /// min(4, 1 + reposts an hour / 10).
    pub spread: f64,
    /// Severity · reach · spread.
    pub impact: f64,
    /// clamp(log2(240 / impact), 0, 12): how many targets later than its opening its turn comes.
    pub targets: f64,
}

/// The steps of a weighing. Each factor is the impact of what differs from the plainest case in it alone.
pub fn place(weighing: &Weighing) -> Place {
    let plain = Weighing { severity: 1.0, followers: Some(0), reposts_per_hour: 0.0 };
    let impact = impact(weighing);
    Place {
        severity: weighing.severity,
        reach: self::impact(&Weighing { followers: weighing.followers, ..plain }),
        spread: self::impact(&Weighing { reposts_per_hour: weighing.reposts_per_hour, ..plain }),
        impact,
        targets: targets(impact),
    }
}

/// When the turn of something comes that was opened at a moment.
pub fn due(weighing: &Weighing, opened: Timestamp, target: SignedDuration) -> Timestamp {
    crate::measure::inbox::due(opened, target, impact(weighing))
}

/// What a mention weighs for which a person opens a case by hand. What nobody could read for the brand weighs as
/// little as praise.
pub fn weighing(row: &MentionRow, brand: Option<SubjectId>, tell_factor: f64) -> Weighing {
    let reading = row.readings.iter().find(|reading| Some(reading.subject) == brand && reading.about);
    let intents = reading.map_or_else(Intents::default, |reading| reading.intents);
    Weighing { severity: severity(intents, tell_factor), followers: row.followers, reposts_per_hour: 0.0 }
}

/// What an open complaint costs at a moment; nothing for what is no complaint or closed.
pub fn exposure(row: &CaseRow, now: Timestamp, tell_factor: f64) -> f64 {
    if !row.intents.has(Intent::Complaint) {
        return 0.0;
    }
    cost(row.status, now.duration_since(row.opened), row.weighing.followers, tell_factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::CaseStatus;
    use crate::tui::app::samples::{cases::case_row, minutes_ago, now};

    const TARGET: SignedDuration = SignedDuration::from_mins(10);

    fn weighed(severity: f64, followers: Option<u64>, reposts_per_hour: f64) -> Weighing {
        Weighing { severity, followers, reposts_per_hour }
    }

    #[test]
    fn the_burning_one_is_due_at_once_and_nothing_waits_longer_than_twelve_targets() {
        let burning = place(&weighed(10.0, Some(999_990), 30.0));
        assert!((burning.impact - 240.0).abs() < 1e-9, "{burning:?}");
        assert_eq!(due(&weighed(10.0, Some(999_990), 30.0), now(), TARGET), now());
        // 240 / (10 · 1 · 1) is 24, and log2 24 is 4.585: 45 minutes and 51 seconds.
        let quiet = due(&weighed(10.0, Some(0), 0.0), now(), TARGET);
        assert_eq!(quiet.duration_since(now()).as_secs(), 2_750);
        let advert = due(&weighed(0.0, None, 0.0), now(), TARGET);
        assert_eq!(advert.duration_since(now()).as_mins(), 120);
    }

    #[test]
    fn unknown_followers_count_as_a_hundred() {
        assert_eq!(place(&weighed(3.0, None, 0.0)).impact, place(&weighed(3.0, Some(100), 0.0)).impact);
    }

    #[test]
    fn an_open_complaint_costs_more_by_the_hour_and_half_when_acknowledged() {
        let complaint = CaseRow {
            intents: crate::domain::Intents::of(&[Intent::Complaint]),
            opened: minutes_ago(60),
            weighing: weighed(10.0, Some(90), 0.0),
            ..case_row(1)
        };
        assert!((exposure(&complaint, now(), 10.0) - 10.0).abs() < 1e-9);
        let heard = CaseRow { status: CaseStatus::HandedOver, ..complaint.clone() };
        assert!((exposure(&heard, now(), 10.0) - 5.0).abs() < 1e-9);
        assert_eq!(exposure(&CaseRow { status: CaseStatus::Resolved, ..complaint }, now(), 10.0), 0.0);
    }
}
