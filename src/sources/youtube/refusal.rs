//! The ways in which YouTube refuses, told to a person.

use serde_json::Value;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::failure;
use crate::sources::http::Response;
use crate::sources::{Retry, SourceError, SourceErrorKind};

use super::quota::{midnight, moment};

/// How long to wait after a complaint about too many requests at once.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// A refusal, with the network's own word for it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: SourceError,
    /// `quotaExceeded`, `commentsDisabled`, …; empty when there is none.
    pub(super) reason: String,
}

impl From<SourceError> for Refused {
    fn from(error: SourceError) -> Self {
        Self { error, reason: String::new() }
    }
}

impl From<Refused> for SourceError {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

/// The words of a refusal. They may hold links in HTML.
fn said(body: &Value) -> Option<String> {
    let words = body.pointer("/error/message")?.as_str()?;
    Some(crate::sources::feed::words::of_html(words, None).text)
}

/// The network's own words for what is wrong: the older ones first.
fn reasons(body: &Value) -> Vec<String> {
    let of = |path: &str| body.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
    let all = of("/error/errors").into_iter().chain(of("/error/details"));
    all.filter_map(|entry| entry.get("reason")?.as_str().map(str::to_owned)).collect()
}

/// The failure that an answer stands for.
pub(super) fn of_answer(response: Response, now: Timestamp) -> Refused {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let reasons = reasons(&body);
    let bad_key = said(&body).is_some_and(|words| words.contains("API key not valid"));
    let error = failure(response, said);
    let what = error.what.as_str().to_owned();
    let new = |kind, advice: &str| SourceError::new(kind, &what, advice);
    let has = |names: &[&str]| reasons.iter().any(|reason| names.contains(&reason.as_str()));
    let reason = reasons.first().cloned().unwrap_or_default();
    let error = if has(&["quotaExceeded", "dailyLimitExceeded"]) {
        let until = midnight(now);
        let advice = format!("units are granted anew at {}", moment(until));
        return Refused {
            error: new(SourceErrorKind::TooMany, &advice).retrying(Retry::NotBefore(until)),
            reason: "quotaExceeded".to_owned(),
        };
    } else if has(&["rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"]) {
        let until = now.saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
        new(SourceErrorKind::TooMany, "it is left alone for a minute").retrying(Retry::NotBefore(until))
    } else if has(&["keyInvalid", "API_KEY_INVALID"]) || bad_key {
        new(SourceErrorKind::Refused, "the key is wrong or was deleted: look at console.cloud.google.com, Credentials")
    } else if has(&["accessNotConfigured", "SERVICE_DISABLED"]) {
        new(
            SourceErrorKind::Refused,
            "switch on “YouTube Data API v3” for the project at console.cloud.google.com, and wait some minutes",
        )
    } else if reasons.iter().any(|reason| reason.starts_with("API_KEY_") || reason == "ipRefererBlocked") {
        new(SourceErrorKind::Refused, "the key is restricted: let it be used from here, and for YouTube Data API v3")
    } else if has(&["commentsDisabled"]) {
        new(SourceErrorKind::Refused, "comments are switched off there: nothing can be read or answered")
    } else if has(&["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScope"]) {
        new(SourceErrorKind::Refused, "the login lacks the right to comment: run `goodword login youtube` again")
    } else if has(&["authError", "required", "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING"]) {
        new(SourceErrorKind::Refused, "the login has run out or was taken back: run `goodword login youtube` again")
    } else if has(&["ineligibleAccount", "youtubeSignupRequired"]) {
        new(SourceErrorKind::Refused, "the account has no channel: make one at youtube.com, and log in with it")
    } else if has(&["processingFailure", "backendError", "internalError"]) {
        new(SourceErrorKind::ServerTrouble, "trouble at their end; it will be asked again")
    } else if reasons.iter().any(|reason| reason.ends_with("NotFound")) {
        new(SourceErrorKind::NotFound, "it was deleted, or is private")
    } else if has(&["commentTextTooLong", "commentTextRequired", "invalidCommentMetadata", "parentCommentIsPrivate"]) {
        new(SourceErrorKind::Refused, "change the words, or answer in the browser")
    } else {
        error
    };
    Refused { error, reason }
}
