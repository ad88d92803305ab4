//! Whether a thread has moved on since the writer saw it.

use sqlx::sqlite::SqliteConnection;

use super::{LINE, State, realm_of};
use crate::domain::case::{NAMELESS, Turn};
use crate::domain::outbox::{Seen, Submission};
use crate::domain::{ActId, MentionId, OutgoingId, SafeText, Timestamp};
use crate::store::outbox::Submit;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::{cases, place, rows};

/// Most turns that are shown.
const TURNS: i64 = 100;

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

/// Where the thread is: its realm, the native ids that its posts may hang below, and whom it is about.
struct Place {
    realm: i64,
    mention: Option<i64>,
    person: Option<i64>,
    roots: [Option<String>; 2],
}

async fn place_of(conn: &mut SqliteConnection, id: OutgoingId, before: &State) -> Done<Place> {
    type Row = (i64, i64, Option<i64>, String, Option<String>, Option<String>);
    let mention: Option<Row> = sqlx::query_as(
        "SELECT b.id, coalesce(b.realm, m.source), b.person, b.native_id, b.parent, b.root FROM outgoing o
         JOIN body b ON b.id = o.mention JOIN mention m ON m.place = b.place WHERE o.id = ?",
    )
    .bind(id.0)
    .fetch_optional(&mut *conn)
    .await?;
    Ok(match mention {
        Some((id, realm, person, native, parent, root)) => Place {
            realm,
            mention: Some(id),
            person,
            roots: [Some(native.clone()), root.or(parent).or(Some(native)).filter(|id| !id.is_empty())],
        },
        None => Place {
            realm: realm_of(conn, before.source).await?,
            mention: None,
            person: None,
            roots: [before.parent.clone(), before.root.clone()],
        },
    })
}

/// What they or we said since, how others settled it since, and who else has claimed it. `None` when nothing changed.
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
    let mut turns = Vec::new();
    if let Some(newest) = wish.seen.newest {
        let place = place_of(conn, id, before).await?;
        turns = theirs(conn, &place, newest).await?;
        turns.extend(ours(conn, &place, newest).await?);
        turns.sort_by_key(|turn| turn.at);
    }
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

/// What the person said in the thread since.
async fn theirs(conn: &mut SqliteConnection, at: &Place, newest: Timestamp) -> Done<Vec<Turn>> {
    type Row = (i64, i64, String, Option<String>, Option<String>, String);
    let Some(person) = at.person else { return Ok(Vec::new()) };
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT b.id, b.place, b.native_id, coalesce(p.handle, p.name), b.title, b.text
         FROM body b INDEXED BY body_person JOIN mention m ON m.place = b.place LEFT JOIN person p ON p.id = b.person
         WHERE b.person = ?1 AND b.place >= ?2 AND coalesce(b.realm, m.source) = ?3 AND b.id IS NOT ?4
             AND (b.native_id IN (?5, ?6) OR b.root IN (?5, ?6) OR b.parent IN (?5, ?6))
         ORDER BY b.place LIMIT ?7",
    )
    .bind(person)
    // To the whole second, as a mention's place is.
    .bind(place::start_of(place::second(newest) + 1))
    .bind(at.realm)
    .bind(at.mention)
    .bind(at.roots.first().cloned().flatten())
    .bind(at.roots.last().cloned().flatten())
    .bind(TURNS)
    .fetch_all(conn)
    .await?;
    let turn = |(id, place, native_id, who, title, text): Row| Turn {
        at: place::published(place),
        ours: false,
        who: SafeText::line(&who.unwrap_or_default(), rows::AUTHOR),
        text: words(title.as_deref(), &text),
        mention: Some(MentionId(id)),
        act: None,
        native_id,
    };
    Ok(rows.into_iter().map(turn).collect())
}

/// What we said in the thread since, whoever of us did.
async fn ours(conn: &mut SqliteConnection, at: &Place, newest: Timestamp) -> Done<Vec<Turn>> {
    type Row = (i64, i64, String, Option<String>, Option<String>, String);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT a.id, a.published, a.native_id, coalesce(p.handle, p.name, a.author), a.title, a.text
         FROM act a INDEXED BY act_published LEFT JOIN person p ON p.id = a.person
         WHERE a.published > ?1 AND a.realm = ?2
             AND (a.answers = ?3 OR a.native_id IN (?4, ?5) OR a.root IN (?4, ?5) OR a.parent IN (?4, ?5))
         ORDER BY a.published LIMIT ?6",
    )
    .bind(place::to_millis(newest))
    .bind(at.realm)
    .bind(at.mention)
    .bind(at.roots.first().cloned().flatten())
    .bind(at.roots.last().cloned().flatten())
    .bind(TURNS)
    .fetch_all(conn)
    .await?;
    let turn = |(id, published, native_id, who, title, text): Row| Turn {
        at: place::from_millis(published),
        ours: true,
        who: SafeText::line(&who.unwrap_or_default(), rows::AUTHOR),
        text: words(title.as_deref(), &text),
        mention: None,
        act: Some(ActId(id)),
        native_id,
    };
    Ok(rows.into_iter().map(turn).collect())
}

fn words(title: Option<&str>, text: &str) -> SafeText {
    let pieces: Vec<&str> = title.into_iter().chain([text]).filter(|piece| !piece.is_empty()).collect();
    SafeText::block(&pieces.join("\n\n"))
}
