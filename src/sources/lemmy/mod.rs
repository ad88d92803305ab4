//! Lemmy, in both of its interfaces: v3 (0.17 to 0.19) and v4 (1.0). Search, chosen communities, replies, mentions,
//! private messages, our own posts and comments, threads, people, replies.
//!
//! v4 lists messages among the notifications alone, those that we sent only when they went to somebody of the same
//! server: an answer to somebody elsewhere that was sent from a phone is not heard of there.
//!
//! Native ids are those of the server that is asked: `post/12`, `comment/34`, `message/5`; so the scope is the
//! server. Documents: join-lemmy.org/api, join-lemmy.org/docs/contributors/09-api-v4.html.

mod errors;
mod listen;
mod login;
mod lookup;
mod pages;
mod publish;
mod server;
mod session;
mod shapes;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use listen::Lemmy;
use server::Server;

/// Lemmy among the networks.
pub static KIND: Kind = Kind {
    network: Network::fixed("lemmy"),
    what: "Lemmy, versions 0.17 to 1.0; with an account also its inbox and replies",
    keys: &["url", "account", "search", "places"],
    required: &["url"],
    usual_url: None,
    secret: Secret::WithAccount,
    // Servers grant about 60 searches in ten minutes.
    least_interval: SignedDuration::from_mins(2),
    open,
    login: Some(&login::PasswordLogin),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let server = Arc::new(Server::new(settings, tools)?);
    if settings.search.is_empty() && settings.places.is_empty() && server.account().is_none() {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("the source “{}” has nothing to listen to", settings.name),
            "give it words to search for (search), communities (places) or an account",
        ));
    }
    let listen = Lemmy::new(Arc::clone(&server), settings);
    let publishes = server.account().is_some();
    Ok(Source {
        scope: Some(format!("lemmy:{}", server.host())),
        publish: publishes.then(|| Arc::clone(&server) as _),
        lookup: Some(server),
        ..Source::listening(settings, Box::new(listen))
    })
}
