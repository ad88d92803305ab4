//! Who answered: what goes out from here is known to be the work of a voice, what is found on the network is not.

use sqlx::sqlite::SqliteConnection;

use super::super::codec::capped;
use super::super::fault::Done;
use super::super::{realm, record};
use super::steps::VOICE;

/// Notes the voice that wrote an act of ours, wherever the act is told as an answer: on the steps of its cases, and on
/// the clocks that it stopped. A name that is there stays. Nothing happens when the act is no answer, and when there is
/// no such act.
pub(in crate::store::sqlite) async fn sign(
    conn: &mut SqliteConnection,
    source: i64,
    native_id: &str,
    voice: &str,
) -> Done<()> {
    let voice = capped(voice, VOICE);
    let scope: Option<Option<i64>> =
        sqlx::query_scalar("SELECT scope FROM source WHERE id = ?").bind(source).fetch_optional(&mut *conn).await?;
    let Some(scope) = scope.filter(|_| !voice.trim().is_empty()) else { return Ok(()) };
    let signed: Vec<(i64, i64)> = sqlx::query_as(
        "UPDATE step SET voice = ?3 WHERE id IN (
             SELECT s.id FROM deed d CROSS JOIN step s INDEXED BY step_act ON s.kind = 2 AND s.number = d.act
             WHERE d.realm = ?1 AND d.key = ?2 AND s.undone = 0 AND s.voice IS NULL)
         RETURNING case_id, at",
    )
    .bind(realm::of(source, scope))
    .bind(record::name_key(native_id))
    .bind(&voice)
    .fetch_all(&mut *conn)
    .await?;
    for (case, at) in signed {
        for sql in [
            "UPDATE cases SET answerer = ?3, revision = revision + 1
             WHERE id = ?1 AND acknowledged = ?2 AND answerer IS NULL",
            "UPDATE turn SET answerer = ?3 WHERE case_id = ?1 AND acknowledged = ?2 AND answerer IS NULL",
        ] {
            sqlx::query(sql).bind(case).bind(at).bind(&voice).execute(&mut *conn).await?;
        }
    }
    Ok(())
}
