//! Commands as sources: whatever can print a line can be listened to, and whatever can read one can publish.
//!
//! `sh -c` runs the command, either on a schedule (`once`) or on and on (`stream`). It prints lines
//! ([`crate::sources::ndjson`]), reads nothing, and finds in its environment
//!
//! - `GOODWORD_CURSOR`: the `{"cursor": "..."}` that it printed last and that is stored with everything before it;
//!   empty the first time;
//! - `GOODWORD_SECRET`: the secret of the source, when it has one.
//!
//! The publishing command (`publish`) is run for each post.

mod once;
mod process;
mod publish;
#[cfg(test)]
mod publish_tests;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use self::once::Once;
use self::publish::Publisher;
use self::stream::Stream;
use super::networks::{Kind, Secret};
use super::{Credentials, Listen, Publish, Source, SourceError, SourceErrorKind, SourceSettings, Tools};
use crate::domain::Network;
use crate::domain::time::SignedDuration;

/// Commands as a network.
pub static KIND: Kind = Kind {
    network: Network::fixed("exec"),
    what: "a command that prints mentions, and one that publishes",
    keys: &["command", "publish_command", "keep_running", "account"],
    required: &["command"],
    usual_url: None,
    secret: Secret::Optional,
    least_interval: SignedDuration::from_secs(10),
    open,
    login: None,
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let command = |command: &Option<String>| {
        let command = command.as_deref().filter(|command| !command.trim().is_empty())?;
        Some(Command { line: command.to_owned(), credentials: Arc::clone(&tools.credentials) })
    };
    let listening = command(&settings.command).ok_or_else(|| {
        SourceError::new(SourceErrorKind::BadAddress, "there is no command to run", "set `command` for this source")
    })?;
    let publisher = command(&settings.publish_command)
        .map(|command| Arc::new(Publisher::new(command, settings.account.clone())) as Arc<dyn Publish>);
    let publishes = publisher.is_some();
    let listen: Box<dyn Listen> = if settings.keep_running {
        Box::new(Stream::new(listening, publishes))
    } else {
        Box::new(Once::new(listening, publishes))
    };
    Ok(Source { publish: publisher, ..Source::listening(settings, listen) })
}

/// A command and the secret that it is given.
#[derive(Clone)]
struct Command {
    /// For `sh -c`.
    line: String,
    credentials: Arc<dyn Credentials>,
}

impl Command {
    /// The secret, when the source has one.
    async fn secret(&self) -> Result<Option<SecretString>, SourceError> {
        if self.credentials.has_secret() { self.credentials.secret().await.map(Some) } else { Ok(None) }
    }
}

/// What a command said of itself, without the secret that it was given.
fn masked(said: &str, secret: Option<&SecretString>) -> String {
    let secret = secret.map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
    secret.map_or_else(|| said.to_owned(), |secret| said.replace(secret, "***"))
}

/// Where a command was left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Number of the batch that left it here, so that a stored batch is told from one that was not.
    batch: u64,
    /// The command's own cursor.
    cursor: String,
}

impl Place {
    /// Reads a source's cursor. One that cannot be read is a new beginning.
    fn read(cursor: &str) -> Self {
        serde_json::from_str(cursor).unwrap_or_default()
    }

    /// The source's cursor.
    fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Where the next batch leaves it.
    fn next(&self, cursor: Option<String>) -> Self {
        Self { batch: self.batch.wrapping_add(1), cursor: cursor.unwrap_or_else(|| self.cursor.clone()) }
    }
}
