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
    for sql in [
        news::PLACE,
        news::OLDEST,
        news::SINCE,
        news::WHOLE,
        responses::ROWS,
        responses::TO,
        responses::KNOWN,
        responses::NAMES,
    ] {
        let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut *conn).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let scans = |step: &&String| step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
        assert!(!steps.iter().any(|step| scans(&step)), "{sql}\n{steps:#?}");
    }
}

impl SqliteStore {
    /// Fills an adopted store with acts and mentions of the 140 days before a second, past everything that checks and
    /// reads: to measure with. One act in 200, and one mention in 50, has the hashtag `#ride`; every hundredth mention
    /// answers an act.
    pub(crate) async fn crowd(&self, end: i64, acts: i64, mentions: i64, brand: i64) {
        let mut conn = self.connections.writer().await.unwrap();
        let reading = super::super::codec::readings(&[crate::domain::Reading {
            subject: crate::domain::SubjectId(brand),
            about: true,
            sentiment: None,
            intents: crate::domain::Intents::of(&[crate::domain::Intent::Praise]),
        }]);
        let span = 140 * 86_400;
        let acts_sql = "INSERT INTO act (id, source, network, realm, native_id, keys, content, published, first_seen,
                 flags, visibility, text)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             SELECT i, 1, 1, -1, 'crowd' || i, x'', 1, (?2 - ?3 + ?3 * i / ?1) * 1000, ?2 * 1000, 4, 0,
                 'we mended wheel number ' || i || CASE WHEN i % 200 = 0 THEN ' #ride' ELSE '' END FROM n";
        sqlx::query(acts_sql).bind(acts).bind(end).bind(span).execute(&mut *conn).await.unwrap();
        sqlx::query("UPDATE book SET reader = 1, gesture = 0, deed = act % 2 * 4, sure = 0.9, personal = act % 3 = 0")
            .execute(&mut *conn)
            .await
            .unwrap();
        let bodies = "INSERT INTO body (id, place, content, native_id, keys, first_seen, flags, visibility, person,
                 readings, fingerprint, text)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             SELECT i, ((?2 - ?3 + ?3 * i / ?1) << 31) + i, 1, 'm' || i, x'', ?2 * 1000, 0, 0, i % 20000 + 1, ?4, x'00',
                 'said number ' || i || CASE WHEN i % 50 = 0 THEN ' #ride' ELSE '' END FROM n";
        sqlx::query(bodies).bind(mentions).bind(end).bind(span).bind(reading).execute(&mut *conn).await.unwrap();
        for sql in [
            "INSERT INTO mention (place, id, source, network, story, read, private, marks)
                 SELECT place, id, 1, 1, id, 1, 0, 0 FROM body",
            "INSERT INTO search (rowid, words) SELECT place, 'said ride' FROM body WHERE id % 50 = 0",
            "INSERT INTO response (mention, act) SELECT id, id / 10 FROM body WHERE id % 100 = 0",
            "UPDATE head SET next = (SELECT max(id) + 1 FROM body)",
        ] {
            sqlx::query(sql).execute(&mut *conn).await.unwrap();
        }
    }
}
