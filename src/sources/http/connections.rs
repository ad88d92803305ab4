//! The connections below the client: made at the first request, one kind for each way in which they are used.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::sources::{SourceError, SourceErrorKind};

use super::address::PublicOnly;
use super::settings::HttpSettings;

/// What is wanted of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it, at once, within the time-out.
    Whole,
    /// What comes, for as long as it comes.
    Flow,
}

/// All kinds of connection. None exists before it is needed: a program that only reads its store need not load
/// certificates.
pub(super) struct Connections {
    agent: HeaderValue,
    patience: Duration,
    open: Kinds,
    public_only: Kinds,
}

#[derive(Default)]
struct Kinds {
    whole: OnceLock<reqwest::Client>,
    flow: OnceLock<reqwest::Client>,
}

impl Connections {
    /// Connections as the settings want them.
    ///
    /// # Errors
    /// When the user agent or the contact cannot stand in a header.
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, SourceError> {
        let agent = HeaderValue::from_str(&settings.agent()).map_err(|_| {
            SourceError::new(
                SourceErrorKind::Local,
                "http.user_agent or http.contact holds signs that a header cannot carry",
                "use plain letters, digits and punctuation",
            )
        })?;
        Ok(Self { agent, patience: settings.patience(), open: Kinds::default(), public_only: Kinds::default() })
    }

    /// Who we say we are.
    pub(super) fn agent(&self) -> HeaderValue {
        self.agent.clone()
    }

    /// The client for this use; `guarded` ones never reach a private address.
    ///
    /// # Errors
    /// When no safe connection can be made on this machine.
    pub(super) fn to(&self, wanted: Wanted, guarded: bool) -> Result<&reqwest::Client, SourceError> {
        let kinds = if guarded { &self.public_only } else { &self.open };
        let cell = match wanted {
            Wanted::Whole => &kinds.whole,
            Wanted::Flow => &kinds.flow,
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let made = self.make(wanted, guarded).map_err(|_| {
            SourceError::new(
                SourceErrorKind::Local,
                "no safe connection can be made on this machine",
                "install the system's certificates (package ca-certificates) and check the proxy variables",
            )
        })?;
        Ok(cell.get_or_init(|| made))
    }

    fn make(&self, wanted: Wanted, guarded: bool) -> reqwest::Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.agent.clone())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.patience.min(Duration::from_secs(10)))
            // The next poll of a host is minutes away, and servers that close without a word would fail it.
            .pool_max_idle_per_host(0)
            .http1_ignore_invalid_headers_in_responses(true);
        builder = match wanted {
            Wanted::Whole => builder.read_timeout(self.patience.min(Duration::from_secs(20))),
            // A packed answer comes in blocks: what was said now would be heard when the block is full.
            Wanted::Flow => builder.no_gzip().no_brotli().no_deflate().no_zstd().tcp_keepalive(Duration::from_secs(30)),
        };
        if guarded {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        builder.build()
    }
}
