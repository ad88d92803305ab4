//! A mention as far as its traces go: enough to count it, index it, and take it out again.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::domain::{Reading, Visibility};
use crate::store::Fingerprint;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::codec::flag;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::{codec, words};

/// A stored mention, or one that is about to be stored.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store::sqlite) struct Kept {
    /// Its number.
    pub(super) id: i64,
    /// Its place in the stream.
    pub(super) place: i64,
    /// Its source.
    pub(super) source: i64,
    /// Where its names mean it.
    pub(super) realm: i64,
    /// The source's network.
    pub(super) network: i64,
    /// Its story.
    pub(super) story: i64,
    /// Seen by a person.
    pub(super) read: bool,
    /// Who may read it.
    pub(super) visibility: Visibility,
    /// Its author.
    pub(super) person: Option<i64>,
    /// All its readings.
    pub(super) readings: Vec<Reading>,
    /// Its marks for grouping.
    pub(super) fingerprint: Fingerprint,
    /// Its address.
    pub(super) url: Option<String>,
    /// Identity within its source.
    pub(super) native_id: String,
    /// Hashes of its identities.
    pub(super) keys: Vec<i64>,
    /// What the full-text index knows of it.
    pub(super) words: String,
    /// When we had it, in milliseconds.
    pub(super) first_seen: i64,
    /// Back-filled.
    pub(super) history: bool,
    /// It addresses one of our accounts.
    pub(super) addressed: bool,
    /// When it was last seen to change, in milliseconds.
    pub(super) edited_at: Option<i64>,
    /// When we answered it first, in milliseconds.
    pub(super) answered: Option<i64>,
    /// The watches that found it.
    pub(super) watches: Vec<i64>,
    /// Native ids of what it answers and of the first post of its thread.
    pub(super) thread: [Option<String>; 2],
    /// Name of the first post of its thread, unless it is its own.
    pub(super) thread_name: Option<i64>,
}

impl Kept {
    /// Readings that are about their subject, the first for each subject.
    pub(super) fn about(&self) -> impl Iterator<Item = &Reading> {
        self.readings.iter().enumerate().filter_map(|(at, reading)| {
            let again = self.readings.iter().take(at).any(|other| other.about && other.subject == reading.subject);
            (reading.about && !again).then_some(reading)
        })
    }

    /// Whether it is in no statistic.
    pub(super) fn is_private(&self) -> bool {
        self.visibility == Visibility::Private
    }

    /// Marks of all its readings together.
    pub(super) fn marks(&self) -> i64 {
        self.readings.iter().fold(0, |marks, reading| marks | codec::marks(reading))
    }
}

/// Loads mentions by number; what is not there is left out.
pub(super) async fn load(conn: &mut SqliteConnection, ids: impl IntoIterator<Item = i64>) -> Done<Vec<Kept>> {
    let rows = sqlx::query(
        "SELECT m.id, m.place, m.source, m.network, m.story, m.read, b.visibility, b.person, b.readings,
                b.fingerprint, b.url, b.native_id, b.keys, b.title, b.text, b.images, b.first_seen, b.flags, b.warning,
                coalesce(b.realm, m.source), b.edited_at, m.answered, b.watches, b.parent, b.root,
                b.thread
         FROM json_each(?) j CROSS JOIN body b ON b.id = j.value CROSS JOIN mention m ON m.place = b.place",
    )
    .bind(json(ids))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(kept).collect::<sqlx::Result<_>>()?)
}

fn kept(row: &SqliteRow) -> sqlx::Result<Kept> {
    let (title, text, images): (Option<&str>, &str, Option<&str>) =
        (row.try_get(13)?, row.try_get(14)?, row.try_get(15)?);
    let flags: i64 = row.try_get(17)?;
    let watches = codec::list_from(row.try_get(22)?).filter_map(|watch| watch.parse().ok()).collect();
    Ok(Kept {
        id: row.try_get(0)?,
        place: row.try_get(1)?,
        source: row.try_get(2)?,
        network: row.try_get(3)?,
        story: row.try_get(4)?,
        read: row.try_get(5)?,
        visibility: codec::visibility_from(row.try_get(6)?),
        person: row.try_get(7)?,
        readings: codec::readings_from(row.try_get(8)?),
        fingerprint: codec::fingerprint_from(row.try_get(9)?),
        url: row.try_get(10)?,
        native_id: row.try_get(11)?,
        keys: codec::numbers_from(row.try_get(12)?),
        words: words::of_texts([
            row.try_get::<Option<&str>, _>(18)?.unwrap_or_default(),
            title.unwrap_or_default(),
            text,
            images.unwrap_or_default(),
        ]),
        first_seen: row.try_get(16)?,
        history: flags & flag::HISTORY != 0,
        realm: row.try_get(19)?,
        addressed: flags & flag::ADDRESSED != 0,
        edited_at: row.try_get(20)?,
        answered: row.try_get(21)?,
        watches,
        thread: [row.try_get(23)?, row.try_get(24)?],
        thread_name: row.try_get(25)?,
    })
}
