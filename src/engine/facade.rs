//! The engine as the rest of the house sees it: started with a plan, listened to, told to refresh, shut down.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::teaching::attend;
use super::alerts::{self, Alerts, Note};
use super::answering::AnsweringSettings;
use super::books::{self, Bookkeeper};
use super::campaigns::Scale;
use super::campaigns::task::{Campaigner, backlashes};
use super::collector::once::OnceReport;
use super::collector::{Collector, Command, End, Shared};
use super::doors::{Door, Doors, Hands};
use super::event::Standing;
use super::flood::Gauge;
use super::herald::Herald;
use super::history::Historian;
use super::intake::{Intake, IntakeError};
use super::lease::Keeper;
use super::lessons::School;
use super::outbox::{Bell, Desk, Exits, Manner, Sender, Watcher, keep_known};
use super::own::OwnAccounts;
use super::plan::{EngineError, EnginePlan, Orders};
use super::{holder, people, retention, supervise};
use crate::domain::Clock;
use crate::domain::time::SignedDuration;
use crate::language::Readers;
use crate::sources::Source;
use crate::store::{Adopted, Lease, LeaseState, Retention, Roster, Store, StoreError};

/// Events that a listener may lag behind before it must read the store again.
const EVENTS: usize = 512;
/// Commands that may wait.
const COMMANDS: usize = 32;
/// Longest that what is being sent may go on, once this process collects no more.
const SENDING: Duration = Duration::from_millis(2_500);

/// Starts the engine.
pub struct Engine;

impl Engine {
    /// Brings the roster into the store and begins to collect, or to follow whoever collects.
    ///
    /// # Errors
    /// [`EngineError`] when a watch is refused or the store can be neither written nor read. A store that can
    /// only be read for now starts all the same; [`super::Event::StoreTrouble`] tells, and it is tried again.
    pub async fn start(plan: EnginePlan) -> Result<EngineHandle, EngineError> {
        let manner = plan.manner.clone();
        let (conductor, commands) = Conductor::new(plan).await?;
        let (shared, crew) = (Arc::clone(&conductor.shared), Arc::clone(&conductor.crew));
        let (bell, process) = (Arc::clone(&conductor.bell), conductor.process.clone());
        let stop = CancellationToken::new();
        let (mut tasks, mut watchers) = (JoinSet::new(), JoinSet::new());
        let watcher = conductor.watcher();
        watchers.spawn(supervise::persist("outbox", move || watcher.clone().run()));
        let (school, teller) = (Arc::clone(&crew.school), Arc::clone(&shared.herald));
        let lessons = attend(school, teller.subscribe(), teller);
        tasks.spawn(stop.clone().run_until_cancelled_owned(lessons).map(|_| ()));
        let campaigner = Arc::clone(&crew.campaigner);
        let measuring = supervise::persist("campaigns", move || {
            let campaigner = Arc::clone(&campaigner);
            async move { campaigner.run().await }
        });
        tasks.spawn(stop.clone().run_until_cancelled_owned(measuring).map(|_| ()));
        tasks.spawn(conductor.conduct(stop.clone()));
        Ok(EngineHandle { shared, commands, stop, tasks, watchers, crew, bell, process, manner })
    }
}

/// Asks every source once, stores what they bring, raises what must be told, and lets go of the lease again.
/// `progress` is told of each source as it ends: the report, how many have ended, how many there are. A source that
/// has more to tell, a stream that is behind or a list of many pages, is read on until it has told all or `budget` is
/// used up.
///
/// # Errors
/// [`EngineError::Held`] when another process collects; else when a watch or the store refuses.
pub async fn poll_all_once(
    plan: EnginePlan,
    stop: &CancellationToken,
    budget: Duration,
    progress: &mut (dyn FnMut(&OnceReport, usize, usize) + Send),
) -> Result<Vec<OnceReport>, EngineError> {
    let (mut conductor, _commands) = Conductor::new(plan).await?;
    if conductor.shared.herald.is_paused() {
        return Err(EngineError::Paused);
    }
    let keeper = Arc::clone(&conductor.shared.keeper);
    let lease = conductor.lease_for_once(stop).await?;
    let result = async {
        let adopted = conductor.crew.adopt().await?;
        let mut collector = conductor.collector(&adopted)?;
        let reports = collector.once(&lease, stop, budget, progress).await?;
        if let Some(historian) = conductor.historian(&adopted, lease.epoch)? {
            stop.run_until_cancelled(historian.once()).await.unwrap_or(Ok(()))?;
        }
        let lateness = conductor.crew.answering().lateness();
        let (shared, lateness) = (Arc::clone(&conductor.shared), move || lateness.clone());
        let alerts = Alerts::new(shared, move || Arc::clone(&adopted), lease.epoch, lateness);
        alerts.run_once(&mut *conductor.notes.lock().await).await?;
        books::reading::read_all(&conductor.shared, &conductor.crew.readers, lease.epoch).await?;
        Ok(reports)
    };
    let result = result.await;
    keeper.release().await;
    result
}

/// What the conductor and the handle both know: the roster in force and its numbers.
struct Crew {
    roster: Mutex<Roster>,
    adopted: Mutex<Arc<Adopted>>,
    /// The brand's own people.
    team: Mutex<Vec<String>>,
    /// How mentions are answered.
    answering: Mutex<AnsweringSettings>,
    /// What each source can do besides listening, in the roster's order.
    doors: Doors,
    readers: Arc<Readers>,
    store: Arc<dyn Store>,
    /// This process, and the time, when it only sends.
    errand: Option<(String, Arc<dyn Clock>)>,
    school: Arc<School>,
    books: Arc<Bookkeeper>,
    campaigner: Arc<Campaigner>,
    /// The zone in which days begin.
    zone: jiff::tz::TimeZone,
}

impl Crew {
    fn adopted(&self) -> Arc<Adopted> {
        Arc::clone(&self.adopted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answering(&self) -> AnsweringSettings {
        self.answering.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes on what a person may change while the engine is at work; gives back what was in force.
    fn take_on(&self, orders: Orders) -> Orders {
        fn swap<T>(place: &Mutex<T>, new: T) -> T {
            std::mem::replace(&mut *place.lock().unwrap_or_else(PoisonError::into_inner), new)
        }
        let sources = self.roster.lock().unwrap_or_else(PoisonError::into_inner).sources.clone();
        Orders {
            roster: swap(&self.roster, Roster { sources, ..orders.roster }),
            team: swap(&self.team, orders.team),
            answering: swap(&self.answering, orders.answering),
        }
    }

    /// Brings the roster into the store; the numbers that it gets are those in force from now on. Who does not listen
    /// comes for one errand: what a collecting process took on is left alone.
    async fn adopt(&self) -> Result<Arc<Adopted>, StoreError> {
        let roster = self.roster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let adopted = match &self.errand {
            Some((process, clock)) => self.store.join(&roster, process, clock.now()).await?,
            None => self.store.adopt(&roster).await?,
        };
        let adopted = Arc::new(adopted);
        *self.adopted.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&adopted);
        Ok(adopted)
    }

    /// Adopts the roster; where the store can only be read for now, what was adopted before has to do.
    async fn adopt_or_read(&self, herald: &Herald) -> Result<(), StoreError> {
        match self.adopt().await {
            Ok(_) => Ok(()),
            Err(error @ (StoreError::Full { .. } | StoreError::ReadOnly { .. } | StoreError::Busy)) => {
                herald.store_failed(&error);
                let adopted = Arc::new(self.store.adopted().await?);
                *self.adopted.lock().unwrap_or_else(PoisonError::into_inner) = adopted;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn intake(&self, adopted: &Adopted) -> Result<Arc<Intake>, IntakeError> {
        let intake = Intake::new(adopted, Arc::clone(&self.readers))?;
        let team = self.team.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Arc::new(intake.with_team(&team).with_answering(self.answering()).taught(self.school.taught())))
    }

    /// What can be done at each source, with the numbers in force.
    fn doors(&self) -> Vec<(Door, &Hands)> {
        self.doors.numbered(&self.adopted().sources)
    }
}

/// The engine at work.
pub struct EngineHandle {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    watchers: JoinSet<()>,
    crew: Arc<Crew>,
    bell: Arc<Bell>,
    process: String,
    manner: Manner,
}

/// Goes back and forth between following and collecting.
struct Conductor {
    shared: Arc<Shared>,
    crew: Arc<Crew>,
    sources: Vec<Source>,
    workers: usize,
    retention: Option<Retention>,
    own_history: Option<SignedDuration>,
    /// Asks the sources; else it only sends.
    listens: bool,
    commands: mpsc::Receiver<Command>,
    notes: Arc<AsyncMutex<mpsc::Receiver<Note>>>,
    bell: Arc<Bell>,
    process: String,
}

impl Conductor {
    async fn new(plan: EnginePlan) -> Result<(Self, mpsc::Sender<Command>), EngineError> {
        let doors = Doors::of(&plan.sources);
        let roster = Roster { sources: doors.roster(), ..plan.roster };
        check_queries(&roster)?;
        let herald = Herald::new(EVENTS);
        let (store, clock) = (Arc::clone(&plan.store), Arc::clone(&plan.clock));
        let process = plan.holder.clone();
        let keeper = Keeper::new(store, clock, Arc::clone(&herald), plan.holder, plan.pace);
        let (commands_in, commands) = mpsc::channel(COMMANDS);
        let (notes_in, notes) = mpsc::channel(alerts::WAITING);
        let books = Arc::new(Bookkeeper::new(Arc::clone(&plan.store), plan.size, plan.table));
        let scale = Scale { size: plan.size, table: plan.table, zone: plan.zone.clone() };
        let (store, clock) = (Arc::clone(&plan.store), Arc::clone(&plan.clock));
        let campaigner = Campaigner::new(store, clock, Arc::clone(&herald), Arc::clone(&books), scale);
        let crew = Crew {
            campaigner: Arc::new(campaigner),
            zone: plan.zone,
            errand: (!plan.listens).then(|| (process.clone(), Arc::clone(&plan.clock))),
            roster: Mutex::new(roster),
            adopted: Mutex::default(),
            team: Mutex::new(plan.team),
            answering: Mutex::new(plan.answering),
            doors,
            school: Arc::new(School::new(Arc::clone(&plan.store), Arc::clone(&plan.readers))),
            books,
            readers: plan.readers,
            store: Arc::clone(&plan.store),
        };
        let conductor = Self {
            shared: Arc::new(Shared {
                store: plan.store,
                clock: plan.clock,
                keeper: Arc::new(keeper),
                herald,
                gauge: Mutex::new(Gauge::new(plan.ceilings)),
                dice: plan.dice,
                own: OwnAccounts::default(),
                pen: AsyncMutex::default(),
                waiting: AtomicUsize::default(),
                notes: notes_in,
            }),
            crew: Arc::new(crew),
            sources: plan.sources,
            workers: plan.workers,
            retention: plan.retention,
            own_history: plan.own_history,
            listens: plan.listens,
            commands,
            notes: Arc::new(AsyncMutex::new(notes)),
            bell: Arc::default(),
            process,
        };
        conductor.crew.adopt_or_read(&conductor.shared.herald).await?;
        conductor.shared.keeper.look_whether_paused().await?;
        conductor.crew.school.look().await?;
        Ok((conductor, commands_in))
    }

    /// Tells what moves on in the outbox.
    fn watcher(&self) -> Watcher {
        Watcher {
            store: Arc::clone(&self.shared.store),
            clock: Arc::clone(&self.shared.clock),
            herald: Arc::clone(&self.shared.herald),
            bell: Arc::clone(&self.bell),
            process: self.process.clone(),
        }
    }

    /// The lease, or who has it. A holder that may be gone is given the life of its lease.
    async fn lease_for_once(&self, stop: &CancellationToken) -> Result<Lease, EngineError> {
        let keeper = &self.shared.keeper;
        match keeper.ask().await? {
            LeaseState::Ours(lease) => return Ok(lease),
            LeaseState::Theirs(lease) if holder::is_alive(&lease.holder) => {
                return Err(EngineError::Held { holder: lease.holder });
            }
            LeaseState::Theirs(_) => {}
        }
        let patience = Duration::try_from(keeper.pace().life).unwrap_or_default() + Duration::from_secs(1);
        let lease = tokio::select! {
            () = stop.cancelled() => None,
            lease = timeout(patience, keeper.follow()) => lease.ok(),
        };
        lease.ok_or_else(|| match self.shared.herald.standing() {
            Some(Standing::Following { holder }) => EngineError::Held { holder },
            _ => EngineError::Store(StoreError::Busy),
        })
    }

    fn collector(&mut self, adopted: &Adopted) -> Result<Collector, EngineError> {
        let intake = self.crew.intake(adopted)?;
        let sources = std::mem::take(&mut self.sources);
        Ok(Collector::new(Arc::clone(&self.shared), intake, &adopted.sources, sources, self.workers))
    }

    async fn conduct(mut self, stop: CancellationToken) {
        let mut collector = None;
        while let Some(lease) = self.follow(&stop).await {
            match self.collect(&mut collector, &lease, &stop).await {
                Ok(End::Stopped) => break,
                Ok(End::LeaseLost) => {}
                Ok(End::Failed(error)) | Err(EngineError::Store(error)) => {
                    self.shared.herald.store_failed(&error);
                    tokio::select! { () = stop.cancelled() => break, () = sleep(self.shared.keeper.pace().mend) => {} }
                }
                Err(error) => {
                    tracing::error!(%error, "collecting cannot begin");
                    break;
                }
            }
        }
        self.shared.keeper.release().await;
    }

    /// Follows until the lease is ours; `None` when the program ends.
    async fn follow(&mut self, stop: &CancellationToken) -> Option<Lease> {
        let keeper = Arc::clone(&self.shared.keeper);
        let following = keeper.follow();
        tokio::pin!(following);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                lease = &mut following => return Some(lease),
                // Nothing can be asked now; what is pending is no wish for later.
                Some(_) = self.commands.recv() => {}
            }
        }
    }

    async fn collect(
        &mut self,
        collector: &mut Option<Collector>,
        lease: &Lease,
        stop: &CancellationToken,
    ) -> Result<End, EngineError> {
        let adopted = self.crew.adopt().await?;
        let desk = self.desk(lease.epoch);
        let sending = stop.child_token();
        let mut senders = JoinSet::new();
        senders.spawn(Sender::new(desk.clone(), sending.clone()).run());
        let mut aides = JoinSet::new();
        aides.spawn(supervise::persist("identities", move || keep_known(desk.clone())));
        let (shared, readers, epoch) = (Arc::clone(&self.shared), Arc::clone(&self.crew.readers), lease.epoch);
        aides.spawn(supervise::persist("books", move || {
            books::attend(Arc::clone(&shared), Arc::clone(&readers), epoch)
        }));
        let end = match self.listens {
            true => self.listen(collector, &adopted, lease, &mut aides, stop).await,
            false => Ok(self.only_send(lease, stop).await),
        };
        aides.shutdown().await;
        sending.cancel();
        let _ = timeout(SENDING, async { while senders.join_next().await.is_some() {} }).await;
        senders.shutdown().await;
        end
    }

    /// What the sender works with.
    fn desk(&self, epoch: i64) -> Desk {
        let crew = Arc::clone(&self.crew);
        let exits: Exits =
            Arc::new(move || crew.doors().into_iter().map(|(door, hands)| (door, hands.clone())).collect::<Vec<_>>());
        let (shared, bell) = (Arc::clone(&self.shared), Arc::clone(&self.bell));
        Desk { shared, exits, bell, epoch, authors: Arc::default() }
    }

    /// Keeps the lease, and asks no source.
    async fn only_send(&mut self, lease: &Lease, stop: &CancellationToken) -> End {
        self.shared.herald.stands(Standing::Collecting);
        let keeper = Arc::clone(&self.shared.keeper);
        let kept = keeper.keep(lease.epoch);
        tokio::pin!(kept);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return End::Stopped,
                () = &mut kept => return End::LeaseLost,
                Some(_) = self.commands.recv() => {}
            }
        }
    }

    async fn listen(
        &mut self,
        collector: &mut Option<Collector>,
        adopted: &Adopted,
        lease: &Lease,
        aides: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Result<End, EngineError> {
        let collector = match collector {
            Some(collector) => {
                collector.obey(Command::Watch(self.crew.intake(adopted)?));
                collector
            }
            None => collector.insert(self.collector(adopted)?),
        };
        self.shared.herald.stands(Standing::Collecting);
        let historian = self.historian(adopted, lease.epoch)?;
        self.start_aides(aides, lease.epoch, historian);
        Ok(collector.run(lease, &mut self.commands, stop).await)
    }

    /// Who fetches our own older posts.
    fn historian(&self, adopted: &Adopted, epoch: i64) -> Result<Option<Historian>, EngineError> {
        let Some(back) = self.own_history else { return Ok(None) };
        // What is older than the retention allows would be erased again at once.
        let back = self.retention.map_or(back, |retention| back.min(retention.mentions));
        let doors = self.crew.doors().into_iter();
        let accounts = doors.filter_map(|(door, hands)| Some((door, hands.lookup.clone()?))).collect();
        let (shared, intake) = (Arc::clone(&self.shared), self.crew.intake(adopted)?);
        Ok(Some(Historian { shared, intake, accounts, back, epoch }))
    }

    fn start_aides(&self, aides: &mut JoinSet<()>, epoch: i64, historian: Option<Historian>) {
        let (shared, crew, notes) = (Arc::clone(&self.shared), Arc::clone(&self.crew), Arc::clone(&self.notes));
        aides.spawn(supervise::persist("alerts", move || {
            let (crew, notes) = (Arc::clone(&crew), Arc::clone(&notes));
            let settings = Arc::clone(&crew);
            let lateness = move || settings.answering().lateness();
            let alerts = Alerts::new(Arc::clone(&shared), move || crew.adopted(), epoch, lateness);
            async move { alerts.run(&mut *notes.lock().await).await }
        }));
        if let Some(historian) = historian {
            aides.spawn(supervise::persist("own history", move || historian.clone().run()));
        }
        let (shared, crew) = (Arc::clone(&self.shared), Arc::clone(&self.crew));
        aides.spawn(supervise::persist("backlash", move || {
            backlashes(Arc::clone(&shared), crew.campaigner.boards(), crew.zone.clone(), epoch)
        }));
        let house = Arc::clone(&self.shared);
        aides.spawn(supervise::persist("ties", move || people::run(Arc::clone(&house))));
        if let Some(retention) = self.retention {
            let shared = Arc::clone(&self.shared);
            aides.spawn(supervise::persist("retention", move || retention::run(Arc::clone(&shared), retention, epoch)));
        }
    }
}

/// Reads every query once, before anything is stored.
fn check_queries(roster: &Roster) -> Result<(), IntakeError> {
    for watch in &roster.watches {
        crate::watch::Query::parse(&watch.query)
            .map_err(|error| IntakeError::Query { watch: watch.name.clone(), error })?;
    }
    Ok(())
}

mod handle;
mod teaching;
#[cfg(test)]
mod tests;
