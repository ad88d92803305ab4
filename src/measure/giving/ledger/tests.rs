//! The ledger on worked examples, and its incremental form against one made from scratch.

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
    let same = |number| Entry { same: Some(Sketch::from_marks(&[7])), ..entry(number, 20, ANSWER) };
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
    let books = ledger(vec![entry(1, 0, ANSWER), entry(2, 0, condition), entry(3, 0, Deed::HardAsk)], BrandSize::Large);
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
        (any::<bool>(), any::<bool>()).prop_map(|(capped, all_proceeds)| Deed::Conditional { capped, all_proceeds }),
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
            let sums = plain_sums(&books.lines()[..index], line.entry.at);
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

/// G and A by their definition.
fn plain_sums(lines: &[Line], now: Timestamp) -> Sums {
    let table = Table::default();
    lines.iter().fold(Sums::default(), |sums, line| {
        let rest = table.decay(line.entry.at, now);
        Sums { given: sums.given + rest * line.side.given(), asked: sums.asked + rest * line.side.asked() }
    })
}

/// What a reply may say: three form letters, each in two wordings that are nearly the same, and texts of their own.
fn any_words() -> impl Strategy<Value = Option<Sketch>> {
    let letter = |letter: u32, wording: u32| {
        Sketch::from_marks(&[10, 11, 12, 13, 14, 15, 16, 17, 18, 20 + wording].map(|mark| mark + letter * 100))
    };
    prop_oneof![
        Just(None),
        (0u32..3, 0u32..2).prop_map(move |(one, wording)| Some(letter(one, wording))),
        (0u32..1_000).prop_map(|own| Some(Sketch::from_marks(&[own * 7 + 1_000, own * 7 + 1_001]))),
    ]
}

fn any_give() -> impl Strategy<Value = Deed> {
    prop_oneof![any_deed(), Just(Deed::Give(Give::Thank)), Just(Deed::Give(Give::Thank))]
}

/// What may happen to the books: an act (by its number) comes, changes in whatever way, or goes.
#[derive(Debug, Clone)]
enum Happening {
    Is(i64, Entry),
    Goes(i64),
}

fn any_entry(number: i64) -> impl Strategy<Value = Entry> {
    // Moments within hours of one another, many of them the same; a few far away.
    let moment = prop_oneof![0i64..40, (0i64..40).prop_map(|hours| hours * 60)];
    (moment, any_give(), prop::option::of(1i64..4), any_words()).prop_map(move |(hours, deed, to, same)| Entry {
        act: ActId(number),
        at: Timestamp::from_second(1_700_000_000 + hours * 3_600).unwrap(),
        deed,
        to: to.map(PersonId),
        same,
    })
}

fn any_happening(acts: i64) -> impl Strategy<Value = Happening> {
    (0..acts).prop_flat_map(|number| {
        prop_oneof![
            4 => any_entry(number).prop_map(move |entry| Happening::Is(number, entry)),
            1 => Just(Happening::Goes(number)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_happens_in_whatever_order_the_books_are_those_made_from_scratch(
        batches in prop::collection::vec(prop::collection::vec(any_happening(160), 1..60), 1..12),
        forget in prop::option::of(0i64..40),
    ) {
        let size = BrandSize::Medium;
        let mut books = Ledger::new(Vec::new(), size, Table::default());
        let mut acts: BTreeMap<i64, Entry> = BTreeMap::new();
        for batch in batches {
            let (mut gone, mut come) = (Vec::new(), BTreeMap::new());
            for happening in batch {
                let (number, entry) = match happening {
                    Happening::Is(number, entry) => (number, Some(entry)),
                    Happening::Goes(number) => (number, None),
                };
                gone.extend(acts.remove(&number).map(|before| before.key()));
                come.remove(&number);
                come.extend(entry.map(|entry| (number, entry)));
            }
            acts.extend(come.clone());
            books.change(&gone, come.into_values().collect());
            let scratch = Ledger::new(acts.values().cloned().collect(), size, Table::default());
            prop_assert_eq!(&books, &scratch);
        }
        if let Some(hours) = forget {
            let moment = Timestamp::from_second(1_700_000_000 + hours * 3_600).unwrap();
            books.forget_before(moment);
            acts.retain(|_, entry| entry.at >= moment);
            let scratch = Ledger::new(acts.values().cloned().collect(), size, Table::default());
            prop_assert_eq!(&books, &scratch);
        }
        let now = day(3);
        let plain = plain_sums(books.until(now), now);
        let sums = books.sums(now);
        prop_assert!((sums.given - plain.given).abs() < 1e-9 && (sums.asked - plain.asked).abs() < 1e-9);
    }
}

#[test]
fn many_replies_at_once_are_compared_with_a_hundred_before_each() {
    let reply = |number: i64, marks: &[u32]| Entry {
        act: ActId(number),
        at: Timestamp::from_second(1_700_000_000 + number).unwrap(),
        deed: ANSWER,
        to: None,
        same: Some(Sketch::from_marks(marks)),
    };
    let own = |number: i64| reply(number, &[u32::try_from(number).unwrap() * 2 + 1_000]);
    let mut all: Vec<Entry> = (1..=250).map(own).collect();
    all[0] = reply(1, &[7]);
    all[100] = reply(101, &[7]);
    all[202] = reply(203, &[7]);
    let mut books = ledger(all.clone(), BrandSize::Small);
    let said = |books: &Ledger| -> Vec<i64> {
        books.lines().iter().filter(|line| line.discounted.is_some()).map(|line| line.entry.act.0).collect()
    };
    assert_eq!(said(&books), [101], "the third is one reply too far from the second");
    // One between them goes: now it is near enough. One comes: it is not.
    books.change(&[(all[150].at, ActId(151))], Vec::new());
    assert_eq!(said(&books), [101, 203]);
    let mut late = own(900);
    late.at = all[150].at;
    books.change(&[], vec![late]);
    assert_eq!(said(&books), [101]);
}

#[test]
fn alike_is_canned_and_nearly_the_same_is_said_already() {
    let reply =
        |number: i64, marks: &[u32]| Entry { same: Some(Sketch::from_marks(marks)), ..entry(number, 0, ANSWER) };
    let books =
        ledger(vec![reply(1, &[1, 2, 3, 4]), reply(2, &[1, 2, 3, 5]), reply(3, &[1, 2, 3, 5])], BrandSize::Small);
    let seen: Vec<_> = books.lines().iter().map(|line| (line.canned, line.discounted.is_some())).collect();
    assert_eq!(seen, [(false, false), (true, false), (true, true)]);
}
