//! The ledger: what the brand gave and asked, decayed; its balance; and asks that came too early.

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
    /// Acts of the same number say nearly the same: such replies count once. `None` for a text of its own.
    pub same: Option<u64>,
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

/// The books of a brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    table: Table,
    lines: Vec<Line>,
}

impl Ledger {
    /// Opens the books on acts in any order.
    pub fn new(mut entries: Vec<Entry>, size: BrandSize, table: Table) -> Self {
        entries.sort_by_key(|entry| (entry.at, entry.act));
        let mut books = Self { table, lines: Vec::with_capacity(entries.len()) };
        let (mut thanked, mut said) = (std::collections::BTreeMap::new(), std::collections::BTreeSet::new());
        let (mut sums, mut last) = (Sums::default(), None);
        for entry in entries {
            let again = match (entry.deed, entry.to) {
                (Deed::Give(Give::Thank), Some(person)) => {
                    let before: Option<Timestamp> = thanked.get(&person).copied();
                    let again = before.is_some_and(|before| entry.at.duration_since(before).as_secs() < WEEK);
                    if !again {
                        thanked.insert(person, entry.at);
                    }
                    again
                }
                _ => false,
            };
            let repeated = entry.same.is_some_and(|same| !said.insert(same)) && matches!(entry.deed, Deed::Give(_));
            let discounted = match (again, repeated) {
                (_, true) => Some(Discount::SaidAlready),
                (true, false) => Some(Discount::ThankedAlready),
                (false, false) => None,
            };
            let side = if discounted.is_some() { Side::None } else { table.side(entry.deed, size) };
            if let Some(last) = last {
                let rest = table.decay(last, entry.at);
                sums = Sums { given: sums.given * rest, asked: sums.asked * rest };
            }
            let asks = side.asked() > 0.0;
            let cover = asks.then(|| Cover::of(sums.given, sums.asked, side.asked(), size));
            last = Some(entry.at);
            sums = Sums { given: sums.given + side.given(), asked: sums.asked + side.asked() };
            books.lines.push(Line { entry, side, discounted, cover });
        }
        books
    }

    /// Its lines, oldest first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// G and A at a moment: what was published until then, decayed.
    pub fn sums(&self, now: Timestamp) -> Sums {
        self.until(now).fold(Sums::default(), |sums, line| {
            let rest = self.table.decay(line.entry.at, now);
            Sums { given: sums.given + rest * line.side.given(), asked: sums.asked + rest * line.side.asked() }
        })
    }

    /// The balance at a moment, as it may be shown.
    pub fn balance(&self, now: Timestamp) -> Balance {
        let acts = self.until(now).count();
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
        let (mut free, mut all) = (0.0, 0.0);
        for line in self.until(now) {
            let rest = self.table.decay(line.entry.at, now);
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

    fn until(&self, now: Timestamp) -> impl Iterator<Item = &Line> {
        self.lines.iter().take_while(move |line| line.entry.at <= now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + days * 86_400).unwrap()
    }

    fn entry(number: i64, days: i64, deed: Deed) -> Entry {
        Entry { act: ActId(number), at: day(days), deed, to: None, same: None }
    }

    fn ledger(entries: Vec<Entry>, size: BrandSize) -> Ledger {
        Ledger::new(entries, size, Table::default())
    }

    const ANSWER: Deed = Deed::Give(Give::Answer);

    #[test]
    fn the_worked_example() {
        // Four answers a fortnight ago count two; a fix today two; a hard ask today two.
        let mut entries: Vec<Entry> = (0..4).map(|number| entry(number, 0, ANSWER)).collect();
        entries.push(entry(4, 14, Deed::Give(Give::Fix)));
        entries.push(entry(5, 14, Deed::HardAsk));
        let books = ledger(entries, BrandSize::Small);
        let sums = books.sums(day(14));
        assert!((sums.given - 4.0).abs() < 1e-9 && (sums.asked - 2.0).abs() < 1e-9, "{sums:?}");
        assert!((sums.balance() - 5.0 / 8.0).abs() < 1e-9);
        // A small brand owes 1.5 gives an ask: (4+1) against 1.5 x 2 is enough.
        let cover = books.lines()[5].cover.unwrap();
        assert!(!cover.is_early() && cover.missing == 0.0, "{cover:?}");
        // The next hard ask finds 5 against 1.5 x 4 = 6: one give is missing.
        let next = books.next_ask(2.0, BrandSize::Small, day(14));
        assert!(next.is_early() && (next.missing - 1.0).abs() < 1e-9 && (next.covered - 5.0 / 6.0).abs() < 1e-9);
        assert_eq!(books.balance(day(14)), Balance::TooFew(6));
    }

    #[test]
    fn thanks_count_once_a_week_and_canned_replies_once() {
        let thank =
            |number, days, person| Entry { to: Some(PersonId(person)), ..entry(number, days, Deed::Give(Give::Thank)) };
        let same = |number| Entry { same: Some(7), ..entry(number, 20, ANSWER) };
        let books = ledger(
            vec![thank(1, 0, 1), thank(2, 3, 1), thank(3, 3, 2), thank(4, 8, 1), same(5), same(6)],
            BrandSize::Small,
        );
        let discounts: Vec<_> = books.lines().iter().map(|line| line.discounted).collect();
        let (thanked, said) = (Some(Discount::ThankedAlready), Some(Discount::SaidAlready));
        assert_eq!(discounts, [None, thanked, None, None, None, said]);
    }

    #[test]
    fn all_proceeds_without_a_cap_are_a_gift_of_the_small_and_an_ask_of_the_big() {
        let deed = Deed::Conditional { capped: false, all_proceeds: true };
        let table = Table::default();
        assert_eq!(table.side(deed, BrandSize::Solo), Side::Exempt(2.0));
        assert_eq!(table.side(deed, BrandSize::Medium), Side::Condition(2.0));
        let capped = Deed::Conditional { capped: true, all_proceeds: true };
        assert_eq!(table.side(capped, BrandSize::Solo), Side::Condition(3.0));
    }

    #[test]
    fn a_balance_without_acts_goes_stale_and_keeps_its_last_value() {
        let books = ledger((0..10).map(|number| entry(number, 0, ANSWER)).collect(), BrandSize::Small);
        assert_eq!(books.balance(day(0)), Balance::Standing(11.0 / 12.0));
        assert_eq!(books.balance(day(29)), Balance::Stale(11.0 / 12.0, day(0)));
        assert!(matches!(books.balance(day(28)), Balance::Standing(balance) if balance < 11.0 / 12.0));
    }

    #[test]
    fn what_waits_for_others_is_no_unconditional_gift() {
        let condition = Deed::Conditional { capped: true, all_proceeds: false };
        let books =
            ledger(vec![entry(1, 0, ANSWER), entry(2, 0, condition), entry(3, 0, Deed::HardAsk)], BrandSize::Large);
        assert_eq!(books.share_unconditional(day(0)), Some(0.25));
        assert_eq!(ledger(vec![entry(1, 0, Deed::Talk)], BrandSize::Large).share_unconditional(day(0)), None);
    }

    fn any_deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            Just(ANSWER),
            Just(Deed::Give(Give::Donate)),
            Just(Deed::SoftAsk),
            Just(Deed::HardAsk),
            Just(Deed::Talk),
            (any::<bool>(), any::<bool>())
                .prop_map(|(capped, all_proceeds)| Deed::Conditional { capped, all_proceeds }),
        ]
    }

    proptest! {
        #[test]
        fn the_running_sums_are_those_of_the_whole(deeds in prop::collection::vec((any_deed(), 0i64..120), 0..40)) {
            let entries: Vec<Entry> =
                deeds.into_iter().zip(0..).map(|((deed, days), number)| entry(number, days, deed)).collect();
            let books = ledger(entries, BrandSize::Medium);
            for (index, line) in books.lines().iter().enumerate() {
                let Some(cover) = line.cover else { continue };
                let before = Ledger { lines: books.lines()[..index].to_vec(), ..books.clone() };
                let sums = before.sums(line.entry.at);
                prop_assert!((sums.given - cover.given).abs() < 1e-9 && (sums.asked - cover.asked).abs() < 1e-9);
                prop_assert!((0.0..=1.0).contains(&cover.covered) && (cover.missing > 1e-12) == (cover.covered < 1.0));
            }
            let balance = books.sums(day(200)).balance();
            prop_assert!((0.0..=1.0).contains(&balance));
        }

        #[test]
        fn giving_before_an_ask_never_hurts_and_asking_never_helps(given in 0.0f64..50.0, asked in 0.0f64..50.0, more in 0.0f64..10.0) {
            let cover = |given, asked| Cover::of(given, asked, 2.0, BrandSize::Large).covered;
            prop_assert!(cover(given + more, asked) >= cover(given, asked));
            prop_assert!(cover(given, asked + more) <= cover(given, asked));
            let (richer, plain) = (Sums { given: given + more, asked }, Sums { given, asked });
            prop_assert!(richer.balance() >= plain.balance() - 1e-12);
        }
    }
}
