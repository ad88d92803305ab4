//! `login` and `logout`: gives goodword an account, and takes it away again.

mod place;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use self::place::{Place, shown};
use super::args::{Everywhere, LoginArgs, LogoutArgs};
use super::error::{CliError, CliResult};
use super::house::House;
use super::output;
use super::prompt::Terminal;
use crate::config::credentials::{Belonging, Vault};
use crate::config::{Config, Source as Configured};
use crate::domain::{Clock, SafeText};
use crate::engine::SystemClock;
use crate::sources::http::{Client, host_of};
use crate::sources::networks::{self, Kind, Secret};
use crate::sources::{LoggedIn, LoginRequest, MemoryCredentials, Person, SourceError, SourceSettings, Tools};

/// Talks with the person, tries what they give, keeps it, and sees to it that the configuration names the source.
/// Exit code 1 when the configuration still does not name it.
///
/// # Errors
/// When the network refuses, or what it gave cannot be kept. Nothing is kept then.
pub async fn login(arguments: &LoginArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let kind = kind(&arguments.network)?;
    if kind.secret == Secret::Unused {
        return Err(CliError::message(format!(
            "{} needs no login: add a [[source]] with network = \"{0}\" to the configuration",
            kind.network
        ))
        .refused());
    }
    let place = Place::find(everywhere)?;
    let name = arguments.name.as_deref();
    let request = LoginRequest {
        url: arguments.server.as_deref().map(server).transpose()?,
        account: arguments.account.as_deref().map(|account| account.trim_start_matches('@').to_owned()),
        client_id: arguments.client_id.clone(),
        places: Vec::new(),
    };
    let meant = place.meant(kind, &request, name)?;
    if let Some(source) = meant {
        judge_secret(source)?;
    }
    let request = completed(request, meant);
    let tools = Tools { client: Client::new(place.http())?, credentials: Arc::new(MemoryCredentials::default()) };
    // Whoever interrupts gets the terminal back as it was: the talk is dropped, and what it hid is shown again. Signals
    // are listened to before the first question.
    let interrupted = interrupted()?;
    let logged = tokio::select! {
        logged = talk(kind, &request, meant, &tools) => logged?,
        code = interrupted => return interruption(code),
    };
    let meant = match meant {
        Some(source) if Place::is_of(kind, source, &logged) => Some(source),
        Some(source) if name.is_some() => {
            return Err(CliError::message(format!(
                "{} has another account than the one that was logged in ({}); nothing is kept",
                shown(source),
                SafeText::line(&logged.account, 120)
            )));
        }
        // A name that no source has is one for a new source.
        _ if name.is_some() => None,
        _ => place.of(kind, &logged)?,
    };
    if let Some(source) = meant {
        judge_secret(source)?;
    }
    keep(kind, &place, meant, name, &logged)
}

/// Keeps what a login ended with.
fn keep(
    kind: &Kind,
    place: &Place,
    meant: Option<&Configured>,
    wished: Option<&str>,
    logged: &LoggedIn,
) -> CliResult<u8> {
    let name = match meant {
        Some(source) => source.settings.name.clone(),
        None => place.free_name(kind, logged, wished),
    };
    let vault = Vault::of(&place.data);
    let belongs = meant.map_or_else(
        || Belonging::at(&kind.network, logged.url.as_ref(), Some(&logged.account)),
        |source| Belonging::of(&source.settings),
    );
    vault
        .keep_secret(&name, &belongs, &logged.secret)
        .map_err(|error| CliError::file(place.data.join("accounts"), error))?;
    let who = if logged.account.is_empty() { String::new() } else { format!(" as {}", logged.account) };
    output::line(format!("Logged in at {}{}.", kind.network, SafeText::line(&who, 120)))?;
    if meant.is_some() {
        output::line(format!("The source \"{name}\" uses it from now on; `goodword check` tries it."))?;
        return Ok(0);
    }
    Ok(if place.add(kind, &name, logged)? { 0 } else { 1 })
}

/// A source whose secret is configured needs no login, and would not use one.
fn judge_secret(source: &Configured) -> CliResult {
    let Some(secret) = &source.secret else { return Ok(()) };
    Err(CliError::message(format!(
        "the configuration says where the secret of {} is kept (line {}): put the new secret there, or take that out \
         first. For another account give a new name with --name.",
        shown(source),
        secret.place.line
    )))
}

/// The request with what is configured already.
fn completed(request: LoginRequest, meant: Option<&Configured>) -> LoginRequest {
    let Some(source) = meant else { return request };
    let settings = &source.settings;
    LoginRequest {
        url: request.url.or_else(|| settings.url.clone()),
        account: request.account.or_else(|| settings.account.clone()),
        client_id: request.client_id.or_else(|| settings.client_id.clone()),
        places: settings.places.clone(),
    }
}

async fn talk(
    kind: &'static Kind,
    request: &LoginRequest,
    meant: Option<&Configured>,
    tools: &Tools,
) -> CliResult<LoggedIn> {
    let person = Terminal::new();
    match kind.login {
        Some(login) => Ok(login.login(request, tools, &person, SystemClock.now()).await?),
        None => paste(kind, request, meant, tools, &person).await,
    }
}

/// Listens to the signals that end the program, from now on; then the code that shells expect of a program that one of
/// them ended.
fn interrupted() -> CliResult<impl Future<Output = u8>> {
    let listen = |kind| signal(kind).map_err(|error| CliError::message(format!("signals cannot be heard: {error}")));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
            _ = hang_up.recv() => 129,
        }
    })
}

fn interruption(code: u8) -> CliResult<u8> {
    output::remark("\nNothing was kept.");
    Ok(code)
}

/// Forgets what a login kept.
///
/// # Errors
/// When there is nothing to forget, or it cannot be removed.
pub fn logout(arguments: &LogoutArgs, everywhere: &Everywhere) -> CliResult<u8> {
    let data = super::house::data_directory(everywhere)?;
    let unremovable = |error| CliError::file(data.join("accounts"), error);
    // A configuration that is broken must not keep anybody from logging out.
    let config = House::paths(everywhere).config_file().ok().and_then(|file| Config::load(&file).ok());
    let sources = config.as_ref().map_or(&[][..], |config| &config.sources);
    let same = |name: &str| name.to_lowercase() == arguments.name.to_lowercase();
    let source = sources.iter().find(|source| same(&source.settings.name));
    let mut names = BTreeSet::from([arguments.name.clone(), arguments.name.to_lowercase()]);
    names.extend(source.map(|source| source.settings.name.clone()));
    let before = kept(&data);
    let mut forgotten = Vec::new();
    for name in names {
        if Vault::of(&data).forget(&name).map_err(unremovable)? {
            forgotten.push(name);
        }
    }
    let after = kept(&data);
    let configured = source.and_then(|source| source.secret.as_ref()).map(|secret| secret.place.line);
    let [name, ..] = forgotten.as_slice() else {
        let name = SafeText::line(&arguments.name, 80);
        return Err(CliError::message(match configured {
            Some(line) => format!(
                "nothing is kept for \"{name}\": the configuration says where its secret is (line {line}); take that out"
            ),
            None => {
                format!("nothing is kept for \"{name}\": give the name of the source, as `goodword check` shows it")
            }
        }));
    };
    let gone: Vec<&str> = [("secret", "the secret"), ("session", "the session")]
        .into_iter()
        .filter(|(kind, _)| before.iter().filter(|file| !after.contains(*file)).any(|file| file.ends_with(kind)))
        .map(|(_, what)| what)
        .collect();
    let gone = if gone.is_empty() { "what was kept".to_owned() } else { gone.join(" and ") };
    output::line(format!(
        "Forgotten here: {gone} of \"{}\". What the network gave stays valid there until you withdraw it in the \
         settings of the account.",
        SafeText::line(name, 80)
    ))?;
    if let Some(line) = configured {
        output::line(format!("The configuration still says where a secret of it is (line {line})."))?;
    }
    Ok(0)
}

/// The files that are kept of accounts.
fn kept(data: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(data.join("accounts")).into_iter().flatten().flatten();
    files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

/// Asks for a secret where there is nothing more to it, and tries it if that is possible.
async fn paste(
    kind: &'static Kind,
    request: &LoginRequest,
    meant: Option<&Configured>,
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
    let settings = meant.map(|source| source.settings.clone()).unwrap_or_else(|| SourceSettings {
        url,
        account: request.account.clone(),
        client_id: request.client_id.clone(),
        stream: false,
        ..SourceSettings::named(kind.network.name(), kind.network.clone())
    });
    attempt(&settings, &secret, tools).await?;
    Ok(LoggedIn {
        url: request.url.clone(),
        account: request.account.clone().unwrap_or_default(),
        client_id: request.client_id.clone(),
        secret,
        ..LoggedIn::default()
    })
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
        CliError::message(format!("there is no network \"{name}\": it may be {}", known.join(", "))).refused()
    })
}

/// A server as people write it.
fn server(text: &str) -> CliResult<Url> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    crate::config::judge_address(&whole).map_err(|(message, help)| CliError::message(format!("{message}: {help}")))
}
