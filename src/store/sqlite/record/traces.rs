//! What a mention leaves in the tables that are searched: readings, fingerprints, words.

use sqlx::sqlite::SqliteConnection;

use super::{Kept, stories};
use crate::store::sqlite::bulk::{Cell, Insert, json_rows};
use crate::store::sqlite::codec;
use crate::store::sqlite::fault::Done;

const READING: Insert =
    Insert { head: "INSERT OR REPLACE INTO reading (subject, place, marks)", width: 3, tail: "", most: 256 };
const MARK: Insert = Insert { head: "INSERT OR IGNORE INTO mark (period, key, place)", width: 3, tail: "", most: 256 };
const WORDS: Insert = Insert { head: "INSERT INTO search (rowid, words)", width: 2, tail: "", most: 64 };
/// The index is told again which words it had, since it keeps no copy of the text.
const NO_WORDS: Insert = Insert { head: "INSERT INTO search (search, rowid, words)", width: 3, tail: "", most: 64 };

/// Leaves the traces of these mentions. Fingerprints are kept from the place `since` on.
pub(super) async fn add(conn: &mut SqliteConnection, all: &[Kept], since: i64) -> Done<()> {
    let mut readings = Vec::with_capacity(all.len() * 3);
    let mut marks = Vec::new();
    let mut words = Vec::with_capacity(all.len() * 2);
    for kept in all {
        for reading in kept.about() {
            readings.extend([reading.subject.0, kept.place, codec::marks(reading)].map(Cell::Int));
        }
        if kept.place >= since {
            for key in stories::keys_of(kept) {
                marks.extend([stories::period_of(kept.place), key, kept.place].map(Cell::Int));
            }
        }
        if !kept.words.is_empty() {
            words.extend([Cell::Int(kept.place), Cell::Text(kept.words.clone())]);
        }
    }
    READING.run(conn, readings).await?;
    MARK.run(conn, marks).await?;
    WORDS.run(conn, words).await
}

/// Leaves the readings of these mentions as they are now, in the place of those that they had.
pub(super) async fn reread(conn: &mut SqliteConnection, old: &[Kept], new: &[Kept]) -> Done<()> {
    let gone = old.iter().flat_map(|kept| kept.about().map(|reading| [reading.subject.0, kept.place]));
    sqlx::query("DELETE FROM reading WHERE (subject, place) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))")
        .bind(json_rows(gone))
        .execute(&mut *conn)
        .await?;
    let mut readings = Vec::with_capacity(new.len() * 3);
    for kept in new {
        for reading in kept.about() {
            readings.extend([reading.subject.0, kept.place, codec::marks(reading)].map(Cell::Int));
        }
    }
    READING.run(conn, readings).await
}

/// Takes the traces of these mentions away.
pub(super) async fn remove(conn: &mut SqliteConnection, all: &[Kept]) -> Done<()> {
    let readings = all.iter().flat_map(|kept| kept.about().map(|reading| [reading.subject.0, kept.place]));
    let marks = all.iter().flat_map(|kept| {
        let period = stories::period_of(kept.place);
        stories::keys_of(kept).into_iter().map(move |key| [period, key, kept.place])
    });
    for (sql, rows) in [
        (
            "DELETE FROM reading WHERE (subject, place) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            json_rows(readings),
        ),
        (
            "DELETE FROM mark WHERE (period, key, place) IN
                 (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))",
            json_rows(marks),
        ),
    ] {
        sqlx::query(sql).bind(rows).execute(&mut *conn).await?;
    }
    let mut words = Vec::with_capacity(all.len() * 3);
    for kept in all.iter().filter(|kept| !kept.words.is_empty()) {
        words.extend([Cell::Text("delete".to_owned()), Cell::Int(kept.place), Cell::Text(kept.words.clone())]);
    }
    NO_WORDS.run(conn, words).await
}
