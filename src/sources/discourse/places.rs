//! Where each part of a forum was left, and how it goes on from there. Pure: what was read comes in, what to read
//! next goes out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Pages of 50 that are read the first time.
const FIRST_PAGES: u32 = 2;
/// Most pages of one way back: 10,000 posts.
const MOST_PAGES: u32 = 200;
/// Ids by which older servers step back: `before` covers that many ids there, however few posts have them.
const STEP: u64 = 50;
/// So many ids below the newest seen are looked at again: posts become visible in another order than they get ids.
const OVERLAP: u64 = 25;
/// By so many entries two pages overlap that are told apart by an offset: something may be deleted in between.
pub(super) const PAGES_OVERLAP: u64 = 5;
/// Newest hits of a search that are looked at again each time.
const HITS_AGAIN: usize = 10;
/// Passes over several pages of hits, until one brings nothing new.
const PASSES: u32 = 4;

/// A post that was heard of and is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) topic: u64,
    pub(super) number: u64,
    /// It addresses our account.
    pub(super) to_us: bool,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another page.
    Page,
    /// Nothing: all of it was read.
    Done,
    /// Nothing, though not all of it was read.
    GivenUp,
}

/// A way back through the newest posts, from the newest to those that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Newest {
    /// The first way back came to its end.
    begun: bool,
    /// Everything up to this id was read.
    seen: u64,
    /// The newest id of this way back.
    top: u64,
    /// Only older ones are read next; 0: a new way begins.
    pub(super) before: u64,
    pages: u32,
}

impl Newest {
    /// Takes the ids of a page.
    pub(super) fn page(&mut self, ids: &[u64]) -> Next {
        self.pages += 1;
        self.top = self.top.max(ids.iter().copied().max().unwrap_or(0));
        let oldest = ids.iter().copied().min().filter(|oldest| self.before == 0 || *oldest < self.before);
        // Newer servers answer with the 50 posts before that id, older ones with those of the 50 ids up to it.
        let next = oldest.unwrap_or(self.before.saturating_sub(STEP));
        let known = self.seen.saturating_sub(OVERLAP);
        if next <= known + 1 || (!self.begun && self.pages >= FIRST_PAGES) {
            return self.end(Next::Done);
        }
        if self.pages >= MOST_PAGES {
            return self.end(Next::GivenUp);
        }
        self.before = next;
        Next::Page
    }

    fn end(&mut self, end: Next) -> Next {
        *self = Self { begun: true, seen: self.seen.max(self.top), ..Self::default() };
        end
    }
}

/// A way back through pages that are told apart by an offset, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Backlog {
    /// The first page was read.
    pub(super) begun: bool,
    /// Everything up to this id was read.
    pub(super) seen: u64,
    top: u64,
    /// Where the next page begins.
    pub(super) offset: u64,
    pages: u32,
    /// What is to be read before the next page.
    pub(super) wait: Vec<Wanted>,
}

impl Backlog {
    /// Takes a page: the ids on it, how many entries the server went through for it, and how many there are
    /// altogether, when it says so.
    pub(super) fn page(&mut self, ids: &[u64], went_through: u64, total: Option<u64>) -> Next {
        self.pages += 1;
        self.top = self.top.max(ids.iter().copied().max().unwrap_or(0));
        let reached = ids.iter().any(|id| *id <= self.seen);
        let next = self.offset + went_through.saturating_sub(PAGES_OVERLAP);
        let exhausted = match total {
            Some(total) => self.offset + went_through >= total,
            None => ids.is_empty(),
        };
        if !self.begun || reached || exhausted || next <= self.offset {
            return self.end(Next::Done);
        }
        if self.pages >= MOST_PAGES {
            return self.end(Next::GivenUp);
        }
        self.offset = next;
        Next::Page
    }

    fn end(&mut self, end: Next) -> Next {
        let wait = std::mem::take(&mut self.wait);
        *self = Self { begun: true, seen: self.seen.max(self.top), wait, ..Self::default() };
        end
    }
}

/// Where a search was left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Hits {
    /// The first page was read.
    pub(super) begun: bool,
    /// Everything up to this id was met.
    pub(super) floor: u64,
    /// What was met above it.
    met: BTreeSet<u64>,
    passes: u32,
    /// The day of the first search, before which nothing is searched.
    pub(super) since: String,
    /// What is to be read before the next search.
    pub(super) wait: Vec<Wanted>,
}

impl Hits {
    /// Takes all hits of one pass over `pages` pages, each with what is to be read for it. The server tells pages
    /// apart by their number, so that one that is deleted in between hides another: several pages are gone over
    /// again until that brings nothing new.
    pub(super) fn pass(&mut self, hits: &[(u64, Wanted)], pages: u32) -> Next {
        let mut ids: Vec<u64> = hits.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids.dedup();
        let first = !std::mem::replace(&mut self.begun, true);
        let new: Vec<_> = hits.iter().filter(|(id, _)| *id > self.floor && self.met.insert(*id)).collect();
        self.wait.extend(new.iter().map(|(_, wanted)| *wanted));
        self.passes += 1;
        if pages > 1 && !new.is_empty() && !first && self.passes < PASSES {
            return Next::Page;
        }
        self.passes = 0;
        self.floor = self.floor.max(ids.get(HITS_AGAIN).copied().unwrap_or(0));
        let floor = self.floor;
        self.met.retain(|id| *id > floor);
        Next::Done
    }
}
