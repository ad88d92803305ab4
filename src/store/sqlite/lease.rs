//! The right to collect.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::connection::begin;
use super::fault::Done;
use super::place::{from_millis, to_millis};
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::store::{Lease, LeaseState, StoreError};

async fn present(conn: &mut SqliteConnection) -> Done<Lease> {
    let row = sqlx::query("SELECT holder, epoch, until FROM lease").fetch_one(conn).await?;
    Ok(Lease { holder: row.try_get(0)?, epoch: row.try_get(1)?, until: from_millis(row.try_get(2)?) })
}

/// Takes or renews the lease.
pub(super) async fn take(
    conn: &mut SqliteConnection,
    holder: &str,
    now: Timestamp,
    life: SignedDuration,
) -> Done<LeaseState> {
    let mut tx = begin(conn).await?;
    let present = present(&mut tx).await?;
    let same = present.holder == holder && !holder.is_empty();
    if !same && !present.holder.is_empty() && present.until > now {
        return Ok(LeaseState::Theirs(present));
    }
    let epoch = if same { present.epoch } else { present.epoch + 1 };
    let until = to_millis(now.saturating_add(life).unwrap_or(Timestamp::MAX));
    sqlx::query("UPDATE lease SET holder = ?, epoch = ?, until = ?")
        .bind(holder)
        .bind(epoch)
        .bind(until)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(LeaseState::Ours(Lease { holder: holder.to_owned(), epoch, until: from_millis(until) }))
}

/// Whether somebody other than `by` holds it.
pub(super) async fn is_elsewhere(conn: &mut SqliteConnection, by: &str, now: Timestamp) -> Done<bool> {
    let present = present(conn).await?;
    Ok(!present.holder.is_empty() && present.holder != by && present.until > now)
}

/// Gives it back, if it is still ours.
pub(super) async fn release(conn: &mut SqliteConnection, lease: &Lease) -> Done<()> {
    sqlx::query("UPDATE lease SET holder = '', until = 0 WHERE epoch = ? AND holder = ?")
        .bind(lease.epoch)
        .bind(&lease.holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// Fails unless the lease is the one in force. Asked inside the transaction that relies on it.
pub(super) async fn check(conn: &mut SqliteConnection, lease: &Lease) -> Done<()> {
    let present = present(conn).await?;
    if present.epoch == lease.epoch && present.holder == lease.holder {
        Ok(())
    } else {
        Err(StoreError::LeaseLost.into())
    }
}
