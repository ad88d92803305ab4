//! Knows networks, and nothing else: how to ask them, politely, and how to turn their answers into items.
//!
//! Three traits over a shared account: [`Listen`] (poll or stream), [`Publish`] and [`Lookup`]. One file or
//! folder per network. This room may use the network; it knows the vocabulary of `domain` and no other room.

mod account;
mod again;
pub mod api;
mod attendance;
pub mod bluesky;
mod discourse;
mod error;
pub mod exec;
pub mod feed;
pub mod file;
mod github;
pub mod hackernews;
pub mod http;
pub mod jetstream;
pub mod lemmy;
mod lenient;
mod login;
pub mod mastodon;
pub mod ndjson;
pub mod networks;
mod newest;
mod odd;
mod outgoing;
pub mod parts;
mod recheck;
pub mod reddit;
pub mod search;
mod settings;
mod since;
#[cfg(test)]
mod since_tests;
pub mod socket;
pub mod sse;
mod stackexchange;
mod town;
pub mod webhook;
mod youtube;

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Capabilities, Item, Meter, Network, Timestamp};

pub use account::{Credentials, MemoryCredentials};
pub use error::{Retry, SourceError, SourceErrorKind};
pub use login::{LoggedIn, Login, LoginRequest, Person};
pub use outgoing::{Count, Fate, Outgoing, OwnPosts, PublishError, Published, TextRules};
pub use settings::{SourceSettings, Tools};

/// What one poll, or one bounded piece of a stream, brought.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Everything that the answer held, new or not; the store tells which is new.
    pub items: Vec<Item>,
    /// Authors (native ids) who deleted their accounts for good: whatever they wrote is gone with them, and no
    /// deletion of single posts is told. Nobody whose account may come back.
    pub gone: Vec<String>,
    /// Where the source is left once the items are committed. Opaque to everyone else.
    pub cursor: String,
    /// The answer said that nothing changed (304, or the same bytes): `items` is empty.
    pub unchanged: bool,
    /// The server asks not to be asked again for this long (max-age, ttl); a wish within the configured bounds.
    pub rest: Option<SignedDuration>,
    /// More is waiting: poll again at once (paging, streams).
    pub more: bool,
    /// How far a stream is behind what is published, where it can tell.
    pub behind: Option<SignedDuration>,
    /// What a person should know though it worked: moved for good, entries skipped, repaired markup.
    pub remarks: Vec<String>,
    /// What the network counts of our use of it.
    pub meters: Vec<Meter>,
}

/// Hears what is published at one place.
#[async_trait]
pub trait Listen: Send {
    /// Asks once. `cursor` is what the last committed batch left, empty the first time; to a stream that goes on it is
    /// what its last batch left, which need not be committed yet. Cancel-safe: dropping the future loses nothing that
    /// was not committed.
    ///
    /// # Errors
    /// [`SourceError`] with what happened, what to do about it and when to try again.
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError>;

    /// Fills in what the network tells of authors only when asked (handle, name, followers), for items that have
    /// become mentions. What cannot be had stays empty; it never fails.
    async fn name_authors(&mut self, _authors: &mut [Author], _now: Timestamp) {}

    /// Lets go of connections that are kept open between polls: all traffic is paused, or another process collects.
    /// The next poll connects again.
    fn hang_up(&mut self) {}

    /// What this source can do.
    fn capabilities(&self) -> Capabilities;

    /// Host that it talks to, for limits and messages. Never holds credentials.
    fn host(&self) -> &str;
}

/// Publishes posts and replies under one account. Its requests go before those of polling.
#[async_trait]
pub trait Publish: Send + Sync {
    /// Publishes, at most once for one token as far as the network allows.
    ///
    /// # Errors
    /// [`PublishError`]; its fate says whether trying again is safe.
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError>;

    /// Looks whether something whose fate is uncertain was published after all, since the moment of the attempt.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError>;

    /// What the network accepts as a text.
    ///
    /// # Errors
    /// [`SourceError`] when the network must be asked and cannot be.
    async fn rules(&self, now: Timestamp) -> Result<TextRules, SourceError>;

    /// The account that it publishes under.
    ///
    /// # Errors
    /// [`SourceError`] when the network must be asked and cannot be.
    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError>;
}

/// Looks things up at a network, on demand.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The thread around a post, oldest first.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError>;
    /// A person by native id or handle.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError>;
    /// Our own newest posts and replies, newest first.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError>;
    /// A page of our own posts and replies, going back in time, for the books; `place` is where the page before said
    /// that the next one begins, empty at first. Nobody waits for it: it goes behind everything else that is asked.
    ///
    /// # Errors
    /// [`SourceError`] when the network cannot be asked.
    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        // Where a network has no pages, its newest are all that can be had.
        let items = if place.is_empty() { self.own_recent(OwnPage::USUAL, now).await? } else { Vec::new() };
        Ok(OwnPage { items, next: None })
    }
}

/// A page of our own posts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwnPage {
    /// The posts, deleted ones left out.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` when the network shows nothing older.
    pub next: Option<String>,
}

impl OwnPage {
    /// Posts on a page, where one may choose.
    pub const USUAL: u32 = 50;
}

/// One source, ready to be polled by the collector, with what else its account can do.
pub struct Source {
    /// Its name, from the configuration.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Sources of the same scope give the same post the same native id: what one has shown, another need not
    /// bring again. `None`: its ids mean nothing to others.
    pub scope: Option<String>,
    /// Every item is a mention of the brand, whatever the watches say (an alert feed that filtered already).
    pub everything: bool,
    /// Shortest interval between two polls.
    pub shortest: SignedDuration,
    /// Longest interval between two polls.
    pub longest: SignedDuration,
    /// How it listens.
    pub listen: Box<dyn Listen>,
    /// How it publishes, when it can.
    pub publish: Option<Arc<dyn Publish>>,
    /// How things are looked up there, when they can be.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// The secrets of its account: what the network refuses is fetched anew, and what is kept anew is noticed.
    pub credentials: Option<Arc<dyn Credentials>>,
}

impl Source {
    /// A source that listens, with the intervals of its settings.
    pub fn listening(settings: &SourceSettings, listen: Box<dyn Listen>) -> Self {
        Self {
            name: settings.name.clone(),
            network: settings.network.clone(),
            scope: None,
            everything: settings.everything,
            shortest: settings.shortest,
            longest: settings.longest,
            listen,
            publish: None,
            lookup: None,
            credentials: None,
        }
    }
}
