//! Readers of human language: which language, which sentiment, which intent, about us or not; of our own posts the
//! gesture. Pure.
//!
//! The traits are what the rest of the house knows; [`Readers::rule_based`] gives their first versions, which go by
//! word lists and a table of weights and can say which words made a verdict. [`normalise`] holds the form in which
//! texts and links are compared.

use std::ops::Range;
use std::sync::Arc;

use crate::domain::{Intent, Intents, Shares};

mod about;
pub mod coach;
pub mod correct;
mod fold;
pub mod gesture;
mod identify;
mod intent;
pub mod lexicon;
mod library;
mod links;
pub mod model;
mod names;
pub mod normalise;
mod scene;
mod sentiment;
mod sums;
pub mod tokens;
pub mod trained;
mod wants;
mod weights;

pub use about::RuleAbout;
pub use gesture::{
    Amount, Cap, DeedReading, GestureReading, Profiting, ReadGesture, RuleGesture, money_given, profiting,
};
pub use identify::RuleLanguage;
pub use intent::RuleIntent;
pub use library::{Library, everyday_words};
pub use sentiment::RuleSentiment;
pub use wants::{Wants, Weighed};

/// What a reader may know of the subject that it reads for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SubjectContext<'a> {
    /// The subject's name.
    pub name: &'a str,
    /// Words that speak for the subject being meant.
    pub context: &'a [String],
    /// Names of the other subjects.
    pub others: &'a [String],
}

/// One thing in a text that made a verdict what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Where it stands (byte range of the text).
    pub span: Range<usize>,
    /// How much it weighs: above 0 it speaks for the verdict asked about, below 0 against it.
    pub weight: f32,
    /// What it was taken for, in a word or two.
    pub why: &'static str,
}

/// Tells the language of a text.
pub trait ReadLanguage: Send + Sync {
    /// ISO 639-1 code; `None` when it cannot be told. `claimed` is the source's own word (BCP 47).
    fn language(&self, text: &str, claimed: Option<&str>) -> Option<String>;
}

/// Tells the attitude towards a subject.
pub trait ReadSentiment: Send + Sync {
    /// Probabilities; `None` for a language that it cannot read.
    fn sentiment(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<Shares>;

    /// The words that made the reading, in the order of the text; weights above 0 speak for positive. Empty where
    /// a reader cannot say.
    fn explain(&self, _text: &str, _lang: Option<&str>, _subject: &SubjectContext<'_>) -> Vec<Evidence> {
        Vec::new()
    }
}

/// Tells what a post wants.
pub trait ReadIntent: Send + Sync {
    /// The intents, weighed where the text can be read. `sentiment` is the text's, as it is taught.
    fn wants(&self, text: &str, lang: Option<&str>, sentiment: Option<&Shares>, subject: &SubjectContext<'_>) -> Wants;

    /// At least one intent: what the text wants before anything was learned of intents.
    fn intents(
        &self,
        text: &str,
        lang: Option<&str>,
        sentiment: Option<&Shares>,
        subject: &SubjectContext<'_>,
    ) -> Intents {
        self.wants(text, lang, sentiment, subject).intents()
    }

    /// What spoke for and against this intent, in the order of the text. Empty where a reader cannot say.
    fn explain(
        &self,
        _text: &str,
        _lang: Option<&str>,
        _intent: Intent,
        _subject: &SubjectContext<'_>,
    ) -> Vec<Evidence> {
        Vec::new()
    }
}

/// Tells whether a post is about the subject at all.
pub trait ReadAbout: Send + Sync {
    /// False when the word has another sense here.
    fn about(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> bool;

    /// How far the text is beyond the limit from which on it is about the subject, in log-odds: 0 or more is about it.
    /// `None` where the name does not stand in the text, so that the watch is trusted. A reader that weighs nothing is
    /// moderately sure.
    fn odds(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<f32> {
        Some(if self.about(text, lang, subject) { 1.0 } else { -1.0 })
    }

    /// What spoke for (above 0) and against the subject being meant. Empty where a reader cannot say.
    fn explain(&self, _text: &str, _lang: Option<&str>, _subject: &SubjectContext<'_>) -> Vec<Evidence> {
        Vec::new()
    }
}

/// The readers in force, replaceable one by one.
pub struct Readers {
    /// Language.
    pub language: Box<dyn ReadLanguage>,
    /// Sentiment.
    pub sentiment: Box<dyn ReadSentiment>,
    /// Intent.
    pub intent: Box<dyn ReadIntent>,
    /// About us or not.
    pub about: Box<dyn ReadAbout>,
    /// The gesture of our own posts.
    pub gesture: Box<dyn ReadGesture>,
    /// What may be wrong with a drafted answer.
    pub coach: Box<dyn coach::ReadCoach>,
}

impl Readers {
    /// The trained readers, each with the model that the program carries; a reader whose model cannot be used (a build
    /// with a broken asset, which the tests refuse) falls back to its rules.
    pub fn trained() -> Self {
        let library = Arc::new(Library::new());
        let sentiment: Box<dyn ReadSentiment> = match trained::TrainedSentiment::embedded(Arc::clone(&library)) {
            Ok(reader) => Box::new(reader),
            Err(_) => Box::new(RuleSentiment::new(Arc::clone(&library))),
        };
        let intent: Box<dyn ReadIntent> = match trained::TrainedIntent::embedded(Arc::clone(&library)) {
            Ok(reader) => Box::new(reader),
            Err(_) => Box::new(RuleIntent::new(Arc::clone(&library))),
        };
        let about: Box<dyn ReadAbout> = match trained::TrainedAbout::embedded(Arc::clone(&library)) {
            Ok(reader) => Box::new(reader),
            Err(_) => Box::new(RuleAbout::new(Arc::clone(&library))),
        };
        let gesture: Box<dyn ReadGesture> = match trained::TrainedGesture::embedded() {
            Ok(reader) => Box::new(reader),
            Err(_) => Box::new(RuleGesture::new()),
        };
        let coach: Box<dyn coach::ReadCoach> = match trained::TrainedCoach::embedded() {
            Ok(reader) => Box::new(reader),
            Err(_) => Box::new(coach::RuleCoach),
        };
        Self { language: Box::new(RuleLanguage::new(library)), sentiment, intent, about, gesture, coach }
    }

    /// The same for a brand whose voices sign so: what ends like that was written by a person.
    #[must_use]
    pub fn signed_by(mut self, signatures: impl IntoIterator<Item = String>) -> Self {
        self.gesture = Box::new(gesture::signed::Signed::new(self.gesture, signatures));
        self
    }

    /// The readers that go by word lists and rules. Reads the lists once (some milliseconds), so make
    /// one and share it.
    pub fn rule_based() -> Self {
        let library = Arc::new(Library::new());
        Self {
            language: Box::new(RuleLanguage::new(Arc::clone(&library))),
            sentiment: Box::new(RuleSentiment::new(Arc::clone(&library))),
            intent: Box::new(RuleIntent::new(Arc::clone(&library))),
            about: Box::new(RuleAbout::new(library)),
            gesture: Box::new(RuleGesture::new()),
            coach: Box::new(coach::RuleCoach),
        }
    }
}

impl coach::ReadCoach for Readers {
    fn coach(&self, mention: &str, intents: Intents, draft: &str) -> Vec<coach::Remark> {
        self.coach.coach(mention, intents, draft)
    }
}

#[cfg(test)]
mod measured;
#[cfg(test)]
mod tests;
