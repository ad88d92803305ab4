//! What people teach the readers, through the engine: said here, heard of from others, put into force.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::EngineHandle;
use crate::domain::{ActId, CorrectionId, Deed, MentionId, Occasion, Said, SubjectId};
use crate::engine::books::Books;
use crate::engine::books::shown::{self, Shown, Verdict};
use crate::engine::event::Event;
use crate::engine::herald::Herald;
use crate::engine::lessons::{Lessons, School};
use crate::engine::reasons::Reasons;
use crate::store::StoreError;

impl EngineHandle {
    /// The readers at work.
    pub fn readers(&self) -> Arc<crate::language::Readers> {
        Arc::clone(&self.crew.readers)
    }

    /// What people's corrections taught the readers so far.
    pub fn lessons(&self) -> Arc<Lessons> {
        self.crew.school.taught().now()
    }

    /// Keeps what a person says of these mentions, puts it in the place of what was read, and teaches the readers. It is
    /// said of `subject`, or where that is `None` of the subject whose reading the stream shows; mentions without such a
    /// reading are left out. Returns the numbers of the corrections, for [`EngineHandle::undo_corrections`].
    ///
    /// # Errors
    /// When the store cannot be read or written; then what was kept before stays.
    pub async fn correct(
        &self,
        ids: &[MentionId],
        subject: Option<SubjectId>,
        said: Said,
        occasion: Occasion,
    ) -> Result<Vec<CorrectionId>, StoreError> {
        let at = self.shared.clock.now();
        let kept = self.crew.school.correct(ids, subject, said, occasion, at).await?;
        self.corrected().await;
        Ok(kept)
    }

    /// Takes corrections back, and what they taught.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn undo_corrections(&self, ids: &[CorrectionId]) -> Result<u64, StoreError> {
        let undone = self.crew.store.undo_corrections(ids, self.shared.clock.now()).await?;
        self.corrected().await;
        Ok(undone)
    }

    /// Why a mention is read as it is, word by word; `None` when it is not stored any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn reasons(&self, id: MentionId) -> Result<Option<Reasons>, StoreError> {
        self.crew.school.reasons(id).await
    }

    /// The books as the store has them now. Whoever keeps what is returned makes the next change dearer: take what is
    /// needed, and let go.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn books(&self) -> Result<Arc<Books>, StoreError> {
        self.crew.books.books().await
    }

    /// What a screen shows of the books: the newest `limit` acts and the sums.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn show_books(&self, limit: usize) -> Result<Shown, StoreError> {
        let books = self.books().await?;
        let stakes = self.campaigns().map(|board| board.stakes()).unwrap_or_default();
        shown::shown(&*self.crew.store, &books, &stakes, self.shared.clock.now(), limit).await
    }

    /// How an act was read, with the words that made the verdict; `None` when it is in the books no more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn verdict(&self, act: ActId) -> Result<Option<Verdict>, StoreError> {
        let books = self.books().await?;
        let reader = self.crew.readers.gesture.as_ref();
        shown::verdict(&*self.crew.store, reader, &books, self.shared.clock.now(), act).await
    }

    /// Keeps what a person says that acts of ours do. Returns the numbers of the corrections, for
    /// [`EngineHandle::undo_act_corrections`]; acts that are no more are left out.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn correct_acts(&self, acts: &[ActId], deed: Deed) -> Result<Vec<CorrectionId>, StoreError> {
        let kept = self.crew.store.correct_acts(acts, deed, self.shared.clock.now()).await?;
        self.shared.herald.tell(Event::Books);
        Ok(kept)
    }

    /// Takes corrections of acts back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn undo_act_corrections(&self, ids: &[CorrectionId]) -> Result<u64, StoreError> {
        let undone = self.crew.store.undo_act_corrections(ids, self.shared.clock.now()).await?;
        self.shared.herald.tell(Event::Books);
        Ok(undone)
    }

    async fn corrected(&self) {
        teach(&self.crew.school, &self.shared.herald).await;
        self.shared.herald.tell(Event::Changed);
    }
}

/// Teaches the readers again whenever corrections may have come or gone, whoever made them.
pub(super) async fn attend(school: Arc<School>, mut news: broadcast::Receiver<Event>, herald: Arc<Herald>) {
    loop {
        let perhaps = match news.recv().await {
            Ok(Event::Recorded { changed, .. }) => changed > 0,
            Ok(Event::Changed | Event::Erased(_)) | Err(broadcast::error::RecvError::Lagged(_)) => true,
            Ok(_) => false,
            Err(broadcast::error::RecvError::Closed) => return,
        };
        if perhaps {
            teach(&school, &herald).await;
        }
    }
}

/// Looks whether there is something to learn, and tells. What cannot be read now is looked at with the next change.
async fn teach(school: &School, herald: &Herald) {
    match school.look().await {
        Ok(true) => herald.tell(Event::Learned(school.taught().now())),
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(%error, "corrections cannot be read; the readers go on with what they learned before")
        }
    }
}
