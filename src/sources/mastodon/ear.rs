//! Listening: what the server pushes, on top of reading everything on from where it was left.
//!
//! Reading on is what counts: only it moves the places in the cursor. It happens after every opening of a stream, after
//! a batch that was not committed, and at the configured interval besides, since a stream neither repeats nor
//! promises anything. What is pushed comes early and may come again; native ids make that harmless. So nothing falls
//! between the reading and the stream: the stream is open before the reading begins.
//!
//! A server that streams makes this source a stream: its polls wait for what comes, and more always follows. One that
//! does not is polled like any other, and asked again for its streams a few times a day.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Item, Timestamp};
use crate::sources::parts::Places;
use crate::sources::{Batch, Listen, Retry, SourceError, SourceErrorKind, SourceSettings};

use super::STREAM;
use super::entities::{Notification, Status};
use super::item::View;
use super::part::addressing;
use super::plan::{Reader, Scene, Wishes, is_hopeless};
use super::server::Server;
use super::wire::{Channel, Push, Wire};

/// Longest wait for the first thing that is pushed.
const FIRST: Duration = Duration::from_secs(5);
/// How long a batch goes on after that.
const GATHER: Duration = Duration::from_secs(1);
/// Most that one batch takes of what is pushed.
const MOST: usize = 500;
/// A server without streams is asked for them again after this time.
const NO_STREAMS_FOR: SignedDuration = SignedDuration::from_hours(6);
/// Shortest and longest pause before a stream is opened again.
const PAUSES: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(2), SignedDuration::from_mins(10));

/// A stream that was open for so long was a good one.
const LASTING: SignedDuration = SignedDuration::from_mins(1);

/// How the server is heard just now.
enum Mode {
    /// By its streams.
    Streaming(Wire),
    /// Its streams broke and are opened again then.
    Waiting(Timestamp),
    /// By polling. Its streams are tried again then, if ever.
    Polling(Option<Timestamp>),
}

/// Listens to one server.
pub(super) struct Ear {
    server: Arc<Server>,
    reader: Reader,
    mode: Mode,
    /// Pause between two readings while streaming.
    interval: SignedDuration,
    /// When to read on next; `None`: at once.
    next_round: Option<Timestamp>,
    /// Failures in a row.
    failures: u32,
    /// A WebSocket is worth trying.
    sockets: bool,
    /// When the present streams were opened.
    opened: Timestamp,
    /// What was pushed and is not yet part of a batch.
    pending: VecDeque<Item>,
    /// The pushed items of the last batch, until the next poll shows that they are committed.
    unconfirmed: Vec<Item>,
    /// The cursor that was given out last.
    left: Option<String>,
    /// Remarks for the next batch.
    remarks: Vec<String>,
    /// Longest wait for the first thing that is pushed, and how long a batch goes on after that.
    pub(super) waits: (Duration, Duration),
}

impl Ear {
    pub(super) fn new(settings: &SourceSettings, server: Arc<Server>) -> Self {
        let streams = settings.stream && server.has_account();
        Self {
            server,
            reader: Reader::new(Wishes::of(settings)),
            mode: if streams { Mode::Waiting(Timestamp::MIN) } else { Mode::Polling(None) },
            interval: settings.shortest,
            next_round: None,
            failures: 0,
            sockets: true,
            opened: Timestamp::MIN,
            pending: VecDeque::new(),
            unconfirmed: Vec::new(),
            left: None,
            remarks: Vec::new(),
            waits: (FIRST, GATHER),
        }
    }

    /// Learns from the cursor whether the last batch was committed.
    fn learn(&mut self, cursor: &str) {
        if self.left.as_deref() == Some(cursor) {
            self.unconfirmed.clear();
            return;
        }
        for item in std::mem::take(&mut self.unconfirmed).into_iter().rev() {
            self.pending.push_front(item);
        }
        self.next_round = None;
    }

    /// Opens the streams when it is time.
    async fn connect(&mut self, scene: &Scene, now: Timestamp) {
        let due = match &self.mode {
            Mode::Streaming(_) => false,
            Mode::Waiting(at) => *at <= now,
            Mode::Polling(at) => at.is_some_and(|at| at <= now),
        };
        if !due {
            return;
        }
        // Lists are known by their titles; what fails here is told when they are read.
        let _ = self.reader.look_up_lists(&self.server, scene, now).await;
        let channels = self.channels();
        match Wire::open(&self.server, &scene.facts, &channels, self.sockets, now).await {
            Ok(opened) => {
                for words in opened.remarks {
                    self.reader.say_once(words, &mut self.remarks);
                }
                self.mode = Mode::Streaming(opened.wire);
                self.opened = now;
                self.next_round = None;
            }
            Err(error) => self.not_opened(&error, now),
        }
    }

    /// A server that has no streams, or lets us have none, is polled; one in trouble is tried again.
    fn not_opened(&mut self, error: &SourceError, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let never_was =
            matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::NotUnderstood | SourceErrorKind::Gone);
        if never_was || is_hopeless(error) || error.kind == SourceErrorKind::Insecure || self.failures > 5 {
            let words = format!("{} is polled, since its streams cannot be had: {}", self.server.host(), error.what);
            self.reader.say_once(words, &mut self.remarks);
            self.mode = Mode::Polling(Some(later(now, NO_STREAMS_FOR)));
            return;
        }
        self.mode = Mode::Waiting(self.retry_at(error, now));
    }

    /// A stream that was open broke. One that never lasts is opened less and less, and one that is refused after its
    /// opening is tried the other way.
    fn broke(&mut self, error: &SourceError, now: Timestamp) {
        let lasted = now.duration_since(self.opened) >= LASTING;
        self.failures = if lasted { 0 } else { self.failures.saturating_add(1) };
        if matches!(error.kind, SourceErrorKind::Refused | SourceErrorKind::NotUnderstood) {
            match self.mode {
                Mode::Streaming(Wire::Socket(_)) => self.sockets = false,
                _ => return self.not_opened(error, now),
            }
        }
        self.mode = Mode::Waiting(self.retry_at(error, now));
    }

    /// When a stream that broke or did not open is opened again.
    fn retry_at(&self, error: &SourceError, now: Timestamp) -> Timestamp {
        let doubled = PAUSES.0.saturating_mul(1_i32 << self.failures.min(12));
        let pause = doubled.min(PAUSES.1).mul_f64(0.5 + fastrand::f64());
        match error.retry {
            Retry::NotBefore(at) => at.max(later(now, pause)),
            _ => later(now, pause),
        }
    }

    /// The streams that are wanted.
    fn channels(&self) -> Vec<Channel> {
        let hashtags = self.reader.wishes.hashtags.iter().map(|tag| Channel::Hashtag(tag.clone()));
        let lists = self.reader.lists().map(|list| Channel::List(list.id.clone()));
        std::iter::once(Channel::User).chain(hashtags).chain(lists).collect()
    }

    /// Reads everything on.
    async fn round(&mut self, cursor: &str, scene: &Scene, now: Timestamp) -> Result<Batch, SourceError> {
        let mut batch = match self.reader.round(&self.server, cursor, scene, now).await {
            Ok(batch) => batch,
            Err(error) => {
                // The server is in trouble; its streams are opened anew when it is well again.
                if let Mode::Streaming(_) = self.mode {
                    self.mode = Mode::Waiting(now);
                }
                return Err(error);
            }
        };
        self.next_round = (!batch.more).then(|| later(now, self.interval));
        self.deliver(&mut batch);
        batch.more |= !matches!(self.mode, Mode::Polling(_));
        Ok(batch)
    }

    /// Waits for what is pushed, and puts it into `pending`: what is there when this is dropped is not lost.
    async fn hear(&mut self, scene: &Scene, now: Timestamp) {
        let first = self.next_round.map_or(self.waits.0, |at| waiting(now, at).min(self.waits.0));
        let mut until = Instant::now() + first;
        let mut gathering = false;
        while self.pending.len() < MOST {
            let Mode::Streaming(wire) = &mut self.mode else { return };
            match wire.next(until).await {
                Ok(None) => return,
                Ok(Some(push)) => {
                    self.take(&push, scene);
                    if !gathering && !self.pending.is_empty() {
                        gathering = true;
                        until = Instant::now() + self.waits.1;
                    }
                }
                Err(error) => return self.broke(&error, now),
            }
        }
    }

    /// Makes items of what was pushed. What cannot be read is read on the next time round.
    fn take(&mut self, push: &Push, scene: &Scene) {
        let view =
            View { domain: scene.facts.domain.as_deref().unwrap_or(self.server.host()), me: scene.me.as_deref() };
        let item = match push.event.as_str() {
            "update" | "status.update" | "status_update" => serde_json::from_str::<Status>(&push.payload)
                .ok()
                .filter(|status| !status.id.is_empty())
                .map(|status| view.item(&status))
                // The stream of the account brings everything of everybody whom it follows.
                .filter(|item| push.channel != Some(Channel::User) || item.own || item.addressed),
            "notification" => {
                serde_json::from_str::<Notification>(&push.payload).ok().and_then(|told| addressing(&view, &told))
            }
            "delete" => {
                let id = push.payload.trim().trim_matches('"');
                (!id.is_empty()).then(|| View::deleted(id))
            }
            _ => None,
        };
        if let Some(item) = item {
            put(&mut self.pending, item);
        }
    }

    /// Puts what was pushed into a batch.
    fn deliver(&mut self, batch: &mut Batch) {
        let count = self.pending.len().min(MOST);
        let pushed: Vec<Item> = self.pending.drain(..count).collect();
        batch.remarks.append(&mut self.remarks);
        if !pushed.is_empty() {
            let mut places = Places::read(&batch.cursor);
            let number = places.of(STREAM).parse::<u64>().unwrap_or(0);
            // The cursor of a batch that brings something is new, so that its commitment can be told.
            places.set(STREAM, number.wrapping_add(1).to_string());
            batch.cursor = places.written();
            batch.items.extend(pushed.iter().cloned());
            self.unconfirmed = pushed;
        }
        self.left = Some(batch.cursor.clone());
    }

    /// A batch of what was pushed, or an empty one.
    fn pushed(&mut self, cursor: &str) -> Batch {
        let mut batch = Batch { cursor: cursor.to_owned(), more: true, ..Batch::default() };
        self.deliver(&mut batch);
        batch.unchanged = batch.items.is_empty();
        batch
    }
}

/// Adds an item. A later state of the same post takes the place of an earlier one.
fn put(pending: &mut VecDeque<Item>, item: Item) {
    let known = pending.iter_mut().find(|known| known.native_id == item.native_id);
    match known {
        None => pending.push_back(item),
        Some(known) if known.deleted => {}
        Some(known) => {
            let addressed = known.addressed || item.addressed;
            *known = Item { addressed, ..item };
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// How long until then.
fn waiting(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

#[async_trait]
impl Listen for Ear {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        self.learn(cursor);
        let scene = Scene::of(&self.server, now).await?;
        self.connect(&scene, now).await;
        let due = self.next_round.is_none_or(|at| at <= now) || matches!(self.mode, Mode::Polling(_));
        if due {
            return self.round(cursor, &scene, now).await;
        }
        match &self.mode {
            Mode::Streaming(_) => self.hear(&scene, now).await,
            Mode::Waiting(at) if self.pending.is_empty() => {
                let next = self.next_round.map_or(*at, |round| round.min(*at));
                sleep(waiting(now, next).min(self.waits.0)).await;
            }
            _ => {}
        }
        Ok(self.pushed(cursor))
    }

    fn hang_up(&mut self) {
        if let Mode::Streaming(_) = self.mode {
            self.mode = Mode::Waiting(Timestamp::MIN);
        }
    }

    fn capabilities(&self) -> Capabilities {
        let streams = !matches!(self.mode, Mode::Polling(_));
        Capabilities { streams, publishes: self.server.has_account(), looks_up: true, tells_deletions: streams }
    }

    fn host(&self) -> &str {
        self.server.host()
    }
}
