//! The site as one account asks it: addresses, tokens, the account's own identity.

use std::sync::{Mutex, PoisonError};

use reqwest::header::{HeaderValue, USER_AGENT};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use crate::domain::{Item, Meter, Timestamp};
use crate::sources::api::{Api, authorised, json};
use crate::sources::http::{Client, Request, Response};
use crate::sources::{SourceError, SourceSettings, Tools};

use super::errors::of_answer;
use super::incomplete;
use super::session::Session;
use super::shapes::{Me, Thing};

/// Where tokens are given and posts are read by people.
const FRONT: &str = "https://www.reddit.com/";
/// Where tokens are used.
const API: &str = "https://oauth.reddit.com/";

/// Who asks, and where.
#[derive(Clone)]
pub(super) struct Door {
    /// Where tokens are given.
    pub(super) front: Api,
    /// Where they are used.
    pub(super) api: Api,
    agent: HeaderValue,
}

impl Door {
    /// The door for an app and an account. An address of one's own holds both sides of the site.
    pub(super) fn new(url: Option<&Url>, client: &Client, client_id: &str, account: &str) -> Result<Self, SourceError> {
        let bad = |_| incomplete("that is no address", "remove the url of this source");
        let usual: Url = FRONT.parse().map_err(bad)?;
        let own = url.filter(|url| url.host_str() != usual.host_str());
        let front = own.unwrap_or(&usual);
        let api = match own {
            Some(own) => own.clone(),
            None => API.parse().map_err(bad)?,
        };
        // Reddit demands this form, and throttles whoever hides behind a common name.
        let agent =
            format!("{}:{client_id}:goodword/{} (by /u/{account})", std::env::consts::OS, env!("CARGO_PKG_VERSION"));
        let agent = HeaderValue::from_str(&agent)
            .map_err(|_| incomplete("the account or client_id holds signs that a header cannot carry", "check both"))?;
        Ok(Self { front: Api::new(client.clone(), front), api: Api::new(client.clone(), &api), agent })
    }

    /// Signs a request with who we are.
    pub(super) fn signed(&self, request: Request) -> Request {
        request.accept("application/json").header(USER_AGENT, self.agent.clone())
    }
}

/// How a request is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// Nobody waits for it.
    Polling,
    /// A person waits for it.
    Urgent,
}

/// The site as one account asks it.
pub(super) struct Site {
    pub(super) door: Door,
    session: Session,
    account: String,
    /// The key of the account for its limits.
    key: String,
    me: OnceCell<Me>,
    meter: Mutex<Option<Meter>>,
}

impl Site {
    /// The site for the configured account.
    pub(super) fn new(settings: &SourceSettings, tools: &Tools) -> Result<Self, SourceError> {
        let named =
            |value: &Option<String>| value.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        let (Some(account), Some(client_id)) = (named(&settings.account), named(&settings.client_id)) else {
            return Err(incomplete(
                &format!("the source “{}” needs an account and the client_id of an app of your own", settings.name),
                "see reddit.com/prefs/apps; without an app, use your private feed address \
                 (reddit.com/prefs/feeds) as a source of network \"feed\"",
            ));
        };
        let account = account.trim_start_matches("/u/").trim_start_matches("u/").to_owned();
        Ok(Self {
            door: Door::new(settings.url.as_ref(), &tools.client, &client_id, &account)?,
            session: Session::new(client_id, account.clone(), tools.credentials.clone()),
            key: format!("reddit:{}", account.to_lowercase()),
            account,
            me: OnceCell::new(),
            meter: Mutex::new(None),
        })
    }

    /// The host that is asked.
    pub(super) fn host(&self) -> &str {
        self.door.api.host()
    }

    /// The account's name as configured.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        haste: Haste,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let response = self.fetch(path, query, haste, now).await?;
        json(&response)
    }

    /// Asks for something and gives the whole answer.
    pub(super) async fn fetch(
        &self,
        path: &str,
        query: &[(&str, &str)],
        haste: Haste,
        now: Timestamp,
    ) -> Result<Response, SourceError> {
        // Without raw_json, `<`, `>` and `&` come as entities in every text.
        let query: Vec<(&str, &str)> = query.iter().copied().chain([("raw_json", "1")]).collect();
        let url = self.door.api.url(path, &query)?;
        self.send(|| Request::get(url.clone()), haste, now).await
    }

    /// Sends a form. The answer may hold errors although its status is one of success.
    pub(super) async fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Response, SourceError> {
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("api_type", "json"), ("raw_json", "1")]).collect();
        let url = self.door.api.url(path, &[])?;
        self.send(|| Request::post_form(url.clone(), &fields), Haste::Urgent, now).await
    }

    /// Sends with a token. One that is refused is replaced once: it may have been revoked before its time, and
    /// what is refused for it was not done.
    async fn send(&self, make: impl Fn() -> Request, haste: Haste, now: Timestamp) -> Result<Response, SourceError> {
        let mut fresh = false;
        loop {
            let token = self.session.token(&self.door, haste, fresh, now).await?;
            let request = authorised(self.door.signed(make()), Some(&token)).of_account(&self.key);
            let request = if haste == Haste::Urgent { request.urgent() } else { request };
            let response = self.door.api.send(request, now).await?;
            self.count(&response);
            if response.status.as_u16() == 401 && !fresh {
                fresh = true;
                continue;
            }
            return if response.status.is_success() { Ok(response) } else { Err(of_answer(response)) };
        }
    }

    /// Notes what Reddit counts: `x-ratelimit-used` and `-remaining` (a fraction) within ten minutes.
    fn count(&self, response: &Response) {
        let used: Option<f64> = response.text("x-ratelimit-used").and_then(|value| value.parse().ok());
        let (Some(used), Some(remaining)) = (used, response.rate.remaining) else { return };
        let meter = Meter {
            name: "requests".to_owned(),
            used,
            limit: Some(used + remaining),
            currency: None,
            resets: response.rate.resets_at,
        };
        *self.meter.lock().unwrap_or_else(PoisonError::into_inner) = Some(meter);
    }

    /// What Reddit counted last.
    pub(super) fn meter(&self) -> Option<Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who we are.
    pub(super) async fn me(&self, haste: Haste, now: Timestamp) -> Result<&Me, SourceError> {
        self.me
            .get_or_try_init(|| async {
                let me: Me = self.get("api/v1/me", &[], haste, now).await?;
                Ok(me)
            })
            .await
    }

    /// The items of some things, ours marked. Things that are no posts are left out.
    pub(super) fn items(&self, things: Vec<Thing>, me: &Me) -> Vec<Item> {
        things.into_iter().filter_map(|thing| thing.item(&self.door.front, me)).collect()
    }
}
