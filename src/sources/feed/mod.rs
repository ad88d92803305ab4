//! Feeds: RSS, RDF, Atom and JSON Feed, read with more patience than their makers spent.

mod charset;
mod json;
mod markup;
mod mend;
mod parse;
mod sniff;
mod unwrap;
mod words;

pub use parse::{Entry, FeedKind, MOST_ENTRIES, NotAFeed, ParsedFeed, parse};
