//! The configuration: its file, its paths, secrets, validation, reload, and writing it.
//!
//! [`Config::load`] reads `config.toml`, judges everything in it and reports all that is wrong at once, each
//! error with its place. Values come out typed and within bounds; keys of the keyboard stay text with their
//! place, because only the screen knows its actions. This room reads and writes the configuration file and
//! fetches secrets; it talks to no network. It knows `domain`, `store` (the roster), `sources` (how servers are asked)
//! and `watch` (to judge queries); the settings of rooms above it, or beside it, are plain values that the command hands on.

pub mod credentials;
mod derive;
mod document;
pub mod edit;
mod error;
pub mod interval;
pub mod paths;
mod place;
mod read;
mod reader;
pub mod reload;
pub mod schema;
pub mod secrets;
mod section;
mod settings;
mod strings;
pub mod template;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::domain::{Role, Terms, Timestamp};
use crate::sources::networks;
use crate::store::{Retention, Roster, RosterSource, RosterWatch};

pub use crate::sources::http::{HttpSettings, PrivateAddresses};
pub use derive::query_for;
pub use document::Document;
pub use error::{ConfigError, ConfigErrors, ErrorKind};
pub use place::{Place, Placed};
pub use read::judge_address;
pub use settings::{
    AnsweringSettings, Binding, Brand, Campaign, CollectSettings, ColourChoice, EmojiChoice, OutboxSettings,
    RETENTION_BOUNDS, RETENTION_DAYS, Rival, SavedReply, ScreenSettings, Source, Voice, Watch, Weights,
};

/// Everything that a configuration says, judged and typed.
#[derive(Debug, Clone)]
pub struct Config {
    /// Whom we speak for.
    pub brand: Brand,
    /// Competitors.
    pub rivals: Vec<Rival>,
    /// Named queries; every subject has at least one.
    pub watches: Vec<Watch>,
    /// Feeds and accounts.
    pub sources: Vec<Source>,
    /// When sources are asked.
    pub collect: CollectSettings,
    /// How servers are asked.
    pub http: HttpSettings,
    /// What is kept for how long.
    pub retention: Retention,
    /// How what we publish goes out.
    pub outbox: OutboxSettings,
    /// How mentions are answered.
    pub answering: AnsweringSettings,
    /// How the screen looks and behaves.
    pub screen: ScreenSettings,
    /// Weights of the formulas.
    pub weights: Weights,
    /// The voice at this machine, when the file says so: one of the voices.
    pub voice: Option<String>,
    /// Who answers.
    pub voices: Vec<Voice>,
    /// Saved replies.
    pub replies: Vec<SavedReply>,
    /// Named sets of our own posts.
    pub campaigns: Vec<Campaign>,
    /// Keys of the keyboard.
    pub keys: Vec<Binding>,
    /// Where the data is, when the file says so.
    pub data: Option<PathBuf>,
    document: Document,
}

impl Config {
    /// Reads and judges a file; also checks that secret files are there and private, and that the file itself is
    /// when an address in it holds a password.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place. [`ConfigErrors::no_file`] tells a first start.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        let config = Self::parse(Document::read(path)?)?;
        let judge = |source| config.judge_secret(source).or_else(|| config.judge_login(source));
        let errors: Vec<ConfigError> = config.sources.iter().filter_map(judge).collect();
        if errors.is_empty() { Ok(config) } else { Err(ConfigErrors::new(errors)) }
    }

    /// Judges a text; touches no file.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn parse(document: Document) -> Result<Self, ConfigErrors> {
        read::config(document)
    }

    /// A configuration that stands in no file, from answers given as arguments.
    ///
    /// # Errors
    /// What is wrong with the answers.
    pub fn of_answers(answers: &template::Answers) -> Result<Self, ConfigErrors> {
        let document = Document::new(Path::new("the arguments"), template::bare(answers));
        Self::parse(document).map_err(ConfigErrors::without_places)
    }

    fn judge_secret(&self, source: &Source) -> Option<ConfigError> {
        let secret = source.secret.as_ref()?;
        let error = secret.value.check().err()?;
        let (message, help) = match &error {
            secrets::SecretError::TooOpen { path, mode } => (
                format!("the secret file {} may be used by others (mode {mode:04o})", error::shown_path(path)),
                format!("run: chmod 600 {}", error::shown_path(path)),
            ),
            other => (other.to_string(), "write the secret into that file, and `chmod 600` it".to_owned()),
        };
        let key = format!("source \"{}\".token_file", source.settings.name);
        Some(self.document.error(ErrorKind::Secret, secret.place, key, message, help))
    }

    fn judge_login(&self, source: &Source) -> Option<ConfigError> {
        source.settings.url.as_ref()?.password()?;
        let secrets::SecretError::TooOpen { mode, .. } = secrets::judge_private(self.path()).err()? else {
            return None;
        };
        let message = format!("the address holds a password, and others may read this file (mode {mode:04o})");
        let help = format!("run: chmod 600 {}", error::shown_path(self.path()));
        let key = format!("source \"{}\".url", source.settings.name);
        Some(self.document.error(ErrorKind::Secret, source.place, key, message, help))
    }

    /// An error at a place of this configuration, for rooms that judge a part of it themselves (the keys).
    pub fn complain(&self, place: Place, key: &str, message: String, help: String) -> ConfigError {
        self.document.error(ErrorKind::BadValue, place, key, message, help)
    }

    /// A place of this configuration as a message begins with it: `config.toml:12:1`.
    pub fn at(&self, place: Place) -> String {
        format!("{}:{}:{}", self.path().display(), place.line, place.column)
    }

    /// The file that it was read from.
    pub fn path(&self) -> &Path {
        self.document.path()
    }

    /// Subjects, watches and sources, as the store takes them in.
    pub fn roster(&self) -> Roster {
        let rivals = self.rivals.iter().map(|rival| (rival.name.clone(), Role::Rival));
        Roster {
            subjects: std::iter::once((self.brand.name.clone(), Role::Brand)).chain(rivals).collect(),
            watches: self.watches.iter().map(RosterWatch::from).collect(),
            sources: self
                .sources
                .iter()
                .map(|source| RosterSource::alone(&source.settings.name, source.settings.network.clone()))
                .collect(),
        }
    }

    /// The campaigns with their days as moments: days begin and end at midnight in the zone of the screen.
    pub fn campaign_terms(&self) -> Vec<Terms> {
        let zone = self.screen.time_zone.clone().unwrap_or_else(jiff::tz::TimeZone::system);
        let midnight = |date: jiff::civil::Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        let over = |date: jiff::civil::Date| date.tomorrow().ok().and_then(&midnight).or(Some(Timestamp::MAX));
        let terms = self.campaigns.iter().map(|campaign| Terms {
            name: campaign.name.clone(),
            tags: campaign.tags.clone(),
            words: campaign.words.clone(),
            accounts: campaign.accounts.clone(),
            since: campaign.since.and_then(&midnight),
            until: campaign.until.and_then(over),
        });
        terms.collect()
    }

    /// What a person should know though it is no error.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.sources.is_empty() && !self.collect.public_feeds {
            remarks.push("there is nothing to listen to: add a [[source]] or set collect.public_feeds = true".into());
        }
        for source in self.sources.iter().filter(|source| source.secret.is_some()) {
            let kind = networks::kind(&source.settings.network);
            if kind.is_some_and(|kind| kind.secret == networks::Secret::Unused) {
                remarks.push(format!(
                    "the secret of \"{}\" is not used: a {} is read without one",
                    source.settings.name, source.settings.network
                ));
            }
        }
        remarks
    }
}

impl From<&Watch> for RosterWatch {
    fn from(watch: &Watch) -> Self {
        Self {
            name: watch.name.clone(),
            subject: watch.subject.clone(),
            query: watch.query.clone(),
            context: watch.context.clone(),
        }
    }
}
