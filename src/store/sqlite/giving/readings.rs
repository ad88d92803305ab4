//! Acts that are to be read, and what was made of them.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::connection::begin;
use super::super::fault::Done;
use super::super::{acts, codec, lease};
use crate::domain::{ActId, ActReading};
use crate::store::Lease;
use crate::store::giving::Unread;

/// Most acts that are given to read at once: their texts may be long.
const MOST: u32 = 1_000;
/// Longest cap or unit that is kept, in bytes.
const WRITTEN: usize = 800;

macro_rules! unread {
    ($which:literal) => {
        concat!(
            "SELECT a.id, a.warning, a.title, a.text, a.parent IS NOT NULL, a.content
             FROM book k INDEXED BY book_reader CROSS JOIN act a ON a.id = k.act WHERE ",
            $which
        )
    };
}

/// What nobody has read, or what changed.
pub(super) const NEW: &str = unread!("k.reader = 0 AND ?1 <> 0 ORDER BY k.act DESC LIMIT ?2");
/// What readers with a smaller number have read, and those with a larger one.
pub(super) const OLDER: &str = unread!("k.reader > 0 AND k.reader < ?1 ORDER BY k.reader, k.act DESC LIMIT ?2");
pub(super) const NEWER: &str = unread!("k.reader > ?1 ORDER BY k.reader, k.act DESC LIMIT ?2");

/// Acts to read.
pub(super) async fn unread(conn: &mut SqliteConnection, reader: i64, limit: u32) -> Done<Vec<Unread>> {
    let mut all = Vec::new();
    let limit = limit.min(MOST);
    for sql in [NEW, OLDER, NEWER] {
        let left = limit.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
        if left > 0 {
            let found = sqlx::query(sql).bind(reader).bind(left).try_map(|row: SqliteRow| one(&row));
            all.extend(found.fetch_all(&mut *conn).await?);
        }
    }
    Ok(all)
}

fn one(row: &SqliteRow) -> sqlx::Result<Unread> {
    Ok(Unread {
        act: ActId(row.try_get(0)?),
        text: acts::words([row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]),
        reply: row.try_get(4)?,
        content: row.try_get(5)?,
    })
}

/// Keeps readings, all in one transaction.
pub(super) async fn keep(
    conn: &mut SqliteConnection,
    held: &Lease,
    reader: i64,
    all: &[(Unread, ActReading)],
) -> Done<u64> {
    if all.is_empty() {
        return Ok(0);
    }
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    sqlx::query("UPDATE head SET booked = booked + 1").execute(&mut *tx).await?;
    let mut kept = 0;
    for (unread, reading) in all {
        let amount = reading.amount.as_ref();
        let done = sqlx::query(
            "UPDATE book SET revision = (SELECT booked FROM head), reader = ?2, gesture = ?3, deed = ?4, sure = ?5,
                 waits_for = ?6, cap = ?7, amount = ?8, unit = ?9, personal = ?10, sketch = ?11
             WHERE act = ?1
                 AND EXISTS (SELECT 1 FROM act WHERE id = ?1 AND content = ?12 AND (parent IS NOT NULL) = ?13)",
        )
        .bind(unread.act.0)
        .bind(reader)
        .bind(codec::gesture(reading.gesture))
        .bind(codec::deed(reading.deed))
        .bind(f64::from(reading.sure))
        .bind(reading.trigger.map(codec::trigger))
        .bind(reading.cap.as_deref().map(|cap| codec::capped(cap, WRITTEN)))
        .bind(amount.map(|money| money.amount))
        .bind(amount.and_then(|money| money.unit.as_deref()).map(|unit| codec::capped(unit, WRITTEN)))
        .bind(reading.personal)
        .bind(codec::sketch(&reading.sketch))
        .bind(unread.content)
        .bind(unread.reply)
        .execute(&mut *tx)
        .await?;
        kept += done.rows_affected();
    }
    tx.commit().await?;
    Ok(kept)
}
