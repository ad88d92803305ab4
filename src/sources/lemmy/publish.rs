//! Publishing: comments below posts and comments, answers to private messages.

use async_trait::async_trait;

use crate::domain::{Author, Item, Timestamp, Visibility};
use crate::sources::{
    Lookup, Outgoing, OwnPosts, Publish, PublishError, Published, SourceError, SourceErrorKind, TextRules,
};

use super::lookup::{One, numbered};
use super::pages::{Listing, page};
use super::server::{As, Server, Version};
use super::shapes::CLOCKS;

/// Posts among which one is looked for whose fate is uncertain.
const RECENT: u32 = 50;

#[async_trait]
impl Publish for Server {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let Some(parent) = outgoing.parent.as_deref() else {
            return Err(refused(
                "a new post on Lemmy goes into a community, with a headline",
                "write it in the browser",
            ));
        };
        if outgoing.quote.is_some() {
            return Err(refused("Lemmy has no quotes", "put the address of the post into the text"));
        }
        let is_message = parent.starts_with("message/");
        if outgoing.visibility != Visibility::Public && !is_message {
            outgoing.must_not_widen(self.seen_by(parent, now).await?, "Lemmy")?;
        }
        let (path, body) = match is_message {
            true => self.message_body(parent, outgoing, now).await.map_err(PublishError::not_sent)?,
            false => self.comment_body(parent, outgoing, now).await.map_err(PublishError::not_sent)?,
        };
        let (known, me) = (self.known(now).await, self.me(now).await);
        let known = known.map_err(PublishError::not_sent)?;
        let me = me.map_err(PublishError::not_sent)?;
        let path = format!("{}/{path}", known.version.base());
        let made: One = self.post(&path, &body, now).await.map_err(PublishError::by_kind)?;
        let view = made.comment_view.or(made.private_message_view);
        let item = view.and_then(|view| view.item(self, known, me));
        item.map(|item| published(item, parent)).ok_or_else(|| {
            PublishError::uncertain(SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{} accepted the text and does not say where it is", self.host()),
                "look at the thread in the browser before sending it again",
            ))
        })
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let since = since.saturating_sub(CLOCKS).unwrap_or(since);
        let Some(parent) = outgoing.parent.as_deref() else { return Ok(None) };
        let candidates = if parent.starts_with("message/") {
            self.sent_messages(parent, now).await?
        } else {
            let recent = self.own_recent(RECENT, now).await?;
            recent.into_iter().filter(|item| item.parent.as_deref() == Some(parent)).collect()
        };
        let same =
            |item: &Item| item.claimed.is_none_or(|at| at >= since) && plain(&item.text) == plain(&outgoing.text);
        let found = candidates.into_iter().find(same);
        if found.is_none() && parent.starts_with("message/") && self.known(now).await?.version == Version::V4 {
            // That it is not in the list means nothing: see `sent_messages`.
            return Err(SourceError::new(
                SourceErrorKind::NotFound,
                &format!("{} does not list every message that we sent, and this one is not there", self.host()),
                "look in the browser whether the message went out",
            ));
        }
        Ok(found.map(|item| published(item, parent)))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules {
            longest: Some(10_000),
            shortest: 1,
            markdown: true,
            own_posts: OwnPosts::ByHand,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        Server::identity(self, now).await?.ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::Refused,
                &format!("no account is configured at {}", self.host()),
                "name one, and run `goodword login lemmy`",
            )
        })
    }
}

impl Server {
    async fn comment_body(
        &self,
        parent: &str,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<(&'static str, serde_json::Value), SourceError> {
        let (kind, id) = numbered(parent)?;
        let mut body = serde_json::json!({"content": outgoing.text});
        let mut put = |name: &str, value: i64| {
            if let Some(body) = body.as_object_mut() {
                body.insert(name.to_owned(), value.into());
            }
        };
        if kind == "post" {
            put("post_id", id);
        } else {
            let root = match outgoing.root.as_deref().filter(|root| root.starts_with("post/")) {
                Some(root) => root.to_owned(),
                None => self.one(parent, As::UsNow, None, now).await?.root.unwrap_or_default(),
            };
            put("post_id", numbered(&root)?.1);
            put("parent_id", id);
        }
        let languages = &self.known(now).await?.languages;
        let language = outgoing.lang.as_deref().and_then(|lang| {
            let short = lang.split('-').next().unwrap_or(lang);
            languages.iter().find(|(_, code)| code.eq_ignore_ascii_case(short)).map(|(id, _)| *id)
        });
        if let Some(language) = language {
            put("language_id", language);
        }
        Ok(("comment", body))
    }

    async fn message_body(
        &self,
        parent: &str,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<(&'static str, serde_json::Value), SourceError> {
        let me = self.me(now).await?;
        let (message, _) = self.message(parent, now).await?.ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotFound,
                "the message that it answers is not among the last ones any more",
                "answer it in the browser",
            )
        })?;
        let body = serde_json::json!({"content": outgoing.text, "recipient_id": message.other(me)});
        Ok(("private_message", body))
    }

    /// Our messages to the one whom we answer. v4 has no list of messages but the notifications, in which ours stand
    /// only when they went to somebody of the same server, and never when our account is marked as that of a bot.
    async fn sent_messages(&self, parent: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let known = self.known(now).await?;
        let me = self.me(now).await?;
        let Some((message, _)) = self.message(parent, now).await? else { return Ok(Vec::new()) };
        let listing = if known.version == Version::V4 { Listing::Notices } else { Listing::Messages };
        let answer = page(self, &listing, "", now).await?;
        let ours = answer.views.into_iter().filter(|view| {
            let other = view.private_message.as_ref().map(|sent| sent.other(me));
            other == Some(message.other(me))
        });
        Ok(ours.filter_map(|view| view.item(self, known, me)).filter(|item| item.own).collect())
    }

    /// Who sees a post or comment, and what answers it.
    async fn seen_by(&self, native_id: &str, now: Timestamp) -> Result<Visibility, PublishError> {
        let item = self.one(native_id, As::UsNow, None, now).await.map_err(PublishError::not_sent)?;
        Ok(item.visibility)
    }
}

fn published(item: Item, parent: &str) -> Published {
    let mut remarks = Vec::new();
    // A server that has lost sight of the parent makes a comment of the first level without a word.
    if item.parent.as_deref().is_some_and(|below| below != parent) {
        remarks.push("the server shows it below the post, not below the comment that it answers".to_owned());
    }
    Published { native_id: item.native_id, url: item.url, at: item.claimed, remarks }
}

/// White space apart, which servers tidy.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(what: &str, advice: &str) -> PublishError {
    PublishError::not_sent(SourceError::new(SourceErrorKind::Refused, what, advice))
}
