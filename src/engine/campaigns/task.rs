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
use crate::engine::books::Bookkeeper;
use crate::engine::collector::Shared;
use crate::engine::event::Event;
use crate::engine::herald::Herald;
use crate::store::{Store, StoreError, StoreResult};

/// Shortest time between two looks: a frame of the screen.
const FRAME: Duration = Duration::from_millis(16);
/// A look that takes longer is followed by a rest of so many times its own length, so that a flood leaves most of the
/// processor to others.
const REST: u32 = 4;
/// After how long without any news the figures are made anew: gives and asks fade.
const REFRESH: Duration = Duration::from_secs(15 * 60);
/// Pause after the store could not be read.
const MEND: Duration = Duration::from_secs(10);
/// Longest line of a signal, in characters.
const LINE: usize = 300;

/// Keeps the board.
pub(crate) struct Campaigner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    herald: Arc<Herald>,
    books: Arc<Bookkeeper>,
    scale: Scale,
    bell: Notify,
    board: watch::Sender<Option<Arc<Board>>>,
}

/// What is held in memory between two looks.
#[derive(Default)]
struct Held {
    keeper: Option<Keeper>,
    /// The version of the books that the board was made with.
    books: Option<i64>,
    made: Option<Instant>,
}

impl Campaigner {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        herald: Arc<Herald>,
        books: Arc<Bookkeeper>,
        scale: Scale,
    ) -> Self {
        Self { store, clock, herald, books, scale, bell: Notify::new(), board: watch::Sender::new(None) }
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
            let rest = (looked.elapsed() * REST).max(FRAME);
            if !self.wait(&mut news).await {
                return;
            }
            sleep_until(looked + rest).await;
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
        let changed;
        let keeper = match &mut held.keeper {
            Some(keeper) => {
                changed = keeper.look(store, now).await?;
                keeper
            }
            none => {
                changed = true;
                none.insert(Keeper::open(store, self.scale.clone(), now).await?)
            }
        };
        let version = store.books_version().await?;
        let faded = held.made.is_none_or(|made| made.elapsed() >= REFRESH);
        if !changed && !faded && held.books == Some(version) {
            return Ok(());
        }
        // The books are let go of at once: whoever changes them would have to copy them else.
        let books = self.books.books().await?;
        let board = keeper.board(store, &books, now).await?;
        drop(books);
        held.books = Some(version);
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
        Event::Recorded { .. } | Event::Changed | Event::Learned(_) | Event::Erased(_) | Event::Books => true,
        Event::Outgoing { state, .. } => *state == OutgoingState::Sent,
        Event::StoreTrouble(trouble) => trouble.is_none(),
        Event::Campaigns(_)
        | Event::Source { .. }
        | Event::Signal(_)
        | Event::Standing(_)
        | Event::Paused(_)
        | Event::SendingStopped(_) => false,
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
