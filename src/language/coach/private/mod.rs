//! A customer's data in a draft: published, or asked for where everybody reads it.

use std::ops::Range;

use super::words::{Word, Words};

mod asked;
mod lists;
mod numbers;
mod published;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Asked for in a reply, a comment, the thread.
    AskedHere,
    /// Asked for, without saying where.
    Asked,
    /// Asked for by private message, form, telephone.
    AskedPrivately,
    /// Warned not to post it.
    Warned,
    /// An e-mail address that looks like a person's.
    Email,
    /// An address of our own.
    OwnEmail,
    /// A telephone number.
    Phone,
    /// A number of our own: to be called.
    OwnPhone,
    /// An order, account, policy, booking or card number.
    Number,
    /// A reference that we gave out ourselves.
    OwnNumber,
    /// Something shaped like such a number, without a word for it.
    Code,
    /// A password.
    Secret,
    /// A date of birth.
    Birth,
    /// A street and house number, or a postcode.
    Address,
    /// Where we are ourselves.
    OwnAddress,
    /// A person's first name and surname.
    Person,
    /// The number of a room or flat.
    Room,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::AskedHere => "asked here",
            Self::Asked => "asked",
            Self::AskedPrivately => "asked privately",
            Self::Warned => "warned",
            Self::Email => "email",
            Self::OwnEmail => "own email",
            Self::Phone => "phone",
            Self::OwnPhone => "own phone",
            Self::Number => "number",
            Self::OwnNumber => "own number",
            Self::Code => "code",
            Self::Secret => "secret",
            Self::Birth => "birth",
            Self::Address => "street",
            Self::OwnAddress => "own street",
            Self::Person => "person",
            Self::Room => "room",
        }
    }

    /// Whether it gives something away that only the customer may give away.
    pub fn gives_away(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::Number | Self::Secret | Self::Birth | Self::Address)
    }

    /// Log odds for the flag, for a reader without a model.
    pub fn weight(self) -> f32 {
        match self {
            Self::AskedHere => 4.0,
            Self::Asked => 2.4,
            kind if kind.gives_away() => 3.0,
            Self::Code | Self::Person | Self::Room => 0.5,
            _ => -0.5,
        }
    }
}

/// A find: where, what, and how many things it names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Private {
    pub span: Range<usize>,
    pub kind: Kind,
    pub count: usize,
}

/// Finds a customer's data in a draft that answers this mention.
pub(super) fn find(mention: &Words, words: &Words) -> Vec<Private> {
    let mut found = published::find(mention, words);
    found.extend((0..words.sentences).filter_map(|sentence| asked::find(words, sentence)));
    found.sort_by_key(|private| private.span.start);
    found
}

fn word(words: &Words, at: usize) -> Option<&Word> {
    words.list.get(at)
}

fn low(words: &Words, at: Option<usize>) -> &str {
    at.and_then(|at| words.list.get(at)).map_or("", |word| word.low.as_str())
}
