//! How a search is narrowed before the watch matcher decides.

/// What a full-text index may be asked so that nothing that a query matches is lost. The index only narrows:
/// it may bring too much, never too little. The index holds content warning, title, text and image descriptions, each as
/// [`super::letters::indexed`] gives it, in FTS5 with `unicode61 remove_diacritics 2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrowing {
    /// The index cannot help: scan, newest first.
    Everything,
    /// A folded word: lower case, no diacritics, no sign.
    Word(String),
    /// The beginning of a folded word.
    Prefix(String),
    /// Folded words one after the other.
    Phrase(Vec<String>),
    /// All of these.
    All(Vec<Narrowing>),
    /// At least one of these.
    Any(Vec<Narrowing>),
}
