use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::*;
use crate::domain::time::SignedDuration;
use crate::domain::{Author, Item, Network, Visibility};
use crate::engine::alerts::{Note, ten_minutes};
use crate::engine::answering::AnsweringSettings;
use crate::engine::collector::Shared;
use crate::engine::doubles::town::Scene;
use crate::measure::hours::WorkingHours;
use crate::measure::lateness::Lateness;
use crate::store::{Adopted, Fingerprint, NewMention, PollOutcome, RecordBatch, Roster, RosterSource};

fn complaint(name: &str, now: Timestamp, visibility: Visibility) -> NewMention {
    NewMention {
        item: Item {
            native_id: name.into(),
            text: format!("the chain of {name}"),
            author: Author { handle: Some(name.into()), ..Author::default() },
            visibility,
            ..Item::default()
        },
        first_seen: now,
        history: false,
        read: false,
        lang: None,
        matches: vec![],
        readings: vec![],
        need: Some(AnsweringSettings::default().need(Default::default(), None, 0.0, now)),
        fingerprint: Fingerprint::default(),
        content: 1,
    }
}

async fn record(shared: &Shared, mentions: Vec<NewMention>) {
    let now = shared.clock.now();
    let lease = shared.keeper.valid(1).await.unwrap();
    let sources = vec![RosterSource::alone("news", Network::FEED)];
    let source = shared.store.adopt(&Roster { sources, ..Roster::default() }).await.unwrap().sources[0];
    let batch = RecordBatch { mentions, ..RecordBatch::empty(source, PollOutcome::worked(now, true)) };
    shared.store.record(&lease, &batch).await.unwrap();
}

/// Alerts at work for as long as the set lives.
fn start(shared: &Arc<Shared>, mut notes: mpsc::Receiver<Note>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let alerts = Alerts::new(Arc::clone(shared), || Arc::new(Adopted::default()), 1, ten_minutes);
    tasks.spawn(async move { alerts.run(&mut notes).await });
    tasks
}

fn told(scene: &Scene) -> Vec<(SignalKind, String)> {
    scene.store.look(|inside| inside.signals.iter().map(|signal| (signal.kind, signal.text.to_string())).collect())
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_late_case_is_told_once_and_in_time() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    sleep(MINUTE).await;
    record(&shared, vec![complaint("kim", shared.clock.now(), Visibility::Public)]).await;
    sleep(10 * MINUTE - Duration::from_secs(2)).await;
    assert_eq!(told(&scene), []);
    sleep(Duration::from_secs(4)).await;
    let text = "kim has waited for 10 min: the chain of kim".to_owned();
    assert_eq!(told(&scene), [(SignalKind::Late, text)]);
    sleep(120 * MINUTE).await;
    assert_eq!(told(&scene).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_public_is_told_without_its_words() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    record(&shared, vec![complaint("kim", shared.clock.now(), Visibility::Private)]).await;
    sleep(11 * MINUTE).await;
    let text = told(&scene).remove(0).1;
    assert_eq!(text, "somebody has waited for an answer for 10 min (not public)");
    scene.store.promise(0, "a secret refund", shared.clock.now() + SignedDuration::from_secs(90));
    sleep(3 * MINUTE).await;
    let (kind, text) = told(&scene).remove(1);
    assert_eq!((kind, text.as_str()), (SignalKind::PromiseDue, "a promise in a case that is not public is due"));
}

#[tokio::test(start_paused = true)]
async fn a_deluge_is_a_few_lines() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    // One every ten seconds for an hour: 360 go late over an hour.
    for number in 0..360 {
        record(&shared, vec![complaint(&format!("p{number}"), shared.clock.now(), Visibility::Public)]).await;
        sleep(Duration::from_secs(10)).await;
    }
    sleep(20 * MINUTE).await;
    let told = told(&scene);
    assert!(told.len() <= 15, "{} lines: {told:?}", told.len());
    let counted: u64 = told
        .iter()
        .map(|(_, text)| text.split_once(" cases are late").map_or(1, |(count, _)| count.parse().unwrap()))
        .sum();
    assert_eq!(counted, 360, "each once");
}

#[tokio::test(start_paused = true)]
async fn with_working_hours_the_night_makes_nothing_late() {
    let scene = Scene::new();
    let (shared, mut notes) = scene.shared().await;
    let began = shared.clock.now();
    // Somebody is there from an hour after the complaint on.
    let clock = |minutes| {
        (began + SignedDuration::from_mins(minutes)).to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string()
    };
    let text = format!("Mon-Sun {}-{}", clock(60), clock(9 * 60));
    let hours = WorkingHours::parse(&text, jiff::tz::TimeZone::UTC).unwrap();
    let lateness = Lateness::new(SignedDuration::from_mins(10), Some(hours));
    let mut tasks = JoinSet::new();
    let alerts = Alerts::new(Arc::clone(&shared), || Arc::new(Adopted::default()), 1, move || lateness.clone());
    tasks.spawn(async move { alerts.run(&mut notes).await });
    record(&shared, vec![complaint("kim", began, Visibility::Public)]).await;
    sleep(68 * MINUTE).await;
    assert_eq!(told(&scene), [], "work began eight minutes ago");
    sleep(3 * MINUTE).await;
    assert_eq!(told(&scene).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [SignalKind::Late]);
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_is_told_once_when_its_time_is_over() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    let now = shared.clock.now();
    record(&shared, vec![complaint("kim", now, Visibility::Public), complaint("lou", now, Visibility::Private)]).await;
    for case in 0..2 {
        scene.store.hand_over(case, "Ana by e-mail", now + SignedDuration::from_mins(5));
    }
    sleep(4 * MINUTE).await;
    assert_eq!(told(&scene), []);
    sleep(2 * MINUTE).await;
    let texts = [
        "kim was handed over to Ana by e-mail: overdue and still open",
        "a case that is not public was handed over, and is overdue and still open",
    ];
    assert_eq!(told(&scene), texts.map(|text| (SignalKind::HandOverDue, text.to_owned())));
    sleep(60 * MINUTE).await;
    assert_eq!(told(&scene).len(), 2, "once");
    let many = (0..9).map(|n| complaint(&format!("p{n}"), shared.clock.now(), Visibility::Public)).collect();
    record(&shared, many).await;
    for case in 2..11 {
        scene.store.hand_over(case, "the shop", shared.clock.now());
    }
    sleep(2 * MINUTE).await;
    assert_eq!(told(&scene).pop().unwrap().1, "9 cases that were handed over are overdue and still open");
}

#[tokio::test(start_paused = true)]
async fn promises_are_told_when_they_are_due() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    record(&shared, vec![complaint("kim", shared.clock.now(), Visibility::Public)]).await;
    let due = shared.clock.now() + SignedDuration::from_mins(5);
    for text in ["a refund", "a call"] {
        scene.store.promise(0, text, due);
    }
    sleep(6 * MINUTE).await;
    let texts: Vec<String> = told(&scene).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["a promise to kim is due: a refund", "a promise to kim is due: a call"]);
    for number in 0..40 {
        scene.store.promise(0, &number.to_string(), due);
    }
    sleep(2 * MINUTE).await;
    assert_eq!(told(&scene).pop().unwrap().1, "40 promises are due and not kept");
}
