//! The proof: nothing that a person was called by, and nothing distinctive that they wrote, is left in any file.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnection;

use super::explain::{self, Sought};
use super::search::{self, Needles};
use crate::store::people::Erased;
use crate::store::sqlite::connection::Connections;
use crate::store::sqlite::fault::{Done, Fault, is_busy, tell_file};
use crate::store::sqlite::migrate;
use crate::store::sqlite::open::beside;

/// How often the log is tried to be carried over while others read.
const TRIES: u32 = 40;
/// Marks the beginning of a database file.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A file or a part of the database in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Where: a file, or a file and what of the database.
    pub place: String,
    /// What of them: never the thing itself.
    pub what: &'static str,
    /// How often.
    pub times: u64,
    /// Why it is no trace of theirs.
    pub why: Option<String>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// Files that were searched.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Traces that are left.
    pub left: Vec<Left>,
    /// What was found and is no trace.
    pub explained: Vec<Left>,
    /// The database was written anew.
    pub rewritten: bool,
    /// Logs that were emptied.
    pub emptied: u64,
}

/// Empties logs, carries the write-ahead log over, searches everything, and writes the database anew when something is
/// found in it.
pub(in crate::store::sqlite) async fn prove(
    connections: &Connections,
    path: &Path,
    erased: &Erased,
    logs: Option<&Path>,
) -> Done<Proof> {
    let mut proof = Proof::default();
    carry_over(&mut *connections.writer().await?).await?;
    let directory = path.parent().unwrap_or(path).to_owned();
    let texts = || erased.names.iter().chain(&erased.pieces).map(String::as_str);
    let needles = Needles::new(texts()).map_err(Fault::other)?;
    let logs: Vec<PathBuf> = logs.map(Path::to_owned).into_iter().collect();
    for log in search::files(&logs).0 {
        // Whoever writes to it appends: what it writes next comes first.
        let emptied = std::fs::OpenOptions::new().write(true).open(&log).and_then(|file| file.set_len(0));
        emptied.map_err(|error| tell_file(&error, &log))?;
        proof.emptied += 1;
    }
    let own = [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")];
    let in_own = |needles: &Needles| -> Done<bool> {
        for file in &own {
            match needles.search(file) {
                Ok((hits, _)) if !hits.is_empty() => return Ok(true),
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(tell_file(&error, file).into());
                }
                _ => {}
            }
        }
        Ok(false)
    };
    let still = connections.let_go().await;
    let found = in_own(&needles)?;
    drop(still);
    if found {
        rewrite(connections).await?;
        proof.rewritten = true;
    }
    let roots: Vec<PathBuf> = [directory.clone()].into_iter().chain(logs).collect();
    let (files, closed) = search::files(&roots);
    for place in closed {
        let place = place.display().to_string();
        proof.left.push(Left { place, what: "a directory that cannot be read", times: 1, why: None });
    }
    let names = erased.names.len();
    let what = |needle: usize| if needle < names { "their name, handle or id" } else { "words of theirs" };
    let copies = copies(&directory);
    let mut databases = Vec::new();
    let still = connections.let_go().await;
    for file in files {
        let (hits, bytes) = match needles.search(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            other => other.map_err(|error| tell_file(&error, &file))?,
        };
        proof.files += 1;
        proof.bytes += bytes;
        if own.contains(&file) || copies.contains(&file) {
            let whole = if own.contains(&file) { path } else { &file }.to_owned();
            if !hits.is_empty() && !databases.contains(&whole) {
                databases.push(whole);
            }
            continue;
        }
        for hit in hits {
            let place = format!("{} (byte {})", file.display(), hit.first);
            let why = (!hit.alone && hit.needle < names && !is_database(&file))
                .then(|| "part of a longer word or of another's handle".to_owned());
            let left = Left { place, what: what(hit.needle), times: hit.times, why };
            if left.why.is_some() { proof.explained.push(left) } else { proof.left.push(left) }
        }
    }
    drop(still);
    let mut writer = connections.writer().await?;
    let sought: Vec<Sought<'_>> = erased.names.iter().map(|name| Sought::Name(name)).collect();
    let pieces = erased.pieces.iter().map(|piece| Sought::Piece(piece));
    let sought: Vec<Sought<'_>> = sought.into_iter().chain(pieces).collect();
    for database in databases {
        let standing = if database == path {
            explain::standing(&mut writer, &sought).await?
        } else {
            let copy = Connections::to_read(&database);
            let mut reader = copy.reader().await?;
            let standing = explain::standing(&mut reader, &sought).await;
            drop(reader);
            copy.close().await;
            standing?
        };
        for (standing, times) in standing {
            let why = standing.innocent.map(str::to_owned);
            let place = format!("{}: {}", database.display(), standing.place);
            let left = Left { place, what: what(standing.needle), times, why };
            if left.why.is_some() { proof.explained.push(left) } else { proof.left.push(left) }
        }
    }
    let index = explain::index_left(&mut writer, &sought).await?;
    if index > 0 {
        let place = format!("{}: the index of words", path.display());
        proof.left.push(Left { place, what: "words of theirs", times: index, why: None });
    }
    for list in [&mut proof.left, &mut proof.explained] {
        gather(list);
    }
    Ok(proof)
}

/// One line for each place.
fn gather(list: &mut Vec<Left>) {
    list.sort_unstable();
    list.dedup_by(|next, kept| {
        let same = (&next.place, next.what, &next.why) == (&kept.place, kept.what, &kept.why);
        if same {
            kept.times += next.times;
        }
        same
    });
}

/// Carries the write-ahead log over into the database and empties it. Others who are just reading are waited for.
pub(super) async fn carry_over(conn: &mut SqliteConnection) -> Done<()> {
    for attempt in 1..=TRIES {
        let done: Result<(i64, i64, i64), sqlx::Error> =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await;
        match done {
            Ok((0, _, _)) => return Ok(()),
            Err(error) if !is_busy(&error) => return Err(error.into()),
            _ if attempt == TRIES => {}
            _ => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
    Err(Fault::other(
        "what was erased still lies in the write-ahead log, since another process reads all the time: \
         it is erased; run `goodword forget` again to prove it",
    ))
}

/// Writes a database anew, so that every byte of it belongs to something that is stored.
pub(in crate::store::sqlite) async fn rewrite(connections: &Connections) -> Done<()> {
    let mut writer = connections.writer().await?;
    sqlx::query("VACUUM").execute(&mut *writer).await?;
    carry_over(&mut writer).await
}

/// Whether a file is a database at all.
fn is_database(path: &Path) -> bool {
    head(path).is_some_and(|head| head.starts_with(MAGIC))
}

fn head(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read;
    let mut head = Vec::new();
    std::fs::File::open(path).ok()?.take(100).read_to_end(&mut head).ok()?;
    Some(head)
}

/// Other goodword databases in a directory: copies, and what was replaced by one.
pub fn copies(directory: &Path) -> Vec<PathBuf> {
    let application = u32::try_from(migrate::APPLICATION).unwrap_or_default().to_be_bytes();
    let own = directory.join(crate::store::sqlite::open::FILE);
    let in_use = [own.clone(), beside(&own, "-wal"), beside(&own, "-shm"), beside(&own, "-journal")];
    let ours = |path: &PathBuf| {
        // The database itself, its log and the index of that are in use: closing one gives up our locks on it.
        !in_use.contains(path)
            && head(path).is_some_and(|head| head.starts_with(MAGIC) && head.get(68..72) == Some(&application[..]))
    };
    search::files(&[directory.to_owned()]).0.into_iter().filter(ours).collect()
}
