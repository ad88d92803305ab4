//! Who said what: threads, and the card of a person.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::bulk::json;
use super::super::fault::Done;
use super::super::people;
use super::super::place::{from_millis, published};
use super::super::rows::AUTHOR;
use super::inbox;
use super::word;
use crate::domain::case::{PersonCard, Turn};
use crate::domain::{ActId, CaseId, MentionId, PersonId, SafeText, Timestamp};

/// Most turns that are read at once.
const MOST: u32 = 1_000;

macro_rules! turns {
    ($mentions:literal, $acts:literal) => {
        concat!(
            "SELECT 0 AS ours, b.id, m.place AS moment, coalesce(p.handle, p.name, b.author), b.title, b.warning, b.text,
                 b.native_id, (m.place >> 31) * 1000 AS at ",
            $mentions,
            " UNION SELECT 1, a.id, a.published, coalesce(p.handle, p.name, a.author), a.title, a.warning, a.text,
                 a.native_id, a.published ",
            $acts,
            " ORDER BY 9 DESC, 1 DESC, 2 DESC LIMIT ?3"
        )
    };
}

fn turn(row: &SqliteRow) -> sqlx::Result<Turn> {
    let text = |column: usize| -> sqlx::Result<Option<&str>> { row.try_get(column) };
    let (ours, id, moment): (bool, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let pieces = [text(5)?, text(4)?, text(6)?].into_iter().flatten().filter(|piece| !piece.is_empty());
    Ok(Turn {
        at: if ours { from_millis(moment) } else { published(moment) },
        ours,
        who: SafeText::line(text(3)?.unwrap_or_default(), AUTHOR),
        text: SafeText::block(&pieces.collect::<Vec<_>>().join("\n\n")),
        mention: (!ours).then_some(MentionId(id)),
        act: ours.then_some(ActId(id)),
        native_id: row.try_get(7)?,
    })
}

/// The turns of a thread, oldest first, the newest so many.
pub(super) async fn of(conn: &mut SqliteConnection, realm: i64, thread: i64, limit: u32) -> Done<Vec<Turn>> {
    since(conn, Thread { realm, thread }, [i64::MIN; 2], limit).await
}

/// Where a thread is.
#[derive(Debug, Clone, Copy)]
pub(in crate::store::sqlite) struct Thread {
    pub(in crate::store::sqlite) realm: i64,
    /// Hash of the name of its first post.
    pub(in crate::store::sqlite) thread: i64,
}

/// The thread that a mention is in.
pub(in crate::store::sqlite) async fn thread_of(conn: &mut SqliteConnection, mention: i64) -> Done<Option<Thread>> {
    let word = word::stored(conn, [mention]).await?.pop();
    Ok(word.map(|word| Thread { realm: word.realm, thread: word.thread }))
}

/// The turns of a thread with a higher number than these (of a mention, of an act), whatever time they claim and whoever
/// said them; oldest first, the newest so many. The first post is found by its name, for it does not say that it begins
/// a thread.
pub(in crate::store::sqlite) async fn since(
    conn: &mut SqliteConnection,
    at: Thread,
    [mention, act]: [i64; 2],
    limit: u32,
) -> Done<Vec<Turn>> {
    let sql = turns!(
        "FROM (SELECT b.id FROM body b INDEXED BY body_thread CROSS JOIN mention m ON m.place = b.place
                   WHERE b.thread = ?2 AND coalesce(b.realm, m.source) = ?1
               UNION SELECT i.mention FROM identity i WHERE i.realm = ?1 AND i.key = ?2) x
         CROSS JOIN body b ON b.id = x.id CROSS JOIN mention m ON m.place = b.place
         LEFT JOIN person p ON p.id = b.person WHERE x.id > ?4",
        "FROM (SELECT a.id FROM act a INDEXED BY act_thread WHERE a.thread = ?2 AND a.realm = ?1
               UNION SELECT d.act FROM deed d WHERE d.realm = ?1 AND d.key = ?2) x
         CROSS JOIN act a ON a.id = x.id LEFT JOIN person p ON p.id = a.person WHERE x.id > ?5"
    );
    let rows = sqlx::query(sql).bind(at.realm).bind(at.thread).bind(limit.min(MOST)).bind(mention).bind(act);
    let mut turns = rows.try_map(|row: SqliteRow| turn(&row)).fetch_all(conn).await?;
    turns.reverse();
    Ok(turns)
}

/// The thread of a mention.
pub(super) async fn thread(conn: &mut SqliteConnection, mention: MentionId, limit: u32) -> Done<Vec<Turn>> {
    match word::stored(conn, [mention.0]).await?.pop() {
        Some(word) => of(conn, word.realm, word.thread, limit).await,
        None => Ok(Vec::new()),
    }
}

/// The native id of the first post of a case's thread.
pub(super) async fn name(conn: &mut SqliteConnection, realm: i64, thread: i64, case: i64) -> Done<String> {
    let name: Option<String> = sqlx::query_scalar(
        "SELECT coalesce(
             (SELECT b.native_id FROM identity i JOIN body b ON b.id = i.mention WHERE i.realm = ?1 AND i.key = ?2),
             (SELECT a.native_id FROM deed d JOIN act a ON a.id = d.act WHERE d.realm = ?1 AND d.key = ?2),
             (SELECT coalesce(b.root, b.parent, b.native_id) FROM member k INDEXED BY member_case
              CROSS JOIN body b ON b.id = k.mention WHERE k.case_id = ?3 ORDER BY k.mention LIMIT 1))",
    )
    .bind(realm)
    .bind(thread)
    .bind(case)
    .fetch_one(conn)
    .await?;
    Ok(name.unwrap_or_default())
}

/// What went both ways with a person; accounts that are one with this one included.
pub(in crate::store::sqlite) async fn card(
    conn: &mut SqliteConnection,
    person: PersonId,
    limit: u32,
) -> Done<Option<PersonCard>> {
    let accounts = json(people::members(conn, [person.0]).await?);
    let Some(row) = sqlx::query(
        "SELECT p.handle, p.name, p.followers,
             (SELECT count(*) FROM json_each(?2) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value),
             (SELECT count(*) FROM json_each(?2) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
                  CROSS JOIN act a INDEXED BY act_answers ON a.answers = b.id),
             (SELECT min(b.first_seen) FROM json_each(?2) j CROSS JOIN body b INDEXED BY body_person
                  ON b.person = j.value)
         FROM person p WHERE p.id = ?1",
    )
    .bind(person.0)
    .bind(&accounts)
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    let (handle, name): (Option<&str>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
    let count = |column: usize| -> sqlx::Result<u64> { Ok(row.try_get::<i64, _>(column)?.unsigned_abs()) };
    let sql = turns!(
        "FROM json_each(?1) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
         CROSS JOIN mention m ON m.place = b.place LEFT JOIN person p ON p.id = b.person",
        "FROM json_each(?1) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
         CROSS JOIN act a INDEXED BY act_answers ON a.answers = b.id LEFT JOIN person p ON p.id = a.person
         WHERE ?2 IS NULL"
    );
    let turns = sqlx::query(sql).bind(&accounts).bind(None::<i64>).bind(limit.min(MOST));
    let turns = turns.try_map(|row: SqliteRow| turn(&row)).fetch_all(&mut *conn).await?;
    let promises = sqlx::query(
        "SELECT q.id, q.text, q.due, q.kept FROM json_each(?) j
         CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
         CROSS JOIN promise q INDEXED BY promise_case ON q.case_id = c.id WHERE q.kept IS NULL ORDER BY q.due, q.id",
    );
    let promises =
        promises.bind(&accounts).try_map(|row: SqliteRow| inbox::promise(&row)).fetch_all(&mut *conn).await?;
    let open: Vec<i64> = sqlx::query_scalar(
        "SELECT c.id FROM json_each(?) j CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
         WHERE c.status < 3 ORDER BY c.due, c.id",
    )
    .bind(&accounts)
    .fetch_all(&mut *conn)
    .await?;
    let since: Option<Timestamp> = row.try_get::<Option<i64>, _>(5)?.map(from_millis);
    Ok(Some(PersonCard {
        person,
        who: SafeText::line(handle.or(name).unwrap_or_default(), AUTHOR),
        name: SafeText::line(name.unwrap_or_default(), AUTHOR),
        followers: row.try_get::<Option<i64>, _>(2)?.map(i64::unsigned_abs),
        turns,
        mentions: count(3)?,
        answers: count(4)?,
        since,
        promises,
        open: open.into_iter().map(CaseId).collect(),
    }))
}
