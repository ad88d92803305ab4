//! From what SQLite or the system says to what a person can do about it.

use std::path::{Path, PathBuf};

use crate::store::{StoreError, StoreResult};

/// A failure inside this room: SQLite's own, or one that is already told.
#[derive(Debug)]
pub(super) enum Fault {
    /// Not yet told.
    Sql(sqlx::Error),
    /// Told.
    Told(StoreError),
}

/// Result inside this room.
pub(super) type Done<T> = Result<T, Fault>;

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    /// A failure that has no name of its own.
    pub(super) fn other(what: impl Into<String>) -> Self {
        Self::Told(StoreError::Other(what.into()))
    }

    /// What was asked for cannot be done as things stand.
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Told(StoreError::Refused(why.into()))
    }

    /// Tells it, for the database at `path`.
    pub(super) fn tell(self, path: &Path) -> StoreError {
        match self {
            Self::Told(error) => error,
            Self::Sql(error) => tell(error, path),
        }
    }
}

/// Tells the failures of a result, for the database at `path`.
pub(super) fn told<T>(result: Done<T>, path: &Path) -> StoreResult<T> {
    result.map_err(|fault| fault.tell(path))
}

/// SQLite's extended result code, when the error is SQLite's.
fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// Whether another connection was in the way.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error).map(|code| code & 0xff), Some(5 | 6))
}

fn tell(error: sqlx::Error, path: &Path) -> StoreError {
    let place = || path.to_owned();
    let detail = match &error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    match code(&error) {
        // Out of room shows as an I/O error where the system reports a quota, or when the shared-memory file
        // cannot grow.
        Some(code) if code & 0xff == 10 && is_nearly_full(path) => StoreError::Full { path: place() },
        // Short read, corrupt file system: pages that should be there are not.
        Some(522 | 8458) => StoreError::Damaged { path: place(), detail },
        Some(code) => match code & 0xff {
            5 | 6 => StoreError::Busy,
            3 | 8 => StoreError::ReadOnly { path: place() },
            11 | 26 => StoreError::Damaged { path: place(), detail },
            13 => StoreError::Full { path: place() },
            14 if !is_writable(path) => StoreError::ReadOnly { path: place() },
            10 | 14 => StoreError::File { path: place(), detail },
            _ => StoreError::Other(detail),
        },
        None => StoreError::Other(detail),
    }
}

/// Tells a failure of the file system at `path`.
pub(super) fn tell_file(error: &std::io::Error, path: &Path) -> StoreError {
    use std::io::ErrorKind;
    let path: PathBuf = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { path },
        _ => StoreError::File { path, detail: error.to_string() },
    }
}

/// Whether the directory of the database can be written (WAL needs files beside the database).
fn is_writable(path: &Path) -> bool {
    let directory = path.parent().unwrap_or(path);
    rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether less than a megabyte is left for us where the database lies.
fn is_nearly_full(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < 1 << 20)
}
