//! The query language: parse, explain and match. Pure; knows only `domain`.
//!
//! | written | finds |
//! |---|---|
//! | `kiln` | the word, in any case and with or without diacritics; also `kiln's`, `kilns'`, `l'kiln` and `#kiln` |
//! | `refund*` | words that begin so, the bare stem too |
//! | `"no signal"` | the words side by side; operators are words in here |
//! | `wi-fi`, `5.1` | the same as `"wi fi"` and `"5 1"`: punctuation separates words |
//! | `don't` | one word; `’` equals `'` |
//! | `#tag`, `@handle` | the whole tag or handle; `@ana` also finds `@ana@server` |
//! | `カフェ`, `"退款"`, `갤럭시` | the characters anywhere (scripts that put no spaces between words) |
//! | `💀`, `€` | the sign; a plain emoji also finds its skin tones |
//! | `a b`, `a AND b` | both |
//! | `a OR b` | at least one; binds weaker than `AND` |
//! | `NOT a`, `-a` | not this; only beside something that a post must have, and not beside `OR` |
//! | `a NEAR/3 b` | at most 3 words between them, in any order; in a row each with the one before |
//! | `author:ana`, `network:feed` | the whole name; `ana*` its beginning |
//! | `source:reddit` | the source of this name or any source of this network |
//! | `lang:en` | this language and its regions |
//! | `url:kiln.example/blog` | a link to this host or a subdomain, below this path |
//!
//! Operators are capitals only; in small letters they are words, and [`Query::explain`] remarks on it. A field may
//! stand alone. A tag matches its bare word, a handle does not. Image descriptions count like the text.

mod dictionary;
mod explain;
mod expr;
mod fields;
mod index;
mod lex;
mod narrow;
mod parse;
mod plan;
mod sample;
mod token;

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::domain::SafeText;
use crate::domain::search::Narrowing;

pub use lex::phrase;
pub use sample::SamplePost;

/// A query that was read.
#[derive(Debug, Clone)]
pub struct Query {
    expr: expr::Expr,
    remarks: Vec<String>,
}

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
pub struct Matcher {
    index: index::Index,
    plans: Vec<plan::Plan>,
    /// By element: the queries that may hold once it was seen.
    triggers: Vec<Vec<usize>>,
    /// Queries that may hold whatever words were seen.
    always: Vec<usize>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`QueryError`] with the place and the way to mend it.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let (expr, remarks) = parse::parse(query)?;
        Ok(Self { expr, remarks })
    }

    /// How the query was read, as an indented tree, a line a node; then the remarks, each on a line that begins with
    /// `note: `.
    pub fn explain(&self) -> String {
        let mut tree = explain::tree(&self.expr);
        for remark in &self.remarks {
            tree.push_str("note: ");
            tree.push_str(remark);
            tree.push('\n');
        }
        tree
    }

    /// What may surprise in the query though it is valid: small-letter operators, signs that are not searched.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// What the full-text index may be asked; loses nothing that the query matches, provided that the index holds
    /// [`crate::domain::letters::indexed`] of title, text and image descriptions.
    pub fn narrowing(&self) -> Narrowing {
        narrow::narrow(&self.expr)
    }
}

impl QueryError {
    /// The query on one line, and below it `^` under the characters that are meant; safe to print.
    pub fn underlined(&self, query: &str) -> String {
        let width = |skip: usize, take: usize| {
            let part: String = query.chars().skip(skip).take(take).map(printable).collect();
            UnicodeWidthStr::width(part.as_str())
        };
        let shown: String = query.chars().map(printable).collect();
        let before = width(0, self.column.saturating_sub(1));
        let marked = width(self.column.saturating_sub(1), self.width).max(1);
        format!("{shown}\n{}{}", " ".repeat(before), "^".repeat(marked))
    }
}

/// The character if it keeps its place on a line, else a space or a stand-in of the same number.
fn printable(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if SafeText::line(c.encode_utf8(&mut [0; 4]), 1).is_empty() => '\u{FFFD}',
        c => c,
    }
}

impl Matcher {
    /// Compiles queries.
    pub fn new(queries: &[Query]) -> Self {
        let mut builder = index::Builder::default();
        let plans: Vec<_> = queries.iter().map(|query| plan::Plan::new(&query.expr, &mut builder)).collect();
        let mut triggers = vec![Vec::new(); builder.elements()];
        let mut always = Vec::new();
        for (query, plan) in plans.iter().enumerate() {
            match plan.cover(&builder) {
                Some(cover) => {
                    for element in cover {
                        if let Some(queries) = triggers.get_mut(element) {
                            queries.push(query);
                        }
                    }
                }
                None => always.push(query),
            }
        }
        Self { index: builder.build(), plans, triggers, always }
    }

    /// The queries that the post satisfies, in the order of the list.
    pub fn matches(&self, post: &Post<'_>) -> Vec<Hit> {
        let found = self.index.look(post);
        let mut candidates = self.always.clone();
        let mut last = None;
        for sighting in found.iter().filter(|sighting| last.replace(sighting.element) != Some(sighting.element)) {
            candidates.extend(self.triggers.get(sighting.element).into_iter().flatten());
        }
        if candidates.is_empty() {
            return Vec::new();
        }
        candidates.sort_unstable();
        candidates.dedup();
        let sight = plan::Sight::new(&found, post);
        let holds = |query: usize| self.plans.get(query).filter(|plan| sight.holds(plan));
        candidates
            .into_iter()
            .filter_map(|query| holds(query).map(|plan| Hit { query, spans: sight.spans(plan) }))
            .collect()
    }
}

#[cfg(test)]
mod tests;
