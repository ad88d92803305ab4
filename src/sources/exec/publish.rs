//! A command that publishes. It reads one JSON object on its standard input (`text`, `parent`, `root`, `quote`,
//! `visibility`, `content_warning`, `lang`, `token`) and says on its standard output what became of it:
//!
//! | it prints | and ends with | it was |
//! |---|---|---|
//! | `{"id": "...", "url": "...", "at": "..."}` | 0 | published |
//! | `{"error": "...", "sent": false}` | anything | not published, for this reason |
//! | nothing about an id | 75 (`EX_TEMPFAIL`) | not published; it may be tried again |
//! | anything else | anything else | perhaps published: a person must look |

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::Command;
use super::process::{Heard, Process};
use crate::domain::{Author, Timestamp};
use crate::sources::{Outgoing, Publish, PublishError, Published, Retry, SourceError, SourceErrorKind, TextRules};

/// How long publishing may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most bytes of what it prints that are read.
const LONGEST: usize = 64 << 10;
/// The exit code that means: not now, try again.
const TRY_AGAIN: i32 = 75;

/// Publishes through a command.
pub(super) struct Publisher {
    command: Command,
    account: Option<String>,
    pub(super) patience: Duration,
}

/// What the command says. An id may be a number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    id: serde_json::Value,
    url: Option<String>,
    at: Option<String>,
    error: Option<String>,
    sent: Option<bool>,
}

impl Answer {
    /// The last line that is an answer; a command may print other things before it.
    fn read(printed: &[u8]) -> Option<Self> {
        let printed = String::from_utf8_lossy(printed);
        let object = |text: &str| text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten();
        object(&printed).or_else(|| printed.lines().rev().find_map(object))
    }

    fn id(&self) -> Option<String> {
        match &self.id {
            serde_json::Value::String(id) if !id.is_empty() => Some(id.clone()),
            serde_json::Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

impl Publisher {
    pub(super) fn new(command: Command, account: Option<String>) -> Self {
        Self { command, account, patience: PATIENCE }
    }

    /// Runs the command with this on its standard input. What it printed and how it ended.
    async fn run(process: &mut Process, order: &[u8]) -> (Vec<u8>, ExitStatus) {
        let stdin = process.stdin();
        let write = async {
            if let Some(mut stdin) = stdin {
                // A command that does not read to the end is its own business.
                let _ = stdin.write_all(order).await;
                let _ = stdin.shutdown().await;
            }
        };
        let read = async {
            let mut printed = Vec::new();
            loop {
                match process.hear().await {
                    Heard::Printed(piece) => printed.extend(piece.iter().take(LONGEST - printed.len())),
                    Heard::Ended(status) => return (printed, status),
                }
            }
        };
        tokio::join!(write, read).1
    }
}

#[async_trait]
impl Publish for Publisher {
    async fn publish(&self, outgoing: &Outgoing, _now: Timestamp) -> Result<Published, PublishError> {
        let secret = self.command.secret().await.map_err(PublishError::not_sent)?;
        let mut process =
            Process::start(&self.command.line, None, secret, Stdio::piped()).map_err(PublishError::not_sent)?;
        let order = json!({
            "text": outgoing.text, "parent": outgoing.parent, "root": outgoing.root, "quote": outgoing.quote,
            "visibility": outgoing.visibility, "content_warning": outgoing.content_warning, "lang": outgoing.lang,
            "token": outgoing.token,
        });
        let ran = timeout(self.patience, Self::run(&mut process, format!("{order}\n").as_bytes())).await;
        let Ok((printed, status)) = ran else {
            let what =
                format!("the publishing command took longer than {} s and was ended", self.patience.as_secs_f64());
            return Err(PublishError::uncertain(error(&what, "look whether it went out before sending again")));
        };
        judge(&process, Answer::read(&printed), status)
    }

    async fn find(&self, _: &Outgoing, _: Timestamp, _: Timestamp) -> Result<Option<Published>, SourceError> {
        Err(error("a publishing command cannot be asked what it published", "look for yourself whether it went out")
            .retrying(Retry::Never))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules::default())
    }

    async fn identity(&self, _now: Timestamp) -> Result<Author, SourceError> {
        Ok(Author { handle: self.account.clone(), ..Author::default() })
    }
}

fn error(what: &str, advice: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Local, what, advice)
}

/// What became of it.
fn judge(process: &Process, answer: Option<Answer>, status: ExitStatus) -> Result<Published, PublishError> {
    let answer = answer.unwrap_or_default();
    let claims_sent = answer.id().is_some() || answer.sent == Some(true);
    if let (true, Some(native_id), None) = (status.success(), answer.id(), &answer.error) {
        let at = answer.at.as_deref().and_then(|at| at.trim().parse().ok());
        return Ok(Published { native_id, url: answer.url, at, remarks: Vec::new() });
    }
    let told = answer.error.map(|told| process.without_secret(&told)).filter(|told| !told.trim().is_empty());
    let what = match (&told, process.verdict(status)) {
        (Some(told), _) => format!("the publishing command says: {told}"),
        (None, Err(error)) => error.what.to_string(),
        (None, Ok(())) => "the publishing command ended well but printed no id".to_owned(),
    };
    if status.code() == Some(TRY_AGAIN) && !claims_sent {
        return Err(PublishError::not_sent(error(&what, "it may be sent again")));
    }
    if answer.sent == Some(false) && answer.id.is_null() {
        let error = error(&what, "mend what the command complains about, then send again");
        return Err(PublishError::not_sent(error.retrying(Retry::Never)));
    }
    Err(PublishError::uncertain(error(&what, "look whether it went out before sending again")))
}
