//! Intake end to end on one core: normalise, match, tell the language, read for every subject, mark for grouping.
//!
//! Run with `cargo bench --bench intake`. Figures are items a second. About one item in six is a mention, as on
//! news and search feeds; `every_item_a_mention` is the worst case, a source of which everything is taken.

#![allow(clippy::indexing_slicing, clippy::expect_used)] // a bench may stop where a program may not

use std::sync::Arc;

use divan::counter::ItemsCount;
use goodword::domain::{Author, Item, Network, Role, SourceId, Subject, SubjectId, Timestamp, WatchId, WatchRule};
use goodword::engine::intake::{Arrival, Intake, SourceInfo};
use goodword::language::Readers;
use goodword::store::Adopted;

fn main() {
    divan::main();
}

const ITEMS: usize = 1_000;
const NAMES: [&str; 10] =
    ["Ferris", "Velora", "Kilnworks", "Bramble", "Osprey", "Tandem", "Quill", "Harrow", "Lumen", "Northway"];
const OPENINGS: [&str; 8] = [
    "Third time this month that the app crashes when I open a ride, and no answer from support.",
    "Two years in and still the best thing I ever bought, thank you to the whole team!",
    "Does anybody know whether the new model takes a wider tyre, or do I need the other frame?",
    "The city council voted on Tuesday to extend the cycle path along the river by four kilometres.",
    "Der Akku hält nach dem Update nur noch die halbe Strecke, und niemand meldet sich.",
    "Nous avons testé trois vélos cargo pendant un mois sous la pluie; voici notre verdict complet.",
    "Shares rose four per cent after the company published its results for the second quarter.",
    "Weekend plans: coffee, a long loop through the hills, and then nothing at all.",
];
const MORE: &str = "It was a long day and the road was wet, but the view from the top made up for all of it. \
    Later we met some friends, talked about the price of spare parts and how hard it is to get a date at the shop, \
    and went home by train because the last climb had been enough for everyone.";

fn adopted(watches: usize) -> Adopted {
    let subjects = NAMES.iter().enumerate().map(|(place, name)| Subject {
        id: SubjectId(place as i64 + 1),
        name: (*name).into(),
        role: if place == 0 { Role::Brand } else { Role::Rival },
    });
    let watches = (0..watches).map(|number| {
        let name = NAMES[number % NAMES.len()];
        let query = match number / NAMES.len() {
            0 => name.to_owned(),
            round if round % 3 == 0 => format!("({name} OR {name}bikes{round}) NOT (wheel OR \"ferris buell{round}\")"),
            round if round % 3 == 1 => format!("\"{name} support {round}\" OR ({name} NEAR/5 crash{round}*)"),
            round => format!("#{name}{round} OR @{name}help{round} OR url:{name}{round}.example"),
        };
        WatchRule {
            id: WatchId(number as i64 + 1),
            subject: SubjectId((number % NAMES.len()) as i64 + 1),
            name: format!("watch {number}"),
            query,
            context: vec!["bike".into(), "ride".into()],
        }
    });
    Adopted { subjects: subjects.collect(), watches: watches.collect(), sources: vec![SourceId(1)] }
}

fn items() -> Vec<Item> {
    let mut dice = fastrand::Rng::with_seed(7);
    let item = |number: usize| {
        let named = if dice.u32(0..6) == 0 { NAMES[dice.usize(..NAMES.len())] } else { "someone" };
        Item {
            native_id: format!("tag:example.org,2025:{number}"),
            url: Some(format!("https://example.org/post/{number}?utm_source=feed")),
            title: Some(format!("What {named} did next, part {number}")),
            text: format!("{} {MORE}", OPENINGS[dice.usize(..OPENINGS.len())]),
            author: Author { handle: Some(format!("rider{number}")), ..Author::default() },
            claimed: Timestamp::from_second(1_750_000_000 + number as i64).ok(),
            ..Item::default()
        }
    };
    (0..ITEMS).map(item).collect()
}

fn run(bencher: divan::Bencher<'_, '_>, watches: usize, everything: bool) {
    let intake = Intake::new(&adopted(watches), Arc::new(Readers::rule_based())).expect("the queries are valid");
    let source = SourceInfo { id: SourceId(1), name: "news".into(), network: Network::FEED, everything };
    let now = Timestamp::from_second(1_750_100_000).expect("within range");
    let items = items();
    bencher
        .counter(ItemsCount::new(ITEMS))
        .with_inputs(|| items.clone())
        .bench_local_values(|items| intake.mentions(&source, items, Arrival { now, first_poll: false, pushed: false }));
}

#[divan::bench(args = [10, 100, 1000])]
fn one_item_in_six_a_mention(bencher: divan::Bencher<'_, '_>, watches: usize) {
    run(bencher, watches, false);
}

#[divan::bench(args = [100])]
fn every_item_a_mention(bencher: divan::Bencher<'_, '_>, watches: usize) {
    run(bencher, watches, true);
}
