//! Looking up threads, people, and our own posts.

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::feed::words::of_title;
use crate::sources::{Lookup, SourceError, SourceErrorKind};

use super::asking::Stack;
use super::item::{Above, Around, author};
use super::shapes::{Answer, Comment, Owner, Post, Question, Wrapper};
use super::sites::{PostId, PostKind};

impl Stack {
    /// The question of the thread that a post belongs to.
    async fn question_of(&self, id: &PostId, now: Timestamp) -> Result<u64, SourceError> {
        match id.kind {
            PostKind::Question => Ok(id.number),
            PostKind::Answer => {
                let answers: Vec<Answer> = self.by_ids("answers", &[id.number], "", &id.site, true, now).await?;
                answers.first().map(|answer| answer.question_id).ok_or_else(|| gone(id))
            }
            PostKind::Comment => {
                let comments: Vec<Comment> = self.by_ids("comments", &[id.number], "", &id.site, true, now).await?;
                let post = comments.first().map(|comment| comment.post_id).ok_or_else(|| gone(id))?;
                let above = self.above(&id.site, &[post], true, now).await?;
                let root = above.get(&post).and_then(|above| above.root.clone());
                root.map(|root| root.number).ok_or_else(|| gone(id))
            }
        }
    }
}

#[async_trait]
impl Lookup for Stack {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let id = PostId::read(native_id).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotFound,
                &format!("“{native_id}” names no post at Stack Exchange"),
                "open the post in the browser",
            )
        })?;
        let site = id.site.as_str();
        let number = self.question_of(&id, now).await?;
        let root = PostId::of(site, PostKind::Question, number);
        let questions: Vec<Question> = self.by_ids("questions", &[number], "", site, true, now).await?;
        let question = questions.first().ok_or_else(|| gone(&root))?;
        let around = Around { site, me: self.sites.account(site) };
        let answers: Vec<Answer> = self.by_ids("questions/answers", &[number], "/answers", site, true, now).await?;
        let on_question: Vec<Comment> =
            self.by_ids("questions/comments", &[number], "/comments", site, true, now).await?;
        let ids: Vec<u64> = answers.iter().map(|answer| answer.answer_id).collect();
        let on_answers: Vec<Comment> = self.by_ids("answers/comments", &ids, "/comments", site, true, now).await?;
        let mut items: Vec<Item> = around.question(question).into_iter().collect();
        items.extend(answers.iter().filter_map(|answer| around.answer(answer)));
        let comments = on_question
            .iter()
            .map(|comment| (comment, root.clone()))
            .chain(on_answers.iter().map(|comment| (comment, PostId::of(site, PostKind::Answer, comment.post_id))));
        items.extend(
            comments.filter_map(|(comment, post)| around.comment(comment, &Above { post, root: Some(root.clone()) })),
        );
        items.sort_by_key(|item| item.claimed);
        Ok(items)
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let wanted = id_or_handle.trim().trim_start_matches('@');
        let (site, name) = wanted.split_once('/').unwrap_or((self.sites.first(), wanted));
        if let Ok(number) = name.parse::<u64>() {
            let users: Vec<Owner> = self.by_ids("users", &[number], "", site, true, now).await?;
            return Ok(users.first().map(|user| author(site, Some(user))));
        }
        let query = [("inname", name), ("pagesize", "100"), ("sort", "reputation"), ("order", "desc")];
        let users: Wrapper<Owner> = self.get("users", "users", site, &query, true, now).await?;
        let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
        let named = users.items.list.iter().filter(|user| plain(&of_title(&user.display_name)) == plain(name));
        // Names are not unique: one that several have names nobody.
        match named.collect::<Vec<_>>().as_slice() {
            [one] => Ok(Some(author(site, Some(one)))),
            _ => Ok(None),
        }
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let size = limit.clamp(1, 100).to_string();
        let query = [("sort", "creation"), ("order", "desc"), ("pagesize", size.as_str()), ("filter", "withbody")];
        let mut items = Vec::new();
        for known in &self.sites.0 {
            let (Some(me), site) = (known.account, known.name.as_str()) else { continue };
            let around = Around { site, me: Some(me) };
            let posts: Wrapper<Post> =
                self.get("users/posts", &format!("users/{me}/posts"), site, &query, true, now).await?;
            let of_kind = |answers: bool| -> Vec<u64> {
                let all = posts.items.list.iter().filter(|post| (post.post_type == "answer") == answers);
                all.map(|post| post.post_id).collect()
            };
            let questions: Vec<Question> = self.by_ids("questions", &of_kind(false), "", site, true, now).await?;
            let answers: Vec<Answer> = self.by_ids("answers", &of_kind(true), "", site, true, now).await?;
            items.extend(questions.iter().filter_map(|question| around.question(question)));
            items.extend(answers.iter().filter_map(|answer| around.answer(answer)));
            let comments: Wrapper<Comment> =
                self.get("users/comments", &format!("users/{me}/comments"), site, &query, true, now).await?;
            let on: Vec<u64> = comments.items.list.iter().map(|comment| comment.post_id).collect();
            let above = self.above(site, &on, true, now).await?;
            let said = comments.items.list.iter();
            items.extend(said.filter_map(|comment| around.comment(comment, above.get(&comment.post_id)?)));
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.claimed));
        items.truncate(limit as usize);
        Ok(items)
    }
}

fn gone(id: &PostId) -> SourceError {
    SourceError::new(SourceErrorKind::NotFound, &format!("{id} is not there"), "it was deleted")
}
