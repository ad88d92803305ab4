//! The whole Bluesky network's posts as they are written, without any account: Jetstream, the JSON stream of
//! <https://github.com/bluesky-social/jetstream>, in its first form (`/subscribe`) and its second
//! (`network.bsky.jetstream.subscribeEvents`).
//!
//! Everything that anybody posts passes through here and is matched locally. The stream promises every event at
//! least once from a moment on that the client names, up to a day and a half back; so the cursor is the moment of
//! the last frame, a connection that broke is opened again a few seconds before it, and repeats are recognised by
//! post and revision. The public servers count the same moments, so that any of them can go on where another
//! failed.

mod endpoint;
mod frame;
mod gather;
mod hear;
mod inflate;
mod lag;
mod listen;
mod names;
mod ours;
mod place;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::api::Api;
use super::socket::Limits;
use super::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};
use endpoint::{Endpoint, PUBLIC};
use inflate::Dictionary;
use listen::Jetstream;
use names::{APPVIEW, Names};
use ours::Ours;

/// How patient the source is. What it promises to its caller is fixed; tests only shorten what they wait for.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Longest that a poll waits when nothing comes.
    idle: Duration,
    /// Longest that a batch is gathered after its first frame.
    window: Duration,
    /// Frames of one batch at most.
    frames: usize,
    /// Shortest time between two openings; doubled for every one that did not last.
    between: Duration,
    /// A server that sends nothing for this long is left for another.
    stalled: Duration,
    /// The same when there is no other.
    stalled_alone: Duration,
    /// What one connection may cost.
    limits: Limits,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(5),
            window: Duration::from_secs(1),
            frames: 500,
            between: Duration::from_secs(1),
            stalled: Duration::from_secs(60),
            stalled_alone: Duration::from_mins(10),
            limits: Limits { connect: Duration::from_secs(10), ..Limits::default() },
        }
    }
}

/// Listens to the whole network.
///
/// Of the settings it takes `url`, the stream's address (the public servers in turn when there is none; its path
/// tells which form is spoken), `places`, the handles or DIDs of our own accounts, and `path`, a file with the
/// dictionary of servers of the first form, which pack their frames only for those who have it.
///
/// # Errors
/// When the address is none of a stream, a place is no account, or the dictionary cannot be read.
pub fn source(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let appview = Url::parse(APPVIEW).map_err(|_| no_stream(APPVIEW))?;
    source_asking(settings, tools, &appview)
}

/// The same, with another AppView to ask for people's handles.
///
/// # Errors
/// As [`source`].
pub fn source_asking(settings: &SourceSettings, tools: &Tools, appview: &Url) -> Result<Source, SourceError> {
    let listen = open(settings, tools, appview, Pace::default())?;
    let mut source = Source::listening(settings, Box::new(listen));
    source.scope = Some(SCOPE.to_owned());
    Ok(source)
}

/// The scope of the network's native ids: at-uris mean the same wherever they are read.
const SCOPE: &str = "bluesky";

fn open(settings: &SourceSettings, tools: &Tools, appview: &Url, pace: Pace) -> Result<Jetstream, SourceError> {
    let ours = Ours::read(&settings.places)?;
    let dictionary = settings.path.as_deref().map(dictionary).transpose()?.map(Arc::new);
    let addresses = match &settings.url {
        Some(url) => vec![stream_address(url)?],
        None => PUBLIC.iter().filter_map(|address| Url::parse(address).ok()).collect(),
    };
    let servers = addresses.into_iter().map(|address| Endpoint::new(address, dictionary.clone())).collect();
    let names = Names::new(Api::new(tools.client.clone(), appview));
    Ok(Jetstream::new(servers, names, ours, tools.client.clone(), pace))
}

fn stream_address(url: &Url) -> Result<Url, SourceError> {
    let fits = matches!(url.scheme(), "wss" | "ws" | "https" | "http") && url.host_str().is_some();
    fits.then(|| url.clone()).ok_or_else(|| no_stream(url.as_str()))
}

fn no_stream(address: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::BadAddress,
        &format!("{address} is not the address of a stream"),
        "it looks like wss://jetstream2.us-east.bsky.network/subscribe; without one the public servers are used",
    )
}

fn dictionary(path: &Path) -> Result<Dictionary, SourceError> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        SourceError::new(
            SourceErrorKind::Local,
            &format!("{shown} cannot be read ({error})"),
            "path of this source is the file of the stream's dictionary; it works without one, too",
        )
        .retrying(super::Retry::Never)
    })?;
    Dictionary::read(bytes).ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::Local,
            &format!("{shown} is no zstd dictionary"),
            "path of this source is the file of the stream's dictionary; it works without one, too",
        )
        .retrying(super::Retry::Never)
    })
}
