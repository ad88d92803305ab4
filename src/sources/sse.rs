//! Server-sent events (HTML Living Standard, section 9.2) over the polite client.

use std::fmt;

use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::http::{Client, Request, host_of};
use super::{SourceError, SourceErrorKind};
use crate::domain::Timestamp;

/// Largest event, in bytes. What is incomplete is looked through again with every piece, so it had better be small.
const LARGEST: usize = 1 << 20;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name; `message` when the server gave none.
    pub name: String,
    /// Its data; several lines are put together.
    pub data: String,
}

/// Events as they come. Comments (`:thump`) are no events, but they keep the stream from counting as silent. Dropping
/// it closes the connection.
pub struct Events {
    inner: BoxStream<'static, Result<Event, SourceError>>,
    host: String,
}

impl Events {
    /// Asks for events. Only silence ends them ([`super::http::Stream::IDLE`]).
    ///
    /// # Errors
    /// When the server does not answer with a stream of events.
    pub async fn open(client: &Client, request: Request, now: Timestamp) -> Result<Self, SourceError> {
        let answer = client.stream(request.accept("text/event-stream"), now).await?;
        let host = host_of(answer.url());
        let kind = answer.text("content-type").unwrap_or_default().to_ascii_lowercase();
        if !kind.starts_with("text/event-stream") {
            return Err(SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{host} answered with something else than a stream of events"),
                "it does not stream there, or something between here and there does not let streams pass",
            ));
        }
        let at = host.clone();
        let mut event = 0_usize;
        let bounded = answer.chunks().map(move |piece| {
            let piece = piece?;
            event = grown(event, &piece);
            if event > LARGEST { Err(too_large(&at)) } else { Ok(piece) }
        });
        let at = host.clone();
        let inner = bounded.eventsource().map(move |event| match event {
            Ok(event) => Ok(Event { name: event.event, data: event.data }),
            Err(EventStreamError::Transport(error)) => Err(error),
            Err(EventStreamError::Utf8(_) | EventStreamError::Parser(_)) => Err(garbled(&at)),
        });
        Ok(Self { inner: inner.boxed(), host })
    }

    /// The host at the other end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The next event. Cancel-safe: an event is given or stays.
    ///
    /// # Errors
    /// When the stream ended, broke off or fell silent; it is of no further use then.
    pub async fn next(&mut self) -> Result<Event, SourceError> {
        match self.inner.next().await {
            Some(event) => event,
            None => Err(ended(&self.host)),
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Bytes of the event that is under way after another piece. An empty line ends an event.
fn grown(before: usize, piece: &[u8]) -> usize {
    let end = |mark: &[u8]| piece.windows(mark.len()).rposition(|window| window == mark).map(|at| at + mark.len());
    match end(b"\n\n").max(end(b"\r\n\r\n")).max(end(b"\r\r")) {
        Some(end) => piece.len() - end,
        // The empty line may be cut in two by the pieces; a thump ends in one soon.
        None if piece.first() == Some(&b'\n') => piece.len(),
        None => before.saturating_add(piece.len()),
    }
}

fn ended(host: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Unreachable, &format!("{host} closed the stream"), "it will be opened again")
}

fn garbled(host: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::NotUnderstood,
        &format!("what {host} sends is no proper stream of events"),
        "it will be opened again; a box between here and there may disturb it",
    )
}

fn too_large(host: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::TooLarge,
        &format!("{host} sent an event of more than {} MB", LARGEST >> 20),
        "it will be opened again",
    )
    .retrying(super::Retry::BackOff)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::sources::http::HttpSettings;

    /// A server that sends this head and these pieces, and then nothing for a while or the end.
    async fn server(kind: &'static str, pieces: Vec<Vec<u8>>, ends: bool) -> (String, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/stream", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            let mut asked = [0_u8; 2048];
            let _ = peer.read(&mut asked).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n");
            peer.write_all(head.as_bytes()).await.unwrap();
            for piece in pieces {
                let _ = peer.write_all(&piece).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            if !ends {
                tokio::time::sleep(Duration::from_secs(600)).await;
            }
        });
        (address, tasks)
    }

    async fn open(address: &str) -> Result<Events, SourceError> {
        let client = Client::new(HttpSettings::default()).unwrap();
        Events::open(&client, Request::get(address.parse().unwrap()), Timestamp::UNIX_EPOCH).await
    }

    #[tokio::test]
    async fn events_are_read_however_they_are_cut() {
        let text = ":)\n\nevent: update\ndata: {\"a\":\"é\"}\n\n:thump\n\nevent: delete\r\ndata: 12\r\n\r\ndata: x\ndata: y\n\n";
        for size in [1, 3, 7, 1000] {
            let pieces = text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            let (address, _tasks) = server("text/event-stream; charset=utf-8", pieces, true).await;
            let mut events = open(&address).await.unwrap();
            let event = |name: &str, data: &str| Event { name: name.to_owned(), data: data.to_owned() };
            assert_eq!(events.next().await.unwrap(), event("update", "{\"a\":\"é\"}"));
            assert_eq!(events.next().await.unwrap(), event("delete", "12"));
            assert_eq!(events.next().await.unwrap(), event("message", "x\ny"));
            assert_eq!(events.next().await.unwrap_err().kind, SourceErrorKind::Unreachable);
        }
    }

    #[tokio::test]
    async fn a_page_is_no_stream() {
        let (address, _tasks) = server("text/html", vec![b"<html>".to_vec()], true).await;
        assert_eq!(open(&address).await.unwrap_err().kind, SourceErrorKind::Challenge);
    }

    #[tokio::test]
    async fn an_event_without_end_is_cut_off() {
        let pieces = std::iter::repeat_n(vec![b'x'; 1 << 18], 6).collect();
        let (address, _tasks) = server("text/event-stream", pieces, false).await;
        let error = open(&address).await.unwrap().next().await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::TooLarge);
    }

    #[tokio::test]
    async fn waiting_may_be_broken_off() {
        let pieces = vec![b"event: a\ndata: 1\n".to_vec(), b"\nevent: b\ndata: 2\n\n".to_vec()];
        let (address, _tasks) = server("text/event-stream", pieces, false).await;
        let mut events = open(&address).await.unwrap();
        let mut names = Vec::new();
        while names.len() < 2 {
            if let Ok(event) = tokio::time::timeout(Duration::from_millis(1), events.next()).await {
                names.push(event.unwrap().name);
            }
        }
        assert_eq!(names, ["a", "b"]);
    }
}
