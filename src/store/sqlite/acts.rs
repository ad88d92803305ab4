//! Reading what the brand published itself.

use std::collections::HashMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::bulk::json;
use super::codec::{self, flag};
use super::fault::Done;
use super::place::{from_millis, to_millis};
use super::rows;
use crate::domain::{Act, ActId, MentionId, Network, PersonId, SafeText, SourceId, Timestamp};

/// Most acts that are read at once.
const MOST: u32 = 10_000;

macro_rules! acts {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.source, n.name, a.native_id, a.parent, a.root, a.answers, coalesce(p.handle, p.name, a.author),
                 a.person, a.flags, a.title, a.warning, a.text, a.url, a.lang, a.visibility, a.published, a.first_seen,
                 a.edited_at
             FROM act a ",
            $rest
        )
    };
}

/// The acts that answer a mention, earliest first.
pub(super) async fn answers(conn: &mut SqliteConnection, id: MentionId) -> Done<Vec<Act>> {
    let sql = acts!(
        "INDEXED BY act_answers JOIN network n ON n.id = a.network LEFT JOIN person p ON p.id = a.person
         WHERE a.answers = ? ORDER BY a.published, a.id"
    );
    Ok(sqlx::query(sql).bind(id.0).try_map(|row: SqliteRow| act(&row)).fetch_all(conn).await?)
}

/// The newest acts.
pub(super) async fn newest(conn: &mut SqliteConnection, before: Option<Timestamp>, limit: u32) -> Done<Vec<Act>> {
    let sql = acts!(
        "INDEXED BY act_published JOIN network n ON n.id = a.network LEFT JOIN person p ON p.id = a.person
         WHERE a.published < ? ORDER BY a.published DESC, a.id DESC LIMIT ?"
    );
    let before = before.map_or(i64::MAX, to_millis);
    let rows = sqlx::query(sql).bind(before).bind(limit.min(MOST)).try_map(|row: SqliteRow| act(&row));
    Ok(rows.fetch_all(conn).await?)
}

/// Whole acts, in the order of the numbers.
pub(super) async fn whole(conn: &mut SqliteConnection, ids: &[ActId]) -> Done<Vec<Act>> {
    let sql = acts!(
        "JOIN network n ON n.id = a.network LEFT JOIN person p ON p.id = a.person
         WHERE a.id IN (SELECT value FROM json_each(?))"
    );
    let found: Vec<Act> =
        sqlx::query(sql).bind(json(ids.iter().map(|id| id.0))).try_map(|row| act(&row)).fetch_all(conn).await?;
    let mut found: HashMap<ActId, Act> = found.into_iter().map(|act| (act.id, act)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Scope and native id of every account that acts were published under.
pub(super) async fn own_accounts(conn: &mut SqliteConnection) -> Done<Vec<(String, String)>> {
    let rows = sqlx::query_as(
        "SELECT DISTINCT s.name, substr(p.key, 2) FROM act a JOIN scope s ON s.id = -a.realm
         JOIN person p ON p.id = a.person WHERE a.flags & ? <> 0 AND p.key LIKE 'i%' ORDER BY 1, 2",
    )
    .bind(flag::OWN)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Warning, headline and words as one text.
pub(super) fn words(pieces: [Option<&str>; 3]) -> SafeText {
    let pieces = pieces.into_iter().flatten().filter(|piece| !piece.is_empty());
    SafeText::block(&pieces.collect::<Vec<_>>().join("\n\n"))
}

fn act(row: &SqliteRow) -> sqlx::Result<Act> {
    let text = |column: usize| -> sqlx::Result<Option<&str>> { row.try_get(column) };
    let flags: i64 = row.try_get(9)?;
    Ok(Act {
        id: ActId(row.try_get(0)?),
        source: SourceId(row.try_get(1)?),
        network: Network::named(row.try_get(2)?),
        native_id: row.try_get(3)?,
        parent: row.try_get(4)?,
        root: row.try_get(5)?,
        answers: row.try_get::<Option<i64>, _>(6)?.map(MentionId),
        author: SafeText::line(text(7)?.unwrap_or_default(), rows::AUTHOR),
        person: row.try_get::<Option<i64>, _>(8)?.map(PersonId),
        own: flags & flag::OWN != 0,
        text: words([text(11)?, text(10)?, text(12)?]),
        url: text(13)?.and_then(rows::address),
        lang: text(14)?.and_then(rows::language),
        visibility: codec::visibility_from(row.try_get(15)?),
        published: from_millis(row.try_get(16)?),
        first_seen: from_millis(row.try_get(17)?),
        history: flags & flag::HISTORY != 0,
        edited_at: row.try_get::<Option<i64>, _>(18)?.map(from_millis),
    })
}
