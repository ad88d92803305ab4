//! Reading a list that grows at its top, newest first, without losing what came between two polls.
//!
//! A walk begins at the top and ends where the last one began. What lies deeper than one poll reads is noted as a
//! gap and read by the next polls, after the top: what is new goes first. Networks show some posts late, below ones
//! that were read already, so everything is read once more when it is old enough to be complete; in quiet places
//! the first page does that by itself. What is met twice is harmless, ids are the network's own.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};
use crate::sources::parts::Piece;
use crate::sources::{SourceError, SourceErrorKind};

use super::refusal::Failure;

/// Pages that one poll reads of one list.
pub(super) const PAGES: usize = 5;
/// Pages that the very first poll reads.
const FIRST_PAGES: usize = 2;
/// How far the very first poll looks back at most.
const HISTORY: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How late the network may show a post.
pub(super) const LATE: SignedDuration = SignedDuration::from_mins(30);
/// Most gaps; further ones are joined, so that some posts are read twice.
const GAPS: usize = 8;

/// One page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its items.
    pub(super) items: Vec<Item>,
    /// When the network saw the newest and the oldest post of it.
    pub(super) newest: Option<Timestamp>,
    pub(super) oldest: Option<Timestamp>,
    /// Where older ones are; `None` at the end.
    pub(super) next: Option<String>,
    /// Posts that could not be read.
    pub(super) unread: usize,
    /// There is more, but the server gives no way to it.
    pub(super) cut: bool,
}

/// A list, newest first.
#[async_trait]
pub(super) trait Pages: Send {
    /// The page at a place that another page named; the top without one.
    async fn page(&mut self, at: Option<&str>) -> Result<Page, Failure>;
}

/// Where a list was left. Times are the server's but for `noted`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The newest that was seen when the top was last read.
    seen: Option<Timestamp>,
    /// When that newest was noted, by our clock.
    noted: Option<Timestamp>,
    /// Everything before this was read when it was at least [`LATE`] old.
    complete: Option<Timestamp>,
    /// What was not reached yet, newest first.
    gaps: Vec<Gap>,
}

/// What was not reached yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Gap {
    /// Where it begins; the top without a place.
    at: Option<String>,
    /// How deep it goes.
    low: Timestamp,
}

/// How a walk ended.
enum End {
    /// At its depth, or at the end of the list.
    Reached,
    /// It would go on here.
    At(String),
}

fn back(from: Timestamp, span: SignedDuration) -> Timestamp {
    from.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

/// Reads what is new, then what earlier polls did not reach.
///
/// # Errors
/// When not even the first page can be had.
pub(super) async fn catch_up(pages: &mut dyn Pages, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
    let mut place: Place = serde_json::from_str(place).unwrap_or_default();
    let mut walk = Walk { pages, left: PAGES, piece: Piece::default(), top: None, lowest: None, unread: 0, cut: false };
    let trouble = match place.seen {
        Some(seen) => walk.go_on(&mut place, seen, now).await?,
        None => walk.begin(&mut place, now).await?,
    };
    let Walk { mut piece, unread, cut, .. } = walk;
    piece.remarks.extend(trouble.map(|failure| format!("the rest is read later: {}", failure.error)));
    if unread > 0 {
        piece.remarks.push(format!("{unread} posts could not be read and were left out"));
    }
    if cut {
        piece.remarks.push("more was published than the server shows; some older posts are missing".to_owned());
    }
    piece.place = serde_json::to_string(&place).unwrap_or_default();
    Ok(piece)
}

impl Place {
    /// Notes what a walk did not reach. The oldest gaps are joined when there are too many.
    fn add(&mut self, gap: Gap) {
        self.gaps.insert(0, gap);
        while self.gaps.len() > GAPS {
            if let (Some(older), Some(newer)) = (self.gaps.pop(), self.gaps.last_mut()) {
                newer.low = newer.low.min(older.low);
                newer.at = if older.at.is_none() { None } else { newer.at.take() };
            }
        }
    }

    /// Sees to it that everything is read when it is complete: `lowest` is how deep the top was read without a
    /// break.
    fn complete(&mut self, lowest: Option<Timestamp>, now: Timestamp) {
        let (Some(seen), Some(complete)) = (self.seen, self.complete) else { return };
        // At the server it is at least as late as when the newest appeared, and what went by here since.
        let since =
            self.noted.map_or(SignedDuration::ZERO, |noted| now.duration_since(noted)).max(SignedDuration::ZERO);
        let next = back(seen.saturating_add(since).unwrap_or(seen), LATE);
        if next <= complete {
            return;
        }
        if lowest.is_none_or(|lowest| lowest < complete) {
            self.complete = Some(next);
        } else if self.gaps.is_empty() && back(next, LATE) >= complete {
            // In a flood that would be many pages with every poll: so, once in a while.
            self.gaps.push(Gap { at: None, low: back(complete, SignedDuration::from_millis(1)) });
            self.complete = Some(next);
        }
    }
}

struct Walk<'a> {
    pages: &'a mut dyn Pages,
    left: usize,
    piece: Piece,
    /// The newest post of the top.
    top: Option<Timestamp>,
    /// The oldest post that was read so far; `None` when the list was read to its end.
    lowest: Option<Timestamp>,
    unread: usize,
    cut: bool,
}

impl Walk<'_> {
    /// The first poll: a little of what is there already.
    async fn begin(&mut self, place: &mut Place, now: Timestamp) -> Result<Option<Failure>, SourceError> {
        self.left = FIRST_PAGES;
        if let Err((None, failure)) = self.down(None, back(now, HISTORY)).await {
            return Err(failure.error);
        }
        // Where nothing was found, the clocks of the two machines may be a day apart.
        let seen = self.top.unwrap_or_else(|| back(now, SignedDuration::from_hours(24)));
        place.seen = Some(seen);
        place.noted = Some(now);
        place.complete = Some(back(seen, LATE));
        Ok(None)
    }

    /// Every other poll.
    async fn go_on(
        &mut self,
        place: &mut Place,
        seen: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Failure>, SourceError> {
        let mut trouble = None;
        match self.down(None, seen).await {
            Ok(End::Reached) => {}
            Ok(End::At(at)) => place.add(Gap { at: Some(at), low: seen }),
            Err((None, failure)) => return Err(failure.error),
            Err((at, failure)) => {
                place.add(Gap { at, low: seen });
                trouble = Some(failure);
            }
        }
        if let Some(top) = self.top.filter(|top| *top > seen) {
            place.seen = Some(top);
            place.noted = Some(now);
        }
        place.complete(self.lowest, now);
        let (read, spent) = (self.piece.items.len(), self.left == 0);
        if trouble.is_none() {
            trouble = self.fill(place).await;
        }
        // A gap in which nothing is found is not read through at once: it may have no end.
        let goes_on = spent || self.piece.items.len() > read;
        self.piece.more = trouble.is_none() && !place.gaps.is_empty() && goes_on;
        Ok(trouble)
    }

    /// Reads down to what was seen at `low`. An error comes with the place that could not be read, unless that
    /// is the first.
    async fn down(&mut self, from: Option<String>, low: Timestamp) -> Result<End, (Option<String>, Failure)> {
        let mut at = from;
        let mut first = true;
        while self.left > 0 {
            self.left -= 1;
            let page = match self.pages.page(at.as_deref()).await {
                Ok(page) => page,
                Err(failure) => return Err((if first { None } else { at }, failure)),
            };
            if first && at.is_none() && self.top.is_none() {
                // Of the top only: what is published while deeper pages are read must count as not seen.
                self.top = page.newest;
            }
            first = false;
            self.lowest = page.next.as_ref().and(page.oldest.or(self.lowest));
            self.unread += page.unread;
            self.cut |= page.cut;
            self.piece.items.extend(page.items);
            if page.oldest.is_some_and(|oldest| oldest <= low) {
                return Ok(End::Reached);
            }
            match page.next {
                None => return Ok(End::Reached),
                next => at = next,
            }
        }
        Ok(at.map_or(End::Reached, End::At))
    }

    /// Reads gaps, newest first, as far as pages are left.
    async fn fill(&mut self, place: &mut Place) -> Option<Failure> {
        while self.left > 0 && !place.gaps.is_empty() {
            let gap = place.gaps.remove(0);
            match self.down(gap.at.clone(), gap.low).await {
                Ok(End::Reached) => {}
                Ok(End::At(at)) => place.gaps.insert(0, Gap { at: Some(at), low: gap.low }),
                Err((at, failure)) => {
                    // A place that means nothing to the server any more: down to there from the top, then.
                    let stale = at.is_none() && failure.error.kind == SourceErrorKind::NotUnderstood;
                    let at = if stale { None } else { at.or(gap.at) };
                    place.gaps.insert(0, Gap { at, low: gap.low });
                    return Some(failure);
                }
            }
        }
        None
    }
}
