//! What servers of this family answer with, as far as it is used (docs.joinmastodon.org/entities). Read leniently: a
//! field that is missing, null or of another type is as good as empty, and ids may come as numbers.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A field that may be anything: what cannot be read is the default.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A list of which the entries that cannot be read are left out.
fn each<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(entries) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

/// An id: opaque text, though some servers write numbers.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    })
}

/// An id that may be missing.
fn id_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    id(deserializer).map(|id| Some(id).filter(|id| !id.is_empty()))
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(deserialize_with = "lenient")]
    pub uri: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub account: Account,
    #[serde(deserialize_with = "id_if_any")]
    pub in_reply_to_id: Option<String>,
    #[serde(deserialize_with = "id_if_any")]
    pub in_reply_to_account_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub reblog: Option<Box<Status>>,
    #[serde(deserialize_with = "lenient")]
    pub content: String,
    #[serde(deserialize_with = "lenient")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub edited_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub visibility: String,
    #[serde(deserialize_with = "lenient")]
    pub spoiler_text: String,
    #[serde(deserialize_with = "lenient")]
    pub language: Option<String>,
    #[serde(deserialize_with = "each")]
    pub media_attachments: Vec<Media>,
    #[serde(deserialize_with = "each")]
    pub mentions: Vec<Mentioned>,
    #[serde(deserialize_with = "each")]
    pub tags: Vec<Tag>,
    #[serde(deserialize_with = "lenient")]
    pub card: Option<Card>,
    #[serde(deserialize_with = "lenient")]
    pub poll: Option<Poll>,
    #[serde(deserialize_with = "lenient")]
    pub reblogs_count: Option<u64>,
    /// GoToSocial: who may answer.
    #[serde(deserialize_with = "lenient")]
    pub interaction_policy: Option<InteractionPolicy>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(deserialize_with = "lenient")]
    pub acct: String,
    #[serde(deserialize_with = "lenient")]
    pub display_name: String,
    #[serde(deserialize_with = "lenient")]
    pub url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub followers_count: Option<u64>,
}

/// Somebody who is named in a post. snac gives everybody the id `0`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mentioned {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(deserialize_with = "lenient")]
    pub acct: String,
    #[serde(deserialize_with = "lenient")]
    pub url: Option<String>,
}

/// A hashtag in a post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tag {
    #[serde(deserialize_with = "lenient")]
    pub url: Option<String>,
}

/// A picture, film or sound.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Media {
    #[serde(deserialize_with = "lenient")]
    pub description: Option<String>,
}

/// The preview of a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Card {
    #[serde(deserialize_with = "lenient")]
    pub url: Option<String>,
}

/// A poll.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Poll {
    #[serde(deserialize_with = "each")]
    pub options: Vec<PollOption>,
}

/// One choice of a poll.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PollOption {
    #[serde(deserialize_with = "lenient")]
    pub title: String,
}

/// GoToSocial: what others may do with a post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct InteractionPolicy {
    #[serde(deserialize_with = "lenient")]
    pub can_reply: Option<MayReply>,
}

/// GoToSocial: who may answer (`public`, `followers`, `following`, `mutuals`, `mentioned`, `author`, `me`, an address).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MayReply {
    #[serde(deserialize_with = "each", alias = "automatic_approval")]
    pub always: Vec<String>,
    #[serde(deserialize_with = "each", alias = "manual_approval")]
    pub with_approval: Vec<String>,
}

/// Something that the account is told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notification {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub kind: String,
    #[serde(deserialize_with = "lenient")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub status: Option<Status>,
}

/// A list of accounts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct List {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(deserialize_with = "lenient")]
    pub title: String,
}

/// What a search found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    #[serde(deserialize_with = "lenient")]
    pub statuses: Vec<Value>,
    #[serde(deserialize_with = "each")]
    pub accounts: Vec<Account>,
}

/// What came before and after a post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Context {
    #[serde(deserialize_with = "each")]
    pub ancestors: Vec<Status>,
    #[serde(deserialize_with = "each")]
    pub descendants: Vec<Status>,
}

/// The entries of an answer that can be read and have an id, and how many could not.
pub(super) fn readable<T: DeserializeOwned>(entries: Vec<Value>, id: impl Fn(&T) -> &str) -> (Vec<T>, usize) {
    let all = entries.len();
    let read: Vec<T> = entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .filter(|entry| !id(entry).is_empty())
        .collect();
    let skipped = all - read.len();
    (read, skipped)
}
