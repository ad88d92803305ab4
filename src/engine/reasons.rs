//! Why a stored mention is read as it is: the words behind each verdict, told when somebody asks, with the readers and
//! the lessons that are in force then. Nothing is stored and nothing is put in the place of a reading.

use std::sync::Arc;

use super::intake::{self, Profile};
use super::lessons::{Lessons, School};
use crate::domain::{Intent, Mention, MentionId, Reading, Shares, SubjectId};
use crate::language::{Evidence, Readers, Wants};
use crate::store::{StoreError, StoreResult};

/// Why a mention is read as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// The mention; the spans of evidence are those of its [`Mention::full_text`].
    pub mention: Arc<Mention>,
    /// For each subject that it has a reading for.
    pub subjects: Vec<SubjectReasons>,
}

/// Why it is read so for a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectReasons {
    /// Whom.
    pub subject: SubjectId,
    /// As it would be read now, with what was learned. The stored reading may be another one.
    pub now: Reading,
    /// The sentiment before anything learned was applied.
    pub untaught: Option<Shares>,
    /// The words behind the sentiment; above 0 for positive.
    pub sentiment: Vec<Evidence>,
    /// The intents that were read when it came, that would be read now, and where that is one the next likeliest.
    pub intents: Vec<IntentReasons>,
    /// The words that speak for (above 0) and against the subject being meant.
    pub about: Vec<Evidence>,
}

/// Why an intent holds, or does not.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentReasons {
    /// Which.
    pub intent: Intent,
    /// How likely it is, with what was learned; `None` where intents cannot be weighed.
    pub share: Option<f32>,
    /// The words that speak for it (above 0) and against it.
    pub words: Vec<Evidence>,
}

impl School {
    /// Why a mention is read as it is; `None` when it is not stored any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn reasons(&self, id: MentionId) -> StoreResult<Option<Reasons>> {
        let Some(mention) = self.store.mention(id).await? else { return Ok(None) };
        let profiles = intake::profiles(&self.store.adopted().await?);
        let (readers, lessons, mention) = (Arc::clone(&self.readers), self.taught().now(), Arc::new(mention));
        let telling = tokio::task::spawn_blocking(move || of(mention, &profiles, &readers, &lessons));
        telling.await.map(Some).map_err(|error| StoreError::Other(super::supervise::what_happened(error)))
    }
}

fn of(mention: Arc<Mention>, profiles: &[Profile], readers: &Readers, lessons: &Lessons) -> Reasons {
    let text = mention.full_text();
    let subjects = mention.row.readings.iter().filter_map(|stored| {
        let profile = profiles.iter().find(|profile| profile.id == stored.subject)?;
        let correction = mention.correction(stored.subject);
        let stored = correction.map_or(stored, |correction| &correction.read);
        Some(of_subject(&text, mention.lang.as_deref(), stored, profile, readers, lessons))
    });
    Reasons { subjects: subjects.collect(), mention: Arc::clone(&mention) }
}

fn of_subject(
    text: &str,
    lang: Option<&str>,
    stored: &Reading,
    profile: &Profile,
    readers: &Readers,
    lessons: &Lessons,
) -> SubjectReasons {
    let (subject, context) = (profile.id, profile.context());
    let untaught = readers.sentiment.sentiment(text, lang, &context);
    let sentiment = untaught.map(|read| lessons.sentiment(subject, read));
    let wants = lessons.wants(subject, readers.intent.wants(text, lang, sentiment.as_ref(), &context));
    let intents = told(stored, &wants).into_iter().map(|intent| IntentReasons {
        intent,
        share: wants.shares().map(|shares| shares.of(intent)),
        words: readers.intent.explain(text, lang, intent, &context),
    });
    let intents = intents.collect();
    let mut about = readers.about.explain(text, lang, &context);
    if let Some(learned) = lessons.of(subject) {
        about.extend(learned.senses.explain(text));
    }
    SubjectReasons {
        subject,
        now: Reading {
            subject,
            about: lessons.about(subject, &*readers.about, text, lang, &context),
            intents: wants.intents(),
            sentiment,
        },
        untaught,
        sentiment: readers.sentiment.explain(text, lang, &context),
        intents,
        about,
    }
}

/// The intents to tell of, the likeliest first.
fn told(stored: &Reading, wants: &Wants) -> Vec<Intent> {
    let now = wants.intents();
    let holds = |intent: &Intent| now.has(*intent) || stored.intents.has(*intent);
    let mut all: Vec<Intent> = Intent::ALL.into_iter().filter(holds).collect();
    if let Some(shares) = wants.shares() {
        // One alone says little: what it was weighed against says why.
        let others = Intent::ALL.into_iter().filter(|intent| all.len() < 2 && !holds(intent));
        let next = others.max_by(|one, other| shares.of(*one).total_cmp(&shares.of(*other)));
        all.extend(next);
        all.sort_by(|one, other| shares.of(*other).total_cmp(&shares.of(*one)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Intents, Role, Subject};
    use crate::engine::lessons::SubjectLessons;
    use crate::language::correct::Learned;
    use crate::language::correct::intents::LearnedIntents;
    use crate::language::correct::senses::{Marked, Senses};
    use crate::store::Adopted;

    const US: SubjectId = SubjectId(1);
    const TEXT: &str = "My Ferris chain snapped again, terrible. Does anyone at Ferris answer?";

    fn told(lessons: &Lessons) -> SubjectReasons {
        let subjects = vec![Subject { id: US, name: "Ferris".into(), role: Role::Brand }];
        let profiles = intake::profiles(&Adopted { subjects, watches: vec![], sources: vec![] });
        let stored = Reading { subject: US, about: true, sentiment: None, intents: Intents::of(&[Intent::Praise]) };
        of_subject(TEXT, Some("en"), &stored, &profiles[0], &Readers::trained(), lessons)
    }

    fn weight(words: &[Evidence], word: &str) -> f32 {
        let those = words.iter().filter(|one| TEXT.get(one.span.clone()).is_some_and(|words| words.contains(word)));
        those.map(|one| one.weight).sum()
    }

    #[test]
    fn the_words_behind_every_verdict_lie_in_the_text() {
        let told = told(&Lessons::default());
        let intents = told.intents.iter().flat_map(|one| &one.words);
        for one in told.sentiment.iter().chain(&told.about).chain(intents) {
            assert!(TEXT.get(one.span.clone()).is_some_and(|words| !words.is_empty()), "{one:?}");
        }
        assert!(weight(&told.sentiment, "terrible") < 0.0, "{:?}", told.sentiment);
        assert_eq!(told.untaught, told.now.sentiment);
        let shares: Vec<f32> = told.intents.iter().filter_map(|one| one.share).collect();
        assert!(shares.is_sorted_by(|one, other| one >= other) && shares.len() >= 2, "{shares:?}");
        assert!(told.intents.iter().any(|one| one.intent == Intent::Praise), "what it was read as is told of");
    }

    #[test]
    fn what_was_learned_is_in_it() {
        let marked = Marked { text: "the Ferris chain of hotels".into(), about: false };
        let usual: Vec<String> = (0..9).map(|n| format!("my Ferris saddle {n}")).collect();
        let taught = SubjectLessons {
            corrections: 30,
            sentiment: Learned { biases: [-3.0, 0.0, 3.0], from: 20 },
            intents: LearnedIntents { biases: [-9.0, 9.0, 0.0, 0.0, 0.0], from: 10 },
            senses: Senses::learned(&vec![marked; 5], &usual, "Ferris"),
            ..SubjectLessons::default()
        };
        let told = told(&Lessons::default().with(US, taught));
        let (before, now) = (told.untaught.unwrap(), told.now.sentiment.unwrap());
        assert!(now.positive > before.positive + 0.05, "{before:?} {now:?}");
        assert!(told.now.intents.has(Intent::Question) && !told.now.intents.has(Intent::Complaint));
        assert!(weight(&told.about, "chain") < 0.0, "{:?}", told.about);
    }
}
