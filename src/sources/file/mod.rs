//! A file that grows: lines ([`crate::sources::ndjson`]) that something else writes are followed from where they
//! were left, through rotation, truncation and replacement (`follow`).

mod follow;
#[cfg(test)]
mod model;
mod place;
mod siblings;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use self::follow::Follower;
use super::networks::{Kind, Secret};
use super::{Batch, Listen, Source, SourceError, SourceErrorKind, SourceSettings, Tools};
use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Network, Timestamp};

/// Files as a network.
pub static KIND: Kind = Kind {
    network: Network::fixed("file"),
    what: "a file of mentions, one JSON object a line, that something else writes",
    keys: &["path", "stream"],
    required: &["path"],
    usual_url: None,
    secret: Secret::Unused,
    least_interval: SignedDuration::from_secs(10),
    open,
    login: None,
};

/// Longest poll that brings nothing.
const IDLE: Duration = Duration::from_secs(5);
/// How often the file is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(500);

fn open(settings: &SourceSettings, _tools: &Tools) -> Result<Source, SourceError> {
    let Some(path) = settings.path.clone().filter(|path| !path.as_os_str().is_empty()) else {
        let advice = "set `path` for this source";
        return Err(SourceError::new(SourceErrorKind::BadAddress, "there is no file to follow", advice));
    };
    Ok(Source::listening(settings, Box::new(FileSource::new(path, settings.stream))))
}

/// Listens to a file.
struct FileSource {
    follower: Arc<Mutex<Follower>>,
    streams: bool,
}

impl FileSource {
    fn new(path: PathBuf, streams: bool) -> Self {
        Self { follower: Arc::new(Mutex::new(Follower::new(path))), streams }
    }

    /// Reads on, away from the threads that wait for networks: a disk may be slow.
    async fn look(&self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let (follower, cursor) = (Arc::clone(&self.follower), cursor.to_owned());
        let look = move || follower.lock().unwrap_or_else(PoisonError::into_inner).look(&cursor, now);
        tokio::task::spawn_blocking(look).await.unwrap_or_else(|error| {
            let what = format!("reading the file was broken off: {error}");
            Err(SourceError::new(SourceErrorKind::Local, &what, "it is read again later"))
        })
    }
}

#[async_trait]
impl Listen for FileSource {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let begun = Instant::now();
        loop {
            let passed = begun.elapsed();
            let now =
                SignedDuration::try_from(passed).ok().and_then(|passed| now.checked_add(passed).ok()).unwrap_or(now);
            let batch = self.look(cursor, now).await?;
            if !batch.unchanged || !self.streams || passed >= IDLE {
                return Ok(Batch { more: batch.more || self.streams, ..batch });
            }
            sleep(LOOK).await;
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: self.streams, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        ""
    }
}
