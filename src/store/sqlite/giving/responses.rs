//! Which act a mention answers: the one that it names as its parent, else the one that began its thread. Either side may
//! come first; each time a side comes, changes or goes, the mentions concerned are looked at anew.

use std::collections::HashMap;

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::{Cell, Insert, json, json_rows};
use super::super::connection::begin;
use super::super::fault::Done;
use super::super::lease;
use super::super::record::name_key;
use crate::domain::{ActId, MentionId};
use crate::store::Lease;

/// Most mentions that are looked at in one call of [`link`].
const PIECE: i64 = 500;
/// Mentions that are looked at in one statement.
const AT_ONCE: usize = 500;
/// Most mentions that are read at once.
const MOST: u32 = 10_000;

const RESPONSE: Insert =
    Insert { head: "INSERT OR REPLACE INTO response (mention, act)", width: 2, tail: "", most: 256 };

/// The mentions that answer an act.
pub(super) const OF: &str = "SELECT mention FROM response INDEXED BY response_act WHERE act = ?1 AND mention < ?2
     ORDER BY mention DESC LIMIT ?3";

/// What a mention says of what it answers: number, realm, parent, root, thread.
type Says = (i64, i64, Option<String>, Option<String>, Option<i64>);

/// Brings mentions to the acts that they answer now.
pub(in crate::store::sqlite) async fn settle(
    conn: &mut SqliteConnection,
    mentions: impl IntoIterator<Item = i64>,
) -> Done<()> {
    let mentions: Vec<i64> = mentions.into_iter().collect();
    for piece in mentions.chunks(AT_ONCE) {
        settle_some(conn, piece).await?;
    }
    Ok(())
}

async fn settle_some(conn: &mut SqliteConnection, mentions: &[i64]) -> Done<()> {
    let say: Vec<Says> = sqlx::query_as(
        "SELECT b.id, coalesce(b.realm, m.source), b.parent, b.root, b.thread FROM json_each(?) j
         CROSS JOIN body b ON b.id = j.value CROSS JOIN mention m ON m.place = b.place",
    )
    .bind(json(mentions.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    let named: Vec<(i64, Vec<[i64; 2]>)> = say.into_iter().map(|says| (says.0, names(says))).collect();
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "SELECT d.realm, d.key, d.act FROM json_each(?) j
         CROSS JOIN deed d ON d.realm = j.value ->> 0 AND d.key = j.value ->> 1",
    )
    .bind(json_rows(named.iter().flat_map(|(_, names)| names.iter().copied())))
    .fetch_all(&mut *conn)
    .await?;
    let acts: HashMap<[i64; 2], i64> = rows.into_iter().map(|(realm, key, act)| ([realm, key], act)).collect();
    let answered: HashMap<i64, i64> = named
        .iter()
        .filter_map(|(mention, names)| Some((*mention, names.iter().find_map(|name| acts.get(name))?)))
        .map(|(mention, act)| (mention, *act))
        .collect();
    let none = mentions.iter().filter(|mention| !answered.contains_key(mention));
    forget(conn, none.copied()).await?;
    let mut cells: Vec<[i64; 2]> = answered.into_iter().map(|(mention, act)| [mention, act]).collect();
    cells.sort_unstable();
    RESPONSE.run(conn, cells.into_iter().flatten().map(Cell::Int).collect()).await
}

/// The names of what a mention may answer, the nearest first.
fn names((_, realm, parent, root, thread): Says) -> Vec<[i64; 2]> {
    let name = |id: Option<String>| id.filter(|id| !id.is_empty()).map(|id| name_key(&id));
    [name(parent), name(root), thread].into_iter().flatten().map(|key| [realm, key]).collect()
}

/// Mentions are no more.
pub(in crate::store::sqlite) async fn forget(
    conn: &mut SqliteConnection,
    mentions: impl IntoIterator<Item = i64>,
) -> Done<()> {
    sqlx::query("DELETE FROM response WHERE mention IN (SELECT value FROM json_each(?))")
        .bind(json(mentions))
        .execute(conn)
        .await?;
    Ok(())
}

/// An act came or got further names (`keys`), and is in a thread: the mentions that answer it.
pub(in crate::store::sqlite) async fn waiting(
    conn: &mut SqliteConnection,
    realm: i64,
    keys: &[i64],
    thread: i64,
) -> Done<Vec<i64>> {
    let rows: Vec<(i64, Option<String>, Option<String>, i64)> = sqlx::query_as(
        "SELECT b.id, b.parent, b.root, b.thread FROM json_each(?2) j
         CROSS JOIN body b INDEXED BY body_thread ON b.thread = j.value
         CROSS JOIN mention m ON m.place = b.place WHERE coalesce(b.realm, m.source) = ?1",
    )
    .bind(realm)
    .bind(json(keys.iter().copied().chain([thread])))
    .fetch_all(conn)
    .await?;
    let answers = |(mention, parent, root, thread): (i64, Option<String>, Option<String>, i64)| {
        let named = names((mention, realm, parent, root, Some(thread)));
        named.iter().any(|[_, key]| keys.contains(key)).then_some(mention)
    };
    Ok(rows.into_iter().filter_map(answers).collect())
}

/// Acts are no more: the mentions that answered them.
pub(in crate::store::sqlite) async fn let_go(conn: &mut SqliteConnection, acts: &[i64]) -> Done<Vec<i64>> {
    let mentions = sqlx::query_scalar(
        "DELETE FROM response WHERE mention IN (SELECT r.mention FROM json_each(?) j
             CROSS JOIN response r INDEXED BY response_act ON r.act = j.value) RETURNING mention",
    )
    .bind(json(acts.iter().copied()))
    .fetch_all(conn)
    .await?;
    Ok(mentions)
}

/// Looks at a piece of what was stored before there were responses, the newest first.
pub(super) async fn link(conn: &mut SqliteConnection, held: &Lease) -> Done<u64> {
    let left: i64 = sqlx::query_scalar("SELECT unlinked FROM head").fetch_one(&mut *conn).await?;
    if left < 1 {
        return Ok(0);
    }
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM body WHERE id <= ? ORDER BY id DESC LIMIT ?")
        .bind(left)
        .bind(PIECE)
        .fetch_all(&mut *tx)
        .await?;
    let next = ids.last().map_or(0, |id| id - 1);
    settle(&mut tx, ids).await?;
    sqlx::query("UPDATE head SET unlinked = ?").bind(next).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(u64::try_from(next).unwrap_or(0))
}

/// The act that a mention answers.
pub(super) async fn act_of(conn: &mut SqliteConnection, mention: MentionId) -> Done<Option<ActId>> {
    let act: Option<i64> =
        sqlx::query_scalar("SELECT act FROM response WHERE mention = ?").bind(mention.0).fetch_optional(conn).await?;
    Ok(act.map(ActId))
}

/// The mentions that answer an act, the newest recorded first.
pub(super) async fn of(
    conn: &mut SqliteConnection,
    act: ActId,
    before: Option<MentionId>,
    limit: u32,
) -> Done<Vec<MentionId>> {
    let found: Vec<i64> = sqlx::query_scalar(OF)
        .bind(act.0)
        .bind(before.map_or(i64::MAX, |mention| mention.0))
        .bind(limit.min(MOST))
        .fetch_all(conn)
        .await?;
    Ok(found.into_iter().map(MentionId).collect())
}
