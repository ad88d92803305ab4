//! A post of a server as an item.

use crate::domain::{Answerable, Author, Item, Timestamp, Visibility};
use crate::sources::feed::words::{of_html, web_address};

use super::entities::{Account, MayReply, Status};
use super::server::{Me, full_handle};

/// Longest list of links that is kept.
const LINKS: usize = 50;

/// Whose view a post is read in.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// The domain of the server's own accounts.
    pub domain: &'a str,
    /// The account, if there is one.
    pub me: Option<&'a Me>,
}

/// Who may read a post. What a server invents (`local`, `list`) is taken for private.
pub(super) fn visibility(named: &str) -> Visibility {
    match named {
        "public" | "" => Visibility::Public,
        "unlisted" => Visibility::Unlisted,
        _ => Visibility::Private,
    }
}

/// A moment as servers write it.
pub(super) fn moment(written: Option<&str>) -> Option<Timestamp> {
    written?.trim().parse().ok()
}

impl View<'_> {
    /// An account as an author.
    pub(super) fn author(&self, account: &Account) -> Author {
        let own = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        Author {
            native_id: own(&account.id),
            handle: own(&full_handle(&account.acct, self.domain)),
            name: own(&account.display_name),
            followers: account.followers_count,
        }
    }

    /// Whether this is our account: by its id, never by its handle, which servers write in several ways.
    pub(super) fn is_me(&self, id: &str) -> bool {
        !id.is_empty() && self.me.is_some_and(|me| me.id == id)
    }

    fn names_me(&self, status: &Status) -> bool {
        let Some(me) = self.me else { return false };
        status.in_reply_to_account_id.as_deref() == Some(me.id.as_str())
            || status.mentions.iter().any(|named| named.id == me.id || (me.url.is_some() && named.url == me.url))
    }

    /// A post as an item. A repost carries the words of what it repeats.
    pub(super) fn item(&self, status: &Status) -> Item {
        let shown = status.reblog.as_deref().unwrap_or(status);
        let words = of_html(&shown.content, None);
        let own = self.is_me(&status.account.id);
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let visible = visibility(&status.visibility);
        Item {
            native_id: status.id.clone(),
            url: address(status).or_else(|| address(shown)),
            text: with_poll(words.text, shown),
            author: self.author(&status.account),
            claimed: moment(status.created_at.as_deref()),
            edited: moment(shown.edited_at.as_deref()),
            lang: shown.language.as_deref().and_then(text),
            links: links(words.links, shown),
            image_descriptions: shown
                .media_attachments
                .iter()
                .filter_map(|media| text(media.description.as_deref()?))
                .collect(),
            parent: status.in_reply_to_id.clone(),
            root: None,
            repost_of: status.reblog.as_ref().map(|original| original.id.clone()).filter(|id| !id.is_empty()),
            reposts: shown.reblogs_count,
            visibility: visible,
            addressed: !own && self.names_me(status),
            own,
            answerable: self.answerable(status),
            content_warning: text(&shown.spoiler_text),
            ..Item::default()
        }
    }

    /// GoToSocial lets authors say who may answer; who is named may always, and elsewhere everybody may.
    fn answerable(&self, status: &Status) -> Answerable {
        let rule = status.interaction_policy.as_ref().and_then(|policy| policy.can_reply.as_ref());
        let Some(MayReply { always, with_approval }) = rule else { return Answerable::AsSource };
        let nobody_else =
            always.iter().chain(with_approval).all(|who| matches!(who.as_str(), "author" | "me" | "mentioned"));
        let nobody = nobody_else && !(always.iter().any(|who| who == "mentioned") && self.names_me(status));
        if nobody && !self.is_me(&status.account.id) { Answerable::Nowhere } else { Answerable::AsSource }
    }

    /// A post that was taken down.
    pub(super) fn deleted(id: &str) -> Item {
        Item { native_id: id.to_owned(), deleted: true, ..Item::default() }
    }
}

fn address(status: &Status) -> Option<String> {
    [&status.url, &status.uri].into_iter().flatten().find_map(|link| web_address(link, None))
}

/// The choices of a poll are words of the post too.
fn with_poll(mut text: String, status: &Status) -> String {
    for option in status.poll.iter().flat_map(|poll| &poll.options).filter(|option| !option.title.trim().is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("- ");
        text.push_str(option.title.trim());
    }
    text
}

/// What the post links to, without the people and hashtags that it names.
fn links(found: Vec<String>, status: &Status) -> Vec<String> {
    let named: Vec<String> = status
        .mentions
        .iter()
        .map(|person| &person.url)
        .chain(status.tags.iter().map(|tag| &tag.url))
        .flatten()
        .filter_map(|link| web_address(link, None))
        .chain(marked(&status.content))
        .collect();
    let card = status.card.as_ref().and_then(|card| web_address(card.url.as_deref()?, None));
    let mut links: Vec<String> = Vec::new();
    for link in found.into_iter().chain(card) {
        if !named.contains(&link) && !links.contains(&link) && links.len() < LINKS {
            links.push(link);
        }
    }
    links
}

/// Links that are marked as people or hashtags (`class="u-url mention"`); some servers tell of them nowhere else.
fn marked(html: &str) -> impl Iterator<Item = String> {
    html.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let class = attribute(tag, "class")?;
        let is_marked = class.split_whitespace().any(|class| matches!(class, "mention" | "hashtag"));
        is_marked.then(|| web_address(&attribute(tag, "href")?.replace("&amp;", "&"), None)).flatten()
    })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!("{name}=\""))?;
    after.split('"').next()
}
