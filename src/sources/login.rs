//! Logging in: a short talk with a person that ends with a secret that the network accepted.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use super::http::redact;
use super::{SourceError, Tools};
use crate::domain::Timestamp;

/// The person who logs in.
#[async_trait]
pub trait Person: Send + Sync {
    /// Tells something, in a line or a few.
    async fn tell(&self, words: &str);
    /// Asks for an answer in one line. `None` when there is nobody to ask, or the answer is empty.
    async fn ask(&self, question: &str) -> Option<String>;
    /// Asks for a secret, which is not shown while it is typed.
    async fn ask_secret(&self, question: &str) -> Option<SecretString>;
}

/// What was said when the login began.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct LoginRequest {
    /// The server.
    pub url: Option<Url>,
    /// The account, without a leading `@`.
    pub account: Option<String>,
    /// The id of the person's own app, where the network demands one.
    pub client_id: Option<String>,
    /// What the source is configured to listen to, if it is there already.
    pub places: Vec<String>,
}

/// The address may hold a password.
impl fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRequest")
            .field("url", &self.url.as_ref().map(|url| redact(url.as_str())))
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// What a login ended with.
#[derive(Default)]
pub struct LoggedIn {
    /// The server, when the network has several.
    pub url: Option<Url>,
    /// The account, as the network names it.
    pub account: String,
    /// Other names of the same account, by which it may be configured: a lasting id, a handle.
    pub also: Vec<String>,
    /// What to listen to, where a source needs it to be told.
    pub places: Vec<String>,
    /// The id of the person's own app.
    pub client_id: Option<String>,
    /// What to keep: the source asks for it with [`super::Credentials::secret`].
    pub secret: SecretString,
}

/// How one logs in at a network.
#[async_trait]
pub trait Login: Send + Sync {
    /// Talks with the person and tries what they give.
    ///
    /// # Errors
    /// [`SourceError`] when the network refuses, cannot be asked, or the person gave nothing.
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError>;
}
