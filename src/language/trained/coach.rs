//! The trained coach: the words of mention and draft and the signs of the draft, weighed by one linear model whose
//! seven classes hold independently.

use std::ops::Range;
use std::sync::Arc;

use super::super::coach::signs::{SPACE, Signs};
use super::super::coach::{Flag, ReadCoach, Remark, advice};
use super::super::model::asset::{self, AssetError};
use super::super::model::{Features, Linear, Link, Pieces, Scores, Spec};
use super::kinds::Kinds;
use crate::domain::{Intent, Intents};

/// The features of the draft. Part of the asset.
pub(super) const SPEC: Spec = Spec { words: 3, skips: 2, chars_from: 3, chars_to: 5, negation: true, shape: true };
/// The features of the mention: its words alone.
const MENTION: Spec = Spec { words: 1, skips: 0, chars_from: 0, chars_to: 0, negation: false, shape: false };

static COACH: &[u8] = include_bytes!("../../../assets/models/coach.bin");

/// Words shown for a flag, at most.
const SHOWN: usize = 4;
/// A piece that gives less than this part of the greatest is not shown.
const TELLING: f32 = 0.4;

/// Reads drafts.
#[derive(Debug, Clone)]
pub struct TrainedCoach {
    model: Arc<Linear>,
    kinds: Arc<Kinds>,
}

impl TrainedCoach {
    /// The reader with the model that the program carries.
    ///
    /// # Errors
    /// When the embedded model is damaged or of another kind.
    pub fn embedded() -> Result<Self, AssetError> {
        let model = asset::read(COACH)?;
        let header = model.header();
        let ours = header.link == Link::Independent && header.classes.iter().eq(Flag::ALL.map(Flag::name).iter());
        if ours {
            Ok(Self::new(model, Kinds::embedded()?))
        } else {
            Err(AssetError::Misfit("its classes are not the coach's"))
        }
    }

    /// A reader with a model of its own, whose classes are [`Flag::ALL`], and the kinds of words that it learned with.
    pub fn new(model: Linear, kinds: Arc<Kinds>) -> Self {
        Self { model: Arc::new(model), kinds }
    }
}

impl ReadCoach for TrainedCoach {
    fn coach(&self, mention: &str, intents: Intents, draft: &str) -> Vec<Remark> {
        let mut read = Read::default();
        read.draft(&self.kinds, mention, intents, draft);
        let probabilities = self.model.probabilities(&read.features);
        let holds = held(&probabilities, &self.model.header().thresholds, intents, &read.signs);
        // The contributions cost more than the reading: only a draft with a fault is explained.
        let parts = if holds.contains(&true) {
            self.model.contributions(&read.features, read.pieces.list().len())
        } else {
            Vec::new()
        };
        let gave = |class: usize| -> Vec<(Range<usize>, f32)> {
            let placed = parts.iter().filter_map(|part| {
                let piece = read.pieces.list().get(part.piece?)?;
                Some((piece.start as usize..piece.end as usize, part.gave.class(class)))
            });
            placed.collect()
        };
        let remarks = Flag::ALL.into_iter().zip(holds).enumerate().map(|(class, (flag, holds))| Remark {
            flag,
            holds,
            probability: probability(flag, probabilities.class(class), intents, &read.signs),
            because: if holds { because(flag, &read.signs, gave(class)) } else { Vec::new() },
            advice: if holds { advice(flag, &read.signs) } else { "" },
        });
        remarks.collect()
    }
}

/// What is known of a draft before the model sees it.
#[derive(Default)]
pub(super) struct Read {
    pub pieces: Pieces,
    pub features: Features,
    pub signs: Signs,
}

impl Read {
    /// Reads a draft: the mention's words (space 0), the draft (1), the kinds of its words (0), its last sentence (2), its signs (3) and the
    /// signs of drafts for mentions of this intent (from 4).
    pub fn draft(&mut self, kinds: &Kinds, mention: &str, intents: Intents, draft: &str) {
        self.features.clear();
        self.pieces.read(mention);
        self.features.add(&self.pieces, &MENTION, 0);
        self.features.displace();
        self.pieces.read(draft);
        self.features.add(&self.pieces, &SPEC, 1);
        kinds.add(&self.pieces, &mut self.features);
        self.last_sentence(draft);
        self.signs = Signs::read(mention, draft);
        self.signs.add_to(&self.pieces, &mut self.features, SPACE, 4);
        let asked = u32::from(!intents.has(Intent::Complaint)) + u32::from(!Flag::NoNextStep.applies(intents));
        self.signs.add_to(&self.pieces, &mut self.features, SPACE + 1 + asked, 2);
        for _ in 0..4 {
            self.features.name(SPACE, "intent", u64::from(asked), (0, 0));
        }
        if let Some(first) = self.pieces.list().first() {
            self.features.name(SPACE + 1 + asked, "begins", first.key, (0, 1));
        }
    }

    /// The words of the last sentence once more: that is where offers and blame stand.
    fn last_sentence(&mut self, draft: &str) {
        let body = draft.trim_end_matches(|c: char| !c.is_alphanumeric());
        let start = body.rfind(['.', '!', '?', '\n', ';']).unwrap_or(0);
        let list = self.pieces.list();
        if start == 0 {
            return;
        }
        let mut before = None;
        for (at, piece) in list.iter().enumerate().filter(|(_, piece)| piece.start as usize >= start) {
            let here = u16::try_from(at).unwrap_or(u16::MAX - 1);
            self.features.name(2, "word", piece.key, (here, here + 1));
            if let Some(before) = before {
                self.features.name(2, "pair", super::super::model::hash::join(before, piece.key), (here, here + 1));
            }
            before = Some(piece.key);
        }
    }
}

/// Which flags hold, in the order of [`Flag::ALL`].
pub(super) fn held(probabilities: &Scores, thresholds: &[f32], intents: Intents, signs: &Signs) -> Vec<bool> {
    let all = Flag::ALL.into_iter().zip(probabilities.all()).zip(thresholds);
    all.map(|((flag, read), threshold)| probability(flag, *read, intents, signs) >= *threshold).collect()
}

/// The model's probability, unless the flag cannot hold for such a mention, or a pattern leaves no doubt.
fn probability(flag: Flag, read: f32, intents: Intents, signs: &Signs) -> f32 {
    match flag {
        _ if !flag.applies(intents) => 0.0,
        Flag::Placeholder if signs.list.iter().any(|sign| sign.name == "slot" && sign.number == 1) => read.max(SURE),
        Flag::PersonalData if GIVEN_AWAY.iter().any(|name| signs.has(name)) => read.max(SURE),
        // Who is in which room is nobody else's business.
        Flag::PersonalData if signs.has("person") && signs.has("room") => read.max(SURE),
        Flag::PersonalData
            if HARMLESS.iter().any(|name| signs.has(name)) && !DOUBTFUL.iter().any(|name| signs.has(name)) =>
        {
            read.min(CLEARED)
        }
        // Both point at something that stands there: without any sign of it the words alone are no proof, and a
        // placeholder blocks.
        Flag::Placeholder | Flag::PersonalData if !signs.tells(flag) => read.min(CLEARED),
        _ => read,
    }
}

/// Signs that a customer's data are given away or asked for openly, whatever the words around them say.
const GIVEN_AWAY: [&str; 8] = ["street", "secret", "birth", "email", "number", "phone", "asked here", "asked outright"];
/// Signs that the data are in good hands: asked for privately, or the house's own.
const HARMLESS: [&str; 6] = ["warned", "asked privately", "own email", "own phone", "own number", "own street"];
/// Signs that leave it to the words, the harmless ones notwithstanding.
const DOUBTFUL: [&str; 4] = ["asked", "code", "person", "room"];
/// What harmless signs leave of the probability, at most.
const CLEARED: f32 = 0.3;

/// What a sure marker makes of the probability.
const SURE: f32 = 0.97;

/// The words that made a flag hold: its signs where it has some, else the pieces that gave most.
fn because(flag: Flag, signs: &Signs, mut gave: Vec<(Range<usize>, f32)>) -> Vec<Range<usize>> {
    if flag == Flag::NoAcknowledgement || flag == Flag::NoNextStep {
        gave.retain(|_| false);
    }
    let speaks = signs.list.iter().filter(|sign| sign.flag == Some(flag) && sign.weight > 0.0 && !sign.span.is_empty());
    let mut spans: Vec<Range<usize>> = speaks.map(|sign| sign.span.clone()).collect();
    let sure = matches!(flag, Flag::Placeholder | Flag::PersonalData) && !spans.is_empty();
    if !sure {
        let most = gave.iter().map(|(_, gave)| *gave).fold(0.0f32, f32::max);
        gave.retain(|(_, gave)| *gave > 0.0 && *gave >= most * TELLING);
        gave.sort_by(|a, b| b.1.total_cmp(&a.1));
        spans.extend(gave.into_iter().take(SHOWN).map(|(span, _)| span));
    }
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
