//! What the sender does, under the lease.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::Mutex;

use super::drafts::to_draft;
use super::presence::{LEFT, mark_moved};
use super::{Kept, LINE, State, durable, out, outgoing_of, parts_json, select, state};
use crate::domain::case::Passage;
use crate::domain::outbox::OutgoingState;
use crate::domain::{Item, OutgoingId, SafeText, SourceId, Timestamp};
use crate::store::outbox::{Attempt, Begin, Job, Sweep};
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::connection::begin as begin_transaction;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::{from_millis, to_millis};
use crate::store::sqlite::{cases, codec, lease, record};
use crate::store::{Lease, NewAct, PollOutcome, RecordBatch, Recorded};

/// Said of what was being sent when the process that did it ended.
const BROKE_OFF: &str =
    "goodword broke off while it was being sent: nobody knows whether it is out; the network is asked";

/// What was held by processes that are gone is a draft again, what was being sent is uncertain.
pub(in crate::store::sqlite) async fn sweep(
    conn: &mut SqliteConnection,
    held: &Lease,
    sweep: &Sweep,
) -> Done<Vec<OutgoingId>> {
    let mut tx = begin_transaction(conn).await?;
    lease::check(&mut tx, held).await?;
    let gone = serde_json::to_string(&sweep.gone).unwrap_or_default();
    let left: Vec<i64> = sqlx::query_scalar(
        "SELECT o.id FROM outgoing o LEFT JOIN attendance a ON a.process = o.process
         WHERE o.state = 2 AND (a.seen IS NULL OR a.seen < ?1 OR o.process IN (SELECT value FROM json_each(?2)))",
    )
    .bind(to_millis(sweep.seen))
    .bind(&gone)
    .fetch_all(&mut *tx)
    .await?;
    for id in left.iter().copied().map(OutgoingId) {
        if let Some(before) = state(&mut tx, id).await? {
            to_draft(&mut tx, id, before, LEFT, sweep.now).await?;
            cases::note_passage(&mut tx, id, Passage::LeftBehind, None, sweep.now).await?;
        }
    }
    let broken: Vec<i64> = sqlx::query_scalar(
        "UPDATE outgoing SET state = 5, next = ?1, trouble = ?2, looks = 0
         WHERE state = 3 AND id NOT IN (SELECT value FROM json_each(?3)) RETURNING id",
    )
    .bind(to_millis(sweep.now))
    .bind(BROKE_OFF)
    .bind(json(sweep.under_way.iter().map(|id| id.0)))
    .fetch_all(&mut *tx)
    .await?;
    for id in broken.iter().copied().map(OutgoingId) {
        mark_moved(&mut tx, id, sweep.now).await?;
        cases::note_passage(&mut tx, id, Passage::Uncertain, None, sweep.now).await?;
    }
    let absent = sqlx::query(
        "DELETE FROM attendance WHERE process IN (SELECT value FROM json_each(?2))
             OR seen < ?1 AND process NOT IN (SELECT process FROM outgoing WHERE process IS NOT NULL AND state IN (2, 3, 5))",
    )
    .bind(to_millis(sweep.seen))
    .bind(&gone)
    .execute(&mut *tx)
    .await?;
    if left.is_empty() && broken.is_empty() && absent.rows_affected() == 0 {
        return Ok(Vec::new());
    }
    tx.commit().await?;
    Ok(left.into_iter().chain(broken).map(OutgoingId).collect())
}

/// What is to be done now.
pub(in crate::store::sqlite) async fn jobs(
    conn: &mut SqliteConnection,
    held: &Lease,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<Job>> {
    lease::check(conn, held).await?;
    let query = sqlx::query(select!(
        "WHERE o.next <= ?1 AND (o.state = 5 OR o.state = 2 AND h.stopped = 0) ORDER BY o.next, o.id LIMIT ?2"
    ));
    let jobs = query.bind(to_millis(now)).bind(limit).try_map(|row: SqliteRow| job(&row));
    Ok(jobs.fetch_all(conn).await?)
}

fn job(row: &SqliteRow) -> sqlx::Result<Job> {
    use sqlx::Row;
    let outgoing = outgoing_of(row)?;
    Ok(Job {
        look: outgoing.state == OutgoingState::Uncertain,
        outgoing,
        token: row.try_get::<Option<String>, _>(26)?.unwrap_or_default(),
        process: row.try_get::<Option<String>, _>(27)?.unwrap_or_default(),
        since: row.try_get::<Option<i64>, _>(28)?.map(from_millis),
        looks: u32::try_from(row.try_get::<i64, _>(29)?).unwrap_or(u32::MAX),
    })
}

/// When the next job comes up.
pub(in crate::store::sqlite) async fn next_job(conn: &mut SqliteConnection) -> Done<Option<Timestamp>> {
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT min(o.next) FROM head h CROSS JOIN outgoing o INDEXED BY outgoing_state
         WHERE o.state IN (2, 5) AND (o.state = 5 OR h.stopped = 0)",
    )
    .fetch_one(conn)
    .await?;
    Ok(next.map(from_millis))
}

/// The network is about to be asked.
pub(in crate::store::sqlite) async fn begin(conn: &mut SqliteConnection, held: &Lease, wish: &Begin) -> Done<bool> {
    durable(conn, true).await?;
    let done = begin_now(conn, held, wish).await;
    durable(conn, false).await?;
    done
}

async fn begin_now(conn: &mut SqliteConnection, held: &Lease, wish: &Begin) -> Done<bool> {
    let mut tx = begin_transaction(conn).await?;
    lease::check(&mut tx, held).await?;
    let Some(before) = state(&mut tx, wish.id).await? else { return Ok(false) };
    let from = if wish.once_more { OutgoingState::Uncertain } else { OutgoingState::Held };
    if before.state != from || out(&before.parts) != wish.part || wish.part >= before.parts.len() {
        return Ok(false);
    }
    // Taken back, written on and sent again since it was loaded: these are other words.
    let is_due = wish.once_more || before.next.is_some_and(|next| next <= to_millis(wish.now));
    if before.token.as_deref() != Some(wish.token.as_str()) || !is_due {
        return Ok(false);
    }
    let done = sqlx::query(
        "UPDATE outgoing SET state = 3, epoch = ?2, attempts = attempts + 1, since = coalesce(since, ?3), next = NULL
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM head WHERE stopped = 0 AND paused = 0)
             AND EXISTS (SELECT 1 FROM attendance a WHERE a.process = outgoing.process AND a.seen >= ?4)",
    )
    .bind(wish.id.0)
    .bind(held.epoch)
    .bind(to_millis(wish.now))
    .bind(to_millis(wish.seen))
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    mark_moved(&mut tx, wish.id, wish.now).await?;
    tx.commit().await?;
    Ok(true)
}

/// What became of it.
pub(in crate::store::sqlite) async fn finish(
    conn: &mut SqliteConnection,
    similar: &Mutex<record::Similar>,
    held: &Lease,
    id: OutgoingId,
    part: usize,
    attempt: &Attempt,
    now: Timestamp,
) -> Done<Recorded> {
    let mut similar = similar.lock().await;
    durable(conn, true).await?;
    let finish = Finish { held, id, part, now };
    let done = finish.run(conn, &mut similar, attempt).await;
    durable(conn, false).await?;
    done
}

/// What the history of the case tells of an attempt; what is out under a name is told as an answer.
fn passage(attempt: &Attempt) -> Option<Passage> {
    match attempt {
        Attempt::Published { native_id, .. } if native_id.is_empty() => Some(Passage::Out),
        Attempt::Published { .. } | Attempt::Again { .. } => None,
        Attempt::Rehearsed => Some(Passage::Rehearsed),
        Attempt::Uncertain { .. } => Some(Passage::Uncertain),
        Attempt::Failed { .. } => Some(Passage::Failed),
    }
}

struct Finish<'a> {
    held: &'a Lease,
    id: OutgoingId,
    part: usize,
    now: Timestamp,
}

impl Finish<'_> {
    async fn run(
        &self,
        conn: &mut SqliteConnection,
        similar: &mut record::Similar,
        attempt: &Attempt,
    ) -> Done<Recorded> {
        let mut tx = begin_transaction(conn).await?;
        lease::check(&mut tx, self.held).await?;
        let in_doubt = |before: &State| {
            matches!(before.state, OutgoingState::Sending | OutgoingState::Uncertain)
                && out(&before.parts) == self.part
                && self.part < before.parts.len()
        };
        let Some(before) = state(&mut tx, self.id).await?.filter(in_doubt) else { return Ok(Recorded::default()) };
        let mut settled = None;
        let mut recorded = Recorded::default();
        match attempt {
            Attempt::Published { native_id, .. } => {
                let batch = self.act(&mut tx, &before, attempt).await?;
                if let Some(batch) = &batch {
                    let (what, changes) = record::within(&mut tx, similar, batch).await?;
                    (recorded, settled) = (what, changes);
                    // The network may have shown it first: then the act is there, and says not whose it is.
                    if let Some(voice) = &before.voice {
                        cases::sign(&mut tx, before.source, native_id, voice).await?;
                    }
                }
                self.out(&mut tx, before.parts, attempt).await?;
            }
            Attempt::Rehearsed => self.out(&mut tx, before.parts, attempt).await?,
            Attempt::Uncertain { trouble, next, looked } => {
                self.set(&mut tx, OutgoingState::Uncertain, trouble, *next).await?;
                sqlx::query("UPDATE outgoing SET looks = looks + ?2 WHERE id = ?1")
                    .bind(self.id.0)
                    .bind(looked)
                    .execute(&mut *tx)
                    .await?;
            }
            Attempt::Again { trouble, next } => {
                self.set(&mut tx, OutgoingState::Held, trouble, Some(*next)).await?;
                sqlx::query("UPDATE outgoing SET since = NULL WHERE id = ?").bind(self.id.0).execute(&mut *tx).await?;
            }
            Attempt::Failed { trouble } => self.set(&mut tx, OutgoingState::Failed, trouble, None).await?,
        }
        mark_moved(&mut tx, self.id, self.now).await?;
        if let Some(passage) = passage(attempt) {
            cases::note_passage(&mut tx, self.id, passage, None, self.now).await?;
        }
        tx.commit().await?;
        if let Some(revision) = settled {
            similar.settle(revision);
        }
        Ok(recorded)
    }

    async fn set(
        &self,
        conn: &mut SqliteConnection,
        state: OutgoingState,
        trouble: &SafeText,
        next: Option<Timestamp>,
    ) -> Done<()> {
        sqlx::query("UPDATE outgoing SET state = ?2, trouble = ?3, next = ?4, epoch = NULL WHERE id = ?1")
            .bind(self.id.0)
            .bind(codec::outgoing(state))
            .bind(trouble.as_str())
            .bind(next.map(to_millis))
            .execute(conn)
            .await?;
        Ok(())
    }

    /// The part is out: sent when it was the last, else the next one follows.
    async fn out(&self, conn: &mut SqliteConnection, mut parts: Vec<Kept>, attempt: &Attempt) -> Done<()> {
        let mut more = Vec::new();
        if let Some(part) = parts.get_mut(self.part) {
            part.native_id = Some(String::new());
            if let Attempt::Published { native_id, url, remarks, .. } = attempt {
                part.native_id = Some(native_id.clone());
                part.url.clone_from(url);
                more.extend(remarks.iter().map(|remark| SafeText::line(remark, LINE).to_string()));
            }
        }
        let all = out(&parts) == parts.len();
        let known: String = sqlx::query_scalar("SELECT remarks FROM outgoing WHERE id = ?")
            .bind(self.id.0)
            .fetch_one(&mut *conn)
            .await?;
        let mut remarks: Vec<String> = serde_json::from_str(&known).unwrap_or_default();
        remarks.extend(more);
        sqlx::query(
            "UPDATE outgoing SET state = ?2, parts = ?3, remarks = ?4, next = ?5, trouble = '', since = NULL, looks = 0,
                 epoch = NULL, token = CASE WHEN ?2 = 4 THEN NULL ELSE token END,
                 process = CASE WHEN ?2 = 4 THEN NULL ELSE process END WHERE id = ?1",
        )
        .bind(self.id.0)
        .bind(codec::outgoing(if all { OutgoingState::Sent } else { OutgoingState::Held }))
        .bind(parts_json(&parts)?)
        .bind(serde_json::to_string(&remarks).unwrap_or_default())
        .bind((!all).then(|| to_millis(self.now)))
        .execute(conn)
        .await?;
        Ok(())
    }

    /// The act that the part is from now on; `None` when the network did not name it.
    async fn act(&self, conn: &mut SqliteConnection, before: &State, attempt: &Attempt) -> Done<Option<RecordBatch>> {
        let Attempt::Published { native_id, url, at, author, .. } = attempt else { return Ok(None) };
        let Some(part) = before.parts.get(self.part).filter(|_| !native_id.is_empty()) else { return Ok(None) };
        let first = before.parts.first().and_then(|part| part.native_id.clone());
        let above = self.part.checked_sub(1).and_then(|above| before.parts.get(above)?.native_id.clone());
        let (visibility, warning, lang): (i64, Option<String>, Option<String>) =
            sqlx::query_as("SELECT visibility, warning, lang FROM outgoing WHERE id = ?")
                .bind(self.id.0)
                .fetch_one(conn)
                .await?;
        let root = before.root.clone().or_else(|| before.parent.clone()).or(first.filter(|_| self.part > 0));
        let item = Item {
            native_id: native_id.clone(),
            url: url.clone(),
            text: part.text.clone(),
            author: author.clone(),
            claimed: Some(at.unwrap_or(self.now).min(self.now)),
            lang: lang.clone(),
            parent: above.or_else(|| before.parent.clone()),
            root,
            visibility: codec::visibility_from(visibility),
            own: true,
            content_warning: warning,
            ..Item::default()
        };
        let act = NewAct { item, first_seen: self.now, history: false, lang, content: record::UNSEEN };
        let outcome = PollOutcome::worked(self.now, false);
        Ok(Some(RecordBatch { acts: vec![act], ..RecordBatch::empty(SourceId(before.source), outcome) }))
    }
}
