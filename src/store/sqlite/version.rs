//! Whether anything was committed, asked twice a second all day: an idle store must not wake anybody up.
//!
//! SQLite answers on a connection of its own (`PRAGMA data_version`), which takes another thread. So the
//! write-ahead log is looked at first: while its length and time of change stay, nothing was committed. A file's
//! clock may be coarse, so the log is trusted only when it has not changed for [`SETTLED`].

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::connection::Slot;
use super::fault::Done;
use super::open::beside;

/// Longer than the clock of any file system is coarse.
const SETTLED: Duration = Duration::from_millis(2_500);

/// What the log looked like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    length: u64,
    changed: Option<SystemTime>,
}

impl Look {
    fn at(database: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(beside(database, "-wal")).ok()?;
        Some(Self { length: metadata.len(), changed: metadata.modified().ok() })
    }
}

/// The last answer.
#[derive(Debug, Clone, Copy)]
struct Answer {
    look: Look,
    since: Instant,
    version: i64,
}

/// Remembers what it saw last.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Option<Answer>>);

impl Watch {
    /// A number that changes when another connection committed.
    pub(super) async fn version(&self, probe: &Slot, database: &Path) -> Done<i64> {
        let look = Look::at(database);
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unchanged = last.filter(|last| Some(last.look) == look);
        if let Some(last) = unchanged.filter(|last| last.since.elapsed() > SETTLED) {
            return Ok(last.version);
        }
        let mut conn = probe.take().await?;
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *conn).await?;
        let since = unchanged.map_or_else(Instant::now, |last| last.since);
        // The look was taken before the question: a commit in between shows as a change at the next look.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = look.map(|look| Answer { look, since, version });
        Ok(version)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    use super::*;
    use crate::store::sqlite::connection::{Purpose, options};

    #[tokio::test]
    async fn an_idle_database_is_not_asked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let mut writer = SqliteConnection::connect_with(&options(&path, Purpose::Write, None).create_if_missing(true))
            .await
            .unwrap();
        sqlx::raw_sql("CREATE TABLE t (a)").execute(&mut writer).await.unwrap();
        let (watch, probe) = (Watch::default(), Slot::new(options(&path, Purpose::Probe, None)));
        let first = watch.version(&probe, &path).await.unwrap();

        // The log settled a while ago: whatever the database would say, it is not asked.
        let settle = || {
            let mut answer = watch.0.lock().unwrap();
            let answer = answer.as_mut().unwrap();
            answer.since = answer.since.checked_sub(2 * SETTLED).unwrap();
            answer.version = 4_711;
        };
        settle();
        assert_eq!(watch.version(&probe, &path).await.unwrap(), 4_711);

        sqlx::raw_sql("INSERT INTO t VALUES (1)").execute(&mut writer).await.unwrap();
        let second = watch.version(&probe, &path).await.unwrap();
        assert!(second != 4_711 && second != first);
        // Right after a change the log alone is not trusted.
        watch.0.lock().unwrap().as_mut().unwrap().version = 4_711;
        assert_eq!(watch.version(&probe, &path).await.unwrap(), second);
    }
}
