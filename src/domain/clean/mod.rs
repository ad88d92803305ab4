//! The only door from foreign text to the screen, a log or an export.
//!
//! What comes through is text and nothing else: whole escape sequences are dropped, not only their first byte; no
//! control but the line break, no direction override, no invisible character but the joiner inside an emoji; composed
//! (NFC), with at most four marks on a character and an upper bound on the length. Cleaning twice changes nothing.

mod bound;
mod escape;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// Text that is safe to hand to a terminal: no control, bidi or escape sequence, bounded marks and length.
/// Only this module makes one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct SafeText(Cow<'static, str>);

impl SafeText {
    /// Longest block, in characters.
    pub const LONGEST: usize = 20_000;

    /// Foreign text as one line of at most `longest` characters: line breaks become spaces, runs of white space one.
    /// Where something was cut off the line ends with `…`, which is counted.
    pub fn line(foreign: &str, longest: usize) -> Self {
        if foreign.len() <= longest && is_plain_line(foreign) {
            return Self(Cow::Owned(foreign.to_owned()));
        }
        Self(Cow::Owned(bound::clean(foreign, bound::Shape::Line, longest)))
    }

    /// Foreign text with its line breaks, at most [`SafeText::LONGEST`] characters. Where something was cut off the
    /// block ends with `…`.
    pub fn block(foreign: &str) -> Self {
        if foreign.len() <= Self::LONGEST && is_plain_block(foreign) {
            return Self(Cow::Owned(foreign.to_owned()));
        }
        Self(Cow::Owned(bound::clean(foreign, bound::Shape::Block, Self::LONGEST)))
    }

    /// A text of the program itself. It is cleaned like any other, but costs no allocation when it is plain ASCII.
    pub fn from_static(text: &'static str) -> Self {
        if text.len() <= Self::LONGEST && is_plain_block(text) { Self(Cow::Borrowed(text)) } else { Self::block(text) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Printable ASCII without anything that a line folds away.
fn is_plain_line(text: &str) -> bool {
    let mut space_before = true;
    for byte in text.bytes() {
        let space = byte == b' ';
        if !matches!(byte, b' '..=b'~') || (space && space_before) {
            return false;
        }
        space_before = space;
    }
    text.is_empty() || !space_before
}

/// Printable ASCII and line breaks.
fn is_plain_block(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'))
}

impl std::ops::Deref for SafeText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SafeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for SafeText {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for SafeText {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl From<SafeText> for String {
    fn from(text: SafeText) -> Self {
        text.0.into_owned()
    }
}

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
