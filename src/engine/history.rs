//! Fetches our own older posts, for the books: page after page, going back, behind everything else that is asked.
//!
//! By the holder of the lease alone. How far it came is stored with the posts, so that a program that ends goes on where
//! it was. What it brings is history: it feeds no alert and no clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::collector::Shared;
use super::doors::Door;
use super::intake::{Arrival, Intake, SourceInfo};
use crate::domain::time::SignedDuration;
use crate::domain::{Item, OwnHistory, SourceHealth, SourceId, SourceState, Timestamp};
use crate::sources::{Lookup, Retry, SourceError};
use crate::store::{PollOutcome, RecordBatch, StoreError, StoreResult};

/// How far back our own posts are fetched, unless configured otherwise.
pub const BACK: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Pause before the first page; the beginning is busy enough.
const FIRST: Duration = Duration::from_secs(15);
/// Pause between two pages.
const BREATH: Duration = Duration::from_secs(4);
/// Pause after a network failed.
const REST: Duration = Duration::from_secs(15 * 60);
/// The longest pause after a network failed.
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Pause between two looks when every source that is left has to rest or is not well.
const LOOK: Duration = Duration::from_secs(60);

/// Fetches our own older posts.
#[derive(Clone)]
pub(crate) struct Historian {
    pub(crate) shared: Arc<Shared>,
    pub(crate) intake: Arc<Intake>,
    /// Where we have accounts.
    pub(crate) accounts: Vec<(Door, Arc<dyn Lookup>)>,
    /// How far back.
    pub(crate) back: SignedDuration,
    pub(crate) epoch: i64,
}

/// What there was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// A page was stored.
    Page,
    /// Something is left, but not for now.
    Later,
    /// Everything is there.
    Done,
}

impl Historian {
    /// Fetches until everything is there or the lease is lost. Cancel-safe: a page is stored whole or asked again.
    pub(crate) async fn run(self) {
        sleep(FIRST).await;
        let mut resting = HashMap::new();
        loop {
            match self.step(&mut resting).await {
                Ok(Progress::Page) => sleep(BREATH).await,
                Ok(Progress::Later) => sleep(LOOK).await,
                Ok(Progress::Done) | Err(StoreError::LeaseLost) => return,
                Err(error) => {
                    tracing::warn!(%error, "our own older posts could not be stored; it is tried again");
                    sleep(REST).await;
                }
            }
        }
    }

    /// One page of each account that is not done, at most.
    pub(crate) async fn once(&self) -> StoreResult<()> {
        let mut resting = HashMap::new();
        for _ in &self.accounts {
            if self.step(&mut resting).await? != Progress::Page {
                break;
            }
        }
        Ok(())
    }

    /// One page of the account that has the least.
    async fn step(&self, resting: &mut HashMap<SourceId, Instant>) -> StoreResult<Progress> {
        if self.shared.herald.is_paused() {
            return Ok(Progress::Later);
        }
        let states = self.shared.store.sources().await?;
        let mut left: Vec<(&Door, &Arc<dyn Lookup>, &SourceState)> = Vec::new();
        for (door, lookup) in &self.accounts {
            let Some(state) = states.iter().find(|state| state.id == door.source) else { continue };
            if !state.own_history.as_ref().is_some_and(|history| history.done) {
                left.push((door, lookup, state));
            }
        }
        if left.is_empty() {
            return Ok(Progress::Done);
        }
        let now = Instant::now();
        let well = |state: &SourceState| matches!(state.health, SourceHealth::Working | SourceHealth::Silent);
        left.retain(|(door, _, state)| well(state) && resting.get(&door.source).is_none_or(|until| *until <= now));
        left.sort_by_key(|(_, _, state)| state.own_history.as_ref().map_or(0, |history| history.posts));
        let Some((door, lookup, state)) = left.first() else { return Ok(Progress::Later) };
        match self.page(door, &***lookup, state).await? {
            Ok(()) => Ok(Progress::Page),
            Err(error) => {
                tracing::info!(source = door.name, %error, "our own older posts are asked for again later");
                let rest = match error.retry {
                    Retry::NotBefore(at) => Duration::try_from(at.duration_since(self.shared.clock.now())).ok(),
                    Retry::Daily | Retry::Never => Some(DAY),
                    Retry::BackOff | Retry::Soon => None,
                };
                resting.insert(door.source, now + rest.unwrap_or_default().clamp(REST, DAY));
                Ok(Progress::Later)
            }
        }
    }

    async fn page(
        &self,
        door: &Door,
        lookup: &dyn Lookup,
        state: &SourceState,
    ) -> StoreResult<Result<(), SourceError>> {
        let now = self.shared.clock.now();
        let before = state.own_history.clone().unwrap_or_default();
        let page = match lookup.own_before(&before.place, now).await {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        let since = now.saturating_sub(self.back).unwrap_or(Timestamp::MIN);
        // Not the oldest alone: some networks put several lists on a page.
        let far_enough = page.items.iter().all(|item| item.claimed.is_some_and(|at| at < since));
        let wanted = |item: &Item| !item.deleted && item.claimed.is_none_or(|at| at >= since);
        let mut items: Vec<Item> = page.items.into_iter().filter(wanted).collect();
        if let Some(scope) = &door.scope {
            self.shared.own.mark(scope, &mut items);
        }
        let source =
            SourceInfo { id: door.source, name: door.name.clone(), network: door.network.clone(), everything: false };
        let arrival = Arrival { now, first_poll: true, pushed: false };
        let taken = self.intake.mentions(&source, items, arrival);
        let oldest = taken.acts.iter().filter_map(|act| act.item.claimed).min();
        let stuck = page.next.as_deref() == Some(before.place.as_str());
        let history = OwnHistory {
            done: far_enough || page.next.is_none() || stuck,
            place: page.next.unwrap_or_default(),
            reached: [before.reached, oldest].into_iter().flatten().min(),
            posts: before.posts + taken.acts.len() as u64,
        };
        let batch = RecordBatch {
            source: door.source,
            cursor: String::new(),
            outcome: outcome(state, now),
            mentions: Vec::new(),
            acts: taken.acts,
            deleted: Vec::new(),
            gone: Vec::new(),
        };
        let recorded = {
            let _pen = self.shared.pen.lock().await;
            let lease = self.shared.keeper.valid(self.epoch).await?;
            self.shared.store.record_own_history(&lease, &batch, &history).await?
        };
        tracing::info!(
            source = door.name,
            posts = history.posts,
            done = history.done,
            "fetched older posts of our own"
        );
        self.shared.herald.recorded(door.source, recorded);
        self.shared.herald.idle(door.source);
        Ok(Ok(()))
    }
}

/// The source as it was: fetching older posts is no poll.
fn outcome(state: &SourceState, now: Timestamp) -> PollOutcome {
    PollOutcome {
        at: now,
        health: state.health,
        trouble: state.trouble.to_string(),
        failures: state.failures,
        next: state.next,
        interval: state.interval.unwrap_or_default(),
        fresh: false,
        live: state.live,
        meters: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
