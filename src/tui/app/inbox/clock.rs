//! How long somebody waits, measured against the target: a sign and words, so that it is never told by colour alone.

use crate::domain::Timestamp;
use crate::domain::case::{CaseRow, CaseStatus, Snooze};
use crate::domain::time::SignedDuration;
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
}

/// What the clock of a case shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// How urgent it is.
    pub haste: Haste,
    /// One column.
    pub sign: &'static str,
    /// At most [`WIDE`] columns: "6m of 10m", "+14m".
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
pub fn clock(row: &CaseRow, now: Timestamp, target: SignedDuration) -> Clock {
    let of = |haste, sign, words, tone| Clock { haste, sign, words, tone };
    let waits = now.duration_since(row.opened);
    let open = short(waits);
    match row.status {
        CaseStatus::New if waits >= target => {
            let over = waits.checked_sub(target).unwrap_or_default();
            of(Haste::Late, "▲", format!("+{}", short(over)), Tone::Bad)
        }
        CaseStatus::New => {
            let words = format!("{open} of {}", short(target));
            if waits.as_secs().saturating_mul(3) >= target.as_secs().saturating_mul(2) {
                of(Haste::Soon, "▸", words, Tone::Warn)
            } else {
                of(Haste::InTime, "·", words, Tone::Text)
            }
        }
        CaseStatus::Acknowledged => of(Haste::Calm, "↵", format!("open {open}"), Tone::Muted),
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
    use crate::tui::app::samples::{cases::case_row, minutes_ago, now};

    fn shown(status: CaseStatus, minutes: i64) -> (Haste, String) {
        let row = CaseRow { status, opened: minutes_ago(minutes), ..case_row(1) };
        let clock = clock(&row, now(), SignedDuration::from_mins(10));
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
}
