//! The trained reader of sentiment, and its second head, which tells complaints.
//!
//! One joint model for all of [`LANGUAGES`]. A text whose language is known and not among them is not scored; one whose
//! language cannot be told is scored where the word lists know enough of its words. Each language but English has a
//! calibration of its own; a text whose language cannot be told goes by the common one, of which half is English.

use std::sync::Arc;

use super::super::library::Library;
use super::super::model::asset::{self, AssetError};
use super::super::model::{Linear, Scores};
use super::super::tokens;
use super::super::{Evidence, ReadSentiment, SubjectContext};
use super::message::with_message;
use crate::domain::Shares;

/// Languages that the model reads (ISO 639-1).
pub const LANGUAGES: [&str; 8] = ["en", "fr", "de", "es", "it", "pt", "hi", "ar"];

static SENTIMENT: &[u8] = include_bytes!("../../../assets/models/sentiment.bin");
static COMPLAINT: &[u8] = include_bytes!("../../../assets/models/complaint.bin");

/// Reads sentiment and tells complaints.
#[derive(Debug, Clone)]
pub struct TrainedSentiment {
    sentiment: Arc<Linear>,
    complaint: Arc<Linear>,
    library: Arc<Library>,
}

impl TrainedSentiment {
    /// The reader with the models that the program carries.
    ///
    /// # Errors
    /// When an embedded model is damaged or of another kind.
    pub fn embedded(library: Arc<Library>) -> Result<Self, AssetError> {
        super::attitudes::prepare();
        Ok(Self::new(asset::read(SENTIMENT)?, asset::read(COMPLAINT)?, library))
    }

    /// A reader with models of its own: one with the classes negative, neutral, positive, one with the classes
    /// other, complaint.
    pub fn new(sentiment: Linear, complaint: Linear, library: Arc<Library>) -> Self {
        Self { sentiment: Arc::new(sentiment), complaint: Arc::new(complaint), library }
    }

    /// The probability that a text complains, 0 to 1.
    pub fn complaint(&self, text: &str) -> f32 {
        with_message(text, |_, features| {
            super::complaint::add_sentiment(features, &self.sentiment.probabilities(features));
            self.complaint.probabilities(features).class(1)
        })
    }

    /// Whether a text of this language is read at all.
    pub fn reads(&self, text: &str, lang: Option<&str>) -> bool {
        match lang {
            Some(lang) => {
                let primary = lang.split(['-', '_']).next().unwrap_or(lang);
                LANGUAGES.iter().any(|known| primary.eq_ignore_ascii_case(known))
            }
            None => {
                self.library.lexicon(text, &tokens::shared(text), None).is_some()
                    || with_message(text, |pieces, _| super::attitudes::know(pieces))
            }
        }
    }
}

/// The probabilities as shares: negative, neutral, positive.
pub(super) fn shares(probabilities: &Scores) -> Shares {
    Shares { negative: probabilities.class(0), neutral: probabilities.class(1), positive: probabilities.class(2) }
}

impl ReadSentiment for TrainedSentiment {
    fn sentiment(&self, text: &str, lang: Option<&str>, _subject: &SubjectContext<'_>) -> Option<Shares> {
        self.reads(text, lang)
            .then(|| with_message(text, |_, features| shares(&self.sentiment.probabilities_in(features, lang))))
    }

    fn explain(&self, text: &str, lang: Option<&str>, _subject: &SubjectContext<'_>) -> Vec<Evidence> {
        if !self.reads(text, lang) {
            return Vec::new();
        }
        with_message(text, |pieces, features| {
            let parts = self.sentiment.contributions(features, pieces.list().len());
            let evidence = parts.into_iter().filter_map(|part| {
                let piece = pieces.list().get(part.piece?)?;
                let weight = (part.gave.class(2) - part.gave.class(0)) / 2.0;
                let why = if weight > 0.0 { "speaks for positive" } else { "speaks for negative" };
                Some(Evidence { span: piece.start as usize..piece.end as usize, weight, why })
            });
            evidence.filter(|evidence| evidence.weight.abs() > 0.02).collect()
        })
    }
}
