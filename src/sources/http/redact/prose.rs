//! Secrets that stand after a name in prose, JSON, TOML and headers.

use super::{MASK, is_secret};

/// Names that make what follows a colon a secret; in prose a colon ends many a harmless word.
const TELLING: [&str; 9] =
    ["token", "secret", "passw", "pwd", "apikey", "api_key", "access_key", "private_key", "credential"];
/// Names of headers whose whole line is secret.
const WHOLE_LINES: [&str; 5] = ["authorization", "proxy_authorization", "cookie", "set_cookie", "dpop"];
/// Ends of names that tell where a secret is and not which.
const POINTERS: [&str; 6] = ["_env", "_file", "_command", "_type", "_url", "_uri"];
/// Words after `Bearer` and `Basic` that are no secrets.
const HARMLESS: [&str; 14] = [
    "token",
    "tokens",
    "auth",
    "authentication",
    "authorization",
    "authorisation",
    "access",
    "realm",
    "error",
    "scheme",
    "login",
    "credentials",
    "is",
    "header",
];
/// Schemes of addresses of people: `acct:ana@host` holds no password.
const SCHEMES: [&str; 6] = ["acct", "mailto", "xmpp", "sip", "sips", "im"];

/// What a name makes of what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// The next value.
    One,
    /// Everything up to the end of the line, or of the quotation.
    Line,
}

/// The text with the values of telling names masked.
pub(super) fn mask_named(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        shown.push_str(before);
        let end = from.find(|sign| !is_part(sign)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        if let Some(host) = after_login(from) {
            shown.push_str(MASK);
            rest = host;
            continue;
        }
        shown.push_str(word);
        rest = after;
        if let Some((between, value)) = secret_after(word, after) {
            shown.push_str(between);
            shown.push_str(MASK);
            rest = after.get(between.len() + value.len()..).unwrap_or_default();
        }
    }
    shown.push_str(rest);
    shown
}

/// Signs of which names are made.
fn is_part(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '_' || sign == '-'
}

/// What stands between the name and its secret, and the secret, if there is one.
fn secret_after<'a>(word: &str, after: &'a str) -> Option<(&'a str, &'a str)> {
    let name = word.to_ascii_lowercase().replace('-', "_");
    if matches!(name.as_str(), "bearer" | "basic") {
        let between = spaces(after);
        let value = whole(after.get(between.len()..)?);
        let harmless = between.is_empty() || value.is_empty() || is_harmless(&name, value);
        return (!harmless).then_some((between, value));
    }
    let quote = after.chars().next().filter(|sign| "\"'`".contains(*sign));
    let mut at = quote.map_or(0, char::len_utf8);
    // Inside a string that is itself quoted: `\"token\":\"…\"`.
    at += usize::from(after.starts_with("\\\"")) * 2;
    let quoted = at > 0;
    let spaced = spaces(after.get(at..)?);
    at += spaced.len();
    let sign = after.get(at..)?.chars().next().filter(|sign| matches!(sign, ':' | '='))?;
    at += 1;
    if after.get(at..)?.starts_with('>') {
        at += 1;
    }
    let kind = kind(&name, sign == '=' && spaced.is_empty(), quoted)?;
    at += spaces(after.get(at..)?).len();
    let rest = after.get(at..)?;
    let opening = ["\\\"", "\"", "'", "`", "“", "Some(\""].into_iter().find(|opening| rest.starts_with(opening));
    at += opening.map_or(0, str::len);
    let rest = after.get(at..)?;
    let value = match (opening, kind) {
        (Some(opening), _) => quotation(rest, opening),
        (None, Value::Line) => rest.split(['\n', '\r']).next().unwrap_or_default(),
        (None, Value::One) => one(rest),
    };
    (!value.trim().is_empty()).then(|| after.get(..at).map(|between| (between, value)))?
}

/// What a name makes of what follows; `tight`: an equals sign stands right behind it, as in a query or a form.
fn kind(name: &str, tight: bool, quoted: bool) -> Option<Value> {
    if WHOLE_LINES.contains(&name) {
        return Some(Value::Line);
    }
    if POINTERS.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let telling = TELLING.iter().any(|part| name.contains(part)) || name.ends_with("jwt");
    // A code in JSON is a number of an error more often than that of a login.
    let by_query = (tight || (quoted && !matches!(name, "code" | "feed"))) && is_secret(name);
    (telling || by_query).then_some(Value::One)
}

fn spaces(text: &str) -> &str {
    let end = text.find(|sign| sign != ' ' && sign != '\t').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Up to what ends a word of any signs.
fn whole(text: &str) -> &str {
    let end = text.find(|sign: char| sign.is_whitespace() || "\"'`<>,;”\\)".contains(sign)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// One value without quotation marks: a scheme before it (`Bearer …`) belongs to it.
fn one(text: &str) -> &str {
    let end = text.find(|sign: char| sign.is_whitespace() || "\"'`<>,;&”)]}".contains(sign)).unwrap_or(text.len());
    let value = text.get(..end).unwrap_or_default();
    if ["bearer", "basic", "token"].iter().any(|scheme| value.eq_ignore_ascii_case(scheme)) {
        let spaces = spaces(text.get(end..).unwrap_or_default()).len();
        let more = one(text.get(end + spaces..).unwrap_or_default()).len();
        return text.get(..end + spaces + more).unwrap_or_default();
    }
    value
}

/// Up to the closing mark, which an escaped one is not.
fn quotation<'a>(text: &'a str, opening: &str) -> &'a str {
    let closing = match opening {
        "“" => "”",
        "Some(\"" => "\"",
        same => same,
    };
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(closing)) {
        let escapes = text.get(..from + at).unwrap_or_default().bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes % 2 == 0 {
            return text.get(..from + at).unwrap_or_default();
        }
        from += at + closing.len();
    }
    text
}

fn is_harmless(scheme: &str, value: &str) -> bool {
    let word = value.trim_end_matches(['.', ':', '!', '?', '=']).to_ascii_lowercase();
    let plain = || value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.');
    HARMLESS.iter().any(|harmless| word == *harmless || word.starts_with(&format!("{harmless}=")))
        // Basic is a word of every day, and what follows the scheme is base64.
        || (scheme == "basic" && (value.len() < 8 || plain()))
        || word.len() < 4
}

/// The rest from the `@` of `user:password@host` on, which needs no `https://` before it to be a secret.
fn after_login(text: &str) -> Option<&str> {
    let word = text.split(|sign: char| sign.is_whitespace() || "\"<>“”()".contains(sign)).next()?;
    let (user, rest) = word.split_once(':')?;
    let (password, host) = rest.rsplit_once('@')?;
    let is_login = !user.contains(['/', '@', '=', ','])
        && !SCHEMES.iter().any(|scheme| user.eq_ignore_ascii_case(scheme))
        && !password.is_empty()
        && !password.starts_with("//")
        && host.starts_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '[');
    is_login.then(|| text.get(word.len() - host.len() - 1..))?
}
