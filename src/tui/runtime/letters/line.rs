//! Who is to be answered of what is marked, in the order of the inbox: one answer a case, however many of its mentions
//! are marked.

use std::collections::BTreeMap;

use crate::domain::case::{CaseRow, InboxFilter, InboxKey};
use crate::domain::{CaseId, MentionId, Timestamp};
use crate::store::{Store, StoreResult};
use crate::tui::app::cmd::Aim;
use crate::tui::app::composer::batch::Next;

/// Cases that are read at once.
const PAGE: u32 = 1_000;

/// The line: cases by their turn, then mentions that have none, the oldest first. What is gone is not in it.
pub(in crate::tui::runtime) async fn line(store: &dyn Store, aim: &Aim, now: Timestamp) -> StoreResult<Vec<Next>> {
    let mut of: BTreeMap<CaseId, Vec<MentionId>> = BTreeMap::new();
    let mut alone = Vec::new();
    match aim {
        Aim::Cases(ids) => of.extend(ids.iter().map(|id| (*id, Vec::new()))),
        Aim::Mentions(ids) => {
            for id in ids {
                match store.case_of(*id).await? {
                    Some(case) => of.entry(case).or_default().push(*id),
                    None => alone.push(*id),
                }
            }
        }
    }
    let mut line = Vec::new();
    for row in rows(store, &of, now).await? {
        let marked = of.remove(&row.id).unwrap_or_default();
        // Of several that are marked the newest one is answered: the thread above it shows the others.
        let mention = marked.iter().max().copied().unwrap_or(row.mention.id);
        let (open, answered) = (row.status.is_open(), row.mention.answered);
        line.push(Next { case: Some(row.id), mention, marked, open, answered });
    }
    alone.sort_unstable();
    for id in alone {
        if let Some(mention) = store.mention(id).await? {
            let answered = mention.row.answered;
            line.push(Next { case: None, mention: id, marked: vec![id], open: false, answered });
        }
    }
    Ok(line)
}

/// The rows of these cases in the order of the inbox. Open ones come with its pages; closed ones are read one by one.
async fn rows(
    store: &dyn Store,
    wanted: &BTreeMap<CaseId, Vec<MentionId>>,
    now: Timestamp,
) -> StoreResult<Vec<CaseRow>> {
    let open = InboxFilter { snoozed: true, ..InboxFilter::default() };
    let mut found: BTreeMap<CaseId, CaseRow> = BTreeMap::new();
    let mut after = None;
    while found.len() < wanted.len() {
        let rows = store.inbox(&open, after, now, PAGE).await?;
        after = rows.last().map(|row| InboxKey { due: row.due, id: row.id });
        let last = rows.len() < PAGE as usize;
        found.extend(rows.into_iter().filter(|row| wanted.contains_key(&row.id)).map(|row| (row.id, row)));
        if last {
            break;
        }
    }
    for id in wanted.keys() {
        if !found.contains_key(id)
            && let Some(case) = store.case(*id, now).await?
        {
            found.insert(*id, case.row);
        }
    }
    let mut rows: Vec<CaseRow> = found.into_values().collect();
    rows.sort_by_key(|row| InboxKey { due: row.due, id: row.id });
    Ok(rows)
}
