//! The collector driven through its troubles by scripted sources, in paused time.

mod secrets;
mod streams;

use std::time::Duration;

use crate::domain::time::SignedDuration;
use crate::domain::{Clock, SignalKind, SourceHealth};
use crate::engine::Event;
use crate::engine::doubles::town::{Scene, drain, pass};
use crate::engine::doubles::{MemoryStore, Script, Step, item, source};
use crate::sources::{Batch, Retry, Source, SourceErrorKind};
use crate::store::StoreError;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn unreachable() -> Step {
    Step::Fail(SourceErrorKind::Unreachable, Retry::BackOff)
}

#[tokio::test(start_paused = true)]
async fn the_next_poll_comes_when_the_interval_is_over_and_continues_at_the_cursor() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "x", -5)])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 4).await;
    assert_eq!(script.asked(), 1);
    pass(MINUTE * 2).await;
    assert_eq!(script.asked.lock().unwrap().iter().map(|(_, cursor)| cursor.as_str()).collect::<Vec<_>>(), ["", "c1"]);
    pass(MINUTE * 60 * 12).await;
    let asked = script.asked();
    assert!((14..=20).contains(&asked), "nothing new for 12 hours: the interval grows to an hour, {asked} polls");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_stored_time_in_the_future_survives_a_restart() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Fail(SourceErrorKind::ServerTrouble, Retry::BackOff)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 30).await;
    let asked = script.asked();
    assert!((4..8).contains(&asked), "{asked} polls");
    handle.shutdown().await;
    let state = scene.store.source("news");
    assert_eq!((state.failures as usize, state.health), (asked, SourceHealth::Failing));
    assert_eq!(state.trouble.as_str(), "it did not work: look at it");
    let (handle, _events) = scene.start_as("two", vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert_eq!(script.asked(), asked, "it waits for its time");
    let next = crate::engine::clock::wait(scene.clock.now(), state.next.unwrap());
    pass(next + SECOND).await;
    assert_eq!(script.asked(), asked + 1);
    assert_eq!(scene.store.source("news").failures as usize, asked + 1, "failures are counted on");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_source_that_falls_over_is_a_failure_of_that_source_alone() {
    let scene = Scene::new();
    let bad = Script::new(vec![Step::Panic, Step::items(vec![item("x", "well again", -1)])]);
    let good = Script::new(vec![Step::items(vec![item("a", "fine", -5)])]);
    let sources = vec![source("bad", "a.example", &bad), source("good", "b.example", &good)];
    let (handle, mut events) = scene.start(sources).await;
    pass(SECOND).await;
    assert_eq!(scene.store.texts(), ["fine"]);
    let state = scene.store.source("bad");
    assert_eq!((state.health, state.failures), (SourceHealth::Failing, 1));
    assert!(state.trouble.as_str().contains("the source fell over"), "{}", state.trouble);
    let outcomes =
        drain(&mut events).into_iter().filter(|event| matches!(event, Event::Source { outcome: Some(_), .. }));
    assert_eq!(outcomes.count(), 2);
    pass(MINUTE * 2).await;
    assert!(scene.store.texts().contains(&"well again".to_owned()));
    assert_eq!(scene.store.source("bad").health, SourceHealth::Working);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_item_that_a_reader_stumbles_over_leaves_the_cursor_where_it_was() {
    let scene = Scene::new();
    let mut items: Vec<_> = (0..20).map(|number| item(&number.to_string(), "fine", -1)).collect();
    items.push(item("bad", "panic now", -1));
    let script = Script::new(vec![Step::items(items)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    let state = scene.store.source("news");
    assert_eq!((state.cursor.as_str(), state.health), ("", SourceHealth::Failing));
    assert!(state.trouble.as_str().contains("the reader fell over"), "{}", state.trouble);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_host_is_asked_one_at_a_time_and_no_more_than_the_workers_in_all() {
    let scene = Scene::new();
    let slow = || Step::Slow(SECOND, vec![]);
    let (one_host, all) = (Script::new(vec![slow()]), Script::new(vec![slow()]));
    let mut sources: Vec<Source> =
        (0..5).map(|number| source(&format!("same{number}"), "same.example", &one_host)).collect();
    sources.extend((0..10).map(|number| source(&format!("n{number}"), &format!("{number}.example"), &all)));
    let (handle, _events) = scene.start(sources).await;
    pass(SECOND * 20).await;
    assert_eq!(one_host.load.lock().unwrap().1, 1);
    assert_eq!(one_host.asked(), 5);
    assert_eq!(all.asked(), 10);
    assert!(all.load.lock().unwrap().1 <= 4 && all.load.lock().unwrap().1 >= 3);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_asks_for_rest_is_left_alone_by_all_its_sources() {
    let scene = Scene::new();
    let until = scene.clock.now() + SignedDuration::from_mins(30);
    let first = Script::new(vec![Step::FailHost(Retry::NotBefore(until)), Step::items(vec![])]);
    let second = Script::new(vec![Step::items(vec![])]);
    let sources = vec![source("first", "same.example", &first), source("second", "SAME.example", &second)];
    let (handle, _events) = scene.start(sources).await;
    pass(MINUTE * 29).await;
    assert_eq!((first.asked(), second.asked()), (1, 0));
    assert!(handle.refresh(None));
    pass(SECOND).await;
    assert_eq!((first.asked(), second.asked()), (1, 0), "a person's wish does not overrule the server's");
    pass(MINUTE * 2).await;
    assert_eq!((first.asked(), second.asked()), (2, 1));
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn more_is_fetched_at_once_and_stays_part_of_the_first_poll() {
    let scene = Scene::new();
    let more = |id: &str, more| {
        Step::Answer(Batch { items: vec![item(id, id, -180)], more, cursor: format!("after {id}"), ..Batch::default() })
    };
    let script = Script::new(vec![more("a", true), more("b", true), more("c", false), more("d", false)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert_eq!(scene.store.texts(), ["a", "b", "c"]);
    let history =
        |store: &MemoryStore| store.look(|i| i.mentions.iter().map(|(row, ..)| row.history).collect::<Vec<_>>());
    assert_eq!(history(&scene.store), [true; 3], "three hours old on the first poll");
    pass(MINUTE * 6).await;
    assert_eq!(history(&scene.store), [true, true, true, false], "three hours old on a later one");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn endless_paging_lets_the_others_have_their_turn() {
    let scene = Scene::new();
    let endless = Step::Answer(Batch { more: true, ..Batch::default() });
    let script = Script::new(vec![endless]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND * 10).await;
    assert_eq!(script.asked(), 20);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_collecting_and_is_tried_until_there_is_room() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "precious", -5)])]);
    let other = Script::new(vec![Step::Slow(SECOND * 3, vec![item("b", "also", -5)])]);
    scene.store.fill(3);
    let sources = vec![source("news", "a.example", &script), source("other", "b.example", &other)];
    let (handle, mut events) = scene.start(sources).await;
    pass(SECOND).await;
    assert!(handle.trouble().unwrap().contains("is full"));
    assert_eq!(scene.store.source("news").cursor, "");
    pass(SECOND * 8).await;
    assert!(scene.store.texts().is_empty());
    assert_eq!(script.asked(), 1, "the network is left alone meanwhile");
    pass(SECOND * 10).await;
    assert_eq!(scene.store.texts()[0], "precious");
    assert!(scene.store.texts().contains(&"also".to_owned()), "asked again");
    assert_eq!(script.asked(), 1, "kept, not fetched again");
    assert_eq!(handle.trouble(), None);
    let troubles: Vec<bool> = drain(&mut events)
        .into_iter()
        .filter_map(|event| match event {
            Event::StoreTrouble(trouble) => Some(trouble.is_some()),
            _ => None,
        })
        .collect();
    assert_eq!(troubles, [true, false]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_damaged_store_is_written_no_more() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "x", -5)])]);
    scene.store.look(|inside| {
        inside.faults.push_back(StoreError::Damaged { path: "/data/x.db".into(), detail: "malformed".into() });
    });
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 60).await;
    assert!(scene.store.look(|inside| inside.records.is_empty()));
    assert_eq!(script.asked(), 1);
    assert!(handle.trouble().unwrap().contains("goodword restore"));
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn with_everything_out_of_reach_there_is_one_signal_and_a_quick_return() {
    let scene = Scene::new();
    let scripts: Vec<_> = (0..4)
        .map(|_| {
            let mut steps: Vec<Step> = (0..12).map(|_| unreachable()).collect();
            steps.push(Step::items(vec![]));
            Script::new(steps)
        })
        .collect();
    let sources = scripts.iter().enumerate();
    let sources = sources.map(|(n, script)| source(&format!("s{n}"), &format!("{n}.example"), script)).collect();
    let (handle, _events) = scene.start(sources).await;
    pass(MINUTE * 12).await;
    let signals = scene.store.look(|inside| inside.signals.clone());
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert_eq!((signals[0].kind, signals[0].source), (SignalKind::SourceTrouble, None));
    assert!(signals[0].text.as_str().contains("none of the 4 sources"));
    pass(MINUTE * 6).await;
    for number in 0..4 {
        assert_eq!(scene.store.source(&format!("s{number}")).health, SourceHealth::Working);
    }
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_source_that_stops_is_told_once_and_asked_no_more_until_a_person_wants_it() {
    let scene = Scene::new();
    let gone = Step::Fail(SourceErrorKind::Gone, Retry::Never);
    let script = Script::new(vec![gone, Step::items(vec![])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 600).await;
    assert_eq!(script.asked(), 1);
    let signals: Vec<_> = drain(&mut events)
        .into_iter()
        .filter_map(|event| match event {
            Event::Signal(signal) => Some(signal),
            _ => None,
        })
        .collect();
    assert_eq!(signals.len(), 1);
    assert!(signals[0].text.as_str().contains("news is not asked any more"), "{}", signals[0].text);
    assert!(signals[0].id.0 > 0);
    assert!(handle.refresh(Some(handle.adopted().sources[0])));
    pass(SECOND).await;
    assert_eq!(script.asked(), 2);
    assert_eq!(scene.store.source("news").health, SourceHealth::Working);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_never_ends_is_given_up() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Hang]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 4).await;
    let state = scene.store.source("news");
    assert_eq!(state.health, SourceHealth::Failing);
    assert!(state.trouble.as_str().contains("no answer within 180 s"));
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_is_stored_in_pieces_and_its_cursor_with_the_last() {
    let scene = Scene::new();
    let items = (0..1_234).map(|number| item(&number.to_string(), "x", -5)).collect();
    let script = Script::new(vec![Step::items(items)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    let pieces: Vec<_> = scene
        .store
        .look(|inside| inside.records.iter().map(|batch| (batch.mentions.len(), batch.cursor.clone())).collect());
    assert_eq!(pieces, [(500, String::new()), (500, String::new()), (234, "c1".to_owned())]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_holds_back_by_itself_waits_and_does_not_fail() {
    let scene = Scene::new();
    let until = scene.clock.now() + SignedDuration::from_mins(40);
    let script = Script::new(vec![
        Step::Fail(SourceErrorKind::ServerTrouble, Retry::BackOff),
        Step::Wait(until),
        Step::items(vec![item("a", "x", -1)]),
    ]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE * 3).await;
    let state = scene.store.source("news");
    assert_eq!((state.health, state.failures, state.next), (SourceHealth::Waiting, 1, Some(until)));
    assert!(state.trouble.as_str().starts_with("it did not work"), "{}", state.trouble);
    let outcomes: Vec<_> = drain(&mut events)
        .into_iter()
        .filter_map(|event| match event {
            Event::Source { outcome: Some(outcome), .. } => Some(outcome),
            _ => None,
        })
        .collect();
    assert!(outcomes[0].trouble.is_some());
    assert_eq!((outcomes[1].trouble.as_ref(), outcomes[1].remarks.len()), (None, 1));
    // Nobody can make it go on any sooner, and it goes on then.
    handle.refresh(None);
    pass(MINUTE * 30).await;
    assert_eq!(script.asked(), 2);
    pass(MINUTE * 8).await;
    assert_eq!(script.asked(), 3);
    assert_eq!(scene.store.source("news").health, SourceHealth::Working);
    handle.shutdown().await;
}
