//! How many posts a second one core holds against many watches.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a bench stops where it is wrong

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use goodword::domain::SafeText;
use goodword::watch::{Matcher, Post, Query};

fn main() {
    divan::main();
}

/// Made-up brands; every watch gets its own.
const HEADS: [&str; 25] = [
    "Kiln", "Thistle", "Ferris", "Corvane", "Heron", "Basin", "Rivet", "Gable", "Keel", "Nib", "Quill", "Comet",
    "Ember", "Tern", "Wren", "Slate", "Drift", "Lumen", "Harbor", "Tonic", "Vesper", "Juniper", "Marlow", "Osprey",
    "Pallet",
];
const TAILS: [&str; 40] = [
    "Bikes", "Bank", "Telecom", "Air", "Foods", "Labs", "Cloud", "Energy", "Hotels", "Motors", "Books", "Games",
    "Coffee", "Shoes", "Cargo", "Health", "Media", "Paint", "Tools", "Water", "Trains", "Optics", "Garden", "Audio",
    "Toys", "Travel", "Print", "Yarn", "Fibre", "Tea", "Rent", "Loans", "Pets", "Mail", "Homes", "Steel", "Glass",
    "Farm", "Phones", "Music",
];
const SENTENCES: [&str; 24] = [
    "the tram was late again and nobody said a word at the stop",
    "two years in and I still love it, would buy it again tomorrow",
    "does anyone know whether the small one takes a 2.4\" tyre?",
    "third time this month, no answer from support and the chain snapped after two days",
    "I can't log in since the update, error 503, tried three browsers #fail",
    "we moved all our builds over last week; here is what we learned https://blog.example/posts/9?x=1",
    "qué café tan bueno, volveré mañana con mi hermana",
    "bestellt am Montag, geliefert am Straßenfest, naja 😅",
    "pro tip: clear the cache first, then sign out and in again",
    "my sister's wedding was lovely, thanks for asking, photos soon ❤️",
    "prices went up by 12 % and they didn't even tell us",
    "shout out to the woman at the counter who stayed late to help us 🙏🏽",
    "本日、新製品を発表しました。よろしくお願いします",
    "is it just me or is the app slower than it was in spring?",
    "news: the city council approves a new bridge for pedestrians and cyclists",
    "I don't get why everyone hates the redesign, it's fine",
    "refund came through after eleven weeks, so there's that",
    "lol 💀💀💀 what a day",
    "anyone selling two tickets for saturday? DM me @lou.bsky.social",
    "meeting moved to 15:30, bring the notes from last time please",
    "the best bakery in town opens at six and is sold out by eight",
    "my laptop fan sounds like a small plane taking off, any ideas?",
    "watching the rain and reading, perfect sunday #cosy #books",
    "they answered within ten minutes and fixed it, credit where it's due",
];

fn brand(number: usize) -> (&'static str, &'static str) {
    (HEADS[number % HEADS.len()], TAILS[number / HEADS.len() % TAILS.len()])
}

fn watches(many: usize) -> Matcher {
    let queries: Vec<_> = (0..many)
        .map(|number| {
            let (head, tail) = brand(number);
            let query = match number % 4 {
                0 => format!("\"{head} {tail}\" OR #{head}{tail} OR @{head}{tail}"),
                1 => format!("({head}{tail} OR \"{head} {tail}\" OR {head}{tail}.example) NOT (jobs OR hiring) lang:en"),
                2 => format!("{head} NEAR/4 ({tail} OR support OR refund*) -author:{head}{tail}"),
                _ => format!("\"{head} {tail}\" (slow OR down OR broke* OR \"no answer\") NOT source:news OR url:{head}{tail}.example"),
            };
            Query::parse(&query).unwrap()
        })
        .collect();
    Matcher::new(&queries)
}

/// Posts of one to four sentences; every twentieth names a brand.
fn texts() -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..2_000)
        .map(|number| {
            let mut text = String::new();
            for _ in 0..random.usize(1..=4) {
                text += SENTENCES[random.usize(..SENTENCES.len())];
                text += ". ";
            }
            if number % 20 == 0 {
                let (head, tail) = brand(random.usize(..1_000));
                text += &format!("{head} {tail} is down, no answer from support");
            }
            text
        })
        .collect()
}

#[divan::bench(args = [100, 1_000])]
fn posts_against_watches(bencher: Bencher, many: usize) {
    let matcher = watches(many);
    let texts = texts();
    let urls = ["https://town.example/notes/1".to_owned(), "https://blog.example/posts/9?x=1".to_owned()];
    let posts: Vec<_> = texts
        .iter()
        .map(|text| Post {
            text,
            author: "mara.w@town.example",
            source: "Town square",
            network: "feed",
            lang: "en",
            urls: &urls,
            ..Post::default()
        })
        .collect();
    let found: usize = posts.iter().map(|post| matcher.matches(post).len()).sum();
    assert!(found > 0, "a bench in which nothing is found measures nothing");
    bencher
        .counter(ItemsCount::new(posts.len()))
        .counter(BytesCount::new(texts.iter().map(String::len).sum::<usize>()))
        .bench_local(|| {
            for post in &posts {
                black_box(matcher.matches(black_box(post)));
            }
        });
}

#[divan::bench(args = [100, 1_000])]
fn compile_watches(bencher: Bencher, many: usize) {
    bencher.counter(ItemsCount::new(many)).bench_local(|| watches(many));
}

#[divan::bench]
fn clean_excerpts(bencher: Bencher) {
    let texts = texts();
    bencher.counter(ItemsCount::new(texts.len())).bench_local(|| {
        for text in &texts {
            black_box(SafeText::line(black_box(text), 400));
        }
    });
}
