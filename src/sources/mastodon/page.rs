//! Reading on in a list that grows at its top: without a gap, in bounded pieces, from where it was left.
//!
//! Two ways, by what the server can do ([`super::facts`]):
//!
//! - **Forward**: `min_id` brings what comes right after an id. Whatever a page leaves out comes with the next one, so
//!   that stopping anywhere loses nothing. Every poll begins a few minutes before the newest id, because a post
//!   that arrives late has an id of the time at which it was written. (One that arrives so late between the pieces of a
//!   long reading may be missed.)
//! - **Down**: from the newest (`max_id`) down to the place that was reached the last time. Needs nothing but `max_id`
//!   of the server, and stops by itself at one that does not even know that. Where it was interrupted stands in
//!   the place, and the place moves up only when the bottom was reached. Where ids show no order, a server answers
//!   below a post that is deleted meanwhile as it does at the bottom: with nothing. Then it is asked below the posts
//!   that stood above that one ([`Found`]).

use std::cmp::Ordering;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};
use crate::sources::SourceError;

use super::ids;

/// Entries asked for at once; the most that servers give.
pub(super) const LIMIT: usize = 40;
/// Pages that one poll reads of one list.
pub(super) const PAGES: usize = 5;
/// Pages that one way down takes at most, over several polls.
const DEEPEST: u32 = 50;
/// Posts that are remembered above the one where the way down goes on.
const ABOVE: usize = 8;
/// How far back forward reading begins.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// The way down ends at what was published so long before the place that was reached the last time.
const OLD: SignedDuration = SignedDuration::from_hours(1);

/// Where a list was left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// It was read before, though it may have been empty.
    #[serde(skip_serializing_if = "is_not")]
    pub asked: bool,
    /// The newest id that was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// When that was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// Go on exactly from here. Only after a whole reading is it worth looking for what arrived late: else a place
    /// where more is written than one poll reads would be read again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Down: the way that was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down: Option<Down>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde wants it so
fn is_not(flag: &bool) -> bool {
    !flag
}

/// An interrupted way down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Down {
    /// The newest id, where the next way down will end.
    pub top: String,
    pub top_seen: Option<Timestamp>,
    /// Go on below this; empty: begin at the top again.
    pub below: String,
    /// What stood right above that, nearest first: for when it is deleted meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<String>,
    /// Pages so far.
    pub pages: u32,
    /// It began at the top again.
    #[serde(skip_serializing_if = "is_not")]
    pub again: bool,
}

impl Down {
    /// Goes on below the last of these entries.
    fn step(&mut self, entries: &[Entry]) {
        let Some((last, rest)) = entries.split_last() else { return };
        let before = std::mem::replace(&mut self.below, last.id.clone());
        let here = rest.iter().rev().map(|entry| entry.id.clone());
        let earlier = std::iter::once(before).chain(std::mem::take(&mut self.above)).filter(|id| !id.is_empty());
        self.above = here.chain(earlier).filter(|id| *id != last.id).take(ABOVE).collect();
    }

    /// Begins at the top again, the first time that it is necessary. `false`: there is no use in it.
    fn restart(&mut self) -> bool {
        self.below.clear();
        self.above.clear();
        !std::mem::replace(&mut self.again, true)
    }
}

/// What there is below the post where the way down goes on, when the server says that there is nothing.
enum Found {
    /// Nothing indeed: the post is there, and it is the last one.
    Bottom,
    /// This: the post is gone.
    Page(Page),
    /// Nobody knows: all that was remembered is gone.
    Lost,
}

impl Place {
    /// Reads a place; one that cannot be read is a new beginning.
    pub(super) fn read(written: &str) -> Self {
        serde_json::from_str(written).unwrap_or_default()
    }

    /// As it stands in the cursor.
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What part of a list is wanted. All absent: the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Window<'a> {
    /// What comes right after this.
    pub min_id: Option<&'a str>,
    /// Nothing older than this.
    pub since_id: Option<&'a str>,
    /// What is older than this.
    pub max_id: Option<&'a str>,
}

/// One entry of a page.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its id in this list.
    pub id: String,
    /// When it was published.
    pub at: Option<Timestamp>,
    /// What it brings; some entries bring nothing.
    pub item: Option<Item>,
}

/// One page, newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub entries: Vec<Entry>,
    /// The id that the server itself gives for reading on forward.
    pub newer: Option<String>,
    /// Whether the server says that there is more below; `None` when it says nothing.
    pub has_older: Option<bool>,
    /// Entries that could not be read.
    pub skipped: usize,
}

/// A list that is read page by page.
#[async_trait]
pub(super) trait Pages: Send + Sync {
    /// One page.
    ///
    /// # Errors
    /// When it cannot be had.
    async fn page(&self, window: Window<'_>, now: Timestamp) -> Result<Page, SourceError>;
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub items: Vec<Item>,
    pub place: Place,
    pub more: bool,
    pub skipped: usize,
    /// The way down was given up: older posts were not fetched.
    pub gave_up: bool,
}

/// Reads on from a place. What a failing page leaves out is read the next time.
///
/// # Errors
/// When not even the first page can be had.
pub(super) async fn read_on(
    list: &dyn Pages,
    place: Place,
    forward: bool,
    now: Timestamp,
) -> Result<Read, SourceError> {
    match &place.at {
        None if !place.asked => first(list, now).await,
        Some(_) if forward && place.down.is_none() => read_forward(list, place, now).await,
        _ => read_down(list, place, now).await,
    }
}

/// The first time: the newest page.
async fn first(list: &dyn Pages, now: Timestamp) -> Result<Read, SourceError> {
    let page = list.page(Window::default(), now).await?;
    let mut read = Read::default();
    let at = newest(&page);
    read.place = Place { asked: true, seen: time_of(&page, at.as_deref()), at, ..Place::default() };
    read.take(page);
    Ok(read)
}

async fn read_forward(list: &dyn Pages, place: Place, now: Timestamp) -> Result<Read, SourceError> {
    let Place { at, seen, on, .. } = place;
    let mut at = at.unwrap_or_default();
    let mut anchor = on.unwrap_or_else(|| ids::earlier(&at, OVERLAP));
    let mut read = Read::default();
    let mut seen = seen;
    let mut whole = false;
    for turn in 0..PAGES {
        let page = match list.page(Window { min_id: Some(&anchor), ..Window::default() }, now).await {
            Ok(page) => page,
            Err(error) if turn == 0 => return Err(error),
            Err(_) => break,
        };
        let full = page.entries.len() + page.skipped >= LIMIT;
        let reached = newest(&page).filter(|newest| ids::order(newest, &anchor) != Some(Ordering::Less));
        let time = time_of(&page, reached.as_deref());
        read.take(page);
        let Some(reached) = reached.filter(|reached| *reached != anchor) else {
            whole = true;
            break;
        };
        if ids::order(&reached, &at) != Some(Ordering::Less) {
            at.clone_from(&reached);
            seen = time.or(seen);
        }
        anchor = reached;
        if !full {
            whole = true;
            break;
        }
    }
    read.more = !whole;
    let on = (!whole).then_some(anchor);
    read.place = Place { asked: true, at: Some(at), seen, on, down: None };
    Ok(read)
}

async fn read_down(list: &dyn Pages, place: Place, now: Timestamp) -> Result<Read, SourceError> {
    let floor = place.at.clone();
    let anchor = place.on.clone().or_else(|| floor.as_deref().map(|floor| ids::earlier(floor, OVERLAP)));
    let old = place.seen.and_then(|seen| seen.saturating_sub(OLD).ok());
    let mut down = place.down.clone();
    let mut read = Read::default();
    let mut ended = false;
    for turn in 0..PAGES {
        let below = down.as_ref().map(|down| down.below.clone()).filter(|below| !below.is_empty());
        let window = Window { since_id: anchor.as_deref(), max_id: below.as_deref(), ..Window::default() };
        let page = match list.page(window, now).await {
            Ok(page) => page,
            Err(error) if turn == 0 => return Err(error),
            Err(_) => break,
        };
        let page = match &mut down {
            Some(way) if below.is_some() && page.entries.is_empty() && page.skipped == 0 => {
                match past_a_gap(list, way, anchor.as_deref(), now).await {
                    Ok(Found::Bottom) => page,
                    Ok(Found::Page(found)) => found,
                    Ok(Found::Lost) => {
                        // In the next piece, so that nothing comes twice in this one.
                        ended = !way.restart();
                        read.gave_up = ended;
                        break;
                    }
                    Err(error) if turn == 0 => return Err(error),
                    Err(_) => break,
                }
            }
            _ => page,
        };
        let (kept, bottom) = above(page, floor.as_deref(), anchor.as_deref(), old);
        let newer = kept.entries.iter().find(|entry| Some(&entry.id) != below.as_ref());
        let oldest = kept.entries.last().map(|entry| entry.id.clone());
        let stuck = match (&below, &oldest) {
            (_, None) => true,
            (Some(below), Some(oldest)) => {
                oldest == below || ids::order(oldest, below) == Some(Ordering::Greater) || newer.is_none()
            }
            (None, Some(_)) => false,
        };
        let end = bottom || stuck || kept.has_older == Some(false);
        let next = down.get_or_insert_with(|| Down {
            top: newest(&kept).unwrap_or_default(),
            top_seen: time_of(&kept, newest(&kept).as_deref()),
            ..Down::default()
        });
        next.pages += 1;
        next.step(&kept.entries);
        read.gave_up = next.pages >= DEEPEST && !end;
        let repeats = stuck && below.is_some();
        if !repeats {
            read.take(kept);
        }
        if end || read.gave_up {
            ended = true;
            break;
        }
    }
    // What came above an interrupted way is read next.
    read.more = !ended || place.down.is_some();
    read.place = if ended { arrived(place, down.unwrap_or_default()) } else { Place { down, ..place } };
    Ok(read)
}

/// Tells the bottom from a post that was deleted, where ids show no order. Others are compared by servers, whether
/// they are still there or not.
async fn past_a_gap(list: &dyn Pages, way: &Down, since: Option<&str>, now: Timestamp) -> Result<Found, SourceError> {
    if way.above.iter().all(|id| ids::order(id, &way.below).is_some()) {
        return Ok(Found::Bottom);
    }
    for known in &way.above {
        let mut page = list.page(Window { since_id: since, max_id: Some(known), ..Window::default() }, now).await?;
        if page.entries.is_empty() {
            continue;
        }
        if page.entries.iter().any(|entry| entry.id == way.below) {
            return Ok(Found::Bottom);
        }
        page.has_older = page.has_older.or(Some(page.entries.len() + page.skipped >= LIMIT));
        page.entries.retain(|entry| !way.above.contains(&entry.id));
        return Ok(if page.entries.is_empty() { Found::Bottom } else { Found::Page(page) });
    }
    Ok(Found::Lost)
}

/// The place after a whole way down.
fn arrived(place: Place, down: Down) -> Place {
    let moved = !down.top.is_empty();
    let (at, seen) = if moved { (Some(down.top), down.top_seen.or(place.seen)) } else { (place.at, place.seen) };
    let on = at.clone().filter(|_| place.down.is_some());
    Place { asked: true, at, seen, on, down: None }
}

/// The page without what lies below the floor, and whether the floor was reached.
fn above(page: Page, floor: Option<&str>, anchor: Option<&str>, old: Option<Timestamp>) -> (Page, bool) {
    let mut bottom = false;
    let mut past = false;
    let mut kept = Vec::with_capacity(page.entries.len());
    let count = page.entries.len() + page.skipped;
    for entry in page.entries {
        let ordered = anchor.and_then(|anchor| ids::order(&entry.id, anchor));
        // Where ids have no order, everything after the place that was reached the last time is older.
        past |= ordered.is_none() && floor == Some(entry.id.as_str());
        let older = past || matches!(ordered, Some(Ordering::Less | Ordering::Equal));
        bottom |= older;
        if !older {
            kept.push(entry);
        }
    }
    // The place that was reached may have been deleted; a post that arrived late is no sign of the bottom.
    let is_old = |entry: &Entry| matches!((entry.at, old), (Some(at), Some(old)) if at < old);
    bottom |= !kept.is_empty() && kept.iter().all(is_old);
    let has_older = page.has_older.unwrap_or(count >= LIMIT);
    (Page { entries: kept, has_older: Some(has_older), ..page }, bottom)
}

fn newest(page: &Page) -> Option<String> {
    let own = ids::newest(page.entries.iter().map(|entry| entry.id.as_str()));
    match (page.newer.as_deref(), own) {
        (Some(named), Some(own)) if ids::order(named, own) == Some(Ordering::Less) => Some(own.to_owned()),
        (Some(named), _) if !named.is_empty() => Some(named.to_owned()),
        (_, own) => own.map(str::to_owned),
    }
}

fn time_of(page: &Page, id: Option<&str>) -> Option<Timestamp> {
    page.entries.iter().find(|entry| Some(entry.id.as_str()) == id).and_then(|entry| entry.at)
}

impl Read {
    fn take(&mut self, page: Page) {
        self.skipped += page.skipped;
        self.items.extend(page.entries.into_iter().filter_map(|entry| entry.item));
    }
}
