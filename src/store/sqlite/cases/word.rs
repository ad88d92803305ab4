//! What somebody said, as far as cases go.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use xxhash_rust::xxh3::xxh3_64;

use super::super::bulk::json;
use super::super::codec::{self, flag};
use super::super::fault::Done;
use super::super::place;
use super::threads;
use crate::domain::{Intent, Intents, Reading, Sentiment};
use crate::store::cases::Need;

/// The person recovered.
pub(super) const RECOVERED: i64 = 1;
/// The person is unhappy still.
pub(super) const UNHAPPY: i64 = 2;

/// A mention on its way to its case.
#[derive(Debug, Clone)]
pub(in crate::store::sqlite) struct Word {
    /// Its number.
    pub(in crate::store::sqlite) mention: i64,
    /// Its place in the stream.
    pub(in crate::store::sqlite) place: i64,
    pub(in crate::store::sqlite) realm: i64,
    pub(in crate::store::sqlite) source: i64,
    pub(in crate::store::sqlite) network: i64,
    pub(in crate::store::sqlite) thread: i64,
    pub(in crate::store::sqlite) who: i64,
    pub(in crate::store::sqlite) person: Option<i64>,
    /// What it asks of us.
    pub(in crate::store::sqlite) need: Option<Need>,
    /// When we had it, in milliseconds.
    pub(in crate::store::sqlite) seen: i64,
    pub(in crate::store::sqlite) history: bool,
    pub(in crate::store::sqlite) addressed: bool,
    pub(in crate::store::sqlite) private: bool,
    pub(in crate::store::sqlite) answered: bool,
    pub(in crate::store::sqlite) story: i64,
    pub(in crate::store::sqlite) says: Said,
}

/// What a mention wants and feels, for the brand where it speaks of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::store::sqlite) struct Said {
    pub(super) intents: Intents,
    pub(super) sentiment: Option<Sentiment>,
}

impl Said {
    /// By the first reading that is about its subject, else the first.
    pub(in crate::store::sqlite) fn of(readings: &[Reading]) -> Self {
        let lead = readings.iter().find(|reading| reading.about).or_else(|| readings.first());
        lead.map_or_else(Self::default, |reading| Self { intents: reading.intents, sentiment: reading.likeliest() })
    }

    /// What it makes of an answer that came before: a complaint is unhappy, else praise and thanks are happy, else what
    /// is negative is unhappy and all the rest is not.
    pub(super) fn verdict(self) -> i64 {
        let negative = self.sentiment == Some(Sentiment::Negative);
        let unhappy = self.intents.has(Intent::Complaint) || (negative && !self.intents.has(Intent::Praise));
        if unhappy { UNHAPPY } else { RECOVERED }
    }

    /// Kind words that ask for nothing more.
    pub(super) fn is_content(self) -> bool {
        self.verdict() == RECOVERED && !self.intents.has(Intent::Question)
    }
}

/// A sentiment as a number.
pub(super) fn sentiment(sentiment: Sentiment) -> i64 {
    match sentiment {
        Sentiment::Negative => 0,
        Sentiment::Neutral => 1,
        Sentiment::Positive => 2,
    }
}

/// The sentiment of a number.
pub(super) fn sentiment_from(number: i64) -> Sentiment {
    match number {
        0 => Sentiment::Negative,
        1 => Sentiment::Neutral,
        _ => Sentiment::Positive,
    }
}

impl Word {
    /// When it counts as published, in milliseconds.
    pub(super) fn published(&self) -> i64 {
        place::second_of(self.place).saturating_mul(1_000)
    }

    /// Its case's key.
    pub(super) fn key(&self) -> (i64, i64) {
        (self.thread, self.who)
    }
}

/// Whose case it is: the person, else source and name.
pub(in crate::store::sqlite) fn who(person: Option<i64>, source: i64, name: Option<&str>) -> i64 {
    let unknown = || {
        let name = format!("{source}\n{}", name.unwrap_or_default());
        -(xxh3_64(name.as_bytes()) >> 1).cast_signed() - 1
    };
    person.unwrap_or_else(unknown)
}

/// Words that are stored already. What they ask of us is for the caller to say.
pub(in crate::store::sqlite) async fn stored(
    conn: &mut SqliteConnection,
    mentions: impl IntoIterator<Item = i64>,
) -> Done<Vec<Word>> {
    let rows = sqlx::query(
        "SELECT b.id, m.place, coalesce(b.realm, m.source), m.source, m.network, b.thread, b.root, b.parent,
                b.native_id, b.person, b.author, b.first_seen, b.flags, m.private, m.answered IS NOT NULL, m.story,
                b.readings
         FROM json_each(?) j CROSS JOIN body b ON b.id = j.value CROSS JOIN mention m ON m.place = b.place
         ORDER BY b.id",
    )
    .bind(json(mentions))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(word).collect::<sqlx::Result<_>>()?)
}

fn word(row: &SqliteRow) -> sqlx::Result<Word> {
    let flags: i64 = row.try_get(12)?;
    let (source, person): (i64, Option<i64>) = (row.try_get(3)?, row.try_get(9)?);
    Ok(Word {
        mention: row.try_get(0)?,
        place: row.try_get(1)?,
        realm: row.try_get(2)?,
        source,
        network: row.try_get(4)?,
        thread: threads::of_stored(row.try_get(5)?, row.try_get(6)?, row.try_get(7)?, row.try_get(8)?),
        who: who(person, source, row.try_get(10)?),
        person,
        need: None,
        seen: row.try_get(11)?,
        history: flags & flag::HISTORY != 0,
        addressed: flags & flag::ADDRESSED != 0,
        private: row.try_get(13)?,
        answered: row.try_get(14)?,
        story: row.try_get(15)?,
        says: Said::of(&codec::readings_from(row.try_get(16)?)),
    })
}
