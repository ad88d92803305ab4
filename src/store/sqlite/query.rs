//! From a filter to SQL.
//!
//! Every window is read along one *lane*: a table, index or posting list in the order of the stream that holds
//! whatever the filter can find. The narrowest lane leads, by the counts that the store keeps; the rest of the
//! filter is checked on the way, and reading stops at the limit. Nothing is ever sorted. The order of the joins is
//! forced (`CROSS JOIN`), because SQLite has no statistics to guess from.

use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use super::bulk::Cell;
use super::codec;
use super::fault::Done;
use super::place::Range;
use super::words::{self, Endings, Question};
use crate::domain::search::Narrowing;
use crate::domain::stream::{Filter, Span};

/// The lane that leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Everything.
    Stream,
    /// What nobody read.
    Unread,
    /// A source.
    Source,
    /// A network.
    Network,
    /// What is about a subject.
    Subject,
    /// A story.
    Group,
    /// What the full-text index finds.
    Text,
}

#[cfg(test)]
impl Lane {
    pub(super) const ALL: [Self; 7] =
        [Self::Stream, Self::Unread, Self::Source, Self::Network, Self::Subject, Self::Group, Self::Text];
}

/// SQL and what is bound to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    text: String,
    bound: Vec<Cell>,
}

impl Sql {
    /// Adds text; each `?` in it stands for one value.
    pub(super) fn add(&mut self, text: &str, values: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.text.push_str(text);
        self.bound.extend(values);
        self
    }

    /// The statement and its arguments.
    pub(super) fn ready(self) -> Done<(String, SqliteArguments)> {
        let mut arguments = SqliteArguments::default();
        for cell in self.bound {
            cell.add_to(&mut arguments)?;
        }
        Ok((self.text, arguments))
    }
}

/// A filter that is ready to be asked.
pub(super) struct Asked<'a> {
    filter: &'a Filter,
    range: Range,
    matched: Option<String>,
    lane: Lane,
}

/// Which rows of an asked filter, and what of them.
pub(super) struct Window<'a> {
    /// What to select; `m` is the mention.
    pub(super) columns: &'a str,
    /// Tables to look up for each row that is found.
    pub(super) joins: &'a str,
    /// Where.
    pub(super) span: Span,
    /// A further condition on `m`, outside of what decides which row stands for its story.
    pub(super) also: Option<(&'a str, i64)>,
    /// Most rows.
    pub(super) limit: i64,
}

impl<'a> Asked<'a> {
    /// Chooses the lane. `None` when the filter can find nothing.
    pub(super) async fn new(conn: &mut SqliteConnection, filter: &'a Filter) -> Done<Option<Self>> {
        let question = match &filter.narrowing {
            Some(narrowing) => words::question(narrowing, &endings(conn, narrowing).await?),
            None => Question::Everything,
        };
        let matched = match question {
            Question::Everything => None,
            Question::Nothing => return Ok(None),
            Question::Match(expression) => Some(expression),
        };
        let range = Range::of_filter(filter);
        let lane = if matched.is_some() {
            Lane::Text
        } else if filter.group.is_some() {
            Lane::Group
        } else {
            narrowest(conn, filter).await?
        };
        Ok(Some(Self { filter, range, matched, lane }))
    }

    /// The same along another lane, if that holds all that the filter can find.
    #[cfg(test)]
    pub(super) fn along(self, lane: Lane) -> Option<Self> {
        let (filter, text) = (self.filter, self.matched.is_some());
        let holds = match lane {
            Lane::Stream => !text,
            Lane::Unread => filter.unread && !text,
            Lane::Source => filter.source.is_some() && !text,
            Lane::Network => filter.network.is_some() && !text,
            Lane::Subject => filter.subject.is_some() && !text,
            Lane::Group => filter.group.is_some() && !text,
            Lane::Text => text,
        };
        holds.then_some(Self { lane, ..self })
    }

    /// The statement for a window.
    pub(super) fn sql(&self, window: &Window<'_>) -> Sql {
        let mut sql = Sql::default();
        let Window { columns, joins, span, also, limit } = window;
        sql.add(&format!("SELECT {columns} FROM "), []);
        let place = self.lead(&mut sql);
        sql.add(&format!(" {joins} WHERE true"), []);
        self.enter(&mut sql);
        let range = self.range.within(*span);
        between(&mut sql, place, range);
        self.restrict(&mut sql, "m", true);
        if let Some((condition, value)) = also {
            sql.add(&format!(" AND {condition}"), [Cell::Int(*value)]);
        }
        if self.filter.one_per_group {
            self.only_newest_of_story(&mut sql);
        }
        let order = if matches!(span, Span::NewerThan(_)) { "ASC" } else { "DESC" };
        sql.add(&format!(" ORDER BY {place} {order} LIMIT ?"), [Cell::Int(*limit)]);
        sql
    }

    /// The tables of the lane; returns the name of its place.
    fn lead(&self, sql: &mut Sql) -> &'static str {
        let (tables, place) = match self.lane {
            Lane::Stream => ("mention m NOT INDEXED", "m.place"),
            Lane::Unread => ("mention m INDEXED BY mention_unread", "m.place"),
            Lane::Source => ("mention m INDEXED BY mention_source", "m.place"),
            Lane::Network => ("mention m INDEXED BY mention_network", "m.place"),
            Lane::Group => ("mention m INDEXED BY mention_story", "m.place"),
            Lane::Subject => ("reading r CROSS JOIN mention m ON m.place = r.place", "r.place"),
            Lane::Text => ("search CROSS JOIN mention m ON m.place = search.rowid", "search.rowid"),
        };
        sql.add(tables, []);
        place
    }

    /// The conditions by which the lane is entered.
    fn enter(&self, sql: &mut Sql) {
        if self.lane == Lane::Text {
            sql.add(" AND search MATCH ?", [Cell::from(self.matched.clone())]);
        }
        if self.lane == Lane::Subject
            && let Some(subject) = self.filter.subject
        {
            sql.add(" AND r.subject = ?", [Cell::Int(subject.0)]);
            self.marks(sql, "r");
        }
    }

    /// The filter's restrictions on the mention called `m`, but for time and words; `leads` when it is the row
    /// that the lane leads to.
    fn restrict(&self, sql: &mut Sql, m: &str, leads: bool) {
        let filter = self.filter;
        if let Some(source) = filter.source {
            sql.add(&format!(" AND {m}.source = ?"), [Cell::Int(source.0)]);
        }
        if let Some(network) = &filter.network {
            sql.add(
                &format!(" AND {m}.network = (SELECT id FROM network WHERE name = ?)"),
                [Cell::Text(network.name().to_owned())],
            );
        }
        if let Some(group) = filter.group {
            sql.add(&format!(" AND {m}.story = ?"), [Cell::Int(group.0)]);
        }
        if filter.unread {
            sql.add(&format!(" AND {m}.read = 0"), []);
        }
        if !filter.private {
            sql.add(&format!(" AND {m}.private = 0"), []);
        }
        match filter.subject {
            Some(_) if leads && self.lane == Lane::Subject => {}
            Some(subject) => {
                sql.add(
                    &format!(" AND EXISTS (SELECT 1 FROM reading q WHERE q.subject = ? AND q.place = {m}.place"),
                    [Cell::Int(subject.0)],
                );
                self.marks(sql, "q");
                sql.add(")", []);
            }
            None => self.marks(sql, m),
        }
    }

    /// Sentiment and intent, as marks of the row called `row`.
    fn marks(&self, sql: &mut Sql, row: &str) {
        let sentiment = self.filter.sentiment.map(codec::sentiment_mark);
        let intent = self.filter.intent.map(codec::intent_mark);
        for mark in [sentiment, intent].into_iter().flatten() {
            sql.add(&format!(" AND {row}.marks & ? <> 0"), [Cell::Int(mark)]);
        }
    }

    /// Leaves the newest mention of each story within the filter. Looks from each row towards newer members and
    /// stops at the first that the filter finds, so that a story costs no more than its members, once each.
    fn only_newest_of_story(&self, sql: &mut Sql) {
        sql.add(
            " AND NOT EXISTS (SELECT 1 FROM mention n INDEXED BY mention_story
                WHERE n.story = m.story AND n.place > m.place",
            [],
        );
        if self.range.high < i64::MAX {
            sql.add(" AND n.place < ?", [Cell::Int(self.range.high)]);
        }
        self.restrict(sql, "n", false);
        if let Some(matched) = &self.matched {
            sql.add(
                " AND EXISTS (SELECT 1 FROM search WHERE search MATCH ? AND search.rowid = n.place)",
                [Cell::Text(matched.clone())],
            );
        }
        sql.add(")", []);
    }
}

/// Spells the prefixes of a narrowing out, as far as they stand for few words.
async fn endings(conn: &mut SqliteConnection, narrowing: &Narrowing) -> Done<Endings> {
    const PREFIXES: usize = 8;
    const WORDS: usize = 64;
    let mut endings = Endings::new();
    for prefix in words::prefixes(narrowing).into_iter().take(PREFIXES) {
        let after = format!("{prefix}{}", char::MAX);
        let words: Vec<String> = sqlx::query_scalar("SELECT term FROM term WHERE term >= ? AND term < ? LIMIT ?")
            .bind(&prefix)
            .bind(after)
            .bind((WORDS + 1) as i64)
            .fetch_all(&mut *conn)
            .await?;
        if words.len() <= WORDS {
            endings.insert(prefix, words);
        }
    }
    Ok(endings)
}

fn between(sql: &mut Sql, place: &str, range: Range) {
    if range.low > i64::MIN {
        sql.add(&format!(" AND {place} >= ?"), [Cell::Int(range.low)]);
    }
    if range.high < i64::MAX {
        sql.add(&format!(" AND {place} < ?"), [Cell::Int(range.high)]);
    }
}

/// The lane that has the least to read: its rows by what a row costs. The stream itself is read in a row; a row
/// of any other lane takes a look-up.
async fn narrowest(conn: &mut SqliteConnection, filter: &Filter) -> Done<Lane> {
    const LOOK_UP: i64 = 5;
    let lanes = [
        (Lane::Unread, filter.unread),
        (Lane::Source, filter.source.is_some()),
        (Lane::Network, filter.network.is_some()),
        (Lane::Subject, filter.subject.is_some()),
    ];
    let wanted: Vec<Lane> = lanes.into_iter().filter(|(_, wanted)| *wanted).map(|(lane, _)| lane).collect();
    if wanted.is_empty() {
        return Ok(Lane::Stream);
    }
    let (all, unread, source, network, subject): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT coalesce(sum(mentions), 0), coalesce(sum(unread), 0), coalesce(sum(mentions) FILTER (WHERE id = ?1), 0),
                coalesce(sum(mentions) FILTER (WHERE network = (SELECT id FROM network WHERE name = ?2)), 0),
                coalesce((SELECT mentions FROM subject WHERE id = ?3), 0)
         FROM source",
    )
    .bind(filter.source.map(|source| source.0))
    .bind(filter.network.as_ref().map(|network| network.name()))
    .bind(filter.subject.map(|subject| subject.0))
    .fetch_one(conn)
    .await?;
    let rows = |lane: Lane| match lane {
        Lane::Unread => unread,
        Lane::Source => source,
        Lane::Network => network,
        _ => subject,
    };
    let best = wanted.into_iter().min_by_key(|lane| rows(*lane)).unwrap_or(Lane::Stream);
    Ok(if rows(best).saturating_mul(LOOK_UP) < all.max(1000) { best } else { wide(filter) })
}

/// The lane when no lane is narrow: the subject's own, which holds its marks, else the stream.
fn wide(filter: &Filter) -> Lane {
    if filter.subject.is_some() { Lane::Subject } else { Lane::Stream }
}
