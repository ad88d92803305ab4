//! What the configuration names, and how its sources fare.

use std::collections::HashSet;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::codec;
use super::connection::begin;
use super::fault::{Done, Fault};
use super::lease;
use super::place::{from_millis, to_millis};
use super::realm;
use crate::domain::time::SignedDuration;
use crate::domain::{
    Meter, Network, OwnHistory, Role, SafeText, SourceHealth, SourceId, SourceState, Subject, SubjectId, Timestamp,
    WatchId, WatchRule,
};
use crate::store::{Adopted, PollOutcome, Roster, RosterSource, RosterWatch};

/// Longest trouble that is kept, in bytes.
const LONGEST_TROUBLE: usize = 4_000;
/// Most meters of a source.
const MOST_METERS: usize = 20;
/// Longest name of a meter, in characters.
const LONGEST_METER: usize = 60;

/// Brings the roster in. Nothing is written when nothing changed.
pub(super) async fn adopt(conn: &mut SqliteConnection, roster: &Roster) -> Done<Adopted> {
    distinct("subjects", roster.subjects.iter().map(|(name, _)| name))?;
    distinct("watches", roster.watches.iter().map(|watch| &watch.name))?;
    distinct("sources", roster.sources.iter().map(|source| &source.name))?;
    let mut tx = begin(conn).await?;
    if standing(&mut tx).await?.is_as(roster) {
        return adopted(&mut tx).await;
    }
    place(&mut tx, roster).await?;
    let adopted = adopted(&mut tx).await?;
    tx.commit().await?;
    Ok(adopted)
}

/// Puts exactly this roster in place.
async fn place(tx: &mut SqliteConnection, roster: &Roster) -> Done<()> {
    for table in ["subject", "watch", "source"] {
        let leave = format!("UPDATE {table} SET position = NULL");
        sqlx::query(sqlx::AssertSqlSafe(leave)).execute(&mut *tx).await?;
    }
    for (position, (name, role)) in (0_i64..).zip(&roster.subjects) {
        sqlx::query(
            "INSERT INTO subject (name, role, position) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET role = ?2, position = ?3",
        )
        .bind(name)
        .bind(codec::role(*role))
        .bind(position)
        .execute(&mut *tx)
        .await?;
    }
    for (position, watch) in (0_i64..).zip(&roster.watches) {
        let context = serde_json::to_string(&watch.context).map_err(|error| Fault::other(error.to_string()))?;
        let done = sqlx::query(
            "INSERT INTO watch (name, subject, query, context, position)
             SELECT ?1, id, ?3, ?4, ?5 FROM subject WHERE name = ?2 AND position IS NOT NULL
             ON CONFLICT (name) DO UPDATE SET subject = excluded.subject, query = ?3, context = ?4, position = ?5",
        )
        .bind(&watch.name)
        .bind(&watch.subject)
        .bind(&watch.query)
        .bind(context)
        .bind(position)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Fault::other(format!("watch {:?} is for the unknown subject {:?}", watch.name, watch.subject)));
        }
    }
    for (position, source) in (0_i64..).zip(&roster.sources) {
        bring_in(&mut *tx, Some(position), source).await?;
    }
    Ok(())
}

/// Brings in what the roster names and is not there, and takes nothing away. While another process collects, what that
/// one took on stands: sources that it does not know get a number and no place.
pub(super) async fn join(conn: &mut SqliteConnection, roster: &Roster, by: &str, now: Timestamp) -> Done<Adopted> {
    distinct("sources", roster.sources.iter().map(|source| &source.name))?;
    let mut tx = begin(conn).await?;
    let standing = standing(&mut tx).await?;
    if standing.subjects.is_empty() {
        place(&mut tx, roster).await?;
    } else if lease::is_elsewhere(&mut tx, by, now).await? {
        for source in roster.sources.iter().filter(|source| standing.sources.iter().all(|one| one.name != source.name))
        {
            bring_in(&mut tx, None, source).await?;
        }
    } else {
        let both = standing.clone().and(roster);
        if !standing.is_as(&both) {
            place(&mut tx, &both).await?;
        }
    }
    let mut adopted = adopted(&mut tx).await?;
    adopted.sources.clear();
    for source in &roster.sources {
        let id = sqlx::query_scalar("SELECT id FROM source WHERE name = ?").bind(&source.name);
        adopted.sources.push(SourceId(id.fetch_one(&mut *tx).await?));
    }
    tx.commit().await?;
    Ok(adopted)
}

/// The number of a source that nobody asks; one that is asked keeps its place.
pub(super) async fn apart(conn: &mut SqliteConnection, name: &str, network: &Network) -> Done<SourceId> {
    let mut tx = begin(conn).await?;
    let known: Option<(i64, String, bool)> = sqlx::query_as(
        "SELECT s.id, n.name, s.position IS NOT NULL FROM source s JOIN network n ON n.id = s.network WHERE s.name = ?",
    )
    .bind(name)
    .fetch_optional(&mut *tx)
    .await?;
    match known {
        Some((id, of, _)) if of == network.name() => return Ok(SourceId(id)),
        Some((_, of, true)) => {
            let network = network.name();
            return Err(Fault::other(format!("the source {name:?} is one of {of} and cannot be one of {network}")));
        }
        _ => bring_in(&mut tx, None, &RosterSource::alone(name, network.clone())).await?,
    }
    let id = sqlx::query_scalar("SELECT id FROM source WHERE name = ?").bind(name).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(SourceId(id))
}

async fn bring_in(conn: &mut SqliteConnection, position: Option<i64>, source: &RosterSource) -> Done<()> {
    let RosterSource { name, network, scope } = source;
    sqlx::query("INSERT INTO network (name) VALUES (?) ON CONFLICT DO NOTHING")
        .bind(network.name())
        .execute(&mut *conn)
        .await?;
    let scope = match scope {
        Some(scope) => Some(realm::scope(conn, scope).await?),
        None => None,
    };
    let before: Option<(i64, Option<i64>, bool)> = sqlx::query_as(
        "SELECT s.id, s.scope, n.name = ?2 FROM source s JOIN network n ON n.id = s.network WHERE s.name = ?1",
    )
    .bind(name)
    .bind(network.name())
    .fetch_optional(&mut *conn)
    .await?;
    let kept = match before {
        // The same name for another kind of place has nothing to do with what it was.
        Some((_, before, true)) => scope.or(before),
        _ => scope,
    };
    sqlx::query(
        "INSERT INTO source (name, network, position, scope) SELECT ?1, id, ?3, ?4 FROM network WHERE name = ?2
         ON CONFLICT (name) DO UPDATE SET network = excluded.network, position = ?3, scope = ?4",
    )
    .bind(name)
    .bind(network.name())
    .bind(position)
    .bind(kept)
    .execute(&mut *conn)
    .await?;
    if let (Some((id, None, true)), Some(scope)) = (before, kept) {
        realm::take_along(conn, id, scope).await?;
    }
    Ok(())
}

fn distinct<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Done<()> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Fault::other(format!("two {what} are named {name:?}")));
        }
    }
    Ok(())
}

/// The roster that was adopted last.
async fn standing(conn: &mut SqliteConnection) -> Done<Roster> {
    let known = adopted(conn).await?;
    let name_of = |id: SubjectId| {
        let subject = known.subjects.iter().find(|one| one.id == id);
        subject.map(|subject| subject.name.clone()).unwrap_or_default()
    };
    let watches = known.watches.iter().map(|watch| RosterWatch {
        name: watch.name.clone(),
        subject: name_of(watch.subject),
        query: watch.query.clone(),
        context: watch.context.clone(),
    });
    let watches = watches.collect();
    let sources: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT s.name, n.name, c.name FROM source s JOIN network n ON n.id = s.network
         LEFT JOIN scope c ON c.id = s.scope WHERE s.position IS NOT NULL ORDER BY s.position",
    )
    .fetch_all(conn)
    .await?;
    let source =
        |(name, network, scope): (String, String, _)| RosterSource { name, network: Network::named(&network), scope };
    Ok(Roster {
        subjects: known.subjects.into_iter().map(|subject| (subject.name, subject.role)).collect(),
        watches,
        sources: sources.into_iter().map(source).collect(),
    })
}

impl Roster {
    /// Whether a wanted roster is this one; where it says nothing of a source's scope, the known one is right.
    fn is_as(&self, wanted: &Self) -> bool {
        let same = |(known, wanted): (&RosterSource, &RosterSource)| {
            known.name == wanted.name
                && known.network == wanted.network
                && (wanted.scope.is_none() || known.scope == wanted.scope)
        };
        self.subjects == wanted.subjects
            && self.watches == wanted.watches
            && self.sources.len() == wanted.sources.len()
            && self.sources.iter().zip(&wanted.sources).all(same)
    }

    /// This one, with what another says anew or in addition. Of a roster for another brand only the sources count.
    fn and(mut self, other: &Self) -> Self {
        let brand = |roster: &Self| roster.subjects.iter().find(|(_, role)| *role == Role::Brand).cloned();
        if brand(&self) == brand(other) {
            merge(&mut self.subjects, &other.subjects, |one, two| one.0 == two.0);
            merge(&mut self.watches, &other.watches, |one, two| one.name == two.name);
        }
        merge(&mut self.sources, &other.sources, |one, two| one.name == two.name);
        self
    }
}

/// Puts every new one in the place of the same old one, else behind.
fn merge<T: Clone>(old: &mut Vec<T>, new: &[T], same: impl Fn(&T, &T) -> bool) {
    for one in new {
        match old.iter_mut().find(|known| same(known, one)) {
            Some(known) => *known = one.clone(),
            None => old.push(one.clone()),
        }
    }
}

/// Subjects, watches and sources as last adopted.
pub(super) async fn adopted(conn: &mut SqliteConnection) -> Done<Adopted> {
    let subjects = sqlx::query("SELECT id, name, role FROM subject WHERE position IS NOT NULL ORDER BY position")
        .try_map(|row: SqliteRow| {
            Ok(Subject {
                id: SubjectId(row.try_get(0)?),
                name: row.try_get(1)?,
                role: codec::role_from(row.try_get(2)?),
            })
        })
        .fetch_all(&mut *conn)
        .await?;
    let watches =
        sqlx::query("SELECT id, subject, name, query, context FROM watch WHERE position IS NOT NULL ORDER BY position")
            .try_map(|row: SqliteRow| {
                Ok(WatchRule {
                    id: WatchId(row.try_get(0)?),
                    subject: SubjectId(row.try_get(1)?),
                    name: row.try_get(2)?,
                    query: row.try_get(3)?,
                    context: serde_json::from_str(row.try_get(4)?).unwrap_or_default(),
                })
            })
            .fetch_all(&mut *conn)
            .await?;
    let sources = sqlx::query("SELECT id FROM source WHERE position IS NOT NULL ORDER BY position")
        .try_map(|row: SqliteRow| row.try_get(0).map(SourceId))
        .fetch_all(&mut *conn)
        .await?;
    Ok(Adopted { subjects, watches, sources })
}

/// Every source that was last adopted.
pub(super) async fn sources(conn: &mut SqliteConnection) -> Done<Vec<SourceState>> {
    let states = sqlx::query(
        "SELECT s.id, s.name, n.name, s.cursor, s.health, s.trouble, s.failures, s.polled, s.answered, s.fresh,
                s.next, s.interval, s.mentions, s.meters, s.live, s.own_place, s.own_reached, s.own_posts, s.own_done
         FROM source s JOIN network n ON n.id = s.network WHERE s.position IS NOT NULL ORDER BY s.position",
    )
    .try_map(|row: SqliteRow| state(&row))
    .fetch_all(&mut *conn)
    .await?;
    Ok(states)
}

/// Names of all sources, those without a place in the roster included.
pub(super) async fn source_names(conn: &mut SqliteConnection) -> Done<Vec<(SourceId, String)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, name FROM source").fetch_all(&mut *conn).await?;
    Ok(rows.into_iter().map(|(id, name)| (SourceId(id), name)).collect())
}

pub(super) async fn scope_of(conn: &mut SqliteConnection, source: SourceId) -> Done<Option<String>> {
    let name = "SELECT p.name FROM source s JOIN scope p ON p.id = s.scope WHERE s.id = ?";
    Ok(sqlx::query_scalar(name).bind(source.0).fetch_optional(&mut *conn).await?)
}

fn state(row: &SqliteRow) -> sqlx::Result<SourceState> {
    let moment = |column: usize| -> sqlx::Result<Option<Timestamp>> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(from_millis))
    };
    Ok(SourceState {
        id: SourceId(row.try_get(0)?),
        name: row.try_get(1)?,
        network: Network::named(row.try_get(2)?),
        cursor: row.try_get(3)?,
        health: codec::health_from(row.try_get(4)?),
        trouble: SafeText::line(row.try_get(5)?, LONGEST_TROUBLE),
        failures: u32::try_from(row.try_get::<i64, _>(6)?).unwrap_or(u32::MAX),
        polled: moment(7)?,
        answered: moment(8)?,
        fresh: moment(9)?,
        next: moment(10)?,
        interval: row.try_get::<Option<i64>, _>(11)?.map(SignedDuration::from_millis),
        mentions: row.try_get::<i64, _>(12)?.unsigned_abs(),
        meters: meters(row.try_get(13)?),
        live: row.try_get(14)?,
        own_history: match row.try_get::<Option<String>, _>(15)? {
            Some(place) => Some(OwnHistory {
                place,
                reached: moment(16)?,
                posts: row.try_get::<i64, _>(17)?.unsigned_abs(),
                done: row.try_get(18)?,
            }),
            None => None,
        },
    })
}

/// Keeps how far back our own posts were fetched.
pub(super) async fn keep_own_history(conn: &mut SqliteConnection, source: SourceId, history: &OwnHistory) -> Done<()> {
    let sql = "UPDATE source SET own_place = ?, own_reached = ?, own_posts = ?, own_done = ? WHERE id = ?";
    let query = sqlx::query(sql)
        .bind(&history.place)
        .bind(history.reached.map(to_millis))
        .bind(i64::try_from(history.posts).unwrap_or(i64::MAX))
        .bind(history.done)
        .bind(source.0);
    query.execute(conn).await?;
    Ok(())
}

/// What a network counts, told by others: cleaned on its way out.
fn meters(stored: &str) -> Vec<Meter> {
    let meters: Vec<Meter> = serde_json::from_str(stored).unwrap_or_default();
    let clean = |text: &str| SafeText::line(text, LONGEST_METER).to_string();
    meters
        .into_iter()
        .take(MOST_METERS)
        .map(|meter| Meter { name: clean(&meter.name), currency: meter.currency.as_deref().map(clean), ..meter })
        .collect()
}

/// Writes down how a poll went and where it left the source.
pub(super) async fn outcome(
    conn: &mut SqliteConnection,
    source: SourceId,
    cursor: &str,
    outcome: &PollOutcome,
) -> Done<()> {
    let at = to_millis(outcome.at);
    let told = outcome.meters.iter().take(MOST_METERS).collect::<Vec<_>>();
    let meters = if told.is_empty() { None } else { serde_json::to_string(&told).ok() };
    let well = matches!(outcome.health, SourceHealth::Working | SourceHealth::Silent);
    sqlx::query(
        "UPDATE source SET cursor = ?2, health = ?3, trouble = ?4, failures = ?5, polled = ?6,
             answered = coalesce(?7, answered), fresh = coalesce(?8, fresh), next = ?9, interval = ?10, live = ?11,
             meters = coalesce(?12, meters) WHERE id = ?1",
    )
    .bind(source.0)
    .bind(cursor)
    .bind(codec::health(outcome.health))
    .bind(codec::capped(&outcome.trouble, LONGEST_TROUBLE))
    .bind(i64::from(outcome.failures))
    .bind(at)
    .bind(well.then_some(at))
    .bind(outcome.fresh.then_some(at))
    .bind(outcome.next.map(to_millis))
    .bind(i64::try_from(outcome.interval.as_millis()).unwrap_or(i64::MAX))
    .bind(outcome.live)
    .bind(meters)
    .execute(conn)
    .await?;
    Ok(())
}
