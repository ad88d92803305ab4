//! The store in one SQLite file, `goodword.db` in the data directory.
//!
//! Several processes may have it open. It is in WAL mode: readers never wait for the writer. What was committed
//! survives the death of the process; after a power failure the newest commits may be missing, the rest is whole.
//! `published` is kept to the whole second (it is part of a mention's place), other moments to the millisecond.

mod acts;
mod bulk;
mod campaigns;
mod cases;
mod codec;
mod connection;
mod copy;
mod corrections;
mod fault;
mod figures;
mod filesystem;
mod forget;
mod giving;
mod lease;
mod migrate;
mod open;
mod outbox;
mod pause;
mod people;
mod place;
mod query;
mod realm;
mod record;
mod roster;
mod rows;
mod signals;
mod stream;
mod version;
mod words;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::outbox::{Attempt, Begin, Dispatch, Job, Moved, Outbox, Submit, Sweep};
use super::{Adopted, Lease, LeaseState, RecordBatch, Recorded, Retention, Roster, Store, StoreResult};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState, Saved, Submission, Verdict};
use crate::domain::stream::{Counts, Filter, Overview, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{
    Act, Author, CaseId, Correction, CorrectionId, Mention, MentionId, MentionRow, Network, NewCorrection, OutgoingId,
    OwnHistory, Signal, SignalId, SourceId, SourceState, SubjectId, Timestamp,
};
use connection::Connections;
pub use copy::{Restored, restore};
use fault::told;
pub use forget::proof::{Left, Proof, copies};

/// The store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    connections: Connections,
    watch: version::Watch,
    similar: Mutex<record::Similar>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store of a data directory; makes directory and database when they are not there, and brings the
    /// schema up to date.
    ///
    /// # Errors
    /// [`StoreError`](super::StoreError): read-only, damaged, too new, on a network file system, disk full, or
    /// busy for too long.
    pub async fn open(directory: &Path) -> StoreResult<Self> {
        Self::open_bounded(directory, None).await
    }

    /// The same, but where nothing may be written it is opened for reading alone, if something is there.
    ///
    /// # Errors
    /// As [`Self::open`]; read-only when there is nothing to read, or it is of an older form.
    pub async fn open_or_read(directory: &Path) -> StoreResult<Self> {
        match Self::open(directory).await {
            Err(super::StoreError::ReadOnly { .. }) if Self::is_at(directory) => {
                let path = directory.join(open::FILE);
                let connections = Connections::to_read(&path);
                told(open::open_to_read(&connections, &path).await, &path)?;
                Ok(Self { path, connections, watch: version::Watch::default(), similar: Mutex::default() })
            }
            other => other,
        }
    }

    /// The same, with a database that may not grow beyond so many pages.
    async fn open_bounded(directory: &Path, most_pages: Option<u32>) -> StoreResult<Self> {
        let path = open::prepare(directory)?;
        let connections = Connections::new(&path, most_pages);
        told(open::open(&connections, &path).await, &path)?;
        Ok(Self { path, connections, watch: version::Watch::default(), similar: Mutex::default() })
    }

    /// Whether a data directory holds a database already.
    pub fn is_at(directory: &Path) -> bool {
        directory.join(open::FILE).is_file()
    }

    /// Opens a database under any name, for forgetting somebody in a copy as well.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_copy(path: &Path) -> StoreResult<Self> {
        let connections = Connections::new(path, None);
        told(open::open(&connections, path).await, path)?;
        Ok(Self { path: path.to_owned(), connections, watch: version::Watch::default(), similar: Mutex::default() })
    }

    /// Proves that nothing of somebody is left: empties the logs in `logs`, carries the write-ahead log over and searches
    /// every file of the data directory and of `logs` for what they were called and what they wrote. When something is
    /// found in the database, it is written anew first.
    ///
    /// # Errors
    /// [`StoreError`](super::StoreError), also when the write-ahead log cannot be emptied.
    pub async fn prove(&self, erased: &super::people::Erased, logs: Option<&Path>) -> StoreResult<Proof> {
        told(forget::proof::prove(&self.connections, &self.path, erased, logs).await, &self.path)
    }

    /// Whether an author is on the list of those who are not to be collected.
    ///
    /// # Errors
    /// [`StoreError`](super::StoreError).
    pub async fn is_forgotten(&self, network: &Network, author: &Author) -> StoreResult<bool> {
        let look = async {
            let mut connection = self.connections.reader().await?;
            Ok(forget::Forgotten::load(&mut connection).await?.author(network.name(), author))
        };
        told(look.await, &self.path)
    }

    /// Writes the database anew, so that every byte of it belongs to something that is stored.
    ///
    /// # Errors
    /// [`StoreError`](super::StoreError): busy, disk full.
    pub async fn rewrite(&self) -> StoreResult<()> {
        told(forget::proof::rewrite(&self.connections).await, &self.path)
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Runs a function on a connection and tells what fails.
macro_rules! on {
    ($store:ident.$kind:ident, $function:path $(, $argument:expr)*) => {{
        let work = async {
            let mut connection = $store.connections.$kind().await?;
            $function(&mut connection $(, $argument)*).await
        };
        told(work.await, &$store.path)
    }};
}
use on;

#[async_trait]
impl Outbox for SqliteStore {
    async fn save_draft(&self, draft: &Draft, at: Timestamp) -> StoreResult<Option<Saved>> {
        on!(self.writer, outbox::save_draft, draft, at)
    }

    async fn draft_for(
        &self,
        mention: Option<MentionId>,
        case: Option<CaseId>,
        voice: Option<&str>,
    ) -> StoreResult<Option<Outgoing>> {
        on!(self.reader, outbox::draft_for, mention, case, voice)
    }

    async fn outgoings(&self, states: &[OutgoingState], limit: u32) -> StoreResult<Vec<Outgoing>> {
        on!(self.reader, outbox::outgoings, states, limit)
    }

    async fn outgoing(&self, id: OutgoingId) -> StoreResult<Option<Outgoing>> {
        on!(self.reader, outbox::outgoing, id)
    }

    async fn submit(&self, id: OutgoingId, wish: &Submit) -> StoreResult<Submission> {
        on!(self.writer, outbox::submit, id, wish)
    }

    async fn approve(
        &self,
        id: OutgoingId,
        voice: &str,
        process: &str,
        hold: SignedDuration,
        at: Timestamp,
    ) -> StoreResult<bool> {
        on!(self.writer, outbox::approve, id, voice, process, hold, at)
    }

    async fn recall(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        on!(self.writer, outbox::recall, id, at)
    }

    async fn withdraw(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        on!(self.writer, outbox::withdraw, id, at)
    }

    async fn redraft(&self, id: OutgoingId, at: Timestamp) -> StoreResult<bool> {
        on!(self.writer, outbox::redraft, id, at)
    }

    async fn settle(&self, id: OutgoingId, verdict: &Verdict, at: Timestamp) -> StoreResult<bool> {
        on!(self.writer, outbox::settle, id, verdict, at)
    }

    async fn sent_lately(&self, since: Timestamp, limit: u32) -> StoreResult<Vec<(OutgoingId, String)>> {
        on!(self.reader, outbox::sent_lately, since, limit)
    }

    async fn identities(&self) -> StoreResult<Vec<Identity>> {
        on!(self.reader, outbox::identities)
    }

    async fn stop_sending(&self, stopped: bool, at: Timestamp) -> StoreResult<()> {
        on!(self.writer, outbox::stop, stopped, at)
    }

    async fn sending_stopped(&self) -> StoreResult<bool> {
        on!(self.reader, outbox::is_stopped)
    }
}

#[async_trait]
impl Dispatch for SqliteStore {
    async fn keep_identities(&self, held: &Lease, identities: &[Identity]) -> StoreResult<()> {
        on!(self.writer, outbox::keep_identities, held, identities)
    }

    async fn attend(&self, process: &str, seen: Timestamp, now: Timestamp) -> StoreResult<bool> {
        on!(self.writer, outbox::attend, process, seen, now)
    }

    async fn depart(&self, process: &str, at: Timestamp) -> StoreResult<u64> {
        on!(self.writer, outbox::depart, process, at)
    }

    async fn attending(&self) -> StoreResult<Vec<(String, Timestamp)>> {
        on!(self.reader, outbox::attending)
    }

    async fn outbox_version(&self) -> StoreResult<i64> {
        on!(self.reader, outbox::version)
    }

    async fn moved_since(&self, version: i64, limit: u32) -> StoreResult<Vec<Moved>> {
        on!(self.reader, outbox::moved_since, version, limit)
    }

    async fn sweep(&self, held: &Lease, sweep: &Sweep) -> StoreResult<Vec<OutgoingId>> {
        on!(self.writer, outbox::sweep, held, sweep)
    }

    async fn jobs(&self, held: &Lease, now: Timestamp, limit: u32) -> StoreResult<Vec<Job>> {
        on!(self.reader, outbox::jobs, held, now, limit)
    }

    async fn next_job(&self) -> StoreResult<Option<Timestamp>> {
        on!(self.reader, outbox::next_job)
    }

    async fn begin(&self, held: &Lease, begin: &Begin) -> StoreResult<bool> {
        on!(self.writer, outbox::begin, held, begin)
    }

    async fn finish(
        &self,
        held: &Lease,
        id: OutgoingId,
        part: usize,
        attempt: &Attempt,
        now: Timestamp,
    ) -> StoreResult<Recorded> {
        on!(self.writer, outbox::finish, &self.similar, held, id, part, attempt, now)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn take_lease(&self, holder: &str, now: Timestamp, life: SignedDuration) -> StoreResult<LeaseState> {
        on!(self.writer, lease::take, holder, now, life)
    }

    async fn release_lease(&self, held: &Lease) -> StoreResult<()> {
        on!(self.writer, lease::release, held)
    }

    async fn adopt(&self, roster: &Roster) -> StoreResult<Adopted> {
        on!(self.writer, roster::adopt, roster)
    }

    async fn join(&self, roster: &Roster, by: &str, now: Timestamp) -> StoreResult<Adopted> {
        on!(self.writer, roster::join, roster, by, now)
    }

    async fn source_apart(&self, name: &str, network: &Network) -> StoreResult<SourceId> {
        on!(self.writer, roster::apart, name, network)
    }

    async fn adopted(&self) -> StoreResult<Adopted> {
        on!(self.reader, roster::adopted)
    }

    async fn record(&self, held: &Lease, batch: &RecordBatch) -> StoreResult<Recorded> {
        on!(self.writer, record::record, &self.similar, Some(held), batch)
    }

    async fn bring(&self, batch: &RecordBatch) -> StoreResult<Recorded> {
        on!(self.writer, record::record, &self.similar, None, batch)
    }

    async fn record_own_history(
        &self,
        held: &Lease,
        batch: &RecordBatch,
        history: &OwnHistory,
    ) -> StoreResult<Recorded> {
        on!(self.writer, record::record_own_history, &self.similar, held, batch, history)
    }

    async fn raise(&self, held: &Lease, signal: &Signal) -> StoreResult<Option<SignalId>> {
        on!(self.writer, signals::raise, held, signal)
    }

    async fn page(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<MentionRow>> {
        on!(self.reader, stream::page, filter, span, limit)
    }

    async fn count(&self, filter: &Filter, most: u64) -> StoreResult<u64> {
        on!(self.reader, stream::count, filter, most)
    }

    async fn mention(&self, id: MentionId) -> StoreResult<Option<Mention>> {
        on!(self.reader, stream::mention, id)
    }

    async fn mentions(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<Mention>> {
        on!(self.reader, stream::mentions, filter, span, limit)
    }

    async fn answers(&self, id: MentionId) -> StoreResult<Vec<Act>> {
        on!(self.reader, acts::answers, id)
    }

    async fn acts(&self, before: Option<Timestamp>, limit: u32) -> StoreResult<Vec<Act>> {
        on!(self.reader, acts::newest, before, limit)
    }

    async fn own_accounts(&self) -> StoreResult<Vec<(String, String)>> {
        on!(self.reader, acts::own_accounts)
    }

    async fn trend(
        &self,
        subject: SubjectId,
        from: Timestamp,
        bucket: SignedDuration,
        buckets: u32,
    ) -> StoreResult<Vec<Counts>> {
        on!(self.reader, figures::trend, subject, from, bucket, buckets)
    }

    async fn overview(&self, day: Timestamp, brand: Option<SubjectId>) -> StoreResult<Overview> {
        on!(self.reader, figures::overview, day, brand)
    }

    async fn sources(&self) -> StoreResult<Vec<SourceState>> {
        on!(self.reader, roster::sources)
    }

    async fn source_names(&self) -> StoreResult<Vec<(SourceId, String)>> {
        on!(self.reader, roster::source_names)
    }

    async fn scope_of(&self, source: SourceId) -> StoreResult<Option<String>> {
        on!(self.reader, roster::scope_of, source)
    }

    async fn signals(&self, limit: u32) -> StoreResult<Vec<Signal>> {
        on!(self.reader, signals::newest, limit)
    }

    async fn correct(&self, corrections: &[NewCorrection]) -> StoreResult<Vec<CorrectionId>> {
        on!(self.writer, record::correct, corrections)
    }

    async fn undo_corrections(&self, ids: &[CorrectionId], at: Timestamp) -> StoreResult<u64> {
        on!(self.writer, record::undo, ids, at)
    }

    async fn corrections(&self, limit: u32) -> StoreResult<Vec<Correction>> {
        on!(self.reader, corrections::newest, limit)
    }

    async fn corrections_version(&self) -> StoreResult<i64> {
        on!(self.reader, corrections::version)
    }

    async fn mark_read(&self, ids: &[MentionId], read: bool) -> StoreResult<u64> {
        let changed = on!(self.writer, stream::mark, ids, read)?;
        Ok(changed.len() as u64)
    }

    async fn mark_all_read(&self, filter: &Filter, last: MentionId) -> StoreResult<Vec<MentionId>> {
        on!(self.writer, stream::mark_all, filter, last)
    }

    async fn see_signal(&self, id: SignalId) -> StoreResult<()> {
        on!(self.writer, signals::see, id)
    }

    async fn set_paused(&self, paused: bool) -> StoreResult<()> {
        on!(self.writer, pause::set, paused)
    }

    async fn paused(&self) -> StoreResult<bool> {
        on!(self.reader, pause::is)
    }

    async fn version(&self) -> StoreResult<i64> {
        told(self.watch.version(&self.connections.probe, &self.path).await, &self.path)
    }

    async fn strangers_version(&self) -> StoreResult<i64> {
        on!(self.writer, version::strangers)
    }

    async fn retain(&self, held: &Lease, now: Timestamp, retention: &Retention) -> StoreResult<u64> {
        on!(self.writer, record::retain, &self.similar, held, now, retention)
    }

    async fn backup(&self, to: &Path) -> StoreResult<()> {
        on!(self.reader, copy::backup, to)
    }

    async fn close(&self) {
        self.connections.close().await;
    }
}
