//! What a status stands for, and what to do about it.

use reqwest::StatusCode;

use crate::sources::http::host_of;
use crate::sources::http::message::Response;
use crate::sources::http::redirect::target;
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

use super::clock::skew_remark;
use super::limits::held;
use super::page::{is_challenge, of_challenge};

/// The failure that a status stands for.
pub(in crate::sources::http) fn of_status(response: &Response) -> SourceError {
    let host = host_of(&response.url);
    let status = response.status;
    let what = format!("{host} answered {}", named(status));
    if is_challenge(response) {
        return of_challenge(response);
    }
    if let Some(until) = response.held {
        return held(&host, &what, until);
    }
    match status.as_u16() {
        400 | 401 | 403 => with_clock(response, refusal(response, &what)),
        404 => SourceError::new(Kind::NotFound, &what, "nothing is at this address; check it in a browser"),
        407 => SourceError::new(Kind::Unreachable, &what, super::transport::PROXY_LOGIN),
        410 => {
            SourceError::new(Kind::Gone, &what, "it was taken down for good; remove the source or find its new address")
        }
        408 | 504 => SourceError::new(Kind::TimedOut, &what, "it was too slow; it will be asked again"),
        511 => SourceError::new(Kind::Challenge, &what, "your network wants a login first; open a browser and log in")
            .retrying(Retry::BackOff),
        451 => SourceError::new(Kind::Refused, &what, "it may not be shown where you are, for legal reasons"),
        429 => SourceError::new(Kind::TooMany, &what, "it will be asked less often"),
        500.. => SourceError::new(Kind::ServerTrouble, &what, "trouble at their end; it will be asked again"),
        300..=399 => sent_on(response, &what),
        _ => SourceError::new(Kind::Refused, &what, "it does not accept how it is asked; check the address"),
    }
}

/// 400, 401 and 403: who asks, or how, is refused. Each reads differently with and without a token.
fn refusal(response: &Response, what: &str) -> SourceError {
    let asked = &response.asked;
    let told = response.text("www-authenticate").unwrap_or_default();
    let lacks_scope = told.contains("insufficient_scope");
    let (what, advice) = match response.status.as_u16() {
        400 => (what.to_owned(), "it does not accept how it is asked; check the address"),
        401 if asked.authorised && !lacks_scope => (
            format!("{what}: it does not take our login"),
            "the password or token is wrong, has run out or was revoked: make a new one there and run `goodword \
             login` again",
        ),
        401 if !asked.authorised && (asked.of_account || asked.data) => (
            format!("{what}: it wants a login"),
            "run `goodword login` for this account, or set password_command, token_env or token_file for it",
        ),
        401 if !asked.authorised => (
            what.to_owned(),
            "it wants a login: put the private feed address or user and password into the configuration",
        ),
        _ if asked.authorised => (
            format!("{what}: it knows us and does not allow this"),
            "the token may lack a permission (scope): make one with all that the network's part of the README names \
             and run `goodword login` again; or the account may not do this there",
        ),
        _ if asked.of_account || asked.data => (
            format!("{what}: it does not let us in without a login"),
            "run `goodword login` for it; some servers refuse programs, then set http.user_agent and http.contact",
        ),
        _ => (
            what.to_owned(),
            "it does not let us in: check the address and its token; some sites refuse programs, \
             then set http.user_agent and http.contact or use their private feed",
        ),
    };
    SourceError::new(Kind::Refused, &what, advice)
}

/// Tells of a clock that is off, which alone makes servers refuse.
fn with_clock(response: &Response, error: SourceError) -> SourceError {
    match response.clock_skew() {
        Some(ahead) => SourceError { advice: format!("{}; {}", error.advice, skew_remark(ahead)), ..error },
        None => error,
    }
}

/// A redirect that was not followed: it names no place, or what was sent must not be sent elsewhere.
fn sent_on(response: &Response, what: &str) -> SourceError {
    let place = target(response.status, &response.headers).and_then(|place| response.url.join(place.trim()).ok());
    match place.map(|place| host_of(&place)) {
        Some(there) => SourceError::new(
            Kind::NotUnderstood,
            &format!("{what}: it sends on to {there}"),
            "what is published is not sent elsewhere: configure the address that it sends on to; if that is none of \
             theirs, your network may want a login first",
        ),
        None => SourceError::new(Kind::NotUnderstood, what, "it sends on without saying where; check the address"),
    }
}

fn named(status: StatusCode) -> String {
    status.canonical_reason().map_or_else(|| status.as_u16().to_string(), |name| format!("{} {name}", status.as_u16()))
}
