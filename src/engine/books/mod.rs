//! The books: what the brand published, read as gives and asks and brought into the ledger.
//!
//! | part | what it is for |
//! |---|---|
//! | [`Books`] | the ledger and the acts that stand in it, in memory, changed as acts come, change and go |
//! | [`Bookkeeper`] | keeps them in line with the store; asked by the screen and by whoever measures |
//! | [`reading`] | acts are read once, and the readings stored |
//! | [`shown`] | what a screen shows of them |
//! | [`parts`] | what each account, audience and campaign gave and asked |
//! | [`stakes`] | what was promised and what was given of it, by the posts and by the word of a person |
//!
//! Acts that are not public stay out: they are in no statistic.

mod keeper;
pub mod parts;
pub mod reading;
pub mod shown;
pub mod stakes;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use keeper::Bookkeeper;
pub(crate) use reading::attend;

use crate::domain::{
    ActId, BrandSize, Deed, Gesture, Money, Network, PersonId, SourceId, Timestamp, Trigger, Visibility,
};
use crate::language::ReadGesture;
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Entry, Ledger, Line};
use crate::measure::giving::sameness::{self, Sketch};
use crate::store::{BookRow, Store, StoreResult};

/// Acts beyond which the oldest are left out; age alone leaves nothing out, since an old ask is judged by what was given
/// before it, and a campaign by all its acts.
///
/// Up to 900 acts a day what is left out is at least 111 days old, of which 0.4 % is left at the usual half-life; if all
/// of that were large gives, the balance that is shown would move by 0.0041, which is less than half of its last digit.
pub const MOST: usize = 100_000;
/// Probability from which a reading is sure.
pub const SURE: f32 = 0.9;

/// An act as it was read, without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The act.
    pub act: ActId,
    /// When it counts as published.
    pub published: Timestamp,
    /// The source that brought it first.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// Who of us wrote it: handle, else name; may be empty.
    pub account: Arc<str>,
    /// It answers somebody.
    pub reply: bool,
    /// Whom, when that is stored.
    pub to: Option<PersonId>,
    /// What the reader took for its gesture.
    pub gesture: Gesture,
    /// What the reader took it to do.
    pub read: Deed,
    /// The probability of the gesture, 0 to 1.
    pub sure: f32,
    /// What a conditional gift waits for.
    pub trigger: Option<Trigger>,
    /// What was promised or given, as far as a number says it: the cap, or what is given away.
    pub promise: Option<Box<Promise>>,
    /// It is signed, or in the first person singular.
    pub personal: bool,
    /// What a person says that it does.
    pub said: Option<Deed>,
}

/// What an act promises, as far as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// The cap as it is written; `None` for what is given without a condition.
    pub cap: Option<Box<str>>,
    /// The number.
    pub amount: Option<Money>,
}

impl Read {
    /// What it does: a person's word before the reader's.
    pub fn deed(&self) -> Deed {
        self.said.unwrap_or(self.read)
    }

    /// A person has said what it does.
    pub fn confirmed(&self) -> bool {
        self.said.is_some()
    }

    /// A capped condition that a person confirmed, or that was read with at least [`SURE`].
    pub fn surely_capped(&self) -> bool {
        matches!(self.deed(), Deed::Conditional { capped: true, .. }) && (self.confirmed() || self.sure >= SURE)
    }

    /// Signed, in the first person singular, or a reply that is no form letter.
    pub fn is_personal(&self, line: &Line) -> bool {
        sameness::is_personal(self.personal, self.reply, line.canned)
    }

    fn key(&self) -> (Timestamp, ActId) {
        (self.published, self.act)
    }
}

/// The books with the acts that stand in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Books {
    /// The ledger; its lines are in the order of `acts`.
    pub ledger: Ledger,
    /// The public acts, oldest first.
    pub acts: Vec<Read>,
}

impl Books {
    /// Books without an act.
    pub fn empty(size: BrandSize, table: Table) -> Self {
        Self { ledger: Ledger::new(Vec::new(), size, table), acts: Vec::new() }
    }

    /// Reads the newest [`MOST`] acts and keeps books on them. What the reader has not read as it stands now is read for
    /// this once, and not stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: &dyn Store, reader: &dyn ReadGesture, size: BrandSize, table: Table) -> StoreResult<Self> {
        let mut rows = keeper::rows(store).await?;
        reading::complete(store, reader, &mut rows).await?;
        let mut books = Self::empty(size, table);
        books.change(&[], rows.into_iter().filter_map(|row| Posting::of(row, &mut Accounts::default())).collect());
        Ok(books)
    }

    /// The lines with their acts, oldest first.
    pub fn pairs(&self) -> impl DoubleEndedIterator<Item = (&Line, &Read)> + ExactSizeIterator {
        self.ledger.lines().iter().zip(&self.acts)
    }

    /// An act that was published then, with its line.
    pub fn find(&self, published: Timestamp, act: ActId) -> Option<(&Line, &Read)> {
        let place = self.ledger.find(published, act)?;
        Some((self.ledger.lines().get(place)?, self.acts.get(place)?))
    }

    /// Takes acts out, where they were, and brings others in.
    fn change(&mut self, gone: &[(Timestamp, ActId)], come: Vec<Posting>) {
        let (mut entries, mut reads) = (Vec::with_capacity(come.len()), Vec::with_capacity(come.len()));
        for posting in come {
            entries.push(posting.entry);
            reads.push(posting.read);
        }
        self.ledger.change(gone, entries);
        let all: HashSet<&(Timestamp, ActId)> = gone.iter().collect();
        if all.len() == 1
            && let Some(place) = gone.first().map(|key| self.place(*key))
            && self.acts.get(place).is_some_and(|read| Some(&read.key()) == gone.first())
        {
            self.acts.remove(place);
        } else if !all.is_empty() {
            self.acts.retain(|read| !all.contains(&read.key()));
        }
        let newer = |acts: &[Read], read: &Read| acts.last().is_none_or(|last| last.key() < read.key());
        if let [read] = reads.as_slice() {
            let place = self.place(read.key());
            self.acts.splice(place..place, reads);
        } else {
            let sorted =
                reads.is_sorted_by_key(Read::key) && reads.first().is_none_or(|first| newer(&self.acts, first));
            self.acts.append(&mut reads);
            if !sorted {
                self.acts.sort_by_key(Read::key);
            }
        }
    }

    fn place(&self, key: (Timestamp, ActId)) -> usize {
        self.acts.partition_point(|read| read.key() < key)
    }

    /// Forgets what was published before a moment.
    fn forget_before(&mut self, moment: Timestamp) {
        self.ledger.forget_before(moment);
        let old = self.acts.partition_point(|read| read.published < moment);
        self.acts.drain(..old);
    }
}

/// An act on its way into the books.
#[derive(Debug, Clone)]
struct Posting {
    entry: Entry,
    read: Read,
}

/// Names of accounts, each once in memory.
#[derive(Debug, Default)]
struct Accounts(HashSet<Arc<str>>);

impl Accounts {
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}

impl Posting {
    /// The row as it stands in the books; `None` for what is not public, and for what nobody has read.
    fn of(row: BookRow, accounts: &mut Accounts) -> Option<Self> {
        let reading = row.reading.filter(|_| row.visibility != Visibility::Private)?;
        let promise = (reading.cap.is_some() || reading.amount.is_some())
            .then(|| Box::new(Promise { cap: reading.cap.map(String::into_boxed_str), amount: reading.amount }));
        let entry = Entry {
            act: row.act,
            at: row.published,
            deed: row.said.unwrap_or(reading.deed),
            to: row.to,
            same: row.reply.then(|| Sketch::from_marks(&reading.sketch)),
        };
        let read = Read {
            act: row.act,
            published: row.published,
            source: row.source,
            network: row.network,
            account: accounts.name(row.account.as_str()),
            reply: row.reply,
            to: row.to,
            gesture: reading.gesture,
            read: reading.deed,
            sure: reading.sure,
            trigger: reading.trigger,
            promise,
            personal: reading.personal,
            said: row.said,
        };
        Some(Self { entry, read })
    }
}

/// When each act in the books was published, to find it by its number alone.
type Moments = HashMap<ActId, Timestamp>;

#[cfg(test)]
mod tests;
