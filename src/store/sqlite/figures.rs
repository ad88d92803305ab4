//! Figures, from the counts that are kept: nothing here reads the mentions themselves, but for a part of a quarter
//! of an hour.

use sqlx::sqlite::SqliteConnection;

use super::fault::{Done, Fault};
use super::place::{self, QUARTER};
use crate::domain::stream::{Counts, Overview};
use crate::domain::time::SignedDuration;
use crate::domain::{SubjectId, Timestamp};

/// Most buckets that are asked for at once.
const MOST: u32 = 100_000;

type Row = (i64, i64, i64, i64, i64, i64, i64, i64);

/// Counts per stretch of time.
pub(super) async fn trend(
    conn: &mut SqliteConnection,
    subject: SubjectId,
    from: Timestamp,
    bucket: SignedDuration,
    buckets: u32,
) -> Done<Vec<Counts>> {
    let width = bucket.as_secs() / QUARTER;
    if width < 1 || bucket.subsec_nanos() != 0 || bucket.as_secs() % QUARTER != 0 || buckets > MOST {
        return Err(Fault::other("a trend is asked for in buckets of whole quarters of an hour, 100,000 at most"));
    }
    let first = place::second(from).div_euclid(QUARTER);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT (quarter - ?2) / ?3, SUM(negative), SUM(neutral), SUM(positive), SUM(unscored), SUM(complaints),
                SUM(praises), SUM(questions)
         FROM trend WHERE subject = ?1 AND quarter >= ?2 AND quarter < ?4 GROUP BY 1",
    )
    .bind(subject.0)
    .bind(first)
    .bind(width)
    .bind(first.saturating_add(width.saturating_mul(i64::from(buckets))))
    .fetch_all(conn)
    .await?;
    let mut counts = vec![Counts::default(); buckets as usize];
    for (bucket, negative, neutral, positive, unscored, complaints, praises, questions) in rows {
        if let Some(slot) = usize::try_from(bucket).ok().and_then(|bucket| counts.get_mut(bucket)) {
            *slot = Counts {
                negative: negative.unsigned_abs(),
                neutral: neutral.unsigned_abs(),
                positive: positive.unsigned_abs(),
                unscored: unscored.unsigned_abs(),
                complaints: complaints.unsigned_abs(),
                praises: praises.unsigned_abs(),
                questions: questions.unsigned_abs(),
            };
        }
    }
    Ok(counts)
}

/// The figures of the status line.
pub(super) async fn overview(conn: &mut SqliteConnection, day: Timestamp, brand: Option<SubjectId>) -> Done<Overview> {
    let second = i64::try_from(day.as_nanosecond().div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
    let whole = second.div_euclid(QUARTER) + i64::from(second.rem_euclid(QUARTER) != 0);
    let (mentions, unread, waiting, quarters, part): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT coalesce(sum(mentions), 0), coalesce(sum(unread), 0),
                coalesce((SELECT waiting FROM subject WHERE id = ?1), 0),
                (SELECT coalesce(sum(mentions), 0) FROM quarter WHERE quarter >= ?2),
                (SELECT count(*) FROM mention NOT INDEXED WHERE place >= ?3 AND place < ?4 AND private = 0)
         FROM source",
    )
    .bind(brand.map(|brand| brand.0))
    .bind(whole)
    .bind(place::start_of(second))
    .bind(place::start_of(whole.saturating_mul(QUARTER)))
    .fetch_one(conn)
    .await?;
    Ok(Overview {
        mentions: mentions.unsigned_abs(),
        today: (quarters + part).unsigned_abs(),
        unread: unread.unsigned_abs(),
        unread_complaints: waiting.unsigned_abs(),
    })
}
