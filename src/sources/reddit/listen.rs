//! Reddit as a source that is listened to.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Capabilities, Item, Meter, Timestamp};
use crate::sources::newest::Left;
use crate::sources::parts::{Piece, Round};
use crate::sources::recheck::{Heard, worth_it};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind, SourceSettings};

use super::shapes::{Listing, Me};
use super::site::{Haste, Site};

/// Things on a page, the most that Reddit gives.
const PER_PAGE: &str = "100";
/// Pages of one listing that are asked for in one poll. Reddit ends every listing at about 1000 things.
const PAGES: usize = 5;
/// Times that a page after a vanished thing is asked for anew.
const DETOURS: usize = 4;
/// Subreddits that are asked for together.
const TOGETHER: usize = 40;
/// Heard things that are looked at again in one poll: all that one request takes.
const AGAIN: usize = 100;

const HEARD: &str = "heard";

/// Listens to one account's Reddit.
pub(super) struct Reddit {
    site: Arc<Site>,
    parts: Vec<Part>,
    words: Vec<String>,
    everything: bool,
}

/// One listing.
struct Part {
    name: String,
    path: String,
    query: Vec<(&'static str, String)>,
    /// What is in it was written to us.
    addressed: bool,
    /// It may be a whole subreddit: most of it does not concern us.
    broad: bool,
}

impl Part {
    fn new(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into(), query: Vec::new(), addressed: false, broad: false }
    }
}

impl Reddit {
    /// Listens to what the settings name.
    pub(super) fn new(site: Arc<Site>, settings: &SourceSettings) -> Self {
        Self {
            parts: parts(settings, site.account()),
            site,
            words: settings.search.clone(),
            everything: settings.everything,
        }
    }

    /// Walks down one listing to what is known of it.
    async fn walk(&self, part: &Part, me: &Me, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
        let mut left = Left::read(place);
        let mut piece = Piece::default();
        let mut detours = 0;
        for _ in 0..PAGES {
            let page = self.page(part, left.page(), now).await?;
            let things = page.data.children;
            if things.is_empty() && !left.page().is_empty() {
                // The thing after which this page begins is gone, and Reddit then gives nothing at all.
                let before = left.last().iter().rev().skip_while(|id| *id != left.page()).nth(1).cloned();
                if let Some(before) = before.filter(|_| detours < DETOURS) {
                    detours += 1;
                    left.go_to(before);
                    continue;
                }
            }
            detours = 0;
            let posts: Vec<(String, Option<Timestamp>)> =
                things.iter().map(|thing| (thing.data.name.clone(), thing.data.at())).collect();
            let posts: Vec<_> = posts.iter().map(|(id, at)| (id.as_str(), *at)).collect();
            piece.more = left.take(&posts, page.data.after.filter(|after| !after.is_empty()));
            let items = self.site.items(things, me);
            piece.items.extend(items.into_iter().map(|item| addressing(item, part)));
            if !piece.more {
                break;
            }
        }
        piece.place = left.written();
        Ok(piece)
    }

    async fn page(&self, part: &Part, after: &str, now: Timestamp) -> Result<Listing, SourceError> {
        let mut query: Vec<(&str, &str)> = part.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.push(("limit", PER_PAGE));
        if !after.is_empty() {
            query.push(("after", after));
        }
        let response = self.site.fetch(&part.path, &query, Haste::Polling, now).await?;
        // A subreddit that does not exist sends on to a search for subreddits of that name.
        if response.url.path().contains("/subreddits/search") {
            return Err(SourceError::new(
                SourceErrorKind::NotFound,
                &format!("Reddit has no such place: {}", part.name),
                "check the subreddits in places of this source",
            ));
        }
        crate::sources::api::json(&response)
    }

    /// Looks again at what was heard, if anything was.
    async fn again(&self, heard: &mut Heard, me: &Me, now: Timestamp) -> Result<Option<Vec<Item>>, SourceError> {
        // Private messages cannot be asked for so; nobody can take them back either.
        let ids: Vec<String> = heard.next(AGAIN, now).into_iter().filter(|id| !id.starts_with("t4_")).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let listing: Listing = self.site.get("api/info", &[("id", &ids.join(","))], Haste::Polling, now).await?;
        let items = self.site.items(listing.data.children, me);
        // What is as it was is no news; what is gone or edited is.
        let news: Vec<Item> = items.into_iter().filter(|item| item.deleted || item.edited.is_some()).collect();
        heard.note(&news, now);
        Ok(Some(news))
    }

    async fn round(&self, round: &mut Round, heard: &mut Heard, now: Timestamp) -> Result<(), SourceError> {
        let me = self.site.me(Haste::Polling, now).await?;
        for part in &self.parts {
            let place = round.places().of(&part.name).to_owned();
            let piece = self.walk(part, me, &place, now).await;
            if let Ok(piece) = &piece {
                let worth = |item: &&Item| (!part.broad && !item.own) || self.everything || worth_it(item, &self.words);
                heard.note(piece.items.iter().filter(worth), now);
            }
            if round.add(&part.name, piece).is_break() {
                return Ok(());
            }
        }
        let again = self.again(heard, me, now).await;
        let again = again.map(|items| items.map(|items| Piece { items, place: heard.written(), ..Piece::default() }));
        if let Some(piece) = again.transpose() {
            let _ = round.add(HEARD, piece);
        }
        Ok(())
    }
}

/// Replies and messages of others address us.
fn addressing(mut item: Item, part: &Part) -> Item {
    item.addressed |= part.addressed && !item.own;
    item
}

/// The listings that the settings ask for.
fn parts(settings: &SourceSettings, account: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for phrase in settings.search.iter().map(|phrase| phrase.replace('"', "")) {
        let fixed = [("sort", "new"), ("type", "link"), ("t", "all")];
        let mut query: Vec<_> = fixed.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        query.push(("q", format!("\"{}\"", phrase.trim())));
        parts.push(Part { query, ..Part::new(format!("search {phrase}"), "search") });
    }
    for group in subreddits(&settings.places).chunks(TOGETHER) {
        let names = group.join("+");
        // Search knows no comments, and learns of posts late.
        for kind in ["comments", "new"] {
            parts.push(Part { broad: true, ..Part::new(format!("{kind} of r/{names}"), format!("r/{names}/{kind}")) });
        }
    }
    // The inbox holds replies, mentions and messages, read or not: what a colleague has read is still to be answered.
    let unmarked = vec![("mark", "false".to_owned())];
    parts.push(Part { addressed: true, query: unmarked, ..Part::new("inbox", "message/inbox") });
    parts.push(Part::new("sent messages", "message/sent"));
    let name = crate::sources::api::segment(account);
    for kind in ["comments", "submitted"] {
        let query = vec![("sort", "new".to_owned())];
        parts.push(Part { query, ..Part::new(format!("own {kind}"), format!("user/{name}/{kind}")) });
    }
    parts
}

/// The names of subreddits as people write them: `r/a`, `/r/a/comments`, `a+b`.
fn subreddits(places: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for place in places {
        let place = place.trim().trim_start_matches("https://www.reddit.com").trim_start_matches('/');
        let place = place.strip_prefix("r/").unwrap_or(place);
        let place = place.split('/').next().unwrap_or_default();
        for name in place.split('+').map(str::trim) {
            let proper = !name.is_empty() && name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
            if proper && !names.iter().any(|known: &String| known.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[async_trait]
impl Listen for Reddit {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut round = Round::begin(cursor);
        round.places().keep(|name| name == HEARD || self.parts.iter().any(|part| part.name == name));
        let mut heard = Heard::read(round.places().of(HEARD));
        self.round(&mut round, &mut heard, now).await?;
        round.places().set(HEARD, heard.written());
        let mut batch = round.finish()?;
        batch.meters = self.site.meter().into_iter().collect::<Vec<Meter>>();
        Ok(batch)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { publishes: true, looks_up: true, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        self.site.host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subreddits_are_read_as_people_write_them() {
        let places = ["r/Bikes", "/r/bikes/comments/", "a+b+ c", "https://www.reddit.com/r/d_e/new", "ü", ""];
        let places: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
        assert_eq!(subreddits(&places), ["Bikes", "a", "b", "c", "d_e"]);
    }
}
