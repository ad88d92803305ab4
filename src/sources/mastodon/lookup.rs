//! Looking up threads, people and own posts, on demand.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::api::segment;
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::entities::{Account, Context, Found, Status, readable};
use super::item::View;
use super::server::{Me, Pace, Server, full_handle, is_missing};
use super::trouble;

/// Most own posts that are looked up.
const MOST: u32 = 400;

/// Looks things up at one server.
pub(super) struct Index {
    pub server: Arc<Server>,
}

impl Index {
    async fn scene(&self, now: Timestamp) -> Result<(String, Option<Arc<Me>>), SourceError> {
        self.scene_at(Pace::Urgent, now).await
    }

    async fn scene_at(&self, pace: Pace, now: Timestamp) -> Result<(String, Option<Arc<Me>>), SourceError> {
        let facts = self.server.facts(pace, now).await?;
        let me = self.server.me(pace, now).await?;
        Ok((facts.domain.clone().unwrap_or_else(|| self.server.host().to_owned()), me))
    }

    /// A page of our own posts, the newest first; only those below one of them, when that is given.
    async fn own_page(
        &self,
        me: &Me,
        below: Option<&str>,
        pace: Pace,
        now: Timestamp,
    ) -> Result<Vec<Status>, SourceError> {
        let path = format!("api/v1/accounts/{}/statuses", segment(&me.id));
        let mut query = vec![("limit", "40"), ("exclude_reblogs", "true")];
        query.extend(below.map(|below| ("max_id", below)));
        let entries: Vec<Value> = self.server.get(&path, &query, "read:statuses", pace, now).await?;
        Ok(readable(entries, |status: &Status| &status.id).0)
    }

    async fn account(
        &self,
        path: &str,
        query: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Option<Account>, SourceError> {
        match self.server.get::<Account>(path, query, "read:accounts", Pace::Urgent, now).await {
            Ok(account) => Ok(Some(account).filter(|account| !account.id.is_empty())),
            // A server that does not know the account, or not this way of asking.
            Err(error) if is_missing(&error) || error.kind == SourceErrorKind::NotUnderstood => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// By handle: at the server, and if it has never heard of the account, by asking around.
    async fn by_handle(&self, handle: &str, domain: &str, now: Timestamp) -> Result<Option<Account>, SourceError> {
        let handle = handle.trim_start_matches('@');
        // The server's own are known by their names alone everywhere, in full only at most places.
        let handle = match handle.split_once('@') {
            Some((name, at)) if at.eq_ignore_ascii_case(domain) || at.eq_ignore_ascii_case(self.server.host()) => name,
            _ => handle,
        };
        if let Some(account) = self.account("api/v1/accounts/lookup", &[("acct", handle)], now).await? {
            return Ok(Some(account));
        }
        if !self.server.has_account() {
            return Ok(None);
        }
        let query = [("q", handle), ("type", "accounts"), ("resolve", "true"), ("limit", "5")];
        let found: Found = match self.server.get("api/v2/search", &query, "read:search", Pace::Urgent, now).await {
            Ok(found) => found,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let wanted = handle.to_lowercase();
        Ok(found.accounts.into_iter().find(|account| {
            !account.id.is_empty() && full_handle(&account.acct, domain).to_lowercase() == full_handle(&wanted, domain)
        }))
    }
}

/// Puts the first post of the thread into all of it.
fn rooted(mut items: Vec<Item>, whole: bool) -> Vec<Item> {
    let root = items.first().filter(|first| whole && first.parent.is_none()).map(|first| first.native_id.clone());
    for item in &mut items {
        item.root = root.clone().filter(|root| *root != item.native_id);
    }
    items
}

#[async_trait]
impl Lookup for Index {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let (domain, me) = self.scene(now).await?;
        let path = format!("api/v1/statuses/{}", segment(native_id));
        let status: Status = self.server.get(&path, &[], "read:statuses", Pace::Urgent, now).await?;
        let around = format!("{path}/context");
        let context: Context = self.server.get(&around, &[], "read:statuses", Pace::Urgent, now).await?;
        let view = View { domain: &domain, me: me.as_deref() };
        let all = context.ancestors.iter().chain([&status]).chain(&context.descendants);
        let mut items: Vec<Item> = Vec::new();
        for item in all.filter(|status| !status.id.is_empty()).map(|status| view.item(status)) {
            if !items.iter().any(|known| known.native_id == item.native_id) {
                items.push(item);
            }
        }
        Ok(rooted(items, true))
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let (domain, me) = self.scene(now).await?;
        let asked = id_or_handle.trim();
        let is_handle = asked.contains(['@', '.']);
        let by_id = format!("api/v1/accounts/{}", segment(asked));
        let mut account = if is_handle { None } else { self.account(&by_id, &[], now).await? };
        if account.is_none() && !asked.is_empty() {
            account = self.by_handle(asked, &domain, now).await?;
        }
        let view = View { domain: &domain, me: me.as_deref() };
        Ok(account.map(|account| view.author(&account)))
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let (domain, me) = self.scene(now).await?;
        let Some(me) = me else { return Err(trouble::needs_account(self.server.host())) };
        let limit = usize::try_from(limit.min(MOST)).unwrap_or(usize::MAX);
        let view = View { domain: &domain, me: Some(&me) };
        let mut items: Vec<Item> = Vec::new();
        while items.len() < limit {
            let below = items.last().map(|item| item.native_id.clone());
            let page = self.own_page(&me, below.as_deref(), Pace::Urgent, now).await?;
            let known = |status: &Status| items.iter().any(|item| item.native_id == status.id);
            let new: Vec<Item> = page.iter().filter(|status| !known(status)).map(|status| view.item(status)).collect();
            if new.is_empty() {
                break;
            }
            items.extend(new);
        }
        items.truncate(limit);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        let (domain, me) = self.scene_at(Pace::Poll, now).await?;
        let Some(me) = me else { return Ok(OwnPage::default()) };
        let page = self.own_page(&me, Some(place).filter(|place| !place.is_empty()), Pace::Poll, now).await?;
        let view = View { domain: &domain, me: Some(&me) };
        let next = page.last().map(|status| status.id.clone());
        Ok(OwnPage { items: page.iter().map(|status| view.item(status)).collect(), next })
    }
}
