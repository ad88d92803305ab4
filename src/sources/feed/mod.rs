//! Feeds: RSS, RDF, Atom and JSON Feed, read with more patience than their makers spent.
//!
//! [`parse`] reads bytes into entries, [`FeedSource`] listens to a feed, [`discover`] finds the feeds of a
//! page, and [`fetch`] brings one once, to be looked at.

mod charset;
mod cursor;
mod discover;
mod fetch;
mod identity;
#[cfg(test)]
mod identity_tests;
mod json;
mod markup;
mod mend;
mod parse;
mod sniff;
mod source;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;
mod unwrap;
pub(in crate::sources) mod words;

pub use discover::{Candidate, candidates};
pub use fetch::{Fetched, discover, fetch, read_off_thread};
pub use parse::{Entry, FeedKind, MOST_ENTRIES, NotAFeed, ParsedFeed, parse};
pub use source::{FeedSettings, FeedSource, KIND, address};
