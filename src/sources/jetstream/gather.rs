//! What is being gathered for the next batch, and what was brought already.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;
use xxhash_rust::xxh3::Xxh3;

use super::frame::Key;
use crate::domain::Item;

/// How many events are remembered so that repeats are recognised: more than the overlap of two connections holds
/// when the network is at its busiest.
const REMEMBERED: usize = 65_536;

/// What an event is recognised by: the post, its revision, and whether it was taken down.
pub(super) fn mark(did: &str, key: &Key<'_>, deleted: bool) -> u64 {
    hash(&[did, &key.rkey, &key.rev, if deleted { "-" } else { "+" }])
}

/// What a post is recognised by.
fn post(did: &str, key: &Key<'_>) -> u64 {
    hash(&[did, &key.rkey])
}

fn hash(parts: &[&str]) -> u64 {
    let mut hash = Xxh3::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    hash.digest()
}

/// Events that were brought and stored.
#[derive(Default)]
pub(super) struct Brought {
    marks: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Brought {
    /// Whether this event was brought.
    pub(super) fn has(&self, mark: u64) -> bool {
        self.marks.contains(&mark)
    }

    /// Remembers events.
    pub(super) fn extend(&mut self, marks: impl IntoIterator<Item = u64>) {
        for mark in marks {
            if self.marks.insert(mark) {
                self.order.push_back(mark);
            }
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.marks.remove(&oldest);
            }
        }
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }
}

/// A batch that is being gathered.
#[derive(Default)]
pub(super) struct Gather {
    /// One item for every post that something happened to: its last word.
    pub items: Vec<Item>,
    /// Where a post stands among them.
    places: HashMap<u64, usize>,
    /// The events that the items are of.
    pub marks: HashSet<u64>,
    /// Frames that were read for it.
    pub frames: usize,
    /// When the first of them came.
    pub began: Option<Instant>,
    /// Frames that could not be read.
    pub unreadable: usize,
    /// Accounts that were deleted for good.
    pub gone: Vec<String>,
}

impl Gather {
    /// A frame came.
    pub(super) fn count(&mut self) {
        self.frames += 1;
        self.began.get_or_insert_with(Instant::now);
    }

    /// Takes what happened to a post. What happened to it before in the same batch is of no interest any more.
    pub(super) fn take(&mut self, did: &str, key: &Key<'_>, item: Item) {
        self.marks.insert(mark(did, key, item.deleted));
        let place = *self.places.entry(post(did, key)).or_insert(self.items.len());
        match self.items.get_mut(place) {
            Some(before) => *before = item,
            None => self.items.push(item),
        }
    }

    /// An account was deleted.
    pub(super) fn leave(&mut self, did: &str) {
        if !self.gone.iter().any(|known| known == did) {
            self.gone.push(did.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(rkey: &'static str, rev: &'static str) -> Key<'static> {
        Key { collection: "app.bsky.feed.post".into(), rkey: rkey.into(), rev: rev.into() }
    }

    #[test]
    fn the_last_word_on_a_post_counts() {
        let mut gather = Gather::default();
        let item = |text: &str, deleted| Item { text: text.into(), deleted, ..Item::default() };
        gather.take("did:plc:a", &key("1", "r1"), item("first", false));
        gather.take("did:plc:a", &key("2", "r2"), item("other", false));
        gather.take("did:plc:a", &key("1", "r3"), item("", true));
        assert_eq!(gather.items.iter().map(|item| item.deleted).collect::<Vec<_>>(), [true, false]);
        gather.take("did:plc:a", &key("1", "r4"), item("again", false));
        assert_eq!(gather.items[0].text, "again");
        assert_eq!(gather.marks.len(), 4);
    }

    #[test]
    fn what_was_brought_is_remembered_within_a_bound() {
        let mut brought = Brought::default();
        brought.extend(0..REMEMBERED as u64 + 10);
        brought.extend([20, 21]);
        assert_eq!(brought.len(), REMEMBERED);
        assert!(!brought.has(9) && brought.has(10) && brought.has(REMEMBERED as u64 + 9));
    }
}
