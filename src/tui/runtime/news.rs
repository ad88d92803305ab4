//! The engine, as the screen sees it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::domain::time::SignedDuration;
use crate::domain::{ActId, CorrectionId, Deed, MentionId, Network, Occasion, Said, SourceId, SubjectId};
use crate::engine::books::Books;
use crate::engine::books::shown::{Shown, Verdict};
use crate::engine::people::Reckoner;
use crate::engine::{self, EngineHandle, Event, Reasons};
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
    /// Why a mention is read as it is; `None` when it is not stored any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn reasons(&self, id: MentionId) -> StoreResult<Option<Reasons>>;
    /// Campaigns or payments were changed here: whoever measures them looks at once.
    fn campaigns_changed(&self) {}
    /// What the screen shows of the books; `None` where nobody keeps any.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn show_books(&self, _limit: usize) -> StoreResult<Option<Shown>> {
        Ok(None)
    }
    /// The books that are held in memory, in line with the store; `None` where nobody keeps any. Whoever asks lets go of
    /// them soon: a change of books that somebody holds copies them.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn books(&self) -> StoreResult<Option<Arc<Books>>> {
        Ok(None)
    }
    /// How an act of ours was read, with the words that made the verdict; `None` when it is in the books no more.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn verdict(&self, _act: ActId) -> StoreResult<Option<Verdict>> {
        Ok(None)
    }
    /// Keeps what a person says that acts of ours do; the numbers of the corrections.
    ///
    /// # Errors
    /// When that cannot be stored.
    async fn correct_acts(&self, _acts: &[ActId], _deed: Deed) -> StoreResult<Vec<CorrectionId>> {
        Ok(Vec::new())
    }
    /// Takes corrections of acts back; how many.
    ///
    /// # Errors
    /// When that cannot be stored.
    async fn undo_act_corrections(&self, _ids: &[CorrectionId]) -> StoreResult<u64> {
        Ok(0)
    }
    /// What adds ties up.
    fn add_up(&self) -> Arc<dyn AddUp> {
        Arc::new(Reckoner)
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
        let campaigns = self.campaigns().map(Event::Campaigns);
        let standing = self.standing().map(Event::Standing).into_iter();
        standing.chain(trouble).chain(paused).chain([learned]).chain(campaigns).collect()
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

    async fn reasons(&self, id: MentionId) -> StoreResult<Option<Reasons>> {
        Self::reasons(self, id).await
    }

    fn campaigns_changed(&self) {
        Self::campaigns_changed(self);
    }

    async fn show_books(&self, limit: usize) -> StoreResult<Option<Shown>> {
        Self::show_books(self, limit).await.map(Some)
    }

    async fn books(&self) -> StoreResult<Option<Arc<Books>>> {
        Self::books(self).await.map(Some)
    }

    async fn verdict(&self, act: ActId) -> StoreResult<Option<Verdict>> {
        Self::verdict(self, act).await
    }

    async fn correct_acts(&self, acts: &[ActId], deed: Deed) -> StoreResult<Vec<CorrectionId>> {
        Self::correct_acts(self, acts, deed).await
    }

    async fn undo_act_corrections(&self, ids: &[CorrectionId]) -> StoreResult<u64> {
        Self::undo_act_corrections(self, ids).await
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
