//! What the town says.

use serde::Deserialize;

use crate::domain::{Author, Item, Timestamp, Visibility};
use crate::sources::Published;

/// A person of the town.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub followers: Option<u64>,
}

impl Person {
    pub(super) fn author(self) -> Author {
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        Author {
            native_id: filled(self.id),
            handle: filled(self.handle),
            name: filled(self.name),
            followers: self.followers,
        }
    }
}

/// Our account, and what the town accepts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Me {
    #[serde(flatten)]
    pub person: Person,
    /// Most characters of a post.
    pub longest: Option<usize>,
    /// The same `Idempotency-Key` posts once.
    pub keeps_tokens: bool,
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Post {
    /// How many there were with it.
    pub number: u64,
    pub id: String,
    pub by: Person,
    pub text: String,
    pub at: Option<Timestamp>,
    pub parent: Option<String>,
    pub root: Option<String>,
    pub url: Option<String>,
    pub warning: Option<String>,
    pub lang: Option<String>,
    pub private: bool,
    pub unlisted: bool,
    /// We wrote it.
    pub own: bool,
    /// It answers or names us.
    pub to_us: bool,
}

impl Post {
    pub(super) fn item(self) -> Item {
        Item {
            native_id: self.id,
            url: self.url,
            text: self.text,
            author: self.by.author(),
            claimed: self.at,
            lang: self.lang,
            parent: self.parent,
            root: self.root,
            visibility: match (self.private, self.unlisted) {
                (true, _) => Visibility::Private,
                (false, true) => Visibility::Unlisted,
                (false, false) => Visibility::Public,
            },
            addressed: self.to_us,
            own: self.own,
            content_warning: self.warning,
            ..Item::default()
        }
    }

    pub(super) fn published(self) -> Published {
        Published { native_id: self.id, url: self.url, at: self.at, remarks: Vec::new() }
    }
}
