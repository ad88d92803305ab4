//! Which configured source a login is for, and writing a new one into the configuration.

use std::path::{Path, PathBuf};

use url::Url;

use crate::cli::args::Everywhere;
use crate::cli::error::{CliError, CliResult};
use crate::cli::house::House;
use crate::cli::output;
use crate::config::credentials::Vault;
use crate::config::{Config, ConfigErrors, Source as Configured, edit};
use crate::domain::SafeText;
use crate::sources::http::{HttpSettings, host_of};
use crate::sources::networks::{Kind, Secret};
use crate::sources::{LoggedIn, LoginRequest};

/// The configuration, if there is one, and where the data is.
pub(super) struct Place {
    config: Option<Config>,
    file: PathBuf,
    pub(super) data: PathBuf,
}

impl Place {
    pub(super) fn find(everywhere: &Everywhere) -> CliResult<Self> {
        let paths = House::paths(everywhere);
        let file = paths.config_file().map_err(|error| CliError::message(error.to_string()))?;
        let config = match Config::load(&file) {
            Ok(config) => Some(config),
            Err(errors) if ConfigErrors::no_file(&errors) => None,
            Err(errors) => return Err(CliError::Config(errors)),
        };
        let configured: Option<&Path> = config.as_ref().and_then(|config| config.data.as_deref());
        let data = paths.data_dir(configured).map_err(|error| CliError::message(error.to_string()))?;
        Ok(Self { config, file, data })
    }

    pub(super) fn http(&self) -> HttpSettings {
        self.config.as_ref().map(|config| config.http.clone()).unwrap_or_default()
    }

    fn sources(&self) -> &[Configured] {
        self.config.as_ref().map_or(&[], |config| &config.sources)
    }

    /// The configured source that a login is for: the named one, else the only one of the network that may be meant
    /// by the server and the account.
    ///
    /// # Errors
    /// When several may be meant, or the name is that of a source elsewhere.
    pub(super) fn meant(
        &self,
        kind: &Kind,
        request: &LoginRequest,
        name: Option<&str>,
    ) -> CliResult<Option<&Configured>> {
        let wanted = Wanted { kind, url: request.url.as_ref(), accounts: request.account.iter().collect() };
        match name {
            Some(name) => self.named(&wanted, name),
            None => self.only(&wanted),
        }
    }

    fn named(&self, wanted: &Wanted<'_>, name: &str) -> CliResult<Option<&Configured>> {
        let same_name = |source: &&Configured| source.settings.name.to_lowercase() == name.to_lowercase();
        let Some(source) = self.sources().iter().find(same_name) else { return Ok(None) };
        let shown = shown(source);
        if source.settings.network != wanted.kind.network {
            return Err(CliError::message(format!(
                "{shown} is a source of the network {}, not of {}",
                source.settings.network, wanted.kind.network
            ))
            .refused());
        }
        if !wanted.is_there(source) {
            return Err(CliError::message(format!(
                "{shown} is at another server: leave the server away, or give a new name"
            ))
            .refused());
        }
        if !wanted.is_account(source) {
            return Err(CliError::message(format!(
                "{shown} has another account: leave --account away, or give a new name"
            ))
            .refused());
        }
        Ok(Some(source))
    }

    /// Whether what a login ended with is the account of this source.
    pub(super) fn is_of(kind: &Kind, source: &Configured, logged: &LoggedIn) -> bool {
        Wanted::logged_in(kind, logged).may_mean(source)
    }

    /// The configured source of the account that a login ended with: the network may know the account by another
    /// name than the one that was given.
    ///
    /// # Errors
    /// When several may be meant.
    pub(super) fn of(&self, kind: &Kind, logged: &LoggedIn) -> CliResult<Option<&Configured>> {
        self.only(&Wanted::logged_in(kind, logged))
    }

    fn only(&self, wanted: &Wanted<'_>) -> CliResult<Option<&Configured>> {
        let found: Vec<&Configured> = self.sources().iter().filter(|source| wanted.may_mean(source)).collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => Err(which_one(wanted.kind, several)),
        }
    }

    /// A name for a new source that no other has.
    pub(super) fn free_name(&self, kind: &Kind, logged: &LoggedIn, wished: Option<&str>) -> String {
        let host = logged.url.as_ref().map(host_of);
        let long = format!("{} {}", kind.network, host.as_deref().unwrap_or(&logged.account));
        let candidates =
            wished.map(str::to_owned).into_iter().chain([kind.network.to_string(), long.trim().to_owned()]);
        let numbered = (2..).map(|number| format!("{} {number}", kind.network));
        let vault = Vault::of(&self.data);
        let taken = |name: &String| {
            vault.has_secret(name)
                || self.sources().iter().any(|source| source.settings.name.to_lowercase() == name.to_lowercase())
        };
        candidates.chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }

    /// Writes the new source into the configuration, or says what to write. Whether it was written.
    pub(super) fn add(&self, kind: &Kind, name: &str, logged: &LoggedIn) -> CliResult<bool> {
        let account =
            Some(logged.account.as_str()).filter(|account| !account.is_empty() && kind.keys.contains(&"account"));
        let url = logged.url.as_ref().filter(|_| kind.keys.contains(&"url")).map(Url::as_str);
        let places: &[String] = if kind.keys.contains(&"places") { &logged.places } else { &[] };
        let block = edit::source_block(&edit::NewSource {
            name,
            network: &kind.network,
            url,
            account,
            client_id: logged.client_id.as_deref().filter(|_| kind.keys.contains(&"client_id")),
            places,
        });
        let (what, added) = if self.config.is_none() {
            (format!("There is no configuration yet: run `goodword init`, then add this to {}:", self.shown()), false)
        } else {
            match edit::append_source(&self.file, &block) {
                Ok(_) => (format!("{} listens to it as \"{name}\" from now on:", self.shown()), true),
                Err(error) => {
                    (format!("The configuration was not changed: {error}\nAdd this to it yourself, mended:"), false)
                }
            }
        };
        output::line(format!("{what}\n{block}"))?;
        output::line(format!("{} `goodword check` tries it.", more(kind)))?;
        Ok(added)
    }

    fn shown(&self) -> String {
        self.file.display().to_string()
    }
}

/// What is known of the account that somebody wants to log in at.
struct Wanted<'a> {
    kind: &'a Kind,
    url: Option<&'a Url>,
    /// Its names; none when it is not known yet.
    accounts: Vec<&'a String>,
}

impl<'a> Wanted<'a> {
    fn logged_in(kind: &'a Kind, logged: &'a LoggedIn) -> Self {
        let accounts = std::iter::once(&logged.account).chain(&logged.also).filter(|account| !account.is_empty());
        Self { kind, url: logged.url.as_ref(), accounts: accounts.collect() }
    }

    fn may_mean(&self, source: &Configured) -> bool {
        // Without an account such a source is another thing: it hears the network as a whole.
        let has_account = self.kind.secret != Secret::WithAccount || source.settings.account.is_some();
        source.settings.network == self.kind.network && has_account && self.is_there(source) && self.is_account(source)
    }

    /// Whether the source is at that server. Unnamed, it is the usual one; where there is no usual one, any.
    fn is_there(&self, source: &Configured) -> bool {
        let usual: Option<Url> = self.kind.usual_url.and_then(|url| url.parse().ok());
        let host = |url: Option<&Url>| url.or(usual.as_ref()).map(host_of);
        let (wanted, there) = (host(self.url), host(source.settings.url.as_ref()));
        (self.url.is_none() && usual.is_none()) || wanted == there
    }

    /// Whether the source is of that account. Where one is not known, it may be.
    fn is_account(&self, source: &Configured) -> bool {
        let Some(configured) = source.settings.account.as_deref() else { return true };
        self.accounts.is_empty() || self.accounts.iter().any(|account| same_account(configured, account))
    }
}

/// Whether two names are of one account at one server: `brand` and `@Brand@server.example` are.
fn same_account(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim().trim_start_matches('@').to_lowercase();
    let (one, other) = (bare(one), bare(other));
    let name = |whole: &str| whole.split('@').next().unwrap_or_default().to_owned();
    one == other || (one.contains('@') != other.contains('@') && name(&one) == name(&other))
}

fn which_one(kind: &Kind, several: &[&Configured]) -> CliError {
    let listed: Vec<String> = several
        .iter()
        .map(|source| {
            let account = source.settings.account.as_ref().map(|account| format!(" as {account}"));
            let host = source.settings.url.as_ref().map(|url| format!(" at {}", host_of(url)));
            let line = source.place.line;
            format!("{}{}{} (line {line})", shown(source), account.unwrap_or_default(), host.unwrap_or_default())
        })
        .collect();
    CliError::message(format!(
        "several sources may be meant:\n  {}\nSay which with --name, or give a new name to add another account at {}.",
        listed.join("\n  "),
        kind.network
    ))
    .refused()
}

/// A source as a message names it.
pub(super) fn shown(source: &Configured) -> String {
    format!("\"{}\"", SafeText::line(&source.settings.name, 80))
}

/// What else can be set for a source of this network.
fn more(kind: &Kind) -> &'static str {
    match kind.network.name() {
        "mastodon" => {
            "It hears what addresses the account; hashtags = [\"…\"] and search = [\"…\"] make it hear more, and places \
             are lists of the account."
        }
        "bluesky" => "It searches for the names of the brand and its rivals; search = [\"…\"] says what else.",
        "reddit" => {
            "places = [\"cycling\"] are the subreddits whose comments it reads; posts are searched for everywhere."
        }
        "lemmy" => "places = [\"bikes@lemmy.example\"] are the communities that it reads whole.",
        "github" => "places = [\"owner/name\"] are the repositories that it reads whole.",
        "stackexchange" => "places = [\"stackoverflow\"] are the sites that it searches.",
        "youtube" => "places are the channels and videos whose comments it reads.",
        "discourse" => "search = [\"…\"] says what it searches for, if not the names of the brand and its rivals.",
        _ => "The example file shows what else can be set.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_may_be_written_in_several_ways() {
        for (one, other) in [("brand", "Brand"), ("@brand", "brand@social.example"), ("did:plc:x", "did:plc:x")] {
            assert!(same_account(one, other) && same_account(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("brand", "other"),
            ("brand@one.example", "brand@other.example"),
            ("brand.bsky.social", "brand"),
            ("did:plc:x", "brand.bsky.social"),
        ] {
            assert!(!same_account(one, other), "{one} {other}");
        }
    }

    #[test]
    fn every_network_with_accounts_says_what_else_can_be_set() {
        use crate::sources::networks::KINDS;
        for kind in KINDS.iter().filter(|kind| kind.login.is_some()) {
            assert!(!more(kind).starts_with("The example"), "{}", kind.network);
        }
    }
}
