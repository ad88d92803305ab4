//! No answer, or not the whole of one.

use std::error::Error;

use url::Url;

use crate::sources::http::address::PrivateAddress;
use crate::sources::http::host_of;
use crate::sources::{SourceError, SourceErrorKind as Kind};

/// What to do about a proxy that wants a login.
pub(in crate::sources) const PROXY_LOGIN: &str =
    "your proxy wants a login: put it into HTTPS_PROXY and HTTP_PROXY as user and password before its name";

/// The answer is larger than the cap.
pub(in crate::sources::http) fn too_large(asked: &Url, cap: u64) -> SourceError {
    SourceError::new(
        Kind::TooLarge,
        &format!("{} answered more than {}", host_of(asked), size(cap)),
        "raise http.max_body_mb if it is really that large, or find a smaller feed",
    )
}

/// No whole answer in time.
pub(in crate::sources::http) fn too_slow(asked: &Url, patience: std::time::Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("{} did not answer within {} s", host_of(asked), patience.as_secs()),
        "it will be asked again; raise http.timeout if it is always this slow",
    )
}

/// Nothing came for this long where something should have flowed.
pub(in crate::sources::http) fn fell_silent(asked: &Url, silence: std::time::Duration) -> SourceError {
    SourceError::new(
        Kind::TimedOut,
        &format!("{} said nothing for {} s", host_of(asked), silence.as_secs()),
        "it will be connected again",
    )
}

/// What flowed broke off.
pub(in crate::sources::http) fn of_flow(error: &reqwest::Error, asked: &Url) -> SourceError {
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
pub(in crate::sources::http) fn private(host: &str, by_redirect: bool) -> SourceError {
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
pub(in crate::sources::http) fn of_transport(error: &reqwest::Error, asked: &Url) -> SourceError {
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
    if reasons.contains("tunnel error") {
        return of_proxy(&host, &reasons);
    }
    if is_tls(&reasons) {
        let stranger =
            ["unknownissuer", "notvalidforname", "not valid for name"].iter().any(|sign| reasons.contains(sign));
        let advice = if stranger {
            "your network may want a login first (open a browser), or something reads along; check the address too"
        } else {
            "check the clock of this machine and the address; the certificate may have run out at their end"
        };
        return SourceError::new(
            Kind::Insecure,
            &format!("no safe connection to {host}{}", tls_reason(&reasons)),
            advice,
        );
    }
    if error.is_dns() || reasons.contains("dns error") {
        return unnamed(&host, &reasons);
    }
    if error.is_connect() {
        return unreachable(&host, &reasons);
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

/// No address is known for the name: there is none, or nobody can be asked.
fn unnamed(host: &str, reasons: &str) -> SourceError {
    // What the resolver of the system says when it gets no answer at all.
    if ["temporary failure", "try again", "eai_again"].iter().any(|sign| reasons.contains(sign)) {
        return SourceError::new(
            Kind::Unreachable,
            &format!("the name {host} cannot be looked up now"),
            "this machine seems to be offline, or its name server is; it goes on by itself when the network is back",
        );
    }
    SourceError::new(
        Kind::Unreachable,
        &format!("no host named {host} was found"),
        "check the spelling of the address and whether this machine is online",
    )
}

fn unreachable(host: &str, reasons: &str) -> SourceError {
    let (what, advice) = if reasons.contains("refused") {
        (format!("{host} refuses the connection"), "the server is down, or the address or its port is wrong")
    } else if ["network is unreachable", "no route to host", "network is down"]
        .iter()
        .any(|sign| reasons.contains(sign))
    {
        (
            format!("there is no way to {host} from here"),
            "this machine seems to be offline; it goes on by itself when the network is back",
        )
    } else {
        (format!("{host} cannot be reached"), "check the address, its port and whether this machine is online")
    };
    SourceError::new(Kind::Unreachable, &what, advice)
}

/// The proxy does not let us through.
fn of_proxy(host: &str, reasons: &str) -> SourceError {
    if reasons.contains("proxy authorization required") {
        return SourceError::new(
            Kind::Unreachable,
            &format!("the proxy on the way to {host} answered 407 Proxy Authentication Required"),
            PROXY_LOGIN,
        );
    }
    SourceError::new(
        Kind::Unreachable,
        &format!("the proxy does not let us through to {host}"),
        "ask those who run the proxy, or except the host in NO_PROXY",
    )
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
