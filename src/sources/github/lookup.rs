//! Looking up threads, people, and our own posts.

use async_trait::async_trait;
use serde_json::json;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::api::segment;
use crate::sources::lenient::Readable;
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::actor::author;
use super::discussions::{Around, older_comments};
use super::graph::{self, Connection, Discussion, One};
use super::hub::Hub;
use super::ids::PostId;
use super::item::{Thread, of_comment, of_issue};
use super::shapes::{Comment, Issue, User};

/// Pages of a hundred comments that a thread shows at most, from its beginning.
const PAGES: u32 = 3;
/// Own comments that GraphQL gives at once.
const MOST_OWN: u32 = 100;

impl Hub {
    /// A discussion with its newest comments.
    pub(super) async fn discussion(&self, id: &PostId, now: Timestamp) -> Result<Discussion, SourceError> {
        let (owner, name) = id.repository.split_once('/').unwrap_or_default();
        let variables = json!({ "owner": owner, "name": name, "number": id.number });
        let (one, _): (One, _) = self.graph(&graph::discussion(), variables, true, now).await?;
        one.repository.and_then(|repository| repository.discussion).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotFound,
                &format!("there is no discussion {} in {}", id.number, id.repository),
                "it was deleted, or the token may not see it",
            )
        })
    }

    async fn comments_of(
        &self,
        path: &str,
        on_line: bool,
        thread: &Thread,
        me: Option<&User>,
        now: Timestamp,
    ) -> Result<Vec<Item>, SourceError> {
        let mut items = Vec::new();
        for page in 1..=PAGES {
            let number = page.to_string();
            let query = [("per_page", "100"), ("page", number.as_str())];
            let read: Readable<Comment> = self.get(path, &query, true, now).await?;
            let all = read.list.len() + read.skipped;
            items.extend(read.list.iter().filter_map(|comment| of_comment(comment, on_line, thread, me)));
            if all < 100 {
                break;
            }
        }
        Ok(items)
    }
}

#[async_trait]
impl Lookup for Hub {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let id = PostId::read(native_id).ok_or_else(|| no_post(native_id))?;
        let me = self.me(now).await?;
        let mut items;
        if id.discussion {
            let mut discussion = self.discussion(&id, now).await?;
            older_comments(self, &mut discussion, true, now).await?;
            let around = Around::of(&discussion, me).ok_or_else(|| no_post(native_id))?;
            items = vec![around.discussion(&discussion)];
            items.extend(around.comments(&discussion.comments.nodes.list, None));
        } else {
            let path = format!("repos/{}/issues/{}", id.repository, id.number);
            let issue: Issue = self.get(&path, &[], true, now).await?;
            let private = self.has_token() && self.repository(&id.repository, true, now).await?.private;
            let thread = Thread::of(&issue, &id.repository, private);
            items = of_issue(&issue, &thread, me).into_iter().collect();
            items.extend(self.comments_of(&format!("{path}/comments"), false, &thread, me, now).await?);
            if issue.pull_request.is_some() {
                let path = format!("repos/{}/pulls/{}/comments", id.repository, id.number);
                items.extend(self.comments_of(&path, true, &thread, me, now).await?);
            }
        }
        items.sort_by_key(|item| item.claimed);
        Ok(items)
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let name = id_or_handle.trim().trim_start_matches('@');
        let is_id = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let path = if is_id { format!("user/{name}") } else { format!("users/{}", segment(name)) };
        match self.get::<User>(&path, &[], true, now).await {
            Ok(user) => Ok(user.id.is_some().then(|| author(Some(&user)))),
            Err(error) if error.kind == SourceErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        if !self.has_token() {
            return Ok(Vec::new());
        }
        let me = self.me(now).await?;
        let (viewer, _) = super::own::page(self, None, limit.min(MOST_OWN), true, now).await?;
        let mut items = super::own::items(&viewer, me);
        items.sort_by_key(|item| std::cmp::Reverse(item.claimed));
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        if !self.has_token() {
            return Ok(OwnPage::default());
        }
        let me = self.me(now).await?;
        let first = place.is_empty();
        let (mut viewer, _) = super::own::page(self, (!first).then_some(place), MOST_OWN, false, now).await?;
        if !first {
            // Only the comments on issues come in pages; the rest was on the first one.
            viewer.repository_discussion_comments = Connection::default();
            viewer.issues = Connection::default();
        }
        let info = &viewer.issue_comments.page_info;
        let next = info.end_cursor.clone().filter(|_| info.has_next_page);
        Ok(OwnPage { items: super::own::items(&viewer, me), next })
    }
}

/// The name is not one of a post at GitHub.
pub(super) fn no_post(native_id: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::NotFound,
        &format!("“{native_id}” names no issue or discussion"),
        "open the post in the browser",
    )
}
