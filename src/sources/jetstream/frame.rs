//! What a server sends, on either wire: the JSON lines of `/subscribe` (frozen since its first version) and the
//! messages of `network.bsky.jetstream.subscribeEvents` (subprotocol `xrpc.v1.json`). Both become one [`Frame`].

use std::borrow::Cow;

use serde::Deserialize;

use crate::domain::Timestamp;
use crate::sources::bluesky::record::PostRecord;

/// Which of the two wires is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// `/subscribe`.
    Lines,
    /// `/xrpc/network.bsky.jetstream.subscribeEvents`.
    Events,
}

/// One frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Frame<'a> {
    /// Something happened on the network.
    Event {
        /// The account to which it happened.
        did: Cow<'a, str>,
        /// When the server saw it, in microseconds since 1970. Never 0 or below.
        time: i64,
        /// What it was.
        what: What<'a>,
    },
    /// The server has something to say of the stream itself.
    Notice {
        /// Its name for it: `OutdatedCursor`, `FutureCursor`.
        name: Cow<'a, str>,
    },
    /// The server ends the stream and says why.
    Fault {
        /// Its name for it: `ConsumerTooSlow`.
        name: Cow<'a, str>,
        /// Its words.
        message: Cow<'a, str>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What<'a> {
    /// A record was written.
    Written {
        /// Where it stands.
        key: Key<'a>,
        /// It was there before.
        again: bool,
        /// The post. `None` when the record is of another kind.
        record: Option<Box<PostRecord>>,
    },
    /// A record was taken down.
    Deleted {
        /// Where it stood.
        key: Key<'a>,
    },
    /// The account's handle, or its home, changed.
    Identity {
        /// The handle, when the server knows it.
        handle: Option<Cow<'a, str>>,
    },
    /// Whether the account can be seen changed.
    Account {
        /// It was deleted, for good.
        deleted: bool,
    },
    /// Nothing that we have a use for.
    Other,
}

/// Where a record stands in its repository, and in which of its revisions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Key<'a> {
    pub collection: Cow<'a, str>,
    pub rkey: Cow<'a, str>,
    pub rev: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    did: Cow<'a, str>,
    time_us: i64,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    commit: Option<Commit<'a>>,
    #[serde(borrow)]
    identity: Option<Identity<'a>>,
    #[serde(borrow)]
    account: Option<Account<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Commit<'a> {
    #[serde(borrow)]
    rev: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    collection: Cow<'a, str>,
    #[serde(borrow)]
    rkey: Cow<'a, str>,
    record: Option<Box<PostRecord>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identity<'a> {
    #[serde(borrow)]
    handle: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Account<'a> {
    active: bool,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow, rename = "$type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    payload: Option<Payload<'a>>,
    #[serde(borrow)]
    error: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload<'a> {
    #[serde(borrow, rename = "$type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    did: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow, rename = "witnessedAt")]
    witnessed_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    rev: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    collection: Cow<'a, str>,
    #[serde(borrow)]
    rkey: Cow<'a, str>,
    record: Option<Box<PostRecord>>,
    #[serde(borrow)]
    identity: Option<Identity<'a>>,
    #[serde(borrow)]
    account: Option<Account<'a>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// Reads one frame. `None` when it is none, or tells neither account nor time.
pub(super) fn read(text: &str, wire: Wire) -> Option<Frame<'_>> {
    match wire {
        Wire::Lines => line(serde_json::from_str(text).ok()?),
        Wire::Events => {
            let envelope: Envelope<'_> = serde_json::from_str(text).ok()?;
            if envelope.kind == "error" {
                return Some(Frame::Fault { name: envelope.error, message: envelope.message });
            }
            message(envelope.payload?)
        }
    }
}

fn line(line: Line<'_>) -> Option<Frame<'_>> {
    let what = match (&*line.kind, line.commit) {
        ("commit", Some(commit)) => {
            let key = Key { collection: commit.collection, rkey: commit.rkey, rev: commit.rev };
            written(&commit.operation, key, commit.record)
        }
        ("identity", _) => identity(line.identity),
        ("account", _) => account(line.account),
        _ => What::Other,
    };
    event(line.did, line.time_us, what)
}

fn message(payload: Payload<'_>) -> Option<Frame<'_>> {
    let name = payload.kind.rsplit('#').next().unwrap_or_default();
    if name == "info" {
        return Some(Frame::Notice { name: payload.name });
    }
    let what = match name {
        "commit" => {
            let key = Key { collection: payload.collection, rkey: payload.rkey, rev: payload.rev };
            written(&payload.operation, key, payload.record)
        }
        "identity" => identity(payload.identity),
        "account" => account(payload.account),
        _ => What::Other,
    };
    // The moment at which the server saw it is the one that a cursor means.
    let time = payload.witnessed_at.unwrap_or(payload.time).parse::<Timestamp>().ok()?;
    event(payload.did, time.as_microsecond(), what)
}

fn event<'a>(did: Cow<'a, str>, time: i64, what: What<'a>) -> Option<Frame<'a>> {
    (time > 0 && did.starts_with("did:")).then_some(Frame::Event { did, time, what })
}

fn written<'a>(operation: &str, key: Key<'a>, record: Option<Box<PostRecord>>) -> What<'a> {
    match operation {
        "create" => What::Written { key, again: false, record },
        "update" => What::Written { key, again: true, record },
        "delete" => What::Deleted { key },
        _ => What::Other,
    }
}

fn identity(identity: Option<Identity<'_>>) -> What<'_> {
    What::Identity { handle: identity.and_then(|identity| identity.handle) }
}

/// Only a deletion is for good; an account that was deactivated, suspended or taken down may come back.
fn account(account: Option<Account<'_>>) -> What<'_> {
    What::Account {
        deleted: account.is_some_and(|account| !account.active && account.status.as_deref() == Some("deleted")),
    }
}
