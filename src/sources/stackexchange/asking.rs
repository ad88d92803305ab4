//! Asking the interface: its key, its wrapper, its own way of refusing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use url::Url;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::{Api, failure, json};
use crate::sources::http::{Request, Response};
use crate::sources::{Credentials, Retry, SourceError, SourceErrorKind, Tools};

use super::limits::Limits;
use super::shapes::{Refusal, Wrapper};
use super::sites::Sites;

/// Most ids that one request may name.
pub(super) const IDS: usize = 100;
/// The network's own number for asking too often.
const THROTTLED: u64 = 502;
/// How long to wait when it does not say how long.
const UNSAID: SignedDuration = SignedDuration::from_hours(1);

/// The interface.
pub(super) struct Stack {
    api: Api,
    /// The sites that are listened to.
    pub(super) sites: Sites,
    credentials: Arc<dyn Credentials>,
    /// What is granted.
    pub(super) limits: Limits,
    requests: AtomicU32,
}

impl Stack {
    pub(super) fn new(url: Option<&Url>, sites: Sites, tools: &Tools) -> Result<Self, SourceError> {
        let usual = || Url::parse("https://api.stackexchange.com/2.3/").ok();
        let url = url.cloned().or_else(usual).ok_or_else(|| {
            SourceError::new(SourceErrorKind::BadAddress, "no address of Stack Exchange is known", "set url")
        })?;
        Ok(Self {
            api: Api::new(tools.client.clone(), &url),
            sites,
            credentials: Arc::clone(&tools.credentials),
            limits: Limits::default(),
            requests: AtomicU32::new(0),
        })
    }

    /// The host, for limits and messages.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// Whether there is a key, so that something is left for looking again.
    pub(super) fn has_key(&self) -> bool {
        self.credentials.has_secret()
    }

    /// Requests made so far.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Asks a site. `method` is what pauses are counted for: the path without its ids. Answers are always packed;
    /// the client unpacks them.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        method: &'static str,
        path: &str,
        site: &str,
        query: &[(&str, &str)],
        urgent: bool,
        now: Timestamp,
    ) -> Result<Wrapper<T>, SourceError> {
        if let Some(until) = self.limits.paused(method, now) {
            return Err(paused(method, until));
        }
        if !urgent {
            self.limits.check(now)?;
        }
        let secret = if self.credentials.has_secret() { Some(self.credentials.secret().await?) } else { None };
        let mut all: Vec<(&str, &str)> = vec![("site", site)];
        all.extend_from_slice(query);
        if let Some(key) = &secret {
            all.push(("key", key.expose_secret().trim()));
        }
        let request = Request::get(self.api.url(path, &all)?).accept("application/json");
        let request = if secret.is_some() { request.of_account("stackexchange:key") } else { request };
        let request = if urgent { request.urgent() } else { request };
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = self.api.send(request, now).await?;
        if !response.status.is_success() {
            return Err(self.refused(method, response, secret.is_some(), now));
        }
        let wrapper: Wrapper<T> = json(&response)?;
        self.limits.told(method, wrapper.quota_max, wrapper.quota_remaining, wrapper.backoff, now);
        Ok(wrapper)
    }

    /// Asks for posts by their numbers, as many at once as may be.
    pub(super) async fn by_ids<T: DeserializeOwned>(
        &self,
        method: &'static str,
        ids: &[u64],
        tail: &str,
        site: &str,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Vec<T>, SourceError> {
        let mut list = Vec::new();
        for some in ids.chunks(IDS) {
            let ids: Vec<String> = some.iter().map(u64::to_string).collect();
            let path = format!("{}/{}{tail}", method.split('/').next().unwrap_or(method), ids.join(";"));
            let query = [("filter", "withbody"), ("pagesize", "100")];
            let wrapper: Wrapper<T> = self.get(method, &path, site, &query, urgent, now).await?;
            list.extend(wrapper.items.list);
        }
        Ok(list)
    }

    fn refused(&self, method: &str, response: Response, has_key: bool, now: Timestamp) -> SourceError {
        let refusal: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
        self.limits.told(method, refusal.quota_max, refusal.quota_remaining, refusal.backoff, now);
        let mut error = failure(response, |body| Some(body.get("error_message")?.as_str()?.to_owned()));
        let message = refusal.error_message.to_ascii_lowercase();
        match refusal.error_id {
            Some(THROTTLED) => {
                let wait = seconds_in(&message).map_or(UNSAID, SignedDuration::from_secs);
                let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
                let advice = if has_key {
                    "it is left alone that long; other programs at this address count too"
                } else {
                    "it is left alone that long; a key of your own raises the limit (stackapps.com/apps/oauth/register)"
                };
                // It is told inside the answer; everybody at this address is meant.
                self.api.leave_alone(None, until, now);
                SourceError::new(SourceErrorKind::TooMany, error.what.as_str(), advice)
                    .retrying(Retry::NotBefore(until))
                    .for_whole_host()
            }
            Some(503) => {
                SourceError::new(SourceErrorKind::ServerTrouble, error.what.as_str(), "it will be asked again")
            }
            _ => {
                let about = |words: &str| message.contains(words) || refusal.error_name.contains(words);
                if about("no site found") {
                    error.advice = "check the names of the sites in places".to_owned();
                } else if about("key") {
                    error.advice = "check the key: it is shown at stackapps.com, under your applications".to_owned();
                }
                error
            }
        }
    }
}

fn paused(method: &str, until: Timestamp) -> SourceError {
    SourceError::new(
        SourceErrorKind::TooMany,
        &format!("Stack Exchange asked for a pause of {method}"),
        format!("it is left alone until {}", until.strftime("%H:%M:%S UTC")),
    )
    .retrying(Retry::NotBefore(until))
}

/// How many seconds a complaint names: `more requests available in 85873 seconds`.
fn seconds_in(message: &str) -> Option<i64> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with("second"))?;
    let seconds: i64 = words.get(at.checked_sub(1)?)?.parse().ok()?;
    Some(seconds.clamp(1, 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seconds_of_a_complaint_are_found() {
        let told = "too many requests from this ip, more requests available in 85873 seconds";
        assert_eq!(seconds_in(told), Some(85_873));
        assert_eq!(seconds_in("available in 1 second"), Some(1));
        assert_eq!(seconds_in("seconds"), None);
        assert_eq!(seconds_in("in many seconds"), None);
    }
}
