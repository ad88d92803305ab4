//! YouTube: the comments below the videos of a channel or below single videos, threads, and replies. The network
//! counts units, 10,000 a day until midnight Pacific time: reading a page costs 1, a reply 50. Polling leaves a
//! share to replies.
//!
//! Settings: `places` are channels (`UC…` or `@handle`) and videos, by their ids or addresses. `account` is our own
//! channel; comments below its videos are meant for us. It need not be named where a login says it. `url` is the
//! interface itself, if not the usual one; access tokens are then fetched from its `token`.
//!
//! The secret is one line: `key:KEY` reads; `oauth:CLIENT_ID CLIENT_SECRET REFRESH_TOKEN` reads and replies; both,
//! apart by a space, read with the key. A line without either is taken for a key.
//!
//! Documents: <https://developers.google.com/youtube/v3/docs>.

mod item;
mod listen;
mod login;
mod lookup;
mod oauth;
mod places;
mod publish;
mod quota;
mod refusal;
mod secret;
mod shapes;
#[cfg(test)]
mod tests;
mod tube;

use std::sync::Arc;

use crate::domain::Network;
use crate::domain::time::SignedDuration;
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};

use listen::Listener;
use places::Target;
use tube::Tube;

/// YouTube among the networks.
pub(super) static KIND: Kind = Kind {
    network: Network::fixed("youtube"),
    what: "YouTube: comments below the videos of channels, and replies to them",
    keys: &["url", "account", "places"],
    required: &["places"],
    usual_url: Some("https://www.googleapis.com/youtube/v3/"),
    secret: Secret::Needed,
    least_interval: SignedDuration::from_mins(2),
    open,
    login: Some(&login::TubeLogin),
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let mut targets = Vec::new();
    for place in &settings.places {
        let target = Target::read(place).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::BadAddress,
                &format!("“{place}” is no channel and no video"),
                "write the id of a channel (UC…), its @handle, or the address of a video",
            )
        })?;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let tube = Arc::new(Tube::new(settings.url.as_ref(), settings.account.as_deref(), tools)?);
    let listener = Listener::new(Arc::clone(&tube), targets.clone(), settings.search.clone());
    let mut source = Source::listening(settings, Box::new(listener));
    source.scope = Some("youtube".to_owned());
    source.publish = Some(Arc::new(publish::Replies { tube: Arc::clone(&tube) }));
    source.lookup = Some(Arc::new(lookup::Finder { tube, targets }));
    Ok(source)
}
