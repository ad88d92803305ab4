//! Campaigns: what their health is made of, kept in memory and changed only by what changed.
//!
//! | part | what it is for |
//! |---|---|
//! | [`Keeper`] | which acts and responses belong to which campaign, in line with the store |
//! | `flow` | the responses of one campaign, summed up over its days |
//! | `report` | the whole of one campaign, from its acts, its responses and the books |
//! | `matching` | which campaign a text belongs to |
//! | `suggest` | hashtags and links that several acts share and no campaign has |
//! | [`words`] | the figures in words, for the screen and for scripts |
//! | [`paid`] | what a person writes of what was paid |
//! | `task` | publishes a fresh board whenever something changed that concerns it, and raises backlashes |

mod flow;
mod keeper;
mod ledger;
mod matching;
pub mod paid;
mod report;
mod suggest;
pub(crate) mod task;
#[cfg(test)]
mod tests;
pub mod words;

use std::sync::Arc;

use jiff::tz::TimeZone;

pub use flow::{Day, Post, Responder};
pub use keeper::Keeper;
pub use matching::has_words_of;
pub use report::{ActLine, Report};
pub use suggest::Suggestion;

use crate::domain::{ActId, BrandSize, Campaign, Timestamp};
use crate::engine::books::stakes::Stake;
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Balance, Cover, Sums};

/// By what campaigns are measured.
#[derive(Debug, Clone)]
pub struct Scale {
    /// How big the brand is.
    pub size: BrandSize,
    /// The weights.
    pub table: Table,
    /// The zone in which days begin.
    pub zone: TimeZone,
}

impl Default for Scale {
    fn default() -> Self {
        Self { size: BrandSize::default(), table: Table::default(), zone: TimeZone::UTC }
    }
}

/// Everything about campaigns at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// When it was made.
    pub now: Timestamp,
    /// The campaigns: those that run first, the newest first.
    pub reports: Vec<Arc<Report>>,
    /// What could be campaigns.
    pub suggestions: Vec<Suggestion>,
    /// The brand's balance.
    pub balance: Balance,
    /// The brand's sums.
    pub sums: Sums,
    /// What the next hard ask would find.
    pub next: Cover,
    /// How big the brand is.
    pub size: BrandSize,
    /// The weights.
    pub table: Table,
}

impl Board {
    /// The campaign of this name, whatever the case.
    pub fn named(&self, name: &str) -> Option<&Arc<Report>> {
        let name = name.trim().to_lowercase();
        self.reports.iter().find(|report| report.campaign.terms.name.to_lowercase() == name)
    }

    /// What the books need to know of the campaigns.
    pub fn stakes(&self) -> Vec<Stake> {
        let stake = |report: &Arc<Report>| stake(&report.campaign, report.acts.iter().map(|line| line.act));
        self.reports.iter().map(stake).collect()
    }

    /// The campaigns that run now.
    pub fn running(&self) -> impl Iterator<Item = &Arc<Report>> {
        self.reports.iter().filter(|report| report.running)
    }
}

/// What the books need to know of a campaign with these acts.
fn stake(campaign: &Campaign, acts: impl Iterator<Item = ActId>) -> Stake {
    let paid = campaign.payments.iter().map(|payment| (payment.at, payment.paid.clone())).collect();
    Stake { name: campaign.terms.name.trim().to_owned(), acts: acts.collect(), paid }
}
