//! The readers of mentions and of our own texts, with what they allocate, beside two crates that tell sentiment by word
//! lists: `cargo bench --bench readers`. "max alloc" of a `loading` bench is what its models hold in memory.
//!
//! `side_by_side.sh` beside this file measures quality and speed next to Python's vaderSentiment on labelled texts.

#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::Arc;

use divan::{AllocProfiler, Bencher, black_box};
use goodword::domain::{Intent, Intents};
use goodword::language::trained::{TrainedAbout, TrainedCoach, TrainedGesture, TrainedIntent, TrainedSentiment};
use goodword::language::{Library, Readers, SubjectContext};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

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

/// Posts of a brand: a conditional gift with a cap costs most.
const ACTS: [&str; 4] = [
    "Retweet this and we give $1 for each retweet, at most $100,000, for the earthquake relief. Tag a friend, tag two!",
    "Sorted, Priya: the fee is refunded and the courier comes back tomorrow before noon. Sorry about the wait.",
    "Buy any two jars this week and a third goes to the food bank on Cross Lane, up to 400 jars, while stocks last",
    "Fog over the harbour this morning. The kettle is on.",
];

/// A mention and a drafted answer.
const DRAFT: (&str, &str) = (
    "third time this month that the chain of my Ferris snapped, two days after the repair, and still no answer",
    "We apologise for any inconvenience. Please reply with your order number and e-mail here so that we can look into \
     it, and have a look at our new S3 range, 20% off until Sunday! Regards, [name]",
);

#[divan::bench(sample_count = 1000)]
fn gesture(bencher: Bencher) {
    let readers = Readers::trained();
    let mut acts = ACTS.iter().cycle();
    bencher
        .with_inputs(|| *acts.next().unwrap())
        .bench_local_values(|text| readers.gesture.gesture(black_box(text), false));
}

#[divan::bench(sample_count = 1000)]
fn coach(bencher: Bencher) {
    let readers = Readers::trained();
    let intents = Intents::of(&[Intent::Complaint]);
    bencher.bench_local(|| readers.coach.coach(black_box(DRAFT.0), intents, black_box(DRAFT.1)));
}

#[divan::bench(sample_count = 2000)]
fn sentiment_by_crate_vader_sentiment(bencher: Bencher) {
    let vader = vader_sentiment::SentimentIntensityAnalyzer::new();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| vader.polarity_scores(black_box(text)).get("compound").copied());
}

#[divan::bench(sample_count = 2000)]
fn sentiment_by_crate_vader_sentimental(bencher: Bencher) {
    let vader = vader_sentimental::SentimentIntensityAnalyzer::new();
    let mut posts = POSTS.iter().cycle();
    bencher
        .with_inputs(|| *posts.next().unwrap())
        .bench_local_values(|text| vader.polarity_scores(black_box(text)).compound);
}

/// All models and lists, as at the start of the program.
#[divan::bench(sample_count = 20)]
fn loading() -> Readers {
    Readers::trained()
}

fn library() -> Arc<Library> {
    Arc::new(Library::new())
}

#[divan::bench(sample_count = 20)]
fn loading_the_lists() -> Arc<Library> {
    library()
}

#[divan::bench(sample_count = 20)]
fn loading_sentiment(bencher: Bencher) {
    let library = library();
    bencher.bench_local(|| TrainedSentiment::embedded(Arc::clone(&library)).unwrap());
}

#[divan::bench(sample_count = 20)]
fn loading_intent(bencher: Bencher) {
    let library = library();
    bencher.bench_local(|| TrainedIntent::embedded(Arc::clone(&library)).unwrap());
}

#[divan::bench(sample_count = 20)]
fn loading_about(bencher: Bencher) {
    let library = library();
    bencher.bench_local(|| TrainedAbout::embedded(Arc::clone(&library)).unwrap());
}

#[divan::bench(sample_count = 20)]
fn loading_gesture() -> TrainedGesture {
    TrainedGesture::embedded().unwrap()
}

#[divan::bench(sample_count = 20)]
fn loading_coach() -> TrainedCoach {
    TrainedCoach::embedded().unwrap()
}
