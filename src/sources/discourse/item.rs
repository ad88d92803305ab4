//! Posts of a forum as items.

use crate::domain::{Answerable, Author, Item, Visibility};
use crate::sources::feed::words::{of_html, of_title};
use crate::sources::lenient::moment;

use super::forum::{Forum, Known};
use super::shapes::{Post, Topic, User};

/// Ordinary posts, in `post_type`. Others are notes of moderators, whispers, and notices such as "closed".
const ORDINARY: u64 = 1;

/// What a post is judged by besides itself.
pub(super) struct Around<'a> {
    /// The forum.
    pub(super) forum: &'a Forum,
    /// What is known of it.
    pub(super) known: &'a Known,
    /// Our account there.
    pub(super) me: Option<&'a User>,
}

/// What is known of a post's topic.
#[derive(Default)]
pub(super) struct Thread {
    title: Option<String>,
    category: Option<i64>,
    closed: bool,
    /// Private messages, whoever they are between.
    private: bool,
    author: Option<i64>,
}

impl Thread {
    /// As a topic tells it.
    pub(super) fn of(topic: &Topic) -> Self {
        Self {
            title: Some(topic.title.clone()).filter(|title| !title.is_empty()),
            category: topic.category_id,
            closed: topic.closed || topic.archived,
            private: topic.archetype == "private_message",
            author: topic.user_id,
        }
    }

    /// Of private messages, of which only the post is known.
    pub(super) fn private() -> Self {
        Self { private: true, ..Self::default() }
    }

    /// Who reads it.
    pub(super) fn seen_by(&self, known: &Known) -> Visibility {
        let open = !self.private && known.is_open(self.category);
        if open { Visibility::Public } else { Visibility::Private }
    }
}

/// The name of a post of a topic.
pub(super) fn native_id(topic: u64, number: u64) -> String {
    format!("{topic}/{number}")
}

/// The topic and the number of a post by its name.
pub(super) fn parts(native_id: &str) -> Option<(u64, u64)> {
    let (topic, number) = native_id.split_once('/')?;
    Some((topic.parse().ok()?, number.parse().ok()?))
}

impl Around<'_> {
    /// A post as an item. `None` for what nobody wrote: notices that a topic was closed, and the like.
    pub(super) fn item(&self, post: &Post, thread: &Thread) -> Option<Item> {
        if post.topic_id == 0 || post.post_number == 0 || post.post_type.is_some_and(|kind| kind != ORDINARY) {
            return None;
        }
        let words = of_html(&post.cooked, Some(self.forum.base()));
        let own = self.me.is_some_and(|me| post.user_id == Some(me.id));
        let begins = post.post_number == 1;
        let private = thread.private || !self.known.is_open(post.category_id.or(thread.category));
        // An answer to the topic as a whole answers its first post.
        let parent = (!begins).then(|| native_id(post.topic_id, post.reply_to_post_number.unwrap_or(1)));
        let to_us = thread.private || thread.author.is_some() && thread.author == self.me.map(|me| me.id);
        Some(Item {
            native_id: native_id(post.topic_id, post.post_number),
            aliases: (post.id != 0).then(|| format!("post {}", post.id)).into_iter().collect(),
            url: self.forum.address(&format!("t/{}/{}", post.topic_id, post.post_number)),
            title: begins
                .then(|| post.topic_title.as_ref().or(thread.title.as_ref()))
                .flatten()
                .map(|title| of_title(title)),
            text: words.text,
            author: Author {
                native_id: post.user_id.map(|id| id.to_string()),
                handle: Some(post.username.clone()).filter(|name| !name.is_empty()),
                name: post.name.clone().filter(|name| !name.is_empty()),
                followers: None,
            },
            claimed: moment(post.created_at.as_deref()),
            edited: moment(post.updated_at.as_deref()).filter(|_| post.version.is_some_and(|version| version > 1)),
            links: words.links,
            image_descriptions: words.images,
            parent,
            root: Some(native_id(post.topic_id, 1)),
            visibility: if private { Visibility::Private } else { Visibility::Public },
            addressed: to_us && !own,
            own,
            deleted: post.hidden || post.user_deleted || post.deleted_at.is_some(),
            answerable: if thread.closed { Answerable::Nowhere } else { Answerable::AsSource },
            ..Item::default()
        })
    }
}
