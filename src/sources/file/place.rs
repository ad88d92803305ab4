//! Where a file was left: which file, how far, and what stood before that place.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes before a place by which the place is known again.
const WINDOW: u64 = 4 << 10;

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Identity {
    dev: u64,
    ino: u64,
}

impl Identity {
    /// The identity of a file.
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { dev: metadata.dev(), ino: metadata.ino() }
    }
}

/// Where a file was left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// Hash of the configured path: another path is another file.
    path: u64,
    /// The file.
    pub(super) file: Identity,
    /// Bytes that are done with.
    pub(super) offset: u64,
    /// Lines that are done with.
    pub(super) line: u64,
    /// Hash of the bytes before the offset.
    before: u64,
    /// The place is within a line that is too long and is skipped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) skipping: bool,
}

impl Place {
    /// The beginning of a file.
    pub(super) fn start(path: &Path, file: Identity) -> Self {
        Self { path: hash_of(path), file, before: xxh3_64(&[]), ..Self::default() }
    }

    /// Reads a source's cursor; `None` when it is of another path, or none.
    pub(super) fn read(cursor: &str, path: &Path) -> Option<Self> {
        serde_json::from_str(cursor).ok().filter(|place: &Self| place.path == hash_of(path))
    }

    /// The source's cursor.
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The place so many bytes and lines further on.
    pub(super) fn further(&self, file: &File, bytes: u64, line: u64, skipping: bool) -> io::Result<Self> {
        let offset = self.offset + bytes;
        Ok(Self { offset, line, skipping, before: hash_before(file, offset)?, ..self.clone() })
    }

    /// The same place in a file that holds the same.
    pub(super) fn within(&self, file: Identity) -> Self {
        Self { file, ..self.clone() }
    }

    /// Whether this file still holds what stood before the place.
    pub(super) fn fits(&self, file: &File) -> io::Result<bool> {
        Ok(file.metadata()?.len() >= self.offset && hash_before(file, self.offset)? == self.before)
    }
}

/// Whether the new file begins with what the old one holds, as far as the end of that tells.
pub(super) fn goes_on(old: &File, new: &File) -> io::Result<bool> {
    let length = old.metadata()?.len();
    Ok(new.metadata()?.len() >= length && hash_before(old, length)? == hash_before(new, length)?)
}

fn hash_of(path: &Path) -> u64 {
    xxh3_64(path.as_os_str().as_encoded_bytes())
}

fn hash_before(file: &File, offset: u64) -> io::Result<u64> {
    let start = offset.saturating_sub(WINDOW);
    let mut window = vec![0; usize::try_from(offset - start).unwrap_or_default()];
    match file.read_exact_at(&mut window, start) {
        Ok(()) => Ok(xxh3_64(&window)),
        // It was cut meanwhile: a hash of something that no place has seen.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(xxh3_64(b"cut") ^ offset),
        Err(error) => Err(error),
    }
}
