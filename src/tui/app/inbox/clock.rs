//! How long somebody waits, measured against the target, and whether a hand-over is overdue: a sign and words, so that
//! it is never told by colour alone.

use crate::domain::Timestamp;
use crate::domain::case::{CaseRow, CaseStatus, Snooze};
use crate::domain::time::SignedDuration;
use crate::measure::lateness::Lateness;
use crate::tui::app::page::Tone;

/// Columns of the words of a clock.
pub const WIDE: usize = 10;

/// How urgent a case is by its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// It is closed, or nobody waits for a first answer any more.
    Calm,
    /// There is time.
    InTime,
    /// The last third of the target runs.
    Soon,
    /// The target has passed, and nobody has answered.
    Late,
    /// It is handed over, and the time by which it should have been done is over.
    Overdue,
}

/// What the clock of a case shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// How urgent it is.
    pub haste: Haste,
    /// One column.
    pub sign: &'static str,
    /// At most [`WIDE`] columns: "6m of 10m", "+14m", "due +2h".
    pub words: String,
    /// What it means.
    pub tone: Tone,
}

/// A stretch of time in three or four columns: "0m", "59m", "23h", "6d", "12w".
pub fn short(stretch: SignedDuration) -> String {
    let minutes = stretch.as_mins().max(0);
    match minutes {
        0..=99 => format!("{minutes}m"),
        100..=2_879 => format!("{}h", minutes / 60),
        2_880..=20_159 => format!("{}d", minutes / 1_440),
        _ => format!("{}w", (minutes / 10_080).min(999)),
    }
}

/// The clock of a case at a moment.
pub fn clock(row: &CaseRow, now: Timestamp, lateness: &Lateness) -> Clock {
    let of = |haste, sign, words, tone| Clock { haste, sign, words, tone };
    let (target, waits) = (lateness.target(), lateness.waited(row.opened, now));
    let open = short(now.duration_since(row.opened));
    match row.status {
        CaseStatus::New if waits >= target => {
            let over = waits.checked_sub(target).unwrap_or_default();
            of(Haste::Late, "▲", format!("+{}", short(over)), Tone::Bad)
        }
        CaseStatus::New => {
            let words = format!("{} of {}", short(waits), short(target));
            if waits.as_secs().saturating_mul(3) >= target.as_secs().saturating_mul(2) {
                of(Haste::Soon, "▸", words, Tone::Warn)
            } else {
                of(Haste::InTime, "·", words, Tone::Text)
            }
        }
        CaseStatus::Acknowledged => of(Haste::Calm, "↵", format!("open {open}"), Tone::Muted),
        CaseStatus::HandedOver if row.is_overdue(now) => {
            let over = row.handed_due().map_or(SignedDuration::ZERO, |due| now.duration_since(due));
            of(Haste::Overdue, "▲", format!("due +{}", short(over)), Tone::Bad)
        }
        CaseStatus::HandedOver => of(Haste::Calm, "→", format!("open {open}"), Tone::Muted),
        CaseStatus::Resolved => of(Haste::Calm, "✓", "resolved".to_owned(), Tone::Good),
        CaseStatus::Dismissed => of(Haste::Calm, "×", "dismissed".to_owned(), Tone::Muted),
    }
}

/// Whether a case is put aside at a moment.
pub fn is_aside(row: &CaseRow, now: Timestamp) -> bool {
    match row.snooze {
        Some(Snooze::Until(until)) => until > now,
        Some(Snooze::UntilReply) => true,
        None => false,
    }
}

/// Who has a case at a moment; a claim that has lapsed is none.
pub fn claimed(row: &CaseRow, now: Timestamp) -> Option<&crate::domain::case::Claim> {
    row.claim.as_ref().filter(|claim| claim.until > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SafeText;
    use crate::domain::case::HandOver;
    use crate::measure::hours::WorkingHours;
    use crate::tui::app::samples::{cases::case_row, minutes_ago, now};

    fn shown(status: CaseStatus, minutes: i64) -> (Haste, String) {
        let row = CaseRow { status, opened: minutes_ago(minutes), ..case_row(1) };
        let clock = clock(&row, now(), &Lateness::new(SignedDuration::from_mins(10), None));
        assert!(clock.words.chars().count() <= WIDE, "{}", clock.words);
        (clock.haste, format!("{} {}", clock.sign, clock.words))
    }

    #[test]
    fn the_sign_changes_before_it_is_late_and_after() {
        let new = |minutes| shown(CaseStatus::New, minutes);
        assert_eq!(new(0), (Haste::InTime, "· 0m of 10m".to_owned()));
        assert_eq!(new(6), (Haste::InTime, "· 6m of 10m".to_owned()));
        assert_eq!(new(7), (Haste::Soon, "▸ 7m of 10m".to_owned()));
        assert_eq!(new(10), (Haste::Late, "▲ +0m".to_owned()));
        assert_eq!(new(24), (Haste::Late, "▲ +14m".to_owned()));
        assert_eq!(new(600), (Haste::Late, "▲ +9h".to_owned()));
        assert_eq!(new(-5).1, "· 0m of 10m", "a clock that was set back");
        assert_eq!(shown(CaseStatus::Acknowledged, 90).1, "↵ open 90m");
        assert_eq!(shown(CaseStatus::HandedOver, 60 * 24 * 9).1, "→ open 9d");
        assert_eq!(shown(CaseStatus::Resolved, 90).0, Haste::Calm);
    }

    #[test]
    fn only_working_hours_count_where_there_are_any() {
        // It is nine o'clock: work began at eight. What came in the night has waited for an hour of sixty-five minutes.
        let hours = WorkingHours::parse("Mon-Sun 8:00-18:00", jiff::tz::TimeZone::UTC).unwrap();
        let lateness = |minutes| Lateness::new(SignedDuration::from_mins(minutes), Some(hours.clone()));
        let row = CaseRow { opened: minutes_ago(6 * 60), ..case_row(1) };
        assert_eq!(clock(&row, now(), &lateness(95)).words, "60m of 95m");
        assert_eq!(clock(&row, now(), &lateness(65)).haste, Haste::Soon);
        let late = clock(&row, now(), &lateness(50));
        assert_eq!((late.haste, late.words.as_str()), (Haste::Late, "+10m"));
        let plain = Lateness::new(SignedDuration::from_mins(50), None);
        assert_eq!(clock(&row, now(), &plain).words, "+5h", "without them every hour counts");
    }

    #[test]
    fn a_hand_over_is_overdue_from_its_time_on() {
        let of = |due: Option<i64>| {
            let handed = Some(HandOver { to: SafeText::line("Ana by e-mail", 80), due: due.map(minutes_ago) });
            let row = CaseRow { status: CaseStatus::HandedOver, handed, opened: minutes_ago(90), ..case_row(1) };
            let shown = clock(&row, now(), &Lateness::new(SignedDuration::from_mins(10), None));
            (shown.haste, format!("{} {}", shown.sign, shown.words))
        };
        assert_eq!(of(None), (Haste::Calm, "→ open 90m".to_owned()));
        assert_eq!(of(Some(-1)), (Haste::Calm, "→ open 90m".to_owned()));
        assert_eq!(of(Some(0)), (Haste::Overdue, "▲ due +0m".to_owned()));
        assert_eq!(of(Some(180)), (Haste::Overdue, "▲ due +3h".to_owned()));
    }
}
