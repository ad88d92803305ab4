//! Which entry is which, however its feed names it: entries become items with an identity that lasts.
//!
//! An entry is known by its id, else its link, else a hash of its words. An id that several entries of one
//! document share is no identity: their links, and where those are the same too their words, tell them apart.
//! Aliases recognise an entry whose feed changed all its ids.

use std::collections::{HashMap, HashSet};

use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use crate::domain::{Author, Item, Timestamp};

use super::parse::{Entry, ParsedFeed};

/// Dates before this one (1990-01-01) are made up: the zero of some clock.
const EARLIEST: i64 = 631_152_000;
/// Longest id that is kept as it is, in bytes.
const LONGEST_ID: usize = 512;
/// Most ids that are remembered to be shared.
const MOST_SHARED: usize = 100;

/// The items of a feed.
pub(super) struct Identified {
    /// In the feed's order.
    pub(super) items: Vec<Item>,
    /// Entries that were left out because there were more than the cap, oldest first.
    pub(super) cut: usize,
    /// Hashes of ids that are known to be shared, from before and from this document.
    pub(super) shared: Vec<String>,
}

/// Turns entries into at most `most` items. `shared` is what [`Identified::shared`] was the last time.
pub(super) fn identify(feed: ParsedFeed, most: usize, shared: &[String]) -> Identified {
    let ParsedFeed { entries, home, .. } = feed;
    let found = entries.len();
    let entries = newest(entries, most);
    let cut = found - entries.len();
    let ids = Ids::of(&entries, shared);
    let mut aliases: Vec<Vec<String>> = entries.iter().map(|entry| aliases(entry, home.as_deref())).collect();
    let names: Vec<String> = entries.iter().map(|entry| ids.name(entry)).collect();
    drop_ambiguous(&names, &mut aliases);
    let mut seen = HashSet::new();
    let items = entries.into_iter().zip(names).zip(aliases);
    let items = items
        .filter(|((_, name), _)| seen.insert(name.clone()))
        .map(|((entry, name), aliases)| item(entry, name, aliases));
    Identified { items: items.collect(), cut, shared: ids.shared.into_iter().collect() }
}

/// The newest entries by what they claim, in the feed's order; those without a date count as newest.
fn newest(mut entries: Vec<Entry>, most: usize) -> Vec<Entry> {
    if entries.len() <= most {
        return entries;
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let date = |index: &usize| entries.get(*index).and_then(claimed).unwrap_or(Timestamp::MAX);
    order.sort_by_key(|index| (std::cmp::Reverse(date(index)), *index));
    let kept: HashSet<usize> = order.into_iter().take(most).collect();
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        kept.contains(&(index - 1))
    });
    entries
}

/// When an entry claims to have been published, if that can be.
fn claimed(entry: &Entry) -> Option<Timestamp> {
    [entry.published, entry.updated].into_iter().flatten().find(|date| date.as_second() >= EARLIEST)
}

/// What distinguishes the entries of one document.
struct Ids {
    /// Hashes of ids that several entries share.
    shared: std::collections::BTreeSet<String>,
    /// How many different entries have this id and this link.
    pairs: HashMap<String, usize>,
}

impl Ids {
    fn of(entries: &[Entry], shared: &[String]) -> Self {
        let mut different: HashMap<String, HashSet<u128>> = HashMap::new();
        let mut pairs: HashMap<String, HashSet<u128>> = HashMap::new();
        for entry in entries {
            let words = words(entry);
            different
                .entry(base(entry))
                .or_default()
                .insert(hash(&[entry.link.as_deref().unwrap_or_default(), &words]));
            pairs.entry(pair(entry)).or_default().insert(hash(&[&words]));
        }
        let found = different.into_iter().filter(|(_, entries)| entries.len() > 1).map(|(base, _)| short(&base));
        let shared = shared.iter().cloned().chain(found).take(MOST_SHARED).collect();
        Self { shared, pairs: pairs.into_iter().map(|(pair, entries)| (pair, entries.len())).collect() }
    }

    fn name(&self, entry: &Entry) -> String {
        let base = base(entry);
        if !self.shared.contains(&short(&base)) {
            return base;
        }
        let pair = pair(entry);
        if self.pairs.get(&pair).is_some_and(|entries| *entries > 1) || entry.link.is_none() {
            return bounded(format!("{pair}|{:032x}", hash(&[&words(entry)])));
        }
        bounded(pair)
    }
}

fn base(entry: &Entry) -> String {
    match entry.id.as_deref().or(entry.link.as_deref()) {
        Some(id) => bounded(id.to_owned()),
        None => format!("words:{:032x}", hash(&[&words(entry)])),
    }
}

fn pair(entry: &Entry) -> String {
    format!("{}|{}", base(entry), entry.link.as_deref().unwrap_or_default())
}

/// Title, or the text where there is no title: what a person would call the entry.
fn words(entry: &Entry) -> String {
    match entry.title.as_deref() {
        Some(title) if entry.id.is_some() || entry.link.is_some() => title.to_owned(),
        title => format!("{}\n{}", title.unwrap_or_default(), entry.text),
    }
}

fn bounded(id: String) -> String {
    if id.len() <= LONGEST_ID { id } else { format!("long:{:032x}", hash(&[&id])) }
}

/// Other identities. Each is meant to be the same only for the same entry: a generic title on a generic link is
/// no identity.
fn aliases(entry: &Entry, home: Option<&str>) -> Vec<String> {
    let mut aliases = Vec::new();
    let called = words(entry);
    if called.trim().is_empty() {
        return aliases;
    }
    let link = entry.link.as_deref().map(plain_link);
    if let Some(date) = claimed(entry) {
        // A bare day is shared by too many.
        let beside = if date.as_second() % 86_400 == 0 { link.clone().unwrap_or_default() } else { String::new() };
        aliases.push(format!("title+date:{:032x}", hash(&[&called, &date.as_second().to_string(), &beside])));
    }
    let leads_home = |link: &String| home.is_some_and(|home| plain_link(home) == *link);
    if let Some(link) = link.filter(|link| is_specific(link) && !leads_home(link)) {
        aliases.push(format!("link+words:{:032x}", hash(&[&link, &called, &entry.text])));
    }
    aliases
}

/// A link without what changes when a site moves to TLS or trims its addresses.
fn plain_link(link: &str) -> String {
    let bare = link.split_once("://").map_or(link, |(_, rest)| rest);
    bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/').to_owned()
}

/// Whether a link names a page and not only a site.
fn is_specific(link: &str) -> bool {
    link.split_once('/').is_some_and(|(_, path)| !path.is_empty()) || link.contains(['?', '#'])
}

/// Aliases that different entries of one document share would melt them into one.
fn drop_ambiguous(names: &[String], aliases: &mut [Vec<String>]) {
    let mut owners: HashMap<String, HashSet<&str>> = HashMap::new();
    for (name, aliases) in names.iter().zip(aliases.iter()) {
        for alias in aliases {
            owners.entry(alias.clone()).or_default().insert(name);
        }
    }
    for aliases in aliases {
        aliases.retain(|alias| owners.get(alias).is_some_and(|owners| owners.len() == 1));
    }
}

fn item(entry: Entry, native_id: String, aliases: Vec<String>) -> Item {
    let claimed = claimed(&entry);
    let author = author(&entry);
    let is_web = |link: &String| link.starts_with("http://") || link.starts_with("https://");
    Item {
        native_id,
        aliases,
        url: entry.link.filter(is_web),
        title: entry.title,
        text: entry.text,
        author,
        claimed,
        edited: entry.updated.filter(|updated| claimed.is_some_and(|claimed| *updated > claimed)),
        lang: entry.lang.filter(|lang| is_language(lang)),
        links: entry.links,
        image_descriptions: entry.image_descriptions,
        parent: entry.answers,
        ..Item::default()
    }
}

/// Who wrote it; on well-known networks their feeds tell the account by the author's or the post's address.
fn author(entry: &Entry) -> Author {
    let name = entry.author.clone();
    let by_name = name.as_deref().and_then(|name| {
        let handle = name.strip_prefix("/u/").or_else(|| name.strip_prefix('@'))?;
        (!handle.is_empty() && !handle.contains(' ')).then(|| handle.to_owned())
    });
    let handle = by_name.or_else(|| entry.link.as_deref().and_then(account_of_post));
    Author {
        native_id: entry.author_address.clone().filter(|address| !address.is_empty()),
        handle,
        name,
        followers: None,
    }
}

/// `https://host/@user/123` is a post of `user@host` on the Mastodon family, `https://bsky.app/profile/user/post/1`
/// one of `user`.
fn account_of_post(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let parts: Vec<&str> = url.path_segments()?.collect();
    match parts.as_slice() {
        [user, post] if post.bytes().all(|byte| byte.is_ascii_digit()) && post.len() > 8 => {
            let user = user.strip_prefix('@')?;
            Some(if user.contains('@') { user.to_owned() } else { format!("{user}@{host}") })
        }
        ["profile", user, "post", _] if host == "bsky.app" && !user.starts_with("did:") => Some((*user).to_owned()),
        _ => None,
    }
}

fn is_language(lang: &str) -> bool {
    let mut parts = lang.split(['-', '_']);
    parts
        .next()
        .is_some_and(|first| (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn short(text: &str) -> String {
    format!("{:016x}", hash(&[text]) as u64)
}

fn hash(parts: &[&str]) -> u128 {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        joined.extend_from_slice(part.as_bytes());
        joined.push(0);
    }
    xxh3_128(&joined)
}
