//! On its way: held, or to be approved first.

use sqlx::sqlite::SqliteConnection;

use super::presence::mark_moved;
use super::{LINE, State, durable, out, state, thread};
use crate::domain::case::Passage;
use crate::domain::outbox::{OutgoingState, Submission};
use crate::domain::time::SignedDuration;
use crate::domain::{OutgoingId, SafeText, Timestamp};
use crate::store::outbox::Submit;
use crate::store::sqlite::cases;
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::to_millis;

/// Sends a draft on its way, unless the thread has moved on.
pub(in crate::store::sqlite) async fn submit(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    wish: &Submit,
) -> Done<Submission> {
    durable(conn, true).await?;
    let done = submit_now(conn, id, wish).await;
    durable(conn, false).await?;
    done
}

async fn submit_now(conn: &mut SqliteConnection, id: OutgoingId, wish: &Submit) -> Done<Submission> {
    let mut tx = begin(conn).await?;
    let is_draft = |before: &State| {
        before.state == OutgoingState::Draft
            && before.revision == wish.revision
            && before.parts.len() > out(&before.parts)
    };
    let Some(before) = state(&mut tx, id).await?.filter(is_draft) else { return Ok(Submission::Stale) };
    if !wish.seen.all_the_same {
        if let Some(other) = thread::other_on_its_way(&mut tx, id, &wish.seen).await? {
            return Ok(other);
        }
        if let Some(changed) = thread::moved_on(&mut tx, id, &before, wish).await? {
            return Ok(changed);
        }
    }
    let until = until(wish.at, wish.hold);
    sqlx::query(
        "UPDATE outgoing SET state = ?2, next = ?3, token = ?4, process = ?5, voice = coalesce(?6, voice), dry = ?7,
             attempts = 0, looks = 0, since = NULL, epoch = NULL, approved = NULL, trouble = '', remarks = '[]'
         WHERE id = ?1",
    )
    .bind(id.0)
    .bind(if wish.approval { 1 } else { 2 })
    .bind((!wish.approval).then(|| to_millis(until)))
    .bind(&wish.token)
    .bind(&wish.process)
    .bind(wish.voice.as_deref())
    .bind(wish.dry)
    .execute(&mut *tx)
    .await?;
    mark_moved(&mut tx, id, wish.at).await?;
    let passage = if wish.approval { Passage::AwaitsApproval } else { Passage::Held };
    let voice = wish.voice.as_deref().or(before.voice.as_deref());
    cases::note_passage(&mut tx, id, passage, voice, wish.at).await?;
    seen(&mut tx, &wish.process, wish.at).await?;
    tx.commit().await?;
    Ok(if wish.approval { Submission::AwaitingApproval } else { Submission::Held(until) })
}

fn until(at: Timestamp, hold: SignedDuration) -> Timestamp {
    at.saturating_add(hold.max(SignedDuration::ZERO)).unwrap_or(at)
}

async fn seen(conn: &mut SqliteConnection, process: &str, at: Timestamp) -> Done<()> {
    sqlx::query("INSERT INTO attendance VALUES (?1, ?2) ON CONFLICT (process) DO UPDATE SET seen = ?2")
        .bind(process)
        .bind(to_millis(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// A second voice approves. What nobody's name is on cannot be approved: whoever does may have written it.
pub(in crate::store::sqlite) async fn approve(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    voice: &str,
    process: &str,
    hold: SignedDuration,
    at: Timestamp,
) -> Done<bool> {
    let mut tx = begin(conn).await?;
    let Some(before) = state(&mut tx, id).await? else { return Ok(false) };
    let clean = |name: &str| SafeText::line(name.trim(), LINE);
    let itself = before.voice.as_deref().is_none_or(|writer| clean(writer) == clean(voice));
    if before.state != OutgoingState::AwaitingApproval || itself || voice.trim().is_empty() {
        return Ok(false);
    }
    sqlx::query("UPDATE outgoing SET state = 2, next = ?2, approved = ?3, process = ?4 WHERE id = ?1")
        .bind(id.0)
        .bind(to_millis(until(at, hold)))
        .bind(voice)
        .bind(process)
        .execute(&mut *tx)
        .await?;
    mark_moved(&mut tx, id, at).await?;
    cases::note_passage(&mut tx, id, Passage::Approved, Some(voice), at).await?;
    seen(&mut tx, process, at).await?;
    tx.commit().await?;
    Ok(true)
}
