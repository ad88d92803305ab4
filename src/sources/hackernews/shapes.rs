//! What the two interfaces answer, and how it becomes items.

use serde::Deserialize;

use crate::domain::{Answerable, Author, Item, Timestamp};
use crate::sources::feed::words::{of_html, of_title};
use crate::sources::odd::lenient;

/// The answer of a search.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Found {
    pub(super) hits: Vec<serde_json::Value>,
    #[serde(rename = "nbHits", deserialize_with = "lenient")]
    pub(super) all: u64,
    #[serde(rename = "hitsPerPage", deserialize_with = "lenient")]
    pub(super) per_page: usize,
}

/// One hit of a search.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Hit {
    #[serde(rename = "objectID")]
    pub(super) id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) created_at_i: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    author: Option<String>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    story_text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    comment_text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    parent_id: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    story_id: Option<u64>,
}

impl Hit {
    /// The item. `None` when it has no id.
    pub(super) fn item(self) -> Option<Item> {
        let id = self.id.parse().ok()?;
        let html = self.comment_text.or(self.story_text);
        let item = made(id, self.author, self.title, html, self.url, self.created_at_i);
        // A story is found with itself as its story.
        let parent = self.parent_id.filter(|parent| *parent != id);
        let root = self.story_id.filter(|story| *story != id && parent.is_some());
        Some(Item { parent: parent.map(text), root: root.map(text), ..item })
    }
}

/// An item as Firebase knows it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Known {
    pub(super) id: u64,
    #[serde(deserialize_with = "lenient")]
    pub(super) deleted: bool,
    #[serde(deserialize_with = "lenient")]
    pub(super) dead: bool,
    #[serde(deserialize_with = "lenient")]
    pub(super) by: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) time: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) parent: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) kids: Vec<u64>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
}

impl Known {
    /// Whether it may not be shown any more: its author deleted it, or the site took it away.
    pub(super) fn is_gone(&self) -> bool {
        self.deleted || self.dead
    }

    /// The item. Nothing is kept of one that is gone.
    pub(super) fn item(self, root: Option<u64>) -> Item {
        if self.is_gone() {
            return Item { native_id: text(self.id), deleted: true, ..Item::default() };
        }
        let root = root.filter(|root| *root != self.id);
        let item = made(self.id, self.by, self.title, self.text, self.url, self.time);
        Item { parent: self.parent.map(text), root: root.map(text), ..item }
    }
}

/// A post with everything below it, as the search knows it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Branch {
    pub(super) id: u64,
    #[serde(deserialize_with = "lenient")]
    created_at_i: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    author: Option<String>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    parent_id: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) story_id: Option<u64>,
    pub(super) children: Vec<Branch>,
}

impl Branch {
    /// The post and all below it. What was deleted has neither author nor words, and is left out.
    pub(super) fn items(self) -> Vec<Item> {
        let root = self.story_id.unwrap_or(self.id);
        let mut items = Vec::new();
        let mut left = vec![self];
        while let Some(branch) = left.pop() {
            left.extend(branch.children);
            if branch.author.is_none() && branch.text.is_none() && branch.title.is_none() {
                continue;
            }
            let item = made(branch.id, branch.author, branch.title, branch.text, branch.url, branch.created_at_i);
            let parent = branch.parent_id;
            items.push(Item { parent: parent.map(text), root: parent.is_some().then(|| text(root)), ..item });
        }
        items
    }
}

/// A person.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) id: String,
    /// Everything that the person wrote, the newest first.
    #[serde(deserialize_with = "lenient")]
    pub(super) submitted: Vec<u64>,
}

/// The author of this name: the name is the id.
pub(super) fn author(name: &str) -> Author {
    Author { native_id: Some(name.to_owned()), handle: Some(name.to_owned()), ..Author::default() }
}

fn made(
    id: u64,
    by: Option<String>,
    title: Option<String>,
    html: Option<String>,
    url: Option<String>,
    time: Option<i64>,
) -> Item {
    let place = format!("https://news.ycombinator.com/item?id={id}");
    let words = of_html(html.as_deref().unwrap_or_default(), place.parse().ok().as_ref());
    let mut links: Vec<String> = url.into_iter().filter(|url| !url.is_empty()).collect();
    links.extend(words.links);
    Item {
        native_id: text(id),
        url: Some(place),
        title: title.filter(|title| !title.is_empty()).map(|title| of_title(&title)),
        text: words.text,
        author: by.as_deref().map(author).unwrap_or_default(),
        claimed: time.and_then(|second| Timestamp::from_second(second).ok()),
        links,
        image_descriptions: words.images,
        answerable: Answerable::InBrowser,
        ..Item::default()
    }
}

fn text(id: u64) -> String {
    id.to_string()
}
