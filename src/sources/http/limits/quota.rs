//! What one account may still ask for: the counts that answers told, and which request counts towards which.

use std::collections::HashMap;

use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};
use crate::sources::http::rate::RateLimit;

/// Share of what is granted that polling leaves to what a person waits for.
pub const RESERVE_SHARE: f64 = 0.1;
/// Requests that polling leaves at least; of a very small grant, half.
pub const RESERVE_LEAST: f64 = 3.0;

/// How long a count is believed that does not say when it starts anew.
const USUAL_WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// Resets are whole seconds, rounded either way: a request that is early by half of one would eat up the reserve.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);
/// Resets that differ by no more are the same.
const SAME: SignedDuration = SignedDuration::from_secs(2);
/// Most kinds of request whose count is remembered.
const MANY_CLASSES: usize = 256;
/// Most counts of one account.
const MANY_COUNTS: usize = 16;

/// Which of the counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Name {
    /// The network names it.
    Told(String),
    /// It grants this many: networks with several counts that are not named differ in that.
    Granting(u64),
    /// There is nothing to tell it by.
    Only,
}

impl Name {
    fn of(rate: &RateLimit) -> Self {
        match (&rate.resource, rate.limit) {
            (Some(name), _) => Self::Told(name.clone()),
            (None, Some(limit)) => Self::Granting(limit as u64),
            (None, None) => Self::Only,
        }
    }
}

/// One count, as last told.
#[derive(Debug, Clone)]
struct Count {
    limit: Option<f64>,
    remaining: f64,
    /// Most that ever remained: what is granted, as far as can be told where the limit is not.
    most: f64,
    resets: Timestamp,
    /// The reset by which this window is recognised: one that moves on with every answer is another window at last.
    anchor: Timestamp,
    /// Number of the latest request that told of it.
    told_by: u64,
    /// Only requests that write count towards it, as far as is known.
    writes: bool,
}

impl Count {
    fn is_over(&self, now: Timestamp) -> bool {
        self.free_again() <= now
    }

    fn free_again(&self) -> Timestamp {
        self.resets.saturating_add(MARGIN).unwrap_or(Timestamp::MAX)
    }

    fn left(&self, now: Timestamp) -> f64 {
        if self.is_over(now) { self.limit.unwrap_or(f64::INFINITY) } else { self.remaining }
    }

    /// What polling leaves untouched.
    fn reserve(&self) -> f64 {
        let granted = self.limit.unwrap_or(self.most);
        (granted * RESERVE_SHARE).max(RESERVE_LEAST).min(granted / 2.0)
    }
}

/// A request that was let through and is not answered yet.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    class: String,
    count: Option<Name>,
    number: u64,
    writes: bool,
}

/// Why a request was not let through.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sources::http) struct Refusal {
    /// When it makes sense to ask again.
    pub(in crate::sources::http) until: Timestamp,
    /// Requests that are left, and kept for what a person waits for.
    pub(in crate::sources::http) left: f64,
    /// Of how many.
    pub(in crate::sources::http) limit: Option<f64>,
}

/// All counts of one account, or of a host that is asked without one.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    counts: HashMap<Name, Count>,
    /// What each kind of request counts towards, by the last answer; `None`: towards nothing that is told.
    classes: HashMap<String, Option<Name>>,
    flying: HashMap<Name, u32>,
    sent: u64,
}

impl Quotas {
    /// Lets a request of this kind through, or says until when not: polling stops at the reserve, urgent requests
    /// when nothing is left.
    pub(super) fn admit(&mut self, class: &str, writes: bool, urgent: bool, now: Timestamp) -> Result<Flight, Refusal> {
        let count = match self.classes.get(class) {
            Some(known) => known.clone(),
            // What was never asked counts towards the widest until the answer says otherwise: narrow counts are
            // those of peculiar requests. Where counts have names there are several, and what a person waits for
            // is not refused on a guess.
            None => self.widest().filter(|widest| !(urgent && matches!(widest, Name::Told(_)))),
        };
        let count = count.filter(|name| self.counts.contains_key(name));
        if let Some((name, count)) = count.as_ref().and_then(|name| self.counts.get_key_value(name)) {
            let flying = self.flying.get(name).copied().unwrap_or_default();
            let left = count.left(now) - f64::from(flying);
            let refused = if urgent { left < 1.0 } else { left <= count.reserve() };
            if refused {
                let until =
                    if count.is_over(now) { now.saturating_add(MARGIN).unwrap_or(now) } else { count.free_again() };
                return Err(Refusal { until, left: left.max(0.0).floor(), limit: count.limit });
            }
            *self.flying.entry(name.clone()).or_default() += 1;
        }
        self.sent += 1;
        Ok(Flight { class: class.to_owned(), count, number: self.sent, writes })
    }

    /// Whether this answer tells of the widest count.
    pub(super) fn is_widest(&self, rate: &RateLimit) -> bool {
        self.widest().is_none_or(|widest| widest == Name::of(rate))
    }

    fn widest(&self) -> Option<Name> {
        let by_limit = |name: &&Name| self.counts.get(*name).and_then(|count| count.limit).unwrap_or(0.0);
        self.counts.keys().max_by(|one, other| by_limit(one).total_cmp(&by_limit(other)).then(one.cmp(other))).cloned()
    }

    /// The request ended without an answer: it may have counted.
    pub(super) fn lost(&mut self, flight: &Flight) {
        self.land(flight);
        if let Some(count) = flight.count.as_ref().and_then(|name| self.counts.get_mut(name)) {
            count.remaining = (count.remaining - 1.0).max(0.0);
        }
    }

    /// The request was answered. `well` when the answer is one of success, which alone shows what requests of its
    /// kind count towards when it tells no count.
    pub(super) fn answered(&mut self, flight: &Flight, rate: &RateLimit, well: bool, now: Timestamp) {
        self.land(flight);
        let Some(remaining) = rate.remaining else {
            if well && rate.limit.is_none() {
                self.remember(&flight.class, None);
            }
            return;
        };
        let name = Name::of(rate);
        self.remember(&flight.class, Some(name.clone()));
        if self.counts.len() >= MANY_COUNTS && !self.counts.contains_key(&name) {
            self.counts.retain(|_, count| !count.is_over(now));
        }
        let resets = resets(rate, now);
        let limit = rate.limit.or_else(|| Some((remaining + rate.used?).ceil()));
        let most = self.counts.get(&name).map_or(remaining, |known| known.most.max(remaining));
        let told =
            Count { limit, remaining, most, resets, anchor: resets, told_by: flight.number, writes: flight.writes };
        if let Some(known) = self.counts.get_mut(&name) {
            known.update(told);
        } else if self.counts.len() < MANY_COUNTS {
            self.counts.insert(name, told);
        }
    }

    fn remember(&mut self, class: &str, name: Option<Name>) {
        if self.classes.len() >= MANY_CLASSES && !self.classes.contains_key(class) {
            self.classes.clear();
        }
        self.classes.insert(class.to_owned(), name);
    }

    fn land(&mut self, flight: &Flight) {
        let Some(name) = &flight.count else { return };
        if let Some(flying) = self.flying.get_mut(name) {
            *flying -= 1;
            if *flying == 0 {
                self.flying.remove(name);
            }
        }
    }

    /// Whether there is nothing worth remembering.
    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        self.flying.is_empty() && self.counts.values().all(|count| count.is_over(now))
    }

    /// What is counted and known to be limited, the widest first.
    pub(super) fn meters(&self) -> Vec<Meter> {
        let mut counts: Vec<_> = self.counts.iter().filter(|(_, count)| count.limit.is_some()).collect();
        counts.sort_by(|(one, a), (other, b)| {
            b.limit.unwrap_or(0.0).total_cmp(&a.limit.unwrap_or(0.0)).then_with(|| one.cmp(other))
        });
        let widest = counts.first().map(|(name, _)| (*name).clone());
        let named = |(name, count): (&Name, &Count)| Meter {
            name: match name {
                Name::Told(resource) if resource != "default" => resource.clone(),
                name if Some(name) == widest.as_ref() => "requests".to_owned(),
                _ if count.writes => "writes".to_owned(),
                _ => "some requests".to_owned(),
            },
            used: count.limit.map_or(0.0, |limit| (limit - count.remaining).max(0.0)),
            limit: count.limit,
            currency: None,
            resets: Some(count.resets),
        };
        counts.into_iter().map(named).collect()
    }
}

impl Count {
    /// Takes over what a later answer tells, or an earlier one that arrives late.
    fn update(&mut self, told: Self) {
        let same = told.resets.duration_since(self.anchor).abs() <= SAME;
        let newer = told.told_by > self.told_by;
        let limit = told.limit.or(self.limit);
        let writes = self.writes && told.writes;
        if same {
            // Answers overtake one another; within a window what is left only shrinks.
            self.remaining = self.remaining.min(told.remaining);
            self.resets = self.resets.max(told.resets);
            (self.limit, self.writes, self.told_by) = (limit, writes, self.told_by.max(told.told_by));
        } else if newer {
            *self = Self { limit, writes, ..told };
        }
    }
}

/// When the count starts anew, by its own word or by habit.
fn resets(rate: &RateLimit, now: Timestamp) -> Timestamp {
    let told = if rate.is_spent() { rate.resets_at.max(rate.retry_at) } else { rate.resets_at };
    told.unwrap_or_else(|| now.saturating_add(USUAL_WINDOW).unwrap_or(now))
}
