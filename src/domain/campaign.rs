//! Campaigns: named sets of acts, by hashtag, words, accounts or dates, and what was paid of what they promised.

use serde::{Deserialize, Serialize};

use super::ids::{CampaignId, PaymentId};
use super::money::Money;
use super::time::Timestamp;

/// What a campaign is made of: which acts belong to it.
///
/// An act belongs to it when it was published within its dates, under one of its accounts (any, when none is named),
/// and has one of its hashtags or fits its words (any, when neither is given).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Terms {
    /// Its name, unique among the campaigns whatever the case.
    pub name: String,
    /// Hashtags, without the sign.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Queries of the watch language; one of them must fit.
    #[serde(default)]
    pub words: Vec<String>,
    /// Accounts that its acts are published under, without the leading `@`.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// When it begins; `None`: with its first act.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// When it is over: the first moment that is not part of it; `None`: not yet.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

impl Terms {
    /// Whether a moment is within its dates.
    pub fn spans(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether it names what its acts and the responses to it are found by, besides dates and accounts.
    pub fn has_words(&self) -> bool {
        !self.tags.is_empty() || !self.words.is_empty()
    }

    /// Whether it says anything at all of its acts: what says nothing would be everything.
    pub fn says_something(&self) -> bool {
        self.has_words() || !self.accounts.is_empty() || self.since.is_some() || self.until.is_some()
    }

    /// Whether an account (a handle with or without its server) is one of its accounts, or it names none.
    pub fn has_account(&self, handle: &str) -> bool {
        let bare = |text: &str| text.trim().trim_start_matches('@').to_lowercase();
        let handle = bare(handle);
        let local = handle.split('@').next().unwrap_or_default();
        self.accounts.is_empty()
            || self
                .accounts
                .iter()
                .map(|account| bare(account))
                .any(|account| account == handle || (!account.contains('@') && account == local))
    }
}

/// What a person says was given so far of what a campaign promised.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// Nothing was said.
    #[default]
    Nothing,
    /// So much, all in all.
    Part(Money),
    /// The whole.
    Whole,
}

impl Paid {
    /// Whether the whole was given: it was said so, or what was given reaches every promise of its kind.
    pub fn is_whole(&self, promised: &[Money]) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(given) => {
                !promised.is_empty()
                    && promised.iter().all(|promise| is_like(given, promise) && given.amount >= promise.amount)
            }
            Self::Nothing => false,
        }
    }
}

/// Whether two sums are of the same unit; one that says none goes with any.
pub fn is_like(one: &Money, other: &Money) -> bool {
    match (&one.unit, &other.unit) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    }
}

/// A word on what was paid, kept with who said it and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// Its number.
    pub id: PaymentId,
    /// What was given so far, all in all.
    pub paid: Paid,
    /// Who said so; empty where nobody is named.
    pub voice: String,
    /// When.
    pub at: Timestamp,
}

/// A campaign as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// Its number.
    pub id: CampaignId,
    /// Which acts belong to it.
    pub terms: Terms,
    /// It stands in the configuration, and is changed there.
    pub configured: bool,
    /// What was paid so far: the last payment that was not taken back.
    pub paid: Paid,
    /// The payments that were not taken back, the newest last.
    pub payments: Vec<Payment>,
}

/// Something that a person changes about campaigns. Each has one that undoes it.
#[derive(Debug, Clone, PartialEq)]
pub enum CampaignChange {
    /// Makes a campaign (`None`), or changes what one is made of.
    Save(Option<CampaignId>, Terms),
    /// Takes one away; what was paid is kept for when it comes back.
    Remove(CampaignId),
    /// Brings back what was taken away.
    Restore(CampaignId),
    /// So much was paid so far, all in all.
    Pay(CampaignId, Paid),
    /// A payment is taken back.
    Unpay(PaymentId),
    /// A payment that was taken back stands again.
    Repay(PaymentId),
    /// A suggestion is not wanted.
    Dismiss(String),
    /// It may be suggested again.
    Recall(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: f64, unit: &str) -> Money {
        Money { amount, unit: Some(unit.to_owned()) }
    }

    #[test]
    fn the_whole_is_what_reaches_every_promise() {
        let promised = [money(100_000.0, "USD")];
        assert!(Paid::Whole.is_whole(&[]) && !Paid::Nothing.is_whole(&promised));
        assert!(!Paid::Part(money(62_000.0, "USD")).is_whole(&promised));
        assert!(Paid::Part(money(100_000.0, "usd")).is_whole(&promised));
        assert!(!Paid::Part(money(200_000.0, "EUR")).is_whole(&promised));
        assert!(!Paid::Part(money(5.0, "USD")).is_whole(&[]), "nothing is known of what was promised");
    }

    #[test]
    fn dates_end_before_their_end_and_accounts_need_no_server() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let terms = Terms {
            accounts: vec!["ferris".into(), "ana@bikes.example".into()],
            since: Some(at(10)),
            until: Some(at(20)),
            ..Terms::default()
        };
        assert!(!terms.spans(at(9)) && terms.spans(at(10)) && terms.spans(at(19)) && !terms.spans(at(20)));
        assert!(terms.has_account("@Ferris@bikes.example") && terms.has_account("ana@bikes.example"));
        assert!(!terms.has_account("ana@elsewhere.example") && !terms.has_account("ana"));
        assert!(Terms::default().has_account("anyone") && !Terms::default().says_something());
    }
}
