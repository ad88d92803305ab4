//! Errands about cases: windows of the inbox, whole cases, and changes in one go.

use std::sync::Arc;

use crate::domain::case::{InboxFilter, InboxKey};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, MentionId, SafeText, Timestamp};
use crate::engine::aftermath;
use crate::engine::timekeeping::{self, Reckoning};
use crate::store::cases::{ByHand, Need};
use crate::store::{Store, StoreError, StoreResult};
use crate::tui::app::cmd::{Aim, Load, Order};
use crate::tui::app::inbox::weigh;
use crate::tui::app::msg::{Answer, CasesChanged};

/// Turns on the card of a person.
const CARD_TURNS: u32 = 5;
/// Cases that are read at once where only their numbers are wanted.
const NUMBERS: u32 = 1_000;
/// Most turns of the clocks of a day that are read.
const TURNS: u32 = 200_000;
/// Longest name of a voice, in characters.
const LONGEST_NAME: usize = 80;

/// Answers what is asked about cases.
pub(super) async fn answer(store: &dyn Store, load: Load) -> StoreResult<Answer> {
    Ok(match load {
        Load::Cases { filter, after, now, limit } => {
            Answer::Cases(store.inbox(&filter, after, now, limit).await?.into())
        }
        Load::FirstCases { now, limit } => {
            let open = InboxFilter { one_per_story: true, ..InboxFilter::default() };
            let rows = store.inbox(&open, None, now, limit).await?;
            let all = InboxFilter { closed: true, snoozed: true, ..InboxFilter::default() };
            let any = !rows.is_empty() || !store.inbox(&all, None, now, 1).await?.is_empty();
            Answer::FirstCases(rows.into(), any)
        }
        Load::CaseIds { filter, now, most } => Answer::CaseIds(numbers(store, &filter, now, most).await?.into()),
        Load::Case { id, now } => {
            let case = store.case(id, now).await?;
            let person = match case.as_ref().and_then(|case| case.row.person) {
                Some(person) => store.person_card(person, CARD_TURNS).await?,
                None => None,
            };
            Answer::Case(case.map(Arc::new), person.map(Arc::new))
        }
        Load::InboxFigures { now, cut_off, tell_factor } => {
            Answer::InboxFigures(store.inbox_figures(now, cut_off, tell_factor).await?)
        }
        Load::Clocks { from, now, target, hours } => {
            let rows = store.clocks(from, until(now), now, TURNS).await?;
            let groups = timekeeping::groups(&rows).into_iter();
            let reckonings = groups.map(|group| Reckoning::of(group, target, hours.as_ref(), now));
            Answer::Clocks(reckonings.collect())
        }
        Load::Followed { from, now, coach } => {
            let followed = aftermath::followed(store, coach.reader(), from, until(now), now).await?;
            Answer::Followed(Arc::new(followed))
        }
        // Everything else is answered elsewhere.
        _ => return Err(StoreError::Busy),
    })
}

/// What began at this very moment counts, too.
fn until(now: Timestamp) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now)
}

/// The numbers of the cases of a filter, page by page.
async fn numbers(store: &dyn Store, filter: &InboxFilter, now: Timestamp, most: usize) -> StoreResult<Vec<CaseId>> {
    let mut numbers = Vec::new();
    let mut after = None;
    while numbers.len() < most {
        let rows = store.inbox(filter, after, now, NUMBERS).await?;
        after = rows.last().map(|row| InboxKey { due: row.due, id: row.id });
        let whole = rows.len() < NUMBERS as usize;
        // A story is batch-answered as one: nothing else may slip in.
        let meant = rows.iter().filter(|row| filter.story.is_none_or(|story| row.mention.group == story));
        numbers.extend(meant.map(|row| row.id));
        if whole {
            break;
        }
    }
    numbers.truncate(most);
    Ok(numbers)
}

/// Changes cases, all of them in one transaction. A mention that has no case gets one first.
pub(super) async fn change(store: &dyn Store, order: Order) -> StoreResult<Answer> {
    let by = ByHand { voice: Some(order.voice.clone()), at: order.at };
    let ids = match &order.aim {
        Aim::Cases(ids) => ids.clone(),
        Aim::Mentions(mentions) => {
            let mut ids = Vec::new();
            for mention in mentions {
                ids.extend(case_for(store, *mention, &order, &by).await?.filter(|id| !ids.contains(id)));
            }
            ids
        }
    };
    if ids.is_empty() {
        return Ok(Answer::CasesChanged(Arc::default()));
    }
    let changed = store.change_cases(&ids, &order.change, &by).await?;
    let claimed = changed.claimed.into_iter().map(|(id, voice)| (id, SafeText::line(&voice, LONGEST_NAME)));
    Ok(Answer::CasesChanged(Arc::new(CasesChanged {
        cases: changed.cases,
        steps: changed.steps,
        claimed: claimed.collect(),
    })))
}

/// The case of a mention; one is opened by hand where there is none. `None` for a mention that is gone.
async fn case_for(store: &dyn Store, id: MentionId, order: &Order, by: &ByHand) -> StoreResult<Option<CaseId>> {
    if let Some(case) = store.case_of(id).await? {
        return Ok(Some(case));
    }
    let Some(mention) = store.mention(id).await? else { return Ok(None) };
    let weighing = weigh::weighing(&mention.row, order.brand, order.tell_factor);
    let due = weigh::due(&weighing, order.at, order.target);
    store.open_case(id, &Need { weighing, due }, by).await
}
