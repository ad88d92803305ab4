//! What people say that acts do.

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::codec;
use super::super::connection::begin;
use super::super::fault::Done;
use super::super::place::{from_millis, to_millis};
use super::changes::mark;
use crate::domain::{ActCorrection, ActId, CorrectionId, Deed, Timestamp};

/// Most corrections that are read at once.
const MOST: u32 = 100_000;

/// What stands: of each act the last one that was not taken back.
pub(super) const NEWEST: &str = "SELECT c.id, c.act, c.deed, c.read, c.at FROM act_correction c
     WHERE c.undone IS NULL AND NOT EXISTS (SELECT 1 FROM act_correction l INDEXED BY act_correction_act
         WHERE l.act = c.act AND l.id > c.id AND l.undone IS NULL)
     ORDER BY c.id DESC LIMIT ?1";

/// Keeps corrections and puts them into force.
pub(super) async fn correct(
    conn: &mut SqliteConnection,
    acts: &[ActId],
    deed: Deed,
    at: Timestamp,
) -> Done<Vec<CorrectionId>> {
    let mut tx = begin(conn).await?;
    let kept: Vec<(i64, i64)> = sqlx::query_as(
        "INSERT INTO act_correction (act, at, deed, read)
         SELECT k.act, ?2, ?3, k.deed FROM json_each(?1) j CROSS JOIN book k ON k.act = j.value ORDER BY j.key
         RETURNING id, act",
    )
    .bind(json(acts.iter().map(|act| act.0)))
    .bind(to_millis(at))
    .bind(codec::deed(deed))
    .fetch_all(&mut *tx)
    .await?;
    settle(&mut tx, &kept.iter().map(|(_, act)| *act).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(kept.into_iter().map(|(id, _)| CorrectionId(id)).collect())
}

/// Takes corrections back.
pub(super) async fn undo(conn: &mut SqliteConnection, ids: &[CorrectionId], at: Timestamp) -> Done<u64> {
    let mut tx = begin(conn).await?;
    let acts: Vec<i64> = sqlx::query_scalar(
        "UPDATE act_correction SET undone = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND undone IS NULL
         RETURNING act",
    )
    .bind(json(ids.iter().map(|id| id.0)))
    .bind(to_millis(at))
    .fetch_all(&mut *tx)
    .await?;
    settle(&mut tx, &acts).await?;
    tx.commit().await?;
    Ok(acts.len() as u64)
}

/// Brings the rows of acts in line with what stands.
async fn settle(conn: &mut SqliteConnection, acts: &[i64]) -> Done<()> {
    sqlx::query(
        "UPDATE book SET said = (SELECT c.deed FROM act_correction c INDEXED BY act_correction_act
             WHERE c.act = book.act AND c.undone IS NULL ORDER BY c.id DESC LIMIT 1)
         WHERE act IN (SELECT value FROM json_each(?))",
    )
    .bind(json(acts.iter().copied()))
    .execute(&mut *conn)
    .await?;
    mark(conn, acts).await
}

/// What stands, the newest first.
pub(super) async fn newest(conn: &mut SqliteConnection, limit: u32) -> Done<Vec<ActCorrection>> {
    let rows: Vec<(i64, i64, i64, Option<i64>, i64)> =
        sqlx::query_as(NEWEST).bind(limit.min(MOST)).fetch_all(conn).await?;
    let correction = |(id, act, deed, read, at): (i64, i64, i64, Option<i64>, i64)| ActCorrection {
        id: CorrectionId(id),
        act: ActId(act),
        deed: codec::deed_from(deed),
        read: read.map(codec::deed_from),
        at: from_millis(at),
    };
    Ok(rows.into_iter().map(correction).collect())
}
