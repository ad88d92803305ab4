//! What is asked and said about people.

use std::sync::Arc;

use crate::domain::Timestamp;
use crate::engine::people::PIECE;
use crate::store::people::AddUp;
use crate::store::{Store, StoreError, StoreResult};
use crate::tui::app::cmd::{Load, PeopleDeed, Whose};
use crate::tui::app::msg::Answer;

/// Turns on a card.
const TURNS: u32 = 20;
/// Pieces that are added up before the list is read: it may be ahead of the process that collects.
const PIECES: usize = 2;

/// Answers what is asked about people.
pub(super) async fn answer(store: &dyn Store, add_up: &dyn AddUp, load: Load) -> StoreResult<Answer> {
    match load {
        Load::People { filter, after, now, limit } => {
            if after.is_none() {
                settle(store, add_up).await?;
            }
            let rows = store.people(&filter, after, now, limit).await?;
            let figures = if after.is_none() { Some(store.people_figures(now).await?) } else { None };
            Ok(Answer::People(rows.into(), figures))
        }
        Load::Person { whose } => {
            let person = match whose {
                Whose::Person(id) => Some(id),
                Whose::Mention(id) => store.mention(id).await?.and_then(|mention| mention.person),
            };
            let file = match person {
                Some(id) => store.person_file(id, add_up, TURNS).await?,
                None => None,
            };
            Ok(Answer::Person(file.map(Arc::new)))
        }
        // Everything else is answered elsewhere.
        _ => Err(StoreError::Busy),
    }
}

/// Where nothing may be written now, what is added up already has to do.
async fn settle(store: &dyn Store, add_up: &dyn AddUp) -> StoreResult<()> {
    for _ in 0..PIECES {
        match store.settle_ties(add_up, PIECE).await {
            Ok(done) if done < u64::from(PIECE) => return Ok(()),
            Ok(_) => {}
            Err(StoreError::Busy | StoreError::ReadOnly { .. } | StoreError::Full { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Stores what was said.
pub(super) async fn change(store: &dyn Store, deed: PeopleDeed, at: Timestamp) -> StoreResult<Answer> {
    let done = match deed {
        PeopleDeed::Merge { one, other, voice } => store.merge_people(one, other, at, voice.as_deref()).await?,
        PeopleDeed::Split { account } => !store.split_person(account).await?.is_empty(),
    };
    Ok(Answer::PeopleChanged(done))
}
