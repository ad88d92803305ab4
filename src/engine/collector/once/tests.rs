use std::sync::Arc;

use super::*;
use crate::domain::Clock;
use crate::domain::time::SignedDuration;
use crate::engine::doubles::town::{drain, plan, settle};
use crate::engine::doubles::{MemoryStore, PausedClock, Script, Step, item, source, stream};
use crate::engine::{Engine, EngineError, EnginePlan, poll_all_once};
use crate::sources::{Batch, Retry, Source, SourceErrorKind};

const SECOND: Duration = Duration::from_secs(1);

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
        let result = poll_all_once(self.plan(sources), &CancellationToken::new(), SECOND * 60, &mut progress).await;
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

/// What a stream tells after a second when it is so far behind.
fn behind(seconds: i64) -> Step {
    let remarks = vec![format!("{seconds} seconds behind the network: catching up")];
    let behind = Some(SignedDuration::from_secs(seconds));
    Step::Told(SECOND, Batch { behind, remarks, items: vec![item("x", "x", -60)], ..Batch::default() })
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_read_until_it_has_caught_up() {
    let scene = Scene::new();
    let live = Script::new(vec![behind(9_000), behind(4_000), behind(600), behind(3), behind(1)]);
    let (reports, progress) = scene.run(vec![stream("live", "a.example", &live)]).await;
    let report = reports.unwrap().remove(0);
    assert_eq!((live.asked(), report.items, report.unfinished), (4, 4, None));
    assert_eq!(report.behind.unwrap().as_secs(), 3);
    assert_eq!(
        report.remarks.iter().map(SafeText::as_str).collect::<Vec<_>>(),
        ["3 seconds behind the network: catching up"]
    );
    assert_eq!(progress.len(), 1);
    assert_eq!(scene.store.source("live").cursor, "c4");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_catch_up_ends_in_time_and_says_how_far_behind_it_is() {
    let scene = Scene::new();
    let script = |last: Step| Script::new(vec![behind(9_000), behind(8_000), last]);
    let (slow, stuck, deaf) = (script(behind(7_200)), script(Step::Hang), Script::new(vec![Step::Hang]));
    let sources = vec![
        stream("slow", "a.example", &slow),
        stream("stuck", "b.example", &stuck),
        stream("deaf", "c.example", &deaf),
    ];
    let begun = tokio::time::Instant::now();
    let (reports, _) = scene.run(sources).await;
    let reports = reports.unwrap();
    assert!(begun.elapsed() < SECOND * 63, "{:?}", begun.elapsed());
    let told = |at: usize| reports[at].unfinished.as_ref().map(SafeText::to_string).unwrap_or_default();
    assert!(told(0).starts_with("still 2 h behind: give it longer (`--for 5m`)"), "{}", told(0));
    assert!(told(1).starts_with("still 2 h behind"), "{}", told(1));
    assert!(slow.asked() > 50 && reports[0].error.is_none() && reports[1].error.is_none());
    assert!(reports[2].error.as_ref().unwrap().as_str().contains("no answer within 60 s"), "{:?}", reports[2]);
    assert_eq!(scene.store.source("stuck").cursor, "c2");
    assert!(scene.store.look(|inside| inside.lease.is_none()));
}

#[tokio::test(start_paused = true)]
async fn pages_without_end_are_read_for_as_long_as_there_is_time() {
    let scene = Scene::new();
    let page =
        |id: usize, more| Step::Answer(Batch { items: vec![item(&id.to_string(), "x", -5)], more, ..Batch::default() });
    let many = Script::new((0..50).map(|id| page(id, id < 49)).collect());
    let endless = Script::new(vec![page(99, true)]);
    let sources = vec![source("many", "a.example", &many), source("endless", "b.example", &endless)];
    let (reports, progress) = scene.run(sources).await;
    let reports = reports.unwrap();
    assert_eq!((many.asked(), reports[0].new, reports[0].unfinished.is_none()), (50, 50, true));
    assert!(reports[1].unfinished.as_ref().unwrap().as_str().starts_with("there is more to read"));
    assert!(reports[1].took < SECOND * 61 && endless.asked() > 1_000);
    assert_eq!(progress.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_holds_back_by_itself_is_told_and_no_failure() {
    let scene = Scene::new();
    let until = scene.clock.now() + SignedDuration::from_mins(30);
    let script = Script::new(vec![Step::Wait(until)]);
    let (reports, _) = scene.run(vec![source("news", "a.example", &script)]).await;
    let report = reports.unwrap().remove(0);
    assert_eq!((report.waits, report.error, report.remarks.len()), (Some(until), None, 1));
    let (reports, _) = scene.run(vec![source("news", "a.example", &script)]).await;
    let report = reports.unwrap().remove(0);
    assert_eq!((script.asked(), report.waits, report.error), (1, Some(until), None), "nor is it asked before");
}
