//! Signals.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::connection::begin;
use super::fault::Done;
use super::place::{from_millis, to_millis};
use super::{codec, lease};
use crate::domain::{CampaignId, SafeText, Signal, SignalId, SourceId, SubjectId};
use crate::store::Lease;

/// Milliseconds within which the same kind, subject and source is one signal.
const HOUR: i64 = 3_600_000;
/// Longest text of a signal, in characters.
const LONGEST: usize = 1_000;

/// Raises a signal, unless it was raised within the hour before and is no news.
pub(super) async fn raise(conn: &mut SqliteConnection, held: &Lease, signal: &Signal) -> Done<Option<SignalId>> {
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let at = to_millis(signal.at);
    let done = sqlx::query(
        "INSERT INTO signal (kind, at, subject, source, text, seen) SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE ?8 OR NOT EXISTS (SELECT 1 FROM signal WHERE at > ?2 - ?7 AND at <= ?2 AND kind = ?1
                           AND subject IS ?3 AND source IS ?4)",
    )
    .bind(codec::signal_kind(signal.kind))
    .bind(at)
    .bind(signal.subject.map(|subject| subject.0))
    .bind(signal.source.map(|source| source.0))
    .bind(signal.text.as_str())
    .bind(signal.seen)
    .bind(HOUR)
    .bind(signal.kind.is_always_news())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok((done.rows_affected() > 0).then(|| SignalId(done.last_insert_rowid())))
}

/// Raises the signal of a campaign's backlash, once a campaign and day.
pub(super) async fn raise_once(
    conn: &mut SqliteConnection,
    held: &Lease,
    campaign: CampaignId,
    day: i64,
    signal: &Signal,
) -> Done<Option<SignalId>> {
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let told = sqlx::query("INSERT INTO campaign_alert VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(campaign.0)
        .bind(day)
        .execute(&mut *tx)
        .await?;
    if told.rows_affected() == 0 {
        return Ok(None);
    }
    let done = sqlx::query("INSERT INTO signal (kind, at, subject, source, text, seen) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(codec::signal_kind(signal.kind))
        .bind(to_millis(signal.at))
        .bind(signal.subject.map(|subject| subject.0))
        .bind(signal.source.map(|source| source.0))
        .bind(signal.text.as_str())
        .bind(signal.seen)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Some(SignalId(done.last_insert_rowid())))
}

/// The newest signals, newest first.
pub(super) async fn newest(conn: &mut SqliteConnection, limit: u32) -> Done<Vec<Signal>> {
    let signals =
        sqlx::query("SELECT id, kind, at, subject, source, text, seen FROM signal ORDER BY at DESC, id DESC LIMIT ?")
            .bind(limit)
            .try_map(|row: SqliteRow| {
                Ok(Signal {
                    id: SignalId(row.try_get(0)?),
                    kind: codec::signal_kind_from(row.try_get(1)?),
                    at: from_millis(row.try_get(2)?),
                    subject: row.try_get::<Option<i64>, _>(3)?.map(SubjectId),
                    source: row.try_get::<Option<i64>, _>(4)?.map(SourceId),
                    text: SafeText::line(row.try_get(5)?, LONGEST),
                    seen: row.try_get(6)?,
                })
            })
            .fetch_all(conn)
            .await?;
    Ok(signals)
}

/// Marks a signal as seen.
pub(super) async fn see(conn: &mut SqliteConnection, id: SignalId) -> Done<()> {
    sqlx::query("UPDATE signal SET seen = 1 WHERE id = ? AND seen = 0").bind(id.0).execute(conn).await?;
    Ok(())
}
