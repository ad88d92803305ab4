//! Takes up what is due, in the process that holds the lease.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::flight::Flight;
use super::{ABSENT, Desk};
use crate::domain::{OutgoingId, SourceId, Timestamp};
use crate::engine::clock::{after, wait};
use crate::engine::{holder, supervise};
use crate::store::outbox::{Job, Sweep};
use crate::store::{StoreError, StoreResult};

/// Most that is taken up in one round.
const AT_ONCE: u32 = 32;
/// Longest nap while something waits: the machine's clock may jump.
const NAP: Duration = Duration::from_secs(30);
/// Shortest nap while something is due that could not be begun.
const SHORTEST: Duration = Duration::from_millis(200);

/// The sender at work.
pub(crate) struct Sender {
    desk: Desk,
    stop: CancellationToken,
    flights: JoinSet<()>,
    under_way: HashMap<Id, (OutgoingId, SourceId)>,
}

impl Sender {
    pub(crate) fn new(desk: Desk, stop: CancellationToken) -> Self {
        Self { desk, stop, flights: JoinSet::new(), under_way: HashMap::new() }
    }

    /// Sends until the lease is lost or the program ends; what is under way then comes to an end first.
    pub(crate) async fn run(mut self) {
        let mut pauses = self.desk.shared.herald.pauses();
        loop {
            pauses.mark_unchanged();
            let nap = match self.round().await {
                Ok(next) => next.map(|next| self.nap(next)),
                Err(StoreError::LeaseLost) => break,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be worked on; it is tried again in a moment");
                    Some(self.desk.shared.keeper.pace().mend)
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = self.desk.bell.sender.notified() => {}
                Some(ended) = self.flights.join_next_with_id() => self.landed(ended.map(|(id, ())| id)),
                Ok(()) = pauses.changed() => {}
                () = sleep(nap.unwrap_or_default()), if nap.is_some() => {}
            }
        }
        while let Some(ended) = self.flights.join_next_with_id().await {
            self.landed(ended.map(|(id, ())| id));
        }
    }

    fn nap(&self, next: Timestamp) -> Duration {
        wait(self.desk.shared.clock.now(), next).clamp(SHORTEST, NAP)
    }

    fn landed(&mut self, ended: Result<Id, tokio::task::JoinError>) {
        let id = ended.unwrap_or_else(|error| {
            let id = error.id();
            let why = supervise::what_happened(error);
            tracing::error!(%why, "sending fell over");
            id
        });
        self.under_way.remove(&id);
    }

    /// Sweeps, takes up what is due, and says when something comes up next.
    async fn round(&mut self) -> StoreResult<Option<Timestamp>> {
        let shared = &self.desk.shared;
        let lease = shared.keeper.valid(self.desk.epoch).await?;
        let attending = shared.store.attending().await?;
        let now = shared.clock.now();
        let sweep = Sweep {
            gone: attending.into_iter().map(|(process, _)| process).filter(|name| holder::is_gone(name)).collect(),
            seen: after(now, -ABSENT),
            under_way: self.under_way.values().map(|(id, _)| *id).collect(),
            now,
        };
        if !shared.store.sweep(&lease, &sweep).await?.is_empty() {
            self.desk.bell.watcher.notify_one();
        }
        if shared.herald.is_paused() {
            return Ok(None);
        }
        for job in shared.store.jobs(&lease, now, AT_ONCE).await? {
            self.take_up(job);
        }
        let next = self.desk.shared.store.next_job().await?;
        // What is due and not taken up waits for what is under way.
        Ok(next.filter(|next| *next > now || self.under_way.is_empty()))
    }

    fn take_up(&mut self, job: Job) {
        let (id, source) = (job.outgoing.id, job.outgoing.source);
        if self.under_way.values().any(|(known, at)| *known == id || *at == source) {
            return;
        }
        let flight = Flight { desk: self.desk.clone(), stop: self.stop.clone() };
        let task = self.flights.spawn(async move {
            if let Err(error) = flight.run(job).await {
                tracing::warn!(%error, outgoing = id.0, "what became of it could not be stored; it is looked for");
            }
        });
        self.under_way.insert(task.id(), (id, source));
    }
}
