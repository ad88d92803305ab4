//! A dictionary that turns most words of a text away before they are hashed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use super::index::Element;

/// Hashes are the keys already.
#[derive(Debug, Default, Clone, Copy)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _bytes: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A string and its number.
type Entry = (Box<str>, Element);

/// Strings by hash, with a filter in front that turns most words of a text away before they are hashed.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// By first byte: a bit for every length (in bytes, 63 for all longer ones) in the dictionary.
    lengths: Vec<u64>,
    entries: HashMap<u64, Vec<Entry>, BuildHasherDefault<Ready>>,
    /// Entries too long for a bit of their own.
    long: Vec<Entry>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { lengths: vec![0; 256], entries: HashMap::default(), long: Vec::new() }
    }
}

impl Dictionary {
    const LONG: usize = 63;

    /// Adds a string.
    pub(super) fn insert(&mut self, key: &str, element: Element) {
        let Some(first) = key.bytes().next() else { return };
        if let Some(lengths) = self.lengths.get_mut(usize::from(first)) {
            *lengths |= 1 << key.len().min(Self::LONG);
        }
        if key.len() >= Self::LONG {
            self.long.push((key.into(), element));
        } else {
            self.entries.entry(xxh3_64(key.as_bytes())).or_default().push((key.into(), element));
        }
    }

    fn lengths(&self, first: u8) -> u64 {
        self.lengths.get(usize::from(first)).copied().unwrap_or(0)
    }

    /// Whether a key with this first byte and length may be in here.
    pub(super) fn may_hold(&self, first: u8, length: usize) -> bool {
        self.lengths(first) & (1 << length.min(Self::LONG)) != 0
    }

    /// Whether a beginning of a key with this first byte and length may be in here.
    pub(super) fn may_hold_beginning(&self, first: u8, length: usize) -> bool {
        self.lengths(first) & up_to(length) != 0
    }

    /// The number of a string.
    pub(super) fn get(&self, key: &str) -> Option<Element> {
        let first = key.bytes().next()?;
        if !self.may_hold(first, key.len()) {
            return None;
        }
        let candidates = if key.len() >= Self::LONG {
            self.long.as_slice()
        } else {
            self.entries.get(&xxh3_64(key.as_bytes())).map(Vec::as_slice).unwrap_or_default()
        };
        candidates.iter().find(|(held, _)| **held == *key).map(|(_, element)| *element)
    }

    /// The elements that are beginnings of a key.
    pub(super) fn beginnings(&self, key: &str, mut each: impl FnMut(Element)) {
        let Some(first) = key.bytes().next() else { return };
        let mut lengths = self.lengths(first) & up_to(key.len());
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            if length < Self::LONG {
                key.get(..length).and_then(|start| self.get(start)).into_iter().for_each(&mut each);
            } else {
                self.long.iter().filter(|(held, _)| key.starts_with(&**held)).for_each(|(_, element)| each(*element));
            }
        }
    }
}

/// Bits of all lengths up to this one.
fn up_to(length: usize) -> u64 {
    if length >= Dictionary::LONG { u64::MAX } else { (1 << (length + 1)) - 1 }
}
