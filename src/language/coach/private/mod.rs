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
    /// Asked for by name, as one's own, without saying where: in an open answer that is here.
    AskedOutright,
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
            Self::AskedOutright => "asked outright",
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
            Self::AskedHere | Self::AskedOutright => 4.0,
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

/// Sentences that are looked at for what they ask: no answer has more, and each is looked at in the whole text.
const MOST_SENTENCES: usize = 150;

/// Finds a customer's data in a draft that answers this mention.
pub(super) fn find(mention: &Words, words: &Words) -> Vec<Private> {
    let mut found = published::find(mention, words);
    found.extend((0..words.sentences.min(MOST_SENTENCES)).filter_map(|sentence| asked::find(words, sentence)));
    found.sort_by_key(|private| private.span.start);
    found
}

fn word(words: &Words, at: usize) -> Option<&Word> {
    words.list.get(at)
}

fn low(words: &Words, at: Option<usize>) -> &str {
    at.and_then(|at| words.list.get(at)).map_or("", |word| word.low.as_str())
}

#[cfg(test)]
mod plain_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(mention: &str, draft: &str) -> Vec<(Kind, String)> {
        let found = find(&Words::read(mention), &Words::read(draft)).into_iter();
        found.map(|private| (private.kind, draft.get(private.span).unwrap_or_default().to_owned())).collect()
    }

    #[test]
    fn the_handle_of_who_is_answered_is_no_address() {
        assert_eq!(
            kinds("my chain snapped", "@ana@town.example so sorry, a new one comes today. .@bo@town.example"),
            []
        );
        assert_eq!(kinds("my chain snapped", "@ana sent to ana@town.example").len(), 1);
    }

    #[test]
    fn what_is_a_customers_is_found_with_its_words() {
        for (mention, draft, kind, words) in [
            ("parcel lost", "It went to 12 Mill Lane today", Kind::Address, "12 Mill Lane"),
            ("no mail yet", "Sent again to ines.k@post.example", Kind::Email, "ines.k@post.example"),
            ("charged twice", "Refunded to the Visa 3317", Kind::Number, "3317"),
            ("charged twice", "It's the card ending 1140", Kind::Number, "1140"),
            ("is it updated", "Policy KI/77120/3 is done", Kind::Number, "77120"),
            ("locked out", "Your new password is Heron-4471", Kind::Secret, "password is Heron-4471"),
            ("claim lost", "Found it, DOB 6/2/2017", Kind::Birth, "DOB 6/2/2017"),
            ("hello", "Post your order number here", Kind::AskedHere, "order number"),
            ("hello", "DM me your order number", Kind::AskedPrivately, "order number"),
            ("hello", "Reply with your mobile and order no below", Kind::AskedHere, "mobile and order no"),
        ] {
            let found = kinds(mention, draft);
            assert!(found.contains(&(kind, words.to_owned())), "{draft}: {found:?}");
        }
    }

    #[test]
    fn what_is_ours_or_nothing_gives_nothing_away() {
        for (mention, draft) in [
            ("where is the shop in Cork", "At 9 Pike Street, yellow door"),
            ("who do I write to", "registrar@ferris.example, any time"),
            ("@ferris my bike broke", "Write to ines@ferris.example and she mends it"),
            ("who do I ring", "01632 960150, mornings"),
            ("broken again", "Your query was logged under reference 90812"),
            ("release broken", "Use tag 3.8.1 and pin 5.1.3 for now"),
            ("how old is the dog", "Biscuit, 2009-2023, our first"),
            ("bill wrong", "Please never post your account number here"),
            ("", ""),
        ] {
            let found = kinds(mention, draft);
            let wrong = |(kind, _): &(Kind, String)| kind.gives_away() || matches!(kind, Kind::AskedHere);
            assert!(!found.iter().any(wrong), "{draft}: {found:?}");
        }
    }
}
