//! Whether all traffic with the networks is held back.

use sqlx::sqlite::SqliteConnection;

use super::fault::Done;

/// Holds it back, or lets it go on. Nothing is written when that is so already.
pub(super) async fn set(conn: &mut SqliteConnection, paused: bool) -> Done<()> {
    sqlx::query("UPDATE head SET paused = ?1 WHERE paused <> ?1").bind(paused).execute(conn).await?;
    Ok(())
}

/// Whether it is held back.
pub(super) async fn is(conn: &mut SqliteConnection) -> Done<bool> {
    Ok(sqlx::query_scalar("SELECT paused FROM head").fetch_one(conn).await?)
}
