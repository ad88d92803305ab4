//! What the walk over a text adds up to.

use super::lexicon::Cue;
use super::scene::{Measures, Scene, Shape, Step};
use super::tokens::Kind;

#[derive(Debug)]
pub(super) struct Sums {
    pub(super) cues: [u8; Cue::COUNT],
    good: f32,
    bad: f32,
    /// Attitudes since the sentence began.
    sentence: (f32, f32),
    irony: bool,
    twist: bool,
    asked: bool,
    opener: bool,
    exclaimed: f32,
    dots: u8,
    denied: f32,
    last: f32,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            cues: [0; Cue::COUNT],
            good: 0.0,
            bad: 0.0,
            sentence: (0.0, 0.0),
            irony: false,
            twist: false,
            asked: false,
            opener: false,
            exclaimed: 0.0,
            dots: 0,
            denied: 0.0,
            last: 0.0,
        }
    }
}

impl Sums {
    pub(super) fn take(&mut self, scene: &Scene<'_>, step: Step) {
        match step {
            Step::Hit(hit) => {
                for cue in hit.cues.iter() {
                    if let Some(count) = self.cues.get_mut(cue as usize) {
                        *count = count.saturating_add(1).min(8);
                    }
                }
                self.irony |= hit.cues.has(Cue::Irony);
                let opens = scene.tokens.get(hit.first).is_some_and(|token| token.opens);
                self.opener |= opens && hit.cues.has(Cue::Asker);
                if hit.valence != 0.0 {
                    self.last = hit.valence.clamp(-4.0, 4.0) / 4.0;
                    self.sentence.0 += hit.valence.max(0.0);
                    self.sentence.1 += (-hit.valence).max(0.0);
                }
            }
            Step::Mark(_, mark) => self.mark(mark),
            // What comes before "but" counts for less than what comes after.
            Step::But => {
                self.good = (self.good + self.sentence.0) * 0.6;
                self.bad = (self.bad + self.sentence.1) * 0.6;
                self.sentence = (0.0, 0.0);
            }
            Step::Denied => self.denied += 1.0,
        }
    }

    fn mark(&mut self, mark: char) {
        match mark {
            '?' | '？' | '؟' => {
                self.asked = true;
                // Attitudes inside a question are asked about, not held.
                self.sentence = (self.sentence.0 * 0.5, self.sentence.1 * 0.7);
                self.close();
            }
            '!' | '！' => {
                self.exclaimed = (self.exclaimed + 1.0).min(3.0);
                self.close();
            }
            '.' => {
                self.dots = self.dots.saturating_add(1);
                self.close();
            }
            '\n' | '。' => self.close(),
            _ => {}
        }
    }

    fn close(&mut self) {
        self.twist |= self.irony && self.sentence.0 > 0.0 && self.sentence.1 > 0.0;
        self.good += self.sentence.0;
        self.bad += self.sentence.1;
        self.sentence = (0.0, 0.0);
    }

    pub(super) fn shapes(&mut self, scene: &Scene<'_>, measures: &mut Measures) {
        self.close();
        let flag = |yes: bool| f32::from(u8::from(yes));
        let (good, bad) = (self.good / (self.good + 4.0), self.bad / (self.bad + 4.0));
        let ends =
            scene.tokens.iter().rev().find(|token| !matches!(token.kind, Kind::Link | Kind::Emoji | Kind::Hashtag));
        measures.set(Shape::Good, good);
        measures.set(Shape::Bad, bad);
        measures.set(Shape::Both, good * bad);
        measures.set(Shape::Asked, flag(self.asked));
        measures.set(Shape::AskedLast, flag(ends.is_some_and(|token| token.is_question())));
        measures.set(Shape::Opener, flag(self.opener));
        measures.set(Shape::OpenerBare, flag(self.opener && !self.asked));
        measures.set(Shape::Exclaimed, self.exclaimed / 3.0);
        measures.set(Shape::Denied, self.denied.ln_1p());
        measures.set(Shape::LastWord, self.last);
        measures.set(Shape::Twist, flag(self.twist || (self.irony && good > 0.0 && bad > 0.0)));
        if self.dots >= 3 {
            measures.set(Shape::Dotted, 1.0);
        }
    }
}
