//! Rehearsing while a post is written: who reads, which books it is held against, and what came of it. Nothing in here
//! waits for a key, and no key waits for it.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::{Footing, Rehearsal, Setting, Stage};
use crate::domain::{Act, BrandSize, Timestamp};
use crate::engine::books::Books;
use crate::engine::presence::Presence;
use crate::language::Readers;
use crate::measure::giving::ledger::{Balance, Cover, FEWEST_ACTS};
use crate::measure::giving::{Table, full_marks};
use crate::store::{Store, StoreResult};

/// Latest acts by which it is told how the brand comes across.
const ACTS: u32 = 200;

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

    /// The books that are in the store, read for this once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn books(&self, store: &dyn Store) -> StoreResult<Books> {
        Books::open(store, self.readers.gesture.as_ref(), self.size, self.table).await
    }

    /// To be rehearsed against these books, and how the latest acts in the store come across.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ground(&self, books: &Books, store: &dyn Store, now: Timestamp) -> StoreResult<Arc<Ground>> {
        let presence = self.presence(store.acts(None, ACTS).await?.iter(), now);
        Ok(Arc::new(Ground { footing: Footing::of(&books.ledger, now), presence }))
    }

    fn presence<'a>(&self, acts: impl Iterator<Item = &'a Act>, now: Timestamp) -> Presence {
        Presence::of(acts, self.size, now, |text| self.readers.gesture.signs(text))
    }

    /// To be rehearsed against these books, nothing being known of how the brand comes across.
    pub fn on(&self, books: &Books, now: Timestamp) -> Ground {
        let presence = self.presence([].iter(), now);
        Ground { footing: Footing::of(&books.ledger, now), presence }
    }

    /// Rehearses a post that answers nobody, within the campaign that it belongs to.
    pub fn rehearse(&self, ground: &Arc<Ground>, text: &str, now: Timestamp, setting: Option<Setting>) -> Rehearsed {
        let (reader, footing) = (self.readers.gesture.as_ref(), &ground.footing);
        let stage = Stage { footing, reader, size: self.size, table: self.table, now, setting: setting.as_ref() };
        let (acts, rehearsal, sums) = (footing.acts, stage.rehearse(text, false), footing.sums(now));
        Rehearsed {
            about: text.to_owned(),
            lang: self.readers.language.language(text, None),
            rehearsal,
            balance: footing.balance,
            next: Cover::of(sums.given, sums.asked, self.table.hard_ask, self.size),
            presence: ground.presence.clone(),
            enough: acts >= FEWEST_ACTS,
            acts,
            full: full_marks(self.size),
            by: self.clone(),
            setting,
            ground: Arc::clone(ground),
        }
    }
}

impl Default for Rehearsing {
    /// By rules, for a brand of the usual size.
    fn default() -> Self {
        static RULES: LazyLock<Arc<Readers>> = LazyLock::new(|| Arc::new(Readers::rule_based()));
        Self::new(Arc::clone(&RULES), BrandSize::default(), Table::default())
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

/// What posts are rehearsed against: how the books stand, and how the brand comes across.
pub struct Ground {
    footing: Footing,
    presence: Presence,
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
    setting: Option<Setting>,
    ground: Arc<Ground>,
}

impl Rehearsed {
    /// Other words against the same books, at once: for a person who sends before anybody else has read them.
    pub fn again(&self, text: &str, now: Timestamp) -> Self {
        self.by.rehearse(&self.ground, text, now, self.setting.clone())
    }
}

impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsed").field("about", &self.about).field("acts", &self.acts).finish_non_exhaustive()
    }
}
