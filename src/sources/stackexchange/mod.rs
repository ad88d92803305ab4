//! Stack Exchange: questions and answers on Stack Overflow and its sisters, found by a search; what our account
//! wrote and what was said to it; whole threads. Answering is left to the browser: the network lets programs write
//! only for people of some standing.
//!
//! Settings: `places` are sites as the interface calls them (`stackoverflow`, `superuser`, `unix`; default
//! `stackoverflow`), `search` holds what to search for. The secret is a key for the interface, which is free and
//! raises what is granted from 300 requests a day to 10,000. `account` is the number of our own account, as in the
//! address of its profile: `12` is for the first site, `stackoverflow:12 superuser:34` for several. `url` is the
//! interface itself, if not the usual one.
//!
//! Posts are named `SITE/question/12`, `SITE/answer/34` and `SITE/comment/56`, people `SITE/78`.
//!
//! Documents: <https://api.stackexchange.com/docs>.

mod asking;
mod item;
mod limits;
mod listen;
mod lookup;
mod shapes;
mod sites;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceSettings, Tools};

use asking::Stack;
use listen::Listener;
use sites::Sites;

/// Stack Exchange among the networks.
pub(super) static KIND: Kind = Kind {
    network: Network::fixed("stackexchange"),
    what: "Stack Exchange: questions and answers on Stack Overflow and other sites, by a search",
    keys: &["url", "account", "search", "places"],
    required: &[],
    usual_url: Some("https://api.stackexchange.com/2.3/"),
    secret: Secret::Optional,
    // The same question is not to be asked more often than once a minute; 300 requests a day are soon used up.
    least_interval: SignedDuration::from_mins(5),
    open,
    login: None,
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let sites = Sites::read(&settings.places, settings.account.as_deref())?;
    let stack = Arc::new(Stack::new(settings.url.as_ref(), sites, tools)?);
    let listener = Listener::new(Arc::clone(&stack), settings);
    let mut source = Source::listening(settings, Box::new(listener));
    source.scope = Some("stackexchange".to_owned());
    source.lookup = Some(stack);
    Ok(source)
}
