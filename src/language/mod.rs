//! Readers of human language: which language, which sentiment, which intent, about us or not. Pure.

use crate::domain::{Intents, Shares};

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

/// Tells the language of a text.
pub trait ReadLanguage: Send + Sync {
    /// ISO 639-1 code; `None` when it cannot be told. `claimed` is the source's own word (BCP 47).
    fn language(&self, text: &str, claimed: Option<&str>) -> Option<String>;
}

/// Tells the attitude towards a subject.
pub trait ReadSentiment: Send + Sync {
    /// Probabilities; `None` for a language that it cannot read.
    fn sentiment(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<Shares>;
}

/// Tells what a post wants.
pub trait ReadIntent: Send + Sync {
    /// At least one intent.
    fn intents(
        &self,
        text: &str,
        lang: Option<&str>,
        sentiment: Option<&Shares>,
        subject: &SubjectContext<'_>,
    ) -> Intents;
}

/// Tells whether a post is about the subject at all.
pub trait ReadAbout: Send + Sync {
    /// False when the word has another sense here.
    fn about(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> bool;
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
}
