//! A gesture by cues alone: what is left when there is no model.

use super::super::Evidence;
use super::cues::{Cue, Cues, Found};
use super::gloss::scan_glossed;
use super::words::{Gap, Kind, Word};
use super::{GestureReading, ReadGesture, all_given};
use crate::domain::{Gesture, Trigger};

/// Reads gestures by cues; names no cap.
#[derive(Debug)]
pub struct RuleGesture {
    cues: Cues,
}

impl RuleGesture {
    /// The reader.
    pub fn new() -> Self {
        Self { cues: Cues::new() }
    }
}

impl Default for RuleGesture {
    fn default() -> Self {
        Self::new()
    }
}

/// The trigger that the cue of an act names.
fn trigger_of(cue: Cue) -> Option<Trigger> {
    Some(match cue {
        Cue::Share => Trigger::Share,
        Cue::Buy => Trigger::Purchase,
        Cue::Follow => Trigger::Follow,
        Cue::Comment => Trigger::Comment,
        Cue::Signup => Trigger::Signup,
        Cue::Act => Trigger::Other,
        _ => return None,
    })
}

/// What is waited for, where it is named behind "each", "per" or "if": "for each share", "if you follow".
pub(crate) fn named_trigger(words: &[Word], found: &[Found]) -> Option<Trigger> {
    const WAITING: &[&str] = &["each", "every", "per", "if", "whoever"];
    const REACH: usize = 3;
    (0..words.len()).filter(|at| words.get(*at).is_some_and(|word| WAITING.contains(&word.text.as_str()))).find_map(
        |at| {
            let near = |found: &&Found| (at + 1..=at + REACH).contains(&found.first);
            let parted = |found: &&Found| {
                !words.get(at + 1..=found.first).unwrap_or_default().iter().any(|word| word.gap > Gap::None)
            };
            found
                .iter()
                .filter(near)
                .filter(parted)
                .find_map(|found| trigger_of(found.cue).filter(|act| *act != Trigger::Other))
        },
    )
}

fn judge(words: &[Word], found: &[Found], reply: bool) -> Gesture {
    let count = |cues: &[Cue]| found.iter().filter(|found| cues.contains(&found.cue)).count();
    let acts = found.iter().filter(|found| trigger_of(found.cue).is_some()).count();
    let starts = |found: &&Found| words.get(found.first).is_some_and(|word| word.gap == Gap::Hard);
    let commands = found.iter().filter(starts).any(|found| trigger_of(found.cue).is_some());
    let percent = words.iter().any(|word| word.kind == Kind::Percent);
    let gifts = count(&[Cue::Gift, Cue::Yours]);
    let give = 2 * count(&[Cue::Done, Cue::Freely]) + count(&[Cue::Help, Cue::Thanks]) + usize::from(reply);
    let ask = acts + 2 * usize::from(commands) + count(&[Cue::Push, Cue::Please, Cue::Price]) + usize::from(percent);
    if acts > 0 && gifts > 1 && count(&[Cue::Condition]) > 0 && !reply && !percent {
        Gesture::Conditional
    } else if give > ask && give > 1 {
        Gesture::Give
    } else if ask > 2 {
        Gesture::Ask
    } else if reply && give > 0 {
        Gesture::Give
    } else {
        Gesture::Talk
    }
}

impl ReadGesture for RuleGesture {
    fn gesture(&self, text: &str, reply: bool) -> GestureReading {
        let words = scan_glossed(text);
        let found = self.cues.find(&words);
        let gesture = judge(&words, &found, reply);
        let conditional = gesture == Gesture::Conditional;
        let first = found.iter().find_map(|found| Some((trigger_of(found.cue)?, found)));
        // Rules do not know how sure they are: a plain half for what they say.
        let mut probabilities = [0.5 / 3.0; 4];
        if let Some(slot) = probabilities.get_mut(gesture.place()) {
            *slot = 0.5;
        }
        let parts = first.filter(|_| matches!(gesture, Gesture::Ask | Gesture::Conditional)).and_then(|(_, found)| {
            let (from, to) = (words.get(found.first)?, words.get(found.end.checked_sub(1)?)?);
            Some(Evidence { span: from.span.start..to.span.end, weight: 1.0, why: "names an act" })
        });
        GestureReading {
            gesture,
            probabilities,
            trigger: first.filter(|_| conditional).map(|(trigger, _)| (trigger, 0.5)),
            cap: None,
            all_proceeds: conditional.then(|| all_given(&words)).flatten(),
            parts: parts.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_posts_are_told_apart_without_a_model() {
        let read = |text: &str, reply: bool| RuleGesture::new().gesture(text, reply);
        let shared = read("For every retweet we donate a meal, our gift to the shelter", false);
        assert_eq!((shared.gesture, shared.trigger.map(|found| found.0)), (Gesture::Conditional, Some(Trigger::Share)));
        assert_eq!(read("Fixed, and the fee is refunded. Sorry!", true).gesture, Gesture::Give);
        assert_eq!(read("Buy tickets now, 20% off today", false).gesture, Gesture::Ask);
        assert_eq!(read("Fog over the harbour.", false).gesture, Gesture::Talk);
        assert_eq!(read("", false).gesture, Gesture::Talk);
    }
}
