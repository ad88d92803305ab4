use std::time::Duration;

use super::*;
use crate::domain::{Item, SignalKind};
use crate::engine::doubles::town::{Scene, pass};
use crate::engine::doubles::{Script, Step, item, source};

const HOUR: Duration = Duration::from_secs(3_600);

/// A source that brought something every hour, and then says that nothing changed.
fn quiet() -> Vec<Step> {
    let items: Vec<Item> = (0..20).map(|number| item(&number.to_string(), "x", -60 * number)).collect();
    let unchanged = Step::Answer(crate::sources::Batch { unchanged: true, ..Default::default() });
    vec![Step::items(items), unchanged]
}

#[tokio::test(start_paused = true)]
async fn a_source_that_brings_nothing_for_much_longer_than_its_habit_is_silent_and_told_once() {
    let scene = Scene::new();
    let script = Script::new(quiet());
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(HOUR * 5).await;
    assert_eq!(scene.store.source("news").health, SourceHealth::Working);
    pass(HOUR * 6).await;
    assert_eq!(scene.store.source("news").health, SourceHealth::Silent);
    pass(HOUR * 24).await;
    handle.shutdown().await;
    // After a start its habit is read from what is stored, and its silence is not told again.
    let script = Script::new(vec![Step::items(vec![])]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(HOUR * 3).await;
    assert_eq!(scene.store.source("news").health, SourceHealth::Silent);
    let signals = scene.store.look(|inside| inside.signals.clone());
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert_eq!((signals[0].kind, signals[0].source), (SignalKind::Silence, Some(crate::domain::SourceId(1))));
    assert!(
        signals[0].text.as_str().contains("news fell silent: nothing for 6 h, usually something every 60 min"),
        "{}",
        signals[0].text
    );
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn something_new_ends_the_silence() {
    let scene = Scene::new();
    let mut steps = quiet();
    steps.extend((0..15).map(|_| Step::items(vec![])));
    steps.push(Step::items(vec![item("new", "back", 60 * 12)]));
    let script = Script::new(steps);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(HOUR * 11).await;
    assert_eq!(scene.store.source("news").health, SourceHealth::Silent);
    pass(HOUR * 4).await;
    assert_eq!(scene.store.source("news").health, SourceHealth::Working);
    handle.shutdown().await;
}

#[test]
fn too_few_arrivals_make_no_habit() {
    let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
    let few: Vec<Timestamp> = (0..5).rev().map(at).collect();
    assert_eq!(silent(&few, None, at(1_000)), None);
    let enough: Vec<Timestamp> = (0..6).rev().map(at).collect();
    assert!(silent(&enough, None, at(1_000)).is_some());
    assert_eq!(silent(&enough, Some(at(999)), at(1_000)), None, "undated items count when they came");
    assert_eq!(silent(&[], None, at(1_000)), None);
}
