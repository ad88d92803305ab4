//! Asking the town, and posting there.

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::domain::time::SignedDuration;
use crate::domain::{Author, Item, Timestamp, Visibility};
use crate::sources::api::{Api, failure, json as read, segment};
use crate::sources::http::{HeaderName, HeaderValue, Request};
use crate::sources::{
    Count, Lookup, Outgoing, Publish, PublishError, Published, SourceError, SourceErrorKind as Kind, TextRules,
};

use super::shapes::{Me, Person, Post};

/// Own posts among which one of unknown fate is looked for.
const RECENT: usize = 200;
/// The town's clock is this machine's, but it may tell whole seconds.
const CLOCKS: SignedDuration = SignedDuration::from_secs(2);

/// The town, as our account sees it.
pub(super) struct Square {
    api: Api,
}

impl Square {
    pub(super) fn new(api: Api) -> Self {
        Self { api }
    }

    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// Host and port: within it, ids mean the same.
    pub(super) fn place(&self) -> String {
        let base = self.api.base();
        format!("{}:{}", base.host_str().unwrap_or_default(), base.port_or_known_default().unwrap_or_default())
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        urgent: bool,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request = Request::get(self.api.url(path, query)?).accept("application/json");
        let response = self.api.send(if urgent { request.urgent() } else { request }, now).await?;
        if response.status.is_success() { read(&response) } else { Err(failure(response, said)) }
    }

    /// What was posted after the post of this number, oldest first.
    pub(super) async fn posts(&self, after: u64, limit: usize, now: Timestamp) -> Result<Vec<Post>, SourceError> {
        let (after, limit) = (after.to_string(), limit.to_string());
        self.get("api/posts", &[("after", &after), ("limit", &limit)], false, now).await
    }

    async fn own(&self, limit: usize, now: Timestamp) -> Result<Vec<Post>, SourceError> {
        self.get("api/own", &[("limit", &limit.to_string())], true, now).await
    }

    async fn me(&self, now: Timestamp) -> Result<Me, SourceError> {
        self.get("api/me", &[], true, now).await
    }
}

fn said(body: &serde_json::Value) -> Option<String> {
    body.get("error")?.as_str().map(str::to_owned)
}

#[async_trait]
impl Publish for Square {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        let body = json!({
            "text": outgoing.text,
            "parent": outgoing.parent,
            "warning": outgoing.content_warning,
            "lang": outgoing.lang,
            "private": outgoing.visibility == Visibility::Private,
            "unlisted": outgoing.visibility == Visibility::Unlisted,
        });
        let address = self.api.url("api/posts", &[]).map_err(PublishError::not_sent)?;
        let request = Request::post_json(address, body.to_string().into_bytes()).accept("application/json").urgent();
        let request = match HeaderValue::from_str(&outgoing.token) {
            Ok(token) => request.header(HeaderName::from_static("idempotency-key"), token),
            Err(_) => request,
        };
        let response = self.api.send(request, now).await.map_err(|error| match error.kind {
            // Nothing was sent: the town wants to be left alone, or has no such address.
            Kind::TooMany | Kind::BadAddress | Kind::Insecure | Kind::Local => PublishError::not_sent(error),
            _ => PublishError::uncertain(error),
        })?;
        match response.status.as_u16() {
            200..=299 => {}
            // Whoever says that the request was wrong has not carried it out.
            400..=407 | 409..=499 => return Err(PublishError::not_sent(failure(response, said))),
            _ => return Err(PublishError::uncertain(failure(response, said))),
        }
        let post: Post = read(&response).map_err(PublishError::uncertain)?;
        if post.id.is_empty() {
            let error = SourceError::new(Kind::NotUnderstood, "the town does not say what it posted", "look there");
            return Err(PublishError::uncertain(error));
        }
        let astray = outgoing.parent.is_some() && post.parent != outgoing.parent;
        let mut published = post.published();
        if astray {
            published.remarks.push("the town shows it, but not below what it answers".to_owned());
        }
        Ok(published)
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let since = since.saturating_sub(CLOCKS).unwrap_or(since);
        let same = |post: &Post| {
            post.text == outgoing.text && post.parent == outgoing.parent && post.at.is_none_or(|at| at >= since)
        };
        Ok(self.own(RECENT, now).await?.into_iter().find(same).map(Post::published))
    }

    async fn rules(&self, now: Timestamp) -> Result<TextRules, SourceError> {
        let Me { longest, keeps_tokens, .. } = self.me(now).await?;
        Ok(TextRules {
            count: Count::Characters,
            longest,
            shortest: 1,
            retry_safe: keeps_tokens,
            ..TextRules::default()
        })
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        Ok(self.me(now).await?.person.author())
    }
}

#[async_trait]
impl Lookup for Square {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let posts: Vec<Post> = self.get(&format!("api/thread/{}", segment(native_id)), &[], true, now).await?;
        Ok(posts.into_iter().map(Post::item).collect())
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let path = format!("api/people/{}", segment(id_or_handle.trim_start_matches('@')));
        match self.get::<Person>(&path, &[], true, now).await {
            Ok(person) => Ok(Some(person.author())),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let posts = self.own(usize::try_from(limit).unwrap_or(RECENT), now).await?;
        Ok(posts.into_iter().map(Post::item).collect())
    }
}
