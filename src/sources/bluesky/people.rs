//! People: looked up one by one, or many at a time (lexicons `app.bsky.actor.getProfile`, `getProfiles`).

use std::collections::HashMap;

use crate::domain::{Author, Timestamp};
use crate::sources::SourceError;

use super::account::{Account, Ask};
use super::views::{Posts, Profile, readable};

/// Most people of one request.
const AT_ONCE: usize = 25;

/// A person by DID or handle. `None` when there is none, or it may not be shown.
///
/// # Errors
/// When the network cannot be asked.
pub(super) async fn one(account: &Account, name: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
    let actor = name.trim().trim_start_matches('@');
    if actor.is_empty() {
        return Ok(None);
    }
    let query = [("actor", actor)];
    let asked = account.call::<Profile>(Ask::query("app.bsky.actor.getProfile", &query).urgent(), now).await;
    match asked {
        Ok(profile) => Ok(Some(profile.author()).filter(|author| author.native_id.is_some())),
        // The name of an account of somebody else that was taken down or left; ours would have failed before.
        Err(failure) if failure.is_absent() || (failure.status == Some(400) && failure.name.starts_with("Account")) => {
            Ok(None)
        }
        Err(failure) => Err(failure.error),
    }
}

/// Fills in what is known of authors by their ids. What cannot be had stays as it is.
pub(super) async fn name(account: &Account, authors: &mut [Author], now: Timestamp) {
    let wanting: Vec<String> = {
        let wanting = authors.iter().filter(|author| author.followers.is_none() || author.handle.is_none());
        let mut ids: Vec<String> = wanting.filter_map(|author| author.native_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut known: HashMap<String, Author> = HashMap::new();
    for ids in wanting.chunks(AT_ONCE) {
        let query: Vec<(&str, &str)> = ids.iter().map(|id| ("actors", id.as_str())).collect();
        let asked = account.call::<Posts>(Ask::query("app.bsky.actor.getProfiles", &query), now).await;
        let Ok(answer) = asked else { break };
        let Ok((profiles, _)) = readable::<Profile>(answer.profiles) else { break };
        known.extend(profiles.into_iter().map(|profile| (profile.did.clone(), profile.author())));
    }
    for author in authors {
        let found = author.native_id.as_ref().and_then(|id| known.get(id));
        if let Some(found) = found {
            author.handle = found.handle.clone().or(author.handle.take());
            author.name = found.name.clone().or(author.name.take());
            author.followers = found.followers.or(author.followers);
        }
    }
}
