//! Rehearsing while a post is written: who reads, which books it is held against, and what came of it. Nothing in here
//! waits for a key, and no key waits for it.

use std::fmt;
use std::sync::Arc;

use super::{Rehearsal, Stage};
use crate::domain::{BrandSize, Timestamp};
use crate::engine::books::Books;
use crate::engine::presence::Presence;
use crate::language::Readers;
use crate::measure::giving::ledger::{Balance, Cover, FEWEST_ACTS};
use crate::measure::giving::{Table, full_marks};
use crate::store::{Store, StoreResult};

/// Who rehearses, for what brand.
#[derive(Clone)]
pub struct Rehearsing {
    readers: Arc<Readers>,
    size: BrandSize,
    table: Table,
}

impl Rehearsing {
    /// These readers, for a brand of this size, with these weights.
    pub fn new(readers: Arc<Readers>, size: BrandSize, table: Table) -> Self {
        Self { readers, size, table }
    }

    /// The books as they are in the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn books(&self, store: &dyn Store, now: Timestamp) -> StoreResult<Arc<Books>> {
        Ok(Arc::new(Books::open(store, self.readers.gesture.as_ref(), self.size, self.table, now).await?))
    }

    /// Rehearses a post that answers nobody.
    pub fn rehearse(&self, books: &Arc<Books>, text: &str, now: Timestamp) -> Rehearsed {
        let stage = Stage { books, reader: self.readers.gesture.as_ref(), size: self.size, table: self.table, now };
        let acts = books.acts.len();
        Rehearsed {
            about: text.to_owned(),
            lang: self.readers.language.language(text, None),
            rehearsal: stage.rehearse(text, false),
            balance: books.ledger.balance(now),
            next: books.ledger.next_ask(self.table.hard_ask, self.size, now),
            presence: Presence::of(books.acts.iter().map(|read| &read.act), self.size, now),
            enough: acts >= FEWEST_ACTS,
            acts,
            full: full_marks(self.size),
            by: self.clone(),
            books: Arc::clone(books),
        }
    }
}

impl Default for Rehearsing {
    /// By rules, for a brand of the usual size.
    fn default() -> Self {
        Self::new(Arc::new(Readers::rule_based()), BrandSize::default(), Table::default())
    }
}

impl fmt::Debug for Rehearsing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsing").field("size", &self.size).finish_non_exhaustive()
    }
}

impl PartialEq for Rehearsing {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.readers, &other.readers) && self.size == other.size && self.table == other.table
    }
}

/// What a post would do, as far as that is known.
pub struct Rehearsed {
    /// The words that it is about.
    pub about: String,
    /// The language that was read.
    pub lang: Option<String>,
    /// What they would do.
    pub rehearsal: Rehearsal,
    /// How the books stand now.
    pub balance: Balance,
    /// Whether the next hard ask would be covered.
    pub next: Cover,
    /// How personal the brand comes across.
    pub presence: Presence,
    /// There are acts enough for a balance.
    pub enough: bool,
    /// Acts in the books.
    pub acts: usize,
    /// The balance that is full marks.
    pub full: f64,
    by: Rehearsing,
    books: Arc<Books>,
}

impl Rehearsed {
    /// Other words against the same books, at once: for a person who sends before anybody else has read them.
    pub fn again(&self, text: &str, now: Timestamp) -> Self {
        self.by.rehearse(&self.books, text, now)
    }
}

impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsed").field("about", &self.about).field("acts", &self.acts).finish_non_exhaustive()
    }
}
