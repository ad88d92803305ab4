//! Roster, outcomes, signals, versions, copies.

use super::*;
use crate::domain::{SafeText, Signal, SignalId, SignalKind};

pub(crate) fn signal(kind: SignalKind, second: i64, subject: Option<SubjectId>) -> Signal {
    let text = SafeText::line("many more than usual", 100);
    Signal { id: SignalId(0), kind, at: at(second), subject, source: None, text, seen: false }
}

pub(crate) async fn the_roster_gets_numbers(grounds: &dyn Grounds) {
    let store = grounds.open().await;
    assert_eq!(store.adopted().await.unwrap(), Adopted::default());
    let first = store.adopt(&roster()).await.unwrap();
    assert_eq!(store.adopted().await.unwrap(), first);
    assert_eq!(store.adopt(&roster()).await.unwrap(), first);
    let names: Vec<&str> = first.subjects.iter().map(|subject| subject.name.as_str()).collect();
    assert_eq!(names, ["Ferris", "Rival"]);
    assert_eq!(first.watches[1].subject, first.subjects[1].id);
    assert_eq!(first.watches[0].context, ["bike"]);
    let states = store.sources().await.unwrap();
    assert_eq!(states.iter().map(|state| state.id).collect::<Vec<_>>(), first.sources);
    assert_eq!(states[2].network.name(), "mastodon");
    assert_eq!((states[0].health, states[0].cursor.as_str(), states[0].mentions), (SourceHealth::New, "", 0));
}

pub(crate) async fn what_left_the_roster_keeps_its_rows(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0)]).await;
    let mut smaller = roster();
    smaller.sources.swap(0, 2);
    smaller.sources.truncate(2);
    smaller.watches.remove(0);
    smaller.watches[0].query = "other".into();
    let adopted = town.store.adopt(&smaller).await.unwrap();
    assert_eq!(adopted.sources, [town.source(2), town.source(1)]);
    assert_eq!(adopted.watches.len(), 1);
    assert_eq!((adopted.watches[0].id, adopted.watches[0].query.as_str()), (town.adopted.watches[1].id, "other"));
    assert_eq!(town.store.sources().await.unwrap().len(), 2);

    let row = town.page(&everything()).await.remove(0);
    assert_eq!(row.source, town.source(0));
    let whole = town.store.mention(row.id).await.unwrap().unwrap();
    assert_eq!(whole.watches, [(town.watch(), "ferris".to_owned())]);
    // It comes back under its old number.
    assert_eq!(town.store.adopt(&roster()).await.unwrap(), town.adopted);
    assert_eq!(town.store.sources().await.unwrap()[0].mentions, 1);
}

pub(crate) async fn who_comes_for_one_errand_takes_nothing_away(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (store, hour) = (&town.store, SignedDuration::from_hours(1));
    if let LeaseState::Ours(lease) = store.take_lease("town", at(NOW), hour).await.unwrap() {
        store.release_lease(&lease).await.unwrap();
    }
    let mut other = roster();
    other.sources.drain(1..);
    other.sources.push(RosterSource::alone("new", Network::FEED));
    other.watches.truncate(1);
    other.watches[0].query = "other".into();
    // While somebody collects, all stays as it is: an unknown source has a number and no place.
    store.take_lease("collector", at(NOW), hour).await.unwrap();
    let joined = store.join(&other, "errand", at(NOW)).await.unwrap();
    assert_eq!((&joined.subjects, &joined.watches), (&town.adopted.subjects, &town.adopted.watches));
    assert_eq!((joined.sources.len(), joined.sources[0]), (2, town.source(0)));
    assert!(!town.adopted.sources.contains(&joined.sources[1]));
    assert_eq!(store.adopted().await.unwrap(), town.adopted);
    assert_eq!(store.join(&other, "errand", at(NOW)).await.unwrap(), joined, "under the same number");
    // Who collects may say something of it; nothing goes because the errand's roster lacks it.
    let joined = store.join(&other, "collector", at(NOW)).await.unwrap();
    let now = store.adopted().await.unwrap();
    assert_eq!(now.sources.len(), town.adopted.sources.len() + 1);
    assert_eq!(now.sources.last(), joined.sources.last());
    assert_eq!(now.watches.iter().map(|watch| watch.query.as_str()).collect::<Vec<_>>(), ["other", "\"rival\""]);
    // A roster for another brand says nothing of subjects and watches.
    let mut strange = other.clone();
    strange.subjects = vec![("Strange".into(), Role::Brand)];
    strange.watches.clear();
    store.join(&strange, "", at(NOW + 7_200)).await.unwrap();
    assert_eq!(store.adopted().await.unwrap(), now);
    // What is imported from is never asked.
    let import = store.source_apart("import", &Network::FEED).await.unwrap();
    assert_eq!(store.source_apart("import", &Network::FEED).await.unwrap(), import);
    assert_eq!(store.source_apart("paper", &Network::FEED).await.unwrap(), town.source(0));
    assert!(store.source_apart("paper", &Network::named("mastodon")).await.is_err());
    assert_eq!(store.adopted().await.unwrap(), now);
}

pub(crate) async fn a_roster_that_contradicts_itself(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut twice = roster();
    twice.sources.push(twice.sources[0].clone());
    assert!(town.store.adopt(&twice).await.unwrap_err().to_string().contains("paper"));
    let mut orphan = roster();
    orphan.watches[0].subject = "nobody".into();
    assert!(town.store.adopt(&orphan).await.unwrap_err().to_string().contains("nobody"));
    assert_eq!(town.store.adopted().await.unwrap(), town.adopted);
}

pub(crate) async fn outcomes_are_remembered(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(1, vec![town.mention("a", 0)]).await;
    let mut failed = town.batch(1, vec![]);
    failed.outcome = PollOutcome {
        at: at(NOW + 60),
        health: SourceHealth::Failing,
        trouble: "refused: ask again later".into(),
        failures: 3,
        next: None,
        interval: SignedDuration::from_mins(20),
        fresh: false,
        live: false,
        meters: Vec::new(),
    };
    town.store.record(&town.lease, &failed).await.unwrap();
    let state = town.store.sources().await.unwrap().remove(1);
    assert_eq!(
        (state.health, state.failures, state.trouble.as_str()),
        (SourceHealth::Failing, 3, "refused: ask again later")
    );
    assert_eq!((state.polled, state.answered, state.fresh), (Some(at(NOW + 60)), Some(at(NOW)), Some(at(NOW))));
    assert_eq!((state.next, state.interval), (None, Some(SignedDuration::from_mins(20))));
    assert_eq!((state.mentions, state.cursor.as_str()), (1, "cursor"));
}

pub(crate) async fn signals_are_raised_once_an_hour(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let raise = async |signal: Signal| town.store.raise(&town.lease, &signal).await.unwrap();
    let first = raise(signal(SignalKind::Spike, NOW, Some(town.brand()))).await;
    assert!(first.is_some());
    assert!(raise(signal(SignalKind::Late, NOW, None)).await.is_some());
    assert!(raise(signal(SignalKind::Late, NOW + 1, None)).await.is_some(), "always news");
    assert_eq!(raise(signal(SignalKind::Spike, NOW + 3_599, Some(town.brand()))).await, None);
    assert!(raise(signal(SignalKind::Spike, NOW + 10, Some(town.rival()))).await.is_some());
    assert!(raise(signal(SignalKind::Spike, NOW + 10, None)).await.is_some());
    assert_eq!(raise(signal(SignalKind::Spike, NOW + 11, None)).await, None);
    assert!(raise(signal(SignalKind::Flood, NOW + 10, Some(town.brand()))).await.is_some());
    let of_source = Signal { source: Some(town.source(0)), ..signal(SignalKind::Silence, NOW + 12, None) };
    assert!(raise(of_source.clone()).await.is_some());
    assert_eq!(raise(of_source).await, None);
    assert!(raise(signal(SignalKind::Spike, NOW + 3_600, Some(town.brand()))).await.is_some());
    let newest = town.store.signals(2).await.unwrap();
    assert_eq!(newest.iter().map(|signal| signal.at).collect::<Vec<_>>(), [at(NOW + 3_600), at(NOW + 12)]);
    assert_eq!(town.store.signals(100).await.unwrap().len(), 8);
}

pub(crate) async fn signals_are_seen(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let raised = signal(SignalKind::Flood, NOW, Some(town.brand()));
    let id = town.store.raise(&town.lease, &raised).await.unwrap().unwrap();
    assert_eq!(town.store.signals(9).await.unwrap(), [Signal { id, ..raised.clone() }]);
    town.store.see_signal(id).await.unwrap();
    assert_eq!(town.store.signals(9).await.unwrap(), [Signal { id, seen: true, ..raised }]);
}

pub(crate) async fn others_notice_commits(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let follower = grounds.open().await;
    let mut last = follower.version().await.unwrap();
    assert_eq!(follower.version().await.unwrap(), last, "nothing was committed");
    for name in ["a", "b", "c"] {
        town.record(0, vec![town.mention(name, 0)]).await;
        let now = follower.version().await.unwrap();
        assert_ne!(now, last, "{name} was committed");
        assert_eq!(
            follower.page(&everything(), Span::Newest, 1).await.unwrap()[0].title.as_str(),
            format!("Title {name}")
        );
        last = now;
    }
    assert_eq!(follower.version().await.unwrap(), last, "reading is no change");
}

pub(crate) async fn a_copy_is_whole(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0)]).await;
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    town.store.backup(&copy).await.unwrap();
    let size = std::fs::metadata(&copy).unwrap().len();
    assert!(size > 0);
    // A file that is there is never written over.
    assert!(town.store.backup(&copy).await.is_err());
    assert_eq!(std::fs::metadata(&copy).unwrap().len(), size);
    assert!(town.store.backup(&directory.path().join("nowhere/copy")).await.is_err());
    // It goes on as before.
    town.record(0, vec![town.mention("b", 1)]).await;
    assert_eq!(town.titles(&everything()).await, ["b", "a"]);
}

pub(crate) async fn closing_leaves_everything(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("a", 0)]).await;
    town.store.close().await;
    assert!(town.store.page(&everything(), Span::Newest, 1).await.is_err());
    assert!(town.store.adopt(&roster()).await.is_err());
    town.store.close().await;
    let again = grounds.open().await;
    assert_eq!(titles(&again.page(&everything(), Span::Newest, 9).await.unwrap()), ["a"]);
}
