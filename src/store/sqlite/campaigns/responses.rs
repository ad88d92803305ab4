//! Mentions and people, as the health of a campaign needs them. Every question is one statement, however many are asked
//! for.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::domain::{ActId, MentionId, PersonId, SafeText, Timestamp};
use crate::store::ResponseRow;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::codec::{self, flag};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::people::one_person;
use crate::store::sqlite::place::{published, to_millis};
use crate::store::sqlite::rows::AUTHOR;

macro_rules! respond {
    ($from:literal) => {
        concat!(
            "SELECT b.id, b.place, ",
            one_person!("b.person"),
            ", b.visibility, b.flags, r.act, b.readings,
                 coalesce(CASE WHEN k.turn = c.reopened THEN c.aftermath ELSE t.aftermath END, 0) = 1,
                 coalesce(c.status < 3, m.answered IS NULL)
             FROM ",
            $from,
            " CROSS JOIN mention m ON m.place = b.place
              LEFT JOIN member k ON k.mention = b.id
              LEFT JOIN cases c ON c.id = k.case_id
              LEFT JOIN turn t ON t.case_id = k.case_id AND t.number = k.turn
              ORDER BY b.id"
        )
    };
}

/// These mentions.
pub(super) const ROWS: &str =
    respond!("json_each(?) j CROSS JOIN body b ON b.id = j.value LEFT JOIN response r ON r.mention = b.id");
/// Those that answer these acts.
pub(super) const TO: &str = respond!(
    "json_each(?) j CROSS JOIN response r INDEXED BY response_act ON r.act = j.value
     CROSS JOIN body b ON b.id = r.mention"
);
/// People whom we answered publicly before a moment, under whichever of the accounts that are one with theirs.
pub(super) const KNOWN: &str = "SELECT j.value FROM json_each(?1) j WHERE EXISTS (
        SELECT 1 FROM body b INDEXED BY body_person CROSS JOIN act a INDEXED BY act_answers ON a.answers = b.id
        WHERE b.person = j.value AND b.visibility < 2 AND a.published < ?2 AND a.visibility < 2)
     OR EXISTS (
        SELECT 1 FROM whole w CROSS JOIN whole o INDEXED BY whole_one ON o.one = w.one
        CROSS JOIN body b INDEXED BY body_person ON b.person = o.person
        CROSS JOIN act a INDEXED BY act_answers ON a.answers = b.id
        WHERE w.person = j.value AND b.visibility < 2 AND a.published < ?2 AND a.visibility < 2)
     ORDER BY 1";
/// What people go by.
pub(super) const NAMES: &str = "SELECT p.id, coalesce(p.handle, p.name, '') FROM json_each(?) j CROSS JOIN person p ON p.id = j.value ORDER BY p.id";

fn row(row: &SqliteRow) -> sqlx::Result<ResponseRow> {
    let flags: i64 = row.try_get(4)?;
    Ok(ResponseRow {
        mention: MentionId(row.try_get(0)?),
        published: published(row.try_get(1)?),
        person: row.try_get::<Option<i64>, _>(2)?.map(PersonId),
        visibility: codec::visibility_from(row.try_get(3)?),
        history: flags & flag::HISTORY != 0,
        answers: row.try_get::<Option<i64>, _>(5)?.map(ActId),
        readings: codec::readings_from(row.try_get(6)?),
        recovered: row.try_get(7)?,
        open: row.try_get(8)?,
    })
}

/// These mentions.
pub(super) async fn rows(conn: &mut SqliteConnection, ids: &[MentionId]) -> Done<Vec<ResponseRow>> {
    let ids = json(ids.iter().map(|id| id.0));
    Ok(sqlx::query(ROWS).bind(ids).try_map(|found: SqliteRow| row(&found)).fetch_all(conn).await?)
}

/// The mentions that answer these acts.
pub(super) async fn to(conn: &mut SqliteConnection, acts: &[ActId]) -> Done<Vec<ResponseRow>> {
    let acts = json(acts.iter().map(|id| id.0));
    Ok(sqlx::query(TO).bind(acts).try_map(|found: SqliteRow| row(&found)).fetch_all(conn).await?)
}

/// Those of these people whom we answered before a moment.
pub(super) async fn known(conn: &mut SqliteConnection, people: &[PersonId], before: Timestamp) -> Done<Vec<PersonId>> {
    let people = json(people.iter().map(|id| id.0));
    let known: Vec<i64> = sqlx::query_scalar(KNOWN).bind(people).bind(to_millis(before)).fetch_all(conn).await?;
    Ok(known.into_iter().map(PersonId).collect())
}

/// What people go by.
pub(super) async fn names(conn: &mut SqliteConnection, people: &[PersonId]) -> Done<Vec<(PersonId, SafeText)>> {
    let people = json(people.iter().map(|id| id.0));
    let named = sqlx::query(NAMES)
        .bind(people)
        .try_map(|row: SqliteRow| Ok((PersonId(row.try_get(0)?), SafeText::line(row.try_get(1)?, AUTHOR))));
    Ok(named.fetch_all(conn).await?)
}
