//! The engine on the real store, matcher and readers: two of them on one data directory, as two processes would.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use wiremock::matchers::{any, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::doubles::{Script, Step, item, source};
use super::{Engine, EngineHandle, EnginePlan, Event, LeasePace, Standing, poll_all_once, trial};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, Item, Role, Timestamp};
use crate::language::Readers;
use crate::sources::Source;
use crate::sources::feed::FeedSettings;
use crate::sources::http::{Client, HttpSettings};
use crate::store::sqlite::SqliteStore;
use crate::store::{Roster, RosterWatch, Store};
use crate::watch::Query;

fn roster() -> Roster {
    let watch = |name: &str, subject: &str, query: &str| RosterWatch {
        name: name.into(),
        subject: subject.into(),
        query: query.into(),
        context: vec![],
    };
    Roster {
        subjects: vec![("Ferris".into(), Role::Brand), ("Velora".into(), Role::Rival)],
        watches: vec![watch("brand", "Ferris", "ferris NOT wheel"), watch("rival", "Velora", "velora")],
        sources: vec![],
    }
}

async fn engine(directory: &Path, source: Source) -> (Arc<dyn Store>, EngineHandle, broadcast::Receiver<Event>) {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory).await.unwrap());
    let readers = Arc::new(Readers::rule_based());
    let pace = LeasePace {
        life: SignedDuration::from_millis(900),
        renew: Duration::from_millis(200),
        probe: Duration::from_millis(50),
        ..LeasePace::default()
    };
    let plan = EnginePlan { pace, ..EnginePlan::new(Arc::clone(&store), vec![source], roster(), readers, None) };
    let handle = Engine::start(plan).await.unwrap();
    let events = handle.subscribe();
    (store, handle, events)
}

async fn until(events: &mut broadcast::Receiver<Event>, wanted: impl Fn(&Event) -> bool) -> Duration {
    let begun = Instant::now();
    let found = async { while !wanted(&events.recv().await.unwrap()) {} };
    timeout(Duration::from_secs(10), found).await.unwrap();
    begun.elapsed()
}

fn said(text: &str) -> Item {
    Item { claimed: None, author: Author { handle: Some("ana".into()), ..Author::default() }, ..item(text, text, 0) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_a_directory_and_the_second_takes_over() {
    let directory = tempfile::tempdir().unwrap();
    let first_words =
        vec![said("My Ferris is broken, support is terrible"), said("nothing"), said("Velora beats Ferris")];
    let (one, two) = (
        Script::new(vec![Step::items(first_words), Step::items(vec![said("I love my Ferris")])]),
        Script::new(vec![Step::items(vec![said("Ferris once more")])]),
    );
    let watched = |script| Source { everything: false, ..source("news", "a.example", script) };
    let (store, first, mut events) = engine(directory.path(), watched(&one)).await;
    until(&mut events, |event| matches!(event, Event::Recorded { new, .. } if new.len() == 2)).await;

    let (_other, second, mut followed) = engine(directory.path(), watched(&two)).await;
    until(&mut followed, |event| matches!(event, Event::Standing(Standing::Following { .. }))).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    // Campaigns are measured once at the start.
    let heard = std::iter::from_fn(|| followed.try_recv().ok()).find(|event| !matches!(event, Event::Campaigns(_)));
    assert!(heard.is_none(), "renewing a lease is no news: {heard:?}");

    assert!(first.refresh(None));
    let heard = until(&mut followed, |event| matches!(event, Event::Changed)).await;
    assert!(heard < Duration::from_secs(1), "a follower knows within a second: {heard:?}");

    drop(first); // as good as killed
    let taken = until(&mut followed, |event| matches!(event, Event::Standing(Standing::Collecting))).await;
    assert!(taken < Duration::from_secs(3), "{taken:?}");
    assert_eq!(two.asked(), 0, "the source rests: the first asked a moment ago");
    assert!(second.refresh(None));
    until(&mut followed, |event| matches!(event, Event::Recorded { .. })).await;

    let query = Query::parse("ferris -velora").unwrap();
    let scope = trial::Scope {
        filter: Default::default(),
        most_found: None,
        most_scanned: None,
        now: Timestamp::from_second(4_000_000_000).unwrap(),
    };
    let mut found = Vec::new();
    let tell = |piece: trial::Piece| {
        found.extend(piece.found.into_iter().map(|finding| finding.mention.text.to_string()));
        true
    };
    let progress = trial::search(&*store, &query, &scope, &Default::default(), tell).await.unwrap();
    assert_eq!((progress.matched, progress.complete), (3, true));
    assert!(found.contains(&"I love my Ferris".to_owned()) && found.contains(&"Ferris once more".to_owned()));
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_feed_is_read_once_and_then_only_asked_whether_it_changed() {
    let server = MockServer::start().await;
    let entries: String = (0..40)
        .map(|number| format!("<item><guid>{number}</guid><title>Ride {number} on a Ferris</title><link>https://n.example/{number}</link></item>"))
        .collect();
    let feed = format!("<rss version='2.0'><channel><title>n</title>{entries}</channel></rss>");
    let full = ResponseTemplate::new(200).insert_header("etag", "\"v1\"").set_body_raw(feed, "application/rss+xml");
    Mock::given(header("if-none-match", "\"v1\"")).respond_with(ResponseTemplate::new(304)).mount(&server).await;
    Mock::given(any()).respond_with(full).with_priority(200).mount(&server).await;

    let directory = tempfile::tempdir().unwrap();
    let client = Client::new(HttpSettings::default()).unwrap();
    let ask = async || {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let source = FeedSettings::at(format!("{}/feed", server.uri())).source(&client).unwrap();
        let plan = EnginePlan::new(store, vec![source], roster(), Arc::new(Readers::rule_based()), None);
        poll_all_once(plan, &CancellationToken::new(), Duration::from_secs(60), &mut |_, _, _| {})
            .await
            .unwrap()
            .remove(0)
    };
    let first = ask().await;
    assert_eq!((first.items, first.new, first.unchanged, first.error), (40, 40, false, None));
    let second = ask().await;
    assert_eq!((second.items, second.new, second.unchanged, second.error), (0, 0, true, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_publish_is_in_the_books_at_once_and_a_person_has_the_last_word() {
    use crate::domain::Deed;
    let directory = tempfile::tempdir().unwrap();
    let ours = Item { own: true, ..said("Order the S2 now, 20 % off until Sunday") };
    let script = Script::new(vec![Step::items(vec![ours])]);
    let watched = Source { everything: false, ..source("news", "a.example", &script) };
    let (_store, engine, mut events) = engine(directory.path(), watched).await;
    let read = async {
        while engine.books().await.unwrap().acts.is_empty() {
            let _ = events.recv().await;
        }
    };
    timeout(Duration::from_secs(10), read).await.unwrap();
    let books = engine.books().await.unwrap();
    let act = books.acts[0].act;
    assert_eq!((books.acts[0].deed(), books.acts[0].confirmed()), (Deed::HardAsk, false));
    assert!(books.ledger.lines()[0].cover.unwrap().is_early());
    let verdict = engine.verdict(act).await.unwrap().unwrap();
    assert_eq!(verdict.standing.act.text.as_str(), "Order the S2 now, 20 % off until Sunday");
    let kept = engine.correct_acts(&[act], Deed::Talk).await.unwrap();
    until(&mut events, |event| matches!(event, Event::Books)).await;
    let shown = engine.show_books(10).await.unwrap();
    assert_eq!((shown.all, shown.acts[0].read.said, shown.acts[0].line.cover), (1, Some(Deed::Talk), None));
    assert_eq!(engine.undo_act_corrections(&kept).await.unwrap(), 1);
    assert!(!engine.books().await.unwrap().acts[0].confirmed());
    engine.shutdown().await;
}
