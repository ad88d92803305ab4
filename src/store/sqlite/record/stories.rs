//! Which story a new mention belongs to.
//!
//! A mention published within the last 30 days joins the story of an earlier mention of the last 30 days that, in
//! this order: it repeats (by native id in its realm, or by address), repeats the same original, has the same
//! address in another source, is about the same link, has the same words, or has a simhash within
//! [`Fingerprint::NEAR`] bits. Among several of one kind the newest published counts. Else it begins a story of its
//! own. Stories never merge and an edit never moves a mention, so that what a reader has under the hand stays. What is
//! not public is in no story but its own, which has its number, negative: nothing else joins it.

use std::collections::HashMap;

use sqlx::sqlite::SqliteConnection;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Kept;
use super::identity;
use super::similar::Similar;
use crate::store::Fingerprint;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place;

/// Days within which mentions are grouped.
const DAYS: i64 = 30;
/// Seconds within which mentions are grouped.
pub(super) const WINDOW: i64 = DAYS * 86_400;
/// Seconds that one period of the stored marks takes.
const PERIOD: i64 = 5 * 86_400;
/// Periods after its first that the window reaches into, and one for clocks that are ahead.
const PERIODS: i64 = WINDOW / PERIOD + 1;
/// Mentions with an address that are looked at for one of another source.
const NEWEST: i64 = 128;
/// Most old marks that are swept away with one recording.
const SWEPT: i64 = 2_000;

/// What two mentions share. Seeds of the stored hashes: never change the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address = 1,
    Link = 2,
    Repost = 3,
    Words = 4,
}

fn hash(kind: Kind, bytes: &[u8]) -> i64 {
    xxh3_64_with_seed(bytes, kind as u64).cast_signed()
}

fn mark(kind: Kind, value: Option<u64>) -> Option<i64> {
    value.map(|value| hash(kind, &value.to_le_bytes()))
}

/// The mark of an address, whichever way it is written: without scheme, fragment and closing slash.
fn address(url: &str) -> Option<i64> {
    let (scheme, rest) = url.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let rest = rest.split('#').next().unwrap_or(rest).trim_end_matches('/');
    (web && !rest.is_empty()).then(|| hash(Kind::Address, rest.as_bytes()))
}

fn marks(print: &Fingerprint) -> impl Iterator<Item = i64> + use<> {
    [mark(Kind::Link, print.link), mark(Kind::Repost, print.repost), mark(Kind::Words, print.words)]
        .into_iter()
        .flatten()
}

/// The hashes by which others find a mention.
pub(super) fn keys_of(kept: &Kept) -> Vec<i64> {
    if kept.is_private() {
        return Vec::new();
    }
    kept.url.as_deref().and_then(address).into_iter().chain(marks(&kept.fingerprint)).collect()
}

/// The period that a place lies in.
pub(super) fn period_of(place: i64) -> i64 {
    place::second_of(place).div_euclid(PERIOD)
}

/// The story of a mention that is not public.
pub(super) fn alone(id: i64) -> i64 {
    -id
}

/// Where new mentions come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    /// The source.
    pub(super) source: i64,
    /// Its realm.
    pub(super) realm: i64,
}

/// A place and the story of the mention there.
type Found = (i64, i64);

/// What the database and the batch so far know by each hash.
#[derive(Default)]
struct Known {
    /// Newest mention by hash.
    marks: HashMap<i64, Found>,
    /// Newest mention of another source by address.
    elsewhere: HashMap<i64, Found>,
    /// Mentions of this realm by identity.
    names: HashMap<i64, Found>,
}

/// A new mention and what it repeats.
pub(super) struct Newcomer<'a> {
    /// The mention; its story is set here.
    pub(super) kept: &'a mut Kept,
    /// Native id or address of what it repeats.
    pub(super) repost_of: Option<&'a str>,
}

/// Sets the stories of new mentions, in their order. `since` is the first place of the last 30 days.
pub(super) async fn assign(
    conn: &mut SqliteConnection,
    from: From,
    since: i64,
    similar: &mut Similar,
    newcomers: &mut [Newcomer<'_>],
) -> Done<()> {
    let mut known = Known::read(conn, from, since, newcomers).await?;
    for Newcomer { kept, repost_of } in newcomers.iter_mut() {
        kept.story = if kept.is_private() { alone(kept.id) } else { kept.id };
        if kept.place < since || kept.is_private() {
            continue;
        }
        let found = known.exact(kept, *repost_of).or_else(|| similar.near(kept.fingerprint.similar?, since));
        if let Some((_, story)) = found {
            kept.story = story;
        }
        known.learn(kept);
        similar.add(kept);
    }
    Ok(())
}

impl Known {
    async fn read(conn: &mut SqliteConnection, from: From, since: i64, all: &[Newcomer<'_>]) -> Done<Self> {
        let mut known = Self::default();
        let recent = || all.iter().filter(|one| one.kept.place >= since && !one.kept.is_private());
        let mut keys: Vec<i64> = recent().flat_map(|one| marks(&one.kept.fingerprint)).collect();
        keys.extend(recent().filter_map(|one| one.repost_of.and_then(address)));
        let addresses = recent().filter_map(|one| one.kept.url.as_deref().and_then(address));
        known.elsewhere = newest(conn, ELSEWHERE, addresses.collect(), since, from.source).await?;
        known.marks = newest(conn, ANYWHERE, keys, since, from.source).await?;
        let names = recent().filter_map(|one| one.repost_of.map(identity::key));
        known.names = newest(conn, BY_NAME, names.collect(), since, from.realm).await?;
        Ok(known)
    }

    fn exact(&self, kept: &Kept, repost_of: Option<&str>) -> Option<Found> {
        let by = |kind, value| mark(kind, value).and_then(|key| self.marks.get(&key)).copied();
        let original = || {
            let name = self.names.get(&identity::key(repost_of?)).copied();
            name.max(address(repost_of?).and_then(|key| self.marks.get(&key)).copied())
        };
        let print = &kept.fingerprint;
        original()
            .or_else(|| by(Kind::Repost, print.repost))
            .or_else(|| kept.url.as_deref().and_then(address).and_then(|key| self.elsewhere.get(&key)).copied())
            .or_else(|| by(Kind::Link, print.link))
            .or_else(|| by(Kind::Words, print.words))
    }

    /// A mention of the batch is known to those behind it.
    fn learn(&mut self, kept: &Kept) {
        let found = (kept.place, kept.story);
        let newest = |map: &mut HashMap<i64, Found>, key| {
            let known = map.entry(key).or_insert(found);
            *known = found.max(*known);
        };
        for key in keys_of(kept) {
            newest(&mut self.marks, key);
        }
        for key in &kept.keys {
            newest(&mut self.names, *key);
        }
    }
}

/// Newest mention of the last 30 days with a mark.
const ANYWHERE: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j CROSS JOIN mention m ON m.place = (
        SELECT max(x.place) FROM json_each(?5) p CROSS JOIN mark x ON x.period = p.value AND x.key = j.value
        WHERE x.place >= ?2) WHERE ?3 IS NOT NULL AND ?4 > 0";

/// The same, of another source.
const ELSEWHERE: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j CROSS JOIN mention m ON m.place = (
        SELECT n.place FROM (
            SELECT x.place FROM json_each(?5) p CROSS JOIN mark x ON x.period = p.value AND x.key = j.value
            WHERE x.place >= ?2 LIMIT ?4) x
        CROSS JOIN mention n ON n.place = x.place WHERE n.source <> ?3 ORDER BY x.place DESC LIMIT 1)";

/// Mention of the last 30 days by the name that this realm knows it by; nothing that is not public.
const BY_NAME: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j
    CROSS JOIN identity i ON i.realm = ?3 AND i.key = j.value CROSS JOIN body b ON b.id = i.mention
    CROSS JOIN mention m ON m.place = b.place WHERE m.place >= ?2 AND m.private = 0 AND ?4 > 0 AND ?5 IS NOT NULL";

async fn newest(
    conn: &mut SqliteConnection,
    sql: &'static str,
    mut keys: Vec<i64>,
    since: i64,
    source: i64,
) -> Done<HashMap<i64, Found>> {
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(sql)
        .bind(json(keys))
        .bind(since)
        .bind(source)
        .bind(NEWEST)
        .bind(json((period_of(since)..=period_of(since) + PERIODS).rev()))
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(key, place, story)| (key, (place, story))).collect())
}

/// Takes away a piece of the marks that are too old to group by.
pub(super) async fn sweep(conn: &mut SqliteConnection, since: i64) -> Done<()> {
    sqlx::query(
        "DELETE FROM mark WHERE (period, key, place) IN (SELECT period, key, place FROM mark WHERE period < ? LIMIT ?)",
    )
    .bind(period_of(since))
    .bind(SWEPT)
    .execute(conn)
    .await?;
    Ok(())
}
