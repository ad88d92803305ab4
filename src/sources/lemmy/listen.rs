//! Lemmy as a source that is listened to.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Capabilities, Item, Timestamp};
use crate::sources::newest::Left;
use crate::sources::parts::{Piece, Round};
use crate::sources::recheck::{Heard, worth_it};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind, SourceSettings};

use super::pages::{LAST, Listing, Of, Page, number, page};
use super::server::{As, Server, Version};
use super::shapes::{Person, View};

/// Pages of one listing that are asked for in one poll.
const PAGES: usize = 6;
/// Searches in one poll; servers grant about 60 in ten minutes to an address. Others have their turn next time.
const SEARCHES: usize = 12;
/// Heard posts that are looked at again in one poll.
const AGAIN: usize = 5;

const HEARD: &str = "heard";
const TURN: &str = "turn";

/// Listens to one server.
pub(super) struct Lemmy {
    server: Arc<Server>,
    searches: Vec<Listing>,
    communities: Vec<Listing>,
    words: Vec<String>,
    everything: bool,
}

impl Lemmy {
    /// Listens to what the settings name.
    pub(super) fn new(server: Arc<Server>, settings: &SourceSettings) -> Self {
        let both = |make: &dyn Fn(Of) -> Listing| [make(Of::Posts), make(Of::Comments)];
        let words: Vec<String> = settings.search.iter().filter(|word| !word.trim().is_empty()).cloned().collect();
        let names = communities(&settings.places);
        Self {
            searches: words.iter().flat_map(|word| both(&|of| Listing::Search(word.clone(), of))).collect(),
            communities: names.iter().flat_map(|name| both(&|of| Listing::Community(name.clone(), of))).collect(),
            words,
            everything: settings.everything,
            server,
        }
    }

    /// All listings of this version, searches first.
    fn listings(&self, version: Version) -> Vec<Listing> {
        let mut listings = [self.searches.clone(), self.communities.clone()].concat();
        if self.server.account().is_some() {
            match version {
                Version::V3 { .. } => listings.extend([Listing::Replies, Listing::Mentions, Listing::Messages]),
                Version::V4 => listings.push(Listing::Notices),
            }
            listings.extend([Listing::Own(Of::Posts), Listing::Own(Of::Comments)]);
        }
        listings
    }

    /// The listings of this poll: when there are too many searches, the next ones in turn.
    fn turn(&self, version: Version, place: &str) -> (Vec<Listing>, String) {
        let all = self.searches.len();
        let mut listings = self.listings(version);
        if all <= SEARCHES {
            return (listings, String::new());
        }
        let others = listings.split_off(all);
        let begin = place.parse::<usize>().unwrap_or(0) % all;
        let searches = listings.into_iter().cycle().skip(begin).take(SEARCHES);
        (searches.chain(others).collect(), ((begin + SEARCHES) % all).to_string())
    }

    /// Walks down one listing to what is known of it.
    async fn walk(
        &self,
        listing: &Listing,
        me: Option<&Person>,
        place: &str,
        now: Timestamp,
    ) -> Result<Piece, SourceError> {
        let known = self.server.known(now).await?;
        let by_number = known.version != Version::V4;
        let mut left = Left::read(place);
        let mut piece = Piece::default();
        let mut end = None;
        for _ in 0..PAGES {
            let asked = left.page().to_owned();
            let Page { views, next, unread } = match page(&self.server, listing, &asked, now).await {
                // The post that the cursor stands for is gone.
                Err(error) if !asked.is_empty() && is_lost(&error) => {
                    left.restart();
                    piece.more = true;
                    continue;
                }
                answer => answer?,
            };
            if unread > 0 {
                piece.remarks.push(format!("{}: {unread} could not be read and were left out", listing.part()));
            }
            let posts = ids(&views);
            let at = number(&asked);
            let holds = posts.iter().any(|(id, _)| left.last().contains(id));
            let answered = answered(&views, me);
            let items = views.into_iter().filter_map(|view| view.item(&self.server, known, me));
            piece.items.extend(items.map(|item| match answered.get(&item.native_id) {
                Some(parent) => Item { parent: Some(parent.clone()), ..item },
                None => item,
            }));
            piece.more = true;
            if by_number && at > 1 && !holds {
                // What was deleted above has moved the rest up by more than the pages overlap.
                end = posts.is_empty().then_some(at - 1);
                step_back(&mut left, at);
                continue;
            }
            let next = next.filter(|_| end != Some(at));
            if by_number && at == LAST {
                piece.remarks.push(format!("{}: there was more than could be read", listing.part()));
            }
            let posts: Vec<_> = posts.iter().map(|(id, at)| (id.as_str(), *at)).collect();
            piece.more = left.take(&posts, next);
            if !piece.more {
                break;
            }
        }
        if listing.addresses_us() {
            for item in &mut piece.items {
                item.addressed |= !item.own && !item.deleted;
            }
        }
        piece.place = left.written();
        Ok(piece)
    }

    /// Looks again at what was heard, if anything was, without marking it as read.
    async fn again(
        &self,
        heard: &mut Heard,
        me: Option<&Person>,
        now: Timestamp,
    ) -> Result<Option<Vec<Item>>, SourceError> {
        let mut news = Vec::new();
        let ids: Vec<String> = heard.next(AGAIN, now).into_iter().filter(|id| !id.starts_with("message/")).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        for id in ids {
            match self.server.one(&id, As::Stranger, me, now).await {
                Ok(item) if item.deleted || item.edited.is_some() => news.push(item),
                Ok(_) => {}
                Err(error) if error.kind == SourceErrorKind::NotFound => {
                    news.push(Item { native_id: id, deleted: true, ..Item::default() });
                }
                Err(error) if error.kind == SourceErrorKind::Refused => heard.forget(&id),
                Err(error) => return Err(error),
            }
        }
        heard.note(&news, now);
        Ok(Some(news))
    }

    async fn round(&self, round: &mut Round, heard: &mut Heard, now: Timestamp) -> Result<(), SourceError> {
        let version = self.server.known(now).await?.version;
        let me = self.server.me(now).await?;
        let known: Vec<String> = self.listings(version).iter().map(Listing::part).collect();
        round.places().keep(|part| part == HEARD || part == TURN || known.iter().any(|known| known == part));
        let (listings, turn) = self.turn(version, round.places().of(TURN));
        round.places().set(TURN, turn);
        for listing in &listings {
            let part = listing.part();
            let place = round.places().of(&part).to_owned();
            let piece = self.walk(listing, me, &place, now).await;
            if let Ok(piece) = &piece {
                let worth = |item: &&Item| self.everything || item.deleted || worth_it(item, &self.words);
                heard.note(piece.items.iter().filter(worth), now);
            }
            if round.add(&part, piece).is_break() {
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

/// The posts of a page in their order, without those that are pinned to the top.
fn ids(views: &[View]) -> Vec<(String, Option<Timestamp>)> {
    views.iter().filter(|view| !view.is_pinned()).filter_map(|view| Some((view.native_id()?, view.at()))).collect()
}

/// Which of the other's messages each of ours answers: the last one before it, as far as the page goes down. Lemmy
/// itself keeps messages apart.
fn answered(views: &[View], me: Option<&Person>) -> HashMap<String, String> {
    let Some(me) = me else { return HashMap::new() };
    let messages: Vec<_> = views.iter().filter_map(|view| view.private_message.as_ref()).collect();
    let ours = messages.iter().enumerate().filter(|(_, message)| message.creator_id == me.id);
    let pairs = ours.filter_map(|(place, sent)| {
        let before = messages.iter().skip(place + 1).find(|other| other.creator_id == sent.recipient_id)?;
        Some((format!("message/{}", sent.id), format!("message/{}", before.id)))
    });
    pairs.collect()
}

fn step_back(left: &mut Left, at: u32) {
    match at - 1 {
        0 | 1 => left.restart(),
        before => left.go_to(before.to_string()),
    }
}

/// Whether a page is refused because what it begins at is gone.
fn is_lost(error: &SourceError) -> bool {
    matches!(error.kind, SourceErrorKind::NotFound)
        || (error.kind == SourceErrorKind::Refused && error.what.as_str().contains("pagination"))
}

/// Communities as people write them: `name@host`, `!name@host`, `c/name`, or their address.
fn communities(places: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for place in places.iter().map(|place| place.trim().trim_end_matches('/')) {
        let name = match place.split_once("://").map(|(_, rest)| rest).and_then(|rest| rest.split_once("/c/")) {
            Some((host, name)) if name.contains('@') || host.is_empty() => name.to_owned(),
            Some((host, name)) => format!("{name}@{host}"),
            None => place.trim_start_matches('/').trim_start_matches("c/").trim_start_matches('!').to_owned(),
        };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[async_trait]
impl Listen for Lemmy {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut round = Round::begin(cursor);
        let mut heard = Heard::read(round.places().of(HEARD));
        self.round(&mut round, &mut heard, now).await?;
        round.places().set(HEARD, heard.written());
        round.finish()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            publishes: self.server.account().is_some(),
            looks_up: true,
            tells_deletions: true,
            ..Capabilities::default()
        }
    }

    fn host(&self) -> &str {
        self.server.host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communities_are_read_as_people_write_them() {
        let places = [
            "bikes",
            "!bikes@a.example",
            "c/bikes",
            "https://b.example/c/bikes/",
            "https://b.example/c/x@a.example",
            " ",
        ];
        let places: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
        assert_eq!(communities(&places), ["bikes", "bikes@a.example", "bikes@b.example", "x@a.example"]);
    }
}
