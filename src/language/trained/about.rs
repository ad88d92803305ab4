//! The trained reader of about-us: whether a word that is also a brand's name means the brand here.
//!
//! A linear model over the words of the text with the name put out of sight, the neighbours of the name, how the name is
//! written, and what the rules make of all that. What the watch says comes on top, as log-odds: its context words, and
//! the names of other subjects. Where the name is not found, the watch has matched by other words and the text is about
//! the subject. The model reads English; other languages go by the rules.

use std::cell::Cell;
use std::sync::Arc;

use super::super::about::{self, RuleAbout};
use super::super::lexicon::Lexicon;
use super::super::library::Library;
use super::super::model::asset::{self, AssetError};
use super::super::model::text::{Kind, Piece};
use super::super::model::{Features, Linear, Pieces, Spec, hash, key_of};
use super::super::names::{NameKeys, names};
use super::super::scene::Scene;
use super::super::tokens::Token;
use super::super::{Evidence, ReadAbout, SubjectContext};
use super::common::Common;
use super::intent::english;
use super::kinds::{Kinds, Named};
use super::message::pieces_of;

static ABOUT: &[u8] = include_bytes!("../../../assets/models/about.bin");

/// The class of texts in which the name has another sense.
pub(super) const ELSE: usize = 0;
/// The class of texts that are about the subject.
pub(super) const MEANT: usize = 1;
/// Names of the classes.
pub(super) const CLASSES: [&str; 2] = ["something else", "about"];
/// The features of the text around the name.
pub(super) const SPEC: Spec = Spec { words: 2, skips: 0, chars_from: 3, chars_to: 5, negation: false, shape: true };

/// Times that the rules' log-odds count.
const TIMES_ODDS: usize = 6;
/// Times that each sign of the rules counts.
const TIMES_SIGNS: usize = 2;
/// Times that each neighbour of the name counts.
const TIMES_NEAR: usize = 2;
/// Log-odds where every naming is a part of another subject's name.
const PART_OF_OTHER: f32 = -3.0;
/// Log-odds where another subject is named as well: rivals are named side by side.
const BESIDE_OTHER: f32 = 0.5;
/// Places of the name whose neighbours are looked at.
const MOST_PLACES: usize = 4;

// The names of features, as keys: a text names many.
const ODDS: u64 = hash::of_str("odds");
const SIGN: u64 = hash::of_str("sign");
const BEFORE: u64 = hash::of_str("before");
const BEFORE_DRESSED: u64 = hash::of_str("before, dressed");
const AFTER: u64 = hash::of_str("after");
const AFTER_DRESSED: u64 = hash::of_str("after, dressed");
const AROUND: u64 = hash::of_str("around");
const NEAR: u64 = hash::of_str("near");

/// Tells with the trained model whether the subject is meant.
#[derive(Debug, Clone)]
pub struct TrainedAbout {
    model: Arc<Linear>,
    rules: RuleAbout,
    library: Arc<Library>,
    eye: Arc<Eye>,
}

/// What is known of words apart from the text: how common they are, and of which kind.
#[derive(Debug)]
pub(super) struct Eye {
    pub common: Common,
    pub kinds: Arc<Kinds>,
}

#[derive(Default)]
struct Kept {
    pieces: Pieces,
    features: Features,
}

thread_local! {
    static KEPT: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

impl TrainedAbout {
    /// The reader with the model that the program carries.
    ///
    /// # Errors
    /// When the embedded model is damaged or of another kind.
    pub fn embedded(library: Arc<Library>) -> Result<Self, AssetError> {
        Ok(Self::new(asset::read(ABOUT)?, Common::embedded()?, Kinds::embedded()?, library))
    }

    /// A reader with a model of its own, with the classes something else, about, and the tables that it learned with.
    pub fn new(model: Linear, common: Common, kinds: Arc<Kinds>, library: Arc<Library>) -> Self {
        let rules = RuleAbout::new(Arc::clone(&library));
        Self { model: Arc::new(model), rules, library, eye: Arc::new(Eye { common, kinds }) }
    }

    /// Reads an English text; `None` where the name does not stand in it.
    fn weigh<R>(
        &self,
        scene: &Scene<'_>,
        lexicon: &Lexicon,
        subject: &SubjectContext<'_>,
        read: impl FnOnce(f32, &Pieces, &Features) -> R,
    ) -> Option<R> {
        with_name(scene, lexicon, &self.eye, subject.name, |pieces, features| {
            let scores = self.model.scores(features);
            read(scores.class(MEANT) - scores.class(ELSE), pieces, features)
        })
    }

    /// Log-odds from which a text is about the subject.
    fn limit(&self) -> f32 {
        let threshold = self.model.header().thresholds.first().copied().unwrap_or(0.5).clamp(0.01, 0.99);
        ((1.0 - threshold) / threshold).ln()
    }
}

impl ReadAbout for TrainedAbout {
    fn about(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> bool {
        self.odds(text, lang, subject).is_none_or(|odds| odds >= 0.0)
    }

    fn odds(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<f32> {
        let scene = Scene::new(text, subject);
        let Some(lexicon) = english(&self.library, &scene, lang) else {
            return self.rules.odds(text, lang, subject);
        };
        let odds = self.weigh(&scene, lexicon, subject, |odds, _, _| odds)?;
        Some(odds + of_watch(&scene, subject, &mut Vec::new()) - self.limit())
    }

    fn explain(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Vec<Evidence> {
        let scene = Scene::new(text, subject);
        let Some(lexicon) = english(&self.library, &scene, lang) else {
            return self.rules.explain(text, lang, subject);
        };
        let of_words = self.weigh(&scene, lexicon, subject, |_, pieces, features| {
            let parts = self.model.contributions(features, pieces.list().len());
            let evidence = parts.into_iter().filter_map(|part| {
                let piece = pieces.list().get(part.piece?)?;
                let weight = part.gave.class(MEANT) - part.gave.class(ELSE);
                let why = match (piece.kind, weight > 0.0) {
                    (Kind::Masked, _) => "how the name stands here",
                    (_, true) => "speaks for the subject",
                    (_, false) => "speaks of something else",
                };
                Some(Evidence { span: piece.start as usize..piece.end as usize, weight, why })
            });
            evidence.filter(|evidence| evidence.weight.abs() > 0.04).collect::<Vec<_>>()
        });
        let Some(mut evidence) = of_words else { return Vec::new() };
        let mut by_watch = Vec::new();
        of_watch(&scene, subject, &mut by_watch);
        evidence.extend(
            by_watch
                .into_iter()
                .filter_map(|(at, weight, why)| Some(Evidence { span: scene.tokens.get(at)?.span(), weight, why })),
        );
        evidence.sort_by_key(|evidence| evidence.span.start);
        evidence
    }
}

/// What the watch's context words and the names of others add to the log-odds; what it came from: token, weight,
/// reason.
fn of_watch(scene: &Scene<'_>, subject: &SubjectContext<'_>, evidence: &mut Vec<(usize, f32, &'static str)>) -> f32 {
    let of_context = about::context(&scene.tokens, subject.context, evidence);
    let Some(other) = scene.others.first() else { return of_context };
    let within = |own: &std::ops::Range<usize>| {
        scene.others.iter().any(|other| other.start <= own.start && own.end <= other.end && other.len() > own.len())
    };
    let (weight, why) = if !scene.named.is_empty() && scene.named.iter().all(within) {
        (PART_OF_OTHER, "part of another subject's name")
    } else {
        (BESIDE_OTHER, "beside another subject")
    };
    evidence.push((other.start, weight, why));
    of_context + weight
}

/// Lends the pieces of a text, the name out of sight, and their features; `None` where the name does not stand in the
/// text in any form.
pub(super) fn with_name<R>(
    scene: &Scene<'_>,
    lexicon: &Lexicon,
    eye: &Eye,
    name: &str,
    read: impl FnOnce(&Pieces, &Features) -> R,
) -> Option<R> {
    let marks = about::marks(scene.text, &scene.tokens, lexicon, name)?;
    let mut kept = KEPT.take().unwrap_or_default();
    let Kept { pieces, features } = kept.as_mut();
    pieces_of(scene.text, pieces);
    let named = places(scene, name);
    let within = |piece: &Piece, span: &std::ops::Range<usize>| {
        (piece.start as usize) < span.end && span.start < piece.end as usize
    };
    let word = pieces.list().iter().find(|piece| named.first().is_some_and(|span| within(piece, span))).copied();
    pieces.mask(key_of("brand"), |_, piece| named.iter().any(|span| within(piece, span)));
    features.clear();
    features.add(pieces, &SPEC, 0);
    let first = pieces.list().iter().position(|piece| piece.kind == Kind::Masked);
    let here = first.and_then(|at| u16::try_from(at).ok()).map_or((0, 0), |at| (at, at + 1));
    let odds = marks.odds();
    for _ in 0..TIMES_ODDS {
        features.named(0, ODDS, ((odds * 1.5).round().clamp(-9.0, 9.0) + 10.0) as u64, here);
    }
    for (sign, value) in (0u64..).zip(marks.values).filter(|(_, value)| *value != 0.0) {
        for _ in 0..TIMES_SIGNS {
            features.named(0, SIGN, sign * 8 + (value * 2.0).ceil().min(7.0) as u64, here);
        }
    }
    let dress = dress(scene, &named);
    eye.common.add(name, dress, here, features);
    neighbours(pieces, dress, features);
    eye.kinds.add(pieces, features);
    if let (Some(word), Some(first)) = (word, first) {
        let rest = pieces.list().iter().skip(first);
        let end = first + rest.take_while(|piece| piece.kind == Kind::Masked).count();
        eye.kinds.add_name(&Named { word, first, end, dress }, pieces, features);
    }
    let result = read(pieces, features);
    KEPT.set(Some(kept));
    Some(result)
}

/// The bytes where the name stands, inflected where it stands in no other form.
fn places(scene: &Scene<'_>, name: &str) -> Vec<std::ops::Range<usize>> {
    let whole = names(&scene.tokens, name);
    if !whole.is_empty() {
        return whole.iter().filter_map(|range| scene.span(range.start, range.end)).collect();
    }
    let keys = NameKeys::new(name);
    scene.tokens.iter().filter(|token| keys.inflected(scene.text, token)).map(Token::span).collect()
}

/// How the name is first written: its case, and whether it opens a sentence.
fn dress(scene: &Scene<'_>, named: &[std::ops::Range<usize>]) -> u64 {
    let start = named.first().map(|span| span.start);
    let token = scene.tokens.iter().find(|token| Some(token.start) == start);
    token.map_or(0, |token| 1 + token.case as u64 * 2 + u64::from(token.opens))
}

/// Adds the words beside the name, alone and with how the name is written.
fn neighbours(pieces: &Pieces, dress: u64, features: &mut Features) {
    let list = pieces.list();
    let hidden = |at: usize| list.get(at).is_some_and(|piece| piece.kind == Kind::Masked);
    let key = |at: Option<usize>| at.and_then(|at| list.get(at)).map_or(0, |piece| piece.key);
    let begins = (0..list.len()).filter(|at| hidden(*at) && !at.checked_sub(1).is_some_and(hidden));
    for begin in begins.take(MOST_PLACES) {
        let end = (begin..list.len()).find(|at| !hidden(*at)).unwrap_or(list.len());
        let place = |at: usize| u16::try_from(at).map_or((0, 0), |at| (at, at + 1));
        let before = begin.checked_sub(1);
        let own = place(begin);
        let (previous, next) = (key(before), key(Some(end)));
        for _ in 0..TIMES_NEAR {
            features.named(0, BEFORE, previous, before.map_or(own, place));
            features.named(0, BEFORE_DRESSED, hash::join(previous, dress), before.map_or(own, place));
            features.named(0, AFTER, next, if end < list.len() { place(end) } else { own });
            features.named(0, AFTER_DRESSED, hash::join(next, dress), if end < list.len() { place(end) } else { own });
        }
        features.named(0, AROUND, hash::join(previous, next), own);
        for at in (begin.saturating_sub(4)..begin).chain(end..(end + 4).min(list.len())) {
            features.named(0, NEAR, key(Some(at)), place(at));
        }
    }
}
