//! Asking one forum: keys, its own way of refusing, and what is known of it and of our account there.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp};
use crate::sources::api::{Api, failure, json};
use crate::sources::http::{HeaderName, HeaderValue, Request, Response};
use crate::sources::{Credentials, Retry, SourceError, SourceErrorKind, Tools};

use super::shapes::{Session, Site, SiteSettings, User};

/// What a secret begins with that is a user's key though an account is named beside it.
pub(super) const USER_KEY: &str = "user:";
/// How long what is known of the forum itself stays good.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(6);

/// One forum, under one account or none.
pub(super) struct Forum {
    api: Api,
    /// The name to act as; then the secret is an admin's key.
    account: Option<String>,
    credentials: Arc<dyn Credentials>,
    /// What requests count towards.
    limits: String,
    me: OnceCell<User>,
    known: Mutex<Option<(Timestamp, Arc<Known>)>>,
}

/// How the forum is told who asks.
enum Key {
    None,
    /// An admin's key and the account that it acts as.
    Admin(SecretString, String),
    User(SecretString),
}

/// What is known of a forum.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How it is set up.
    pub(super) settings: SiteSettings,
    /// Categories that only some people may read.
    restricted: HashSet<i64>,
}

impl Known {
    /// Whether anybody may read a post of this category.
    pub(super) fn is_open(&self, category: Option<i64>) -> bool {
        self.settings.login_required != Some(true)
            && category.is_none_or(|category| !self.restricted.contains(&category))
    }
}

impl Forum {
    pub(super) fn new(url: &Url, account: Option<&str>, tools: &Tools) -> Self {
        let api = Api::new(tools.client.clone(), url);
        let account = account.map(|name| name.trim_start_matches('@').to_owned()).filter(|name| !name.is_empty());
        let limits = format!("discourse:{}:{}", api.host(), account.as_deref().unwrap_or("key"));
        Self {
            api,
            account,
            credentials: Arc::clone(&tools.credentials),
            limits,
            me: OnceCell::new(),
            known: Mutex::default(),
        }
    }

    /// Its host, for limits and messages.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// Whether it is the brand's own, read whole: the secret is an admin's key.
    ///
    /// # Errors
    /// When the secret cannot be had.
    pub(super) async fn is_own(&self) -> Result<bool, SourceError> {
        Ok(matches!(self.key().await?, Key::Admin(..)))
    }

    async fn key(&self) -> Result<Key, SourceError> {
        if !self.has_key() {
            return Ok(Key::None);
        }
        let secret = self.credentials.secret().await?;
        Ok(match (secret.expose_secret().trim().strip_prefix(USER_KEY), &self.account) {
            (Some(key), _) => Key::User(SecretString::from(key)),
            (None, Some(account)) => Key::Admin(secret, account.clone()),
            (None, None) => Key::User(secret),
        })
    }

    /// The address of a path below the forum.
    pub(super) fn address(&self, path: &str) -> Option<String> {
        self.api.url(path, &[]).ok().map(String::from)
    }

    /// Where relative links of posts lead from.
    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    /// Asks for JSON. `urgent`: a person waits for it.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        urgent: bool,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request = Request::get(self.api.url(path, query)?).accept("application/json");
        let request = if urgent { request.urgent() } else { request };
        self.answer(request, now).await
    }

    /// Sends JSON, at once.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request = Request::post_json(self.api.url(path, &[])?, body.to_string().into_bytes());
        self.answer(request.accept("application/json").urgent(), now).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: Request, now: Timestamp) -> Result<T, SourceError> {
        let request = self.authorised(request).await?;
        let response = self.api.send(request, now).await?;
        if response.status.is_success() {
            return json(&response);
        }
        let error = refusal(response, self.has_key(), now);
        if let (SourceErrorKind::TooMany, Retry::NotBefore(until)) = (error.kind, error.retry) {
            // What stands in the body alone holds back the next requests too.
            self.api.leave_alone(self.has_key().then_some(self.limits.as_str()), until, now);
        }
        Err(error)
    }

    fn has_key(&self) -> bool {
        self.credentials.has_secret()
    }

    /// The request with the keys of the account, which redirects to other hosts do not carry along.
    async fn authorised(&self, request: Request) -> Result<Request, SourceError> {
        let value = |text: &str| {
            let mut value = HeaderValue::from_str(text.trim()).map_err(|_| {
                SourceError::new(
                    SourceErrorKind::Refused,
                    &format!("the key or the account for {} holds signs that cannot be sent", self.host()),
                    "copy the key again, without line breaks",
                )
            })?;
            value.set_sensitive(true);
            Ok::<_, SourceError>(value)
        };
        Ok(match self.key().await? {
            Key::None => request,
            Key::Admin(key, account) => request
                .of_account(&self.limits)
                .header(HeaderName::from_static("api-key"), value(key.expose_secret())?)
                .header(HeaderName::from_static("api-username"), value(&account)?),
            Key::User(key) => request
                .of_account(&self.limits)
                .header(HeaderName::from_static("user-api-key"), value(key.expose_secret())?),
        })
    }

    /// Our account there. `None` without a key.
    pub(super) async fn me(&self, now: Timestamp) -> Result<Option<&User>, SourceError> {
        if !self.has_key() {
            return Ok(None);
        }
        let me = self.me.get_or_try_init(|| async {
            let session: Session = self.get("session/current.json", &[], false, now).await?;
            session.current_user.ok_or_else(|| {
                SourceError::new(
                    SourceErrorKind::Refused,
                    &format!("{} does not say whose key it is", self.host()),
                    "check that the key is one for reading and writing and has not been revoked",
                )
            })
        });
        me.await.map(Some)
    }

    /// What is known of the forum, asked at most every few hours. What it does not tell counts as not being so,
    /// except when it cannot be asked at all.
    pub(super) async fn known(&self, urgent: bool, now: Timestamp) -> Result<Arc<Known>, SourceError> {
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, known)) = kept
            && now.duration_since(at) < KNOWN_FOR
        {
            return Ok(known);
        }
        let settings = gently(self.get::<SiteSettings>("site/settings.json", &[], urgent, now).await)?;
        let site = gently(self.get::<Site>("site.json", &[], urgent, now).await)?;
        let restricted = site.categories.list.iter().filter(|category| category.read_restricted);
        let known = Arc::new(Known { settings, restricted: restricted.map(|category| category.id).collect() });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&known)));
        Ok(known)
    }
}

/// Forums that do not have or do not show this are not refused for it.
fn gently<T: Default>(answer: Result<T, SourceError>) -> Result<T, SourceError> {
    match answer {
        Err(error)
            if matches!(
                error.kind,
                SourceErrorKind::NotFound | SourceErrorKind::Refused | SourceErrorKind::NotUnderstood
            ) =>
        {
            Ok(T::default())
        }
        other => other,
    }
}

/// What stands in `errors` of a refusal.
fn said(body: &Value) -> Option<String> {
    let errors = body.get("errors")?.as_array()?;
    let words: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The failure that an answer stands for, in the forum's words and with what to do about it here.
fn refusal(response: Response, has_key: bool, now: Timestamp) -> SourceError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let kind = body.get("error_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let wait = body.pointer("/extras/wait_seconds").and_then(Value::as_f64);
    let status = response.status.as_u16();
    let mut error = failure(response, said);
    let advice = match (status, kind.as_str()) {
        (401 | 403, "not_logged_in") if !has_key => {
            "only members may read it: give it a key (Preferences, Security on the forum, or an admin's API key)"
        }
        (401 | 403, _) if has_key => {
            "the key may be revoked, may lack a scope, or may not act as this account: make a new one on the \
             forum (admins: /admin/api/keys) and log in again"
        }
        (404, _) => "it is not there, was deleted, or may not be seen by this account",
        (409 | 422, _) => "change the words as the forum asks, or answer in the browser",
        _ => "",
    };
    if !advice.is_empty() && error.kind != SourceErrorKind::Challenge {
        error.advice = advice.to_owned();
    }
    if error.kind == SourceErrorKind::TooMany
        && let Some(seconds) = wait.filter(|seconds| seconds.is_finite() && *seconds > 0.0)
    {
        let wish = now.saturating_add(SignedDuration::from_secs(seconds.min(86_400.0).ceil() as i64));
        let wish = wish.unwrap_or(Timestamp::MAX);
        // The header and the body say the same; a forum behind a proxy may lose the header.
        error.retry = match error.retry {
            Retry::NotBefore(at) => Retry::NotBefore(at.max(wish)),
            _ => Retry::NotBefore(wish),
        };
    }
    error
}

/// Somebody with an account, as an author.
pub(super) fn author(user: &User) -> Author {
    Author {
        native_id: (user.id != 0).then(|| user.id.to_string()),
        handle: Some(user.username.clone()).filter(|name| !name.is_empty()),
        name: user.name.clone().filter(|name| !name.is_empty()),
        followers: None,
    }
}
