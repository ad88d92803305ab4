//! The sender against a network in memory, on the real store: single steps with a clock that is moved by hand, and
//! random histories of crashes, sleeps, recalls and two processes.

mod histories;
mod network;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::flight::Flight;
use super::{ABSENT, Bell, Desk, Exits};
use crate::domain::outbox::{Draft, Identity, Outgoing, OutgoingState as State, Seen, Submission, Target};
use crate::domain::time::SignedDuration;
use crate::domain::{Author, Clock, Network, OutgoingId, SafeText, SourceId, TextRules, Timestamp, Visibility};
use crate::engine::ManualClock;
use crate::engine::clock::after;
use crate::engine::collector::Shared;
use crate::engine::doors::{Door, Hands};
use crate::engine::herald::Herald;
use crate::engine::lease::{Keeper, LeasePace};
use crate::store::outbox::{Submit, Sweep};
use crate::store::sqlite::SqliteStore;
use crate::store::{LeaseState, Roster, RosterSource, Store, StoreError, StoreResult};
use network::{Mishap, Town};

const START: i64 = 1_750_000_000;

fn seconds(number: i64) -> SignedDuration {
    SignedDuration::from_secs(number)
}

/// A process that shares the store with others.
struct Process {
    name: String,
    shared: Arc<Shared>,
    bell: Arc<Bell>,
}

/// What all processes share.
struct World {
    _directory: TempDir,
    clock: Arc<ManualClock>,
    town: Arc<Town>,
    store: Arc<dyn Store>,
    source: SourceId,
    started: usize,
}

impl World {
    async fn new(keeps_tokens: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).await.unwrap());
        let source =
            RosterSource { scope: Some("town".into()), ..RosterSource::alone("square", Network::named("town")) };
        let roster = Roster { sources: vec![source], ..Roster::default() };
        let source = store.adopt(&roster).await.unwrap().sources[0];
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(START).unwrap()));
        let world = Self {
            _directory: directory,
            town: Town::new(Arc::clone(&clock), keeps_tokens),
            clock,
            store,
            source,
            started: 0,
        };
        let LeaseState::Ours(lease) = world.store.take_lease("first", world.now(), seconds(1)).await.unwrap() else {
            panic!("nobody has it")
        };
        let identity = Identity {
            source,
            source_name: SafeText::line("square", 80),
            network: Network::named("town"),
            scope: Some("town".into()),
            handle: SafeText::line("ferris", 80),
            name: SafeText::line("Ferris", 80),
            rules: Some(TextRules { retry_safe: keeps_tokens, ..TextRules::default() }),
        };
        world.store.keep_identities(&lease, &[identity]).await.unwrap();
        world.store.release_lease(&lease).await.unwrap();
        world
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn pass(&self, time: i64) {
        self.clock.advance(seconds(time));
    }

    fn process(&mut self) -> Process {
        self.started += 1;
        let name = format!("process {}", self.started);
        let herald = Herald::new(64);
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let keeper = Keeper::new(
            Arc::clone(&self.store),
            Arc::clone(&clock),
            Arc::clone(&herald),
            name.clone(),
            LeasePace::default(),
        );
        let shared = Shared {
            store: Arc::clone(&self.store),
            clock,
            keeper: Arc::new(keeper),
            herald,
            gauge: Mutex::default(),
            dice: Arc::new(|| 0.5),
            own: Default::default(),
            pen: AsyncMutex::default(),
            waiting: Default::default(),
            notes: mpsc::channel(1).0,
        };
        Process { name, shared: Arc::new(shared), bell: Arc::default() }
    }

    /// Writes and submits; the text is what it is known by.
    async fn submit(&self, process: &Process, text: &str, parts: &[&str]) -> OutgoingId {
        let draft = Draft {
            over: None,
            source: self.source,
            case: None,
            mention: None,
            target: Target { parent: Some(format!("to {text}")), ..Target::default() },
            parts: parts.iter().map(|part| format!("{text}{part}")).collect(),
            visibility: Visibility::Public,
            content_warning: None,
            lang: None,
            voice: None,
        };
        let id = self.store.save_draft(&draft, self.now()).await.unwrap().unwrap().id;
        assert!(matches!(self.again(process, id).await, Submission::Held(_)));
        id
    }

    /// Submits a draft that is there.
    async fn again(&self, process: &Process, id: OutgoingId) -> Submission {
        let wish = Submit {
            revision: self.of(id).await.revision,
            seen: Seen { all_the_same: true, ..Seen::default() },
            hold: seconds(10),
            approval: false,
            dry: false,
            token: super::token(),
            process: process.name.clone(),
            voice: None,
            at: self.now(),
        };
        self.store.submit(id, &wish).await.unwrap()
    }

    async fn of(&self, id: OutgoingId) -> Outgoing {
        self.store.outgoing(id).await.unwrap().unwrap()
    }

    async fn attend(&self, process: &Process) {
        self.store.attend(&process.name, after(self.now(), -ABSENT), self.now()).await.unwrap();
    }

    fn desk(&self, process: &Process, epoch: i64) -> Desk {
        let door = Door {
            source: self.source,
            name: "square".into(),
            network: Network::named("town"),
            scope: Some("town".into()),
        };
        let town = Arc::clone(&self.town);
        let exits: Exits =
            Arc::new(move || vec![(door.clone(), Hands { publish: Some(Arc::clone(&town) as _), lookup: None })]);
        let author = Author { native_id: Some("us".into()), ..Author::default() };
        Desk {
            shared: Arc::clone(&process.shared),
            exits,
            bell: Arc::clone(&process.bell),
            epoch,
            authors: Arc::new(Mutex::new(HashMap::from([(self.source, author)]))),
        }
    }

    /// The jobs of a process now, if the lease is its own, with what they are done by.
    async fn jobs(
        &self,
        process: &Process,
        under_way: &[OutgoingId],
    ) -> StoreResult<Vec<(Flight, crate::store::outbox::Job)>> {
        let LeaseState::Ours(lease) = process.shared.keeper.ask().await? else { return Err(StoreError::LeaseLost) };
        let sweep = Sweep {
            gone: Vec::new(),
            seen: after(self.now(), -ABSENT),
            under_way: under_way.to_vec(),
            now: self.now(),
        };
        self.store.sweep(&lease, &sweep).await?;
        let jobs = self.store.jobs(&lease, self.now(), 32).await?;
        let flight = || Flight { desk: self.desk(process, lease.epoch), stop: CancellationToken::new() };
        Ok(jobs.into_iter().map(|job| (flight(), job)).collect())
    }

    /// A process does all that is due.
    async fn round(&self, process: &Process) {
        for (flight, job) in self.jobs(process, &[]).await.unwrap() {
            flight.run(job).await.unwrap();
        }
    }

    /// Lets time pass step by step, with somebody there, and everything be done that comes up.
    async fn go_on(&self, process: &Process, times: usize, step: i64) {
        for _ in 0..times {
            self.pass(step);
            self.attend(process).await;
            self.round(process).await;
        }
    }
}

#[tokio::test]
async fn a_reply_goes_out_after_its_time_and_only_once() {
    let mut world = World::new(true).await;
    let here = world.process();
    let id = world.submit(&here, "sorry", &[""]).await;
    world.go_on(&here, 3, 3).await;
    assert_eq!((world.of(id).await.state, world.town.count("sorry")), (State::Held, 0));
    world.go_on(&here, 5, 3).await;
    let sent = world.of(id).await;
    assert_eq!((sent.state, world.town.count("sorry"), sent.attempts), (State::Sent, 1, 1));
    assert_eq!(world.store.acts(None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_certainly_failed_is_tried_again_with_growing_pauses() {
    let mut world = World::new(false).await;
    let here = world.process();
    let id = world.submit(&here, "sorry", &[""]).await;
    world.town.plan([Mishap::Away, Mishap::Away, Mishap::Wait(40)]);
    world.go_on(&here, 1, 10).await;
    assert_eq!(world.of(id).await.next, Some(after(world.now(), seconds(5))));
    world.go_on(&here, 1, 5).await;
    assert_eq!(world.of(id).await.next, Some(after(world.now(), seconds(10))));
    world.go_on(&here, 1, 10).await;
    assert_eq!(world.of(id).await.next, Some(after(world.now(), seconds(40))), "as the network told");
    assert!(world.of(id).await.trouble.as_str().contains("not sent yet"));
    world.go_on(&here, 5, 10).await;
    assert_eq!((world.of(id).await.state, world.town.count("sorry")), (State::Sent, 1));

    let refused = world.submit(&here, "no", &[""]).await;
    world.town.plan([Mishap::Refuse]);
    world.go_on(&here, 2, 10).await;
    let failed = world.of(refused).await;
    assert_eq!((failed.state, failed.text().as_str(), world.town.count("no")), (State::Failed, "no", 0));
    let away = world.submit(&here, "away", &[""]).await;
    world.town.plan(std::iter::repeat_n(Mishap::Away, 50));
    world.go_on(&here, 200, 10).await;
    assert_eq!((world.of(away).await.state, world.of(away).await.attempts), (State::Failed, 8), "not for ever");
}

#[tokio::test]
async fn what_is_in_doubt_is_looked_for_and_never_sent_blindly() {
    for keeps_tokens in [true, false] {
        let mut world = World::new(keeps_tokens).await;
        let here = world.process();
        let out = world.submit(&here, "out", &[""]).await;
        world.town.plan([Mishap::LostAnswer]);
        world.go_on(&here, 1, 10).await;
        assert_eq!((world.of(out).await.state, world.town.count("out")), (State::Uncertain, 1));
        world.go_on(&here, 1, 2).await;
        assert_eq!((world.of(out).await.state, world.town.count("out"), world.town.asked("out")), (State::Sent, 1, 1));

        let lost = world.submit(&here, "lost", &[""]).await;
        world.town.plan([Mishap::LostRequest]);
        world.go_on(&here, 1, 10).await;
        world.go_on(&here, 100, 2).await;
        let state = world.of(lost).await.state;
        let (wanted, count) = if keeps_tokens { (State::Sent, 1) } else { (State::Uncertain, 0) };
        assert_eq!((state, world.town.count("lost")), (wanted, count), "tokens: {keeps_tokens}");
        assert_eq!(world.town.asked("lost"), if keeps_tokens { 2 } else { 1 });
        if !keeps_tokens {
            world.go_on(&here, 200, 60).await;
            let open = world.of(lost).await;
            assert_eq!((open.state, open.next), (State::Uncertain, None), "a person decides");
            assert!(open.trouble.as_str().contains("look for yourself"), "{}", open.trouble);
        }
    }
}

#[tokio::test]
async fn a_refused_second_attempt_says_nothing_about_the_first() {
    let mut world = World::new(true).await;
    let here = world.process();
    let id = world.submit(&here, "sorry", &[""]).await;
    // Out, but the network does not show it for long; the second attempt is refused.
    world.town.hide_for(500);
    world.town.plan([Mishap::LostAnswer, Mishap::Refuse]);
    world.go_on(&here, 1, 10).await;
    world.go_on(&here, 70, 2).await;
    assert_eq!((world.of(id).await.state, world.town.asked("sorry")), (State::Uncertain, 2));
    world.go_on(&here, 60, 20).await;
    assert_eq!((world.of(id).await.state, world.town.count("sorry")), (State::Sent, 1));
}

#[tokio::test]
async fn a_network_that_shows_late_is_not_told_twice() {
    for keeps_tokens in [true, false] {
        let mut world = World::new(keeps_tokens).await;
        let here = world.process();
        world.town.hide_for(300);
        let id = world.submit(&here, "sorry", &[""]).await;
        world.town.plan([Mishap::LostAnswer]);
        world.go_on(&here, 1, 10).await;
        world.go_on(&here, 200, 10).await;
        assert_eq!((world.of(id).await.state, world.town.count("sorry")), (State::Sent, 1));
    }
}

#[tokio::test]
async fn parts_go_out_in_order_each_below_the_one_before() {
    let mut world = World::new(false).await;
    let here = world.process();
    let id = world.submit(&here, "long", &[" 1", " 2", " 3"]).await;
    world.town.plan([Mishap::None, Mishap::LostAnswer, Mishap::Refuse]);
    world.go_on(&here, 1, 10).await;
    assert_eq!((world.of(id).await.state, world.town.count("long 2")), (State::Uncertain, 1));
    world.go_on(&here, 3, 2).await;
    let failed = world.of(id).await;
    let out = failed.parts.iter().filter(|part| part.native_id.is_some()).count();
    assert_eq!((failed.state, out), (State::Failed, 2));
    assert_eq!(world.town.parents(), ["to long", "post 1"]);
    assert!(world.store.redraft(id, world.now()).await.unwrap());
    world.again(&here, id).await;
    world.go_on(&here, 2, 10).await;
    assert_eq!((world.of(id).await.state, world.town.parents()[2].as_str()), (State::Sent, "post 2"));
    assert_eq!(world.store.acts(None, 9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn whoever_slept_past_the_lease_does_not_go_on_where_it_was() {
    let mut world = World::new(false).await;
    let (asleep, other) = (world.process(), world.process());
    let id = world.submit(&asleep, "sorry", &[""]).await;
    world.pass(10);
    let (flight, job) = world.jobs(&asleep, &[]).await.unwrap().remove(0);
    world.town.plan([Mishap::Stall]);
    let mut flying = Box::pin(flight.run(job));
    tokio::select! { biased; _ = &mut flying => panic!("it stalls"), () = world.town.stalled() => {} }
    world.pass(16);
    world.round(&other).await;
    assert_eq!(world.of(id).await.state, State::Uncertain, "nobody knows whether it went out before");
    world.town.go_on();
    assert!(matches!(flying.await, Err(StoreError::LeaseLost)));
    assert_eq!(world.town.count("sorry"), 0);
    assert_eq!(world.of(id).await.state, State::Uncertain);
}

#[tokio::test]
async fn a_publisher_that_falls_over_leaves_a_doubt() {
    let mut world = World::new(true).await;
    let here = world.process();
    let id = world.submit(&here, "sorry", &[""]).await;
    world.town.plan([Mishap::Panic]);
    world.go_on(&here, 1, 10).await;
    assert_eq!(world.of(id).await.state, State::Uncertain);
    world.go_on(&here, 80, 2).await;
    assert_eq!((world.of(id).await.state, world.town.count("sorry")), (State::Sent, 1));
}
