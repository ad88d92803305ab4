//! Web pages that stand where something else was asked for.

use crate::sources::http::host_of;
use crate::sources::http::message::Response;
use crate::sources::{Retry, SourceError, SourceErrorKind as Kind};

/// How much of a page is looked at.
const FAR: usize = 8 * 1024;
/// What bot checks write into their pages, in lower case.
const SIGNS: [&str; 10] = [
    "just a moment...",
    "cf-chl",
    "cf-browser-verification",
    "attention required! | cloudflare",
    "captcha",
    "checking your browser",
    "verify you are human",
    "making sure you&#39;re not a bot",
    "making sure you're not a bot",
    "ddos-guard",
];

/// Whether the answer is a page that wants a browser instead of what was asked for.
pub(in crate::sources::http) fn is_challenge(response: &Response) -> bool {
    response.text("cf-mitigated").is_some_and(|value| value.eq_ignore_ascii_case("challenge"))
        || response.text("x-amzn-waf-action").is_some_and(|value| !value.is_empty())
        || (matches!(response.status.as_u16(), 403 | 429 | 503) && shows_check(response))
}

fn shows_check(response: &Response) -> bool {
    let beginning = response.body.get(..response.body.len().min(FAR)).unwrap_or_default();
    let page = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    // An interface that says in JSON that a captcha is wanted is no page.
    !page.trim_start().starts_with(['{', '[']) && SIGNS.iter().any(|sign| page.contains(sign))
}

/// Whether it is a web page by its own word and, as far as it was read, by its beginning.
fn is_page(response: &Response) -> bool {
    let html = response.text("content-type").is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.contains("text/html") || kind.contains("application/xhtml")
    });
    let beginning = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
    html && beginning.map_or(response.asked.flow, |first| *first == b'<')
}

/// The failure that a page stands for where data was asked for; `None` when it is none.
pub(in crate::sources::http) fn instead_of_data(response: &Response) -> Option<SourceError> {
    if !response.asked.data || !is_page(response) {
        return None;
    }
    let (asked, host) = (&response.asked.host, host_of(&response.url));
    if shows_check(response) {
        return Some(of_challenge(response));
    }
    let (what, advice) = if *asked == host {
        (
            format!("{host} answered with a web page instead of data"),
            "open it in a browser: your network may want a login first, or the address is not that of this kind of \
             server"
                .to_owned(),
        )
    } else {
        (
            format!("{host} answered in place of {asked}, with a web page"),
            format!("your network may want a login first: open http://{asked}/ in a browser; else check the address"),
        )
    };
    Some(SourceError::new(Kind::Challenge, &what, advice).retrying(Retry::BackOff))
}

/// A bot check stands before what was asked for.
pub(super) fn of_challenge(response: &Response) -> SourceError {
    let advice = if response.asked.data || response.asked.of_account {
        "a bot check stands before its interface; ask the people behind it to let programs with a token pass, or \
         ask from another network"
    } else {
        "a bot check stands before it; ask the people behind it to let feed readers in, or watch another address"
    };
    SourceError::new(Kind::Challenge, &format!("{} wants proof that a person asks", host_of(&response.url)), advice)
}
