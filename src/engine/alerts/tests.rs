use super::*;
use crate::domain::{Item, Network, Reading, Role, SourceId, Subject, Timestamp, WatchId, WatchRule};
use crate::engine::doubles::START;
use crate::engine::doubles::town::{Scene, drain, pass};
use crate::engine::event::Event;
use crate::store::Fingerprint;

fn adopted() -> Arc<Adopted> {
    let watch = WatchRule {
        id: WatchId(7),
        subject: SubjectId(1),
        name: "brand".into(),
        query: "ferris".into(),
        context: Vec::new(),
    };
    Arc::new(Adopted {
        subjects: vec![Subject { id: SubjectId(1), name: "Ferris".into(), role: Role::Brand }],
        watches: vec![watch],
        sources: vec![SourceId(1)],
    })
}

fn news() -> Arc<SourceInfo> {
    Arc::new(SourceInfo { id: SourceId(1), name: "news".into(), network: Network::FEED, everything: false })
}

fn mention(history: bool, about: bool) -> NewMention {
    NewMention {
        item: Item::default(),
        first_seen: Timestamp::from_second(START).unwrap(),
        history,
        read: false,
        lang: None,
        matches: vec![],
        readings: vec![Reading { subject: SubjectId(1), about, sentiment: None, intents: Default::default() }],
        need: None,
        fingerprint: Fingerprint::default(),
        content: 0,
    }
}

#[test]
fn back_filled_history_leaves_no_note() {
    assert!(Note::committed(&[mention(true, true), mention(false, false)]).is_none());
    let mut private = mention(false, true);
    private.item.visibility = crate::domain::Visibility::Private;
    assert!(Note::committed(&[private]).is_none(), "nor does what is not public");
    let note = Note::committed(&[mention(true, true), mention(false, true), mention(false, true)]);
    assert!(matches!(note, Some(Note::Committed(subjects)) if subjects == [SubjectId(1)]));
}

#[tokio::test(start_paused = true)]
async fn a_subject_is_looked_at_soon_and_then_at_most_once_a_minute() {
    let mut rounds = Rounds::default();
    let start = Instant::now();
    rounds.note(SubjectId(1), start);
    rounds.note(SubjectId(1), start + Duration::from_secs(1));
    assert_eq!(rounds.next(), Some(start + SETTLE), "the first note sets the time");
    assert!(rounds.take_due(start).is_empty());
    assert_eq!(rounds.take_due(start + SETTLE), [SubjectId(1)]);
    assert_eq!(rounds.next(), None, "nothing to do, nothing to wait for");
    rounds.note(SubjectId(1), start + SETTLE);
    rounds.note(SubjectId(2), start + SETTLE);
    assert_eq!(rounds.take_due(start + SETTLE * 2), [SubjectId(2)]);
    assert_eq!(rounds.next(), Some(start + SETTLE + AT_MOST_EVERY));
}

#[tokio::test(start_paused = true)]
async fn notes_become_signals_that_say_what_and_what_to_do_and_are_told_once_an_hour() {
    let scene = Scene::new();
    let (shared, mut notes) = scene.shared().await;
    let mut events = shared.herald.subscribe();
    let alerts = Alerts::new(Arc::clone(&shared), adopted, 1, ten_minutes);
    let flood = Flood { watch: WatchId(7), an_hour: 601, source: None };
    let telling = async {
        for _ in 0..2 {
            shared.note(Note::Flood { flood, source: news() });
            shared.note(Note::Stopped { source: news(), trouble: SafeText::line("gone: look for another feed", 80) });
            shared.note(Note::Silent { source: news(), words: "nothing for 3 days".into() });
            shared.note(Note::Away { sources: 9 });
            pass(Duration::from_secs(10)).await;
        }
    };
    tokio::select! { () = alerts.run(&mut notes) => panic!("there may be more notes"), () = telling => {} }
    let texts: Vec<String> = scene.store.look(|inside| inside.signals.iter().map(|s| s.text.to_string()).collect());
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].contains("`brand` floods: 601 mentions") && texts[0].contains("NOT"), "{}", texts[0]);
    assert!(texts[1].contains("news is not asked any more: gone: look for another feed"));
    assert!(texts[2].contains("news fell silent: nothing for 3 days"));
    assert!(texts[3].contains("none of the 9 sources"));
    let told = drain(&mut events);
    let told: Vec<_> = told.iter().filter(|event| matches!(event, Event::Signal(signal) if signal.id.0 > 0)).collect();
    assert_eq!(told.len(), 4, "told after they were stored, each once");
}

#[tokio::test(start_paused = true)]
async fn alerts_end_with_the_lease() {
    let scene = Scene::new();
    let (shared, mut notes) = scene.shared().await;
    scene.store.look(|inside| inside.lease.as_mut().unwrap().epoch += 1);
    shared.note(Note::Away { sources: 2 });
    Alerts::new(shared, adopted, 1, ten_minutes).run(&mut notes).await;
    assert!(scene.store.look(|inside| inside.signals.is_empty()));
}
