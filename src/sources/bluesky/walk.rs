//! Reading a list that grows at its top, newest first, without losing what came between two polls.
//!
//! A walk begins at the top and ends where the last one began, less an overlap for posts that the network shows
//! late. When that lies deeper than one poll reads, the rest is noted as a gap and read by the next polls, after
//! the top: what is new goes first. What is met twice is harmless, ids are the network's own.

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
/// How late the network may show a post. The first page is read whole anyway, so that in quiet places it may be
/// far later.
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_mins(30);
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

/// Where a list was left.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The newest that was seen.
    seen: Option<Timestamp>,
    /// What was not reached yet, newest first.
    gaps: Vec<Gap>,
}

/// What was not reached yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Gap {
    /// Where it begins.
    at: String,
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

/// Reads what is new, then what earlier polls did not reach.
///
/// # Errors
/// When not even the first page can be had.
pub(super) async fn catch_up(pages: &mut dyn Pages, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
    let mut place: Place = serde_json::from_str(place).unwrap_or_default();
    let mut walk = Walk { pages, left: PAGES, piece: Piece::default(), newest: None, unread: 0, cut: false };
    let back = |from: Timestamp, span| from.saturating_sub(span).unwrap_or(Timestamp::MIN);
    let mut trouble = None;
    if let Some(seen) = place.seen {
        let low = back(seen, OVERLAP);
        match walk.down(None, low).await {
            Ok(End::Reached) => {}
            Ok(End::At(at)) => place.gaps.insert(0, Gap { at, low }),
            Err((at, failure)) => match at {
                Some(at) => {
                    place.gaps.insert(0, Gap { at, low });
                    trouble = Some(failure);
                }
                None => return Err(failure.error),
            },
        }
        place.seen = walk.newest.max(Some(seen));
        join(&mut place.gaps);
        let (read, open) = (walk.piece.items.len(), walk.left == 0);
        if trouble.is_none() {
            trouble = walk.fill(&mut place).await;
        }
        // A gap in which nothing is found is not read through at once: it may have no end.
        walk.piece.more = trouble.is_none() && !place.gaps.is_empty() && (open || walk.piece.items.len() > read);
    } else {
        walk.left = FIRST_PAGES;
        if let Err((None, failure)) = walk.down(None, back(now, HISTORY)).await {
            return Err(failure.error);
        }
        // Where nothing was found, a day lies between the clocks of the two machines.
        place.seen = walk.newest.or(Some(back(now, SignedDuration::from_hours(24))));
    }
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

/// Joins the oldest gaps when there are too many.
fn join(gaps: &mut Vec<Gap>) {
    while gaps.len() > GAPS {
        if let (Some(older), Some(newer)) = (gaps.pop(), gaps.last_mut()) {
            newer.low = newer.low.min(older.low);
        }
    }
}

struct Walk<'a> {
    pages: &'a mut dyn Pages,
    left: usize,
    piece: Piece,
    newest: Option<Timestamp>,
    unread: usize,
    cut: bool,
}

impl Walk<'_> {
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
            first = false;
            self.newest = self.newest.max(page.newest);
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
            match self.down(Some(gap.at.clone()), gap.low).await {
                Ok(End::Reached) => {}
                Ok(End::At(at)) => place.gaps.insert(0, Gap { at, low: gap.low }),
                Err((at, failure)) => {
                    let refused = at.is_none() && failure.error.kind == SourceErrorKind::NotUnderstood;
                    if refused {
                        // The place means nothing to the server any more: down to there from the top, then.
                        let again = gap.low.saturating_add(OVERLAP).ok();
                        place.seen = place.seen.min(again);
                    } else {
                        place.gaps.insert(0, Gap { at: at.unwrap_or(gap.at), low: gap.low });
                    }
                    return Some(failure);
                }
            }
        }
        None
    }
}
