//! The client itself: turns, hold-backs, redirects, time-outs.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::domain::Timestamp;
use crate::sources::SourceError;

use super::address::{is_private, names_private};
use super::connections::{Connections, Wanted};
use super::lanes::{Lane, Lanes};
use super::message::{Request, Response};
use super::rate::rate_limit;
use super::redirect::{Trail, target};
use super::settings::{HttpSettings, PrivateAddresses};
use super::stream::Stream;
use super::{body, failure, host_of};

/// How much of a failure's page is read.
const PAGE: usize = 64 * 1024;

/// Asks politely. Cheap to clone; all clones share turns and hold-backs.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    settings: HttpSettings,
    lanes: Lanes,
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
        let inner = Inner {
            lanes: Lanes::new(settings.per_host),
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
            Some(answer) => Stream::new(answer, response.headers, response.url),
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
        // First the host's turn, then a turn of our own: who waits for a slow host keeps nobody else waiting.
        let _host_turn = lane.turn().await;
        if let Some(until) = lane.held_until(now) {
            return Err(failure::held(&host, &format!("{host} asked for fewer requests"), until));
        }
        let _own_turn = inner.turns.acquire().await;
        let prepared = prepare(inner.connections.to(wanted, guard)?, request, trail);
        let begun = Instant::now();
        let step = tokio::time::timeout(*left, inner.exchange(prepared, trail, wanted, &lane, now)).await;
        *left = left.saturating_sub(begun.elapsed());
        step.unwrap_or_else(|_| Err(failure::too_slow(&trail.url, inner.settings.patience())))
    }

    /// Until when the host of this address wants to be left alone.
    pub fn held_until(&self, url: &url::Url, now: Timestamp) -> Option<Timestamp> {
        self.inner.lanes.to(&host_of(url)).held_until(now)
    }
}

impl Inner {
    async fn exchange(
        &self,
        prepared: reqwest::RequestBuilder,
        trail: &Trail,
        wanted: Wanted,
        lane: &Lane,
        now: Timestamp,
    ) -> Result<Step, SourceError> {
        let mut answer = prepared.send().await.map_err(|error| failure::of_transport(&error, &trail.url))?;
        let from_private = names_private(&trail.url) || answer.remote_addr().is_some_and(|peer| is_private(peer.ip()));
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let rate = rate_limit(&headers, now);
        let held = complaint(status, &rate).then(|| lane.complained(rate.not_before(), now));
        if held.is_none() && (status.is_success() || status == StatusCode::NOT_MODIFIED) {
            lane.answered(if rate.is_spent() { rate.not_before() } else { None });
        }
        let mut flow = None;
        let body = if status.is_success() {
            if wanted == Wanted::Flow {
                flow = Some(answer);
                Vec::new()
            } else {
                body::read_whole(answer, self.settings.largest_body, &trail.url).await?
            }
        } else if status.is_client_error() || status.is_server_error() {
            body::read_beginning(answer, PAGE).await
        } else {
            Vec::new()
        };
        let response = Response { status, headers, body, url: trail.url.clone(), moved: None, rate, held };
        Ok(Step { response, flow, from_private })
    }
}

fn prepare(client: &reqwest::Client, request: &Request, trail: &Trail) -> reqwest::RequestBuilder {
    let mut headers: HeaderMap = request.headers.clone();
    if !trail.trusted {
        headers.remove(AUTHORIZATION);
        headers.remove(COOKIE);
    }
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
    match &request.body {
        Some(body) => builder.body(body.clone()),
        None => builder,
    }
}

/// Whether the host asks for fewer requests: it says so, or it is busy and names a time, or it refuses because
/// nothing is left of what it grants.
fn complaint(status: StatusCode, rate: &super::rate::RateLimit) -> bool {
    match status.as_u16() {
        429 => true,
        503 => rate.retry_at.is_some(),
        403 => rate.is_spent() || rate.retry_at.is_some(),
        _ => false,
    }
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
