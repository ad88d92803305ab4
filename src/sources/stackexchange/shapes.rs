//! What the interface answers, as far as it is used. Everything may be missing.

use serde::Deserialize;

use crate::sources::lenient::{Readable, or_default};

/// Around every answer.
#[derive(Debug, Deserialize)]
#[serde(default, bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub(super) struct Wrapper<T> {
    pub(super) items: Readable<T>,
    #[serde(deserialize_with = "or_default")]
    pub(super) has_more: bool,
    /// Seconds during which the same method is not to be used.
    pub(super) backoff: Option<i64>,
    pub(super) quota_max: Option<f64>,
    pub(super) quota_remaining: Option<f64>,
}

impl<T> Default for Wrapper<T> {
    fn default() -> Self {
        Self { items: Readable::default(), has_more: false, backoff: None, quota_max: None, quota_remaining: None }
    }
}

/// Around every refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) error_id: Option<u64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) error_name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) error_message: String,
    pub(super) backoff: Option<i64>,
    pub(super) quota_max: Option<f64>,
    pub(super) quota_remaining: Option<f64>,
}

/// Somebody. Without a number when the account is gone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) user_id: Option<u64>,
    /// Escaped for HTML.
    #[serde(deserialize_with = "or_default")]
    pub(super) display_name: String,
}

/// What a search found: a question or an answer, and not all of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Excerpt {
    #[serde(deserialize_with = "or_default")]
    pub(super) item_type: String,
    pub(super) question_id: Option<u64>,
    pub(super) answer_id: Option<u64>,
    pub(super) creation_date: Option<i64>,
}

/// A question.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    pub(super) question_id: u64,
    /// Escaped for HTML.
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) body: String,
    pub(super) link: Option<String>,
    pub(super) owner: Option<Owner>,
    pub(super) creation_date: Option<i64>,
    pub(super) last_edit_date: Option<i64>,
    pub(super) locked_date: Option<i64>,
    pub(super) closed_date: Option<i64>,
}

/// An answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    pub(super) answer_id: u64,
    pub(super) question_id: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) body: String,
    pub(super) owner: Option<Owner>,
    pub(super) creation_date: Option<i64>,
    pub(super) last_edit_date: Option<i64>,
    pub(super) locked_date: Option<i64>,
}

/// A comment on a question or an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment {
    pub(super) comment_id: u64,
    pub(super) post_id: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) body: String,
    pub(super) owner: Option<Owner>,
    pub(super) reply_to_user: Option<Owner>,
    pub(super) creation_date: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) edited: bool,
}

/// A question or an answer, of which only that is known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Post {
    pub(super) post_id: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) post_type: String,
    pub(super) creation_date: Option<i64>,
}
