//! The outbox. Every change is one transaction that asks first whether it may happen in the present state.

mod accounts;
mod drafts;
mod presence;
mod sending;
mod submit;
mod thread;

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

pub(super) use accounts::{identities, keep_identities};
pub(super) use drafts::{draft_for, recall, redraft, save_draft, settle, withdraw};
pub(super) use presence::{attend, attending, depart, is_stopped, moved_since, stop, version};
pub(super) use sending::{begin, finish, jobs, next_job, sweep};
pub(super) use submit::{approve, submit};

use super::bulk::json;
use super::codec;
use super::fault::{Done, Fault};
use super::place::{from_millis, to_millis};
use super::{realm, rows};
use crate::domain::outbox::{Outgoing, OutgoingState, Part, Target};
use crate::domain::{CaseId, MentionId, Network, OutgoingId, SafeText, SourceId, Timestamp};

/// Most that is read at once.
const MOST: u32 = 10_000;
/// Longest trouble, remark or name of a voice, in characters.
const LINE: usize = 1_000;

/// Said of what waits while all traffic is paused.
const PAUSED: &str = "it waits: all traffic with the networks is paused";
/// Said of what waits while sending is stopped.
const STOPPED: &str = "it waits: all sending is stopped";

/// A part as it lies in the database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    native_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

fn parts_from(stored: &str) -> Vec<Kept> {
    serde_json::from_str(stored).unwrap_or_default()
}

fn parts_json(parts: &[Kept]) -> Done<String> {
    serde_json::to_string(parts).map_err(|error| Fault::other(error.to_string()))
}

/// How many of the parts are out: the first ones.
fn out(parts: &[Kept]) -> usize {
    parts.iter().take_while(|part| part.native_id.is_some()).count()
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.state, o.source, n.name,
                 coalesce((SELECT k.case_id FROM member k WHERE k.mention = o.mention), o.case_id), o.mention, o.parent, o.root, o.quote, o.who, o.parts,
                 o.visibility, o.warning, o.lang, o.voice, o.approved, o.created, o.changed, o.next, o.attempts,
                 o.trouble, o.remarks, o.dry, o.revision, h.paused, h.stopped, o.token, o.process, o.since, o.looks
             FROM head h CROSS JOIN outgoing o JOIN source s ON s.id = o.source JOIN network n ON n.id = s.network ",
            $rest
        )
    };
}
use select;

fn outgoing_of(row: &SqliteRow) -> sqlx::Result<Outgoing> {
    let text = |column: usize| -> sqlx::Result<Option<String>> { row.try_get(column) };
    let moment = |column: usize| -> sqlx::Result<Timestamp> { Ok(from_millis(row.try_get(column)?)) };
    let line = |column: usize| -> sqlx::Result<Option<SafeText>> {
        Ok(text(column)?.map(|words| SafeText::line(&words, LINE)))
    };
    let state = codec::outgoing_from(row.try_get(1)?);
    let parts = parts_from(row.try_get(10)?).into_iter().map(|part| Part {
        text: part.text,
        native_id: part.native_id,
        url: part.url.as_deref().and_then(rows::address),
    });
    let trouble = match (state, row.try_get(24)?, row.try_get(25)?) {
        (OutgoingState::Held, _, true) => SafeText::line(STOPPED, LINE),
        (OutgoingState::Held, true, _) => SafeText::line(PAUSED, LINE),
        _ => line(20)?.unwrap_or_default(),
    };
    let remarks: Vec<String> = serde_json::from_str(row.try_get(21)?).unwrap_or_default();
    Ok(Outgoing {
        id: OutgoingId(row.try_get(0)?),
        state,
        source: SourceId(row.try_get(2)?),
        network: Network::named(row.try_get(3)?),
        case: row.try_get::<Option<i64>, _>(4)?.map(CaseId),
        mention: row.try_get::<Option<i64>, _>(5)?.map(MentionId),
        target: Target { parent: text(6)?, root: text(7)?, quote: text(8)?, who: text(9)? },
        parts: parts.collect(),
        visibility: codec::visibility_from(row.try_get(11)?),
        content_warning: text(12)?,
        lang: text(13)?,
        voice: line(14)?,
        approved: line(15)?,
        created: moment(16)?,
        changed: moment(17)?,
        next: row.try_get::<Option<i64>, _>(18)?.map(from_millis),
        attempts: u32::try_from(row.try_get::<i64, _>(19)?).unwrap_or(u32::MAX),
        trouble,
        remarks: remarks.iter().map(|remark| SafeText::line(remark, LINE)).collect(),
        dry: row.try_get(22)?,
        revision: row.try_get(23)?,
    })
}

/// One of them.
pub(super) async fn outgoing(conn: &mut SqliteConnection, id: OutgoingId) -> Done<Option<Outgoing>> {
    let query = sqlx::query(select!("WHERE o.id = ?")).bind(id.0);
    Ok(query.try_map(|row: SqliteRow| outgoing_of(&row)).fetch_optional(conn).await?)
}

/// What is in one of these states, newest change first.
pub(super) async fn outgoings(
    conn: &mut SqliteConnection,
    states: &[OutgoingState],
    limit: u32,
) -> Done<Vec<Outgoing>> {
    let query = sqlx::query(select!(
        "WHERE o.state IN (SELECT value FROM json_each(?)) ORDER BY o.changed DESC, o.id DESC LIMIT ?"
    ));
    let states = json(states.iter().map(|state| codec::outgoing(*state)));
    let rows = query.bind(states).bind(limit.min(MOST)).try_map(|row: SqliteRow| outgoing_of(&row));
    Ok(rows.fetch_all(conn).await?)
}

/// The texts that were sent since, newest first.
pub(super) async fn sent_lately(
    conn: &mut SqliteConnection,
    since: Timestamp,
    limit: u32,
) -> Done<Vec<(OutgoingId, String)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT id, parts FROM outgoing WHERE state = ? AND changed >= ? AND dry = 0 ORDER BY changed DESC, id DESC LIMIT ?",
    )
    .bind(codec::outgoing(OutgoingState::Sent))
    .bind(to_millis(since))
    .bind(limit.min(MOST))
    .fetch_all(conn)
    .await?;
    let text = |parts: &str| parts_from(parts).into_iter().map(|part| part.text).collect::<Vec<_>>().join("\n\n");
    Ok(rows.into_iter().map(|(id, parts)| (OutgoingId(id), text(&parts))).collect())
}

/// What every change asks first.
struct State {
    state: OutgoingState,
    parts: Vec<Kept>,
    parent: Option<String>,
    root: Option<String>,
    source: i64,
    voice: Option<String>,
    token: Option<String>,
    next: Option<i64>,
    revision: i64,
}

async fn state(conn: &mut SqliteConnection, id: OutgoingId) -> Done<Option<State>> {
    let row = sqlx::query(
        "SELECT state, parts, parent, root, source, voice, token, next, revision FROM outgoing WHERE id = ?",
    );
    let state = |row: SqliteRow| -> sqlx::Result<State> {
        Ok(State {
            state: codec::outgoing_from(row.try_get(0)?),
            parts: parts_from(row.try_get(1)?),
            parent: row.try_get(2)?,
            root: row.try_get(3)?,
            source: row.try_get(4)?,
            voice: row.try_get(5)?,
            token: row.try_get(6)?,
            next: row.try_get(7)?,
            revision: row.try_get(8)?,
        })
    };
    Ok(row.bind(id.0).try_map(state).fetch_optional(conn).await?)
}

/// Notes that something moved on; gives the number to note with it.
async fn moved(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar("UPDATE head SET outbox = outbox + 1 RETURNING outbox").fetch_one(conn).await?)
}

/// The realm of a source.
async fn realm_of(conn: &mut SqliteConnection, source: i64) -> Done<i64> {
    let scope: Option<Option<i64>> =
        sqlx::query_scalar("SELECT scope FROM source WHERE id = ?").bind(source).fetch_optional(conn).await?;
    let scope = scope.ok_or_else(|| Fault::other(format!("there is no source number {source}")))?;
    Ok(realm::of(source, scope))
}

/// What is committed from now on survives a power failure too (`true`), or the death of the process only. What a
/// network is told must not be forgotten by a machine that falls over.
async fn durable(conn: &mut SqliteConnection, durable: bool) -> Done<()> {
    let pragma = if durable { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" };
    sqlx::raw_sql(pragma).execute(conn).await?;
    Ok(())
}
