//! What our own account wrote, wherever: comments, comments of discussions, issues.

use serde_json::json;

use crate::domain::{Item, Timestamp};
use crate::sources::SourceError;
use crate::sources::lenient::{moment, read, written};
use crate::sources::parts::Piece;
use crate::sources::since::Since;

use super::discussions::Around;
use super::graph::{self, Own, OwnComment, OwnIssue, Viewer};
use super::hub::Hub;
use super::ids::repository;
use super::issues::Asking;
use super::item::{Thread, of_comment, of_issue};
use super::shapes::{Comment, Issue, User};

/// Comments on a page.
const PAGE: u32 = 30;
/// Pages that one poll reads.
const PAGES: u32 = 5;

/// A page of what we wrote, newest change first.
pub(super) async fn page(
    hub: &Hub,
    after: Option<&str>,
    entries: u32,
    urgent: bool,
    now: Timestamp,
) -> Result<(Viewer, Vec<String>), SourceError> {
    let variables = json!({ "n": entries.clamp(1, 100), "after": after });
    let (own, remarks): (Own, _) = hub.graph(&graph::own(), variables, urgent, now).await?;
    Ok((own.viewer, remarks))
}

/// The items of a page.
pub(super) fn items(viewer: &Viewer, me: Option<&User>) -> Vec<Item> {
    let comments = viewer.issue_comments.nodes.list.iter().filter_map(|comment| of_own_comment(comment, me));
    let said = viewer.repository_discussion_comments.nodes.list.iter().filter_map(|comment| {
        let around = Around::of(comment.discussion.as_ref()?, me)?;
        around.comment(comment, None)
    });
    let issues = viewer.issues.nodes.list.iter().filter_map(|issue| of_own_issue(issue, me));
    // They are ours because we asked for our own: GraphQL does not repeat the author.
    comments.chain(said).chain(issues).map(|item| Item { own: true, addressed: false, ..item }).collect()
}

fn of_own_comment(own: &OwnComment, me: Option<&User>) -> Option<Item> {
    let above = own.pull_request.as_ref().or(own.issue.as_ref())?;
    let thread = Thread {
        repository: repository(&own.repository.name_with_owner)?,
        number: above.number,
        author: above.author.as_ref().and_then(|author| author.id),
        locked: above.locked,
        private: own.repository.is_private,
    };
    let comment = Comment {
        id: own.id,
        body: own.body.clone(),
        body_html: own.body_html.clone(),
        html_url: own.url.clone(),
        user: me.cloned(),
        created_at: own.created_at.clone(),
        updated_at: own.updated_at.clone(),
        ..Comment::default()
    };
    of_comment(&comment, false, &thread, me)
}

fn of_own_issue(own: &OwnIssue, me: Option<&User>) -> Option<Item> {
    let repository = repository(&own.repository.name_with_owner)?;
    let issue = Issue {
        number: own.number,
        title: own.title.clone(),
        body: own.body.clone(),
        body_html: own.body_html.clone(),
        html_url: own.url.clone(),
        user: me.cloned(),
        locked: own.locked,
        created_at: own.created_at.clone(),
        ..Issue::default()
    };
    of_issue(&issue, &Thread::of(&issue, &repository, own.repository.is_private), me)
}

impl Asking<'_> {
    /// What we wrote since the last time.
    pub(super) async fn own(&self, place: &str) -> Result<Piece, SourceError> {
        let mut place: Since = read(place);
        let mut piece = Piece::default();
        place.begin(self.now);
        let (since, mut after, mut changes) = (place.began(), None::<String>, Vec::new());
        for _ in 0..PAGES {
            let (viewer, remarks) = page(self.hub, after.as_deref(), PAGE, false, self.now).await?;
            piece.remarks.extend(remarks);
            for item in items(&viewer, self.me) {
                let Some(changed) = item.edited.max(item.claimed).filter(|changed| *changed >= since) else { continue };
                changes.push(changed);
                if place.meet(&item.native_id, changed) {
                    piece.items.push(item);
                }
            }
            let comments = &viewer.issue_comments;
            let oldest = comments.nodes.list.last().and_then(|last| moment(last.updated_at.as_deref()));
            after = comments.page_info.end_cursor.clone().filter(|_| comments.page_info.has_next_page);
            if after.is_none() || oldest.is_none_or(|oldest| oldest < since) {
                after = None;
                break;
            }
        }
        if after.is_some() {
            piece.remarks.push("we wrote more than can be read at once; the oldest of it was left".to_owned());
        }
        place.page(&changes, false, crate::domain::time::SignedDuration::from_mins(1));
        piece.place = written(&place);
        Ok(piece)
    }
}
