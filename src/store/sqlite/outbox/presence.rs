//! Who is there, what moved on, and whether sending is stopped.

use sqlx::sqlite::SqliteConnection;

use super::drafts::to_draft;
use super::{LINE, MOST, moved, state};
use crate::domain::case::Passage;
use crate::domain::{OutgoingId, SafeText, Timestamp};
use crate::store::outbox::{LIFTED, Moved};
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::{from_millis, to_millis};
use crate::store::sqlite::{cases, codec};

/// Said of what was held by a process that is gone.
pub(super) const LEFT: &str = "it was not sent: the goodword that held it ended or fell silent; send it again";

/// Stops all sending, or lets it go on.
pub(in crate::store::sqlite) async fn stop(conn: &mut SqliteConnection, stopped: bool, at: Timestamp) -> Done<()> {
    let mut tx = begin(conn).await?;
    let done = sqlx::query("UPDATE head SET stopped = ?1, outbox = outbox + 1 WHERE stopped <> ?1")
        .bind(stopped)
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    if !stopped {
        // Nobody shall be surprised by what waited.
        let soonest = to_millis(at.saturating_add(LIFTED).unwrap_or(at));
        sqlx::query("UPDATE outgoing SET next = max(next, ?) WHERE state = 2").bind(soonest).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether it is stopped.
pub(in crate::store::sqlite) async fn is_stopped(conn: &mut SqliteConnection) -> Done<bool> {
    Ok(sqlx::query_scalar("SELECT stopped FROM head").fetch_one(conn).await?)
}

/// A process is there; nothing is written unless it holds something. What it held while it slept is a draft again.
pub(in crate::store::sqlite) async fn attend(
    conn: &mut SqliteConnection,
    process: &str,
    seen: Timestamp,
    now: Timestamp,
) -> Done<bool> {
    let last: Option<i64> = sqlx::query_scalar("SELECT seen FROM attendance WHERE process = ?")
        .bind(process)
        .fetch_optional(&mut *conn)
        .await?;
    if last.is_some_and(|last| last < to_millis(seen)) {
        depart(conn, process, now).await?;
    }
    let done = sqlx::query(
        "INSERT INTO attendance SELECT ?1, ?2
             WHERE EXISTS (SELECT 1 FROM outgoing WHERE process = ?1
                 AND (state IN (2, 3) OR state = 5 AND next IS NOT NULL AND since > ?2 - 600000))
         ON CONFLICT (process) DO UPDATE SET seen = ?2",
    )
    .bind(process)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Processes that hold something.
pub(in crate::store::sqlite) async fn attending(conn: &mut SqliteConnection) -> Done<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT DISTINCT o.process, coalesce(a.seen, 0) FROM outgoing o LEFT JOIN attendance a ON a.process = o.process
         WHERE o.state IN (2, 5) AND o.process IS NOT NULL",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(process, seen)| (process, from_millis(seen))).collect())
}

/// A process ends.
pub(in crate::store::sqlite) async fn depart(conn: &mut SqliteConnection, process: &str, at: Timestamp) -> Done<u64> {
    let mut tx = begin(conn).await?;
    let held: Vec<i64> = sqlx::query_scalar("SELECT id FROM outgoing WHERE state = 2 AND process = ?")
        .bind(process)
        .fetch_all(&mut *tx)
        .await?;
    let gone = sqlx::query("DELETE FROM attendance WHERE process = ?").bind(process).execute(&mut *tx).await?;
    for id in held.iter().copied().map(OutgoingId) {
        if let Some(before) = state(&mut tx, id).await? {
            to_draft(&mut tx, id, before, LEFT, at).await?;
            cases::note_passage(&mut tx, id, Passage::LeftBehind, None, at).await?;
        }
    }
    if gone.rows_affected() > 0 || !held.is_empty() {
        tx.commit().await?;
    }
    Ok(held.len() as u64)
}

/// A number that grows whenever something moves on.
pub(in crate::store::sqlite) async fn version(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar("SELECT outbox FROM head").fetch_one(conn).await?)
}

/// What moved on since.
pub(in crate::store::sqlite) async fn moved_since(
    conn: &mut SqliteConnection,
    version: i64,
    limit: u32,
) -> Done<Vec<Moved>> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(
        "SELECT id, state, trouble FROM outgoing INDEXED BY outgoing_moved WHERE moved > ? ORDER BY moved LIMIT ?",
    )
    .bind(version)
    .bind(limit.min(MOST))
    .fetch_all(conn)
    .await?;
    let told = |(id, state, trouble): (i64, i64, String)| Moved {
        id: OutgoingId(id),
        state: codec::outgoing_from(state),
        trouble: SafeText::line(&trouble, LINE),
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The same as [`moved`], for a change that was made already.
pub(super) async fn mark_moved(conn: &mut SqliteConnection, id: OutgoingId, at: Timestamp) -> Done<()> {
    let moved = moved(conn).await?;
    sqlx::query("UPDATE outgoing SET revision = revision + 1, changed = ?2, moved = ?3 WHERE id = ?1")
        .bind(id.0)
        .bind(to_millis(at))
        .bind(moved)
        .execute(conn)
        .await?;
    Ok(())
}
