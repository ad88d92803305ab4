//! What most commands need before they can begin: where things are, the configuration, the store, the sources.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use rustix::fs::Access;
use tracing_appender::non_blocking::WorkerGuard;

use super::args::Everywhere;
use super::error::{CliError, CliResult};
use super::output;
use crate::config::credentials::{SourceCredentials, Vault};
use crate::config::paths::{Flags, Paths, Platform};
use crate::config::template::Answers;
use crate::config::{Config, OutboxSettings};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Network, SafeText};
use crate::engine::Orders;
use crate::engine::answering::AnsweringSettings;
use crate::engine::campaigns::Scale;
use crate::engine::outbox::Manner;
use crate::engine::{EnginePlan, SystemClock};
use crate::language::Readers;
use crate::measure::giving::Table;
use crate::sources::feed::FeedSettings;
use crate::sources::http::Client;
use crate::sources::search::Template;
use crate::sources::{MemoryCredentials, Source, SourceSettings, Tools, networks};
use crate::store::sqlite::SqliteStore;

/// Log files that are kept, one a day.
const LOGS: usize = 7;

/// A configuration and the places that go with it.
pub struct House {
    /// What is configured.
    pub config: Config,
    /// The file that it was read from; `None` when it came from arguments.
    pub file: Option<PathBuf>,
    /// Where the data is.
    pub data: PathBuf,
    /// Where the log is.
    pub logs: PathBuf,
}

impl House {
    /// Where things are, as far as arguments, environment and platform tell.
    pub fn paths(everywhere: &Everywhere) -> Paths {
        Paths::new(Flags::from(everywhere), &|name| std::env::var_os(name), Platform::of_this_user())
    }

    /// The house of the configuration file.
    ///
    /// # Errors
    /// When there is none (then `init` and `demo` are offered), or it is wrong.
    pub fn of_file(everywhere: &Everywhere) -> CliResult<Self> {
        let paths = Self::paths(everywhere);
        let file = paths.config_file().map_err(|error| CliError::message(error.to_string()))?;
        let config = Config::load(&file).map_err(|errors| {
            if errors.no_file() && !paths.config_is_named() { first_start(&file) } else { CliError::Config(errors) }
        })?;
        Self::of(config, Some(file), &paths)
    }

    /// A house without a file, from answers.
    ///
    /// # Errors
    /// When the answers make no good configuration.
    pub fn of_answers(answers: &Answers, everywhere: &Everywhere) -> CliResult<Self> {
        Self::of(Config::of_answers(answers)?, None, &Self::paths(everywhere))
    }

    fn of(config: Config, file: Option<PathBuf>, paths: &Paths) -> CliResult<Self> {
        let no_home = |error: crate::config::paths::NoHome| CliError::message(error.to_string());
        let data = paths.data_dir(config.data.as_deref()).map_err(no_home)?;
        let logs = paths.log_dir(config.data.as_deref()).map_err(no_home)?;
        Ok(Self { config, file, data, logs })
    }

    /// Opens the store.
    ///
    /// # Errors
    /// [`crate::store::StoreError`].
    pub async fn store(&self) -> CliResult<Arc<SqliteStore>> {
        Ok(Arc::new(SqliteStore::open(&self.data).await?))
    }

    /// Everything that is listened to: the sources of the file, and the public places for every subject.
    ///
    /// # Errors
    /// When a source cannot be made of its settings.
    pub fn sources(&self) -> CliResult<Vec<Source>> {
        let client = self.client()?;
        let mut sources = Vec::new();
        for source in &self.config.sources {
            let tools = self.tools(source, &client);
            let made = networks::open(&self.settings(source), &tools).map_err(|error| {
                CliError::message(format!("{}: {error}", SafeText::line(&source.settings.name, 80)))
            })?;
            sources.push(Source { credentials: Some(tools.credentials), ..made });
        }
        if self.config.collect.public_feeds {
            sources.extend(self.public_feeds(&client)?);
        }
        Ok(sources)
    }

    /// What a source is made with.
    pub fn tools(&self, source: &crate::config::Source, client: &Client) -> Tools {
        let from = source.secret.as_ref().map(|secret| secret.value.clone());
        let credentials = SourceCredentials::new(&source.settings, from, Vault::of(&self.data));
        Tools { client: client.clone(), credentials: Arc::new(credentials) }
    }

    /// The settings of a source, with what the rest of the file says about it: the brand's own accounts, for networks
    /// that are heard as a whole.
    fn settings(&self, source: &crate::config::Source) -> SourceSettings {
        let mut settings = source.settings.clone();
        if is_whole_network(&settings) && settings.places.is_empty() {
            settings.places = self.own_accounts();
        }
        settings
    }

    /// The brand's accounts at Bluesky as far as they can be told: handles there are names of domains.
    fn own_accounts(&self) -> Vec<String> {
        let brand = &self.config.brand;
        let people = brand.people.iter().filter_map(|person| person.strip_prefix("bluesky:"));
        let people = people.filter(|person| person.starts_with("did:") || is_domain(person));
        let handles = brand.handles.iter().map(String::as_str).filter(|handle| is_domain(handle));
        people.chain(handles).map(str::to_owned).collect()
    }

    /// The public places that are no feeds, for who has configured nothing: all of Bluesky as it is written, and
    /// Hacker News.
    ///
    /// # Errors
    /// When a source cannot be made.
    pub fn public_networks(&self) -> CliResult<Vec<Source>> {
        let client = self.client()?;
        let rivals = self.config.rivals.iter().map(|rival| rival.name.clone());
        let names: Vec<String> = std::iter::once(self.config.brand.name.clone()).chain(rivals).collect();
        let settings = |name: &str, network| SourceSettings {
            search: names.clone(),
            shortest: self.config.collect.shortest,
            longest: self.config.collect.longest,
            ..SourceSettings::named(name, Network::fixed(network))
        };
        let tools = Tools { client, credentials: Arc::new(MemoryCredentials::default()) };
        let bluesky = SourceSettings { places: self.own_accounts(), ..settings("bluesky", "bluesky") };
        [bluesky, settings("hacker news", "hackernews")]
            .iter()
            .map(|settings| networks::open(settings, &tools).map_err(CliError::Source))
            .collect()
    }

    /// The public searches for the brand and for every rival.
    fn public_feeds(&self, client: &Client) -> CliResult<Vec<Source>> {
        let config = &self.config;
        let brand = std::iter::once((config.brand.name.as_str(), true));
        let mut sources = Vec::new();
        for (subject, ours) in brand.chain(config.rivals.iter().map(|rival| (rival.name.as_str(), false))) {
            for template in Template::defaults() {
                let Some(feed) = template.feed(subject)? else { continue };
                let name = if ours { template.name } else { format!("{} ({subject})", template.name) };
                let shortest = feed.shortest.max(config.collect.shortest);
                let longest = config.collect.longest.max(shortest);
                sources.push(FeedSettings { name: Some(name), shortest, longest, ..feed }.source(client)?);
            }
        }
        Ok(sources)
    }

    /// The way to the network.
    ///
    /// # Errors
    /// When the system's certificates or proxies cannot be used.
    pub fn client(&self) -> CliResult<Client> {
        Ok(Client::keeping(self.config.http.clone(), self.data.join("hosts.json"), SystemClock.now())?)
    }

    /// The readers, told how the voices sign.
    pub fn readers(&self) -> Readers {
        Readers::trained().signed_by(self.config.voices.iter().filter_map(|voice| voice.signature.clone()))
    }

    /// The plan for the engine.
    pub fn plan(&self, store: Arc<SqliteStore>, sources: Vec<Source>) -> EnginePlan {
        let orders = orders(&self.config);
        let mut plan =
            EnginePlan::new(store, sources, orders.roster, Arc::new(self.readers()), Some(self.config.retention));
        (plan.team, plan.answering) = (orders.team, orders.answering);
        plan.manner = self.manner();
        let days = self.config.collect.own_history_days;
        plan.own_history = (days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days)));
        plan.size = self.config.brand.size;
        plan.table = self.table();
        plan.zone = self.zone();
        plan.workers = self.config.collect.concurrency;
        plan.ceilings.an_hour = self.config.collect.watch_ceiling;
        plan
    }

    /// What gives and asks weigh.
    pub fn table(&self) -> Table {
        Table { tell_factor: self.config.weights.tell_factor, ..Table::default() }
    }

    /// By what campaigns are measured.
    pub fn scale(&self) -> Scale {
        Scale { size: self.config.brand.size, table: self.table(), zone: self.zone() }
    }

    /// How what a person sends goes out.
    fn manner(&self) -> Manner {
        let OutboxSettings { hold, hold_by_network, approval, dry_run } = self.config.outbox.clone();
        Manner { hold, hold_by_network, approval, dry: dry_run }
    }

    /// The zone that times are shown in.
    pub fn zone(&self) -> TimeZone {
        self.config.screen.time_zone.clone().unwrap_or_else(TimeZone::system)
    }

    /// Writes the log into files from now on, one a day, the oldest removed. The guard must live as long as the
    /// program. A log that cannot be written is told and done without.
    pub fn log(&self, everywhere: &Everywhere) -> Option<WorkerGuard> {
        log(&self.logs, everywhere)
    }
}

/// What of a configuration the engine takes on, at the start and again while it is at work.
pub fn orders(config: &Config) -> Orders {
    let voices = config.voices.iter().flat_map(|voice| voice.handles.iter());
    Orders {
        roster: config.roster(),
        team: config.brand.handles.iter().chain(&config.brand.people).chain(voices).cloned().collect(),
        answering: AnsweringSettings {
            target: config.answering.target,
            hours: config.answering.hours.clone(),
            tell_factor: config.weights.tell_factor,
        },
    }
}

/// Whether a handle can be one of Bluesky: labels of letters, digits and inner hyphens, at least two, the last not
/// beginning with a digit (AT Protocol, Handle).
fn is_domain(handle: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = handle.rsplit('.').next().unwrap_or_default();
    handle.contains('.')
        && handle.len() <= 253
        && handle.split('.').all(label)
        && !top.starts_with(|sign: char| sign.is_ascii_digit())
}

/// Whether a source hears a whole network, without an account.
fn is_whole_network(settings: &SourceSettings) -> bool {
    settings.network.name() == "bluesky" && settings.account.is_none()
}

/// The data directory for commands that need no configuration: a wrong configuration must not keep a person
/// from searching or saving what is stored.
///
/// # Errors
/// When no directory is known.
pub fn data_directory(everywhere: &Everywhere) -> CliResult<PathBuf> {
    let paths = House::paths(everywhere);
    let configured = paths.config_file().ok().filter(|file| file.exists()).map(|file| Config::load(&file));
    let directory = match &configured {
        Some(Ok(config)) => paths.data_dir(config.data.as_deref()),
        Some(Err(errors)) if everywhere.data_dir.is_none() => return Err(CliError::Config(errors.clone())),
        _ => paths.data_dir(None),
    };
    directory.map_err(|error| CliError::message(error.to_string()))
}

/// What the configuration says of answering, for commands that need no configuration: the usual where there is none.
///
/// # Errors
/// When a configuration is there, or was named, and is wrong or missing.
pub fn answering(everywhere: &Everywhere) -> CliResult<crate::config::AnsweringSettings> {
    let paths = House::paths(everywhere);
    let Some(file) = paths.config_file().ok().filter(|file| file.exists() || paths.config_is_named()) else {
        return Ok(crate::config::AnsweringSettings::default());
    };
    Config::load(&file).map(|config| config.answering).map_err(CliError::Config)
}

/// The directory of the log, for commands that need no configuration.
///
/// # Errors
/// When no directory is known.
pub fn log_directory(everywhere: &Everywhere) -> CliResult<PathBuf> {
    let paths = House::paths(everywhere);
    let configured = paths.config_file().ok().filter(|file| file.exists()).and_then(|file| Config::load(&file).ok());
    let data = configured.and_then(|config| config.data);
    paths.log_dir(data.as_deref()).map_err(|error| CliError::message(error.to_string()))
}

/// Opens the store of a data directory that must be there already.
///
/// # Errors
/// When nothing was stored there yet, or the store refuses.
pub async fn existing_store(directory: &Path) -> CliResult<Arc<SqliteStore>> {
    if !SqliteStore::is_at(directory) {
        return Err(CliError::message(format!(
            "nothing is stored in {} yet: start `goodword`, `goodword watch NAME` or `goodword import FILE` first, or name \
             another directory with --data-dir",
            directory.display()
        )));
    }
    Ok(Arc::new(SqliteStore::open_or_read(directory).await?))
}

fn first_start(file: &Path) -> CliError {
    CliError::message(format!(
        "there is no configuration yet ({} would be the place).\n\n  goodword init           writes one after a few questions\n  \
         goodword demo           shows the dashboard at work, without network or account\n  \
         goodword watch NAME     listens for a name right away",
        file.display()
    ))
}

/// Makes a directory that only its owner looks into; one that is there stays as it is.
fn private_directory(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn log(directory: &Path, everywhere: &Everywhere) -> Option<WorkerGuard> {
    let level = everywhere.log_level.name();
    // The appender itself tells standard error when it cannot look for old files or remove one.
    let usable = private_directory(directory).and_then(|()| {
        let rights = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
        Ok(rustix::fs::access(directory, rights)?)
    });
    let opened = usable.map_err(|error| error.to_string()).and_then(|()| {
        tracing_appender::rolling::Builder::new()
            .rotation(tracing_appender::rolling::Rotation::DAILY)
            .filename_prefix("goodword")
            .filename_suffix("log")
            .max_log_files(LOGS)
            .build(directory)
            .map_err(|error| error.to_string())
    });
    let appender = match opened {
        Ok(appender) => appender,
        Err(error) => {
            output::remark(format!(
                "goodword: no log can be written to {} ({error}); going on without",
                directory.display()
            ));
            return None;
        }
    };
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter = tracing_subscriber::EnvFilter::try_new(format!("warn,goodword={level}")).ok()?;
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).finish();
    tracing::subscriber::set_global_default(subscriber).ok()?;
    Some(guard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_handle_is_taken_for_one() {
        for handle in ["ferris.example", "a-b.c1.social"] {
            assert!(is_domain(handle), "{handle}");
        }
        for handle in ["ferris", "ferris_bikes.official", "ferris.2", "-a.example", "a..b", "", "a.b@c.example", "."] {
            assert!(!is_domain(handle), "{handle}");
        }
    }
}
