mod language;
mod matching;
mod properties;

use super::*;

/// Whether a query finds a text.
fn finds(query: &str, text: &str) -> bool {
    hit(query, &Post { text, ..Post::default() }).is_some()
}

fn hit(query: &str, post: &Post<'_>) -> Option<Hit> {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    Matcher::new(&[query]).matches(post).pop()
}
