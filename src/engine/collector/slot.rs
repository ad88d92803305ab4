//! One source as the collector sees it: where it was left, how it fares, and what it showed before.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::time::SignedDuration;
use crate::domain::{Item, SourceHealth, SourceId, SourceState, Timestamp};
use crate::engine::intake::SourceInfo;
use crate::engine::schedule::{self, Bounds};
use crate::sources::{Credentials, Listen, Source};

/// How a source listens. Shared with the poll that is under way, so that a poll that falls over leaves it whole.
pub(super) type Ear = Arc<AsyncMutex<Box<dyn Listen>>>;

/// Where a source was left and how it fares; what the store remembers of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    pub cursor: String,
    pub interval: Option<SignedDuration>,
    pub failures: u32,
    pub health: SourceHealth,
    /// When it last answered well; `None` until its first answer is stored whole.
    pub answered: Option<Timestamp>,
    pub fresh: Option<Timestamp>,
    /// It is a stream, and connected.
    pub live: bool,
}

impl Standing {
    /// Whether nobody sees a difference.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.health, self.live, self.failures) == (other.health, other.live, other.failures)
    }
}

/// One source.
pub(super) struct Slot {
    pub info: Arc<SourceInfo>,
    pub host: Arc<str>,
    pub bounds: Bounds,
    pub streams: bool,
    /// Within what its native ids mean the same.
    pub scope: Option<Arc<str>>,
    pub ear: Ear,
    pub seen: Arc<Mutex<Seen>>,
    pub standing: Standing,
    /// When to ask next; `None` while it is stopped.
    pub next: Option<Timestamp>,
    /// The server named that moment itself.
    pub told: bool,
    /// A poll, or the storing of what it brought, is under way.
    pub busy: bool,
    /// Polls in a row because there was more.
    pub in_a_row: u32,
    /// The first answer goes on over several polls.
    pub still_first: bool,
    /// The last poll found nobody there.
    pub unreachable: bool,
    /// The last poll fell over.
    pub fallen: bool,
    /// When a stream was stored last; `None` when it was not since it connected.
    pub stored: Option<Instant>,
    /// How far behind a stream was last, where it tells.
    pub behind: Option<SignedDuration>,
    /// When it ends, when it is only to catch up.
    pub until: Option<Instant>,
    pub credentials: Option<Arc<dyn Credentials>>,
    /// Its secret was refused; with the stamp of that secret.
    pub refused: Option<Option<u64>>,
}

impl Slot {
    pub(super) fn new(id: SourceId, source: Source) -> Self {
        let info = SourceInfo { id, name: source.name, network: source.network, everything: source.everything };
        Self {
            info: Arc::new(info),
            host: source.listen.host().to_lowercase().into(),
            bounds: Bounds { shortest: source.shortest, longest: source.longest },
            streams: source.listen.capabilities().streams,
            scope: source.scope.map(Into::into),
            ear: Arc::new(AsyncMutex::new(source.listen)),
            credentials: source.credentials,
            refused: None,
            behind: None,
            until: None,
            seen: Arc::default(),
            standing: Standing {
                cursor: String::new(),
                interval: None,
                failures: 0,
                health: SourceHealth::New,
                answered: None,
                fresh: None,
                live: false,
            },
            next: None,
            told: false,
            busy: false,
            in_a_row: 0,
            still_first: false,
            unreachable: false,
            fallen: false,
            stored: None,
        }
    }

    /// Takes over what the store remembers; when to ask next is decided by the caller.
    pub(super) fn resume(&mut self, state: &SourceState) {
        self.standing = Standing {
            cursor: state.cursor.clone(),
            interval: state.interval,
            failures: state.failures,
            health: state.health,
            answered: state.answered,
            fresh: state.fresh,
            live: false,
        };
        self.told = schedule::told_to_wait(state);
        self.busy = false;
        self.in_a_row = 0;
        self.still_first = false;
        self.unreachable = false;
        self.fallen = false;
        self.stored = None;
        self.behind = None;
        // Whoever stopped for want of a good secret goes on as soon as there is another.
        let stopped = self.standing.health == SourceHealth::Stopped;
        self.refused = self.credentials.as_ref().filter(|_| stopped).map(|credentials| credentials.stamp());
    }

    /// Nobody listens to it any more; the next poll connects again.
    pub(super) fn hang_up(&mut self) {
        self.stored = None;
        self.standing.live = false;
        if let Ok(mut ear) = self.ear.try_lock() {
            ear.hang_up();
        }
    }
}

/// What a source showed before, as hashes of its items' identities and aliases. The store tells for certain what is new;
/// this serves to choose the interval before storing, and to count floods. Bounded; empty after a start.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    known: HashSet<u64>,
    order: VecDeque<u64>,
    /// When it brought something, newest first.
    arrivals: Vec<Timestamp>,
    /// The store was asked for arrivals.
    asked: bool,
    /// Its present silence was told.
    silence_told: bool,
}

/// Arrivals remembered for one source.
pub(super) const ARRIVALS: usize = 50;
/// Identities remembered for one source; several times what feeds commonly hold.
const REMEMBERED: usize = 4_000;

/// Which items of one answer are new.
#[derive(Debug, Default)]
pub(crate) struct Novelty {
    new: HashSet<u64>,
    all: Vec<u64>,
    dates: Vec<Timestamp>,
}

impl Novelty {
    /// Whether anything is new.
    pub(crate) fn any(&self) -> bool {
        !self.new.is_empty()
    }

    /// How many items are new.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.new.len()).unwrap_or(u32::MAX)
    }

    /// Takes another answer's along.
    pub(crate) fn add(&mut self, mut other: Self) {
        if self.all.is_empty() {
            *self = other;
            return;
        }
        self.new.extend(other.new);
        self.all.append(&mut other.all);
        self.dates.append(&mut other.dates);
    }

    /// Whether this item is.
    pub(crate) fn has(&self, item: &Item) -> bool {
        self.new.contains(&identity(item))
    }
}

fn identity(item: &Item) -> u64 {
    xxh3_64(item.native_id.as_bytes())
}

impl Seen {
    /// Compares an answer with what was seen. While nothing is remembered (the program has just started), an
    /// item counts as new when it claims to be younger than the last good answer; before the first answer all do.
    pub(crate) fn compare(&self, items: &[Item], answered: Option<Timestamp>) -> Novelty {
        let mut novelty = Novelty::default();
        for item in items {
            let aliases = item.aliases.iter().map(|alias| xxh3_64(alias.as_bytes()));
            let before = novelty.all.len();
            novelty.all.push(identity(item));
            novelty.all.extend(aliases);
            let new = match answered {
                Some(answered) if self.known.is_empty() => item.claimed.is_some_and(|claimed| claimed > answered),
                _ => !novelty.all.iter().skip(before).any(|identity| self.known.contains(identity)),
            };
            novelty.dates.extend(item.claimed);
            if new && !item.deleted {
                novelty.new.insert(identity(item));
            }
        }
        novelty
    }

    /// When it brought something, as far as is remembered, newest first.
    pub(crate) fn arrivals(&self) -> &[Timestamp] {
        &self.arrivals
    }

    /// It brought something at these moments; a moment that lies in the future counts as now.
    pub(crate) fn arrived(&mut self, dates: impl IntoIterator<Item = Timestamp>, now: Timestamp) {
        self.arrivals.extend(dates.into_iter().map(|date| date.min(now)));
        self.arrivals.sort_unstable_by(|one, other| other.cmp(one));
        self.arrivals.dedup();
        self.arrivals.truncate(ARRIVALS);
    }

    /// True once: the store is worth asking for arrivals.
    pub(crate) fn ask_the_store_once(&mut self) -> bool {
        !std::mem::replace(&mut self.asked, true)
    }

    /// True once until it brings something again: its silence is worth telling.
    pub(crate) fn tell_silence(&mut self) -> bool {
        !std::mem::replace(&mut self.silence_told, true)
    }

    /// Remembers an answer that is stored.
    pub(crate) fn remember(&mut self, novelty: &Novelty, now: Timestamp) {
        self.arrived(novelty.dates.iter().copied(), now);
        if novelty.any() {
            self.silence_told = false;
        }
        for identity in &novelty.all {
            if self.known.insert(*identity) {
                self.order.push_back(*identity);
            }
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::doubles::{START, item};

    #[test]
    fn before_the_first_answer_everything_is_new_and_then_what_was_not_there() {
        let now = Timestamp::from_second(START).ok();
        let mut seen = Seen::default();
        let items = [item("a", "x", -10), item("b", "x", -5)];
        let first = seen.compare(&items, None);
        assert_eq!((first.any(), first.count(), first.has(&items[0])), (true, 2, true));
        seen.remember(&first, now.unwrap());
        assert!(!seen.compare(&items, now).any());
        let later = [items[0].clone(), item("c", "x", -500)];
        let second = seen.compare(&later, now);
        assert_eq!((second.count(), second.has(&later[0]), second.has(&later[1])), (1, false, true));
        seen.remember(&seen.compare(&[Item { aliases: vec!["link".into()], ..item("d", "x", 0) }], now), now.unwrap());
        let under_a_new_id = Item { aliases: vec!["title".into(), "link".into()], ..item("e", "x", 0) };
        assert!(!seen.compare(&[under_a_new_id], now).any());
    }

    #[test]
    fn after_a_start_only_younger_claims_count() {
        let undated = Item { claimed: None, ..item("c", "x", 0) };
        let items = [item("a", "x", -10), item("b", "x", 5), undated];
        let novelty = Seen::default().compare(&items, Timestamp::from_second(START).ok());
        assert_eq!(items.each_ref().map(|item| novelty.has(item)), [false, true, false]);
    }

    #[test]
    fn arrivals_are_the_newest_dates_and_never_lie_in_the_future() {
        let now = Timestamp::from_second(START).unwrap();
        let mut seen = Seen::default();
        let items: Vec<Item> = (-80..=1).map(|minute| item(&minute.to_string(), "x", minute * 10)).collect();
        seen.remember(&seen.compare(&items, None), now);
        assert_eq!((seen.arrivals().len(), seen.arrivals()[0]), (ARRIVALS, now));
        assert!(seen.arrivals().windows(2).all(|pair| pair[0] > pair[1]));
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest_first() {
        let mut seen = Seen::default();
        for number in 0..REMEMBERED + 10 {
            let novelty = seen.compare(&[item(&number.to_string(), "x", 0)], None);
            seen.remember(&novelty, Timestamp::from_second(START).unwrap());
        }
        assert_eq!(seen.known.len(), REMEMBERED);
        assert!(seen.compare(&[item("0", "x", 0)], None).any());
        assert!(!seen.compare(&[item("4000", "x", 0)], None).any());
    }
}
