//! Terms that ask who, where and in which language, not which words.

use super::Post;
use crate::domain::letters::{Class, class, folded};

/// The fields that a query may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Author,
    Source,
    Network,
    Lang,
    Url,
}

impl Field {
    pub(super) const ALL: [Self; 5] = [Self::Author, Self::Source, Self::Network, Self::Lang, Self::Url];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Source => "source",
            Self::Network => "network",
            Self::Lang => "lang",
            Self::Url => "url",
        }
    }

    /// The field of this name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name().eq_ignore_ascii_case(name))
    }

    /// The field that was probably meant.
    pub(super) fn nearest(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let known = match name.as_str() {
            "from" | "by" | "user" | "handle" | "account" | "writer" => Some(Self::Author),
            "site" | "domain" | "host" | "link" | "links" | "inurl" | "website" => Some(Self::Url),
            "language" | "locale" => Some(Self::Lang),
            "feed" | "on" | "in" | "channel" => Some(Self::Source),
            "platform" | "kind" => Some(Self::Network),
            _ => None,
        };
        known.or_else(|| {
            let likeness = |field: &Field| strsim::jaro_winkler(&name, field.name());
            Self::ALL
                .into_iter()
                .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
                .filter(|field| likeness(field) >= 0.75)
        })
    }

    /// An example for messages.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Author => "author:mara.w",
            Self::Source => "source:reddit",
            Self::Network => "network:feed",
            Self::Lang => "lang:en",
            Self::Url => "url:kiln.example",
        }
    }
}

/// A condition on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) field: Field,
    /// The value as it is compared: folded names, a language tag in small letters, a host in ASCII.
    pub(super) value: String,
    /// Longer names that begin with the value count too.
    pub(super) beginning: bool,
    /// What the rest of an address begins with: empty, or with a leading `/`.
    pub(super) rest: String,
}

/// Why a value is refused: what is wrong and how to mend it.
type Refusal = (String, String);

impl Test {
    pub(super) fn new(field: Field, value: &str) -> Result<Self, Refusal> {
        match field {
            Field::Lang => lang(value),
            Field::Url => url(value),
            Field::Author | Field::Source | Field::Network => named(field, value),
        }
    }

    /// Under which the condition is looked up.
    pub(super) fn key(&self) -> String {
        key(self.field, &self.value)
    }

    /// Whether the post meets the condition, once its key was found in the post.
    pub(super) fn holds_for(&self, post: &Post<'_>) -> bool {
        self.rest.is_empty() || post.urls.iter().any(|url| leads_to(url, &self.value, &self.rest))
    }

    /// How the condition is told.
    pub(super) fn describe(&self) -> String {
        let (value, rest) = (&self.value, &self.rest);
        let star = if self.beginning { "*" } else { "" };
        match self.field {
            Field::Author => format!("the author is {value}{star}"),
            Field::Source => format!("the source or its network is {value}{star}"),
            Field::Network => format!("the network is {value}{star}"),
            Field::Lang => format!("the language is {value}"),
            Field::Url => format!("it links to {value}{rest} or is there (subdomains too)"),
        }
    }
}

fn key(field: Field, value: &str) -> String {
    let mut key = String::with_capacity(field.name().len() + 1 + value.len());
    push_key(field, value, &mut key);
    key
}

fn push_key(field: Field, value: &str, key: &mut String) {
    key.push_str(field.name());
    key.push(':');
    key.push_str(value);
}

fn named(field: Field, value: &str) -> Result<Test, Refusal> {
    let (value, beginning) = match value.strip_suffix('*') {
        Some(start) => (start, true),
        None => (value, false),
    };
    let value = if field == Field::Author { handle(value) } else { plain_name(value) };
    if value.is_empty() || value.contains('*') {
        let message = format!("{}: has no name after it", field.name());
        return Err((message, format!("write a name, such as {}", field.example())));
    }
    Ok(Test { field, value, beginning, rest: String::new() })
}

fn lang(value: &str) -> Result<Test, Refusal> {
    let value = subtags(value);
    let mut parts = value.split('-');
    let primary =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let others = parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && others {
        return Ok(Test { field: Field::Lang, value, beginning: false, rest: String::new() });
    }
    Err(("lang: wants a language code".to_owned(), "write its two letters, such as lang:en or lang:pt-br".to_owned()))
}

fn url(value: &str) -> Result<Test, Refusal> {
    let bare = value.split_once("://").map_or(value, |(_, bare)| bare).trim_start_matches("*.").trim_end_matches('*');
    let (host, rest) = split_address(bare);
    let host = ascii_host(host.strip_prefix("www.").unwrap_or(host));
    let Some(value) = host.filter(|host| !host.is_empty()) else {
        return Err(("url: wants the name of a host".to_owned(), "write it as in url:kiln.example".to_owned()));
    };
    let rest = rest.trim_end_matches('/').to_ascii_lowercase();
    Ok(Test { field: Field::Url, value, beginning: false, rest })
}

/// Which fields any query asks for: the others of a post need not be prepared.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    author: bool,
    place: bool,
    lang: bool,
    url: bool,
}

impl Asked {
    pub(super) fn add(&mut self, field: Field) {
        match field {
            Field::Author => self.author = true,
            Field::Source | Field::Network => self.place = true,
            Field::Lang => self.lang = true,
            Field::Url => self.url = true,
        }
    }

    /// Calls with every key under which a condition that the post may meet is looked up.
    pub(super) fn keys_of(self, post: &Post<'_>, mut each: impl FnMut(&str)) {
        let mut buffer = String::new();
        let mut found = |field, value: &str| {
            buffer.clear();
            push_key(field, value, &mut buffer);
            each(&buffer);
        };
        if self.author {
            handle_forms(&handle(post.author)).for_each(|form| found(Field::Author, form));
        }
        if self.place {
            found(Field::Source, &plain_name(post.source));
            let network = plain_name(post.network);
            found(Field::Source, &network);
            found(Field::Network, &network);
        }
        if self.lang && !post.lang.is_empty() {
            let lang = subtags(post.lang);
            lang.match_indices('-').for_each(|(at, _)| found(Field::Lang, lang.get(..at).unwrap_or_default()));
            found(Field::Lang, &lang);
        }
        if self.url {
            post.urls.iter().for_each(|url| hosts_of(url, |host| found(Field::Url, host)));
        }
    }
}

/// Calls with the host of an address and every domain that it belongs to.
fn hosts_of(address: &str, mut each: impl FnMut(&str)) {
    let Some(host) = ascii_host(split_address(without_scheme(address)).0) else { return };
    each(&host);
    host.match_indices('.').for_each(|(at, _)| each(host.get(at + 1..).unwrap_or_default()));
}

fn handle(written: &str) -> String {
    folded(written.trim().trim_start_matches(['@', '\u{FF20}']))
}

/// A handle, with or without its sign, and the same without its server or the default domain of Bluesky. The first form
/// is the whole.
pub(super) fn handle_forms(handle: &str) -> impl Iterator<Item = &str> {
    let server = handle.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    let local = server.and_then(|at| handle.get(..at));
    let short = handle.strip_suffix(".bsky.social");
    [Some(handle), local, short].into_iter().flatten().filter(|form| !form.is_empty())
}

/// A name whose case, diacritics and punctuation do not count.
fn plain_name(written: &str) -> String {
    let spaced: String = folded(written).chars().map(|c| if class(c) == Class::Other { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn subtags(lang: &str) -> String {
    lang.trim().replace('_', "-").to_ascii_lowercase()
}

/// Host (without user and port) and the rest of an address without scheme.
fn split_address(bare: &str) -> (&str, &str) {
    let end = bare.find(['/', '?', '#']).unwrap_or(bare.len());
    let (authority, rest) = bare.split_at_checked(end).unwrap_or((bare, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    (host.trim_end_matches('.'), rest)
}

fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, bare)| bare).trim_start_matches('/')
}

/// The host in the form in which it is asked for in the network, in small letters.
fn ascii_host(host: &str) -> Option<String> {
    if host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Some(host.to_ascii_lowercase());
    }
    let parsed = url::Url::parse(&format!("https://{host}/")).ok()?;
    parsed.host_str().map(|host| host.trim_end_matches('.').to_owned())
}

fn leads_to(address: &str, wanted: &str, rest: &str) -> bool {
    let (host, actual_rest) = split_address(without_scheme(address));
    ascii_host(host).is_some_and(|host| is_host_of(&host, wanted)) && begins_with_path(actual_rest, rest)
}

/// The host itself or a subdomain of it.
fn is_host_of(host: &str, wanted: &str) -> bool {
    let Some(start) = host.len().checked_sub(wanted.len()) else { return false };
    let tail_matches = host.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(wanted));
    tail_matches && (start == 0 || host.get(..start).is_some_and(|sub| sub.ends_with('.')))
}

fn begins_with_path(actual: &str, rest: &str) -> bool {
    let begins = actual.get(..rest.len()).is_some_and(|start| start.eq_ignore_ascii_case(rest));
    begins
        && (rest.is_empty()
            || actual
                .get(rest.len()..)
                .is_some_and(|after| after.is_empty() || after.starts_with(['/', '?', '#', '&'])))
}
