//! Who collects. One process holds the lease and talks to the networks; the others follow and take over when
//! it lets go or falls silent.
//!
//! The holder renews every 7 s a lease that lives 15 s, so that one failed renewal is no loss and an idle process
//! seldom wakes. Whoever follows on the same machine sees within half a second that the holder's process is gone
//! and takes the lease in its place; one that hangs, or that cannot be seen from here, is replaced when its lease
//! runs out. A lease that is given back is taken within half a second too. A process that slept (laptop, Ctrl-Z)
//! finds its lease out of date before it writes, and asks for it again; whatever it does then, the store refuses
//! an epoch that is not the one in force.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::clock::after;
use super::event::{Event, Standing};
use super::herald::Herald;
use super::holder;
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, SourceState, Timestamp};
use crate::store::{Lease, LeaseState, Store, StoreError, StoreResult};

/// How long a lease lives and how often it is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeasePace {
    /// How long a lease is valid without being renewed.
    pub life: SignedDuration,
    /// How often the holder renews it; well below half of the life.
    pub renew: Duration,
    /// How often a follower looks whether something was committed; the holder looks half as often.
    pub probe: Duration,
    /// How long to wait after the store failed.
    pub mend: Duration,
}

impl Default for LeasePace {
    fn default() -> Self {
        Self {
            life: SignedDuration::from_secs(15),
            renew: Duration::from_secs(7),
            probe: Duration::from_millis(500),
            mend: Duration::from_secs(5),
        }
    }
}

/// Signals that a follower looks at for a change.
const SIGNALS: u32 = 50;

/// What a follower saw last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight {
    version: Option<i64>,
    content: Option<u64>,
}

/// What the holder saw last of what others did.
struct Strangers {
    /// Changes with every commit.
    log: Option<i64>,
    /// Changes with the commits of other processes.
    commits: Option<i64>,
}

/// Longest that giving the lease back may delay the end of the program.
const RELEASE_LIMIT: Duration = Duration::from_secs(1);

/// Asks for the lease, keeps it and gives it back.
pub(crate) struct Keeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    herald: Arc<Herald>,
    holder: String,
    pace: LeasePace,
    held: Mutex<Option<Lease>>,
}

impl Keeper {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        herald: Arc<Herald>,
        holder: String,
        pace: LeasePace,
    ) -> Self {
        Self { store, clock, herald, holder, pace, held: Mutex::default() }
    }

    pub(crate) fn pace(&self) -> LeasePace {
        self.pace
    }

    fn held(&self) -> Option<Lease> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, lease: Option<Lease>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = lease;
    }

    /// Takes or renews the lease.
    pub(crate) async fn ask(&self) -> StoreResult<LeaseState> {
        let state = self.store.take_lease(&self.holder, self.clock.now(), self.pace.life).await?;
        self.hold(match &state {
            LeaseState::Ours(lease) => Some(lease.clone()),
            LeaseState::Theirs(_) => None,
        });
        Ok(state)
    }

    /// The lease to write under, if it is still that of `epoch`. Looks at the clock first: whoever slept asks
    /// again before acting.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another process has it or had it in between.
    pub(crate) async fn valid(&self, epoch: i64) -> StoreResult<Lease> {
        let now = self.clock.now();
        let lease = match self.held() {
            Some(lease) if now < lease.until && !self.is_odd(&lease, now) => lease,
            _ => match self.ask().await? {
                LeaseState::Ours(lease) => lease,
                LeaseState::Theirs(_) => return Err(StoreError::LeaseLost),
            },
        };
        if lease.epoch == epoch { Ok(lease) } else { Err(StoreError::LeaseLost) }
    }

    /// Whether the lease is that of `epoch` and has not run out, as far as is known without asking.
    pub(crate) fn holds(&self, epoch: i64) -> bool {
        let now = self.clock.now();
        self.held().is_some_and(|lease| lease.epoch == epoch && now < lease.until && !self.is_odd(&lease, now))
    }

    /// A lease that lasts longer than any lease can: the clock was set back since.
    fn is_odd(&self, lease: &Lease, now: Timestamp) -> bool {
        lease.until > after(now, self.pace.life)
    }

    /// Renews the lease until it is lost, and tells when others commit something. Cancel-safe.
    pub(crate) async fn keep(&self, epoch: i64) {
        let mut pause = self.pace.renew;
        let mut told = None;
        let mut seen = Strangers { log: self.store.version().await.ok(), commits: None };
        seen.commits = self.store.strangers_version().await.ok();
        loop {
            self.rest(pause, &mut seen).await;
            pause = match self.ask().await {
                Ok(LeaseState::Ours(lease)) if lease.epoch == epoch => {
                    self.herald.is_over(told.take());
                    self.look_for_strangers(&mut seen).await;
                    self.pace.renew
                }
                Ok(_) | Err(StoreError::LeaseLost) => return,
                Err(error) => {
                    // A trouble that collecting has told already stays collecting's to take back.
                    told = told.or_else(|| self.herald.trouble().is_none().then(|| error.to_string()));
                    self.herald.store_failed(&error);
                    self.pace.renew.min(Duration::from_secs(1))
                }
            };
        }
    }

    /// Waits, and looks every second whether somebody else committed something: an import, a person who is forgotten,
    /// somebody who marks mentions as read on another screen. The log tells whether anybody did, so that who is alone
    /// asks nothing.
    async fn rest(&self, pause: Duration, seen: &mut Strangers) {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            sleep_until(end.min(Instant::now() + 2 * self.pace.probe)).await;
            let log = self.store.version().await.ok();
            if log.is_some() && std::mem::replace(&mut seen.log, log) != log {
                self.look_for_strangers(seen).await;
            }
        }
    }

    /// Tells when somebody else committed something.
    async fn look_for_strangers(&self, seen: &mut Strangers) {
        let commits = self.store.strangers_version().await.ok();
        if commits.is_some() && std::mem::replace(&mut seen.commits, commits) != commits {
            self.look_whether_paused().await.ok();
            self.herald.tell(Event::Changed);
        }
    }

    /// Follows the process that holds the lease, and tells when it commits something, until the lease is ours.
    /// Cancel-safe.
    pub(crate) async fn follow(&self) -> Lease {
        let mut seen = Sight { version: self.store.version().await.ok(), content: self.content().await.ok() };
        loop {
            let until = match self.ask().await {
                Ok(LeaseState::Ours(lease)) => return lease,
                Ok(LeaseState::Theirs(lease)) if holder::is_gone(&lease.holder) => {
                    match self.store.release_lease(&lease).await {
                        Ok(()) => continue,
                        Err(_) => lease.until,
                    }
                }
                Ok(LeaseState::Theirs(lease)) => {
                    self.herald.stands(Standing::Following { holder: lease.holder });
                    self.herald.store_is_well();
                    lease.until
                }
                Err(error) => {
                    self.herald.store_failed(&error);
                    // What cannot be written may still be read, and written by others.
                    after(self.clock.now(), self.pace.mend.try_into().unwrap_or_default())
                }
            };
            // However far away the end of their lease is said to be, it is looked at once in a lease's life.
            let until = until.min(after(self.clock.now(), self.pace.life));
            self.watch(&mut seen, until).await;
        }
    }

    /// Waits until something was committed, or until the lease may have run out. Tells when the commit was more
    /// than the holder's renewing of its lease.
    async fn watch(&self, seen: &mut Sight, until: Timestamp) {
        while self.clock.now() <= until {
            sleep(self.pace.probe).await;
            if matches!(self.herald.standing(), Some(Standing::Following { holder }) if holder::is_gone(&holder)) {
                return;
            }
            let look = async {
                let version = Some(self.store.version().await?);
                let content = if version == seen.version { seen.content } else { Some(self.content().await?) };
                Ok(Sight { version, content })
            };
            match look.await {
                Ok(sight) if sight == *seen => {}
                Ok(sight) => {
                    if sight.content != seen.content {
                        self.herald.tell(Event::Changed);
                    }
                    *seen = sight;
                    return;
                }
                Err(error) => {
                    self.herald.store_failed(&error);
                    sleep(self.pace.mend).await;
                    return;
                }
            }
        }
    }

    /// A number that differs when a person could see a difference: how the sources fare, how many mentions there
    /// are, how many are unread, which signals there are and which were seen, what was corrected, and what campaigns
    /// are made of.
    async fn content(&self) -> StoreResult<u64> {
        let mut hash = DefaultHasher::new();
        self.look_whether_paused().await?;
        for source in self.store.sources().await? {
            let SourceState { id, health, failures, polled, next, mentions, live, .. } = source;
            // A stream is stored every few seconds, which nobody sees.
            let seen = (!live).then_some((polled, next));
            (id, health, failures, seen, mentions, live).hash(&mut hash);
        }
        self.store.corrections_version().await?.hash(&mut hash);
        self.store.campaign_place().await?.hash(&mut hash);
        let overview = self.store.overview(self.clock.now(), None).await?;
        (overview.mentions, overview.unread).hash(&mut hash);
        for signal in self.store.signals(SIGNALS).await? {
            (signal.id, signal.seen).hash(&mut hash);
        }
        Ok(hash.finish())
    }

    /// Another process may have held all traffic back, or let it go on.
    pub(crate) async fn look_whether_paused(&self) -> StoreResult<()> {
        self.herald.pause(self.store.paused().await?);
        Ok(())
    }

    /// Gives the lease back, if it is ours.
    pub(crate) async fn release(&self) {
        let Some(lease) = self.held() else { return };
        self.hold(None);
        if let Ok(Err(error)) = timeout(RELEASE_LIMIT, self.store.release_lease(&lease)).await {
            tracing::debug!(%error, "the lease could not be given back; it runs out by itself");
        }
    }
}

#[cfg(test)]
mod tests;
