//! How SQLite goes about the questions that are asked whenever something changed.

use sqlx::AssertSqlSafe;
use sqlx::Row as _;

use super::{news, responses};
use crate::store::sqlite::SqliteStore;

/// No question reads a whole table, and none sorts more than what it was asked for.
#[tokio::test]
async fn every_question_goes_by_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let mut conn = store.connections.reader().await.unwrap();
    for sql in
        [news::PLACE, news::OLDEST, news::SINCE, responses::ROWS, responses::TO, responses::KNOWN, responses::NAMES]
    {
        let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut *conn).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let scans = |step: &&String| step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
        assert!(!steps.iter().any(|step| scans(&step)), "{sql}\n{steps:#?}");
    }
}
