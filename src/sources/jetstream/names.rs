//! Who people are: the stream tells an account's id (DID) and nothing else, so the public AppView is asked for
//! handles (`app.bsky.actor.getProfiles`), only for people that somebody wants to see, and not twice a day.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::{Instant, timeout};

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp};
use crate::sources::SourceError;
use crate::sources::api::{Api, json};
use crate::sources::bluesky::record::usable_handle;
use crate::sources::http::Request;

/// Where the network's people can be looked up without an account.
pub(super) const APPVIEW: &str = "https://public.api.bsky.app/";
/// People that one request asks for (`app.bsky.actor.getProfiles`).
const AT_ONCE: usize = 25;
/// Requests that one batch may cost.
const REQUESTS: usize = 4;
/// Longest that a batch waits for names.
const PATIENCE: Duration = Duration::from_secs(4);
/// After a failure nobody is asked for this long: names are nice to have, the stream goes on.
const REST: Duration = Duration::from_secs(60);
/// How long an answer is good.
const FRESH: SignedDuration = SignedDuration::from_hours(12);
/// People who are remembered.
const REMEMBERED: usize = 20_000;

/// A person, as the AppView knows them.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Profile {
    pub did: String,
    pub handle: String,
    pub display_name: Option<String>,
    pub followers_count: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Profiles {
    profiles: Vec<Profile>,
}

/// Looks accounts up, by DID or handle; at most 25. Those that nobody knows are missing in the answer.
///
/// One that the network cannot make out (400) spoils the answer for all: then they are asked for in halves, and that
/// one is missing.
pub(super) async fn known_of(api: &Api, actors: &[&str], now: Timestamp) -> Result<Vec<Profile>, SourceError> {
    let mut known = Vec::new();
    let mut left = vec![actors];
    while let Some(some) = left.pop() {
        match profiles(api, some, now).await? {
            Some(found) => known.extend(found),
            None if some.len() > 1 => {
                let (first, second) = some.split_at(some.len() / 2);
                left.extend([second, first]);
            }
            None => {}
        }
    }
    Ok(known)
}

/// `None` when the network does not take the question.
async fn profiles(api: &Api, actors: &[&str], now: Timestamp) -> Result<Option<Vec<Profile>>, SourceError> {
    let query: Vec<(&str, &str)> = actors.iter().map(|actor| ("actors", *actor)).collect();
    let request = Request::get(api.url("xrpc/app.bsky.actor.getProfiles", &query)?).accept("application/json");
    let response = api.send(request, now).await?;
    if response.status.as_u16() == 400 {
        return Ok(None);
    }
    let found: Profiles = json(&response.success()?)?;
    Ok(Some(found.profiles))
}

/// What is remembered of a person.
#[derive(Debug, Clone, Default)]
struct Known {
    handle: Option<String>,
    name: Option<String>,
    followers: Option<u64>,
    /// When the AppView was asked.
    asked: Option<Timestamp>,
}

/// The people we know.
pub(super) struct Names {
    api: Api,
    known: HashMap<String, Known>,
    order: VecDeque<String>,
    resting: Option<Instant>,
}

impl Names {
    /// Nobody yet, asking this interface.
    pub(super) fn new(api: Api) -> Self {
        Self { api, known: HashMap::new(), order: VecDeque::new(), resting: None }
    }

    /// The interface that is asked.
    pub(super) fn api(&self) -> &Api {
        &self.api
    }

    /// The handle of an account, if we know it.
    pub(super) fn handle(&self, did: &str) -> Option<&str> {
        self.known.get(did)?.handle.as_deref()
    }

    /// The network says that an account's identity changed. Of no interest for people whom we do not know.
    pub(super) fn changed(&mut self, did: &str, handle: Option<&str>) {
        if let Some(known) = self.known.get_mut(did) {
            known.handle = handle.and_then(usable_handle).map(str::to_owned);
            if known.handle.is_none() {
                known.asked = None;
            }
        }
    }

    /// Fills in who these authors are, as far as can be had within a few seconds.
    pub(super) async fn fill(&mut self, authors: &mut [Author], now: Timestamp) {
        let wanted = self.wanted(authors, now);
        let until = Instant::now() + PATIENCE;
        for actors in wanted.chunks(AT_ONCE).take(REQUESTS) {
            if self.resting.is_some_and(|until| Instant::now() < until) {
                break;
            }
            let asked: Vec<&str> = actors.iter().map(String::as_str).collect();
            let left = until.saturating_duration_since(Instant::now());
            // Set beforehand: who asks us may lose patience first.
            self.resting = Some(Instant::now() + REST);
            if let Ok(Ok(found)) = timeout(left, known_of(&self.api, &asked, now)).await {
                self.resting = None;
                self.learn(actors, found, now);
            }
        }
        for author in authors {
            let Some(known) = author.native_id.as_ref().and_then(|did| self.known.get(did)) else { continue };
            author.handle = known.handle.clone().or(author.handle.take());
            author.name = known.name.clone().or(author.name.take());
            author.followers = known.followers.or(author.followers);
        }
    }

    /// Accounts of which too little is known, or what is known is old.
    fn wanted(&self, authors: &[Author], now: Timestamp) -> Vec<String> {
        let stale = |known: &Known| known.asked.is_none_or(|asked| now.duration_since(asked).abs() > FRESH);
        let mut wanted: Vec<String> = Vec::new();
        for did in authors.iter().filter_map(|author| author.native_id.as_ref()) {
            if did.starts_with("did:") && self.known.get(did).is_none_or(stale) && !wanted.contains(did) {
                wanted.push(did.clone());
            }
        }
        wanted
    }

    /// Remembers an answer; of those who are not in it, that nobody knows them.
    fn learn(&mut self, asked: &[String], found: Vec<Profile>, now: Timestamp) {
        let mut found: HashMap<String, Profile> =
            found.into_iter().map(|profile| (profile.did.clone(), profile)).collect();
        for did in asked {
            let profile = found.remove(did).unwrap_or_default();
            let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            let known = Known {
                handle: usable_handle(&profile.handle).map(str::to_owned),
                name: profile.display_name.as_deref().and_then(filled),
                followers: profile.followers_count,
                asked: Some(now),
            };
            if self.known.insert(did.clone(), known).is_none() {
                self.order.push_back(did.clone());
            }
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}
