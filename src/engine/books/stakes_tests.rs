//! Promises on books that are made by hand.

use std::sync::Arc;

use super::*;
use crate::domain::{BrandSize, Gesture, Network, SourceId};
use crate::engine::books::Promise;
use crate::engine::books::parts::{By, NO_CAMPAIGN};
use crate::engine::books::shown::by_campaign;
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Entry, Ledger};

const CAPPED: Deed = Deed::Conditional { capped: true, all_proceeds: false };
const GIFT: Deed = Deed::Give(Give::Donate);

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_750_032_000 + day * 86_400).unwrap()
}

fn money(amount: f64, unit: &str) -> Money {
    Money { amount, unit: Some(unit.to_owned()).filter(|unit| !unit.is_empty()) }
}

/// Books of acts: day, deed, sum. Numbers of acts are their places.
fn books(acts: &[(i64, Deed, f64, &str)]) -> Books {
    let (mut entries, mut reads) = (Vec::new(), Vec::new());
    for (number, (day, deed, amount, unit)) in acts.iter().enumerate() {
        let act = ActId(number as i64);
        entries.push(Entry { act, at: at(*day), deed: *deed, to: None, same: None });
        reads.push(Read {
            act,
            published: at(*day),
            source: SourceId(1),
            network: Network::named("town"),
            account: Arc::from("ferris"),
            reply: false,
            to: None,
            gesture: Gesture::Talk,
            read: *deed,
            sure: 1.0,
            trigger: None,
            promise: Some(Box::new(Promise { cap: None, amount: Some(money(*amount, unit)) })),
            personal: false,
            said: None,
        });
    }
    Books { ledger: Ledger::new(entries, BrandSize::Small, Table::default()), acts: reads }
}

fn stake(name: &str, acts: &[i64], paid: &[(i64, Paid)]) -> Stake {
    let paid = paid.iter().map(|(day, paid)| (at(*day), paid.clone())).collect();
    Stake { name: name.to_owned(), acts: acts.iter().map(|act| ActId(*act)).collect(), paid }
}

/// Unit, promised, given, paid.
fn told(promises: &Promises) -> Vec<(&str, f64, f64, f64)> {
    promises.units.iter().map(|one| (one.unit.as_str(), one.on_condition, one.given, one.paid)).collect()
}

#[test]
fn what_a_person_entered_stands_beside_what_the_posts_say_money_apart_from_effort() {
    let books = books(&[
        (0, CAPPED, 100_000.0, "USD"),
        (1, CAPPED, 100_000.0, "USD"),
        (2, CAPPED, 500.0, "trees"),
        (3, GIFT, 2_000.0, "USD"),
        (4, Deed::HardAsk, 49.0, "USD"),
        (5, CAPPED, 700.0, "EUR"),
    ]);
    let fund =
        stake("Fund", &[0, 1, 2], &[(2, Paid::Part(money(40_000.0, "USD"))), (6, Paid::Part(money(62_000.0, "USD")))]);
    let all = books.promises(std::slice::from_ref(&fund), at(9), None);
    assert_eq!(
        told(&all),
        [("EUR", 700.0, 0.0, 0.0), ("USD", 100_000.0, 2_000.0, 62_000.0), ("trees", 500.0, 0.0, 0.0)],
        "a promise that two posts repeat is one, and the last word on what was paid is the whole of it"
    );
    assert_eq!(
        all.units.iter().map(|one| (one.money, one.acts)).collect::<Vec<_>>(),
        [(true, 1), (true, 3), (false, 1)]
    );
    let own = books.promises_of(&fund, at(9), None);
    assert_eq!(told(&own), [("USD", 100_000.0, 0.0, 62_000.0), ("trees", 500.0, 0.0, 0.0)]);
    // Lately: what was paid since then, and nothing of the future.
    assert_eq!(told(&books.promises_of(&fund, at(9), Some(at(5)))), [("USD", 0.0, 0.0, 22_000.0)]);
    assert_eq!(told(&books.promises_of(&fund, at(1), None)), [("USD", 100_000.0, 0.0, 0.0)]);
}

#[test]
fn the_whole_is_what_was_promised_and_is_told_in_words_where_no_post_says_how_much() {
    let books = books(&[(0, CAPPED, 100_000.0, "USD"), (1, CAPPED, 300.0, "hours"), (2, Deed::Talk, 1.0, "")]);
    let whole = stake("Fund", &[0, 1], &[(3, Paid::Whole)]);
    assert_eq!(
        told(&books.promises_of(&whole, at(9), None)),
        [("USD", 100_000.0, 0.0, 100_000.0), ("hours", 300.0, 0.0, 300.0)]
    );
    // Entered lately for what was promised long ago.
    let lately = books.promises_of(&whole, at(9), Some(at(2)));
    assert_eq!(told(&lately), [("USD", 0.0, 0.0, 100_000.0), ("hours", 0.0, 0.0, 300.0)]);
    let vague = books.promises(&[stake("Vague", &[2], &[(3, Paid::Whole)])], at(9), None);
    assert_eq!(vague.whole, ["Vague"]);
    assert_eq!(told(&vague), [("USD", 100_000.0, 0.0, 0.0), ("hours", 300.0, 0.0, 0.0)]);
    // A number alone is of what was promised; what was paid without any promise is told as well.
    let number = stake("Fund", &[0], &[(3, Paid::Part(money(5_000.0, "")))]);
    assert_eq!(told(&books.promises_of(&number, at(9), None)), [("USD", 100_000.0, 0.0, 5_000.0)]);
    let gift = stake("Gift", &[], &[(3, Paid::Part(money(9.0, "bicycles")))]);
    assert_eq!(told(&books.promises_of(&gift, at(9), None)), [("bicycles", 0.0, 0.0, 9.0)]);
}

#[test]
fn each_campaign_is_a_part_and_so_is_what_belongs_to_none() {
    let books =
        books(&[(0, CAPPED, 100.0, "USD"), (1, GIFT, 5.0, "USD"), (2, Deed::SoftAsk, 0.0, ""), (3, GIFT, 7.0, "EUR")]);
    let stakes = [stake("Fund", &[0, 1], &[]), stake("Ride", &[1], &[(2, Paid::Whole)]), stake("Empty", &[], &[])];
    let parts = books.parts(By::Campaign(&stakes), at(9), None);
    let acts: Vec<(&str, usize)> = parts.iter().map(|(name, part)| (name.as_str(), part.acts)).collect();
    assert_eq!(acts, [("Fund", 2), (NO_CAMPAIGN, 2), ("Ride", 1), ("Empty", 0)]);
    let fund = &parts[0].1;
    assert!(fund.sums.asked > 0.0 && fund.sums.given > 0.0);
    let told_of = by_campaign(&books, &stakes, at(9), None);
    assert_eq!(told(&told_of[0].2), [("USD", 100.0, 5.0, 0.0)]);
    assert_eq!(told_of[2].2.whole, ["Ride"]);
    assert!(by_campaign(&books, &[], at(9), None).is_empty());
    // An act of two campaigns counts once in the whole.
    assert_eq!(told(&books.promises(&stakes, at(9), None)), [("EUR", 0.0, 7.0, 0.0), ("USD", 100.0, 5.0, 0.0)]);
}
