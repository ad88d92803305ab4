//! Which act answers which mention. Each side finds the other by the name of what the act answers, so that it does
//! not matter which of them came first.

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::SqliteConnection;

use super::Kept;
use crate::domain::MentionId;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::stream;

/// Acts that wait for a mention, by the name that they wait for: number and when they were published.
#[derive(Default)]
pub(super) struct Waiting(HashMap<i64, Vec<(i64, i64)>>);

/// Looks for acts that wait for mentions of these names.
pub(super) async fn waiting(
    conn: &mut SqliteConnection,
    realm: i64,
    names: impl Iterator<Item = i64>,
) -> Done<Waiting> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "SELECT a.target, a.id, a.published FROM json_each(?2) j
         CROSS JOIN act a INDEXED BY act_target ON a.realm = ?1 AND a.target = j.value WHERE a.answers IS NULL",
    )
    .bind(realm)
    .bind(json(names))
    .fetch_all(conn)
    .await?;
    let mut waiting = Waiting::default();
    for (target, act, published) in rows {
        waiting.0.entry(target).or_default().push((act, published));
    }
    Ok(waiting)
}

impl Waiting {
    /// New mentions that are answered already arrive as answered and read.
    pub(super) fn apply<'a>(&self, new: impl Iterator<Item = &'a mut Kept>) {
        if self.0.is_empty() {
            return;
        }
        for kept in new {
            let acts = kept.keys.iter().filter_map(|key| self.0.get(key)).flatten();
            kept.answered = acts.map(|(_, published)| *published).min();
            kept.read |= kept.answered.is_some();
        }
    }

    /// The mentions that the acts answer.
    pub(super) fn found(&self, names: &[(i64, i64)]) -> HashSet<i64> {
        names.iter().filter(|(name, _)| self.0.contains_key(name)).map(|(_, mention)| *mention).collect()
    }

    /// Writes down which mention the acts answer; `names` are the new mentions' names.
    pub(super) async fn write(&self, conn: &mut SqliteConnection, names: &[(i64, i64)]) -> Done<()> {
        for (name, mention) in names {
            for (act, _) in self.0.get(name).into_iter().flatten() {
                sqlx::query("UPDATE act SET answers = ? WHERE id = ?")
                    .bind(mention)
                    .bind(act)
                    .execute(&mut *conn)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Brings mentions in line with the acts that answer them now; what becomes answered becomes read. Returns those that
/// changed.
pub(super) async fn settle(conn: &mut SqliteConnection, mentions: &HashSet<i64>) -> Done<Vec<MentionId>> {
    if mentions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT m.id, m.place, m.answered,
             (SELECT min(a.published) FROM act a INDEXED BY act_answers WHERE a.answers = m.id)
         FROM json_each(?) j CROSS JOIN body b ON b.id = j.value CROSS JOIN mention m ON m.place = b.place ORDER BY m.id",
    )
    .bind(json(mentions.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    let mut changed = Vec::new();
    let mut answered = Vec::new();
    for (id, place, before, now) in rows.into_iter().filter(|(_, _, before, now)| before != now) {
        sqlx::query("UPDATE mention SET answered = ? WHERE place = ?")
            .bind(now)
            .bind(place)
            .execute(&mut *conn)
            .await?;
        changed.push(MentionId(id));
        if before.is_none() {
            answered.push(MentionId(id));
        }
    }
    stream::mark_piece(conn, &answered, true).await?;
    Ok(changed)
}

/// Mentions went: acts that answered them answer nothing that is stored.
pub(super) async fn forget(conn: &mut SqliteConnection, mentions: impl Iterator<Item = i64>) -> Done<()> {
    sqlx::query(
        "UPDATE act SET answers = NULL WHERE id IN (
             SELECT a.id FROM json_each(?) j CROSS JOIN act a INDEXED BY act_answers ON a.answers = j.value)",
    )
    .bind(json(mentions))
    .execute(conn)
    .await?;
    Ok(())
}
