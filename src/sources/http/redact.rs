//! Keeps secrets out of everything that a person, a log or the store gets to see.

use url::Url;

/// What stands where a secret stood.
const MASK: &str = "***";

/// Parts of a parameter's name that make its value a secret.
const TELLING_PARTS: [&str; 9] =
    ["token", "secret", "passw", "pwd", "credential", "signature", "session", "private", "apikey"];
/// Whole names of parameters whose value is a secret. `feed` is Reddit's private feed token.
const TELLING_NAMES: [&str; 9] = ["feed", "sig", "sid", "pass", "code", "jwt", "auth", "hmac", "t0ken"];

/// Whether a parameter of this name carries a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING_NAMES.contains(&name.as_str())
        || TELLING_PARTS.iter().any(|part| name.contains(part))
        || name.ends_with("key")
        || (name.contains("auth") && !name.starts_with("author") || name.starts_with("authoriz"))
}

/// The address without user, password and the values of telling query parameters, safe to show.
pub fn redact(address: &str) -> String {
    let (rest, fragment) = split_at(address, '#');
    let (rest, query) = split_at(rest, '?');
    let mut shown = without_user(rest);
    for (sign, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            shown.push(sign);
            push_masked(&mut shown, part);
        }
    }
    shown
}

/// Whether the address carries something that must not be written down.
pub fn holds_secret(url: &Url) -> bool {
    redact(url.as_str()) != url.as_str()
}

/// Any text, with every web address in it redacted.
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
        let end = from.find(|sign: char| sign.is_whitespace() || "\"'<>()".contains(sign)).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        shown.push_str(&redact(&format!("{scheme}{address}")));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn split_at(text: &str, sign: char) -> (&str, Option<&str>) {
    text.split_once(sign).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}{path}"),
        None => address.to_owned(),
    }
}

fn push_masked(shown: &mut String, pairs: &str) {
    for (index, pair) in pairs.split('&').enumerate() {
        if index > 0 {
            shown.push('&');
        }
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(name) => {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(MASK);
            }
            _ => shown.push_str(pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn user_password_and_tokens_go_and_the_rest_stays() {
        for (address, shown) in [
            ("https://ana:hunter2@news.example/feed.xml", "https://***@news.example/feed.xml"),
            ("https://reddit.example/.rss?feed=abc123&user=ana", "https://reddit.example/.rss?feed=***&user=ana"),
            ("https://a.example/x?q=ferris+bikes&api_key=K", "https://a.example/x?q=ferris+bikes&api_key=***"),
            ("https://a.example/x?Access_Token=K#auth_token=Z", "https://a.example/x?Access_Token=***#auth_token=***"),
            ("https://a.example/x?author=ana&sig=1&key=", "https://a.example/x?author=ana&sig=***&key="),
            ("https://a.example/@ana/1?page=2", "https://a.example/@ana/1?page=2"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(redact(address), shown);
        }
    }

    #[test]
    fn addresses_inside_a_sentence_are_redacted() {
        assert_eq!(
            redact_text("tried (https://u:p@a.example/?token=x) and “http://b.example/?sig=y” twice"),
            "tried (https://***@a.example/?token=***) and “http://b.example/?sig=***".to_owned() + " twice"
        );
    }

    proptest! {
        #[test]
        fn a_password_never_survives(user in "[a-z]{1,8}", password in "[A-Z0-9]{12}", words in "[a-z ]{0,20}") {
            let text = format!("{words} https://{user}:{password}@host.example/a?b=c&token={password} {words}");
            prop_assert!(!redact_text(&text).contains(&password));
        }

        #[test]
        fn anything_can_be_redacted(text in "\\PC{0,80}") {
            let _ = redact_text(&text);
        }
    }
}
