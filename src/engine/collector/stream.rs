//! What a stream has told since it was stored last. While nothing of it becomes a mention or an act, it is kept in
//! memory and stored every few seconds: the network tells it again from the stored cursor after a crash.

use std::time::Duration;

use tokio::time::Instant;

use super::slot::Novelty;
use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::Batch;

/// How often the cursor of a stream that brings nothing for us is stored at most.
const COMMIT: Duration = Duration::from_secs(5);
/// How often it is stored that a stream is still there, when not even its cursor moves.
const HEARTBEAT: Duration = Duration::from_secs(300);
/// Ids of posts and accounts that were taken down and are kept in memory at most.
const MOST_DELETED: usize = 20_000;
/// Remarks that are kept at most.
const MOST_REMARKS: usize = 20;

/// A stream that is no further behind than this has caught up.
const UP_TO_DATE: SignedDuration = SignedDuration::from_secs(10);

/// Whether a stream has told what there was to tell: it says so, or it brought nothing, or what happens now.
pub(super) fn is_caught_up(batch: &Batch, items: usize, newest: Option<Timestamp>, now: Timestamp) -> bool {
    match batch.behind {
        Some(behind) => behind <= UP_TO_DATE,
        None => items == 0 || newest.is_some_and(|newest| now.duration_since(newest) <= UP_TO_DATE),
    }
}

/// What was told and is not stored yet.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Where the source was left.
    pub cursor: String,
    /// Items, mentions or not.
    pub items: usize,
    /// Native ids that were taken down.
    pub deleted: Vec<String>,
    /// Authors who deleted their accounts.
    pub gone: Vec<String>,
    /// What a person should know.
    pub remarks: Vec<String>,
    /// What the network counted last.
    pub meters: Vec<Meter>,
    /// How far behind the stream was last.
    pub behind: Option<SignedDuration>,
    /// Something was told, if only that there is nothing.
    pub heard: bool,
    /// Which of the items are new.
    pub novelty: Novelty,
}

impl Held {
    /// Nothing was told since this cursor.
    pub(super) fn at(cursor: &str) -> Self {
        Self { cursor: cursor.to_owned(), ..Self::default() }
    }

    /// Adds a batch, but for its items.
    pub(super) fn add(&mut self, batch: &mut Batch, novelty: Novelty) {
        self.cursor = std::mem::take(&mut batch.cursor);
        self.novelty.add(novelty);
        self.heard = true;
        self.behind = batch.behind.or(self.behind);
        self.gone.append(&mut batch.gone);
        for remark in batch.remarks.drain(..) {
            if self.remarks.len() < MOST_REMARKS && !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
        if !batch.meters.is_empty() {
            self.meters = std::mem::take(&mut batch.meters);
        }
    }

    /// What a stream is taken to tell that is not waited for any longer; `before` is how far behind it was earlier.
    pub(super) fn nothing_more(&self, before: Option<SignedDuration>) -> Batch {
        let behind = self.behind.or(before);
        Batch { cursor: self.cursor.clone(), more: true, behind, ..Batch::default() }
    }

    /// Whether it is time to store it though it holds nothing for us. `stored` is when the stream was stored last,
    /// `None` when it was not since it connected.
    pub(super) fn is_due(&self, stored: Option<Instant>, cursor: &str) -> bool {
        let Some(stored) = stored else { return true };
        let down = self.deleted.len() + self.gone.len();
        let moved = self.cursor != cursor || down > 0 || !self.remarks.is_empty();
        let pause = if moved { COMMIT } else { HEARTBEAT };
        down >= MOST_DELETED || stored.elapsed() >= pause
    }
}
