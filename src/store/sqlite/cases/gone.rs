//! Cases follow what is erased: mentions, and acts that answered.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::fault::Done;
use super::super::place::from_millis;
use super::undo;
use super::word::{self, Word};
use super::work::Work;
use crate::domain::case::Weighing;
use crate::store::cases::Need;

/// A mention that is in a case: number, case, turn, when we had it, how long it could wait, and the weighing.
type Row = (i64, i64, i64, i64, Option<i64>, Option<f64>, Option<i64>, Option<f64>);

async fn members(conn: &mut SqliteConnection, mentions: &str) -> Done<Vec<Row>> {
    let rows = sqlx::query_as(
        "SELECT k.mention, k.case_id, k.turn, k.seen, k.wait, k.severity, k.followers, k.reposts
         FROM json_each(?) j CROSS JOIN member k ON k.mention = j.value",
    );
    Ok(rows.bind(mentions).fetch_all(conn).await?)
}

/// What a mention asked of us, from its row.
fn need((_, _, _, seen, wait, severity, followers, reposts): &Row) -> Option<Need> {
    let (severity, reposts_per_hour) = ((*severity)?, (*reposts)?);
    let followers = followers.map(i64::unsigned_abs);
    Some(Need {
        weighing: Weighing { severity, followers, reposts_per_hour },
        due: from_millis(seen.saturating_add((*wait)?)),
    })
}

/// Mentions were erased. A case whose last mention goes, goes with everything that it holds. When the author took it
/// down (`by_author`), what it did to the case is taken back as well; when it merely grew old, its case stays as it is.
pub(in crate::store::sqlite) async fn mentions_gone(
    conn: &mut SqliteConnection,
    mentions: impl IntoIterator<Item = i64>,
    by_author: bool,
) -> Done<()> {
    let mentions = json(mentions);
    let gone = members(conn, &mentions).await?;
    if gone.is_empty() {
        return Ok(());
    }
    sqlx::query("DELETE FROM member WHERE mention IN (SELECT value FROM json_each(?))")
        .bind(&mentions)
        .execute(&mut *conn)
        .await?;
    let mut left = sweep(conn, gone.iter().map(|row| row.1).collect()).await?;
    if left.is_empty() {
        return Ok(());
    }
    let mut work = Work::default();
    work.load(conn, left.iter().copied()).await?;
    if by_author {
        let reopened: Vec<i64> = sqlx::query_scalar(
            "SELECT s.id FROM step s INDEXED BY step_case WHERE s.case_id IN (SELECT value FROM json_each(?1))
             AND s.kind = 11 AND s.undone = 0 AND s.number IN (SELECT value FROM json_each(?2))",
        )
        .bind(json(left.iter().copied()))
        .bind(&mentions)
        .fetch_all(&mut *conn)
        .await?;
        for step in undo::load(conn, &json(reopened)).await? {
            undo::undo(conn, &mut work, &step).await?;
        }
        for row in gone.iter().filter(|row| row.4.is_some()) {
            lighten(conn, &mut work, row.1, row.2).await?;
        }
        work.judged.extend(left.iter().filter(|id| work.states.get(id).is_some_and(|one| one.answered.is_some())));
    }
    sqlx::query(
        "DELETE FROM step WHERE case_id IN (SELECT value FROM json_each(?1)) AND kind = 1
         AND number IN (SELECT value FROM json_each(?2))",
    )
    .bind(json(left.iter().copied()))
    .bind(&mentions)
    .execute(&mut *conn)
    .await?;
    work.changed.append(&mut left.clone());
    work.stale.append(&mut left);
    work.finish(conn).await?;
    Ok(())
}

/// Takes cases without mentions away; returns those that have some.
async fn sweep(conn: &mut SqliteConnection, cases: BTreeSet<i64>) -> Done<BTreeSet<i64>> {
    let left: Vec<i64> = sqlx::query_scalar(
        "SELECT j.value FROM json_each(?) j
         WHERE EXISTS (SELECT 1 FROM member k INDEXED BY member_case WHERE k.case_id = j.value)",
    )
    .bind(json(cases.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    let left: BTreeSet<i64> = left.into_iter().collect();
    let empty = json(cases.difference(&left).copied());
    if empty != "[]" {
        for sql in [
            "DELETE FROM step WHERE case_id IN (SELECT value FROM json_each(?))",
            "DELETE FROM promise WHERE case_id IN (SELECT value FROM json_each(?))",
            "DELETE FROM turn WHERE case_id IN (SELECT value FROM json_each(?))",
            "DELETE FROM cases WHERE id IN (SELECT value FROM json_each(?))",
        ] {
            sqlx::query(sql).bind(&empty).execute(&mut *conn).await?;
        }
    }
    Ok(left)
}

/// A mention that asked something of us in this turn of the clocks is gone: the others alone decide when its turn
/// comes, unless none is left.
async fn lighten(conn: &mut SqliteConnection, work: &mut Work, case: i64, turn: i64) -> Done<()> {
    let Some(state) = work.states.get_mut(&case).filter(|state| state.clock.reopened == turn) else { return Ok(()) };
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT mention, case_id, turn, seen, wait, severity, followers, reposts FROM member INDEXED BY member_case
         WHERE case_id = ?1 AND turn = ?2 AND wait IS NOT NULL ORDER BY wait, mention",
    )
    .bind(case)
    .bind(turn)
    .fetch_all(&mut *conn)
    .await?;
    let Some(first) = rows.iter().map(|row| row.3).min() else { return Ok(()) };
    let Some((wait, need)) = rows.first().and_then(|row| Some((row.4?, need(row)?))) else { return Ok(()) };
    state.clock.opened = first;
    state.clock.due = first.saturating_add(wait);
    state.clock.weigh(&need.weighing);
    let words = word::stored(conn, rows.iter().map(|row| row.0)).await?;
    state.clock.wanted = words.iter().fold(0, |all, word| all | i64::from(word.says.intents.bits()));
    if let Some(word) = words.iter().min_by_key(|word| word.seen) {
        state.clock.published = word.published();
    }
    Ok(())
}

/// Acts were taken down: what they did to cases is taken back.
pub(in crate::store::sqlite) async fn acts_gone(
    conn: &mut SqliteConnection,
    acts: impl IntoIterator<Item = i64>,
) -> Done<()> {
    let steps: Vec<i64> = sqlx::query_scalar(
        "SELECT s.id FROM json_each(?) j CROSS JOIN step s INDEXED BY step_act ON s.kind = 2 AND s.number = j.value
         WHERE s.undone = 0",
    )
    .bind(json(acts))
    .fetch_all(&mut *conn)
    .await?;
    if steps.is_empty() {
        return Ok(());
    }
    let mut work = Work::default();
    let past = undo::load(conn, &json(steps)).await?;
    work.load(conn, past.iter().map(|step| step.case).collect::<Vec<_>>()).await?;
    for step in &past {
        undo::undo(conn, &mut work, step).await?;
    }
    work.stale.extend(past.iter().map(|step| step.case));
    work.finish(conn).await?;
    Ok(())
}

/// Mentions that are in another thread than was thought when they came. Their cases, unless a person did something
/// there, are taken apart; returns what is to come to its case anew.
pub(super) async fn astray(conn: &mut SqliteConnection, mentions: &[i64]) -> Done<Vec<Word>> {
    let rows = members(conn, &json(mentions.iter().copied())).await?;
    let mut needs: BTreeMap<i64, Option<Need>> = BTreeMap::new();
    let cases: BTreeSet<i64> = rows.iter().map(|row| row.1).collect();
    let touched: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT s.case_id FROM json_each(?1) j CROSS JOIN step s INDEXED BY step_case ON s.case_id = j.value
         WHERE s.kind NOT IN (0, 1, 2) AND (s.kind <> 11 OR s.voice IS NOT NULL)
         UNION
         SELECT k.case_id FROM json_each(?1) j CROSS JOIN member k INDEXED BY member_case ON k.case_id = j.value
         WHERE k.mention NOT IN (SELECT value FROM json_each(?2))",
    )
    .bind(json(cases.iter().copied()))
    .bind(json(mentions.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    for row in &rows {
        if !touched.contains(&row.1) {
            needs.insert(row.0, need(row));
        }
    }
    sqlx::query("DELETE FROM member WHERE mention IN (SELECT value FROM json_each(?))")
        .bind(json(needs.keys().copied()))
        .execute(&mut *conn)
        .await?;
    sweep(conn, cases.into_iter().filter(|case| !touched.contains(case)).collect()).await?;
    let stay: BTreeSet<i64> = rows.iter().filter(|row| touched.contains(&row.1)).map(|row| row.0).collect();
    let free = mentions.iter().copied().filter(|mention| !stay.contains(mention));
    let mut words = word::stored(conn, free).await?;
    for word in &mut words {
        word.need = needs.get(&word.mention).copied().flatten();
    }
    Ok(words)
}
