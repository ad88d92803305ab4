//! The history of cases, as rows.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::bulk::{Cell, Insert};
use super::super::fault::Done;
use super::super::place::from_millis;
use super::super::rows::AUTHOR;
use super::passages;
use super::state::{self, Before, UNTIL_REPLY};
use crate::domain::case::{CaseStatus, NAMELESS, Snooze, Step, StepKind};
use crate::domain::{ActId, MentionId, OutgoingId, PromiseId, SafeText, StepId};

/// Kinds of steps as numbers.
pub(super) mod kind {
    pub(in crate::store::sqlite) const OPENED: i64 = 0;
    pub(in crate::store::sqlite) const THEY_WROTE: i64 = 1;
    pub(in crate::store::sqlite) const ANSWERED: i64 = 2;
    pub(in crate::store::sqlite) const BY_HAND: i64 = 3;
    pub(in crate::store::sqlite) const STATUS: i64 = 4;
    pub(in crate::store::sqlite) const SNOOZED: i64 = 5;
    pub(in crate::store::sqlite) const CLAIMED: i64 = 6;
    pub(in crate::store::sqlite) const HANDED: i64 = 7;
    pub(in crate::store::sqlite) const NOTE: i64 = 8;
    pub(in crate::store::sqlite) const PROMISED: i64 = 9;
    pub(in crate::store::sqlite) const KEPT: i64 = 10;
    pub(in crate::store::sqlite) const REOPENED: i64 = 11;
    pub(in crate::store::sqlite) const OUTGOING: i64 = 12;
}

/// Longest words of ours on a step, in characters, as they are read.
const LONGEST: usize = 10_000;
/// Longest name of a voice, in characters.
pub(super) const VOICE: usize = 100;

/// A step on its way into the history.
#[derive(Debug, Clone)]
pub(super) struct NewStep {
    pub(super) case: i64,
    pub(super) at: i64,
    pub(super) voice: Option<String>,
    pub(super) kind: i64,
    pub(super) number: Option<i64>,
    pub(super) reason: Option<i64>,
    pub(super) text: Option<String>,
    pub(super) before: Before,
}

impl NewStep {
    /// A step of which only this much is to be said.
    pub(super) fn new(case: i64, at: i64, kind: i64, number: Option<i64>) -> Self {
        Self { case, at, voice: None, kind, number, reason: None, text: None, before: Before::default() }
    }
}

const STEP: Insert = Insert {
    head: "INSERT INTO step (id, case_id, at, voice, kind, number, reason, text, before, undone)",
    width: 10,
    tail: "",
    most: 256,
};

/// Writes steps down; returns the number of the first, the others follow.
pub(super) async fn write(conn: &mut SqliteConnection, steps: Vec<NewStep>) -> Done<i64> {
    let count = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(0);
    }
    let after: i64 = sqlx::query_scalar("UPDATE head SET next_step = next_step + ? RETURNING next_step")
        .bind(count)
        .fetch_one(&mut *conn)
        .await?;
    let first = after - count;
    let cells = (first..).zip(steps).flat_map(|(id, step)| {
        let before = step.before.stored();
        [
            Cell::Int(id),
            Cell::Int(step.case),
            Cell::Int(step.at),
            Cell::from(step.voice),
            Cell::Int(step.kind),
            Cell::from(step.number),
            Cell::from(step.reason),
            Cell::from(step.text),
            Cell::from(before),
            Cell::from(false),
        ]
    });
    STEP.run(conn, cells.collect()).await?;
    Ok(first)
}

/// The history of a case, oldest first.
pub(super) async fn of(conn: &mut SqliteConnection, case: i64) -> Done<Vec<Step>> {
    let rows = sqlx::query(
        "SELECT s.id, s.at, s.voice, s.kind, s.number, s.reason, s.text, s.undone, o.voice,
             coalesce(p.handle, p.name, a.author, u.handle)
         FROM step s LEFT JOIN outgoing o ON s.kind = 12 AND o.id = s.number LEFT JOIN account u ON u.source = o.source
         LEFT JOIN act a ON s.kind = 2 AND a.id = s.number LEFT JOIN person p ON p.id = a.person
         WHERE s.case_id = ? ORDER BY s.id",
    )
    .bind(case)
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(step).collect::<sqlx::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// How others than this voice settled a case after a step, oldest first: resolved, dismissed, handed over, answered by
/// hand. Whoever has told no name is one and the same.
pub(in crate::store::sqlite) async fn settled_by_others(
    conn: &mut SqliteConnection,
    case: i64,
    after: i64,
    mine: &str,
) -> Done<Vec<Step>> {
    let rows = sqlx::query(
        "SELECT s.id, s.at, s.voice, s.kind, s.number, s.reason, s.text, s.undone, NULL, NULL FROM step s
         WHERE s.case_id = ?1 AND s.id > ?2 AND s.undone = 0 AND coalesce(nullif(s.voice, ?4), '') <> ?3
             AND (s.kind IN (?5, ?6) OR s.kind = ?7 AND s.number >= ?8)
         ORDER BY s.id LIMIT 100",
    )
    .bind(case)
    .bind(after)
    .bind(mine)
    .bind(NAMELESS)
    .bind(kind::BY_HAND)
    .bind(kind::HANDED)
    .bind(kind::STATUS)
    .bind(state::status(CaseStatus::HandedOver))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(step).collect::<sqlx::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn step(row: &SqliteRow) -> sqlx::Result<Option<Step>> {
    let number: Option<i64> = row.try_get(4)?;
    let reason: Option<i64> = row.try_get(5)?;
    let words = || -> sqlx::Result<SafeText> {
        let text: Option<&str> = row.try_get(6)?;
        Ok(words(text.unwrap_or_default()))
    };
    let line = |column: usize, longest: usize| -> sqlx::Result<Option<SafeText>> {
        let text: Option<&str> = row.try_get(column)?;
        Ok(text.filter(|text| !text.trim().is_empty()).map(|text| SafeText::line(text, longest)))
    };
    let n = number.unwrap_or_default();
    let kind = match row.try_get::<i64, _>(3)? {
        kind::OPENED => StepKind::Opened,
        kind::THEY_WROTE => StepKind::TheyWrote(MentionId(n)),
        kind::ANSWERED => StepKind::Answered(ActId(n)),
        kind::BY_HAND => StepKind::AnsweredByHand(words()?),
        kind::STATUS => StepKind::Status(state::status_from(n), reason.map(state::dismissal_from)),
        kind::SNOOZED => StepKind::Snoozed(number.map(snooze_from)),
        kind::CLAIMED => StepKind::Claimed(number.map(from_millis)),
        kind::HANDED => StepKind::HandedTo(words()?, number.map(from_millis)),
        kind::NOTE => StepKind::Note(words()?),
        kind::PROMISED => StepKind::Promised(PromiseId(n), words()?),
        kind::KEPT => StepKind::Kept(PromiseId(n)),
        kind::REOPENED => StepKind::Reopened,
        kind::OUTGOING => match reason.and_then(passages::of_number) {
            Some(passage) => StepKind::Outgoing { id: OutgoingId(n), passage, writer: line(8, VOICE)? },
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let voice: Option<&str> = row.try_get(2)?;
    Ok(Some(Step {
        id: StepId(row.try_get(0)?),
        at: from_millis(row.try_get(1)?),
        voice: voice.map(|voice| SafeText::line(voice, VOICE)),
        kind,
        account: line(9, AUTHOR)?,
        undone: row.try_get(7)?,
    }))
}

/// Words of ours as they are shown.
pub(super) fn words(text: &str) -> SafeText {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    SafeText::block(text.get(..end).unwrap_or_default())
}

/// A snooze of a number.
pub(super) fn snooze_from(until: i64) -> Snooze {
    if until == UNTIL_REPLY { Snooze::UntilReply } else { Snooze::Until(from_millis(until)) }
}
