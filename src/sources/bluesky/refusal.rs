//! What a Bluesky server says when it refuses (XRPC error bodies: `{"error": NAME, "message": WORDS}`), in words for
//! a person. The name decides; statuses differ between servers.

use serde::Deserialize;

use crate::sources::http::{Response, host_of};
use crate::sources::{Retry, SourceError, SourceErrorKind, api};

/// The person's next step when the account's credentials no longer do.
const LOG_IN: &str = "make a new app password (Settings, Privacy and security, App passwords) and run \
    `goodword login bluesky`; an account on a server of its own needs url set to that server";

/// A call that did not bring what was asked for.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// The name that the server gives to it; empty when it gave none or did not answer.
    pub(super) name: String,
    /// The status of the answer; `None` when there was none, or the request was never sent.
    pub(super) status: Option<u16>,
    /// For a person.
    pub(super) error: SourceError,
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self { name: String::new(), status: None, error }
    }
}

impl From<Failure> for SourceError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    error: String,
    message: String,
}

impl Failure {
    /// The failure that an answer stands for.
    pub(super) fn of(response: Response) -> Self {
        let said: Said = serde_json::from_slice(&response.body).unwrap_or_default();
        let status = response.status.as_u16();
        let host = host_of(&response.url);
        let mut error = worded(&said, status, &host).unwrap_or_else(|| {
            api::failure(response, |_| Some(said.message.clone()).filter(|words| !words.is_empty()))
        });
        if said.error.is_empty() && matches!(status, 404 | 405 | 501) && error.kind != SourceErrorKind::Challenge {
            error = SourceError::new(
                SourceErrorKind::BadAddress,
                &format!("{host} is not a Bluesky server"),
                "leave url out for accounts at bsky.social, or set it to the server of the account",
            );
        }
        Self { name: said.error, status: Some(status), error }
    }

    /// The token is too old or not accepted: a fresh one may be.
    pub(super) fn wants_new_token(&self) -> bool {
        matches!(self.name.as_str(), "ExpiredToken" | "InvalidToken" | "AuthMissing" | "AuthenticationRequired")
            || (self.status == Some(401) && self.name.is_empty())
    }

    /// The server understood the question and says that there is no such thing.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self.name.as_str(), "NotFound" | "RecordNotFound")
            || (self.name == "InvalidRequest" && self.status == Some(400))
    }

    /// The server answered and did nothing.
    pub(super) fn is_refusal(&self) -> bool {
        self.status.is_some_and(|status| (400..500).contains(&status) && status != 408)
    }
}

/// The error of a name that says more than its status.
fn worded(said: &Said, status: u16, host: &str) -> Option<SourceError> {
    use SourceErrorKind::{NotFound, NotUnderstood, Refused};
    let error = |kind, what: &str, advice: &str| Some(SourceError::new(kind, what, advice));
    match said.error.as_str() {
        "AuthFactorTokenRequired" => error(
            Refused,
            "the account is protected by a second factor, and the secret is its main password",
            "use an app password (Settings, Privacy and security, App passwords) and run `goodword login bluesky`",
        ),
        "AccountTakedown" | "AccountSuspended" => error(
            Refused,
            "the account was taken down by the moderators of its server",
            "log in at bsky.app: it says why and how to appeal",
        ),
        "AccountDeactivated" => error(
            Refused,
            "the account is deactivated",
            "log in at bsky.app to activate it again, then ask this source again",
        ),
        "AuthenticationRequired" | "AccountNotFound" => {
            error(Refused, &format!("{host} does not accept the account's name or app password"), LOG_IN)
        }
        "ExpiredToken" | "InvalidToken" | "AuthMissing" | "MissingJwt" => {
            error(Refused, &format!("{host} no longer accepts the session of the account"), LOG_IN)
        }
        "NotFound" | "RecordNotFound" => {
            error(NotFound, "there is no such post", "it was deleted, or its author hides it from this account")
        }
        "InvalidRequest" if status == 400 => {
            let words: String = said.message.chars().take(200).collect();
            error(
                NotUnderstood,
                &format!("{host} did not accept the request: {words}"),
                "check search terms and names below this source; tell us if they are right",
            )
        }
        "MethodNotImplemented" | "XRPCNotSupported" => error(
            NotFound,
            &format!("{host} cannot do that"),
            "url must be the server of the account (bsky.social when it was made in the app), not another service",
        )
        .map(|error| error.retrying(Retry::Daily)),
        _ => None,
    }
}
