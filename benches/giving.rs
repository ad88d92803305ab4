//! The books with 100,000 acts of the last 150 days and 1,000,000 mentions in the store: `cargo bench --bench giving`.
//!
//! Tells how long it takes from an act being stored until the books that are held in memory are right (it is read, the
//! reading is stored, the books follow), for a newest act, for one that comes late and for a correction; how long the
//! books take to be read once; and what they take of memory. The first run fills the store under `target/giving-bench`
//! in bulk and reads the acts with the trained reader; later runs use it again. Remove the directory to build it anew.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use goodword::domain::time::{SignedDuration, Timestamp};
use goodword::domain::{ActId, Author, BrandSize, Deed, Item, Network, Role, SourceId};
use goodword::engine::books::{Bookkeeper, reading};
use goodword::language::Readers;
use goodword::measure::giving::Table;
use goodword::store::sqlite::SqliteStore;
use goodword::store::{
    Giving, Lease, LeaseState, NewAct, PollOutcome, RecordBatch, Roster, RosterSource, Store, Unread,
};
use sqlx::{ConnectOptions, Connection};

const MENTIONS: i64 = 1_000_000;
const ACTS: i64 = 100_000;
const PEOPLE: i64 = 50_000;
/// 2026-01-01: the present.
const END: i64 = 1_767_225_600;
const DAY: i64 = 86_400;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let town = Town::open().await;
    let before = resident();
    let began = Instant::now();
    let keeper = Bookkeeper::new(Arc::clone(&town.store) as Arc<dyn Store>, BrandSize::Medium, Table::default());
    let books = keeper.books().await.unwrap();
    let (loaded, held) = (began.elapsed(), resident());
    println!(
        "books of {} acts read once in {:.0} ms; resident {} MiB before, {} MiB after",
        books.acts.len(),
        millis(loaded),
        before,
        held
    );
    drop(books);

    let mut newest = Vec::new();
    for number in 0..200 {
        newest.push(town.post(&keeper, &format!("new{number}-{}", fastrand::u64(..)), END - 200 + number).await);
    }
    tell("a newest act", newest);
    let mut late = Vec::new();
    for number in 0..40 {
        let back = 75 * DAY + number;
        late.push(town.post(&keeper, &format!("late{number}-{}", fastrand::u64(..)), END - back).await);
    }
    tell("an act that comes 75 days late", late);
    let mut corrected = Vec::new();
    for number in 0..40 {
        let act = ActId(ACTS / 2 + number);
        let began = Instant::now();
        town.store.correct_acts(&[act], Deed::HardAsk, at(END)).await.unwrap();
        keeper.books().await.unwrap();
        corrected.push(began.elapsed());
    }
    tell("a correction in the middle, from the key on", corrected);
    println!("resident at the end {} MiB", resident());
    town.store.close().await;
}

fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let part = |share: f64| millis(*took.get(((took.len() - 1) as f64 * share) as usize).unwrap());
    println!("{what}: median {:.1} ms, 95 % {:.1} ms, most {:.1} ms", part(0.5), part(0.95), part(1.0));
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() >> 10
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/giving-bench")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

struct Town {
    store: Arc<SqliteStore>,
    readers: Arc<Readers>,
    lease: Lease,
    source: SourceId,
}

impl Town {
    async fn open() -> Self {
        let store = Arc::new(SqliteStore::open(&directory()).await.unwrap());
        let square = RosterSource {
            scope: Some("mastodon:town".into()),
            ..RosterSource::alone("square", Network::named("mastodon"))
        };
        let roster =
            Roster { subjects: vec![("Ferris Bikes".into(), Role::Brand)], sources: vec![square], ..Roster::default() };
        let source = *store.adopt(&roster).await.unwrap().sources.first().unwrap();
        let LeaseState::Ours(lease) = store.take_lease("bench", at(END), SignedDuration::from_hours(1)).await.unwrap()
        else {
            panic!("the lease is held")
        };
        let town = Self { store, readers: Arc::new(Readers::trained()), lease, source };
        if town.store.acts(None, 1).await.unwrap().is_empty() {
            town.fill().await;
        }
        let began = Instant::now();
        let mut read = 0;
        while let more @ 1.. = town.read(1_000).await {
            read += more;
        }
        if read > 0 {
            println!("read {read} acts in {:.1} s", began.elapsed().as_secs_f64());
        }
        town
    }

    /// Fills the store behind its back: what matters for the books, in bulk.
    async fn fill(&self) {
        let began = Instant::now();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.store.path());
        let mut conn = options.connect().await.unwrap();
        let source = self.source.0;
        let first = (END - 365 * DAY) * 1_000;
        let step = 365 * DAY * 1_000 / MENTIONS;
        let (from, every) = ((END - 149 * DAY) * 1_000, 149 * DAY * 1_000 / ACTS);
        let sql = format!(
            "PRAGMA synchronous = OFF;
             BEGIN;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PEOPLE})
             INSERT INTO person (id, network, key, handle) SELECT i, 1, 'i' || i, 'user' || i FROM n;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MENTIONS})
             INSERT INTO body (id, place, content, native_id, keys, first_seen, flags, visibility, person, readings,
                 fingerprint, text, realm, parent)
             SELECT i, (({first} + i * {step}) / 1000 << 31) + i, 1, 'https://town.example/posts/' || i, x'',
                 {first} + i * {step}, 0, 0, 1 + (i * 7919) % {PEOPLE}, x'', x'00',
                 'My Ferris ' || i || ' has a chain that skips on the third gear whenever I ride up the hill to work',
                 -1, CASE WHEN i % 4 = 0 THEN 'https://town.example/posts/' || (i - 1) END FROM n;
             INSERT INTO mention (place, id, source, network, story, read, private, marks)
             SELECT place, id, {source}, 1, id, 1, 0, 0 FROM body;
             UPDATE head SET next = {MENTIONS} + 1;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ACTS})
             INSERT INTO act (id, source, network, realm, native_id, keys, content, published, first_seen, flags,
                 visibility, person, text, parent, answers)
             SELECT i, {source}, 1, -1, 'https://town.example/ours/' || i, x'', i, {from} + i * {every},
                 {from} + i * {every}, 4, 0, 1 + i % 3,
                 CASE i % 10
                     WHEN 0 THEN 'Order the S' || i || ' now, ' || (i % 40) || ' % off until Sunday'
                     WHEN 1 THEN 'Read our new post number ' || i || ' on winter chains and what to do about salt'
                     WHEN 2 THEN '@user' || i || ' thank you, that made our morning!'
                     WHEN 3 THEN '@user' || i || ' sorry to hear that, please send us your order number by message'
                     ELSE '@user' || i || ' the S' || (i % 977) || ' takes tyres of up to ' || (i % 61)
                         || ' millimetres, with mudguards rather ' || (i % 53) || ', and I would ask the shop in street '
                         || (i % 1999) || ' to look at it' END,
                 CASE WHEN i % 10 > 1 THEN 'https://town.example/posts/' || (i * 9) END,
                 CASE WHEN i % 10 > 1 THEN i * 9 END FROM n;
             COMMIT;"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        println!("filled with {MENTIONS} mentions and {ACTS} acts in {:.1} s", began.elapsed().as_secs_f64());
    }

    /// Reads acts as the holder of the lease does. Returns how many.
    async fn read(&self, most: u32) -> u64 {
        let version = self.readers.gesture.version();
        let unread = self.store.unread_acts(version, most).await.unwrap();
        let read = |one: Unread| {
            let reading = reading::read(self.readers.gesture.as_ref(), one.text.as_str(), one.reply);
            (one, reading)
        };
        let all: Vec<_> = unread.into_iter().map(read).collect();
        self.store.keep_act_readings(&self.lease, version, &all).await.unwrap()
    }

    /// An act is stored; how long until the books are right.
    async fn post(&self, keeper: &Bookkeeper, id: &str, second: i64) -> Duration {
        let item = Item {
            native_id: format!("https://town.example/ours/{id}"),
            text: format!("@kim the S2 takes tyres of up to 2.35 inches, and {id} is what I would ask for in the shop"),
            author: Author { native_id: Some("1".into()), handle: Some("user1".into()), ..Author::default() },
            claimed: Some(at(second)),
            parent: Some(format!("https://town.example/posts/{}", fastrand::i64(1..MENTIONS))),
            own: true,
            ..Item::default()
        };
        let act = NewAct { item, first_seen: at(END), history: false, lang: None, content: 1 };
        let outcome = PollOutcome::worked(at(END), true);
        let batch = RecordBatch { acts: vec![act], ..RecordBatch::empty(self.source, outcome) };
        self.store.record(&self.lease, &batch).await.unwrap();
        let began = Instant::now();
        assert_eq!(self.read(100).await, 1);
        let books = keeper.books().await.unwrap();
        let took = began.elapsed();
        assert!(books.acts.iter().any(|read| read.published == at(second)));
        took
    }
}
