//! The parts of a source at one server: each is a list that grows at its top.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::{Item, Timestamp};
use crate::sources::SourceError;
use crate::sources::api::{json, segment};
use crate::sources::http::Response;

use super::entities::{Found, Notification, Status, readable};
use super::facts::Facts;
use super::item::{View, moment};
use super::page::{Entry, LIMIT, Page, Pages, Window};
use super::server::{Me, Pace, Server};

/// Hashtags that one timeline brings: one, and four more.
pub(super) const FOLDED: usize = 5;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Who addresses the account.
    Notifications,
    /// What the account itself publishes.
    Own,
    /// Hashtags, without the `#`; several where the server folds them.
    Hashtags(Vec<String>),
    /// A list of the account: id and title.
    List(String, String),
    /// What a full-text search finds.
    Search(String),
}

impl Part {
    /// Whether its ids are those of posts, which may arrive late.
    pub(super) fn pages_forward(&self, facts: &Facts) -> bool {
        // A search knows `min_id` only as a limit: it brings the newest all the same.
        facts.pages_forward() && !matches!(self, Self::Search(_))
    }
}

/// A part as a list that can be read on.
pub(super) struct PartPages<'a> {
    pub server: &'a Server,
    pub part: &'a Part,
    pub facts: &'a Facts,
    pub me: Option<&'a Arc<Me>>,
}

impl PartPages<'_> {
    fn view(&self) -> View<'_> {
        View { domain: self.facts.domain.as_deref().unwrap_or(self.server.host()), me: self.me.map(Arc::as_ref) }
    }

    /// Path, query and needed scope.
    fn request(&self) -> (String, Vec<(&'static str, String)>, &'static str) {
        match self.part {
            Part::Notifications => {
                let mut query = vec![("types[]", "mention".to_owned())];
                if self.facts.quotes {
                    query.push(("types[]", "quote".to_owned()));
                }
                if self.facts.filters_notifications() {
                    query.push(("include_filtered", "true".to_owned()));
                }
                ("api/v1/notifications".to_owned(), query, "read:notifications")
            }
            Part::Own => {
                let id = self.me.map(|me| me.id.as_str()).unwrap_or_default();
                let query = vec![("exclude_reblogs", "true".to_owned())];
                (format!("api/v1/accounts/{}/statuses", segment(id)), query, "read:statuses")
            }
            Part::Hashtags(tags) => {
                let mut tags = tags.iter();
                let first = tags.next().map(String::as_str).unwrap_or_default();
                let query = tags.map(|tag| ("any[]", tag.clone())).collect();
                (format!("api/v1/timelines/tag/{}", segment(first)), query, "read:statuses")
            }
            Part::List(id, _) => (format!("api/v1/timelines/list/{}", segment(id)), Vec::new(), "read:lists"),
            Part::Search(words) => {
                let query = vec![("q", words.clone()), ("type", "statuses".to_owned())];
                ("api/v2/search".to_owned(), query, "read:search")
            }
        }
    }

    fn entries(&self, response: &Response) -> Result<(Vec<Entry>, usize), SourceError> {
        let (statuses, skipped) = match self.part {
            Part::Notifications => {
                let (told, skipped) = readable(json::<Vec<Value>>(response)?, |told: &Notification| &told.id);
                return Ok((told.into_iter().map(|told| self.notified(told)).collect(), skipped));
            }
            Part::Search(_) => readable(json::<Found>(response)?.statuses, |status: &Status| &status.id),
            _ => readable(json::<Vec<Value>>(response)?, |status: &Status| &status.id),
        };
        let view = self.view();
        let entry = |status: Status| Entry {
            at: moment(status.created_at.as_deref()),
            item: Some(view.item(&status)),
            id: status.id,
        };
        Ok((statuses.into_iter().map(entry).collect(), skipped))
    }

    fn notified(&self, told: Notification) -> Entry {
        let at = moment(told.created_at.as_deref());
        Entry { item: addressing(&self.view(), &told), id: told.id, at }
    }
}

/// What a notification brings: a post that addresses us. Follows, favourites and the like bring nothing.
pub(super) fn addressing(view: &View<'_>, told: &Notification) -> Option<Item> {
    let status = told.status.as_ref().filter(|status| !status.id.is_empty())?;
    let wanted = matches!(told.kind.as_str(), "mention" | "quote");
    let item = view.item(status);
    // Some servers notify of what the account itself wrote.
    wanted.then_some(Item { addressed: !item.own, ..item })
}

#[async_trait]
impl Pages for PartPages<'_> {
    async fn page(&self, window: Window<'_>, now: Timestamp) -> Result<Page, SourceError> {
        let (path, query, scope) = self.request();
        let limit = LIMIT.to_string();
        let mut query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.push(("limit", &limit));
        let since = if matches!(self.part, Part::Search(_)) { "min_id" } else { "since_id" };
        let named = [("min_id", window.min_id), (since, window.since_id), ("max_id", window.max_id)];
        query.extend(named.into_iter().filter_map(|(name, id)| id.map(|id| (name, id))));
        let response = self.server.ask(&path, &query, scope, Pace::Poll, now).await?;
        let (entries, skipped) = self.entries(&response)?;
        let (newer, has_older) = links(response.text("link"));
        Ok(Page { entries, newer, has_older, skipped })
    }
}

/// What a `Link` header (RFC 8288) says: the id to read on from, and whether there is more below. The addresses in it
/// are not followed: the id is all that is needed, and a token must not be led elsewhere.
pub(super) fn links(header: Option<&str>) -> (Option<String>, Option<bool>) {
    let Some(header) = header else { return (None, None) };
    let mut newer = None;
    let mut older = false;
    for link in header.split(',') {
        let Some((address, rest)) = link.trim().strip_prefix('<').and_then(|link| link.split_once('>')) else {
            continue;
        };
        let rel = rest.split(';').find_map(|part| part.trim().strip_prefix("rel=")).map(|rel| rel.trim_matches('"'));
        let ids = |names: &[&str]| {
            let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(name, value)| names.contains(&name.as_ref()) && !value.is_empty())
                .map(|(_, value)| value.into_owned())
        };
        match rel {
            Some("prev") => newer = ids(&["min_id", "since_id"]),
            Some("next") => older = ids(&["max_id", "offset"]).is_some(),
            _ => {}
        }
    }
    (newer, Some(older))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_header_tells_where_to_go_on() {
        let header = "<https://social.example/api/v1/timelines/tag/x?limit=40&max_id=10>; rel=\"next\", \
                      <https://social.example/api/v1/timelines/tag/x?limit=40&min_id=50>; rel=\"prev\"";
        assert_eq!(links(Some(header)), (Some("50".to_owned()), Some(true)));
        assert_eq!(links(Some("<http://localhost/x?since_id=7>; rel=\"prev\"")), (Some("7".to_owned()), Some(false)));
        assert_eq!(links(None), (None, None));
        assert_eq!(links(Some("garbage, <, <x>; rel=prev")), (None, Some(false)));
    }
}
