//! Terms that ask who, where and in which language, not which words.

use std::cell::OnceCell;

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
pub(super) enum Test {
    /// The folded handle, whole or its beginning.
    Author { name: String, beginning: bool },
    /// The folded name of the source or of its network.
    Source { name: String, beginning: bool },
    /// The folded name of the network.
    Network { name: String, beginning: bool },
    /// Subtags that the language begins with, in small letters.
    Lang { tag: String },
    /// The host in ASCII, and what the rest of the address begins with (empty, or with a leading `/`).
    Url { host: String, rest: String },
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

    /// How the condition is told.
    pub(super) fn describe(&self) -> String {
        let star = |beginning: &bool| if *beginning { "*" } else { "" };
        match self {
            Self::Author { name, beginning } => format!("the author is {name}{}", star(beginning)),
            Self::Source { name, beginning } => format!("the source or its network is {name}{}", star(beginning)),
            Self::Network { name, beginning } => format!("the network is {name}{}", star(beginning)),
            Self::Lang { tag } => format!("the language is {tag}"),
            Self::Url { host, rest } => format!("it links to {host}{rest} or is there (subdomains too)"),
        }
    }
}

fn named(field: Field, value: &str) -> Result<Test, Refusal> {
    let (value, beginning) = match value.strip_suffix('*') {
        Some(start) => (start, true),
        None => (value, false),
    };
    let name = if field == Field::Author { handle(value) } else { plain_name(value) };
    if name.is_empty() || name.contains('*') {
        let message = format!("{}: has no name after it", field.name());
        return Err((message, format!("write a name, such as {}", field.example())));
    }
    Ok(match field {
        Field::Author => Test::Author { name, beginning },
        Field::Network => Test::Network { name, beginning },
        _ => Test::Source { name, beginning },
    })
}

fn lang(value: &str) -> Result<Test, Refusal> {
    let tag = subtags(value);
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let others = parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && others {
        return Ok(Test::Lang { tag });
    }
    Err(("lang: wants a language code".to_owned(), "write its two letters, such as lang:en or lang:pt-br".to_owned()))
}

fn url(value: &str) -> Result<Test, Refusal> {
    let bare = value.split_once("://").map_or(value, |(_, bare)| bare).trim_start_matches("*.").trim_end_matches('*');
    let (host, rest) = split_address(bare);
    let host = host.strip_prefix("www.").unwrap_or(host);
    let parsed = url::Url::parse(&format!("https://{host}/")).ok();
    let Some(host) = parsed.as_ref().and_then(url::Url::host_str).filter(|host| !host.is_empty()) else {
        return Err(("url: wants the name of a host".to_owned(), "write it as in url:kiln.example".to_owned()));
    };
    let rest = rest.trim_end_matches('/').to_ascii_lowercase();
    Ok(Test::Url { host: host.trim_end_matches('.').to_owned(), rest })
}

/// A post with the folded forms of its fields, made when first asked for.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    post: &'a Post<'a>,
    author: OnceCell<String>,
    source: OnceCell<String>,
    network: OnceCell<String>,
    lang: OnceCell<String>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(post: &'a Post<'a>) -> Self {
        Self { post, author: OnceCell::new(), source: OnceCell::new(), network: OnceCell::new(), lang: OnceCell::new() }
    }

    /// Whether the post meets the condition.
    pub(super) fn meet(&self, test: &Test) -> bool {
        match test {
            Test::Author { name, beginning } => {
                let author = self.author.get_or_init(|| handle(self.post.author));
                handle_forms(author).any(|form| is_named(form, name, *beginning))
            }
            Test::Source { name, beginning } => {
                is_named(self.source(), name, *beginning) || is_named(self.network(), name, *beginning)
            }
            Test::Network { name, beginning } => is_named(self.network(), name, *beginning),
            Test::Lang { tag } => {
                let lang = self.lang.get_or_init(|| subtags(self.post.lang));
                lang.strip_prefix(tag.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }
            Test::Url { host, rest } => self.post.urls.iter().any(|url| leads_to(url, host, rest)),
        }
    }

    fn source(&self) -> &str {
        self.source.get_or_init(|| plain_name(self.post.source))
    }

    fn network(&self) -> &str {
        self.network.get_or_init(|| plain_name(self.post.network))
    }
}

fn is_named(actual: &str, name: &str, beginning: bool) -> bool {
    if beginning { actual.starts_with(name) } else { actual == name }
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

fn leads_to(address: &str, wanted: &str, rest: &str) -> bool {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare).trim_start_matches('/');
    let (host, actual_rest) = split_address(bare);
    let is_host = if host.is_ascii() {
        is_host_of(host, wanted)
    } else {
        let parsed = url::Url::parse(&format!("https://{host}/")).ok();
        parsed.as_ref().and_then(url::Url::host_str).is_some_and(|host| is_host_of(host, wanted))
    };
    is_host && begins_with_path(actual_rest, rest)
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
