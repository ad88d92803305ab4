//! What a source saw, before anything is made of it. Every text in here is foreign and uncleaned.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Who may read a post where it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Anybody.
    #[default]
    Public,
    /// Anybody who has the link; the network does not list it.
    Unlisted,
    /// Only some people: such a post is in no statistic, alert, webhook or default export.
    Private,
}

impl Visibility {
    /// The narrower of two: what one source said is not public does not become public by another.
    #[must_use]
    pub fn narrower(self, other: Self) -> Self {
        match (self, other) {
            (Self::Private, _) | (_, Self::Private) => Self::Private,
            (Self::Unlisted, _) | (_, Self::Unlisted) => Self::Unlisted,
            (Self::Public, Self::Public) => Self::Public,
        }
    }
}

/// Where an answer to a post can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answerable {
    /// Wherever its source can publish; else in the browser.
    #[default]
    AsSource,
    /// Only in the browser, though its source can publish (the network wants a person, or more rights).
    InBrowser,
    /// Nowhere: closed, archived, or its author lets nobody answer.
    Nowhere,
}

/// The author of an item as the source names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Author {
    /// The network's own id for the account. People are recognised by it, never by the handle, where it is known.
    pub native_id: Option<String>,
    /// What people type to address the author, without a leading `@`.
    pub handle: Option<String>,
    /// The name that is displayed.
    pub name: Option<String>,
    /// Followers, when the network tells.
    pub followers: Option<u64>,
}

/// One post or entry as a source saw it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Stable identity within the source.
    pub native_id: String,
    /// Other identities under which the same item may appear when a feed changes its ids: link, title and date.
    pub aliases: Vec<String>,
    /// Where a person can read it.
    pub url: Option<String>,
    /// Its headline, where the kind of source has one.
    pub title: Option<String>,
    /// Its words as plain text (markup already turned into text), original otherwise.
    pub text: String,
    /// Who wrote it.
    pub author: Author,
    /// The time that it claims to have been published.
    pub claimed: Option<Timestamp>,
    /// The time that it claims to have been edited, when it differs.
    pub edited: Option<Timestamp>,
    /// Language as claimed by the source (BCP 47).
    pub lang: Option<String>,
    /// Addresses that the post links to.
    pub links: Vec<String>,
    /// Descriptions of its images (alt texts).
    pub image_descriptions: Vec<String>,
    /// Native id of the post that it answers.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// Native id or address of the post that it repeats.
    pub repost_of: Option<String>,
    /// How often it was reposted so far, when the network tells.
    pub reposts: Option<u64>,
    /// Who may read it.
    pub visibility: Visibility,
    /// It addresses one of the brand's accounts, whether or not a watch matches.
    pub addressed: bool,
    /// The brand itself wrote it (recognised by account id).
    pub own: bool,
    /// The author took it down.
    pub deleted: bool,
    /// Where an answer can be given.
    pub answerable: Answerable,
    /// The warning that its author put before it, where the network has such.
    pub content_warning: Option<String>,
}

impl Item {
    /// Content warning, title and text as one piece, for matching and reading.
    pub fn full_text(&self) -> String {
        let heads = [self.content_warning.as_deref(), self.title.as_deref()].into_iter().flatten();
        let mut whole = String::new();
        for piece in heads.chain([self.text.as_str()]).filter(|piece| !piece.is_empty()) {
            if !whole.is_empty() {
                whole.push_str("\n\n");
            }
            whole.push_str(piece);
        }
        whole
    }
}
