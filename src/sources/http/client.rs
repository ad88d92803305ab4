//! The client itself: turns, hold-backs, redirects, time-outs.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::domain::Timestamp;
use crate::sources::{SourceError, SourceErrorKind};

use super::address::{PublicOnly, is_private, names_private};
use super::lanes::{Lane, Lanes};
use super::message::{Request, Response};
use super::rate::rate_limit;
use super::redirect::{Trail, target};
use super::settings::{HttpSettings, PrivateAddresses};
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
    agent: HeaderValue,
    lanes: Lanes,
    turns: Semaphore,
    // Made at the first request: a program that only reads its store need not load certificates.
    open: OnceLock<reqwest::Client>,
    public_only: OnceLock<reqwest::Client>,
}

/// What one request on the way brought.
struct Step {
    response: Response,
    /// The host that answered is on a private network, or may be.
    from_private: bool,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// When the user agent or the contact cannot stand in a header.
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        let agent = HeaderValue::from_str(&settings.agent()).map_err(|_| {
            SourceError::new(
                SourceErrorKind::Local,
                "http.user_agent or http.contact holds signs that a header cannot carry",
                "use plain letters, digits and punctuation",
            )
        })?;
        let inner = Inner {
            lanes: Lanes::new(settings.per_host),
            turns: Semaphore::new(settings.at_once.max(1)),
            settings,
            agent,
            open: OnceLock::new(),
            public_only: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Asks, waiting for a turn at the host. Any status is an answer; see [`Response::success`].
    ///
    /// # Errors
    /// When there is no whole answer, when the way to it is refused, and, without asking, while the host wants
    /// to be left alone.
    pub async fn send(&self, request: Request, now: Timestamp) -> Result<Response, SourceError> {
        let mut trail = Trail::start(&request.url)?;
        let mut left = self.inner.settings.patience();
        let mut guarded = false;
        loop {
            let step = self.step(&request, &trail, guarded, &mut left, now).await?;
            let sent_on =
                if request.method == Method::GET { target(step.response.status, &step.response.headers) } else { None };
            let Some(location) = sent_on else {
                return Ok(Response { moved: trail.moved, ..step.response });
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
        let client = if guard { inner.public_only()? } else { inner.open()? };
        let prepared = inner.prepare(client, request, trail);
        let begun = Instant::now();
        let step = tokio::time::timeout(*left, inner.exchange(prepared, trail, &lane, now)).await;
        *left = left.saturating_sub(begun.elapsed());
        step.unwrap_or_else(|_| Err(failure::too_slow(&trail.url, inner.settings.patience())))
    }

    /// Until when the host of this address wants to be left alone.
    pub fn held_until(&self, url: &url::Url, now: Timestamp) -> Option<Timestamp> {
        self.inner.lanes.to(&host_of(url)).held_until(now)
    }
}

impl Inner {
    fn open(&self) -> Result<&reqwest::Client, SourceError> {
        get_or_make(&self.open, || self.builder().build())
    }

    fn public_only(&self) -> Result<&reqwest::Client, SourceError> {
        get_or_make(&self.public_only, || self.builder().dns_resolver(Arc::new(PublicOnly)).build())
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        let patience = self.settings.patience();
        reqwest::Client::builder()
            .user_agent(self.agent.clone())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(patience.min(Duration::from_secs(10)))
            .read_timeout(patience.min(Duration::from_secs(20)))
            // The next poll of a host is minutes away, and servers that close without a word would fail it.
            .pool_max_idle_per_host(0)
            .http1_ignore_invalid_headers_in_responses(true)
    }

    fn prepare(&self, client: &reqwest::Client, request: &Request, trail: &Trail) -> reqwest::RequestBuilder {
        let mut headers: HeaderMap = request.headers.clone();
        if !trail.trusted {
            headers.remove(AUTHORIZATION);
            headers.remove(COOKIE);
            // Some networks have headers of their own for their keys.
            let secrets = headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone());
            for name in secrets.collect::<Vec<_>>() {
                headers.remove(name);
            }
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

    async fn exchange(
        &self,
        prepared: reqwest::RequestBuilder,
        trail: &Trail,
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
        let body = if status.is_success() {
            body::read_whole(answer, self.settings.largest_body, &trail.url).await?
        } else if status.is_client_error() || status.is_server_error() {
            body::read_beginning(answer, PAGE).await
        } else {
            Vec::new()
        };
        let response = Response { status, headers, body, url: trail.url.clone(), moved: None, rate, held };
        Ok(Step { response, from_private })
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

fn get_or_make(
    cell: &OnceLock<reqwest::Client>,
    make: impl FnOnce() -> reqwest::Result<reqwest::Client>,
) -> Result<&reqwest::Client, SourceError> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let made = make().map_err(|_| {
        SourceError::new(
            SourceErrorKind::Local,
            "no safe connection can be made on this machine",
            "install the system's certificates (package ca-certificates) and check the proxy variables",
        )
    })?;
    Ok(cell.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_public_host_sends_on_to_may_not_be_private() {
        let client = Client::new(HttpSettings::default()).unwrap();
        for address in ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "http://[::1]/", "http://localhost/"] {
            let request = Request::get(address.parse().unwrap());
            let trail = Trail::start(&request.url).unwrap();
            let step = client.step(&request, &trail, true, &mut Duration::from_secs(5), Timestamp::UNIX_EPOCH).await;
            let error = step.err().unwrap();
            assert_eq!(error.kind, SourceErrorKind::BadAddress, "{error}");
            assert!(error.what.as_str().contains("redirect"), "{error}");
        }
    }
}
