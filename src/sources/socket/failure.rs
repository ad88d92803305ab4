//! Every way in which a connection can fail, in words for a person.

use std::io;
use std::time::Duration;

use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::http::HeaderMap;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Limits;
use crate::domain::Timestamp;
use crate::sources::http::{PROXY_LOGIN, rate_limit};
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

/// Longest piece of a server's own words that is repeated, in characters.
const SAID: usize = 200;

/// What a failed connection failed of, for those who can do something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The server answered the wish to upgrade with something else.
    Refused {
        /// Its status.
        status: u16,
        /// The beginning of its answer, as far as it came at once; foreign and uncleaned.
        said: String,
    },
    /// The server closed the connection.
    Closed {
        /// The code that it gave (RFC 6455, section 7.4).
        code: Option<u16>,
        /// The reason that it gave; foreign and uncleaned.
        reason: String,
    },
    /// A message was larger than the limit.
    TooLarge,
    /// Everything else.
    Broken,
}

/// A failure of a connection.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct SocketError {
    /// What it failed of.
    pub cause: Cause,
    /// The same for a person.
    pub error: Box<SourceError>,
}

impl From<SourceError> for SocketError {
    fn from(error: SourceError) -> Self {
        Self { cause: Cause::Broken, error: Box::new(error) }
    }
}

impl From<SocketError> for SourceError {
    fn from(failed: SocketError) -> Self {
        *failed.error
    }
}

impl SocketError {
    fn of(cause: Cause, error: SourceError) -> Self {
        Self { cause, error: Box::new(error) }
    }
}

pub(super) fn held(host: &str, until: Timestamp) -> SourceError {
    let time = until.strftime("%H:%M UTC on %-d %B");
    SourceError::new(
        Kind::TooMany,
        &format!("{host} asked for fewer requests"),
        format!("{host} is left alone until {time}"),
    )
    .retrying(Retry::NotBefore(until))
    .for_whole_host()
}

pub(super) fn no_address(host: &str) -> SourceError {
    SourceError::new(
        Kind::BadAddress,
        &format!("no stream can be opened at {host}"),
        "the address of a stream begins with wss:// and names a host",
    )
}

pub(super) fn no_such_host(host: &str) -> SourceError {
    SourceError::new(
        Kind::Unreachable,
        &format!("no host named {host} was found"),
        "check the spelling of the address and whether this machine is online",
    )
}

pub(super) fn private(host: &str) -> SourceError {
    SourceError::new(
        Kind::BadAddress,
        &format!("{host} is a private address"),
        "set http.private_addresses = \"allow\" if you trust it with your own network",
    )
}

pub(super) fn no_connection(error: &io::Error, host: &str) -> SourceError {
    let what = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("{host} refuses the connection"),
        io::ErrorKind::TimedOut => format!("{host} did not answer in time"),
        _ => format!("{host} cannot be reached"),
    };
    SourceError::new(Kind::Unreachable, &what, "check the address, its port and whether this machine is online")
}

/// A proxy that streams cannot go through.
pub(super) fn proxy_of_a_kind(scheme: &str) -> SourceError {
    SourceError::new(
        Kind::BadAddress,
        &format!("streams do not go through a proxy of the kind {scheme}"),
        "set HTTPS_PROXY to one that begins with http://, or except the host in NO_PROXY",
    )
}

/// The proxy itself is out of reach.
pub(super) fn no_proxy(error: &io::Error, host: &str) -> SourceError {
    let what = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("the proxy on the way to {host} refuses the connection"),
        _ => format!("the proxy on the way to {host} cannot be reached"),
    };
    SourceError::new(Kind::Unreachable, &what, "check HTTPS_PROXY, or except the host in NO_PROXY")
}

/// The proxy does not let us through.
pub(super) fn of_proxy(status: Option<u16>, host: &str) -> SourceError {
    if status == Some(407) {
        return SourceError::new(
            Kind::Unreachable,
            &format!("the proxy on the way to {host} answered 407 Proxy Authentication Required"),
            PROXY_LOGIN,
        );
    }
    let answered = status.map(|status| format!(" (it answered {status})")).unwrap_or_default();
    SourceError::new(
        Kind::Unreachable,
        &format!("the proxy does not let us through to {host}{answered}"),
        "ask those who run the proxy, or except the host in NO_PROXY",
    )
}

pub(super) fn too_slow(host: &str, patience: Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("{host} did not open the stream within {} s", patience.as_secs()),
        "it will be tried again",
    )
}

pub(super) fn silent(host: &str, since: Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("the stream of {host} went silent {} s ago and does not answer", since.as_secs()),
        "it will be opened again",
    )
}

/// The server ended the stream.
pub(super) fn closed(host: &str, close: Option<CloseFrame>) -> SocketError {
    let code = close.as_ref().map(|close| u16::from(close.code));
    let reason = close.map(|close| close.reason.as_str().to_owned()).unwrap_or_default();
    let mut what = format!("{host} closed the stream");
    if let Some(code) = code {
        what.push_str(&format!(", code {code}"));
        what.push_str(named(code));
    }
    if !reason.trim().is_empty() {
        what.push_str(&format!(" (“{}”)", reason.trim().chars().take(SAID).collect::<String>()));
    }
    let (kind, advice) = match code {
        Some(1008 | 3000 | 3003 | 4401 | 4403) => {
            (Kind::Refused, "it does not let us listen: check the account and the rights of its token")
        }
        Some(1009) => (Kind::TooLarge, "it will be opened again"),
        Some(1013) => (Kind::ServerTrouble, "it is too busy now; it will be opened again"),
        Some(1002 | 1003 | 1007 | 1010) => (Kind::NotUnderstood, "it speaks another version of this interface"),
        Some(1011) => (Kind::ServerTrouble, "trouble at their end; it will be opened again"),
        _ => (Kind::Unreachable, "it will be opened again"),
    };
    // A stream that is closed may be opened again; only what a person must change waits for a person.
    let retry = if kind == Kind::Refused { Retry::Daily } else { Retry::BackOff };
    SocketError::of(Cause::Closed { code, reason }, SourceError::new(kind, &what, advice).retrying(retry))
}

fn named(code: u16) -> &'static str {
    match code {
        1001 => ", going away",
        1008 => ", against its rules",
        1009 => ", a message was too large",
        1011 => ", trouble inside",
        1012 => ", restarting",
        1013 => ", too busy",
        _ => "",
    }
}

/// The connection was made but not turned into a stream.
pub(super) fn of_upgrade(error: Error, host: &str, now: Timestamp) -> SocketError {
    match error {
        Error::Http(response) => refused(&response, host, now),
        Error::Tls(error) => insecure(host, &error.to_string()).into(),
        Error::Io(error) => of_io(&error, host).into(),
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => SourceError::new(
            Kind::NotUnderstood,
            &format!("{host} does not speak the wanted subprotocol"),
            "the server speaks another version of this interface",
        )
        .into(),
        Error::Protocol(ProtocolError::HandshakeIncomplete) => SourceError::new(
            Kind::Unreachable,
            &format!("{host} closed the connection before the stream was open"),
            "it will be tried again",
        )
        .into(),
        _ => no_stream(host, "does not speak WebSocket there").into(),
    }
}

/// The stream was open and broke.
pub(super) fn of_stream(error: &Error, host: &str, limits: &Limits) -> SocketError {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => closed(host, None),
        Error::Capacity(_) => SocketError::of(
            Cause::TooLarge,
            SourceError::new(
                Kind::TooLarge,
                &format!("{host} sent a message of more than {} kB", limits.largest / 1000),
                "it will be opened again",
            )
            .retrying(Retry::BackOff),
        ),
        Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            SourceError::new(Kind::Unreachable, &format!("the stream of {host} broke off"), "it will be opened again")
                .into()
        }
        _ => SourceError::new(
            Kind::NotUnderstood,
            &format!("what {host} sends is no proper stream"),
            "it will be opened again; a box between here and there may disturb it",
        )
        .into(),
    }
}

fn no_stream(host: &str, what: &str) -> SourceError {
    SourceError::new(Kind::NotUnderstood, &format!("{host} {what}"), "check the address of the stream")
}

fn insecure(host: &str, reasons: &str) -> SourceError {
    let reasons = reasons.to_lowercase();
    let reason = [
        ("notvalidyet", ": its certificate is not valid yet"),
        ("not valid yet", ": its certificate is not valid yet"),
        ("notvalidforname", ": its certificate is for another name"),
        ("not valid for name", ": its certificate is for another name"),
        ("unknownissuer", ": its certificate was issued by someone unknown"),
        ("expired", ": its certificate has run out"),
        ("corrupt message", ": it does not speak TLS there"),
        ("invalidcontenttype", ": it does not speak TLS there"),
    ]
    .into_iter()
    .find_map(|(sign, reason)| reasons.contains(sign).then_some(reason))
    .unwrap_or_default();
    SourceError::new(
        Kind::Insecure,
        &format!("no safe connection to {host}{reason}"),
        "check the clock of this machine and the address; the certificate may have run out at their end",
    )
}

/// TLS fails as an input error too; its words tell which it was.
fn of_io(error: &io::Error, host: &str) -> SourceError {
    let words = error.to_string().to_lowercase();
    if words.contains("no native root") {
        return SourceError::new(
            Kind::Local,
            "no safe connection can be made on this machine",
            "install the system's certificates (package ca-certificates)",
        );
    }
    let tls = ["certificate", "tls", "corrupt message", "handshake", "alert"].iter().any(|sign| words.contains(sign));
    if tls || error.kind() == io::ErrorKind::InvalidData {
        return insecure(host, &words);
    }
    SourceError::new(
        Kind::Unreachable,
        &format!("the connection to {host} broke off before the stream was open"),
        "it will be tried again",
    )
}

/// The server answered with a status instead of a stream.
fn refused(response: &Response, host: &str, now: Timestamp) -> SocketError {
    let status = response.status();
    let said = String::from_utf8_lossy(response.body().as_deref().unwrap_or_default()).into_owned();
    let name = status.canonical_reason().unwrap_or_default();
    let mut what = format!("{host} answered {} {name}", status.as_u16()).trim_end().to_owned();
    if let Some(words) = spoken(&said) {
        what.push_str(&format!(" (“{words}”)"));
    }
    let (kind, advice) = advice_for(status.as_u16(), response.headers());
    let mut error = SourceError::new(kind, &what, advice);
    let rate = rate_limit(response.headers(), now);
    match status.as_u16() {
        429 => {
            error = match rate.not_before() {
                Some(at) => error.retrying(Retry::NotBefore(at)).for_whole_host(),
                None => error,
            };
        }
        500.. => {
            if let Some(at) = rate.retry_at {
                error = error.retrying(Retry::NotBefore(at));
            }
        }
        _ => {}
    }
    SocketError::of(Cause::Refused { status: status.as_u16(), said }, error)
}

fn advice_for(status: u16, headers: &HeaderMap) -> (Kind, &'static str) {
    let challenge = headers.get("cf-mitigated").is_some();
    match status {
        _ if challenge => (Kind::Challenge, "a bot check stands before it; another server may let us in"),
        401 | 407 => (Kind::Refused, "it wants a login: log in again or check the token"),
        403 => (Kind::Refused, "it does not let us in: check the account, the rights of its token and the address"),
        404 => (Kind::NotFound, "there is no stream at this address; check it"),
        410 => (Kind::Gone, "the stream was taken down for good; find its new address"),
        429 => (Kind::TooMany, "it will be asked less often"),
        408 | 504 => (Kind::TimedOut, "it was too slow; it will be tried again"),
        511 => (Kind::Unreachable, "your network wants a login first; open a browser and log in"),
        500.. => (Kind::ServerTrouble, "trouble at their end; it will be tried again"),
        300..=399 => (Kind::NotUnderstood, "it sends us elsewhere, which streams do not follow; check the address"),
        200..=299 | 426 => (Kind::NotUnderstood, "it does not speak WebSocket there; check the address of the stream"),
        _ => (Kind::NotUnderstood, "it does not accept how it is asked; check the address"),
    }
}

/// What a refusal says in words: the `message` or `error` of a JSON answer, or a short plain text.
fn spoken(said: &str) -> Option<String> {
    let words = match serde_json::from_str::<serde_json::Value>(said) {
        Ok(json) => ["message", "error_description", "error"]
            .iter()
            .find_map(|key| json.get(key).and_then(serde_json::Value::as_str))
            .map(str::to_owned),
        Err(_) => Some(said.trim().to_owned()).filter(|text| !text.starts_with('<') && text.lines().count() == 1),
    };
    words.map(|words| words.chars().take(SAID).collect::<String>()).filter(|words| !words.trim().is_empty())
}
