//! Taking mentions out again, with everything that they left.

use sqlx::sqlite::SqliteConnection;
use tokio::sync::Mutex;

use super::{Kept, Similar, Tally, acts, answers, corrected, identity, kept, people, revise, revision, traces};
use crate::domain::Timestamp;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::{cases, giving, lease, place};
use crate::store::{Lease, Retention};

/// Most mentions and acts that one call of [`retain`] erases.
const PIECE: usize = 1_000;
/// How many of them in one transaction: erasing takes a millisecond each, and others want to write too.
const AT_ONCE: usize = 100;
/// Most erased names that are forgotten in one transaction.
const FORGOTTEN: i64 = 1_000;
const DAY: i64 = 86_400;

/// The day of a moment, in days since 1970.
pub(in crate::store::sqlite) fn day(moment: Timestamp) -> i64 {
    place::second(moment).div_euclid(DAY)
}

/// Why mentions go: what of their names is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Their authors took them down: the same native id does not come back.
    Deleted,
    /// They are too old: under no name do they come back.
    Old,
    /// They turned out to be our own: their names are an act's from now on.
    Ours,
}

/// Erases mentions and counts them out. Returns those that were there.
pub(super) async fn erase(
    conn: &mut SqliteConnection,
    ids: impl IntoIterator<Item = i64>,
    why: Why,
    today: i64,
    tally: &mut Tally,
) -> Done<Vec<Kept>> {
    let all = kept::load(conn, ids).await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    for kept in &all {
        tally.count(kept, -1);
        tally.story(kept.story, -1);
    }
    traces::remove(conn, &all).await?;
    let owned = |kept: &Kept| kept.keys.iter().map(|key| [kept.realm, *key, kept.id]).collect::<Vec<_>>();
    identity::remove(conn, &all.iter().flat_map(owned).collect::<Vec<_>>()).await?;
    let buried = |kept: &Kept| -> Vec<[i64; 3]> {
        let native = identity::key(&kept.native_id);
        let keys = kept.keys.iter().filter(|key| why == Why::Old || (why == Why::Deleted && **key == native));
        keys.map(|key| [kept.realm, *key, place::second_of(kept.place)]).collect()
    };
    identity::bury(conn, &all.iter().flat_map(buried).collect::<Vec<_>>(), today).await?;
    sqlx::query("DELETE FROM mention WHERE place IN (SELECT value FROM json_each(?))")
        .bind(json(all.iter().map(|kept| kept.place)))
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM body WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json(all.iter().map(|kept| kept.id)))
        .execute(&mut *conn)
        .await?;
    people::forget(conn, all.iter().filter_map(|kept| kept.person)).await?;
    answers::forget(conn, all.iter().map(|kept| kept.id)).await?;
    giving::forget(conn, all.iter().map(|kept| kept.id)).await?;
    cases::mentions_gone(conn, all.iter().map(|kept| kept.id), why != Why::Old).await?;
    // What is not public leaves nothing behind, at whatever age it goes.
    let (private, others): (Vec<&Kept>, Vec<&Kept>) = all.iter().partition(|kept| kept.is_private());
    for (kept, why) in [(others, why), (private, Why::Deleted)] {
        corrected::erase(conn, &kept.iter().map(|kept| kept.id).collect::<Vec<_>>(), why).await?;
    }
    Ok(all)
}

/// Erases a piece of what is older than the retention allows.
pub(in crate::store::sqlite) async fn retain(
    conn: &mut SqliteConnection,
    similar: &Mutex<Similar>,
    held: &Lease,
    now: Timestamp,
    retention: &Retention,
) -> Done<u64> {
    let mut similar = similar.lock().await;
    let oldest = now.saturating_sub(retention.mentions).unwrap_or(Timestamp::MIN);
    let before = place::start_of(place::second(oldest));
    let mut erased = 0;
    while erased < PIECE {
        let gone = retain_some(conn, &mut similar, held, before, day(now)).await?;
        erased += gone;
        if gone < AT_ONCE {
            break;
        }
    }
    Ok(erased as u64)
}

async fn retain_some(
    conn: &mut SqliteConnection,
    similar: &mut Similar,
    held: &Lease,
    before: i64,
    today: i64,
) -> Done<usize> {
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let old: Vec<i64> = sqlx::query_scalar("SELECT id FROM mention WHERE place < ? ORDER BY place LIMIT ?")
        .bind(before)
        .bind(AT_ONCE as i64)
        .fetch_all(&mut *tx)
        .await?;
    let room = AT_ONCE.saturating_sub(old.len());
    let known = revision(&mut tx).await?;
    let mut tally = Tally::default();
    let erased = erase(&mut tx, old, Why::Old, today, &mut tally).await?;
    tally.write(&mut tx).await?;
    if !erased.is_empty() {
        revise(&mut tx).await?;
    }
    let acts = acts::retain(&mut tx, place::second_of(before), room, today).await?;
    // What was sent or given up, with the words of people in it.
    let outgoing = sqlx::query("DELETE FROM outgoing WHERE state IN (4, 7) AND changed < ?")
        .bind(place::second_of(before).saturating_mul(1_000))
        .execute(&mut *tx)
        .await?;
    let forgotten = sqlx::query(
        "DELETE FROM gone WHERE (realm, key) IN (SELECT realm, key FROM gone INDEXED BY gone_day WHERE day < ? LIMIT ?)",
    )
    .bind(today - identity::FORGET_AFTER)
    .bind(FORGOTTEN)
    .execute(&mut *tx)
    .await?;
    let revision = revision(&mut tx).await?;
    // Nothing to erase is the rule: then nothing is written, and nobody is told of a change.
    if erased.is_empty() && acts == 0 && forgotten.rows_affected() == 0 && outgoing.rows_affected() == 0 {
        return Ok(0);
    }
    tx.commit().await?;
    if similar.is_at(known) {
        erased.iter().for_each(|kept| similar.remove(kept));
        similar.settle(revision);
    }
    Ok(erased.len() + acts)
}
