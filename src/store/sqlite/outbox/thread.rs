//! Whether a thread has moved on since the writer saw it.

use sqlx::sqlite::SqliteConnection;

use super::{LINE, State, realm_of};
use crate::domain::case::NAMELESS;
use crate::domain::outbox::{Seen, Submission};
use crate::domain::{OutgoingId, SafeText, Timestamp};
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

/// What was said in the thread since the writer saw it, by whomever, oldest first, how others settled it since, and who
/// else has claimed it. What arrives late, or bears an old date, counts by when we had it. `None` when nothing changed.
pub(super) async fn moved_on(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    before: &State,
    wish: &Submit,
) -> Done<Option<Submission>> {
    let voice = wish.voice.as_ref().or(before.voice.as_ref()).map(String::as_str).unwrap_or_default();
    let mine = if voice == NAMELESS { "" } else { voice };
    let claimed = claimed(conn, id, mine, wish.at).await?;
    let case: Option<i64> = sqlx::query_scalar(CASE_OF).bind(id.0).fetch_optional(&mut *conn).await?.flatten();
    let steps = match case {
        Some(case) => cases::settled_by_others(conn, case, wish.seen.case.map_or(-1, |step| step.0), mine).await?,
        None => Vec::new(),
    };
    let turns = match wish.seen {
        Seen { newest: Some(_), mention, act, .. } => match thread_of(conn, id, before).await? {
            Some(thread) => {
                let seen = [mention.map_or(i64::MIN, |id| id.0), act.map_or(i64::MIN, |id| id.0)];
                cases::since(conn, thread, seen, TURNS).await?
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    let same = turns.is_empty() && steps.is_empty() && claimed.is_none();
    Ok((!same).then_some(Submission::Changed { turns, steps, claimed }))
}

const CASE_OF: &str = "SELECT coalesce(o.case_id, (SELECT k.case_id FROM member k WHERE k.mention = o.mention))
    FROM outgoing o WHERE o.id = ?";

/// Another voice that has claimed the case.
async fn claimed(conn: &mut SqliteConnection, id: OutgoingId, mine: &str, at: Timestamp) -> Done<Option<SafeText>> {
    let voice: Option<String> = sqlx::query_scalar(
        "SELECT coalesce(c.voice, '') FROM outgoing o
         JOIN cases c ON c.id = coalesce(o.case_id, (SELECT k.case_id FROM member k WHERE k.mention = o.mention))
         WHERE o.id = ?1 AND c.status < 3 AND c.claimed > ?2 AND coalesce(nullif(c.voice, ?4), '') <> ?3",
    )
    .bind(id.0)
    .bind(place::to_millis(at))
    .bind(mine)
    .bind(NAMELESS)
    .fetch_optional(conn)
    .await?;
    let name = |voice: String| if voice.trim().is_empty() { "somebody".to_owned() } else { voice };
    Ok(voice.map(|voice| SafeText::line(&name(voice), LINE)))
}
