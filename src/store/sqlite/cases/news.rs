//! What must be told once: cases that are late, promises that are due, and hand-overs whose time is over.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::bulk::json;
use super::super::connection::begin;
use super::super::fault::Done;
use super::super::lease;
use super::super::place::{from_millis, to_millis};
use super::inbox;
use crate::domain::case::{CaseRow, Promise};
use crate::domain::{CaseId, Timestamp};
use crate::store::Lease;
use crate::store::cases::LateNews;

/// Most promises, or hand-overs, that are told at once.
const MOST: i64 = 100;

/// New cases that were opened at the cut-off or before and were not told yet; they are from now on. Writes nothing when there are none.
pub(super) async fn late(
    conn: &mut SqliteConnection,
    held: &Lease,
    now: Timestamp,
    cut_off: Timestamp,
) -> Done<LateNews> {
    let before = to_millis(cut_off);
    let next = sqlx::query_scalar(
        "SELECT min(opened) FROM cases INDEXED BY cases_untold WHERE status = 0 AND told = 0 AND opened > ?",
    );
    let next: Option<i64> = next.bind(before).fetch_one(&mut *conn).await?;
    let next_opened = next.map(from_millis);
    let (count, first): (i64, Option<i64>) = sqlx::query_as(
        "SELECT count(*), (SELECT id FROM cases INDEXED BY cases_untold
                           WHERE status = 0 AND told = 0 AND opened <= ?1 ORDER BY opened LIMIT 1)
         FROM cases INDEXED BY cases_untold WHERE status = 0 AND told = 0 AND opened <= ?1",
    )
    .bind(before)
    .fetch_one(&mut *conn)
    .await?;
    let Some(first) = first else { return Ok(LateNews { count: 0, first: None, next_opened }) };
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let row = inbox::line(&mut tx, CaseId(first), now).await?;
    sqlx::query("UPDATE cases SET told = 1 WHERE status = 0 AND told = 0 AND opened <= ?")
        .bind(before)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(LateNews { count: count.unsigned_abs(), first: row, next_opened })
}

/// Promises that came due and were not told yet; they are from now on. Writes nothing when there are none.
pub(super) async fn promises(
    conn: &mut SqliteConnection,
    held: &Lease,
    now: Timestamp,
) -> Done<Vec<(CaseId, Promise)>> {
    let due = sqlx::query(
        "SELECT id, text, due, kept, case_id FROM promise INDEXED BY promise_due
         WHERE kept IS NULL AND due <= ? AND told = 0 ORDER BY due, id LIMIT ?",
    );
    let due = due.bind(to_millis(now)).bind(MOST);
    let due = due.try_map(|row: SqliteRow| Ok((CaseId(row.try_get(4)?), inbox::promise(&row)?)));
    let due = due.fetch_all(&mut *conn).await?;
    if due.is_empty() {
        return Ok(due);
    }
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    sqlx::query("UPDATE promise SET told = 1 WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json(due.iter().map(|(_, promise)| promise.id.0)))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(due)
}

/// When the next promise that was not told comes due.
pub(super) async fn next_promise(conn: &mut SqliteConnection) -> Done<Option<Timestamp>> {
    let due: Option<i64> =
        sqlx::query_scalar("SELECT min(due) FROM promise INDEXED BY promise_due WHERE kept IS NULL AND told = 0")
            .fetch_one(conn)
            .await?;
    Ok(due.map(from_millis))
}

/// Cases that are handed over and became overdue and were not told yet; they are from now on. Writes nothing when there
/// are none.
pub(super) async fn hand_overs(conn: &mut SqliteConnection, held: &Lease, now: Timestamp) -> Done<Vec<CaseRow>> {
    let due: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM cases INDEXED BY cases_handed
         WHERE status = 2 AND handed_due IS NOT NULL AND handed_due <= ? AND handed_told = 0
         ORDER BY handed_due, id LIMIT ?",
    )
    .bind(to_millis(now))
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let mut rows = Vec::with_capacity(due.len());
    if due.is_empty() {
        return Ok(rows);
    }
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    for id in &due {
        rows.extend(inbox::line(&mut tx, CaseId(*id), now).await?);
    }
    sqlx::query("UPDATE cases SET handed_told = 1 WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json(due))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(rows)
}

/// When the next hand-over that was not told becomes overdue.
pub(super) async fn next_hand_over(conn: &mut SqliteConnection) -> Done<Option<Timestamp>> {
    let due: Option<i64> = sqlx::query_scalar(
        "SELECT min(handed_due) FROM cases INDEXED BY cases_handed
         WHERE status = 2 AND handed_due IS NOT NULL AND handed_told = 0",
    )
    .fetch_one(conn)
    .await?;
    Ok(due.map(from_millis))
}
