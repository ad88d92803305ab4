//! Random histories: two processes on one store, a network that loses requests and answers, processes that end or sleep
//! at any moment, and a person who recalls, settles and sends again. Whatever happens, nothing is out twice, nothing is
//! lost, and nothing is said to be out that is not, or the other way round.

use std::pin::Pin;

use proptest::prelude::*;

use super::*;
use crate::domain::outbox::Verdict;

/// What happens next. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum Happens {
    Submit {
        process: usize,
        parts: usize,
    },
    SubmitAgain {
        which: usize,
        process: usize,
    },
    Round {
        process: usize,
    },
    Time(i64),
    Attend(usize),
    Recall(usize),
    /// A person looks at the network and says what is there, or makes a draft of what failed.
    Settle(usize),
    End(usize),
    Wake,
    Stop(bool),
    Plan(Vec<Mishap>),
    Hide(i64),
    Blind(u32),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        2 => Just(Mishap::None),
        1 => Just(Mishap::Away),
        1 => (1..90_i64).prop_map(Mishap::Wait),
        1 => Just(Mishap::Refuse),
        2 => Just(Mishap::LostRequest),
        3 => Just(Mishap::LostAnswer),
        2 => Just(Mishap::Stall),
        2 => Just(Mishap::EndBefore),
        2 => Just(Mishap::EndAfter),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0..2_usize, 1..3_usize).prop_map(|(process, parts)| Happens::Submit { process, parts }),
        2 => (0..9_usize, 0..2_usize).prop_map(|(which, process)| Happens::SubmitAgain { which, process }),
        8 => (0..2_usize).prop_map(|process| Happens::Round { process }),
        6 => prop_oneof![1..4_i64, 8..20_i64, 60..1_000_i64].prop_map(Happens::Time),
        6 => (0..2_usize).prop_map(Happens::Attend),
        1 => (0..9_usize).prop_map(Happens::Recall),
        2 => (0..9_usize).prop_map(Happens::Settle),
        1 => (0..2_usize).prop_map(Happens::End),
        2 => Just(Happens::Wake),
        1 => any::<bool>().prop_map(Happens::Stop),
        4 => proptest::collection::vec(mishap(), 1..5).prop_map(Happens::Plan),
        1 => (0..400_i64).prop_map(Happens::Hide),
        1 => (1..4_u32).prop_map(Happens::Blind),
    ]
}

type Flying = Pin<Box<dyn Future<Output = StoreResult<()>>>>;

struct History {
    world: World,
    processes: Vec<Process>,
    /// What was submitted, with its words.
    all: Vec<(OutgoingId, Vec<String>)>,
    /// A process that stands still in the middle of a request, and what it was sending.
    asleep: Option<(usize, Flying)>,
}

impl History {
    async fn new(keeps_tokens: bool) -> Self {
        let mut world = World::new(keeps_tokens).await;
        let processes = vec![world.process(), world.process()];
        Self { world, processes, all: Vec::new(), asleep: None }
    }

    fn is_asleep(&self, process: usize) -> bool {
        self.asleep.as_ref().is_some_and(|(who, _)| *who == process)
    }

    fn chosen(&self, which: usize) -> Option<OutgoingId> {
        (!self.all.is_empty()).then(|| self.all[which % self.all.len()].0)
    }

    async fn happens(&mut self, what: Happens) {
        let world = &self.world;
        match what {
            Happens::Submit { process, parts } if !self.is_asleep(process) => {
                let text = format!("text {}", self.all.len());
                let endings: Vec<&str> = [" a", " b"].into_iter().take(parts).collect();
                let id = world.submit(&self.processes[process], &text, &endings).await;
                self.all.push((id, endings.iter().map(|ending| format!("{text}{ending}")).collect()));
            }
            Happens::SubmitAgain { which, process } if !self.is_asleep(process) => {
                if let Some(id) = self.chosen(which) {
                    world.again(&self.processes[process], id).await;
                }
            }
            Happens::Round { process } if !self.is_asleep(process) => self.round(process).await,
            Happens::Time(time) => world.pass(time),
            Happens::Attend(process) if !self.is_asleep(process) => world.attend(&self.processes[process]).await,
            Happens::Recall(which) => {
                if let Some(id) = self.chosen(which) {
                    world.store.recall(id, world.now()).await.unwrap();
                }
            }
            Happens::Settle(which) => self.settle(which).await,
            Happens::End(process) => self.end(process),
            Happens::Wake => self.wake().await,
            Happens::Stop(stopped) => world.store.stop_sending(stopped, world.now()).await.unwrap(),
            Happens::Plan(mishaps) => world.town.plan(mishaps),
            Happens::Hide(time) => world.town.hide_for(time),
            Happens::Blind(times) => world.town.blind(times),
            _ => {}
        }
    }

    /// A process does what is due; in the middle of a request it may end, or fall asleep.
    async fn round(&mut self, process: usize) {
        let jobs = match self.world.jobs(&self.processes[process], &[]).await {
            Ok(jobs) => jobs,
            Err(StoreError::LeaseLost) => return,
            Err(error) => panic!("{error}"),
        };
        for (flight, job) in jobs {
            self.world.town.calm();
            let mut flying: Flying = Box::pin(async move { flight.run(job).await });
            let ended = tokio::select! {
                biased;
                ended = &mut flying => Some(ended),
                () = self.world.town.stalled() => None,
            };
            match ended {
                Some(Ok(())) => {}
                Some(Err(StoreError::LeaseLost)) => return,
                Some(Err(error)) => panic!("{error}"),
                // One that stalls while the other one sleeps has ended, for all that anybody can tell.
                None if self.asleep.is_some() => return self.end(process),
                None => {
                    self.asleep = Some((process, flying));
                    return;
                }
            }
        }
    }

    /// A process ends without a word; another is started in its place.
    fn end(&mut self, process: usize) {
        if self.is_asleep(process) {
            self.asleep = None;
        }
        self.processes[process] = self.world.process();
    }

    /// Who was asleep goes on, as far as that goes.
    async fn wake(&mut self) {
        let Some((process, mut flying)) = self.asleep.take() else { return };
        self.world.town.go_on();
        // What waits for ever has ended.
        let on = tokio::time::timeout(std::time::Duration::from_millis(50), &mut flying).await;
        if on.is_err() {
            self.end(process);
        }
    }

    async fn settle(&mut self, which: usize) {
        let Some(id) = self.chosen(which) else { return };
        let now = self.world.of(id).await;
        let (store, at) = (&self.world.store, self.world.now());
        match now.state {
            State::Failed => {
                store.redraft(id, at).await.unwrap();
            }
            // Only who looks after the one that sends has ended or woken can know.
            State::Uncertain if self.asleep.is_none() => {
                let part = now.parts.iter().find(|part| part.native_id.is_none()).unwrap();
                let out = self.world.town.count(&part.text) > 0;
                let verdict = if out { Verdict::ItIsOut(Some("seen".into())) } else { Verdict::ItIsNotOut };
                store.settle(id, &verdict, at).await.unwrap();
            }
            _ => {}
        }
    }

    /// Nothing is out twice.
    fn check(&self) {
        for (id, texts) in &self.all {
            for text in texts {
                let count = self.world.town.count(text);
                assert!(count <= 1, "{id}: {text:?} is out {count} times");
            }
        }
    }

    /// Everything that can come to rest does.
    async fn rest(&mut self) {
        self.wake().await;
        self.world.town.plan([]);
        self.world.town.blind(0);
        self.world.store.stop_sending(false, self.world.now()).await.unwrap();
        let last = self.world.process();
        self.world.pass(60);
        self.world.go_on(&last, 8, 30).await;
        self.world.go_on(&last, 12, 900).await;
    }

    /// Nothing is lost, and what is said of it is true.
    async fn judge(&self) {
        let sent = self.world.store.outgoings(&[State::Sent], 1_000).await.unwrap();
        for (id, texts) in &self.all {
            let now = self.world.of(*id).await;
            let part_of = |text: &str| {
                let all = sent.iter().chain([&now]).flat_map(|outgoing| outgoing.parts.iter());
                all.filter(|part| part.text == text).cloned().collect::<Vec<_>>()
            };
            for text in texts {
                let (parts, out) = (part_of(text), self.world.town.count(text) == 1);
                assert!(!parts.is_empty(), "{id}: {text:?} is lost");
                let known = parts.iter().any(|part| part.native_id.is_some());
                if now.state != State::Uncertain {
                    assert_eq!(known, out, "{id}: {text:?} is {:?}", now.state);
                }
            }
            let rests = [State::Draft, State::Sent, State::Failed, State::Uncertain];
            assert!(rests.contains(&now.state), "{id} never comes to rest: {now:?}");
            assert!(now.state != State::Uncertain || !now.trouble.is_empty(), "{id}: nobody was told");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_out_twice_and_nothing_is_lost(
        keeps_tokens in any::<bool>(),
        story in proptest::collection::vec(happens(), 5..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut history = History::new(keeps_tokens).await;
            for what in story {
                history.happens(what).await;
                history.check();
            }
            history.rest().await;
            history.check();
            history.judge().await;
        });
    }
}
