//! Comments as items.

use crate::domain::{Answerable, Author, Item, Visibility};
use crate::sources::lenient::moment;

use super::places::Waiting;
use super::shapes::{Comment, Thread};

/// The thread of a comment, as far as the comment needs it.
pub(super) struct Around<'a> {
    /// The id of our own channel.
    pub(super) me: Option<&'a str>,
    /// The thread: its id is that of the comment at the top.
    pub(super) thread: Waiting,
    /// Whose video it is below.
    pub(super) channel: Option<String>,
}

/// The id of the comment at the top: replies are named `TOP.REPLY`.
pub(super) fn top_of(native_id: &str) -> &str {
    native_id.split_once('.').map_or(native_id, |(top, _)| top)
}

fn author_id(comment: &Comment) -> Option<String> {
    comment.snippet.author_channel_id.as_ref()?.value.clone().filter(|id| !id.is_empty())
}

impl<'a> Around<'a> {
    /// The thread as the network tells it. `for_us`: what may be done with it was told for our account.
    pub(super) fn of(thread: &Thread, me: Option<&'a str>, for_us: bool) -> Self {
        let snippet = &thread.snippet;
        let top = &snippet.top_level_comment;
        Self {
            me,
            thread: Waiting {
                thread: if thread.id.is_empty() { top.id.clone() } else { thread.id.clone() },
                video: snippet.video_id.clone().or_else(|| top.snippet.video_id.clone()),
                author: author_id(top),
                private: snippet.is_public == Some(false),
                shut: for_us && snippet.can_reply == Some(false),
            },
            channel: snippet.channel_id.clone(),
        }
    }

    /// A comment or a reply as an item.
    pub(super) fn item(&self, comment: &Comment) -> Option<Item> {
        if comment.id.is_empty() {
            return None;
        }
        let (said, top) = (&comment.snippet, &self.thread.thread);
        let is_reply = comment.id != *top;
        let author = author_id(comment);
        let is_me = |id: Option<&str>| self.me.is_some() && id == self.me;
        let own = is_me(author.as_deref());
        // A comment below our video speaks to us, and so does what is said below a comment of ours.
        let to_us = if is_reply { is_me(self.thread.author.as_deref()) } else { is_me(self.channel.as_deref()) };
        let name = said.author_display_name.as_str();
        let made = moment(said.published_at.as_deref());
        let video = self.thread.video.as_ref().or(said.video_id.as_ref());
        Some(Item {
            native_id: comment.id.clone(),
            url: video.map(|video| format!("https://www.youtube.com/watch?v={video}&lc={}", comment.id)),
            text: said.text_display.clone(),
            author: Author {
                native_id: author,
                handle: name.strip_prefix('@').map(str::to_owned),
                name: Some(name.to_owned()).filter(|name| !name.is_empty() && !name.starts_with('@')),
                followers: None,
            },
            claimed: made,
            edited: moment(said.updated_at.as_deref()).filter(|edited| made.is_some_and(|made| *edited > made)),
            parent: is_reply.then(|| said.parent_id.clone().unwrap_or_else(|| top.clone())),
            root: Some(top.clone()),
            visibility: if self.thread.private { Visibility::Private } else { Visibility::Public },
            addressed: to_us && !own,
            own,
            deleted: said.moderation_status.as_deref() == Some("rejected"),
            answerable: if self.thread.shut { Answerable::Nowhere } else { Answerable::AsSource },
            ..Item::default()
        })
    }

    /// A thread with the replies that came along.
    pub(super) fn items(&self, thread: &Thread) -> Vec<Item> {
        let all = std::iter::once(&thread.snippet.top_level_comment).chain(&thread.replies.comments);
        all.filter_map(|comment| self.item(comment)).collect()
    }
}
