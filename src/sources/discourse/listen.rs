//! Listening to a forum, part by part.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Item, Timestamp};
use crate::sources::again::Again;
use crate::sources::lenient::{read, written};
use crate::sources::parts::{Piece, Round};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind, SourceSettings};

use super::forum::{Forum, Known};
use super::item::{Around, Thread, parts};
use super::places::{Backlog, Hits, Newest, Next, Wanted};
use super::shapes::{Found, LatestPosts, Notifications, Post, User};
use super::topics::{own_actions, topic_near};

/// Pages of newest posts that one poll reads of a part.
const PAGES: u32 = 3;
/// Topics that one poll opens for a part. A user's key may ask 20 times a minute.
const TOPICS: usize = 5;
/// Pages of hits that a forum lets anyone read.
const HIT_PAGES: u32 = 10;
/// Entries on a page of notifications.
const BELLS: u64 = 60;
/// Notifications that are read the first time.
const FIRST_BELLS: usize = 20;
/// Where is kept what is looked at again.
const AGAIN: &str = "again";
/// Posts that are looked at again at once. Each is a request.
const LOOKED_AT: usize = 5;
/// How far back a first search goes.
const FIRST_SEARCH: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What notifications are for posts that were written to us, in `notification_type`: mentioned, replied, quoted,
/// mentioned as a group.
const TO_US: [u64; 4] = [1, 2, 3, 15];
/// A post in a topic that is watched.
const POSTED: u64 = 9;

/// One part of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Posts,
    Private,
    Notifications,
    Own,
    Search(String),
}

impl Part {
    fn name(&self) -> String {
        match self {
            Self::Posts => "posts".to_owned(),
            Self::Private => "private messages".to_owned(),
            Self::Notifications => "notifications".to_owned(),
            Self::Own => "own posts".to_owned(),
            Self::Search(term) => format!("search {term}"),
        }
    }
}

/// Listens to a forum.
pub(super) struct Listener {
    forum: Arc<Forum>,
    search: Vec<String>,
    everything: bool,
    has_account: bool,
}

/// What one poll of one part works with.
struct Asking<'a> {
    around: Around<'a>,
    known: &'a Known,
    me: Option<&'a User>,
    now: Timestamp,
}

impl Listener {
    pub(super) fn new(forum: Arc<Forum>, settings: &SourceSettings, has_account: bool) -> Self {
        let search = settings.search.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty());
        Self { forum, search: search.collect(), everything: settings.everything, has_account }
    }

    async fn parts(&self) -> Result<Vec<Part>, SourceError> {
        let mut parts = Vec::new();
        if self.has_account {
            parts.extend([Part::Notifications, Part::Private]);
        }
        // A forum that is read whole brings our own posts along.
        if self.everything || self.search.is_empty() || self.forum.is_own().await? {
            parts.push(Part::Posts);
        } else {
            if self.has_account {
                parts.push(Part::Own);
            }
            parts.extend(self.search.iter().cloned().map(Part::Search));
        }
        Ok(parts)
    }

    async fn ask(&self, part: &Part, place: &str, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        match part {
            Part::Posts => self.newest("posts.json", place, false, asking).await,
            Part::Private => self.newest("private-posts.json", place, true, asking).await,
            Part::Notifications => self.notifications(place, asking).await,
            Part::Own => self.own(place, asking).await,
            Part::Search(term) => self.search(term, place, asking).await,
        }
    }

    /// The newest posts, back to those that are known.
    async fn newest(&self, path: &str, place: &str, private: bool, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        let mut place: Newest = read(place);
        let mut piece = Piece::default();
        let thread = if private { Thread::private() } else { Thread::default() };
        for _ in 0..PAGES {
            let before = place.before.to_string();
            let query = [("before", before.as_str())];
            let query = if place.before == 0 { &[][..] } else { &query[..] };
            let page: LatestPosts = self.forum.get(path, query, false, asking.now).await?;
            piece.remarks.extend(page.latest_posts.remark("posts"));
            let posts = &page.latest_posts.list;
            piece.items.extend(posts.iter().filter_map(|post| asking.around.item(post, &thread)));
            let ids: Vec<u64> = posts.iter().map(|post| post.id).filter(|id| *id > 0).collect();
            let next = place.page(&ids);
            piece.more = next == Next::Page;
            match next {
                Next::Page => {}
                Next::Done => break,
                Next::GivenUp => {
                    piece.remarks.push("there is more that is new than can be read; the oldest of it was left".into());
                    break;
                }
            }
        }
        piece.place = written(&place);
        Ok(piece)
    }

    /// What the forum notified our account of. Asking does not mark it as read.
    async fn notifications(&self, place: &str, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        let mut place: Backlog = read(place);
        let mut piece = Piece::default();
        if place.wait.is_empty() {
            let (offset, limit) = (place.offset.to_string(), BELLS.to_string());
            let query = [("limit", limit.as_str()), ("offset", offset.as_str())];
            let page: Notifications = self.forum.get("notifications.json", &query, false, asking.now).await?;
            piece.remarks.extend(page.notifications.remark("notifications"));
            let all = page.notifications.list;
            let most = if !place.begun { FIRST_BELLS } else { usize::MAX };
            for bell in all.iter().filter(|bell| bell.id > place.seen).take(most) {
                let kind = bell.notification_type;
                if let (true, Some(topic), Some(number)) =
                    (TO_US.contains(&kind) || kind == POSTED, bell.topic_id, bell.post_number)
                {
                    want(&mut place.wait, Wanted { topic, number, to_us: kind != POSTED });
                }
            }
            let ids: Vec<u64> = all.iter().map(|bell| bell.id).collect();
            piece.more = place.page(&ids, BELLS, page.total_rows_notifications) == Next::Page;
        }
        self.open(&mut place.wait, &mut piece, asking).await?;
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    /// What our account wrote in public.
    async fn own(&self, place: &str, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        let Some(me) = asking.me else { return Ok(Piece::default()) };
        let mut place: Backlog = read(place);
        let mut piece = Piece::default();
        if place.wait.is_empty() {
            let actions = own_actions(&self.forum, me, place.offset, false, asking.now).await?;
            let new = actions.list.iter().filter(|action| action.post_id.is_some_and(|id| id > place.seen));
            let wanted: Vec<Wanted> =
                new.map(|action| Wanted { topic: action.topic_id, number: action.post_number, to_us: false }).collect();
            wanted.into_iter().for_each(|wanted| want(&mut place.wait, wanted));
            let ids: Vec<u64> = actions.list.iter().filter_map(|action| action.post_id).collect();
            piece.more = place.page(&ids, ids.len() as u64, None) == Next::Page;
        }
        self.open(&mut place.wait, &mut piece, asking).await?;
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    /// What the forum's search finds for a name.
    async fn search(&self, term: &str, place: &str, asking: &Asking<'_>) -> Result<Piece, SourceError> {
        let mut place: Hits = read(place);
        let mut piece = Piece::default();
        let least = asking.known.settings.min_search_term_length.unwrap_or(3);
        if term.chars().count() < least && term.is_ascii() {
            piece.remarks.push(format!("the forum searches for {least} letters and more only, not for “{term}”"));
            return Ok(piece);
        }
        if place.wait.is_empty() {
            if place.since.is_empty() {
                let since = asking.now.saturating_sub(FIRST_SEARCH).unwrap_or(asking.now);
                place.since = since.strftime("%Y-%m-%d").to_string();
            }
            let (hits, pages) = self.hits(term, &place, &mut piece, asking.now).await?;
            piece.more = place.pass(&hits, pages) == Next::Page;
        }
        self.open(&mut place.wait, &mut piece, asking).await?;
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    /// One pass over the hits, newest first, down to those that are known.
    async fn hits(
        &self,
        term: &str,
        place: &Hits,
        piece: &mut Piece,
        now: Timestamp,
    ) -> Result<(Vec<(u64, Wanted)>, u32), SourceError> {
        let words = term.replace('"', " ");
        let asked = format!("\"{}\" after:{} order:latest", words.trim(), place.since);
        let mut hits = Vec::new();
        for page in 1..=HIT_PAGES {
            let number = page.to_string();
            let query = [("q", asked.as_str()), ("page", number.as_str())];
            let found = self.forum.get("search.json", &query, false, now).await;
            let found: Found = found.map_err(|error| switched_off(error, self.forum.host()))?;
            if let Some(error) = found.grouped_search_result.error.filter(|error| !error.trim().is_empty()) {
                return Err(SourceError::new(
                    SourceErrorKind::ServerTrouble,
                    &format!("{} does not search now (“{}”)", self.forum.host(), error.trim()),
                    "it will be asked again",
                ));
            }
            piece.remarks.extend(found.posts.remark("hits"));
            let list = found.posts.list;
            hits.extend(
                list.iter()
                    .filter(|hit| hit.id > 0 && hit.topic_id > 0)
                    .map(|hit| (hit.id, Wanted { topic: hit.topic_id, number: hit.post_number.max(1), to_us: false })),
            );
            let reached = list.iter().any(|hit| hit.id <= place.floor);
            if !place.begun || reached || list.is_empty() || !found.grouped_search_result.more_full_page_results {
                return Ok((hits, page));
            }
        }
        piece.remarks.push(format!("“{term}” has more hits than the forum shows; the oldest were left"));
        Ok((hits, HIT_PAGES))
    }

    /// Opens topics and takes the wanted posts out of them. What one answer does not hold of a topic is not there
    /// any more.
    async fn open(&self, wait: &mut Vec<Wanted>, piece: &mut Piece, asking: &Asking<'_>) -> Result<(), SourceError> {
        for opened in 0..TOPICS {
            let Some(first) = wait.first().copied() else { break };
            match topic_near(&self.forum, first.topic, first.number, false, asking.now).await {
                Ok(topic) => {
                    let thread = Thread::of(&topic);
                    let posts = &topic.post_stream.posts.list;
                    let held: Vec<Wanted> = wait.iter().filter(|wanted| holds(posts, wanted)).copied().collect();
                    for wanted in held {
                        let post = posts.iter().find(|post| is(post, &wanted));
                        if let Some(mut item) = post.and_then(|post| asking.around.item(post, &thread)) {
                            item.addressed |= wanted.to_us && !item.own;
                            piece.items.push(item);
                        }
                    }
                    wait.retain(|wanted| *wanted != first && !holds(posts, wanted));
                }
                Err(error) if matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::Refused) => {
                    wait.retain(|wanted| wanted.topic != first.topic);
                }
                // What was read is kept; the rest waits for the next poll.
                Err(error) if opened > 0 => {
                    piece.remarks.push(error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Listener {
    /// Whether posts that were heard are still there, and how they read now.
    async fn again(&self, again: &mut Again, asking: &Asking<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        for native_id in again.due(LOOKED_AT, asking.now) {
            let Some((topic, number)) = parts(&native_id) else { continue };
            match topic_near(&self.forum, topic, number, false, asking.now).await {
                Ok(topic) => {
                    let thread = Thread::of(&topic);
                    let posts = &topic.post_stream.posts.list;
                    let post = posts.iter().find(|post| post.post_number == number);
                    items.push(
                        post.and_then(|post| asking.around.item(post, &thread))
                            .unwrap_or_else(|| again.gone(&native_id)),
                    );
                }
                Err(error) if error.kind == SourceErrorKind::NotFound => items.push(again.gone(&native_id)),
                // It can wait: there is a next time.
                Err(_) => break,
            }
        }
        items
    }
}

fn is(post: &Post, wanted: &Wanted) -> bool {
    post.topic_id == wanted.topic && post.post_number == wanted.number
}

fn holds(posts: &[Post], wanted: &Wanted) -> bool {
    posts.iter().any(|post| is(post, wanted))
}

/// Adds to what is wanted, each post once.
fn want(wait: &mut Vec<Wanted>, wanted: Wanted) {
    match wait.iter_mut().find(|other| (other.topic, other.number) == (wanted.topic, wanted.number)) {
        Some(other) => other.to_us |= wanted.to_us,
        None => wait.push(wanted),
    }
}

/// A search that is not there was switched off, or is for members.
fn switched_off(error: SourceError, host: &str) -> SourceError {
    if error.kind != SourceErrorKind::NotFound {
        return error;
    }
    SourceError::new(
        SourceErrorKind::NotFound,
        &format!("the search of {host} is switched off"),
        "ask its people for a key, or watch its feed (latest.rss) instead",
    )
}

#[async_trait]
impl Listen for Listener {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let parts = self.parts().await?;
        let me = self.forum.me(now).await?;
        let known = self.forum.known(false, now).await?;
        let asking = Asking { around: Around { forum: &self.forum, known: &known, me }, known: &known, me, now };
        let mut round = Round::begin(cursor);
        let names: Vec<String> = parts.iter().map(Part::name).collect();
        round.places().keep(|part| part == AGAIN || names.iter().any(|name| name == part));
        let mut again: Again = read(round.places().of(AGAIN));
        for (part, name) in parts.iter().zip(&names) {
            let place = round.places().of(name).to_owned();
            let piece = self.ask(part, &place, &asking).await;
            if let Ok(piece) = &piece {
                again.note(&piece.items, &self.search, now);
            }
            if round.add(name, piece).is_break() {
                break;
            }
        }
        let looked = self.again(&mut again, &asking).await;
        round.places().set(AGAIN, written(&again));
        let mut batch = round.finish()?;
        batch.items.extend(looked);
        batch.items.sort_by_key(|item: &Item| item.claimed);
        Ok(batch)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: false, publishes: self.has_account, looks_up: true, tells_deletions: true }
    }

    fn host(&self) -> &str {
        self.forum.host()
    }
}
