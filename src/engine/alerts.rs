//! What must be told now: spikes, sources that stopped or fell silent, floods, the network being away, late cases,
//! promises that are due, hand-overs whose time is over, and replies that have turned canned.
//!
//! Works on notes that the collector leaves after a commit. A subject is looked at a few seconds after something
//! new was stored for it, and then at most once a minute. Back-filled history leaves no note, and does not count
//! in the hour that is judged. The store keeps the same signal from being raised twice within an hour.

mod canned;
mod spike;
mod waits;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::collector::Shared;
use super::flood::Flood;
use super::intake::SourceInfo;
use crate::domain::time::SignedDuration;
use crate::domain::{SafeText, Signal, SignalId, SignalKind, SourceId, SubjectId, Visibility};
use crate::measure::lateness::Lateness;
use crate::store::{Adopted, NewMention, StoreError};

/// Pause between a commit and the look at its subjects, so that the answers of one round are seen as one.
const SETTLE: Duration = Duration::from_secs(2);
/// A subject is looked at no more often than this.
const AT_MOST_EVERY: Duration = Duration::from_secs(60);
/// Notes that may wait; more are dropped, for the next commit brings the next note.
pub(crate) const WAITING: usize = 1_024;
/// Longest line of a signal, in characters.
const LINE: usize = 300;

/// What the collector has to say to the alerts.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// Something new and not historical was stored for these subjects.
    Committed(Vec<SubjectId>),
    /// A source was asked for the first time.
    Began(SourceId),
    /// A source will not be asked again until a person does something.
    Stopped { source: Arc<SourceInfo>, trouble: SafeText },
    /// A source brought nothing for much longer than its habit.
    Silent { source: Arc<SourceInfo>, words: String },
    /// A watch began to match far too much; `source` brought the last of it.
    Flood { flood: Flood, source: Arc<SourceInfo> },
    /// None of so many sources can be reached.
    Away { sources: usize },
}

impl Note {
    /// The note about a batch that was stored, if it calls for a look.
    pub(crate) fn committed(mentions: &[NewMention]) -> Option<Self> {
        let mut subjects: Vec<SubjectId> = mentions
            .iter()
            .filter(|mention| !mention.history && mention.item.visibility != Visibility::Private)
            .flat_map(|mention| mention.readings.iter().filter(|reading| reading.about))
            .map(|reading| reading.subject)
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        (!subjects.is_empty()).then_some(Self::Committed(subjects))
    }
}

/// Which subjects are to be looked at, and when.
#[derive(Debug, Default)]
struct Rounds {
    due: BTreeMap<SubjectId, Instant>,
    looked: HashMap<SubjectId, Instant>,
}

impl Rounds {
    fn note(&mut self, subject: SubjectId, now: Instant) {
        let rested = self.looked.get(&subject).map(|looked| *looked + AT_MOST_EVERY);
        let at = rested.map_or(now + SETTLE, |rested| rested.max(now + SETTLE));
        self.due.entry(subject).or_insert(at);
    }

    fn next(&self) -> Option<Instant> {
        self.due.values().min().copied()
    }

    fn take_due(&mut self, now: Instant) -> Vec<SubjectId> {
        let due: Vec<SubjectId> = self.due.iter().filter(|(_, at)| **at <= now).map(|(subject, _)| *subject).collect();
        for subject in &due {
            self.due.remove(subject);
            self.looked.insert(*subject, now);
        }
        due
    }
}

/// Looks at what was stored and raises signals.
pub(crate) struct Alerts {
    shared: Arc<Shared>,
    /// The subjects and watches in force.
    adopted: Box<dyn Fn() -> Arc<Adopted> + Send + Sync>,
    epoch: i64,
    rounds: Rounds,
    /// Sources that are new.
    began: spike::Began,
    /// When a case is late, by the settings in force.
    lateness: Box<dyn Fn() -> Lateness + Send + Sync>,
    waits: waits::Waits,
    canned: canned::Canned,
}

impl Alerts {
    pub(crate) fn new(
        shared: Arc<Shared>,
        adopted: impl Fn() -> Arc<Adopted> + Send + Sync + 'static,
        epoch: i64,
        lateness: impl Fn() -> Lateness + Send + Sync + 'static,
    ) -> Self {
        let (rounds, began, waits) = (Rounds::default(), HashMap::new(), waits::Waits::new());
        let (adopted, lateness, canned) = (Box::new(adopted), Box::new(lateness), canned::Canned::new());
        Self { shared, adopted, epoch, rounds, began, lateness, waits, canned }
    }

    /// Works until there can be no more notes or the lease is lost.
    pub(crate) async fn run(mut self, notes: &mut mpsc::Receiver<Note>) {
        loop {
            let next = self.rounds.next();
            let result = tokio::select! {
                note = notes.recv() => match note {
                    Some(note) => self.hear(note).await,
                    None => return,
                },
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => self.look_around().await,
                () = sleep_until(self.waits.at) => self.look_at_cases().await,
                () = sleep_until(self.canned.at) => self.look_at_replies().await,
            };
            match result {
                Err(StoreError::LeaseLost) => return,
                Err(error) => tracing::warn!(%error, "an alert could not be looked at or raised"),
                Ok(()) => {}
            }
        }
    }

    /// Works through the notes that are there, and looks at every subject that they name at once.
    pub(crate) async fn run_once(mut self, notes: &mut mpsc::Receiver<Note>) -> Result<(), StoreError> {
        while let Ok(note) = notes.try_recv() {
            self.hear(note).await?;
        }
        let subjects: Vec<SubjectId> = self.rounds.due.keys().copied().collect();
        for subject in subjects {
            self.look(subject).await?;
        }
        self.look_at_cases().await?;
        self.look_at_replies().await
    }

    async fn hear(&mut self, note: Note) -> Result<(), StoreError> {
        let now = Instant::now();
        let signal = match note {
            Note::Committed(subjects) => {
                subjects.into_iter().for_each(|subject| self.rounds.note(subject, now));
                return Ok(());
            }
            Note::Began(source) => {
                self.began.insert(source, self.shared.clock.now());
                return Ok(());
            }
            Note::Stopped { source, trouble } => {
                let text = format!("{} is not asked any more: {trouble}", source.name);
                Signal { source: Some(source.id), ..self.signal(SignalKind::SourceTrouble, &text) }
            }
            Note::Silent { source, words } => {
                let text = format!("{} fell silent: {words}", source.name);
                Signal { source: Some(source.id), ..self.signal(SignalKind::Silence, &text) }
            }
            Note::Flood { flood, source } => self.flood(flood, &source),
            Note::Away { sources } => {
                let text = format!(
                    "the network is away: none of the {sources} sources can be reached; they are asked again as soon as one answers"
                );
                self.signal(SignalKind::SourceTrouble, &text)
            }
        };
        self.raise(signal).await
    }

    fn flood(&self, flood: Flood, source: &SourceInfo) -> Signal {
        let adopted = (self.adopted)();
        let watch = adopted.watches.iter().find(|watch| watch.id == flood.watch);
        let name = watch.map_or("a watch", |watch| watch.name.as_str());
        let how = match flood.source {
            Some(_) => format!("{} mentions within the hour, more than half of {}", flood.an_hour, source.name),
            None => format!("{} mentions within the hour", flood.an_hour),
        };
        let text = format!(
            "the watch `{name}` floods: {how}; what asks nothing of us arrives as read for now; add a word or a NOT to its query"
        );
        Signal {
            subject: watch.map(|watch| watch.subject),
            source: flood.source,
            ..self.signal(SignalKind::Flood, &text)
        }
    }

    async fn look_around(&mut self) -> Result<(), StoreError> {
        for subject in self.rounds.take_due(Instant::now()) {
            self.look(subject).await?;
        }
        Ok(())
    }

    /// Raises a spike of the subject, if there is one.
    async fn look(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        let adopted = (self.adopted)();
        let Some(subject) = adopted.subjects.iter().find(|known| known.id == subject) else { return Ok(()) };
        let now = self.shared.clock.now();
        self.began.retain(|_, began| now.duration_since(*began) < spike::NEW_FOR);
        let Some(text) = spike::look(&*self.shared.store, subject, now, &self.began).await? else { return Ok(()) };
        self.raise(Signal { subject: Some(subject.id), ..self.signal(SignalKind::Spike, &text) }).await
    }

    fn signal(&self, kind: SignalKind, text: &str) -> Signal {
        Signal {
            id: SignalId(0),
            kind,
            at: self.shared.clock.now(),
            subject: None,
            source: None,
            text: SafeText::line(text, LINE),
            seen: false,
        }
    }

    async fn raise(&self, signal: Signal) -> Result<(), StoreError> {
        let lease = self.shared.keeper.valid(self.epoch).await?;
        if let Some(id) = self.shared.store.raise(&lease, &signal).await? {
            self.shared.herald.signal(Signal { id, ..signal });
        }
        Ok(())
    }
}

/// A time span in words, to the minute.
fn minutes(span: SignedDuration) -> String {
    match span.as_mins().max(0) {
        minutes @ ..120 => format!("{minutes} min"),
        minutes => format!("{} h", minutes / 60),
    }
}

/// The usual target, for tests.
#[cfg(test)]
fn ten_minutes() -> Lateness {
    Lateness::new(SignedDuration::from_mins(10), None)
}

#[cfg(test)]
mod tests;
