//! Publishes a fresh board whenever something changed that concerns it, and raises the backlashes of the day.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::flow::{Day, number_of};
use super::{Board, Keeper, Report, Scale};
use crate::domain::outbox::OutgoingState;
use crate::domain::{Clock, SafeText, Signal, SignalId, SignalKind};
use crate::engine::books::Books;
use crate::engine::collector::Shared;
use crate::engine::event::Event;
use crate::engine::herald::Herald;
use crate::language::Readers;
use crate::store::{Store, StoreError, StoreResult};

/// Shortest time between two looks, so that a flood costs a fixed number of them a second. What happens after a rest
/// is looked at at once.
const PAUSE: Duration = Duration::from_millis(250);
/// After how long without any news the figures are made anew: gives and asks fade.
const REFRESH: Duration = Duration::from_secs(15 * 60);
/// Pause after the store could not be read.
const MEND: Duration = Duration::from_secs(10);
/// Longest line of a signal, in characters.
const LINE: usize = 300;

/// Keeps the board.
pub(crate) struct Campaigner {
    store: Arc<dyn Store>,
    readers: Arc<Readers>,
    clock: Arc<dyn Clock>,
    herald: Arc<Herald>,
    scale: Scale,
    bell: Notify,
    board: watch::Sender<Option<Arc<Board>>>,
}

/// What is held in memory between two looks.
#[derive(Default)]
struct Held {
    keeper: Option<Keeper>,
    books: Option<Books>,
    made: Option<Instant>,
}

impl Campaigner {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        readers: Arc<Readers>,
        clock: Arc<dyn Clock>,
        herald: Arc<Herald>,
        scale: Scale,
    ) -> Self {
        Self { store, readers, clock, herald, scale, bell: Notify::new(), board: watch::Sender::new(None) }
    }

    /// The newest board; `None` until the first is made.
    pub(crate) fn now(&self) -> Option<Arc<Board>> {
        self.board.borrow().clone()
    }

    /// The newest board, and when there is another.
    pub(crate) fn boards(&self) -> watch::Receiver<Option<Arc<Board>>> {
        self.board.subscribe()
    }

    /// Campaigns or payments were changed here: it is looked at now.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Looks whenever something happened that may concern campaigns.
    pub(crate) async fn run(&self) {
        let mut news = self.herald.subscribe();
        let mut held = Held::default();
        loop {
            let looked = Instant::now();
            if let Err(error) = self.look(&mut held).await {
                tracing::warn!(%error, "campaigns cannot be measured; they are looked at again");
                held = Held::default();
                sleep(MEND).await;
            }
            if !self.wait(&mut news).await {
                return;
            }
            sleep_until(looked + PAUSE).await;
        }
    }

    /// Waits for something that may concern campaigns, or until figures fade. False when there will be no news any more.
    async fn wait(&self, news: &mut broadcast::Receiver<Event>) -> bool {
        let fade = sleep(REFRESH);
        tokio::pin!(fade);
        loop {
            tokio::select! {
                () = self.bell.notified() => return true,
                () = &mut fade => return true,
                heard = news.recv() => match heard {
                    Ok(event) if concerns(&event) => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
            }
        }
    }

    async fn look(&self, held: &mut Held) -> StoreResult<()> {
        let (store, now) = (&*self.store, self.clock.now());
        let (changed, acts);
        let keeper = match &mut held.keeper {
            Some(keeper) => {
                let looked = keeper.look(store, now).await?;
                (changed, acts) = (looked.any, looked.acts);
                keeper
            }
            none => {
                (changed, acts) = (true, true);
                none.insert(Keeper::open(store, self.scale.clone(), now).await?)
            }
        };
        let faded = held.made.is_none_or(|made| made.elapsed() >= REFRESH);
        if !changed && !acts && !faded {
            return Ok(());
        }
        let books = match held.books.take().filter(|_| !acts) {
            Some(books) => books,
            None => {
                let reader = self.readers.gesture.as_ref();
                Books::open(store, reader, self.scale.size, self.scale.table, now).await?
            }
        };
        let board = keeper.board(store, held.books.insert(books), now).await?;
        held.made = Some(Instant::now());
        let board = Arc::new(board);
        self.board.send_replace(Some(Arc::clone(&board)));
        self.herald.tell(Event::Campaigns(board));
        Ok(())
    }
}

/// Whether news may concern campaigns.
fn concerns(event: &Event) -> bool {
    match event {
        Event::Recorded { .. } | Event::Changed | Event::Learned(_) | Event::Erased(_) => true,
        // What we published is an act; whoever fetched nothing but acts tells only that a poll ended.
        Event::Outgoing { state, .. } => *state == OutgoingState::Sent,
        Event::Source { polling, .. } => !polling,
        Event::StoreTrouble(trouble) => trouble.is_none(),
        Event::Campaigns(_) | Event::Signal(_) | Event::Standing(_) | Event::Paused(_) | Event::SendingStopped(_) => {
            false
        }
    }
}

/// Raises the backlash of every campaign on the day on which it begins, while this process holds the lease.
pub(crate) async fn backlashes(
    shared: Arc<Shared>,
    mut boards: watch::Receiver<Option<Arc<Board>>>,
    zone: jiff::tz::TimeZone,
    epoch: i64,
) {
    loop {
        let board = boards.borrow_and_update().clone();
        if let Some(board) = board {
            let today = number_of(shared.clock.now(), &zone);
            for report in board.running() {
                let Some(day) = report.backlash_on(today) else { continue };
                match raise(&shared, report, day, epoch).await {
                    Ok(()) => {}
                    Err(StoreError::LeaseLost) => return,
                    Err(error) => tracing::warn!(%error, "a backlash could not be raised"),
                }
            }
        }
        if boards.changed().await.is_err() {
            return;
        }
    }
}

async fn raise(shared: &Shared, report: &Report, day: &Day, epoch: i64) -> Result<(), StoreError> {
    let text = SafeText::line(&told(report, day), LINE);
    let at = shared.clock.now();
    let kind = SignalKind::Backlash;
    let signal = Signal { id: SignalId(0), kind, at, subject: None, source: None, text, seen: false };
    let lease = shared.keeper.valid(epoch).await?;
    if let Some(id) = shared.store.raise_backlash(&lease, report.campaign.id, day.number, &signal).await? {
        shared.herald.signal(Signal { id, ..signal });
    }
    Ok(())
}

/// What a backlash says: the campaign, the figures of the day, and the posts that did it.
fn told(report: &Report, day: &Day) -> String {
    let posts: Vec<String> = day
        .posts
        .iter()
        .rev()
        .take(2)
        .map(|post| format!("{}: \"{}\"", post.author, SafeText::line(post.text.as_str(), 60)))
        .collect();
    let posts = if posts.is_empty() { String::new() } else { format!("; {}", posts.join(", ")) };
    format!(
        "backlash against \"{}\": {} and {} today, reception {:.0} of 20{posts}",
        SafeText::line(&report.campaign.terms.name, 60),
        super::words::many(day.complaints, "complaint", "complaints"),
        super::words::many(day.praise, "praise", "praises"),
        day.reception * 20.0,
    )
}
