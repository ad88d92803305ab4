//! The feeds and accounts, and where their secrets are kept.

use std::net::SocketAddr;
use std::path::Path;

use toml::Spanned;
use url::Url;

use super::Names;
use super::settings::intervals;
use crate::config::error::ErrorKind;
use crate::config::paths::resolve;
use crate::config::place::{Place, Placed};
use crate::config::reader::Reader;
use crate::config::schema;
use crate::config::secrets::SecretFrom;
use crate::config::section::Section;
use crate::config::settings::{CollectSettings, Source};
use crate::domain::Network;
use crate::sources::{SourceSettings, networks};

/// Everything that sources inherit from the rest of the file.
pub(super) struct Around<'a> {
    /// When sources are asked.
    pub(super) collect: &'a CollectSettings,
    /// Names of the brand and its rivals: what is searched for unless the file says otherwise.
    pub(super) names: Vec<String>,
    /// Where the file is.
    pub(super) directory: &'a Path,
}

pub(super) fn sources(reader: &Reader<'_>, around: &Around<'_>) -> Vec<Source> {
    let mut names = Names::new("source", reader);
    let mut addresses =
        Names { help: "take one of the two out", fold: str::to_owned, ..Names::new("source for", reader) };
    reader
        .sections(schema::SOURCE)
        .iter()
        .map(|section| {
            let name = section.required("name", "\"cycling news\"");
            if let Some(name) = &name {
                names.add(name.get_ref(), reader.place(name), &section.path("name"));
            }
            let source = source(section, name.map_or_else(String::new, Spanned::into_inner), around);
            if let Some(url) = source.settings.url.as_ref().filter(|_| source.settings.network == Network::FEED) {
                addresses.add(&without_login(url), source.place, &section.path("url"));
            }
            source
        })
        .collect()
}

fn source(section: &Section<'_>, name: String, around: &Around<'_>) -> Source {
    let network = network(section);
    let kind = networks::kind(&network);
    let (url, place) = url(section, kind);
    let (shortest, longest) = intervals(section, around.collect.shortest, around.collect.longest);
    let search = section.has("search").then(|| bare(section.texts("search"), ""));
    let settings = SourceSettings {
        url,
        account: section.text("account").map(|text| text.get_ref().trim().trim_start_matches('@').to_owned()),
        search: search.unwrap_or_else(|| {
            if kind.is_some_and(|kind| kind.keys.contains(&"search")) { around.names.clone() } else { Vec::new() }
        }),
        hashtags: bare(section.texts("hashtags"), "#"),
        places: bare(section.texts("places"), ""),
        stream: section.flag("stream").unwrap_or(true),
        client_id: section.text("client_id").map(Spanned::into_inner),
        command: section.text("command").map(Spanned::into_inner),
        publish_command: section.text("publish_command").map(Spanned::into_inner),
        keep_running: section.flag("keep_running").unwrap_or_default(),
        path: section.text("path").map(|text| resolve(Path::new(text.get_ref()), around.directory)),
        listen: listen(section),
        everything: section.flag("everything").unwrap_or_default(),
        shortest,
        longest,
        ..SourceSettings::named(name, network)
    };
    let secret = secret(section, around.directory);
    if let Some(kind) = kind {
        judge_use(section, kind);
    }
    Source { settings, place: place.unwrap_or(section.place()), secret }
}

fn bare(texts: Vec<Spanned<String>>, mark: &str) -> Vec<String> {
    texts.into_iter().map(|text| text.get_ref().trim().trim_start_matches(mark).to_owned()).collect()
}

/// The address, and where it stands.
fn url(section: &Section<'_>, kind: Option<&networks::Kind>) -> (Option<Url>, Option<Place>) {
    let is_feed = kind.is_none_or(|kind| kind.network == Network::FEED);
    let text = if is_feed { section.required("url", "\"https://example.org/feed.xml\"") } else { section.text("url") };
    let Some(text) = text else { return (None, None) };
    let place = section.reader.place(&text);
    (address(section, &text, is_feed), Some(place))
}

fn listen(section: &Section<'_>) -> Option<SocketAddr> {
    let text = section.text("listen")?;
    let address: Option<SocketAddr> = text.get_ref().trim().parse().ok();
    match address {
        Some(address) if address.ip().is_loopback() => return Some(address),
        Some(_) => section.refuse(
            "listen",
            &text,
            "this address can be reached from elsewhere",
            "listen at \"127.0.0.1:PORT\" and let a web server in front of it pass on what may come in",
        ),
        None => section.refuse("listen", &text, "this is no address and port", "write \"127.0.0.1:8787\""),
    }
    None
}

/// Complains about keys that this network has no use for, and about those that it needs.
fn judge_use(section: &Section<'_>, kind: &networks::Kind) {
    for key in networks::KEYS.iter().filter(|key| section.has(key)) {
        if !kind.keys.contains(key) {
            let uses = kind.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let message = format!("a source of the network \"{}\" has no use for `{key}`", kind.network);
            section.complain_at(key, ErrorKind::UnknownKey, message, format!("it knows {uses}"));
        }
    }
    for key in kind.required.iter().filter(|key| !section.has(key) && **key != "url") {
        section.complain_missing(
            key,
            format!("a source of the network \"{}\" needs `{key}`", kind.network),
            example(key),
        );
    }
    if kind.required.contains(&"url") && kind.network != Network::FEED && !section.has("url") {
        let message = format!("a source of the network \"{}\" needs `url`", kind.network);
        section.complain_missing("url", message, "url = \"https://the.server\"");
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "account" => "account = \"ferrisbikes\"",
        "places" => "places = [\"cycling\"]",
        "command" => "command = \"~/bin/mentions\"",
        "path" => "path = \"~/mentions.ndjson\"",
        "listen" => "listen = \"127.0.0.1:8787\"",
        "client_id" => "client_id = \"…\"",
        _ => "it",
    }
}

fn network(section: &Section<'_>) -> Network {
    let Some(text) = section.text("network") else { return Network::FEED };
    let network = Network::named(text.get_ref());
    if networks::kind(&network).is_none() {
        let known = networks::KINDS.iter().map(|kind| format!("\"{}\"", kind.network)).collect::<Vec<_>>().join(", ");
        let message = format!("there is no network \"{}\"", text.get_ref());
        let help = match schema::nearest(text.get_ref(), networks::KINDS.iter().map(|kind| kind.network.name())) {
            Some(meant) => format!("did you mean \"{meant}\"? It may be {known}"),
            None => format!("it may be {known}"),
        };
        section.refuse("network", &text, message, help);
    }
    network
}

/// Reads the address of a source.
///
/// # Errors
/// What is wrong with it, and how to mend it.
pub fn judge_address(text: &str) -> Result<Url, (String, String)> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return Err(("the address lacks its beginning".to_owned(), format!("write \"https://{text}\"")));
        }
        Err(error) => {
            return Err((
                format!("this is no address: {error}"),
                "write \"https://…\", as a browser shows it".to_owned(),
            ));
        }
    };
    if !matches!(url.scheme(), "http" | "https") {
        let message = format!("`{}` addresses cannot be read", url.scheme());
        return Err((message, "the address must begin with https:// or http://".to_owned()));
    }
    Ok(url)
}

/// An address as it may be shown.
fn without_login(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for addresses that cannot hold a login.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.into()
}

fn address(section: &Section<'_>, text: &Spanned<String>, is_feed: bool) -> Option<Url> {
    let socket = Url::parse(text.get_ref()).ok().filter(|url| !is_feed && matches!(url.scheme(), "ws" | "wss"));
    if socket.is_some() {
        return socket;
    }
    judge_address(text.get_ref()).map_err(|(message, help)| section.refuse("url", text, message, help)).ok()
}

fn secret(section: &Section<'_>, directory: &Path) -> Option<Placed<SecretFrom>> {
    let given = |key, make: &dyn Fn(String) -> SecretFrom| {
        let text = section.text(key)?;
        Some((key, section.reader.place(&text), make(text.into_inner())))
    };
    let given = [
        given("password_command", &SecretFrom::Command),
        given("token_env", &SecretFrom::Environment),
        given("token_file", &|path| SecretFrom::File(resolve(Path::new(&path), directory))),
    ];
    let mut given = given.into_iter().flatten();
    let (first, place, from) = given.next()?;
    if let Some((second, place, _)) = given.next() {
        let message = format!("a source has one secret, and this one has `{first}` already");
        section.reader.complain(ErrorKind::Secret, place, &section.path(second), message, "keep one of the two");
    }
    Some(Placed::new(from, place))
}
