//! Tells what moved on in the outbox, here or in another process, and keeps this process present while it holds
//! something. Runs in every process; idle, it looks once a second at the log's length, and at nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ABSENT, Bell};
use crate::domain::Clock;
use crate::domain::outbox::OutgoingState;
use crate::engine::Event;
use crate::engine::clock::after;
use crate::engine::herald::Herald;
use crate::store::{Store, StoreResult};

/// How often it looks whether anything was committed.
const PROBE: Duration = Duration::from_secs(1);
/// How often a process that holds something says that it is there: well below [`ABSENT`].
const ATTEND: Duration = Duration::from_secs(3);
/// Most that is told at once; more is one [`Event::Changed`].
const MOST: u32 = 200;

/// The watcher of one process.
#[derive(Clone)]
pub(crate) struct Watcher {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) herald: Arc<Herald>,
    pub(crate) bell: Arc<Bell>,
    /// The name of this process.
    pub(crate) process: String,
}

/// What was told last.
struct Told {
    log: Option<i64>,
    outbox: i64,
    stopped: bool,
    /// When this process said last that it is there, while it holds something.
    attended: Option<Instant>,
}

impl Watcher {
    /// Watches until it is dropped. Cancel-safe.
    pub(crate) async fn run(self) {
        let mut told = Told { log: None, outbox: 0, stopped: false, attended: None };
        // What is there at the beginning is no news.
        while let Err(error) = self.begin(&mut told).await {
            tracing::debug!(%error, "the outbox cannot be watched yet");
            sleep(PROBE).await;
        }
        loop {
            let rung = tokio::select! {
                () = self.bell.watcher.notified() => true,
                () = sleep(PROBE) => false,
            };
            if let Err(error) = self.look(&mut told, rung).await {
                tracing::debug!(%error, "the outbox cannot be watched at present");
            }
        }
    }

    async fn begin(&self, told: &mut Told) -> StoreResult<()> {
        told.outbox = self.store.outbox_version().await?;
        told.stopped = self.store.sending_stopped().await?;
        if told.stopped {
            self.herald.tell(Event::SendingStopped(true));
        }
        Ok(())
    }

    async fn look(&self, told: &mut Told, rung: bool) -> StoreResult<()> {
        let log = Some(self.store.version().await?);
        if rung || log != told.log {
            told.log = log;
            self.tell(told).await?;
        }
        if told.attended.is_some_and(|last| last.elapsed() >= ATTEND) {
            self.attend(told).await?;
        }
        Ok(())
    }

    async fn tell(&self, told: &mut Told) -> StoreResult<()> {
        let version = self.store.outbox_version().await?;
        if version == told.outbox {
            return Ok(());
        }
        let moved = self.store.moved_since(told.outbox, MOST).await?;
        let stopped = self.store.sending_stopped().await?;
        told.outbox = version;
        if std::mem::replace(&mut told.stopped, stopped) != stopped {
            self.herald.tell(Event::SendingStopped(stopped));
        }
        if moved.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
            self.herald.tell(Event::Changed);
        }
        let waits = moved.iter().any(|moved| moved.state == OutgoingState::Held);
        for moved in moved {
            let trouble = Some(moved.trouble).filter(|trouble| !trouble.is_empty());
            self.herald.tell(Event::Outgoing { id: moved.id, state: moved.state, trouble });
        }
        // Another process may have put it there, or sending may go on.
        self.bell.sender.notify_one();
        if waits && told.attended.is_none() {
            self.attend(told).await?;
        }
        Ok(())
    }

    async fn attend(&self, told: &mut Told) -> StoreResult<()> {
        let now = self.clock.now();
        let holds = self.store.attend(&self.process, after(now, -ABSENT), now).await?;
        told.attended = holds.then(Instant::now);
        Ok(())
    }
}
