//! Listening: batches out of connections that come and go.
//!
//! All state that a poll works on lives in the source, so that a poll that is dropped half-way loses nothing. What
//! was handed out counts as brought only once its cursor comes back; a cursor that is not the last one means that
//! the batch was not stored, and the stream is opened again where that cursor says.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep_until};

use super::Pace;
use super::endpoint::{Endpoint, Opened};
use super::frame::Wire;
use super::gather::{Brought, Gather};
use super::inflate::Inflater;
use super::lag::{Lag, Watch, span};
use super::names::Names;
use super::ours::Ours;
use super::place::{Place, SECOND};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, Capabilities, Timestamp};
use crate::sources::http::Client;
use crate::sources::socket::{Cause, Socket, SocketError};
use crate::sources::{Batch, Listen, Retry, SourceError, SourceErrorKind};

/// A connection that lasts this long counts as one that works.
const LASTING: Duration = Duration::from_secs(10);
/// The pause between two openings is doubled so often at most.
const DOUBLED: u32 = 5;

/// The stream of the whole network.
pub(super) struct Jetstream {
    pub(super) servers: Vec<Endpoint>,
    /// Which of them is listened to.
    pub(super) server: usize,
    host: String,
    client: Client,
    pace: Pace,
    pub(super) names: Names,
    pub(super) ours: Ours,
    pub(super) connection: Option<Connection>,
    openings: Openings,
    /// Where we are, what was not handed out yet included.
    pub(super) place: Place,
    /// The moment of the first frame that was ever heard, for going back when not even the first batch was stored.
    pub(super) start: Option<i64>,
    /// The cursor that was handed out last, and the events that it covers.
    handed: String,
    unsettled: HashSet<u64>,
    /// The last cursor that came back: up to it, everything is stored.
    settled: String,
    pub(super) brought: Brought,
    pub(super) gather: Gather,
    pub(super) remarks: Vec<String>,
    watch: Watch,
    lag: Lag,
}

/// An open stream.
pub(super) struct Connection {
    socket: Socket,
    pub(super) wire: Wire,
    pub(super) inflater: Option<Inflater>,
    opened: Instant,
    /// Frames that it brought.
    pub(super) frames: usize,
    pub(super) heard: Instant,
    /// Messages in a row that could not be read.
    pub(super) babble: usize,
    /// Up to when we had everything before it was opened, to find out what is missing.
    pub(super) after: Option<i64>,
    /// The server said that it no longer has all that it was asked for.
    pub(super) outdated: bool,
}

/// How opening went lately.
#[derive(Default)]
struct Openings {
    not_before: Option<Instant>,
    /// Connections in a row that did not last.
    short: u32,
    /// Connections in a row that brought nothing.
    barren: usize,
    /// Connections in a row that ended in a message that was too large.
    too_large: u32,
}

impl Jetstream {
    pub(super) fn new(servers: Vec<Endpoint>, names: Names, ours: Ours, client: Client, pace: Pace) -> Self {
        Self {
            host: servers.first().map(Endpoint::host).unwrap_or_default(),
            servers,
            server: 0,
            client,
            pace,
            names,
            ours,
            connection: None,
            openings: Openings::default(),
            place: Place::default(),
            start: None,
            handed: String::new(),
            unsettled: HashSet::new(),
            settled: String::new(),
            brought: Brought::default(),
            gather: Gather::default(),
            remarks: Vec::new(),
            watch: Watch::new(Timestamp::UNIX_EPOCH),
            lag: Lag::default(),
        }
    }

    /// Goes on where the cursor says: after the last batch, or, when that was not stored, before it.
    fn take_up(&mut self, cursor: &str) {
        if cursor == self.handed {
            self.brought.extend(self.unsettled.drain());
            cursor.clone_into(&mut self.settled);
            return;
        }
        self.connection = None;
        self.unsettled.clear();
        if cursor != self.settled {
            // Further back than the last batch: what came since then is not stored, though its cursors came back.
            self.brought = Brought::default();
            cursor.clone_into(&mut self.settled);
        }
        self.gather = Gather::default();
        self.handed = cursor.to_owned();
        self.place = match self.start {
            Some(start) if cursor.is_empty() => Place::from(start),
            _ => Place::read(cursor),
        };
        if self.place.at().is_none() && !cursor.is_empty() {
            self.remarks.push("the place in the stream was lost; listening goes on with what is new".to_owned());
        }
    }

    fn hand_out(&mut self) -> Batch {
        let gather = std::mem::take(&mut self.gather);
        let mut remarks = std::mem::take(&mut self.remarks);
        if gather.unreadable > 0 {
            remarks.push(match gather.unreadable {
                1 => "one message of the stream could not be read and was left out".to_owned(),
                many => format!("{many} messages of the stream could not be read and were left out"),
            });
        }
        if gather.frames > 0 {
            self.place.count();
            remarks.extend(self.place.at().map(|at| self.lag.measure(&self.watch, at)).unwrap_or_default());
        }
        self.unsettled = gather.marks;
        self.handed = self.place.written();
        Batch {
            items: gather.items,
            gone: gather.gone,
            cursor: self.handed.clone(),
            unchanged: gather.frames == 0,
            more: true,
            remarks,
            meters: self.lag.meter().into_iter().collect(),
            behind: self.behind(),
            rest: None,
        }
    }

    /// How far behind we are. Before the first frame it is as far as we were left, unless the network is silent.
    fn behind(&self) -> Option<SignedDuration> {
        let listens =
            |connection: &Connection| connection.frames > 0 || connection.opened.elapsed() >= self.pace.window;
        let deaf = !self.connection.as_ref().is_some_and(listens);
        self.lag.behind().or_else(|| self.place.at().filter(|_| deaf).map(|at| self.watch.behind(at)))
    }

    /// Opens the stream at the first server that lets us in, beginning with the one that we were at.
    async fn connect(&mut self) -> Result<Connection, SourceError> {
        let mut failures = Vec::new();
        for _ in 0..self.servers.len() {
            let from = self.place.resume(self.server);
            let Some(server) = self.servers.get_mut(self.server) else { break };
            match server.open(from, self.pace.limits, &self.client, self.watch.now()).await {
                Ok(opened) => {
                    self.watch.compare(opened.socket.date());
                    return Ok(self.connected(opened));
                }
                Err(failed) => {
                    failures.push(SourceError::from(failed));
                    self.turn();
                }
            }
        }
        Err(of_all(failures))
    }

    fn connected(&self, opened: Opened) -> Connection {
        let packed = opened.dictionary.as_deref();
        Connection {
            inflater: packed.and_then(|dictionary| Inflater::new(Some(dictionary))),
            socket: opened.socket,
            wire: opened.wire,
            opened: Instant::now(),
            frames: 0,
            heard: Instant::now(),
            babble: 0,
            after: self.place.at(),
            outdated: false,
        }
    }

    /// The next server's turn.
    fn turn(&mut self) {
        self.server = (self.server + 1) % self.servers.len().max(1);
    }

    /// The connection ended. It is opened again, unless that has led to nothing several times.
    fn lost(&mut self, failed: SocketError) -> Result<(), SourceError> {
        let Some(connection) = self.connection.take() else { return Ok(()) };
        let openings = &mut self.openings;
        openings.short = if connection.opened.elapsed() < LASTING { openings.short + 1 } else { 0 };
        let pause = self.pace.between * 2_u32.pow(openings.short.saturating_sub(1).min(DOUBLED));
        openings.not_before = Some(connection.opened + pause);
        openings.too_large = if failed.cause == Cause::TooLarge { openings.too_large + 1 } else { 0 };
        if let Some(times) = openings.too_large.checked_sub(2) {
            let over = SECOND << times.min(20);
            self.place.leap(over);
            self.remarks.push(format!(
                "{} sends a message that is too large; it was left out, and up to {} of the stream with it",
                self.host,
                span(over / SECOND)
            ));
        }
        if let Cause::Closed { reason, .. } = &failed.cause
            && reason.to_lowercase().contains("slow")
        {
            self.remarks.push(too_slow(connection.socket.host()));
        }
        if connection.frames > 0 {
            self.openings.barren = 0;
            return Ok(());
        }
        self.turn();
        self.openings.barren += 1;
        if self.openings.barren <= self.servers.len() * 2 {
            return Ok(());
        }
        self.openings.barren = 0;
        let closed = matches!(failed.cause, Cause::Closed { .. });
        let error = patient(failed.into());
        Err(if closed { error.retrying(Retry::BackOff) } else { error })
    }

    /// Nothing is waiting. A server that has nothing to say for long is not worth waiting for.
    fn is_stalled(&self) -> Option<SourceError> {
        let patience = if self.servers.len() > 1 { self.pace.stalled } else { self.pace.stalled_alone };
        let connection = self.connection.as_ref()?;
        (connection.heard.elapsed() >= patience).then(|| {
            SourceError::new(
                SourceErrorKind::TimedOut,
                &format!(
                    "{} has sent nothing for {}",
                    connection.socket.host(),
                    span(i64::try_from(patience.as_secs()).unwrap_or_default())
                ),
                "another server is tried",
            )
        })
    }

    /// One step: reads a message, or opens the stream, or waits for the moment at which it may be opened.
    async fn step(&mut self, until: Instant) -> Result<(), SourceError> {
        let Some(connection) = &mut self.connection else {
            match self.openings.not_before {
                Some(moment) if moment > Instant::now() => sleep_until(moment.min(until)).await,
                _ => self.connection = Some(self.connect().await?),
            }
            return Ok(());
        };
        match connection.socket.next(until.saturating_duration_since(Instant::now())).await {
            Ok(Some(message)) => match self.take(&message) {
                Ok(()) => Ok(()),
                Err(fault) => self.lost(fault.into()),
            },
            Ok(None) => match self.is_stalled() {
                Some(stalled) => {
                    self.remarks.push(stalled.to_string());
                    let lost = self.lost(stalled.into());
                    self.turn();
                    lost
                }
                None => Ok(()),
            },
            Err(failed) => self.lost(failed),
        }
    }
}

#[async_trait]
impl Listen for Jetstream {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        self.watch.set(now);
        self.take_up(cursor);
        let told = self.ours.settle(self.names.api(), now).await?;
        self.remarks.extend(told);
        let idle = Instant::now() + self.pace.idle;
        loop {
            let until = self.gather.began.map_or(idle, |began| began + self.pace.window);
            let full = self.gather.frames >= self.pace.frames;
            // What is here goes first; a connection that ended is opened again by the next poll.
            let broken = self.gather.frames > 0 && self.connection.is_none();
            if full || broken || Instant::now() >= until {
                return Ok(self.hand_out());
            }
            self.step(until).await?;
        }
    }

    async fn name_authors(&mut self, authors: &mut [Author], now: Timestamp) {
        self.names.fill(authors, now).await;
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: true, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        &self.host
    }
}

/// The server found us too slow.
pub(super) fn too_slow(host: &str) -> String {
    format!("{host} ended the stream because this machine, or its connection, reads too slowly; it goes on from there")
}

/// Nobody need do anything for a public server to let us in again.
fn patient(error: SourceError) -> SourceError {
    if error.retry == Retry::Never && error.kind != SourceErrorKind::BadAddress {
        return error.retrying(Retry::Daily);
    }
    error
}

/// What to say when no server lets us in: the first reason, and to come back when the first of them wants us.
fn of_all(failures: Vec<SourceError>) -> SourceError {
    let soonest = |retry: &Retry| match retry {
        Retry::BackOff | Retry::Soon => (0, None),
        Retry::NotBefore(at) => (1, Some(*at)),
        Retry::Daily => (2, None),
        Retry::Never => (3, None),
    };
    let count = failures.len();
    let retry = failures.iter().map(|error| error.retry).min_by_key(soonest).unwrap_or(Retry::BackOff);
    let Some(first) = failures.into_iter().next() else {
        return SourceError::new(SourceErrorKind::BadAddress, "there is no server to listen to", "set its url");
    };
    if count == 1 {
        return patient(first);
    }
    let what = format!("none of {count} servers lets us listen: {}", first.what);
    let told = SourceError::new(first.kind, &what, first.advice);
    patient(told.retrying(retry))
}
