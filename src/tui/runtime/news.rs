//! The engine, as the screen sees it.

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::domain::{CorrectionId, MentionId, Occasion, Said, SourceId, SubjectId};
use crate::engine::{EngineHandle, Event};
use crate::store::StoreResult;

/// Who tells what happens, and is told to poll. The engine; in tests, whoever makes news up.
#[async_trait]
pub trait Newsroom: Send + Sync {
    /// The news from now on.
    fn subscribe(&self) -> broadcast::Receiver<Event>;
    /// What a listener must know who comes late: whether we collect, and what is wrong with the store, and
    /// whether all traffic is held back.
    fn so_far(&self) -> Vec<Event>;
    /// Polls a source, or all of them, now. False when nothing comes of it because another process collects.
    fn refresh(&self, source: Option<SourceId>) -> bool;
    /// Holds all traffic with the networks back, or lets it go on.
    ///
    /// # Errors
    /// When that cannot be stored; then nothing changes.
    async fn pause(&self, paused: bool) -> StoreResult<()>;
    /// Keeps what a person says of mentions, puts it in the place of what was read, and teaches the readers; the numbers
    /// of the corrections. Without a subject it is said of the one whose reading the stream shows.
    ///
    /// # Errors
    /// When that cannot be stored.
    async fn correct(
        &self,
        ids: &[MentionId],
        subject: Option<SubjectId>,
        said: Said,
        occasion: Occasion,
    ) -> StoreResult<Vec<CorrectionId>>;
    /// Takes corrections back; how many.
    ///
    /// # Errors
    /// When that cannot be stored.
    async fn undo_corrections(&self, ids: &[CorrectionId]) -> StoreResult<u64>;
}

#[async_trait]
impl Newsroom for EngineHandle {
    fn subscribe(&self) -> broadcast::Receiver<Event> {
        Self::subscribe(self)
    }

    fn so_far(&self) -> Vec<Event> {
        let trouble = self.trouble().map(|trouble| Event::StoreTrouble(Some(trouble)));
        let learned = Event::Learned(self.lessons());
        let paused = self.is_paused().then_some(Event::Paused(true));
        self.standing().map(Event::Standing).into_iter().chain(trouble).chain(paused).chain([learned]).collect()
    }

    fn refresh(&self, source: Option<SourceId>) -> bool {
        Self::refresh(self, source)
    }

    async fn pause(&self, paused: bool) -> StoreResult<()> {
        Self::pause(self, paused).await
    }

    async fn correct(
        &self,
        ids: &[MentionId],
        subject: Option<SubjectId>,
        said: Said,
        occasion: Occasion,
    ) -> StoreResult<Vec<CorrectionId>> {
        Self::correct(self, ids, subject, said, occasion).await
    }

    async fn undo_corrections(&self, ids: &[CorrectionId]) -> StoreResult<u64> {
        Self::undo_corrections(self, ids).await
    }
}
