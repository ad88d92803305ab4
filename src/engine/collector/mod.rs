//! Asks the sources when they are due, several at once but each host one at a time, and stores what they bring.
//!
//! Every poll is a task of its own in a set that the round owns; a poll that falls over is a failure of its
//! source. The cursor is stored with the items that it covers, so that whatever is dropped on the way is heard
//! again. While the store refuses (full disk, no write access, damage) nothing is asked; one batch is kept and
//! tried again every few seconds until it goes in. When all sources are out of reach at once, that is one
//! signal, and they are asked again as soon as one of them answers.

pub mod check;
mod habit;
mod hosts;
pub mod once;
mod poll;
mod round;
mod secrets;
mod slot;
mod stream;
mod trouble;
mod write;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::time::Instant;

use self::hosts::Hosts;
use self::slot::Slot;
use self::trouble::Trouble;
use super::alerts::Note;
use super::flood::Gauge;
use super::herald::Herald;
use super::intake::Intake;
use super::lease::Keeper;
use super::own::OwnAccounts;
use super::schedule;
use crate::domain::{Clock, SourceId, Timestamp};
use crate::sources::Source;
use crate::store::{Store, StoreResult};

pub(crate) use self::round::End;

/// Random numbers in 0..1; injected, so that tests know them.
pub type Dice = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Polls under way at once, unless configured otherwise.
pub const WORKERS: usize = 16;

/// What a person asks of the collector.
pub(crate) enum Command {
    /// Ask one source, or all, now.
    Refresh(Option<SourceId>),
    /// Match with these watches from now on.
    Watch(Arc<Intake>),
}

/// What all polls share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) herald: Arc<Herald>,
    pub(crate) gauge: Mutex<Gauge>,
    pub(crate) dice: Dice,
    /// Accounts that are known to be ours.
    pub(crate) own: OwnAccounts,
    /// Held while a batch is recorded: one at a time.
    pub(crate) pen: AsyncMutex<()>,
    /// Batches that wait for the pen or are being recorded.
    pub(crate) waiting: AtomicUsize,
    /// To the alerts. They are looked at in time and may be missed when there are too many to look at.
    pub(crate) notes: mpsc::Sender<Note>,
}

impl Shared {
    pub(crate) fn note(&self, note: Note) {
        if self.notes.try_send(note).is_err() {
            tracing::debug!("alerts are busy or gone; a note is dropped");
        }
    }
}

/// What polls match with; replaced while streams are under way.
pub(crate) struct Current(Mutex<Arc<Intake>>);

impl Current {
    fn get(&self) -> Arc<Intake> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, intake: Arc<Intake>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = intake;
    }
}

/// The sources and when each is due.
pub(crate) struct Collector {
    shared: Arc<Shared>,
    intake: Arc<Current>,
    slots: Vec<Slot>,
    hosts: Hosts,
    workers: usize,
    paused: bool,
    /// All sources are out of reach.
    away: bool,
    trouble: Option<Trouble>,
    /// When it is looked next whether a refused secret was replaced.
    look_at: Option<Instant>,
}

impl Collector {
    /// A collector of these sources; `ids` are their numbers in the same order.
    pub(crate) fn new(
        shared: Arc<Shared>,
        intake: Arc<Intake>,
        ids: &[SourceId],
        sources: Vec<Source>,
        workers: usize,
    ) -> Self {
        Self {
            shared,
            intake: Arc::new(Current(Mutex::new(intake))),
            slots: ids.iter().zip(sources).map(|(id, source)| Slot::new(*id, source)).collect(),
            hosts: Hosts::default(),
            workers: workers.max(1),
            paused: false,
            away: false,
            trouble: None,
            look_at: None,
        }
    }

    /// Reads from the store where every source was left, by this process or another.
    async fn load(&mut self) -> StoreResult<()> {
        self.shared.keeper.look_whether_paused().await?;
        self.paused = self.shared.herald.is_paused();
        self.shared.own.add(self.shared.store.own_accounts().await?);
        let states = self.shared.store.sources().await?;
        let now = self.shared.clock.now();
        self.hosts.all_idle();
        self.trouble = None;
        self.away = false;
        let mut place = 0;
        for slot in &mut self.slots {
            let Some(state) = states.iter().find(|state| state.id == slot.info.id) else {
                slot.next = Some(now);
                continue;
            };
            slot.resume(state);
            let random = (self.shared.dice)();
            // A stream waits for nobody.
            let line = if slot.streams { 0 } else { place };
            slot.next = schedule::first_check(slot.bounds, state, now, line, self.workers, random);
            place += usize::from(!slot.streams && state.next.is_none_or(|next| next <= now));
        }
        Ok(())
    }

    /// When the first of the sources that may be asked is due; `None` when there is none. A stream takes no worker
    /// and does not wait until others of its host were answered.
    fn due(&self) -> Option<(usize, Timestamp)> {
        let room = self.at_work() < self.workers;
        let idle = self.slots.iter().enumerate().filter(|(_, slot)| !slot.busy && (slot.streams || room));
        let due = idle.filter_map(|(index, slot)| {
            let next = slot.next?;
            let at = if slot.streams {
                self.hosts.not_before(&slot.host, next)
            } else {
                self.hosts.free_at(&slot.host, next)?
            };
            Some((index, at))
        });
        due.min_by_key(|(_, at)| *at)
    }

    /// Carries out what a person asked for. A moment that a server named is kept all the same.
    pub(crate) fn obey(&mut self, command: Command) {
        let now = self.shared.clock.now();
        match command {
            Command::Refresh(which) => {
                for slot in &mut self.slots {
                    let meant = which.map_or(slot.next.is_some(), |which| which == slot.info.id);
                    let held = slot.told && slot.next.is_some_and(|next| next > now);
                    if meant && !held && !slot.busy {
                        slot.next = Some(now);
                    }
                }
            }
            Command::Watch(intake) => self.intake.set(intake),
        }
    }
}

#[cfg(test)]
mod tests;
