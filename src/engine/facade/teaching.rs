//! What people teach the readers, through the engine: said here, heard of from others, put into force.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::EngineHandle;
use crate::domain::{CorrectionId, MentionId, Occasion, Said, SubjectId};
use crate::engine::event::Event;
use crate::engine::herald::Herald;
use crate::engine::lessons::{Lessons, School};
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
