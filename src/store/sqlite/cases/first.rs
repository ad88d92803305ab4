//! Our first answers, beside what they answer and what became of the person.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::codec;
use super::super::fault::Done;
use super::super::place::to_millis;
use super::inbox::aftermath;
use super::word::Said;
use crate::domain::{CaseId, SafeText, Timestamp};
use crate::store::cases::FirstAnswer;

/// Most answers that are read at once.
const MOST: u32 = 10_000;

/// Our first public answer in each turn of the clocks that began in a stretch of time, the newest turns first. What is
/// not public, and what was answered where no network tells, is left out.
pub(super) async fn answers(
    conn: &mut SqliteConnection,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<FirstAnswer>> {
    let rows = sqlx::query(
        "WITH begun AS (
             SELECT c.id AS id, c.reopened AS number, c.opened AS opened,
                 CASE WHEN c.answered >= c.opened THEN c.answered END AS answered, c.aftermath AS aftermath
             FROM cases c INDEXED BY cases_begun
             WHERE c.opened >= ?1 AND c.opened < ?2 AND c.private = 0 AND c.answered >= c.opened
             UNION ALL
             SELECT t.case_id, t.number, t.opened, t.answered, t.aftermath
             FROM turn t INDEXED BY turn_begun JOIN cases c ON c.id = t.case_id
             WHERE t.opened >= ?1 AND t.opened < ?2 AND c.private = 0 AND t.answered IS NOT NULL
             ORDER BY 3 DESC LIMIT ?3)
         SELECT g.id, g.answered, g.aftermath, b.title, b.text, b.readings, a.text
         FROM begun g CROSS JOIN act a ON a.id = (
             SELECT o.id FROM member k INDEXED BY member_case
             CROSS JOIN act o INDEXED BY act_answers ON o.answers = k.mention
             WHERE k.case_id = g.id AND k.turn = g.number AND o.visibility <> ?4
             ORDER BY o.published, o.id LIMIT 1)
         CROSS JOIN body b ON b.id = a.answers
         ORDER BY g.opened DESC, g.id",
    )
    .bind(to_millis(from))
    .bind(to_millis(until))
    .bind(limit.min(MOST))
    .bind(codec::visibility(crate::domain::Visibility::Private))
    .fetch_all(conn)
    .await?;
    let now = to_millis(now);
    Ok(rows.iter().map(|row| answer(row, now)).collect::<sqlx::Result<_>>()?)
}

fn answer(row: &SqliteRow, now: i64) -> sqlx::Result<FirstAnswer> {
    let (title, text): (Option<&str>, &str) = (row.try_get(3)?, row.try_get(4)?);
    let pieces: Vec<&str> = [title.unwrap_or_default(), text].into_iter().filter(|piece| !piece.is_empty()).collect();
    let readings: Vec<u8> = row.try_get(5)?;
    let ours: &str = row.try_get(6)?;
    Ok(FirstAnswer {
        case: CaseId(row.try_get(0)?),
        mention: SafeText::block(&pieces.join("\n\n")),
        intents: Said::of(&codec::readings_from(&readings)).intents,
        answer: SafeText::block(ours),
        aftermath: aftermath(row.try_get(1)?, row.try_get(2)?, now),
    })
}
