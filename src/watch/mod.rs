//! The query language: parse, explain and match. Pure; knows only `domain`.

use std::ops::Range;

use crate::domain::search::Narrowing;

/// A query that was read.
#[derive(Debug, Clone)]
pub struct Query {}

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}; {help}")]
pub struct QueryError {
    /// Where, in characters, the first being 1.
    pub column: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

/// A post as the matcher sees it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Post<'a> {
    /// Title and text.
    pub text: &'a str,
    /// Handle of the author, without `@`.
    pub author: &'a str,
    /// Name of the source.
    pub source: &'a str,
    /// Network of the source.
    pub network: &'a str,
    /// Language (BCP 47 or ISO 639-1), empty when unknown.
    pub lang: &'a str,
    /// The post's own address and the addresses it links to.
    pub urls: &'a [String],
    /// Descriptions of its images, searched like the text.
    pub image_descriptions: &'a [String],
}

/// A query of the matcher that a post satisfies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Position of the query in the list that the matcher was made of.
    pub query: usize,
    /// Where in the text its words stand (byte ranges of `Post::text`), sorted, not overlapping.
    pub spans: Vec<Range<usize>>,
}

/// Many queries, compiled so that they cost one pass over a text.
#[derive(Debug)]
pub struct Matcher {}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`QueryError`] with the place and the way to mend it.
    pub fn parse(_query: &str) -> Result<Self, QueryError> {
        Ok(Self {})
    }
    /// How the query was read, as an indented tree, a line a node.
    pub fn explain(&self) -> String {
        String::new()
    }
    /// What the full-text index may be asked; loses nothing that the query matches.
    pub fn narrowing(&self) -> Narrowing {
        Narrowing::Everything
    }
}

impl Matcher {
    /// Compiles queries.
    pub fn new(_queries: &[Query]) -> Self {
        Self {}
    }
    /// The queries that the post satisfies, in the order of the list.
    pub fn matches(&self, _post: &Post<'_>) -> Vec<Hit> {
        Vec::new()
    }
}
