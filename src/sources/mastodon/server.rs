//! One server and the account on it: asks in its name and remembers what it says of itself and of the account.

use std::sync::Arc;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp};
use crate::sources::api::{Api, authorised, json};
use crate::sources::http::{Request, Response};
use crate::sources::{Credentials, SourceError, SourceErrorKind, SourceSettings, Tools};

use super::entities::Account;
use super::facts::Facts;
use super::trouble::{self, Asked};

/// How long what a server says of itself is believed.
const FACTS_FOR: SignedDuration = SignedDuration::from_hours(12);

/// The account that the token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Me {
    pub id: String,
    pub handle: String,
    pub url: Option<String>,
    pub name: String,
    pub followers: Option<u64>,
}

/// How urgent a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Polling.
    Poll,
    /// A person waits.
    Urgent,
}

/// A server, and the account on it if there is one.
pub(super) struct Server {
    pub api: Api,
    credentials: Arc<dyn Credentials>,
    /// The account that the token should belong to.
    account: Option<String>,
    /// Under which the client counts our requests.
    key: String,
    facts: Mutex<Option<(Timestamp, Arc<Facts>)>>,
    me: Mutex<Option<Arc<Me>>>,
}

impl Server {
    /// The server of these settings.
    pub(super) fn new(settings: &SourceSettings, url: &Url, tools: &Tools) -> Self {
        let api = Api::new(tools.client.clone(), url);
        let account = settings.account.as_deref().map(|account| account.trim_start_matches('@').to_owned());
        let name = account.clone().unwrap_or_else(|| settings.name.clone()).to_lowercase();
        Self {
            key: format!("mastodon:{}:{name}", api.host()),
            credentials: Arc::clone(&tools.credentials),
            account,
            facts: Mutex::new(None),
            me: Mutex::new(None),
            api,
        }
    }

    /// Its host, for limits and messages.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// Whether there is an account.
    pub(super) fn has_account(&self) -> bool {
        self.credentials.has_secret()
    }

    /// The token, when there is an account.
    ///
    /// # Errors
    /// When there should be one and it cannot be had.
    pub(super) async fn token(&self) -> Result<Option<SecretString>, SourceError> {
        if self.has_account() { self.credentials.secret().await.map(Some) } else { Ok(None) }
    }

    /// Sends a request in the account's name. Any status is an answer.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub(super) async fn send(&self, request: Request, pace: Pace, now: Timestamp) -> Result<Response, SourceError> {
        let token = self.token().await?;
        let mut request = authorised(request, token.as_ref()).accept("application/json");
        if token.is_some() {
            request = request.of_account(&self.key);
        }
        self.api.send(if pace == Pace::Urgent { request.urgent() } else { request }, now).await
    }

    /// Asks for JSON. `scope` is what a token needs for it.
    ///
    /// # Errors
    /// In the server's words when it refuses.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        scope: &'static str,
        pace: Pace,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let response = self.ask(path, query, scope, pace, now).await?;
        json(&response)
    }

    /// Asks, and gives an answer of success whole, for those who need its headers.
    ///
    /// # Errors
    /// As [`Server::get`].
    pub(super) async fn ask(
        &self,
        path: &str,
        query: &[(&str, &str)],
        scope: &'static str,
        pace: Pace,
        now: Timestamp,
    ) -> Result<Response, SourceError> {
        let response = self.send(Request::get(self.api.url(path, query)?), pace, now).await?;
        self.judged(response, scope)
    }

    /// The answer if it is one of success.
    ///
    /// # Errors
    /// What the server complains about.
    pub(super) fn judged(&self, response: Response, scope: &'static str) -> Result<Response, SourceError> {
        if response.status.is_success() {
            return Ok(response);
        }
        Err(trouble::refused(response, Asked { scope, with_token: self.has_account() }))
    }

    /// What the server says of itself; asked twice a day. A server that says nothing is taken for one of the most
    /// modest kind.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(super) async fn facts(&self, pace: Pace, now: Timestamp) -> Result<Arc<Facts>, SourceError> {
        let mut kept = self.facts.lock().await;
        if let Some((_, facts)) = kept.as_ref().filter(|(at, _)| now.duration_since(*at) < FACTS_FOR) {
            return Ok(Arc::clone(facts));
        }
        let facts = match self.ask_facts(pace, now).await {
            Ok(facts) => Arc::new(facts),
            // What was known yesterday serves on.
            Err(error) => return kept.as_ref().map(|(_, facts)| Arc::clone(facts)).ok_or(error),
        };
        *kept = Some((now, Arc::clone(&facts)));
        Ok(facts)
    }

    async fn ask_facts(&self, pace: Pace, now: Timestamp) -> Result<Facts, SourceError> {
        for path in ["api/v2/instance", "api/v1/instance"] {
            let response = self.send(Request::get(self.api.url(path, &[])?), pace, now).await?;
            let status = response.status.as_u16();
            if response.status.is_success()
                && serde_json::from_slice::<Value>(&response.body).is_ok_and(|v| v.is_object())
            {
                return Ok(Facts::read(&json(&response)?));
            }
            if response.is_challenge() || matches!(status, 429 | 500..) {
                self.judged(response, "read")?;
            }
        }
        Ok(Facts::unknown())
    }

    /// The account that the token belongs to, `None` without a token. Asked once.
    ///
    /// # Errors
    /// When the token is refused, or belongs to another account than the configured one.
    pub(super) async fn me(&self, pace: Pace, now: Timestamp) -> Result<Option<Arc<Me>>, SourceError> {
        if !self.has_account() {
            return Ok(None);
        }
        let mut kept = self.me.lock().await;
        if let Some(me) = kept.as_ref() {
            return Ok(Some(Arc::clone(me)));
        }
        let path = "api/v1/accounts/verify_credentials";
        let response = self.send(Request::get(self.api.url(path, &[])?), pace, now).await?;
        // snac answers a bad token here with 422 and nothing else.
        if response.status.as_u16() == 422 && response.body.iter().all(u8::is_ascii_whitespace) {
            return Err(trouble::bad_token(self.host()));
        }
        let account: Account = json(&self.judged(response, "read:accounts")?)?;
        if account.id.is_empty() {
            return Err(trouble::senseless(self.host(), "the id of the account"));
        }
        let domain = self.facts(pace, now).await?.domain.clone();
        let me = Me {
            handle: full_handle(&account.acct, domain.as_deref().unwrap_or(self.host())),
            id: account.id,
            url: account.url,
            name: account.display_name,
            followers: account.followers_count,
        };
        if let Some(wanted) = self.account.as_deref().filter(|wanted| !is_account(wanted, &me.handle, self.host())) {
            return Err(trouble::other_account(self.host(), wanted, &me.handle));
        }
        let me = Arc::new(me);
        *kept = Some(Arc::clone(&me));
        Ok(Some(me))
    }

    /// The account, where one is needed.
    ///
    /// # Errors
    /// As [`Server::me`], and when there is none.
    pub(super) async fn account(&self, pace: Pace, now: Timestamp) -> Result<Arc<Me>, SourceError> {
        self.me(pace, now).await?.ok_or_else(|| trouble::needs_account(self.host()))
    }
}

impl Me {
    /// As an author.
    pub(super) fn author(&self) -> Author {
        Author {
            native_id: Some(self.id.clone()),
            handle: Some(self.handle.clone()),
            name: Some(self.name.clone()).filter(|name| !name.is_empty()),
            followers: self.followers,
        }
    }
}

/// Whether a failure means that it is not there, rather than that nobody answers.
pub(super) fn is_missing(error: &SourceError) -> bool {
    matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::Gone)
}

/// A handle with its server: accounts of the server itself are named without.
pub(super) fn full_handle(acct: &str, domain: &str) -> String {
    let acct = acct.trim().trim_start_matches('@');
    if acct.contains('@') || acct.is_empty() { acct.to_owned() } else { format!("{acct}@{domain}") }
}

/// Whether a configured account (`name` or `name@domain`) is the one that the token belongs to.
fn is_account(wanted: &str, handle: &str, host: &str) -> bool {
    let (wanted, handle) = (wanted.to_lowercase(), handle.to_lowercase());
    let (name, domain) = handle.split_once('@').unwrap_or((handle.as_str(), ""));
    match wanted.split_once('@') {
        Some((wanted, at)) => wanted == name && (at == domain || at == host),
        None => wanted == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_may_be_named_with_and_without_its_server() {
        for wanted in ["Brand", "brand@social.example", "BRAND@web.social.example"] {
            assert!(is_account(wanted, "brand@social.example", "web.social.example"), "{wanted}");
        }
        for wanted in ["brandy", "brand@elsewhere.example", ""] {
            assert!(!is_account(wanted, "brand@social.example", "web.social.example"), "{wanted}");
        }
        assert_eq!(full_handle("@ana", "social.example"), "ana@social.example");
        assert_eq!(full_handle("ana@hachyderm.io", "social.example"), "ana@hachyderm.io");
    }
}
