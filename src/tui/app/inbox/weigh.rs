//! The arithmetic of a place in the inbox, behind one door: what a case weighs, when its turn comes, and what an open
//! complaint costs.

use crate::domain::case::{CaseRow, CaseStatus, Weighing};
use crate::domain::time::SignedDuration;
use crate::domain::{Intent, MentionRow, SubjectId, Timestamp};
use crate::tui::app::figures::UNKNOWN_FOLLOWERS;

/// Longest wait for a turn, in targets.
const MOST_TARGETS: f64 = 12.0;

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

/// The steps of a weighing.
#[allow(clippy::cast_precision_loss)] // capped at a million
pub fn place(weighing: &Weighing) -> Place {
    let followers = weighing.followers.unwrap_or(UNKNOWN_FOLLOWERS).min(1_000_000);
    let reach = (10.0 + followers as f64).log10();
    let spread = (1.0 + weighing.reposts_per_hour.max(0.0) / 10.0).min(4.0);
    let impact = weighing.severity * reach * spread;
    let targets = (240.0 / impact).log2().clamp(0.0, MOST_TARGETS);
    Place { severity: weighing.severity, reach, spread, impact, targets }
}

/// When the turn of something comes that was opened at a moment.
pub fn due(weighing: &Weighing, opened: Timestamp, target: SignedDuration) -> Timestamp {
    let wait = SignedDuration::try_from_secs_f64(target.as_secs_f64() * place(weighing).targets);
    wait.ok().and_then(|wait| opened.checked_add(wait).ok()).unwrap_or(opened)
}

/// What a mention weighs for which a person opens a case by hand. What nobody could read for the brand weighs as
/// little as praise.
pub fn weighing(row: &MentionRow, brand: Option<SubjectId>, tell_factor: f64) -> Weighing {
    let reading = row.readings.iter().find(|reading| Some(reading.subject) == brand && reading.about);
    let severity = match reading.map(|reading| reading.intents.primary()) {
        Some(Intent::Complaint) => tell_factor,
        Some(Intent::Question) => 3.0,
        Some(Intent::Promo) => 0.1,
        Some(Intent::Praise | Intent::Other) | None => 1.0,
    };
    Weighing { severity, followers: row.followers, reposts_per_hour: 0.0 }
}

/// What an open complaint costs at a moment; nothing for what is no complaint or closed.
#[allow(clippy::cast_precision_loss)] // followers: a rough figure
pub fn exposure(row: &CaseRow, now: Timestamp, tell_factor: f64) -> f64 {
    if !row.intents.has(Intent::Complaint) || !row.status.is_open() {
        return 0.0;
    }
    let minutes = now.duration_since(row.opened).as_secs_f64().max(0.0) / 60.0;
    let reach = (10.0 + row.weighing.followers.unwrap_or(UNKNOWN_FOLLOWERS) as f64).log10();
    let whole = tell_factor * (1.0 - (-minutes / 60.0).exp2()) * reach;
    if row.status == CaseStatus::New { whole } else { whole / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
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
