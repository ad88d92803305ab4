//! What a post of the brand does for those who read it, and what a conditional gift waits for.

/// The gesture of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gesture {
    /// Gives something of worth to others, without a condition.
    Give,
    /// Wants an act that serves the brand; a price promotion is one.
    Ask,
    /// Gives only if the audience acts first.
    Conditional,
    /// Neither gives nor asks.
    Talk,
}

impl Gesture {
    /// All of them, in the order of [`Gesture::place`].
    pub const ALL: [Self; 4] = [Self::Give, Self::Ask, Self::Conditional, Self::Talk];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Give => "give",
            Self::Ask => "ask",
            Self::Conditional => "conditional",
            Self::Talk => "talk",
        }
    }

    /// The gesture of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gesture| gesture.name() == name)
    }

    /// Its place in [`Gesture::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }
}

/// The act that a conditional gift waits for; of several the one that is named first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// Reposting, forwarding, tagging, bringing others.
    Share,
    /// Buying, ordering, booking.
    Purchase,
    /// Following an account or a channel.
    Follow,
    /// Answering under the post.
    Comment,
    /// Registering, subscribing, opening an account.
    Signup,
    /// Anything else: a survey, a donation, a visit, a feat.
    Other,
}

impl Trigger {
    /// All of them, in the order of [`Trigger::place`].
    pub const ALL: [Self; 6] = [Self::Share, Self::Purchase, Self::Follow, Self::Comment, Self::Signup, Self::Other];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Purchase => "purchase",
            Self::Follow => "follow",
            Self::Comment => "comment",
            Self::Signup => "signup",
            Self::Other => "other",
        }
    }

    /// The trigger of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.name() == name)
    }

    /// Its place in [`Trigger::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }
}

/// What a give is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Give {
    /// A question was answered.
    Answer,
    /// Something was taught.
    Teach,
    /// Somebody was thanked.
    Thank,
    /// Another's work was shown.
    Share,
    /// Something was put right.
    Fix,
    /// Money, goods or work were given away.
    Donate,
}

impl Give {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Answer, Self::Teach, Self::Thank, Self::Share, Self::Fix, Self::Donate];

    /// Its name on the screen and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Teach => "teach",
            Self::Thank => "thank",
            Self::Share => "share",
            Self::Fix => "fix",
            Self::Donate => "donate",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|give| give.name() == name)
    }
}

/// What an act does, for the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// It gives.
    Give(Give),
    /// It asks for little: read, follow, repost.
    SoftAsk,
    /// It asks for much: buy, sign up, order ahead.
    HardAsk,
    /// It gives only if the audience acts first.
    Conditional {
        /// There is a most that is given.
        capped: bool,
        /// All that comes in is given away.
        all_proceeds: bool,
    },
    /// It neither gives nor asks.
    Talk,
}

impl Deed {
    /// The gesture of which it is a kind.
    pub fn gesture(self) -> Gesture {
        match self {
            Self::Give(_) => Gesture::Give,
            Self::SoftAsk | Self::HardAsk => Gesture::Ask,
            Self::Conditional { .. } => Gesture::Conditional,
            Self::Talk => Gesture::Talk,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_lead_back() {
        for (place, gesture) in Gesture::ALL.into_iter().enumerate() {
            assert_eq!((Gesture::of_name(gesture.name()), gesture.place()), (Some(gesture), place));
        }
        for (place, trigger) in Trigger::ALL.into_iter().enumerate() {
            assert_eq!((Trigger::of_name(trigger.name()), trigger.place()), (Some(trigger), place));
        }
        assert!(Give::ALL.into_iter().all(|give| Give::of_name(give.name()) == Some(give)));
        assert_eq!((Gesture::of_name("Give"), Trigger::of_name("")), (None, None));
    }
}
