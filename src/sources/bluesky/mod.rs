//! Bluesky with an account: search, notifications, own posts, threads and publishing, through the account's own
//! server (PDS), which passes on to the AppView what is not its own to answer.
//!
//! Calls are XRPC (<https://atproto.com/specs/xrpc>); each file names the lexicons that it speaks.

mod account;
mod facets;
mod listen;
mod lists;
mod login;
mod lookup;
mod people;
mod publish;
pub(in crate::sources) mod record;
mod refusal;
mod rkey;
mod session;
#[cfg(test)]
mod tests;
mod views;
mod walk;

use std::sync::Arc;

use url::Url;

use crate::domain::Network;
use crate::domain::time::SignedDuration;

use super::networks::{Kind, Secret};
use super::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use account::Account;
use listen::Listener;
use lookup::Searcher;
use publish::Publisher;

/// Native ids (at-uris) mean the same in every source of this scope.
pub const SCOPE: &str = "bluesky";

/// Bluesky: with an account everything, without one the stream of all posts.
pub static KIND: Kind = Kind {
    network: Network::fixed("bluesky"),
    what: "Bluesky: search, notifications, own posts and replies with an account; all public posts without",
    // Places (our accounts) and path (a dictionary) are of use without an account only.
    keys: &["url", "account", "search", "hashtags", "places", "path"],
    required: &[],
    // With an account it is bsky.social, without one a stream of another address: neither may be filled in.
    usual_url: None,
    secret: Secret::WithAccount,
    least_interval: SignedDuration::from_secs(20),
    open,
    login: Some(&login::Talk),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let Some(name) = settings.account.as_deref().map(str::trim).filter(|name| !name.is_empty()) else {
        return super::jetstream::source(settings, tools);
    };
    let usual = Url::parse(login::USUAL).ok();
    let server = settings.url.clone().or(usual).filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(server) = server else {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            "url is not the address of a Bluesky server",
            "leave it out for accounts at bsky.social, or begin it with https://",
        ));
    };
    let account = Arc::new(Account::new(&server, name, tools));
    let mut source = Source::listening(settings, Box::new(Listener::new(Arc::clone(&account), settings)));
    source.scope = Some(SCOPE.to_owned());
    source.publish = Some(Arc::new(Publisher(Arc::clone(&account))));
    source.lookup = Some(Arc::new(Searcher(account)));
    Ok(source)
}
