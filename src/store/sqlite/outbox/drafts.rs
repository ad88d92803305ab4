//! Drafts, and everything that becomes one again.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Kept, State, moved, out, outgoing_of, parts_json, realm_of, select, state};
use crate::domain::case::Passage;
use crate::domain::outbox::{Draft, Outgoing, OutgoingState, Saved, Verdict};
use crate::domain::{CaseId, MentionId, OutgoingId, Timestamp};
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::to_millis;
use crate::store::sqlite::{cases, codec, record};

/// The visibility to store: never wider than what it answers; when that is gone, never wider than it was. Wider ones have
/// lower numbers.
const NEVER_WIDER: &str = "max(?12, coalesce(
    (SELECT b.visibility FROM body b WHERE b.id = ?4),
    (SELECT d.visibility FROM outgoing d WHERE d.id = ?1 AND (d.mention IS NOT NULL OR d.target IS NOT NULL)), ?12))";

/// Saves a draft, unless somebody else wrote on it.
pub(in crate::store::sqlite) async fn save_draft(
    conn: &mut SqliteConnection,
    draft: &Draft,
    at: Timestamp,
) -> Done<Option<Saved>> {
    let mut tx = begin(conn).await?;
    let realm = realm_of(&mut tx, draft.source.0).await?;
    let parts: Vec<Kept> = draft.parts.iter().map(|text| Kept { text: text.clone(), ..Kept::default() }).collect();
    let sql = match draft.over {
        Some(_) => {
            format!(
                "UPDATE outgoing SET source = ?2, case_id = ?3, mention = ?4, parent = ?5, root = ?6, quote = ?7,
                 who = ?8, realm = ?9, target = ?10, parts = ?11, visibility = {NEVER_WIDER}, warning = ?13, lang = ?14,
                 voice = ?15, changed = ?16, trouble = '', revision = revision + 1
             WHERE id = ?1 AND state = 0 AND revision = ?17 RETURNING id, revision"
            )
        }
        None => {
            format!(
                "INSERT INTO outgoing (id, source, case_id, mention, parent, root, quote, who, realm, target, parts,
                 visibility, warning, lang, voice, changed, created, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, {NEVER_WIDER}, ?13, ?14, ?15, ?16, ?16, 0)
             RETURNING id, coalesce(?17, revision)"
            )
        }
    };
    let target = &draft.target;
    let saved: Option<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(draft.over.map(|over| over.id.0))
        .bind(draft.source.0)
        .bind(draft.case.map(|id| id.0))
        .bind(draft.mention.map(|id| id.0))
        .bind(target.parent.as_deref())
        .bind(target.root.as_deref())
        .bind(target.quote.as_deref())
        .bind(target.who.as_deref())
        .bind(realm)
        .bind(target.parent.as_deref().map(record::name_key))
        .bind(parts_json(&parts)?)
        .bind(codec::visibility(draft.visibility))
        .bind(draft.content_warning.as_deref())
        .bind(draft.lang.as_deref())
        .bind(draft.voice.as_deref())
        .bind(to_millis(at))
        .bind(draft.over.map(|over| over.revision))
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(saved.map(|(id, revision)| Saved { id: OutgoingId(id), revision }))
}

/// The draft to a mention or in a case: the voice's own, else anybody's; the newest.
pub(in crate::store::sqlite) async fn draft_for(
    conn: &mut SqliteConnection,
    mention: Option<MentionId>,
    case: Option<CaseId>,
    voice: Option<&str>,
) -> Done<Option<Outgoing>> {
    let query = sqlx::query(select!(
        "WHERE o.state = 0 AND (o.mention = ?1 OR o.case_id = ?2)
         ORDER BY o.voice IS NOT ?3, o.changed DESC, o.id DESC LIMIT 1"
    ));
    let query = query.bind(mention.map(|id| id.0)).bind(case.map(|id| id.0)).bind(voice);
    Ok(query.try_map(|row: SqliteRow| outgoing_of(&row)).fetch_optional(conn).await?)
}

/// Makes a draft of something again, with its words. Parts that are out stay known as sent, as an outgoing of their
/// own; the draft is what remains, and answers the last of them. With trouble, no person did it: when one changed it
/// last stays as it was.
pub(super) async fn to_draft(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    before: State,
    trouble: &str,
    at: Timestamp,
) -> Done<()> {
    let State { mut parts, mut parent, mut root, .. } = before;
    let rest = parts.split_off(out(&parts));
    if let Some(last) = parts.last().and_then(|part| part.native_id.clone()).filter(|id| !id.is_empty()) {
        root = root.or_else(|| parent.clone()).or_else(|| parts.first()?.native_id.clone());
        parent = Some(last);
    }
    if !parts.is_empty() {
        keep_sent(conn, id, &parts, at).await?;
    }
    let moved = moved(conn).await?;
    sqlx::query(
        "UPDATE outgoing SET state = 0, parts = ?2, parent = ?3, root = ?4, target = ?5, token = NULL, process = NULL,
             epoch = NULL, since = NULL, next = NULL, attempts = 0, looks = 0, approved = NULL, dry = 0, trouble = ?6,
             changed = CASE WHEN ?6 = '' THEN ?7 ELSE changed END, remarks = '[]', revision = revision + 1, moved = ?8 WHERE id = ?1",
    )
    .bind(id.0)
    .bind(parts_json(&rest)?)
    .bind(parent.as_deref())
    .bind(root)
    .bind(parent.as_deref().map(record::name_key))
    .bind(trouble)
    .bind(to_millis(at))
    .bind(moved)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the parts that are out as sent.
async fn keep_sent(conn: &mut SqliteConnection, id: OutgoingId, parts: &[Kept], at: Timestamp) -> Done<()> {
    let moved = moved(conn).await?;
    sqlx::query(
        "INSERT INTO outgoing (state, source, case_id, mention, parent, root, quote, who, realm, target, parts,
             visibility, warning, lang, voice, approved, created, changed, attempts, remarks, moved)
         SELECT 4, source, case_id, mention, parent, root, quote, who, realm, target, ?2, visibility, warning, lang,
             voice, approved, created, ?3, attempts, remarks, ?4 FROM outgoing WHERE id = ?1",
    )
    .bind(id.0)
    .bind(parts_json(parts)?)
    .bind(to_millis(at))
    .bind(moved)
    .execute(conn)
    .await?;
    Ok(())
}

async fn draft_from(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    states: &[OutgoingState],
    at: Timestamp,
) -> Done<bool> {
    let mut tx = begin(conn).await?;
    let Some(before) = state(&mut tx, id).await?.filter(|before| states.contains(&before.state)) else {
        return Ok(false);
    };
    let taken_back = matches!(before.state, OutgoingState::Held | OutgoingState::AwaitingApproval);
    to_draft(&mut tx, id, before, "", at).await?;
    if taken_back {
        cases::note_passage(&mut tx, id, Passage::TakenBack, None, at).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Takes back what is not on its way yet.
pub(in crate::store::sqlite) async fn recall(conn: &mut SqliteConnection, id: OutgoingId, at: Timestamp) -> Done<bool> {
    draft_from(conn, id, &[OutgoingState::Held, OutgoingState::AwaitingApproval], at).await
}

/// What failed or was given up is a draft again.
pub(in crate::store::sqlite) async fn redraft(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    at: Timestamp,
) -> Done<bool> {
    draft_from(conn, id, &[OutgoingState::Failed, OutgoingState::Withdrawn], at).await
}

/// Gives something up.
pub(in crate::store::sqlite) async fn withdraw(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    at: Timestamp,
) -> Done<bool> {
    use OutgoingState::{AwaitingApproval, Draft, Failed, Held};
    let mut tx = begin(conn).await?;
    let may = |before: &State| [Draft, AwaitingApproval, Held, Failed].contains(&before.state);
    let Some(before) = state(&mut tx, id).await?.filter(may) else { return Ok(false) };
    let was_on_its_way = before.state != Draft;
    to_draft(&mut tx, id, before, "", at).await?;
    if was_on_its_way {
        cases::note_passage(&mut tx, id, Passage::GivenUp, None, at).await?;
    }
    sqlx::query("UPDATE outgoing SET state = 7 WHERE id = ?").bind(id.0).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// A person knows what became of it.
pub(in crate::store::sqlite) async fn settle(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    verdict: &Verdict,
    at: Timestamp,
) -> Done<bool> {
    let mut tx = begin(conn).await?;
    let may = |before: &State| [OutgoingState::Uncertain, OutgoingState::Failed].contains(&before.state);
    let Some(before) = state(&mut tx, id).await?.filter(may) else { return Ok(false) };
    match verdict {
        Verdict::ItIsNotOut => {
            to_draft(&mut tx, id, before, "", at).await?;
            cases::note_passage(&mut tx, id, Passage::FoundMissing, None, at).await?;
        }
        Verdict::ItIsOut(place) => {
            let writer = before.voice.clone();
            it_is_out(&mut tx, id, before, place.as_deref(), at).await?;
            cases::found_out(&mut tx, id, writer, at).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// The part that was in doubt is out. What follows it cannot go on by itself: nobody knows what to answer.
async fn it_is_out(
    conn: &mut SqliteConnection,
    id: OutgoingId,
    before: State,
    place: Option<&str>,
    at: Timestamp,
) -> Done<()> {
    let current = out(&before.parts);
    let mut parts = before.parts;
    let place = place.map(str::trim).unwrap_or_default();
    if let Some(part) = parts.get_mut(current) {
        let is_address = place.starts_with("http://") || place.starts_with("https://");
        part.native_id = Some(if is_address { String::new() } else { place.to_owned() });
        part.url = is_address.then(|| place.to_owned());
    }
    let rest = parts.len().saturating_sub(current + 1);
    let (now, trouble) = match rest {
        0 => (OutgoingState::Sent, String::new()),
        _ => (
            OutgoingState::Failed,
            format!("{} of {} posts are out; make a draft of the rest", current + 1, parts.len()),
        ),
    };
    let moved = moved(conn).await?;
    sqlx::query(
        "UPDATE outgoing SET state = ?2, parts = ?3, trouble = ?4, next = NULL, token = NULL, process = NULL,
             epoch = NULL, since = NULL, looks = 0, changed = ?5, revision = revision + 1, moved = ?6 WHERE id = ?1",
    )
    .bind(id.0)
    .bind(codec::outgoing(now))
    .bind(parts_json(&parts)?)
    .bind(trouble)
    .bind(to_millis(at))
    .bind(moved)
    .execute(conn)
    .await?;
    Ok(())
}
