//! GitHub, and GitHub Enterprise: issues, pull requests and discussions that are found by a search or that belong
//! to the brand's own repositories, notifications, own comments, threads, and replies.
//!
//! Settings: `search` holds what to search for everywhere in public; `places` are repositories (`owner/name`) of
//! which everything is read. The secret is a token. Without one only issues and pull requests are heard, and few
//! requests are granted. `url` is the server of an Enterprise; `account` tells which posts are our own when there
//! is no token.
//!
//! Posts are named by their address: `owner/name/issues/12` (pull requests too), `…/issues/12/c345` a comment,
//! `…/issues/12/r345` a comment on a line of a pull request, `owner/name/discussions/7`, `…/discussions/7/DC_x` a
//! comment of a discussion by its node.
//!
//! Documents: <https://docs.github.com/rest> (2022-11-28), <https://docs.github.com/graphql>.

mod actor;
mod discussions;
mod graph;
pub(in crate::sources) mod hook;
mod hub;
mod ids;
mod inbox;
mod issues;
mod item;
mod listen;
mod login;
mod lookup;
mod own;
mod places;
mod publish;
mod refusal;
mod shapes;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use hub::Hub;
use listen::Listener;

/// GitHub among the networks.
pub(super) static KIND: Kind = Kind {
    network: Network::fixed("github"),
    what: "GitHub: issues, pull requests and discussions, everywhere by a search and in your own repositories",
    keys: &["url", "account", "search", "places"],
    required: &[],
    usual_url: Some("https://api.github.com/"),
    secret: Secret::Optional,
    // What a poll without a search costs; the server's X-Poll-Interval is this too.
    least_interval: SignedDuration::from_mins(1),
    open,
    login: Some(&login::TokenLogin),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    if let Some(place) = settings.places.iter().find(|place| ids::repository(place).is_none()) {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("“{place}” is no repository"),
            "write owner/name, as in the address of the repository",
        ));
    }
    let hub = Arc::new(Hub::new(settings.url.as_ref(), settings.account.as_deref(), tools)?);
    let scope = hub.scope();
    let has_token = tools.credentials.has_secret();
    let mut source = Source::listening(settings, Box::new(Listener::new(Arc::clone(&hub), settings)));
    source.scope = Some(scope);
    if has_token {
        source.publish = Some(Arc::clone(&hub) as _);
    }
    source.lookup = Some(hub);
    Ok(source)
}
