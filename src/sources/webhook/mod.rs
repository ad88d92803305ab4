//! A receiver on a loopback port: whatever can send an HTTP request can bring mentions.
//!
//! `POST /mentions` takes lines ([`crate::sources::ndjson`]; `Content-Type: application/x-ndjson`) or one JSON object
//! or array of them (`application/json`), at most 1 MB. Every delivery proves that its sender knows the secret of
//! the source, in one of three ways (`proof`):
//!
//! - `Authorization: Bearer SECRET`;
//! - `X-Goodword-Timestamp: SECONDS` (Unix time, at most 5 minutes off) and `X-Goodword-Signature: sha256=HEX`, the
//!   HMAC-SHA256 of `SECONDS.BODY` under the secret;
//! - `X-Hub-Signature-256: sha256=HEX`, the HMAC-SHA256 of the body, with `X-GitHub-Delivery` if the sender has it.
//!
//! GitHub's own webhooks may point here as well, through a web server or a tunnel: content type `application/json`, the
//! secret of the source, and the events about issues, pull requests, discussions and their comments. A delivery with
//! `X-GitHub-Event` is read as such (`sources::github::hook`).
//!
//! A signed delivery counts once (`memory`). The answer is 202 when everything in the delivery is stored, and not
//! before: who gets no 202 sends again, and what is there already stays one. The port is open while the source is
//! asked, and for half a minute after.

mod answer;
mod desk;
#[cfg(test)]
mod github_tests;
mod memory;
#[cfg(test)]
mod noise;
mod proof;
mod server;
mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::source::Webhook;
use super::networks::{Kind, Secret};
use super::{Source, SourceError, SourceErrorKind, SourceSettings, Tools};
use crate::domain::Network;
use crate::domain::time::SignedDuration;

/// The receiver as a network.
pub static KIND: Kind = Kind {
    network: Network::fixed("webhook"),
    what: "a loopback address to which other programs send mentions",
    keys: &["listen"],
    required: &["listen"],
    usual_url: None,
    secret: Secret::Needed,
    least_interval: SignedDuration::from_secs(1),
    open,
    login: None,
};

fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let refused = |what: &str| {
        let advice = "set `listen` to a loopback address and port such as \"127.0.0.1:8799\"; let a web server or an \
                      SSH tunnel bring in what comes from elsewhere";
        Err(SourceError::new(SourceErrorKind::BadAddress, what, advice))
    };
    let Some(address) = settings.listen else { return refused("there is no address to listen on") };
    if !address.ip().is_loopback() {
        return refused(&format!("{address} can be reached from other machines"));
    }
    if address.port() == 0 {
        return refused("port 0 is a different one each time");
    }
    let webhook = Webhook::new(address, Arc::clone(&tools.credentials));
    Ok(Source::listening(settings, Box::new(webhook)))
}
