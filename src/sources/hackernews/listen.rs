//! Hacker News as a source that is listened to.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Item, Timestamp};
use crate::sources::parts::{Piece, Round};
use crate::sources::recheck::{Heard, worth_it};
use crate::sources::{Batch, Listen, SourceError, SourceErrorKind};

use super::places::Site;
use super::search::search;

/// Own items that are read in one poll.
const OWN_AT_ONCE: usize = 20;
/// A new item that nobody can read yet is waited for this long.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);
/// Own items whose answers are looked for.
const WATCHED: usize = 10;
/// For how long after it was written an own item is watched for answers: then the site closes it.
const OPEN: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Answers that are read in one poll.
const ANSWERS_AT_ONCE: usize = 30;
/// Heard posts that are looked at again in one poll.
const AGAIN: usize = 8;

const OWN: &str = "own";
const ANSWERS: &str = "answers";
const HEARD: &str = "heard";

/// Listens to the site.
pub(super) struct HackerNews {
    site: Arc<Site>,
    phrases: Vec<String>,
}

/// Where our own list was left.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Own {
    /// The newest item that was read.
    last: u64,
    /// An item that was listed but could not be read, and since when, in seconds since 1970.
    waiting: Option<(u64, i64)>,
    /// The newest own items, with their stories, to look below.
    watched: Vec<(u64, Option<u64>)>,
}

impl HackerNews {
    /// Listens for these phrases, and for our account when there is one.
    pub(super) fn new(site: Arc<Site>, phrases: Vec<String>) -> Self {
        Self { site, phrases }
    }

    fn is_part(&self, part: &str) -> bool {
        matches!(part, OWN | ANSWERS | HEARD) || self.phrases.iter().any(|phrase| part == search_part(phrase))
    }

    /// What our account wrote since.
    async fn own(&self, account: &str, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
        let mut own: Own = serde_json::from_str(place).unwrap_or_default();
        let Some(profile) = self.site.profile(account, false, now).await? else {
            return Err(SourceError::new(
                SourceErrorKind::NotFound,
                &format!("Hacker News knows no “{account}”"),
                "upper and lower case count: write the account as its profile shows it",
            ));
        };
        let mut new: Vec<u64> = profile.submitted.into_iter().filter(|id| *id > own.last).collect();
        new.sort_unstable();
        if own.last == 0 {
            new = new.split_off(new.len().saturating_sub(OWN_AT_ONCE));
        }
        let more = new.len() > OWN_AT_ONCE;
        let mut items = Vec::new();
        let mut waits = false;
        for id in new.into_iter().take(OWN_AT_ONCE) {
            match self.site.item(id, false, now).await? {
                None if own.may_wait(id, now) => {
                    waits = true;
                    break;
                }
                None => {}
                Some(known) => {
                    let root = if known.is_gone() { None } else { self.site.root(&known, now).await? };
                    if !known.is_gone() {
                        own.watched.push((id, root));
                    }
                    items.push(self.site.marked(known.item(root)));
                }
            }
            own.last = id;
            own.waiting = None;
        }
        let surplus = own.watched.len().saturating_sub(WATCHED);
        own.watched.drain(..surplus);
        let place = serde_json::to_string(&own).unwrap_or_default();
        Ok(Piece { items, place, more: more && !waits, ..Piece::default() })
    }

    /// What answers our own items, and whether those are still there.
    async fn answers(&self, own: &str, place: &str, now: Timestamp) -> Result<Piece, SourceError> {
        let own: Own = serde_json::from_str(own).unwrap_or_default();
        let known: BTreeSet<u64> = serde_json::from_str(place).unwrap_or_default();
        let mut heard = BTreeSet::new();
        let mut piece = Piece::default();
        for (id, root) in own.watched {
            let Some(parent) = self.site.item(id, false, now).await? else { continue };
            let written = parent.time.and_then(|second| Timestamp::from_second(second).ok());
            if written.is_some_and(|at| now.duration_since(at) > OPEN) {
                continue;
            }
            if parent.is_gone() {
                piece.items.push(parent.item(None));
                continue;
            }
            for kid in parent.kids {
                if known.contains(&kid) {
                    heard.insert(kid);
                } else if piece.items.len() >= ANSWERS_AT_ONCE {
                    piece.more = true;
                } else if let Some(answer) = self.site.item(kid, false, now).await? {
                    heard.insert(kid);
                    if !answer.is_gone() {
                        let item = answer.item(root.or(Some(id)));
                        let item = self.site.marked(item);
                        piece.items.push(Item { addressed: !item.own, ..item });
                    }
                }
            }
        }
        piece.place = serde_json::to_string(&heard).unwrap_or_default();
        Ok(piece)
    }

    /// Looks again at what was heard, if anything was: only deletions are told, the site does not mark edits.
    async fn again(&self, heard: &mut Heard, now: Timestamp) -> Result<Option<Vec<Item>>, SourceError> {
        let mut gone = Vec::new();
        let ids = heard.next(AGAIN, now);
        if ids.is_empty() {
            return Ok(None);
        }
        for id in ids {
            let Ok(number) = id.parse() else { continue };
            let known = self.site.item(number, false, now).await?;
            if let Some(known) = known.filter(super::shapes::Known::is_gone) {
                heard.forget(&id);
                gone.push(known.item(None));
            }
        }
        Ok(Some(gone))
    }

    async fn round(&self, round: &mut Round, heard: &mut Heard, now: Timestamp) {
        for phrase in &self.phrases {
            let part = search_part(phrase);
            let place = round.places().of(&part).to_owned();
            let piece = search(&self.site, phrase, &place, now).await;
            if let Ok(piece) = &piece {
                heard.note(piece.items.iter().filter(|item| worth_it(item, &self.phrases)), now);
            }
            if round.add(&part, piece).is_break() {
                return;
            }
        }
        if let Some(account) = &self.site.account {
            let place = round.places().of(OWN).to_owned();
            if round.add(OWN, self.own(account, &place, now).await).is_break() {
                return;
            }
            let (own, place) = (round.places().of(OWN).to_owned(), round.places().of(ANSWERS).to_owned());
            let answers = self.answers(&own, &place, now).await;
            if let Ok(piece) = &answers {
                heard.note(&piece.items, now);
            }
            if round.add(ANSWERS, answers).is_break() {
                return;
            }
        }
        let again = self.again(heard, now).await;
        let again = again.map(|items| items.map(|items| Piece { items, place: heard.written(), ..Piece::default() }));
        if let Some(piece) = again.transpose() {
            let _ = round.add(HEARD, piece);
        }
    }
}

impl Own {
    /// Whether an item that cannot be read yet is still waited for.
    fn may_wait(&mut self, id: u64, now: Timestamp) -> bool {
        let since = match self.waiting {
            Some((waiting, since)) if waiting == id => since,
            _ => now.as_second(),
        };
        self.waiting = Some((id, since));
        now.as_second() - since < PATIENCE.as_secs()
    }
}

fn search_part(phrase: &str) -> String {
    format!("search {phrase}")
}

#[async_trait]
impl Listen for HackerNews {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut round = Round::begin(cursor);
        round.places().keep(|part| self.is_part(part));
        let mut heard = Heard::read(round.places().of(HEARD));
        self.round(&mut round, &mut heard, now).await;
        round.places().set(HEARD, heard.written());
        round.finish()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { looks_up: true, tells_deletions: true, ..Capabilities::default() }
    }

    fn host(&self) -> &str {
        self.site.host()
    }
}
