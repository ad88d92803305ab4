//! How SQLite goes about the questions that are asked all day; for tests.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::super::fault::Done;
use super::{figures, inbox};
use crate::domain::Timestamp;
use crate::domain::case::InboxFilter;

/// The steps of a window of the inbox.
pub(in crate::store::sqlite) async fn inbox(conn: &mut SqliteConnection, filter: &InboxFilter) -> Done<Vec<String>> {
    let (text, arguments) = inbox::ask(filter, None, Timestamp::UNIX_EPOCH, 50).ready()?;
    let rows = sqlx::query_with(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")), arguments).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get("detail")).collect::<sqlx::Result<_>>()?)
}

/// The steps of the figures.
pub(in crate::store::sqlite) async fn figures(conn: &mut SqliteConnection) -> Done<Vec<String>> {
    let mut all = Vec::new();
    for sql in [figures::COUNTS, figures::DEBT] {
        let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut *conn).await?;
        all.extend(rows.iter().map(|row| row.try_get("detail")).collect::<sqlx::Result<Vec<String>>>()?);
    }
    Ok(all)
}

/// How many tables of cases there are.
pub(in crate::store::sqlite) async fn tables(conn: &mut SqliteConnection) -> Done<usize> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('cases', 'member', 'promise', 'step', 'turn')",
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}
