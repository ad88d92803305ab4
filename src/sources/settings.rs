//! What a configuration says of one source, whatever its network.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::Credentials;
use super::http::{Client, redact};
use crate::domain::Network;
use crate::domain::time::SignedDuration;

/// What is configured for one source. Which of it a network uses stands in its [`super::networks::Kind`].
#[derive(Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// Its name, unique among the sources.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Where it is: the address of a feed, or of the server of an account.
    pub url: Option<Url>,
    /// The account on it, without a leading `@`.
    pub account: Option<String>,
    /// Words and phrases to search for: the names of the brand and its rivals unless the person says otherwise.
    pub search: Vec<String>,
    /// Hashtags to follow, without the `#`.
    pub hashtags: Vec<String>,
    /// Parts of the place to listen to: subreddits, communities, repositories, channels, lists.
    pub places: Vec<String>,
    /// Listen to what the network pushes, where it does.
    pub stream: bool,
    /// The id of the person's own app at the network, where it demands one.
    pub client_id: Option<String>,
    /// The command that prints mentions; `sh -c` runs it.
    pub command: Option<String>,
    /// The command that publishes; `sh -c` runs it.
    pub publish_command: Option<String>,
    /// The command runs on, and is started again when it ends.
    pub keep_running: bool,
    /// The file to follow.
    pub path: Option<PathBuf>,
    /// Where to receive; a loopback address.
    pub listen: Option<SocketAddr>,
    /// Every item is a mention of the brand, whatever the watches say.
    pub everything: bool,
    /// Shortest interval between two polls.
    pub shortest: SignedDuration,
    /// Longest interval between two polls.
    pub longest: SignedDuration,
}

impl SourceSettings {
    /// Settings with nothing but a name: for tests and for sources that nobody configured.
    pub fn named(name: impl Into<String>, network: Network) -> Self {
        Self {
            name: name.into(),
            network,
            url: None,
            account: None,
            search: Vec::new(),
            hashtags: Vec::new(),
            places: Vec::new(),
            stream: true,
            client_id: None,
            command: None,
            publish_command: None,
            keep_running: false,
            path: None,
            listen: None,
            everything: false,
            shortest: SignedDuration::from_mins(5),
            longest: SignedDuration::from_hours(1),
        }
    }
}

/// Addresses and commands may hold secrets.
impl fmt::Debug for SourceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceSettings")
            .field("name", &self.name)
            .field("network", &self.network)
            .field("url", &self.url.as_ref().map(|url| redact(url.as_str())))
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// What a source is made with besides its settings.
#[derive(Clone)]
pub struct Tools {
    /// The way to the network.
    pub client: Client,
    /// The secrets of its account.
    pub credentials: Arc<dyn Credentials>,
}
