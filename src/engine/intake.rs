//! How an item becomes a mention: matched against every watch, its language told, read for every subject that
//! it speaks of, and marked so that near-duplicates are found. Knows no clock and no I/O; [`take_in`] alone
//! touches the runtime, to keep the work off the threads that wait for networks.
//!
//! | item | becomes |
//! |---|---|
//! | a watch matches | a mention |
//! | it addresses one of our accounts, or its source is an `everything` source | a mention of the brand |
//! | the brand or one of its own people wrote it | an act |
//! | its author took it down | a native id to remove |
//! | else | nothing |
//!
//! What is dated before we came is history: it is kept, and asks for nothing. What has no date is history for the
//! statistics, where it would look like a spike, and asks for an answer all the same: it may have been written just now.

mod marks;
mod team;

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use self::team::Team;
use super::answering::AnsweringSettings;
use super::lessons::Taught;
use crate::domain::time::{SignedDuration, published};
use crate::domain::{Item, Network, Reading, Role, SourceId, Subject, SubjectId, Timestamp, WatchId, WatchRule};
use crate::language::{Readers, SubjectContext};
use crate::store::{Adopted, Need, NewAct, NewMention};
use crate::watch::{Matcher, Post, Query, QueryError};

/// On the first poll of a source, what was published longer ago than this is history.
pub const HISTORY_FIRST: SignedDuration = SignedDuration::from_hours(1);
/// On a later poll, what was never seen but published longer ago than this is history.
pub const HISTORY_LATER: SignedDuration = SignedDuration::from_hours(24);
/// On the first poll of a source, what was published longer ago than this arrives as read.
pub const READ_FIRST: SignedDuration = SignedDuration::from_hours(24);

/// Items that one blocking task works through at most before it makes room for others.
const PIECE: usize = 200;
/// So few items, with so little text, are not worth another thread.
const INLINE_ITEMS: usize = 4;
const INLINE_BYTES: usize = 16 * 1024;

/// Why watches cannot be put to work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// A query is refused.
    #[error("the watch `{watch}` cannot be read: {error}")]
    Query {
        /// Name of the watch.
        watch: String,
        /// Where and why.
        error: QueryError,
    },
    /// Working through an answer failed; a fault in goodword itself.
    #[error("goodword stumbled over an answer of this source ({0}); its items wait for the next poll")]
    Stumbled(String),
}

/// What intake must know of the source of some items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// Its number in the store.
    pub id: SourceId,
    /// Its name, as `source:` queries ask for it.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Every item is a mention of the brand, whatever the watches say.
    pub everything: bool,
}

/// When items came, and whether they are a source's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The moment at which we had them.
    pub now: Timestamp,
    /// The source was never asked before.
    pub first_poll: bool,
    /// It was pushed by a stream.
    pub pushed: bool,
}

impl Arrival {
    /// Whether something of this age was there before we came.
    fn is_history(self, undated: bool, age: SignedDuration) -> bool {
        if self.first_poll {
            // What has no date was there before we came; taken as new it would look like a spike. A stream alone
            // tells what happens now.
            (undated && !self.pushed) || age > HISTORY_FIRST
        } else {
            age > HISTORY_LATER
        }
    }
}

/// What became of some items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TakenIn {
    /// Mentions, in the order of the items.
    pub mentions: Vec<NewMention>,
    /// What the brand or its own people wrote, in the order of the items.
    pub acts: Vec<NewAct>,
    /// Native ids that their authors took down.
    pub deleted: Vec<String>,
}

/// A subject with what the readers may know of it.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) id: SubjectId,
    role: Role,
    pub(super) name: String,
    context: Vec<String>,
    others: Vec<String>,
}

impl Profile {
    pub(super) fn context(&self) -> SubjectContext<'_> {
        SubjectContext { name: &self.name, context: &self.context, others: &self.others }
    }
}

/// Watches, subjects and readers, compiled for use. Shared by all polls; replaced as a whole when they change.
pub struct Intake {
    matcher: Matcher,
    /// The watches; the matcher's first queries, in this order.
    watches: Vec<WatchRule>,
    /// Brand first.
    subjects: Vec<Profile>,
    /// Which subject is named when one of the matcher's queries after the watches is satisfied.
    named: Vec<SubjectId>,
    /// A watch asks for a language, so that it must be told before matching.
    language_first: bool,
    /// The brand's own people.
    team: Team,
    readers: Arc<Readers>,
    /// What a mention asks of us.
    answering: AnsweringSettings,
    /// What people have taught the readers.
    lessons: Taught,
}

impl Intake {
    /// Compiles the watches of the adopted roster.
    ///
    /// # Errors
    /// [`IntakeError::Query`] for the first query that is refused.
    pub fn new(adopted: &Adopted, readers: Arc<Readers>) -> Result<Self, IntakeError> {
        let mut queries = Vec::with_capacity(adopted.watches.len() + adopted.subjects.len());
        for watch in &adopted.watches {
            queries.push(
                Query::parse(&watch.query).map_err(|error| IntakeError::Query { watch: watch.name.clone(), error })?,
            );
        }
        let mut named = Vec::new();
        for subject in &adopted.subjects {
            // A name of which nothing can be searched (only signs) is found by its watches alone.
            if let Ok(query) = Query::parse(&crate::watch::phrase(&subject.name)) {
                queries.push(query);
                named.push(subject.id);
            }
        }
        Ok(Self {
            matcher: Matcher::new(&queries),
            language_first: adopted.watches.iter().any(|watch| watch.query.to_lowercase().contains("lang")),
            watches: adopted.watches.clone(),
            subjects: profiles(adopted),
            named,
            team: Team::default(),
            readers,
            answering: AnsweringSettings::default(),
            lessons: Taught::default(),
        })
    }

    /// With what people teach the readers, now and while it is at work.
    #[must_use]
    pub fn taught(self, lessons: Taught) -> Self {
        Self { lessons, ..self }
    }

    /// With the brand's own people, each as `handle`, `network:handle` or `network:native-id`: what they write is an
    /// act. Handles are compared without regard to case, ids exactly.
    #[must_use]
    pub fn with_team(self, team: &[String]) -> Self {
        Self { team: Team::new(team), ..self }
    }

    /// With how mentions are answered.
    #[must_use]
    pub fn with_answering(self, answering: AnsweringSettings) -> Self {
        Self { answering, ..self }
    }

    /// The watches, in the order of the roster.
    pub fn watches(&self) -> &[WatchRule] {
        &self.watches
    }

    /// Turns items into mentions and acts. Pure.
    pub fn mentions(&self, source: &SourceInfo, items: Vec<Item>, arrival: Arrival) -> TakenIn {
        let mut taken = TakenIn::default();
        for item in items {
            if item.deleted {
                taken.deleted.push(item.native_id);
            } else if item.own || self.team.has(&source.network, &item.author) {
                taken.acts.push(self.act(item, arrival));
            } else if let Some(mention) = self.mention(source, item, arrival) {
                taken.mentions.push(mention);
            }
        }
        taken
    }

    fn act(&self, item: Item, arrival: Arrival) -> NewAct {
        let age = arrival.now.duration_since(published(item.claimed, arrival.now));
        NewAct {
            first_seen: arrival.now,
            history: arrival.is_history(item.claimed.is_none(), age),
            lang: self.language(&item.full_text(), &item),
            content: content_hash(&item),
            item,
        }
    }

    fn mention(&self, source: &SourceInfo, item: Item, arrival: Arrival) -> Option<NewMention> {
        let text = item.full_text();
        let mut lang = self.language_first.then(|| self.language(&text, &item)).flatten();
        let found = self.find(source, &item, &text, lang.as_deref());
        let ours = source.everything || item.addressed;
        if found.matches.is_empty() && !ours {
            return None;
        }
        if !self.language_first {
            lang = self.language(&text, &item);
        }
        let readings = self.readings(&text, lang.as_deref(), &found, ours);
        let when = published(item.claimed, arrival.now);
        let age = arrival.now.duration_since(when);
        let history = arrival.is_history(item.claimed.is_none(), age);
        Some(NewMention {
            need: if history && item.claimed.is_some() { None } else { self.need(&item, &readings, arrival.now) },
            fingerprint: marks::fingerprint(&item, &source.network, &text),
            content: content_hash(&item),
            first_seen: arrival.now,
            history,
            read: arrival.first_poll && age > READ_FIRST,
            lang,
            matches: found.matches,
            readings,
            item,
        })
    }

    fn need(&self, item: &Item, readings: &[Reading], now: Timestamp) -> Option<Need> {
        let brand = self.subjects.first().filter(|subject| subject.role == Role::Brand)?.id;
        self.answering.need_of(item, readings.iter().find(|reading| reading.subject == brand), now)
    }

    fn language(&self, text: &str, item: &Item) -> Option<String> {
        self.readers.language.language(text, item.lang.as_deref())
    }

    fn find(&self, source: &SourceInfo, item: &Item, text: &str, lang: Option<&str>) -> Found {
        let urls: Vec<String> = item.url.iter().chain(&item.links).cloned().collect();
        let hits = self.matcher.matches(&Post {
            text,
            author: item.author.handle.as_deref().or(item.author.name.as_deref()).unwrap_or_default(),
            source: &source.name,
            network: source.network.name(),
            lang: lang.or(item.lang.as_deref()).unwrap_or_default(),
            urls: &urls,
            image_descriptions: &item.image_descriptions,
        });
        let mut found = Found::default();
        for hit in hits {
            if let Some(watch) = self.watches.get(hit.query) {
                found.matches.push(watch.id);
                found.watched.push(watch.subject);
            } else if let Some(subject) = self.named.get(hit.query - self.watches.len()) {
                found.named.push(*subject);
            }
        }
        found
    }

    /// One reading for every subject that a watch found or that the text names, brand first; for the brand in
    /// any case when the post is `ours`.
    fn readings(&self, text: &str, lang: Option<&str>, found: &Found, ours: bool) -> Vec<Reading> {
        let mut readings = Vec::new();
        let learned = self.lessons.now();
        for subject in &self.subjects {
            let named = found.named.contains(&subject.id);
            let watched = found.watched.contains(&subject.id);
            let given = ours && subject.role == Role::Brand;
            if !named && !watched && !given {
                continue;
            }
            let context = subject.context();
            let sentiment = self.readers.sentiment.sentiment(text, lang, &context);
            let sentiment = sentiment.map(|read| learned.sentiment(subject.id, read));
            let wants = self.readers.intent.wants(text, lang, sentiment.as_ref(), &context);
            readings.push(Reading {
                subject: subject.id,
                // A post that only its source vouches for is about us unless its words say otherwise.
                about: (given && !named && !watched)
                    || learned.about(subject.id, &*self.readers.about, text, lang, &context),
                intents: learned.wants(subject.id, wants).intents(),
                sentiment,
            });
        }
        readings
    }
}

/// What the matcher found in one item.
#[derive(Default)]
struct Found {
    matches: Vec<WatchId>,
    watched: Vec<SubjectId>,
    named: Vec<SubjectId>,
}

pub(super) fn profiles(adopted: &Adopted) -> Vec<Profile> {
    let mut subjects: Vec<&Subject> = adopted.subjects.iter().collect();
    subjects.sort_by_key(|subject| subject.role != Role::Brand);
    let profile = |subject: &&Subject| {
        let mut context: Vec<String> = Vec::new();
        for word in adopted.watches.iter().filter(|watch| watch.subject == subject.id).flat_map(|watch| &watch.context)
        {
            if !context.contains(word) {
                context.push(word.clone());
            }
        }
        let others = adopted.subjects.iter().filter(|other| other.id != subject.id);
        Profile {
            id: subject.id,
            role: subject.role,
            name: subject.name.clone(),
            context,
            others: others.map(|other| other.name.clone()).collect(),
        }
    };
    subjects.iter().map(profile).collect()
}

/// Hash of what a reader sees: headline, words, image descriptions and content warning. Addresses are left out: feeds put
/// changing tracking marks into them, which is no edit.
pub fn content_hash(item: &Item) -> u64 {
    let mut hash = Xxh3::new();
    let mut part = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(item.title.as_deref().unwrap_or_default());
    part(&item.text);
    for description in &item.image_descriptions {
        part(description);
    }
    if let Some(warning) = &item.content_warning {
        part(warning);
    }
    hash.digest()
}

/// Works through the items of one answer, off the threads that wait for networks, in pieces that let other
/// answers have their turn.
///
/// # Errors
/// [`IntakeError::Stumbled`] when the work panicked; nothing is lost, the items are still at the source.
pub async fn take_in(
    intake: &Arc<Intake>,
    source: &Arc<SourceInfo>,
    mut items: Vec<Item>,
    arrival: Arrival,
) -> Result<TakenIn, IntakeError> {
    if items.len() <= INLINE_ITEMS && items.iter().map(|item| item.text.len()).sum::<usize>() <= INLINE_BYTES {
        return Ok(intake.mentions(source, items, arrival));
    }
    let mut all = TakenIn::default();
    while !items.is_empty() {
        let later = items.split_off(items.len().min(PIECE));
        let (intake, source) = (Arc::clone(intake), Arc::clone(source));
        let piece = tokio::task::spawn_blocking(move || intake.mentions(&source, items, arrival))
            .await
            .map_err(|error| IntakeError::Stumbled(super::supervise::what_happened(error)))?;
        all.mentions.extend(piece.mentions);
        all.acts.extend(piece.acts);
        all.deleted.extend(piece.deleted);
        items = later;
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
