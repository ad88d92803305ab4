use std::time::Duration;

use super::*;
use crate::domain::Timestamp;
use crate::engine::doubles::town::{Scene, drain, pass, settle};
use crate::engine::doubles::{Script, Step, item, source};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn what_a_source_says_is_stored_with_its_cursor_and_then_told() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![item("a", "hello Ferris", -5), item("b", "again", -3)])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert_eq!(scene.store.texts(), ["hello Ferris", "again"]);
    assert_eq!(scene.store.source("news").cursor, "c1");
    let told = drain(&mut events);
    let kinds: Vec<&str> = told
        .iter()
        .map(|event| match event {
            Event::Standing(Standing::Collecting) => "collecting",
            Event::Source { polling: true, .. } => "polling",
            Event::Recorded { new, .. } if new.len() == 2 => "recorded",
            Event::Source { polling: false, outcome: Some(_), .. } => "polled",
            _ => "else",
        })
        .collect();
    assert_eq!(kinds, ["collecting", "polling", "recorded", "polled"]);
    let Some(Event::Source { outcome: Some(outcome), .. }) = told.last() else { panic!("{told:?}") };
    assert_eq!((outcome.items, outcome.new, outcome.name.as_str()), (2, 2, "news"));
    assert!(outcome.took >= Duration::from_millis(5) && outcome.next.is_some() && outcome.trouble.is_none());
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn one_collects_the_other_follows_and_takes_over_when_the_first_falls_silent() {
    let scene = Scene::new();
    let (one, two) = (Script::new(vec![Step::items(vec![])]), Script::new(vec![Step::items(vec![])]));
    let (first, _first_events) = scene.start_as("one", vec![source("news", "a.example", &one)]).await;
    settle().await;
    let (second, mut events) = scene.start_as("two", vec![source("news", "a.example", &two)]).await;
    pass(MINUTE).await;
    assert_eq!(first.standing(), Some(Standing::Collecting));
    assert_eq!(second.standing(), Some(Standing::Following { holder: "one".into() }));
    assert_eq!(two.asked(), 0);
    let changes = drain(&mut events).into_iter().filter(|event| matches!(event, Event::Changed)).count();
    assert!(changes <= 1, "one commit was made, {changes} changes were told");
    assert!(!second.refresh(None));

    drop(first); // as good as killed: nothing is given back
    pass(SECOND * 16).await;
    assert_eq!(second.standing(), Some(Standing::Collecting));
    assert_eq!(two.asked(), 0, "the first asked a minute ago");
    pass(MINUTE * 6).await;
    assert_eq!(two.asked(), 1);
    second.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_given_back_is_taken_at_once() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (first, _first_events) = scene.start_as("one", vec![source("news", "a.example", &script)]).await;
    settle().await;
    let (second, _second_events) = scene.start_as("two", vec![source("news", "a.example", &script)]).await;
    pass(SECOND * 2).await;
    first.shutdown().await;
    pass(Duration::from_millis(600)).await;
    assert_eq!(second.standing(), Some(Standing::Collecting));
    second.shutdown().await;
    assert!(scene.store.look(|inside| inside.lease.is_none()), "and given back in turn");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_lost_the_lease_stops_at_once_and_follows() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Slow(SECOND * 5, vec![item("a", "too late", -5)])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    scene.store.look(|inside| {
        inside.epoch += 1;
        let until = Timestamp::from_second(crate::engine::doubles::START + 3_600).unwrap();
        inside.lease = Some(Lease { holder: "thief".into(), epoch: inside.epoch, until });
    });
    pass(SECOND * 10).await;
    assert_eq!(handle.standing(), Some(Standing::Following { holder: "thief".into() }));
    assert!(scene.store.look(|inside| inside.records.is_empty()), "nothing was written under the lost lease");
    assert_eq!(script.load.lock().unwrap().0, 0, "the poll was dropped");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn while_paused_nothing_is_asked() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    assert!(handle.pause(true));
    pass(MINUTE * 60).await;
    assert_eq!(script.asked(), 1);
    handle.pause(false);
    pass(SECOND).await;
    assert_eq!(script.asked(), 2);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn shutting_down_drops_a_poll_that_hangs_and_gives_the_lease_back() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Hang]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND).await;
    let begun = tokio::time::Instant::now();
    handle.shutdown().await;
    assert!(begun.elapsed() <= SECOND * 2);
    assert!(scene.store.look(|inside| inside.lease.is_none()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_holder_does_nothing_but_renew() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE).await;
    let before = scene.store.look(|inside| inside.lease_asked);
    pass(MINUTE).await;
    let asked = scene.store.look(|inside| inside.lease_asked) - before;
    assert!((8..=9).contains(&asked), "{asked}");
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_erased_and_told() {
    let scene = Scene::new();
    let mut items: Vec<_> = (0..2_500).map(|number| item(&number.to_string(), "old", -60 * 24 * 400)).collect();
    items.push(item("new", "new", -5));
    let script = Script::new(vec![Step::items(items), Step::items(vec![])]);
    let (handle, mut events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(MINUTE).await;
    assert_eq!(scene.store.texts().len(), 2_501);
    pass(MINUTE).await;
    assert_eq!(scene.store.texts(), ["new"]);
    assert!(drain(&mut events).iter().any(|event| matches!(event, Event::Erased(2_500))));
    handle.shutdown().await;
}
