//! What the engine is started with, and why it may not start.

use std::sync::Arc;

use super::answering::AnsweringSettings;
use super::clock::SystemClock;
use super::collector::{Dice, WORKERS};
use super::flood::Ceilings;
use super::holder::holder_name;
use super::intake::IntakeError;
use super::lease::LeasePace;
use super::outbox::Manner;
use crate::domain::time::SignedDuration;
use crate::domain::{BrandSize, Clock};
use crate::language::Readers;
use crate::measure::giving::Table;
use crate::sources::Source;
use crate::store::{Retention, Roster, Store, StoreError};

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A watch is refused.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// All traffic is held back.
    #[error("all traffic with the networks is paused: lift it with the key of `pause` in the dashboard")]
    Paused,
    /// Another process collects.
    #[error("another goodword ({holder}) collects into this data directory already: let it, or end it first")]
    Held {
        /// Who holds the lease.
        holder: String,
    },
}

/// What a person may change while the engine is at work.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    /// Subjects and watches; the sources stay as they are.
    pub roster: Roster,
    /// The brand's own people, as of [`EnginePlan::team`].
    pub team: Vec<String>,
    /// How mentions are answered.
    pub answering: AnsweringSettings,
}

/// All that the engine needs. [`EnginePlan::new`] fills in what is seldom chosen.
pub struct EnginePlan {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// What is asked.
    pub sources: Vec<Source>,
    /// Subjects and watches; its list of sources is made from `sources`.
    pub roster: Roster,
    /// The brand's own people, each as `handle`, `network:handle` or `network:native-id`: what they write is an act of
    /// the brand, not a mention.
    pub team: Vec<String>,
    /// Who reads.
    pub readers: Arc<Readers>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How what a person sends from here goes out.
    pub manner: Manner,
    /// What is kept for how long; `None` keeps everything.
    pub retention: Option<Retention>,
    /// How far back our own posts are fetched; `None` fetches none but those that listening brings.
    pub own_history: Option<SignedDuration>,
    /// Polls under way at once.
    pub workers: usize,
    /// The zone in which days begin.
    pub zone: jiff::tz::TimeZone,
    /// How mentions are answered.
    pub answering: AnsweringSettings,
    /// How big the brand is.
    pub size: BrandSize,
    /// What gives and asks weigh.
    pub table: Table,
    /// Ask the sources for what is new; without it, this process only sends what is in the outbox.
    pub listens: bool,
    /// When a watch floods.
    pub ceilings: Ceilings,
    /// How the lease is kept.
    pub pace: LeasePace,
    /// Random numbers in 0..1.
    pub dice: Dice,
    /// The name under which the lease is taken; no other process may have it.
    pub holder: String,
}

impl EnginePlan {
    /// A plan with the machine's clock, 16 workers, and the usual ceilings and lease.
    pub fn new(
        store: Arc<dyn Store>,
        sources: Vec<Source>,
        roster: Roster,
        readers: Arc<Readers>,
        retention: Option<Retention>,
    ) -> Self {
        Self {
            store,
            sources,
            roster,
            team: Vec::new(),
            readers,
            clock: Arc::new(SystemClock),
            manner: Manner::default(),
            retention,
            own_history: Some(super::history::BACK),
            workers: WORKERS,
            zone: jiff::tz::TimeZone::UTC,
            answering: AnsweringSettings::default(),
            size: BrandSize::default(),
            table: Table::default(),
            listens: true,
            ceilings: Ceilings::default(),
            pace: LeasePace::default(),
            dice: Arc::new(fastrand::f64),
            holder: holder_name(),
        }
    }
}
