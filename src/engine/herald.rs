//! Tells the news. Keeps what a late listener must know, and says nothing twice.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{broadcast, watch};

use super::event::{Event, Polled, Standing};
use crate::domain::{Signal, SourceId};
use crate::store::{Recorded, StoreError};

/// The sending end of the engine's news.
#[derive(Debug)]
pub(crate) struct Herald {
    events: broadcast::Sender<Event>,
    standing: Mutex<Option<Standing>>,
    trouble: Mutex<Option<String>>,
    paused: watch::Sender<bool>,
}

impl Herald {
    /// A herald whose listeners may lag by so many events.
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        let (events, _) = broadcast::channel(capacity.max(1));
        Arc::new(Self {
            events,
            standing: Mutex::default(),
            trouble: Mutex::default(),
            paused: watch::Sender::new(false),
        })
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Sends; that nobody listens is no failure.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    pub(crate) fn standing(&self) -> Option<Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether all traffic is held back, and when that changes.
    pub(crate) fn pauses(&self) -> watch::Receiver<bool> {
        self.paused.subscribe()
    }

    pub(crate) fn is_paused(&self) -> bool {
        *self.paused.borrow()
    }

    /// All traffic is held back, or goes on.
    pub(crate) fn pause(&self, paused: bool) {
        if self.paused.send_if_modified(|known| std::mem::replace(known, paused) != paused) {
            self.tell(Event::Paused(paused));
        }
    }

    pub(crate) fn stands(&self, standing: Standing) {
        let mut known = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref() != Some(&standing) {
            *known = Some(standing.clone());
            self.tell(Event::Standing(standing));
        }
    }

    pub(crate) fn store_failed(&self, error: &StoreError) {
        self.store_trouble(Some(error.to_string()));
    }

    pub(crate) fn store_is_well(&self) {
        self.store_trouble(None);
    }

    /// The store is well again, unless something else is the matter than what was told.
    pub(crate) fn is_over(&self, told: Option<String>) {
        if told.is_some() && self.trouble() == told {
            self.store_is_well();
        }
    }

    fn store_trouble(&self, trouble: Option<String>) {
        let mut known = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != trouble {
            known.clone_from(&trouble);
            self.tell(Event::StoreTrouble(trouble));
        }
    }

    pub(crate) fn polling(&self, source: SourceId) {
        self.tell(Event::Source { source, polling: true, outcome: None });
    }

    /// A poll ended without anything to store.
    pub(crate) fn idle(&self, source: SourceId) {
        self.tell(Event::Source { source, polling: false, outcome: None });
    }

    pub(crate) fn polled(&self, source: SourceId, polled: Polled) {
        self.tell(Event::Source { source, polling: false, outcome: Some(Arc::new(polled)) });
    }

    pub(crate) fn recorded(&self, source: SourceId, recorded: Recorded) {
        let changed = changed(&recorded);
        if changed > 0 || !recorded.new.is_empty() {
            self.tell(Event::Recorded { source, new: recorded.new.into(), changed });
        }
        if recorded.acts > 0 {
            self.tell(Event::Books);
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.tell(Event::Signal(Arc::new(signal)));
    }
}

/// How many known mentions changed, were answered or went.
pub(crate) fn changed(recorded: &Recorded) -> usize {
    recorded.edited.len() + recorded.deleted.len() + recorded.answered.len()
}
