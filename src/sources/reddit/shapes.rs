//! Reddit's things, and how they become items (wiki JSON; reddit.com/dev/api, "fullnames").

use serde::Deserialize;

use crate::domain::{Answerable, Author, Item, Timestamp, Visibility};
use crate::sources::api::Api;
use crate::sources::feed::words::of_html;
use crate::sources::odd::lenient;

/// A page of things.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Listing {
    pub(super) data: Page,
}

/// See [`Listing`].
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Page {
    pub(super) children: Vec<Thing>,
    /// The thing after which the next page begins.
    #[serde(deserialize_with = "lenient")]
    pub(super) after: Option<String>,
}

/// A post (t3), comment (t1), message (t4), person (t2), subreddit (t5) or a place for more of them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Thing {
    pub(super) kind: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) data: Data,
}

/// Fields of all kinds of things; what a kind lacks is empty.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Data {
    #[serde(deserialize_with = "lenient")]
    pub(super) name: String,
    #[serde(deserialize_with = "lenient")]
    author: Option<String>,
    #[serde(deserialize_with = "lenient")]
    author_fullname: Option<String>,
    #[serde(deserialize_with = "lenient")]
    created_utc: Option<f64>,
    /// `false`, or seconds since 1970.
    #[serde(deserialize_with = "lenient")]
    edited: Option<f64>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    selftext: Option<String>,
    #[serde(deserialize_with = "lenient")]
    selftext_html: Option<String>,
    #[serde(deserialize_with = "lenient")]
    body: Option<String>,
    #[serde(deserialize_with = "lenient")]
    body_html: Option<String>,
    #[serde(deserialize_with = "lenient")]
    subject: Option<String>,
    /// Whom a message is for.
    #[serde(deserialize_with = "lenient")]
    dest: Option<String>,
    /// The first message of an exchange.
    #[serde(deserialize_with = "lenient")]
    first_message_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    is_self: bool,
    #[serde(deserialize_with = "lenient")]
    permalink: Option<String>,
    /// The permalink of a comment in the inbox.
    #[serde(deserialize_with = "lenient")]
    context: Option<String>,
    #[serde(deserialize_with = "lenient")]
    parent_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) link_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    crosspost_parent: Option<String>,
    #[serde(deserialize_with = "lenient")]
    num_crossposts: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    subreddit_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    over_18: bool,
    #[serde(deserialize_with = "lenient")]
    spoiler: bool,
    #[serde(deserialize_with = "lenient")]
    locked: bool,
    #[serde(deserialize_with = "lenient")]
    archived: bool,
    /// Why a post was taken away: `deleted` by its author, `moderator` and others.
    #[serde(deserialize_with = "lenient")]
    removed_by_category: Option<String>,
    /// Comments below: a listing, or empty text.
    #[serde(deserialize_with = "lenient")]
    pub(super) replies: Option<Listing>,
}

/// Our own account, and other people.
#[derive(Deserialize, Default, Debug)]
#[serde(default)]
pub(super) struct Me {
    /// Without the `t2_` in front.
    #[serde(deserialize_with = "lenient")]
    pub(super) id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) name: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) is_suspended: bool,
    #[serde(deserialize_with = "lenient")]
    subreddit: Option<Profile>,
}

#[derive(Deserialize, Default, Debug)]
#[serde(default)]
struct Profile {
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    subscribers: Option<u64>,
}

impl Me {
    /// The person as an author.
    pub(super) fn author(&self) -> Author {
        let profile = self.subreddit.as_ref();
        Author {
            native_id: Some(&self.id).filter(|id| !id.is_empty()).map(|id| format!("t2_{id}")),
            handle: Some(self.name.clone()).filter(|name| !name.is_empty()),
            name: profile.and_then(|profile| profile.title.clone()).filter(|title| !title.is_empty()),
            followers: profile.and_then(|profile| profile.subscribers),
        }
    }

    /// Whether an author is we: by id, and by name where there is no id. Names are given to one account for ever
    /// and differ by more than case.
    fn wrote(&self, id: Option<&str>, name: Option<&str>) -> bool {
        match id.and_then(|id| id.strip_prefix("t2_")) {
            Some(id) => !self.id.is_empty() && id == self.id,
            None => name.is_some_and(|name| !self.name.is_empty() && name.eq_ignore_ascii_case(&self.name)),
        }
    }
}

impl Data {
    /// Whether its author or the site took it down.
    fn is_gone(&self) -> bool {
        let words = self.body.as_deref().or(self.selftext.as_deref()).unwrap_or_default();
        self.removed_by_category.is_some() || matches!(words, "[deleted]" | "[removed]")
    }

    /// The words as they were written, with the headline of a post before them.
    pub(super) fn written(&self) -> String {
        let words = self.body.as_deref().or(self.selftext.as_deref()).unwrap_or_default();
        match self.title.as_deref() {
            Some(title) => format!("{title}\n{words}"),
            None => words.to_owned(),
        }
    }

    /// What it answers.
    pub(super) fn parent(&self) -> Option<&str> {
        self.parent_id.as_deref()
    }

    /// The time that it claims.
    pub(super) fn at(&self) -> Option<Timestamp> {
        moment(self.created_utc)
    }
}

impl Thing {
    /// The item. `None` when it is no post, comment or message.
    pub(super) fn item(self, front: &Api, me: &Me) -> Option<Item> {
        let Self { kind, data } = self;
        if data.name.is_empty() || !matches!(kind.as_str(), "t1" | "t3" | "t4") {
            return None;
        }
        if data.is_gone() {
            return Some(Item { native_id: data.name, deleted: true, ..Item::default() });
        }
        let own = me.wrote(data.author_fullname.as_deref(), data.author.as_deref());
        let item = match kind.as_str() {
            "t4" => message(data, front, own),
            _ => post(data, kind == "t3", front),
        };
        Some(Item { own, ..item })
    }
}

fn post(data: Data, is_link: bool, front: &Api) -> Item {
    let public = !matches!(data.subreddit_type.as_deref(), Some("private" | "employees_only" | "gold_only"));
    let closed = data.locked || data.archived;
    let warning = match (data.over_18, data.spoiler) {
        (true, _) => Some("NSFW".to_owned()),
        (false, true) => Some("spoiler".to_owned()),
        _ => None,
    };
    let context = data.context.as_deref().map(|context| context.split('?').next().unwrap_or_default().to_owned());
    let permalink = data.permalink.clone().or(context).filter(|path| path.starts_with('/'));
    let html = data.body_html.as_deref().or(data.selftext_html.as_deref());
    let words = of_html(html.unwrap_or_default(), Some(front.base()));
    let plain = data.body.as_deref().or(data.selftext.as_deref()).unwrap_or_default();
    let mut links: Vec<String> = data.url.clone().filter(|_| is_link && !data.is_self).into_iter().collect();
    links.extend(words.links);
    Item {
        url: permalink.and_then(|path| front.url(&path, &[]).ok()).map(String::from),
        title: data.title.clone().filter(|_| is_link),
        text: if html.is_some() { words.text } else { plain.to_owned() },
        claimed: data.at(),
        edited: moment(data.edited),
        links,
        image_descriptions: words.images,
        parent: data.parent_id.clone().filter(|_| !is_link),
        root: data.link_id.clone().filter(|_| !is_link),
        repost_of: data.crosspost_parent.clone(),
        reposts: data.num_crossposts,
        visibility: if public { Visibility::Public } else { Visibility::Private },
        answerable: if closed { Answerable::Nowhere } else { Answerable::AsSource },
        content_warning: warning,
        author: author(data.author, data.author_fullname),
        native_id: data.name,
        ..Item::default()
    }
}

fn message(data: Data, front: &Api, own: bool) -> Item {
    let id = data.name.trim_start_matches("t4_");
    let words = of_html(data.body_html.as_deref().unwrap_or_default(), Some(front.base()));
    let first = data.first_message_name.clone().filter(|first| *first != data.name);
    // What a subreddit or the site itself sends has no author that could be answered.
    let nobody = data.author.is_none() || data.dest.as_deref().is_some_and(|to| to.starts_with('#'));
    Item {
        url: front.url(&format!("message/messages/{id}"), &[]).ok().map(String::from),
        title: data.subject.clone().filter(|subject| !subject.is_empty()),
        text: if data.body_html.is_some() { words.text } else { data.body.clone().unwrap_or_default() },
        claimed: data.at(),
        links: words.links,
        parent: data.parent_id.clone(),
        root: first,
        visibility: Visibility::Private,
        addressed: !own,
        answerable: if nobody && !own { Answerable::InBrowser } else { Answerable::AsSource },
        author: author(data.author, data.author_fullname),
        native_id: data.name,
        ..Item::default()
    }
}

fn author(name: Option<String>, id: Option<String>) -> Author {
    let name = name.filter(|name| name != "[deleted]");
    Author { native_id: id, handle: name, ..Author::default() }
}

fn moment(seconds: Option<f64>) -> Option<Timestamp> {
    let seconds = seconds.filter(|seconds| *seconds > 0.0)?;
    Timestamp::from_millisecond((seconds * 1_000.0) as i64).ok()
}
