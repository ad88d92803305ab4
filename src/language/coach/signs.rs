//! The signs of a draft: what patterns and phrases tell of it beside its mention, each with its place.

use std::ops::Range;

use super::super::model::{Features, Pieces};
use super::cues::Cue;
use super::private::{self, Kind};
use super::words::{Words, head};
use super::{Flag, against, echo, slots};

/// A sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// What it is.
    pub name: &'static str,
    /// Which of its kind: how many, how far on.
    pub number: u64,
    /// Where it stands in the draft (bytes); empty for what has no place.
    pub span: Range<usize>,
    /// The flag that it speaks for or against.
    pub flag: Option<Flag>,
    /// How much, in units of log odds, for a reader without a model: above 0 for the flag.
    pub weight: f32,
}

/// The signs of one draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signs {
    /// One after another, by kind.
    pub list: Vec<Sign>,
}

/// The space of the signs among the features of a draft.
pub const SPACE: u32 = 3;

impl Signs {
    /// Reads a draft beside its mention.
    pub fn read(mention: &str, draft: &str) -> Self {
        let quoted = head(mention);
        let (mention, words) = (Words::read(mention), Words::read(draft));
        let mut signs = Self::default();
        signs.slots(quoted, &mention, &words, head(draft));
        signs.private(&mention, &words);
        signs.phrases(&words);
        signs.echoes(&mention, &words);
        signs.shape(&words, draft);
        signs.against(&mention, &words);
        signs
    }

    /// How likely the flag holds by the signs alone: the logistic function of their weights.
    pub fn probability(&self, flag: Flag) -> f32 {
        let base = match flag {
            Flag::NoAcknowledgement => 1.0,
            Flag::NoNextStep => 0.6,
            _ => -2.0,
        };
        let of_flag = self.list.iter().filter(|sign| sign.flag == Some(flag));
        let sum: f32 = base + of_flag.map(|sign| sign.weight).sum::<f32>();
        1.0 / (1.0 + (-sum).exp())
    }

    /// Whether any sign speaks for the flag.
    pub fn tells(&self, flag: Flag) -> bool {
        self.list.iter().any(|sign| sign.flag == Some(flag) && sign.weight > 0.0)
    }

    /// Whether a sign of this name was found.
    pub fn has(&self, name: &str) -> bool {
        self.list.iter().any(|sign| sign.name == name)
    }

    /// Adds them to the features of the draft, each on the pieces that it stands on, and so many times: they are few
    /// among hundreds.
    pub fn add_to(&self, pieces: &Pieces, features: &mut Features, space: u32, times: usize) {
        for sign in &self.list {
            let overlaps = |start: u32, end: u32| (start as usize) < sign.span.end && end as usize > sign.span.start;
            let mut places = pieces.list().iter().enumerate().filter(|(_, piece)| overlaps(piece.start, piece.end));
            let first = places.next().map(|(at, _)| at);
            let last = places.next_back().map(|(at, _)| at).or(first);
            let narrow = |at: usize| u16::try_from(at).unwrap_or(u16::MAX - 1);
            let place = first.zip(last).map_or((0, 0), |(first, last)| (narrow(first), narrow(last) + 1));
            for _ in 0..times {
                features.name(space, sign.name, sign.number, place);
            }
        }
    }

    fn push(&mut self, name: &'static str, number: u64, span: Range<usize>, flag: Option<Flag>, weight: f32) {
        self.list.push(Sign { name, number, span, flag, weight });
    }

    fn slots(&mut self, quoted: &str, mention: &Words, words: &Words, draft: &str) {
        let slots = slots::find(quoted, mention, words, draft);
        self.push("slots", slots.iter().filter(|slot| slot.sure).take(2).count() as u64, 0..0, None, 0.0);
        for slot in slots {
            let (number, weight) = if slot.sure { (1, 6.0) } else { (0, 1.0) };
            self.push("slot", number, slot.span, Some(Flag::Placeholder), weight);
        }
    }

    fn private(&mut self, mention: &Words, words: &Words) {
        let found = private::find(mention, words);
        let (mut here, mut open, mut given) = (0, 0, 0);
        for private in found {
            // "[surname]" is a blank, not a question.
            let blank = |sign: &Sign| {
                sign.name == "slot" && sign.span.start < private.span.end && private.span.start < sign.span.end
            };
            if private.count < 2 && self.list.iter().any(blank) {
                continue;
            }
            match private.kind {
                Kind::AskedHere | Kind::AskedOutright => here += private.count,
                Kind::Asked => open += private.count,
                kind => given += usize::from(kind.gives_away()),
            }
            let (number, kind) = (private.count.min(3) as u64, private.kind);
            self.push(kind.name(), number, private.span, Some(Flag::PersonalData), kind.weight());
        }
        self.push("asked here, in all", here.min(3) as u64, 0..0, None, 0.0);
        self.push("asked, in all", open.min(3) as u64, 0..0, None, 0.0);
        self.push("given, in all", given.min(3) as u64, 0..0, None, 0.0);
    }

    fn phrases(&mut self, words: &Words) {
        let last = words.sentences.saturating_sub(1);
        for cue in Cue::ALL {
            let mut count = 0u64;
            let mut until = 0;
            let mut hits: Vec<(usize, usize)> = cue.phrases().iter().flat_map(|phrase| words.find(phrase)).collect();
            hits.sort_unstable();
            for (first, end) in hits {
                if first < until {
                    continue;
                }
                until = end;
                count += 1;
                let sentence = words.list.get(first).map_or(0, |word| word.sentence);
                let late = u64::from(sentence > 0) + u64::from(sentence > 0 && sentence == last);
                let (flag, weight) = judged(cue);
                self.push(cue.name(), late, words.span(first, end), flag, weight);
            }
            self.push(counted(cue), count.min(3), 0..0, None, 0.0);
        }
    }

    fn echoes(&mut self, mention: &Words, words: &Words) {
        let echoes = echo::find(mention, words);
        let early = echoes.iter().filter(|echo| echo.sentence == 0).count().min(3) as u64;
        let numbers = echoes.iter().filter(|echo| echo.number).count().min(2) as u64;
        self.push("echoes", echoes.len().min(4) as u64, 0..0, None, 0.0);
        self.push("early echoes", early, 0..0, None, 0.0);
        self.push("echoed numbers", numbers, 0..0, None, 0.0);
        for echo in echoes {
            let weight = if echo.sentence == 0 { -0.9 } else { -0.4 };
            self.push("echo", u64::from(echo.sentence == 0), echo.span, Some(Flag::NoAcknowledgement), weight);
        }
    }

    /// What is said against the customer.
    fn against(&mut self, mention: &Words, words: &Words) {
        for (at, against) in against::find(mention, words) {
            let (name, number, before) = against.sign();
            self.push(name, number, words.span(at.saturating_sub(before), at + 1), Some(Flag::Denial), 0.3);
        }
    }

    /// Length, sentences, persons, how it begins and ends.
    fn shape(&mut self, words: &Words, draft: &str) {
        let steps = |count: usize| u64::from(usize::BITS - count.leading_zeros());
        self.push("words", steps(words.list.len()), 0..0, None, 0.0);
        self.push("sentences", words.sentences.min(6) as u64, 0..0, None, 0.0);
        let is = |wanted: &'static [&'static str]| {
            words.list.iter().filter(|word| wanted.contains(&word.low.as_str())).count()
        };
        let (mine, yours) =
            (is(&["i", "i'm", "i've", "i'll", "me", "my"]), is(&["you", "your", "you're", "you've", "you'd", "yours"]));
        let ours = is(&["we", "we've", "we're", "we'll", "our", "us"]);
        self.push("mine", mine.min(2) as u64, 0..0, None, 0.0);
        self.push("yours", yours.min(3) as u64, 0..0, None, 0.0);
        self.push("ours", ours.min(2) as u64, 0..0, None, 0.0);
        let numbers = words.list.iter().filter(|word| word.digits() > 0).count();
        self.push("numbers", numbers.min(3) as u64, 0..0, None, 0.0);
        let money = draft.chars().filter(|c| matches!(c, '$' | '€' | '£' | '₹' | '¥' | '₦' | '%')).count();
        self.push("money", money.min(2) as u64, 0..0, None, 0.0);
        let asks = draft.trim_end().ends_with('?');
        self.push("ends asking", u64::from(asks), 0..0, None, 0.0);
    }
}

fn judged(cue: Cue) -> (Option<Flag>, f32) {
    match cue {
        Cue::Doubt => (Some(Flag::Denial), 1.6),
        Cue::Blame => (Some(Flag::Denial), 1.4),
        Cue::Sell => (Some(Flag::Pitch), 1.3),
        Cue::Canned => (Some(Flag::Impersonal), 1.6),
        Cue::Sorry => (Some(Flag::NoAcknowledgement), -2.2),
        Cue::Hollow => (Some(Flag::NoAcknowledgement), 2.2),
        Cue::Idle => (Some(Flag::NoNextStep), 0.6),
        Cue::Done => (Some(Flag::NoNextStep), -1.2),
        Cue::When => (Some(Flag::NoNextStep), -1.2),
        Cue::Do => (Some(Flag::NoNextStep), -0.9),
    }
}

fn counted(cue: Cue) -> &'static str {
    match cue {
        Cue::Doubt => "doubts",
        Cue::Blame => "blames",
        Cue::Sell => "sells",
        Cue::Canned => "canned phrases",
        Cue::Sorry => "sorries",
        Cue::Hollow => "hollow phrases",
        Cue::Idle => "idle phrases",
        Cue::Done => "done things",
        Cue::When => "times",
        Cue::Do => "things to do",
    }
}
