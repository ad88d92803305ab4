//! The coach: what may be wrong with a drafted answer, and what would be better. It warns and never blocks.
//!
//! The draft is read beside the mention that it answers: an acknowledgement is told by the mention's own words coming
//! back, a next step by whether something was asked. [`signs`] finds what patterns and phrases can tell, the trained
//! reader weighs that with the words; [`RuleCoach`] goes by the signs alone.

use std::ops::Range;

use crate::domain::{Intent, Intents};

mod advice;
mod against;
mod cues;
mod echo;
mod phrases;
mod private;
mod rules;
pub mod signs;
mod slots;
#[cfg(test)]
mod slots_tests;
#[cfg(test)]
mod tests;
mod words;

pub use advice::advice;
pub use rules::RuleCoach;

/// What can be wrong with a draft. Each holds or not by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// It sells, even after real help.
    Pitch,
    /// It tells people that they are wrong, or blames them.
    Denial,
    /// Neither the problem nor the trouble is recognised (complaints only).
    NoAcknowledgement,
    /// No fix, answer, action, owner or time (complaints and questions only).
    NoNextStep,
    /// It publishes a customer's data, or asks for them in public.
    PersonalData,
    /// An unfilled marker or a drafting note was left in.
    Placeholder,
    /// A canned corporate voice.
    Impersonal,
}

impl Flag {
    /// Every flag, in the order of the model's classes.
    pub const ALL: [Self; 7] = [
        Self::Pitch,
        Self::Denial,
        Self::NoAcknowledgement,
        Self::NoNextStep,
        Self::PersonalData,
        Self::Placeholder,
        Self::Impersonal,
    ];

    /// The name in data and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pitch => "pitch",
            Self::Denial => "denial",
            Self::NoAcknowledgement => "no_acknowledgement",
            Self::NoNextStep => "no_next_step",
            Self::PersonalData => "personal_data",
            Self::Placeholder => "placeholder",
            Self::Impersonal => "impersonal",
        }
    }

    /// Whether an answer to a mention of these intents can have the fault: only a complaint wants to be acknowledged,
    /// only complaints and questions want a next step.
    pub fn applies(self, intents: Intents) -> bool {
        match self {
            Self::NoAcknowledgement => intents.has(Intent::Complaint),
            Self::NoNextStep => intents.has(Intent::Complaint) || intents.has(Intent::Question),
            _ => true,
        }
    }
}

/// What the coach makes of one flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// The flag.
    pub flag: Flag,
    /// Whether the coach would say so.
    pub holds: bool,
    /// How likely it holds, 0 to 1.
    pub probability: f32,
    /// The words of the draft that made it so (byte ranges, in the order of the text); empty when it does not hold,
    /// and when what is missing made it so.
    pub because: Vec<Range<usize>>,
    /// What would be better; empty when it does not hold.
    pub advice: &'static str,
}

/// Reads a draft beside the mention that it answers.
pub trait ReadCoach: Send + Sync {
    /// A remark for each of [`Flag::ALL`], in that order. `intents` are the mention's.
    fn coach(&self, mention: &str, intents: Intents, draft: &str) -> Vec<Remark>;
}

/// The text with the second sign of addresses such as `@ana@hachyderm.io` replaced, byte for byte: whom an answer
/// names is no e-mail address that it gives away.
pub fn addresses_as_names(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        match word.strip_prefix('@') {
            Some(rest) => {
                plain.push('@');
                plain.push_str(&rest.replace('@', "_"));
            }
            None => plain.push_str(word),
        }
    }
    plain
}
