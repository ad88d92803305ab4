//! What the server pushes: one WebSocket with all streams in it, or several streams of server-sent events
//! (docs.joinmastodon.org/methods/streaming).
//!
//! The token travels in a header and never in an address. Pleroma takes it in a message of its own.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{BoxStream, SelectAll};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::domain::Timestamp;
use crate::sources::api::authorised;
use crate::sources::http::Request;
use crate::sources::socket::{Message, Opening, Socket};
use crate::sources::sse::Events;
use crate::sources::{SourceError, SourceErrorKind};

use super::facts::{Facts, Program};
use super::server::Server;

/// Streams of events that are opened side by side; what goes beyond is only polled.
const SIDE_BY_SIDE: usize = 8;

/// A stream that a server offers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Channel {
    /// What concerns the account: notifications, its own posts, and those of whom it follows.
    User,
    /// A hashtag.
    Hashtag(String),
    /// A list, by id.
    List(String),
}

/// Something that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Push {
    /// Where it came from, when the server says so.
    pub channel: Option<Channel>,
    pub event: String,
    /// JSON, or an id.
    pub payload: String,
}

/// An open connection.
pub(super) enum Wire {
    Socket(Box<Socket>),
    Events(SelectAll<BoxStream<'static, Result<Push, SourceError>>>),
}

/// A connection, and what a person should know of it.
pub(super) struct Opened {
    pub wire: Wire,
    pub remarks: Vec<String>,
}

impl Wire {
    /// Opens the streams: by WebSocket if `sockets`, else by server-sent events.
    ///
    /// # Errors
    /// When neither is to be had, the error of the second.
    pub(super) async fn open(
        server: &Server,
        facts: &Facts,
        channels: &[Channel],
        sockets: bool,
        now: Timestamp,
    ) -> Result<Opened, SourceError> {
        let Some(token) = server.token().await? else {
            return Err(super::trouble::needs_account(server.host()));
        };
        let base = address(server, facts)?;
        let host = server.host();
        let mut remarks = Vec::new();
        if facts.program == Program::GoToSocial && channels.iter().any(|channel| matches!(channel, Channel::Hashtag(_)))
        {
            // It takes the wish for one and sends nothing.
            remarks.push(format!("{host} pushes no hashtags: they are polled"));
        }
        if sockets {
            match Self::socket(server, facts, &base, channels, &token, now).await {
                Ok(wire) => return Ok(Opened { wire, remarks }),
                Err(error) if error.kind == SourceErrorKind::TooMany => return Err(error),
                Err(error) => {
                    remarks.push(format!("{host} is heard by server-sent events and not by WebSocket: {}", error.what))
                }
            }
        }
        let (wire, left_out) = Self::events(server, &base, channels, &token, now).await?;
        if left_out > 0 {
            remarks.push(format!(
                "{left_out} hashtags or lists at {host} are polled, since only {SIDE_BY_SIDE} streams are opened"
            ));
        }
        Ok(Opened { wire, remarks })
    }

    async fn socket(
        server: &Server,
        facts: &Facts,
        base: &Url,
        channels: &[Channel],
        token: &SecretString,
        now: Timestamp,
    ) -> Result<Self, SourceError> {
        let mut socket = Opening::to(base.clone()).bearer(token).connect(server.api.client(), now).await?;
        if facts.program == Program::Pleroma {
            let words = json!({ "type": "pleroma:authenticate", "token": token.expose_secret() });
            socket.send(words.to_string()).await?;
        }
        for channel in channels {
            socket.send(subscription(channel).to_string()).await?;
        }
        Ok(Self::Socket(Box::new(socket)))
    }

    async fn events(
        server: &Server,
        base: &Url,
        channels: &[Channel],
        token: &SecretString,
        now: Timestamp,
    ) -> Result<(Self, usize), SourceError> {
        let mut all = SelectAll::new();
        for channel in channels.iter().take(SIDE_BY_SIDE) {
            let request = authorised(Request::get(events_address(base, channel)?), Some(token));
            let events = Events::open(server.api.client(), request, now).await?;
            all.push(pushes(events, channel.clone()));
        }
        Ok((Self::Events(all), channels.len().saturating_sub(SIDE_BY_SIDE)))
    }

    /// What is pushed next, or `None` when nothing came until then. Cancel-safe.
    ///
    /// # Errors
    /// When the connection ended or broke; it is of no further use then.
    pub(super) async fn next(&mut self, until: Instant) -> Result<Option<Push>, SourceError> {
        match self {
            Self::Socket(socket) => loop {
                let wait = until.saturating_duration_since(Instant::now());
                match socket.next(wait).await? {
                    None => return Ok(None),
                    Some(Message::Text(text)) => {
                        if let Some(push) = read_frame(&text)? {
                            return Ok(Some(push));
                        }
                    }
                    Some(Message::Binary(_)) => {}
                }
                if wait == Duration::ZERO {
                    return Ok(None);
                }
            },
            Self::Events(all) => match timeout_at(until, all.next()).await {
                Err(_) => Ok(None),
                Ok(Some(push)) => push.map(Some),
                Ok(None) => Err(SourceError::new(
                    SourceErrorKind::Unreachable,
                    "the stream has ended",
                    "it will be opened again",
                )),
            },
        }
    }
}

/// The events of one stream, with the end as an error.
fn pushes(events: Events, channel: Channel) -> BoxStream<'static, Result<Push, SourceError>> {
    futures_util::stream::unfold(Some(events), move |events| {
        let channel = channel.clone();
        async move {
            let mut events = events?;
            match events.next().await {
                Ok(event) => {
                    let push = Push { channel: Some(channel), event: event.name, payload: event.data };
                    Some((Ok(push), Some(events)))
                }
                Err(error) => Some((Err(error), None)),
            }
        }
    })
    .boxed()
}

/// Where the server streams: what it says itself, else where its interface is. A token never goes over a line that is
/// less safe than the one to the server.
fn address(server: &Server, facts: &Facts) -> Result<Url, SourceError> {
    let own = server.api.url("api/v1/streaming", &[])?;
    Ok(facts.streaming.as_ref().and_then(|told| told_address(told, &own)).unwrap_or(own))
}

fn told_address(told: &Url, own: &Url) -> Option<Url> {
    let mut url = told.clone();
    let safe = matches!(url.scheme(), "wss" | "https");
    if !url.has_host() || !(safe || matches!(url.scheme(), "ws" | "http")) {
        return None;
    }
    url.set_scheme(if safe || own.scheme() == "https" { "https" } else { "http" }).ok()?;
    let path = url.path().trim_end_matches('/').to_owned();
    // Some write the whole path into their address.
    if !path.ends_with("/api/v1/streaming") {
        url.set_path(&format!("{path}/api/v1/streaming"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

fn events_address(base: &Url, channel: &Channel) -> Result<Url, SourceError> {
    let mut url = base.clone();
    let path = url.path().trim_end_matches('/').to_owned();
    let (below, query) = match channel {
        Channel::User => ("user", None),
        Channel::Hashtag(tag) => ("hashtag", Some(("tag", tag))),
        Channel::List(id) => ("list", Some(("list", id))),
    };
    url.set_path(&format!("{path}/{below}"));
    if let Some((name, value)) = query {
        url.query_pairs_mut().append_pair(name, value);
    }
    Ok(url)
}

fn subscription(channel: &Channel) -> Value {
    match channel {
        Channel::User => json!({ "type": "subscribe", "stream": "user" }),
        Channel::Hashtag(tag) => json!({ "type": "subscribe", "stream": "hashtag", "tag": tag }),
        Channel::List(id) => json!({ "type": "subscribe", "stream": "list", "list": id }),
    }
}

/// One message of the WebSocket.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Frame {
    stream: Value,
    event: Option<String>,
    payload: Value,
    error: Option<String>,
}

/// Reads a message: JSON with JSON in it. Answers to subscriptions and what cannot be read are `None`.
///
/// # Errors
/// When the server says that it does not let us listen.
pub(super) fn read_frame(text: &str) -> Result<Option<Push>, SourceError> {
    let Ok(frame) = serde_json::from_str::<Frame>(text) else { return Ok(None) };
    if let Some(error) = frame.error {
        return Err(SourceError::new(
            SourceErrorKind::Refused,
            &format!("the server refuses a stream (“{error}”)"),
            "check the rights of the access token",
        ));
    }
    let Some(event) = frame.event.filter(|event| !event.contains(':')) else { return Ok(None) };
    let payload = match frame.payload {
        Value::String(text) => text,
        Value::Null => String::new(),
        // Some servers forget to put the inner JSON into a string.
        other => other.to_string(),
    };
    Ok(Some(Push { channel: channel(&frame.stream), event, payload }))
}

/// `["user"]`, `["hashtag", "bikes"]`, `["list", "12"]`.
fn channel(stream: &Value) -> Option<Channel> {
    let part = |place: usize| stream.get(place).and_then(Value::as_str).map(str::to_owned);
    match part(0)?.as_str() {
        "hashtag" | "hashtag:local" => part(1).map(Channel::Hashtag),
        "list" => part(1).map(Channel::List),
        name if name == "user" || name.starts_with("user:") => Some(Channel::User),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_json_in_json() {
        let frame = r#"{"stream":["hashtag","bikes"],"event":"update","payload":"{\"id\":\"1\"}"}"#;
        let push = read_frame(frame).unwrap().unwrap();
        assert_eq!(push.channel, Some(Channel::Hashtag("bikes".into())));
        assert_eq!((push.event.as_str(), push.payload.as_str()), ("update", r#"{"id":"1"}"#));
        let inner = read_frame(r#"{"stream":["user"],"event":"update","payload":{"id":"1"}}"#).unwrap().unwrap();
        assert_eq!((inner.channel, inner.payload.as_str()), (Some(Channel::User), r#"{"id":"1"}"#));
        let delete = read_frame(r#"{"event":"delete","payload":"9toJCu5YZW7O7gfvH6"}"#).unwrap().unwrap();
        assert_eq!((delete.channel, delete.payload.as_str()), (None, "9toJCu5YZW7O7gfvH6"));
        let number = read_frame(r#"{"stream":["user"],"event":"delete","payload":12}"#).unwrap().unwrap();
        assert_eq!(number.payload, "12");
    }

    #[test]
    fn streams_are_where_the_server_says_and_never_less_safe() {
        let own = "https://social.example/api/v1/streaming".parse().unwrap();
        let open = "http://localhost:3000/api/v1/streaming".parse().unwrap();
        let at = |told: &str, own: &Url| told_address(&told.parse().unwrap(), own).map(String::from);
        let whole = |text: &str| Some(text.to_owned());
        assert_eq!(
            at("wss://streaming.social.example", &own),
            whole("https://streaming.social.example/api/v1/streaming")
        );
        assert_eq!(at("ws://social.example/", &own), whole("https://social.example/api/v1/streaming"));
        assert_eq!(at("wss://s.example/api/v1/streaming/", &own), whole("https://s.example/api/v1/streaming/"));
        assert_eq!(at("ws://localhost:4000", &open), whole("http://localhost:4000/api/v1/streaming"));
        assert_eq!(at("file:///etc", &own), None);
        let tag = events_address(&own, &Channel::Hashtag("été&x".into())).unwrap();
        assert_eq!(tag.as_str(), "https://social.example/api/v1/streaming/hashtag?tag=%C3%A9t%C3%A9%26x");
    }

    #[test]
    fn answers_and_noise_are_no_events_and_a_refusal_is_an_error() {
        let answer = r#"{"event":"pleroma:respond","payload":"{\"type\":\"subscribe\",\"result\":\"success\"}"}"#;
        for noise in [answer, "", "thump", "[]", "{}", r#"{"stream":["user"]}"#] {
            assert_eq!(read_frame(noise).unwrap(), None, "{noise}");
        }
        let error = read_frame(r#"{"error":"Missing access token","status":401}"#).unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Refused);
    }
}
