//! Giving before receiving: the ledger of what the brand gave and asked, early asks, and the health of a campaign.
//!
//! The weights are ours, reasoned and not proven: they stand in one table ([`Table`]), which the configuration can
//! change. Everything here is a pure function of acts that were read elsewhere.

pub mod health;
pub mod ledger;
pub mod lift;
pub mod sameness;

use crate::domain::gesture::{Deed, Give};
use crate::domain::{BrandSize, Timestamp};

/// Weights and half-lives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// What an answer, a lesson, thanks, or another's work shared weigh.
    pub give: f64,
    /// What a repair or a donation weighs, and a post that gives all proceeds without a cap.
    pub large_give: f64,
    /// What a soft ask weighs: read, follow, repost.
    pub soft_ask: f64,
    /// What a hard ask weighs: buy, sign up, order ahead.
    pub hard_ask: f64,
    /// What a conditional give weighs as an ask.
    pub conditional: f64,
    /// The same, when it is capped.
    pub capped: f64,
    /// Days after which a give or an ask counts half.
    pub half_life_days: f64,
    /// The tell factor k.
    pub tell_factor: f64,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            give: 1.0,
            large_give: 2.0,
            soft_ask: 1.0,
            hard_ask: 2.0,
            conditional: 2.0,
            capped: 3.0,
            half_life_days: 14.0,
            tell_factor: 10.0,
        }
    }
}

/// On which side of the books an act stands, and with how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// Among the gives.
    Give(f64),
    /// A conditional give that counts as a give: all proceeds, no cap, by a solo or small brand.
    Exempt(f64),
    /// Among the asks.
    Ask(f64),
    /// Among the asks, waiting for others.
    Condition(f64),
    /// On neither.
    None,
}

impl Side {
    /// What it adds to the gives.
    pub fn given(self) -> f64 {
        match self {
            Self::Give(weight) | Self::Exempt(weight) => weight,
            Self::Ask(_) | Self::Condition(_) | Self::None => 0.0,
        }
    }

    /// What it adds to the asks.
    pub fn asked(self) -> f64 {
        match self {
            Self::Ask(weight) | Self::Condition(weight) => weight,
            Self::Give(_) | Self::Exempt(_) | Self::None => 0.0,
        }
    }

    /// Its weight, on whichever side.
    pub fn weight(self) -> f64 {
        self.given() + self.asked()
    }
}

impl Table {
    /// Where an act stands, for a brand of this size.
    pub fn side(&self, deed: Deed, size: BrandSize) -> Side {
        match deed {
            Deed::Give(give) => {
                Side::Give(if matches!(give, Give::Fix | Give::Donate) { self.large_give } else { self.give })
            }
            Deed::SoftAsk => Side::Ask(self.soft_ask),
            Deed::HardAsk => Side::Ask(self.hard_ask),
            Deed::Conditional { capped: false, all_proceeds: true }
                if matches!(size, BrandSize::Solo | BrandSize::Small) =>
            {
                Side::Exempt(self.large_give)
            }
            Deed::Conditional { capped: true, .. } => Side::Condition(self.capped),
            Deed::Conditional { capped: false, .. } => Side::Condition(self.conditional),
            Deed::Talk => Side::None,
        }
    }

    /// What is left of a weight at `now`: `2^(-age / half-life)`; the future counts as now.
    pub fn decay(&self, at: Timestamp, now: Timestamp) -> f64 {
        let age = now.duration_since(at).as_secs_f64().max(0.0) / 86_400.0;
        (-age / self.half_life_days.max(f64::MIN_POSITIVE)).exp2()
    }
}

/// The balance that is full marks for a brand of this size, 0 to 1: more is expected of a big one.
pub fn full_marks(size: BrandSize) -> f64 {
    match size {
        BrandSize::Solo => 0.50,
        BrandSize::Small => 0.60,
        BrandSize::Medium => 0.70,
        BrandSize::Large => 0.80,
        BrandSize::Enterprise => 0.83,
    }
}

/// The share of personal posts that is full marks, 0 to 1: the bigger the brand, the more it takes to look like
/// somebody.
pub fn full_personal(size: BrandSize) -> f64 {
    match size {
        BrandSize::Solo => 0.2,
        BrandSize::Small => 0.3,
        BrandSize::Medium => 0.4,
        BrandSize::Large => 0.5,
        BrandSize::Enterprise => 0.6,
    }
}

/// The gives for each ask that are full marks: `B_size / (1 - B_size)`.
pub fn gives_per_ask(size: BrandSize) -> f64 {
    full_marks(size) / (1.0 - full_marks(size))
}
