//! The ledger: what the brand gave and asked, decayed; its balance; and asks that came too early.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::sameness::{COMPARED, Echo, Sketch};
use super::{Side, Table, gives_per_ask};
use crate::domain::{ActId, BrandSize, Deed, Give, PersonId, Timestamp};

/// Acts below which a balance is "too few".
pub const FEWEST_ACTS: usize = 10;
/// Days without an act after which a balance is stale.
pub const STALE_DAYS: i64 = 28;
/// Seconds of a week: one thank a person counts in it.
const WEEK: i64 = 7 * 86_400;

/// An act, as the books need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which act.
    pub act: ActId,
    /// When it was published.
    pub at: Timestamp,
    /// What it does.
    pub deed: Deed,
    /// To whom, when it is said to one person.
    pub to: Option<PersonId>,
    /// The words of a reply: those that say nearly the same count once. `None` for what answers nobody.
    pub same: Option<Sketch>,
}

impl Entry {
    fn key(&self) -> (Timestamp, ActId) {
        (self.at, self.act)
    }
}

/// A line of the books: an act, where it stands, and why it does not count when it does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The act.
    pub entry: Entry,
    /// Where it stands.
    pub side: Side,
    /// Why it stands on neither side though its deed would.
    pub discounted: Option<Discount>,
    /// For an ask, whether enough was given before it.
    pub cover: Option<Cover>,
    /// It is a reply that resembles one of the hundred replies before it: the tone of a form letter ([`Echo`]).
    pub canned: bool,
    /// One of the hundred replies before it says nearly the same ([`Echo`]).
    repeated: bool,
    /// It thanks, and nobody had thanked this person within the week before.
    thanks: bool,
    /// G and A just after it.
    after: Sums,
}

/// Why an act does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// The same person was thanked within the week before.
    ThankedAlready,
    /// Nearly the same was said before.
    SaidAlready,
}

/// Whether enough was given before an ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cover {
    /// Gives just before it, decayed.
    pub given: f64,
    /// Asks just before it, decayed.
    pub asked: f64,
    /// `c = min(1, (G+1) / (r·(A+w)))`: 1 when it is covered.
    pub covered: f64,
    /// Gives that were missing: `max(0, r·(A+w) - (G+1))`.
    pub missing: f64,
}

impl Cover {
    /// Of an ask of weight `w` after G gives and A asks.
    pub fn of(given: f64, asked: f64, weight: f64, size: BrandSize) -> Self {
        let needed = gives_per_ask(size) * (asked + weight);
        let covered = if needed > 0.0 { ((given + 1.0) / needed).min(1.0) } else { 1.0 };
        Self { given, asked, covered, missing: (needed - (given + 1.0)).max(0.0) }
    }

    /// It came before enough was given.
    pub fn is_early(&self) -> bool {
        self.covered < 1.0
    }
}

/// Sums at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// G: gives, decayed.
    pub given: f64,
    /// A: asks, decayed.
    pub asked: f64,
}

impl Sums {
    /// `B = (G+1) / (G+A+2)`, 0 to 1; a half when nothing is in the books.
    pub fn balance(&self) -> f64 {
        (self.given + 1.0) / (self.given + self.asked + 2.0)
    }
}

/// The balance as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Balance {
    /// Below [`FEWEST_ACTS`] acts; how many there are.
    TooFew(usize),
    /// As it stands.
    Standing(f64),
    /// No act for [`STALE_DAYS`] days: the last value stands, and since when.
    Stale(f64, Timestamp),
}

/// The books of a brand, kept as acts come, change and go.
///
/// Whatever the order in which they come, the books are those that [`Ledger::new`] makes of the same acts, to the last
/// bit. The newest act costs a comparison with the hundred replies before it; one that comes late, what comes after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    size: BrandSize,
    table: Table,
    lines: Vec<Line>,
}

/// Changes from which on the lines are sorted anew rather than moved one by one.
const MANY: usize = 32;

impl Ledger {
    /// Opens the books on acts in any order.
    pub fn new(entries: Vec<Entry>, size: BrandSize, table: Table) -> Self {
        let mut books = Self { size, table, lines: Vec::new() };
        books.change(&[], entries);
        books
    }

    /// Takes lines out (those that are not there are left out), then brings others in. An act that moves is taken out
    /// where it was; whoever calls knows where that is.
    pub fn change(&mut self, gone: &[(Timestamp, ActId)], come: Vec<Entry>) {
        let mut touched: Vec<(Timestamp, ActId)> = gone.iter().copied().chain(come.iter().map(Entry::key)).collect();
        touched.sort_unstable();
        self.take_out(gone);
        self.bring_in(come);
        let Some(first) = touched.first() else { return };
        let from = self.place(*first);
        self.compare(&touched);
        self.reckon(from);
    }

    /// Forgets what was published before a moment.
    pub fn forget_before(&mut self, moment: Timestamp) {
        let old = self.lines.partition_point(|line| line.entry.at < moment);
        let Some(last) = old.checked_sub(1).and_then(|last| self.lines.get(last)).map(|line| line.entry.key()) else {
            return;
        };
        self.lines.drain(..old);
        self.compare(&[last]);
        self.reckon(0);
    }

    /// Where a line is, or would be.
    fn place(&self, key: (Timestamp, ActId)) -> usize {
        self.lines.partition_point(|line| line.entry.key() < key)
    }

    /// The place of an act that was published then.
    pub fn find(&self, at: Timestamp, act: ActId) -> Option<usize> {
        let place = self.place((at, act));
        self.lines.get(place).filter(|line| line.entry.key() == (at, act)).map(|_| place)
    }

    fn take_out(&mut self, gone: &[(Timestamp, ActId)]) {
        if gone.len() > MANY {
            let gone: BTreeSet<&(Timestamp, ActId)> = gone.iter().collect();
            return self.lines.retain(|line| !gone.contains(&line.entry.key()));
        }
        for (at, act) in gone {
            if let Some(place) = self.find(*at, *act) {
                self.lines.remove(place);
            }
        }
    }

    fn bring_in(&mut self, come: Vec<Entry>) {
        let many = come.len() > MANY;
        self.lines.reserve(come.len());
        for entry in come {
            let place = if many { self.lines.len() } else { self.place(entry.key()) };
            let line = Line {
                entry,
                side: Side::None,
                discounted: None,
                cover: None,
                canned: false,
                repeated: false,
                thanks: false,
                after: Sums::default(),
            };
            self.lines.insert(place, line);
        }
        if many {
            self.lines.sort_by_key(|line| line.entry.key());
        }
    }

    /// Compares replies anew from these places on, each with the hundred before it: what was touched, and the hundred
    /// replies behind it.
    fn compare(&mut self, touched: &[(Timestamp, ActId)]) {
        let mut compared = 0;
        for key in touched {
            let from = self.place(*key);
            if from >= compared {
                compared = self.compare_from(from);
            } else {
                compared = compared.max(self.compare_on(*key, compared));
            }
        }
    }

    /// Compares from `from` on; returns the first place that was not compared.
    fn compare_from(&mut self, from: usize) -> usize {
        let mut window: VecDeque<Sketch> = VecDeque::with_capacity(COMPARED + 1);
        for line in self.lines.get(..from).unwrap_or_default().iter().rev() {
            if let Some(sketch) = &line.entry.same {
                window.push_front(sketch.clone());
                if window.len() >= COMPARED {
                    break;
                }
            }
        }
        let mut seen = 0;
        for (place, line) in self.lines.iter_mut().enumerate().skip(from) {
            let Some(sketch) = &line.entry.same else { continue };
            if seen > COMPARED {
                return place;
            }
            seen += 1;
            let echo = Echo::of(sketch, &window);
            (line.canned, line.repeated) = (echo.canned, echo.repeated);
            if window.len() >= COMPARED {
                window.pop_front();
            }
            window.push_back(sketch.clone());
        }
        self.lines.len()
    }

    /// Compares what lies behind `compared` and within a hundred replies of a place before it.
    fn compare_on(&mut self, key: (Timestamp, ActId), compared: usize) -> usize {
        let from = self.place(key);
        let between = self.lines.get(from..compared).unwrap_or_default();
        let replies = between.iter().filter(|line| line.entry.same.is_some()).count();
        if replies > COMPARED { compared } else { self.compare_from(compared) }
    }

    /// Reckons the lines from a place on; those before it are right.
    fn reckon(&mut self, from: usize) {
        let Some(begin) = self.lines.get(from).map(|line| line.entry.at) else { return };
        let before = self.lines.get(..from).unwrap_or_default();
        let (mut sums, mut last) =
            before.last().map_or((Sums::default(), None), |line| (line.after, Some(line.entry.at)));
        let mut thanked: BTreeMap<PersonId, Timestamp> = BTreeMap::new();
        let week = before.iter().rev().take_while(|line| begin.duration_since(line.entry.at).as_secs() < WEEK);
        for line in week.filter(|line| line.thanks) {
            if let Some(person) = line.entry.to {
                thanked.entry(person).or_insert(line.entry.at);
            }
        }
        let (table, size) = (self.table, self.size);
        for line in self.lines.iter_mut().skip(from) {
            let Line { entry, .. } = line;
            let (mut again, mut thanks) = (false, false);
            if let (Deed::Give(Give::Thank), Some(person)) = (entry.deed, entry.to) {
                let before = thanked.get(&person).copied();
                again = before.is_some_and(|before| entry.at.duration_since(before).as_secs() < WEEK);
                if !again {
                    thanks = true;
                    thanked.insert(person, entry.at);
                }
            }
            line.thanks = thanks;
            line.discounted = match (again, line.repeated && matches!(entry.deed, Deed::Give(_))) {
                (_, true) => Some(Discount::SaidAlready),
                (true, false) => Some(Discount::ThankedAlready),
                (false, false) => None,
            };
            line.side = if line.discounted.is_some() { Side::None } else { table.side(entry.deed, size) };
            if let Some(last) = last {
                let rest = table.decay(last, entry.at);
                sums = Sums { given: sums.given * rest, asked: sums.asked * rest };
            }
            let weight = line.side.asked();
            line.cover = (weight > 0.0).then(|| Cover::of(sums.given, sums.asked, weight, size));
            last = Some(entry.at);
            sums = Sums { given: sums.given + line.side.given(), asked: sums.asked + weight };
            line.after = sums;
        }
    }

    /// The weights that it reckons with.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// How big the brand is.
    pub fn size(&self) -> BrandSize {
        self.size
    }

    /// Its lines, oldest first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// G and A at a moment: what was published until then, decayed.
    pub fn sums(&self, now: Timestamp) -> Sums {
        let Some(last) = self.until(now).last() else { return Sums::default() };
        let rest = self.table.decay(last.entry.at, now);
        Sums { given: last.after.given * rest, asked: last.after.asked * rest }
    }

    /// The balance at a moment, as it may be shown.
    pub fn balance(&self, now: Timestamp) -> Balance {
        let acts = self.until(now).len();
        let Some(last) = self.until(now).last().filter(|_| acts >= FEWEST_ACTS) else { return Balance::TooFew(acts) };
        let last = last.entry.at;
        if now.duration_since(last).as_secs() > STALE_DAYS * 86_400 {
            return Balance::Stale(self.sums(last).balance(), last);
        }
        Balance::Standing(self.sums(now).balance())
    }

    /// What the next ask of weight `weight` would find.
    pub fn next_ask(&self, weight: f64, size: BrandSize, now: Timestamp) -> Cover {
        let sums = self.sums(now);
        Cover::of(sums.given, sums.asked, weight, size)
    }

    /// Of the weight of gives, conditional ones among them, the share that waits for nobody; `None` without any.
    pub fn share_unconditional(&self, now: Timestamp) -> Option<f64> {
        unconditional(&self.table, self.until(now), now)
    }

    /// The lines of what was published until a moment.
    pub fn until(&self, now: Timestamp) -> &[Line] {
        let end = self.lines.partition_point(|line| line.entry.at <= now);
        self.lines.get(..end).unwrap_or_default()
    }
}

/// Of the weight of gives, conditional ones among them, the share that waits for nobody; `None` without any.
pub fn unconditional<'a>(table: &Table, lines: impl IntoIterator<Item = &'a Line>, now: Timestamp) -> Option<f64> {
    let (mut free, mut all) = (0.0, 0.0);
    for line in lines {
        let rest = table.decay(line.entry.at, now);
        match line.side {
            Side::Give(weight) => {
                free += rest * weight;
                all += rest * weight;
            }
            Side::Exempt(weight) | Side::Condition(weight) => all += rest * weight,
            Side::Ask(_) | Side::None => {}
        }
    }
    (all > 0.0).then(|| free / all)
}

#[cfg(test)]
mod tests;
