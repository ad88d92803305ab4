//! What people change about cases.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::codec::capped;
use super::super::connection::begin;
use super::super::fault::Done;
use super::super::place::to_millis;
use super::state::{self, Aside, Before, Clock, Handed, Heard, Pledge, Standing, State, Taken, UNTIL_REPLY};
use super::steps::{NewStep, kind};
use super::undo;
use super::word;
use super::work::{self, Work};
use crate::domain::case::{CaseChange, CaseStatus, Dismissal, Snooze, Undone};
use crate::domain::{CaseId, MentionId, StepId};
use crate::store::cases::{ByHand, Changed, Need};

/// Longest words of ours, in bytes.
const WORDS: usize = 40_000;
/// Longest name of a voice, in bytes.
const VOICE: usize = 400;

/// A change by somebody.
struct Wish<'a> {
    change: &'a CaseChange,
    voice: Option<String>,
    at: i64,
}

/// Changes cases, all in one transaction.
pub(in crate::store::sqlite) async fn change(
    conn: &mut SqliteConnection,
    ids: &[CaseId],
    change: &CaseChange,
    by: &ByHand,
) -> Done<Changed> {
    let mut tx = begin(conn).await?;
    let mut work = Work::default();
    let mut seen = BTreeSet::new();
    let ids: Vec<i64> = ids.iter().map(|id| id.0).filter(|id| seen.insert(*id)).collect();
    work.load(&mut tx, ids.iter().copied()).await?;
    let wish = Wish { change, voice: by.voice.as_deref().map(|voice| capped(voice, VOICE)), at: to_millis(by.at) };
    let mut changed = Changed::default();
    for id in ids {
        let Some(state) = work.states.get(&id).cloned() else { continue };
        if let Some(other) = other(&state, &wish) {
            changed.claimed.push((CaseId(id), other));
            continue;
        }
        if let Some(step) = apply(&mut tx, &mut work, state, &wish).await? {
            work.steps.push(step);
            work.changed.insert(id);
            changed.cases.push(CaseId(id));
        }
    }
    if changed.cases.is_empty() {
        return Ok(changed);
    }
    let first = work.finish(&mut tx).await?;
    tx.commit().await?;
    changed.steps = (first..).take(changed.cases.len()).map(StepId).collect();
    Ok(changed)
}

/// The other voice that has claimed the case, unless the change takes the claim over.
fn other(state: &State, wish: &Wish<'_>) -> Option<String> {
    let takes_over = matches!(wish.change, CaseChange::Claim(Some(_)));
    let holder = state.claimed_by(wish.at).filter(|holder| *holder != wish.voice.as_deref().unwrap_or_default());
    holder.filter(|_| !takes_over).map(str::to_owned)
}

/// Changes one case. `None` when nothing is different by it.
async fn apply(
    conn: &mut SqliteConnection,
    work: &mut Work,
    mut state: State,
    wish: &Wish<'_>,
) -> Done<Option<NewStep>> {
    let (id, at) = (state.id, wish.at);
    let step = |kind, number| NewStep { voice: wish.voice.clone(), ..NewStep::new(id, at, kind, number) };
    let worded = |kind, text: &str| NewStep { text: Some(capped(text, WORDS)), ..step(kind, None) };
    let step = match wish.change {
        CaseChange::Status(status, reason) => match stand(work, &mut state, *status, *reason, wish) {
            Some((kind, before)) => {
                let reason = state.standing.dismissal;
                NewStep { reason, before, ..step(kind, Some(state.standing.status)) }
            }
            None => return Ok(None),
        },
        CaseChange::HandOver(text, due) => {
            let before = hand_over(work, &mut state, text, due.map(to_millis), wish);
            NewStep { before, number: due.map(to_millis), ..worded(kind::HANDED, text) }
        }
        CaseChange::AnsweredByHand(text) => {
            let before = work::answer(&mut state, at, wish.voice.clone());
            work.judged.insert(id);
            NewStep { before, ..worded(kind::BY_HAND, text) }
        }
        CaseChange::Note(text) => worded(kind::NOTE, text),
        CaseChange::Snooze(snooze) => {
            let until = snooze.map(|snooze| match snooze {
                Snooze::Until(until) => to_millis(until),
                Snooze::UntilReply => UNTIL_REPLY,
            });
            if state.aside.until == until {
                return Ok(None);
            }
            let aside = Some(std::mem::replace(&mut state.aside, Aside { until }));
            NewStep { before: Before { aside, ..Before::default() }, ..step(kind::SNOOZED, until) }
        }
        CaseChange::Claim(until) => {
            let until = until.map(to_millis);
            let voice = until.map(|_| wish.voice.clone().unwrap_or_default());
            let taken = Taken { voice, until };
            if state.taken == taken || (until.is_none() && state.claimed_by(at).is_none()) {
                return Ok(None);
            }
            let taken = Some(std::mem::replace(&mut state.taken, taken));
            NewStep { before: Before { taken, ..Before::default() }, ..step(kind::CLAIMED, until) }
        }
        CaseChange::Promise(text, due) => {
            let done = sqlx::query("INSERT INTO promise (case_id, text, due, told) VALUES (?, ?, ?, 0)")
                .bind(id)
                .bind(capped(text, WORDS))
                .bind(to_millis(*due))
                .execute(&mut *conn)
                .await?;
            let promise = done.last_insert_rowid();
            state.promise = undo::promise(conn, id).await?;
            let pledge = Some(Pledge { id: promise, was: false, kept: None });
            let before = Before { pledge, ..Before::default() };
            NewStep { before, number: Some(promise), ..worded(kind::PROMISED, text) }
        }
        CaseChange::Keep(promise) => {
            let done = sqlx::query("UPDATE promise SET kept = ?3 WHERE id = ?1 AND case_id = ?2 AND kept IS NULL")
                .bind(promise.0)
                .bind(id)
                .bind(at)
                .execute(&mut *conn)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(None);
            }
            state.promise = undo::promise(conn, id).await?;
            let pledge = Some(Pledge { id: promise.0, was: true, kept: None });
            NewStep { before: Before { pledge, ..Before::default() }, ..step(kind::KEPT, Some(promise.0)) }
        }
    };
    work.states.insert(id, state);
    Ok(Some(step))
}

/// Hands a case over, or on to somebody else.
fn hand_over(work: &mut Work, state: &mut State, to: &str, due: Option<i64>, wish: &Wish<'_>) -> Before {
    let before = stand(work, state, CaseStatus::HandedOver, None, wish).map(|(_, before)| before);
    // It was handed over already: undoing the first time must not take it from those who have it since.
    let (standing, heard) = (Some(state.standing.clone()), Some(state.heard.clone()));
    let mut before = before.unwrap_or_else(|| Before { standing, heard, ..Before::default() });
    let handed = Handed { to: Some(capped(to, WORDS)), due, told: false };
    before.handed = Some(std::mem::replace(&mut state.handed, handed));
    before
}

/// Gives a case another status. `None` when it has it. What is opened again begins another turn of the clocks.
fn stand(
    work: &mut Work,
    state: &mut State,
    status: CaseStatus,
    reason: Option<Dismissal>,
    wish: &Wish<'_>,
) -> Option<(i64, Before)> {
    let dismissal = reason.filter(|_| status == CaseStatus::Dismissed).map(state::dismissal);
    let number = state::status(status);
    if (state.standing.status, state.standing.dismissal) == (number, dismissal) {
        return None;
    }
    let mut before = Before::default();
    if !state.is_open() && status.is_open() {
        let wait = state.clock.due.saturating_sub(state.clock.opened);
        let clock = Clock {
            opened: wish.at,
            published: wish.at,
            due: wish.at.saturating_add(wait),
            reopened: state.clock.reopened + 1,
            told: false,
            ..state.clock.clone()
        };
        before = work.next_turn(state, clock);
    }
    let opened_again = before.clock.is_some();
    let closed = if status.is_open() { None } else { state.standing.closed.or(Some(wish.at)) };
    let standing = std::mem::replace(&mut state.standing, Standing { status: number, dismissal, closed });
    before.standing.get_or_insert(standing);
    let heard = match status {
        CaseStatus::New => Heard::default(),
        CaseStatus::Acknowledged | CaseStatus::HandedOver if state.heard.at.is_none() => {
            Heard { at: Some(wish.at), voice: wish.voice.clone() }
        }
        _ => state.heard.clone(),
    };
    if heard != state.heard {
        before.heard.get_or_insert(std::mem::replace(&mut state.heard, heard));
    }
    if status != CaseStatus::HandedOver && state.handed != Handed::default() {
        before.handed.get_or_insert(std::mem::take(&mut state.handed));
    }
    if !status.is_open() && state.aside.until.is_some() {
        before.aside.get_or_insert(std::mem::take(&mut state.aside));
    }
    let kind = if opened_again && status == CaseStatus::New { kind::REOPENED } else { kind::STATUS };
    Some((kind, before))
}

/// Undoes steps, the newest first.
pub(in crate::store::sqlite) async fn undo_steps(
    conn: &mut SqliteConnection,
    ids: &[StepId],
    _by: &ByHand,
) -> Done<Undone> {
    let mut tx = begin(conn).await?;
    let mut work = Work::default();
    let past = undo::load(&mut tx, &json(ids.iter().map(|id| id.0))).await?;
    let past: Vec<undo::Past> = past.into_iter().filter(undo::Past::is_by_hand).collect();
    if past.is_empty() {
        return Ok(Undone::default());
    }
    work.load(&mut tx, past.iter().map(|step| step.case).collect::<Vec<_>>()).await?;
    let mut overtaken = BTreeSet::new();
    for step in &past {
        if undo::is_overtaken(&mut tx, step).await? {
            overtaken.insert(CaseId(step.case));
        } else {
            undo::undo(&mut tx, &mut work, step).await?;
        }
    }
    let cases = work.changed.iter().map(|id| CaseId(*id)).collect();
    work.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(Undone { cases, overtaken: overtaken.into_iter().collect() })
}

/// Opens a case by hand.
pub(in crate::store::sqlite) async fn open(
    conn: &mut SqliteConnection,
    mention: MentionId,
    need: &Need,
    by: &ByHand,
) -> Done<Option<CaseId>> {
    let mut tx = begin(conn).await?;
    if let Some(case) = of(&mut tx, mention).await? {
        return Ok(Some(case));
    }
    let Some(word) = word::stored(&mut tx, [mention.0]).await?.pop() else { return Ok(None) };
    let mut work = Work::default();
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM cases WHERE realm = ? AND thread = ? AND who = ?")
        .bind(word.realm)
        .bind(word.thread)
        .bind(word.who)
        .fetch_optional(&mut *tx)
        .await?;
    let at = to_millis(by.at);
    let voice = by.voice.as_deref().map(|voice| capped(voice, VOICE));
    let id = match known {
        Some(id) => {
            work.load(&mut tx, [id]).await?;
            let Some(mut state) = work.states.get(&id).cloned() else { return Ok(None) };
            if !state.is_open() {
                let clock = work::clock(&word, need, at, state.clock.reopened + 1);
                let before = work.next_turn(&mut state, clock);
                work.steps.push(NewStep { voice, before, ..NewStep::new(id, at, kind::REOPENED, Some(word.mention)) });
            }
            work.member(id, &word, Some(need), state.clock.reopened);
            work.states.insert(id, state);
            work.changed.insert(id);
            id
        }
        None => {
            let id = work::numbers(&mut tx, 1).await?;
            work.open(id, &word, need, at, voice);
            id
        }
    };
    work.stale.insert(id);
    if word.answered {
        work.linked.insert(word.mention);
    }
    work.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(Some(CaseId(id)))
}

/// The case that a mention belongs to.
pub(in crate::store::sqlite) async fn of(conn: &mut SqliteConnection, mention: MentionId) -> Done<Option<CaseId>> {
    let case: Option<i64> =
        sqlx::query_scalar("SELECT case_id FROM member WHERE mention = ?").bind(mention.0).fetch_optional(conn).await?;
    Ok(case.map(CaseId))
}
