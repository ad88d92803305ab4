//! What can be wrong with a configuration, told as a good compiler would: where, what, and how to mend it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::place::Place;
use crate::domain::SafeText;

/// Kinds of error, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// There is no such file.
    NoFile,
    /// The file cannot be read.
    Unreadable,
    /// The file is far larger than a configuration.
    TooLarge,
    /// The file is not UTF-8 text.
    NotText,
    /// The file is not TOML.
    Syntax,
    /// A key or section that does not exist.
    UnknownKey,
    /// A key or section that is needed is not there.
    MissingKey,
    /// A value of another type than was expected.
    WrongType,
    /// A value out of range, or not one of the allowed.
    BadValue,
    /// Two things of the same name.
    Duplicate,
    /// A watch query that is refused.
    BadQuery,
    /// A secret that is not kept as it must be.
    Secret,
}

/// The line of the file that an error is about, fit to be shown: no control characters, secrets starred, long
/// lines cut around the place that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, or the part of it around the place.
    pub(super) text: String,
    /// Terminal columns before the caret.
    pub(super) indent: usize,
    /// Terminal columns under the carets, at least 1.
    pub(super) carets: usize,
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// What kind it is.
    pub kind: ErrorKind,
    /// The file.
    pub file: PathBuf,
    /// Where; `None` when the file as a whole is meant.
    pub place: Option<Place>,
    /// The key, with its section: `watch[2].query`. Empty when no key is meant.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What was expected, or how to mend it.
    pub help: String,
    pub(super) excerpt: Option<Excerpt>,
}

impl ConfigError {
    /// An error about the file as a whole.
    pub(super) fn whole(kind: ErrorKind, file: &Path, message: String, help: String) -> Self {
        Self { kind, file: file.to_owned(), place: None, key: String::new(), message, help, excerpt: None }
    }

    /// The line that it is about, if there is one.
    pub fn excerpt(&self) -> Option<&str> {
        self.excerpt.as_ref().map(|excerpt| excerpt.text.as_str())
    }

    fn shown_file(&self) -> SafeText {
        shown_path(&self.file)
    }
}

/// A path, fit to be shown.
pub(crate) fn shown_path(path: &Path) -> SafeText {
    SafeText::line(&path.to_string_lossy(), 1_000)
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        let file = self.shown_file();
        let Some(place) = self.place else {
            writeln!(f, " --> {file}")?;
            return write!(f, "  = {}", self.help);
        };
        let gutter = place.line.to_string().len();
        write!(f, "{:gutter$}--> {file}:{}:{}", "", place.line, place.column)?;
        if !self.key.is_empty() {
            write!(f, " ({})", self.key)?;
        }
        writeln!(f)?;
        if let Some(Excerpt { text, indent, carets }) = &self.excerpt {
            writeln!(f, "{:gutter$} |", "")?;
            writeln!(f, "{} | {text}", place.line)?;
            writeln!(f, "{:gutter$} | {:indent$}{}", "", "", "^".repeat(*carets))?;
        }
        write!(f, "{:gutter$} = {}", "", self.help)
    }
}

impl std::error::Error for ConfigError {}

#[derive(Serialize)]
struct Shape<'a> {
    kind: ErrorKind,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    width: Option<usize>,
    key: &'a str,
    message: &'a str,
    help: &'a str,
    source: Option<&'a str>,
}

impl Serialize for ConfigError {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let file = self.shown_file();
        Shape {
            kind: self.kind,
            file: file.as_str(),
            line: self.place.map(|place| place.line),
            column: self.place.map(|place| place.column),
            width: self.place.map(|place| place.width),
            key: &self.key,
            message: &self.message,
            help: &self.help,
            source: self.excerpt(),
        }
        .serialize(serializer)
    }
}

/// Everything that is wrong with a configuration, in the order of the file; at least one error.
///
/// Serialises as a list of objects with `kind`, `file`, `line`, `column`, `width`, `key`, `message`, `help` and
/// `source` (the line itself).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// Collects errors, sorted by place.
    pub(super) fn new(mut errors: Vec<ConfigError>) -> Self {
        errors.sort_by_key(|error| error.place);
        Self(errors)
    }

    /// The same errors, for text that no person wrote and could not look up.
    pub(super) fn without_places(mut self) -> Self {
        for error in &mut self.0 {
            error.place = None;
            error.excerpt = None;
        }
        self
    }

    /// The errors, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }

    /// One line for a status bar: the first error, and how many more there are.
    pub fn line(&self) -> String {
        let Some(first) = self.0.first() else { return String::new() };
        let file = first.shown_file();
        let place = first.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let more = if self.0.len() > 1 { format!(" (and {} more)", self.0.len() - 1) } else { String::new() };
        format!("{file}{place}: {}; {}{more}", first.message, first.help)
    }

    /// There is no file at all, so that `init` can be offered.
    pub fn no_file(&self) -> bool {
        self.0.iter().any(|error| error.kind == ErrorKind::NoFile)
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            if position > 0 {
                write!(f, "\n\n")?;
            }
            error.fmt(f)?;
        }
        if self.0.len() > 1 {
            write!(f, "\n\n{} errors", self.0.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
