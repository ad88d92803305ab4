//! Reading what people say of readings.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::bulk::json;
use super::codec;
use super::fault::Done;
use super::place::from_millis;
use crate::domain::{
    Correction, CorrectionId, IntentShares, Intents, MentionId, Occasion, Reading, Said, Shares, SubjectId,
};

/// Most corrections that are read at once.
const MOST: u32 = 100_000;
/// Rows that are read for one that is asked for: several make what stands of a mention.
const ROWS_EACH: u32 = 3;

macro_rules! rows {
    ($rest:literal) => {
        concat!(
            "SELECT id, mention, subject, at, occasion, sentiment, intents, about, read, untaught, undone,
                 untaught_intents, intents_occasion
             FROM correction ",
            $rest
        )
    };
}

/// One correction as it was made.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its number.
    pub(super) id: i64,
    /// The mention; `None` once it was erased for its age.
    pub(super) mention: Option<i64>,
    /// For whom.
    pub(super) subject: SubjectId,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// How it came about.
    pub(super) occasion: Occasion,
    /// How the word on the intents came about.
    pub(super) intents_occasion: Occasion,
    /// What was said.
    pub(super) said: Said,
    /// The reading without any correction.
    pub(super) read: Reading,
    /// Its probabilities before anything learned.
    pub(super) untaught: Option<Shares>,
    /// Its intents in probabilities before anything learned of intents.
    pub(super) untaught_intents: Option<IntentShares>,
    /// It was taken back.
    pub(super) undone: bool,
}

/// All corrections of these mentions, those that were taken back included, in their order.
pub(super) async fn load(conn: &mut SqliteConnection, mentions: impl IntoIterator<Item = i64>) -> Done<Vec<Row>> {
    let sql = rows!("WHERE mention IN (SELECT value FROM json_each(?)) ORDER BY id");
    let found = sqlx::query(sql).bind(json(mentions)).fetch_all(conn).await?;
    Ok(found.iter().map(row).collect::<sqlx::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// What stands for these mentions.
pub(super) async fn of(
    conn: &mut SqliteConnection,
    mentions: impl IntoIterator<Item = i64>,
) -> Done<BTreeMap<MentionId, Vec<Correction>>> {
    let mut found: BTreeMap<MentionId, Vec<Correction>> = BTreeMap::new();
    for correction in standing(load(conn, mentions).await?) {
        if let Some(mention) = correction.mention {
            found.entry(mention).or_default().push(correction);
        }
    }
    Ok(found)
}

/// What stands, the newest first.
pub(super) async fn newest(conn: &mut SqliteConnection, limit: u32) -> Done<Vec<Correction>> {
    let limit = limit.min(MOST);
    let sql = rows!("WHERE undone IS NULL ORDER BY id DESC LIMIT ?");
    let found = sqlx::query(sql).bind(limit.saturating_mul(ROWS_EACH)).fetch_all(conn).await?;
    let mut rows: Vec<Row> = found.iter().map(row).collect::<sqlx::Result<Vec<_>>>()?.into_iter().flatten().collect();
    rows.reverse();
    let mut all = standing(rows);
    all.sort_by_key(|correction| std::cmp::Reverse(correction.id));
    all.truncate(limit as usize);
    Ok(all)
}

/// The number that grows whenever corrections come, change or go.
pub(super) async fn version(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar("SELECT corrected FROM head").fetch_one(conn).await?)
}

/// The rows of one mention and subject together, in the order of their first ones.
pub(super) fn standing(rows: Vec<Row>) -> Vec<Correction> {
    let mut all: Vec<Correction> = Vec::new();
    let mut known: BTreeMap<(i64, SubjectId), usize> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !row.undone) {
        let place = row.mention.and_then(|mention| known.get(&(mention, row.subject)).copied());
        match place.and_then(|place| all.get_mut(place)) {
            Some(correction) => {
                if row.said.sentiment.is_some() {
                    correction.occasion = row.occasion;
                }
                if row.said.intents.is_some() {
                    correction.intents_occasion = row.intents_occasion;
                }
                correction.id = CorrectionId(row.id);
                correction.said = correction.said.then(row.said);
                correction.at = from_millis(row.at);
                correction.read = row.read;
                correction.untaught = row.untaught;
                correction.untaught_intents = row.untaught_intents;
            }
            None => {
                if let Some(mention) = row.mention {
                    known.insert((mention, row.subject), all.len());
                }
                all.push(Correction {
                    id: CorrectionId(row.id),
                    mention: row.mention.map(MentionId),
                    subject: row.subject,
                    read: row.read,
                    untaught: row.untaught,
                    untaught_intents: row.untaught_intents,
                    said: row.said,
                    occasion: row.occasion,
                    intents_occasion: row.intents_occasion,
                    at: from_millis(row.at),
                });
            }
        }
    }
    all
}

/// A row; `None` for one whose reading is damaged.
fn row(row: &SqliteRow) -> sqlx::Result<Option<Row>> {
    let Some(read) = codec::readings_from(row.try_get(8)?).into_iter().next() else { return Ok(None) };
    let intents: Option<i64> = row.try_get(6)?;
    let occasion = row.try_get(4)?;
    Ok(Some(Row {
        id: row.try_get(0)?,
        mention: row.try_get(1)?,
        subject: SubjectId(row.try_get(2)?),
        at: row.try_get(3)?,
        occasion: codec::occasion_from(occasion),
        intents_occasion: codec::occasion_from(row.try_get::<Option<i64>, _>(12)?.unwrap_or(occasion)),
        said: Said {
            sentiment: row.try_get::<Option<i64>, _>(5)?.map(codec::sentiment_from),
            intents: intents.map(|bits| Intents::from_bits(u8::try_from(bits).unwrap_or(0))),
            about: row.try_get(7)?,
        },
        read,
        untaught: row.try_get::<Option<&[u8]>, _>(9)?.and_then(codec::shares_from),
        untaught_intents: row.try_get::<Option<&[u8]>, _>(11)?.and_then(codec::intent_shares_from),
        undone: row.try_get::<Option<i64>, _>(10)?.is_some(),
    }))
}
