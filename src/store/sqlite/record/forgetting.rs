//! What recording has to do with people who are forgotten: nothing of theirs comes in, what there is goes out, and the
//! words of others are stored anew without them.

use sqlx::sqlite::SqliteConnection;

use super::{Kept, Tally, erase, identity, kept, revise, stories, traces};
use crate::domain::Timestamp;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place;

/// Mentions that are loaded and erased at a time.
const PIECE: usize = 500;

/// Erases mentions as if their authors had taken them down, and every name of theirs with it.
pub(in crate::store::sqlite) async fn take_out(conn: &mut SqliteConnection, ids: &[i64], at: Timestamp) -> Done<u64> {
    let (mut tally, mut erased) = (Tally::default(), 0);
    for piece in ids.chunks(PIECE) {
        let gone = erase::erase(conn, piece.iter().copied(), erase::Why::Deleted, erase::day(at), &mut tally).await?;
        let names = gone.iter().flat_map(|kept: &Kept| {
            kept.keys.iter().map(|key| [kept.realm, *key, place::second_of(kept.place)]).collect::<Vec<_>>()
        });
        identity::bury(conn, &names.collect::<Vec<_>>(), erase::day(at)).await?;
        erased += gone.len() as u64;
    }
    tally.write(conn).await?;
    if erased > 0 {
        revise(conn).await?;
    }
    Ok(erased)
}

/// The native names (hashes) of mentions with their realms.
pub(in crate::store::sqlite) async fn names(conn: &mut SqliteConnection, ids: &[i64]) -> Done<Vec<[i64; 2]>> {
    let mut names = Vec::new();
    for piece in ids.chunks(PIECE) {
        let all = kept::load(conn, piece.iter().copied()).await?;
        names.extend(all.iter().flat_map(|kept| kept.keys.iter().map(|key| [kept.realm, *key]).collect::<Vec<_>>()));
    }
    Ok(names)
}

/// A column of a mention's wide half and what it holds from now on.
pub(in crate::store::sqlite) type Rewording = (i64, &'static str, Option<String>);

/// Stores words of mentions anew, and what the index knows of them.
pub(in crate::store::sqlite) async fn reword(
    conn: &mut SqliteConnection,
    words: &[Rewording],
    now: Timestamp,
) -> Done<()> {
    let mut ids: Vec<i64> = words.iter().map(|(id, _, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let since = place::start_of(place::second(now) - stories::WINDOW);
    let old = kept::load(conn, ids.iter().copied()).await?;
    traces::remove(conn, &old).await?;
    for (id, column, text) in words {
        // The column is one of a list of ours.
        let sql = format!("UPDATE body SET {column} = ? WHERE id = ?");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(text.as_deref()).bind(id).execute(&mut *conn).await?;
    }
    let new = kept::load(conn, ids.iter().copied()).await?;
    traces::add(conn, &new, since).await?;
    revise(conn).await
}

/// Mentions of others that repeat these: reposts within their stories.
pub(in crate::store::sqlite) async fn reposts(conn: &mut SqliteConnection, ids: &[i64]) -> Done<Vec<i64>> {
    let repeats: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT r.id FROM json_each(?1) j CROSS JOIN body b ON b.id = j.value
         CROSS JOIN mention m ON m.place = b.place
         CROSS JOIN mention o INDEXED BY mention_story ON o.story = m.story AND o.id <> m.id
         CROSS JOIN body r ON r.id = o.id
         WHERE r.repost_of IS NOT NULL AND (r.repost_of = b.native_id OR r.repost_of = b.url)
             AND r.id NOT IN (SELECT value FROM json_each(?1))",
    )
    .bind(json(ids.iter().copied()))
    .fetch_all(conn)
    .await?;
    Ok(repeats)
}
