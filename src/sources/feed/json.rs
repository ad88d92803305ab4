//! JSON Feed 1.0 and 1.1, with wrong types and missing parts forgiven.
//!
//! Read here and not by the XML parser's companion, which wants the version to the letter, reads the whole
//! document twice and gives up on those above a megabyte.

use serde::Deserialize;
use serde_json::Value;

use super::parse::{Entry, FeedKind, NotAFeed, ParsedFeed, moment_of_text};
use super::words::{self, Words};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    version: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    home_page_url: Value,
    #[serde(default)]
    language: Value,
    #[serde(default)]
    author: Value,
    #[serde(default)]
    authors: Value,
    #[serde(default)]
    items: Option<Vec<Value>>,
}

/// Reads a JSON Feed.
///
/// # Errors
/// When it is no JSON, or JSON of another kind.
pub(super) fn read(text: &str, base: Option<&url::Url>, most: usize) -> Result<ParsedFeed, NotAFeed> {
    let document: Document = serde_json::from_str(text)
        .map_err(|error| NotAFeed::Broken(format!("JSON that breaks off or is malformed in line {}", error.line())))?;
    let known = document.version.as_str().is_some_and(|version| version.contains("jsonfeed.org/version"));
    let Some(items) = document.items.filter(|_| known) else {
        return Err(NotAFeed::Other("JSON that is no JSON Feed".into()));
    };
    let author = author(&document.authors, &document.author);
    let lang = string(&document.language);
    let found = items.len();
    let entries =
        items.into_iter().take(most).filter_map(|item| entry(&item, base, author.as_deref(), lang.as_deref()));
    let mut feed = ParsedFeed {
        kind: FeedKind::Json,
        title: string(&document.title).map(|title| words::one_line(&title)),
        home: string(&document.home_page_url),
        entries: entries.collect(),
        ..ParsedFeed::default()
    };
    if found > most {
        feed.remarks.push(format!("{found} entries, of which the first {most} were read"));
    }
    Ok(feed)
}

fn entry(item: &Value, base: Option<&url::Url>, author_of_feed: Option<&str>, lang: Option<&str>) -> Option<Entry> {
    let item = item.as_object()?;
    let text = |key: &str| item.get(key).and_then(string);
    let base_of_item = text("url").and_then(|url| url::Url::parse(&url).ok());
    let base_of_item = base_of_item.as_ref().or(base);
    let words = match (text("content_html"), text("content_text"), text("summary")) {
        (Some(html), _, _) => words::of_html(&html, base_of_item),
        (None, Some(plain), _) | (None, None, Some(plain)) => words::of_plain(&plain),
        (None, None, None) => Words::default(),
    };
    let mut links = words.links;
    links.extend(text("external_url").and_then(|link| words::web_address(&link, base)));
    let link = text("url").or_else(|| text("external_url")).map(|link| words::web_address(&link, base).unwrap_or(link));
    let null = Value::Null;
    Some(Entry {
        id: text("id"),
        link,
        title: text("title").map(|title| words::one_line(&title)),
        published: text("date_published").and_then(|date| moment_of_text(&date)),
        updated: text("date_modified").and_then(|date| moment_of_text(&date)),
        author: author(item.get("authors").unwrap_or(&null), item.get("author").unwrap_or(&null))
            .or_else(|| author_of_feed.map(str::to_owned)),
        text: words.text,
        links,
        image_descriptions: words.images,
        lang: text("language").or_else(|| lang.map(str::to_owned)),
        ..Entry::default()
    })
}

/// The first author that has a name.
fn author(many: &Value, one: &Value) -> Option<String> {
    let name = |author: &Value| {
        author
            .as_str()
            .map(str::to_owned)
            .or_else(|| author.get("name").and_then(string))
            .filter(|name| !name.is_empty())
    };
    many.as_array().and_then(|authors| authors.iter().find_map(name)).or_else(|| name(one))
}

/// A text, or a number that should have been one.
fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
