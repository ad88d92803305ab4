//! The files that secrets and sessions are kept in, one each below `accounts/` in the data directory, readable by
//! their owner alone.
//!
//! A file begins with a line that says where its secret belongs; the rest is the secret. What belongs to one server is
//! never sent to another, though the source of that name was changed. Files of an older form have no such line: they
//! belong to the source that reads them first.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::super::secrets::{SecretError, judge_private};
use crate::domain::Network;
use crate::sources::http::host_of;
use crate::sources::{SourceSettings, networks};

/// Longest file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;
/// How the line begins that says where a secret belongs.
const HEAD: &str = "goodword-account ";

/// Where a secret belongs: the only place that it may be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belonging {
    network: String,
    /// Empty for what is on this machine.
    #[serde(default)]
    host: String,
    /// As configured; empty when the configuration does not name it.
    #[serde(default)]
    account: String,
}

impl Belonging {
    /// The place of a source.
    pub fn of(settings: &SourceSettings) -> Self {
        Self::at(&settings.network, settings.url.as_ref(), settings.account.as_deref())
    }

    /// A server (the usual one when none is named) and an account at it, if sources of the network name one.
    pub fn at(network: &Network, url: Option<&Url>, account: Option<&str>) -> Self {
        let kind = networks::kind(network);
        let usual: Option<Url> = kind.and_then(|kind| kind.usual_url).and_then(|url| url.parse().ok());
        let named = kind.is_some_and(|kind| kind.keys.contains(&"account"));
        Self {
            network: network.name().to_owned(),
            host: url.or(usual.as_ref()).map(host_of).unwrap_or_default(),
            account: account.filter(|_| named).unwrap_or_default().trim_start_matches('@').to_owned(),
        }
    }

    /// Kind of place.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The server; empty for what is on this machine.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether a secret that belongs there may be sent here. An account that only one of the two names says nothing.
    fn is_good_for(&self, other: &Self) -> bool {
        let same_account = self.account.is_empty()
            || other.account.is_empty()
            || self.account.to_lowercase() == other.account.to_lowercase();
        self.network == other.network && self.host == other.host && same_account
    }
}

/// `mastodon at a.example as ferris`.
impl fmt::Display for Belonging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.network)?;
        if !self.host.is_empty() {
            write!(f, " at {}", self.host)?;
        }
        if !self.account.is_empty() {
            write!(f, " as {}", self.account)?;
        }
        Ok(())
    }
}

/// Where the secrets of accounts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    pub(super) directory: PathBuf,
}

/// The two things that are kept of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Secret,
    Session,
}

/// What was found under a name.
pub(super) enum Found {
    Nothing,
    /// It belongs to another place.
    Elsewhere(Belonging),
    Here(SecretString),
}

impl Vault {
    /// The one of a data directory.
    pub fn of(data: &Path) -> Self {
        Self { directory: data.join("accounts") }
    }

    /// Keeps what a person logged in with; a session of the time before is forgotten.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_secret(&self, name: &str, place: &Belonging, secret: &SecretString) -> std::io::Result<()> {
        self.forget_one(name, Kept::Session)?;
        self.keep(name, Kept::Secret, place, secret)
    }

    /// Forgets everything of an account. True if there was something.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self, name: &str) -> std::io::Result<bool> {
        let secret = self.forget_one(name, Kept::Secret)?;
        let session = self.forget_one(name, Kept::Session)?;
        Ok(secret || session)
    }

    /// Whether somebody logged in under this name.
    pub fn has_secret(&self, name: &str) -> bool {
        self.file(name, Kept::Secret).exists()
    }

    /// A number that changes when a secret is kept under this name, or forgotten.
    pub(super) fn stamp(&self, name: &str) -> u64 {
        stamp(&self.file(name, Kept::Secret))
    }

    /// The file of an account: its name with everything but letters, digits, `-` and `_` escaped.
    fn file(&self, name: &str, kept: Kept) -> PathBuf {
        let escaped: String = name
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
                other => format!("%{other:02x}"),
            })
            .collect();
        let kind = if kept == Kept::Secret { "secret" } else { "session" };
        self.directory.join(format!("{escaped}.{kind}"))
    }

    fn forget_one(&self, name: &str, kept: Kept) -> std::io::Result<bool> {
        match std::fs::remove_file(self.file(name, kept)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces a file in one step.
    pub(super) fn keep(&self, name: &str, kept: Kept, place: &Belonging, secret: &SecretString) -> std::io::Result<()> {
        make_private(&self.directory)?;
        let path = self.file(name, kept);
        let head = serde_json::to_string(place).map_err(std::io::Error::other)?;
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let written = private(&beside)
            .and_then(|mut file| {
                writeln!(file, "{HEAD}{head}")?;
                file.write_all(secret.expose_secret().as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&beside, &path));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }

    /// What is kept under a name, for a source at this place.
    pub(super) fn read(&self, name: &str, kept: Kept, place: &Belonging) -> Result<Found, SecretError> {
        let path = self.file(name, kept);
        if !path.exists() {
            return Ok(Found::Nothing);
        }
        judge_private(&path)?;
        let unreadable = |error| SecretError::Unreadable { path: path.clone(), error };
        let mut text = String::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
        let Some((belongs, secret)) = parts(&text) else {
            let secret = SecretString::from(text);
            if let Err(error) = self.keep(name, kept, place, &secret) {
                tracing::warn!(%error, "where a kept secret belongs cannot be written down");
            }
            return Ok(Found::Here(secret));
        };
        if !belongs.is_good_for(place) {
            return Ok(Found::Elsewhere(belongs));
        }
        Ok(Found::Here(SecretString::from(secret)))
    }
}

/// Where a secret belongs, and the secret; `None` for a file of the older form.
fn parts(text: &str) -> Option<(Belonging, &str)> {
    let (head, secret) = text.strip_prefix(HEAD)?.split_once('\n')?;
    Some((serde_json::from_str(head).ok()?, secret))
}

/// A number that changes when a file is replaced, written or removed.
pub(super) fn stamp(path: &Path) -> u64 {
    let Ok(about) = std::fs::metadata(path) else { return 0 };
    let of_file = [about.mtime(), about.mtime_nsec(), about.ino().cast_signed(), about.len().cast_signed()];
    let bytes: Vec<u8> = of_file.iter().flat_map(|number| number.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
