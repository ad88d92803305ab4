//! What can go wrong with the store, told to a person.

use std::path::PathBuf;

/// Result of a store operation.
pub type StoreResult<T> = Result<T, StoreError>;

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space left. Nothing was written; collection waits at an uncommitted cursor.
    #[error("the disk that holds {} is full: make room, then goodword goes on by itself", path.display())]
    Full {
        /// The database file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "the database {} is damaged ({detail}): stop goodword, keep the file, and bring back a copy with `goodword restore FILE`",
        path.display()
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// It cannot be written.
    #[error("the database {} cannot be written: give this user write access to it and its directory", path.display())]
    ReadOnly {
        /// The database file.
        path: PathBuf,
    },
    /// Another process wrote for too long.
    #[error("the database is busy: another process has been writing to it for too long; try again")]
    Busy,
    /// Another process has the database open where nobody may.
    #[error("the database {} is in use: stop every goodword that has it open, then try again", path.display())]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// Another process took the lease.
    #[error("another goodword process has taken over collecting")]
    LeaseLost,
    /// The database was written by a newer goodword.
    #[error(
        "the database {} was written by a newer goodword (schema {found}, this one knows {known}): update goodword",
        path.display()
    )]
    TooNew {
        /// The database file.
        path: PathBuf,
        /// Schema in the file.
        found: i64,
        /// Newest schema that this program knows.
        known: i64,
    },
    /// The data directory lies on a network file system, where locks cannot be trusted.
    #[error(
        "the data directory {} is on a network file system, where a shared database gets damaged: choose a local one with --data-dir",
        path.display()
    )]
    NetworkFileSystem {
        /// The data directory.
        path: PathBuf,
    },
    /// A file could not be opened or written.
    #[error("{}: {detail}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// What was asked for cannot be done as things stand; why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Other(String),
}
