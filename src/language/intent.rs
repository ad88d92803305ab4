//! Intent by cues: the measures of the text and its sentiment, weighed per intent.
//!
//! `P(i) = exp(w_i · m) / sum over k of exp(w_k · m)`, m being the measures of the text (see `scene`) and the
//! probabilities of negative and positive. The likeliest intent holds; a second holds with it when it is nearly as
//! likely and the two can be meant at once.

use std::sync::Arc;

use super::lexicon::Cue;
use super::library::Library;
use super::scene::{Measures, Scene, Shape, Step};
use super::sentiment::softmax;
use super::weights::{INTENT, INTENT_BY_SENTIMENT};
use super::{Evidence, ReadIntent, SubjectContext, Wants, Weighed};
use crate::domain::{Intent, IntentShares, Intents, Shares};

/// Probability from which a second intent holds beside the likeliest.
const SECOND: f32 = 0.32;

/// Reads intents by cues; best in English, by shape alone in languages without lists.
#[derive(Debug, Clone)]
pub struct RuleIntent {
    library: Arc<Library>,
}

impl RuleIntent {
    /// A reader with these lists.
    pub fn new(library: Arc<Library>) -> Self {
        Self { library }
    }
}

/// From this probability of negative on, praise is taken for a complaint.
const BITTER: f32 = 0.6;

impl ReadIntent for RuleIntent {
    fn wants(&self, text: &str, lang: Option<&str>, sentiment: Option<&Shares>, subject: &SubjectContext<'_>) -> Wants {
        let scene = Scene::new(text, subject);
        match self.library.lexicon(text, &scene.tokens, lang) {
            Some((_, lexicon)) => Wants::Weighed(Weighed {
                shares: IntentShares(probabilities(&scene.measures(lexicon), sentiment)),
                second: SECOND,
                bitter: sentiment.is_some_and(|shares| shares.negative >= BITTER),
            }),
            None => Wants::Told(by_shape(&scene)),
        }
    }

    fn explain(&self, text: &str, lang: Option<&str>, intent: Intent, subject: &SubjectContext<'_>) -> Vec<Evidence> {
        let scene = Scene::new(text, subject);
        let Some((_, lexicon)) = self.library.lexicon(text, &scene.tokens, lang) else { return Vec::new() };
        let mut evidence = Vec::new();
        scene.walk(lexicon, |step| {
            let (first, end, weight, why) = match step {
                Step::Hit(hit) => {
                    let Some((cue, weight)) = strongest(hit.cues.iter(), intent) else { return };
                    (hit.first, hit.end, weight, cue.name())
                }
                Step::Mark(at, '?' | '？' | '؟') => (at, at + 1, of_shape(Shape::Asked, intent), "question mark"),
                _ => return,
            };
            if let Some(span) = scene.span(first, end) {
                evidence.push(Evidence { span, weight, why });
            }
        });
        evidence
    }
}

fn strongest(cues: impl Iterator<Item = Cue>, intent: Intent) -> Option<(Cue, f32)> {
    let weigh =
        |cue: Cue| INTENT.get(cue as usize).and_then(|row| row.get(intent as usize)).copied().unwrap_or_default();
    cues.map(|cue| (cue, weigh(cue))).max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))
}

fn of_shape(shape: Shape, intent: Intent) -> f32 {
    INTENT.get(Cue::COUNT + shape as usize).and_then(|row| row.get(intent as usize)).copied().unwrap_or_default()
}

/// Probabilities in the order of [`Intent::ALL`].
pub(super) fn probabilities(measures: &Measures, sentiment: Option<&Shares>) -> [f32; 5] {
    let attitude = sentiment.map_or([0.0, 0.0], |shares| [shares.negative, shares.positive]);
    let mut logits = [0.0f32; 5];
    let rows = measures.0.iter().zip(&INTENT).chain(attitude.iter().zip(&INTENT_BY_SENTIMENT));
    for (measure, row) in rows {
        for (logit, weight) in logits.iter_mut().zip(row) {
            *logit += measure * weight;
        }
    }
    softmax(logits)
}

/// Without lists only a question mark at the end tells anything.
fn by_shape(scene: &Scene<'_>) -> Intents {
    let last = scene.tokens.iter().rev().find(|token| token.is_mark());
    Intents::of(&[if last.is_some_and(|token| token.is_question()) { Intent::Question } else { Intent::Other }])
}
