//! A search of whole files for bytes.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::domain::letters;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// What is looked for.
#[derive(Debug)]
pub(super) struct Needles {
    finder: Option<AhoCorasick>,
    /// Which name or piece a pattern stands for: its index, names before pieces.
    of: Vec<usize>,
    longest: usize,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Which name or piece.
    pub(super) needle: usize,
    /// How often.
    pub(super) times: u64,
    /// Where first, in bytes from the beginning.
    pub(super) first: u64,
    /// The bytes around the first, as far as they are letters of a handle.
    pub(super) alone: bool,
}

impl Needles {
    /// Needles of names and pieces, in every form in which they may lie in a file.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let (mut patterns, mut of, mut longest) = (Vec::new(), Vec::new(), 0);
        for (index, text) in texts.enumerate() {
            for form in forms(text) {
                longest = longest.max(form.len());
                patterns.push(form);
                of.push(index);
            }
        }
        if patterns.is_empty() {
            return Ok(Self { finder: None, of, longest });
        }
        let finder = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(patterns);
        Ok(Self { finder: Some(finder.map_err(|error| error.to_string())?), of, longest })
    }

    /// Searches a file. Gives what was found and how many bytes were read.
    pub(super) fn search(&self, path: &Path) -> std::io::Result<(Vec<Hit>, u64)> {
        let mut hits: Vec<Hit> = Vec::new();
        let Some(finder) = &self.finder else { return Ok((hits, std::fs::metadata(path)?.len())) };
        let mut file = File::open(path)?;
        let overlap = self.longest + 1;
        let (mut buffer, mut start, mut done) = (Vec::with_capacity(BLOCK + 2 * overlap), 0_u64, false);
        while !done {
            let before = buffer.len();
            (&mut file).take(BLOCK as u64).read_to_end(&mut buffer)?;
            done = buffer.len() == before;
            // What may go on in the next block is looked at with it.
            let sure = if done { buffer.len() } else { buffer.len().saturating_sub(overlap) };
            for found in finder.find_overlapping_iter(&buffer).filter(|found| found.start() < sure) {
                let Some(needle) = self.of.get(found.pattern().as_usize()).copied() else { continue };
                let alone = is_alone(&buffer, found.start(), found.end());
                let first = start + found.start() as u64;
                match hits.iter_mut().find(|hit| hit.needle == needle) {
                    Some(hit) => {
                        hit.times += 1;
                        hit.alone |= alone;
                    }
                    None => hits.push(Hit { needle, times: 1, first, alone }),
                }
            }
            // A byte before what is kept tells whether a word begins there.
            buffer.drain(..sure);
            start += sure as u64;
        }
        hits.sort_unstable_by_key(|hit| hit.needle);
        Ok((hits, start))
    }
}

/// The forms in which a text may lie in a file: as it is, folded, in capitals, as part of an address, within JSON.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase(), letters::folded(text)];
    forms.push(percent(text));
    forms.push(percent(&text.to_lowercase()));
    forms.push(text.escape_unicode_json());
    forms.retain(|form| form.len() >= 3);
    forms.sort_unstable();
    forms.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    forms.into_iter().map(String::into_bytes).collect()
}

trait EscapeJson {
    fn escape_unicode_json(&self) -> String;
}

impl EscapeJson for str {
    fn escape_unicode_json(&self) -> String {
        let mut out = String::new();
        for c in self.chars() {
            if c.is_ascii() {
                out.push(c);
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
        out
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut out = String::new();
    for byte in text.bytes() {
        match plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Whether the bytes stand by themselves: not within a longer word, as far as bytes tell.
fn is_alone(bytes: &[u8], from: usize, to: usize) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
    };
    !word(from.checked_sub(1)) && !word(Some(to))
}

/// Every file under these directories, without following links; what cannot be looked into is told.
pub(super) fn files(directories: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut closed) = (Vec::new(), Vec::new());
    let mut left: Vec<PathBuf> = directories.to_vec();
    while let Some(directory) = left.pop() {
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(_) => {
                closed.push(directory);
                continue;
            }
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => left.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort_unstable();
    files.dedup();
    (files, closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], needles: &[&str]) -> Vec<(usize, u64, bool)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let (hits, read) = Needles::new(needles.iter().copied()).unwrap().search(&path).unwrap();
        assert_eq!(read, bytes.len() as u64);
        hits.into_iter().map(|hit| (hit.needle, hit.times, hit.alone)).collect()
    }

    #[test]
    fn every_form_is_found_also_where_blocks_meet() {
        for around in [0, 1, BLOCK - 3, BLOCK - 1, BLOCK, 2 * BLOCK - 2] {
            let mut bytes = vec![b' '; around];
            bytes.extend_from_slice(b"aNa.example ");
            bytes.resize(2 * BLOCK + 9, b' ');
            assert_eq!(found(&bytes, &["ana.example"]), [(0, 1, true)], "{around}");
        }
        let forms = "Юлия юлия %D0%AE%D0%BB%D0%B8%D1%8F \\u042e\\u043b\\u0438\\u044f";
        assert_eq!(found(forms.as_bytes(), &["Юлия"]), [(0, 4, true)]);
        assert_eq!(found(b"anabel susana", &["ana", "bob"]), [(0, 2, false)]);
        assert_eq!(found(b"", &["ana"]), []);
    }
}
