//! Questions, answers and comments as items.

use url::Url;

use crate::domain::{Answerable, Author, Item};
use crate::sources::feed::words::{of_html, of_title, web_address};
use crate::sources::lenient::second;

use super::shapes::{Answer, Comment, Owner, Question};
use super::sites::{PostId, PostKind, domain};

/// What an item is judged by besides itself.
pub(super) struct Around<'a> {
    /// The site.
    pub(super) site: &'a str,
    /// The number of our account there.
    pub(super) me: Option<u64>,
}

/// Where a comment stands.
#[derive(Debug, Clone)]
pub(super) struct Above {
    /// The post that it is on.
    pub(super) post: PostId,
    /// The question of the thread, where it is known.
    pub(super) root: Option<PostId>,
}

/// Somebody, as an author.
pub(super) fn author(site: &str, owner: Option<&Owner>) -> Author {
    let Some(owner) = owner else { return Author::default() };
    let name = of_title(&owner.display_name);
    // People are addressed by their name without spaces; handles there are none.
    let handle: String = name.split_whitespace().collect();
    Author {
        native_id: owner.user_id.map(|id| format!("{site}/{id}")),
        handle: Some(handle).filter(|handle| !handle.is_empty()),
        name: Some(name).filter(|name| !name.is_empty()),
        followers: None,
    }
}

impl Around<'_> {
    fn shared(&self, body: &str, owner: Option<&Owner>, path: &str) -> Item {
        let url = format!("https://{}/{path}", domain(self.site));
        let words = of_html(body, Url::parse(&url).ok().as_ref());
        Item {
            url: Some(url),
            text: words.text,
            links: words.links,
            image_descriptions: words.images,
            author: author(self.site, owner),
            own: self.me.is_some() && owner.and_then(|owner| owner.user_id) == self.me,
            ..Item::default()
        }
    }

    pub(super) fn question(&self, question: &Question) -> Option<Item> {
        if question.question_id == 0 {
            return None;
        }
        let id = PostId::of(self.site, PostKind::Question, question.question_id).to_string();
        let shared = self.shared(&question.body, question.owner.as_ref(), &format!("q/{}", question.question_id));
        let shut = question.locked_date.is_some() || question.closed_date.is_some();
        Some(Item {
            url: question.link.as_deref().and_then(|link| web_address(link, None)).or(shared.url.clone()),
            title: Some(of_title(&question.title)).filter(|title| !title.is_empty()),
            claimed: second(question.creation_date),
            edited: second(question.last_edit_date),
            root: Some(id.clone()),
            native_id: id,
            answerable: if shut { Answerable::Nowhere } else { Answerable::AsSource },
            ..shared
        })
    }

    pub(super) fn answer(&self, answer: &Answer) -> Option<Item> {
        if answer.answer_id == 0 || answer.question_id == 0 {
            return None;
        }
        let question = PostId::of(self.site, PostKind::Question, answer.question_id).to_string();
        Some(Item {
            native_id: PostId::of(self.site, PostKind::Answer, answer.answer_id).to_string(),
            claimed: second(answer.creation_date),
            edited: second(answer.last_edit_date),
            parent: Some(question.clone()),
            root: Some(question),
            answerable: if answer.locked_date.is_some() { Answerable::Nowhere } else { Answerable::AsSource },
            ..self.shared(&answer.body, answer.owner.as_ref(), &format!("a/{}", answer.answer_id))
        })
    }

    pub(super) fn comment(&self, comment: &Comment, above: &Above) -> Option<Item> {
        if comment.comment_id == 0 {
            return None;
        }
        let path = format!("q/{}#comment{}_{}", comment.post_id, comment.comment_id, comment.post_id);
        let shared = self.shared(&comment.body, comment.owner.as_ref(), &path);
        let answers_us = self.me.is_some() && comment.reply_to_user.as_ref().and_then(|user| user.user_id) == self.me;
        Some(Item {
            native_id: PostId::of(self.site, PostKind::Comment, comment.comment_id).to_string(),
            claimed: second(comment.creation_date),
            parent: Some(above.post.to_string()),
            root: above.root.as_ref().map(PostId::to_string),
            addressed: answers_us && !shared.own,
            ..shared
        })
    }
}
