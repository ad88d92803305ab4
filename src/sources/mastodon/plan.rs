//! What is listened to at one server, and the reading of all of it once.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::parts::{Piece, Round};
use crate::sources::{Batch, SourceError, SourceErrorKind, SourceSettings};

use super::entities::List;
use super::facts::{Access, Facts};
use super::ids;
use super::page::{Place, read_on};
use super::part::{FOLDED, Part, PartPages};
use super::search::Ability;
use super::server::{Me, Pace, Server};
use super::trouble;

/// How long the titles of lists are believed.
const LISTS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// After so long a reading ends, and what is left over follows with the next.
const LONGEST: Duration = Duration::from_secs(60);

/// What the configuration wants to hear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wishes {
    /// Hashtags, lower case, without the `#`.
    pub hashtags: Vec<String>,
    pub search: Vec<String>,
    /// Titles or ids of lists.
    pub lists: Vec<String>,
}

impl Wishes {
    /// Out of settings. Without hashtags, the names that are searched for are followed as hashtags: few servers can
    /// search, all have hashtags.
    pub(super) fn of(settings: &SourceSettings) -> Self {
        let configured = settings.hashtags.iter().map(|tag| hashtag(tag));
        let mut hashtags = tidy(configured);
        let search = tidy(settings.search.iter().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ")));
        if hashtags.is_empty() {
            hashtags = tidy(search.iter().map(|words| hashtag(words)));
        }
        Self { hashtags, search, lists: tidy(settings.places.iter().map(|place| place.trim().to_owned())) }
    }
}

fn tidy(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words.filter(|word| !word.is_empty() && seen.insert(word.to_lowercase())).collect()
}

/// As servers write hashtags: letters, digits and `_`, lower case.
fn hashtag(written: &str) -> String {
    written.chars().filter(|sign| sign.is_alphanumeric() || *sign == '_').flat_map(char::to_lowercase).collect()
}

/// What was found out for reading.
#[derive(Default)]
pub(super) struct Reader {
    pub wishes: Wishes,
    search: Ability,
    lists: Option<(Timestamp, Vec<List>)>,
    said: BTreeSet<String>,
}

/// What one reading of everything needs to know.
pub(super) struct Scene {
    pub facts: Arc<Facts>,
    pub me: Option<Arc<Me>>,
}

impl Scene {
    /// Asks the server what it is and who we are.
    ///
    /// # Errors
    /// When it cannot be asked, or the token is refused.
    pub(super) async fn of(server: &Server, now: Timestamp) -> Result<Self, SourceError> {
        let me = server.me(Pace::Poll, now).await?;
        Ok(Self { facts: server.facts(Pace::Poll, now).await?, me })
    }
}

impl Reader {
    pub(super) fn new(wishes: Wishes) -> Self {
        Self { wishes, ..Self::default() }
    }

    /// The lists that are wanted and there.
    pub(super) fn lists(&self) -> impl Iterator<Item = &List> {
        let wanted = &self.wishes.lists;
        let known = self.lists.iter().flat_map(|(_, lists)| lists);
        known.filter(move |list| wanted.iter().any(|name| is_list(name, list)))
    }

    /// Says something once in the life of the program.
    pub(super) fn say_once(&mut self, words: String, remarks: &mut Vec<String>) {
        if self.said.insert(words.clone()) {
            remarks.push(words);
        }
    }

    /// Reads everything on from where the cursor left it.
    ///
    /// # Errors
    /// When nothing at all can be read.
    pub(super) async fn round(
        &mut self,
        server: &Server,
        cursor: &str,
        scene: &Scene,
        now: Timestamp,
    ) -> Result<Batch, SourceError> {
        let mut remarks = Vec::new();
        let mut round = Round::begin(cursor);
        if let Err(error) = self.look_up_lists(server, scene, now).await {
            remarks.push(format!("lists: {error}"));
        }
        let parts = self.parts(server, scene, &mut remarks, now).await?;
        let known: BTreeSet<String> = parts.iter().flat_map(keys).collect();
        round.places().keep(|part| known.contains(part) || part == super::STREAM || self.is_resting(part));
        let folds = scene.facts.folds_hashtags();
        let begun = Instant::now();
        let mut left_over = false;
        for part in folded(parts, &mut round, folds) {
            left_over = begun.elapsed() > LONGEST;
            if left_over || self.read(server, &part, scene, &mut round, now).await.is_break() {
                break;
            }
        }
        let mut batch = round.finish()?;
        batch.more |= left_over;
        batch.remarks.splice(0..0, remarks);
        Ok(batch)
    }

    /// A part that is wanted but cannot be read just now keeps its place.
    fn is_resting(&self, key: &str) -> bool {
        key.strip_prefix("search:").is_some_and(|words| self.wishes.search.iter().any(|wanted| wanted == words))
            || (key.starts_with("list:") && !self.wishes.lists.is_empty())
            || key.strip_prefix("tag:").is_some_and(|tag| self.wishes.hashtags.iter().any(|wanted| wanted == tag))
    }

    async fn read(
        &mut self,
        server: &Server,
        part: &Part,
        scene: &Scene,
        round: &mut Round,
        now: Timestamp,
    ) -> std::ops::ControlFlow<()> {
        let keys = keys(part);
        let Some(first) = keys.first().cloned() else { return std::ops::ControlFlow::Continue(()) };
        let place = common(keys.iter().map(|key| Place::read(round.places().of(key))).collect());
        let pages = PartPages { server, part, facts: &scene.facts, me: scene.me.as_ref() };
        let forward = part.pages_forward(&scene.facts);
        let read = read_on(&pages, place, forward, now).await;
        let piece = read.map(|read| {
            let mut remarks = Vec::new();
            if read.skipped > 0 {
                remarks.push(format!("{first}: {} entries could not be read", read.skipped));
            }
            if read.gave_up {
                remarks.push(format!("{first}: more came than can be fetched; the oldest of it was left out"));
            }
            Piece { items: read.items, place: read.place.written(), more: read.more, rest: None, remarks }
        });
        if let Ok(piece) = &piece {
            for key in keys.iter().skip(1) {
                round.places().set(key, piece.place.clone());
            }
        } else if matches!(part, Part::List(..)) {
            // It may have been deleted, and another may have its title.
            self.lists = None;
        }
        round.add(&first, piece)
    }

    /// The parts that can be read here and now; hashtags one by one.
    async fn parts(
        &mut self,
        server: &Server,
        scene: &Scene,
        remarks: &mut Vec<String>,
        now: Timestamp,
    ) -> Result<Vec<Part>, SourceError> {
        let host = server.host().to_owned();
        let mut parts = Vec::new();
        if scene.me.is_some() {
            parts.extend([Part::Notifications, Part::Own]);
        }
        match scene.facts.hashtags {
            Access::Disabled if !self.wishes.hashtags.is_empty() => {
                self.say_once(format!("{host} shows no hashtags; only what addresses the account is heard"), remarks);
            }
            Access::Authenticated if scene.me.is_none() => {
                let words =
                    format!("{host} shows hashtags only to who is logged in: run `goodword login mastodon {host}`");
                self.say_once(words, remarks);
            }
            _ => parts.extend(self.wishes.hashtags.iter().map(|tag| Part::Hashtags(vec![tag.clone()]))),
        }
        if parts.is_empty() {
            return Err(trouble::nothing_to_hear(&host));
        }
        let lists: Vec<Part> = self.lists().map(|list| Part::List(list.id.clone(), list.title.clone())).collect();
        self.missing_lists(scene, &host, remarks);
        parts.extend(lists);
        if !self.wishes.search.is_empty() {
            if let Some(why_not) = self.search.why_not(server, scene, now).await {
                self.say_once(format!("{why_not}; heard are {}", heard(&parts)), remarks);
            } else {
                parts.extend(self.wishes.search.iter().map(|words| Part::Search(words.clone())));
            }
        }
        Ok(parts)
    }

    /// Learns the titles of the account's lists, if any are wanted.
    ///
    /// # Errors
    /// When the server does not tell them.
    pub(super) async fn look_up_lists(
        &mut self,
        server: &Server,
        scene: &Scene,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let fresh = self.lists.as_ref().is_some_and(|(at, _)| now.duration_since(*at) < LISTS_FOR);
        if self.wishes.lists.is_empty() || scene.me.is_none() || fresh {
            return Ok(());
        }
        let lists: Vec<List> = server.get("api/v1/lists", &[], "read:lists", Pace::Poll, now).await?;
        self.lists = Some((now, lists));
        Ok(())
    }

    fn missing_lists(&mut self, scene: &Scene, host: &str, remarks: &mut Vec<String>) {
        if scene.me.is_none() {
            if !self.wishes.lists.is_empty() {
                self.say_once(format!("lists at {host} can be heard only when logged in"), remarks);
            }
            return;
        }
        let Some((_, known)) = &self.lists else { return };
        let titles: Vec<&str> = known.iter().map(|list| list.title.as_str()).collect();
        let there = if titles.is_empty() { "it has none".to_owned() } else { format!("it has {}", titles.join(", ")) };
        let missing = self.wishes.lists.iter().filter(|name| !known.iter().any(|list| is_list(name, list)));
        let words: Vec<String> =
            missing.map(|name| format!("the account at {host} has no list “{name}”; {there}")).collect();
        for words in words {
            self.say_once(words, remarks);
        }
    }
}

fn is_list(name: &str, list: &List) -> bool {
    !list.id.is_empty() && (list.id == name || list.title.to_lowercase() == name.to_lowercase())
}

fn heard(parts: &[Part]) -> &'static str {
    let hashtags = parts.iter().any(|part| matches!(part, Part::Hashtags(_)));
    let account = parts.iter().any(|part| matches!(part, Part::Notifications));
    match (hashtags, account) {
        (true, true) => "the hashtags and what addresses the account",
        (true, false) => "the hashtags",
        _ => "what addresses the account",
    }
}

/// The names of a part's places in the cursor: one for each hashtag.
fn keys(part: &Part) -> Vec<String> {
    match part {
        Part::Notifications => vec!["notifications".to_owned()],
        Part::Own => vec!["own".to_owned()],
        Part::Hashtags(tags) => tags.iter().map(|tag| format!("tag:{tag}")).collect(),
        Part::List(id, _) => vec![format!("list:{id}")],
        Part::Search(words) => vec![format!("search:{words}")],
    }
}

/// Puts hashtags together that were read before, where the server folds them and the order of their ids is known.
fn folded(parts: Vec<Part>, round: &mut Round, folds: bool) -> Vec<Part> {
    let mut together: Vec<String> = Vec::new();
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match &part {
            Part::Hashtags(tags) if folds => {
                let place = Place::read(round.places().of(&keys(&part).concat()));
                let ordered = place.at.as_deref().is_some_and(|at| ids::order(at, "0").is_some());
                if ordered && place.down.is_none() { together.extend(tags.iter().cloned()) } else { kept.push(part) }
            }
            _ => kept.push(part),
        }
    }
    kept.extend(together.chunks(FOLDED).map(|tags| Part::Hashtags(tags.to_vec())));
    kept
}

/// The place from which several hashtags are read on: the oldest of theirs.
fn common(places: Vec<Place>) -> Place {
    let mut places = places.into_iter();
    let Some(first) = places.next() else { return Place::default() };
    places.fold(first, |oldest, place| {
        if place == oldest {
            return oldest;
        }
        let (one, other) = (start(&oldest).to_owned(), start(&place).to_owned());
        let earlier = if ids::order(&one, &other) == Some(Ordering::Less) { &one } else { &other };
        let on = (oldest.on.is_some() || place.on.is_some()).then(|| earlier.clone());
        let lower = |place: &Place| place.at.as_deref().and_then(|at| ids::order(at, oldest.at.as_deref()?));
        let (at, seen) = if lower(&place) == Some(Ordering::Less) {
            (place.at.clone(), place.seen)
        } else {
            (oldest.at.clone(), oldest.seen)
        };
        Place { asked: true, at, seen, on, down: None }
    })
}

fn start(place: &Place) -> &str {
    place.on.as_deref().or(place.at.as_deref()).unwrap_or_default()
}

/// Whether a failure of streaming or reading means that a person must act.
pub(super) fn is_hopeless(error: &SourceError) -> bool {
    matches!(error.kind, SourceErrorKind::Refused | SourceErrorKind::BadAddress | SourceErrorKind::Local)
}
