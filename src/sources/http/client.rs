//! The client itself: turns, hold-backs, redirects, time-outs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::SourceError;

use super::address::{is_private, names_private};
use super::connections::{Connections, Wanted};
use super::lanes::Lanes;
use super::limits::{self, Limits, Pass, Payer};
use super::message::{Asked, Request, Response};
use super::rate::rate_limit;
use super::redact::is_secret;
use super::redirect::{Trail, target};
use super::settings::{HttpSettings, PrivateAddresses};
use super::stream::Stream;
use super::{body, failure, host_of};

/// How much of a failure's page is read.
const PAGE: usize = 64 * 1024;

/// Asks politely. Cheap to clone; all clones share turns, limits and hold-backs.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    settings: HttpSettings,
    lanes: Lanes,
    limits: Limits,
    turns: Semaphore,
    connections: Connections,
}

/// What one request on the way brought.
struct Step {
    response: Response,
    /// The answer itself, when it is one of success that is to flow; the body of `response` is empty then.
    flow: Option<reqwest::Response>,
    /// The host that answered is on a private network, or may be.
    from_private: bool,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// When the user agent or the contact cannot stand in a header.
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::with(settings, Limits::default())
    }

    /// A client whose hold-backs survive in this file: one that wants to be left alone for an hour is left alone
    /// though the program starts anew. A file that cannot be read or written is done without.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn keeping(settings: HttpSettings, file: PathBuf, now: Timestamp) -> Result<Self, SourceError> {
        Self::with(settings, Limits::kept_in(file, now))
    }

    fn with(settings: HttpSettings, limits: Limits) -> Result<Self, SourceError> {
        let inner = Inner {
            lanes: Lanes::new(settings.per_host),
            limits,
            turns: Semaphore::new(settings.at_once.max(1)),
            connections: Connections::new(&settings)?,
            settings,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Asks, waiting for a turn at the host. Any status is an answer; see [`Response::success`].
    ///
    /// # Errors
    /// When there is no whole answer, when the way to it is refused, and, without asking, while the host wants
    /// to be left alone.
    pub async fn send(&self, request: Request, now: Timestamp) -> Result<Response, SourceError> {
        Ok(self.walk(&request, Wanted::Whole, now).await?.response)
    }

    /// Asks for an answer that goes on (server-sent events): waits for a turn at the host as [`Client::send`] does,
    /// but holds none while the answer flows. Nothing is unpacked, and only silence ends it ([`Stream::idle`]).
    ///
    /// # Errors
    /// As [`Client::send`], and the failure that a status other than one of success stands for.
    pub async fn stream(&self, request: Request, now: Timestamp) -> Result<Stream, SourceError> {
        let Step { response, flow, .. } = self.walk(&request, Wanted::Flow, now).await?;
        match flow {
            Some(answer) => {
                let Response { headers, url, .. } = response.success()?;
                Stream::new(answer, headers, url)
            }
            None => Err(failure::of_status(&response)),
        }
    }

    /// Goes to where the answer is.
    async fn walk(&self, request: &Request, wanted: Wanted, now: Timestamp) -> Result<Step, SourceError> {
        let mut trail = Trail::start(&request.url)?;
        let mut left = self.inner.settings.patience();
        let mut guarded = false;
        loop {
            let mut step = self.step(request, &trail, wanted, guarded, &mut left, now).await?;
            let sent_on =
                if request.method == Method::GET { target(step.response.status, &step.response.headers) } else { None };
            let Some(location) = sent_on else {
                step.response.moved = trail.moved;
                return Ok(step);
            };
            let before = host_of(&trail.url);
            trail.follow(step.response.status, &location)?;
            guarded |= !step.from_private && host_of(&trail.url) != before;
        }
    }

    /// One request to one host, in its turn.
    async fn step(
        &self,
        request: &Request,
        trail: &Trail,
        wanted: Wanted,
        guarded: bool,
        left: &mut Duration,
        now: Timestamp,
    ) -> Result<Step, SourceError> {
        let inner = &*self.inner;
        let guard = match inner.settings.private_addresses {
            PrivateAddresses::Allow => false,
            PrivateAddresses::NotByRedirect => guarded,
            PrivateAddresses::Refuse => true,
        };
        if guard && names_private(&trail.url) {
            return Err(failure::private(&host_of(&trail.url), guarded));
        }
        let host = host_of(&trail.url);
        let lane = inner.lanes.to(&host);
        let waiting = Instant::now();
        // First the host's turn, then a turn of our own: who waits for a slow host keeps nobody else waiting.
        let _host_turn = lane.turn(request.urgent).await;
        let _own_turn = if request.urgent { None } else { inner.turns.acquire().await.ok() };
        let now = later(now, waiting);
        // Who is sent elsewhere asks there without the account.
        let account = request.account.as_deref().filter(|_| trail.trusted);
        let payer = limits::payer(&trail.url, account);
        let pass = inner.limits.admit(&payer, &limits::Kind::of(request, &trail.url), now);
        let pass = pass.map_err(|refused| failure::not_let_through(&host, account.is_some(), &refused))?;
        let (prepared, authorised) = prepare(inner.connections.to(wanted, guard)?, request, trail);
        let asked = Asked {
            host: host_of(&request.url),
            authorised,
            of_account: account.is_some(),
            data: request.wants_data(),
            flow: wanted == Wanted::Flow,
            at: now,
        };
        let begun = Instant::now();
        let step = tokio::time::timeout(*left, inner.exchange(prepared, trail, wanted, pass, asked)).await;
        *left = left.saturating_sub(begun.elapsed());
        step.unwrap_or_else(|_| Err(failure::too_slow(&trail.url, inner.settings.patience())))
    }

    /// Until when the host of this address wants to be left alone, whoever asks.
    pub fn held_until(&self, url: &url::Url, now: Timestamp) -> Option<Timestamp> {
        self.inner.limits.held(&limits::payer(url, None), now).map(|held| held.until)
    }

    /// Who we say we are, for connections that this client does not make itself.
    pub fn agent(&self) -> HeaderValue {
        self.inner.connections.agent()
    }

    /// Whether a connection that a person configured may lead to this address.
    pub fn may_reach(&self, address: std::net::IpAddr) -> bool {
        self.inner.settings.private_addresses != PrivateAddresses::Refuse || !is_private(address)
    }

    /// Until when this account, or its whole host, wants to be left alone.
    pub fn account_held_until(&self, host: &str, account: &str, now: Timestamp) -> Option<Timestamp> {
        self.inner.limits.held(&Payer::new(host, Some(account)), now).map(|held| held.until)
    }

    /// Leaves the account (without one, the whole host) alone until then: for networks that ask for it inside
    /// their answers. `host` as [`host_of`] names it.
    pub fn leave_alone(&self, host: &str, account: Option<&str>, until: Timestamp, now: Timestamp) {
        self.inner.limits.hold(&Payer::new(host, account), until);
        self.inner.limits.save(now);
    }

    /// What the answers told of how much of the granted requests is used: by this account, or, when nothing is
    /// known of it, by all who ask the host without one. The widest count comes first. `host` as [`host_of`] names it.
    pub fn meters(&self, host: &str, account: Option<&str>) -> Vec<Meter> {
        self.inner.limits.meters(&Payer::new(host, account))
    }
}

impl Inner {
    async fn exchange(
        &self,
        prepared: reqwest::RequestBuilder,
        trail: &Trail,
        wanted: Wanted,
        pass: Pass<'_>,
        asked: Asked,
    ) -> Result<Step, SourceError> {
        let sent = Instant::now();
        let mut answer = prepared.send().await.map_err(|error| failure::of_transport(&error, &trail.url))?;
        let now = later(asked.at, sent);
        let from_private = names_private(&trail.url) || answer.remote_addr().is_some_and(|peer| is_private(peer.ip()));
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let rate = rate_limit(&headers, now);
        let asked = Asked { at: now, ..asked };
        let (url, body) = (trail.url.clone(), Vec::new());
        let mut response = Response { status, headers, body, url, moved: None, rate, asked, held: None };
        if status.is_client_error() || status.is_server_error() {
            response.body = body::read_beginning(answer, PAGE).await;
            response.held = pass.answered(status, &response.rate, &response.body, now);
            return Ok(Step { response, flow: None, from_private });
        }
        pass.answered(status, &response.rate, &[], now);
        let mut flow = None;
        if status.is_success() {
            if wanted == Wanted::Flow {
                flow = Some(answer);
            } else {
                response.body = body::read_whole(answer, self.settings.largest_body, &trail.url).await?;
            }
        }
        Ok(Step { response, flow, from_private })
    }
}

/// The moment after waiting since then, in whole seconds: callers say when they began, and a turn may come late.
fn later(now: Timestamp, since: Instant) -> Timestamp {
    let waited = i64::try_from(since.elapsed().as_secs()).unwrap_or_default();
    now.saturating_add(SignedDuration::from_secs(waited)).unwrap_or(now)
}

/// Headers that another host than the asked one may see. Everything else may authorise, in one way or another.
const HARMLESS: [HeaderName; 2] = [ACCEPT, ACCEPT_LANGUAGE];

/// The request as it goes to the place that the trail has come to, and whether a login or a token is in it.
fn prepare(client: &reqwest::Client, request: &Request, trail: &Trail) -> (reqwest::RequestBuilder, bool) {
    let mut headers: HeaderMap = request.headers.clone();
    if !trail.trusted {
        headers = HARMLESS.into_iter().filter_map(|name| Some((name.clone(), headers.remove(&name)?))).collect();
    }
    let authorised = trail.login.is_some() || headers.iter().any(|(name, value)| authorises(name, value));
    for (name, validator) in
        [(IF_NONE_MATCH, &request.validators.etag), (IF_MODIFIED_SINCE, &request.validators.last_modified)]
    {
        if let Some(value) = validator.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    let mut builder = client.request(request.method.clone(), trail.url.clone()).headers(headers);
    if let Some((user, password)) = &trail.login {
        builder = builder.basic_auth(user, Some(password));
    }
    if let Some(body) = &request.body {
        builder = builder.body(body.clone());
    }
    (builder, authorised)
}

/// Whether a header carries a login or a token: `Authorization`, `Cookie`, `Api-Key` and their like.
fn authorises(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || *name == AUTHORIZATION || *name == COOKIE || is_secret(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::SourceErrorKind;

    #[tokio::test]
    async fn what_a_public_host_sends_on_to_may_not_be_private() {
        let client = Client::new(HttpSettings::default()).unwrap();
        for address in ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "http://[::1]/", "http://localhost/"] {
            let request = Request::get(address.parse().unwrap());
            let trail = Trail::start(&request.url).unwrap();
            let mut left = Duration::from_secs(5);
            let step = client.step(&request, &trail, Wanted::Whole, true, &mut left, Timestamp::UNIX_EPOCH).await;
            let error = step.err().unwrap();
            assert_eq!(error.kind, SourceErrorKind::BadAddress, "{error}");
            assert!(error.what.as_str().contains("redirect"), "{error}");
        }
    }
}
