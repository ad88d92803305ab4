//! The engine, as the screen sees it.

use tokio::sync::broadcast;

use crate::domain::SourceId;
use crate::engine::{EngineHandle, Event};

/// Who tells what happens, and is told to poll. The engine; in tests, whoever makes news up.
pub trait Newsroom: Send + Sync {
    /// The news from now on.
    fn subscribe(&self) -> broadcast::Receiver<Event>;
    /// What a listener must know who comes late: whether we collect, and what is wrong with the store.
    fn so_far(&self) -> Vec<Event>;
    /// Polls a source, or all of them, now. False when nothing comes of it because another process collects.
    fn refresh(&self, source: Option<SourceId>) -> bool;
}

impl Newsroom for EngineHandle {
    fn subscribe(&self) -> broadcast::Receiver<Event> {
        Self::subscribe(self)
    }

    fn so_far(&self) -> Vec<Event> {
        let trouble = self.trouble().map(|trouble| Event::StoreTrouble(Some(trouble)));
        self.standing().map(Event::Standing).into_iter().chain(trouble).collect()
    }

    fn refresh(&self, source: Option<SourceId>) -> bool {
        Self::refresh(self, source)
    }
}
