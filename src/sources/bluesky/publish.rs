//! Publishing posts and replies, so that trying again never posts twice.
//!
//! A post is written with `com.atproto.repo.putRecord` at a key made out of the outgoing's token, on the condition
//! that nothing is there yet (`swapRecord: null`). A second try finds the first.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::{Author, Timestamp, Visibility};
use crate::sources::{
    Count, Outgoing, Publish, PublishError, Published, Retry, SourceError, SourceErrorKind, TextRules,
};

use super::account::{Account, Ask};
use super::facets::{self, Meaning};
use super::lookup::thread_at;
use super::record::{POSTS, PostRecord, StrongRef, moment, post_address, post_parts, post_uri, warning_label};
use super::refusal::Failure;
use super::rkey;
use super::views::{PostView, Posts, readable};

/// Longest text, in graphemes and in bytes, by the lexicon.
const LONGEST: usize = 300;
const LONGEST_BYTES: usize = 3000;

/// Publishes under an account.
pub(super) struct Publisher(pub(super) Arc<Account>);

/// What the network accepts as a text.
fn text_rules() -> TextRules {
    TextRules {
        names_whom: false,
        count: Count::Graphemes,
        longest: Some(LONGEST),
        shortest: 1,
        longest_bytes: Some(LONGEST_BYTES),
        address_counts: None,
        warning_counts: false,
        retry_safe: true,
        markdown: false,
        lists_all: true,
        ..TextRules::default()
    }
}

/// A record that is stored.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Stored {
    uri: String,
    cid: String,
    value: PostRecord,
}

/// A handle's account.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Resolved {
    did: String,
}

impl Publisher {
    /// The posts that are answered and quoted.
    async fn referred(
        &self,
        outgoing: &Outgoing,
        own: &str,
        now: Timestamp,
    ) -> Result<BTreeMap<String, PostView>, SourceError> {
        let wanted: Vec<(&str, &str)> =
            [&outgoing.parent, &outgoing.quote].into_iter().flatten().map(|uri| ("uris", uri.as_str())).collect();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let answer: Posts = self.0.call(Ask::query("app.bsky.feed.getPosts", &wanted).urgent(), now).await?;
        let (posts, _) = readable::<PostView>(answer.posts)?;
        let mut found: BTreeMap<String, PostView> = posts.into_iter().map(|post| (post.uri.clone(), post)).collect();
        for (wanted, what) in [(&outgoing.parent, "answers"), (&outgoing.quote, "quotes")] {
            let Some(uri) = wanted.as_ref().filter(|uri| !found.contains_key(*uri)) else { continue };
            // Our own server knows what we wrote before the AppView does.
            let ours = match post_parts(uri).filter(|(account, _)| *account == own) {
                Some((_, key)) => self.stored(own, key, now).await?,
                None => None,
            };
            if let Some(stored) = ours {
                let post = PostView::stored(uri.clone(), stored.cid, stored.value);
                found.insert(uri.clone(), post);
            } else {
                return Err(SourceError::new(
                    SourceErrorKind::NotFound,
                    &format!("the post that this {what} cannot be seen with this account"),
                    "it was deleted, or its author blocks the account; dismiss the case or reach the person elsewhere",
                )
                .retrying(Retry::Never));
            }
        }
        Ok(found)
    }

    /// The facets of a text, and the handles in it that nobody has.
    async fn facets(&self, text: &str, now: Timestamp) -> Result<(Vec<Value>, Vec<String>), SourceError> {
        let mut facets = Vec::new();
        let mut unknown = Vec::new();
        for marked in facets::find(text) {
            let feature = match marked.meaning {
                Meaning::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
                Meaning::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
                Meaning::Mention(handle) => match self.resolve(&handle, now).await? {
                    Some(did) => json!({ "$type": "app.bsky.richtext.facet#mention", "did": did }),
                    None => {
                        unknown.push(handle);
                        continue;
                    }
                },
            };
            let index = json!({ "byteStart": marked.start, "byteEnd": marked.end });
            facets.push(json!({ "index": index, "features": [feature] }));
        }
        Ok((facets, unknown))
    }

    /// The account of a handle; `None` when nobody has it.
    async fn resolve(&self, handle: &str, now: Timestamp) -> Result<Option<String>, SourceError> {
        let query = [("handle", handle)];
        let ask = Ask::query("com.atproto.identity.resolveHandle", &query).urgent();
        match self.0.call::<Resolved>(ask, now).await {
            Ok(resolved) => Ok(Some(resolved.did).filter(|did| !did.is_empty())),
            Err(failure) if failure.is_absent() => Ok(None),
            Err(failure) => Err(failure.error),
        }
    }

    /// What stands at our key; `None` when nothing does.
    async fn stored(&self, did: &str, key: &str, now: Timestamp) -> Result<Option<Stored>, Failure> {
        let query = [("repo", did), ("collection", POSTS), ("rkey", key)];
        match self.0.call::<Stored>(Ask::query("com.atproto.repo.getRecord", &query).urgent(), now).await {
            Ok(stored) => Ok(Some(stored).filter(|stored| !stored.uri.is_empty())),
            Err(failure) if failure.name == "RecordNotFound" => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Writes the record where nothing is yet. Gives the moment that the stored record claims.
    async fn write(&self, did: &str, key: &str, record: &Value, now: Timestamp) -> Result<Timestamp, PublishError> {
        let body = json!({
            "repo": did, "collection": POSTS, "rkey": key, "record": record, "swapRecord": null
        });
        let ours: PostRecord = serde_json::from_value(record.clone()).unwrap_or_default();
        let put = self.0.call::<Value>(Ask::procedure("com.atproto.repo.putRecord", &body), now).await;
        match put {
            Ok(_) => Ok(moment(&ours.created_at).unwrap_or(now)),
            Err(failure) if failure.name == "InvalidSwap" => {
                let stored =
                    self.stored(did, key, now).await.map_err(|failure| PublishError::uncertain(failure.error))?;
                match stored.filter(|stored| stored.value.text == ours.text && stored.value.reply == ours.reply) {
                    Some(stored) => Ok(moment(&stored.value.created_at).unwrap_or(now)),
                    None => Err(PublishError::not_sent(failure.error)),
                }
            }
            // The address, the account or the limits refused it before anything was sent.
            Err(failure) if failure.is_refusal() || (failure.status.is_none() && is_before_sending(&failure.error)) => {
                Err(PublishError::not_sent(failure.error))
            }
            Err(failure) => Err(PublishError::uncertain(failure.error)),
        }
    }

    /// What others see of a reply: the network accepts any, and hides some.
    async fn hidden(&self, uri: &str, now: Timestamp) -> Option<String> {
        // One that the AppView has not seen yet is shown by the account's own server, what it answers included.
        let node = thread_at(&self.0, uri, ("1", "0"), now).await.ok()?;
        let parent = node.parent.as_deref();
        let remark = match parent {
            Some(parent) if parent.blocked => {
                "the author of the post blocks this account, or is blocked by it: they do not see the reply"
            }
            Some(parent) if parent.not_found => "the post that it answers is gone",
            Some(parent) if parent.post.as_ref().is_some_and(|post| post.viewer.reply_disabled) => {
                "the thread takes replies of some people only: others do not see this one there"
            }
            Some(_) => return None,
            None => "the network does not show it below the post that it answers",
        };
        Some(remark.to_owned())
    }
}

/// Kinds of failure that come up before a request is sent.
fn is_before_sending(error: &SourceError) -> bool {
    matches!(
        error.kind,
        SourceErrorKind::TooMany
            | SourceErrorKind::BadAddress
            | SourceErrorKind::Insecure
            | SourceErrorKind::Refused
            | SourceErrorKind::Local
    )
}

/// Refuses what the network would not take, or would show to more people than it may be shown to.
fn check(outgoing: &Outgoing) -> Result<(), SourceError> {
    let rules = text_rules();
    let refused =
        |what: &str, advice: &str| Err(SourceError::new(SourceErrorKind::Refused, what, advice).retrying(Retry::Never));
    if outgoing.visibility != Visibility::Public {
        return refused("everything on Bluesky is public, and this may not be", "answer it where it was said");
    }
    if outgoing.text.trim().is_empty() {
        return refused("there are no words in it", "write some");
    }
    if !rules.fits(&outgoing.text) {
        let length = rules.length(&outgoing.text);
        let what = if length > LONGEST {
            format!("it is {length} signs long, and Bluesky takes {LONGEST}")
        } else {
            format!("it takes {} bytes, and Bluesky takes {LONGEST_BYTES}", outgoing.text.len())
        };
        return refused(&what, "shorten it");
    }
    Ok(())
}

/// The language in a form that the lexicon takes.
fn language(lang: &str) -> Option<&str> {
    let sound =
        |part: &str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|sign| sign.is_ascii_alphanumeric());
    let first = lang.split('-').next().unwrap_or_default();
    (matches!(first.len(), 2 | 3) && first.bytes().all(|sign| sign.is_ascii_alphabetic()) && lang.split('-').all(sound))
        .then_some(lang)
}

/// The record of an outgoing. `refer` are the posts that it answers and quotes.
fn record(outgoing: &Outgoing, refer: &BTreeMap<String, PostView>, facets: Vec<Value>, now: Timestamp) -> Value {
    let strong = |post: &PostView| StrongRef { uri: post.uri.clone(), cid: post.cid.clone() };
    let mut record = Map::new();
    let mut put = |key: &str, value: Value| record.insert(key.to_owned(), value);
    put("$type", json!(POSTS));
    put("text", json!(outgoing.text));
    put("createdAt", json!(now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()));
    if !facets.is_empty() {
        put("facets", json!(facets));
    }
    if let Some(lang) = outgoing.lang.as_deref().and_then(language) {
        put("langs", json!([lang]));
    }
    if let Some(parent) = outgoing.parent.as_ref().and_then(|uri| refer.get(uri)) {
        let above = parent.record.reply.as_ref().map(|reply| reply.root.clone()).filter(|root| !root.uri.is_empty());
        put("reply", json!({ "root": above.unwrap_or_else(|| strong(parent)), "parent": strong(parent) }));
    }
    if let Some(quoted) = outgoing.quote.as_ref().and_then(|uri| refer.get(uri)) {
        put("embed", json!({ "$type": "app.bsky.embed.record", "record": strong(quoted) }));
    }
    if let Some(label) = outgoing.content_warning.as_deref().and_then(warning_label) {
        put("labels", json!({ "$type": "com.atproto.label.defs#selfLabels", "values": [{ "val": label }] }));
    }
    Value::Object(record)
}

#[async_trait]
impl Publish for Publisher {
    async fn publish(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Published, PublishError> {
        check(outgoing).map_err(PublishError::not_sent)?;
        let me = self.0.identity(true, now).await.map_err(PublishError::not_sent)?;
        let did = me.native_id.unwrap_or_default();
        let refer = self.referred(outgoing, &did, now).await.map_err(PublishError::not_sent)?;
        let (facets, unknown) = self.facets(&outgoing.text, now).await.map_err(PublishError::not_sent)?;
        let record = record(outgoing, &refer, facets, now);
        let key = rkey::of_token(&outgoing.token);
        let at = self.write(&did, &key, &record, now).await?;
        let native_id = post_uri(&did, &key);
        let mut remarks: Vec<String> =
            unknown.iter().map(|handle| format!("nobody has the handle @{handle}: it is plain text there")).collect();
        if let Some(warning) = outgoing.content_warning.as_deref().filter(|warning| warning_label(warning).is_none()) {
            remarks.push(format!("Bluesky knows no warning “{}”: it went out without one", warning.trim()));
        }
        let quoted = outgoing.quote.as_ref().and_then(|uri| refer.get(uri));
        if quoted.is_some_and(|post| post.viewer.embedding_disabled) {
            remarks.push("the author of the quoted post lets it not be quoted: others see no quote".to_owned());
        }
        if outgoing.parent.is_some() {
            remarks.extend(self.hidden(&native_id, now).await);
        }
        let url = Some(post_address(me.handle.as_deref().unwrap_or(&did), &key));
        Ok(Published { native_id, url, at: Some(at), remarks })
    }

    async fn find(
        &self,
        outgoing: &Outgoing,
        _since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Published>, SourceError> {
        let me = self.0.identity(true, now).await?;
        let did = me.native_id.unwrap_or_default();
        let key = rkey::of_token(&outgoing.token);
        let stored = self.stored(&did, &key, now).await?;
        Ok(stored.map(|stored| Published {
            native_id: post_uri(&did, &key),
            url: Some(post_address(me.handle.as_deref().unwrap_or(&did), &key)),
            at: moment(&stored.value.created_at),
            remarks: Vec::new(),
        }))
    }

    async fn rules(&self, _now: Timestamp) -> Result<TextRules, SourceError> {
        Ok(text_rules())
    }

    async fn identity(&self, now: Timestamp) -> Result<Author, SourceError> {
        let me = self.0.identity(true, now).await?;
        let did = me.native_id.clone().unwrap_or_default();
        // Name and followers are welcome, not needed.
        let known = super::people::one(&self.0, &did, now).await.ok().flatten();
        Ok(known.unwrap_or(me))
    }
}
