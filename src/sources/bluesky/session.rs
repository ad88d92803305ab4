//! The session of an account, kept across restarts, and the count of log-ins that must not grow too fast.
//!
//! Access tokens live for about two hours, refresh tokens for about ninety days. A server grants one account 30
//! log-ins (`com.atproto.server.createSession`) in five minutes and 300 in a day, for all programs together.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::{Retry, SourceError, SourceErrorKind};

/// Log-ins within five minutes; the account's other programs keep some.
const IN_FIVE_MINUTES: usize = 20;
/// Log-ins within a day.
const IN_A_DAY: usize = 200;
/// The two spans of the limits, in seconds.
const FIVE_MINUTES: i64 = 300;
const DAY: i64 = 86_400;
/// A token is renewed this long before it ends, in seconds.
const EARLY: i64 = 300;

/// What is kept. It has no `Debug`: it holds tokens.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// The server and account as configured: a session of others is of no use.
    server: String,
    account: String,
    /// When log-ins were tried, in seconds since 1970; those of the last day.
    tried: Vec<i64>,
    /// The session, if one is open.
    pub(super) open: Option<Open>,
}

/// An open session.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Open {
    /// The account's lasting id.
    pub(super) did: String,
    /// Its present handle.
    pub(super) handle: String,
    /// The address of the server that holds its repository (PDS).
    server: String,
    /// What requests are authorised with.
    pub(super) access: String,
    /// What a new access token is asked with.
    pub(super) refresh: String,
    /// When the access token was given, by our clock, in seconds since 1970.
    since: i64,
}

/// The answer of `createSession` and `refreshSession`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Granted {
    did: String,
    handle: String,
    access_jwt: String,
    refresh_jwt: String,
    did_doc: serde_json::Value,
    active: Option<bool>,
    status: Option<String>,
}

impl Kept {
    /// What was kept for this server and account; a beginning when there is nothing, or it belongs to others.
    pub(super) fn read(kept: Option<&SecretString>, server: &Url, account: &str) -> Self {
        let read: Option<Self> = kept.and_then(|kept| serde_json::from_str(kept.expose_secret()).ok());
        read.filter(|kept| kept.server == server.as_str() && kept.account == account).unwrap_or_else(|| Self {
            server: server.as_str().to_owned(),
            account: account.to_owned(),
            ..Self::default()
        })
    }

    /// For keeping.
    pub(super) fn written(&self) -> SecretString {
        SecretString::from(serde_json::to_string(self).unwrap_or_default())
    }

    /// Counts a log-in that is about to be tried.
    ///
    /// # Errors
    /// When too many were tried lately; it says until when.
    pub(super) fn try_one(&mut self, now: Timestamp) -> Result<(), SourceError> {
        let now = now.as_second();
        // A clock that was set back must not lock the account out: what lies ahead counts as just now.
        self.tried.iter_mut().for_each(|at| *at = (*at).min(now));
        self.tried.retain(|at| now - at < DAY);
        let free = |span: i64, most: usize| {
            let within = self.tried.iter().filter(|at| now - **at < span);
            let mut within: Vec<i64> = within.copied().collect();
            within.sort_unstable();
            within.len().checked_sub(most).and_then(|over| within.get(over)).map(|at| at + span)
        };
        let until = free(FIVE_MINUTES, IN_FIVE_MINUTES).max(free(DAY, IN_A_DAY));
        let Some(until) = until.and_then(|until| Timestamp::from_second(until).ok()) else {
            self.tried.push(now);
            return Ok(());
        };
        let time = until.strftime("%H:%M UTC on %-d %B").to_string();
        let error = SourceError::new(
            SourceErrorKind::TooMany,
            "too many log-ins were tried with this account; the server would lock it out",
            format!("the next is tried at {time}; find out why the session does not last"),
        );
        Err(error.retrying(Retry::NotBefore(until)))
    }

    /// Log-ins of the last day against what is granted.
    pub(super) fn meter(&self, now: Timestamp) -> Meter {
        let used = self.tried.iter().filter(|at| now.as_second() - **at < DAY).count();
        Meter {
            name: "log-ins in 24 h".to_owned(),
            used: used as f64,
            limit: Some(IN_A_DAY as f64),
            currency: None,
            resets: None,
        }
    }
}

impl Open {
    /// The session that was granted.
    ///
    /// # Errors
    /// When the answer lacks what a session is made of, or the account cannot be used.
    pub(super) fn of(granted: Granted, asked: &Url, now: Timestamp) -> Result<Self, SourceError> {
        if granted.active == Some(false) {
            let status = granted.status.as_deref().unwrap_or("not active");
            return Err(SourceError::new(
                SourceErrorKind::Refused,
                &format!("the account is {status}"),
                "log in at bsky.app: it says why and what can be done",
            ));
        }
        if granted.did.is_empty() || granted.access_jwt.is_empty() || granted.refresh_jwt.is_empty() {
            return Err(SourceError::new(
                SourceErrorKind::NotUnderstood,
                "the server's answer to the log-in holds no session",
                "check that url is a Bluesky server",
            ));
        }
        let server = home_of(&granted.did_doc, asked).unwrap_or_else(|| asked.clone());
        Ok(Self {
            did: granted.did,
            handle: granted.handle,
            server: server.into(),
            access: granted.access_jwt,
            refresh: granted.refresh_jwt,
            since: now.as_second(),
        })
    }

    /// Whether the access token has ended or is about to. Its lifetime is the token's own; it is counted from when
    /// we got it, so that a wrong clock does not matter.
    pub(super) fn is_old(&self, now: Timestamp) -> bool {
        lifetime(&self.access).is_some_and(|seconds| now.as_second() >= self.since + seconds - EARLY.min(seconds / 2))
    }

    /// The server that holds its repository; `asked` when that cannot be told.
    pub(super) fn server(&self, asked: &Url) -> Url {
        Url::parse(&self.server).unwrap_or_else(|_| asked.clone())
    }

    /// The name under which limits of the account are counted.
    pub(super) fn account_key(&self) -> String {
        format!("bluesky:{}", self.did)
    }
}

/// The server of an account out of its DID document (service `#atproto_pds`), as long as asking it is as safe as
/// asking the one that told.
fn home_of(document: &serde_json::Value, asked: &Url) -> Option<Url> {
    let services = document.get("service")?.as_array()?;
    let home = services.iter().find(|service| {
        let text = |key: &str| service.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        text("id").ends_with("#atproto_pds") && text("type") == "AtprotoPersonalDataServer"
    })?;
    let url: Url = home.get("serviceEndpoint")?.as_str()?.parse().ok()?;
    (url.scheme() == "https" || url.scheme() == asked.scheme()).then_some(url)
}

/// How long a token lives, in seconds: `exp` - `iat` of its payload (RFC 7519). `None` when it does not tell.
fn lifetime(token: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Payload {
        exp: i64,
        iat: i64,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let payload: Payload = serde_json::from_slice(&payload).ok()?;
    Some(payload.exp.saturating_sub(payload.iat)).filter(|seconds| *seconds > 0)
}

/// The span in which a refused log-in is not tried again, so that the parts of one source do not each try it.
pub(super) const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(60);
