//! The list of people, by key.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::domain::person::{self, Handle, PeopleFigures, PeopleFilter, PeopleKey, PeopleOrder, PersonRow, TieSums};
use crate::domain::time::SignedDuration;
use crate::domain::{Network, PersonId, SafeText, Timestamp};
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::{from_millis, to_millis};
use crate::store::sqlite::rows::AUTHOR;
use crate::store::sqlite::words;

/// Days of silence after which a regular counts as silent.
const SILENT: SignedDuration = SignedDuration::from_hours(28 * 24);
/// Most people that are read at once.
const MOST: u32 = 1_000;
/// People up to which those with a word are gathered and put in order; more of them are met soon enough in the order
/// itself.
const FEW: i64 = 1_000;
/// Most words of a filter.
const WORDS: usize = 8;

macro_rules! columns {
    () => {
        "SELECT t.person, t.worth, t.theirs, t.ours, t.turns, t.resolved, t.praises, t.gives, t.asks, t.last, t.week,
             t.weeks, t.regular FROM "
    };
}

/// The statement of a page. `few`: those with the first word are gathered first.
pub(in crate::store::sqlite) fn sql(order: PeopleOrder, words: usize, few: bool, after: bool) -> String {
    let (index, key, only) = match order {
        PeopleOrder::Strength => ("tie_worth", "t.worth", ""),
        PeopleOrder::LastContact => ("tie_last", "t.last", ""),
        PeopleOrder::SilentRegulars => ("tie_regular", "t.last", " AND t.regular = 1 AND t.last < ?3"),
    };
    let mut sql = columns!().to_owned();
    let range = |word: usize| format!("w.word >= ?{} AND w.word < ?{}", 5 + 2 * word, 6 + 2 * word);
    if few {
        sql.push_str(&format!("(SELECT DISTINCT w.person AS who FROM person_word w WHERE {}) c ", range(0)));
        sql.push_str("CROSS JOIN tie t ON t.person = c.who WHERE 1");
    } else {
        sql.push_str(&format!("tie t INDEXED BY {index} WHERE 1"));
    }
    sql.push_str(only);
    if after {
        sql.push_str(&format!(" AND ({key}, t.person) < (?1, ?2)"));
    }
    for word in usize::from(few)..words {
        sql.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM person_word w INDEXED BY person_word_person WHERE w.person = t.person AND {})",
            range(word)
        ));
    }
    sql.push_str(&format!(" ORDER BY {key} DESC, t.person DESC LIMIT ?4"));
    sql
}

/// A window of the people with a tie.
pub(super) async fn page(
    conn: &mut SqliteConnection,
    filter: &PeopleFilter,
    after: Option<PeopleKey>,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<PersonRow>> {
    let folded = words::of_texts([filter.words.as_str()]);
    let mut wanted: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).take(WORDS).collect();
    let few = rarest_first(conn, &mut wanted).await?;
    let sql = sql(filter.order, wanted.len(), few, after.is_some());
    let key = after.map(|after| (after.worth, to_millis(after.last), after.person.0));
    let (worth, last, person) = key.unwrap_or_default();
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    query = match filter.order {
        PeopleOrder::Strength => query.bind(worth),
        _ => query.bind(last),
    };
    query = query.bind(person).bind(to_millis(now.saturating_sub(SILENT).unwrap_or(now))).bind(limit.min(MOST));
    for word in wanted {
        query = query.bind(word.to_owned()).bind(format!("{word}\u{10FFFF}"));
    }
    let ties = query.try_map(|row: SqliteRow| tie(&row)).fetch_all(&mut *conn).await?;
    let mut people = named(conn, ties.iter().map(|tie| tie.0)).await?;
    let rows = ties.into_iter().map(|(id, sums)| {
        let (handles, followers) = people.remove(&id).unwrap_or_default();
        PersonRow { id: PersonId(id), handles, followers, sums }
    });
    Ok(rows.collect())
}

/// Puts the rarest word first. Tells whether few have it.
async fn rarest_first(conn: &mut SqliteConnection, words: &mut [&str]) -> Done<bool> {
    let mut counted = Vec::with_capacity(words.len());
    for word in words.iter() {
        let many: i64 =
            sqlx::query_scalar("SELECT count(*) FROM (SELECT 1 FROM person_word WHERE word >= ? AND word < ? LIMIT ?)")
                .bind(*word)
                .bind(format!("{word}\u{10FFFF}"))
                .bind(FEW + 1)
                .fetch_one(&mut *conn)
                .await?;
        counted.push((many, *word));
    }
    counted.sort_unstable();
    let few = counted.first().is_some_and(|(many, _)| *many <= FEW);
    for (word, (_, next)) in words.iter_mut().zip(counted) {
        *word = next;
    }
    Ok(few)
}

/// A row of ties.
pub(super) fn tie(row: &SqliteRow) -> sqlx::Result<(i64, TieSums)> {
    let count =
        |column: usize| -> sqlx::Result<u32> { Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX)) };
    let sums = TieSums {
        worth: row.try_get(1)?,
        theirs: count(2)?,
        ours: count(3)?,
        turns: count(4)?,
        resolved: count(5)?,
        praises: count(6)?,
        gives: count(7)?,
        asks: count(8)?,
        last: Some(from_millis(row.try_get(9)?)),
        week: row.try_get(10)?,
        weeks: u16::try_from(row.try_get::<i64, _>(11)?).unwrap_or_default(),
        regular: row.try_get(12)?,
    };
    Ok((row.try_get(0)?, sums))
}

/// The accounts of people, and the largest number of followers of each.
pub(super) async fn named(
    conn: &mut SqliteConnection,
    people: impl Iterator<Item = i64>,
) -> Done<BTreeMap<i64, (Vec<Handle>, Option<u64>)>> {
    let rows: Vec<(i64, i64, String, Option<String>, Option<String>, Option<i64>)> = sqlx::query_as(
        "SELECT x.root, p.id, n.name, p.handle, p.name, p.followers FROM (
             SELECT value AS root, value AS id FROM json_each(?1)
             UNION SELECT j.value, o.person FROM json_each(?1) j CROSS JOIN whole w ON w.person = j.value
                 CROSS JOIN whole o INDEXED BY whole_one ON o.one = w.one) x
         CROSS JOIN person p ON p.id = x.id CROSS JOIN network n ON n.id = p.network ORDER BY x.root, p.id",
    )
    .bind(json(people))
    .fetch_all(conn)
    .await?;
    let mut all: BTreeMap<i64, (Vec<Handle>, Option<u64>)> = BTreeMap::new();
    for (root, id, network, handle, name, followers) in rows {
        let entry = all.entry(root).or_default();
        entry.0.push(shown(id, &network, handle.as_deref(), name.as_deref()));
        entry.1 = entry.1.max(followers.map(i64::unsigned_abs));
    }
    Ok(all)
}

/// An account as it is shown.
pub(super) fn shown(id: i64, network: &str, handle: Option<&str>, name: Option<&str>) -> Handle {
    let name = name.unwrap_or_default();
    Handle {
        person: PersonId(id),
        network: Network::named(network),
        who: SafeText::line(handle.unwrap_or(name), AUTHOR),
        name: SafeText::line(name, AUTHOR),
    }
}

/// Those who may be regulars now: week, weeks and turns.
pub(in crate::store::sqlite) const MAYBE_REGULAR: &str =
    "SELECT week, weeks, turns FROM tie INDEXED BY tie_week WHERE regular = 1 AND week > ?";

/// Figures over everybody with a tie.
pub(super) async fn figures(conn: &mut SqliteConnection, now: Timestamp) -> Done<PeopleFigures> {
    let (people, turns): (i64, i64) = sqlx::query_as("SELECT people, turns FROM ties").fetch_one(&mut *conn).await?;
    let week = person::week(now);
    let maybe: Vec<(i64, i64, i64)> =
        sqlx::query_as(MAYBE_REGULAR).bind(week - person::WEEKS).fetch_all(&mut *conn).await?;
    let mut figures =
        PeopleFigures { people: people.unsigned_abs(), turns: turns.unsigned_abs(), ..PeopleFigures::default() };
    for (newest, weeks, turns) in maybe {
        if person::is_regular(newest, u16::try_from(weeks).unwrap_or_default(), week) {
            figures.regulars += 1;
            figures.regular_turns += turns.unsigned_abs();
        }
    }
    let unsettled: i64 = sqlx::query_scalar("SELECT count(*) FROM unsettled").fetch_one(conn).await?;
    figures.unsettled = unsettled.unsigned_abs();
    Ok(figures)
}

/// Accounts elsewhere that have the same handle or name.
pub(super) async fn alike(conn: &mut SqliteConnection, accounts: &[i64]) -> Done<Vec<Handle>> {
    let found: Vec<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT p.id, n.name, p.handle, p.name FROM (
             SELECT o.person AS id FROM json_each(?1) j CROSS JOIN person_alike a ON a.person = j.value
                 CROSS JOIN person_alike o INDEXED BY person_alike_handle ON o.handle = a.handle
             UNION
             SELECT o.person FROM json_each(?1) j CROSS JOIN person_alike a ON a.person = j.value
                 CROSS JOIN person_alike o INDEXED BY person_alike_name ON o.name = a.name LIMIT 100) x
         CROSS JOIN person p ON p.id = x.id CROSS JOIN network n ON n.id = p.network
         WHERE p.network NOT IN (SELECT network FROM person WHERE id IN (SELECT value FROM json_each(?1)))
         ORDER BY p.id LIMIT 9",
    )
    .bind(json(accounts.iter().copied()))
    .fetch_all(conn)
    .await?;
    let own: BTreeSet<i64> = accounts.iter().copied().collect();
    let found = found.into_iter().filter(|(id, ..)| !own.contains(id));
    Ok(found.map(|(id, network, handle, name)| shown(id, &network, handle.as_deref(), name.as_deref())).collect())
}
