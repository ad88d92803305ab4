//! Reddit through its OAuth interface, with the person's own key: search, the comments of chosen subreddits, the
//! inbox, our own posts, threads, people, replies.
//!
//! Reddit gives out keys by hand. Without one, the private feed of an account
//! (`https://www.reddit.com/.rss?feed=TOKEN&user=NAME`) is read as a feed.
//!
//! Documents: reddit.com/dev/api, github.com/reddit-archive/reddit/wiki (API, OAuth2, JSON).

mod errors;
mod listen;
mod login;
mod lookup;
mod publish;
mod session;
mod shapes;
mod site;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use listen::Reddit;
use site::Site;

/// Reddit among the networks.
pub static KIND: Kind = Kind {
    network: Network::fixed("reddit"),
    what: "Reddit with a key of your own; without one, use your private feed address as a feed",
    keys: &["url", "account", "client_id", "search", "places"],
    required: &["account", "client_id"],
    usual_url: Some("https://www.reddit.com/"),
    secret: Secret::Needed,
    least_interval: SignedDuration::from_mins(1),
    open,
    login: Some(&login::CodeLogin),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let site = Arc::new(Site::new(settings, tools)?);
    let listen = Reddit::new(Arc::clone(&site), settings);
    Ok(Source {
        scope: Some("reddit".to_owned()),
        publish: Some(Arc::clone(&site) as _),
        lookup: Some(site),
        ..Source::listening(settings, Box::new(listen))
    })
}

/// What is said when the settings lack something.
fn incomplete(what: &str, advice: &str) -> SourceError {
    SourceError::new(SourceErrorKind::BadAddress, what, advice)
}
