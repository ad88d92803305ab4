//! Looking up: the thread around a post, a person, our own newest posts.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::account::{Account, Ask};
use super::lists::LIMIT;
use super::people;
use super::record::post_parts;
use super::refusal::Failure;
use super::views::{FeedPost, Node, PostView, Posts, readable};

/// How deep replies are looked up, and how far up what they answer.
const DEPTH: &str = "20";
const HEIGHT: &str = "100";
/// Most posts of a thread.
const MOST: usize = 500;

/// Looks things up under an account.
pub(super) struct Searcher(pub(super) Arc<Account>);

/// The answer of `app.bsky.feed.getPostThread`.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct Thread {
    pub(super) thread: Node,
}

/// The thread around a post: `height` posts up, `depth` replies down.
pub(super) async fn thread_at(
    account: &Account,
    uri: &str,
    (height, depth): (&str, &str),
    now: Timestamp,
) -> Result<Node, Failure> {
    let query = [("uri", uri), ("depth", depth), ("parentHeight", height)];
    let ask = Ask::query("app.bsky.feed.getPostThread", &query).urgent();
    Ok(account.call::<Thread>(ask, now).await?.thread)
}

/// A post that is told apart from one that is hidden.
fn item_of(node: &Node, parent: Option<&str>, own: &str) -> Option<Item> {
    if let Some(post) = node.post.as_ref().filter(|post| post.is_post()) {
        return Some(post.item(own));
    }
    // Of a post that is gone only its place is left. One whose author blocks, or is blocked, is there but not for
    // us: nothing can be said of it.
    let (account, _) = post_parts(&node.uri).filter(|_| node.not_found && !node.blocked)?;
    Some(Item {
        native_id: node.uri.clone(),
        author: Author { native_id: Some(account.to_owned()), ..Author::default() },
        parent: parent.map(str::to_owned),
        own: account == own,
        deleted: true,
        ..Item::default()
    })
}

/// Every post of a thread with the moment that it comes after: its own, or that of what it answers, if that is
/// later (clocks differ).
fn flatten(top: Node, own: &str) -> Vec<(Timestamp, Item)> {
    let mut chain = Vec::new();
    let mut at = Some(Box::new(top));
    while let Some(mut node) = at {
        at = node.parent.take();
        chain.push(*node);
    }
    let mut found: Vec<(Timestamp, Item)> = Vec::new();
    let mut open: Vec<(Node, Option<String>, Timestamp)> = Vec::new();
    let mut after = Timestamp::MIN;
    let mut parent: Option<String> = None;
    for mut node in chain.into_iter().rev() {
        let replies = std::mem::take(&mut node.replies);
        if let Some(item) = item_of(&node, parent.as_deref(), own) {
            after = item.claimed.map_or(after, |claimed| claimed.max(after));
            parent = Some(item.native_id.clone());
            found.push((after, item));
        }
        open.extend(replies.into_iter().map(|reply| (reply, parent.clone(), after)));
    }
    while let Some((mut node, parent, after)) = open.pop() {
        if found.len() >= MOST {
            break;
        }
        let replies = std::mem::take(&mut node.replies);
        let Some(item) = item_of(&node, parent.as_deref(), own) else { continue };
        let after = item.claimed.map_or(after, |claimed| claimed.max(after));
        let id = item.native_id.clone();
        found.push((after, item));
        open.extend(replies.into_iter().map(|reply| (reply, Some(id.clone()), after)));
    }
    found
}

#[async_trait]
impl Lookup for Searcher {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        if post_parts(native_id).is_none() {
            return Err(SourceError::new(
                SourceErrorKind::BadAddress,
                "this is not the id of a Bluesky post",
                "open it in the browser",
            ));
        }
        let own = self.0.did(true, now).await?;
        let around = thread_at(&self.0, native_id, (HEIGHT, DEPTH), now).await?;
        if around.blocked {
            return Err(hidden());
        }
        let mut found = flatten(around, &own);
        // A reply shows what leads to it and what answers it; the other branches hang at the first post.
        let first = found.iter().find(|(_, item)| item.native_id == native_id).and_then(|(_, item)| item.root.clone());
        if let Some(first) = first.filter(|first| first != native_id)
            && let Ok(whole) = thread_at(&self.0, &first, ("0", DEPTH), now).await
        {
            let known: BTreeSet<String> = found.iter().map(|(_, item)| item.native_id.clone()).collect();
            found.extend(flatten(whole, &own).into_iter().filter(|(_, item)| !known.contains(&item.native_id)));
        }
        found.sort_by_key(|(after, _)| *after);
        found.truncate(MOST);
        Ok(found.into_iter().map(|(_, item)| item).collect())
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        people::one(&self.0, id_or_handle, now).await
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let own = self.0.did(true, now).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX).min(MOST);
        let mut items: Vec<Item> = Vec::new();
        let mut cursor: Option<String> = None;
        // Reposts thin the pages out: somewhat more pages than the number needs, not any number.
        for _ in 0..=(wanted / LIMIT + 2) {
            let page = self.own_page(&own, cursor.as_deref(), wanted.clamp(1, LIMIT), true, now).await?;
            items.extend(page.items);
            cursor = page.next;
            if items.len() >= wanted || cursor.is_none() {
                break;
            }
        }
        items.truncate(wanted);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        let own = self.0.did(false, now).await?;
        self.own_page(&own, Some(place).filter(|place| !place.is_empty()), LIMIT, false, now).await
    }
}

impl Searcher {
    /// A page of our own posts, the newest first.
    async fn own_page(
        &self,
        own: &str,
        cursor: Option<&str>,
        size: usize,
        urgent: bool,
        now: Timestamp,
    ) -> Result<OwnPage, SourceError> {
        let size = size.to_string();
        let mut query = vec![("actor", own), ("filter", "posts_with_replies"), ("limit", size.as_str())];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let ask = Ask::query("app.bsky.feed.getAuthorFeed", &query);
        let answer: Posts = self.0.call(if urgent { ask.urgent() } else { ask }, now).await?;
        let (feed, _) = readable::<FeedPost>(answer.feed)?;
        let ours = feed.into_iter().filter(|entry| entry.reason.is_none()).map(|entry| entry.post);
        let ours = ours.filter(|post| post.author.did == own && post.is_post());
        Ok(OwnPage {
            items: ours.map(|post| PostView::item(&post, own)).collect(),
            next: answer.cursor.filter(|cursor| !cursor.is_empty()),
        })
    }
}

/// The post is there, but not for this account.
pub(super) fn hidden() -> SourceError {
    SourceError::new(
        SourceErrorKind::Refused,
        "this post is hidden from the account: its author blocks it, or is blocked by it",
        "nothing can be read or answered there; respect it",
    )
}
