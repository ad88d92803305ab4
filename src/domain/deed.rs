//! How an act was read, as it is kept, and what a person says that it does.

use super::gesture::{Deed, Gesture, Trigger};
use super::ids::{ActId, CorrectionId};
use super::money::Money;
use super::time::Timestamp;

/// What the reader made of an act.
#[derive(Debug, Clone, PartialEq)]
pub struct ActReading {
    /// The likeliest gesture.
    pub gesture: Gesture,
    /// What it does, for the books.
    pub deed: Deed,
    /// The probability of the gesture, 0 to 1.
    pub sure: f32,
    /// What a conditional gift waits for.
    pub trigger: Option<Trigger>,
    /// What limits a conditional gift, as it is written.
    pub cap: Option<String>,
    /// The number of the cap, or of what is given away without a condition.
    pub amount: Option<Money>,
    /// It is signed, or in the first person singular.
    pub personal: bool,
    /// Marks by which replies that say nearly the same are found; empty for what answers nobody.
    pub sketch: Vec<u32>,
}

/// What a person says that an act does. The reader's word is kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct ActCorrection {
    /// Its number.
    pub id: CorrectionId,
    /// Which act.
    pub act: ActId,
    /// What it does.
    pub deed: Deed,
    /// What the reader had made of it; `None` when nobody had read it yet.
    pub read: Option<Deed>,
    /// When it was said.
    pub at: Timestamp,
}

impl Deed {
    /// Everything that a deed can be.
    pub const ALL: [Self; 13] = {
        use super::gesture::Give;
        [
            Self::Give(Give::Answer),
            Self::Give(Give::Teach),
            Self::Give(Give::Thank),
            Self::Give(Give::Share),
            Self::Give(Give::Fix),
            Self::Give(Give::Donate),
            Self::SoftAsk,
            Self::HardAsk,
            Self::Conditional { capped: false, all_proceeds: false },
            Self::Conditional { capped: true, all_proceeds: false },
            Self::Conditional { capped: false, all_proceeds: true },
            Self::Conditional { capped: true, all_proceeds: true },
            Self::Talk,
        ]
    };

    /// Its name in files: `answer`, `soft_ask`, `capped_condition`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Give(give) => give.name(),
            Self::SoftAsk => "soft_ask",
            Self::HardAsk => "hard_ask",
            Self::Conditional { capped: false, all_proceeds: false } => "condition",
            Self::Conditional { capped: true, all_proceeds: false } => "capped_condition",
            Self::Conditional { capped: false, all_proceeds: true } => "all_proceeds",
            Self::Conditional { capped: true, all_proceeds: true } => "capped_proceeds",
            Self::Talk => "talk",
        }
    }

    /// Its name as people read it: `soft ask`.
    pub fn words(self) -> &'static str {
        match self {
            Self::SoftAsk => "soft ask",
            Self::HardAsk => "hard ask",
            Self::Conditional { capped: true, all_proceeds: false } => "capped condition",
            Self::Conditional { capped: false, all_proceeds: true } => "all proceeds",
            Self::Conditional { capped: true, all_proceeds: true } => "capped proceeds",
            other => other.name(),
        }
    }

    /// The deed of this name in files.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        assert!(Deed::ALL.into_iter().all(|deed| Deed::of_name(deed.name()) == Some(deed)));
        assert_eq!(Deed::of_name("soft ask"), None);
        assert!(Deed::ALL.into_iter().all(|deed| deed.words().replace(' ', "_") == deed.name()));
    }
}
