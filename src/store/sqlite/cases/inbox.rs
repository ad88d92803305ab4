//! Reading cases: windows of the inbox, and whole ones.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::super::fault::Done;
use super::super::place::{from_millis, to_millis};
use super::super::query::Sql;
use super::super::rows;
use super::state::{dismissal_from, status_from};
use super::steps::{self, VOICE};
use super::turns;
use super::word::{RECOVERED, UNHAPPY, sentiment_from};
use super::work::AFTER;
use crate::domain::case::{
    Aftermath, Case, CaseRow, CaseStatus, Claim, HandOver, InboxFilter, InboxKey, Promise, Weighing,
};
use crate::domain::{CaseId, Intents, PersonId, PromiseId, SafeText, SourceId, Timestamp};

/// Most rows that are read at once.
const MOST: u32 = 10_000;
/// Turns of the thread that a whole case shows.
const TURNS: u32 = 100;

/// Longest words on who has a case that is handed over, in characters.
const HANDED: usize = 300;

/// What [`row`] needs besides the columns of the mention that stands for the case.
const COLUMNS: &str = "c.id, c.status, c.dismissal, c.snooze, c.voice, c.claimed, c.person, c.mentions, c.intents,
    c.sentiment, c.opened, c.due, c.severity, c.followers, c.reposts, c.acknowledged, c.closed, c.reopened, c.promise,
    c.answered, c.aftermath, c.private, c.revision, c.source, c.realm, c.thread, c.handed_to, c.handed_due";
/// How many columns of the mention come first.
const FIRST: usize = 19;

/// The conditions of a filter on the cases `alias`, with what is bound to them.
fn conditions(filter: &InboxFilter, alias: &str, now: i64) -> Vec<(String, Vec<super::super::bulk::Cell>)> {
    let mut all = Vec::new();
    if !filter.closed {
        all.push((format!("{alias}.status < 3"), Vec::new()));
    }
    if !filter.snoozed {
        all.push((format!("({alias}.snooze IS NULL OR {alias}.snooze <= ?)"), vec![now.into()]));
    }
    if let Some(voice) = &filter.voice {
        all.push((format!("{alias}.claimed > ? AND {alias}.voice = ?"), vec![now.into(), voice.clone().into()]));
    }
    if filter.unclaimed {
        all.push((format!("({alias}.claimed IS NULL OR {alias}.claimed <= ?)"), vec![now.into()]));
    }
    if let Some(person) = filter.person {
        all.push((format!("{alias}.person = ?"), vec![person.0.into()]));
    }
    if filter.only_snoozed {
        all.push((format!("{alias}.snooze > ?"), vec![now.into()]));
    }
    if let Some(story) = filter.story {
        all.push((format!("{alias}.story = ?"), vec![story.0.into()]));
    }
    all
}

/// The index whose order is that of the inbox and that leaves the least to skip.
fn index(filter: &InboxFilter) -> &'static str {
    if filter.story.is_some() {
        "cases_story"
    } else if filter.person.is_some() {
        "cases_person"
    } else if filter.voice.is_some() {
        "cases_claimed"
    } else if filter.closed {
        "cases_all"
    } else {
        "cases_open"
    }
}

/// A window of the inbox. With one row a story, each row costs one more look into an index.
pub(super) async fn window(
    conn: &mut SqliteConnection,
    filter: &InboxFilter,
    after: Option<InboxKey>,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<CaseRow>> {
    let (text, arguments) = ask(filter, after, now, limit).ready()?;
    let found = sqlx::query_with(AssertSqlSafe(text), arguments).fetch_all(conn).await?;
    Ok(found.iter().map(|found| row(found, now)).collect::<sqlx::Result<_>>()?)
}

/// The question for a window.
pub(super) fn ask(filter: &InboxFilter, after: Option<InboxKey>, now: Timestamp, limit: u32) -> Sql {
    let millis = to_millis(now);
    let mut sql = Sql::default();
    let (columns, joins) = (rows::COLUMNS, rows::JOINS);
    // The reader's claim index knows only claimed ones, which the condition must say.
    let claimed = if index(filter) == "cases_claimed" { "c.claimed IS NOT NULL AND" } else { "" };
    let from = format!(
        "SELECT {columns}, {COLUMNS} FROM cases c INDEXED BY {} CROSS JOIN mention m ON m.place = c.place {joins}
         WHERE {claimed} (c.due, c.id) > (?, ?)",
        index(filter)
    );
    let key = after.map_or((i64::MIN, i64::MIN), |key| (to_millis(key.due), key.id.0));
    sql.add(&from, [key.0.into(), key.1.into()]);
    for (text, cells) in conditions(filter, "c", millis) {
        sql.add(&format!(" AND {text}"), cells);
    }
    if filter.one_per_story {
        sql.add(
            " AND NOT EXISTS (SELECT 1 FROM cases o INDEXED BY cases_story
              WHERE o.story = c.story AND (o.due, o.id) < (c.due, c.id)",
            [],
        );
        for (text, cells) in conditions(filter, "o", millis) {
            sql.add(&format!(" AND {text}"), cells);
        }
        sql.add(")", []);
    }
    sql.add(" ORDER BY c.due, c.id LIMIT ?", [i64::from(limit.min(MOST)).into()]);
    sql
}

/// One case as a line of the inbox, with its source, realm and thread.
async fn one(conn: &mut SqliteConnection, id: CaseId) -> Done<Option<SqliteRow>> {
    let (columns, joins) = (rows::COLUMNS, rows::JOINS);
    let sql = format!(
        "SELECT {columns}, {COLUMNS} FROM cases c CROSS JOIN mention m ON m.place = c.place {joins} WHERE c.id = ?"
    );
    Ok(sqlx::query(AssertSqlSafe(sql)).bind(id.0).fetch_optional(conn).await?)
}

/// One case as a line of the inbox.
pub(super) async fn line(conn: &mut SqliteConnection, id: CaseId, now: Timestamp) -> Done<Option<CaseRow>> {
    Ok(one(conn, id).await?.map(|found| row(&found, now)).transpose()?)
}

/// A whole case.
pub(super) async fn case(conn: &mut SqliteConnection, id: CaseId, now: Timestamp) -> Done<Option<Case>> {
    let Some(found) = one(conn, id).await? else { return Ok(None) };
    let row = row(&found, now)?;
    let column = |at: usize| -> sqlx::Result<i64> { found.try_get(FIRST + at) };
    let (source, realm, thread) = (column(23)?, column(24)?, column(25)?);
    Ok(Some(Case {
        thread: turns::name(conn, realm, thread, id.0).await?,
        source: SourceId(source),
        network: row.mention.network.clone(),
        turns: turns::of(conn, realm, thread, TURNS).await?,
        steps: steps::of(conn, id.0).await?,
        promises: promises(conn, id.0).await?,
        row,
    }))
}

/// Promises of a case, the next due first, kept ones last.
async fn promises(conn: &mut SqliteConnection, case: i64) -> Done<Vec<Promise>> {
    let rows =
        sqlx::query("SELECT id, text, due, kept FROM promise WHERE case_id = ? ORDER BY kept IS NOT NULL, due, id");
    let rows = rows.bind(case).try_map(|row: SqliteRow| promise(&row));
    Ok(rows.fetch_all(conn).await?)
}

/// A promise from number, text, due and kept.
pub(super) fn promise(row: &SqliteRow) -> sqlx::Result<Promise> {
    Ok(Promise {
        id: PromiseId(row.try_get(0)?),
        text: steps::words(row.try_get(1)?),
        due: from_millis(row.try_get(2)?),
        kept: row.try_get::<Option<i64>, _>(3)?.map(from_millis),
    })
}

fn row(found: &SqliteRow, now: Timestamp) -> sqlx::Result<CaseRow> {
    let mention = rows::row(found)?;
    let number = |at: usize| -> sqlx::Result<i64> { found.try_get(FIRST + at) };
    let maybe = |at: usize| -> sqlx::Result<Option<i64>> { found.try_get(FIRST + at) };
    let moment = |at: usize| -> sqlx::Result<Option<Timestamp>> { Ok(maybe(at)?.map(from_millis)) };
    let voice: Option<&str> = found.try_get(FIRST + 4)?;
    let claim = maybe(5)?
        .filter(|until| *until > to_millis(now))
        .map(|until| Claim { voice: SafeText::line(voice.unwrap_or_default(), VOICE), until: from_millis(until) });
    let status = status_from(number(1)?);
    let to: Option<&str> = found.try_get(FIRST + 26)?;
    let due = moment(27)?;
    let handed = to.filter(|_| status == CaseStatus::HandedOver);
    Ok(CaseRow {
        id: CaseId(number(0)?),
        status,
        dismissal: maybe(2)?.map(dismissal_from),
        snooze: maybe(3)?.map(steps::snooze_from),
        claim,
        handed: handed.map(|to| HandOver { to: SafeText::line(to, HANDED), due }),
        who: mention.author.clone(),
        person: maybe(6)?.map(PersonId),
        mention,
        mentions: u32::try_from(number(7)?).unwrap_or(u32::MAX),
        intents: intents(number(8)?),
        sentiment: maybe(9)?.map(sentiment_from),
        opened: from_millis(number(10)?),
        due: from_millis(number(11)?),
        weighing: Weighing {
            severity: found.try_get(FIRST + 12)?,
            followers: maybe(13)?.map(i64::unsigned_abs),
            reposts_per_hour: found.try_get(FIRST + 14)?,
        },
        acknowledged: moment(15)?,
        closed: moment(16)?,
        reopened: u32::try_from(number(17)?).unwrap_or(u32::MAX),
        promise: moment(18)?,
        aftermath: aftermath(maybe(19)?, maybe(20)?, to_millis(now)),
        private: found.try_get(FIRST + 21)?,
        revision: number(22)?,
    })
}

/// Intents of their bits.
pub(super) fn intents(bits: i64) -> Intents {
    Intents::from_bits(u8::try_from(bits & 0xff).unwrap_or_default())
}

/// What became of the person by now: silence needs no note, it is told by the clock.
pub(super) fn aftermath(answered: Option<i64>, word: Option<i64>, now: i64) -> Option<Aftermath> {
    match (answered?, word) {
        (_, Some(RECOVERED)) => Some(Aftermath::Recovered),
        (_, Some(UNHAPPY)) => Some(Aftermath::Unhappy),
        (answered, _) if now > answered.saturating_add(AFTER) => Some(Aftermath::Silent),
        _ => Some(Aftermath::Waiting),
    }
}
