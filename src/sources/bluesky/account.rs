//! One account: its session, shared by listening, publishing and looking up, and the calls made with it.

use std::sync::{Mutex as Lock, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use crate::domain::{Author, Meter, Timestamp};
use crate::sources::api::{self, Api};
use crate::sources::http::{Request, Response};
use crate::sources::{SourceError, SourceErrorKind, Tools};

use super::record::usable_handle;
use super::refusal::Failure;
use super::session::{Granted, Kept, Open, REFUSED_FOR};

/// What is asked of the server.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// The name of the method (NSID).
    method: &'a str,
    /// Parameters of a query.
    query: &'a [(&'a str, &'a str)],
    /// The body of a procedure; a query has none.
    body: Option<&'a Value>,
    /// A person waits for it.
    urgent: bool,
}

impl<'a> Ask<'a> {
    /// Asks for something.
    pub(super) fn query(method: &'a str, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method, query, body: None, urgent: false }
    }

    /// Has something done; a person waits for it.
    pub(super) fn procedure(method: &'a str, body: &'a Value) -> Self {
        Self { method, query: &[], body: Some(body), urgent: true }
    }

    /// A person waits for it.
    pub(super) fn urgent(self) -> Self {
        Self { urgent: true, ..self }
    }
}

/// An account at a server.
pub(super) struct Account {
    tools: Tools,
    home: Api,
    identifier: String,
    /// Held while a session is made or renewed: whoever comes meanwhile waits and uses the new one.
    state: Mutex<State>,
    requests: Lock<Option<Meter>>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The last log-in that was refused, and when.
    refused: Option<(Timestamp, SourceError)>,
    /// Keeping the session failed.
    unkept: Option<SourceError>,
}

impl Account {
    /// The account of this handle or DID, at the server (PDS or entryway) of this address.
    pub(super) fn new(server: &Url, identifier: &str, tools: &Tools) -> Self {
        Self {
            home: Api::new(tools.client.clone(), server),
            tools: tools.clone(),
            identifier: identifier.trim().trim_start_matches('@').to_owned(),
            state: Mutex::default(),
            requests: Lock::default(),
        }
    }

    /// The host that was configured.
    pub(super) fn host(&self) -> &str {
        self.home.host()
    }

    /// The account as its server names it. Opens the session when none is open.
    pub(super) async fn identity(&self, urgent: bool, now: Timestamp) -> Result<Author, SourceError> {
        let open = self.session(None, urgent, now).await?;
        let handle = usable_handle(&open.handle).map(str::to_owned);
        Ok(Author { native_id: Some(open.did), handle, ..Author::default() })
    }

    /// The account's lasting id. Opens the session when none is open.
    pub(super) async fn did(&self, urgent: bool, now: Timestamp) -> Result<String, SourceError> {
        Ok(self.session(None, urgent, now).await?.did)
    }

    /// What is counted of our use, as far as the server tells.
    pub(super) async fn meters(&self, now: Timestamp) -> Vec<Meter> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let log_ins = self.state.lock().await.kept.as_ref().map(|kept| kept.meter(now));
        requests.into_iter().chain(log_ins).collect()
    }

    /// Why the session was not kept for the next start; told once.
    pub(super) async fn not_kept(&self) -> Option<SourceError> {
        self.state.lock().await.unkept.take()
    }

    /// Asks under the account. When its token is refused, a new one is got and the question asked once more.
    ///
    /// # Errors
    /// [`Failure`] with the server's own name for it.
    pub(super) async fn call<T: DeserializeOwned>(&self, ask: Ask<'_>, now: Timestamp) -> Result<T, Failure> {
        let mut refused: Option<String> = None;
        loop {
            let open = self.session(refused.as_deref(), ask.urgent, now).await?;
            let response = self.send(ask, &open, now).await?;
            if response.status.is_success() {
                return Ok(api::json(&response)?);
            }
            let failure = Failure::of(response);
            if refused.is_some() || !failure.wants_new_token() {
                return Err(failure);
            }
            refused = Some(open.access);
        }
    }

    async fn send(&self, ask: Ask<'_>, open: &Open, now: Timestamp) -> Result<Response, Failure> {
        let api = Api::new(self.tools.client.clone(), &open.server(self.home.base()));
        let url = api.url(&format!("xrpc/{}", ask.method), ask.query)?;
        let request = match ask.body {
            Some(body) => Request::post_json(url, body.to_string().into_bytes()),
            None => Request::get(url),
        };
        let request = request.bearer(&open.access).accept("application/json").of_account(&open.account_key());
        let response = api.send(if ask.urgent { request.urgent() } else { request }, now).await?;
        self.count(&response);
        Ok(response)
    }

    /// Notes what the server says of its limits; calls that it passes on may come back without.
    fn count(&self, response: &Response) {
        let limit = response.text("ratelimit-limit").and_then(|limit| limit.parse::<f64>().ok());
        if let (Some(limit), Some(left)) = (limit, response.rate.remaining) {
            let meter = Meter {
                name: "requests".to_owned(),
                used: (limit - left).max(0.0),
                limit: Some(limit),
                currency: None,
                resets: response.rate.resets_at,
            };
            *self.requests.lock().unwrap_or_else(PoisonError::into_inner) = Some(meter);
        }
    }

    /// The open session; made or renewed when there is none, when it is old, or when its token is the refused one.
    async fn session(&self, refused: Option<&str>, urgent: bool, now: Timestamp) -> Result<Open, SourceError> {
        let mut state = self.state.lock().await;
        if state.kept.is_none() {
            let kept = self.tools.credentials.session().await;
            state.kept = Some(Kept::read(kept.as_ref(), self.home.base(), &self.identifier));
        }
        if let Some(open) = state.kept.as_ref().and_then(|kept| kept.open.clone()) {
            if refused != Some(open.access.as_str()) && !open.is_old(now) {
                return Ok(open);
            }
            match self.renew(&open, urgent, now).await {
                Ok(open) => return self.keep(&mut state, open).await,
                Err(failure) if failure.wants_new_token() => {}
                Err(failure) => return Err(failure.error),
            }
        }
        let made = self.log_in(&mut state, urgent, now).await?;
        self.keep(&mut state, made).await
    }

    /// `com.atproto.server.refreshSession`.
    async fn renew(&self, open: &Open, urgent: bool, now: Timestamp) -> Result<Open, Failure> {
        let api = Api::new(self.tools.client.clone(), &open.server(self.home.base()));
        // The method takes no body; one of no length is none.
        let request = Request::post_json(api.url("xrpc/com.atproto.server.refreshSession", &[])?, Vec::new())
            .bearer(&open.refresh)
            .accept("application/json")
            .of_account(&open.account_key());
        let response = api.send(if urgent { request.urgent() } else { request }, now).await?;
        if !response.status.is_success() {
            return Err(Failure::of(response));
        }
        let granted: Granted = api::json(&response)?;
        Ok(Open::of(granted, api.base(), now)?)
    }

    /// `com.atproto.server.createSession`, unless it was refused just now or tried too often.
    async fn log_in(&self, state: &mut State, urgent: bool, now: Timestamp) -> Result<Open, SourceError> {
        if let Some((at, error)) = &state.refused
            && now.duration_since(*at).abs() < REFUSED_FOR
        {
            return Err(error.clone());
        }
        let secret = self.tools.credentials.secret().await?;
        let Some(kept) = state.kept.as_mut() else { return Err(no_state()) };
        kept.open = None;
        kept.try_one(now)?;
        // Counted before it is tried: a program that dies on the way must not forget that it tried.
        state.unkept = self.tools.credentials.keep_session(&kept.written()).await.err();
        match create_session(&self.home, &self.identifier, &secret, urgent, now).await {
            Ok(open) => {
                state.refused = None;
                Ok(open)
            }
            Err(error) => {
                if error.kind == SourceErrorKind::Refused {
                    state.refused = Some((now, error.clone()));
                }
                Err(error)
            }
        }
    }

    async fn keep(&self, state: &mut State, open: Open) -> Result<Open, SourceError> {
        if let Some(kept) = state.kept.as_mut() {
            kept.open = Some(open.clone());
            state.unkept = self.tools.credentials.keep_session(&kept.written()).await.err();
        }
        Ok(open)
    }
}

fn no_state() -> SourceError {
    SourceError::new(SourceErrorKind::Local, "the session was not read", "ask again")
}

/// Opens a session with name and app password.
///
/// # Errors
/// When the server refuses or cannot be asked.
pub(super) async fn create_session(
    home: &Api,
    identifier: &str,
    password: &SecretString,
    urgent: bool,
    now: Timestamp,
) -> Result<Open, SourceError> {
    let body = json!({ "identifier": identifier, "password": password.expose_secret().trim() });
    let request = Request::post_json(home.url("xrpc/com.atproto.server.createSession", &[])?, body.to_string().into())
        .accept("application/json")
        .of_account(&format!("bluesky:{identifier}"));
    let response = home.send(if urgent { request.urgent() } else { request }, now).await?;
    if !response.status.is_success() {
        return Err(Failure::of(response).error);
    }
    let granted: Granted = api::json(&response)?;
    Open::of(granted, home.base(), now)
}
