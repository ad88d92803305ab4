//! A command that is run on a schedule. What it prints is one batch; a run that fails or is cut short hands over
//! what it printed, and fails with the poll after that.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, timeout_at};

use super::process::{Heard, Process};
use super::{Command, Place};
use crate::domain::{Capabilities, Timestamp};
use crate::sources::ndjson::{Gather, Splitter};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind};

/// How much one run may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Time.
    pub(super) time: Duration,
    /// Lines.
    pub(super) lines: u64,
    /// Bytes printed.
    pub(super) bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(120), lines: 20_000, bytes: 16 << 20 }
    }
}

/// Listens to a command that is run on a schedule.
pub(super) struct Once {
    command: Command,
    publishes: bool,
    pub(super) bounds: Bounds,
    /// A run failed after it had said something: what to tell once that is stored, and at which cursor.
    trouble: Option<(String, SourceError)>,
}

impl Once {
    pub(super) fn new(command: Command, publishes: bool) -> Self {
        Self { command, publishes, bounds: Bounds::default(), trouble: None }
    }

    /// Runs the command. What it said, and what went wrong with it.
    async fn run(&self, cursor: &str) -> Result<(Gather, Result<(), SourceError>), SourceError> {
        let secret = self.command.secret().await?;
        let mut process = Process::start(&self.command.line, Some(cursor), secret, Stdio::null())?;
        let deadline = Instant::now() + self.bounds.time;
        let (mut gather, mut lines, mut bytes) = (Gather::default(), Splitter::default(), 0_u64);
        let end = loop {
            match timeout_at(deadline, process.hear()).await {
                Ok(Heard::Printed(printed)) => {
                    bytes += printed.len() as u64;
                    lines.push(printed);
                    while lines.lines() < self.bounds.lines
                        && let Some(cut) = lines.next()
                    {
                        gather.take(lines.lines(), &cut);
                    }
                    if bytes > self.bounds.bytes || lines.lines() >= self.bounds.lines {
                        let bounds = format!("{} lines or {} MB", self.bounds.lines, self.bounds.bytes >> 20);
                        gather.remark(format!("the command printed more than {bounds} and was ended"));
                        break Ok(());
                    }
                }
                Ok(Heard::Ended(status)) => {
                    if let Some(cut) = lines.finish() {
                        gather.take(lines.lines(), &cut);
                    }
                    break process.verdict(status);
                }
                Err(_) => break Err(self.too_slow()),
            }
        };
        Ok((gather, end))
    }

    fn too_slow(&self) -> SourceError {
        SourceError::new(
            SourceErrorKind::Local,
            &format!("the command took longer than {} s and was ended", self.bounds.time.as_secs_f64()),
            "make it quicker, or let it run on with `keep_running = true`",
        )
    }
}

#[async_trait]
impl Listen for Once {
    async fn poll(&mut self, cursor: &str, _now: Timestamp) -> Result<Batch, SourceError> {
        if let Some((_, error)) = self.trouble.take_if(|(at, _)| at == cursor) {
            return Err(error);
        }
        let place = Place::read(cursor);
        let (mut gather, end) = self.run(&place.cursor).await?;
        self.trouble = None;
        if gather.is_empty() {
            end?;
            return Ok(Batch { cursor: cursor.to_owned(), ..Batch::default() });
        }
        let next = place.next(gather.cursor.take()).written();
        let more = end.is_err();
        self.trouble = end.err().map(|error| (next.clone(), error));
        Ok(gather.into_batch(next, more))
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { publishes: self.publishes, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        ""
    }
}
