//! Knows networks, and nothing else: how to ask them, politely, and how to turn their answers into items.
//!
//! Three traits over a shared account: [`Listen`] (poll or stream), [`Publish`] and [`Lookup`]. One file or
//! folder per network. This room may use the network; it knows the vocabulary of `domain` and no other room.

mod error;
pub mod feed;
pub mod http;
pub mod search;

use async_trait::async_trait;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Capabilities, Item, Network, Timestamp, Visibility};

pub use error::{Retry, SourceError, SourceErrorKind};

/// What one poll, or one bounded piece of a stream, brought.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Everything that the answer held, new or not; the store tells which is new.
    pub items: Vec<Item>,
    /// Where the source is left once the items are committed. Opaque to everyone else.
    pub cursor: String,
    /// The answer said that nothing changed (304, or the same bytes): `items` is empty.
    pub unchanged: bool,
    /// The server asks not to be asked again for this long (max-age, ttl); a wish within the configured bounds.
    pub rest: Option<SignedDuration>,
    /// More is waiting: poll again at once (paging, streams).
    pub more: bool,
    /// What a person should know though it worked: moved for good, entries skipped, repaired markup.
    pub remarks: Vec<String>,
}

/// Hears what is published at one place.
#[async_trait]
pub trait Listen: Send {
    /// Asks once. `cursor` is what the last committed batch left, empty the first time. Cancel-safe: dropping
    /// the future loses nothing that was not committed.
    ///
    /// # Errors
    /// [`SourceError`] with what happened, what to do about it and when to try again.
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError>;

    /// What this source can do.
    fn capabilities(&self) -> Capabilities;

    /// Host that it talks to, for limits and messages. Never holds credentials.
    fn host(&self) -> &str;
}

/// Something that we are about to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The words.
    pub text: String,
    /// Native id of the post that it answers; `None` for a post of our own.
    pub parent: Option<String>,
    /// Native id of the first post of the thread.
    pub root: Option<String>,
    /// Who may read it; never wider than what it answers.
    pub visibility: Visibility,
    /// Language of the words (BCP 47).
    pub lang: Option<String>,
    /// Made before the first attempt and stored with it: the network's means against publishing twice.
    pub token: String,
}

/// What the network says of something that we published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its native id.
    pub native_id: String,
    /// Where a person can read it.
    pub url: Option<String>,
    /// When the network says that it was published.
    pub at: Timestamp,
}

/// Publishes posts and replies under one account.
#[async_trait]
pub trait Publish: Send + Sync {
    /// Publishes, at most once for one token as far as the network allows.
    ///
    /// # Errors
    /// [`SourceError`]; its `retry` says whether the fate is known and trying again is safe.
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, SourceError>;
}

/// Looks things up at a network, on demand.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The thread around a post, oldest first.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn thread(&self, native_id: &str) -> Result<Vec<Item>, SourceError>;
    /// A person by native id or handle.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn person(&self, id_or_handle: &str) -> Result<Option<Author>, SourceError>;
    /// Our own newest posts and replies, newest first.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn own_recent(&self, limit: u32) -> Result<Vec<Item>, SourceError>;
}

/// One source, ready to be polled by the collector.
pub struct Source {
    /// Its name, from the configuration.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Every item is a mention of the brand, whatever the watches say (an alert feed that filtered already).
    pub everything: bool,
    /// Shortest interval between two polls.
    pub shortest: SignedDuration,
    /// Longest interval between two polls.
    pub longest: SignedDuration,
    /// How it listens.
    pub listen: Box<dyn Listen>,
}
