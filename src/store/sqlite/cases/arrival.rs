//! What recording a batch means for cases, in the transaction of the batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::fault::Done;
use super::super::place::to_millis;
use super::gone;
use super::word::{self, Word};
use super::work::Work;
use crate::store::cases::Need;

/// A known mention that changed.
#[derive(Debug, Clone, Copy)]
pub(in crate::store::sqlite) struct Edit {
    /// Which.
    pub(in crate::store::sqlite) mention: i64,
    /// What it asks of us now.
    pub(in crate::store::sqlite) need: Option<Need>,
    /// When we had this copy, in milliseconds.
    pub(in crate::store::sqlite) seen: i64,
    /// The copy only adds to what was said before.
    pub(in crate::store::sqlite) adds: bool,
}

/// All that a batch brought.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Arrivals {
    /// New mentions, in the order of their numbers.
    pub(in crate::store::sqlite) words: Vec<Word>,
    /// Known ones that changed.
    pub(in crate::store::sqlite) edits: Vec<Edit>,
    /// Mentions that acts may answer since.
    pub(in crate::store::sqlite) answered: BTreeSet<i64>,
    /// Mentions that turned out to be in another thread.
    pub(in crate::store::sqlite) moved: Vec<i64>,
}

/// Brings a batch of one realm to its cases.
pub(in crate::store::sqlite) async fn settle(conn: &mut SqliteConnection, realm: i64, arrivals: Arrivals) -> Done<()> {
    let Arrivals { mut words, edits, answered, moved } = arrivals;
    if words.is_empty() && edits.is_empty() && answered.is_empty() && moved.is_empty() {
        return Ok(());
    }
    if !moved.is_empty() {
        let here: BTreeSet<i64> = words.iter().map(|word| word.mention).collect();
        let moved: Vec<i64> = moved.into_iter().filter(|mention| !here.contains(mention)).collect();
        words.extend(gone::astray(conn, &moved).await?);
        words.sort_by_key(|word| word.mention);
    }
    let mut work = Work::default();
    work.linked = answered;
    let again = edited(conn, &mut work, &edits).await?;
    words.extend(again);
    work.arrive(conn, realm, &words).await?;
    work.finish(conn).await?;
    Ok(())
}

/// Mentions that changed: their cases look at them anew. Returns those that ask something of us now and did not
/// before.
async fn edited(conn: &mut SqliteConnection, work: &mut Work, edits: &[Edit]) -> Done<Vec<Word>> {
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || json(edits.iter().map(|edit| edit.mention));
    let rows: Vec<(i64, i64, i64, i64, bool)> = sqlx::query_as(
        "SELECT k.mention, k.case_id, k.turn, k.seen, k.wait IS NOT NULL FROM json_each(?) j
         CROSS JOIN member k ON k.mention = j.value",
    )
    .bind(ids())
    .fetch_all(&mut *conn)
    .await?;
    let members: HashMap<i64, (i64, i64, i64, bool)> =
        rows.into_iter().map(|(mention, case, turn, seen, asked)| (mention, (case, turn, seen, asked))).collect();
    work.load(conn, members.values().map(|member| member.0).collect::<Vec<_>>()).await?;
    let stored = word::stored(conn, edits.iter().map(|edit| edit.mention)).await?;
    let mut words: BTreeMap<i64, Word> = stored.into_iter().map(|word| (word.mention, word)).collect();
    let mut again = Vec::new();
    for edit in edits {
        let Some(mut word) = words.remove(&edit.mention) else { continue };
        let member = members.get(&edit.mention);
        if let Some((case, ..)) = member {
            work.stale.insert(*case);
            work.changed.insert(*case);
            if work.states.get(case).is_some_and(|state| state.answered.is_some()) {
                work.judged.insert(*case);
            }
        }
        match (member, edit.need) {
            (Some((case, turn, seen, true)), need) => {
                let need = need.map(|need| moved(need, edit.seen, *seen));
                word.seen = *seen;
                if need.is_some() || !edit.adds {
                    work.ask_again(*case, &word, need.as_ref(), *turn);
                }
            }
            (_, Some(need)) => again.push(Word { need: Some(need), seen: edit.seen, ..word }),
            (Some(_) | None, None) => {}
        }
    }
    Ok(again)
}

/// The same weight for a mention that we had at another moment.
fn moved(need: Need, from: i64, to: i64) -> Need {
    let wait = to_millis(need.due).saturating_sub(from);
    Need { due: super::super::place::from_millis(to.saturating_add(wait)), ..need }
}
