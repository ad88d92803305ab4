//! The readers of a mention: `cargo bench --bench readers`.
//!
//! `side_by_side.sh` beside this file measures quality and speed next to another tool on labelled texts.

#![allow(clippy::unwrap_used, missing_docs)]

use divan::{Bencher, black_box};
use goodword::language::{Readers, SubjectContext};

fn main() {
    divan::main();
}

/// About 140 characters each, made up.
const POSTS: [&str; 8] = [
    "third time this month that the chain of my Ferris snapped, two days after the repair, and still no answer from \
     support. never again folks.",
    "two years in and I still love it: the Ferris S2 has taken me to work and back every single day without one flat \
     tyre 😍 thank you so much!!",
    "does anyone know whether the Ferris S2 takes a 2.4 inch tyre? the manual says nothing and the shop around the \
     corner could not tell me either",
    "RT @cyclingnews: Ferris Bikes recalls stems of the 2025 models https://news.example/a/92817 owners should stop \
     riding and contact their dealer",
    "@ferris ordered on Monday, paid for next-day delivery, it is Friday and the parcel is #stillnothere. where is my \
     money, and where is my saddle??",
    "La bici Ferris es preciosa pero el servicio técnico no contesta nunca, llevo tres semanas esperando una respuesta \
     y ya no sé qué hacer, qué pena",
    "Das neue Ferris ist wirklich toll, leider war die Lieferung eine Katastrophe und der Kundendienst war auch nach \
     zwei Wochen nicht zu erreichen.",
    "use my code FERRIS15 for 15% off all Ferris accessories until Sunday!!! link in bio, giveaway every Friday, \
     follow and retweet to win one free",
];

fn subject() -> SubjectContext<'static> {
    SubjectContext { name: "Ferris", context: &[], others: &[] }
}

/// Everything that the intake asks of a mention.
#[divan::bench(sample_count = 2000)]
fn a_mention(bencher: Bencher) {
    let readers = Readers::trained();
    let mut posts = POSTS.iter().cycle();
    bencher.with_inputs(|| *posts.next().unwrap()).bench_local_values(|text| {
        let lang = readers.language.language(black_box(text), None);
        let shares = readers.sentiment.sentiment(text, lang.as_deref(), &subject());
        let intents = readers.intent.intents(text, lang.as_deref(), shares.as_ref(), &subject());
        (shares, intents, readers.about.about(text, lang.as_deref(), &subject()))
    });
}

#[divan::bench(sample_count = 2000)]
fn language_alone(bencher: Bencher) {
    let readers = Readers::trained();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| readers.language.language(black_box(text), None));
}

#[divan::bench(sample_count = 2000)]
fn sentiment_alone(bencher: Bencher) {
    let readers = Readers::trained();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| readers.sentiment.sentiment(black_box(text), Some("en"), &subject()));
}

#[divan::bench(sample_count = 2000)]
fn intent_alone(bencher: Bencher) {
    let readers = Readers::trained();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| readers.intent.intents(black_box(text), Some("en"), None, &subject()));
}

#[divan::bench(sample_count = 2000)]
fn about_alone(bencher: Bencher) {
    let readers = Readers::trained();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| readers.about.about(black_box(text), Some("en"), &subject()));
}

/// All models and lists, as at the start of the program.
#[divan::bench(sample_count = 20)]
fn loading() -> Readers {
    Readers::trained()
}
