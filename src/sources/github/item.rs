//! Issues and comments as items.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{Answerable, Item, Timestamp, Visibility};
use crate::sources::feed::words::of_html;
use crate::sources::lenient::moment;

use super::actor::{author, is_me, names};
use super::ids::{Part, PostId};
use super::shapes::{Comment, Issue, User};

/// What is known of the thread of a post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Thread {
    /// `owner/name`.
    pub(super) repository: String,
    /// Number of the issue or pull request.
    pub(super) number: u64,
    /// The id of who began it, where it is known.
    pub(super) author: Option<u64>,
    /// Nobody without special rights may answer.
    pub(super) locked: bool,
    /// Only some people may read it.
    pub(super) private: bool,
}

impl Thread {
    /// The thread of an issue.
    pub(super) fn of(issue: &Issue, repository: &str, private: bool) -> Self {
        Self {
            repository: repository.to_owned(),
            number: issue.number,
            author: issue.user.as_ref().and_then(|user| user.id),
            locked: issue.locked,
            private,
        }
    }

    fn id(&self) -> PostId {
        PostId::issue(&self.repository, self.number)
    }

    fn visibility(&self) -> Visibility {
        if self.private { Visibility::Private } else { Visibility::Public }
    }

    fn answerable(&self) -> Answerable {
        if self.locked { Answerable::Nowhere } else { Answerable::AsSource }
    }
}

/// The words of a post: rendered where the server gives that, else as they were typed.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) links: Vec<String>,
    pub(super) images: Vec<String>,
}

impl Said {
    pub(super) fn of(html: Option<&str>, markdown: Option<&str>, at: &str) -> Self {
        let base = Url::parse(at).ok();
        match html.filter(|html| !html.trim().is_empty()) {
            Some(html) => {
                let words = of_html(html, base.as_ref());
                Self { text: words.text, links: words.links, images: words.images }
            }
            None => Self { text: markdown.unwrap_or_default().to_owned(), links: Vec::new(), images: Vec::new() },
        }
    }
}

/// An address that a person can open.
pub(super) fn web(url: &str) -> Option<String> {
    crate::sources::feed::words::web_address(url, None)
}

/// An issue or pull request as an item.
pub(super) fn of_issue(issue: &Issue, thread: &Thread, me: Option<&User>) -> Option<Item> {
    if issue.number == 0 {
        return None;
    }
    let said = Said::of(issue.body_html.as_deref(), issue.body.as_deref(), &issue.html_url);
    let own = is_me(issue.user.as_ref(), me);
    let id = thread.id().to_string();
    Some(Item {
        url: web(&issue.html_url),
        title: Some(issue.title.clone()).filter(|title| !title.is_empty()),
        addressed: !own && me.is_some_and(|me| names(&said.text, &me.login) || names(&issue.title, &me.login)),
        text: said.text,
        author: author(issue.user.as_ref()),
        claimed: moment(issue.created_at.as_deref()),
        links: said.links,
        image_descriptions: said.images,
        root: Some(id.clone()),
        native_id: id,
        visibility: thread.visibility(),
        own,
        answerable: thread.answerable(),
        ..Item::default()
    })
}

/// A comment as an item. `on_line`: it stands on a line of a pull request.
pub(super) fn of_comment(comment: &Comment, on_line: bool, thread: &Thread, me: Option<&User>) -> Option<Item> {
    if comment.id == 0 || thread.number == 0 {
        return None;
    }
    let said = Said::of(comment.body_html.as_deref(), comment.body.as_deref(), &comment.html_url);
    let own = is_me(comment.user.as_ref(), me);
    let (root, made) = (thread.id(), moment(comment.created_at.as_deref()));
    let part = if on_line { Part::Review(comment.id) } else { Part::Comment(comment.id) };
    let parent = match comment.in_reply_to_id {
        Some(other) if on_line => root.with(Part::Review(other)),
        _ => root.clone(),
    };
    let answers_us = me.is_some_and(|me| me.id.is_some() && me.id == thread.author);
    Some(Item {
        native_id: root.with(part).to_string(),
        url: web(&comment.html_url),
        addressed: !own && (answers_us || me.is_some_and(|me| names(&said.text, &me.login))),
        text: said.text,
        author: author(comment.user.as_ref()),
        claimed: made,
        edited: moment(comment.updated_at.as_deref()).filter(|edited| made.is_some_and(|made| *edited > made)),
        links: said.links,
        image_descriptions: said.images,
        parent: Some(parent.to_string()),
        root: Some(root.to_string()),
        visibility: thread.visibility(),
        own,
        answerable: thread.answerable(),
        ..Item::default()
    })
}

/// When a comment was last changed.
pub(super) fn changed(comment: &Comment) -> Option<Timestamp> {
    moment(comment.updated_at.as_deref()).or_else(|| moment(comment.created_at.as_deref()))
}
