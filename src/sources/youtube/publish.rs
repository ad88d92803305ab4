//! Publishing replies.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::lenient::{made_since, moment, not_accepted, same_words};
use crate::sources::{
    Count, Outgoing, OwnPosts, Publish, PublishError, Published, SourceError, SourceErrorKind, TextRules,
};

use super::item::top_of;
use super::shapes::Comment;
use super::tube::{Tube, author};

/// Longest comment, in characters.
const LONGEST: usize = 10_000;

/// Publishes replies as our channel.
pub(super) struct Replies {
    pub(super) tube: Arc<Tube>,
}

#[async_trait]
impl Publish for Replies {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let Some(parent) = outgoing.parent.as_deref().filter(|parent| !parent.is_empty()) else {
            return Err(not_accepted(
                "at YouTube only replies are written from here",
                "write the comment below the video in the browser",
            ));
        };
        if outgoing.quote.is_some() {
            return Err(not_accepted("YouTube has no quotes", "quote in the words"));
        }
        // Replies hang below the comment at the top, never below replies.
        let top = top_of(parent);
        if outgoing.visibility != Visibility::Public {
            let seen = self.tube.seen_by(top, now).await.map_err(PublishError::not_sent)?;
            outgoing.must_not_widen(seen, "YouTube")?;
        }
        let body = json!({ "snippet": { "parentId": top, "textOriginal": outgoing.text } });
        let comment: Comment =
            self.tube.insert("comments", &body, now).await.map_err(|refused| PublishError::by_kind(refused.error))?;
        if comment.id.is_empty() {
            return Err(PublishError::uncertain(SourceError::new(
                SourceErrorKind::NotUnderstood,
                "YouTube does not say which reply it made",
                "look at the thread in the browser",
            )));
        }
        let remarks = match comment.snippet.moderation_status.as_deref() {
            Some("heldForReview" | "likelySpam") => {
                vec!["it is held until the owner of the video lets it through".to_owned()]
            }
            _ => Vec::new(),
        };
        let video = comment.snippet.video_id.as_ref();
        Ok(Published {
            url: video.map(|video| format!("https://www.youtube.com/watch?v={video}&lc={}", comment.id)),
            at: moment(comment.snippet.published_at.as_deref()),
            native_id: comment.id,
            remarks,
        })
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let Some(parent) = outgoing.parent.as_deref() else { return Ok(None) };
        let thread = self.tube.thread(parent, now).await?;
        let ours = thread.into_iter().rev().find(|item| {
            item.own
                && item.parent.is_some()
                && made_since(item.claimed, since)
                && same_words(&item.text, &outgoing.text)
        });
        Ok(ours.map(|item| Published {
            native_id: item.native_id,
            url: item.url,
            at: item.claimed,
            remarks: Vec::new(),
        }))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules {
            count: Count::Characters,
            longest: Some(LONGEST),
            shortest: 1,
            own_posts: OwnPosts::ByHand,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        match self.tube.me(now).await? {
            Some(me) if self.tube.may_reply().await? => Ok(author(me)),
            _ => Err(crate::sources::account::no_secret()),
        }
    }
}
