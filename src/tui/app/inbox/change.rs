//! What a change makes of a row, before the store has confirmed it.

use super::clock;
use crate::domain::case::{CaseChange, CaseRow, CaseStatus, Claim, HandOver, Snooze};
use crate::domain::{SafeText, Timestamp};

/// A row after a change. What another voice has claimed stays as it is: the store will say so.
pub(super) fn changed(row: &mut CaseRow, change: &CaseChange, voice: &str, now: Timestamp) {
    let theirs = clock::claimed(row, now).is_some_and(|claim| claim.voice.as_str() != voice);
    if theirs && !matches!(change, CaseChange::Claim(Some(_))) {
        return;
    }
    match change {
        CaseChange::Status(status, dismissal) => {
            row.status = *status;
            row.dismissal = *dismissal;
            row.handed = row.handed.take().filter(|_| *status == CaseStatus::HandedOver);
            row.closed = (!status.is_open()).then_some(now);
            if *status == CaseStatus::Acknowledged {
                row.acknowledged.get_or_insert(now);
            }
        }
        CaseChange::Snooze(snooze) => row.snooze = *snooze,
        CaseChange::Claim(until) => {
            row.claim = until.map(|until| Claim { voice: SafeText::line(voice, 80), until });
        }
        CaseChange::HandOver(to, due) => {
            row.status = CaseStatus::HandedOver;
            row.handed = Some(HandOver { to: SafeText::line(to, 300), due: *due });
            row.acknowledged.get_or_insert(now);
        }
        CaseChange::Promise(_, due) => row.promise = Some(row.promise.map_or(*due, |known| known.min(*due))),
        CaseChange::AnsweredByHand(_) if row.status == CaseStatus::New => {
            row.status = CaseStatus::Acknowledged;
            row.acknowledged = Some(now);
        }
        CaseChange::Note(_) | CaseChange::Keep(_) | CaseChange::AnsweredByHand(_) => {}
    }
}

/// Until when a case is put aside, as a person reads it.
pub(super) fn snooze_words(snooze: Snooze, at: impl Fn(Timestamp) -> String) -> String {
    match snooze {
        Snooze::Until(until) => format!("until {}", at(until)),
        Snooze::UntilReply => "until they reply".to_owned(),
    }
}
