//! An answer that goes on: server-sent events and the like, read as they come.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use tokio::time::Instant;
use url::Url;

use crate::sources::{SourceError, SourceErrorKind};

use super::redact::redact;
use super::{failure, host_of};

/// How long a caller that asks again after a long pause waits at least: what was sent meanwhile is still on its way
/// through the connection.
const GRACE: Duration = Duration::from_secs(1);

/// An answer that is read piece by piece. Nothing of it is kept here; it holds no turn at its host. Dropping it
/// closes the connection.
pub struct Stream {
    answer: reqwest::Response,
    headers: HeaderMap,
    url: Url,
    idle: Duration,
    heard: Instant,
}

impl Stream {
    /// Longest silence, unless [`Stream::idle`] says otherwise. Servers of streams say something at least every
    /// half minute.
    pub const IDLE: Duration = Duration::from_secs(90);

    pub(super) fn new(answer: reqwest::Response, headers: HeaderMap, url: Url) -> Result<Self, SourceError> {
        let packed = headers.get(CONTENT_ENCODING).is_some_and(|value| value != "identity");
        if packed {
            return Err(SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{} packs what should flow", host_of(&url)),
                "something between here and the server packs answers; ask those who run it to let streams pass",
            ));
        }
        Ok(Self { answer, headers, url, idle: Self::IDLE, heard: Instant::now() })
    }

    /// The same stream with another longest silence.
    #[must_use]
    pub fn idle(mut self, longest: Duration) -> Self {
        self.idle = longest;
        self
    }

    /// The next piece, of any size above nothing; `None` when the server has ended the answer. Cancel-safe: a piece
    /// is lost only with the stream, and the silence is counted from the last piece, however often one asks.
    ///
    /// # Errors
    /// [`SourceErrorKind::TimedOut`] when nothing came for too long, [`SourceErrorKind::Unreachable`] when it broke
    /// off. After either the stream is of no use any more.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, SourceError> {
        loop {
            let deadline = (self.heard + self.idle).max(Instant::now() + GRACE.min(self.idle));
            let Ok(piece) = tokio::time::timeout_at(deadline, self.answer.chunk()).await else {
                return Err(failure::fell_silent(&self.url, self.heard.elapsed()));
            };
            self.heard = Instant::now();
            match piece.map_err(|error| failure::of_flow(&error, &self.url))? {
                Some(piece) if piece.is_empty() => {}
                Some(piece) => return Ok(Some(piece.to_vec())),
                None => return Ok(None),
            }
        }
    }

    /// All pieces, for readers that want a stream of the `futures` kind. It ends after the first error.
    pub fn chunks(self) -> impl futures_util::Stream<Item = Result<Vec<u8>, SourceError>> + Send + 'static {
        futures_util::stream::unfold(Some(self), |stream| async {
            let mut stream = stream?;
            match stream.chunk().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(stream))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// A header of the answer as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// Where the answer comes from. Without user and password.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("url", &redact(self.url.as_str())).finish_non_exhaustive()
    }
}
