//! Looking up threads, people and our own posts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::{Lookup, SourceError, SourceErrorKind};

use super::places::Site;
use super::shapes::author;

/// Up to this many posts a thread is given whole; of a longer one, what is above and below the asked post.
const WHOLE: usize = 200;
/// Most posts of a thread.
const MOST: usize = 500;
/// Posts of a thread that are read one by one where the search does not know it yet.
const ONE_BY_ONE: usize = 30;

/// Looks things up.
pub(super) struct Finder(pub(super) Arc<Site>);

impl Finder {
    /// The thread as the search knows it.
    async fn by_search(&self, id: u64, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let branch = self.0.tree(id, now).await?;
        let story = branch.story_id.filter(|story| *story != id);
        let branch = match story {
            Some(story) => self.0.tree(story, now).await?,
            None => branch,
        };
        Ok(branch.items())
    }

    /// The thread one by one: the way up, and what is right below the asked post.
    async fn by_items(&self, id: u64, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let Some(asked) = self.0.item(id, true, now).await? else {
            return Err(SourceError::new(
                SourceErrorKind::NotFound,
                &format!("Hacker News has no item {id}"),
                "it may be too new: look again in a minute",
            ));
        };
        let (kids, mut parent) = (asked.kids.clone(), asked.parent);
        let mut chain = vec![asked];
        while let Some(above) = parent.filter(|_| chain.len() < ONE_BY_ONE) {
            let Some(known) = self.0.item(above, true, now).await? else { break };
            parent = known.parent;
            chain.push(known);
        }
        let root = chain.last().filter(|last| last.parent.is_none()).map(|last| last.id);
        for kid in kids.into_iter().take(ONE_BY_ONE) {
            chain.extend(self.0.item(kid, true, now).await?);
        }
        Ok(chain.into_iter().map(|known| known.item(root)).collect())
    }
}

#[async_trait]
impl Lookup for Finder {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let id = native_id.parse().map_err(|_| {
            SourceError::new(
                SourceErrorKind::BadAddress,
                &format!("“{native_id}” is no item of Hacker News"),
                "its items have numbers",
            )
        })?;
        let mut items = match self.by_search(id, now).await {
            Ok(items) if items.iter().any(|item| item.native_id == native_id) => items,
            Err(error) if error.whole_host || error.kind == SourceErrorKind::Unreachable => return Err(error),
            _ => self.by_items(id, now).await?,
        };
        items.sort_by_key(|item| (item.claimed, item.native_id.parse::<u64>().unwrap_or(0)));
        if items.len() > WHOLE {
            items = around(items, native_id);
        }
        items.truncate(MOST);
        Ok(items.into_iter().map(|item| self.0.marked(item)).collect())
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let name = id_or_handle.trim_start_matches('@');
        let profile = self.0.profile(name, true, now).await?;
        Ok(profile.map(|profile| author(if profile.id.is_empty() { name } else { &profile.id })))
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let Some(account) = &self.0.account else { return Ok(Vec::new()) };
        let profile = self.0.profile(account, true, now).await?.unwrap_or_default();
        let mut items = Vec::new();
        for id in profile.submitted.into_iter().take(limit as usize) {
            if let Some(known) = self.0.item(id, true, now).await?.filter(|known| !known.is_gone()) {
                items.push(self.0.marked(known.item(None)));
            }
        }
        Ok(items)
    }
}

/// The post, everything above it and everything below it.
fn around(items: Vec<Item>, native_id: &str) -> Vec<Item> {
    let parents: HashMap<&str, &str> =
        items.iter().filter_map(|item| Some((item.native_id.as_str(), item.parent.as_deref()?))).collect();
    let above = |id: &str| {
        let mut way = HashSet::new();
        let mut at = Some(id);
        while let Some(id) = at.filter(|id| way.insert((*id).to_owned())) {
            at = parents.get(id).copied();
        }
        way
    };
    let ours = above(native_id);
    let keep: HashSet<String> = items
        .iter()
        .map(|item| item.native_id.as_str())
        .filter(|id| ours.contains(*id) || above(id).contains(native_id))
        .map(str::to_owned)
        .collect();
    items.into_iter().filter(|item| keep.contains(&item.native_id)).collect()
}
