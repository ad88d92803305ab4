//! What the REST interface answers, as far as it is used. Everything may be missing.

use serde::Deserialize;

use crate::sources::lenient::{Readable, or_default};

/// Somebody with an account. `null` where the account is gone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) id: Option<u64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) login: String,
    pub(super) name: Option<String>,
    pub(super) followers: Option<u64>,
}

/// An issue or a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Issue {
    pub(super) number: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) html_url: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository_url: String,
    pub(super) user: Option<User>,
    #[serde(deserialize_with = "or_default")]
    pub(super) locked: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) comments: u64,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) pull_request: Option<serde_json::Value>,
}

/// A comment on an issue, a pull request, or one of its lines.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Option<String>,
    pub(super) body_html: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) html_url: String,
    pub(super) issue_url: Option<String>,
    pub(super) pull_request_url: Option<String>,
    /// Of a comment on a line: the comment that it answers.
    pub(super) in_reply_to_id: Option<u64>,
    pub(super) user: Option<User>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
}

/// `search/issues`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    #[serde(deserialize_with = "or_default")]
    pub(super) incomplete_results: bool,
    pub(super) items: Readable<Issue>,
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Repository {
    #[serde(deserialize_with = "or_default")]
    pub(super) full_name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) private: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) archived: bool,
}

/// A notification: something happened in a thread.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notification {
    /// Why we are told: `mention`, `author`, `comment`, `team_mention`, `subscribed`, …
    #[serde(deserialize_with = "or_default")]
    pub(super) reason: String,
    pub(super) updated_at: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) subject: Subject,
    #[serde(deserialize_with = "or_default")]
    pub(super) repository: Repository,
}

/// The thread of a notification.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Subject {
    /// Its address in the interface; missing for discussions.
    pub(super) url: Option<String>,
    /// `Issue`, `PullRequest`, `Discussion`, `Commit`, `Release`, …
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
}
