//! The text of a configuration file: reading it, finding places in it, and showing them.

use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use unicode_width::UnicodeWidthChar;

use super::error::{ConfigError, ConfigErrors, ErrorKind, Excerpt, shown_path};
use super::place::Place;

/// The largest file that is read, in bytes. A configuration with a thousand sources is a tenth of it.
pub const LARGEST: u64 = 1024 * 1024;

/// How much of a long line is shown, in characters.
const SHOWN: usize = 100;

/// A configuration file's name and text. Its `Debug` shows the name alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    path: PathBuf,
    text: String,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Document {
    /// A document from text at hand.
    pub fn new(path: &Path, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not there, cannot be read, is larger than 1 MiB or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, ConfigErrors> {
        let whole = |kind, message: String, help: &str| {
            ConfigErrors::from(ConfigError::whole(kind, path, message, help.to_owned()))
        };
        let unreadable = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => whole(
                ErrorKind::NoFile,
                format!("there is no file {}", shown_path(path)),
                "`goodword init` writes one after a few questions; `goodword demo` needs none",
            ),
            _ => whole(
                ErrorKind::Unreadable,
                format!("{} cannot be read: {error}", shown_path(path)),
                "the configuration must be a file that this user may read",
            ),
        };
        let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > LARGEST {
            return Err(whole(
                ErrorKind::TooLarge,
                format!("{} is larger than {} KiB", shown_path(path), LARGEST / 1024),
                "this does not look like a configuration: check the path",
            ));
        }
        Self::from_bytes(path, bytes)
    }

    fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, ConfigErrors> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(path, text)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(at).copied().unwrap_or_default();
                let readable = Self::new(path, String::from_utf8_lossy(error.as_bytes()));
                // What stands before the first bad byte is as long in the repaired text as in the file.
                let place = readable.place(at..at + 1);
                let message = format!("the file is not UTF-8: byte 0x{byte:02X} starts no character");
                Err(readable.error(ErrorKind::NotText, place, "", message, "save the file as UTF-8".to_owned()).into())
            }
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte range; a range over several lines counts to the end of its first line.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = floor(&self.text, range.start);
        let end = floor(&self.text, range.end).max(start);
        let before = self.text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let meant = self.text.get(start..end).unwrap_or_default();
        let meant = meant.lines().next().unwrap_or_default();
        Place {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            width: meant.chars().count().max(1),
        }
    }

    /// An error at a place of this document.
    pub fn error(
        &self,
        kind: ErrorKind,
        place: Place,
        key: impl Into<String>,
        message: String,
        help: String,
    ) -> ConfigError {
        let line = self.text.lines().nth(place.line.saturating_sub(1));
        ConfigError {
            kind,
            file: self.path.clone(),
            place: Some(place),
            key: key.into(),
            message: printable(&message),
            help: printable(&help),
            excerpt: line.filter(|line| !line.trim().is_empty()).map(|line| excerpt(line, place)),
        }
    }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The same text with everything that could move or colour a terminal replaced, character for character, so
/// that columns stay right. Used for the user's own lines, where white space must be kept.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{061C}' => '\u{FFFD}',
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

fn excerpt(line: &str, place: Place) -> Excerpt {
    let masked: Vec<char> = mask_secrets(&printable(line));
    let at = place.column.saturating_sub(1).min(masked.len());
    let from = if masked.len() <= SHOWN || at < SHOWN * 2 / 3 { 0 } else { at - SHOWN / 3 };
    let until = masked.len().min(from + SHOWN);
    let meant = masked.len().min(at + place.width).min(until);
    let columns = |range: Range<usize>| -> usize {
        masked.get(range).unwrap_or_default().iter().map(|c| c.width().unwrap_or(0)).sum()
    };
    let mut text: String = masked.get(from..until).unwrap_or_default().iter().collect();
    let mut indent = columns(from..at);
    if from > 0 {
        text.insert(0, '…');
        indent += 1;
    }
    if until < masked.len() {
        text.push('…');
    }
    Excerpt { text, indent, carets: columns(at..meant).max(1) }
}

/// Words in a key that say that its value is a secret.
const SECRET_WORDS: [&str; 7] = ["token", "password", "passwd", "secret", "api_key", "apikey", "credential"];

/// Keys that hold no secret though they sound like it: they say where it is kept.
const NOT_SECRET: [&str; 3] = ["password_command", "token_env", "token_file"];

/// Stars the values of keys that sound like secrets, and passwords in addresses, character for character:
/// somebody who wrote a token into the file by mistake must not find it in a log.
fn mask_secrets(line: &str) -> Vec<char> {
    let mut chars: Vec<char> = line.chars().collect();
    let lower: Vec<char> = chars.iter().map(char::to_ascii_lowercase).collect();
    let mut word = String::new();
    for (at, c) in lower.iter().enumerate() {
        match c {
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '"' | '\'') => {
                if !matches!(c, '"' | '\'') {
                    word.push(if *c == '-' { '_' } else { *c });
                }
            }
            '=' if sounds_secret(&word) => {
                star(&mut chars, at + 1..line.len());
                return chars;
            }
            ' ' => {}
            _ => word.clear(),
        }
    }
    mask_passwords(&mut chars);
    chars
}

fn sounds_secret(key: &str) -> bool {
    SECRET_WORDS.iter().any(|word| key.contains(word)) && !NOT_SECRET.contains(&key)
}

fn star(chars: &mut [char], range: Range<usize>) {
    let until = range.end.min(chars.len());
    for c in chars.get_mut(range.start..until).unwrap_or_default() {
        if !c.is_whitespace() && !matches!(c, '"' | '\'') {
            *c = '*';
        }
    }
}

/// Stars what stands between `://` and `@` in an address.
fn mask_passwords(chars: &mut [char]) {
    let mut from = 0;
    while let Some(at) = chars.get(from..).and_then(|rest| rest.windows(3).position(|three| three == [':', '/', '/'])) {
        let start = from + at + 3;
        let rest = chars.get(start..).unwrap_or_default();
        let end = rest.iter().position(|c| matches!(c, '/' | '?' | '#' | '"' | '\'' | ' ')).unwrap_or(rest.len());
        if let Some(sign) = rest.get(..end).and_then(|host| host.iter().rposition(|c| *c == '@')) {
            star(chars, start..start + sign);
        }
        from = start;
    }
}
