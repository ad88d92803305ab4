//! Copies: making one while everything goes on, and bringing one back.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::fault::{Done, Fault, is_busy, tell_file, told};
use super::open::{FILE, beside, prepare};
use super::{forget, migrate};
use crate::domain::Timestamp;
use crate::store::{StoreError, StoreResult};

/// Writes a consistent copy of everything to the new file `to` (0600). What fails leaves no file behind.
pub(super) async fn backup(conn: &mut SqliteConnection, to: &Path) -> Done<()> {
    // Taking the name first keeps others off it and sets the permissions; SQLite fills an empty file.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| tell_file(&error, to))?;
    let result = fill(conn, to).await;
    if result.is_err() {
        std::fs::remove_file(to).ok();
    }
    result
}

async fn fill(conn: &mut SqliteConnection, to: &Path) -> Done<()> {
    let name = to.to_str().ok_or_else(|| StoreError::File {
        path: to.to_owned(),
        detail: "the name is not text; choose another".to_owned(),
    })?;
    // Only this connection's own database is protected from writing; the copy is another file.
    sqlx::query("PRAGMA query_only = OFF").execute(&mut *conn).await?;
    let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut *conn).await;
    sqlx::query("PRAGMA query_only = ON").execute(conn).await?;
    // What went wrong went wrong with the copy, not with the database.
    copied.map_err(|error| Fault::Sql(error).tell(to))?;
    sync(to)?;
    Ok(())
}

fn sync(path: &Path) -> StoreResult<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| tell_file(&error, path))
}

/// Brings the copy `from` back as the database of the data directory `dir`. The database that was there is kept
/// beside it; returns where, if there was one. Whoever was forgotten since the copy was made is forgotten in it, `now`.
///
/// # Errors
/// [`StoreError::InUse`] while any process has the database open, [`StoreError::File`] when `from` is not a whole
/// goodword database, [`StoreError::TooNew`], and what the file system says. Nothing is changed then.
pub async fn restore(from: &Path, dir: &Path, now: Timestamp) -> StoreResult<Restored> {
    let path = dir.join(FILE);
    if is_same_file(from, &path) {
        let detail = "this is the database itself, not a copy of it".to_owned();
        return Err(StoreError::File { path: from.to_owned(), detail });
    }
    if std::fs::metadata(beside(from, "-wal")).is_ok_and(|log| log.len() > 0) {
        let detail = "it is in use or was copied while it was: copy it with `goodword backup`".to_owned();
        return Err(StoreError::File { path: from.to_owned(), detail });
    }
    let existed = path.exists();
    prepare(dir)?;
    let arrival = beside(&path, ".arriving");
    let result = bring_back(from, &path, &arrival, existed, now).await;
    if result.is_err() {
        for leftover in [arrival.clone(), beside(&arrival, "-wal"), beside(&arrival, "-shm")] {
            std::fs::remove_file(leftover).ok();
        }
        if !existed {
            std::fs::remove_file(&path).ok();
        }
    }
    result
}

/// What bringing a copy back did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Where the database lies that was there before.
    pub kept: Option<PathBuf>,
    /// How many people were forgotten in the copy.
    pub forgotten: u64,
}

async fn bring_back(from: &Path, path: &Path, arrival: &Path, existed: bool, now: Timestamp) -> StoreResult<Restored> {
    copy_private(from, arrival)?;
    let checked = match examine(arrival).await {
        // It was looked at under another name: tell of the file that the person chose.
        Err(StoreError::Damaged { detail, .. } | StoreError::File { detail, .. }) => {
            Err(StoreError::File { path: from.to_owned(), detail: format!("it cannot be brought back: {detail}") })
        }
        Err(StoreError::TooNew { found, known, .. }) => Err(StoreError::TooNew { path: from.to_owned(), found, known }),
        other => other,
    };
    checked?;
    let forgotten = told(forget::replay(arrival, path.parent().unwrap_or(path), now).await, arrival)?;
    for suffix in ["-wal", "-shm"] {
        // Carried over and closed: what is left of them is empty.
        std::fs::remove_file(beside(arrival, suffix)).ok();
    }
    sync(arrival)?;
    let claim = claim(path).await?;
    let replaced = if existed { Some(set_aside(path)?) } else { None };
    std::fs::rename(arrival, path).map_err(|error| tell_file(&error, path))?;
    if let Some(claim) = claim {
        claim.close().await.ok();
    }
    sync(path.parent().unwrap_or(path))?;
    Ok(Restored { kept: replaced, forgotten })
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn copy_private(from: &Path, to: &Path) -> StoreResult<()> {
    let mut source = File::open(from).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            StoreError::File { path: from.to_owned(), detail: "there is no such file".to_owned() }
        }
        _ => StoreError::File { path: from.to_owned(), detail: error.to_string() },
    })?;
    std::fs::remove_file(to).ok();
    let mut target =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| tell_file(&error, to))?;
    std::io::copy(&mut source, &mut target).map_err(|error| tell_file(&error, to))?;
    Ok(())
}

/// Looks through the whole copy and takes the lease out of it: whoever held it does not hold this one.
async fn examine(copy: &Path) -> StoreResult<()> {
    let look = async {
        let mut conn = SqliteConnectOptions::new().filename(copy).disable_statement_logging().connect().await?;
        let (version, application) = migrate::version(&mut conn).await?;
        if application != migrate::APPLICATION || version < 1 {
            return Err(Fault::other("it is not a goodword database"));
        }
        migrate::recognise(&mut conn, copy).await?;
        let health: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut conn).await?;
        if health != "ok" {
            return Err(StoreError::Damaged { path: copy.to_owned(), detail: health }.into());
        }
        sqlx::query("UPDATE lease SET holder = '', until = 0, epoch = epoch + 1").execute(&mut conn).await?;
        conn.close().await?;
        Ok(())
    };
    match told(look.await, copy) {
        Err(StoreError::Other(detail)) => Err(StoreError::File { path: copy.to_owned(), detail }),
        other => other,
    }
}

/// Makes sure that nobody has the database open, follower or collector, and keeps everybody off it until the
/// connection is closed. `None` for a damaged one, which nobody can hold.
async fn claim(path: &Path) -> StoreResult<Option<SqliteConnection>> {
    let ask = async {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::ZERO);
        let mut conn = options.disable_statement_logging().connect().await?;
        // Leaving WAL mode carries the log over, takes it away, and works only for the last one who has it open.
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await?;
        if mode != "delete" {
            return Err(StoreError::InUse { path: path.to_owned() }.into());
        }
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut conn).await?;
        Ok(conn)
    };
    match ask.await {
        Ok(conn) => Ok(Some(conn)),
        Err(Fault::Sql(error)) if is_busy(&error) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(fault) => match fault.tell(path) {
            StoreError::Damaged { .. } => Ok(None),
            other => Err(other),
        },
    }
}

/// Gives the database, and what lies beside it, a name of its own.
fn set_aside(path: &Path) -> StoreResult<PathBuf> {
    let free = |number: u32| beside(path, &format!(".replaced-{number}"));
    let aside = (1..=u32::MAX).map(free).find(|name| !name.exists()).unwrap_or_else(|| free(0));
    // A second name first: at no moment is there no database, since the rename that follows is atomic.
    std::fs::hard_link(path, &aside)
        .or_else(|_| std::fs::rename(path, &aside))
        .map_err(|error| tell_file(&error, &aside))?;
    for suffix in ["-wal", "-shm"] {
        let log = beside(path, suffix);
        if log.exists() {
            std::fs::rename(&log, beside(&aside, suffix)).map_err(|error| tell_file(&error, &log))?;
        }
    }
    Ok(aside)
}
