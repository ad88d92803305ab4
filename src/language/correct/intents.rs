//! What is learned from a person's corrections of intents: five numbers for each subject, as [`super`] has three for
//! the sentiment, fitted alike.
//!
//! A person says a set of one or two. Where two are said each counts a half. A mention that a person was *asked* about
//! tells all of that, and so does one where they volunteer that the reading is right. A mention that was *volunteered*
//! was picked because the intents that were shown are wrong: where others are said than shown, it tells only which of
//! those that were not shown is meant; where of two that were shown one is left, only that the other is not.
//!
//! The sentiment is one of the things that intents are read by, and is taught itself: the probabilities of a lesson are
//! those that the reader gave with the sentiment as it was taught then, so that nothing is learned twice.

use super::{FEWEST, fit};
use crate::domain::{Correction, Intent, IntentShares, Intents, Occasion};

/// The weight of the penalty: more than for the sentiment. Intents are read better as they are, so that there is less
/// to learn and more to spoil. Chosen in the simulations of this module's tests.
pub const PULL: f32 = 3.0;

/// A person's word on what a mention wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntentLesson {
    /// What the reader made of it, before anything learned of intents was applied.
    pub read: IntentShares,
    /// The intents that the person saw.
    pub shown: Intents,
    /// What the person says; never the empty set.
    pub said: Intents,
    /// How it came about.
    pub occasion: Occasion,
}

impl IntentLesson {
    /// What a correction teaches of intents; `None` when it says nothing of them, or of a text whose intents were not
    /// weighed.
    pub fn of(correction: &Correction) -> Option<Self> {
        let said = correction.said.intents.filter(|said| *said != Intents::default())?;
        let (read, shown) = (correction.untaught_intents?, correction.read.intents);
        Some(Self { read, shown, said, occasion: correction.intents_occasion })
    }

    fn note(&self) -> fit::Note<5> {
        let those = |keep: &dyn Fn(Intent) -> bool| {
            Intent::ALL.into_iter().filter(|intent| keep(*intent)).fold(Intents::default(), Intents::with)
        };
        let all = fit::Note { read: self.read.0, said: halves(self.said), out: [false; 5] };
        if self.occasion == Occasion::Asked || self.said == self.shown {
            return all;
        }
        let added = those(&|intent| self.said.has(intent) && !self.shown.has(intent));
        let (said, out) = if added == Intents::default() {
            (self.said, those(&|intent| self.shown.has(intent) && !self.said.has(intent)))
        } else {
            (added, self.shown)
        };
        fit::Note { said: halves(said), out: Intent::ALL.map(|intent| out.has(intent)), ..all }
    }
}

/// A set as parts that add up to 1.
fn halves(set: Intents) -> [f32; 5] {
    let each = 1.0 / set.iter().count().max(1) as f32;
    Intent::ALL.map(|intent| if set.has(intent) { each } else { 0.0 })
}

/// What was learned of intents for a subject. The default has learned nothing and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LearnedIntents {
    /// Added to the logarithms of the probabilities, in the order of [`Intent::ALL`].
    pub biases: [f32; 5],
    /// How many corrections it was learned from.
    pub from: u32,
}

impl LearnedIntents {
    /// What these lessons of one subject teach.
    pub fn from_lessons(lessons: &[IntentLesson]) -> Self {
        Self::pulled(lessons, PULL)
    }

    fn pulled(lessons: &[IntentLesson], pull: f32) -> Self {
        let notes: Vec<_> = lessons.iter().map(IntentLesson::note).collect();
        Self { biases: fit::fit(&notes, pull), from: u32::try_from(lessons.len()).unwrap_or(u32::MAX) }
    }

    /// The taught probabilities.
    pub fn apply(&self, read: IntentShares) -> IntentShares {
        if self.from == 0 { read } else { IntentShares(fit::moved(read.0, self.biases)) }
    }

    /// How far the shares of the five intents among these lessons are from what the person said, before anything was
    /// learned and after: the mean distance of the five, 0 to 1. `None` below five lessons, which say too little.
    pub fn errors(&self, lessons: &[IntentLesson]) -> Option<(f32, f32)> {
        let error = |taught: &dyn Fn(IntentShares) -> IntentShares| {
            fit::share_error(lessons.iter().map(|lesson| (taught(lesson.read).0, halves(lesson.said))))
        };
        (lessons.len() >= FEWEST).then(|| (error(&|read| read), error(&|read| self.apply(read))))
    }
}

#[cfg(test)]
mod tests;
