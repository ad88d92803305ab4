//! Writing mentions: both halves of the row and all traces.

use sqlx::sqlite::SqliteConnection;

use super::{Kept, people, traces};
use crate::domain::{Answerable, Item};
use crate::store::NewMention;
use crate::store::sqlite::bulk::{Cell, Insert};
use crate::store::sqlite::codec::{self, capped, flag, list};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::to_millis;
use crate::store::sqlite::words;

/// Longest text, in bytes.
const TEXT: usize = 64 << 10;
/// Longest headline, in bytes.
const TITLE: usize = 4_000;
/// Longest address, id or description, in bytes.
const SMALL: usize = 4_000;
/// Most links, and most described images.
const MOST: usize = 50;

const MENTION: Insert = Insert {
    head: "INSERT OR REPLACE INTO mention (place, id, source, network, story, read, private, marks, similar, answered)",
    width: 10,
    tail: "",
    most: 64,
};

const BODY: Insert = Insert {
    head: "INSERT OR REPLACE INTO body (id, place, content, native_id, keys, first_seen, edited_at, claimed, flags,
        visibility, person, readings, fingerprint, lang, url, author, title, text, images, links, watches, parent,
        root, repost_of, reposts, realm, warning, thread)",
    width: 28,
    tail: "",
    most: 64,
};

/// The foreign words of an item, bounded as they are stored.
pub(super) struct Texts {
    warning: Option<String>,
    title: Option<String>,
    text: String,
    images: Option<String>,
}

impl Texts {
    /// The words of the item.
    pub(super) fn of(new: &NewMention) -> Self {
        let images = new.item.image_descriptions.iter().take(MOST).map(|image| capped(image, SMALL));
        Self {
            warning: head(new.item.content_warning.as_deref()),
            title: head(new.item.title.as_deref()),
            text: body_text(&new.item.text),
            images: list(images.collect::<Vec<_>>().iter().map(String::as_str)),
        }
    }

    /// What the full-text index shall know of them.
    pub(super) fn words(&self) -> String {
        words::of_texts([
            self.warning.as_deref().unwrap_or_default(),
            self.title.as_deref().unwrap_or_default(),
            &self.text,
            self.images.as_deref().unwrap_or_default(),
        ])
    }
}

/// A headline or content warning as it is stored.
pub(super) fn head(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(|text| capped(text, TITLE))
}

/// The words of an item as they are stored.
pub(super) fn body_text(text: &str) -> String {
    capped(text, TEXT)
}

/// An id or address as it is stored.
pub(super) fn small(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(|text| capped(text, SMALL))
}

/// The flags of an item.
pub(super) fn flags(item: &Item, history: bool, addressed: bool) -> i64 {
    let marks = [(history, flag::HISTORY), (addressed, flag::ADDRESSED), (item.own, flag::OWN)];
    let answerable = match item.answerable {
        Answerable::AsSource => 0,
        Answerable::InBrowser => flag::IN_BROWSER,
        Answerable::Nowhere => flag::NOWHERE,
    };
    marks.into_iter().filter(|(set, _)| *set).fold(answerable, |flags, (_, flag)| flags | flag)
}

/// The address of an item as it is stored.
pub(super) fn address(new: &NewMention) -> Option<String> {
    new.item.url.as_deref().filter(|url| !url.is_empty()).map(|url| capped(url, SMALL))
}

/// A mention that is about to be written.
pub(super) struct Draft<'a> {
    /// Its traces.
    pub(super) kept: Kept,
    /// What the source saw.
    pub(super) new: &'a NewMention,
    /// Its words.
    pub(super) texts: Texts,
}

/// Writes drafts, new ones or over what was there; old traces must be gone. Returns what was written.
pub(super) async fn write(conn: &mut SqliteConnection, drafts: Vec<Draft<'_>>, since: i64) -> Done<Vec<Kept>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let mut mentions = Vec::with_capacity(drafts.len() * MENTION.width);
    let mut bodies = Vec::with_capacity(drafts.len() * BODY.width);
    let mut written = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let kept = draft.kept.clone();
        mentions.extend([
            Cell::Int(kept.place),
            Cell::Int(kept.id),
            Cell::Int(kept.source),
            Cell::Int(kept.network),
            Cell::Int(kept.story),
            Cell::from(kept.read),
            Cell::from(kept.is_private()),
            Cell::Int(kept.marks()),
            Cell::from(kept.fingerprint.similar.filter(|_| !kept.is_private()).map(u64::cast_signed)),
            Cell::from(kept.answered),
        ]);
        bodies.extend(body(draft));
        written.push(kept);
    }
    MENTION.run(conn, mentions).await?;
    BODY.run(conn, bodies).await?;
    traces::add(conn, &written, since).await?;
    Ok(written)
}

fn body(draft: Draft<'_>) -> [Cell; 28] {
    let Draft { kept, new, texts } = draft;
    let item = &new.item;
    let links: Vec<String> = item.links.iter().take(MOST).map(|link| capped(link, SMALL)).collect();
    let watches: Vec<String> = kept.watches.iter().map(ToString::to_string).collect();
    let [parent, root] = kept.thread;
    [
        Cell::Int(kept.id),
        Cell::Int(kept.place),
        Cell::Int(new.content.cast_signed()),
        Cell::Text(kept.native_id),
        Cell::Bytes(codec::numbers(&kept.keys)),
        Cell::Int(kept.first_seen),
        Cell::from(kept.edited_at),
        Cell::from(item.claimed.map(to_millis)),
        Cell::Int(flags(item, kept.history, kept.addressed)),
        Cell::Int(codec::visibility(kept.visibility)),
        Cell::from(kept.person),
        Cell::Bytes(codec::readings(&kept.readings)),
        Cell::Bytes(codec::fingerprint(&kept.fingerprint)),
        Cell::from(small(new.lang.as_deref())),
        Cell::from(kept.url),
        Cell::from(people::plain_name(&item.author)),
        Cell::from(texts.title),
        Cell::Text(texts.text),
        Cell::from(texts.images),
        Cell::from(list(links.iter().map(String::as_str))),
        Cell::from(list(watches.iter().map(String::as_str))),
        Cell::from(parent),
        Cell::from(root),
        Cell::from(small(item.repost_of.as_deref())),
        Cell::from(item.reposts.and_then(|count| i64::try_from(count).ok())),
        Cell::from((kept.realm != kept.source).then_some(kept.realm)),
        Cell::from(texts.warning),
        Cell::from(kept.thread_name),
    ]
}
