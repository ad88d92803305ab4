//! Streams: polls without end.

use super::*;
use crate::domain::{Author, Item, Role, SourceId};
use crate::engine::doubles::START;
use crate::engine::doubles::stream;
use crate::engine::doubles::town::plan;
use crate::engine::event::Polled;
use crate::engine::{Engine, Orders, Standing};
use crate::store::{Roster, RosterWatch};

/// What a stream tells after a second, from one place that never moves.
fn still() -> Step {
    Step::Told(SECOND * 5, Batch { cursor: "here".into(), ..Batch::default() })
}

fn polled(events: Vec<Event>) -> Vec<Polled> {
    let outcomes = events.into_iter().filter_map(|event| match event {
        Event::Source { outcome: Some(outcome), .. } => Some(Polled::clone(&outcome)),
        _ => None,
    });
    outcomes.collect()
}

fn records(store: &MemoryStore) -> usize {
    store.look(|inside| inside.records.len())
}

/// A stream of which only what names the brand is a mention.
fn firehose(script: &std::sync::Arc<Script>) -> Source {
    Source { everything: false, ..stream("firehose", "a.example", script) }
}

fn watching() -> Roster {
    let watch = RosterWatch { name: "brand".into(), subject: "Ferris".into(), query: "ferris".into(), context: vec![] };
    Roster { subjects: vec![("Ferris".into(), Role::Brand)], watches: vec![watch], sources: vec![] }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_brings_nothing_is_stored_now_and_then_and_told_once() {
    let scene = Scene::new();
    let other = Step::told(vec![item("x", "nothing of ours", 0)]);
    let script = Script::new(vec![other]);
    let plan = crate::engine::EnginePlan {
        roster: watching(),
        ..plan(&scene.store, &scene.clock, "one", vec![firehose(&script)])
    };
    let handle = Engine::start(plan).await.unwrap();
    let mut events = handle.subscribe();
    pass(SECOND * 3).await;
    assert_eq!(records(&scene.store), 1, "the first answer is stored at once");
    assert!(scene.store.source("firehose").live);
    pass(SECOND * 60).await;
    assert!(script.asked() > 50);
    let stored = records(&scene.store);
    assert!((10..=13).contains(&stored), "at most every five seconds: {stored}");
    let asked: Vec<String> = script.asked.lock().unwrap().iter().map(|(_, cursor)| cursor.clone()).collect();
    assert_eq!(asked[..3], ["", "c1", "c2"], "it goes on where it was, stored or not");
    let told = drain(&mut events);
    let of_source = told.iter().filter(|event| matches!(event, Event::Source { .. } | Event::Recorded { .. }));
    assert_eq!(of_source.count(), 1, "{told:?}");
    let told = polled(told);
    assert!(told[0].live && told[0].new == 0);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_cursor_stands_still_is_hardly_ever_stored() {
    let scene = Scene::new();
    let script = Script::new(vec![still()]);
    let (handle, _events) = scene.start(vec![stream("bell", "a.example", &script)]).await;
    pass(MINUTE * 60).await;
    assert!(script.asked() > 600);
    let stored = records(&scene.store);
    assert!((10..=14).contains(&stored), "a sign of life every five minutes: {stored}");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_for_us_is_stored_at_once_with_its_cursor_and_what_went_before() {
    let scene = Scene::new();
    let gone = |id: &str| Item { deleted: true, ..item(id, "", 0) };
    let undated = Item { claimed: None, ..item("first", "Ferris live", 0) };
    let script = Script::new(vec![
        Step::told(vec![undated]),
        Step::told(vec![item("old", "Ferris three hours ago", -180)]),
        Step::told(vec![gone("unknown"), gone("old")]),
        Step::told(vec![gone("unknown too"), item("own", "Ferris again", 0)]),
        Step::Hang,
    ]);
    let (handle, mut events) = scene.start(vec![stream("bell", "a.example", &script)]).await;
    pass(SECOND * 2).await;
    assert_eq!(scene.store.source("bell").cursor, "c1");
    pass(SECOND).await;
    let history: Vec<bool> = scene.store.look(|inside| inside.mentions.iter().map(|(row, ..)| row.history).collect());
    assert_eq!(history, [false, false], "live, and no longer the first poll: {history:?}");
    pass(SECOND).await;
    assert_eq!((scene.store.source("bell").cursor.as_str(), scene.store.texts().len()), ("c2", 2), "kept in memory");
    pass(SECOND).await;
    assert_eq!(scene.store.source("bell").cursor, "c4");
    assert_eq!(scene.store.texts(), ["Ferris live", "Ferris again"]);
    let last = scene.store.look(|inside| inside.records.last().unwrap().clone());
    assert_eq!(last.deleted, ["unknown", "old", "unknown too"]);
    let new: Vec<usize> = polled(drain(&mut events)).iter().map(|polled| polled.new).collect();
    assert_eq!(new, [1, 1, 1]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn accounts_that_were_deleted_are_held_and_take_along_what_is_stored() {
    let scene = Scene::new();
    let by = |id: &str, who: &str| Item {
        author: Author { native_id: Some(who.into()), handle: Some(who.into()), ..Author::default() },
        ..item(id, "Ferris", 0)
    };
    let left = |who: &[&str]| Batch { gone: who.iter().map(|id| (*id).to_owned()).collect(), ..Batch::default() };
    let script = Script::new(vec![
        Step::told(vec![by("1", "ana"), by("2", "kim"), by("3", "ana")]),
        Step::Told(SECOND, left(&["nobody"])),
        Step::Told(SECOND, left(&["ana", "nobody else"])),
        Step::told(vec![]),
    ]);
    let poll = Script::new(vec![Step::items(vec![by("4", "lou")]), Step::Answer(left(&["lou"]))]);
    let sources = vec![firehose(&script), source("poll", "b.example", &poll)];
    let plan = crate::engine::EnginePlan { roster: watching(), ..plan(&scene.store, &scene.clock, "one", sources) };
    let handle = Engine::start(plan).await.unwrap();
    pass(SECOND * 4).await;
    assert_eq!(scene.store.texts().len(), 4, "kept in memory");
    pass(SECOND * 6).await;
    assert_eq!(scene.store.texts().len(), 2);
    let id = scene.store.source("firehose").id;
    let told: Vec<Vec<String>> = scene.store.look(|inside| {
        let of_stream = inside.records.iter().filter(|one| one.source == id && !one.gone.is_empty());
        of_stream.map(|one| one.gone.clone()).collect()
    });
    assert_eq!(told, [["nobody", "ana", "nobody else"]], "once, together");
    pass(MINUTE * 12).await;
    assert_eq!(scene.store.texts().len(), 1, "a poll may tell it too");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_takes_neither_a_worker_nor_its_host_and_never_rests() {
    let scene = Scene::new();
    let live = Script::new(vec![Step::told(vec![])]);
    let quick = Script::new(vec![Step::items(vec![])]);
    let stuck = Script::new(vec![Step::Hang]);
    let mut sources = vec![stream("live", "same.example", &live), source("poll", "SAME.example", &quick)];
    sources.extend((0..4).map(|n| source(&format!("stuck{n}"), &format!("{n}.example"), &stuck)));
    sources.push(stream("late", "same.example", &live));
    let (handle, _events) = scene.start(sources).await;
    pass(SECOND * 50).await;
    assert_eq!(quick.asked(), 1, "the host is free for polls");
    assert_eq!(stuck.asked(), 4, "the workers are busy");
    assert!(live.asked() > 90, "both streams went on all the time: {}", live.asked());
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_fails_backs_off_and_is_told_when_it_is_back() {
    let scene = Scene::new();
    let script = Script::new(vec![
        Step::told(vec![]),
        Step::told(vec![Item { deleted: true, ..item("x", "", 0) }]),
        Step::Fail(SourceErrorKind::ServerTrouble, Retry::BackOff),
        Step::told(vec![]),
    ]);
    let (handle, mut events) = scene.start(vec![stream("live", "a.example", &script)]).await;
    pass(SECOND * 4).await;
    let state = scene.store.source("live");
    assert_eq!((state.health, state.live, state.failures), (SourceHealth::Failing, false, 1));
    assert_eq!(state.cursor, "c2", "what it told before it failed is not told again");
    assert_eq!(scene.store.look(|inside| inside.records.last().unwrap().deleted.clone()), ["x"]);
    assert_eq!(script.asked(), 3);
    pass(MINUTE * 2).await;
    let state = scene.store.source("live");
    assert_eq!((state.health, state.live), (SourceHealth::Working, true));
    let health: Vec<SourceHealth> = polled(drain(&mut events)).iter().map(|polled| polled.health).collect();
    assert_eq!(health, [SourceHealth::Working, SourceHealth::Failing, SourceHealth::Working]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_taken_in_leaves_a_stream_where_it_was() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::told(vec![]), Step::told(vec![item("bad", "panic now", 0)]), Step::Hang]);
    let (handle, _events) = scene.start(vec![stream("live", "a.example", &script)]).await;
    pass(SECOND * 4).await;
    let state = scene.store.source("live");
    assert_eq!((state.cursor.as_str(), state.health), ("c1", SourceHealth::Failing));
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn shutting_down_pausing_and_losing_the_lease_end_a_poll_that_is_under_way() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::told(vec![]), Step::Hang]);
    let (handle, mut events) = scene.start(vec![stream("live", "a.example", &script)]).await;
    pass(SECOND * 5).await;
    assert_eq!(script.load.lock().unwrap().0, 1, "it listens");
    handle.pause(true).await.unwrap();
    pass(SECOND).await;
    assert_eq!(script.load.lock().unwrap().0, 0, "it does not listen");
    assert_eq!(script.hung_up.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Paused(true))));
    pass(MINUTE * 60).await;
    assert_eq!(script.asked(), 2);
    handle.pause(false).await.unwrap();
    pass(SECOND).await;
    assert_eq!((script.asked(), script.load.lock().unwrap().0), (3, 1), "it listens again at once");
    assert_eq!(script.asked.lock().unwrap()[2].1, "c1", "from the stored cursor");
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Paused(false))));

    scene.store.look(|inside| {
        inside.epoch += 1;
        let until = crate::domain::Timestamp::from_second(START + 1_000_000).unwrap();
        inside.lease = Some(crate::store::Lease { holder: "thief".into(), epoch: inside.epoch, until });
    });
    pass(SECOND * 10).await;
    assert_eq!(handle.standing(), Some(Standing::Following { holder: "thief".into() }));
    assert_eq!(script.load.lock().unwrap().0, 0);
    assert_eq!(script.hung_up.load(std::sync::atomic::Ordering::SeqCst), 2);
    scene.store.look(|inside| inside.lease = None);
    pass(SECOND * 20).await;
    assert_eq!(script.load.lock().unwrap().0, 1, "ours again");
    let begun = tokio::time::Instant::now();
    handle.shutdown().await;
    assert!(begun.elapsed() < SECOND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn new_watches_reach_a_stream_that_is_under_way() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::told(vec![item("a", "Ferris", 0)]), Step::told(vec![item("b", "Ferris", 0)])]);
    let (handle, _events) = scene.start(vec![firehose(&script)]).await;
    pass(SECOND * 2).await;
    assert!(scene.store.texts().is_empty(), "nobody watches");
    handle.rewatch(Orders { roster: watching(), ..Orders::default() }).await.unwrap();
    pass(SECOND * 2).await;
    assert_eq!(scene.store.texts().len(), 1);
    assert!(handle.refresh(None), "it changes nothing for a stream");
    pass(SECOND).await;
    assert_eq!(script.load.lock().unwrap().1, 1);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn with_everything_out_of_reach_streams_and_polls_make_one_signal() {
    let scene = Scene::new();
    let down = || (0..8).map(|_| unreachable());
    let live = Script::new([Step::told(vec![])].into_iter().chain(down()).chain([Step::told(vec![])]).collect());
    let poll = Script::new(down().chain([Step::items(vec![])]).collect());
    let local = Script::new(vec![Step::items(vec![])]);
    let sources =
        vec![stream("live", "a.example", &live), source("poll", "b.example", &poll), source("file", "", &local)];
    let (handle, _events) = scene.start(sources).await;
    pass(MINUTE * 8).await;
    let signals = scene.store.look(|inside| inside.signals.clone());
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert!(signals[0].text.as_str().contains("none of the 2 sources"), "{}", signals[0].text);
    pass(MINUTE * 20).await;
    for name in ["live", "poll", "file"] {
        assert_eq!(scene.store.source(name).health, SourceHealth::Working, "{name}");
    }
    assert!(scene.store.source("live").live);
    assert_eq!(scene.store.look(|inside| inside.signals.len()), 1);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn authors_are_named_before_they_are_stored_and_only_for_so_long() {
    let scene = Scene::new();
    let by = |id: &str, text: &str, author: &str| {
        let author = Author { native_id: Some(author.into()), ..Author::default() };
        Item { author, ..item(id, text, 0) }
    };
    let script = Script::new(vec![
        Step::told(vec![by("1", "a", "did:a"), by("2", "b", "did:b"), by("3", "c", "did:a"), item("4", "d", 0)]),
        Step::told(vec![by("5", "e", "slow")]),
        Step::told(vec![by("1", "a", "did:a")]),
        Step::Hang,
    ]);
    let (handle, _events) = scene.start(vec![stream("live", "a.example", &script)]).await;
    pass(SECOND * 2).await;
    let handles = || -> Vec<String> {
        scene.store.look(|inside| inside.mentions.iter().map(|(row, ..)| row.author.to_string()).collect())
    };
    assert_eq!(handles(), ["did:a.example", "did:b.example", "did:a.example", "ana"]);
    assert_eq!(*script.named.lock().unwrap(), ["did:a", "did:b"], "each once, and nobody who has a handle");
    pass(SECOND * 8).await;
    assert_eq!(handles()[4], "", "it stays nameless after five seconds");
    assert_eq!(script.named.lock().unwrap().len(), 3, "what is known is not asked about again");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_account_knows_to_be_ours_the_firehose_knows_too() {
    let scene = Scene::new();
    let by_us = |id: &str, own: bool| Item {
        own,
        author: Author { native_id: Some("did:us".into()), handle: Some("ferris".into()), ..Author::default() },
        ..item(id, "Ferris speaks", 0)
    };
    let reply = Item { parent: Some("m".into()), ..by_us("r", false) };
    let account = Script::new(vec![Step::items(vec![by_us("1", true)])]);
    let live = Script::new(vec![
        Step::Told(
            SECOND * 2,
            Batch { items: vec![item("m", "Ferris is broken", 0), by_us("2", false)], ..Batch::default() },
        ),
        Step::told(vec![reply]),
        Step::Hang,
    ]);
    let scoped = |source: Source| Source { scope: Some("bluesky".into()), ..source };
    let sources = || vec![scoped(stream("live", "a.example", &live)), scoped(source("account", "b.example", &account))];
    let (handle, mut events) = scene.start(sources()).await;
    pass(SECOND * 5).await;
    assert_eq!(scene.store.texts(), ["Ferris is broken"]);
    assert_eq!(scene.store.look(|inside| inside.acts.len()), 3);
    let row = scene.store.look(|inside| inside.mentions[0].0.clone());
    assert!(row.answered.is_some() && row.read);
    let changed = drain(&mut events).into_iter().filter_map(|event| match event {
        Event::Recorded { source, changed, .. } => Some((source, changed)),
        _ => None,
    });
    assert_eq!(changed.collect::<Vec<_>>(), [(SourceId(1), 0), (SourceId(1), 1)], "the answer is told");
    handle.shutdown().await;
    // After a restart the store knows.
    let live = Script::new(vec![Step::told(vec![by_us("4", false)]), Step::Hang]);
    let (handle, _events) = scene.start_as("two", vec![scoped(stream("live", "a.example", &live))]).await;
    pass(SECOND * 3).await;
    assert_eq!(scene.store.look(|inside| inside.acts.len()), 4);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_network_counts_and_a_streams_remarks_are_kept_and_told() {
    let scene = Scene::new();
    let meter = crate::domain::Meter { name: "frames".into(), used: 7.0, limit: None, currency: None, resets: None };
    let behind = || Batch { remarks: vec!["it falls behind".into()], meters: vec![meter.clone()], ..Batch::default() };
    let script =
        Script::new(vec![Step::told(vec![]), Step::Told(SECOND, behind()), Step::Told(SECOND, behind()), still()]);
    let (handle, mut events) = scene.start(vec![stream("live", "a.example", &script)]).await;
    pass(SECOND * 30).await;
    assert_eq!(scene.store.source("live").meters, std::slice::from_ref(&meter));
    let told = polled(drain(&mut events));
    assert_eq!(told.iter().map(|polled| polled.remarks.len()).collect::<Vec<_>>(), [0, 1], "not once a second");
    handle.shutdown().await;
}
