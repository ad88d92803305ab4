//! Looking up threads, channels, and our own replies.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp, Visibility};
use crate::sources::{Lookup, SourceError, SourceErrorKind};

use super::item::{Around, top_of};
use super::listen::{filter, replies, resolve, threads};
use super::places::{Target, is_channel};
use super::shapes::{Page, Thread};
use super::tube::{As, Tube, author};

/// Looks things up.
pub(super) struct Finder {
    pub(super) tube: Arc<Tube>,
    pub(super) targets: Vec<Target>,
}

impl Tube {
    /// Who reads a thread.
    pub(super) async fn seen_by(&self, top: &str, now: Timestamp) -> Result<Visibility, SourceError> {
        let query = [("part", "snippet"), ("id", top)];
        let page: Page<Thread> = self.list("commentThreads", &query, As::Channel, true, now).await?;
        let closed = page.items.list.first().is_some_and(|thread| thread.snippet.is_public == Some(false));
        Ok(if closed { Visibility::Private } else { Visibility::Public })
    }

    /// A thread with all its replies.
    pub(super) async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        // Asked as our channel, it also says whether we may reply.
        let for_us = self.may_reply().await?;
        let who = if for_us { As::Channel } else { As::Reader };
        let me = self.me(now).await?.map(|channel| channel.id.as_str());
        let query = [("part", "snippet,replies"), ("id", top_of(native_id)), ("textFormat", "plainText")];
        let page: Page<Thread> = self.list("commentThreads", &query, who, true, now).await?;
        let Some(thread) = page.items.list.first() else {
            return Err(SourceError::new(
                SourceErrorKind::NotFound,
                "the comment is not there",
                "it was deleted, or its video is private",
            ));
        };
        let around = Around::of(thread, me, for_us);
        let mut items = around.items(thread);
        if thread.snippet.total_reply_count > thread.replies.comments.len() as u64 {
            let (all, _) = replies(self, &around, who, true, now).await?;
            items.retain(|item| item.parent.is_none());
            items.extend(all);
        }
        items.sort_by_key(|item| item.claimed);
        Ok(items)
    }
}

#[async_trait]
impl Lookup for Finder {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        self.tube.thread(native_id, now).await
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let name = id_or_handle.trim();
        let handle = format!("@{}", name.trim_start_matches('@'));
        let by = if is_channel(name) { ("id", name) } else { ("forHandle", handle.as_str()) };
        let found = self.tube.channel(&[by], As::Reader, true, now).await?;
        Ok(found.as_ref().map(author))
    }

    /// The network has no list of what a channel wrote: its newest posts among the newest threads of each place.
    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let Some(me) = self.tube.me(now).await?.map(|channel| channel.id.clone()) else { return Ok(Vec::new()) };
        let mut items = Vec::new();
        for target in &self.targets {
            let channel = match target {
                Target::Handle(handle) => Some(resolve(&self.tube, handle, true, now).await?),
                _ => None,
            };
            let Some(filter) = filter(target, channel.as_deref()) else { continue };
            let page = threads(&self.tube, filter, None, true, now).await?;
            for thread in &page.items.list {
                let around = Around::of(thread, Some(&me), false);
                items.extend(around.items(thread).into_iter().filter(|item| item.own));
            }
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.claimed));
        items.truncate(limit as usize);
        Ok(items)
    }
}
