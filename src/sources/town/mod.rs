//! A town on this machine: a small network that speaks plain JSON on the loopback address, for demonstrations and tests
//! of the whole way from a complaint to a sent reply. It is refused anywhere else: nothing in it is secret.
//!
//! | request | answer |
//! |---|---|
//! | `GET api/me` | our account there, and what the town accepts |
//! | `GET api/posts?after=N&limit=M` | everything that was posted after the N-th post, oldest first |
//! | `GET api/own?limit=M` | our own posts, newest first |
//! | `GET api/thread/ID` | a post and everything around it, oldest first |
//! | `GET api/people/NAME` | a person by id or handle |
//! | `POST api/posts` | posts in our name; `Idempotency-Key` as the town keeps it |

mod listen;
mod shapes;
mod square;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::api::Api;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use listen::Ear;
use square::Square;

/// The town among the networks.
pub(super) static KIND: Kind = Kind {
    network: Network::fixed("town"),
    what: "a made-up town on this machine, for demonstrations and tests",
    keys: &["url"],
    required: &["url"],
    usual_url: None,
    secret: Secret::Unused,
    least_interval: SignedDuration::from_secs(1),
    open,
    login: None,
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let url = settings.url.as_ref().filter(|url| is_loopback(url)).ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("the town “{}” is not on this machine", settings.name),
            "a town has an address such as http://127.0.0.1:8780/; real networks have kinds of their own",
        )
    })?;
    let square = Arc::new(Square::new(Api::new(tools.client.clone(), url)));
    Ok(Source {
        scope: Some(format!("town:{}", square.place())),
        publish: Some(Arc::<Square>::clone(&square) as _),
        lookup: Some(Arc::<Square>::clone(&square) as _),
        ..Source::listening(settings, Box::new(Ear::new(square)))
    })
}

/// Whether an address is one of this machine, named by number: names may be made to lead elsewhere.
fn is_loopback(url: &url::Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    here && url.scheme() == "http"
}
