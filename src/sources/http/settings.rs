//! What a person may choose about how the network is asked.

use serde::Deserialize;

use crate::domain::time::SignedDuration;

/// Whether addresses that are not reachable from the internet (loopback, home and office networks, cloud
/// metadata) may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrivateAddresses {
    /// Always. A stranger's redirect may then reach into your own network.
    Allow,
    /// Those that a person configured; not those that a public host redirects to. Whoever configures a feed of
    /// the company's own network means it, a stranger's server that points there does not mean well.
    #[default]
    NotByRedirect,
    /// Never.
    Refuse,
}

/// How the network is asked. Every key has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Who we say we are; default `goodword/<version>`. The contact is added to it.
    pub user_agent: Option<String>,
    /// An address (web or mail) under which the people behind a server can reach you.
    pub contact: Option<String>,
    /// Longest time for one answer, redirects included, waiting for our own turn excluded; 1 s to 10 min.
    pub timeout: SignedDuration,
    /// Largest answer, in bytes after decompression.
    pub largest_body: u64,
    /// Polls at one time to one host; at least 1. What a person waits for has turns of its own.
    pub per_host: usize,
    /// Polls at one time altogether; at least 1.
    pub at_once: usize,
    /// Whether private addresses may be asked.
    pub private_addresses: PrivateAddresses,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            user_agent: None,
            contact: None,
            timeout: SignedDuration::from_secs(30),
            largest_body: 16_000_000,
            per_host: 1,
            at_once: 16,
            private_addresses: PrivateAddresses::default(),
        }
    }
}

impl HttpSettings {
    /// The value of the `User-Agent` header: `name/version (+contact)`.
    pub fn agent(&self) -> String {
        let name = self.user_agent.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.unwrap_or(concat!("goodword/", env!("CARGO_PKG_VERSION")));
        match self.contact.as_deref().map(str::trim).filter(|contact| !contact.is_empty()) {
            Some(contact) => format!("{name} (+{contact})"),
            None => name.to_owned(),
        }
    }

    /// The longest time for one answer as the runtime wants it, kept within 1 s to 10 min.
    pub(super) fn patience(&self) -> std::time::Duration {
        std::time::Duration::try_from(self.timeout)
            .unwrap_or_default()
            .clamp(std::time::Duration::from_secs(1), std::time::Duration::from_secs(600))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_itself_with_a_contact() {
        let settings = HttpSettings { contact: Some("https://ferris.example/bot".into()), ..HttpSettings::default() };
        assert_eq!(settings.agent(), concat!("goodword/", env!("CARGO_PKG_VERSION"), " (+https://ferris.example/bot)"));
    }

    #[test]
    fn reads_durations_in_words_and_refuses_unknown_keys() {
        let read: HttpSettings = serde_json::from_str(r#"{"timeout":"20s","private_addresses":"refuse"}"#).unwrap();
        assert_eq!(read.timeout, SignedDuration::from_secs(20));
        assert_eq!(read.private_addresses, PrivateAddresses::Refuse);
        assert!(serde_json::from_str::<HttpSettings>(r#"{"time_out":"20s"}"#).is_err());
    }
}
