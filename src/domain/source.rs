//! What is known of a source: the kind of place, what it can do, and how it fares.

use serde::{Deserialize, Serialize};

use super::clean::SafeText;
use super::ids::SourceId;
use super::time::{SignedDuration, Timestamp};

/// The kind of place that a source reads. Open: a new network is a new name, not a new type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(std::borrow::Cow<'static, str>);

impl Network {
    /// RSS, Atom and JSON feeds.
    pub const FEED: Self = Self(std::borrow::Cow::Borrowed("feed"));
    /// Mentions that were imported from a file.
    pub const IMPORT: Self = Self(std::borrow::Cow::Borrowed("import"));

    /// A network whose name is known when the program is built; lower case.
    pub const fn fixed(name: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(name))
    }

    /// The network of this name; lower-cased.
    pub fn named(name: &str) -> Self {
        match name {
            "feed" => Self::FEED,
            "import" => Self::IMPORT,
            other => Self(std::borrow::Cow::Owned(other.to_lowercase())),
        }
    }

    /// Its name, as in queries.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a source can do. The screen asks this, never the network's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// It pushes items instead of being asked.
    pub streams: bool,
    /// Posts and replies can be published through it.
    pub publishes: bool,
    /// Threads, people and own posts can be looked up.
    pub looks_up: bool,
    /// It tells when an author deletes.
    pub tells_deletions: bool,
}

/// What a network counts of our use of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// What is counted, in a word or two: "requests", "units today", "writes", "spent".
    pub name: String,
    /// Used so far.
    pub used: f64,
    /// Most that is granted, when that is known.
    pub limit: Option<f64>,
    /// The currency (ISO 4217) when it is money; `None` for a plain count.
    pub currency: Option<String>,
    /// When the count begins anew.
    pub resets: Option<Timestamp>,
}

impl Meter {
    /// The share that is used, 0 to 1; `None` without a limit.
    pub fn share(&self) -> Option<f64> {
        let limit = self.limit.filter(|limit| *limit > 0.0)?;
        Some((self.used / limit).clamp(0.0, 1.0))
    }
}

/// How a source fares, in the order of worry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceHealth {
    /// Not asked yet.
    New,
    /// The last poll worked.
    Working,
    /// It works, but brought nothing for much longer than its habit.
    Silent,
    /// Nothing failed: it is left alone until its count starts anew, so that enough is left for replies.
    Waiting,
    /// The last poll failed; it will be asked again.
    Failing,
    /// It will not be asked again until a person does something (gone, or credentials refused).
    Stopped,
}

/// What the store remembers of a source, for the collector and for the sources view.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceState {
    /// Its number.
    pub id: SourceId,
    /// Its name, from the configuration.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Where the source was left; opaque, written by the source itself. Empty before the first poll.
    pub cursor: String,
    /// How it fares.
    pub health: SourceHealth,
    /// What went wrong the last time and what to do about it; empty when it works.
    pub trouble: SafeText,
    /// Failures in a row.
    pub failures: u32,
    /// When it was last asked.
    pub polled: Option<Timestamp>,
    /// When it last answered well.
    pub answered: Option<Timestamp>,
    /// When it last brought an item that was new.
    pub fresh: Option<Timestamp>,
    /// When it is asked next.
    pub next: Option<Timestamp>,
    /// The present interval between two polls.
    pub interval: Option<SignedDuration>,
    /// Mentions that came from it.
    pub mentions: u64,
    /// What its network counts of our use, as last told.
    pub meters: Vec<Meter>,
    /// It is a stream, and was connected when it was last stored: it is not asked, it tells.
    pub live: bool,
    /// How far back our own posts were fetched; `None` where that was not begun.
    pub own_history: Option<OwnHistory>,
}

/// How far back our own posts of an account were fetched, beyond what listening brings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnHistory {
    /// Where the next page begins; opaque, written by the source itself.
    pub place: String,
    /// When the oldest that was fetched was published.
    pub reached: Option<Timestamp>,
    /// Posts that were fetched.
    pub posts: u64,
    /// Nothing older is wanted, or the network shows nothing older.
    pub done: bool,
}
