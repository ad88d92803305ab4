//! Taking a step back: what it changed is as it was before. A person's step is taken back wholly or, when something newer
//! changed the same, not at all. What comes about by itself (an answer that is taken down) has to go whatever is newer:
//! what cannot be given back to the case is left to the newer step then, so that undoing that one later goes back to
//! before both.

use sqlx::sqlite::SqliteConnection;

use super::super::fault::Done;
use super::state::{self, Before, Handed, Pledge, State};
use super::steps::kind;
use super::work::Work;
use crate::domain::case::CaseStatus;

/// A step that is to be undone.
pub(super) struct Past {
    pub(super) id: i64,
    pub(super) case: i64,
    kind: i64,
    before: Before,
}

impl Past {
    /// A person did it.
    pub(super) fn is_by_hand(&self) -> bool {
        !matches!(self.kind, kind::OPENED | kind::THEY_WROTE | kind::ANSWERED | kind::OUTGOING)
    }
}

/// A newer step that changed something.
struct Newer {
    id: i64,
    before: Before,
    patched: bool,
}

/// Loads steps of these numbers, those that were undone left out.
pub(super) async fn load(conn: &mut SqliteConnection, ids: &str) -> Done<Vec<Past>> {
    let rows: Vec<(i64, i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT id, case_id, kind, before FROM step WHERE id IN (SELECT value FROM json_each(?)) AND undone = 0
         ORDER BY id DESC",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let past = |(id, case, kind, before): (_, _, _, Option<String>)| Past {
        id,
        case,
        kind,
        before: Before::read(before.as_deref()),
    };
    Ok(rows.into_iter().map(past).collect())
}

/// Whether something newer that stands changed what a step changed.
pub(super) async fn is_overtaken(conn: &mut SqliteConnection, step: &Past) -> Done<bool> {
    let newer = newer(conn, step).await?;
    let old = &step.before;
    let overtakes = |one: &Newer| {
        let new = &one.before;
        let stands = old.standing.is_some() && (new.standing.is_some() || new.clock.is_some());
        let heard = old.heard.is_some() && (new.heard.is_some() || new.clock.is_some());
        let clock = old.clock.is_some() && (new.asked || new.clock.is_some() || new.standing.is_some());
        let aside = old.aside.is_some() && new.aside.is_some();
        let taken = old.taken.is_some() && new.taken.is_some();
        let pledge = |pledge: &Pledge| new.pledge.as_ref().is_some_and(|other| other.id == pledge.id);
        stands || heard || clock || aside || taken || old.pledge.as_ref().is_some_and(pledge)
    };
    Ok(newer.iter().any(overtakes))
}

/// Undoes a step of a case that is loaded.
pub(super) async fn undo(conn: &mut SqliteConnection, work: &mut Work, step: &Past) -> Done<()> {
    let Some(mut state) = work.states.get(&step.case).cloned() else { return Ok(()) };
    let mut newer = newer(conn, step).await?;
    let before = &step.before;
    if let Some(clock) = &before.clock {
        let later = |one: &Newer| one.before.asked || one.before.clock.is_some() || one.before.standing.is_some();
        if !newer.iter().any(later) {
            back_a_turn(conn, step.case, clock.reopened).await?;
            state.clock.clone_from(clock);
            state.standing = before.standing.clone().unwrap_or(state.standing);
            state.heard = before.heard.clone().unwrap_or(state.heard);
            state.handed = before.handed.clone().unwrap_or_default();
        }
    } else {
        restore(&before.standing, &mut state.standing, &mut newer, |one| &mut one.standing);
        restore(&before.heard, &mut state.heard, &mut newer, |one| &mut one.heard);
        restore(&before.handed, &mut state.handed, &mut newer, |one| &mut one.handed);
    }
    restore(&before.aside, &mut state.aside, &mut newer, |one| &mut one.aside);
    restore(&before.taken, &mut state.taken, &mut newer, |one| &mut one.taken);
    if let Some(pledge) = &before.pledge {
        let same = |one: &Newer| one.before.pledge.as_ref().is_some_and(|other| other.id == pledge.id);
        if !newer.iter().any(same) {
            let sql = if pledge.was {
                "UPDATE promise SET kept = ?2 WHERE id = ?1"
            } else {
                "DELETE FROM promise WHERE id = ?1"
            };
            let query = sqlx::query(sql).bind(pledge.id);
            let query = if pledge.was { query.bind(pledge.kept) } else { query };
            query.execute(&mut *conn).await?;
            state.promise = promise(conn, state.id).await?;
        }
    }
    for one in newer.iter().filter(|one| one.patched) {
        sqlx::query("UPDATE step SET before = ? WHERE id = ?")
            .bind(one.before.stored())
            .bind(one.id)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query("UPDATE step SET undone = 1 WHERE id = ?").bind(step.id).execute(&mut *conn).await?;
    agree(&mut state);
    if matches!(step.kind, kind::ANSWERED | kind::BY_HAND) {
        work.judged.insert(step.case);
    }
    work.changed.insert(step.case);
    work.states.insert(step.case, state);
    Ok(())
}

/// Gives a part back, to the case or to the next newer step that changed it.
fn restore<T: Clone>(old: &Option<T>, now: &mut T, newer: &mut [Newer], part: impl Fn(&mut Before) -> &mut Option<T>) {
    let Some(old) = old else { return };
    for one in newer {
        if let Some(kept) = part(&mut one.before) {
            kept.clone_from(old);
            one.patched = true;
            return;
        }
    }
    now.clone_from(old);
}

/// Newer steps of the same case that stand and changed something, oldest first.
async fn newer(conn: &mut SqliteConnection, step: &Past) -> Done<Vec<Newer>> {
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(
        "SELECT id, before FROM step WHERE case_id = ? AND id > ? AND undone = 0 AND before IS NOT NULL ORDER BY id",
    )
    .bind(step.case)
    .bind(step.id)
    .fetch_all(conn)
    .await?;
    let newer =
        |(id, before): (i64, Option<String>)| Newer { id, before: Before::read(before.as_deref()), patched: false };
    Ok(rows.into_iter().map(newer).collect())
}

/// The turn of the clocks that was over is the present one again.
async fn back_a_turn(conn: &mut SqliteConnection, case: i64, number: i64) -> Done<()> {
    for sql in [
        "DELETE FROM turn WHERE case_id = ?1 AND number >= ?2",
        "UPDATE member SET turn = ?2 WHERE case_id = ?1 AND turn > ?2",
    ] {
        sqlx::query(sql).bind(case).bind(number).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The open promise of a case that is due first.
pub(super) async fn promise(conn: &mut SqliteConnection, case: i64) -> Done<Option<i64>> {
    let due = sqlx::query_scalar("SELECT min(due) FROM promise WHERE case_id = ? AND kept IS NULL").bind(case);
    Ok(due.fetch_one(conn).await?)
}

/// A new case is one of which nobody said that we heard, and nobody else has what is not handed over.
fn agree(state: &mut State) {
    match (state.standing.status, state.heard.at) {
        (0, Some(_)) => state.standing.status = 1,
        (1, None) => state.standing.status = 0,
        _ => {}
    }
    if state.standing.status != state::status(CaseStatus::HandedOver) {
        state.handed = Handed::default();
    }
}
