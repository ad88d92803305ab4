//! A small WebSocket client (RFC 6455) for the networks that push what is published.
//!
//! It connects with the same user agent and the same regard for hosts that want to be left alone as the HTTP
//! [`Client`], keeps the connection awake with pings, ends one that has died silently, and turns every failure into
//! words for a person. Secrets travel in headers only. Redirects are not followed; the proxies of the system are used
//! (`proxy`).

mod failure;
mod proxy;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper_util::client::proxy::matcher::Matcher;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{
    AUTHORIZATION, DATE, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL, USER_AGENT,
};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message as Frame, handshake::client::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::Url;

use self::proxy::Proxy;
use super::SourceError;
use super::http::{Client, host_of, http_date};
use crate::domain::Timestamp;

pub use failure::{Cause, SocketError};
pub use tokio_tungstenite::tungstenite::{Bytes, Utf8Bytes};

/// How long a good-bye may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a connection may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time for connecting: name, TCP, TLS and the upgrade together.
    pub connect: Duration,
    /// After this long without a word from the server it is pinged.
    pub ping_after: Duration,
    /// A server that leaves a ping unanswered for this long is gone.
    pub answer_within: Duration,
    /// Largest message, in bytes. A larger one ends the connection.
    pub largest: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            ping_after: Duration::from_secs(30),
            answer_within: Duration::from_secs(20),
            largest: 4 << 20,
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text; it dereferences to `str`.
    Text(Utf8Bytes),
    /// Bytes; they dereference to `[u8]`.
    Binary(Bytes),
}

/// A connection that is about to be opened. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Opening {
    url: Url,
    headers: HeaderMap,
    limits: Limits,
}

impl Opening {
    /// A connection to this address: `wss` or `ws`, where `https` and `http` mean the same. A user and password in
    /// it are dropped.
    pub fn to(mut url: Url) -> Self {
        let scheme = match url.scheme() {
            "https" => "wss",
            "http" => "ws",
            other => other,
        }
        .to_owned();
        // Neither fails for an address with a host; one without is refused when connecting.
        let _ = url.set_scheme(&scheme);
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Self { url, headers: HeaderMap::new(), limits: Limits::default() }
    }

    /// Authorises with a token, in a header; one that cannot stand in a header is left out and will be refused.
    #[must_use]
    pub fn bearer(mut self, token: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Asks for a subprotocol (RFC 6455, section 1.9). A server that does not agree to it is left again.
    #[must_use]
    pub fn protocol(self, name: &'static str) -> Self {
        self.header(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(name))
    }

    /// What the connection may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`SocketError`]; its [`Cause`] tells a refused upgrade from everything else.
    pub async fn connect(self, client: &Client, now: Timestamp) -> Result<Socket, SocketError> {
        let host = host_of(&self.url);
        if let Some(until) = client.held_until(&self.as_http(), now) {
            return Err(failure::held(&host, until).into());
        }
        let until = Instant::now() + self.limits.connect;
        let opened = timeout_at(until, self.open(client, &host, now)).await;
        let (stream, date) = opened.unwrap_or_else(|_| Err(failure::too_slow(&host, self.limits.connect).into()))?;
        Ok(Socket { stream, host, date, limits: self.limits, heard: Instant::now(), pinged: None })
    }

    /// The address under which the HTTP client knows the host.
    fn as_http(&self) -> Url {
        let mut url = self.url.clone();
        let _ = url.set_scheme(if self.url.scheme() == "ws" { "http" } else { "https" });
        url
    }

    fn request(&self, client: &Client, host: &str) -> Result<Request, SourceError> {
        let mut request = self.url.as_str().into_client_request().map_err(|_| failure::no_address(host))?;
        request.headers_mut().insert(USER_AGENT, client.agent());
        request.headers_mut().extend(self.headers.clone());
        Ok(request)
    }

    async fn open(
        &self,
        client: &Client,
        host: &str,
        now: Timestamp,
    ) -> Result<(Stream, Option<Timestamp>), SocketError> {
        let request = self.request(client, host)?;
        let port = self.url.port_or_known_default().ok_or_else(|| failure::no_address(host))?;
        let name = self.url.host_str().ok_or_else(|| failure::no_address(host))?;
        let tcp = match Proxy::towards(&self.as_http(), &Matcher::from_system())? {
            Some(proxy) => proxy.tunnel(name, port, host).await?,
            None => direct(client, name, port, host).await?,
        };
        // Frames are small and one-way; what is sent (pongs, options) should not wait for company.
        let _ = tcp.set_nodelay(true);
        let config = WebSocketConfig::default()
            .max_message_size(Some(self.limits.largest))
            .max_frame_size(Some(self.limits.largest));
        match client_async_tls_with_config(request, tcp, Some(config), None).await {
            Ok((stream, answer)) => {
                let date = answer.headers().get(DATE).and_then(|date| http_date(date.to_str().ok()?));
                Ok((stream, date))
            }
            Err(error) => Err(failure::of_upgrade(error, host, now)),
        }
    }
}

/// Connects without a proxy; `host` is what the server is called in messages.
async fn direct(client: &Client, name: &str, port: u16, host: &str) -> Result<TcpStream, SourceError> {
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((name, port)).await.map_err(|_| failure::no_such_host(host))?;
    let (places, private): (Vec<_>, Vec<_>) = found.partition(|place| client.may_reach(place.ip()));
    if places.is_empty() {
        return Err(if private.is_empty() { failure::no_such_host(host) } else { failure::private(host) });
    }
    TcpStream::connect(places.as_slice()).await.map_err(|error| failure::no_connection(&error, host))
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("url", &super::http::redact(self.url.as_str())).finish_non_exhaustive()
    }
}

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open connection. Dropping it closes it without a good-bye.
pub struct Socket {
    stream: Stream,
    host: String,
    date: Option<Timestamp>,
    limits: Limits,
    heard: Instant,
    pinged: Option<Instant>,
}

impl Socket {
    /// The host at the other end, for limits and messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the server's clock showed when the connection was opened, if it said so.
    pub fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// The next message, or `None` when none came within `wait`. Pings are answered, and a server that is silent
    /// for long is pinged. Cancel-safe: a message is given or stays.
    ///
    /// # Errors
    /// [`SocketError`] when the connection ended or broke; it is of no further use then.
    pub async fn next(&mut self, wait: Duration) -> Result<Option<Message>, SocketError> {
        let until = Instant::now() + wait;
        loop {
            let awake = self.heard.max(self.pinged.unwrap_or(self.heard));
            let patience = if self.pinged.is_some() { self.limits.answer_within } else { self.limits.ping_after };
            match timeout_at(until.min(awake + patience), self.stream.next()).await {
                Ok(Some(Ok(frame))) => {
                    (self.heard, self.pinged) = (Instant::now(), None);
                    match frame {
                        Frame::Text(text) => return Ok(Some(Message::Text(text))),
                        Frame::Binary(bytes) => return Ok(Some(Message::Binary(bytes))),
                        Frame::Close(close) => return Err(failure::closed(&self.host, close)),
                        Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => {}
                    }
                }
                Ok(Some(Err(error))) => return Err(failure::of_stream(&error, &self.host, &self.limits)),
                Ok(None) => return Err(failure::closed(&self.host, None)),
                Err(_) if self.pinged.is_some_and(|at| at.elapsed() >= self.limits.answer_within) => {
                    return Err(failure::silent(&self.host, self.heard.elapsed()).into());
                }
                Err(_) if self.pinged.is_none() && self.heard.elapsed() >= self.limits.ping_after => {
                    self.pinged = Some(Instant::now());
                    self.push(Frame::Ping(Bytes::new())).await?;
                }
                Err(_) => return Ok(None),
            }
        }
    }

    /// Sends text.
    ///
    /// # Errors
    /// [`SocketError`] when the connection ended or broke.
    pub async fn send(&mut self, text: impl Into<String>) -> Result<(), SocketError> {
        self.push(Frame::Text(text.into().into())).await
    }

    /// Says good-bye and waits shortly for the answer. What still comes is lost.
    pub async fn close(mut self) {
        let until = Instant::now() + FAREWELL;
        let _ = timeout_at(until, async {
            if self.stream.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        })
        .await;
    }

    async fn push(&mut self, frame: Frame) -> Result<(), SocketError> {
        let until = Instant::now() + self.limits.answer_within;
        match timeout_at(until, self.stream.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failure::of_stream(&error, &self.host, &self.limits)),
            Err(_) => Err(failure::silent(&self.host, self.heard.elapsed()).into()),
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("host", &self.host).finish_non_exhaustive()
    }
}
