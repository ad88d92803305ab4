//! Stand-ins for the rooms below, for the engine's own tests: a store in memory, scripted sources, simple
//! readers, and a clock that follows tokio's paused time.

mod cases;
mod outbox;
mod said;
mod scripted;
mod store;
pub(crate) mod town;
mod whole;
#[allow(clippy::duplicate_mod, reason = "the same for another store")]
#[path = "../../../tests/support/without_campaigns.rs"]
mod without_campaigns;
#[allow(clippy::duplicate_mod, reason = "the same for another store")]
#[path = "../../../tests/support/without_giving.rs"]
mod without_giving;
#[allow(clippy::duplicate_mod, reason = "the same for another store")]
#[path = "../../../tests/support/without_people.rs"]
mod without_people;

use std::sync::Arc;

use crate::domain::{Clock, IntentShares, Shares, Timestamp};
use crate::language::{ReadAbout, ReadIntent, ReadLanguage, ReadSentiment, Readers, SubjectContext, Wants, Weighed};

pub(crate) use scripted::{Script, Step, item, source, stream};
pub(crate) use store::MemoryStore;
/// The store that is without what the files of other tests leave out.
use store::MemoryStore as Keeper;

/// The moment at which [`PausedClock`] starts.
pub(crate) const START: i64 = 1_750_000_000;

/// Follows tokio's time, which stands still in tests until everything waits.
pub(crate) struct PausedClock {
    origin: tokio::time::Instant,
}

impl PausedClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { origin: tokio::time::Instant::now() })
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.origin.elapsed().as_millis()).unwrap();
        Timestamp::from_millisecond(START * 1_000 + passed).unwrap()
    }
}

/// Reads by single words: enough to see that the right text reaches the right reader.
pub(crate) struct WordReaders;

impl ReadLanguage for WordReaders {
    fn language(&self, text: &str, claimed: Option<&str>) -> Option<String> {
        if text.contains("panic now") {
            panic!("the reader fell over");
        }
        claimed.map(str::to_owned).or_else(|| text.contains(" und ").then(|| "de".to_owned()))
    }
}

impl ReadSentiment for WordReaders {
    fn sentiment(&self, text: &str, _lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<Shares> {
        let bad = text.contains("broken") && text.contains(subject.name);
        let negative = if bad { 0.8 } else { 0.1 };
        Some(Shares { negative, neutral: 0.9 - negative, positive: 0.1 })
    }
}

impl ReadIntent for WordReaders {
    fn wants(&self, text: &str, _: Option<&str>, _: Option<&Shares>, _: &SubjectContext<'_>) -> Wants {
        let shares = if text.contains("broken") { [0.6, 0.2, 0.1, 0.05, 0.05] } else { [0.05, 0.2, 0.1, 0.05, 0.6] };
        Wants::Weighed(Weighed { shares: IntentShares(shares), second: 0.45, bitter: false })
    }
}

impl ReadAbout for WordReaders {
    fn about(&self, text: &str, _lang: Option<&str>, _subject: &SubjectContext<'_>) -> bool {
        !text.contains("wheel")
    }
}

pub(crate) fn readers() -> Arc<Readers> {
    Arc::new(Readers {
        language: Box::new(WordReaders),
        sentiment: Box::new(WordReaders),
        intent: Box::new(WordReaders),
        about: Box::new(WordReaders),
        gesture: Box::new(crate::language::RuleGesture::new()),
        coach: Box::new(crate::language::coach::RuleCoach),
    })
}
