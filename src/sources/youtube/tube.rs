//! Asking the interface: key or login, units, and who we are there.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use crate::domain::{Author, Timestamp};
use crate::sources::api::{Api, json};
use crate::sources::http::{HeaderName, HeaderValue, Request, Response};
use crate::sources::{Credentials, SourceError, SourceErrorKind, Tools};

use super::oauth::{self, Token};
use super::quota::{Quota, midnight};
use super::refusal::{Refused, of_answer};
use super::secret::{Access, read};
use super::shapes::{Channel, Page};

/// What requests count towards: the units are those of one project.
const LIMITS: &str = "youtube";
/// What a page of a list costs.
pub(super) const LIST: u32 = 1;
/// What a reply costs.
pub(super) const INSERT: u32 = 50;

/// The interface, under one account.
pub(super) struct Tube {
    api: Api,
    tokens: Api,
    account: Option<String>,
    credentials: Arc<dyn Credentials>,
    /// What is used of the day's units.
    pub(super) quota: Quota,
    token: Mutex<Option<(SecretString, Timestamp)>>,
    me: OnceCell<Option<Channel>>,
}

/// How one asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// As anybody: with the key where there is one.
    Reader,
    /// As our channel.
    Channel,
}

impl Tube {
    pub(super) fn new(url: Option<&Url>, account: Option<&str>, tools: &Tools) -> Result<Self, SourceError> {
        let parse = |text: &str| {
            Url::parse(text).map_err(|_| {
                SourceError::new(SourceErrorKind::BadAddress, "no address of YouTube is known", "leave url out")
            })
        };
        let base = url.cloned().map_or_else(|| parse("https://www.googleapis.com/youtube/v3/"), Ok)?;
        let tokens = url.cloned().map_or_else(|| parse("https://oauth2.googleapis.com/"), Ok)?;
        Ok(Self {
            api: Api::new(tools.client.clone(), &base),
            tokens: Api::new(tools.client.clone(), &tokens),
            account: account.map(|account| account.trim().to_owned()).filter(|account| !account.is_empty()),
            credentials: Arc::clone(&tools.credentials),
            quota: Quota::default(),
            token: Mutex::default(),
            me: OnceCell::new(),
        })
    }

    /// The host, for limits and messages.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    async fn access(&self) -> Result<Access, SourceError> {
        read(&self.credentials.secret().await?)
    }

    /// Whether it may act as a channel.
    ///
    /// # Errors
    /// When the secret cannot be had.
    pub(super) async fn may_reply(&self) -> Result<bool, SourceError> {
        Ok(self.access().await?.oauth.is_some())
    }

    /// Asks for a page of a list, for one unit.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        who: As,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Page<T>, Refused> {
        let request = Request::get(self.api.url(path, query)?).accept("application/json");
        let response = self.send(request, LIST, who, urgent, now).await?;
        Ok(json(&response)?)
    }

    /// Sends JSON as our channel, for fifty units.
    pub(super) async fn insert<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        now: Timestamp,
    ) -> Result<T, Refused> {
        let url = self.api.url(path, &[("part", "snippet")])?;
        let request = Request::post_json(url, body.to_string().into_bytes()).accept("application/json");
        let response = self.send(request, INSERT, As::Channel, true, now).await?;
        Ok(json(&response)?)
    }

    async fn send(
        &self,
        request: Request,
        units: u32,
        who: As,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Response, Refused> {
        let request = if urgent { request.urgent() } else { request };
        self.quota.spend(units, urgent, now)?;
        let (with_token, authorised) = self.authorised(request.clone(), who, false, now).await?;
        let mut response = self.api.send(authorised, now).await?;
        if response.status.as_u16() == 401 && with_token {
            // A token may be taken back before it runs out; one that was refused did nothing.
            let (_, authorised) = self.authorised(request, who, true, now).await?;
            response = self.api.send(authorised, now).await?;
        }
        if response.status.is_success() {
            return Ok(response);
        }
        let refused = of_answer(response, now);
        if refused.reason == "quotaExceeded" {
            self.quota.exhausted(now);
            // Asking on, after a restart too, would only be refused.
            self.api.leave_alone(Some(LIMITS), midnight(now), now);
        }
        Err(refused)
    }

    /// The request with the key or a token, and whether it is a token. `anew`: the kept token was refused.
    async fn authorised(
        &self,
        request: Request,
        who: As,
        anew: bool,
        now: Timestamp,
    ) -> Result<(bool, Request), SourceError> {
        let access = self.access().await?;
        let request = request.of_account(LIMITS);
        if let (Some(key), true) = (&access.key, who == As::Reader || access.oauth.is_none()) {
            if who == As::Channel {
                return Err(no_login());
            }
            // In a header and not in the address, which logs and proxies see.
            let mut value = HeaderValue::from_str(key.expose_secret()).map_err(|_| {
                SourceError::new(
                    SourceErrorKind::Refused,
                    "the key for YouTube holds signs that cannot be sent",
                    "copy it again",
                )
            })?;
            value.set_sensitive(true);
            return Ok((false, request.header(HeaderName::from_static("x-goog-api-key"), value)));
        }
        let Some(oauth) = &access.oauth else { return Err(no_login()) };
        let held = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let held = held.filter(|(_, until)| *until > now && !anew);
        let token = match held {
            Some((token, _)) => token,
            None => {
                let kept = if anew { None } else { self.credentials.session().await };
                let token: Token = match kept.and_then(|kept| oauth::recall(&kept, oauth, now)) {
                    Some(token) => token,
                    None => {
                        let token = oauth::refresh(&self.tokens, oauth, now).await?;
                        // It serves until the program ends even where it cannot be kept.
                        let _ = self.credentials.keep_session(&oauth::session(&token, oauth)).await;
                        token
                    }
                };
                let held = (token.access.clone(), token.until);
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
                token.access
            }
        };
        Ok((true, request.bearer(token.expose_secret())))
    }

    /// Our own channel: the configured one, else the one that we are logged in as. `None` with a key alone.
    ///
    /// # Errors
    /// When it cannot be asked for.
    pub(super) async fn me(&self, now: Timestamp) -> Result<Option<&Channel>, SourceError> {
        let me = self.me.get_or_try_init(|| async {
            match &self.account {
                Some(id) if super::places::is_channel(id) => Ok(Some(Channel { id: id.clone(), ..Channel::default() })),
                Some(handle) => self.channel(&[("forHandle", handle)], As::Reader, false, now).await,
                None if self.may_reply().await? => self.channel(&[("mine", "true")], As::Channel, false, now).await,
                None => Ok(None),
            }
        });
        me.await.map(Option::as_ref)
    }

    /// One channel.
    ///
    /// # Errors
    /// When it cannot be asked for.
    pub(super) async fn channel(
        &self,
        by: &[(&str, &str)],
        who: As,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Option<Channel>, SourceError> {
        let mut query = vec![("part", "snippet,statistics")];
        query.extend_from_slice(by);
        let page: Page<Channel> = self.list("channels", &query, who, urgent, now).await?;
        Ok(page.items.list.into_iter().find(|channel| !channel.id.is_empty()))
    }
}

/// A channel as an author.
pub(super) fn author(channel: &Channel) -> Author {
    let statistics = &channel.statistics;
    let followers = statistics.subscriber_count.as_deref().filter(|_| !statistics.hidden_subscriber_count);
    Author {
        native_id: Some(channel.id.clone()),
        handle: channel.snippet.custom_url.as_deref().map(|url| url.trim_start_matches('@').to_owned()),
        name: channel.snippet.title.clone(),
        followers: followers.and_then(|count| count.parse().ok()),
    }
}

fn no_login() -> SourceError {
    SourceError::new(
        SourceErrorKind::Refused,
        "a key alone cannot reply at YouTube",
        "run `goodword login youtube`, and log in as the channel",
    )
}
