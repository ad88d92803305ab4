//! Rows of the books, and what changed of them.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Row as _};

use super::super::bulk::json;
use super::super::codec;
use super::super::fault::Done;
use super::super::people::one_person;
use super::super::place::{from_millis, to_millis};
use super::super::rows::AUTHOR;
use crate::domain::{ActId, ActReading, Money, Network, PersonId, SafeText, SourceId, Timestamp};
use crate::store::giving::{BookChanges, BookRow};

/// Most rows that are read at once.
const MOST: u32 = 10_000;
/// Changes beyond which it is cheaper to read everything.
const MOST_CHANGES: i64 = 20_000;
/// How far back it is known what went; as in the schema.
const KNOWN_GONE: i64 = 100_000;

macro_rules! rows {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT a.id, a.published, a.source, n.name, coalesce(p.handle, p.name, a.author), a.parent IS NOT NULL,
                 a.visibility, ",
            one_person!("b.person"),
            ", k.reader, k.said, k.deed, k.gesture, k.sure, k.waits_for, k.cap, k.amount, k.unit, k.personal, k.sketch ",
            $from,
            " CROSS JOIN network n ON n.id = a.network LEFT JOIN person p ON p.id = a.person
             LEFT JOIN body b ON b.id = a.answers ",
            $rest
        )
    };
}

const WINDOW: &str = rows!(
    "FROM act a INDEXED BY act_published CROSS JOIN book k ON k.act = a.id",
    "WHERE a.published >= ?1 AND a.published <= ?2 AND (a.published, a.id) < (?2, ?3)
     ORDER BY a.published DESC, a.id DESC LIMIT ?4"
);
const CHANGED: &str =
    rows!("FROM book k INDEXED BY book_revision CROSS JOIN act a ON a.id = k.act", "WHERE k.revision > ?1 LIMIT ?2");
const GONE: &str = "SELECT act FROM unbooked INDEXED BY unbooked_revision WHERE revision > ?1";

/// The number that grows with every change.
pub(super) async fn version(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar("SELECT booked FROM head").fetch_one(conn).await?)
}

/// Rows by when they were published, newest first.
pub(super) async fn rows(
    conn: &mut SqliteConnection,
    since: Timestamp,
    before: Option<(Timestamp, ActId)>,
    limit: u32,
) -> Done<Vec<BookRow>> {
    let (moment, act) = before.map_or((i64::MAX, i64::MAX), |(at, act)| (to_millis(at), act.0));
    let rows = sqlx::query(WINDOW).bind(to_millis(since)).bind(moment).bind(act).bind(limit.min(MOST));
    Ok(rows.try_map(|found: SqliteRow| row(&found)).fetch_all(conn).await?)
}

/// What changed since a version; all of one moment.
pub(super) async fn since(conn: &mut SqliteConnection, version: i64) -> Done<BookChanges> {
    let mut look = conn.begin().await?;
    let mut changes = BookChanges { version: self::version(&mut look).await?, ..BookChanges::default() };
    if changes.version == version {
        return Ok(changes);
    }
    if version > changes.version || version < changes.version - KNOWN_GONE {
        changes.too_old = true;
        return Ok(changes);
    }
    changes.rows = sqlx::query(CHANGED)
        .bind(version)
        .bind(MOST_CHANGES + 1)
        .try_map(|found: SqliteRow| row(&found))
        .fetch_all(&mut *look)
        .await?;
    let gone: Vec<i64> = sqlx::query_scalar(GONE).bind(version).fetch_all(&mut *look).await?;
    changes.gone = gone.into_iter().map(ActId).collect();
    if changes.rows.len() as i64 > MOST_CHANGES {
        changes = BookChanges { version: changes.version, too_old: true, ..BookChanges::default() };
    }
    Ok(changes)
}

fn row(row: &SqliteRow) -> sqlx::Result<BookRow> {
    let text = |column: usize| -> sqlx::Result<Option<&str>> { row.try_get(column) };
    let deed: Option<i64> = row.try_get(10)?;
    let reading = match deed {
        None => None,
        Some(deed) => Some(ActReading {
            deed: codec::deed_from(deed),
            gesture: codec::gesture_from(row.try_get(11)?),
            sure: row.try_get::<f64, _>(12)? as f32,
            trigger: row.try_get::<Option<i64>, _>(13)?.map(codec::trigger_from),
            cap: text(14)?.map(|cap| SafeText::line(cap, CAP).to_string()),
            amount: match row.try_get::<Option<f64>, _>(15)? {
                Some(amount) => {
                    Some(Money { amount, unit: text(16)?.map(|unit| SafeText::line(unit, CAP).to_string()) })
                }
                None => None,
            },
            personal: row.try_get(17)?,
            sketch: row.try_get::<Option<&[u8]>, _>(18)?.map(codec::sketch_from).unwrap_or_default(),
        }),
    };
    Ok(BookRow {
        act: ActId(row.try_get(0)?),
        published: from_millis(row.try_get(1)?),
        source: SourceId(row.try_get(2)?),
        network: Network::named(row.try_get(3)?),
        account: SafeText::line(text(4)?.unwrap_or_default(), AUTHOR),
        reply: row.try_get(5)?,
        visibility: codec::visibility_from(row.try_get(6)?),
        to: row.try_get::<Option<i64>, _>(7)?.map(PersonId),
        reader: row.try_get(8)?,
        said: row.try_get::<Option<i64>, _>(9)?.map(codec::deed_from),
        reading,
    })
}

/// Longest cap or unit, in characters.
const CAP: usize = 200;

/// Mentions have other authors than before: acts that answer them are addressed to others.
pub(in crate::store::sqlite) async fn touch(conn: &mut SqliteConnection, mentions: &[i64]) -> Done<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    let acts: Vec<i64> = sqlx::query_scalar(
        "SELECT a.id FROM json_each(?) j CROSS JOIN act a INDEXED BY act_answers ON a.answers = j.value",
    )
    .bind(json(mentions.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    mark(conn, &acts).await
}

/// Notes that the rows of these acts changed.
pub(super) async fn mark(conn: &mut SqliteConnection, acts: &[i64]) -> Done<()> {
    if acts.is_empty() {
        return Ok(());
    }
    sqlx::query("UPDATE head SET booked = booked + 1").execute(&mut *conn).await?;
    sqlx::query("UPDATE book SET revision = (SELECT booked FROM head) WHERE act IN (SELECT value FROM json_each(?))")
        .bind(json(acts.iter().copied()))
        .execute(conn)
        .await?;
    Ok(())
}

/// How SQLite goes about what is asked all day; for tests.
#[cfg(test)]
pub(in crate::store::sqlite) async fn plans(conn: &mut SqliteConnection) -> Done<Vec<(String, Vec<String>)>> {
    let mut all = Vec::new();
    let asked = [WINDOW, CHANGED, GONE, super::readings::NEW, super::readings::OLDER, super::readings::NEWER];
    for sql in asked.into_iter().chain([super::responses::OF, super::said::NEWEST]) {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut *conn).await?;
        let steps = rows.iter().map(|row| row.try_get("detail")).collect::<sqlx::Result<Vec<String>>>()?;
        all.push((sql.to_owned(), steps));
    }
    Ok(all)
}
