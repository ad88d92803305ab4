use super::*;
use crate::engine::clock::ManualClock;
use crate::engine::doubles::town::drain;
use crate::engine::doubles::{MemoryStore, START};

struct Scene {
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    herald: Arc<Herald>,
}

impl Scene {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(START).unwrap()));
        Self { store: Arc::default(), clock, herald: Herald::new(64) }
    }

    fn keeper(&self, holder: &str) -> Keeper {
        let (store, clock) = (Arc::clone(&self.store) as Arc<dyn Store>, Arc::clone(&self.clock) as Arc<dyn Clock>);
        Keeper::new(store, clock, Arc::clone(&self.herald), holder.into(), LeasePace::default())
    }

    fn sleep(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

fn epoch(state: LeaseState) -> i64 {
    match state {
        LeaseState::Ours(lease) => lease.epoch,
        LeaseState::Theirs(lease) => panic!("theirs: {lease:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_valid_lease_is_not_asked_for_again() {
    let scene = Scene::new();
    let one = scene.keeper("one");
    let epoch = epoch(one.ask().await.unwrap());
    scene.sleep(6);
    assert_eq!(one.valid(epoch).await.unwrap().epoch, epoch);
    assert_eq!(scene.store.look(|inside| inside.lease_asked), 1);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_slept_asks_before_it_acts() {
    let scene = Scene::new();
    let (one, two) = (scene.keeper("one"), scene.keeper("two"));
    let epoch_of_one = epoch(one.ask().await.unwrap());
    scene.sleep(16);
    assert_eq!(one.valid(epoch_of_one).await.unwrap().epoch, epoch_of_one, "nobody took it: renewed");
    scene.sleep(3_600);
    epoch(two.ask().await.unwrap());
    assert!(matches!(one.valid(epoch_of_one).await, Err(StoreError::LeaseLost)));
    // The other came and went: ours again, but what was polled before belongs to the past.
    two.release().await;
    assert!(matches!(one.valid(epoch_of_one).await, Err(StoreError::LeaseLost)));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_does_not_make_a_lease_last() {
    let scene = Scene::new();
    let one = scene.keeper("one");
    let epoch = epoch(one.ask().await.unwrap());
    scene.sleep(-3_600);
    assert!(one.valid(epoch).await.is_ok());
    assert_eq!(scene.store.look(|inside| inside.lease_asked), 2);
    assert_eq!(scene.store.look(|inside| inside.lease.clone().unwrap().until), after(scene.clock.now(), one.pace.life));
}

#[tokio::test(start_paused = true)]
async fn releasing_gives_back_only_what_is_ours() {
    let scene = Scene::new();
    let (one, two) = (scene.keeper("one"), scene.keeper("two"));
    one.ask().await.unwrap();
    two.ask().await.unwrap();
    two.release().await;
    assert!(scene.store.look(|inside| inside.lease.is_some()));
    one.release().await;
    assert!(scene.store.look(|inside| inside.lease.is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_follower_tells_a_change_once_and_nothing_while_nothing_changes() {
    let scene = Scene::new();
    let (one, two) = (scene.keeper("one"), scene.keeper("two"));
    one.ask().await.unwrap();
    let mut events = scene.herald.subscribe();
    let watching = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(matches!(drain(&mut events)[..], [Event::Standing(Standing::Following { .. })]));
        one.ask().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(drain(&mut events).is_empty(), "the lease was renewed, which is no news");
        scene.store.see_something_new();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(matches!(drain(&mut events)[..], [Event::Changed]));
    };
    tokio::select! { _ = two.follow() => panic!("the lease of the first is valid"), () = watching => {} }
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_process_that_is_gone_is_taken_before_it_runs_out() {
    let scene = Scene::new();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let name =
        super::super::holder_name().replacen(&format!(":{}:", std::process::id()), &format!(":{}:", child.id()), 1);
    scene.keeper(&name).ask().await.unwrap();
    let lease = tokio::time::timeout(Duration::from_secs(1), scene.keeper("two").follow()).await.unwrap();
    assert_eq!((lease.holder.as_str(), lease.epoch), ("two", 2));
}
