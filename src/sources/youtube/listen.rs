//! Listening to channels and videos.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Author, Capabilities, Item, Timestamp};
use crate::sources::again::Again;
use crate::sources::lenient::{moment, read, written};
use crate::sources::parts::{Piece, Round};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind};

use super::item::Around;
use super::places::{Next, Place, Target, Waiting};
use super::refusal::Refused;
use super::shapes::{Channel, Comment, Page, Thread};
use super::tube::{As, LIST, Tube, author};

/// Pages that one poll reads of a target.
const PAGES: u32 = 2;
/// Threads of which one poll reads all replies.
const THREADS: usize = 5;
/// Pages of a hundred replies that are read of a thread.
const REPLY_PAGES: u32 = 5;
/// Channels that one question may name.
const NAMES: usize = 50;
/// Where is kept what is looked at again.
const AGAIN: &str = "again";
/// Where the count of units is kept.
const QUOTA: &str = "quota";

/// Listens to channels and videos.
pub(super) struct Listener {
    tube: Arc<Tube>,
    targets: Vec<Target>,
    /// Words that make a comment worth a second look.
    words: Vec<String>,
    /// What was used before this start was taken into account.
    recalled: bool,
    may_reply: bool,
}

/// Reads all replies of a thread, at most a few hundred.
pub(super) async fn replies(
    tube: &Tube,
    around: &Around<'_>,
    who: As,
    urgent: bool,
    now: Timestamp,
) -> Result<(Vec<Item>, bool), SourceError> {
    let mut items = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..REPLY_PAGES {
        let mut query = vec![
            ("part", "snippet"),
            ("parentId", around.thread.thread.as_str()),
            ("maxResults", "100"),
            ("textFormat", "plainText"),
        ];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page: Page<Comment> = tube.list("comments", &query, who, urgent, now).await?;
        items.extend(page.items.list.iter().filter_map(|comment| around.item(comment)));
        token = page.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok((items, false));
        }
    }
    Ok((items, true))
}

/// A page of threads, newest first.
pub(super) async fn threads(
    tube: &Tube,
    filter: (&str, &str),
    token: Option<&str>,
    urgent: bool,
    now: Timestamp,
) -> Result<Page<Thread>, Refused> {
    let mut query = vec![
        ("part", "snippet,replies"),
        ("order", "time"),
        ("maxResults", "100"),
        ("textFormat", "plainText"),
        filter,
    ];
    query.extend(token.map(|token| ("pageToken", token)));
    tube.list("commentThreads", &query, As::Reader, urgent, now).await
}

/// What the interface is to filter by; `channel` is the one that a handle was found to stand for.
pub(super) fn filter<'a>(target: &'a Target, channel: Option<&'a str>) -> Option<(&'static str, &'a str)> {
    match target {
        Target::Video(id) => Some(("videoId", id)),
        Target::Channel(id) => Some(("allThreadsRelatedToChannelId", id)),
        Target::Handle(_) => channel.map(|id| ("allThreadsRelatedToChannelId", id)),
    }
}

/// The channel that a handle stands for.
pub(super) async fn resolve(tube: &Tube, handle: &str, urgent: bool, now: Timestamp) -> Result<String, SourceError> {
    let found = tube.channel(&[("forHandle", handle)], As::Reader, urgent, now).await?;
    found.map(|channel| channel.id).ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::NotFound,
            &format!("there is no channel {handle}"),
            "check the handle in places, or write the id of the channel (UC…)",
        )
    })
}

impl Listener {
    pub(super) fn new(tube: Arc<Tube>, targets: Vec<Target>, words: Vec<String>) -> Self {
        Self { tube, targets, words, recalled: false, may_reply: false }
    }

    async fn ask(&self, target: &Target, place: &str, me: Option<&str>, now: Timestamp) -> Result<Piece, SourceError> {
        let mut place: Place = read(place);
        let mut piece = Piece::default();
        if let (Target::Handle(handle), None) = (target, &place.channel) {
            place.channel = Some(resolve(&self.tube, handle, false, now).await?);
        }
        if place.wait.is_empty() {
            place.begin(now);
            self.pages(target, &mut place, &mut piece, me, now).await?;
        }
        self.waiting(&mut place.wait, &mut piece, me, now).await?;
        piece.more |= !place.wait.is_empty();
        piece.place = written(&place);
        Ok(piece)
    }

    async fn pages(
        &self,
        target: &Target,
        place: &mut Place,
        piece: &mut Piece,
        me: Option<&str>,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        for _ in 0..PAGES {
            let channel = place.channel.clone();
            let Some(filter) = filter(target, channel.as_deref()) else { return Ok(()) };
            let page = match threads(&self.tube, filter, place.token.as_deref(), false, now).await {
                Err(refused) if refused.reason == "invalidPageToken" && place.token.is_some() => {
                    place.restart();
                    piece.more = true;
                    return Ok(());
                }
                other => other?,
            };
            piece.remarks.extend(page.items.remark("comments"));
            let mut times = Vec::new();
            for thread in &page.items.list {
                let around = Around::of(thread, me, false);
                times.extend(moment(thread.snippet.top_level_comment.snippet.published_at.as_deref()));
                piece.items.extend(around.items(thread));
                let shown = thread.replies.comments.len() as u64;
                if place.has_news(&around.thread.thread, thread.snippet.total_reply_count, shown, now) {
                    place.wait.push(around.thread);
                }
            }
            match place.page(&times, page.next_page_token.filter(|token| !token.is_empty()), now) {
                Next::Page => piece.more = true,
                Next::Done => {
                    piece.more = false;
                    break;
                }
                Next::GivenUp => {
                    piece.more = false;
                    piece.remarks.push("there are more new comments than can be read; the oldest were left".to_owned());
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads all replies of threads. Those that are gone are left out.
    async fn waiting(
        &self,
        wait: &mut Vec<Waiting>,
        piece: &mut Piece,
        me: Option<&str>,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        for _ in 0..THREADS {
            let Some(first) = wait.first().cloned() else { break };
            let around = Around { me, thread: first, channel: None };
            match replies(&self.tube, &around, As::Reader, false, now).await {
                Ok((items, more)) => {
                    piece.items.extend(items);
                    if more {
                        piece.remarks.push("a comment has more replies than are read".to_owned());
                    }
                }
                Err(error) if matches!(error.kind, SourceErrorKind::NotFound | SourceErrorKind::Refused) => {}
                // What was read is kept; the rest waits for the next poll.
                Err(error) if !piece.items.is_empty() => {
                    piece.remarks.push(error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            }
            wait.remove(0);
        }
        Ok(())
    }
}

impl Listener {
    /// Whether comments that were heard are still there, for one unit.
    async fn again(&self, again: &mut Again, now: Timestamp) -> Vec<Item> {
        let due = again.due(NAMES, now);
        if due.is_empty() {
            return Vec::new();
        }
        let ids = due.join(",");
        let query = [("part", "id"), ("id", ids.as_str())];
        // It can wait: there is a next time.
        let Ok(page) = self.tube.list::<Comment>("comments", &query, As::Reader, false, now).await else {
            return Vec::new();
        };
        let there = |id: &String| page.items.list.iter().any(|comment| comment.id == **id);
        let gone: Vec<&String> = due.iter().filter(|id| !there(id)).collect();
        gone.into_iter().map(|id| again.gone(id)).collect()
    }
}

#[async_trait]
impl Listen for Listener {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        self.may_reply = self.tube.may_reply().await?;
        let mut round = Round::begin(cursor);
        let names: Vec<String> = self.targets.iter().map(|target| target.name().to_owned()).collect();
        round.places().keep(|part| part == QUOTA || part == AGAIN || names.iter().any(|name| name == part));
        if !self.recalled {
            self.tube.quota.recall(read(round.places().of(QUOTA)), now);
            self.recalled = true;
        }
        let before = self.tube.quota.meter(now).used;
        let me = self.tube.me(now).await?.map(|channel| channel.id.clone());
        let mut again: Again = read(round.places().of(AGAIN));
        for (target, name) in self.targets.iter().zip(&names) {
            let place = round.places().of(name).to_owned();
            let piece = self.ask(target, &place, me.as_deref(), now).await;
            if let Ok(piece) = &piece {
                again.note(&piece.items, &self.words, now);
            }
            if round.add(name, piece).is_break() {
                break;
            }
        }
        let looked = self.again(&mut again, now).await;
        round.places().set(AGAIN, written(&again));
        round.places().set(QUOTA, written(&self.tube.quota.kept(now)));
        let mut batch = round.finish()?;
        batch.items.extend(looked);
        let meter = self.tube.quota.meter(now);
        let units = (meter.used - before).max(f64::from(LIST)) as u32;
        batch.rest = batch.rest.max(Some(self.tube.quota.rest(units, now)));
        batch.meters = vec![meter];
        Ok(batch)
    }

    async fn name_authors(&mut self, authors: &mut [Author], now: Timestamp) {
        for some in authors.chunks_mut(NAMES) {
            let ids: Vec<&str> = some.iter().filter_map(|author| author.native_id.as_deref()).collect();
            if ids.is_empty() {
                continue;
            }
            let ids = ids.join(",");
            let query = [("part", "snippet,statistics"), ("maxResults", "50"), ("id", ids.as_str())];
            let Ok(page) = self.tube.list::<Channel>("channels", &query, As::Reader, false, now).await else { return };
            for channel in page.items.list.iter().map(author) {
                if let Some(known) = some.iter_mut().find(|known| known.native_id == channel.native_id) {
                    known.handle = channel.handle.or(known.handle.take());
                    known.name = channel.name.or(known.name.take());
                    known.followers = channel.followers.or(known.followers);
                }
            }
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { streams: false, publishes: self.may_reply, looks_up: true, tells_deletions: true }
    }

    fn host(&self) -> &str {
        self.tube.host()
    }
}
