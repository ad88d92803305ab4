//! The networks that a source can be of: one row each. A new network is a file and a row.

use super::settings::{SourceSettings, Tools};
use super::{Login, Source, SourceError, SourceErrorKind};
use crate::domain::Network;
use crate::domain::time::SignedDuration;

/// Whether a network wants a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// It has no use for one.
    Unused,
    /// It works without and does more with one.
    Optional,
    /// It needs one.
    Needed,
    /// It needs one as soon as an account is named, and works without either.
    WithAccount,
}

/// What is peculiar to one network.
pub struct Kind {
    /// Its name.
    pub network: Network,
    /// What it is, in a line, for lists and errors.
    pub what: &'static str,
    /// Keys of a source that it has a use for, besides `name`, `network`, `shortest`, `longest`, `everything` and
    /// those of secrets.
    pub keys: &'static [&'static str],
    /// Of those, the ones that must be there.
    pub required: &'static [&'static str],
    /// Where it is when no address is configured.
    pub usual_url: Option<&'static str>,
    /// Whether it wants a secret.
    pub secret: Secret,
    /// Never asked more often than this, whatever is configured.
    pub least_interval: SignedDuration,
    /// Makes a source of it.
    pub open: fn(&SourceSettings, &Tools) -> Result<Source, SourceError>,
    /// How one logs in, when there is more to it than pasting a secret.
    pub login: Option<&'static dyn Login>,
}

/// The keys of a source that only some networks have a use for.
pub const KEYS: [&str; 12] = [
    "url",
    "account",
    "search",
    "hashtags",
    "places",
    "stream",
    "client_id",
    "command",
    "publish_command",
    "keep_running",
    "path",
    "listen",
];

/// Every network, in the order in which they are documented.
pub static KINDS: &[&Kind] = &[
    &super::feed::KIND,
    &super::bluesky::KIND,
    &super::mastodon::KIND,
    &super::hackernews::KIND,
    &super::reddit::KIND,
    &super::lemmy::KIND,
    &super::discourse::KIND,
    &super::github::KIND,
    &super::stackexchange::KIND,
    &super::youtube::KIND,
    &super::exec::KIND,
    &super::webhook::KIND,
    &super::file::KIND,
    &super::town::KIND,
];

/// The kind of a network.
pub fn kind(network: &Network) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.network == *network).copied()
}

/// Makes the source that the settings describe.
///
/// # Errors
/// When the settings make no source of their network.
pub fn open(settings: &SourceSettings, tools: &Tools) -> Result<Source, SourceError> {
    let Some(kind) = kind(&settings.network) else {
        return Err(SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("there is no network “{}”", settings.network),
            "the networks stand in the example configuration",
        ));
    };
    let shortest = settings.shortest.max(kind.least_interval);
    let settings = SourceSettings { shortest, longest: settings.longest.max(shortest), ..settings.clone() };
    (kind.open)(&settings, tools)
}
