//! Every way in which asking can fail, in words for a person.

use std::error::Error;

use reqwest::StatusCode;
use url::Url;

use crate::domain::Timestamp;
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

use super::address::PrivateAddress;
use super::host_of;
use super::limits::{Held, Refused};
use super::message::Response;

/// The failure that a status stands for.
pub(super) fn of_status(response: &Response) -> SourceError {
    let host = host_of(&response.url);
    let status = response.status;
    let what = format!("{host} answered {}", named(status));
    if is_challenge(response) {
        return SourceError::new(
            Kind::Challenge,
            &format!("{host} wants proof that a person asks"),
            "a bot check stands before it; ask the people behind it to let feed readers in, or watch another address",
        );
    }
    if let Some(until) = response.held {
        return held(&host, &what, until);
    }
    match status.as_u16() {
        401 | 407 => SourceError::new(
            Kind::Refused,
            &what,
            "it wants a login: put the private feed address or user and password into the configuration",
        ),
        403 => SourceError::new(
            Kind::Refused,
            &what,
            "it does not let us in: check the address and its token; some sites refuse programs, \
             then set http.user_agent and http.contact or use their private feed",
        ),
        404 => SourceError::new(Kind::NotFound, &what, "nothing is at this address; check it in a browser"),
        410 => {
            SourceError::new(Kind::Gone, &what, "it was taken down for good; remove the source or find its new address")
        }
        408 | 504 => SourceError::new(Kind::TimedOut, &what, "it was too slow; it will be asked again"),
        511 => SourceError::new(Kind::Challenge, &what, "your network wants a login first; open a browser and log in")
            .retrying(Retry::BackOff),
        451 => SourceError::new(Kind::Refused, &what, "it may not be shown where you are, for legal reasons"),
        429 => SourceError::new(Kind::TooMany, &what, "it will be asked less often"),
        500.. => SourceError::new(Kind::ServerTrouble, &what, "trouble at their end; it will be asked again"),
        300..=399 => {
            SourceError::new(Kind::NotUnderstood, &what, "it sends on without saying where; check the address")
        }
        _ => SourceError::new(Kind::Refused, &what, "it does not accept how it is asked; check the address"),
    }
}

/// The host, or an account at it, asked to be left alone.
pub(super) fn held(host: &str, what: &str, held: Held) -> SourceError {
    let until = moment(held.until);
    let error = |advice| SourceError::new(Kind::TooMany, what, advice).retrying(Retry::NotBefore(held.until));
    if held.whole_host {
        error(format!("{host} is left alone until {until}")).for_whole_host()
    } else {
        error(format!("this account is left alone at {host} until {until}; replies wait too"))
    }
}

/// The limits do not let a request through; it was not sent.
pub(super) fn not_let_through(host: &str, of_account: bool, refused: &Refused) -> SourceError {
    let spent = match refused {
        Refused::Held(whom) => return held(host, &format!("{host} asked for fewer requests"), *whom),
        Refused::Spent(spent) => spent,
    };
    let whose = if of_account { "this account" } else { "us" };
    let what = match spent.limit {
        Some(limit) => format!("{host} has {} of {limit} requests left for {whose}", spent.left),
        None => format!("{host} has {} requests left for {whose}", spent.left),
    };
    let until = moment(spent.until);
    let advice = if spent.left < 1.0 {
        format!("it goes on at {until}, when the count starts anew")
    } else {
        format!("they are kept for replies; polling goes on at {until}")
    };
    SourceError::new(Kind::TooMany, &what, advice).retrying(Retry::NotBefore(spent.until))
}

fn moment(at: Timestamp) -> String {
    at.strftime("%H:%M UTC on %-d %B").to_string()
}

/// The answer is larger than the cap.
pub(super) fn too_large(asked: &Url, cap: u64) -> SourceError {
    SourceError::new(
        Kind::TooLarge,
        &format!("{} answered more than {}", host_of(asked), size(cap)),
        "raise http.max_body_mb if it is really that large, or find a smaller feed",
    )
}

/// No whole answer in time.
pub(super) fn too_slow(asked: &Url, patience: std::time::Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("{} did not answer within {} s", host_of(asked), patience.as_secs()),
        "it will be asked again; raise http.timeout if it is always this slow",
    )
}

/// Nothing came for this long where something should have flowed.
pub(super) fn fell_silent(asked: &Url, silence: std::time::Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("{} said nothing for {} s", host_of(asked), silence.as_secs()),
        "it will be connected again",
    )
}

/// What flowed broke off.
pub(super) fn of_flow(error: &reqwest::Error, asked: &Url) -> SourceError {
    if error.is_timeout() {
        return of_transport(error, asked);
    }
    SourceError::new(
        Kind::Unreachable,
        &format!("the connection to {} broke off", host_of(asked)),
        "it will be connected again",
    )
}

/// The address may not be asked.
pub(super) fn private(host: &str, by_redirect: bool) -> SourceError {
    let what = if by_redirect {
        format!("a redirect leads to {host}, a private address")
    } else {
        format!("{host} is a private address")
    };
    SourceError::new(
        Kind::BadAddress,
        &what,
        "set http.private_addresses = \"allow\" if you trust it with your own network",
    )
}

/// No answer at all, or one that broke off.
pub(super) fn of_transport(error: &reqwest::Error, asked: &Url) -> SourceError {
    let host = host_of(asked);
    let reasons = reasons(error);
    if let Some(refused) = find::<PrivateAddress>(error) {
        return private(&refused.0, true);
    }
    if error.is_timeout() {
        return SourceError::new(
            Kind::TimedOut,
            &format!("{host} did not answer in time"),
            "it will be asked again; raise http.timeout if it is always this slow",
        );
    }
    if is_tls(&reasons) {
        return SourceError::new(
            Kind::Insecure,
            &format!("no safe connection to {host}{}", tls_reason(&reasons)),
            "check the clock of this machine and the address; the certificate may have run out at their end",
        );
    }
    if error.is_dns() || reasons.contains("dns error") {
        return SourceError::new(
            Kind::Unreachable,
            &format!("no host named {host} was found"),
            "check the spelling of the address and whether this machine is online",
        );
    }
    if error.is_connect() {
        let what = if reasons.contains("refused") {
            format!("{host} refuses the connection")
        } else {
            format!("{host} cannot be reached")
        };
        return SourceError::new(
            Kind::Unreachable,
            &what,
            "check the address, its port and whether this machine is online",
        );
    }
    if error.is_decode() {
        return SourceError::new(
            Kind::NotUnderstood,
            &format!("the packed answer of {host} is damaged or broke off"),
            "it will be asked again; tell the people behind it if it stays so",
        );
    }
    SourceError::new(
        Kind::Unreachable,
        &format!("the connection to {host} broke off before the answer was whole"),
        "it will be asked again",
    )
}

/// Whether the answer is a page that wants a browser instead of what was asked for.
pub(super) fn is_challenge(response: &Response) -> bool {
    let beginning = response.body.get(..response.body.len().min(4096)).unwrap_or_default();
    let page = || String::from_utf8_lossy(beginning).to_ascii_lowercase();
    response.text("cf-mitigated").is_some_and(|value| value.eq_ignore_ascii_case("challenge"))
        || response.text("x-amzn-waf-action").is_some_and(|value| !value.is_empty())
        || (matches!(response.status.as_u16(), 403 | 429 | 503)
            && ["just a moment...", "cf-chl", "captcha", "checking your browser"]
                .iter()
                .any(|sign| page().contains(sign)))
}

fn named(status: StatusCode) -> String {
    status.canonical_reason().map_or_else(|| status.as_u16().to_string(), |name| format!("{} {name}", status.as_u16()))
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        at = error.source();
    }
    None
}

/// What the layers below say, in lower case, for telling the cases apart; never shown, it may hold an address.
fn reasons(error: &reqwest::Error) -> String {
    let mut reasons = String::new();
    let mut at = error.source();
    while let Some(error) = at {
        reasons.push_str(&error.to_string().to_lowercase());
        reasons.push('\n');
        at = error.source();
    }
    reasons
}

fn is_tls(reasons: &str) -> bool {
    ["certificate", "tls", "handshake", "invalidcontenttype", "corrupt message"]
        .iter()
        .any(|sign| reasons.contains(sign))
}

fn tls_reason(reasons: &str) -> &'static str {
    for (sign, reason) in [
        ("expired", ": its certificate has run out"),
        ("notvalidyet", ": its certificate is not valid yet"),
        ("not valid yet", ": its certificate is not valid yet"),
        ("not valid for name", ": its certificate is for another name"),
        ("notvalidforname", ": its certificate is for another name"),
        ("unknownissuer", ": its certificate was issued by someone unknown"),
        ("corrupt message", ": it does not speak TLS there"),
    ] {
        if reasons.contains(sign) {
            return reason;
        }
    }
    ""
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{bytes} bytes") }
}
