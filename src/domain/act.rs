//! What the brand itself published.

use super::clean::SafeText;
use super::ids::{ActId, MentionId, PersonId, SourceId};
use super::item::Visibility;
use super::source::Network;
use super::time::Timestamp;

/// A post by one of the brand's accounts or its own people, replies included: cleaned, bounded, ready for the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Its number.
    pub id: ActId,
    /// The source that brought it first.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// Identity within its source.
    pub native_id: String,
    /// Native id of the post that it answers.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// The mention that it answers, when that is stored.
    pub answers: Option<MentionId>,
    /// Who of us wrote it: handle, else name; may be empty.
    pub author: SafeText,
    /// The same person in the store.
    pub person: Option<PersonId>,
    /// One of the brand's accounts wrote it, not one of its people.
    pub own: bool,
    /// Headline and words, line breaks kept.
    pub text: SafeText,
    /// Where a person can read it; only `http` and `https` addresses.
    pub url: Option<SafeText>,
    /// Language that was read or claimed (ISO 639-1), when known.
    pub lang: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// When it counts as published.
    pub published: Timestamp,
    /// When we had it first.
    pub first_seen: Timestamp,
    /// Back-filled: from before its source was listened to.
    pub history: bool,
    /// When we last saw it change.
    pub edited_at: Option<Timestamp>,
}
