//! Keeps secrets out of everything that a person, a log or the store gets to see.
//!
//! A secret is known by its place (user and password of an address, the value of a telling parameter, what stands
//! after `Bearer`) or by its shape (a JSON web token, an app password, a token with a well-known beginning).

mod prose;
mod shape;

use url::Url;

use prose::mask_named;
use shape::mask_shapes;

/// What stands where a secret stood.
const MASK: &str = "***";

/// Parts of a parameter's name that make its value a secret.
const TELLING_PARTS: [&str; 10] =
    ["token", "secret", "passw", "pwd", "credential", "signature", "session", "private", "apikey", "cookie"];
/// Whole names of parameters whose value is a secret. `feed` is Reddit's private feed token.
const TELLING_NAMES: [&str; 9] = ["feed", "sig", "sid", "pass", "code", "jwt", "auth", "hmac", "t0ken"];

/// Whether a parameter of this name carries a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING_NAMES.contains(&name.as_str())
        || TELLING_PARTS.iter().any(|part| name.contains(part))
        || name.ends_with("key")
        || name.ends_with("jwt")
        || (name.contains("auth") && !name.starts_with("author") || name.starts_with("authoriz"))
}

/// The address without user, password, the values of telling query parameters and what looks like a secret, safe to
/// show.
pub fn redact(address: &str) -> String {
    mask_shapes(&by_place(address))
}

/// Whether the address carries something that must not be written down.
pub fn holds_secret(url: &Url) -> bool {
    redact(url.as_str()) != url.as_str()
}

/// Any text, without the secrets in it: every web address redacted, and in prose, JSON and headers what stands after
/// a telling name, after `Bearer` or `Basic`, and what looks like a secret.
pub fn redact_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at);
        let scheme = before
            .rfind(|sign: char| !sign.is_ascii_alphanumeric())
            .map_or(0, |last| last + before.get(last..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8));
        let (words, scheme) = before.split_at(scheme);
        shown.push_str(words);
        let end = from.find(|sign: char| sign.is_whitespace() || "\"<>“”„«»".contains(sign)).unwrap_or(from.len());
        let end =
            from.get(..end).map_or(end, |address| address.trim_end_matches(['\'', '(', ')', '.', ',', '!']).len());
        let (address, after) = from.split_at(end.max("://".len()));
        shown.push_str(&by_place(&format!("{scheme}{address}")));
        rest = after;
    }
    shown.push_str(rest);
    mask_shapes(&mask_named(&shown))
}

/// Masks what its place in an address makes a secret.
fn by_place(address: &str) -> String {
    let address = without_user(address);
    let (rest, fragment) = split_at(&address, '#');
    let (rest, query) = split_at(rest, '?');
    let mut shown = rest.to_owned();
    for (sign, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            shown.push(sign);
            push_masked(&mut shown, part);
        }
    }
    shown
}

fn split_at(text: &str, sign: char) -> (&str, Option<&str>) {
    text.split_once(sign).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The address without user and password, even if the password holds signs that end a host by rights.
fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    if let Some((_, host)) = authority.rsplit_once('@') {
        return format!("{scheme}://{MASK}@{host}{after}");
    }
    // Identifiers of people stand where a host stands in addresses of posts: `at://did:plc:…`.
    let has_port = !authority.ends_with(']') && !authority.starts_with("did:");
    let port = authority.rsplit_once(':').filter(|_| has_port).map(|(_, port)| port);
    if port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit())) {
        return address.to_owned();
    }
    // What should be a port is the beginning of a password.
    match after.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}"),
        None => format!("{scheme}://{MASK}"),
    }
}

fn push_masked(shown: &mut String, pairs: &str) {
    for pair in pairs.split_inclusive(['&', ';']) {
        let end = pair.trim_end_matches(['&', ';']).len();
        let (pair, between) = pair.split_at(end);
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(&unescaped(name)) => {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(MASK);
            }
            _ => shown.push_str(pair),
        }
        shown.push_str(between);
    }
}

/// A name as it is meant: `access%5Ftoken`.
fn unescaped(name: &str) -> String {
    url::form_urlencoded::parse(name.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
