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
        assert_eq!((Gesture::of_name("Give"), Trigger::of_name("")), (None, None));
    }
}
