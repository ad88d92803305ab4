//! One run of a command: its pipes, its end, and the group of processes that goes with it.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::time::{Instant, sleep_until};

use super::masked;
use crate::domain::SafeText;
use crate::sources::{SourceError, SourceErrorKind};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// How long what left the group may hold the pipes open after the command has ended.
const DRAIN: Duration = Duration::from_secs(1);
/// Of a line on standard error, what is kept, in bytes.
const LONGEST_COMPLAINT: usize = 2 << 10;

/// The environment variable that holds the secret.
pub(super) const SECRET: &str = "GOODWORD_SECRET";
/// The environment variable that holds the command's cursor.
pub(super) const CURSOR: &str = "GOODWORD_CURSOR";

/// The processes of one run; killed when the owner lets go.
#[derive(Clone, Default)]
pub(super) struct Group(Arc<Mutex<Option<Pid>>>);

impl Group {
    fn of(child: &Child) -> Self {
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Self(Arc::new(Mutex::new(pid)))
    }

    /// Ends all of them, once; later calls do nothing, so that no stranger with the same number is met.
    pub(super) fn kill(&self) {
        let pid = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pid) = pid {
            // Whoever has ended already cannot be killed.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// What a run did.
#[derive(Debug)]
pub(super) enum Heard<'a> {
    /// It printed.
    Printed(&'a [u8]),
    /// It ended, and everything that it printed was heard.
    Ended(ExitStatus),
}

/// A command that runs. Dropping it ends it with everything that it started.
pub(super) struct Process {
    child: Child,
    group: Group,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    complaint: Complaint,
    status: Option<ExitStatus>,
    /// When to stop listening to what outlives the command.
    drained: Option<Instant>,
    printed: Vec<u8>,
    complained: Vec<u8>,
    secret: Option<SecretString>,
}

impl Process {
    /// Starts a command. `cursor` goes into its environment; `None` keeps any other out of it.
    ///
    /// # Errors
    /// [`SourceErrorKind::Local`] when there is no shell or no room for a process.
    pub(super) fn start(
        line: &str,
        cursor: Option<&str>,
        secret: Option<SecretString>,
        stdin: Stdio,
    ) -> Result<Self, SourceError> {
        let mut shell = tokio::process::Command::new("sh");
        shell.arg("-c").arg(line).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell.env_remove(SECRET).env_remove(CURSOR).process_group(0).kill_on_drop(true);
        if let Some(secret) = &secret {
            shell.env(SECRET, secret.expose_secret());
        }
        if let Some(cursor) = cursor {
            shell.env(CURSOR, cursor);
        }
        let mut child = shell.spawn().map_err(|error| {
            let what = format!("the command could not be started: {error}");
            SourceError::new(SourceErrorKind::Local, &what, "it is run by `sh -c`: try it there")
        })?;
        Ok(Self {
            group: Group::of(&child),
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            child,
            complaint: Complaint::default(),
            status: None,
            drained: None,
            printed: vec![0; PIECE],
            complained: vec![0; LONGEST_COMPLAINT],
            secret,
        })
    }

    /// What it reads, when that was piped.
    pub(super) fn stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Its processes.
    pub(super) fn group(&self) -> Group {
        self.group.clone()
    }

    /// What it does next. Cancel-safe. Nothing is read unless this is called: a command that prints faster than it
    /// is heard waits.
    pub(super) async fn hear(&mut self) -> Heard<'_> {
        let (mut printed, mut complained) = (None, None);
        loop {
            if let (Some(status), None, None) = (self.status, &self.stdout, &self.stderr) {
                return Heard::Ended(status);
            }
            let drained = self.drained;
            tokio::select! {
                biased;
                read = read(&mut self.stdout, &mut self.printed), if self.stdout.is_some() => printed = Some(read),
                read = read(&mut self.stderr, &mut self.complained), if self.stderr.is_some() => complained = Some(read),
                status = self.child.wait(), if self.status.is_none() => {
                    // What it started and left behind ends with it.
                    self.group.kill();
                    self.status = Some(status.unwrap_or_default());
                    self.drained = Some(Instant::now() + DRAIN);
                }
                () = sleep_until(drained.unwrap_or_else(Instant::now)), if drained.is_some() => {
                    self.stdout = None;
                    self.stderr = None;
                }
            }
            match printed.take() {
                Some(0) => self.stdout = None,
                Some(length) => return Heard::Printed(self.printed.get(..length).unwrap_or_default()),
                None => {}
            }
            match complained.take() {
                Some(0) => self.stderr = None,
                Some(length) => self.complaint.push(self.complained.get(..length).unwrap_or_default()),
                None => {}
            }
        }
    }

    /// The last line on its standard error that says something, fit to be shown.
    pub(super) fn complaint(&self) -> SafeText {
        self.complaint.last(self.secret.as_ref())
    }

    /// The same text without the secret of the command.
    pub(super) fn without_secret(&self, text: &str) -> String {
        masked(text, self.secret.as_ref())
    }

    /// What its end means: an error unless it ended well.
    pub(super) fn verdict(&self, status: ExitStatus) -> Result<(), SourceError> {
        if status.success() {
            return Ok(());
        }
        let how = status.code().map_or_else(|| status.to_string(), |code| format!("exit code {code}"));
        let complaint = self.complaint();
        let said = if complaint.is_empty() { String::new() } else { format!(": {complaint}") };
        let what = format!("the command failed ({how}){said}");
        Err(SourceError::new(SourceErrorKind::Local, &what, "run it by hand with `sh -c` to see why"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.group.kill();
    }
}

/// Reads; 0 at the end and when the pipe fails. Waits for ever without a pipe.
async fn read(pipe: &mut Option<impl AsyncRead + Unpin>, into: &mut [u8]) -> usize {
    match pipe {
        Some(pipe) => pipe.read(into).await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}

/// The last lines of standard error, in bounded memory.
#[derive(Debug, Default)]
struct Complaint {
    last: Vec<u8>,
    present: Vec<u8>,
}

impl Complaint {
    fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|sign| *sign == b'\n') {
            let room = LONGEST_COMPLAINT.saturating_sub(self.present.len());
            self.present.extend(piece.iter().take(room));
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.present);
        if !clean(&line, None).is_empty() {
            self.last = line;
        }
    }

    fn last(&self, secret: Option<&SecretString>) -> SafeText {
        let present = clean(&self.present, secret);
        if present.is_empty() { clean(&self.last, secret) } else { present }
    }
}

fn clean(line: &[u8], secret: Option<&SecretString>) -> SafeText {
    SafeText::line(&masked(&String::from_utf8_lossy(line), secret), 200)
}
