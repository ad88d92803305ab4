//! Which story a new mention belongs to.
//!
//! A mention published within the last 30 days joins the story of an earlier mention of the last 30 days that, in
//! this order: it repeats (by native id in its source, or by address), repeats the same original, has the same
//! address in another source, is about the same link, has the same words, or has a simhash within
//! [`Fingerprint::NEAR`] bits. Among several of one kind the newest published counts. Else it begins a story of its
//! own. Stories never merge and an edit never moves a mention, so that what a reader has under the hand stays.
//!
//! Simhashes are found by four bands of 16 bits: two that differ in three bits agree in at least one band. Of a
//! band's mentions the [`NEWEST`] are compared, which bounds the cost when a text is posted thousands of times.

use std::collections::HashMap;

use sqlx::sqlite::SqliteConnection;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Kept;
use super::identity;
use crate::store::Fingerprint;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;

/// Days within which mentions are grouped.
const DAYS: i64 = 30;
/// Seconds within which mentions are grouped.
pub(super) const WINDOW: i64 = DAYS * 86_400;
/// Mentions of a band, or of an address, that are looked at.
const NEWEST: i64 = 128;
/// Pieces in which fingerprints are swept, one with each recording that brings something.
const SLICES: i64 = 1024;
const BANDS: u32 = 4;

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

/// The hashes by which others find a mention.
pub(super) fn keys_of(kept: &Kept) -> Vec<i64> {
    let print = &kept.fingerprint;
    let marks = [
        kept.url.as_deref().and_then(address),
        mark(Kind::Link, print.link),
        mark(Kind::Repost, print.repost),
        mark(Kind::Words, print.words),
    ];
    marks.into_iter().flatten().collect()
}

/// The bands by which others find a mention, each with its simhash.
pub(super) fn bands_of(kept: &Kept) -> impl Iterator<Item = (i64, i64)> + use<> {
    let similar = kept.fingerprint.similar;
    similar.into_iter().flat_map(|similar| (0..BANDS).map(move |band| (band_of(similar, band), similar.cast_signed())))
}

fn band_of(similar: u64, band: u32) -> i64 {
    i64::from(band) << 16 | (similar >> (band * 16) & 0xffff).cast_signed()
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
    /// Newest mentions by band: place, story, simhash.
    bands: HashMap<i64, Vec<(i64, i64, u64)>>,
    /// Mentions of this source by identity.
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
    source: i64,
    since: i64,
    newcomers: &mut [Newcomer<'_>],
) -> Done<()> {
    let mut known = Known::read(conn, source, since, newcomers).await?;
    for Newcomer { kept, repost_of } in newcomers.iter_mut() {
        kept.story = kept.id;
        if kept.place < since {
            continue;
        }
        if let Some((_, story)) = known.story_for(kept, *repost_of) {
            kept.story = story;
        }
        known.learn(kept);
    }
    Ok(())
}

impl Known {
    async fn read(conn: &mut SqliteConnection, source: i64, since: i64, all: &[Newcomer<'_>]) -> Done<Self> {
        let mut known = Self::default();
        let recent = || all.iter().filter(|one| one.kept.place >= since);
        let mut keys: Vec<i64> = recent().flat_map(|one| keys_of(one.kept)).collect();
        keys.extend(recent().filter_map(|one| one.repost_of.and_then(address)));
        let addresses = recent().filter_map(|one| one.kept.url.as_deref().and_then(address));
        known.elsewhere = newest(conn, ELSEWHERE, addresses.collect(), since, source).await?;
        known.marks = newest(conn, ANYWHERE, keys, since, source).await?;
        let names = recent().filter_map(|one| one.repost_of.map(identity::key));
        known.names = newest(conn, BY_NAME, names.collect(), since, source).await?;
        let bands: Vec<i64> = recent()
            .filter(|one| known.exact(one.kept, one.repost_of).is_none())
            .flat_map(|one| bands_of(one.kept).map(|(band, _)| band))
            .collect();
        known.read_bands(conn, bands, since).await?;
        Ok(known)
    }

    async fn read_bands(&mut self, conn: &mut SqliteConnection, mut bands: Vec<i64>, since: i64) -> Done<()> {
        bands.sort_unstable();
        bands.dedup();
        if bands.is_empty() {
            return Ok(());
        }
        let rows: Vec<(i64, Option<String>)> = sqlx::query_as(
            "SELECT j.value, (SELECT group_concat(place || ' ' || similar, ' ') FROM (
                 SELECT place, similar FROM band WHERE band = j.value AND place >= ?2 ORDER BY place DESC LIMIT ?3))
             FROM json_each(?1) j",
        )
        .bind(json(bands))
        .bind(since)
        .bind(NEWEST)
        .fetch_all(&mut *conn)
        .await?;
        let mut near: Vec<(i64, i64, u64)> = Vec::new();
        for (band, list) in rows {
            let mut numbers = list.as_deref().unwrap_or_default().split(' ').filter_map(|number| number.parse().ok());
            while let (Some(place), Some(similar)) = (numbers.next(), numbers.next()) {
                near.push((band, place, i64::cast_unsigned(similar)));
            }
        }
        let stories: HashMap<i64, i64> =
            sqlx::query_as("SELECT place, story FROM mention WHERE place IN (SELECT value FROM json_each(?))")
                .bind(json(near.iter().map(|(_, place, _)| *place)))
                .fetch_all(conn)
                .await?
                .into_iter()
                .collect();
        for (band, place, similar) in near {
            if let Some(story) = stories.get(&place) {
                self.bands.entry(band).or_default().push((place, *story, similar));
            }
        }
        Ok(())
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

    fn similar(&self, kept: &Kept) -> Option<Found> {
        let ours = kept.fingerprint.similar?;
        let near = bands_of(kept).filter_map(|(band, _)| self.bands.get(&band)).flatten();
        near.filter(|(_, _, theirs)| (ours ^ theirs).count_ones() <= Fingerprint::NEAR)
            .map(|(place, story, _)| (*place, *story))
            .max()
    }

    fn story_for(&self, kept: &Kept, repost_of: Option<&str>) -> Option<Found> {
        self.exact(kept, repost_of).or_else(|| self.similar(kept))
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
        for (band, similar) in bands_of(kept) {
            self.bands.entry(band).or_default().push((kept.place, kept.story, similar.cast_unsigned()));
        }
    }
}

/// Newest mention of the last 30 days with a mark.
const ANYWHERE: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j CROSS JOIN mention m ON m.place = (
        SELECT max(x.place) FROM mark x WHERE x.key = j.value AND x.place >= ?2) WHERE ?3 IS NOT NULL AND ?4 > 0";

/// The same, of another source.
const ELSEWHERE: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j CROSS JOIN mention m ON m.place = (
        SELECT n.place FROM (SELECT place FROM mark WHERE key = j.value AND place >= ?2 ORDER BY place DESC LIMIT ?4) x
        CROSS JOIN mention n ON n.place = x.place WHERE n.source <> ?3 ORDER BY x.place DESC LIMIT 1)";

/// Mention of the last 30 days by the name that this source knows it by.
const BY_NAME: &str = "SELECT j.value, m.place, m.story FROM json_each(?1) j
    CROSS JOIN identity i ON i.source = ?3 AND i.key = j.value CROSS JOIN body b ON b.id = i.mention
    CROSS JOIN mention m ON m.place = b.place WHERE m.place >= ?2 AND ?4 > 0";

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
    let rows: Vec<(i64, i64, i64)> =
        sqlx::query_as(sql).bind(json(keys)).bind(since).bind(source).bind(NEWEST).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(key, place, story)| (key, (place, story))).collect())
}

/// Takes away one slice of the fingerprints that are too old to group by.
pub(super) async fn sweep(conn: &mut SqliteConnection, slice: i64, since: i64) -> Done<()> {
    let slice = slice.rem_euclid(SLICES);
    let step = (1_i64 << 54, i64::from(BANDS) * 65_536 / SLICES);
    let low = i64::MIN + slice * step.0;
    sqlx::query("DELETE FROM mark WHERE key BETWEEN ? AND ? AND place < ?")
        .bind(low)
        .bind(low + (step.0 - 1))
        .bind(since)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM band WHERE band >= ? AND band < ? AND place < ?")
        .bind(slice * step.1)
        .bind((slice + 1) * step.1)
        .bind(since)
        .execute(conn)
        .await?;
    Ok(())
}
