//! What a server answers in either interface, and how it becomes items. The names of v4 stand beside those of v3:
//! `published_at` and `published`, `ap_id` and `actor_id`.

use serde::Deserialize;

use crate::domain::time::SignedDuration;
use crate::domain::{Answerable, Author, Item, Timestamp, Visibility};
use crate::sources::odd::lenient;

use super::server::{Known, Server};

/// A person.
#[derive(Deserialize, Debug, Default, Clone)]
#[serde(default)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) name: String,
    #[serde(deserialize_with = "lenient")]
    display_name: Option<String>,
    /// The address of the person, the same on all servers.
    #[serde(alias = "actor_id", deserialize_with = "lenient")]
    ap_id: Option<String>,
}

impl Person {
    /// The person as an author: known by the address, which is the same on all servers.
    pub(super) fn author(&self) -> Author {
        let host = self.ap_id.as_deref().and_then(|address| url::Url::parse(address).ok());
        let host = host.as_ref().map(crate::sources::http::host_of);
        let handle = host.map_or_else(|| self.name.clone(), |host| format!("{}@{host}", self.name));
        Author {
            native_id: Some(self.ap_id.clone().unwrap_or_else(|| format!("person/{}", self.id))),
            handle: Some(handle).filter(|handle| !handle.is_empty()),
            name: self.display_name.clone().filter(|name| !name.is_empty()),
            followers: None,
        }
    }
}

/// A post, of either interface.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    pub(super) id: i64,
    name: String,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    body: Option<String>,
    #[serde(deserialize_with = "lenient")]
    alt_text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    creator_id: i64,
    #[serde(deserialize_with = "lenient")]
    removed: bool,
    #[serde(deserialize_with = "lenient")]
    deleted: bool,
    #[serde(deserialize_with = "lenient")]
    locked: bool,
    #[serde(deserialize_with = "lenient")]
    nsfw: bool,
    #[serde(alias = "published_at", deserialize_with = "lenient")]
    published: Option<String>,
    #[serde(alias = "updated_at", deserialize_with = "lenient")]
    updated: Option<String>,
    #[serde(deserialize_with = "lenient")]
    language_id: i64,
    #[serde(deserialize_with = "lenient")]
    featured_community: bool,
    #[serde(deserialize_with = "lenient")]
    featured_local: bool,
}

/// A comment, of either interface.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Comment {
    pub(super) id: i64,
    #[serde(deserialize_with = "lenient")]
    creator_id: i64,
    #[serde(deserialize_with = "lenient")]
    pub(super) post_id: i64,
    content: String,
    #[serde(deserialize_with = "lenient")]
    removed: bool,
    #[serde(deserialize_with = "lenient")]
    deleted: bool,
    #[serde(deserialize_with = "lenient")]
    locked: bool,
    #[serde(alias = "published_at", deserialize_with = "lenient")]
    published: Option<String>,
    #[serde(alias = "updated_at", deserialize_with = "lenient")]
    updated: Option<String>,
    /// The comments above, from `0`, down to this one: `0.24.27`.
    #[serde(deserialize_with = "lenient")]
    path: String,
    #[serde(deserialize_with = "lenient")]
    language_id: i64,
}

/// A private message, of either interface.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Message {
    pub(super) id: i64,
    #[serde(deserialize_with = "lenient")]
    pub(super) creator_id: i64,
    #[serde(deserialize_with = "lenient")]
    pub(super) recipient_id: i64,
    content: String,
    #[serde(deserialize_with = "lenient")]
    deleted: bool,
    #[serde(deserialize_with = "lenient")]
    removed: bool,
    #[serde(alias = "published_at", deserialize_with = "lenient")]
    published: Option<String>,
    #[serde(alias = "updated_at", deserialize_with = "lenient")]
    updated: Option<String>,
}

/// A community.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Community {
    /// From 0.19.4 on: who may see it.
    #[serde(deserialize_with = "lenient")]
    visibility: String,
    #[serde(deserialize_with = "lenient")]
    hidden: bool,
}

/// A post, comment or message with what goes with it. What it is shows in which of them is there: a comment comes
/// with the post that it is below.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    pub(super) post: Option<Post>,
    pub(super) comment: Option<Comment>,
    pub(super) private_message: Option<Message>,
    #[serde(deserialize_with = "lenient")]
    creator: Person,
    #[serde(deserialize_with = "lenient")]
    community: Community,
}

impl View {
    /// The id of what it is.
    pub(super) fn native_id(&self) -> Option<String> {
        let message = self.private_message.as_ref().map(|message| format!("message/{}", message.id));
        let comment = self.comment.as_ref().map(|comment| comment_id(comment.id));
        message.or(comment).or_else(|| self.post.as_ref().map(|post| post_id(post.id)))
    }

    /// When it was published.
    pub(super) fn at(&self) -> Option<Timestamp> {
        let message = self.private_message.as_ref().map(|message| &message.published);
        let comment = self.comment.as_ref().map(|comment| &comment.published);
        let post = self.post.as_ref().map(|post| &post.published);
        moment(message.or(comment).or(post)?.as_deref())
    }

    /// Whether it hangs at the top of its listing, whatever its age.
    pub(super) fn is_pinned(&self) -> bool {
        let post = self.post.as_ref().filter(|_| self.comment.is_none());
        post.is_some_and(|post| post.featured_community || post.featured_local)
    }

    /// The item. `None` when there is nothing in it.
    pub(super) fn item(self, server: &Server, known: &Known, me: Option<&Person>) -> Option<Item> {
        let native_id = self.native_id()?;
        let language = |id: i64| known.languages.get(&id).cloned();
        let item = if let Some(message) = self.private_message {
            let gone = message.deleted || message.removed;
            let own = me.is_some_and(|me| me.id == message.creator_id);
            Item {
                text: message.content,
                claimed: moment(message.published.as_deref()),
                edited: moment(message.updated.as_deref()),
                visibility: Visibility::Private,
                addressed: !own,
                own,
                deleted: gone,
                ..Item::default()
            }
        } else if let Some(comment) = self.comment {
            let closed = comment.locked || self.post.as_ref().is_some_and(|post| post.locked);
            Item {
                claimed: moment(comment.published.as_deref()),
                edited: moment(comment.updated.as_deref()),
                parent: Some(above(&comment)),
                root: Some(post_id(comment.post_id)),
                lang: language(comment.language_id),
                visibility: self.community.seen_by(),
                own: me.is_some_and(|me| me.id == comment.creator_id),
                deleted: comment.deleted || comment.removed,
                answerable: answerable(closed),
                content_warning: self.post.as_ref().filter(|post| post.nsfw).map(|_| "NSFW".to_owned()),
                text: comment.content,
                ..Item::default()
            }
        } else {
            let post = self.post?;
            Item {
                claimed: moment(post.published.as_deref()),
                edited: moment(post.updated.as_deref()),
                lang: language(post.language_id),
                visibility: self.community.seen_by(),
                own: me.is_some_and(|me| me.id == post.creator_id),
                deleted: post.deleted || post.removed,
                answerable: answerable(post.locked),
                content_warning: post.nsfw.then(|| "NSFW".to_owned()),
                links: post.url.into_iter().collect(),
                image_descriptions: post.alt_text.into_iter().filter(|text| !text.is_empty()).collect(),
                title: Some(post.name),
                text: post.body.unwrap_or_default(),
                ..Item::default()
            }
        };
        if item.deleted {
            return Some(Item { native_id, deleted: true, ..Item::default() });
        }
        let url = match item.visibility {
            Visibility::Private if native_id.starts_with("message/") => server.page("inbox"),
            _ => server.page(&native_id),
        };
        Some(marked_up(Item { native_id, url, author: self.creator.author(), ..item }))
    }
}

impl Community {
    fn seen_by(&self) -> Visibility {
        match self.visibility.to_ascii_lowercase().replace('_', "").as_str() {
            "private" | "localonly" | "localonlyprivate" => Visibility::Private,
            "unlisted" => Visibility::Unlisted,
            _ if self.hidden => Visibility::Unlisted,
            _ => Visibility::Public,
        }
    }
}

/// The id of a post.
pub(super) fn post_id(id: i64) -> String {
    format!("post/{id}")
}

/// The id of a comment.
pub(super) fn comment_id(id: i64) -> String {
    format!("comment/{id}")
}

/// What a comment answers.
pub(super) fn above(comment: &Comment) -> String {
    let above = comment.path.rsplit('.').nth(1).and_then(|id| id.parse::<i64>().ok()).filter(|id| *id > 0);
    above.map_or_else(|| post_id(comment.post_id), comment_id)
}

fn answerable(closed: bool) -> Answerable {
    if closed { Answerable::Nowhere } else { Answerable::AsSource }
}

/// A time of the server; without a zone it is UTC (before 0.19).
pub(super) fn moment(text: Option<&str>) -> Option<Timestamp> {
    let text = text?.trim();
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

/// Adds the links and image descriptions that stand in Markdown.
fn marked_up(mut item: Item) -> Item {
    let text = item.text.as_str();
    for (at, _) in text.match_indices("http") {
        let rest = text.get(at..).unwrap_or_default();
        if !(rest.starts_with("https://") || rest.starts_with("http://")) {
            continue;
        }
        let end = rest.find(|sign: char| sign.is_whitespace() || "<>()[]\"'`|".contains(sign)).unwrap_or(rest.len());
        let link = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', ':', '!', '?', '*']);
        if link.len() > "https://".len() && !item.links.iter().any(|known| known == link) && item.links.len() < 100 {
            item.links.push(link.to_owned());
        }
    }
    for piece in text.split("![").skip(1) {
        let description = piece.split_once("](").map(|(description, _)| description.trim());
        if let Some(description) = description.filter(|words| !words.is_empty() && !words.contains('\n')) {
            item.image_descriptions.push(description.to_owned());
        }
    }
    item
}

/// How far a clock of the server and ours may be apart.
pub(super) const CLOCKS: SignedDuration = SignedDuration::from_mins(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_a_zone_are_utc() {
        let expected: Timestamp = "2026-11-22T05:32:13.228555Z".parse().unwrap();
        assert_eq!(moment(Some("2026-11-22T05:32:13.228555")), Some(expected));
        assert_eq!(moment(Some("2026-11-22T05:32:13.228555Z")), Some(expected));
        assert_eq!(moment(Some("2026-11-22T07:32:13.228555+02:00")), Some(expected));
        assert_eq!((moment(Some("yesterday")), moment(None)), (None, None));
    }

    #[test]
    fn links_and_image_descriptions_stand_in_the_markdown() {
        let text = "see [this](https://a.example/x), <https://b.example/?q=1>. ![a snapped chain](https://c.example/1.png)\
                    \nhttps://a.example/x! httpx ![](https://d.example/)";
        let item = marked_up(Item { text: text.into(), ..Item::default() });
        let links = ["https://a.example/x", "https://b.example/?q=1", "https://c.example/1.png", "https://d.example/"];
        assert_eq!(
            (item.links, item.image_descriptions),
            (links.map(str::to_owned).to_vec(), vec!["a snapped chain".to_owned()])
        );
    }

    #[test]
    fn the_path_tells_what_a_comment_answers() {
        let of = |path: &str| above(&Comment { id: 27, post_id: 5, path: path.into(), ..Comment::default() });
        assert_eq!((of("0.24.27").as_str(), of("0.27").as_str(), of("").as_str()), ("comment/24", "post/5", "post/5"));
    }
}
