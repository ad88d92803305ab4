//! Rehearsals of posts, against the books that the engine holds in memory. Where nobody keeps books, they are read from the
//! store, once a minute at most.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::engine::rehearsal::Setting;
use crate::engine::rehearsal::live::{Ground, Rehearsing};
use crate::store::{Store, StoreResult};
use crate::tui::app::msg::Answer;
use crate::tui::runtime::news::Newsroom;

/// How long books that were read are good enough.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(1);

/// When books were read, for whom, and the books.
type Read = (Timestamp, Rehearsing, Arc<Ground>);

/// The books that were read last.
#[derive(Clone, Default)]
pub(super) struct Rehearsals(Arc<Mutex<Option<Read>>>);

impl Rehearsals {
    /// What a post would do.
    pub(super) async fn answer(
        &self,
        store: &dyn Store,
        newsroom: &dyn Newsroom,
        text: &str,
        now: Timestamp,
        by: &Rehearsing,
        setting: Option<Setting>,
    ) -> StoreResult<Answer> {
        let ground = match newsroom.books().await? {
            Some(books) => by.ground(&books, store, now).await?,
            None => self.ground(store, now, by).await?,
        };
        Ok(Answer::Rehearsed(Arc::new(by.rehearse(&ground, text, now, setting))))
    }

    async fn ground(&self, store: &dyn Store, now: Timestamp, by: &Rehearsing) -> StoreResult<Arc<Ground>> {
        let mut kept = self.0.lock().await;
        if let Some((at, for_whom, ground)) = kept.as_ref()
            && for_whom == by
            && now.duration_since(*at).abs() < GOOD_FOR
        {
            return Ok(Arc::clone(ground));
        }
        let ground = by.ground(&by.books(store).await?, store, now).await?;
        *kept = Some((now, by.clone(), Arc::clone(&ground)));
        Ok(ground)
    }
}
