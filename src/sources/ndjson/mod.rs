//! Mentions as lines: one JSON object a line, the form that `export` writes, that `import` takes, and that
//! commands, files and senders hand to the sources of this room.
//!
//! | a line holds | it is |
//! |---|---|
//! | `text` or `title` | a mention |
//! | `{"delete": "NATIVE_ID"}`, or `native_id` and `"deleted": true` | the end of one |
//! | `{"meter": {"name", "used", "limit", "currency", "resets"}}` | what the place counts of our use of it |
//! | `{"remark": "..."}` | what a person should know though it worked |
//! | `{"cursor": "..."}` | where to go on the next time; it covers all lines before it |
//!
//! A line that is none of these is wrong, and says so by its number; it never ends anything. Damaged UTF-8 is
//! mended with `U+FFFD`, NUL bytes around a line (the hole that a cut file leaves) are skipped.

mod fields;
mod gather;
mod lines;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

use self::fields::Fields;
use crate::domain::{Answerable, Author, Item, Meter, Visibility};

pub(super) use self::gather::Gather;
pub(super) use self::lines::{Cut, Splitter};

/// Longest line, in bytes.
pub const LONGEST_LINE: usize = 4 << 20;
/// Longest cursor of a command, in bytes: it must fit into its environment.
const LONGEST_CURSOR: usize = 4 << 10;
/// Longest remark, in characters.
const LONGEST_REMARK: usize = 400;

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Somebody wrote something.
    Mention(Box<Post>),
    /// The post with this native id was taken down.
    Deleted(String),
    /// What the place counts of our use.
    Meter(Meter),
    /// For a person.
    Remark(String),
    /// Where to go on the next time.
    Cursor(String),
}

/// A mention with the place that it claims to come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Post {
    /// Kind of place, when the line names one.
    pub network: Option<String>,
    /// Name of the source, when the line names one.
    pub source: Option<String>,
    /// The mention itself.
    pub item: Item,
}

/// Why a line is wrong, for the person who made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It breaks off.
    #[error("it breaks off: a quote or bracket is not closed")]
    BreaksOff,
    /// It is no JSON from a place on.
    #[error("it is no JSON from column {column} on: “{near}”")]
    NotJson {
        /// Where it goes wrong, from 1.
        column: usize,
        /// What stands there.
        near: String,
    },
    /// It is JSON, but no object.
    #[error("a line must be one object in braces, not {0}")]
    NotAnObject(&'static str),
    /// A field holds something else than it should.
    #[error("“{field}” must be {wanted}, not {found}")]
    Field {
        /// Its name.
        field: String,
        /// What it should be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// Nothing is said.
    #[error("it has neither text nor title")]
    NoWords,
    /// It says several things that cannot be one line.
    #[error("“{0}” and “{1}” must be lines of their own")]
    TwoThings(&'static str, &'static str),
    /// It is longer than any line may be.
    #[error("it is longer than {} MB", LONGEST_LINE >> 20)]
    TooLong,
}

/// Reads a line; `None` when it is empty.
///
/// # Errors
/// [`LineError`] says what is wrong with it.
pub fn read(line: &[u8]) -> Result<Option<Said>, LineError> {
    if line.len() > LONGEST_LINE {
        return Err(LineError::TooLong);
    }
    let text = text_of(line);
    if text.is_empty() {
        return Ok(None);
    }
    let value = serde_json::from_str(&text).map_err(|error| no_json(&text, &error))?;
    said(value).map(Some)
}

/// Reads a line that must be a mention; `None` when it is empty.
///
/// # Errors
/// [`LineError`] says what is wrong with it; a line that is anything else than a mention has no words.
pub fn read_mention(line: &[u8]) -> Result<Option<Post>, LineError> {
    match read(line)? {
        None => Ok(None),
        Some(Said::Mention(post)) => Ok(Some(*post)),
        Some(_) => Err(LineError::NoWords),
    }
}

/// What a JSON value that stands for a line says.
///
/// # Errors
/// [`LineError`] says what is wrong with it.
pub(super) fn said(value: Value) -> Result<Said, LineError> {
    let Value::Object(object) = value else { return Err(LineError::NotAnObject(fields::kind(&value))) };
    let mut fields = Fields(object);
    let (title, text) = (fields.text("title")?, fields.text("text")?);
    let title = title.filter(|title| !title.is_empty());
    match text.filter(|text| !text.is_empty()) {
        None if title.is_none() => other(&mut fields),
        text => mention(fields, title, text.unwrap_or_default()).map(|post| Said::Mention(Box::new(post))),
    }
}

/// The line as text, without what surrounds it and means nothing.
fn text_of(line: &[u8]) -> Cow<'_, str> {
    let bare = |sign: &u8| sign.is_ascii_whitespace() || *sign == 0;
    let start = line.iter().position(|sign| !bare(sign)).unwrap_or(line.len());
    let end = line.iter().rposition(|sign| !bare(sign)).map_or(start, |last| last + 1);
    let line = line.get(start..end).unwrap_or_default();
    String::from_utf8_lossy(line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line))
}

fn no_json(text: &str, error: &serde_json::Error) -> LineError {
    if error.is_eof() {
        return LineError::BreaksOff;
    }
    let column = error.column().max(1);
    // The column counts bytes of the line that the fault stands in.
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or(text);
    let at = (0..column).rev().find(|at| line.is_char_boundary(*at)).unwrap_or_default();
    let near = line.get(at..).unwrap_or_default().chars().take(20).collect();
    LineError::NotJson { column, near }
}

/// A line without words.
fn other(fields: &mut Fields) -> Result<Said, LineError> {
    let mut found = ["delete", "meter", "remark", "cursor"].into_iter().filter(|key| fields.has(key));
    let Some(key) = found.next() else {
        return match (fields.flag("deleted")?, fields.id("native_id")?) {
            (true, Some(id)) => Ok(Said::Deleted(id)),
            _ => Err(LineError::NoWords),
        };
    };
    if let Some(second) = found.next() {
        return Err(LineError::TwoThings(key, second));
    }
    match key {
        "delete" => fields.id(key)?.map(Said::Deleted).ok_or(LineError::NoWords),
        "meter" => meter(fields.object(key)?).map(Said::Meter),
        "remark" => {
            let remark = fields.text(key)?.unwrap_or_default();
            Ok(Said::Remark(remark.chars().take(LONGEST_REMARK).collect()))
        }
        _ => {
            let cursor = fields.id(key)?.unwrap_or_default();
            if cursor.len() > LONGEST_CURSOR || cursor.contains(char::is_control) {
                return Err(fields::wrong(key, "a text of at most 4 KB on one line", "something longer or stranger"));
            }
            Ok(Said::Cursor(cursor))
        }
    }
}

fn meter(mut fields: Fields) -> Result<Meter, LineError> {
    const USED: &str = "a number from 0 on";
    let used = fields.amount("used", USED)?.ok_or_else(|| fields::wrong("used", USED, "nothing"))?;
    Ok(Meter {
        name: fields.text("name")?.unwrap_or_default(),
        used,
        limit: fields.amount("limit", USED)?,
        currency: fields.text("currency")?,
        resets: fields.moment("resets")?,
    })
}

fn mention(mut fields: Fields, title: Option<String>, text: String) -> Result<Post, LineError> {
    let author = author(&mut fields)?;
    let url = fields.text("url")?.filter(|url| !url.is_empty());
    let native_id = fields.id("native_id")?.or_else(|| url.clone()).unwrap_or_else(|| {
        let words = format!("{}\n{}\n{}", author.handle.as_deref().unwrap_or(""), title.as_deref().unwrap_or(""), text);
        format!("words:{:016x}", xxhash_rust::xxh3::xxh3_64(words.as_bytes()))
    });
    let claimed = match fields.moment("published")? {
        None => fields.moment("claimed")?,
        claimed => claimed,
    };
    Ok(Post {
        network: fields.text("network")?,
        source: fields.text("source")?,
        item: Item {
            native_id,
            url,
            title,
            text,
            author,
            claimed,
            edited: fields.moment("edited")?,
            lang: fields.text("lang")?,
            visibility: fields
                .one_of(
                    "visibility",
                    "“public”, “unlisted” or “private”",
                    &[
                        ("public", Visibility::Public),
                        ("unlisted", Visibility::Unlisted),
                        ("private", Visibility::Private),
                    ],
                )?
                .unwrap_or_default(),
            answerable: fields
                .one_of(
                    "answerable",
                    "“as_source”, “in_browser” or “nowhere”",
                    &[
                        ("as_source", Answerable::AsSource),
                        ("in_browser", Answerable::InBrowser),
                        ("nowhere", Answerable::Nowhere),
                    ],
                )?
                .unwrap_or_default(),
            parent: fields.id("parent")?,
            root: fields.id("root")?,
            links: fields.texts("links")?,
            image_descriptions: fields.texts("image_descriptions")?,
            repost_of: fields.id("repost_of")?,
            reposts: fields.count("reposts")?,
            addressed: fields.flag("addressed")?,
            own: fields.flag("own")?,
            deleted: fields.flag("deleted")?,
            content_warning: fields.text("content_warning")?,
            aliases: Vec::new(),
        },
    })
}

fn author(fields: &mut Fields) -> Result<Author, LineError> {
    let bare = |handle: String| {
        let handle = handle.trim().trim_start_matches('@').to_owned();
        Some(handle).filter(|handle| !handle.is_empty())
    };
    if fields.is_text("author") {
        return Ok(Author { handle: fields.text("author")?.and_then(bare), ..Author::default() });
    }
    if !fields.has("author") {
        return Ok(Author::default());
    }
    let mut author = fields.object("author")?;
    Ok(Author {
        native_id: author.id("native_id")?,
        handle: author.text("handle")?.and_then(bare),
        name: author.text("name")?,
        followers: author.count("followers")?,
    })
}
