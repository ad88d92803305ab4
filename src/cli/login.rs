//! `login` and `logout`: gives goodword an account, and takes it away again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::args::{Everywhere, LoginArgs, LogoutArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use super::prompt::Terminal;
use crate::config::credentials::{Belonging, Vault};
use crate::config::{Config, ConfigErrors, Source as Configured, edit};
use crate::domain::{Clock, SafeText};
use crate::engine::SystemClock;
use crate::sources::http::{Client, HttpSettings, host_of};
use crate::sources::networks::{self, Kind, Secret};
use crate::sources::{LoggedIn, LoginRequest, MemoryCredentials, Person, SourceError, SourceSettings, Tools};

/// Talks with the person, tries what they give, keeps it, and sees to it that the configuration names the source.
///
/// # Errors
/// When the network refuses, or what it gave cannot be kept. Nothing is kept then.
pub async fn login(arguments: &LoginArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let kind = kind(&arguments.network)?;
    if kind.secret == Secret::Unused {
        return Err(CliError::message(format!(
            "{} needs no login: add a [[source]] with network = \"{0}\" to the configuration",
            kind.network
        )));
    }
    let place = Place::find(everywhere)?;
    let request = LoginRequest {
        url: arguments.server.as_deref().map(server).transpose()?,
        account: arguments.account.as_deref().map(|account| account.trim_start_matches('@').to_owned()),
        client_id: arguments.client_id.clone(),
    };
    let client = Client::new(place.http())?;
    let person = Terminal::new();
    let tools = Tools { client, credentials: Arc::new(MemoryCredentials::default()) };
    let now = SystemClock.now();
    let logged = match kind.login {
        Some(login) => login.login(&request, &tools, &person, now).await?,
        None => paste(kind, &request, &place, arguments.name.as_deref(), &tools, &person).await?,
    };
    let configured = place.source(kind, &logged, arguments.name.as_deref());
    if let Some(source) = configured.filter(|source| source.secret.is_some()) {
        return Err(CliError::message(format!(
            "the configuration says where the secret of \"{}\" is kept (line {}): take that out, or put the new secret there",
            source.settings.name, source.place.line
        )));
    }
    let name = configured
        .map(|source| source.settings.name.clone())
        .unwrap_or_else(|| place.free_name(kind, &logged, arguments.name.as_deref()));
    let vault = Vault::of(&place.data);
    let belongs = configured.map_or_else(
        || Belonging::at(&kind.network, logged.url.as_ref(), Some(&logged.account)),
        |source| Belonging::of(&source.settings),
    );
    vault
        .keep_secret(&name, &belongs, &logged.secret)
        .map_err(|error| CliError::file(place.data.join("accounts"), error))?;
    let who = if logged.account.is_empty() { String::new() } else { format!(" as {}", logged.account) };
    output::line(format!("Logged in at {}{}.", kind.network, SafeText::line(&who, 120)))?;
    if configured.is_some() {
        output::line(format!("The source \"{name}\" uses it from now on; `goodword check` tries it."))?;
    } else {
        place.add(kind, &name, &logged)?;
    }
    Ok(0)
}

/// Forgets what a login kept.
///
/// # Errors
/// When there is nothing to forget, or it cannot be removed.
pub fn logout(arguments: &LogoutArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let data = super::house::data_directory(everywhere)?;
    let forgotten =
        Vault::of(&data).forget(&arguments.name).map_err(|error| CliError::file(data.join("accounts"), error))?;
    let name = SafeText::line(&arguments.name, 80);
    if !forgotten {
        return Err(CliError::message(format!(
            "nothing is kept for \"{name}\": give the name of the source, as `goodword check` shows it"
        )));
    }
    output::line(format!(
        "The secret and the session of \"{name}\" are forgotten here. What the network gave stays valid there until you \
         withdraw it in the settings of the account."
    ))?;
    Ok(0)
}

/// Asks for a secret where there is nothing more to it, and tries it if that is possible.
async fn paste(
    kind: &'static Kind,
    request: &LoginRequest,
    place: &Place,
    name: Option<&str>,
    tools: &Tools,
    person: &Terminal,
) -> CliResult<LoggedIn> {
    let url = request.url.clone().or_else(|| kind.usual_url.and_then(|url| url.parse().ok()));
    if url.is_none() && kind.required.contains(&"url") {
        return Err(CliError::message(format!("name the server too: goodword login {} SERVER", kind.network)));
    }
    let at = url.as_ref().map_or_else(|| kind.network.to_string(), host_of);
    let Some(secret) = person.ask_secret(&format!("Secret for {at} ({})", kind.what)).await else {
        return Err(CliError::message("no secret was given; nothing is changed"));
    };
    let mut logged = LoggedIn {
        url: request.url.clone(),
        account: request.account.clone().unwrap_or_default(),
        client_id: request.client_id.clone(),
        secret,
    };
    let known = place.source(kind, &logged, name).map(|source| source.settings.clone());
    let settings = known.unwrap_or_else(|| SourceSettings {
        url,
        account: request.account.clone(),
        client_id: request.client_id.clone(),
        stream: false,
        ..SourceSettings::named(kind.network.name(), kind.network.clone())
    });
    if let Some(account) = &settings.account {
        logged.account.clone_from(account);
    }
    attempt(&settings, &logged.secret, tools).await?;
    Ok(logged)
}

/// Asks the network once with the new secret.
async fn attempt(settings: &SourceSettings, secret: &SecretString, tools: &Tools) -> Result<(), SourceError> {
    let credentials = Arc::new(MemoryCredentials::of(secret.expose_secret()));
    let tools = Tools { client: tools.client.clone(), credentials };
    let settings = SourceSettings { stream: false, ..settings.clone() };
    let mut source = networks::open(&settings, &tools)?;
    source.listen.poll("", SystemClock.now()).await.map(drop)
}

fn kind(name: &str) -> CliResult<&'static Kind> {
    networks::kind(&crate::domain::Network::named(name)).ok_or_else(|| {
        let known: Vec<&str> = networks::KINDS
            .iter()
            .filter(|kind| kind.secret != Secret::Unused)
            .map(|kind| kind.network.name())
            .collect();
        CliError::message(format!("there is no network \"{name}\": it may be {}", known.join(", ")))
    })
}

/// A server as people write it.
fn server(text: &str) -> CliResult<Url> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    crate::config::judge_address(&whole).map_err(|(message, help)| CliError::message(format!("{message}: {help}")))
}

/// The configuration, if there is one, and where the data is.
struct Place {
    config: Option<Config>,
    file: PathBuf,
    data: PathBuf,
}

impl Place {
    fn find(everywhere: &Everywhere) -> CliResult<Self> {
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

    fn http(&self) -> HttpSettings {
        self.config.as_ref().map(|config| config.http.clone()).unwrap_or_default()
    }

    fn sources(&self) -> &[Configured] {
        self.config.as_ref().map_or(&[], |config| &config.sources)
    }

    /// The configured source that the login is for: the named one, else the one of the same server and account.
    fn source(&self, kind: &Kind, logged: &LoggedIn, name: Option<&str>) -> Option<&Configured> {
        let usual: Option<Url> = kind.usual_url.and_then(|url| url.parse().ok());
        let host = |url: Option<&Url>| url.or(usual.as_ref()).map(host_of);
        self.sources().iter().find(|source| {
            let settings = &source.settings;
            let same_account = match (&settings.account, logged.account.as_str()) {
                (None, "") => true,
                (None, _) => kind.secret != Secret::WithAccount,
                (Some(one), other) => one.eq_ignore_ascii_case(other) || other.is_empty(),
            };
            settings.network == kind.network
                && name.map_or(same_account && host(settings.url.as_ref()) == host(logged.url.as_ref()), |name| {
                    settings.name.to_lowercase() == name.to_lowercase()
                })
        })
    }

    /// A name for a new source that no other has.
    fn free_name(&self, kind: &Kind, logged: &LoggedIn, wished: Option<&str>) -> String {
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

    /// Writes the new source into the configuration, or says what to write.
    fn add(&self, kind: &Kind, name: &str, logged: &LoggedIn) -> CliResult {
        let account =
            Some(logged.account.as_str()).filter(|account| !account.is_empty() && kind.keys.contains(&"account"));
        let url = logged.url.as_ref().filter(|_| kind.keys.contains(&"url")).map(Url::as_str);
        let block = edit::source_block(&edit::NewSource {
            name,
            network: &kind.network,
            url,
            account,
            client_id: logged.client_id.as_deref(),
        });
        if self.config.is_none() {
            output::line(format!(
                "There is no configuration yet: run `goodword init`, then add this to {}:\n{block}",
                self.file.display()
            ))?;
            return Ok(());
        }
        match edit::append_source(&self.file, &block) {
            Ok(_) => {
                output::line(format!("{} listens to it as \"{name}\" from now on:\n{block}", self.file.display()))?;
            }
            Err(error) => {
                output::line(format!("The configuration was not changed: {error}\nAdd this to it yourself:\n{block}"))?;
            }
        }
        output::line(
            "`goodword check` tries it. Hashtags, searches and more are set there; the example file shows how.",
        )
    }
}
