//! The store with 1,000,000 mentions: `cargo bench --bench store`.
//!
//! The first run builds the store under `target/store-bench` through `record`, as collecting does, and prints how
//! fast that was; later runs use it again. Remove the directory to build it anew.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr, missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use divan::Bencher;
use divan::counter::ItemsCount;
use goodword::domain::search::Narrowing;
use goodword::domain::stream::{Filter, Key, Span};
use goodword::domain::time::{SignedDuration, Timestamp};
use goodword::domain::{
    Author, Intent, Intents, Item, MentionId, Network, Reading, Role, Sentiment, Shares, SourceHealth, SourceId,
    SubjectId,
};
use goodword::store::sqlite::SqliteStore;
use goodword::store::{
    Adopted, Fingerprint, Lease, LeaseState, NewMention, PollOutcome, RecordBatch, Retention, Roster, RosterSource,
    RosterWatch, Store,
};
use tokio::runtime::Runtime;

const MENTIONS: usize = 1_000_000;
const BATCH: usize = 500;
const SOURCES: usize = 200;
/// 2026-01-01: the newest mention.
const END: i64 = 1_767_225_600;
/// The mentions lie in the year before.
const YEAR: i64 = 365 * 86_400;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
static MILLION: LazyLock<SqliteStore> = LazyLock::new(million);

fn main() {
    LazyLock::force(&MILLION);
    divan::main();
    RUNTIME.block_on(MILLION.close());
    tell(&format!("resident at the end: {}", resident()));
}

fn tell(line: &str) {
    eprintln!("{line}");
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("?").to_owned();
    format!("{} (peak {})", line("VmRSS"), line("VmHWM"))
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/store-bench")
}

fn million() -> SqliteStore {
    RUNTIME.block_on(async {
        let store = SqliteStore::open(&directory()).await.unwrap();
        if store.overview(at(0), None).await.unwrap().mentions < MENTIONS as u64 {
            let began = Instant::now();
            let mut town = Town::settle(&store, 1).await;
            for number in 0..MENTIONS / BATCH {
                let now = END - YEAR + (number as i64 + 1) * YEAR / (MENTIONS / BATCH) as i64;
                town.record(&store, now, YEAR / (MENTIONS / BATCH) as i64, BATCH).await;
            }
            let all = store.overview(at(0), None).await.unwrap().mentions;
            let seconds = began.elapsed().as_secs_f64();
            let size = std::fs::metadata(store.path()).unwrap().len() >> 20;
            let rate = all as f64 / seconds;
            tell(&format!("built {all} mentions in {seconds:.1} s, {rate:.0} a second, {size} MiB, {}", resident()));
        }
        store
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Makes mentions like those of a brand that is much talked about.
struct Town {
    random: fastrand::Rng,
    words: Vec<String>,
    lease: Lease,
    adopted: Adopted,
    number: u64,
    recent: Vec<(String, u64)>,
}

impl Town {
    async fn settle(store: &SqliteStore, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let words = (0..20_000)
            .map(|_| {
                let length = random.usize(2..11);
                (0..length).map(|_| random.lowercase()).collect()
            })
            .collect();
        let watch = |name: &str, subject: &str| RosterWatch {
            name: name.into(),
            subject: subject.into(),
            query: name.into(),
            context: vec![],
        };
        let network = |at: usize| Network::named(["feed", "mastodon", "bluesky", "reddit"][(at % 16) / 5]);
        let roster = Roster {
            subjects: vec![("Ferris Bikes".into(), Role::Brand), ("Rival".into(), Role::Rival)],
            watches: vec![watch("ferris", "Ferris Bikes"), watch("rival", "Rival")],
            sources: (0..SOURCES).map(|at| RosterSource::alone(format!("source {at}"), network(at))).collect(),
        };
        let adopted = store.adopt(&roster).await.unwrap();
        let state = store.take_lease("bench", at(END), SignedDuration::from_hours(1)).await.unwrap();
        let LeaseState::Ours(lease) = state else { panic!("the lease is held") };
        Self { random, words, lease, adopted, number: seed << 40, recent: vec![] }
    }

    /// A word; the first of the list are the most frequent, as in a language.
    fn word(&mut self) -> &str {
        let skewed = self.random.f64().powi(4);
        &self.words[(skewed * self.words.len() as f64) as usize]
    }

    fn text(&mut self, words: usize) -> String {
        let mut text = String::new();
        for at in 0..words {
            if at > 0 {
                text.push(' ');
            }
            let word = self.word().to_owned();
            text.push_str(&word);
        }
        text
    }

    fn mention(&mut self, now: i64, back: i64) -> NewMention {
        self.number += 1;
        let mut text = self.text(35);
        text.insert_str(0, "Ferris ");
        if self.random.u32(..1000) == 0 {
            text.push_str(" derailleur");
        }
        let mut words = self.random.u64(..);
        // One in eight repeats something recent.
        if self.random.u8(..8) == 0 && !self.recent.is_empty() {
            (text, words) = self.recent[self.random.usize(..self.recent.len())].clone();
        } else if self.recent.len() < 200 {
            self.recent.push((text.clone(), words));
        } else {
            let at = self.random.usize(..200);
            self.recent[at] = (text.clone(), words);
        }
        let handle = format!("user{}", (self.random.f64().powi(3) * 200_000.0) as u64);
        let item = Item {
            native_id: format!("https://town.example/posts/{}", self.number),
            aliases: vec![format!("{} {}", now, self.number)],
            url: Some(format!("https://town.example/posts/{}", self.number)),
            title: self.random.bool().then(|| self.text(7)),
            text,
            author: Author {
                native_id: Some(format!("id-{handle}")),
                handle: Some(handle),
                name: Some("A person".into()),
                followers: Some(120),
            },
            claimed: Some(at(now - self.random.i64(0..back.max(1)))),
            links: vec!["https://links.example/a".into()],
            ..Item::default()
        };
        let reading = |random: &mut fastrand::Rng, subject| {
            let negative = random.f32();
            let shares = Shares { negative, neutral: (1.0 - negative) * 0.6, positive: (1.0 - negative) * 0.4 };
            let intent = Intent::ALL[random.usize(..5)];
            Reading { subject, about: true, sentiment: Some(shares), intents: Intents::of(&[intent]) }
        };
        let (brand, rival) = (self.adopted.subjects[0].id, self.adopted.subjects[1].id);
        let mut readings = vec![reading(&mut self.random, brand)];
        if self.random.u8(..5) == 0 {
            readings.push(reading(&mut self.random, rival));
        }
        NewMention {
            first_seen: at(now),
            history: false,
            read: self.random.u8(..10) > 0,
            lang: Some("en".into()),
            matches: vec![self.adopted.watches[0].id],
            readings,
            need: None,
            fingerprint: Fingerprint { words: Some(words), similar: Some(words), ..Fingerprint::default() },
            content: self.random.u64(..),
            item,
        }
    }

    fn batch(&mut self, now: i64, back: i64, count: usize) -> RecordBatch {
        let source = (self.random.f64().powi(2) * SOURCES as f64) as usize;
        RecordBatch {
            source: self.adopted.sources[source],
            cursor: format!("cursor at {now}"),
            outcome: PollOutcome {
                at: at(now),
                health: SourceHealth::Working,
                trouble: String::new(),
                failures: 0,
                next: Some(at(now + 300)),
                interval: SignedDuration::from_mins(5),
                fresh: true,
                live: false,
                meters: vec![],
            },
            mentions: (0..count).map(|_| self.mention(now, back)).collect(),
            acts: vec![],
            deleted: vec![],
            gone: vec![],
        }
    }

    async fn record(&mut self, store: &SqliteStore, now: i64, back: i64, count: usize) {
        let batch = self.batch(now, back, count);
        store.record(&self.lease, &batch).await.unwrap();
    }
}

/// How long a question takes on the million, and how many rows it found.
fn ask(bencher: Bencher<'_, '_>, filter: &Filter, span: Span) {
    bencher.bench_local(|| RUNTIME.block_on(MILLION.page(filter, span, 100)).unwrap().len());
}

fn middle() -> Span {
    Span::OlderThan(Key { published: at(END - YEAR / 2), id: MentionId(0) })
}

fn word(word: &str) -> Option<Narrowing> {
    Some(Narrowing::Word(word.into()))
}

fn brand() -> Option<SubjectId> {
    Some(SubjectId(1))
}

#[divan::bench_group(sample_count = 40, sample_size = 1)]
mod page {
    use super::*;

    #[divan::bench]
    fn first(b: Bencher) {
        ask(b, &Filter::default(), Span::Newest);
    }
    #[divan::bench]
    fn in_the_middle(b: Bencher) {
        ask(b, &Filter::default(), middle());
    }
    #[divan::bench]
    fn one_per_group(b: Bencher) {
        ask(b, &Filter { one_per_group: true, ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn one_per_group_in_the_middle(b: Bencher) {
        ask(b, &Filter { one_per_group: true, ..Filter::default() }, middle());
    }
    #[divan::bench]
    fn brand_unread_complaints(b: Bencher) {
        let filter = Filter { subject: brand(), intent: Some(Intent::Complaint), unread: true, ..Filter::default() };
        ask(b, &filter, Span::Newest);
    }
    #[divan::bench]
    fn rival_negative_one_per_group(b: Bencher) {
        let filter = Filter {
            subject: Some(SubjectId(2)),
            sentiment: Some(Sentiment::Negative),
            one_per_group: true,
            ..Filter::default()
        };
        ask(b, &filter, Span::Newest);
    }
    #[divan::bench]
    fn source(b: Bencher) {
        ask(b, &Filter { source: Some(SourceId(150)), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn network(b: Bencher) {
        ask(b, &Filter { network: Some(Network::named("reddit")), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn rare_in_a_source(b: Bencher) {
        let filter = Filter {
            source: Some(SourceId(190)),
            subject: Some(SubjectId(2)),
            intent: Some(Intent::Promo),
            unread: true,
            ..Filter::default()
        };
        ask(b, &filter, Span::Newest);
    }
    #[divan::bench]
    fn finds_nothing(b: Bencher) {
        ask(
            b,
            &Filter {
                sentiment: Some(Sentiment::Positive),
                unread: true,
                intent: Some(Intent::Promo),
                subject: Some(SubjectId(99)),
                ..Filter::default()
            },
            Span::Newest,
        );
    }
}

#[divan::bench_group(sample_count = 40, sample_size = 1)]
mod search {
    use super::*;

    #[divan::bench]
    fn in_every_mention(b: Bencher) {
        ask(b, &Filter { narrowing: word("ferris"), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn in_every_mention_from_the_middle(b: Bencher) {
        ask(b, &Filter { narrowing: word("ferris"), ..Filter::default() }, middle());
    }
    #[divan::bench]
    fn one_in_a_thousand(b: Bencher) {
        ask(b, &Filter { narrowing: word("derailleur"), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn two_words(b: Bencher) {
        let narrowing = Narrowing::All(vec![Narrowing::Word("ferris".into()), Narrowing::Word("derailleur".into())]);
        ask(b, &Filter { narrowing: Some(narrowing), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn prefix(b: Bencher) {
        ask(b, &Filter { narrowing: Some(Narrowing::Prefix("dera".into())), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn short_prefix(b: Bencher) {
        ask(b, &Filter { narrowing: Some(Narrowing::Prefix("fe".into())), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn word_and_subject_one_per_group(b: Bencher) {
        let filter =
            Filter { narrowing: word("ferris"), subject: Some(SubjectId(2)), one_per_group: true, ..Filter::default() };
        ask(b, &filter, Span::Newest);
    }
    #[divan::bench]
    fn no_such_word(b: Bencher) {
        ask(b, &Filter { narrowing: word("zzzzzzzzzz"), ..Filter::default() }, Span::Newest);
    }
    #[divan::bench]
    fn count_up_to_a_thousand(b: Bencher) {
        let filter = Filter { narrowing: word("ferris"), ..Filter::default() };
        b.bench_local(|| RUNTIME.block_on(MILLION.count(&filter, 1000)).unwrap());
    }
}

#[divan::bench_group(sample_count = 40, sample_size = 1)]
mod figures {
    use super::*;

    #[divan::bench]
    fn overview(b: Bencher) {
        b.bench_local(|| RUNTIME.block_on(MILLION.overview(at(END - 86_400), brand())).unwrap());
    }
    #[divan::bench]
    fn trend_of_30_days(b: Bencher) {
        let from = at(END - 30 * 86_400);
        let ask = || MILLION.trend(SubjectId(1), from, SignedDuration::from_hours(6), 120);
        b.bench_local(|| RUNTIME.block_on(ask()).unwrap().len());
    }
    #[divan::bench]
    fn sources(b: Bencher) {
        b.bench_local(|| RUNTIME.block_on(MILLION.sources()).unwrap().len());
    }
    #[divan::bench]
    fn version(b: Bencher) {
        b.bench_local(|| RUNTIME.block_on(MILLION.version()).unwrap());
    }
    #[divan::bench]
    fn open_and_first_page() -> usize {
        RUNTIME.block_on(async {
            let store = SqliteStore::open(&directory()).await.unwrap();
            store.overview(at(END - 86_400), brand()).await.unwrap();
            store.page(&Filter::default(), Span::Newest, 100).await.unwrap().len()
        })
    }
}

#[divan::bench_group(sample_count = 20, sample_size = 1)]
mod write {
    use super::*;

    /// On the million; what it adds is taken down again.
    #[divan::bench(args = [1, 10, 100, 500])]
    fn record(b: Bencher, count: usize) {
        let mut town = RUNTIME.block_on(Town::settle(&MILLION, 2));
        town.number = (END as u64) << 20 | u64::from(fastrand::u32(..)) << 32;
        let lease = town.lease.clone();
        let mut recorded = Vec::new();
        b.counter(ItemsCount::new(count)).with_inputs(|| town.batch(END, 60, count)).bench_local_values(|batch| {
            let done = RUNTIME.block_on(MILLION.record(&lease, &batch)).unwrap();
            recorded.push((batch, done.new.len()));
        });
        for (batch, _) in recorded {
            let deleted = batch.mentions.iter().map(|new| new.item.native_id.clone()).collect();
            let down = RecordBatch { mentions: vec![], deleted, ..batch };
            RUNTIME.block_on(MILLION.record(&lease, &down)).unwrap();
        }
    }

    /// The same answer again: nothing is new.
    #[divan::bench]
    fn record_100_known(b: Bencher) {
        let mut town = RUNTIME.block_on(Town::settle(&MILLION, 3));
        let batch = town.batch(END, 60, 100);
        RUNTIME.block_on(MILLION.record(&town.lease, &batch)).unwrap();
        b.counter(ItemsCount::new(100_usize))
            .bench_local(|| RUNTIME.block_on(MILLION.record(&town.lease, &batch)).unwrap().known);
        let deleted = batch.mentions.iter().map(|new| new.item.native_id.clone()).collect();
        let down = RecordBatch { mentions: vec![], deleted, ..batch };
        RUNTIME.block_on(MILLION.record(&town.lease, &down)).unwrap();
    }

    /// What a firehose tells in five seconds of posts that were taken down and that nobody knows.
    #[divan::bench(args = [100, 1000, 5000])]
    fn deletions_of_unknown_ids(b: Bencher, count: usize) {
        let mut town = RUNTIME.block_on(Town::settle(&MILLION, 6));
        let lease = town.lease.clone();
        let mut random = fastrand::Rng::with_seed(7);
        b.counter(ItemsCount::new(count))
            .with_inputs(|| {
                let id = |_| format!("at://did:plc:{:x}/app.bsky.feed.post/{:x}", random.u128(..), random.u64(..));
                RecordBatch { deleted: (0..count).map(id).collect(), ..town.batch(END, 60, 0) }
            })
            .bench_local_values(|batch| RUNTIME.block_on(MILLION.record(&lease, &batch)).unwrap());
    }

    /// The same of accounts that were deleted.
    #[divan::bench(args = [100, 1000])]
    fn departures_of_unknown_accounts(b: Bencher, count: usize) {
        let mut town = RUNTIME.block_on(Town::settle(&MILLION, 8));
        let lease = town.lease.clone();
        let mut random = fastrand::Rng::with_seed(9);
        b.counter(ItemsCount::new(count))
            .with_inputs(|| {
                let id = |_| format!("did:plc:{:x}", random.u128(..));
                RecordBatch { gone: (0..count).map(id).collect(), ..town.batch(END, 60, 0) }
            })
            .bench_local_values(|batch| RUNTIME.block_on(MILLION.record(&lease, &batch)).unwrap());
    }

    /// Taking 500 mentions out of the million again.
    #[divan::bench]
    fn take_down_500(b: Bencher) {
        let mut town = RUNTIME.block_on(Town::settle(&MILLION, 4));
        let lease = town.lease.clone();
        town.number = (END as u64) << 20 | u64::from(fastrand::u32(..)) << 32;
        b.counter(ItemsCount::new(500_usize))
            .with_inputs(|| {
                let batch = town.batch(END, 86_400, 500);
                RUNTIME.block_on(MILLION.record(&lease, &batch)).unwrap();
                let deleted = batch.mentions.iter().map(|new| new.item.native_id.clone()).collect();
                RecordBatch { mentions: vec![], deleted, ..batch }
            })
            .bench_local_values(|down| RUNTIME.block_on(MILLION.record(&lease, &down)).unwrap().deleted.len());
    }

    #[divan::bench]
    fn mark_100_read_and_back(b: Bencher) {
        let page = RUNTIME.block_on(MILLION.page(&Filter::default(), Span::Newest, 100)).unwrap();
        let ids: Vec<MentionId> = page.iter().map(|row| row.id).collect();
        b.bench_local(|| {
            RUNTIME.block_on(MILLION.mark_read(&ids, false)).unwrap();
            RUNTIME.block_on(MILLION.mark_read(&ids, true)).unwrap()
        });
    }

    /// A store of its own, 20,000 mentions, of which 1,000 a call are too old.
    #[divan::bench(sample_count = 5)]
    fn retain_1000(b: Bencher) {
        let directory = directory().with_extension("small");
        std::fs::remove_dir_all(&directory).ok();
        let store = RUNTIME.block_on(SqliteStore::open(&directory)).unwrap();
        let mut town = RUNTIME.block_on(Town::settle(&store, 5));
        for _ in 0..40 {
            RUNTIME.block_on(town.record(&store, END, 86_400, BATCH));
        }
        let retention = Retention { mentions: SignedDuration::from_hours(1) };
        b.counter(ItemsCount::new(1000_usize)).bench_local(|| {
            let now = at(END + 86_400);
            let erased = RUNTIME.block_on(store.retain(&town.lease, now, &retention)).unwrap();
            assert_eq!(erased, 1000);
        });
        RUNTIME.block_on(store.close());
    }
}
