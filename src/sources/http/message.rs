//! What is asked and what is answered.

use std::fmt;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::SourceError;

use super::failure;
use super::limits::Held;
use super::rate::RateLimit;
use super::redact::redact;

/// What lets a server answer "nothing changed". Kept and sent back verbatim, weak tags and odd dates included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
}

/// One request. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(super) validators: Validators,
    pub(super) account: Option<String>,
    pub(super) urgent: bool,
}

impl Request {
    /// Asks for what is at this address. A user and password in the address are sent as a header.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            validators: Validators::default(),
            account: None,
            urgent: false,
        }
    }

    /// Sends JSON. Redirects are not followed: what is sent must not be sent elsewhere.
    pub fn post_json(url: Url, json: Vec<u8>) -> Self {
        Self::sending(Method::POST, url, json, "application/json")
    }

    /// Sends a form (`application/x-www-form-urlencoded`). Redirects are not followed.
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::sending(Method::POST, url, form.into_bytes(), "application/x-www-form-urlencoded")
    }

    /// Sends JSON to stand at this address. Redirects are not followed.
    pub fn put_json(url: Url, json: Vec<u8>) -> Self {
        Self::sending(Method::PUT, url, json, "application/json")
    }

    /// Takes away what is at this address. Redirects are not followed.
    pub fn delete(url: Url) -> Self {
        Self { method: Method::DELETE, ..Self::get(url) }
    }

    /// Whether data is asked for, nothing that may be a page.
    pub(super) fn wants_data(&self) -> bool {
        let kinds = self.headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
        !kinds.is_empty() && kinds.split(',').all(|kind| kind.contains("json") || kind.contains("event-stream"))
    }

    fn sending(method: Method, url: Url, body: Vec<u8>, kind: &'static str) -> Self {
        let mut request = Self { method, body: Some(body), ..Self::get(url) };
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        request
    }

    /// Authorises with a name and a password.
    #[must_use]
    pub fn basic(mut self, user: &str, password: &str) -> Self {
        use base64::Engine as _;
        let both = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        if let Ok(mut value) = HeaderValue::from_str(&format!("Basic {both}")) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// Counts towards the limits of this account too, not only of the host.
    #[must_use]
    pub fn of_account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// A person waits for it (a reply, a look-up): it goes before polling, and may use the share of the limits
    /// that polling leaves.
    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }

    /// What kinds of answer are wanted.
    #[must_use]
    pub fn accept(mut self, kinds: &'static str) -> Self {
        self.headers.insert(ACCEPT, HeaderValue::from_static(kinds));
        self
    }

    /// Asks only for what changed since.
    #[must_use]
    pub fn unless(mut self, validators: Validators) -> Self {
        self.validators = validators;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Authorises with a token; one that cannot stand in a header is left out and will be refused by the server.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {token}")) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &redact(self.url.as_str()))
            .finish_non_exhaustive()
    }
}

/// What must be known of a request to tell in words what became of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The host that was asked first.
    pub(super) host: String,
    /// A login or a token was sent to the host that answered.
    pub(super) authorised: bool,
    /// It was asked under an account.
    pub(super) of_account: bool,
    /// Data was asked for (JSON, events), nothing that may be a page.
    pub(super) data: bool,
    /// It is to flow, so that the body was not read.
    pub(super) flow: bool,
    /// When the answer came, by our clock.
    pub(super) at: Timestamp,
}

/// One answer, whatever its status.
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, decompressed, at most the configured cap. Cut short for statuses that are failures.
    pub body: Vec<u8>,
    /// Where the answer came from in the end. Without user and password.
    pub url: Url,
    /// Where the asked address has moved for good: the end of the unbroken chain of permanent redirects that
    /// began at it.
    pub moved: Option<Url>,
    /// What it says about how often we may ask.
    pub rate: RateLimit,
    /// How it was asked.
    pub(super) asked: Asked,
    /// Set when the host complained: it, or the account, is left alone until then.
    pub(super) held: Option<Held>,
}

impl Response {
    /// A header as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// Whether the server says that nothing changed.
    pub fn is_unchanged(&self) -> bool {
        self.status == StatusCode::NOT_MODIFIED
    }

    /// Whether it is a page that wants a browser or a person instead of what was asked for.
    pub fn is_challenge(&self) -> bool {
        failure::is_challenge(self)
    }

    /// What to send along next time. Nothing when the answer declares itself stale at birth (`Expires: 0`):
    /// such servers have been seen to answer "nothing changed" when something had.
    pub fn validators(&self) -> Validators {
        if self.text("expires") == Some("0") {
            return Validators::default();
        }
        let own = |name| self.text(name).filter(|value| !value.is_empty()).map(str::to_owned);
        Validators { etag: own("etag"), last_modified: own("last-modified") }
    }

    /// How far our clock is ahead of the server's (negative: behind), if it is off by more than five minutes and the
    /// server tells the time. Good for a remark, see [`super::skew_remark`]: tokens are refused by clocks that differ,
    /// and what was published when is wrong.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        failure::skew(self.text("date"), self.text("age"), self.asked.at)
    }

    /// The answer if it is one of success or "nothing changed", and not a web page where data was asked for.
    ///
    /// # Errors
    /// The failure that the status stands for, with advice.
    pub fn success(self) -> Result<Self, SourceError> {
        if !self.status.is_success() && !self.is_unchanged() {
            return Err(failure::of_status(&self));
        }
        match failure::instead_of_data(&self) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("url", &redact(self.url.as_str()))
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
