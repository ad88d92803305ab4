//! What a server of this family says when it refuses, in words for a person.
//!
//! Errors are `{"error": "…"}` with an optional `error_description` (docs.joinmastodon.org/entities/Error); Pleroma may
//! put an object or a list of `errors` there, and snac answers with nothing but a status.

use serde_json::Value;

use crate::sources::api::failure;
use crate::sources::http::{Response, host_of};
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

/// What was asked, as far as it tells what a refusal means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The scope that a token needs for it.
    pub scope: &'static str,
    /// A token was sent.
    pub with_token: bool,
}

/// The server's own words.
pub(super) fn said(body: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let error = body.get("error_description").and_then(text).or_else(|| body.get("error").and_then(text));
    error
        .or_else(|| body.pointer("/error/detail").and_then(text))
        .or_else(|| body.pointer("/errors/detail").and_then(text))
        .or_else(|| body.pointer("/errors/0/message").and_then(text))
}

/// The failure that an answer stands for.
pub(super) fn refused(response: Response, asked: Asked) -> SourceError {
    let status = response.status.as_u16();
    let host = host_of(&response.url);
    let words = serde_json::from_slice(&response.body).ok().as_ref().and_then(said).unwrap_or_default().to_lowercase();
    let error = failure(response, said);
    if matches!(error.kind, Kind::TooMany | Kind::Challenge) {
        return error;
    }
    let again = format!("run `goodword login mastodon {host}`");
    match status {
        401 if asked.with_token => {
            SourceError { advice: format!("its access token was revoked or has run out: {again}"), ..error }
        }
        401 => SourceError { advice: format!("it tells this only to who is logged in: {again}"), ..error },
        403 if words.contains("scope") || words.contains("insufficient permissions") => SourceError {
            advice: format!("the access token lacks the scope {}: {again}, or make a token that has it", asked.scope),
            ..error
        },
        403 if words.contains("disabled") || words.contains("suspend") || words.contains("confirm") => SourceError {
            advice: "the account itself is locked or not yet confirmed: log in to it in a browser".to_owned(),
            ..error
        },
        403 => {
            SourceError { advice: format!("the account may not do this there; if the token is old, {again}"), ..error }
        }
        404 => SourceError {
            advice: format!("it is not there, or {host} does not show it to this account; check it in a browser"),
            ..error
        },
        // Mastodon: the token is one of an app and not of a person.
        422 if words.contains("authenticated user") => {
            SourceError { advice: format!("the access token belongs to no account: {again}"), ..error }
        }
        422 if words.contains("character") && words.contains("limit") || words.contains("too long") => {
            SourceError { advice: "make it shorter".to_owned(), ..error }
        }
        422 => SourceError { advice: "change what it complains about, or post it in the browser".to_owned(), ..error },
        _ => error,
    }
}

/// The token was refused where it is tried first.
pub(super) fn bad_token(host: &str) -> SourceError {
    SourceError::new(
        Kind::Refused,
        &format!("{host} does not accept the access token"),
        format!("it was revoked, has run out or belongs to another server: run `goodword login mastodon {host}`"),
    )
}

/// The token is one of another account than the configured one.
pub(super) fn other_account(host: &str, wanted: &str, found: &str) -> SourceError {
    SourceError::new(
        Kind::Refused,
        &format!("the access token for {host} belongs to @{found} and not to @{wanted}"),
        "log in as the right account, or correct `account` in the configuration",
    )
}

/// Nothing can be heard without a token and hashtags.
pub(super) fn nothing_to_hear(host: &str) -> SourceError {
    SourceError::new(
        Kind::Refused,
        &format!("without an access token only hashtags can be heard at {host}, and none is configured"),
        format!("run `goodword login mastodon {host}`, or set `hashtags`"),
    )
}

/// Something needs an account and there is none.
pub(super) fn needs_account(host: &str) -> SourceError {
    SourceError::new(
        Kind::Refused,
        &format!("there is no access token for {host}"),
        format!("run `goodword login mastodon {host}`"),
    )
}

/// The answer was one of success and still makes no sense.
pub(super) fn senseless(host: &str, what: &str) -> SourceError {
    SourceError::new(
        Kind::NotUnderstood,
        &format!("{host} answered without {what}"),
        "the server may speak another version of this interface; look in the browser",
    )
    .retrying(Retry::BackOff)
}
