//! What a forum answers, as far as it is used. Everything may be missing.

use serde::Deserialize;

use crate::sources::lenient::{Readable, or_default};

/// One post, as in `posts.json`, a topic, and the answer to a new one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Post {
    pub(super) id: u64,
    pub(super) topic_id: u64,
    pub(super) post_number: u64,
    pub(super) user_id: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) username: String,
    pub(super) name: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    /// How often it was changed, from 1.
    pub(super) version: Option<u64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) cooked: String,
    pub(super) raw: Option<String>,
    pub(super) post_type: Option<u64>,
    pub(super) topic_title: Option<String>,
    pub(super) category_id: Option<i64>,
    pub(super) reply_to_post_number: Option<u64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) hidden: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) user_deleted: bool,
    pub(super) deleted_at: Option<String>,
}

/// `posts.json` and `private-posts.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LatestPosts {
    #[serde(alias = "private_posts")]
    pub(super) latest_posts: Readable<Post>,
}

/// `search.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    pub(super) posts: Readable<Hit>,
    #[serde(deserialize_with = "or_default")]
    pub(super) grouped_search_result: FoundMeta,
}

/// What a search says about itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FoundMeta {
    #[serde(deserialize_with = "or_default")]
    pub(super) more_full_page_results: bool,
    pub(super) error: Option<String>,
}

/// A post that a search found: only the beginning of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hit {
    pub(super) id: u64,
    pub(super) topic_id: u64,
    pub(super) post_number: u64,
}

/// `/t/ID.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Topic {
    pub(super) id: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) archetype: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) closed: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) archived: bool,
    pub(super) category_id: Option<i64>,
    pub(super) user_id: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) post_stream: PostStream,
}

/// The posts of a topic: some of them whole, all of them by their id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PostStream {
    pub(super) posts: Readable<Post>,
    #[serde(deserialize_with = "or_default")]
    pub(super) stream: Vec<u64>,
}

/// `/t/ID/posts.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MorePosts {
    #[serde(deserialize_with = "or_default")]
    pub(super) post_stream: PostStream,
}

/// `notifications.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notifications {
    pub(super) notifications: Readable<Notification>,
    pub(super) total_rows_notifications: Option<u64>,
}

/// One of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notification {
    pub(super) id: u64,
    pub(super) notification_type: u64,
    pub(super) topic_id: Option<u64>,
    pub(super) post_number: Option<u64>,
}

/// `user_actions.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UserActions {
    pub(super) user_actions: Readable<UserAction>,
}

/// One thing that somebody wrote.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct UserAction {
    pub(super) post_id: Option<u64>,
    pub(super) topic_id: u64,
    pub(super) post_number: u64,
    pub(super) created_at: Option<String>,
}

/// `session/current.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Session {
    pub(super) current_user: Option<User>,
}

/// `/u/NAME.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) user: Option<User>,
}

/// Somebody with an account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) id: i64,
    #[serde(deserialize_with = "or_default")]
    pub(super) username: String,
    pub(super) name: Option<String>,
}

/// `site/settings.json`: what everybody may know of how the forum is set up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SiteSettings {
    pub(super) login_required: Option<bool>,
    pub(super) min_post_length: Option<usize>,
    pub(super) max_post_length: Option<usize>,
    pub(super) min_search_term_length: Option<usize>,
}

/// `site.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Site {
    pub(super) categories: Readable<Category>,
}

/// One category.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Category {
    pub(super) id: i64,
    #[serde(deserialize_with = "or_default")]
    pub(super) read_restricted: bool,
}

/// The answer to a new post: the post itself, the post in a wrapping, or word that a moderator looks at it first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Created {
    pub(super) action: Option<String>,
    pub(super) post: Option<Post>,
    pub(super) pending_post: Option<Pending>,
    #[serde(flatten)]
    pub(super) bare: Post,
}

/// A post that waits for a moderator.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pending {
    pub(super) id: u64,
}
