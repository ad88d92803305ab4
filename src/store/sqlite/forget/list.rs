//! The list of those who are not to be collected again: keyed hashes, in the database and in a file beside it.
//!
//! A hash is the HMAC-SHA-256 of the network, what kind of name it is, and the name, under a random key that was made
//! for this list. The list tells nobody who is on it; who has it and the key can ask whether a name is. It lies beside
//! the database too, so that a copy from before somebody was forgotten forgets them when it is brought back.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::sqlite::SqliteConnection;

use super::redact::folded;
use crate::domain::Author;
use crate::store::StoreResult;
use crate::store::sqlite::fault::{Done, Fault, tell_file};

/// Name of the list in the data directory.
pub(super) const FILE: &str = "forgotten";
/// First line of it.
const HEAD: &str = "# Keyed hashes of people who are not to be collected again: key, hash, day. Keep this file.";

/// What a hash stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The network's own id.
    Id,
    /// The handle of somebody without an id: whoever has it is meant.
    Handle,
    /// The handle of somebody with an id: meant where a source tells no id.
    HandleOfId,
    /// The name of somebody of whom nothing else is told.
    Name,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Handle => "handle",
            Self::HandleOfId => "handle of id",
            Self::Name => "name",
        }
    }
}

/// An entry: key, hash, day.
pub(super) type Entry = (Vec<u8>, Vec<u8>, i64);

/// The hash of a name.
pub(super) fn hash(key: &[u8], network: &str, kind: Kind, name: &str) -> Vec<u8> {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return Vec::new() };
    for part in [network, kind.word(), name] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

/// Who is not to be collected.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Forgotten {
    keys: BTreeSet<Vec<u8>>,
    hashes: BTreeSet<(Vec<u8>, Vec<u8>)>,
}

impl Forgotten {
    /// The list of the database. Short, for it grows by a few rows for each person who wants it.
    pub(in crate::store::sqlite) async fn load(conn: &mut SqliteConnection) -> Done<Self> {
        Ok(Self::of(entries(conn).await?))
    }

    pub(super) fn of(entries: Vec<Entry>) -> Self {
        let mut all = Self::default();
        for (key, hash, _) in entries {
            all.keys.insert(key.clone());
            all.hashes.insert((key, hash));
        }
        all
    }

    /// Whether nobody is on it.
    pub(in crate::store::sqlite) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    fn has(&self, network: &str, kind: Kind, name: &str) -> bool {
        self.keys.iter().any(|key| self.hashes.contains(&(key.clone(), hash(key, network, kind, name))))
    }

    /// Whether an author on a network is on it.
    pub(in crate::store::sqlite) fn author(&self, network: &str, author: &Author) -> bool {
        let filled =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        if self.is_empty() {
            return false;
        }
        let (id, handle) = (filled(&author.native_id), filled(&author.handle).map(|handle| folded(&handle)));
        match (id, handle) {
            (Some(id), handle) => {
                self.has(network, Kind::Id, &id)
                    || handle.is_some_and(|handle| self.has(network, Kind::Handle, &handle))
            }
            (None, Some(handle)) => {
                self.has(network, Kind::Handle, &handle) || self.has(network, Kind::HandleOfId, &handle)
            }
            (None, None) => filled(&author.name).is_some_and(|name| self.has(network, Kind::Name, &folded(&name))),
        }
    }
}

/// All entries of the database.
pub(super) async fn entries(conn: &mut SqliteConnection) -> Done<Vec<Entry>> {
    Ok(sqlx::query_as("SELECT key, hash, day FROM forgotten").fetch_all(conn).await?)
}

/// Adds entries to the database.
pub(super) async fn add(conn: &mut SqliteConnection, entries: &[Entry]) -> Done<()> {
    for (key, hash, day) in entries {
        sqlx::query("INSERT OR IGNORE INTO forgotten (key, hash, day) VALUES (?, ?, ?)")
            .bind(key)
            .bind(hash)
            .bind(day)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The key under which somebody is put on the list now: the one in use, else a new one. SQLite's generator of random
/// bytes is seeded by the system and fit for keys.
pub(super) async fn key(conn: &mut SqliteConnection, of_file: &[Entry]) -> Done<Vec<u8>> {
    let known: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT key FROM forgotten ORDER BY key LIMIT 1").fetch_optional(&mut *conn).await?;
    match known.or_else(|| of_file.iter().map(|entry| entry.0.clone()).min()) {
        Some(key) => Ok(key),
        None => Ok(sqlx::query_scalar("SELECT randomblob(32)").fetch_one(conn).await?),
    }
}

fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// The list in the data directory; empty when there is none.
pub(super) fn read(directory: &Path) -> StoreResult<Vec<Entry>> {
    let path = path(directory);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(tell_file(&error, &path)),
    };
    Ok(text.lines().filter_map(entry).collect())
}

fn entry(line: &str) -> Option<Entry> {
    let mut parts = line.split_ascii_whitespace();
    Some((from_hex(parts.next()?)?, from_hex(parts.next()?)?, parts.next()?.parse().ok()?))
}

/// Adds entries to the list in the data directory: a new file in the place of the old one, on the disk before it is
/// relied on.
pub(super) fn write(directory: &Path, new: &[Entry]) -> StoreResult<()> {
    let mut all: BTreeSet<Entry> = read(directory)?.into_iter().collect();
    let known: BTreeSet<(Vec<u8>, Vec<u8>)> = all.iter().map(|(key, hash, _)| (key.clone(), hash.clone())).collect();
    let before = all.len();
    all.extend(new.iter().filter(|(key, hash, _)| !known.contains(&(key.clone(), hash.clone()))).cloned());
    if all.len() == before {
        return Ok(());
    }
    let (path, fresh) = (path(directory), directory.join(format!("{FILE}.new")));
    let save = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        writeln!(file, "{HEAD}")?;
        for (key, hash, day) in &all {
            writeln!(file, "{} {} {day}", hex(key), hex(hash))?;
        }
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        std::fs::File::open(directory)?.sync_all()
    };
    save().map_err(|error| tell_file(&error, &path))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() || digits.is_empty() {
        return None;
    }
    Some(pairs.filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect())
}

/// The name of a network.
pub(in crate::store::sqlite) async fn network(conn: &mut SqliteConnection, id: i64) -> Done<String> {
    let name: Option<String> =
        sqlx::query_scalar("SELECT name FROM network WHERE id = ?").bind(id).fetch_optional(conn).await?;
    name.ok_or_else(|| Fault::other(format!("there is no network number {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(id: Option<&str>, handle: Option<&str>, name: Option<&str>) -> Author {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Author { native_id: text(id), handle: text(handle), name: text(name), followers: None }
    }

    fn list(names: &[(&str, Kind, &str)]) -> Forgotten {
        let key = vec![7; 32];
        Forgotten::of(names.iter().map(|(at, kind, name)| (key.clone(), hash(&key, at, *kind, name), 1)).collect())
    }

    #[test]
    fn who_has_an_id_is_known_by_it_and_by_the_handle_only_where_none_is_told() {
        let list = list(&[("mastodon", Kind::Id, "17"), ("mastodon", Kind::HandleOfId, "ana")]);
        assert!(list.author("mastodon", &author(Some("17"), Some("renamed"), None)));
        assert!(list.author("mastodon", &author(None, Some("@Ana"), None)));
        assert!(!list.author("mastodon", &author(Some("18"), Some("ana"), None)), "another account took the handle");
        assert!(!list.author("bluesky", &author(Some("17"), Some("ana"), None)), "another network");
        assert!(!list.author("mastodon", &author(None, None, Some("ana"))));
    }

    #[test]
    fn who_has_a_handle_only_is_known_by_that_whatever_else_is_told() {
        let list = list(&[("forum", Kind::Handle, "ana"), ("feed", Kind::Name, "ana ruiz")]);
        assert!(list.author("forum", &author(Some("3"), Some("ANA"), None)));
        assert!(list.author("feed", &author(None, None, Some("Ana Ruiz"))));
        assert!(!list.author("feed", &author(None, Some("Ana Ruiz"), None)));
    }

    #[test]
    fn the_list_is_written_beside_the_database_and_read_again() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read(directory.path()).unwrap(), []);
        let entries = [(vec![1, 255], vec![0, 16], 20_000), (vec![1, 255], vec![9], 20_001)];
        write(directory.path(), &entries[..1]).unwrap();
        write(directory.path(), &entries).unwrap();
        write(directory.path(), &[(vec![1, 255], vec![9], 30_000)]).unwrap();
        assert_eq!(read(directory.path()).unwrap(), entries);
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(directory.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
