//! Connections: one that writes, a few that read, one that only looks whether anything changed.
//!
//! They are opened when first needed and kept. A connection that was left in the middle of a transaction (its
//! task was dropped, or SQLite ended the transaction by itself when the disk was full) is replaced.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, Transaction};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::fault::{Done, Fault};

/// How long a connection waits for another process to finish writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// Page cache of the writing connection, in KiB.
const WRITER_CACHE: &str = "-8192";
/// Page cache of a reading connection, in KiB.
const READER_CACHE: &str = "-6144";
/// Pages (of 4 KiB) of the write-ahead log before it is carried over into the database.
const CHECKPOINT: &str = "8000";
/// Bytes of the write-ahead log that are kept on disk once it was carried over.
const LOG_LIMIT: &str = "33554432";

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Writes.
    Write,
    /// Reads.
    Read,
    /// Asks for the data version only.
    Probe,
}

/// How to connect to the database at `path`. `most_pages` bounds its size, for tests of a full disk.
pub(super) fn options(path: &Path, purpose: Purpose, most_pages: Option<u32>) -> SqliteConnectOptions {
    let plain = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .synchronous(SqliteSynchronous::Normal)
        .thread_name(|number| format!("store-{number}"))
        .disable_statement_logging();
    let ready = match purpose {
        Purpose::Write => plain
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT)
            .pragma("journal_size_limit", LOG_LIMIT)
            // What is erased is overwritten, so that no copy of the file still holds it.
            .pragma("secure_delete", "ON")
            .statement_cache_capacity(200)
            .row_buffer_size(256),
        Purpose::Read => plain.pragma("cache_size", READER_CACHE).pragma("query_only", "ON").row_buffer_size(256),
        Purpose::Probe => plain.pragma("cache_size", "-64").pragma("query_only", "ON"),
    };
    match most_pages {
        Some(most) => ready.pragma("max_page_count", most.to_string()),
        None => ready,
    }
}

/// How to connect to a database that we may not write. Beside a log others may write to it meanwhile; without one nobody
/// does, and SQLite must not try to make one.
fn reading_alone(path: &Path) -> SqliteConnectOptions {
    let has_log = std::fs::metadata(super::open::beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    options(path, Purpose::Read, None).read_only(true).immutable(!has_log)
}

/// One connection, opened when needed.
pub(super) struct Slot {
    options: SqliteConnectOptions,
    connection: Mutex<Option<SqliteConnection>>,
    closed: AtomicBool,
}

/// A connection while somebody uses it.
pub(super) type Held<'a> = MappedMutexGuard<'a, SqliteConnection>;

impl Slot {
    /// A slot for connections of this kind; nothing is opened yet.
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, connection: Mutex::new(None), closed: AtomicBool::new(false) }
    }

    /// The connection, once nobody else uses it.
    pub(super) async fn take(&self) -> Done<Held<'_>> {
        self.ready(self.connection.lock().await).await
    }

    async fn ready<'a>(&self, mut slot: MutexGuard<'a, Option<SqliteConnection>>) -> Done<Held<'a>> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Fault::other("it was closed"));
        }
        if let Some(kept) = slot.as_mut()
            && !is_settled(kept).await
            && let Some(broken) = slot.take()
        {
            broken.close().await.ok();
        }
        if slot.is_none() {
            *slot = Some(self.options.connect().await?);
        }
        MutexGuard::try_map(slot, Option::as_mut).map_err(|_| Fault::other("it was closed"))
    }

    /// Runs a last statement, closes the connection and opens no other.
    async fn close(&self, last: Option<&'static str>) {
        self.closed.store(true, Ordering::Release);
        if let Some(mut connection) = self.connection.lock().await.take() {
            if let Some(last) = last {
                sqlx::raw_sql(last).execute(&mut connection).await.ok();
            }
            connection.close().await.ok();
        }
    }
}

/// Whether no transaction is left over. One whose task was dropped is being rolled back: that is waited for.
async fn is_settled(connection: &mut SqliteConnection) -> bool {
    !connection.is_in_transaction() || (connection.ping().await.is_ok() && !connection.is_in_transaction())
}

/// All connections of a store.
pub(super) struct Connections {
    writer: Slot,
    readers: [Slot; 2],
    turn: AtomicUsize,
    /// Asks for the data version.
    pub(super) probe: Slot,
}

impl Connections {
    /// Connections to the database at `path`; nothing is opened yet.
    pub(super) fn new(path: &Path, most_pages: Option<u32>) -> Self {
        let slot = |purpose| Slot::new(options(path, purpose, most_pages));
        Self {
            writer: slot(Purpose::Write),
            readers: [slot(Purpose::Read), slot(Purpose::Read)],
            turn: AtomicUsize::new(0),
            probe: slot(Purpose::Probe),
        }
    }

    /// Connections to a database that may be read alone: whatever writes is refused.
    pub(super) fn to_read(path: &Path) -> Self {
        let slot = || Slot::new(reading_alone(path));
        Self { writer: slot(), readers: [slot(), slot()], turn: AtomicUsize::new(0), probe: slot() }
    }

    /// The connection that writes.
    pub(super) async fn writer(&self) -> Done<Held<'_>> {
        self.writer.take().await
    }

    /// A connection that reads: one that is free, else the next in turn.
    pub(super) async fn reader(&self) -> Done<Held<'_>> {
        for slot in &self.readers {
            if let Ok(free) = slot.connection.try_lock() {
                return slot.ready(free).await;
            }
        }
        let [first, second] = &self.readers;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if turn.is_multiple_of(2) { first } else { second }.take().await
    }

    /// Closes every connection; none is opened again as long as what comes back is kept. Whoever reads the files as bytes
    /// must keep it: closing a file gives up all locks that this process has on it, and other processes would take its
    /// connections for gone ("How To Corrupt An SQLite Database File", section 2.2).
    pub(super) async fn let_go(&self) -> Vec<MutexGuard<'_, Option<SqliteConnection>>> {
        let mut slots = Vec::new();
        // Nobody holds one of them and waits for another.
        for slot in [&self.writer].into_iter().chain(&self.readers).chain([&self.probe]) {
            let mut held = slot.connection.lock().await;
            if let Some(connection) = held.take() {
                connection.close().await.ok();
            }
            slots.push(held);
        }
        slots
    }

    /// Lets go of the files; the write-ahead log is carried over and emptied.
    pub(super) async fn close(&self) {
        for slot in self.readers.iter().chain([&self.probe]) {
            slot.close(None).await;
        }
        self.writer.close(Some("PRAGMA wal_checkpoint(TRUNCATE)")).await;
    }
}

/// Begins a transaction that writes: the right to write is taken at once, so that it cannot fail half-way.
pub(super) async fn begin(connection: &mut SqliteConnection) -> Done<Transaction<'_, Sqlite>> {
    Ok(connection.begin_with("BEGIN IMMEDIATE").await?)
}
