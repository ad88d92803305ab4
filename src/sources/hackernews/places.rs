//! The two interfaces of the site, and asking them.

use serde::de::DeserializeOwned;

use crate::domain::{Item, Timestamp};
use crate::sources::api::{Api, failure, json, segment};
use crate::sources::http::{Client, Request};
use crate::sources::{SourceError, SourceSettings};

use super::fixed;
use super::shapes::{Branch, Found, Known, Profile};

/// The search, where nothing else is configured.
const SEARCH: &str = "https://hn.algolia.com/";
/// The items, unless a place of one's own is configured.
const ITEMS: &str = "https://hacker-news.firebaseio.com/";
/// Longest way from a comment up to its story that is gone.
const WAY_UP: usize = 20;

/// The site: its search, its items, and the account that is ours.
pub(super) struct Site {
    search: Api,
    items: Api,
    /// Our account. Names are case-sensitive, and are the only id there is.
    pub(super) account: Option<String>,
}

impl Site {
    /// The site as configured. An address of one's own holds both: the search below `api/v1/` and the items
    /// below `v0/`.
    pub(super) fn new(settings: &SourceSettings, client: &Client) -> Result<Self, SourceError> {
        let usual = fixed(SEARCH)?;
        let base = settings.url.clone().unwrap_or_else(|| usual.clone());
        let own = base.host_str() != usual.host_str();
        let items = if own { base.clone() } else { fixed(ITEMS)? };
        let account = settings.account.as_deref().map(str::trim).filter(|name| !name.is_empty());
        Ok(Self {
            search: Api::new(client.clone(), &base),
            items: Api::new(client.clone(), &items),
            account: account.map(str::to_owned),
        })
    }

    /// The host of the search.
    pub(super) fn host(&self) -> &str {
        self.search.host()
    }

    /// What a search finds, the newest first.
    pub(super) async fn search(&self, query: &[(&str, &str)], now: Timestamp) -> Result<Found, SourceError> {
        ask(&self.search, "api/v1/search_by_date", query, false, now).await
    }

    /// A post with everything below it, as the search knows it: minutes late, without what was flagged away.
    pub(super) async fn tree(&self, id: u64, now: Timestamp) -> Result<Branch, SourceError> {
        ask(&self.search, &format!("api/v1/items/{id}"), &[], true, now).await
    }

    /// One item. `None` when there is no such item, or not yet.
    pub(super) async fn item(&self, id: u64, urgent: bool, now: Timestamp) -> Result<Option<Known>, SourceError> {
        ask(&self.items, &format!("v0/item/{id}.json"), &[], urgent, now).await
    }

    /// A person. `None` when there is nobody of this name, in exactly these letters.
    pub(super) async fn profile(
        &self,
        name: &str,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Option<Profile>, SourceError> {
        ask(&self.items, &format!("v0/user/{}.json", segment(name)), &[], urgent, now).await
    }

    /// The story that an item belongs to. `None` when the way up to it is too long or broken.
    pub(super) async fn root(&self, item: &Known, now: Timestamp) -> Result<Option<u64>, SourceError> {
        let (mut id, mut parent) = (item.id, item.parent);
        for _ in 0..WAY_UP {
            let Some(above) = parent else { return Ok(Some(id)) };
            let Some(known) = self.item(above, false, now).await? else { return Ok(None) };
            (id, parent) = (known.id, known.parent);
        }
        Ok(None)
    }

    /// Marks an item as ours when our account wrote it.
    pub(super) fn marked(&self, mut item: Item) -> Item {
        item.own = self.account.is_some() && item.author.native_id == self.account;
        item
    }
}

async fn ask<T: DeserializeOwned>(
    api: &Api,
    path: &str,
    query: &[(&str, &str)],
    urgent: bool,
    now: Timestamp,
) -> Result<T, SourceError> {
    let request = Request::get(api.url(path, query)?).accept("application/json");
    let response = api.send(if urgent { request.urgent() } else { request }, now).await?;
    if !response.status.is_success() {
        // Algolia: {"message": "...", "status": 400}; Firebase: {"error": "..."}.
        return Err(failure(response, |body| {
            let words = body.get("message").or_else(|| body.get("error"))?;
            words.as_str().map(str::to_owned)
        }));
    }
    json(&response)
}
