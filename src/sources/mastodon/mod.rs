//! Servers that speak Mastodon's client interface: Mastodon and its forks, GoToSocial, Pleroma, Akkoma, snac and more
//! (docs.joinmastodon.org). What they differ in stands in `facts`.
//!
//! | key | meaning |
//! |---|---|
//! | `url` | the server |
//! | `account` | `name` or `name@domain`; when given, the token must be this account's |
//! | secret | an access token; without one only hashtags are heard, where the server shows them to strangers |
//! | `hashtags` | hashtags to follow; default: what is searched for, written as hashtags |
//! | `search` | searched for where the server has a full-text search |
//! | `places` | titles or ids of the account's lists |
//! | `stream` | listen to what the server pushes |
//!
//! A source is made of parts (`part`): mentions and quotes of the account, its own posts, hashtags, lists and searches.
//! Each is read on without gaps (`page`); what the server pushes comes on top (`ear`, `wire`).

mod ear;
mod entities;
mod facts;
mod ids;
mod item;
mod login;
mod lookup;
mod page;
mod part;
mod plan;
mod publish;
mod search;
mod server;
#[cfg(test)]
mod tests;
mod trouble;
mod wire;
mod words;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Publish, Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use ear::Ear;
use lookup::Index;
use publish::Voice;
use server::Server;

/// The place in the cursor that counts batches of what was pushed.
const STREAM: &str = "stream";

/// Mastodon's family among the networks.
pub static KIND: Kind = Kind {
    network: Network::fixed("mastodon"),
    what: "Mastodon, GoToSocial, Pleroma, snac and others that speak Mastodon's interface",
    keys: &["url", "account", "search", "hashtags", "places", "stream"],
    required: &["url"],
    usual_url: None,
    secret: Secret::WithAccount,
    least_interval: SignedDuration::from_secs(60),
    open,
    login: Some(&login::MastodonLogin),
};

/// Makes a source of settings.
fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let url = settings.url.as_ref().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            "a source of Mastodon's family needs the address of a server",
            "set `url`, such as url = \"https://mastodon.social\"",
        ));
    };
    let server = Arc::new(Server::new(settings, url, tools));
    let publish: Option<Arc<dyn Publish>> =
        if server.has_account() { Some(Arc::new(Voice { server: Arc::clone(&server) })) } else { None };
    Ok(Source {
        scope: Some(format!("mastodon:{}", server.host())),
        publish,
        lookup: Some(Arc::new(Index { server: Arc::clone(&server) })),
        ..Source::listening(settings, Box::new(Ear::new(settings, server)))
    })
}
