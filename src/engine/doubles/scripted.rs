//! Sources that answer what a test wrote down.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{Author, Capabilities, Item, Network, SafeText, Timestamp};
use crate::sources::{Batch, Listen, Retry, Source, SourceError, SourceErrorKind, SourceSettings};

/// One answer.
pub(crate) enum Step {
    Answer(Batch),
    Fail(SourceErrorKind, Retry),
    /// Holds back by itself until then.
    Wait(Timestamp),
    FailHost(Retry),
    Panic,
    /// Never answers.
    Hang,
    /// Answers with these items after a while.
    Slow(Duration, Vec<Item>),
    /// A stream tells this after a while, and goes on.
    Told(Duration, Batch),
}

impl Step {
    pub(crate) fn items(items: Vec<Item>) -> Self {
        Self::Answer(Batch { items, ..Batch::default() })
    }

    /// What a stream tells after a second.
    pub(crate) fn told(items: Vec<Item>) -> Self {
        Self::Told(Duration::from_secs(1), Batch { items, ..Batch::default() })
    }
}

/// What a scripted source does and what was asked of it. The last step repeats.
pub(crate) struct Script {
    steps: Mutex<VecDeque<Step>>,
    /// Moment and cursor of every poll.
    pub(crate) asked: Mutex<Vec<(Timestamp, String)>>,
    /// Polls under way, and the most there ever were, over all sources that share this.
    pub(crate) load: Arc<Mutex<(usize, usize)>>,
    /// How often its connection was let go of.
    pub(crate) hung_up: AtomicUsize,
    /// Native ids of the authors that it was asked to name; those that begin with `slow` take for ever.
    pub(crate) named: Mutex<Vec<String>>,
}

impl Script {
    pub(crate) fn new(steps: Vec<Step>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into()),
            asked: Mutex::default(),
            load: Arc::default(),
            hung_up: AtomicUsize::new(0),
            named: Mutex::default(),
        })
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn next(&self) -> Step {
        let mut steps = self.steps.lock().unwrap();
        if steps.len() > 1 {
            return steps.pop_front().unwrap();
        }
        match steps.front() {
            Some(Step::Answer(batch)) => Step::Answer(batch.clone()),
            Some(Step::Fail(kind, retry)) => Step::Fail(*kind, *retry),
            Some(Step::Wait(until)) => Step::Wait(*until),
            Some(Step::FailHost(retry)) => Step::FailHost(*retry),
            Some(Step::Told(pause, batch)) => Step::Told(*pause, batch.clone()),
            Some(Step::Slow(pause, items)) => Step::Slow(*pause, items.clone()),
            Some(Step::Panic) => Step::Panic,
            Some(Step::Hang) | None => Step::Hang,
        }
    }
}

struct Scripted {
    host: String,
    streams: bool,
    script: Arc<Script>,
}

struct Busy(Arc<Mutex<(usize, usize)>>);

impl Busy {
    fn begin(load: &Arc<Mutex<(usize, usize)>>) -> Self {
        let mut counts = load.lock().unwrap();
        counts.0 += 1;
        counts.1 = counts.1.max(counts.0);
        Self(Arc::clone(load))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.lock().unwrap().0 -= 1;
    }
}

fn error(kind: SourceErrorKind, retry: Retry, whole_host: bool) -> SourceError {
    let what = SafeText::line("it did not work", 80);
    SourceError { kind, what, advice: "look at it".into(), retry, whole_host, by_choice: false }
}

#[async_trait]
impl Listen for Scripted {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let _busy = Busy::begin(&self.script.load);
        self.script.asked.lock().unwrap().push((now, cursor.to_owned()));
        let number = self.script.asked();
        tokio::time::sleep(Duration::from_millis(5)).await;
        match self.script.next() {
            Step::Answer(batch) if batch.cursor.is_empty() => Ok(Batch { cursor: format!("c{number}"), ..batch }),
            Step::Answer(batch) => Ok(batch),
            Step::Fail(kind, retry) => Err(error(kind, retry, false)),
            Step::Wait(until) => Err(error(SourceErrorKind::TooMany, Retry::BackOff, false).waiting_until(until)),
            Step::FailHost(retry) => Err(error(SourceErrorKind::TooMany, retry, true)),
            Step::Panic => panic!("the source fell over"),
            Step::Hang => std::future::pending().await,
            Step::Told(pause, batch) => {
                tokio::time::sleep(pause).await;
                let cursor = if batch.cursor.is_empty() { format!("c{number}") } else { batch.cursor };
                Ok(Batch { cursor, more: true, ..batch })
            }
            Step::Slow(pause, items) => {
                tokio::time::sleep(pause).await;
                Ok(Batch { items, cursor: format!("c{number}"), ..Batch::default() })
            }
        }
    }

    async fn name_authors(&mut self, authors: &mut [Author], _now: Timestamp) {
        for author in authors {
            let id = author.native_id.clone().unwrap_or_default();
            self.script.named.lock().unwrap().push(id.clone());
            if id.starts_with("slow") {
                std::future::pending::<()>().await;
            }
            author.handle = Some(format!("{id}.example"));
        }
    }

    fn hang_up(&mut self) {
        self.script.hung_up.fetch_add(1, Ordering::SeqCst);
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: self.streams, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        &self.host
    }
}

/// A source of everything, asked every 5 to 60 minutes.
pub(crate) fn source(name: &str, host: &str, script: &Arc<Script>) -> Source {
    let settings = SourceSettings { everything: true, ..SourceSettings::named(name, Network::FEED) };
    Source::listening(
        &settings,
        Box::new(Scripted { host: host.to_owned(), streams: false, script: Arc::clone(script) }),
    )
}

/// A stream of everything.
pub(crate) fn stream(name: &str, host: &str, script: &Arc<Script>) -> Source {
    let settings = SourceSettings { everything: true, ..SourceSettings::named(name, Network::FEED) };
    Source::listening(
        &settings,
        Box::new(Scripted { host: host.to_owned(), streams: true, script: Arc::clone(script) }),
    )
}

/// An item that says something, published so many minutes after the start of the test.
pub(crate) fn item(id: &str, text: &str, minutes: i64) -> Item {
    Item {
        native_id: id.to_owned(),
        url: Some(format!("https://example.org/{id}")),
        text: text.to_owned(),
        author: Author { handle: Some("ana".into()), ..Author::default() },
        claimed: Timestamp::from_second(super::START + 60 * minutes).ok(),
        ..Item::default()
    }
}
