//! How the screen and `collect` speak with the engine at work: news, wishes, and its end.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::timeout;

use super::{EngineHandle, check_queries};
use crate::domain::{SourceId, Terms};
use crate::engine::campaigns::Board;
use crate::engine::collector::Command;
use crate::engine::doors::{Door, Hands};
use crate::engine::event::{Event, Standing};
use crate::engine::outbox::Manner;
use crate::engine::plan::{EngineError, Orders};
use crate::sources::{Lookup, Publish};
use crate::store::{Adopted, StoreError};

/// Longest that shutting down takes, the two seconds for polls under way included.
const SHUTDOWN: Duration = Duration::from_secs(4);
/// Longest that making drafts of what is held may delay the end.
const DEPARTURE: Duration = Duration::from_secs(1);

impl EngineHandle {
    /// News from now on. Late listeners ask [`EngineHandle::standing`] and [`EngineHandle::trouble`] once.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.shared.herald.subscribe()
    }

    /// The subjects, watches and sources with their numbers.
    pub fn adopted(&self) -> Arc<Adopted> {
        self.crew.adopted()
    }

    /// Whether this process collects; `None` until that is known.
    pub fn standing(&self) -> Option<Standing> {
        self.shared.herald.standing()
    }

    /// What is the matter with the store at present.
    pub fn trouble(&self) -> Option<String> {
        self.shared.herald.trouble()
    }

    /// The name of this process: what it submits to the outbox is held in its name.
    pub fn process(&self) -> &str {
        &self.process
    }

    /// How what a person sends from here goes out, as configured.
    pub fn manner(&self) -> &Manner {
        &self.manner
    }

    /// Something in the outbox was changed by a person here: it is looked at now, rather than in a second.
    pub fn outbox_changed(&self) {
        self.bell.ring();
    }

    /// The newest measure of all campaigns; `None` until the first is made. News of it are [`Event::Campaigns`].
    pub fn campaigns(&self) -> Option<Arc<Board>> {
        self.crew.campaigner.now()
    }

    /// Campaigns or payments were changed here: they are measured now, rather than with the next news.
    pub fn campaigns_changed(&self) {
        self.crew.campaigner.ring();
    }

    /// Something was changed in the store past the engine, by this very process: everything is looked at again.
    pub fn changed_here(&self) {
        self.shared.herald.tell(Event::Changed);
    }

    /// Brings the configuration's campaigns in.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn adopt_campaigns(&self, terms: &[Terms]) -> Result<(), StoreError> {
        self.crew.store.adopt_campaigns(terms).await?;
        self.campaigns_changed();
        Ok(())
    }

    /// Asks one source, or all, now. False when this process does not collect, so that nothing comes of it.
    pub fn refresh(&self, source: Option<SourceId>) -> bool {
        self.standing() == Some(Standing::Collecting) && self.commands.try_send(Command::Refresh(source)).is_ok()
    }

    /// Holds back all traffic with the networks, or lets it go on: here at once, in a process that collects within
    /// seconds, and beyond restarts. Stored before it acts.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing changes.
    pub async fn pause(&self, paused: bool) -> Result<(), StoreError> {
        self.crew.store.set_paused(paused).await?;
        self.shared.herald.pause(paused);
        Ok(())
    }

    /// Whether all traffic with the networks is held back.
    pub fn is_paused(&self) -> bool {
        self.shared.herald.is_paused()
    }

    /// How a source publishes. `None` when it cannot, and while this process does not collect or traffic is paused:
    /// only the holder of the lease talks to the networks.
    pub fn publisher(&self, source: SourceId) -> Option<Arc<dyn Publish>> {
        self.hands(source)?.publish
    }

    /// How things are looked up at a source; `None` under the same conditions.
    pub fn lookup(&self, source: SourceId) -> Option<Arc<dyn Lookup>> {
        self.hands(source)?.lookup
    }

    /// Where this process could publish, in the order of the sources, whether or not it collects.
    pub fn publishers(&self) -> Vec<Door> {
        self.crew.doors().into_iter().filter(|(_, hands)| hands.publish.is_some()).map(|(door, _)| door).collect()
    }

    fn hands(&self, source: SourceId) -> Option<Hands> {
        let acts = self.standing() == Some(Standing::Collecting) && !self.is_paused();
        let mut doors = self.crew.doors().into_iter().filter(|_| acts);
        doors.find(|(door, _)| door.source == source).map(|(_, hands)| hands.clone())
    }

    /// Puts other subjects, watches, people of ours and ways of answering to work; the sources stay as they are. What
    /// is late by the new target is told within a minute.
    ///
    /// # Errors
    /// [`EngineError`] when a watch or the store refuses; then the old ones stay.
    pub async fn rewatch(&self, orders: Orders) -> Result<Arc<Adopted>, EngineError> {
        let before = self.crew.take_on(orders);
        let result = async {
            check_queries(&self.crew.roster.lock().unwrap_or_else(PoisonError::into_inner))?;
            let adopted = self.crew.adopt().await?;
            let intake = self.crew.intake(&adopted)?;
            let _ = self.commands.send(Command::Watch(intake)).await;
            Ok(adopted)
        };
        let result = result.await;
        if result.is_err() {
            self.crew.take_on(before);
        }
        result
    }

    /// Ends: polls and posts under way finish storing or are dropped within two seconds, the lease is given back, and
    /// what is held in the outbox is a draft again.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        self.watchers.abort_all();
        let _ = timeout(SHUTDOWN, async { while self.tasks.join_next().await.is_some() {} }).await;
        self.tasks.shutdown().await;
        let departed = self.crew.store.depart(&self.process, self.shared.clock.now());
        if let Ok(Err(error)) = timeout(DEPARTURE, departed).await {
            tracing::warn!(%error, "what was held in the outbox stays held until somebody else collects");
        }
    }
}
