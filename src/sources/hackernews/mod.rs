//! Hacker News: what is found by its search, what our own account writes, and what answers it.
//!
//! Two interfaces, both public and without a key: the search at `hn.algolia.com/api` (by Algolia) and the items at
//! `hacker-news.firebaseio.com` (github.com/HackerNews/API). Nothing can be published through either: answers are
//! given in the browser, and are found here through the account's own list of what it wrote.

mod listen;
mod lookup;
mod places;
mod search;
mod shapes;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use url::Url;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use listen::HackerNews;
use lookup::Finder;
use places::Site;

/// Hacker News among the networks.
pub static KIND: Kind = Kind {
    network: Network::fixed("hackernews"),
    what: "Hacker News: stories and comments, without an account",
    keys: &["url", "account", "search"],
    required: &[],
    usual_url: Some("https://hn.algolia.com/"),
    secret: Secret::Unused,
    least_interval: SignedDuration::from_mins(1),
    open,
    login: None,
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let site = Arc::new(Site::new(settings, &tools.client)?);
    if settings.search.is_empty() && site.account.is_none() {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("the source “{}” has nothing to listen to at Hacker News", settings.name),
            "give it words to search for (search), an account, or both",
        ));
    }
    let listen = HackerNews::new(Arc::clone(&site), settings.search.clone());
    Ok(Source {
        scope: Some("hackernews".to_owned()),
        lookup: Some(Arc::new(Finder(site))),
        ..Source::listening(settings, Box::new(listen))
    })
}

/// An address that is known to be one.
fn fixed(address: &str) -> Result<Url, SourceError> {
    address.parse().map_err(|_| SourceError::new(SourceErrorKind::BadAddress, "no address", "report this"))
}
