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
        if is_clean_line(foreign, longest) {
            return Self(Cow::Owned(foreign.to_owned()));
        }
        Self(Cow::Owned(bound::clean(foreign, bound::Shape::Line, longest)))
    }

    /// Foreign text with its line breaks, at most [`SafeText::LONGEST`] characters. Where something was cut off the
    /// block ends with `…`.
    pub fn block(foreign: &str) -> Self {
        Self::text(foreign, Self::LONGEST)
    }

    /// As [`SafeText::block`], at most `longest` characters: for words that a person writes, of which none must be lost.
    pub fn text(foreign: &str, longest: usize) -> Self {
        if is_clean_block(foreign, longest) {
            return Self(Cow::Owned(foreign.to_owned()));
        }
        Self(Cow::Owned(bound::clean(foreign, bound::Shape::Block, longest)))
    }

    /// A text of the program itself. It is cleaned like any other, but costs no allocation when it is clean already.
    pub fn from_static(text: &'static str) -> Self {
        if is_clean_block(text, Self::LONGEST) { Self(Cow::Borrowed(text)) } else { Self::block(text) }
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

/// Whether the text is a clean line already: simple characters, single spaces inside, not too many.
fn is_clean_line(text: &str, longest: usize) -> bool {
    let mut space_before = true;
    let mut count = 0;
    for c in text.chars() {
        let space = c == ' ';
        count += 1;
        if !is_simple(c) || (space && space_before) {
            return false;
        }
        space_before = space;
    }
    count <= longest && (text.is_empty() || !space_before)
}

/// Whether the text is a clean block already: simple characters and line breaks, not too many.
fn is_clean_block(text: &str, longest: usize) -> bool {
    let mut count = 0;
    text.chars().all(|c| {
        count += 1;
        c == '\n' || is_simple(c)
    }) && count <= longest
}

/// Characters that need no look at their neighbours: printable, composed, a cluster each. Most Latin, Cyrillic, Kana, Han
/// and Hangul texts have no other.
fn is_simple(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{2FF}' | '\u{400}'..='\u{482}' | '\u{48A}'..='\u{52F}'
        | '\u{2010}'..='\u{2027}' | '€' | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FE}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
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
