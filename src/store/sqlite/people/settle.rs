//! Adding ties up: what went both ways with a person, out of what is stored.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::members;
use crate::domain::person::{Exchange, TieSums};
use crate::domain::{Intent, Sentiment, Timestamp};
use crate::store::people::AddUp;
use crate::store::sqlite::bulk::{json, json_rows};
use crate::store::sqlite::codec::{self, flag};
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::{from_millis, published, to_millis};
use crate::store::sqlite::{forget, record, words};

/// Shortest folded handle or name by which two accounts may look alike, in characters.
const ALIKE: usize = 3;

/// One thing that went between the brand and a person.
#[derive(Debug, Clone)]
pub(super) struct Went {
    pub(super) at: Timestamp,
    pub(super) exchange: Exchange,
    pub(super) words: String,
}

/// What went between the brand and a person, and how they spoke of it.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) went: Vec<Went>,
    pub(super) attitudes: Vec<(Timestamp, Sentiment)>,
}

impl History {
    fn note(&mut self, at: Timestamp, exchange: Exchange, words: &str) {
        self.went.push(Went { at, exchange, words: words.to_owned() });
    }

    /// Without the words.
    pub(super) fn plain(&self) -> Vec<(Timestamp, Exchange)> {
        self.went.iter().map(|went| (went.at, went.exchange)).collect()
    }
}

/// A public mention of theirs that concerns the brand.
struct Said {
    id: i64,
    at: Timestamp,
    /// Realm and hash of what it answers.
    target: Option<[i64; 2]>,
    words: String,
}

/// What went between the brand and the accounts of one person.
pub(super) async fn history(conn: &mut SqliteConnection, accounts: &[i64]) -> Done<History> {
    let mut history = History::default();
    let people = json(accounts.iter().copied());
    let said = said(conn, &people, &mut history).await?;
    let answers: Vec<(i64, i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT a.answers, a.published, a.text, coalesce(k.said, k.deed) FROM json_each(?) j
         CROSS JOIN act a INDEXED BY act_answers ON a.answers = j.value LEFT JOIN book k ON k.act = a.id
         WHERE a.visibility <> 2 ORDER BY a.published, a.id",
    )
    .bind(json(said.iter().map(|said| said.id)))
    .fetch_all(&mut *conn)
    .await?;
    let mut answered = BTreeMap::new();
    for (mention, at, text, deed) in answers {
        let at = from_millis(at);
        history.note(at, Exchange::WeWrote, &text);
        if let Some(deed) = deed.map(codec::deed_from).and_then(Exchange::of_ours) {
            history.note(at, deed, &text);
        }
        answered.entry(mention).or_insert((at, text));
    }
    let targets = said.iter().filter(|said| !answered.contains_key(&said.id)).filter_map(|said| said.target);
    let ours: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT d.realm, d.key FROM json_each(?) j CROSS JOIN deed d ON d.realm = j.value ->> 0 AND d.key = j.value ->> 1
         CROSS JOIN act a ON a.id = d.act WHERE a.visibility <> 2",
    )
    .bind(json_rows(targets))
    .fetch_all(&mut *conn)
    .await?;
    let ours: BTreeSet<[i64; 2]> = ours.into_iter().map(|(realm, key)| [realm, key]).collect();
    for said in &said {
        if let Some((at, text)) = answered.get(&said.id) {
            history.note(*at, Exchange::TwoWay, text);
        } else if said.target.is_some_and(|target| ours.contains(&target)) {
            history.note(said.at, Exchange::TwoWay, &said.words);
        }
    }
    for at in resolved(conn, &people).await? {
        history.note(at, Exchange::Resolved, "");
    }
    Ok(history)
}

/// Their public mentions about the brand or to it; notes what is theirs alone.
async fn said(conn: &mut SqliteConnection, people: &str, history: &mut History) -> Done<Vec<Said>> {
    let brands: BTreeSet<i64> =
        sqlx::query_scalar("SELECT id FROM subject WHERE role = 0").fetch_all(&mut *conn).await?.into_iter().collect();
    let rows = sqlx::query(
        "SELECT b.id, b.place, b.readings, b.flags, b.parent, b.root, coalesce(b.realm, m.source), b.title, b.text
         FROM json_each(?) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
         CROSS JOIN mention m ON m.place = b.place WHERE b.visibility <> 2 ORDER BY b.place",
    )
    .bind(people)
    .fetch_all(conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let (readings, flags): (&[u8], i64) = (row.try_get(2)?, row.try_get(3)?);
        let readings = codec::readings_from(readings);
        let of_us: Vec<_> =
            readings.iter().filter(|reading| reading.about && brands.contains(&reading.subject.0)).collect();
        if of_us.is_empty() && flags & flag::ADDRESSED == 0 {
            continue;
        }
        let said = of_row(row)?;
        history.note(said.at, Exchange::TheyWrote, &said.words);
        if of_us.iter().any(|reading| reading.intents.has(Intent::Praise)) {
            history.note(said.at, Exchange::TheirPraise, &said.words);
        }
        history.attitudes.extend(of_us.iter().find_map(|reading| reading.likeliest()).map(|one| (said.at, one)));
        all.push(said);
    }
    Ok(all)
}

fn of_row(row: &SqliteRow) -> sqlx::Result<Said> {
    let (parent, root): (Option<&str>, Option<&str>) = (row.try_get(4)?, row.try_get(5)?);
    let filled = |id: Option<&'_ str>| id.filter(|id| !id.is_empty()).map(record::name_key);
    let realm: i64 = row.try_get(6)?;
    let title: Option<&str> = row.try_get(7)?;
    let text: &str = row.try_get(8)?;
    Ok(Said {
        id: row.try_get(0)?,
        at: published(row.try_get(1)?),
        target: filled(parent).or_else(|| filled(root)).map(|key| [realm, key]),
        words: title.filter(|title| !title.is_empty()).unwrap_or(text).to_owned(),
    })
}

/// When public complaints of theirs were resolved.
async fn resolved(conn: &mut SqliteConnection, people: &str) -> Done<Vec<Timestamp>> {
    let closed: Vec<i64> = sqlx::query_scalar(
        "SELECT c.closed FROM json_each(?1) j CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
         WHERE c.status = 3 AND c.wanted & 1 AND c.private = 0 AND c.closed IS NOT NULL
         UNION ALL
         SELECT t.closed FROM json_each(?1) j CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
         CROSS JOIN turn t ON t.case_id = c.id
         WHERE t.status = 3 AND t.wanted & 1 AND c.private = 0 AND t.closed IS NOT NULL",
    )
    .bind(people)
    .fetch_all(conn)
    .await?;
    Ok(closed.into_iter().map(from_millis).collect())
}

/// Adds up the ties of those of whom something came, changed or went.
pub(super) async fn settle(conn: &mut SqliteConnection, add_up: &dyn AddUp, limit: u32) -> Done<u64> {
    let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM unsettled)").fetch_one(&mut *conn).await?;
    if !any {
        return Ok(0);
    }
    let mut tx = begin(conn).await?;
    let people: Vec<i64> = sqlx::query_scalar("SELECT person FROM unsettled ORDER BY person LIMIT ?")
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    let mut done = BTreeSet::new();
    for person in &people {
        if done.contains(person) {
            continue;
        }
        let accounts = members(&mut tx, [*person]).await?;
        settle_one(&mut tx, &accounts, add_up).await?;
        done.extend(accounts);
    }
    sqlx::query("DELETE FROM unsettled WHERE person IN (SELECT value FROM json_each(?))")
        .bind(json(done))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(people.len() as u64)
}

async fn settle_one(conn: &mut SqliteConnection, accounts: &[i64], add_up: &dyn AddUp) -> Done<()> {
    let history = history(conn, accounts).await?;
    let all = json(accounts.iter().copied());
    let sums = add_up.sums(&history.plain());
    let known: Vec<(i64, Option<String>, Option<String>)> =
        sqlx::query_as("SELECT id, handle, name FROM person WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id")
            .bind(&all)
            .fetch_all(&mut *conn)
            .await?;
    let root = known.first().map(|person| person.0).filter(|_| sums.last.is_some());
    // One row for all of them.
    sqlx::query("DELETE FROM tie WHERE person IN (SELECT value FROM json_each(?1)) AND person IS NOT ?2")
        .bind(&all)
        .bind(root)
        .execute(&mut *conn)
        .await?;
    for sql in [
        "DELETE FROM person_word WHERE person IN (SELECT value FROM json_each(?))",
        "DELETE FROM person_alike WHERE person IN (SELECT value FROM json_each(?))",
    ] {
        sqlx::query(sql).bind(&all).execute(&mut *conn).await?;
    }
    let Some(root) = root else { return Ok(()) };
    write(conn, root, &sums).await?;
    let texts = known.iter().flat_map(|(_, handle, name)| [handle.as_deref(), name.as_deref()]).flatten();
    for word in words::of_texts(texts).split(' ').filter(|word| !word.is_empty()) {
        sqlx::query("INSERT OR IGNORE INTO person_word (word, person) VALUES (?, ?)")
            .bind(word)
            .bind(root)
            .execute(&mut *conn)
            .await?;
    }
    for (id, handle, name) in &known {
        let folded =
            |text: &Option<String>| text.as_deref().map(forget::folded).filter(|text| text.chars().count() >= ALIKE);
        sqlx::query("INSERT OR REPLACE INTO person_alike (person, handle, name) VALUES (?, ?, ?)")
            .bind(id)
            .bind(folded(handle))
            .bind(folded(name))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn write(conn: &mut SqliteConnection, person: i64, sums: &TieSums) -> Done<()> {
    sqlx::query(
        "INSERT INTO tie (person, worth, theirs, ours, turns, resolved, praises, gives, asks, last, week, weeks, regular)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (person) DO UPDATE SET worth = excluded.worth, theirs = excluded.theirs, ours = excluded.ours,
             turns = excluded.turns, resolved = excluded.resolved, praises = excluded.praises, gives = excluded.gives,
             asks = excluded.asks, last = excluded.last, week = excluded.week, weeks = excluded.weeks,
             regular = excluded.regular",
    )
    .bind(person)
    .bind(sums.worth)
    .bind(sums.theirs)
    .bind(sums.ours)
    .bind(sums.turns)
    .bind(sums.resolved)
    .bind(sums.praises)
    .bind(sums.gives)
    .bind(sums.asks)
    .bind(sums.last.map(to_millis).unwrap_or_default())
    .bind(sums.week)
    .bind(sums.weeks)
    .bind(sums.regular)
    .execute(conn)
    .await?;
    Ok(())
}
