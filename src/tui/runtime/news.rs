//! The engine, as the screen sees it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::domain::time::SignedDuration;
use crate::domain::{CorrectionId, MentionId, Network, Occasion, Said, SourceId, SubjectId};
use crate::engine::people::Reckoner;
use crate::engine::{self, EngineHandle, Event};
use crate::language::Readers;
use crate::store::StoreResult;
use crate::store::people::AddUp;

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
    /// What adds ties up.
    fn add_up(&self) -> Arc<dyn AddUp> {
        Arc::new(Reckoner::new(Arc::new(Readers::rule_based())))
    }
    /// Something in the outbox was changed here: whoever sends looks at once.
    fn outbox_changed(&self) {}
    /// How something is sent from here to a network.
    fn how_to_send(&self, _network: &Network) -> HowToSend {
        HowToSend::default()
    }
}

/// How something is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowToSend {
    /// How long it is held first.
    pub hold: SignedDuration,
    /// A second voice must approve it.
    pub approval: bool,
    /// A rehearsal: nothing is sent.
    pub dry: bool,
    /// This process; what it holds is a draft again when it ends.
    pub process: String,
    /// A token that was never used before.
    pub token: String,
}

impl Default for HowToSend {
    /// Held for ten seconds, by this process, under a token of its own.
    fn default() -> Self {
        Self {
            hold: SignedDuration::from_secs(10),
            approval: false,
            dry: false,
            process: engine::holder_name(),
            token: engine::publishing_token(),
        }
    }
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

    fn add_up(&self) -> Arc<dyn AddUp> {
        Arc::new(Reckoner::new(self.readers()))
    }

    fn outbox_changed(&self) {
        Self::outbox_changed(self);
    }

    fn how_to_send(&self, network: &Network) -> HowToSend {
        let manner = self.manner();
        HowToSend {
            hold: manner.hold_at(network),
            approval: manner.approval,
            dry: manner.dry,
            process: self.process().to_owned(),
            token: engine::publishing_token(),
        }
    }
}
