//! An engine on scripted sources and a store in memory, in tokio's paused time.

use std::sync::Arc;
use std::time::Duration;

use super::{MemoryStore, PausedClock, readers};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Role};
use crate::engine::event::Event;
use crate::engine::facade::EnginePlan;
use crate::engine::flood::Ceilings;
use crate::engine::lease::LeasePace;
use crate::sources::Source;
use crate::store::{Retention, Roster};

pub(crate) const BRAND: &str = "Ferris";

/// A plan with one brand and no watches, on this clock, under this holder name.
pub(crate) fn plan(
    store: &Arc<MemoryStore>,
    clock: &Arc<PausedClock>,
    holder: &str,
    sources: Vec<Source>,
) -> EnginePlan {
    EnginePlan {
        store: Arc::clone(store) as _,
        sources,
        roster: Roster { subjects: vec![(BRAND.into(), Role::Brand)], ..Roster::default() },
        readers: readers(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        retention: Some(Retention { mentions: SignedDuration::from_hours(24 * 365) }),
        workers: 4,
        ceilings: Ceilings::default(),
        pace: LeasePace::default(),
        dice: Arc::new(|| 0.5),
        holder: holder.into(),
    }
}

/// Lets this much time pass; everything that is due happens.
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
    settle().await;
}

/// Lets everything happen that can happen without time passing.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// The events that are there.
pub(crate) fn drain(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Vec<Event> {
    let mut all = Vec::new();
    while let Ok(event) = events.try_recv() {
        all.push(event);
    }
    all
}
