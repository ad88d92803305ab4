//! Listening: what addresses the account, what it published itself, and the searches.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Author, Capabilities, Timestamp};
use crate::sources::parts::Round;
use crate::sources::{Batch, Listen, SourceError, SourceSettings};

use super::account::Account;
use super::lists::{AtServer, LIMIT, Notifications, OwnPosts, Reader, Search, tag_query, term_query};
use super::people;
use super::walk::{Pages, catch_up};

/// Names of the parts, as they stand in the cursor and in remarks.
const NOTIFICATIONS: &str = "notifications";
const OWN: &str = "own posts";

/// What listens under an account.
pub(super) struct Listener {
    account: Arc<Account>,
    /// Name of the part and what is asked of the search.
    searches: Vec<(String, String)>,
    host: String,
}

impl Listener {
    pub(super) fn new(account: Arc<Account>, settings: &SourceSettings) -> Self {
        let terms = settings.search.iter().map(|term| (format!("search “{}”", term.trim()), term_query(term)));
        let tags = settings.hashtags.iter().map(|tag| {
            let query = tag_query(tag);
            (format!("hashtag {query}"), query)
        });
        let mut known = BTreeSet::new();
        let asked = |query: &str| query.chars().any(char::is_alphanumeric);
        let searches = terms.chain(tags).filter(|(_, query)| asked(query) && known.insert(query.clone())).collect();
        Self { host: account.host().to_owned(), account, searches }
    }
}

#[async_trait]
impl Listen for Listener {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        // Without a session no part can be had; better to say so once than once a part.
        let own = self.account.did(false, now).await?;
        let server = AtServer { account: &self.account, now };
        let reader = Reader { server: &server, own: &own, limit: LIMIT };
        let mut round = Round::begin(cursor);
        let searches = &self.searches;
        round
            .places()
            .keep(|part| part == NOTIFICATIONS || part == OWN || searches.iter().any(|(name, _)| name == part));
        let mut parts: Vec<(&str, Box<dyn Pages + '_>)> =
            vec![(NOTIFICATIONS, Box::new(Notifications(reader))), (OWN, Box::new(OwnPosts(reader)))];
        parts.extend(searches.iter().map(|(name, query)| {
            let search: Box<dyn Pages + '_> = Box::new(Search { reader, query });
            (name.as_str(), search)
        }));
        for (name, mut pages) in parts {
            let place = round.places().of(name).to_owned();
            let piece = catch_up(&mut *pages, &place, now).await;
            if round.add(name, piece).is_break() {
                break;
            }
        }
        let mut batch = round.finish()?;
        if let Some(error) = self.account.not_kept().await {
            batch.remarks.push(format!("the session is not kept for the next start: {error}"));
        }
        batch.meters = self.account.meters(now).await;
        Ok(batch)
    }

    async fn name_authors(&mut self, authors: &mut [Author], now: Timestamp) {
        people::name(&self.account, authors, now).await;
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: false, publishes: true, looks_up: true, tells_deletions: false }
    }

    fn host(&self) -> &str {
        &self.host
    }
}
