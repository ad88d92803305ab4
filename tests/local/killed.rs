//! A collector that is killed again and again: what a sender got a 202 for is stored, and what stands in a followed
//! file is stored once.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use goodword::domain::stream::{Filter, Span};
use goodword::domain::time::SignedDuration;
use goodword::domain::{Role, SafeText};
use goodword::engine::{Engine, EnginePlan};
use goodword::language::Readers;
use goodword::store::sqlite::SqliteStore;
use goodword::store::{Roster, RosterSource, RosterWatch, Store};

use crate::{SECRET, source};

const DIRECTORY: &str = "GOODWORD_TEST_DIRECTORY";
const ADDRESS: &str = "GOODWORD_TEST_ADDRESS";
/// How often the collector is killed.
const KILLS: u32 = 6;

/// The collector: not a test, but run by the tests below as a process of its own.
#[test]
#[ignore = "run by the other tests"]
fn collector() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let directory = Path::new(&directory);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&directory.join("data")).await.unwrap());
        let mut source = match std::env::var(ADDRESS) {
            Ok(address) => source("webhook", |settings| settings.listen = Some(address.parse().unwrap())),
            Err(_) => source("file", |settings| settings.path = Some(directory.join("heard.ndjson"))),
        };
        // After a start a source waits for its next moment, though it was killed long before that.
        (source.shortest, source.longest) = (SignedDuration::from_millis(100), SignedDuration::from_millis(100));
        let watch =
            RosterWatch { name: "ferris".into(), subject: "Ferris".into(), query: "ferris".into(), context: vec![] };
        let roster = Roster {
            subjects: vec![("Ferris".into(), Role::Brand)],
            watches: vec![watch],
            sources: vec![RosterSource::alone(&source.name, source.network.clone())],
        };
        let plan = EnginePlan::new(store, vec![source], roster, Arc::new(Readers::rule_based()), None);
        let _engine = Engine::start(plan).await.unwrap();
        std::future::pending::<()>().await;
    });
}

/// A collector that runs; killed when dropped.
struct Collector(Child);

impl Collector {
    fn start(directory: &Path, address: Option<SocketAddr>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "killed::collector", "--ignored", "--nocapture"]).env(DIRECTORY, directory);
        if let Some(address) = address {
            command.env(ADDRESS, address.to_string());
        }
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The words of everything that is stored.
fn stored(directory: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(&directory.join("data")).await.unwrap();
        let rows = store.page(&Filter::default(), Span::Newest, 100_000).await.unwrap();
        store.close().await;
        rows.into_iter().map(|row| SafeText::to_string(&row.excerpt)).collect()
    })
}

/// Sends one delivery; whether it was accepted.
fn send(address: SocketAddr, words: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let body = format!("{{\"native_id\":\"{words}\",\"text\":\"{words}\"}}\n");
    let request = format!(
        "POST /mentions HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer {SECRET}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answer = String::new();
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_string(&mut answer);
    answer.starts_with("HTTP/1.1 202")
}

/// Tells the senders to stop, also when the test fails.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_was_accepted_is_stored_though_the_collector_is_killed() {
    let place = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (accepted, stop, sent) = (Mutex::new(BTreeSet::new()), AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let (accepted, stop, sent) = (&accepted, &stop, &sent);
            scope.spawn(move || {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let words = format!("Ferris delivery {number} of sender {sender}");
                    sent.fetch_add(1, Ordering::Relaxed);
                    if send(address, &words) {
                        accepted.lock().unwrap().insert(words);
                    } else {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                }
            });
        }
        let _stops = Stops(&stop);
        let mut before = 0;
        for kill in 0..KILLS {
            let collector = Collector::start(place.path(), Some(address));
            let count = || accepted.lock().unwrap().len();
            wait_until("deliveries are accepted", || count() > before);
            std::thread::sleep(Duration::from_millis(u64::from(kill) * 37 % 150));
            drop(collector);
            before = count();
        }
    });
    let texts = stored(place.path());
    let once: BTreeSet<String> = texts.iter().cloned().collect();
    assert_eq!(once.len(), texts.len(), "something is there twice");
    let accepted = accepted.into_inner().unwrap();
    println!("{} sent, {} accepted, {} stored, {KILLS} kills", sent.into_inner(), accepted.len(), texts.len());
    let lost: Vec<&String> = accepted.difference(&once).collect();
    assert!(lost.is_empty(), "accepted and not stored: {lost:?}");
}

#[test]
fn what_stands_in_a_file_is_stored_once_though_the_collector_is_killed() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("heard.ndjson");
    std::fs::write(&file, "").unwrap();
    let mut wanted = BTreeSet::new();
    for round in 0..=KILLS {
        let collector = Collector::start(place.path(), None);
        let begun = Instant::now();
        let mut number = 0;
        let known = || place.path().join("data/goodword.db").exists();
        while begun.elapsed() < Duration::from_millis(300 + u64::from(round) * 113 % 300) || (number < 400 && !known())
        {
            number += 1;
            let words = format!("Ferris line {number} of round {round}");
            let mut file = std::fs::File::options().append(true).create(true).open(&file).unwrap();
            writeln!(file, "{{\"native_id\":\"{words}\",\"text\":\"{words}\"}}").unwrap();
            wanted.insert(words);
            std::thread::sleep(Duration::from_millis(2));
        }
        if round == 3 {
            std::fs::rename(&file, place.path().join("heard.ndjson.1")).unwrap();
            std::fs::write(&file, "").unwrap();
        }
        if round == KILLS {
            wait_until("everything is stored", || stored(place.path()).len() >= wanted.len());
        }
        drop(collector);
    }
    let texts = stored(place.path());
    println!("{} lines, {} stored, {KILLS} kills", wanted.len(), texts.len());
    assert_eq!(texts.len(), wanted.len(), "something is there twice");
    assert_eq!(texts.into_iter().collect::<BTreeSet<_>>(), wanted);
}
