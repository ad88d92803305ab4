//! The lease.

use super::*;
use crate::store::Retention;

pub(crate) async fn one_holds_it(grounds: &dyn Grounds) {
    let (one, other) = (grounds.open().await, grounds.open().await);
    let lease = hold(&*one, "one").await;
    assert_eq!(lease.holder, "one");
    assert_eq!(lease.until, at(NOW + 30));
    assert_eq!(ask(&*other, "other", NOW + 29).await, LeaseState::Theirs(lease));
}

pub(crate) async fn the_same_holder_renews_it(grounds: &dyn Grounds) {
    let store = grounds.open().await;
    let first = hold(&*store, "one").await;
    let LeaseState::Ours(again) = ask(&*store, "one", NOW + 10).await else { panic!("it is ours") };
    assert_eq!((again.epoch, again.until), (first.epoch, at(NOW + 40)));
    // Even when it ran out meanwhile: nobody else took it.
    let LeaseState::Ours(late) = ask(&*store, "one", NOW + 1_000).await else { panic!("it is ours") };
    assert_eq!(late.epoch, first.epoch);
}

pub(crate) async fn it_runs_out(grounds: &dyn Grounds) {
    let store = grounds.open().await;
    let first = hold(&*store, "one").await;
    let LeaseState::Ours(second) = ask(&*store, "other", NOW + 31).await else { panic!("it ran out") };
    assert_eq!((second.holder.as_str(), second.epoch), ("other", first.epoch + 1));
    assert!(matches!(ask(&*store, "one", NOW + 32).await, LeaseState::Theirs(_)));
}

pub(crate) async fn it_is_given_back(grounds: &dyn Grounds) {
    let store = grounds.open().await;
    let first = hold(&*store, "one").await;
    store.release_lease(&first).await.unwrap();
    let LeaseState::Ours(second) = ask(&*store, "other", NOW + 1).await else { panic!("it was given back") };
    assert_eq!(second.epoch, first.epoch + 1);
    // Giving back what is no longer ours takes nothing from the one who has it.
    store.release_lease(&first).await.unwrap();
    assert_eq!(ask(&*store, "one", NOW + 2).await, LeaseState::Theirs(second));
}

pub(crate) async fn a_lost_one_changes_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(0, vec![town.mention("kept", -40 * 86_400)]).await;
    let before = town.store.sources().await.unwrap();
    assert!(matches!(ask(&*town.store, "other", NOW + 31).await, LeaseState::Ours(_)));

    let mut batch = town.batch(0, vec![town.mention("lost", 0)]);
    batch.cursor = "further".into();
    batch.deleted = vec!["id:kept".into()];
    assert!(is_lost(&town.store.record(&town.lease, &batch).await));
    let old = Retention { mentions: SignedDuration::from_hours(1) };
    assert!(is_lost(&town.store.retain(&town.lease, at(NOW), &old).await));
    let signal = super::sources::signal(crate::domain::SignalKind::Spike, NOW, None);
    assert!(is_lost(&town.store.raise(&town.lease, &signal).await));

    assert_eq!(town.titles(&everything()).await, ["kept"]);
    assert_eq!(town.store.sources().await.unwrap(), before);
    assert!(town.store.signals(10).await.unwrap().is_empty());
}

pub(crate) async fn two_processes_never_both_hold_it(grounds: &dyn Grounds) {
    let (one, other) = (grounds.open().await, grounds.open().await);
    for round in 0..20 {
        let second = NOW + round * 100;
        let (first, second) = tokio::join!(ask(&*one, "one", second), ask(&*other, "other", second));
        let ours = [&first, &second].iter().filter(|state| matches!(state, LeaseState::Ours(_))).count();
        assert_eq!(ours, 1, "{first:?} {second:?}");
    }
}
