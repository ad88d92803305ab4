//! What the interface answers, as far as it is used. Everything may be missing.

use serde::Deserialize;

use crate::sources::lenient::{Readable, or_default};

/// A page of a list.
#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub(super) struct Page<T> {
    pub(super) items: Readable<T>,
    pub(super) next_page_token: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Readable::default(), next_page_token: None }
    }
}

/// A comment and some of its replies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Thread {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) snippet: ThreadSnippet,
    #[serde(deserialize_with = "or_default")]
    pub(super) replies: Replies,
}

/// What a thread says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ThreadSnippet {
    /// Whose video it is below.
    pub(super) channel_id: Option<String>,
    pub(super) video_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) top_level_comment: Comment,
    pub(super) can_reply: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(super) total_reply_count: u64,
    pub(super) is_public: Option<bool>,
}

/// At most five replies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Replies {
    #[serde(deserialize_with = "or_default")]
    pub(super) comments: Vec<Comment>,
}

/// A comment or a reply.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) snippet: CommentSnippet,
}

/// What is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CommentSnippet {
    #[serde(deserialize_with = "or_default")]
    pub(super) text_display: String,
    /// As it was typed; only its author is told.
    pub(super) text_original: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) author_display_name: String,
    pub(super) author_channel_id: Option<Value>,
    pub(super) parent_id: Option<String>,
    pub(super) video_id: Option<String>,
    pub(super) published_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) moderation_status: Option<String>,
}

/// An id in its wrapping.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Value {
    pub(super) value: Option<String>,
}

/// A channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Channel {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) snippet: ChannelSnippet,
    #[serde(deserialize_with = "or_default")]
    pub(super) statistics: Statistics,
}

/// What a channel says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ChannelSnippet {
    pub(super) title: Option<String>,
    /// The handle, with its `@`.
    pub(super) custom_url: Option<String>,
}

/// What is counted of a channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Statistics {
    /// A number in letters.
    pub(super) subscriber_count: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) hidden_subscriber_count: bool,
}
