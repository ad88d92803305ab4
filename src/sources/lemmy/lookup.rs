//! Looking up posts, threads, people and what we wrote.

use async_trait::async_trait;
use serde::Deserialize;

use crate::domain::{Author, Item, Timestamp};
use crate::sources::odd::each;
use crate::sources::{Lookup, OwnPage, SourceError, SourceErrorKind};

use super::pages::{Listing, Of, page};
use super::server::{As, Server, Version};
use super::shapes::{Person, View, post_id};

/// Comments of a thread on one page.
const PER_PAGE: &str = "50";
/// Pages of a thread.
const PAGES: u32 = 6;

/// One post, comment or person.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct One {
    pub(super) post_view: Option<View>,
    pub(super) comment_view: Option<View>,
    pub(super) private_message_view: Option<View>,
    person_view: Option<PersonView>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PersonView {
    person: Person,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Comments {
    #[serde(alias = "items", deserialize_with = "each")]
    comments: Vec<View>,
    next_page: Option<String>,
}

impl Server {
    /// One post or comment.
    pub(super) async fn one(
        &self,
        native_id: &str,
        who: As,
        me: Option<&Person>,
        now: Timestamp,
    ) -> Result<Item, SourceError> {
        let known = self.known(now).await?;
        let (kind, id) = numbered(native_id)?;
        let id = id.to_string();
        // Reading a post as ourselves marks it as read.
        let path = format!("{}/{kind}", known.version.base());
        let one: One = self.get(&path, &[("id", &id)], self.open_to(who), now).await?;
        let view = if kind == "post" { one.post_view } else { one.comment_view };
        view.and_then(|view| view.item(self, known, me)).ok_or_else(|| missing(native_id))
    }

    /// The comments below a post.
    async fn below(&self, post: i64, me: Option<&Person>, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let known = self.known(now).await?;
        let newer = known.version == Version::V4;
        let path = format!("{}/comment/list", known.version.base());
        let (sort, kind) = if newer { ("old", "all") } else { ("Old", "All") };
        let post = post.to_string();
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        for number in 1..=PAGES {
            let number = number.to_string();
            let mut query = vec![("post_id", post.as_str()), ("sort", sort), ("type_", kind), ("limit", PER_PAGE)];
            match &cursor {
                Some(cursor) => query.push(("page_cursor", cursor)),
                None if !newer => query.push(("page", &number)),
                None => {}
            }
            let answer: Comments = self.get(&path, &query, self.open_to(As::StrangerNow), now).await?;
            let given = answer.comments.len();
            items.extend(answer.comments.into_iter().filter_map(|view| view.item(self, known, me)));
            cursor = answer.next_page.filter(|next| newer && !next.is_empty());
            if given == 0 || (newer && cursor.is_none()) || (!newer && given < 50) {
                break;
            }
        }
        Ok(items)
    }

    /// Our exchange of private messages around one of them.
    async fn messages(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let known = self.known(now).await?;
        let me = self.me(now).await?;
        let (view, all) = self.message(native_id, now).await?.ok_or_else(|| missing(native_id))?;
        let them = view.other(me);
        let exchange = all.into_iter().filter(|other| other.other(me) == them);
        Ok(exchange.filter_map(|view| view.item(self, known, me)).collect())
    }

    /// One private message, and those that were read on the way to it. The interface gives lists only.
    pub(super) async fn message(
        &self,
        native_id: &str,
        now: Timestamp,
    ) -> Result<Option<(super::shapes::Message, Vec<View>)>, SourceError> {
        let listing = match self.known(now).await?.version {
            Version::V3 { .. } => Listing::Messages,
            Version::V4 => Listing::Notices,
        };
        let mut at = String::new();
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = page(self, &listing, &at, now).await?;
            let mut views: Vec<View> = answer.views.into_iter().filter(|view| view.private_message.is_some()).collect();
            let found = views.iter().position(|view| view.native_id().as_deref() == Some(native_id));
            let message = found.and_then(|place| views.get(place)).and_then(|view| view.private_message.clone());
            all.append(&mut views);
            if let Some(message) = message {
                return Ok(Some((message, all)));
            }
            let Some(next) = answer.next else { break };
            at = next;
        }
        Ok(None)
    }

    fn open_to(&self, who: As) -> As {
        match who {
            As::Stranger if self.is_closed() => As::Us,
            As::StrangerNow if self.is_closed() => As::UsNow,
            who => who,
        }
    }
}

#[async_trait]
impl Lookup for Server {
    async fn thread(&self, native_id: &str, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let me = self.me(now).await?;
        let (kind, id) = match native_id.starts_with("message/") {
            true => return sorted(self.messages(native_id, now).await?),
            false => numbered(native_id)?,
        };
        let post = match kind {
            "post" => id,
            _ => {
                let item = self.one(native_id, As::StrangerNow, me, now).await?;
                let root = item.root.ok_or_else(|| missing(native_id))?;
                numbered(&root)?.1
            }
        };
        let mut items = vec![self.one(&post_id(post), As::StrangerNow, me, now).await?];
        items.extend(self.below(post, me, now).await?);
        sorted(items)
    }

    async fn person(&self, id_or_handle: &str, now: Timestamp) -> Result<Option<Author>, SourceError> {
        let wanted = id_or_handle.trim_start_matches('@');
        let query = match (wanted.strip_prefix("person/"), url::Url::parse(wanted)) {
            (Some(id), _) => ("person_id", id.to_owned()),
            // The address of a person, `https://host/u/name`.
            (None, Ok(address)) if address.has_host() => {
                let name = address.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
                let host = crate::sources::http::host_of(&address);
                ("username", self.short(&format!("{name}@{host}")))
            }
            _ => ("username", self.short(wanted)),
        };
        let path = match self.known(now).await?.version {
            Version::V3 { .. } => "api/v3/user",
            Version::V4 => "api/v4/person",
        };
        let query = [(query.0, query.1.as_str())];
        match self.get::<One>(path, &query, self.open_to(As::StrangerNow), now).await {
            Ok(one) => Ok(one.person_view.map(|view| view.person.author())),
            Err(error) if error.kind == SourceErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn own_recent(&self, limit: u32, now: Timestamp) -> Result<Vec<Item>, SourceError> {
        let known = self.known(now).await?;
        let me = self.me(now).await?;
        if me.is_none() {
            return Ok(Vec::new());
        }
        let mut items = Vec::new();
        for of in [Of::Posts, Of::Comments] {
            let answer = page(self, &Listing::Own(of), "", now).await?;
            items.extend(answer.views.into_iter().filter_map(|view| view.item(self, known, me)));
        }
        items.retain(|item| !item.deleted);
        items.sort_by_key(|item| std::cmp::Reverse(item.claimed));
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn own_before(&self, place: &str, now: Timestamp) -> Result<OwnPage, SourceError> {
        let known = self.known(now).await?;
        let me = self.me(now).await?;
        if me.is_none() {
            return Ok(OwnPage::default());
        }
        // Posts and comments are two lists: where the next page of each begins, `None` for one that is over.
        let open = || [Some(String::new()), Some(String::new())];
        let mut places = serde_json::from_str(place).unwrap_or_else(|_| open());
        let mut items = Vec::new();
        for (of, place) in [Of::Posts, Of::Comments].into_iter().zip(&mut places) {
            let Some(from) = place.take() else { continue };
            let answer = page(self, &Listing::Own(of), &from, now).await?;
            items.extend(answer.views.into_iter().filter_map(|view| view.item(self, known, me)));
            *place = answer.next;
        }
        items.retain(|item| !item.deleted);
        let next = places.iter().any(Option::is_some).then(|| serde_json::to_string(&places).unwrap_or_default());
        Ok(OwnPage { items, next })
    }
}

impl Server {
    /// The name without the host where that is this server: it knows its own people without.
    fn short(&self, handle: &str) -> String {
        match handle.split_once('@') {
            Some((name, host)) if host == self.host() => name.to_owned(),
            _ => handle.to_owned(),
        }
    }
}

impl super::shapes::Message {
    /// The one that we exchange it with.
    pub(super) fn other(&self, me: Option<&Person>) -> i64 {
        if me.is_some_and(|me| me.id == self.creator_id) { self.recipient_id } else { self.creator_id }
    }
}

impl View {
    fn other(&self, me: Option<&Person>) -> i64 {
        self.private_message.as_ref().map_or(0, |message| message.other(me))
    }
}

fn sorted(mut items: Vec<Item>) -> Result<Vec<Item>, SourceError> {
    items.retain(|item| !item.deleted);
    items.sort_by_key(|item| item.claimed);
    Ok(items)
}

/// Kind and number of a native id.
pub(super) fn numbered(native_id: &str) -> Result<(&str, i64), SourceError> {
    let known = native_id.split_once('/').filter(|(kind, _)| matches!(*kind, "post" | "comment" | "message"));
    let numbered = known.and_then(|(kind, id)| Some((kind, id.parse().ok()?)));
    numbered.ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("“{native_id}” is nothing of Lemmy's"),
            "its posts are written post/12, comment/34 or message/5",
        )
    })
}

fn missing(native_id: &str) -> SourceError {
    SourceError::new(SourceErrorKind::NotFound, &format!("the server does not show {native_id}"), "it was deleted")
}
