//! Keeps the books in memory in line with the store: read once, and from then on only what changed.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Accounts, Books, MOST, Moments, Posting};
use crate::domain::{ActId, BrandSize, Timestamp};
use crate::measure::giving::Table;
use crate::store::{BookChanges, BookRow, Store, StoreResult};

/// Acts that are read from the store at once.
const PIECE: u32 = 2_000;

/// Keeps the books of one store. Cheap to ask while nothing changes.
pub struct Bookkeeper {
    store: Arc<dyn Store>,
    size: BrandSize,
    table: Table,
    held: Mutex<Option<Held>>,
}

/// The books as of a version of the store.
struct Held {
    books: Arc<Books>,
    version: i64,
    /// What was published before is not in them: there are more acts than [`MOST`].
    since: Timestamp,
    moments: Moments,
    accounts: Accounts,
}

impl Bookkeeper {
    /// A keeper that has read nothing yet.
    pub fn new(store: Arc<dyn Store>, size: BrandSize, table: Table) -> Self {
        Self { store, size, table, held: Mutex::default() }
    }

    /// The books as the store has them now.
    ///
    /// # Errors
    /// When the store cannot be read; what was held before is kept.
    pub async fn books(&self) -> StoreResult<Arc<Books>> {
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_mut() {
            let version = self.store.books_version().await?;
            if version == held.version {
                return Ok(Arc::clone(&held.books));
            }
            let changes = self.store.book_changes(held.version).await?;
            if !changes.too_old {
                held.follow(changes);
                return Ok(Arc::clone(&held.books));
            }
        }
        // Let go of the old ones first: two of them would take twice the memory.
        *held = None;
        let fresh = self.load().await?;
        let books = Arc::clone(&fresh.books);
        *held = Some(fresh);
        Ok(books)
    }

    async fn load(&self) -> StoreResult<Held> {
        // What comes while it is read is read again.
        let version = self.store.books_version().await?;
        let mut accounts = Accounts::default();
        let mut moments = Moments::new();
        let mut postings = Vec::new();
        let (mut place, mut read) = (None, 0);
        while let Some(piece) = piece(&*self.store, &mut place, MOST - read).await? {
            read += piece.len();
            for posting in piece.into_iter().filter_map(|row| Posting::of(row, &mut accounts)) {
                moments.insert(posting.entry.act, posting.entry.at);
                postings.push(posting);
            }
        }
        postings.reverse();
        let oldest = postings.first().filter(|_| read >= MOST).map(|posting| posting.entry.at);
        let since = oldest.unwrap_or(Timestamp::MIN);
        let (size, table) = (self.size, self.table);
        let reckoned = tokio::task::spawn_blocking(move || {
            let mut books = Books::empty(size, table);
            books.change(&[], postings);
            books
        });
        let books = reckoned
            .await
            .map_err(|error| crate::store::StoreError::Other(crate::engine::supervise::what_happened(error)))?;
        Ok(Held { books: Arc::new(books), version, since, moments, accounts })
    }
}

impl Held {
    /// Brings the books in line with what changed.
    fn follow(&mut self, changes: BookChanges) {
        self.version = changes.version;
        let changed = changes.rows.iter().map(|row| row.act).chain(changes.gone.iter().copied());
        let gone: Vec<(Timestamp, ActId)> = changed.filter_map(|act| Some((self.moments.remove(&act)?, act))).collect();
        let rows = changes.rows.into_iter().filter(|row| row.published >= self.since);
        let come: Vec<Posting> = rows.filter_map(|row| Posting::of(row, &mut self.accounts)).collect();
        self.moments.extend(come.iter().map(|posting| (posting.entry.act, posting.entry.at)));
        if gone.is_empty() && come.is_empty() {
            return;
        }
        // Nobody else holds them, as a rule; who does keeps what they have.
        let books = Arc::make_mut(&mut self.books);
        books.change(&gone, come);
        if let Some(over) = books.acts.len().checked_sub(MOST + MOST / 10).filter(|over| *over > 0)
            && let Some(moment) = books.acts.get(over + MOST / 10).map(|read| read.published)
        {
            books.forget_before(moment);
            self.since = moment;
            self.moments.retain(|_, published| *published >= moment);
        }
    }
}

/// The newest [`MOST`] rows.
pub(super) async fn rows(store: &dyn Store) -> StoreResult<Vec<BookRow>> {
    let (mut rows, mut place) = (Vec::new(), None);
    while let Some(more) = piece(store, &mut place, MOST - rows.len()).await? {
        rows.extend(more);
    }
    Ok(rows)
}

/// Where the next piece begins, once one was read; at the end when it holds nothing.
type Place = Option<Option<(Timestamp, ActId)>>;

/// The next piece of the rows, newest first; `None` when there are no more, or no room.
async fn piece(store: &dyn Store, place: &mut Place, room: usize) -> StoreResult<Option<Vec<BookRow>>> {
    let before = match place {
        None => None,
        Some(None) => return Ok(None),
        Some(before) => *before,
    };
    let limit = PIECE.min(u32::try_from(room).unwrap_or(PIECE));
    if limit == 0 {
        return Ok(None);
    }
    let rows = store.book_rows(Timestamp::MIN, before, limit).await?;
    let last = rows.last().map(|row| (row.published, row.act));
    *place = Some(last.filter(|_| rows.len() >= limit as usize));
    Ok(Some(rows))
}
