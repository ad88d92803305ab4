//! Whether a thread has moved on since the writer saw it.

use sqlx::sqlite::SqliteConnection;

use super::{LINE, State, realm_of};
use crate::domain::case::Turn;
use crate::domain::outbox::{Seen, Submission};
use crate::domain::{OutgoingId, SafeText};
use crate::store::outbox::Submit;
use crate::store::sqlite::cases::{self, Thread};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place;
use crate::store::sqlite::record::name_key;

/// Most turns that are shown.
const TURNS: u32 = 100;

/// Another outgoing to the same post that is on its way, or that went out after what the writer saw.
pub(super) async fn other_on_its_way(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    seen: &Seen,
) -> Done<Option<Submission>> {
    let since = seen.newest.map_or(i64::MIN, place::to_millis);
    let other: Option<(i64, Option<String>)> = sqlx::query_as(
        "SELECT o.id, o.voice FROM outgoing d JOIN outgoing o INDEXED BY outgoing_target
             ON o.realm = d.realm AND o.target = d.target
         WHERE d.id = ?1 AND o.id <> ?1 AND o.dry = 0 AND (o.state IN (1, 2, 3, 5) OR o.state = 4 AND o.changed > ?2)
         ORDER BY o.changed DESC LIMIT 1",
    )
    .bind(id.0)
    .bind(since)
    .fetch_optional(conn)
    .await?;
    let voice = |voice: Option<String>| voice.map(|voice| SafeText::line(&voice, LINE));
    Ok(other.map(|(other, by)| Submission::Answered(OutgoingId(other), voice(by))))
}

/// Where the thread of an outgoing is: that of the mention that it answers, else by the name of the first post.
async fn thread_of(conn: &mut SqliteConnection, id: OutgoingId, before: &State) -> Done<Option<Thread>> {
    let mention: Option<i64> = sqlx::query_scalar("SELECT mention FROM outgoing WHERE id = ? AND mention IS NOT NULL")
        .bind(id.0)
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(mention) = mention
        && let Some(thread) = cases::thread_of(conn, mention).await?
    {
        return Ok(Some(thread));
    }
    let first = before.root.as_deref().or(before.parent.as_deref()).filter(|name| !name.is_empty());
    let Some(first) = first else { return Ok(None) };
    Ok(Some(Thread { realm: realm_of(conn, before.source).await?, thread: name_key(first) }))
}

/// What was said in the thread since the writer saw it, by whomever, oldest first, and who else has claimed it. What
/// arrives late, or bears an old date, counts by when we had it.
pub(super) async fn moved_on(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    before: &State,
    wish: &Submit,
) -> Done<(Vec<Turn>, Option<SafeText>)> {
    let claimed = claimed(conn, id, before, wish).await?;
    let Seen { newest: Some(_), mention, act, .. } = wish.seen else { return Ok((Vec::new(), claimed)) };
    let Some(thread) = thread_of(conn, id, before).await? else { return Ok((Vec::new(), claimed)) };
    let seen = [mention.map_or(i64::MIN, |id| id.0), act.map_or(i64::MIN, |id| id.0)];
    Ok((cases::since(conn, thread, seen, TURNS).await?, claimed))
}

/// Another voice that has claimed the case.
async fn claimed(conn: &mut SqliteConnection, id: OutgoingId, before: &State, wish: &Submit) -> Done<Option<SafeText>> {
    let voice: Option<String> = sqlx::query_scalar(
        "SELECT coalesce(c.voice, '') FROM outgoing o
         JOIN cases c ON c.id = coalesce(o.case_id, (SELECT k.case_id FROM member k WHERE k.mention = o.mention))
         WHERE o.id = ?1 AND c.status < 3 AND c.claimed > ?2 AND coalesce(c.voice, '') <> ?3",
    )
    .bind(id.0)
    .bind(place::to_millis(wish.at))
    .bind(wish.voice.as_ref().or(before.voice.as_ref()).map(String::as_str).unwrap_or_default())
    .fetch_optional(conn)
    .await?;
    let name = |voice: String| if voice.trim().is_empty() { "somebody".to_owned() } else { voice };
    Ok(voice.map(|voice| SafeText::line(&name(voice), LINE)))
}
