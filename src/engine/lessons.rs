//! What people's corrections teach the readers: fitted from the stored corrections, used by whatever is read from then
//! on, in every process on the same store. Pure fitting is `language::correct`'s work; here it is decided when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

use super::intake::{self, Profile};
use crate::domain::{
    Correction, CorrectionId, Filter, IntentShares, Mention, MentionId, NewCorrection, Occasion, Said, Shares, Span,
    SubjectId, Timestamp,
};
use crate::language::correct::intents::{IntentLesson, LearnedIntents};
use crate::language::correct::senses::{Marked, Senses};
use crate::language::correct::{Learned, Lesson};
use crate::language::{ReadAbout, Readers, SubjectContext, Wants};
use crate::store::{Store, StoreError, StoreResult};

/// Log-odds from which on a post counts as being about its subject. Below 0, where the reader says that it is not: a
/// complaint that nobody sees costs more than a stray that a key removes, so that it takes odds of two to one.
const ABOUT_FROM: f32 = -0.7;

/// Newest corrections that are learned from; older ones are kept and not learned from any more.
const MOST: u32 = 10_000;
/// Newest marks of about-us that are learned from, of each subject.
const MOST_MARKS: usize = 300;
/// Mentions that stand for what is usually about a subject.
const USUAL: u32 = 200;

/// What was learned for one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubjectLessons {
    /// Corrections that stand, of whatever kind.
    pub corrections: u32,
    /// Of sentiment.
    pub sentiment: Learned,
    /// How far the shares of the three classes were off among the corrected mentions, before and after learning;
    /// `None` where there are too few.
    pub errors: Option<(f32, f32)>,
    /// Of intents.
    pub intents: LearnedIntents,
    /// The same error of the shares of the five intents.
    pub intent_errors: Option<(f32, f32)>,
    /// Of the senses of its name.
    pub senses: Senses,
}

/// What was learned for every subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lessons(BTreeMap<SubjectId, SubjectLessons>);

impl Lessons {
    /// What was learned for a subject; `None` while nothing was corrected.
    pub fn of(&self, subject: SubjectId) -> Option<&SubjectLessons> {
        self.0.get(&subject)
    }

    /// Lessons with this for one subject.
    #[must_use]
    pub fn with(mut self, subject: SubjectId, lessons: SubjectLessons) -> Self {
        self.0.insert(subject, lessons);
        self
    }

    /// A sentiment as it is taught.
    pub(super) fn sentiment(&self, subject: SubjectId, read: Shares) -> Shares {
        self.of(subject).map_or(read, |lessons| lessons.sentiment.apply(read))
    }

    /// What a post wants, as it is taught.
    pub(super) fn wants(&self, subject: SubjectId, read: Wants) -> Wants {
        self.of(subject).map_or(read, |lessons| read.with(|shares| lessons.intents.apply(shares)))
    }

    /// Whether a post is about the subject, as it is taught.
    pub(super) fn about(
        &self,
        subject: SubjectId,
        reader: &dyn ReadAbout,
        text: &str,
        lang: Option<&str>,
        context: &SubjectContext<'_>,
    ) -> bool {
        match self.of(subject) {
            Some(lessons) => lessons.senses.about(reader, text, lang, context, ABOUT_FROM),
            None => reader.odds(text, lang, context).is_none_or(|odds| odds >= ABOUT_FROM),
        }
    }
}

/// The lessons in force; clones follow.
#[derive(Debug, Clone, Default)]
pub struct Taught(Arc<Mutex<Arc<Lessons>>>);

impl Taught {
    /// What is in force now.
    pub fn now(&self) -> Arc<Lessons> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, lessons: Lessons) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(lessons);
    }
}

/// Where the readers are taught.
pub struct School {
    pub(super) store: Arc<dyn Store>,
    pub(super) readers: Arc<Readers>,
    taught: Taught,
    /// The corrections that were learned from, as the store counts them.
    learned: AsyncMutex<Option<i64>>,
}

impl School {
    /// A school in which nothing was learned yet.
    pub fn new(store: Arc<dyn Store>, readers: Arc<Readers>) -> Self {
        Self { store, readers, taught: Taught::default(), learned: AsyncMutex::default() }
    }

    /// What is in force, now and later.
    pub fn taught(&self) -> Taught {
        self.taught.clone()
    }

    /// Learns from the stored corrections if they are others than before. Tells whether that was so.
    ///
    /// # Errors
    /// When the store cannot be read; what was learned before stays in force.
    pub async fn look(&self) -> StoreResult<bool> {
        let mut learned = self.learned.lock().await;
        let version = self.store.corrections_version().await?;
        if *learned == Some(version) {
            return Ok(false);
        }
        let mut notes: BTreeMap<SubjectId, Notes> = BTreeMap::new();
        for correction in self.store.corrections(MOST).await? {
            notes.entry(correction.subject).or_default().take(&correction);
        }
        for (subject, notes) in &mut notes {
            notes.texts(&*self.store, *subject).await?;
        }
        if !notes.is_empty() {
            let names: BTreeMap<SubjectId, String> =
                self.store.adopted().await?.subjects.into_iter().map(|subject| (subject.id, subject.name)).collect();
            let fitting = tokio::task::spawn_blocking(move || {
                let name = |subject| names.get(subject).map_or("", String::as_str);
                Lessons(notes.iter().map(|(subject, notes)| (*subject, notes.learn(name(subject)))).collect())
            });
            let lessons = fitting.await.map_err(|error| StoreError::Other(super::supervise::what_happened(error)))?;
            self.taught.set(lessons);
        } else {
            self.taught.set(Lessons::default());
        }
        *learned = Some(version);
        Ok(true)
    }

    /// Keeps what a person says of these mentions.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(super) async fn correct(
        &self,
        ids: &[MentionId],
        subject: Option<SubjectId>,
        said: Said,
        occasion: Occasion,
        at: Timestamp,
    ) -> StoreResult<Vec<CorrectionId>> {
        let profiles = intake::profiles(&self.store.adopted().await?);
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(mention) = self.store.mention(*id).await? else { continue };
            let lead = mention.row.lead().map(|reading| reading.subject);
            let Some(subject) = subject.or(lead) else { continue };
            let (untaught, untaught_intents) = self.untaught(&mention, subject, &profiles);
            all.push(NewCorrection { mention: *id, subject, said, untaught, untaught_intents, occasion, at });
        }
        self.store.correct(&all).await
    }

    /// What the readers make of a mention's sentiment without anything learned, and of its intents without anything
    /// learned of intents.
    fn untaught(
        &self,
        mention: &Mention,
        subject: SubjectId,
        profiles: &[Profile],
    ) -> (Option<Shares>, Option<IntentShares>) {
        let known = mention.correction(subject);
        if let Some((untaught, intents @ Some(_))) = known.map(|known| (known.untaught, known.untaught_intents)) {
            return (untaught, intents);
        }
        let untaught = known.and_then(|known| known.untaught);
        let Some(profile) = profiles.iter().find(|profile| profile.id == subject) else { return (untaught, None) };
        let (text, lang, context) = (mention.full_text(), mention.lang.as_deref(), profile.context());
        let read = self.readers.sentiment.sentiment(&text, lang, &context);
        let taught = read.map(|read| self.taught.now().sentiment(subject, read));
        let wants = self.readers.intent.wants(&text, lang, taught.as_ref(), &context);
        (if known.is_some() { untaught } else { read }, wants.shares())
    }
}

/// What is learned from, of one subject.
#[derive(Default)]
struct Notes {
    corrections: u32,
    lessons: Vec<Lesson>,
    intents: Vec<IntentLesson>,
    /// Mentions that a person spoke of as about it or not, the newest first.
    marks: Vec<(MentionId, bool)>,
    marked: Vec<Marked>,
    usual: Vec<String>,
}

impl Notes {
    fn take(&mut self, correction: &Correction) {
        self.corrections = self.corrections.saturating_add(1);
        self.lessons.extend(Lesson::of(correction));
        self.intents.extend(IntentLesson::of(correction));
        if let (Some(mention), Some(about)) = (correction.mention, correction.said.about) {
            self.marks.push((mention, about));
        }
    }

    /// Reads the words that the marks are about.
    async fn texts(&mut self, store: &dyn Store, subject: SubjectId) -> StoreResult<()> {
        self.marks.truncate(MOST_MARKS);
        for (id, about) in &self.marks {
            if let Some(mention) = store.mention(*id).await? {
                self.marked.push(Marked { text: mention.full_text(), about: *about });
            }
        }
        if !self.marked.is_empty() {
            let marked: BTreeSet<MentionId> = self.marks.iter().map(|(id, _)| *id).collect();
            let filter = Filter { subject: Some(subject), ..Filter::default() };
            let usual = store.mentions(&filter, Span::Newest, USUAL).await?;
            self.usual.extend(usual.iter().filter(|one| !marked.contains(&one.row.id)).map(Mention::full_text));
        }
        Ok(())
    }

    fn learn(&self, name: &str) -> SubjectLessons {
        let sentiment = Learned::from_lessons(&self.lessons);
        let intents = LearnedIntents::from_lessons(&self.intents);
        SubjectLessons {
            corrections: self.corrections,
            errors: sentiment.errors(&self.lessons),
            sentiment,
            intent_errors: intents.errors(&self.intents),
            intents,
            senses: Senses::learned(&self.marked, &self.usual, name),
        }
    }
}
