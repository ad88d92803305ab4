//! Looking up threads, people and our own posts.

use async_trait::async_trait;
use serde::Deserialize;

use crate::domain::{Author, Item, Timestamp, Visibility};
use crate::sources::api::segment;
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::shapes::{Listing, Me, Page, Thing};
use super::site::{Haste, Site};

/// Most posts of a thread.
const MOST: &str = "500";

/// A person in an answer.
#[derive(Deserialize, Default)]
#[serde(default)]
struct About {
    data: Me,
}

/// A person asked for by id.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: String,
}

#[async_trait]
impl Lookup for Site {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let me = self.me(Haste::Urgent, now).await?;
        let (kind, id) = native_id.split_once('_').unwrap_or_default();
        let things = match kind {
            "t3" => self.comments(id, None, now).await?,
            "t1" => {
                let link = self.link_of(native_id, now).await?;
                self.comments(&link, Some(id), now).await?
            }
            "t4" => {
                let path = format!("message/messages/{}", segment(id));
                let listing: Listing = self.get(&path, &[], Haste::Urgent, now).await?;
                flat(listing.data)
            }
            _ => {
                return Err(SourceError::new(
                    SourceErrorKind::BadAddress,
                    &format!("“{native_id}” is no post of Reddit"),
                    "its posts begin with t1_, t3_ or t4_",
                ));
            }
        };
        let mut items = self.items(things, me);
        items.sort_by_key(|item| item.claimed);
        Ok(items)
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let wanted = id_or_handle.trim_start_matches('/').trim_start_matches("u/").trim_start_matches('@');
        let name = if wanted.starts_with("t2_") {
            let query = [("ids", wanted)];
            let found: std::collections::BTreeMap<String, Named> =
                none_if_missing(self.get("api/user_data_by_account_ids", &query, Haste::Urgent, now).await)?
                    .unwrap_or_default();
            match found.into_values().next() {
                Some(named) => named.name,
                None => return Ok(None),
            }
        } else {
            wanted.to_owned()
        };
        let path = format!("user/{}/about", segment(&name));
        let about: Option<About> = none_if_missing(self.get(&path, &[], Haste::Urgent, now).await)?;
        Ok(about.map(|about| about.data).filter(|person| !person.is_suspended).map(|person| person.author()))
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let me = self.me(Haste::Urgent, now).await?;
        let count = limit.clamp(1, 100).to_string();
        let path = format!("user/{}/overview", segment(self.account()));
        let query = [("sort", "new"), ("limit", count.as_str())];
        let listing: Listing = self.get(&path, &query, Haste::Urgent, now).await?;
        let mut items = self.items(listing.data.children, me);
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        let me = self.me(Haste::Polling, now).await?;
        let path = format!("user/{}/overview", segment(self.account()));
        let mut query = vec![("sort", "new"), ("limit", "100")];
        query.extend((!place.is_empty()).then_some(("after", place)));
        let listing: Listing = self.get(&path, &query, Haste::Polling, now).await?;
        let next = listing.data.after.filter(|after| !after.is_empty());
        Ok(OwnPage { items: self.items(listing.data.children, me), next })
    }
}

impl Site {
    /// The post that a comment is below, without its kind.
    async fn link_of(&self, comment: &str, now: Timestamp) -> Result<String, SourceError> {
        let listing: Listing = self.get("api/info", &[("id", comment)], Haste::Urgent, now).await?;
        let link = listing.data.children.into_iter().find_map(|thing| thing.data.link_id);
        link.as_deref().and_then(|link| link.strip_prefix("t3_")).map(str::to_owned).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotFound,
                "Reddit does not know this comment any more",
                "it was deleted, or its subreddit is private now",
            )
        })
    }

    /// Who sees a post or comment, and what answers it: everybody unless its subreddit is closed.
    pub(super) async fn seen_by(&self, native_id: &str, now: Timestamp) -> Result<Visibility, SourceError> {
        let me = self.me(Haste::Urgent, now).await?;
        let listing: Listing = self.get("api/info", &[("id", native_id)], Haste::Urgent, now).await?;
        let item = self.items(listing.data.children, me).into_iter().find(|item| item.native_id == native_id);
        Ok(item.map_or(Visibility::Public, |item| item.visibility))
    }

    /// A post with the comments below it; only those around one comment when that is asked for.
    async fn comments(&self, link: &str, comment: Option<&str>, now: Timestamp) -> Result<Vec<Thing>, SourceError> {
        let mut query = vec![("limit", MOST), ("sort", "old"), ("showmore", "false")];
        if let Some(comment) = comment {
            query.extend([("comment", comment), ("context", "8")]);
        }
        let path = format!("comments/{}", segment(link));
        let both: Vec<Listing> = self.get(&path, &query, Haste::Urgent, now).await?;
        Ok(both.into_iter().flat_map(|listing| flat(listing.data)).collect())
    }
}

/// Things with all that hangs below them.
fn flat(page: Page) -> Vec<Thing> {
    let mut things = Vec::new();
    let mut left = page.children;
    while let Some(mut thing) = left.pop() {
        if let Some(replies) = thing.data.replies.take() {
            left.extend(replies.data.children);
        }
        things.push(thing);
    }
    things
}

fn none_if_missing<T>(answer: Result<T, SourceError>) -> Result<Option<T>, SourceError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == SourceErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
