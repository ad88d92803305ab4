//! Sentiment by word lists: attitudes, what turns and strengthens them, and the shape of the text.
//!
//! The measures of the text (see `scene`) are weighed per class and put through a softmax,
//! `P(c) = exp(w_c · m) / sum over k of exp(w_k · m)`. The weights were fitted on labelled posts; there is one set for
//! English, whose lists are rich, and one for the other languages.

use std::sync::Arc;

use super::library::Library;
use super::scene::{Measures, Scene, Step};
use super::weights::{SENTIMENT_ENGLISH, SENTIMENT_OTHERS};
use super::{Evidence, ReadSentiment, SubjectContext};
use crate::domain::Shares;

/// Reads sentiment in English, French, German, Spanish, Italian and Portuguese.
#[derive(Debug, Clone)]
pub struct RuleSentiment {
    library: Arc<Library>,
}

impl RuleSentiment {
    /// A reader with these lists.
    pub fn new(library: Arc<Library>) -> Self {
        Self { library }
    }
}

impl ReadSentiment for RuleSentiment {
    fn sentiment(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<Shares> {
        let scene = Scene::new(text, subject);
        let (place, lexicon) = self.library.lexicon(text, &scene.tokens, lang)?;
        Some(shares(&scene.measures(lexicon), place == 0))
    }

    fn explain(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Vec<Evidence> {
        let scene = Scene::new(text, subject);
        let Some((_, lexicon)) = self.library.lexicon(text, &scene.tokens, lang) else { return Vec::new() };
        let mut evidence = Vec::new();
        scene.walk(lexicon, |step| {
            let Step::Hit(hit) = step else { return };
            if let Some(span) = scene.span(hit.first, hit.end).filter(|_| hit.valence != 0.0) {
                let why = if hit.valence > 0.0 { "good word" } else { "bad word" };
                evidence.push(Evidence { span, weight: hit.valence, why });
            }
        });
        evidence
    }
}

/// The softmax over negative, neutral and positive.
pub(super) fn shares(measures: &Measures, english: bool) -> Shares {
    let weights = if english { &SENTIMENT_ENGLISH } else { &SENTIMENT_OTHERS };
    let mut logits = [0.0f32; 3];
    for (measure, row) in measures.0.iter().zip(weights) {
        for (logit, weight) in logits.iter_mut().zip(row) {
            *logit += measure * weight;
        }
    }
    let [negative, neutral, positive] = softmax(logits);
    Shares { negative, neutral, positive }
}

/// exp(x) / sum of exp(x), shifted by the greatest so that nothing overflows.
pub(super) fn softmax<const N: usize>(logits: [f32; N]) -> [f32; N] {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = logits.map(|logit| (logit - top).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}
