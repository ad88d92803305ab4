//! Lists that are read by the time of their entries: where one was left, and how it goes on. Pure: what was read
//! comes in, what to read next goes out.
//!
//! Such lists are read oldest first, from a moment on. What changes meanwhile moves to the end, so that nothing
//! is lost however much is written and deleted; page numbers are used only inside one second.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

use super::http::Validators;

/// How far back the first reading goes.
const FIRST: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Pages of one second that are read at most: a search shows a thousand entries.
const MOST_PAGES: u32 = 10;
/// Answers in a row that said they were not complete, after which it goes on all the same.
const MOST_INCOMPLETE: u32 = 3;

/// Where a list was left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Since {
    /// Nothing that was made before counts as new: the first reading began here.
    pub(super) from: Option<Timestamp>,
    /// What changed from here on is asked for.
    pub(super) at: Option<Timestamp>,
    /// Where this way began.
    low: Option<Timestamp>,
    /// The newest change that was met.
    newest: Option<Timestamp>,
    /// The page, when one second fills several.
    page: u32,
    /// The server's own name of that page, where pages have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// What was met of the time that is looked at again: name -> its change.
    met: BTreeMap<String, Timestamp>,
    /// Answers in a row that were not complete.
    incomplete: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// There is more.
    Page,
    /// All of it was read.
    Done,
    /// One second holds more than the server shows; the rest of it was left.
    Skipped,
}

impl Since {
    /// Begins at a moment.
    pub(super) fn starting(at: Timestamp) -> Self {
        Self { from: Some(at), at: Some(at), ..Self::default() }
    }

    /// Begins, the first time.
    pub(super) fn begin(&mut self, now: Timestamp) {
        if self.at.is_none() {
            let from = now.saturating_sub(FIRST).unwrap_or(now);
            (self.from, self.at) = (Some(from), Some(from));
        }
        if self.low.is_none() {
            self.low = self.at;
        }
    }

    /// Where this way through the list began: everything before was read.
    pub(super) fn began(&self) -> Timestamp {
        self.low.or(self.at).unwrap_or_default()
    }

    /// The moment from which on is asked, as GitHub writes it.
    pub(super) fn since(&self) -> String {
        self.at.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The page to ask for.
    pub(super) fn page_number(&self) -> u32 {
        self.page.max(1)
    }

    /// Whether something that was made at this time is new to us.
    pub(super) fn is_recent(&self, made: Option<Timestamp>) -> bool {
        made.is_none_or(|made| self.from.is_none_or(|from| made >= from))
    }

    /// Whether this change was not met before; notes it. What is older than was asked for was.
    pub(super) fn meet(&mut self, name: &str, changed: Timestamp) -> bool {
        if self.at.is_some_and(|at| changed < at) {
            return false;
        }
        self.met.insert(name.to_owned(), changed) != Some(changed)
    }

    /// Takes the moments of change of a page. `full`: there may be another. `overlap`: so much before the newest
    /// change is looked at again, because changes come into sight late.
    pub(super) fn page(&mut self, changes: &[Timestamp], full: bool, overlap: SignedDuration) -> Next {
        self.newest = self.newest.max(changes.iter().copied().max());
        let again = self.newest.and_then(|newest| newest.saturating_sub(overlap).ok());
        if full {
            self.met.retain(|_, changed| again.is_none_or(|again| *changed >= again));
            let last = changes.last().copied();
            if last > self.at {
                (self.at, self.page) = (last, 0);
                return Next::Page;
            }
            if self.page_number() < MOST_PAGES {
                self.page = self.page_number() + 1;
                return Next::Page;
            }
            self.page = 0;
            self.at = self.at.and_then(|at| at.saturating_add(SignedDuration::from_secs(1)).ok());
            return Next::Skipped;
        }
        // Never behind where this way began: everything before was looked at again then.
        self.at = self.low.max(again);
        let at = self.at;
        self.met.retain(|_, changed| at.is_none_or(|at| *changed >= at));
        (self.page, self.low, self.incomplete) = (0, None, 0);
        Next::Done
    }

    /// Notes that an answer was not complete. Whether to stay where it is and ask again.
    pub(super) fn stays(&mut self) -> bool {
        self.incomplete += 1;
        if self.incomplete >= MOST_INCOMPLETE {
            self.incomplete = 0;
        }
        self.incomplete > 0
    }

    /// What to send along so that the server need not repeat itself. Only good while the same is asked for.
    pub(super) fn validators(&self) -> Validators {
        Validators { etag: self.etag.clone(), last_modified: self.last_modified.clone() }
    }

    /// Notes what to send along next time, when the same is asked for. An answer that says nothing leaves what was
    /// known, if it said that nothing changed.
    pub(super) fn keep(&mut self, validators: Validators, unchanged: bool) {
        if !unchanged || validators != Validators::default() {
            (self.etag, self.last_modified) = (validators.etag, validators.last_modified);
        }
    }
}
