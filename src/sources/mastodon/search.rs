//! Whether a server can search the words of posts. It does not say so: most have no search engine and answer with an
//! empty list. What one wrote oneself is always found where there is one, so one's own words are searched for, once.

use crate::domain::time::SignedDuration;
use crate::domain::{Timestamp, Visibility};
use crate::sources::SourceError;
use crate::sources::api::segment;

use super::entities::{Found, Status};
use super::item::{View, visibility};
use super::plan::Scene;
use super::server::{Pace, Server};

/// How long the answer is believed.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);
/// Own posts that are looked at for a word to search for.
const OWN: &str = "40";
/// Shortest word that is worth searching for, in characters.
const SHORTEST: usize = 4;

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ability {
    /// Nothing yet.
    #[default]
    Unknown,
    /// It can, or it could not be found out: then searching does no harm.
    Can,
    /// It cannot, as of this moment.
    Cannot(Timestamp),
}

impl Ability {
    /// Why searching makes no sense, in words for a person; `None` when it does.
    pub(super) async fn why_not(&mut self, server: &Server, scene: &Scene, now: Timestamp) -> Option<String> {
        let host = server.host();
        if scene.me.is_none() {
            return Some(format!("{host} searches posts only for who is logged in"));
        }
        let known = match self {
            Self::Can => true,
            Self::Cannot(at) => now.duration_since(*at) < BELIEVED,
            Self::Unknown => false,
        };
        if !known {
            // A server that stumbles over the question is asked again with the next poll.
            if let Ok(found) = finds_own_words(server, scene, now).await {
                *self = if found == Some(false) { Self::Cannot(now) } else { Self::Can };
            }
        }
        matches!(self, Self::Cannot(_)).then(|| format!("{host} has no full-text search"))
    }
}

/// Whether a word of an own public post is found; `None` when there is no such word.
async fn finds_own_words(server: &Server, scene: &Scene, now: Timestamp) -> Result<Option<bool>, SourceError> {
    let Some(me) = &scene.me else { return Ok(None) };
    let path = format!("api/v1/accounts/{}/statuses", segment(&me.id));
    let query = [("limit", OWN), ("exclude_reblogs", "true")];
    let own: Vec<Status> = server.get(&path, &query, "read:statuses", Pace::Poll, now).await?;
    // The oldest of them: a search engine may be some minutes behind.
    let view = View { domain: server.host(), me: None };
    let word = own
        .iter()
        .rev()
        .filter(|status| visibility(&status.visibility) == Visibility::Public)
        .find_map(|status| telling_word(&view.item(status).text));
    let Some(word) = word else { return Ok(None) };
    let query = [("q", word.as_str()), ("type", "statuses"), ("limit", "5")];
    let found: Found = server.get("api/v2/search", &query, "read:search", Pace::Poll, now).await?;
    Ok(Some(!found.statuses.is_empty()))
}

/// The longest plain word of a text.
fn telling_word(text: &str) -> Option<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|sign: char| sign.is_ascii_punctuation() && !matches!(sign, '#' | '@')))
        .filter(|word| word.chars().all(char::is_alphanumeric) && word.chars().count() >= SHORTEST)
        .max_by_key(|word| word.chars().count())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_to_search_for_is_a_plain_one() {
        assert_eq!(
            telling_word("See https://a.example/longest @anastasia #recommended, thanks!").as_deref(),
            Some("thanks")
        );
        assert_eq!(telling_word("so it is"), None);
    }
}
