//! What answers went through in the outbox, in the history of the case that they answer. The outbox itself only has where
//! each of them is now.

use sqlx::sqlite::SqliteConnection;

use super::super::codec::capped;
use super::super::fault::Done;
use super::steps::{self, NewStep, VOICE, kind};
use super::work::{self, Work};
use crate::domain::case::Passage;
use crate::domain::{OutgoingId, Timestamp};
use crate::store::sqlite::place::to_millis;

/// A passage as a number.
fn number(passage: Passage) -> i64 {
    Passage::ALL.iter().position(|known| *known == passage).and_then(|at| i64::try_from(at).ok()).unwrap_or_default()
}

/// The passage of a number.
pub(super) fn of_number(number: i64) -> Option<Passage> {
    usize::try_from(number).ok().and_then(|at| Passage::ALL.get(at)).copied()
}

/// Notes what became of an answer, and by which voice when a person did it, in the history of its case. What happened to
/// it last is not told twice. Nothing happens where there is no case.
pub(in crate::store::sqlite) async fn note_passage(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    passage: Passage,
    voice: Option<&str>,
    at: Timestamp,
) -> Done<()> {
    let Some(case) = case_of(conn, id).await? else { return Ok(()) };
    let last: Option<Option<i64>> = sqlx::query_scalar(
        "SELECT s.reason FROM step s INDEXED BY step_case WHERE s.case_id = ? AND s.kind = 12 AND s.number = ?
         ORDER BY s.id DESC LIMIT 1",
    )
    .bind(case)
    .bind(id.0)
    .fetch_optional(&mut *conn)
    .await?;
    if last.flatten() == Some(number(passage)) {
        return Ok(());
    }
    let voice = voice.map(|voice| capped(voice.trim(), VOICE)).filter(|voice| !voice.is_empty());
    let step = NewStep {
        voice,
        reason: Some(number(passage)),
        ..NewStep::new(case, to_millis(at), kind::OUTGOING, Some(id.0))
    };
    steps::write(conn, vec![step]).await?;
    Ok(())
}

/// A person has seen an answer out there that the network had not told of: its case is answered by it, by the voice that
/// wrote it, as by any other. The network may never show it.
pub(in crate::store::sqlite) async fn found_out(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    writer: Option<String>,
    at: Timestamp,
) -> Done<()> {
    let Some(case) = case_of(conn, id).await? else { return Ok(()) };
    let mut work = Work::default();
    work.load(conn, [case]).await?;
    let Some(mut state) = work.states.get(&case).cloned() else { return Ok(()) };
    let before = work::answer(&mut state, to_millis(at), writer);
    let step = NewStep::new(case, to_millis(at), kind::OUTGOING, Some(id.0));
    work.steps.push(NewStep { reason: Some(number(Passage::FoundOut)), before, ..step });
    work.states.insert(case, state);
    work.changed.insert(case);
    work.judged.insert(case);
    work.finish(conn).await?;
    Ok(())
}

/// The case that an outgoing answers.
async fn case_of(conn: &mut SqliteConnection, id: OutgoingId) -> Done<Option<i64>> {
    let case = sqlx::query_scalar(
        "SELECT c.id FROM outgoing o JOIN cases c
             ON c.id = coalesce((SELECT k.case_id FROM member k WHERE k.mention = o.mention), o.case_id)
         WHERE o.id = ?",
    );
    Ok(case.bind(id.0).fetch_optional(conn).await?)
}
