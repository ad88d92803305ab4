//! The campaign that a post would belong to.

use std::sync::Arc;

use super::Setting;
use crate::domain::SafeText;
use crate::engine::campaigns::{Board, Report, has_words_of};

/// Longest name, in characters.
const NAME: usize = 80;

impl Setting {
    /// A campaign as it stands.
    pub fn of(report: &Report) -> Self {
        Self {
            name: SafeText::line(&report.campaign.terms.name, NAME),
            posted: report.acts.iter().map(|line| line.posted).collect(),
            responses: report.responses,
            whole: report.whole,
        }
    }

    /// The running campaign that a post would belong to by its hashtags or words, and by the account that it goes out
    /// under (any, when that is empty); the first one of several. One that names neither hashtags nor words takes whatever its accounts publish.
    pub fn found(board: &Board, text: &str, account: &str) -> Option<Self> {
        let belongs = |report: &&Arc<Report>| {
            let terms = &report.campaign.terms;
            (account.is_empty() || terms.has_account(account)) && (!terms.has_words() || has_words_of(terms, text))
        };
        board.running().find(belongs).map(|report| Self::of(report))
    }
}
