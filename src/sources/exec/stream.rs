//! A command that runs on. It is read only while it is listened to, so that one that prints faster than its lines
//! are stored waits in its pipe; what was read is kept until it is stored.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::process::{Heard, Process};
use super::{Command, Place};
use crate::domain::{Capabilities, Timestamp};
use crate::sources::attendance::Attendance;
use crate::sources::ndjson::{Gather, Splitter};
use crate::sources::{Batch, Listen, SourceError};

/// How patient a stream is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Longest poll that brings nothing.
    pub(super) idle: Duration,
    /// From the first line of a batch to its end.
    pub(super) gathering: Duration,
    /// First pause before a command that ended by itself is started again; doubled each time.
    pub(super) first_pause: Duration,
    /// Longest such pause. A command that ran for longer is started again after the first pause.
    pub(super) longest_pause: Duration,
    /// How long the command runs on though nobody listens.
    pub(super) absence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(5),
            gathering: Duration::from_millis(300),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(300),
            absence: Duration::from_secs(120),
        }
    }
}

/// Listens to a command that runs on.
pub(super) struct Stream {
    command: Command,
    publishes: bool,
    pub(super) patience: Patience,
    running: Option<Running>,
    /// What was heard and is in no batch yet.
    gather: Gather,
    /// The last cursor that the command printed, stored or not.
    latest: Option<String>,
    /// Number of the last batch of ours; any other in the store means that somebody else led it on.
    ours: Option<u64>,
    /// A batch that may not be stored yet, and the number of the one before.
    handed_over: Option<(u64, Batch)>,
    /// What the command failed with, to be told after what it said.
    trouble: Option<SourceError>,
    /// Times in a row that it ended soon.
    ends: u32,
    /// When it may be started again.
    again: Option<Instant>,
    attendance: Attendance,
}

struct Running {
    process: Process,
    lines: Splitter,
    since: Instant,
    /// Ends it when nobody listens any more.
    watch: JoinSet<()>,
}

impl Stream {
    pub(super) fn new(command: Command, publishes: bool) -> Self {
        Self {
            command,
            publishes,
            patience: Patience::default(),
            running: None,
            gather: Gather::default(),
            latest: None,
            ours: None,
            handed_over: None,
            trouble: None,
            ends: 0,
            again: None,
            attendance: Attendance::new(),
        }
    }

    /// The batch that was handed over and is not stored. A store that was led on by somebody else keeps its cursor.
    fn handed_over_again(&mut self, place: &Place, cursor: &str) -> Option<Batch> {
        let (before, batch) = self.handed_over.as_mut()?;
        if batch.cursor == cursor {
            self.handed_over = None;
            return None;
        }
        if place.batch != *before {
            batch.cursor = place.next(None).written();
            *before = place.batch;
        }
        Some(batch.clone())
    }

    /// Listens until the deadline, or until the batch is full or the command failed.
    async fn listen(&mut self, stored: &str, mut deadline: Instant) {
        loop {
            if let Some(running) = &mut self.running {
                while !self.gather.is_full()
                    && let Some(cut) = running.lines.next()
                {
                    self.gather.take(running.lines.lines(), &cut);
                }
            }
            if self.gather.is_full() || self.trouble.is_some() {
                return;
            }
            if !self.gather.is_empty() {
                deadline = deadline.min(Instant::now() + self.patience.gathering);
            }
            if timeout_at(deadline, self.hear(stored)).await.is_err() {
                return;
            }
        }
    }

    /// Hears the next piece, starting the command where it does not run. Cancel-safe.
    async fn hear(&mut self, stored: &str) {
        if self.running.is_none() {
            if let Some(again) = self.again {
                sleep_until(again).await;
            }
            match self.start(stored).await {
                Ok(running) => self.running = Some(running),
                Err(error) => {
                    self.trouble = Some(error);
                    return;
                }
            }
        }
        let Some(running) = &mut self.running else { return };
        let status = match running.process.hear().await {
            Heard::Printed(printed) => return running.lines.push(printed),
            Heard::Ended(status) => status,
        };
        while let Some(cut) = running.lines.next().or_else(|| running.lines.finish()) {
            self.gather.take(running.lines.lines(), &cut);
        }
        let left_alone = running.watch.try_join_next().is_some();
        if !left_alone {
            self.trouble = running.process.verdict(status).err();
        }
        self.ended(left_alone);
    }

    async fn start(&self, stored: &str) -> Result<Running, SourceError> {
        let secret = self.command.secret().await?;
        let cursor = self.gather.cursor.as_deref().or(self.latest.as_deref()).unwrap_or(stored);
        let process = Process::start(&self.command.line, Some(cursor), secret, Stdio::null())?;
        let (group, mut absence, patience) = (process.group(), self.attendance.absence(), self.patience.absence);
        let mut watch = JoinSet::new();
        watch.spawn(async move {
            absence.lasts(patience).await;
            group.kill();
        });
        Ok(Running { process, lines: Splitter::default(), since: Instant::now(), watch })
    }

    /// Notes that the command ended, and when to start it again.
    fn ended(&mut self, left_alone: bool) {
        let Some(running) = self.running.take() else { return };
        if left_alone {
            self.gather.remark("the command was ended while nobody listened, and is started again".to_owned());
            return;
        }
        let ran = running.since.elapsed();
        self.ends = if ran > self.patience.longest_pause { 1 } else { self.ends.saturating_add(1) };
        let doublings = self.ends.saturating_sub(1).min(16);
        let pause = (self.patience.first_pause * (1 << doublings)).min(self.patience.longest_pause);
        self.again = Some(Instant::now() + pause);
        if self.trouble.is_none() {
            self.gather.remark(format!("the command ended and is started again in {} s", pause.as_secs_f64()));
        }
    }
}

#[async_trait]
impl Listen for Stream {
    async fn poll(&mut self, cursor: &str, _now: Timestamp) -> Result<Batch, SourceError> {
        let _attending = self.attendance.attend();
        let place = Place::read(cursor);
        if let Some(batch) = self.handed_over_again(&place, cursor) {
            return Ok(batch);
        }
        if self.ours.replace(place.batch) != Some(place.batch) {
            self.latest = None;
        }
        self.listen(&place.cursor, Instant::now() + self.patience.idle).await;
        if self.gather.is_empty() {
            if let Some(error) = self.trouble.take() {
                return Err(error);
            }
            return Ok(Batch { cursor: cursor.to_owned(), more: true, ..Batch::default() });
        }
        let mut gather = std::mem::take(&mut self.gather);
        let said = gather.cursor.take();
        let next = place.next(said.clone());
        self.latest = said.or(self.latest.take());
        self.ours = Some(next.batch);
        let batch = gather.into_batch(next.written(), true);
        self.handed_over = Some((place.batch, batch.clone()));
        Ok(batch)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: true, publishes: self.publishes, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        ""
    }
}
