//! What a name that was found in the database is part of. After the file was rewritten whole, every byte of it belongs to
//! a value that is stored: a name within another's longer handle, or the same word in what others wrote, is no trace.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Column, Row, TypeInfo, ValueRef};

use super::redact::places;
use crate::domain::letters;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::words;

/// Most words of the index that are looked at.
const WORDS: usize = 500;

/// Something that was looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sought<'a> {
    /// A handle, a name or an id.
    Name(&'a str),
    /// A piece of their words.
    Piece(&'a str),
}

impl Sought<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Name(text) | Self::Piece(text) => text,
        }
    }
}

/// Where something stands, and whether that is no trace of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    /// Which of those sought.
    pub(super) needle: usize,
    /// In words: table and column.
    pub(super) place: String,
    /// Why it is none of theirs; `None` when it is a trace.
    pub(super) innocent: Option<&'static str>,
}

/// Looks at every value of every table. Gives how often each thing stands where.
pub(super) async fn standing(conn: &mut SqliteConnection, sought: &[Sought<'_>]) -> Done<BTreeMap<Standing, u64>> {
    let mut found = BTreeMap::new();
    let folded: Vec<String> = sought.iter().map(|one| letters::folded(one.text())).collect();
    let Ok(finder) = aho_corasick::AhoCorasick::new(&folded) else { return Ok(found) };
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND name NOT LIKE 'search%' AND name <> 'term'",
    )
    .fetch_all(&mut *conn)
    .await?;
    for table in tables {
        let sql = format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""));
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await? {
            for column in row.columns() {
                let raw = row.try_get_raw(column.ordinal())?;
                if raw.is_null() || raw.type_info().name() != "TEXT" {
                    continue;
                }
                let text: &str = row.try_get(column.ordinal())?;
                let plain = letters::folded(text);
                let mut last = None;
                for hit in finder.find_overlapping_iter(&plain) {
                    let needle = hit.pattern().as_usize();
                    if last.replace(needle) == Some(needle) {
                        continue;
                    }
                    let Some(one) = sought.get(needle) else { continue };
                    for (innocent, times) in judge(*one, &table, column.name(), text) {
                        let place = format!("{table}.{}", column.name());
                        *found.entry(Standing { needle, place, innocent }).or_default() += times;
                    }
                }
            }
        }
    }
    Ok(found)
}

/// What a hit in a value means.
fn judge(sought: Sought<'_>, table: &str, column: &str, text: &str) -> Vec<(Option<&'static str>, u64)> {
    let others = table == "body" && matches!(column, "title" | "text" | "warning" | "images" | "links" | "url");
    let name = match sought {
        Sought::Piece(_) if others => return vec![(Some("others wrote the same words"), 1)],
        Sought::Piece(_) => return vec![(None, 1)],
        Sought::Name(name) => name,
    };
    let (alone, within) = places(text, name);
    let mut all = Vec::new();
    if within > 0 {
        all.push((Some("part of a longer word or of another's handle"), within as u64));
    }
    if alone > 0 {
        let reason = match table {
            "person" | "person_alike" | "person_word" => Some("another person of that name, who was not asked for"),
            "body" if column == "author" => Some("another author of that name, who was not asked for"),
            "body" if others => Some("the same word in what others wrote, not naming them"),
            "watch" | "subject" | "account" => Some("a name in your own configuration"),
            _ => None,
        };
        all.push((reason, alone as u64));
    }
    all
}

/// Words of theirs that the index knows of mentions which are not there any more.
pub(super) async fn index_left(conn: &mut SqliteConnection, sought: &[Sought<'_>]) -> Done<u64> {
    let words = words::of_texts(sought.iter().map(Sought::text));
    let mut left = 0;
    for word in words.split(' ').filter(|word| !word.is_empty()).take(WORDS) {
        let gone: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT rowid AS place FROM search WHERE search MATCH ? LIMIT 100000) s
             WHERE NOT EXISTS (SELECT 1 FROM mention m WHERE m.place = s.place)",
        )
        .bind(format!("\"{word}\""))
        .fetch_one(&mut *conn)
        .await?;
        left += gone.unsigned_abs();
    }
    Ok(left)
}
