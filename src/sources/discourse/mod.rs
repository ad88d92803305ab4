//! Discourse forums: search, the newest posts of an own forum, notifications, private messages, own posts,
//! threads, and replies.
//!
//! Settings: `url` is the forum. With `account` the secret is an admin's `Api-Key` and `account` the name to act
//! as; without one the secret is a `User-Api-Key`, which knows its own account; without either what anybody may
//! read is searched. `search` holds what to search for. A forum with an `account` is taken for the brand's own:
//! instead of searching, every new post is read and matched here; so it is when nothing is to be searched for.
//!
//! A post is named `TOPIC/NUMBER`, as in its address: what it answers, its thread and where a reply goes can all
//! be told from that. The number of the post itself is kept as an alias.
//!
//! Documents: <https://docs.discourse.org>, and for keys of users <https://meta.discourse.org/t/48536>.

mod forum;
mod item;
mod listen;
mod login;
mod lookup;
mod places;
mod publish;
mod shapes;
#[cfg(test)]
mod tests;
mod topics;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use forum::Forum;
use listen::Listener;

/// Discourse among the networks.
pub(super) static KIND: Kind = Kind {
    network: Network::fixed("discourse"),
    what: "a Discourse forum: its search, or every new post of your own forum, and what is said to your account",
    keys: &["url", "account", "search"],
    required: &["url"],
    usual_url: None,
    secret: Secret::Optional,
    // What a forum answers may be a minute old anyway (posts.json and search.json are kept that long).
    least_interval: SignedDuration::from_mins(1),
    open,
    login: Some(&login::ForumLogin),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let Some(url) = settings.url.as_ref().filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            "a forum needs its address",
            "set url to what stands in the browser, such as https://forum.example.org",
        ));
    };
    let forum = Arc::new(Forum::new(url, settings.account.as_deref(), tools));
    let knows_account = tools.credentials.has_secret();
    let scope = format!("discourse:{}", forum.host());
    let listener = Listener::new(Arc::clone(&forum), settings, knows_account);
    let mut source = Source::listening(settings, Box::new(listener));
    source.scope = Some(scope);
    if knows_account {
        source.publish = Some(Arc::clone(&forum) as _);
    }
    source.lookup = Some(forum);
    Ok(source)
}
