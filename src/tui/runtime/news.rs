//! The engine, as the screen sees it.

use async_trait::async_trait;
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;

use crate::domain::SourceId;
use crate::engine::Event;
use crate::tui::app::msg::Trial;

/// Who tells what happens, and is told what a person wants to happen.
#[async_trait]
pub trait Newsroom: Send + Sync {
    /// The news from now on.
    fn subscribe(&self) -> broadcast::Receiver<Event>;
    /// What a listener must know who comes late: whether we collect, and what is wrong with the store.
    fn standing(&self) -> Vec<Event>;
    /// Polls a source, or all of them, now.
    fn refresh(&self, source: Option<SourceId>);
    /// Tries a query on the stored mentions and tells what it found so far, again and again, until everything was
    /// looked at or `stop` is cancelled. The last piece is not `running`.
    async fn attempt(&self, query: String, tell: mpsc::Sender<Trial>, stop: CancellationToken);
}
