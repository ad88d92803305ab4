//! Putting a person's word in the place of a reading, and taking it back.
//!
//! Every correction is a row; what stands is all rows of a mention and subject that were not taken back, over the
//! reading that they keep. The mention holds what stands, so that whoever filters or counts knows of no corrections.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::sqlite::SqliteConnection;

use super::erase::Why;
use super::{Kept, Tally, kept, traces};
use crate::domain::{CorrectionId, NewCorrection, Reading, Said, SubjectId, Timestamp};
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::codec;
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::corrections::{self, Row};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place;

/// Corrections in one transaction.
const PIECE: usize = 500;

/// Keeps corrections and puts them into force.
pub(in crate::store::sqlite) async fn correct(
    conn: &mut SqliteConnection,
    all: &[NewCorrection],
) -> Done<Vec<CorrectionId>> {
    let mut ids = Vec::new();
    for piece in all.chunks(PIECE) {
        let mut tx = begin(conn).await?;
        let mentions: BTreeSet<i64> = piece.iter().map(|new| new.mention.0).collect();
        let standing = Standing::load(&mut tx, mentions.iter().copied()).await?;
        let known = kept::load(&mut tx, mentions.iter().copied()).await?;
        let known: HashMap<i64, &Kept> = known.iter().map(|kept| (kept.id, kept)).collect();
        let mut kept_of = BTreeSet::new();
        for new in piece.iter().filter(|new| !new.said.is_nothing()) {
            let Some(kept) = known.get(&new.mention.0) else { continue };
            let reading = kept.readings.iter().find(|reading| reading.subject == new.subject);
            let Some(read) = standing.read(kept.id, new.subject).or(reading) else { continue };
            ids.push(insert(&mut tx, new, read).await?);
            kept_of.insert(kept.id);
        }
        if kept_of.is_empty() {
            continue;
        }
        settle(&mut tx, kept_of, &BTreeSet::new()).await?;
        tx.commit().await?;
    }
    Ok(ids)
}

async fn insert(conn: &mut SqliteConnection, new: &NewCorrection, read: &Reading) -> Done<CorrectionId> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO correction (mention, subject, at, occasion, sentiment, intents, about, read, untaught,
             untaught_intents)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(new.mention.0)
    .bind(new.subject.0)
    .bind(place::to_millis(new.at))
    .bind(codec::occasion(new.occasion))
    .bind(new.said.sentiment.map(codec::sentiment))
    .bind(new.said.intents.map(|intents| i64::from(intents.bits())))
    .bind(new.said.about)
    .bind(codec::readings(std::slice::from_ref(read)))
    .bind(new.untaught.as_ref().map(codec::shares))
    .bind(new.untaught_intents.as_ref().map(codec::intent_shares))
    .fetch_one(conn)
    .await?;
    Ok(CorrectionId(id))
}

/// Takes corrections back.
pub(in crate::store::sqlite) async fn undo(
    conn: &mut SqliteConnection,
    ids: &[CorrectionId],
    at: Timestamp,
) -> Done<u64> {
    let mut undone = 0;
    for piece in ids.chunks(PIECE) {
        let mut tx = begin(conn).await?;
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "UPDATE correction SET undone = ? WHERE id IN (SELECT value FROM json_each(?)) AND undone IS NULL
                 AND mention IS NOT NULL RETURNING id, mention",
        )
        .bind(place::to_millis(at))
        .bind(json(piece.iter().map(|id| id.0)))
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            continue;
        }
        undone += rows.len() as u64;
        let now: BTreeSet<i64> = rows.iter().map(|(id, _)| *id).collect();
        settle(&mut tx, rows.iter().map(|(_, mention)| *mention).collect(), &now).await?;
        tx.commit().await?;
    }
    Ok(undone)
}

/// Brings the readings of mentions in line with what stands. `undone` are rows that were taken back just now.
async fn settle(conn: &mut SqliteConnection, mentions: BTreeSet<i64>, undone: &BTreeSet<i64>) -> Done<()> {
    let rows = corrections::load(conn, mentions.iter().copied()).await?;
    let standing = Standing::of(rows.into_iter().filter(|row| !row.undone || undone.contains(&row.id)));
    let old = kept::load(conn, mentions).await?;
    let mut tally = Tally::default();
    let mut new = Vec::with_capacity(old.len());
    for before in &old {
        let mut after = standing.plain(before);
        standing.put_over(&mut after);
        tally.count(before, -1);
        tally.count(&after, 1);
        sqlx::query("UPDATE body SET readings = ? WHERE id = ?")
            .bind(codec::readings(&after.readings))
            .bind(after.id)
            .execute(&mut *conn)
            .await?;
        sqlx::query("UPDATE mention SET marks = ? WHERE place = ?")
            .bind(after.marks())
            .bind(after.place)
            .execute(&mut *conn)
            .await?;
        new.push(after);
    }
    traces::reread(conn, &old, &new).await?;
    tally.write(conn).await?;
    count(conn).await
}

/// Notes that corrections came, changed or went.
async fn count(conn: &mut SqliteConnection) -> Done<()> {
    sqlx::query("UPDATE head SET corrected = corrected + 1").execute(conn).await?;
    Ok(())
}

/// What stands of one reading.
#[derive(Debug, Clone)]
struct Word {
    read: Reading,
    said: Said,
}

/// What stands of the corrections of some mentions.
#[derive(Debug, Default)]
pub(super) struct Standing(BTreeMap<i64, BTreeMap<SubjectId, Word>>);

impl Standing {
    /// Reads what stands for these mentions.
    pub(super) async fn load(conn: &mut SqliteConnection, mentions: impl IntoIterator<Item = i64>) -> Done<Self> {
        Ok(Self::of(corrections::load(conn, mentions).await?.into_iter().filter(|row| !row.undone)))
    }

    /// Rows in their order; those that were taken back give their reading and say nothing.
    fn of(rows: impl Iterator<Item = Row>) -> Self {
        let mut all = Self::default();
        for row in rows {
            let Some(mention) = row.mention else { continue };
            let said = if row.undone { Said::default() } else { row.said };
            let words = all.0.entry(mention).or_default();
            let word = words.entry(row.subject).or_insert(Word { read: row.read, said: Said::default() });
            word.said = word.said.then(said);
        }
        all
    }

    fn words(&self, mention: i64) -> impl Iterator<Item = &Word> {
        self.0.get(&mention).into_iter().flat_map(BTreeMap::values)
    }

    fn read(&self, mention: i64, subject: SubjectId) -> Option<&Reading> {
        self.words(mention).map(|word| &word.read).find(|read| read.subject == subject)
    }

    /// A mention as it would be without any correction.
    pub(super) fn plain(&self, kept: &Kept) -> Kept {
        let read = |reading: &Reading| self.read(kept.id, reading.subject).unwrap_or(reading).clone();
        Kept { readings: kept.readings.iter().map(read).collect(), ..kept.clone() }
    }

    /// Puts what was said over the readings of a mention. What a person spoke of stays read, also where the words do not
    /// name it any more.
    pub(super) fn put_over(&self, kept: &mut Kept) {
        for word in self.words(kept.id) {
            match kept.readings.iter_mut().find(|reading| reading.subject == word.read.subject) {
                Some(reading) => *reading = word.said.over(reading),
                None => kept.readings.push(word.said.over(&word.read)),
            }
        }
    }

    /// A mention was read anew: its corrections stand over that from now on. To be called before [`Standing::put_over`].
    pub(super) async fn rebase(&self, conn: &mut SqliteConnection, kept: &Kept) -> Done<()> {
        for word in self.words(kept.id) {
            let Some(read) = kept.readings.iter().find(|reading| reading.subject == word.read.subject) else {
                continue;
            };
            if *read != word.read {
                sqlx::query("UPDATE correction SET read = ? WHERE mention = ? AND subject = ? AND undone IS NULL")
                    .bind(codec::readings(std::slice::from_ref(read)))
                    .bind(kept.id)
                    .bind(read.subject.0)
                    .execute(&mut *conn)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Mentions are erased, and why: what becomes of their corrections.
///
/// With what an author took down goes what was said of it. What grew too old leaves numbers alone: three probabilities,
/// intents, their five, and what was said; so what was learned outlives the words that it was learned from.
pub(super) async fn erase(conn: &mut SqliteConnection, mentions: &[i64], why: Why) -> Done<()> {
    let rows = corrections::load(conn, mentions.iter().copied()).await?;
    if rows.is_empty() {
        return Ok(());
    }
    if why == Why::Old {
        for left in corrections::standing(rows) {
            sqlx::query(
                "UPDATE correction SET mention = NULL, occasion = ?, intents_occasion = ?, sentiment = ?, intents = ?,
                     about = ? WHERE id = ?",
            )
            .bind(codec::occasion(left.occasion))
            .bind(codec::occasion(left.intents_occasion))
            .bind(left.said.sentiment.map(codec::sentiment))
            .bind(left.said.intents.map(|intents| i64::from(intents.bits())))
            .bind(left.said.about)
            .bind(left.id.0)
            .execute(&mut *conn)
            .await?;
        }
    }
    sqlx::query("DELETE FROM correction WHERE mention IN (SELECT value FROM json_each(?))")
        .bind(json(mentions.iter().copied()))
        .execute(&mut *conn)
        .await?;
    count(conn).await
}
