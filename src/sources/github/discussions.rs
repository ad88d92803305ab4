//! Discussions, which only GraphQL tells of.

use serde_json::json;

use crate::domain::time::SignedDuration;
use crate::domain::{Answerable, Item, Timestamp, Visibility};
use crate::sources::SourceError;
use crate::sources::lenient::{moment, read, written};
use crate::sources::parts::Piece;
use crate::sources::since::{Next, Since};

use super::actor::{author, is_me, names};
use super::graph::{self, Actor, Comment, Discussion, Found, Older};
use super::hub::Hub;
use super::ids::{Part, PostId};
use super::issues::Asking;
use super::item::{Said, web};
use super::shapes::User;

/// Discussions on a page.
const PAGE: usize = 20;
/// Further pages of comments of one discussion.
const OLDER_PAGES: u32 = 3;
/// The search learns of changes late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// The discussion of a comment, as far as the comment needs it.
pub(super) struct Around<'a> {
    id: PostId,
    locked: bool,
    private: bool,
    author: Option<u64>,
    me: Option<&'a User>,
}

impl<'a> Around<'a> {
    /// `None` when it does not say where it is.
    pub(super) fn of(discussion: &Discussion, me: Option<&'a User>) -> Option<Self> {
        let repository = super::ids::repository(&discussion.repository.name_with_owner)?;
        (discussion.number > 0).then(|| Self {
            id: PostId::discussion(&repository, discussion.number),
            locked: discussion.locked || discussion.repository.is_archived,
            private: discussion.repository.is_private,
            author: discussion.author.as_ref().and_then(|author| author.id),
            me,
        })
    }

    fn shared(&self, actor: Option<&Actor>, said: Said) -> Item {
        let user = actor.map(Actor::user);
        let own = is_me(user.as_ref(), self.me);
        Item {
            addressed: !own && self.me.is_some_and(|me| names(&said.text, &me.login)),
            text: said.text,
            author: author(user.as_ref()),
            links: said.links,
            image_descriptions: said.images,
            root: Some(self.id.to_string()),
            visibility: if self.private { Visibility::Private } else { Visibility::Public },
            own,
            answerable: if self.locked { Answerable::Nowhere } else { Answerable::AsSource },
            ..Item::default()
        }
    }

    fn answers(&self, author: Option<u64>) -> bool {
        self.me.is_some_and(|me| me.id.is_some() && me.id == author)
    }

    pub(super) fn discussion(&self, discussion: &Discussion) -> Item {
        let said = Said::of(discussion.body_html.as_deref(), discussion.body.as_deref(), &discussion.url);
        Item {
            native_id: self.id.to_string(),
            url: web(&discussion.url),
            title: Some(discussion.title.clone()).filter(|title| !title.is_empty()),
            claimed: moment(discussion.created_at.as_deref()),
            edited: moment(discussion.last_edited_at.as_deref()),
            ..self.shared(discussion.author.as_ref(), said)
        }
    }

    /// `above`: the comment that it hangs below.
    pub(super) fn comment(&self, comment: &Comment, above: Option<&Comment>) -> Option<Item> {
        if comment.id.is_empty() {
            return None;
        }
        let said = Said::of(comment.body_html.as_deref(), comment.body.as_deref(), &comment.url);
        let reply_to = comment.reply_to.as_ref();
        let above_id = reply_to.map(|above| above.id.as_str()).or(above.map(|above| above.id.as_str()));
        let above_author = reply_to.and_then(|above| above.author.as_ref()).or(above.and_then(|c| c.author.as_ref()));
        let parent = match above_id.filter(|id| !id.is_empty()) {
            Some(id) => self.id.with(Part::Node(id.to_owned())),
            None => self.id.clone(),
        };
        let answered = if above_id.is_some() { above_author.and_then(|author| author.id) } else { self.author };
        let shared = self.shared(comment.author.as_ref(), said);
        Some(Item {
            native_id: self.id.with(Part::Node(comment.id.clone())).to_string(),
            url: web(&comment.url),
            claimed: moment(comment.created_at.as_deref()),
            edited: moment(comment.last_edited_at.as_deref()),
            parent: Some(parent.to_string()),
            deleted: comment.deleted_at.is_some(),
            addressed: shared.addressed || (!shared.own && self.answers(answered)),
            ..shared
        })
    }

    /// Comments and their replies, those that changed since.
    pub(super) fn comments<'c>(
        &'c self,
        comments: &'c [Comment],
        since: Option<Timestamp>,
    ) -> impl Iterator<Item = Item> + 'c {
        let all = comments.iter().flat_map(|comment| {
            let replies = comment.replies.nodes.list.iter().map(move |reply| (reply, Some(comment)));
            std::iter::once((comment, None)).chain(replies)
        });
        all.filter(move |(comment, _)| since.is_none_or(|since| newest(comment).is_none_or(|at| at >= since)))
            .filter_map(|(comment, above)| self.comment(comment, above))
    }
}

/// When a comment was last changed.
fn newest(comment: &Comment) -> Option<Timestamp> {
    [&comment.created_at, &comment.last_edited_at, &comment.deleted_at]
        .into_iter()
        .filter_map(|text| moment(text.as_deref()))
        .max()
}

/// Reads older comments, page by page, into the list: new replies may hang below old comments. Whether there are
/// still more.
pub(super) async fn older_comments(
    hub: &Hub,
    discussion: &mut Discussion,
    urgent: bool,
    now: Timestamp,
) -> Result<bool, SourceError> {
    let mut info = discussion.comments.page_info.clone();
    for _ in 0..OLDER_PAGES {
        let (true, Some(before)) = (info.has_previous_page, info.start_cursor.take()) else { return Ok(false) };
        let variables = json!({ "id": discussion.id, "before": before });
        let (older, _): (Older, _) = hub.graph(&graph::comments(), variables, urgent, now).await?;
        let Some(page) = older.node.map(|node| node.comments) else { return Ok(false) };
        info = page.page_info;
        discussion.comments.nodes.list.extend(page.nodes.list);
    }
    Ok(info.has_previous_page)
}

impl Asking<'_> {
    /// Discussions that changed and that a query finds: `"name" in:title,body,comments`, or `repo:owner/name`.
    pub(super) async fn discussions(&self, query: &str, place: &str) -> Result<Piece, SourceError> {
        let mut place: Since = read(place);
        let mut piece = Piece::default();
        place.begin(self.now);
        let asked = format!("{query} updated:>={} sort:updated-asc", place.since());
        let after = place.after.take();
        let variables = json!({ "q": asked, "after": after });
        let (found, remarks): (Found, _) = self.hub.graph(&graph::search(), variables, false, self.now).await?;
        piece.remarks.extend(remarks);
        piece.remarks.extend(found.search.nodes.remark("discussions"));
        let more = found.search.page_info.has_next_page && found.search.nodes.list.len() >= PAGE;
        let end = found.search.page_info.end_cursor;
        let since = place.began();
        let mut changes = Vec::new();
        for mut discussion in found.search.nodes.list {
            let Some(around) = Around::of(&discussion, self.me) else { continue };
            let made = moment(discussion.created_at.as_deref());
            let edited = moment(discussion.last_edited_at.as_deref());
            let Some(changed) = moment(discussion.updated_at.as_deref()).or(made) else { continue };
            if !place.meet(&around.id.to_string(), changed) {
                changes.push(changed);
                continue;
            }
            if discussion.comments.page_info.has_previous_page
                && older_comments(self.hub, &mut discussion, false, self.now).await?
            {
                piece.remarks.push(format!("{} has more comments than are read", discussion.url));
            }
            changes.push(changed);
            if place.is_recent(made) || edited.is_some_and(|edited| edited >= since) {
                piece.items.push(around.discussion(&discussion));
            }
            piece.items.extend(around.comments(&discussion.comments.nodes.list, Some(since)));
        }
        let next = place.page(&changes, more, OVERLAP);
        if next == Next::Skipped {
            piece.remarks.push("more discussions changed in one second than the search shows".to_owned());
        }
        place.after = end.filter(|_| place.page_number() > 1);
        piece.more = next != Next::Done;
        piece.place = written(&place);
        Ok(piece)
    }
}
