//! What each account, audience and campaign gave and asked: parts of the whole brand's books.
//!
//! An *audience* is to whom an act is said. A reply is said to one person: to somebody who knows us when an act of ours
//! answered them a day or more before (a conversation of one day makes no acquaintance), else to a stranger; as far as
//! the books go back. What answers nobody, or somebody who is not stored, is said to the public.

use std::collections::{BTreeMap, HashMap};

use super::stakes::Stake;
use super::{Books, Read};
use crate::domain::time::SignedDuration;
use crate::domain::{PersonId, Timestamp};
use crate::measure::giving::ledger::{FEWEST_ACTS, Line, Sums, unconditional};
use crate::measure::giving::sameness::FEWEST_REPLIES;

/// After how long somebody whom we answered knows us.
const ACQUAINTED: SignedDuration = SignedDuration::from_hours(24);

/// To whom an act is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Somebody whom we had answered a day or more before.
    Known,
    /// Somebody whom we had not.
    Stranger,
    /// Everybody.
    Public,
}

impl Audience {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Known => "people who know us",
            Self::Stranger => "strangers",
            Self::Public => "the public",
        }
    }
}

/// By what the books are taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum By<'a> {
    /// By the account that published.
    Account,
    /// By to whom it was said.
    Audience,
    /// By the campaign that it belongs to. An act of several is in each of them; what is of none is a part as well.
    Campaign(&'a [Stake]),
}

/// The part of what belongs to no campaign.
pub const NO_CAMPAIGN: &str = "no campaign";

/// A part of the books.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    /// Its acts.
    pub acts: usize,
    /// Its gives and asks, decayed.
    pub sums: Sums,
    /// Its asks that came too early, as the whole brand stood then, and how much was missing in all.
    pub early: (usize, f64),
    /// Of the weight of its gives, the share that waits for nobody.
    pub unconditional: Option<f64>,
    /// How many are personal: signed, in the first person singular, or a reply that is no form letter.
    pub personal: usize,
    /// Its replies, and how many of them resemble another before them.
    pub replies: (usize, usize),
}

impl Part {
    /// B of the part alone; `None` below [`FEWEST_ACTS`] acts.
    pub fn balance(&self) -> Option<f64> {
        (self.acts >= FEWEST_ACTS).then(|| self.sums.balance())
    }

    /// The share of personal acts; `None` without acts.
    pub fn personal_share(&self) -> Option<f64> {
        (self.acts > 0).then(|| self.personal as f64 / self.acts as f64)
    }

    /// The share of replies that resemble another; `None` below [`FEWEST_REPLIES`].
    pub fn canned_share(&self) -> Option<f64> {
        let (replies, canned) = self.replies;
        (replies >= FEWEST_REPLIES).then(|| canned as f64 / replies as f64)
    }
}

impl Books {
    /// The part of the books that a test picks out, of what was published since a moment.
    pub fn part(&self, now: Timestamp, since: Option<Timestamp>, picks: impl Fn(&Line, &Read) -> bool) -> Part {
        let picked: Vec<(&Line, &Read)> =
            self.pairs().filter(|(line, read)| within(line, since, now) && picks(line, read)).collect();
        self.sum(&picked, now)
    }

    fn sum(&self, picked: &[(&Line, &Read)], now: Timestamp) -> Part {
        let table = self.ledger.table();
        let mut part = Part {
            acts: picked.len(),
            unconditional: unconditional(table, picked.iter().map(|(line, _)| *line), now),
            ..Part::default()
        };
        for (line, read) in picked {
            let rest = table.decay(line.entry.at, now);
            part.sums.given += rest * line.side.given();
            part.sums.asked += rest * line.side.asked();
            if let Some(cover) = line.cover.filter(|cover| cover.is_early()) {
                part.early = (part.early.0 + 1, part.early.1 + cover.missing);
            }
            part.personal += usize::from(read.is_personal(line));
            if read.reply {
                part.replies = (part.replies.0 + 1, part.replies.1 + usize::from(line.canned));
            }
        }
        part
    }

    /// The books taken apart; the largest parts first. A campaign without an act is a part too.
    pub fn parts(&self, by: By<'_>, now: Timestamp, since: Option<Timestamp>) -> Vec<(String, Part)> {
        let audiences = if by == By::Audience { Acquaintances::of(self) } else { Acquaintances::default() };
        let mut groups: BTreeMap<String, Vec<(&Line, &Read)>> = BTreeMap::new();
        if let By::Campaign(stakes) = by {
            groups.extend(stakes.iter().map(|stake| (stake.name.clone(), Vec::new())));
        }
        for (line, read) in self.pairs().filter(|(line, _)| within(line, since, now)) {
            let names = match by {
                By::Account => vec![format!("{} {}", read.network.name(), read.account)],
                By::Audience => vec![audiences.audience(read).words().to_owned()],
                By::Campaign(stakes) => of_campaigns(stakes, read),
            };
            for name in names {
                groups.entry(name).or_default().push((line, read));
            }
        }
        let mut parts: Vec<(String, Part)> =
            groups.into_iter().map(|(name, picked)| (name.trim().to_owned(), self.sum(&picked, now))).collect();
        parts.sort_by_key(|(_, part)| std::cmp::Reverse(part.acts));
        parts
    }
}

/// The names of the campaigns that an act belongs to.
fn of_campaigns(stakes: &[Stake], read: &Read) -> Vec<String> {
    let own = stakes.iter().filter(|stake| stake.acts.contains(&read.act));
    let names: Vec<String> = own.map(|stake| stake.name.clone()).collect();
    if names.is_empty() { vec![NO_CAMPAIGN.to_owned()] } else { names }
}

fn within(line: &Line, since: Option<Timestamp>, now: Timestamp) -> bool {
    line.entry.at <= now && since.is_none_or(|since| line.entry.at >= since)
}

/// When we first answered each person.
#[derive(Debug, Default)]
pub struct Acquaintances(HashMap<PersonId, Timestamp>);

impl Acquaintances {
    /// As the books have it.
    pub fn of(books: &Books) -> Self {
        let mut first = HashMap::new();
        for read in books.acts.iter().filter(|read| read.reply) {
            if let Some(person) = read.to {
                first.entry(person).or_insert(read.published);
            }
        }
        Self(first)
    }

    /// To whom an act was said.
    pub fn audience(&self, read: &Read) -> Audience {
        let Some(person) = read.to.filter(|_| read.reply) else { return Audience::Public };
        let known = |first: &Timestamp| read.published.duration_since(*first) >= ACQUAINTED;
        if self.0.get(&person).is_some_and(known) { Audience::Known } else { Audience::Stranger }
    }
}
