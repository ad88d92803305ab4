//! How the model of caps is taught and measured, which [`super::gesture_recipe`] makes along with the others.

use super::super::gesture::cap::{self, Candidate};
use super::super::gesture::gloss;
use super::super::model::card::Figure;
use super::super::model::recipe::figure;
use super::super::model::train::{Corpus, Lesson};
use super::super::model::{Features, Linear, Scores};
use super::gesture::best_cap;
use super::gesture_recipe::Act;

/// What the cap model chose in an act.
pub(super) struct CapRead {
    probability: f32,
    /// The chosen words are the labelled ones.
    exact: bool,
    /// They are so at least in part.
    touched: bool,
    /// There is a cap.
    capped: bool,
}

impl CapRead {
    /// Whether the cap was found where it is, or none where there is none.
    fn right(&self, threshold: f32) -> bool {
        if self.probability >= threshold { self.touched } else { !self.capped }
    }
}

/// The cap that a model chooses in an act, beside the labelled one.
pub(super) fn chosen_cap(model: &Linear, act: &Act) -> CapRead {
    let words = gloss::scan_glossed(&act.text);
    let best = best_cap(model, &words, &mut Features::default());
    let span = best.as_ref().map(|(candidate, _)| candidate.span(&words));
    let written = span.clone().and_then(|span| act.text.get(span));
    let labelled = act.cap.as_deref().and_then(|cap| act.text.find(cap).map(|from| from..from + cap.len()));
    CapRead {
        probability: best.as_ref().map_or(0.0, |(_, probability)| *probability),
        exact: written.is_some() && written == act.cap.as_deref(),
        touched: span.zip(labelled).is_some_and(|(span, cap)| span.start < cap.end && cap.start < span.end),
        capped: act.cap.is_some(),
    }
}

/// Every anchor of an act is an example, and every candidate of the labelled one. Of an anchor inside of the cap from
/// which the cap cannot be reached nothing is learned, unless there is no better one.
pub(super) fn teach_caps(act: &Act, features: &mut Features, corpus: &mut Corpus) {
    let words = gloss::scan_glossed(&act.text);
    let labelled = act.cap.as_deref().and_then(|cap| Some((act.text.find(cap)?, cap)));
    let labelled = labelled.map(|(from, cap)| from..from + cap.len());
    let is_cap = |candidate: &Candidate| Some(candidate.span(&words)) == labelled;
    let reaches = |anchor: usize| cap::candidates(&words, anchor).iter().any(is_cap);
    let reached = cap::anchors(&words).any(reaches);
    for anchor in cap::anchors(&words) {
        let inside = words.get(anchor).zip(labelled.as_ref()).is_some_and(|(word, cap)| cap.contains(&word.span.start));
        let here = if reaches(anchor) || inside && !reached {
            1.0
        } else if inside {
            continue;
        } else {
            0.0
        };
        let mut teach = |features: &Features, target: [f32; 2]| {
            corpus.add(features, Lesson { target: Scores::of(&target), weight: act.weight, group: 0 });
        };
        cap::look_at_anchor(&words, anchor, features);
        teach(features, [here, f32::NAN]);
        if reaches(anchor) {
            for candidate in cap::candidates(&words, anchor) {
                cap::look_at_span(&words, &candidate, features);
                teach(features, [f32::NAN, f32::from(u8::from(is_cap(&candidate)))]);
            }
        }
    }
}

/// The threshold with most acts read right, those with a cap counting twice: they are few, and a cap that is missed
/// weighs more than one too many.
pub(super) fn best_threshold(read: &[CapRead]) -> f32 {
    let mut steps: Vec<f32> = (1..20).map(|step| step as f32 / 20.0).collect();
    let worth = |read: &CapRead| 1 + usize::from(read.capped);
    let right = |threshold: f32| read.iter().filter(|read| read.right(threshold)).map(worth).sum::<usize>();
    steps.sort_by_key(|threshold| (std::cmp::Reverse(right(*threshold)), (threshold * 20.0 - 10.0).abs() as u32));
    steps.first().copied().unwrap_or(0.5)
}

/// What a card says of caps at this threshold.
pub(super) fn cap_figures(on: &str, read: &[CapRead], threshold: f32) -> Vec<Figure> {
    let share = |hits: usize, all: usize| hits as f64 / all.max(1) as f64;
    let count = |holds: &dyn Fn(&CapRead) -> bool| read.iter().filter(|read| holds(read)).count();
    let named = |read: &CapRead| read.probability >= threshold;
    let capped = count(&|read| read.capped);
    vec![
        figure(on, "right (none counts)", share(count(&|read| read.right(threshold)), read.len())),
        figure(on, "found", share(count(&|read| named(read) && read.touched), capped)),
        figure(on, "found, word for word", share(count(&|read| named(read) && read.exact), capped)),
        figure(on, "named rightly", share(count(&|read| named(read) && read.touched), count(&named))),
    ]
}
