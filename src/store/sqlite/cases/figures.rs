//! Sums over cases: the figures of the inbox, and what the clocks are made of.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::fault::Done;
use super::super::place::{from_millis, to_millis};
use super::inbox::{aftermath, intents};
use super::state::{dismissal_from, status_from};
use crate::domain::case::{CaseStatus, InboxFigures};
use crate::domain::{CaseId, Network, SafeText, Timestamp};
use crate::store::cases::ClockRow;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// Most turns of the clocks that are read at once.
const MOST: u32 = 1_000_000;

/// How many are open, late, not yet late, aside, promised, and overdue elsewhere: from `?1`, now, and `?2`, the cut-off.
pub(super) const COUNTS: &str = "SELECT (SELECT count(*) FROM cases INDEXED BY cases_open WHERE status < 3),
             (SELECT count(*) FROM cases INDEXED BY cases_new WHERE status = 0 AND opened <= ?2),
             (SELECT min(opened) FROM cases INDEXED BY cases_new WHERE status = 0 AND opened > ?2),
             (SELECT count(*) FROM cases INDEXED BY cases_snoozed
                  WHERE status < 3 AND snooze IS NOT NULL AND snooze > ?1),
             (SELECT count(*) FROM promise INDEXED BY promise_due WHERE kept IS NULL AND due <= ?1),
             (SELECT count(*) FROM cases INDEXED BY cases_handed
                  WHERE status = 2 AND handed_due IS NOT NULL AND handed_due <= ?1)";

/// Complaints by the minute in which they began: `?1` is now, `?2` a day before, `?3` a minute.
pub(super) const DEBT: &str =
    "SELECT status = 0, sum(reach), sum(reach * (?1 - opened)) FROM cases INDEXED BY cases_debt
         WHERE status < 3 AND private = 0 AND wanted & 1 <> 0 GROUP BY max(opened, ?2) / ?3, status = 0";

/// The figures of the inbox. Each is one pass over an index that holds nothing but what is asked for; for the debt that
/// is one entry for each open complaint, summed up by the minute in which it began.
/// Its cost grows with the open cases (at 100,000, half a second in a debug build on two busy cores): to be asked every
/// few seconds at most.
pub(super) async fn inbox(
    conn: &mut SqliteConnection,
    now: Timestamp,
    cut_off: Timestamp,
    tell_factor: f64,
) -> Done<InboxFigures> {
    let now = to_millis(now);
    let (open, late, next, snoozed, promises, handed): (i64, i64, Option<i64>, i64, i64, i64) =
        sqlx::query_as(COUNTS).bind(now).bind(to_millis(cut_off)).fetch_one(&mut *conn).await?;
    Ok(InboxFigures {
        open: open.unsigned_abs(),
        late: late.unsigned_abs(),
        snoozed: snoozed.unsigned_abs(),
        promises_due: promises.unsigned_abs(),
        hand_overs_due: handed.unsigned_abs(),
        debt: debt(conn, now, tell_factor).await?,
        next_opened: next.map(from_millis),
    })
}

/// The sum of k·(1 - 2^(-minutes/60))·log10(10 + followers) over open complaints, half of it for those of which we said
/// that we heard. Complaints that began in the same minute are taken together at their weighted middle, and so are all
/// that are older than a day: off by less than a part in ten thousand. What is not public is told to nobody.
#[allow(clippy::cast_precision_loss)] // minutes
async fn debt(conn: &mut SqliteConnection, now: i64, tell_factor: f64) -> Done<f64> {
    let rows: Vec<(bool, f64, f64)> =
        sqlx::query_as(DEBT).bind(now).bind(now.saturating_sub(DAY)).bind(MINUTE).fetch_all(conn).await?;
    let exposure = |(new, reach, waited): (bool, f64, f64)| {
        let minutes = (waited / reach / MINUTE as f64).max(0.0);
        let share = if new { 1.0 } else { 0.5 };
        share * reach * (1.0 - (-minutes / 60.0).exp2())
    };
    Ok(tell_factor * rows.into_iter().map(exposure).sum::<f64>())
}

/// Turns of the clocks that began in a stretch of time, oldest first.
pub(super) async fn clocks(
    conn: &mut SqliteConnection,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<ClockRow>> {
    let rows = sqlx::query(
        "SELECT c.id, n.name, c.wanted, c.opened AS opened, c.published, c.acknowledged, c.status, c.dismissal, c.closed,
             c.answerer, CASE WHEN c.answered >= c.opened THEN c.answered END, c.aftermath
         FROM cases c INDEXED BY cases_begun JOIN network n ON n.id = c.network
         WHERE c.opened >= ?1 AND c.opened < ?2 AND c.private = 0
         UNION ALL
         SELECT t.case_id, n.name, t.wanted, t.opened, t.published, t.acknowledged, t.status, t.dismissal, t.closed,
             t.answerer, t.answered, t.aftermath
         FROM turn t INDEXED BY turn_begun JOIN cases c ON c.id = t.case_id JOIN network n ON n.id = c.network
         WHERE t.opened >= ?1 AND t.opened < ?2 AND c.private = 0
         ORDER BY opened LIMIT ?3",
    )
    .bind(to_millis(from))
    .bind(to_millis(until))
    .bind(limit.min(MOST))
    .fetch_all(conn)
    .await?;
    let now = to_millis(now);
    Ok(rows.iter().map(|row| clock(row, now)).collect::<sqlx::Result<_>>()?)
}

fn clock(row: &SqliteRow, now: i64) -> sqlx::Result<ClockRow> {
    let moment = |column: usize| -> sqlx::Result<Option<Timestamp>> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(from_millis))
    };
    let (status, closed) = (status_from(row.try_get(6)?), moment(8)?);
    let dismissal = row.try_get::<Option<i64>, _>(7)?.map(dismissal_from);
    let voice: Option<&str> = row.try_get(9)?;
    Ok(ClockRow {
        case: CaseId(row.try_get(0)?),
        network: Network::named(row.try_get(1)?),
        intent: intents(row.try_get(2)?).primary(),
        opened: from_millis(row.try_get(3)?),
        published: from_millis(row.try_get(4)?),
        acknowledged: moment(5)?,
        resolved: closed.filter(|_| status == CaseStatus::Resolved),
        dismissed: closed.filter(|_| status == CaseStatus::Dismissed).map(|closed| (closed, dismissal)),
        voice: voice.map(|voice| SafeText::line(voice, super::steps::VOICE).to_string()),
        aftermath: aftermath(row.try_get(10)?, row.try_get(11)?, now),
    })
}
