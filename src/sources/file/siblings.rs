//! The older pieces of a file that is rotated: `name.1`, `name-20260102`, `stem.1.ext`, and how they follow each other.

use std::ffi::OsStr;
use std::fs::{DirEntry, File};
use std::path::{Path, PathBuf};

use super::place::{Identity, Place};

/// Most entries of a directory that are looked at.
const MOST: usize = 10_000;
/// Endings of pieces that were packed and cannot be read on.
const PACKED: [&str; 6] = ["gz", "xz", "zst", "bz2", "lz4", "zip"];
/// Digits of a number that counts pieces; longer ones are dates.
const COUNTING_DIGITS: usize = 3;

/// How old a piece is among the pieces of its naming scheme; smaller is older.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// `name.2` is older than `name.1`.
    Counted(std::cmp::Reverse<u32>),
    /// `name-20260102` is older than `name-20260103`.
    Dated(String),
}

/// A piece.
#[derive(Debug, Clone)]
pub(super) struct Sibling {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Which file it is.
    pub(super) identity: Identity,
    age: Age,
}

/// All pieces beside the file, oldest first.
pub(super) fn siblings(path: &Path) -> Vec<Sibling> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let entries = entries.take(MOST).flatten();
    let mut found: Vec<Sibling> = entries.filter_map(|entry| sibling(path, &entry)).collect();
    found.sort_by(|one, other| one.age.cmp(&other.age));
    found
}

fn sibling(path: &Path, entry: &DirEntry) -> Option<Sibling> {
    let age = age(path, &entry.file_name())?;
    // Of the entry itself: a link is no piece.
    let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(Sibling { path: entry.path(), identity: Identity::of(&metadata), age })
}

/// The age that a name tells; `None` when it is no name of a piece.
fn age(path: &Path, name: &OsStr) -> Option<Age> {
    let (whole, name) = (path.file_name()?.to_str()?, name.to_str()?);
    let (stem, ending) = (path.file_stem()?.to_str()?, path.extension().and_then(OsStr::to_str).unwrap_or_default());
    let mark = name.strip_prefix(whole).filter(|rest| !rest.is_empty()).or_else(|| {
        let rest = name.strip_prefix(stem)?.strip_suffix(ending)?.strip_suffix('.')?;
        Some(rest).filter(|_| !ending.is_empty())
    })?;
    let mark = mark.strip_prefix(['.', '-', '_'])?;
    if mark.is_empty() || PACKED.iter().any(|packed| mark.rsplit('.').next() == Some(packed)) {
        return None;
    }
    if mark.len() <= COUNTING_DIGITS
        && let Ok(number) = mark.parse()
    {
        return Some(Age::Counted(std::cmp::Reverse(number)));
    }
    mark.starts_with(|sign: char| sign.is_ascii_digit()).then(|| Age::Dated(mark.to_owned()))
}

/// The piece that this file became.
pub(super) fn renamed(path: &Path, file: Identity) -> Option<Sibling> {
    siblings(path).into_iter().find(|sibling| sibling.identity == file)
}

/// The piece that was written after this one; `None` when that is the file itself.
pub(super) fn after(path: &Path, file: Identity) -> Option<Sibling> {
    let all = siblings(path);
    let age = all.iter().find(|sibling| sibling.identity == file)?.age.clone();
    all.into_iter()
        .find(|sibling| sibling.age > age && std::mem::discriminant(&sibling.age) == std::mem::discriminant(&age))
}

/// The newest piece that holds what stood before this place: a copy that was made before the file was cut.
pub(super) fn copy_of(path: &Path, place: &Place) -> Option<(Sibling, File)> {
    if place.offset == 0 {
        return None;
    }
    siblings(path).into_iter().rev().find_map(|sibling| {
        let file = File::open(&sibling.path).ok()?;
        place.fits(&file).ok()?.then_some((sibling, file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_ages() {
        let path = Path::new("/var/log/heard.ndjson");
        let order = |names: &[&str]| {
            let mut ages: Vec<(Option<Age>, &str)> =
                names.iter().map(|name| (age(path, OsStr::new(name)), *name)).collect();
            ages.retain(|(age, _)| age.is_some());
            ages.sort();
            ages.into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            order(&["heard.ndjson.1", "heard.ndjson.10", "heard.ndjson.2"]),
            ["heard.ndjson.10", "heard.ndjson.2", "heard.ndjson.1"]
        );
        assert_eq!(
            order(&["heard-20260103.ndjson", "heard-20260102.ndjson"]),
            ["heard-20260102.ndjson", "heard-20260103.ndjson"]
        );
        let no_pieces = [
            "heard.ndjson",
            "heard.ndjson.1.gz",
            "heard.ndjson.bak",
            "other.ndjson.1",
            "heardly.ndjson",
            "heard.json.1",
        ];
        assert!(order(&no_pieces).is_empty(), "{:?}", order(&no_pieces));
    }
}
