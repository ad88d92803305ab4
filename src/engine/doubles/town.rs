//! An engine on scripted sources and a store in memory, in tokio's paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, broadcast, mpsc};

use super::{MemoryStore, PausedClock, readers};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Role};
use crate::engine::alerts::Note;
use crate::engine::collector::Shared;
use crate::engine::event::Event;
use crate::engine::flood::Ceilings;
use crate::engine::herald::Herald;
use crate::engine::lease::Keeper;
use crate::engine::lease::LeasePace;
use crate::engine::{Engine, EngineHandle, EnginePlan};
use crate::sources::Source;
use crate::store::{Retention, Roster, Store};

pub(crate) const BRAND: &str = "Ferris";

/// A plan with one brand and no watches, on this clock, under this holder name.
pub(crate) fn plan(
    store: &Arc<MemoryStore>,
    clock: &Arc<PausedClock>,
    holder: &str,
    sources: Vec<Source>,
) -> EnginePlan {
    EnginePlan {
        zone: jiff::tz::TimeZone::UTC,
        store: Arc::clone(store) as _,
        sources,
        roster: Roster { subjects: vec![(BRAND.into(), Role::Brand)], ..Roster::default() },
        team: Vec::new(),
        readers: readers(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        retention: Some(Retention { mentions: SignedDuration::from_hours(24 * 365) }),
        workers: 4,
        answering: crate::engine::answering::AnsweringSettings::default(),
        size: crate::domain::BrandSize::Small,
        table: crate::measure::giving::Table::default(),
        listens: true,
        own_history: Some(crate::engine::history::BACK),
        manner: crate::engine::outbox::Manner::default(),
        ceilings: Ceilings::default(),
        pace: LeasePace::default(),
        dice: Arc::new(|| 0.5),
        holder: holder.into(),
    }
}

/// An engine on a store of its own.
pub(crate) struct Scene {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<PausedClock>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { store: Arc::default(), clock: PausedClock::new() }
    }

    pub(crate) async fn start(&self, sources: Vec<Source>) -> (EngineHandle, broadcast::Receiver<Event>) {
        self.start_as("one", sources).await
    }

    pub(crate) async fn start_as(
        &self,
        holder: &str,
        sources: Vec<Source>,
    ) -> (EngineHandle, broadcast::Receiver<Event>) {
        let handle = Engine::start(plan(&self.store, &self.clock, holder, sources)).await.unwrap();
        let events = handle.subscribe();
        (handle, events)
    }

    /// What tasks of the engine share, on its own, with the lease taken; and the notes that they leave.
    pub(crate) async fn shared(&self) -> (Arc<Shared>, mpsc::Receiver<Note>) {
        let herald = Herald::new(64);
        let (store, clock) = (Arc::clone(&self.store) as Arc<dyn Store>, Arc::clone(&self.clock) as Arc<dyn Clock>);
        let keeper = Keeper::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&herald),
            "alone".into(),
            LeasePace::default(),
        );
        keeper.ask().await.unwrap();
        let (notes, told) = mpsc::channel(64);
        let shared = Shared {
            store,
            clock,
            keeper: Arc::new(keeper),
            herald,
            gauge: Mutex::default(),
            dice: Arc::new(|| 0.5),
            own: Default::default(),
            pen: AsyncMutex::default(),
            waiting: std::sync::atomic::AtomicUsize::default(),
            notes,
        };
        (Arc::new(shared), told)
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
