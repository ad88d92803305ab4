//! Publishing replies, and topics whose first line is their title.

use async_trait::async_trait;
use serde_json::json;

use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::lenient::{made_since, moment, not_accepted, same_words};
use crate::sources::{
    Count, Outgoing, OwnPosts, Publish, PublishError, Published, SourceError, SourceErrorKind, TextRules,
};

use super::forum::{Forum, author};
use super::item::{Thread, native_id, parts};
use super::shapes::{Created, Post, Topic};
use super::topics::{own_actions, topic_near};

/// Asked for the post of this number, a forum answers with the last ones of a topic.
const LAST: u64 = 1_000_000;
/// Own topics among which one of uncertain fate is looked for.
const RECENT: usize = 10;

#[async_trait]
impl Publish for Forum {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        if outgoing.quote.is_some() {
            return Err(not_accepted("a forum has no quotes of that kind", "quote in the words: > like this"));
        }
        let (body, place) = body_of(outgoing)?;
        if outgoing.visibility != Visibility::Public {
            let seen = self.seen_by(place, now).await.map_err(PublishError::not_sent)?;
            outgoing.must_not_widen(seen, "the forum")?;
        }
        let created: Created = self.post("posts.json", &body, now).await.map_err(PublishError::by_kind)?;
        if let (Some("enqueued"), pending) = (created.action.as_deref(), &created.pending_post) {
            let id = pending.as_ref().map_or(0, |pending| pending.id);
            return Ok(Published {
                native_id: format!("waiting {id}"),
                remarks: vec!["a moderator of the forum has to approve it before anyone sees it".to_owned()],
                ..Published::default()
            });
        }
        let post = created.post.unwrap_or(created.bare);
        if post.id == 0 {
            // The forum said yes, but not to what.
            return Err(PublishError::by_kind(SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{} does not say which post it made", self.host()),
                "look at the topic in the browser",
            )));
        }
        let mut published = self.published(&post);
        let answered = place.map(|(_, number)| number).filter(|number| *number > 1);
        if answered.is_some() && post.reply_to_post_number != answered {
            published.remarks.push("the forum shows it as an answer to the whole topic".to_owned());
        }
        if post.hidden {
            published.remarks.push("the forum hid it: nobody but its author and moderators sees it".to_owned());
        }
        Ok(published)
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let Some(me) = self.me(now).await? else { return Ok(None) };
        let ours = |post: &Post, raw: &str| {
            post.user_id == Some(me.id)
                && made_since(moment(post.created_at.as_deref()), since)
                && post.raw.as_deref().is_some_and(|words| same_words(words, raw))
        };
        if let Some((topic, _)) = outgoing.parent.as_deref().and_then(parts) {
            let path = format!("t/{topic}/{LAST}.json");
            let end: Topic = self.get(&path, &[("include_raw", "true")], true, now).await?;
            let mut posts = end.post_stream.posts.list;
            posts.iter_mut().for_each(|post| post.topic_id = topic);
            return Ok(posts.iter().rev().find(|post| ours(post, &outgoing.text)).map(|post| self.published(post)));
        }
        let raw = title_and_words(&outgoing.text).map_or(outgoing.text.as_str(), |(_, words)| words);
        let actions = own_actions(self, me, 0, true, now).await?;
        for action in actions.list.iter().filter(|action| action.post_number == 1).take(RECENT) {
            let (Some(id), true) = (action.post_id, made_since(moment(action.created_at.as_deref()), since)) else {
                continue;
            };
            let post: Post = self.get(&format!("posts/{id}.json"), &[], true, now).await?;
            if ours(&post, raw) {
                return Ok(Some(self.published(&post)));
            }
        }
        Ok(None)
    }

    async fn rules(&self, now: Timestamp) -> Result<TextRules, SourceError> {
        let known = self.known(true, now).await?;
        Ok(TextRules {
            count: Count::Characters,
            longest: Some(known.settings.max_post_length.unwrap_or(32_000)),
            shortest: known.settings.min_post_length.unwrap_or(20),
            markdown: true,
            own_posts: OwnPosts::Titled,
            lists_all: true,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        match self.me(now).await? {
            Some(me) => Ok(author(me)),
            None => Err(crate::sources::account::no_secret()),
        }
    }
}

impl Forum {
    /// Who reads what is written below a post, or as a new topic.
    async fn seen_by(&self, place: Option<(u64, u64)>, now: Timestamp) -> Result<Visibility, SourceError> {
        let known = self.known(true, now).await?;
        let thread = match place {
            Some((topic, number)) => Thread::of(&topic_near(self, topic, number, true, now).await?),
            None => Thread::default(),
        };
        Ok(thread.seen_by(&known))
    }

    fn published(&self, post: &Post) -> Published {
        Published {
            native_id: native_id(post.topic_id, post.post_number),
            url: self.address(&format!("t/{}/{}", post.topic_id, post.post_number)),
            at: moment(post.created_at.as_deref()),
            remarks: Vec::new(),
        }
    }
}

/// What is sent, and the post that it answers.
fn body_of(outgoing: &Outgoing) -> Result<(serde_json::Value, Option<(u64, u64)>), PublishError> {
    let Some(parent) = outgoing.parent.as_deref() else {
        let Some((title, words)) = title_and_words(&outgoing.text) else {
            return Err(not_accepted(
                "a topic needs a title and words",
                "write the title into the first line and the words below it",
            ));
        };
        return Ok((json!({ "title": title, "raw": words }), None));
    };
    let Some((topic, number)) = parts(parent) else {
        return Err(PublishError::not_sent(super::lookup::no_post(parent)));
    };
    let mut body = json!({ "topic_id": topic, "raw": outgoing.text });
    if let (true, Some(fields)) = (number > 1, body.as_object_mut()) {
        fields.insert("reply_to_post_number".to_owned(), number.into());
    }
    Ok((body, Some((topic, number))))
}

/// A text's first line, and the rest of it.
fn title_and_words(text: &str) -> Option<(&str, &str)> {
    let (title, words) = text.trim().split_once('\n')?;
    let (title, words) = (title.trim().trim_start_matches('#').trim(), words.trim());
    (!title.is_empty() && !words.is_empty()).then_some((title, words))
}
