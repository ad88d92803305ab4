//! Opening a data directory: making it, refusing what cannot work, and a bounded look at the file's health.

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;

use super::connection::Connections;
use super::fault::{Done, Fault, is_busy, tell_file};
use super::{filesystem, migrate};
use crate::store::{StoreError, StoreResult};

/// Name of the database in the data directory.
pub(super) const FILE: &str = "goodword.db";

/// How often switching the file's mode is tried again while another process is opening it too.
const TRIES: u32 = 50;

/// A file that SQLite keeps beside the database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the directory (0700) and an empty database file (0600) in it, when they are not there.
///
/// The file is never opened here once it exists: closing any descriptor of it would drop the locks that this
/// process holds through SQLite.
pub(super) fn prepare(directory: &Path) -> StoreResult<PathBuf> {
    let path = directory.join(FILE);
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| tell_file(&error, directory))?;
    if filesystem::is_network(directory) {
        return Err(StoreError::NetworkFileSystem { path: directory.to_owned() });
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(path),
        Err(error) => Err(tell_file(&error, &path)),
    }
}

/// Opens the database for writing, brings its schema up to date and looks at its health.
pub(super) async fn open(connections: &Connections, path: &Path) -> Done<()> {
    use rustix::fs::{Access, access};
    let directory = path.parent().unwrap_or(path);
    if access(path, Access::WRITE_OK).is_err() || access(directory, Access::WRITE_OK).is_err() {
        return Err(StoreError::ReadOnly { path: path.to_owned() }.into());
    }
    let mut tries = 0;
    let mut writer = loop {
        match connections.writer().await {
            // Entering WAL mode does not wait for others by itself.
            Err(Fault::Sql(error)) if is_busy(&error) && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            other => break other?,
        }
    };
    migrate::migrate(&mut writer, path).await?;
    look_over(&mut writer, path).await
}

/// Opens the database for reading alone. One with an older schema would have to be written first.
pub(super) async fn open_to_read(connections: &Connections, path: &Path) -> Done<()> {
    let mut reader = connections.reader().await?;
    if migrate::recognise(&mut reader, path).await? < migrate::KNOWN {
        return Err(StoreError::ReadOnly { path: path.to_owned() }.into());
    }
    Ok(())
}

/// A look at the database's health whose cost does not grow with it: the file is as long as it says, and both
/// ends of every table and index can be read. Damage elsewhere shows when it is read.
async fn look_over(conn: &mut SqliteConnection, path: &Path) -> Done<()> {
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *conn).await?;
    let size: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut *conn).await?;
    let log = std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len());
    let length = std::fs::metadata(path).map_or(u64::MAX, |file| file.len());
    // With a log the file may lawfully lag behind.
    if log == 0 && length < (pages * size).unsigned_abs() {
        let detail = format!("it was cut off: {length} bytes of {}", pages * size);
        return Err(StoreError::Damaged { path: path.to_owned(), detail }.into());
    }
    // One end at a time: asked for both at once, SQLite would read everything in between.
    for (key, table) in [
        ("place", "mention"),
        ("source", "mention INDEXED BY mention_source"),
        ("network", "mention INDEXED BY mention_network"),
        ("story", "mention INDEXED BY mention_story"),
        ("id", "body"),
        ("person", "body INDEXED BY body_person WHERE person IS NOT NULL"),
        ("subject", "reading"),
        ("realm", "identity"),
        ("realm", "deed"),
        ("id", "act"),
        ("period", "mark"),
        ("subject", "trend"),
        ("quarter", "quarter"),
        ("id", "person"),
    ] {
        let ends = format!("SELECT (SELECT MIN({key}) FROM {table}), (SELECT MAX({key}) FROM {table})");
        sqlx::query(sqlx::AssertSqlSafe(ends)).fetch_one(&mut *conn).await?;
    }
    sqlx::query("SELECT rowid FROM search WHERE search MATCH '\"a\"' LIMIT 1").fetch_optional(&mut *conn).await?;
    let holds: i64 = sqlx::query_scalar("SELECT (SELECT COUNT(*) FROM lease) + (SELECT COUNT(*) FROM head)")
        .fetch_one(&mut *conn)
        .await?;
    if holds != 2 {
        let detail = "its first rows are missing".to_owned();
        return Err(StoreError::Damaged { path: path.to_owned(), detail }.into());
    }
    Ok(())
}
