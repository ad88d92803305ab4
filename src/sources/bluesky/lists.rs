//! The lists that a source of Bluesky reads: searches, notifications, the account's own posts.

use async_trait::async_trait;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

use super::account::{Account, Ask};
use super::refusal::Failure;
use super::views::{FeedPost, PostView, Posts, readable};
use super::walk::{Page, Pages};

/// Most posts of one page, by the lexicons.
pub(super) const LIMIT: usize = 100;
/// Reasons of notifications that are posts to us.
const REASONS: [&str; 3] = ["mention", "reply", "quote"];

/// Whoever answers a query for posts.
#[async_trait]
pub(super) trait Answers: Sync {
    /// The answer to a method with parameters.
    async fn ask(&self, method: &str, query: &[(&str, &str)]) -> Result<Posts, Failure>;
}

/// The account's server at a moment.
pub(super) struct AtServer<'a> {
    pub(super) account: &'a Account,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Answers for AtServer<'_> {
    async fn ask(&self, method: &str, query: &[(&str, &str)]) -> Result<Posts, Failure> {
        self.account.call(Ask::query(method, query), self.now).await
    }
}

/// What all lists are read with.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) server: &'a dyn Answers,
    /// The account's lasting id.
    pub(super) own: &'a str,
    /// Posts of one page.
    pub(super) limit: usize,
}

impl Reader<'_> {
    /// Asks with the size of a page, a place, and what else the method wants.
    async fn ask(&self, method: &str, at: Option<&str>, more: &[(&str, &str)]) -> Result<Posts, Failure> {
        let limit = self.limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(more);
        query.extend(at.map(|at| ("cursor", at)));
        self.server.ask(method, &query).await
    }

    /// A page of these posts.
    fn page(&self, posts: &[PostView], unread: usize, next: Option<String>) -> Page {
        let posts = || posts.iter().filter(|post| post.is_post());
        Page {
            items: posts().map(|post| post.item(self.own)).collect(),
            newest: posts().filter_map(PostView::indexed).max(),
            oldest: posts().filter_map(PostView::indexed).min(),
            next,
            unread,
            cut: false,
        }
    }
}

/// What is asked of the search for a term: words in quotes when they are more than one, or would be taken for an
/// operator.
pub(super) fn term_query(term: &str) -> String {
    let bare = term.replace('"', " ");
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = bare.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '\'' | '_'));
    if plain || bare.is_empty() { bare } else { format!("\"{bare}\"") }
}

/// What is asked of the search for a hashtag.
pub(super) fn tag_query(tag: &str) -> String {
    format!("#{}", tag.trim().trim_start_matches(['#', '＃']))
}

/// A search (`app.bsky.feed.searchPosts`), the newest first. The network leaves open what its cursor means, and
/// one that counts posts goes wrong when posts are deleted meanwhile: older posts are asked for by time, and by
/// cursor only where time does not lead on (many posts of one moment, servers that ignore it).
pub(super) struct Search<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) query: &'a str,
}

/// A place in a search, as text: `TIME`, `TIME CURSOR` or ` CURSOR`.
fn written(until: Option<Timestamp>, cursor: Option<&str>) -> String {
    let until = until.map(|until| until.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()).unwrap_or_default();
    match cursor {
        Some(cursor) => format!("{until} {cursor}"),
        None => until,
    }
}

impl Search<'_> {
    /// Where the page after this one is.
    fn after(posts: &[PostView], until: Option<Timestamp>, page: &Posts, full: bool, by_cursor: bool) -> Next {
        let cursor = page.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let on = |cursor: Option<&str>| match cursor {
            Some(cursor) => Next::At(written(until, Some(cursor))),
            None if full => Next::Cut,
            None => Next::End,
        };
        if posts.is_empty() || (cursor.is_none() && !full) {
            return on(cursor);
        }
        let sorts: Vec<Timestamp> = posts.iter().filter_map(|post| post.sorted()).collect();
        let heeded = until.is_none_or(|until| sorts.iter().all(|sort| *sort < until));
        if by_cursor || !heeded {
            return on(cursor);
        }
        // The given moment itself is left out by the server, and several posts may be of it.
        let beyond = |oldest: Timestamp| oldest.saturating_add(SignedDuration::from_millis(1)).ok();
        let leads = |beyond: &Timestamp| until.is_none_or(|until| *beyond < until);
        // When posts were seen is safe to go on from, whichever of the two times the list is sorted by; when they
        // claim to be of only if it is that one, which is tried where many were seen at once.
        let seen = posts.iter().filter_map(PostView::indexed).min().and_then(beyond).filter(leads);
        let by_claim = sorts.is_sorted_by(|newer, older| newer >= older);
        let claimed = sorts.last().copied().filter(|_| by_claim).and_then(beyond).filter(leads);
        match seen.or(claimed) {
            Some(beyond) => Next::At(written(Some(beyond), None)),
            None => on(cursor),
        }
    }
}

/// Where a list goes on.
enum Next {
    At(String),
    End,
    /// There is more, and no way to it.
    Cut,
}

#[async_trait]
impl Pages for Search<'_> {
    async fn page(&mut self, at: Option<&str>) -> Result<Page, Failure> {
        let (until, cursor) = at.map_or(("", None), |at| match at.split_once(' ') {
            Some((until, cursor)) => (until, Some(cursor)),
            None => (at, None),
        });
        let mut query = vec![("q", self.query), ("sort", "latest")];
        query.extend((!until.is_empty()).then_some(("until", until)));
        let mut answer = self.reader.ask("app.bsky.feed.searchPosts", cursor, &query).await?;
        let posts = answer.posts.take();
        let full = posts.as_ref().is_some_and(|posts| posts.len() >= self.reader.limit);
        let (posts, unread) = readable::<PostView>(posts)?;
        let until = super::record::moment(until);
        let (next, cut) = match Self::after(&posts, until, &answer, full, cursor.is_some()) {
            Next::At(next) => (Some(next), false),
            Next::End => (None, false),
            Next::Cut => (None, true),
        };
        Ok(Page { cut, ..self.reader.page(&posts, unread, next) })
    }
}

/// What addresses the account (`app.bsky.notification.listNotifications`). It is not marked as seen: the account's
/// other users have not seen it.
pub(super) struct Notifications<'a>(pub(super) Reader<'a>);

#[async_trait]
impl Pages for Notifications<'_> {
    async fn page(&mut self, at: Option<&str>) -> Result<Page, Failure> {
        // Without `priority` an account may hear only of people whom it follows.
        let mut query = vec![("priority", "false")];
        query.extend(REASONS.map(|reason| ("reasons", reason)));
        let answer = self.0.ask("app.bsky.notification.listNotifications", at, &query).await?;
        let (mut told, unread) = readable::<PostView>(answer.notifications)?;
        told.retain(|told| REASONS.contains(&told.reason.as_str()));
        let mut page = self.0.page(&told, unread, answer.cursor.filter(|cursor| !cursor.is_empty()));
        for item in &mut page.items {
            item.addressed = !item.own;
        }
        Ok(page)
    }
}

/// What the account itself published, replies included (`app.bsky.feed.getAuthorFeed`).
pub(super) struct OwnPosts<'a>(pub(super) Reader<'a>);

#[async_trait]
impl Pages for OwnPosts<'_> {
    async fn page(&mut self, at: Option<&str>) -> Result<Page, Failure> {
        let query = [("actor", self.0.own), ("filter", "posts_with_replies")];
        let answer = self.0.ask("app.bsky.feed.getAuthorFeed", at, &query).await?;
        let (feed, unread) = readable::<FeedPost>(answer.feed)?;
        // What the account repeats of others, or pinned, stands there for another reason than its writing.
        let own = feed.into_iter().filter(|entry| entry.reason.is_none()).map(|entry| entry.post);
        let own: Vec<PostView> = own.filter(|post| post.author.did == self.0.own).collect();
        Ok(self.0.page(&own, unread, answer.cursor.filter(|cursor| !cursor.is_empty())))
    }
}
