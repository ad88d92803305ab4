use std::time::Duration;

use super::*;
use crate::domain::{Item, SignalKind};
use crate::engine::doubles::town::{Scene, pass};
use crate::engine::doubles::{Script, Step, item, source};

const SECOND: Duration = Duration::from_secs(1);

/// So many posts within some minutes before `minute`.
fn posts(name: &str, count: i64, minute: i64, text: &str) -> Vec<Item> {
    (0..count).map(|number| item(&format!("{name}{number}"), text, minute - number % 10)).collect()
}

/// A usual week: two posts an hour.
fn week() -> Vec<Item> {
    (1..168).flat_map(|hour| posts(&format!("h{hour}-"), 2, -60 * hour - 60, "a quiet ride with Ferris")).collect()
}

async fn signals(scene: &Scene) -> Vec<String> {
    scene.store.look(|inside| {
        let spikes = inside.signals.iter().filter(|signal| signal.kind == SignalKind::Spike);
        spikes.map(|signal| signal.text.to_string()).collect()
    })
}

#[tokio::test(start_paused = true)]
async fn a_spike_is_told_with_its_words_its_mood_and_its_source() {
    let scene = Scene::new();
    let mut items = week();
    items.extend(posts("now", 40, -2, "Ferris stems recalled, mine is broken"));
    let script = Script::new(vec![Step::items(items)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND * 4).await;
    let told = signals(&scene).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Ferris: 40 mentions within the hour instead of about 2 ("), "{}", told[0]);
    for part in ["recalled", "stems", "100 % negative", "100 % from news"] {
        assert!(told[0].contains(part), "{part}: {}", told[0]);
    }
    assert!(!told[0].contains("ferris,"), "its own name is no news: {}", told[0]);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_source_that_reaches_back_only_a_little_is_no_spike() {
    let scene = Scene::new();
    let (old, new) =
        (Script::new(vec![Step::items(week())]), Script::new(vec![Step::items(posts("now", 40, -2, "Ferris"))]));
    let sources = vec![source("old", "a.example", &old), source("new", "b.example", &new)];
    let (handle, _events) = scene.start(sources).await;
    pass(SECOND * 4).await;
    assert_eq!(scene.store.texts().len(), 334 + 40);
    assert!(signals(&scene).await.is_empty());
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_brand_that_nobody_speaks_of_can_have_a_spike() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![]), Step::items(posts("now", 40, 58, "Ferris is broken"))]);
    let slow = crate::sources::Source {
        shortest: SignedDuration::from_hours(20),
        longest: SignedDuration::from_hours(20),
        ..source("news", "a.example", &script)
    };
    let (handle, _events) = scene.start(vec![slow]).await;
    pass(SECOND * 3_600).await;
    handle.refresh(None);
    pass(SECOND * 4).await;
    assert!(signals(&scene).await.is_empty(), "an hour after the first poll nobody knows what is usual");
    handle.shutdown().await;

    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![]), Step::items(posts("now", 40, 60 * 20 - 2, "Ferris is broken"))]);
    let slow = crate::sources::Source {
        shortest: SignedDuration::from_hours(20),
        longest: SignedDuration::from_hours(20),
        ..source("news", "a.example", &script)
    };
    let (handle, _events) = scene.start(vec![slow]).await;
    pass(SECOND * (3_600 * 20 + 10)).await;
    assert_eq!(signals(&scene).await.len(), 1);
    handle.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_back_filled_makes_no_spike() {
    let scene = Scene::new();
    let undated = posts("now", 40, -2, "Ferris").into_iter().map(|item| Item { claimed: None, ..item });
    let mut items = week();
    items.extend(undated);
    items.push(item("one", "Ferris", -1));
    let script = Script::new(vec![Step::items(items)]);
    let (handle, _events) = scene.start(vec![source("news", "a.example", &script)]).await;
    pass(SECOND * 4).await;
    assert!(signals(&scene).await.is_empty());
    handle.shutdown().await;
}

#[test]
fn the_same_hour_of_earlier_days_is_found() {
    let mut hours = vec![Counts::default(); 168];
    for day in 1..=7 {
        hours[168 - 24 * day].neutral = 30;
    }
    // Thirty mentions at this hour of the day are usual, though the hours directly before were empty.
    assert!(judge(30, &hours, hours.len()).is_none());
    assert!(judge(130, &hours, hours.len()).is_some());
    assert!(judge(30, &hours[1..], hours.len() - 1).is_none(), "six days are as good");
    assert!(judge(30, &vec![Counts::default(); 168], 2).is_none(), "two known hours are too few");
}

#[test]
fn the_hour_ends_with_the_present_quarter() {
    let at = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(end_of_hour(at(900 * 10 + 1)), at(900 * 11));
    assert_eq!(end_of_hour(at(900 * 10)), at(900 * 11));
}
