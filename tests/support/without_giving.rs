//! A store in memory that keeps no books: tests of the books use a store in a file.

use async_trait::async_trait;
use goodword::domain::{Act, ActCorrection, ActId, ActReading, CorrectionId, Deed, MentionId, Timestamp};
use goodword::store::{BookChanges, BookRow, Giving, Lease, StoreResult, Unread};

use super::Keeper;

#[async_trait]
impl Giving for Keeper {
    async fn books_version(&self) -> StoreResult<i64> {
        Ok(0)
    }

    async fn book_rows(&self, _: Timestamp, _: Option<(Timestamp, ActId)>, _: u32) -> StoreResult<Vec<BookRow>> {
        Ok(Vec::new())
    }

    async fn book_changes(&self, version: i64) -> StoreResult<BookChanges> {
        Ok(BookChanges { version, ..BookChanges::default() })
    }

    async fn unread_acts(&self, _: i64, _: u32) -> StoreResult<Vec<Unread>> {
        Ok(Vec::new())
    }

    async fn keep_act_readings(&self, _: &Lease, _: i64, _: &[(Unread, ActReading)]) -> StoreResult<u64> {
        Ok(0)
    }

    async fn link_responses(&self, _: &Lease) -> StoreResult<u64> {
        Ok(0)
    }

    async fn whole_acts(&self, _: &[ActId]) -> StoreResult<Vec<Act>> {
        Ok(Vec::new())
    }

    async fn correct_acts(&self, _: &[ActId], _: Deed, _: Timestamp) -> StoreResult<Vec<CorrectionId>> {
        Ok(Vec::new())
    }

    async fn undo_act_corrections(&self, _: &[CorrectionId], _: Timestamp) -> StoreResult<u64> {
        Ok(0)
    }

    async fn act_corrections(&self, _: u32) -> StoreResult<Vec<ActCorrection>> {
        Ok(Vec::new())
    }

    async fn responds_to(&self, _: MentionId) -> StoreResult<Option<ActId>> {
        Ok(None)
    }

    async fn responses(&self, _: ActId, _: Option<MentionId>, _: u32) -> StoreResult<Vec<MentionId>> {
        Ok(Vec::new())
    }
}
