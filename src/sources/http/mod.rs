//! The polite HTTP client that every network of this floor asks through.
//!
//! One [`Client`] is shared by all sources. It keeps one poll at a time per host and never lets what a person waits
//! for stand behind it, counts what hosts and accounts are granted and leaves a share of it to replies, leaves alone
//! who asks for it, follows redirects itself so that a permanent move can be told from a detour and nothing that
//! authorises leaves its host, caps what it reads after decompression, and turns every failure into words for a
//! person without ever repeating a secret.
//!
//! Proxies are those of the system (`HTTPS_PROXY` and the like). Behind one, names are resolved by the proxy: the
//! guard against redirects into private networks then sees only addresses that are private by their own letters.

mod address;
mod body;
mod client;
mod connections;
mod date;
mod failure;
mod freshness;
mod lanes;
mod limits;
mod message;
mod rate;
mod redact;
mod redirect;
mod settings;
mod stream;

pub use client::Client;
pub use date::http_date;
pub(super) use failure::PROXY_LOGIN;
pub use failure::skew_remark;
pub use freshness::rest;
pub use message::{Request, Response, Validators};
pub use rate::{RateLimit, rate_limit};
pub use redact::{holds_secret, redact, redact_text};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use settings::{HttpSettings, PrivateAddresses};
pub use stream::Stream;

#[cfg(test)]
mod tests;

use url::Url;

/// The host of an address as limits and messages name it: lower case, with its port when it is not the usual one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?").to_ascii_lowercase();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}
