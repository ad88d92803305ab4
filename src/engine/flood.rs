//! Watches that match far too much, throttled in sight and without losing anything.
//!
//! Every watch has a count of the mentions that it found within the last hour (new ones, back-filled history
//! left out). A watch floods when that count passes the ceiling (600), or when it passes 200 and the watch took
//! more than half of everything that one source brought in that hour. While it floods, mentions that no other
//! watch found are stored all the same, with their matches, readings and counts, but arrive as read, unless they
//! are a complaint or a question about a subject: a crisis is a flood too, and what asks something of us stays
//! unread. A signal names the watch and what to do. The throttle goes when the hour's count falls below half of
//! what set it off.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use crate::domain::time::SignedDuration;
use crate::domain::{Intent, Intents, SourceId, Timestamp, WatchId};
use crate::store::NewMention;

/// When a watch counts as flooding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// Mentions an hour, from all sources, above which a watch floods in any case.
    pub an_hour: u32,
    /// Mentions an hour above which it floods when it takes more than half of a source's items.
    pub with_half_a_source: u32,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self { an_hour: 600, with_half_a_source: 200 }
    }
}

/// A watch that has just begun to flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// Which.
    pub watch: WatchId,
    /// Mentions that it found within the hour.
    pub an_hour: u32,
    /// The source of which it took more than half, when that set it off.
    pub source: Option<SourceId>,
}

/// What was found and brought in some stretch of time.
#[derive(Debug, Default)]
struct Tally {
    /// By a watch, from all sources.
    found: HashMap<WatchId, u32>,
    /// By a watch in one source.
    found_there: HashMap<(WatchId, SourceId), u32>,
    /// New items of a source, mentions or not.
    brought: HashMap<SourceId, u32>,
}

/// Counts of the last hour, and the watches that are throttled. Lives in memory: after a restart an hour begins
/// anew.
#[derive(Debug, Default)]
pub struct Gauge {
    ceilings: Ceilings,
    /// The hour in stretches of five minutes, oldest first.
    slices: VecDeque<(Timestamp, Tally)>,
    /// Their sum.
    hour: Tally,
    /// Throttled watches, with the count below which they are let go.
    throttled: HashMap<WatchId, u32>,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const SLICE: SignedDuration = SignedDuration::from_mins(5);

impl Gauge {
    /// A gauge with these ceilings.
    pub fn new(ceilings: Ceilings) -> Self {
        Self { ceilings, ..Self::default() }
    }

    /// Counts the new mentions of one answer and marks those as read that only throttled watches found.
    /// `is_new` tells which of them were never seen; `brought` is how many new items the answer held, mentions or
    /// not. Returns the watches that have just begun to flood.
    pub fn pass(
        &mut self,
        source: SourceId,
        now: Timestamp,
        brought: u32,
        mentions: &mut [NewMention],
        is_new: impl Fn(&NewMention) -> bool,
    ) -> Vec<Flood> {
        self.forget(now);
        self.count(now, |tally| add(&mut tally.brought, source, brought));
        let mut floods = Vec::new();
        for mention in mentions.iter_mut().filter(|mention| !mention.history && is_new(mention)) {
            for watch in &mention.matches {
                self.count(now, |tally| {
                    add(&mut tally.found, *watch, 1);
                    add(&mut tally.found_there, (*watch, source), 1);
                });
                floods.extend(self.judge(*watch, source));
            }
            let only_floods = mention.matches.iter().all(|watch| self.throttled.contains_key(watch));
            if !mention.matches.is_empty() && only_floods && !asks_something(mention) {
                mention.read = true;
            }
        }
        floods
    }

    /// Whether the watch is throttled at present.
    pub fn is_throttled(&self, watch: WatchId) -> bool {
        self.throttled.contains_key(&watch)
    }

    fn judge(&mut self, watch: WatchId, source: SourceId) -> Option<Flood> {
        if self.throttled.contains_key(&watch) {
            return None;
        }
        let an_hour = count_of(&self.hour.found, &watch);
        let there = count_of(&self.hour.found_there, &(watch, source));
        let half = 2 * u64::from(there) > u64::from(count_of(&self.hour.brought, &source));
        let (limit, source) = if an_hour > self.ceilings.an_hour {
            (self.ceilings.an_hour, None)
        } else if an_hour > self.ceilings.with_half_a_source && half {
            (self.ceilings.with_half_a_source, Some(source))
        } else {
            return None;
        };
        self.throttled.insert(watch, limit / 2);
        Some(Flood { watch, an_hour, source })
    }

    /// Counts in the present slice and in the hour.
    fn count(&mut self, now: Timestamp, change: impl Fn(&mut Tally)) {
        let current = self.slices.back().is_some_and(|(from, _)| now.duration_since(*from).abs() < SLICE);
        if !current {
            self.slices.push_back((now, Tally::default()));
        }
        if let Some((_, slice)) = self.slices.back_mut() {
            change(slice);
        }
        change(&mut self.hour);
    }

    /// Drops what is older than an hour, and the throttles that are no longer called for.
    fn forget(&mut self, now: Timestamp) {
        while self.slices.front().is_some_and(|(from, _)| now.duration_since(*from) >= HOUR) {
            let Some((_, old)) = self.slices.pop_front() else { break };
            subtract(&mut self.hour.found, &old.found);
            subtract(&mut self.hour.found_there, &old.found_there);
            subtract(&mut self.hour.brought, &old.brought);
        }
        let hour = &self.hour.found;
        self.throttled.retain(|watch, below| count_of(hour, watch) >= *below);
    }
}

/// A complaint or a question about a subject.
fn asks_something(mention: &NewMention) -> bool {
    let asks = |intents: Intents| intents.has(Intent::Complaint) || intents.has(Intent::Question);
    mention.readings.iter().any(|reading| reading.about && asks(reading.intents))
}

fn count_of<K: Eq + Hash>(counts: &HashMap<K, u32>, key: &K) -> u32 {
    counts.get(key).copied().unwrap_or(0)
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: K, more: u32) {
    let count = counts.entry(key).or_insert(0);
    *count = count.saturating_add(more);
}

fn subtract<K: Eq + Hash>(counts: &mut HashMap<K, u32>, old: &HashMap<K, u32>) {
    for (key, less) in old {
        if let Some(count) = counts.get_mut(key) {
            *count = count.saturating_sub(*less);
        }
    }
    counts.retain(|_, count| *count > 0);
}

#[cfg(test)]
mod tests;
