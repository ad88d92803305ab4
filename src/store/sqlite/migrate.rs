//! The schema and its history. Each step runs once, in the order of the list, all that are missing in one
//! transaction; `user_version` in the file says how far it is. A step that was published is never changed.

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::connection::begin;
use super::fault::Done;
use crate::store::StoreError;

/// Marks a file as ours ("gdwd").
pub(super) const APPLICATION: i64 = 0x6764_7764;

/// The steps, oldest first.
const STEPS: [&str; 12] = [
    include_str!("migrations/0001_house.sql"),
    include_str!("migrations/0002_networks.sql"),
    include_str!("migrations/0003_corrections.sql"),
    include_str!("migrations/0004_cases.sql"),
    include_str!("migrations/0005_outbox.sql"),
    include_str!("migrations/0006_own_history.sql"),
    include_str!("migrations/0007_books.sql"),
    include_str!("migrations/0008_campaigns.sql"),
    include_str!("migrations/0009_handover.sql"),
    include_str!("migrations/0010_intents.sql"),
    include_str!("migrations/0011_people.sql"),
    include_str!("migrations/0012_deeds_and_people.sql"),
];

/// Newest schema that this program knows.
pub(super) const KNOWN: i64 = STEPS.len() as i64;

/// How far the database is: schema and whose it is.
pub(super) async fn version(conn: &mut SqliteConnection) -> Done<(i64, i64)> {
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *conn).await?;
    let application = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *conn).await?;
    Ok((version, application))
}

/// Refuses a database that is not ours or too new for us. An empty one is fine.
pub(super) async fn recognise(conn: &mut SqliteConnection, path: &std::path::Path) -> Done<i64> {
    let (version, application) = version(conn).await?;
    if application == APPLICATION && version > KNOWN {
        return Err(StoreError::TooNew { path: path.to_owned(), found: version, known: KNOWN }.into());
    }
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&mut *conn).await?;
    if (tables > 0 || version > 0) && (application != APPLICATION || version < 1) {
        let detail = "it is the database of another program".to_owned();
        return Err(StoreError::File { path: path.to_owned(), detail }.into());
    }
    Ok(version)
}

/// Brings the database to the newest schema.
pub(super) async fn migrate(conn: &mut SqliteConnection, path: &std::path::Path) -> Done<()> {
    // One snapshot for all that is asked: another process may be making the schema just now.
    let mut look = conn.begin().await?;
    let seen = recognise(&mut look, path).await;
    look.rollback().await?;
    if seen? == KNOWN {
        return Ok(());
    }
    let mut tx = begin(conn).await?;
    // Another process may have done it while we waited.
    let from = recognise(&mut tx, path).await?;
    for step in STEPS.into_iter().skip(usize::try_from(from).unwrap_or(0)) {
        sqlx::raw_sql(step).execute(&mut *tx).await?;
    }
    let mark = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {KNOWN}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(mark)).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}
