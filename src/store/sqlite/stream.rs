//! Reading the stream, and what a person has seen of it.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::bulk::json;
use super::codec;
use super::connection::begin;
use super::corrections;
use super::fault::Done;
use super::query::{Asked, Sql, Window};
use super::record::Tally;
use super::rows;
use crate::domain::stream::{Filter, Span};
use crate::domain::{Intent, Mention, MentionId, MentionRow, WatchId};

/// Mentions that are marked in one transaction.
const PIECE: usize = 5_000;

async fn fetch(conn: &mut SqliteConnection, sql: Sql) -> Done<Vec<SqliteRow>> {
    let (text, arguments) = sql.ready()?;
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments).fetch_all(conn).await?)
}

/// A window of the stream.
pub(super) async fn page(
    conn: &mut SqliteConnection,
    filter: &Filter,
    span: Span,
    limit: u32,
) -> Done<Vec<MentionRow>> {
    let Some(asked) = Asked::new(conn, filter).await? else { return Ok(Vec::new()) };
    let window = Window { columns: rows::COLUMNS, joins: rows::JOINS, span, also: None, limit: i64::from(limit) };
    let found = fetch(conn, asked.sql(&window)).await?;
    Ok(found.iter().map(rows::row).collect::<sqlx::Result<_>>()?)
}

/// Whole mentions in the order of a page.
pub(super) async fn mentions(
    conn: &mut SqliteConnection,
    filter: &Filter,
    span: Span,
    limit: u32,
) -> Done<Vec<Mention>> {
    let Some(asked) = Asked::new(conn, filter).await? else { return Ok(Vec::new()) };
    let window = Window { columns: rows::WHOLE, joins: rows::JOINS, span, also: None, limit: i64::from(limit) };
    let found = fetch(conn, asked.sql(&window)).await?;
    whole(conn, &found).await
}

async fn whole(conn: &mut SqliteConnection, found: &[SqliteRow]) -> Done<Vec<Mention>> {
    let ids: Vec<i64> = found.iter().map(|row| row.try_get(1)).collect::<sqlx::Result<_>>()?;
    let mut corrections = corrections::of(conn, ids).await?;
    let watches = watches(conn).await?;
    Ok(found.iter().map(|row| rows::mention(row, &watches, &mut corrections)).collect::<sqlx::Result<_>>()?)
}

/// One whole mention.
pub(super) async fn mention(conn: &mut SqliteConnection, id: MentionId) -> Done<Option<Mention>> {
    let mut sql = Sql::default();
    let at = "SELECT place FROM body WHERE id = ?";
    let text = format!("SELECT {} FROM mention m {} WHERE m.place = ({at})", rows::WHOLE, rows::JOINS);
    sql.add(&text, [id.0.into()]);
    let found = fetch(conn, sql).await?;
    Ok(whole(conn, &found).await?.into_iter().next())
}

/// These mentions with all their words, in the order of their numbers.
pub(super) async fn numbered(conn: &mut SqliteConnection, ids: &[MentionId]) -> Done<Vec<Mention>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::default();
    let at = "json_each(?) j CROSS JOIN body y ON y.id = j.value CROSS JOIN mention m ON m.place = y.place";
    let text = format!("SELECT {} FROM {at} {} ORDER BY m.id", rows::WHOLE, rows::JOINS);
    sql.add(&text, [json(ids.iter().map(|id| id.0)).into()]);
    let found = fetch(conn, sql).await?;
    whole(conn, &found).await
}

/// The rows of these mentions, in the order of their numbers.
pub(super) async fn rows_of(conn: &mut SqliteConnection, places: Vec<i64>) -> Done<Vec<MentionRow>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::default();
    let (columns, joins) = (rows::COLUMNS, rows::JOINS);
    let text = format!("SELECT {columns} FROM json_each(?) j CROSS JOIN mention m ON m.place = j.value {joins}");
    sql.add(&text, [json(places).into()]);
    let found = fetch(conn, sql).await?;
    let mut rows = found.iter().map(rows::row).collect::<sqlx::Result<Vec<_>>>()?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

async fn watches(conn: &mut SqliteConnection) -> Done<Vec<(WatchId, String)>> {
    let watches = sqlx::query("SELECT id, name FROM watch")
        .try_map(|row: SqliteRow| Ok((WatchId(row.try_get(0)?), row.try_get(1)?)))
        .fetch_all(conn)
        .await?;
    Ok(watches)
}

/// How many the filter finds, up to `most`.
pub(super) async fn count(conn: &mut SqliteConnection, filter: &Filter, most: u64) -> Done<u64> {
    let Some(asked) = Asked::new(conn, filter).await? else { return Ok(0) };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let inner = asked.sql(&Window { columns: "1", joins: "", span: Span::Newest, also: None, limit });
    let (text, arguments) = inner.ready()?;
    let found: i64 = sqlx::query_scalar_with(AssertSqlSafe(format!("SELECT COUNT(*) FROM ({text})")), arguments)
        .fetch_one(conn)
        .await?;
    Ok(found.unsigned_abs())
}

/// Marks mentions as seen, or not. Returns those that changed.
pub(super) async fn mark(conn: &mut SqliteConnection, ids: &[MentionId], read: bool) -> Done<Vec<MentionId>> {
    let mut changed = Vec::new();
    for piece in ids.chunks(PIECE) {
        let mut tx = begin(conn).await?;
        changed.extend(mark_piece(&mut tx, piece, read).await?);
        tx.commit().await?;
    }
    Ok(changed)
}

/// The same for so few that one transaction does.
pub(super) async fn mark_piece(conn: &mut SqliteConnection, ids: &[MentionId], read: bool) -> Done<Vec<MentionId>> {
    let changing: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT DISTINCT m.place, m.source, m.marks, m.id FROM json_each(?) j CROSS JOIN body b ON b.id = j.value
         CROSS JOIN mention m ON m.place = b.place WHERE m.read <> ?",
    )
    .bind(json(ids.iter().map(|id| id.0)))
    .bind(read)
    .fetch_all(&mut *conn)
    .await?;
    if changing.is_empty() {
        return Ok(Vec::new());
    }
    let sign = if read { -1 } else { 1 };
    let mut tally = Tally::default();
    let mut by_source: HashMap<i64, i64> = HashMap::new();
    for (_, source, _, _) in &changing {
        *by_source.entry(*source).or_default() += sign;
    }
    for (source, unread) in by_source {
        tally.unread(source, unread);
    }
    let complaint = codec::intent_mark(Intent::Complaint);
    let complaints = json(changing.iter().filter(|one| one.2 & complaint != 0).map(|one| one.0));
    let waiting: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT s.id, COUNT(*) FROM subject s CROSS JOIN json_each(?) j
         CROSS JOIN reading r ON r.subject = s.id AND r.place = j.value WHERE r.marks & ? <> 0 GROUP BY s.id",
    )
    .bind(complaints)
    .bind(complaint)
    .fetch_all(&mut *conn)
    .await?;
    for (subject, complaints) in waiting {
        tally.waiting(subject, sign * complaints);
    }
    sqlx::query("UPDATE mention SET read = ? WHERE place IN (SELECT value FROM json_each(?))")
        .bind(read)
        .bind(json(changing.iter().map(|one| one.0)))
        .execute(&mut *conn)
        .await?;
    tally.write(conn).await?;
    Ok(changing.into_iter().map(|(_, _, _, id)| MentionId(id)).collect())
}

/// The unread mentions that the filter finds and that were recorded up to `last`, newest first.
async fn unread(conn: &mut SqliteConnection, filter: &Filter, last: MentionId) -> Done<Vec<MentionId>> {
    // What stands for a story is decided among read and unread ones; else the unread lane may lead.
    let filter = Filter { unread: filter.unread || !filter.one_per_group, ..filter.clone() };
    let Some(asked) = Asked::new(conn, &filter).await? else { return Ok(Vec::new()) };
    let window = Window {
        columns: "m.id",
        joins: "",
        span: Span::Newest,
        also: Some(("m.read = 0 AND m.id <= ?", last.0)),
        limit: i64::MAX,
    };
    let found = fetch(conn, asked.sql(&window)).await?;
    Ok(found.iter().map(|row| row.try_get(0).map(MentionId)).collect::<sqlx::Result<_>>()?)
}

/// Marks everything unread that the filter finds and that was recorded up to `last` as read.
pub(super) async fn mark_all(conn: &mut SqliteConnection, filter: &Filter, last: MentionId) -> Done<Vec<MentionId>> {
    let unread = unread(conn, filter, last).await?;
    mark(conn, &unread, true).await
}
