//! What the books are made of, in SQLite. Triggers of the schema keep a row of `book` for each act and count every
//! change that matters; here it is read, and readings and corrections are written.

mod changes;
mod readings;
mod responses;
mod said;

use async_trait::async_trait;

use super::fault::told;
use super::{SqliteStore, acts, on};
use crate::domain::{Act, ActCorrection, ActId, ActReading, CorrectionId, Deed, MentionId, Timestamp};
use crate::store::giving::{BookChanges, BookRow, Giving, Unread};
use crate::store::{Lease, StoreResult};

pub(super) use changes::touch;
pub(super) use responses::{forget, let_go, settle, waiting};

#[cfg(test)]
pub(super) use changes::plans;

#[async_trait]
impl Giving for SqliteStore {
    async fn books_version(&self) -> StoreResult<i64> {
        on!(self.reader, changes::version)
    }

    async fn book_rows(
        &self,
        since: Timestamp,
        before: Option<(Timestamp, ActId)>,
        limit: u32,
    ) -> StoreResult<Vec<BookRow>> {
        on!(self.reader, changes::rows, since, before, limit)
    }

    async fn book_changes(&self, version: i64) -> StoreResult<BookChanges> {
        on!(self.reader, changes::since, version)
    }

    async fn unread_acts(&self, reader: i64, limit: u32) -> StoreResult<Vec<Unread>> {
        on!(self.reader, readings::unread, reader, limit)
    }

    async fn keep_act_readings(&self, lease: &Lease, reader: i64, all: &[(Unread, ActReading)]) -> StoreResult<u64> {
        on!(self.writer, readings::keep, lease, reader, all)
    }

    async fn link_responses(&self, lease: &Lease) -> StoreResult<u64> {
        on!(self.writer, responses::link, lease)
    }

    async fn whole_acts(&self, ids: &[ActId]) -> StoreResult<Vec<Act>> {
        on!(self.reader, acts::whole, ids)
    }

    async fn correct_acts(&self, ids: &[ActId], deed: Deed, at: Timestamp) -> StoreResult<Vec<CorrectionId>> {
        on!(self.writer, said::correct, ids, deed, at)
    }

    async fn undo_act_corrections(&self, ids: &[CorrectionId], at: Timestamp) -> StoreResult<u64> {
        on!(self.writer, said::undo, ids, at)
    }

    async fn act_corrections(&self, limit: u32) -> StoreResult<Vec<ActCorrection>> {
        on!(self.reader, said::newest, limit)
    }

    async fn responds_to(&self, mention: MentionId) -> StoreResult<Option<ActId>> {
        on!(self.reader, responses::act_of, mention)
    }

    async fn responses(&self, act: ActId, before: Option<MentionId>, limit: u32) -> StoreResult<Vec<MentionId>> {
        on!(self.reader, responses::of, act, before, limit)
    }
}
