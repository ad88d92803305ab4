//! A newsroom in which nothing ever happens, for tests of what is asked of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::broadcast;

use super::Newsroom;
use crate::domain::{CorrectionId, MentionId, Occasion, Said, SourceId, SubjectId};
use crate::engine::{Event, Reasons};
use crate::store::StoreResult;

/// Nothing happens in it; it counts how often the outbox was said to have changed.
#[derive(Debug, Default)]
pub(super) struct Silent(AtomicUsize);

impl Silent {
    /// How often the outbox was said to have changed.
    pub(super) fn outbox_changes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Newsroom for Silent {
    fn subscribe(&self) -> broadcast::Receiver<Event> {
        broadcast::channel(1).1
    }
    fn so_far(&self) -> Vec<Event> {
        Vec::new()
    }
    fn refresh(&self, _: Option<SourceId>) -> bool {
        false
    }
    async fn pause(&self, _: bool) -> StoreResult<()> {
        Ok(())
    }
    async fn correct(
        &self,
        _: &[MentionId],
        _: Option<SubjectId>,
        _: Said,
        _: Occasion,
    ) -> StoreResult<Vec<CorrectionId>> {
        Ok(Vec::new())
    }
    async fn undo_corrections(&self, _: &[CorrectionId]) -> StoreResult<u64> {
        Ok(0)
    }
    async fn reasons(&self, _: MentionId) -> StoreResult<Option<Reasons>> {
        Ok(None)
    }
    fn outbox_changed(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
