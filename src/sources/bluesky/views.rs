//! What the AppView shows: posts, authors, notifications and threads (lexicons `app.bsky.feed.defs`,
//! `app.bsky.actor.defs`, `app.bsky.notification.listNotifications`), and the items that they make.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::{Answerable, Author, Item, Timestamp};
use crate::sources::{SourceError, SourceErrorKind};

use super::record::{PostRecord, lenient, moment, post_parts, usable_handle};

/// An author.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Profile {
    /// Lasting id.
    pub(super) did: String,
    /// Present handle.
    pub(super) handle: String,
    #[serde(deserialize_with = "lenient")]
    display_name: Option<String>,
    /// In detailed profiles only.
    #[serde(deserialize_with = "lenient")]
    followers_count: Option<u64>,
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PostView {
    /// Its at-uri.
    pub(super) uri: String,
    /// The hash of its content.
    pub(super) cid: String,
    pub(super) author: Profile,
    /// The record itself; a notification's too.
    pub(super) record: PostRecord,
    #[serde(deserialize_with = "lenient")]
    indexed_at: String,
    #[serde(deserialize_with = "lenient")]
    repost_count: Option<u64>,
    /// What is between it and the account that asks.
    #[serde(deserialize_with = "lenient")]
    pub(super) viewer: Viewer,
    /// Why a notification was made: `mention`, `reply`, `quote`, `like`, ...
    #[serde(deserialize_with = "lenient")]
    pub(super) reason: String,
}

/// What is between a post and the account that asks.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Viewer {
    /// Its thread takes no reply of the account (threadgate).
    pub(super) reply_disabled: bool,
    /// It lets itself not be quoted (postgate).
    pub(super) embedding_disabled: bool,
}

/// A list, each entry of which is read by itself. Which of the fields is there depends on the method.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Posts {
    /// Posts of a search or of `getPosts`.
    pub(super) posts: Option<Vec<Value>>,
    /// Notifications.
    pub(super) notifications: Option<Vec<Value>>,
    /// Posts of a feed.
    pub(super) feed: Option<Vec<Value>>,
    /// Profiles.
    pub(super) profiles: Option<Vec<Value>>,
    /// Where the next page begins.
    #[serde(deserialize_with = "lenient")]
    pub(super) cursor: Option<String>,
}

/// A post in a feed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FeedPost {
    /// The post.
    pub(super) post: PostView,
    /// Why it is there, when it is not its author's posting of it: a repost, a pin.
    pub(super) reason: Option<Value>,
}

/// A node of a thread; what it is stands in `$type`, and in what it holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Node {
    /// The post, when it may be seen.
    #[serde(deserialize_with = "lenient")]
    pub(super) post: Option<PostView>,
    /// What it answers.
    #[serde(deserialize_with = "lenient")]
    pub(super) parent: Option<Box<Node>>,
    /// What answers it.
    #[serde(deserialize_with = "lenient")]
    pub(super) replies: Vec<Node>,
    /// The at-uri of a post that may not be seen.
    #[serde(deserialize_with = "lenient")]
    pub(super) uri: String,
    /// It does not exist, or no longer.
    #[serde(deserialize_with = "lenient")]
    pub(super) not_found: bool,
    /// Its author blocks the account, or the account its author.
    #[serde(deserialize_with = "lenient")]
    pub(super) blocked: bool,
}

/// Every entry of a list that is what it should be, and how many are not.
///
/// # Errors
/// When there is no list: then it is not the answer to what was asked.
pub(super) fn readable<T: DeserializeOwned>(values: Option<Vec<Value>>) -> Result<(Vec<T>, usize), SourceError> {
    let values = values.ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::NotUnderstood,
            "the server's answer holds no list where one belongs",
            "it will be asked again; if it stays so, the server speaks another version",
        )
    })?;
    let all = values.len();
    let read: Vec<T> = values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
    let unread = all - read.len();
    Ok((read, unread))
}

impl Profile {
    /// The author.
    pub(super) fn author(&self) -> Author {
        Author {
            native_id: (!self.did.is_empty()).then(|| self.did.clone()),
            handle: usable_handle(&self.handle).map(str::to_owned),
            name: self.display_name.clone().filter(|name| !name.trim().is_empty()),
            followers: self.followers_count,
        }
    }
}

/// Whether a post of this at-uri is the account's.
fn is_by(uri: &str, did: &str) -> bool {
    post_parts(uri).is_some_and(|(account, _)| account == did)
}

impl PostView {
    /// A post of which nothing is known but what is stored.
    pub(super) fn stored(uri: String, cid: String, record: PostRecord) -> Self {
        Self { uri, cid, record, ..Self::default() }
    }

    /// When the AppView saw it.
    pub(super) fn indexed(&self) -> Option<Timestamp> {
        moment(&self.indexed_at)
    }

    /// The time that the network sorts it by: the claimed one, but not later than when it was seen.
    pub(super) fn sorted(&self) -> Option<Timestamp> {
        self.record.claimed(self.indexed())
    }

    /// Whether it is a post at all: notifications tell of likes and follows too.
    pub(super) fn is_post(&self) -> bool {
        post_parts(&self.uri).is_some()
    }

    /// The item that it makes for the account `own`.
    pub(super) fn item(&self, own: &str) -> Item {
        let plain = self.record.item(&self.uri, Some(&self.author.handle), self.indexed());
        let by_us = self.author.did == own || is_by(&self.uri, own);
        let to_us = self.record.mentioned().any(|did| did == own)
            || plain.parent.as_deref().is_some_and(|parent| is_by(parent, own))
            || self.record.quoted().is_some_and(|quoted| is_by(quoted, own));
        let author = self.author.author();
        Item {
            author: Author { native_id: author.native_id.or(plain.author.native_id), ..author },
            reposts: self.repost_count,
            own: by_us,
            addressed: to_us && !by_us,
            answerable: if self.viewer.reply_disabled { Answerable::Nowhere } else { Answerable::AsSource },
            ..plain
        }
    }
}
