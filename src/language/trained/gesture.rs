//! The trained reader of gestures: three linear models, one for the gesture, one for the trigger of a conditional gift,
//! one that chooses its cap among the candidates that the rules find.

use std::cell::RefCell;
use std::sync::Arc;

use super::super::Evidence;
use super::super::gesture::cap::{self, Candidate};
use super::super::gesture::cues::{self, Cues};
use super::super::gesture::gloss;
use super::super::gesture::words::Word;
use super::super::gesture::{Cap, GestureReading, RULES, ReadGesture, all_given, named_trigger, plain_gift};
use super::super::model::asset::{self, AssetError};
use super::super::model::{Features, Linear, Pieces, Scores, Spec};
use super::kinds::Kinds;
use crate::domain::{Gesture, Trigger};

/// The features of acts. Part of the assets.
pub(super) const SPEC: Spec = Spec { words: 3, skips: 2, chars_from: 3, chars_to: 5, negation: true, shape: true };

static GESTURE: &[u8] = include_bytes!("../../../assets/models/gesture.bin");
static TRIGGER: &[u8] = include_bytes!("../../../assets/models/gesture-trigger.bin");
static CAP: &[u8] = include_bytes!("../../../assets/models/gesture-cap.bin");

/// Contributions below this are not worth a word.
const LEAST_SAID: f32 = 0.03;

/// Reads gestures.
#[derive(Debug)]
pub struct TrainedGesture {
    gesture: Linear,
    trigger: Linear,
    cap: Linear,
    eye: Eye,
}

/// What the readers of a thread use again from text to text.
#[derive(Default)]
struct Buffers {
    pieces: Pieces,
    features: Features,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// Sees a text as the models want it.
#[derive(Debug)]
pub(super) struct Eye {
    cues: Cues,
    kinds: Arc<Kinds>,
}

impl Eye {
    /// The eye of models that learned with these kinds of words.
    pub fn new(kinds: Arc<Kinds>) -> Self {
        Self { cues: Cues::new(), kinds }
    }

    /// The features that tell the gesture.
    pub fn gesture(&self, text: &str, words: &[Word], reply: bool, pieces: &mut Pieces, features: &mut Features) {
        self.plain(text, words, reply, pieces, features);
        self.kinds.add(pieces, features);
    }

    fn plain(&self, text: &str, words: &[Word], reply: bool, pieces: &mut Pieces, features: &mut Features) {
        pieces.read(text);
        features.clear();
        features.add(pieces, &SPEC, 0);
        cues::add(words, &self.cues.find(words), reply, pieces, features);
    }

    /// Those that tell the trigger: without the kinds of words, which brought nothing, and with the acts that are named.
    pub fn trigger(&self, text: &str, words: &[Word], reply: bool, pieces: &mut Pieces, features: &mut Features) {
        self.plain(text, words, reply, pieces, features);
        cues::add_acts(words, &self.cues.find(words), features);
    }
}

/// The classes of the cap model: whether there is a cap at an anchor, whether a span with this anchor is the cap.
pub(super) const CAP_CLASSES: [&str; 2] = ["cap here", "this span"];

/// The cap that the model finds likeliest: with the probability that there is one at its anchor.
pub(super) fn best_cap(model: &Linear, words: &[Word], features: &mut Features) -> Option<(Candidate, f32)> {
    let mut here: Option<(usize, f32)> = None;
    for anchor in cap::anchors(words) {
        cap::look_at_anchor(words, anchor, features);
        let probability = model.probabilities(features).class(0);
        if here.is_none_or(|(_, most)| probability > most) {
            here = Some((anchor, probability));
        }
    }
    let (anchor, probability) = here?;
    let mut best: Option<(Candidate, f32)> = None;
    for candidate in cap::candidates(words, anchor) {
        cap::look_at_span(words, &candidate, features);
        let score = model.scores(features).class(1);
        if best.as_ref().is_none_or(|(_, most)| score > *most) {
            best = Some((candidate, score));
        }
    }
    best.map(|(candidate, _)| (candidate, probability))
}

impl TrainedGesture {
    /// The reader with the models that the program carries.
    ///
    /// # Errors
    /// When an embedded model is damaged or of another kind.
    pub fn embedded() -> Result<Self, AssetError> {
        Ok(Self::new(asset::read(GESTURE)?, asset::read(TRIGGER)?, asset::read(CAP)?, Kinds::embedded()?))
    }

    /// A reader with models of its own: classes as in [`Gesture::ALL`], as in [`Trigger::ALL`], and the classes of caps;
    /// and the kinds of words that the first learned with.
    pub fn new(gesture: Linear, trigger: Linear, cap: Linear, kinds: Arc<Kinds>) -> Self {
        Self { gesture, trigger, cap, eye: Eye::new(kinds) }
    }

    fn parts(&self, gesture: Gesture, pieces: &Pieces, features: &Features) -> Vec<Evidence> {
        let said = self.gesture.contributions(features, pieces.list().len()).into_iter().filter_map(|part| {
            let piece = pieces.list().get(part.piece?)?;
            let weight = part.gave.class(gesture.place());
            let why = if weight > 0.0 { "speaks for it" } else { "speaks against it" };
            Some(Evidence { span: piece.start as usize..piece.end as usize, weight, why })
        });
        said.filter(|part| part.weight.abs() > LEAST_SAID).collect()
    }

    fn cap_of(&self, text: &str, words: &[Word], features: &mut Features) -> Option<Cap> {
        let least = self.cap.header().thresholds.first().copied().unwrap_or(0.5);
        let (candidate, _) = best_cap(&self.cap, words, features).filter(|(_, probability)| *probability >= least)?;
        Cap::at(text, candidate.span(words))
    }
}

/// The probabilities of a gift that is told plainly, in the order of [`Gesture::ALL`].
pub(super) const PLAIN: [f32; 4] = [0.91, 0.03, 0.03, 0.03];

fn four(scores: &Scores) -> [f32; 4] {
    [scores.class(0), scores.class(1), scores.class(2), scores.class(3)]
}

impl ReadGesture for TrainedGesture {
    fn version(&self) -> i64 {
        let models = [GESTURE, TRIGGER, CAP]
            .into_iter()
            .fold(RULES.cast_unsigned(), |seed, model| xxhash_rust::xxh3::xxh3_64_with_seed(model, seed));
        // Above 0, and beyond what rules alone are numbered with.
        (models >> 1 | 1 << 40).cast_signed()
    }

    fn gesture(&self, text: &str, reply: bool) -> GestureReading {
        BUFFERS.with_borrow_mut(|Buffers { pieces, features }| {
            let (words, foreign) = gloss::scan_and_tell(text);
            self.eye.gesture(text, &words, reply, pieces, features);
            let probabilities = self.gesture.probabilities(features);
            let gesture = Gesture::ALL.get(probabilities.likeliest().0).copied().unwrap_or(Gesture::Talk);
            let mut reading = GestureReading {
                gesture,
                probabilities: four(&probabilities),
                trigger: None,
                cap: None,
                all_proceeds: None,
                parts: self.parts(gesture, pieces, features),
            };
            if gesture != Gesture::Give
                && let Some(span) = plain_gift(text)
            {
                // Which gesture comes next in likelihood does not matter: this one is told in so many words.
                reading.gesture = Gesture::Give;
                reading.probabilities = PLAIN;
                reading.parts = vec![Evidence { span, weight: 1.0, why: "a gift that waits for nobody" }];
            }
            if reading.gesture == Gesture::Conditional {
                self.eye.trigger(text, &words, reply, pieces, features);
                let (trigger, probability) = self.trigger.probabilities(features).likeliest();
                reading.trigger = Trigger::ALL.get(trigger).map(|trigger| (*trigger, probability));
                // The model learned from English posts: elsewhere what is named in so many words goes first.
                if let Some(named) = foreign.then(|| named_trigger(&words, &self.eye.cues.find(&words))).flatten() {
                    reading.trigger = Some((
                        named,
                        if reading.trigger.is_some_and(|(trigger, _)| trigger == named) { probability } else { 0.5 },
                    ));
                }
                reading.cap = self.cap_of(text, &words, features);
                reading.all_proceeds = all_given(&words);
            }
            reading
        })
    }
}
