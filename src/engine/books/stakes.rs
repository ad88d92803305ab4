//! What was promised and what was given of it: money apart from effort, and what our posts say apart from what a person
//! says was paid.
//!
//! A promise that several posts of a campaign repeat is one, so that of each unit the most counts; what no campaign
//! claims is added up. Payments are entered by a person, for a campaign, and say what was given so far, all in all.

use std::collections::{BTreeMap, HashSet};

use super::{Books, Read};
use crate::domain::campaign::is_like;
use crate::domain::time::SignedDuration;
use crate::domain::{ActId, Deed, Give, Money, Paid, Timestamp};

/// What the books need to know of a campaign.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stake {
    /// Its name.
    pub name: String,
    /// The acts that belong to it.
    pub acts: HashSet<ActId>,
    /// What a person said was paid by then, all in all, the newest last.
    pub paid: Vec<(Timestamp, Paid)>,
}

impl Stake {
    /// What had been paid at a moment.
    fn paid_at(&self, moment: Timestamp) -> &Paid {
        self.paid.iter().rev().find(|(at, _)| *at <= moment).map_or(&Paid::Nothing, |(_, paid)| paid)
    }
}

/// What was promised and given, as far as numbers say it: of one currency or thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Pledged {
    /// The currency by its code, or the thing that is counted; empty where only a number is written.
    pub unit: String,
    /// It is money; else effort.
    pub money: bool,
    /// Promised on a condition: the caps.
    pub on_condition: f64,
    /// Given away, by the words of the posts.
    pub given: f64,
    /// Paid of what campaigns promised, by the word of a person.
    pub paid: f64,
    /// Acts that say so.
    pub acts: usize,
}

impl Pledged {
    /// A sum of its unit.
    pub fn sum(&self, amount: f64) -> Money {
        Money { amount, unit: Some(self.unit.clone()).filter(|unit| !unit.is_empty()) }
    }
}

/// What was promised and given in all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Promises {
    /// Of each unit, money before effort.
    pub units: Vec<Pledged>,
    /// Campaigns of which a person said that the whole was paid, where no post says how much that is.
    pub whole: Vec<String>,
}

/// Promises while they are added up.
#[derive(Default)]
struct Sum {
    units: BTreeMap<(bool, String), Pledged>,
    whole: Vec<String>,
}

impl Sum {
    fn of(&mut self, money: &Money) -> &mut Pledged {
        let unit = money.unit.clone().unwrap_or_default();
        let effort = !money.is_currency();
        self.units.entry((effort, unit.to_lowercase())).or_insert_with(|| Pledged {
            unit,
            money: !effort,
            on_condition: 0.0,
            given: 0.0,
            paid: 0.0,
            acts: 0,
        })
    }

    /// An act that stands for itself.
    fn read(&mut self, read: &Read) {
        let Some(amount) = amount(read) else { return };
        let unit = self.of(amount);
        match read.deed() {
            Deed::Conditional { .. } => unit.on_condition += amount.amount,
            _ => unit.given += amount.amount,
        }
        unit.acts += 1;
    }

    /// Acts of one campaign.
    fn campaign(&mut self, acts: &[&Read]) {
        let (promises, gifts): (Vec<&Read>, Vec<&Read>) = acts.iter().partition(|read| promises(read));
        for sum in most(promises.iter().filter_map(|read| amount(read))) {
            self.of(&sum).on_condition += sum.amount;
        }
        for sum in promises.iter().filter_map(|read| amount(read)) {
            self.of(sum).acts += 1;
        }
        gifts.into_iter().for_each(|read| self.read(read));
    }

    fn pay(&mut self, stake: &Stake, promised: &[Money], now: Timestamp, since: Option<Timestamp>) {
        let before = since.and_then(|since| since.checked_sub(SignedDuration::from_millis(1)).ok());
        let before = before.map_or(&Paid::Nothing, |moment| stake.paid_at(moment));
        let paid = stake.paid_at(now);
        if paid == before {
            return;
        }
        if *paid == Paid::Whole && promised.is_empty() {
            return self.whole.push(stake.name.clone());
        }
        let before = sums(before, promised);
        for sum in sums(paid, promised) {
            let earlier = before.iter().find(|one| is_like(one, &sum)).map_or(0.0, |one| one.amount);
            self.of(&sum).paid += (sum.amount - earlier).max(0.0);
        }
    }

    fn done(self) -> Promises {
        Promises { units: self.units.into_values().collect(), whole: self.whole }
    }
}

/// What was paid, in numbers; a number without a unit is of the first thing that was promised.
fn sums(paid: &Paid, promised: &[Money]) -> Vec<Money> {
    match paid {
        Paid::Nothing => Vec::new(),
        Paid::Whole => promised.to_vec(),
        Paid::Part(sum) => {
            let unit = sum.unit.clone().or_else(|| promised.first().and_then(|one| one.unit.clone()));
            vec![Money { amount: sum.amount, unit }]
        }
    }
}

/// It gives on a condition.
fn promises(read: &Read) -> bool {
    matches!(read.deed(), Deed::Conditional { .. })
}

/// What it promises or gives away, in numbers.
fn amount(read: &Read) -> Option<&Money> {
    let tells = promises(read) || read.deed() == Deed::Give(Give::Donate);
    read.promise.as_ref().filter(|_| tells).and_then(|promise| promise.amount.as_ref())
}

/// What was promised, when the same promise may be repeated: of each unit the most.
pub fn most<'a>(promises: impl IntoIterator<Item = &'a Money>) -> Vec<Money> {
    let mut most: Vec<Money> = Vec::new();
    for promise in promises {
        match most.iter_mut().find(|one| is_like(one, promise)) {
            Some(one) if one.amount < promise.amount => *one = promise.clone(),
            Some(_) => {}
            None => most.push(promise.clone()),
        }
    }
    most
}

impl Books {
    /// What was promised and given since a moment: by the posts, and by the word of a person on campaigns. An act of
    /// several campaigns counts with the first.
    pub fn promises(&self, stakes: &[Stake], now: Timestamp, since: Option<Timestamp>) -> Promises {
        let (mut sum, mut claimed) = (Sum::default(), HashSet::new());
        for stake in stakes {
            let mine = |read: &&Read| stake.acts.contains(&read.act) && !claimed.contains(&read.act);
            let acts: Vec<&Read> = self.within(now, since).filter(mine).collect();
            claimed.extend(acts.iter().map(|read| read.act));
            sum.campaign(&acts);
            sum.pay(stake, &self.promised(stake, now), now, since);
        }
        self.within(now, since).filter(|read| !claimed.contains(&read.act)).for_each(|read| sum.read(read));
        sum.done()
    }

    /// What one campaign promised and gave since a moment.
    pub fn promises_of(&self, stake: &Stake, now: Timestamp, since: Option<Timestamp>) -> Promises {
        let mut sum = Sum::default();
        let acts: Vec<&Read> = self.within(now, since).filter(|read| stake.acts.contains(&read.act)).collect();
        sum.campaign(&acts);
        sum.pay(stake, &self.promised(stake, now), now, since);
        sum.done()
    }

    /// What a campaign promised until a moment: what was paid is held against all of it, not only what is new.
    fn promised(&self, stake: &Stake, now: Timestamp) -> Vec<Money> {
        let own = |read: &&Read| promises(read) && stake.acts.contains(&read.act);
        most(self.within(now, None).filter(own).filter_map(amount))
    }

    fn within(&self, now: Timestamp, since: Option<Timestamp>) -> impl Iterator<Item = &Read> {
        let begin = since.map_or(0, |since| self.acts.partition_point(|read| read.published < since));
        self.acts.get(begin..).unwrap_or_default().iter().take_while(move |read| read.published <= now)
    }
}

#[cfg(test)]
#[path = "stakes_tests.rs"]
mod tests;
