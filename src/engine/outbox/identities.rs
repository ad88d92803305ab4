//! Under which accounts can be published, and what their networks accept: asked once after the start and daily.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::Desk;
use crate::domain::SafeText;
use crate::domain::outbox::Identity;
use crate::engine::doors::{Door, Hands};
use crate::engine::event::Event;
use crate::store::{StoreError, StoreResult};

/// Pause between two rounds in which everybody answered.
const DAILY: Duration = Duration::from_secs(24 * 3_600);
/// Pause before those that did not answer are asked again; it doubles up to an hour.
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(3_600);
/// Longest handle or name, in characters.
const NAME: usize = 200;

/// Keeps what is known of the accounts up to date until the lease is lost.
pub(crate) async fn keep_known(desk: Desk) {
    let mut pauses = desk.shared.herald.pauses();
    let mut all_again = Instant::now();
    let mut pause = FIRST;
    let mut open: Vec<(Door, Hands)> = Vec::new();
    loop {
        while *pauses.borrow_and_update() {
            if pauses.changed().await.is_err() {
                return;
            }
        }
        if Instant::now() >= all_again {
            open = (desk.exits)().into_iter().filter(|(_, hands)| hands.publish.is_some()).collect();
            all_again = Instant::now() + DAILY;
            pause = FIRST;
        }
        match ask(&desk, &mut open).await {
            Err(StoreError::LeaseLost) => return,
            Err(error) => tracing::warn!(%error, "what is known of the accounts could not be stored"),
            Ok(()) => {}
        }
        if open.is_empty() {
            sleep_until(all_again).await;
        } else {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// Asks each once; who answered is taken off the list.
async fn ask(desk: &Desk, open: &mut Vec<(Door, Hands)>) -> StoreResult<()> {
    let before = desk.shared.store.identities().await?;
    let mut left = Vec::new();
    for (door, hands) in open.drain(..) {
        let Some(publisher) = &hands.publish else { continue };
        let now = desk.shared.clock.now();
        let known = match publisher.identity(now).await {
            Ok(author) => publisher.rules(now).await.map(|rules| (author, rules)),
            Err(error) => Err(error),
        };
        let (author, rules) = match known {
            Ok(known) => known,
            Err(error) => {
                tracing::debug!(source = %door.name, %error, "the account did not tell who it is");
                left.push((door, hands));
                continue;
            }
        };
        let line = |words: &Option<String>| SafeText::line(words.as_deref().unwrap_or_default(), NAME);
        let identity = Identity {
            source: door.source,
            source_name: SafeText::line(&door.name, NAME),
            network: door.network.clone(),
            scope: door.scope.clone(),
            handle: line(&author.handle),
            name: line(&author.name),
            rules: Some(rules),
        };
        desk.authors.lock().unwrap_or_else(PoisonError::into_inner).insert(door.source, author);
        let lease = desk.shared.keeper.valid(desk.epoch).await?;
        desk.shared.store.keep_identities(&lease, &[identity]).await?;
    }
    *open = left;
    // An answer that is being written may go out under what has just come to be known.
    if desk.shared.store.identities().await? != before {
        desk.shared.herald.tell(Event::Changed);
    }
    Ok(())
}
