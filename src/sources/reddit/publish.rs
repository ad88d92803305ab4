//! Publishing: comments below posts and comments, answers to messages, posts on the account's own profile.

use async_trait::async_trait;
use serde::Deserialize;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::api::{json, segment};
use crate::sources::{Outgoing, OwnPosts, Publish, PublishError, Published, SourceError, SourceErrorKind, TextRules};

use super::errors::Changed;
use super::shapes::{Listing, Thing};
use super::site::{Haste, Site};

/// Clocks differ: what was published a little before the attempt may be what it brought.
const CLOCKS: SignedDuration = SignedDuration::from_mins(2);
/// Longest headline of a post.
const HEADLINE: usize = 300;

/// What was made by a comment.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Made {
    things: Vec<Thing>,
}

/// What was made by a post.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Submitted {
    name: String,
    url: Option<String>,
}

#[async_trait]
impl Publish for Site {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        if outgoing.quote.is_some() {
            return Err(refused("Reddit has no quotes", "put the address of the post into the text"));
        }
        match outgoing.parent.as_deref() {
            Some(parent) => self.comment(parent, outgoing, now).await,
            None => self.submit(outgoing, now).await,
        }
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let name = segment(self.account());
        let path = match outgoing.parent.as_deref() {
            Some(parent) if parent.starts_with("t4_") => "message/sent".to_owned(),
            Some(_) => format!("user/{name}/comments"),
            None => format!("user/{name}/submitted"),
        };
        let query = [("sort", "new"), ("limit", "100")];
        let listing: Listing = self.get(&path, &query, Haste::Urgent, now).await?;
        let me = self.me(Haste::Urgent, now).await?;
        let since = since.saturating_sub(CLOCKS).unwrap_or(since);
        let same = |thing: &Thing| {
            thing.data.at().is_none_or(|at| at >= since)
                && outgoing.parent.as_deref().is_none_or(|parent| thing.data.parent() == Some(parent))
                && plain(&thing.data.written()) == plain(&outgoing.text)
        };
        let found = listing.data.children.into_iter().find(same);
        let item = found.and_then(|thing| thing.item(&self.door.front, me));
        Ok(item.map(|item| Published {
            native_id: item.native_id,
            url: item.url,
            at: item.claimed,
            remarks: Vec::new(),
        }))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(TextRules {
            longest: Some(10_000),
            shortest: 1,
            markdown: true,
            own_posts: OwnPosts::Titled,
            lists_all: true,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        Ok(self.me(Haste::Urgent, now).await?.author())
    }
}

impl Site {
    async fn comment(&self, parent: &str, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let kind = parent.get(..3).unwrap_or_default();
        if !matches!(kind, "t1_" | "t3_" | "t4_") {
            return Err(refused("that is no post of Reddit", "answer a post, a comment or a message"));
        }
        // Who we are is asked before: when that fails, nothing was sent.
        let me = self.me(Haste::Urgent, now).await.map_err(PublishError::not_sent)?;
        if outgoing.visibility != Visibility::Public && kind != "t4_" {
            let seen = self.seen_by(parent, now).await.map_err(PublishError::not_sent)?;
            outgoing.must_not_widen(seen, "Reddit")?;
        }
        let fields = [("thing_id", parent), ("text", &outgoing.text)];
        let data = self.change("api/comment", &fields, now).await?;
        let made: Made = serde_json::from_value(data).unwrap_or_default();
        let item = made.things.into_iter().find_map(|thing| thing.item(&self.door.front, me));
        let Some(item) = item else { return Err(PublishError::uncertain(unclear())) };
        let mut remarks = Vec::new();
        if item.parent.as_deref().is_some_and(|below| below != parent) {
            remarks.push("Reddit shows it below another post than the one it answers".to_owned());
        }
        Ok(Published { native_id: item.native_id, url: item.url, at: item.claimed, remarks })
    }

    /// A post on the account's own profile; its first line is the headline.
    async fn submit(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let (title, text) = headline(&outgoing.text);
        if title.is_empty() || title.chars().count() > HEADLINE {
            return Err(refused(
                "a post on Reddit needs a headline of at most 300 signs",
                "make the first line of the text the headline",
            ));
        }
        outgoing.must_not_widen(Visibility::Public, "Reddit")?;
        let place = format!("u_{}", self.account());
        let fields = [("sr", place.as_str()), ("kind", "self"), ("title", title), ("text", text)];
        let data = self.change("api/submit", &fields, now).await?;
        let made: Submitted = serde_json::from_value(data).unwrap_or_default();
        if made.name.is_empty() {
            return Err(PublishError::uncertain(unclear()));
        }
        Ok(Published { native_id: made.name, url: made.url, at: None, remarks: Vec::new() })
    }

    /// Changes something, and reads the errors that come with an answer of success.
    async fn change(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<serde_json::Value, PublishError> {
        let response = self.post(path, fields, now).await.map_err(PublishError::by_kind)?;
        let changed: Changed = json(&response).map_err(PublishError::uncertain)?;
        match changed.json.error(now) {
            Some(error) => Err(PublishError::not_sent(error)),
            None => Ok(changed.json.data),
        }
    }
}

fn headline(text: &str) -> (&str, &str) {
    let (title, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    (title.trim(), rest.trim())
}

/// White space apart, which Reddit tidies.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(what: &str, advice: &str) -> PublishError {
    PublishError::not_sent(SourceError::new(SourceErrorKind::Refused, what, advice))
}

fn unclear() -> SourceError {
    SourceError::new(
        SourceErrorKind::NotUnderstood,
        "Reddit accepted the text and does not say where it is",
        "look at the thread in the browser before sending it again",
    )
}
