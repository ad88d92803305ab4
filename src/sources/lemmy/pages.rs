//! The listings of a server, newest first, a page at a time, in either interface.
//!
//! v4 pages by cursors, which hold still. v3 pages by number: what is deleted while one reads moves the rest up,
//! over the edge of a page that was read already. So every page is asked for one post smaller than the page before
//! it, which makes it begin inside of that page, and it only counts when it holds something that was there.

use serde::Deserialize;

use crate::domain::Timestamp;
use crate::sources::{SourceError, SourceErrorKind};

use super::server::{As, Server, Version};
use super::shapes::View;

/// Posts on a page, the most that servers give.
const PER_PAGE: u32 = 50;
/// The last page by number: beyond it the pages, ever smaller, reach no further down.
pub(super) const LAST: u32 = PER_PAGE / 2;

/// Posts or comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Posts.
    Posts,
    /// Comments.
    Comments,
}

/// One listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listing {
    /// What holds a phrase.
    Search(String, Of),
    /// What a community holds, `name@host`.
    Community(String, Of),
    /// What we wrote.
    Own(Of),
    /// Comments that answer us (v3).
    Replies,
    /// Comments that name us (v3).
    Mentions,
    /// Private messages, both ways (v3).
    Messages,
    /// All that is for us, and messages of ours to people of the same server (v4).
    Notices,
}

/// One page.
pub(super) struct Page {
    pub(super) views: Vec<View>,
    /// The page after it.
    pub(super) next: Option<String>,
    /// How many could not be read.
    pub(super) unread: usize,
}

/// The answer to any listing: the lists of v3 by what they hold, those of v4 under changing names.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    posts: Vec<serde_json::Value>,
    comments: Vec<serde_json::Value>,
    replies: Vec<serde_json::Value>,
    mentions: Vec<serde_json::Value>,
    private_messages: Vec<serde_json::Value>,
    search: Vec<serde_json::Value>,
    results: Vec<serde_json::Value>,
    items: Vec<serde_json::Value>,
    notifications: Vec<serde_json::Value>,
    content: Vec<serde_json::Value>,
    next_page: Option<String>,
}

impl Listing {
    /// What was found is written to us.
    pub(super) fn addresses_us(&self) -> bool {
        matches!(self, Self::Replies | Self::Mentions | Self::Messages | Self::Notices)
    }

    /// Its part in the source's cursor.
    pub(super) fn part(&self) -> String {
        match self {
            Self::Search(phrase, of) => format!("search {} {phrase}", of.named(false)),
            Self::Community(name, of) => format!("{} of {name}", of.named(false)),
            Self::Own(of) => format!("own {}", of.named(false)),
            Self::Replies => "replies".to_owned(),
            Self::Mentions => "mentions".to_owned(),
            Self::Messages => "messages".to_owned(),
            Self::Notices => "notifications".to_owned(),
        }
    }

    /// Path and query; `number` for v3.
    fn address(&self, version: Version, account: &str, number: u32) -> (String, Vec<(&'static str, String)>) {
        let newer = version == Version::V4;
        let word = |word: &str| if newer { word.to_lowercase() } else { word.to_owned() };
        let (path, mut query) = match self {
            Self::Search(phrase, of) => {
                let query = vec![("type_", of.named(!newer)), ("listing_type", word("All")), ("q", phrase.clone())];
                // Until shortly before 1.0 the words had another name.
                let also = newer.then(|| ("search_term", phrase.clone()));
                ("search", query.into_iter().chain(also).collect())
            }
            Self::Community(name, Of::Posts) => {
                ("post/list", vec![("community_name", name.clone()), ("type_", word("All"))])
            }
            Self::Community(name, Of::Comments) => {
                ("comment/list", vec![("community_name", name.clone()), ("type_", word("All"))])
            }
            Self::Own(of) if newer => {
                ("person/content", vec![("username", account.to_owned()), ("type_", of.named(false))])
            }
            Self::Own(_) => ("user", vec![("username", account.to_owned())]),
            Self::Replies => ("user/replies", vec![("unread_only", "false".to_owned())]),
            Self::Mentions => ("user/mention", vec![("unread_only", "false".to_owned())]),
            Self::Messages => ("private_message/list", vec![("unread_only", "false".to_owned())]),
            Self::Notices => ("account/notification/list", vec![("unread_only", "false".to_owned())]),
        };
        query.push(("sort", word("New")));
        let limit = if newer { PER_PAGE } else { PER_PAGE + 1 - number };
        query.push(("limit", limit.to_string()));
        (format!("api/{}/{path}", if newer { "v4" } else { "v3" }), query)
    }

    /// Picks its own lists out of an answer.
    fn pick(&self, answer: Answer) -> Vec<serde_json::Value> {
        let mut lists = vec![answer.search, answer.results, answer.items, answer.notifications, answer.content];
        match self {
            Self::Search(_, Of::Posts) | Self::Community(_, Of::Posts) | Self::Own(Of::Posts) => {
                lists.push(answer.posts)
            }
            Self::Search(..) | Self::Community(..) | Self::Own(_) => lists.push(answer.comments),
            Self::Replies => lists.push(answer.replies),
            Self::Mentions => lists.push(answer.mentions),
            Self::Messages => lists.push(answer.private_messages),
            Self::Notices => {}
        }
        lists.into_iter().flatten().collect()
    }
}

impl Of {
    fn named(self, capital: bool) -> String {
        match (self, capital) {
            (Self::Posts, true) => "Posts",
            (Self::Posts, false) => "posts",
            (Self::Comments, true) => "Comments",
            (Self::Comments, false) => "comments",
        }
        .to_owned()
    }
}

/// The number that a page of v3 has; the top is the first.
pub(super) fn number(page: &str) -> u32 {
    page.parse().unwrap_or(1).clamp(1, LAST)
}

/// Asks for one page; an empty `page` is the top.
pub(super) async fn page(server: &Server, listing: &Listing, page: &str, now: Timestamp) -> Result<Page, SourceError> {
    let version = server.known(now).await?.version;
    let at = number(page);
    let (path, query) = listing.address(version, server.account().unwrap_or_default(), at);
    let mut query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = at.to_string();
    match version {
        Version::V3 { .. } => query.push(("page", &shown)),
        Version::V4 if !page.is_empty() => query.push(("page_cursor", page)),
        Version::V4 => {}
    }
    let answer: Answer = if listing.addresses_us() {
        server.get(&path, &query, As::Us, now).await?
    } else {
        public(server, &path, &query, now).await?
    };
    let next = answer.next_page.clone().filter(|_| version == Version::V4);
    let values = listing.pick(answer);
    let given = values.len();
    let views: Vec<View> = values.into_iter().filter_map(view).collect();
    let next = match version {
        Version::V4 => next.filter(|next| !next.is_empty() && given > 0),
        Version::V3 { .. } => (given > 0 && at < LAST).then(|| (at + 1).to_string()),
    };
    Ok(Page { unread: given - views.len(), views, next })
}

/// Asks as a stranger, who sees everything that is public, while an account sees only what its settings (languages,
/// blocks, read posts) leave over. A server that shows nothing to strangers is asked as ourselves.
async fn public(server: &Server, path: &str, query: &[(&str, &str)], now: Timestamp) -> Result<Answer, SourceError> {
    if server.is_closed() {
        return server.get(path, query, As::Us, now).await;
    }
    match server.get(path, query, As::Stranger, now).await {
        Err(error) if error.kind == SourceErrorKind::Refused && server.account().is_some() => {
            let answer = server.get(path, query, As::Us, now).await?;
            server.note_closed();
            Ok(answer)
        }
        answer => answer,
    }
}

/// One element of a list; those of notifications hold what they are about in `data`.
fn view(value: serde_json::Value) -> Option<View> {
    let value = match value {
        serde_json::Value::Object(mut fields) => match fields.remove("data") {
            Some(data) => data,
            None => serde_json::Value::Object(fields),
        },
        other => other,
    };
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_by_number_begin_inside_of_the_page_before() {
        for page in 1..LAST {
            let (limit, next) = (PER_PAGE + 1 - page, PER_PAGE - page);
            let (begin, end) = (limit * (page - 1), limit * page);
            let (next_begin, next_end) = (next * page, next * (page + 1));
            assert!(begin < next_begin && next_begin < end && end < next_end, "{page}");
        }
    }
}
