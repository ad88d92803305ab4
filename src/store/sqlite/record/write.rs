//! Writing mentions: both halves of the row and all traces.

use sqlx::sqlite::SqliteConnection;

use super::{Kept, people, traces};
use crate::store::NewMention;
use crate::store::sqlite::bulk::{Cell, Insert};
use crate::store::sqlite::codec::{self, capped, list};
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
    head: "INSERT OR REPLACE INTO mention (place, id, source, network, story, read, private, marks, similar)",
    width: 9,
    tail: "",
    most: 64,
};

const BODY: Insert = Insert {
    head: "INSERT OR REPLACE INTO body (id, place, content, native_id, keys, first_seen, edited_at, claimed, flags,
        visibility, person, readings, fingerprint, lang, url, author, title, text, images, links, watches, parent,
        root, repost_of, reposts)",
    width: 25,
    tail: "",
    most: 64,
};

/// The foreign words of an item, bounded as they are stored.
pub(super) struct Texts {
    title: Option<String>,
    text: String,
    images: Option<String>,
}

impl Texts {
    /// The words of the item.
    pub(super) fn of(new: &NewMention) -> Self {
        let images = new.item.image_descriptions.iter().take(MOST).map(|image| capped(image, SMALL));
        Self {
            title: new.item.title.as_deref().filter(|title| !title.is_empty()).map(|title| capped(title, TITLE)),
            text: capped(&new.item.text, TEXT),
            images: list(images.collect::<Vec<_>>().iter().map(String::as_str)),
        }
    }

    /// What the full-text index shall know of them.
    pub(super) fn words(&self) -> String {
        words::of_texts([
            self.title.as_deref().unwrap_or_default(),
            &self.text,
            self.images.as_deref().unwrap_or_default(),
        ])
    }
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
    /// When it was last seen to change, in milliseconds.
    pub(super) edited_at: Option<i64>,
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
            Cell::from(kept.fingerprint.similar.map(u64::cast_signed)),
        ]);
        bodies.extend(body(draft));
        written.push(kept);
    }
    MENTION.run(conn, mentions).await?;
    BODY.run(conn, bodies).await?;
    traces::add(conn, &written, since).await?;
    Ok(written)
}

fn body(draft: Draft<'_>) -> [Cell; 25] {
    let Draft { kept, new, texts, edited_at } = draft;
    let item = &new.item;
    let small = |text: Option<&str>| Cell::from(text.filter(|text| !text.is_empty()).map(|text| capped(text, SMALL)));
    let links: Vec<String> = item.links.iter().take(MOST).map(|link| capped(link, SMALL)).collect();
    let watches: Vec<String> = new.matches.iter().map(|watch| watch.0.to_string()).collect();
    let flags = i64::from(kept.history) | i64::from(item.addressed) << 1 | i64::from(item.own) << 2;
    [
        Cell::Int(kept.id),
        Cell::Int(kept.place),
        Cell::Int(new.content.cast_signed()),
        Cell::Text(kept.native_id),
        Cell::Bytes(codec::numbers(&kept.keys)),
        Cell::Int(kept.first_seen),
        Cell::from(edited_at),
        Cell::from(item.claimed.map(to_millis)),
        Cell::Int(flags),
        Cell::Int(codec::visibility(kept.visibility)),
        Cell::from(kept.person),
        Cell::Bytes(codec::readings(&kept.readings)),
        Cell::Bytes(codec::fingerprint(&kept.fingerprint)),
        small(new.lang.as_deref()),
        Cell::from(kept.url),
        Cell::from(people::plain_name(&item.author)),
        Cell::from(texts.title),
        Cell::Text(texts.text),
        Cell::from(texts.images),
        Cell::from(list(links.iter().map(String::as_str))),
        Cell::from(list(watches.iter().map(String::as_str))),
        small(item.parent.as_deref()),
        small(item.root.as_deref()),
        small(item.repost_of.as_deref()),
        Cell::from(item.reposts.and_then(|count| i64::try_from(count).ok())),
    ]
}
