//! The loop that collects while the lease lasts.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::poll::{self, Job};
use super::slot::Slot;
use super::trouble::{Refusal, Trouble};
use super::write::{self, Ending, Stored, Unrecorded};
use super::{Collector, Command};
use crate::domain::time::SignedDuration;
use crate::engine::alerts::Note;
use crate::engine::clock::{after, wait};
use crate::engine::event::Polled;
use crate::engine::supervise::what_happened;
use crate::sources::{Retry, SourceErrorKind};
use crate::store::{Lease, StoreError};

/// Polls in a row of one source because there was more; then the others have their turn.
const IN_A_ROW: u32 = 20;
/// Batches that may wait for the store before no more polls begin.
const QUEUE: usize = 4;
/// Longest time without looking at the clock, so that a machine that slept wakes to what is due.
const LONGEST_NAP: Duration = Duration::from_secs(60);
/// How long polls under way may take to finish when the program ends.
const GRACE: Duration = Duration::from_secs(2);
/// Pause of a source whose batch alone was refused.
const REFUSED_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// Time over which sources are asked again when the network is back.
const BACK_SPREAD: SignedDuration = SignedDuration::from_secs(5);

/// Why a round ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The program ends.
    Stopped,
    /// Another process collects now.
    LeaseLost,
    /// It could not begin.
    Failed(StoreError),
}

/// The polls under way.
pub(super) struct Round {
    polls: JoinSet<Ending>,
    tasks: HashMap<Id, usize>,
    epoch: i64,
    stop: CancellationToken,
    /// Ends the polls that have nothing to store yet.
    hush: CancellationToken,
}

impl Round {
    pub(super) fn new(epoch: i64, stop: &CancellationToken) -> Self {
        let stop = stop.child_token();
        Self { polls: JoinSet::new(), tasks: HashMap::new(), epoch, hush: stop.child_token(), stop }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.polls.is_empty()
    }

    pub(super) async fn next(&mut self) -> Option<(usize, Result<Ending, JoinError>)> {
        let joined = self.polls.join_next_with_id().await?;
        let (id, ending) = match joined {
            Ok((id, ending)) => (id, Ok(ending)),
            Err(error) => (error.id(), Err(error)),
        };
        Some((self.tasks.remove(&id)?, ending))
    }

    fn start(&mut self, index: usize, work: impl Future<Output = Ending> + Send + 'static) {
        let handle = self.polls.spawn(work);
        self.tasks.insert(handle.id(), index);
    }

    /// Lets polls go that have nothing to store yet; those that begin later are meant to be.
    fn hush(&mut self) {
        self.hush.cancel();
        self.hush = self.stop.child_token();
    }

    /// Lets polls go that have nothing to store yet, and gives the others a moment.
    pub(super) async fn wind_down(&mut self) {
        self.stop.cancel();
        let _ = timeout(GRACE, async { while self.polls.join_next().await.is_some() {} }).await;
        self.polls.shutdown().await;
        self.tasks.clear();
    }

    /// Stops everything at once: the lease is gone.
    async fn drop_all(&mut self) {
        self.stop.cancel();
        self.polls.shutdown().await;
        self.tasks.clear();
    }
}

impl Collector {
    /// Collects until the program ends or the lease is lost.
    pub(crate) async fn run(
        &mut self,
        lease: &Lease,
        commands: &mut mpsc::Receiver<Command>,
        stop: &CancellationToken,
    ) -> End {
        if let Err(error) = self.load().await {
            return End::Failed(error);
        }
        let keeper = Arc::clone(&self.shared.keeper);
        let keeping = keeper.keep(lease.epoch);
        tokio::pin!(keeping);
        let mut round = Round::new(lease.epoch, stop);
        let mut pauses = self.shared.herald.pauses();
        let end = loop {
            self.look_for_secrets();
            self.start_due(&mut round);
            let wake = self.wake(&round);
            tokio::select! {
                biased;
                () = stop.cancelled() => break End::Stopped,
                () = &mut keeping => break End::LeaseLost,
                Some((index, ending)) = round.next(), if !round.is_idle() => {
                    if matches!(self.settle(&mut round, index, ending), Settled::LeaseLost) {
                        break End::LeaseLost;
                    }
                }
                Ok(()) = pauses.changed() => {
                    let paused = *pauses.borrow_and_update();
                    self.pause(paused, &mut round);
                }
                Some(command) = commands.recv() => self.obey(command),
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => self.probe(&mut round),
            }
        };
        match end {
            End::LeaseLost => round.drop_all().await,
            _ => round.wind_down().await,
        }
        // Who does not collect keeps no connection open.
        self.slots.iter_mut().for_each(Slot::hang_up);
        end
    }

    /// Begins no polls and drops those that have nothing to store yet, or goes on.
    fn pause(&mut self, paused: bool, round: &mut Round) {
        self.paused = paused;
        if paused {
            round.hush();
            self.slots.iter_mut().filter(|slot| !slot.busy).for_each(Slot::hang_up);
        }
    }

    /// Begins what is due, as far as there is room.
    pub(super) fn start_due(&mut self, round: &mut Round) {
        let now = self.shared.clock.now();
        while self.trouble.is_none() && !self.paused && self.is_in_time() {
            let Some((index, at)) = self.due() else { return };
            if at > now {
                return;
            }
            self.begin(round, index);
        }
    }

    /// Whether one more poll may begin. While the store is behind, what is fetched would only wait in memory;
    /// each batch that is stored makes the round look again.
    fn is_in_time(&self) -> bool {
        self.shared.waiting.load(Ordering::Relaxed) < QUEUE
    }

    /// Polls that count towards the limit: a stream that listens for hours is not one of them.
    pub(super) fn at_work(&self) -> usize {
        self.slots.iter().filter(|slot| slot.busy && !slot.streams).count()
    }

    fn begin(&mut self, round: &mut Round, index: usize) {
        if let Some(job) = self.job(round, index) {
            round.start(index, job.run());
        }
    }

    fn job(&mut self, round: &Round, index: usize) -> Option<Job> {
        let slot = self.slots.get_mut(index)?;
        slot.busy = true;
        if !slot.streams {
            self.hosts.begin(&slot.host);
        }
        Some(Job::new(slot, &self.intake, &self.shared, round.epoch, self.away, &round.hush))
    }

    /// When to look again though nothing happens; `None` when only something that happens can bring work.
    fn wake(&self, round: &Round) -> Option<Instant> {
        if let Some(trouble) = &self.trouble {
            return trouble.retry;
        }
        if self.paused || !self.is_in_time() {
            return None;
        }
        if round.stop.is_cancelled() {
            return None;
        }
        let due = self.due().map(|(_, at)| Instant::now() + wait(self.shared.clock.now(), at).min(LONGEST_NAP));
        due.into_iter().chain(self.look_at).min()
    }

    /// Tries the batch that was kept, when the store refused and it is time.
    fn probe(&mut self, round: &mut Round) {
        let Some(trouble) = &mut self.trouble else { return };
        if trouble.retry.is_none_or(|at| at > Instant::now()) {
            return;
        }
        trouble.retry = None;
        let Some((index, unrecorded)) = trouble.probe.take() else {
            self.trouble = None;
            return;
        };
        let Some(slot) = self.slots.get(index) else { return };
        let (shared, seen, epoch) = (Arc::clone(&self.shared), Arc::clone(&slot.seen), round.epoch);
        round.start(index, async move { write::store(&shared, epoch, &seen, unrecorded).await });
    }

    /// Takes note of how a poll ended.
    pub(super) fn settle(&mut self, round: &mut Round, index: usize, ending: Result<Ending, JoinError>) -> Settled {
        match ending {
            Ok(Ending::Stored(stored)) => {
                self.free(index);
                self.stored(index, *stored)
            }
            Ok(Ending::Abandoned) => {
                self.free(index);
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.hang_up();
                }
                Settled::Abandoned(index)
            }
            Ok(Ending::Refused(error, unrecorded)) => self.refused(index, error, unrecorded),
            Err(error) => self.fallen(round, index, &what_happened(error)),
        }
    }

    /// A poll fell over: a failure of its source, stored as such unless that falls over too.
    fn fallen(&mut self, round: &mut Round, index: usize, why: &str) -> Settled {
        tracing::error!(%why, "a poll fell over");
        let again = after(self.shared.clock.now(), REFUSED_PAUSE);
        let Some(slot) = self.slots.get_mut(index) else { return Settled::Abandoned(index) };
        slot.next = Some(again);
        if std::mem::replace(&mut slot.fallen, true) {
            self.shared.herald.idle(slot.info.id);
            self.free(index);
            return Settled::Abandoned(index);
        }
        let Some(job) = self.job(round, index) else { return Settled::Abandoned(index) };
        round.start(index, poll::store_failure(job, poll::fell_over(why)));
        Settled::GoesOn
    }

    fn free(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.busy = false;
            if !slot.streams {
                self.hosts.end(&slot.host);
            }
        }
    }

    fn stored(&mut self, index: usize, stored: Stored) -> Settled {
        let now = self.shared.clock.now();
        self.trouble = None;
        self.shared.herald.store_is_well();
        let Some(slot) = self.slots.get_mut(index) else { return Settled::Abandoned(index) };
        slot.unreachable = stored
            .failure
            .as_ref()
            .is_some_and(|failure| matches!(failure.kind, SourceErrorKind::Unreachable | SourceErrorKind::TimedOut));
        slot.judge_secret(stored.failure.as_ref().map(|failure| failure.kind));
        let retry = stored.failure.as_ref().map(|failure| failure.retry);
        slot.told = matches!(retry, Some(Retry::NotBefore(_)));
        slot.fallen = false;
        if stored.failure.is_none() {
            // What a stream tells after its first batch is no history, however long it goes on.
            slot.still_first = stored.more && !slot.streams && (slot.standing.answered.is_none() || slot.still_first);
        }
        slot.stored = stored.standing.live.then(Instant::now);
        slot.standing = stored.standing;
        slot.behind = stored.polled.behind.or(slot.behind);
        slot.in_a_row = if stored.more { slot.in_a_row + 1 } else { 0 };
        slot.next = stored.next;
        let ends = slot.streams && slot.until.is_some_and(|until| stored.caught_up || until <= Instant::now());
        let later = stored.more && !(slot.streams && stored.caught_up);
        let goes_on = stored.more && !ends && (slot.streams || slot.in_a_row < IN_A_ROW);
        if goes_on {
            slot.next = Some(now);
        } else if stored.more {
            slot.in_a_row = 0;
        }
        match (&stored.failure, stored.next) {
            (Some(failure), Some(next)) if failure.whole_host => self.hosts.hold(&slot.host, next),
            (None, _) => self.hosts.release(&slot.host),
            _ => {}
        }
        self.look_around();
        let polled = Box::new(stored.polled);
        match (goes_on, later) {
            (true, _) => Settled::MoreFollows(index, polled),
            (false, true) => Settled::MoreLater(index, polled),
            (false, false) => Settled::Done(index, polled),
        }
    }

    fn refused(&mut self, index: usize, error: StoreError, unrecorded: Box<Unrecorded>) -> Settled {
        let refusal = Refusal::of(&error);
        if refusal == Refusal::LeaseLost {
            return Settled::LeaseLost;
        }
        self.shared.herald.store_failed(&error);
        let has_probe = self.trouble.as_ref().is_some_and(|trouble| trouble.probe.is_some());
        match refusal {
            Refusal::Wait(wait) if !has_probe => {
                // The source stays busy: its batch is the one to try with.
                let retry = Some(Instant::now() + wait);
                self.trouble = Some(Trouble { probe: Some((index, unrecorded)), retry });
            }
            // Asked again when the store is well; the cursor is where it was.
            Refusal::Wait(_) => self.ask_again(index, SignedDuration::ZERO),
            Refusal::Stop => {
                self.trouble = Some(Trouble { probe: None, retry: None });
                self.ask_again(index, SignedDuration::ZERO);
            }
            Refusal::ThisBatch | Refusal::LeaseLost => {
                // The batch that was kept is this one: nothing is left to try with.
                if !has_probe && self.trouble.as_ref().is_some_and(|trouble| trouble.retry.is_none()) {
                    self.trouble = None;
                }
                self.ask_again(index, REFUSED_PAUSE);
            }
        }
        Settled::Refused(error)
    }

    fn ask_again(&mut self, index: usize, pause: SignedDuration) {
        self.free(index);
        if let Some(slot) = self.slots.get_mut(index) {
            slot.next = Some(after(self.shared.clock.now(), pause));
        }
    }

    /// Notices that everything is out of reach, and that it no longer is.
    fn look_around(&mut self) {
        // What is on this machine says nothing about the network.
        let asked: Vec<&Slot> = self.slots.iter().filter(|slot| slot.next.is_some() && !slot.host.is_empty()).collect();
        let several = asked.first().is_some_and(|first| asked.iter().any(|slot| slot.host != first.host));
        let nobody = several && asked.iter().all(|slot| slot.unreachable);
        if nobody == self.away {
            return;
        }
        self.away = nobody;
        if nobody {
            self.shared.note(Note::Away { sources: asked.len() });
            return;
        }
        let now = self.shared.clock.now();
        for slot in self.slots.iter_mut().filter(|slot| slot.unreachable && !slot.busy) {
            let spread = BACK_SPREAD.mul_f64((self.shared.dice)().clamp(0.0, 1.0));
            let soon = after(now, spread);
            slot.next = slot.next.map(|next| next.min(soon));
        }
    }
}

/// What came of a poll.
#[derive(Debug)]
pub(super) enum Settled {
    /// It is stored, and the source rests.
    Done(usize, Box<Polled>),
    /// It is stored, and more of the same source follows at once.
    MoreFollows(usize, Box<Polled>),
    /// It is stored, and more of the same source follows when others have had their turn, or another time.
    MoreLater(usize, Box<Polled>),
    /// It fell over, which is being stored.
    GoesOn,
    /// It was dropped.
    Abandoned(usize),
    /// The store refused.
    Refused(StoreError),
    /// Another process collects now.
    LeaseLost,
}
