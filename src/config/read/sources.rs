//! The feeds and accounts, and where their secrets are kept.

use std::path::Path;

use toml::Spanned;
use url::Url;

use super::Names;
use super::settings::intervals;
use crate::config::error::ErrorKind;
use crate::config::paths::resolve;
use crate::config::place::Placed;
use crate::config::reader::Reader;
use crate::config::schema;
use crate::config::secrets::SecretFrom;
use crate::config::section::Section;
use crate::config::settings::{CollectSettings, NETWORKS, Source};
use crate::domain::Network;

pub(super) fn sources(reader: &Reader<'_>, collect: &CollectSettings, directory: &Path) -> Vec<Source> {
    let mut names = Names::new("source", reader);
    let mut addresses =
        Names { help: "take one of the two out", fold: str::to_owned, ..Names::new("source for", reader) };
    reader
        .sections(schema::SOURCE)
        .iter()
        .filter_map(|section| {
            let name = section.required("name", "\"cycling news\"");
            if let Some(name) = &name {
                names.add(name.get_ref(), reader.place(name), &section.path("name"));
            }
            let network = network(section);
            let url = section.required("url", "\"https://example.org/feed.xml\"").and_then(|text| {
                let place = reader.place(&text);
                let url = Placed::new(address(section, &text)?, place);
                addresses.add(&without_login(&url.value), place, &section.path("url"));
                Some(url)
            });
            let (shortest, longest) = intervals(section, collect.shortest, collect.longest);
            let everything = section.flag("everything").unwrap_or_default();
            let secret = secret(section, directory);
            Some(Source { name: name?.into_inner(), network, url: url?, shortest, longest, everything, secret })
        })
        .collect()
}

fn network(section: &Section<'_>) -> Network {
    let Some(text) = section.text("network") else { return Network::FEED };
    let network = Network::named(text.get_ref());
    if !NETWORKS.contains(&network) {
        let known = NETWORKS.iter().map(|network| format!("\"{network}\"")).collect::<Vec<_>>().join(", ");
        let message = format!("there is no network \"{}\"", text.get_ref());
        section.refuse("network", &text, message, format!("it may be {known}"));
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

fn address(section: &Section<'_>, text: &Spanned<String>) -> Option<Url> {
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
