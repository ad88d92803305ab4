//! Which accounts are the brand's own: by DID, or by handle until the network has told the DID.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::timeout;

use super::names::known_of;
use crate::domain::{Item, Timestamp};
use crate::sources::api::Api;
use crate::sources::bluesky::record::{PostRecord, is_handle, post_parts};
use crate::sources::{SourceError, SourceErrorKind};

/// Longest that the network is waited for when it is asked who a handle is.
const PATIENCE: Duration = Duration::from_secs(10);
/// Handles that one request asks for.
const AT_ONCE: usize = 25;

/// The brand's own accounts.
#[derive(Debug, Default)]
pub(super) struct Ours {
    dids: HashSet<String>,
    handles: Vec<String>,
}

impl Ours {
    /// Reads DIDs and handles, with or without a leading `@`.
    ///
    /// # Errors
    /// When one is neither.
    pub(super) fn read(places: &[String]) -> Result<Self, SourceError> {
        let mut ours = Self::default();
        for place in places {
            let name = place.trim().trim_start_matches('@');
            if name.starts_with("did:") {
                ours.dids.insert(name.to_owned());
            } else if is_handle(name) {
                ours.handles.push(name.to_ascii_lowercase());
            } else {
                return Err(SourceError::new(
                    SourceErrorKind::BadAddress,
                    &format!("“{place}” is neither a handle nor a DID"),
                    "places of this source are your own accounts, such as ferris.example or did:plc:…",
                ));
            }
        }
        Ok(ours)
    }

    /// Asks who the handles are, as far as that is not known. Until it is, our own posts could not be told from
    /// others', so nothing is heard before; the stream keeps it for us.
    ///
    /// # Errors
    /// When the network cannot be asked.
    pub(super) async fn settle(&mut self, api: &Api, now: Timestamp) -> Result<Vec<String>, SourceError> {
        let mut remarks = Vec::new();
        while !self.handles.is_empty() {
            let asked: Vec<&str> = self.handles.iter().take(AT_ONCE).map(String::as_str).collect();
            let found = timeout(PATIENCE, known_of(api, &asked, now)).await.unwrap_or_else(|_| Err(too_slow(api)))?;
            for handle in asked {
                match found.iter().find(|profile| profile.handle.eq_ignore_ascii_case(handle)) {
                    Some(profile) => {
                        self.dids.insert(profile.did.clone());
                    }
                    None => remarks.push(format!(
                        "nobody on Bluesky is called {handle}: what it writes is not recognised as your own; \
                         check the name in the configuration"
                    )),
                }
            }
            self.handles.drain(..self.handles.len().min(AT_ONCE));
        }
        Ok(remarks)
    }

    /// Marks what we wrote ourselves, and what is meant for us: mentions, answers in threads below or about our
    /// posts, quotes. The same that the network would notify us of.
    pub(super) fn mark(&self, item: &mut Item, did: &str, record: &PostRecord) {
        if self.dids.is_empty() {
            return;
        }
        item.own = self.dids.contains(did);
        let is_ours = |uri: &str| post_parts(uri).is_some_and(|(account, _)| self.dids.contains(account));
        item.addressed = !item.own
            && (record.mentioned().any(|did| self.dids.contains(did))
                || record.reply.as_ref().is_some_and(|reply| is_ours(&reply.parent.uri) || is_ours(&reply.root.uri))
                || record.quoted().is_some_and(is_ours));
    }
}

fn too_slow(api: &Api) -> SourceError {
    SourceError::new(
        SourceErrorKind::TimedOut,
        &format!("{} did not tell in time who your accounts are", api.host()),
        "it will be asked again; DIDs instead of handles in the configuration need no asking",
    )
}
