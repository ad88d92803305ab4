use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::*;
use crate::domain::{Item, SourceId};
use crate::engine::alerts::Note;
use crate::engine::collector::Shared;
use crate::engine::doubles::town::Scene;
use crate::measure::lateness::Lateness;
use crate::store::{Adopted, NewAct};

const LETTER: &str = "Sorry to hear that! Please send us a message with your order number.";

fn reply(scene: &Scene, number: usize, text: &str, now: Timestamp, history: bool) {
    let item = Item {
        native_id: number.to_string(),
        text: text.to_owned(),
        parent: Some(format!("p{number}")),
        claimed: Some(now),
        own: true,
        ..Item::default()
    };
    let act = NewAct { item, first_seen: now, history, lang: None, content: 1 };
    scene.store.look(|inside| inside.acts.push((act.clone(), SourceId(1), None)));
}

fn start(shared: &Arc<Shared>, mut notes: mpsc::Receiver<Note>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let lateness = || Lateness::new(SignedDuration::from_mins(10), None);
    let alerts = Alerts::new(Arc::clone(shared), || Arc::new(Adopted::default()), 1, lateness);
    tasks.spawn(async move { alerts.run(&mut notes).await });
    tasks
}

fn told(scene: &Scene) -> Vec<String> {
    scene.store.look(|inside| {
        let signals = inside.signals.iter().filter(|signal| signal.kind == SignalKind::Canned);
        signals.map(|signal| signal.text.to_string()).collect()
    })
}

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test(start_paused = true)]
async fn canned_replies_are_told_once_a_week() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    let _alerts = start(&shared, notes);
    for number in 0..7 {
        reply(&scene, number, LETTER, shared.clock.now(), false);
    }
    sleep(2 * HOUR).await;
    assert!(told(&scene).is_empty(), "too few to say");
    reply(&scene, 7, "We do not ship to Iceland yet, but the shop in Oslo does.", shared.clock.now(), false);
    sleep(HOUR).await;
    let first = told(&scene);
    assert_eq!(first.len(), 1);
    assert!(first[0].contains("6 of the last 8"), "{first:?}");
    sleep(6 * 24 * HOUR).await;
    assert_eq!(told(&scene).len(), 1);
    sleep(2 * 24 * HOUR).await;
    assert_eq!(told(&scene).len(), 2, "still so a week later");
}

#[tokio::test(start_paused = true)]
async fn what_was_back_filled_raises_nothing_and_another_process_s_word_counts() {
    let scene = Scene::new();
    let (shared, notes) = scene.shared().await;
    for number in 0..20 {
        reply(&scene, number, LETTER, shared.clock.now(), true);
    }
    let _alerts = start(&shared, notes);
    sleep(3 * HOUR).await;
    assert!(told(&scene).is_empty());
    let (now, earlier) = (shared.clock.now(), SignedDuration::from_hours(24));
    scene.store.look(|inside| {
        inside.signals.push(crate::domain::Signal {
            id: crate::domain::SignalId(1),
            kind: SignalKind::Canned,
            at: now - earlier,
            subject: None,
            source: None,
            text: crate::domain::SafeText::line("told", 9),
            seen: false,
        });
    });
    for number in 20..40 {
        reply(&scene, number, LETTER, now, false);
    }
    sleep(24 * HOUR).await;
    assert_eq!(told(&scene), ["told"]);
}
