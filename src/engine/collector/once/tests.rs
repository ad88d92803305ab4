use std::sync::Arc;

use super::*;
use crate::domain::Clock;
use crate::domain::time::SignedDuration;
use crate::engine::doubles::town::{drain, plan, settle};
use crate::engine::doubles::{MemoryStore, PausedClock, Script, Step, item, source, stream};
use crate::engine::{Engine, EngineError, EnginePlan, poll_all_once};
use crate::sources::{Batch, Retry, Source, SourceErrorKind};

struct Scene {
    store: Arc<MemoryStore>,
    clock: Arc<PausedClock>,
}

impl Scene {
    fn new() -> Self {
        Self { store: Arc::default(), clock: PausedClock::new() }
    }

    fn plan(&self, sources: Vec<Source>) -> EnginePlan {
        plan(&self.store, &self.clock, "once", sources)
    }

    async fn run(&self, sources: Vec<Source>) -> (Result<Vec<OnceReport>, EngineError>, Vec<(String, usize, usize)>) {
        let mut seen = Vec::new();
        let mut progress = |report: &OnceReport, ended, total| seen.push((report.name.clone(), ended, total));
        let result = poll_all_once(self.plan(sources), &CancellationToken::new(), &mut progress).await;
        (result, seen)
    }
}

#[tokio::test(start_paused = true)]
async fn every_source_is_asked_once_and_reported_in_order() {
    let scene = Scene::new();
    let good = Script::new(vec![Step::Slow(Duration::from_secs(1), vec![item("a", "x", -5), item("b", "y", -5)])]);
    let bad = Script::new(vec![Step::Fail(SourceErrorKind::ServerTrouble, Retry::BackOff)]);
    let same = Script::new(vec![Step::Answer(Batch { unchanged: true, ..Batch::default() })]);
    let sources = || {
        vec![source("good", "a.example", &good), source("bad", "b.example", &bad), source("same", "b.example", &same)]
    };
    let (reports, progress) = scene.run(sources()).await;
    let reports = reports.unwrap();
    assert_eq!(reports.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["good", "bad", "same"]);
    assert_eq!((reports[0].items, reports[0].new), (2, 2));
    assert!(reports[0].took >= Duration::from_secs(1));
    assert_eq!(reports[1].error.as_ref().unwrap().as_str(), "it did not work: look at it");
    assert!(reports[2].unchanged && reports[2].error.is_none());
    assert_eq!(progress.iter().map(|(_, ended, total)| (*ended, *total)).collect::<Vec<_>>(), [(1, 3), (2, 3), (3, 3)]);
    assert_eq!(progress[2].0, "good", "the slowest ends last");
    assert!(scene.store.look(|inside| inside.lease.is_none()), "the lease is given back");

    // Again at once: nothing waits for its interval, or for our own back-off.
    let (reports, _) = scene.run(sources()).await;
    assert_eq!(reports.unwrap()[0].new, 0);
    assert_eq!((good.asked(), bad.asked(), same.asked()), (2, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_moment_that_a_server_named_is_kept_from_one_run_to_the_next() {
    let scene = Scene::new();
    let until = scene.clock.now() + SignedDuration::from_mins(30);
    let script = Script::new(vec![Step::Fail(SourceErrorKind::TooMany, Retry::NotBefore(until))]);
    scene.run(vec![source("news", "a.example", &script)]).await.0.unwrap();
    let (reports, progress) = scene.run(vec![source("news", "a.example", &script)]).await;
    let reports = reports.unwrap();
    assert_eq!((script.asked(), reports[0].waits), (1, Some(until)));
    assert!(reports[0].error.is_some());
    assert_eq!(progress.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_asks_for_rest_ends_the_turn_of_its_other_sources() {
    let scene = Scene::new();
    let until = scene.clock.now() + SignedDuration::from_mins(30);
    let first = Script::new(vec![Step::FailHost(Retry::NotBefore(until))]);
    let second = Script::new(vec![Step::items(vec![])]);
    let sources = vec![source("first", "a.example", &first), source("second", "a.example", &second)];
    let (reports, progress) = scene.run(sources).await;
    assert_eq!(reports.unwrap()[1].waits, Some(until));
    assert_eq!((second.asked(), progress.len()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn pages_of_one_source_add_up() {
    let scene = Scene::new();
    let page = |id: &str, more| Step::Answer(Batch { items: vec![item(id, id, -5)], more, ..Batch::default() });
    let script = Script::new(vec![page("a", true), page("b", false)]);
    let (reports, progress) = scene.run(vec![source("news", "a.example", &script)]).await;
    assert_eq!(reports.unwrap()[0].new, 2);
    assert_eq!(progress.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_another_process_collects_it_says_so() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::items(vec![])]);
    let holder =
        Engine::start(plan(&scene.store, &scene.clock, "dashboard", vec![source("news", "a.example", &script)]));
    let holder = holder.await.unwrap();
    let mut events = holder.subscribe();
    settle().await;
    let (result, _) = scene.run(vec![source("news", "a.example", &script)]).await;
    assert!(matches!(result, Err(EngineError::Held { holder }) if holder == "dashboard"));
    assert!(!drain(&mut events).is_empty());
    holder.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_ends_the_run_with_what_to_do() {
    let scene = Scene::new();
    scene.store.fill(1);
    let script = Script::new(vec![Step::items(vec![item("a", "x", -5)])]);
    let (result, _) = scene.run(vec![source("news", "a.example", &script)]).await;
    assert!(result.unwrap_err().to_string().contains("make room"));
    assert_eq!(scene.store.source("news").cursor, "");
}

#[tokio::test(start_paused = true)]
async fn two_hundred_hosts_are_asked_side_by_side() {
    let scene = Scene::new();
    let script = Script::new(vec![Step::Slow(Duration::from_secs(1), vec![item("a", "x", -5)])]);
    let sources = (0..200).map(|number| source(&format!("{number}"), &format!("{number}.example"), &script)).collect();
    let begun = tokio::time::Instant::now();
    let (reports, _) = scene.run(sources).await;
    assert_eq!(reports.unwrap().iter().map(|report| report.new).sum::<usize>(), 200);
    assert_eq!(script.load.lock().unwrap().1, 4, "as many at once as there are workers");
    assert!(begun.elapsed() < Duration::from_secs(53), "no worker rests: {:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn of_a_stream_one_batch_has_to_do() {
    let scene = Scene::new();
    let live = Script::new(vec![Step::told(vec![item("a", "x", 0)])]);
    let poll = Script::new(vec![Step::Slow(Duration::from_secs(60), vec![item("b", "y", -5)])]);
    let sources = vec![stream("live", "a.example", &live), source("poll", "a.example", &poll)];
    let (reports, progress) = scene.run(sources).await;
    let reports = reports.unwrap();
    assert_eq!(reports.iter().map(|report| report.new).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(progress.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["live", "poll"]);
    assert_eq!(live.asked(), 1);
}
