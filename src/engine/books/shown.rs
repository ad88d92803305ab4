//! What a screen shows of the books: the newest acts with their lines, and the sums.

use std::collections::HashMap;

use super::parts::{Acquaintances, Audience, By, Part};
use super::stakes::{Promises, Stake};
use super::{Books, Read};
use crate::domain::{Act, ActId, BrandSize, Timestamp};
use crate::language::{DeedReading, GestureReading, ReadGesture};
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Balance, Cover, Line, Sums};
use crate::store::{Store, StoreResult};

/// Early asks that are told, the newest.
const EARLY: usize = 8;
/// Accounts that are told.
const ACCOUNTS: usize = 12;

/// An act as it stands in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The act with its words.
    pub act: Act,
    /// Its line.
    pub line: Line,
    /// How it was read.
    pub read: Read,
    /// To whom it is said.
    pub audience: Audience,
    /// What is left of its weight now, 0 to 1.
    pub left: f64,
}

/// The sums of the books at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// When.
    pub now: Timestamp,
    /// How big the brand is.
    pub size: BrandSize,
    /// The weights.
    pub table: Table,
    /// The balance.
    pub balance: Balance,
    /// G and A.
    pub sums: Sums,
    /// What a soft ask would find.
    pub soft: Cover,
    /// What a hard ask would find.
    pub hard: Cover,
    /// Of the gives, the share that waits for nobody.
    pub unconditional: Option<f64>,
    /// All acts.
    pub whole: Part,
    /// The newest asks that came too early, newest first.
    pub early: Vec<(Timestamp, Cover)>,
    /// By account, the largest first.
    pub accounts: Vec<(String, Part)>,
    /// By audience, the largest first.
    pub audiences: Vec<(String, Part)>,
    /// By campaign, the largest first, each with what it promised; empty where there is none.
    pub campaigns: Vec<(String, Part, Promises)>,
    /// What was promised and given.
    pub promises: Promises,
}

/// What a screen shows of the books.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The newest acts, newest first.
    pub acts: Vec<Standing>,
    /// How many acts stand in the books.
    pub all: usize,
    /// The sums.
    pub summary: Summary,
}

/// How an act was read, with the words that made the verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The act as it stands; `None` when it is in the books no more.
    pub standing: Standing,
    /// The reading of its words now.
    pub gesture: GestureReading,
    /// The kind of deed, with the words that tell it.
    pub deed: DeedReading,
}

impl Summary {
    /// The sums of these books, and of these campaigns.
    pub fn of(books: &Books, stakes: &[Stake], now: Timestamp) -> Self {
        let ledger = &books.ledger;
        let (size, table) = (ledger.size(), *ledger.table());
        let early = ledger.until(now).iter().rev();
        let early = early.filter_map(|line| Some((line.entry.at, line.cover.filter(Cover::is_early)?)));
        let mut accounts = books.parts(By::Account, now, None);
        accounts.truncate(ACCOUNTS);
        Self {
            now,
            size,
            table,
            balance: ledger.balance(now),
            sums: ledger.sums(now),
            soft: ledger.next_ask(table.soft_ask, size, now),
            hard: ledger.next_ask(table.hard_ask, size, now),
            unconditional: ledger.share_unconditional(now),
            whole: books.part(now, None, |_, _| true),
            early: early.take(EARLY).collect(),
            accounts,
            audiences: books.parts(By::Audience, now, None),
            campaigns: by_campaign(books, stakes, now, None),
            promises: books.promises(stakes, now, None),
        }
    }
}

/// The books taken apart by campaign, each with what it promised; nothing where there is no campaign.
pub fn by_campaign(
    books: &Books,
    stakes: &[Stake],
    now: Timestamp,
    since: Option<Timestamp>,
) -> Vec<(String, Part, Promises)> {
    if stakes.is_empty() {
        return Vec::new();
    }
    let promises = |name: &str| {
        let stake = stakes.iter().find(|stake| stake.name == name);
        stake.map_or_else(Promises::default, |stake| books.promises_of(stake, now, since))
    };
    let parts = books.parts(By::Campaign(stakes), now, since).into_iter();
    parts
        .map(|(name, part)| (promises(&name), name, part))
        .map(|(promises, name, part)| (name, part, promises))
        .collect()
}

/// The newest acts and the sums.
///
/// # Errors
/// When the words of the acts cannot be read.
pub async fn shown(
    store: &dyn Store,
    books: &Books,
    stakes: &[Stake],
    now: Timestamp,
    limit: usize,
) -> StoreResult<Shown> {
    let acquaintances = Acquaintances::of(books);
    let newest: Vec<(&Line, &Read)> = books.pairs().rev().take(limit).collect();
    let ids: Vec<ActId> = newest.iter().map(|(_, read)| read.act).collect();
    let mut words: HashMap<ActId, Act> = store.whole_acts(&ids).await?.into_iter().map(|act| (act.id, act)).collect();
    let stand = |(line, read): (&Line, &Read)| {
        Some(standing(words.remove(&read.act)?, line, read, &acquaintances, books.ledger.table(), now))
    };
    let acts = newest.into_iter().filter_map(stand).collect();
    Ok(Shown { acts, all: books.acts.len(), summary: Summary::of(books, stakes, now) })
}

fn standing(
    act: Act,
    line: &Line,
    read: &Read,
    acquaintances: &Acquaintances,
    table: &Table,
    now: Timestamp,
) -> Standing {
    Standing {
        act,
        line: line.clone(),
        read: read.clone(),
        audience: acquaintances.audience(read),
        left: table.decay(line.entry.at, now),
    }
}

/// How an act was read, with the words that made the verdict; `None` when it is in the books no more.
///
/// # Errors
/// When the act cannot be read from the store.
pub async fn verdict(
    store: &dyn Store,
    reader: &dyn ReadGesture,
    books: &Books,
    now: Timestamp,
    act: ActId,
) -> StoreResult<Option<Verdict>> {
    let Some(act) = store.whole_acts(&[act]).await?.into_iter().next() else { return Ok(None) };
    let Some((line, read)) = books.find(act.published, act.id) else { return Ok(None) };
    let reply = act.parent.is_some();
    let gesture = reader.gesture(act.text.as_str(), reply);
    let deed = DeedReading::of(act.text.as_str(), reply, &gesture);
    let standing = standing(act, line, read, &Acquaintances::of(books), books.ledger.table(), now);
    Ok(Some(Verdict { standing, gesture, deed }))
}
