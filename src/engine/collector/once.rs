//! Asks every source once, as fast as politeness allows, and stores what they bring. Who has more to tell is read on
//! until nothing is left or the time for it is used up: a stream until it has caught up with what is published.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::habit::rough;
use super::round::{Round, Settled};
use super::{Collector, slot::Slot};
use crate::domain::time::SignedDuration;
use crate::domain::{SafeText, SourceHealth, Timestamp};
use crate::engine::event::Polled;
use crate::store::{Lease, StoreError};

/// How asking one source once went.
#[derive(Debug, Clone, PartialEq)]
pub struct OnceReport {
    /// Its name.
    pub name: String,
    /// From asking until it was stored.
    pub took: Duration,
    /// Items in the answers, new or not.
    pub items: usize,
    /// Mentions that were new.
    pub new: usize,
    /// Mentions that were known and changed or went.
    pub changed: usize,
    /// The server said that nothing changed.
    pub unchanged: bool,
    /// What a person should know though it worked.
    pub remarks: Vec<SafeText>,
    /// What went wrong and what to do about it; `None` when it worked.
    pub error: Option<SafeText>,
    /// It was not asked, or not to the end: its server asked not to be asked before this moment, or we hold back by
    /// ourselves until then.
    pub waits: Option<Timestamp>,
    /// How far a stream is behind what is published, where it can tell.
    pub behind: Option<SignedDuration>,
    /// The time was used up before it had told all: what to do about it.
    pub unfinished: Option<SafeText>,
}

impl OnceReport {
    fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            took: Duration::ZERO,
            items: 0,
            new: 0,
            changed: 0,
            unchanged: false,
            remarks: Vec::new(),
            error: None,
            waits: None,
            behind: None,
            unfinished: None,
        }
    }

    fn add(&mut self, polled: &Polled) {
        self.took += polled.took;
        self.items += polled.items;
        self.new += polled.new;
        self.changed += polled.changed;
        self.unchanged = polled.unchanged;
        for remark in &polled.remarks {
            // Told again with other figures, it is told once, with the last ones.
            self.remarks.retain(|known| words(known) != words(remark));
            self.remarks.push(remark.clone());
        }
        self.error.clone_from(&polled.trouble);
        self.behind = polled.behind.or(self.behind);
        self.waits = polled.next.filter(|_| polled.health == SourceHealth::Waiting);
    }

    /// The time is used up, and there is more.
    fn break_off(&mut self) {
        let what = match self.behind {
            Some(behind) => format!("still {} behind", rough(behind)),
            None => "there is more to read".to_owned(),
        };
        let advice = "give it longer (`--for 5m`), run it more often, or let `goodword collect` run all the time";
        self.unfinished = Some(SafeText::line(&format!("{what}: {advice}"), 200));
    }
}

/// A remark without its figures.
fn words(remark: &SafeText) -> String {
    remark.as_str().chars().filter(|c| !c.is_ascii_digit()).collect()
}

impl Collector {
    /// Asks every source once and tells `progress` as each ends, with how many have ended and how many there are.
    pub(crate) async fn once(
        &mut self,
        lease: &Lease,
        stop: &CancellationToken,
        budget: Duration,
        progress: &mut (dyn FnMut(&OnceReport, usize, usize) + Send),
    ) -> Result<Vec<OnceReport>, StoreError> {
        self.load().await?;
        let mut reports: Vec<OnceReport> = self.slots.iter().map(|slot| OnceReport::of(&slot.info.name)).collect();
        let (mut ended, total) = (0, reports.len());
        let (now, until) = (self.shared.clock.now(), Instant::now() + budget);
        for (slot, report) in self.slots.iter_mut().zip(&mut reports) {
            slot.until = Some(until);
            if self.hosts.is_held(&slot.host, now) || !due_once(slot, now, report) {
                ended += 1;
                progress(report, ended, total);
            }
        }
        let keeper = std::sync::Arc::clone(&self.shared.keeper);
        let keeping = keeper.keep(lease.epoch);
        tokio::pin!(keeping);
        let mut round = Round::new(lease.epoch, stop);
        let result = loop {
            self.start_due(&mut round);
            if round.is_idle() {
                break Ok(());
            }
            let settled = tokio::select! {
                biased;
                () = stop.cancelled() => break Ok(()),
                () = &mut keeping => break Err(StoreError::LeaseLost),
                joined = round.next() => match joined {
                    Some((index, ending)) => self.settle(&mut round, index, ending),
                    None => continue,
                },
            };
            match settled {
                Settled::Done(index, polled) => {
                    self.rest(index);
                    if let Some(report) = reports.get_mut(index) {
                        report.add(&polled);
                        ended += 1;
                        progress(report, ended, total);
                    }
                }
                Settled::MoreFollows(index, polled) | Settled::MoreLater(index, polled) => {
                    let Some(report) = reports.get_mut(index) else { continue };
                    report.add(&polled);
                    if self.goes_on(index, report.took < budget) {
                        continue;
                    }
                    self.rest(index);
                    report.break_off();
                    ended += 1;
                    progress(report, ended, total);
                }
                Settled::Abandoned(index) => self.rest(index),
                Settled::GoesOn => {}
                Settled::Refused(error) => break Err(error),
                Settled::LeaseLost => break Err(StoreError::LeaseLost),
            }
        };
        round.wind_down().await;
        if !stop.is_cancelled() && result.is_ok() {
            for (slot, report) in self.slots.iter().zip(&mut reports) {
                let Some(held) = slot.next.and_then(|next| self.hosts.free_at(&slot.host, next)) else { continue };
                wait_until(held, report);
                ended += 1;
                progress(report, ended, total);
            }
        }
        result.map(|()| reports)
    }

    /// Whether a source that has more to tell goes on telling it: a stream up to a moment, others for as long as there
    /// is time. Makes it due.
    fn goes_on(&mut self, index: usize, in_time: bool) -> bool {
        let now = self.shared.clock.now();
        let Some(slot) = self.slots.get_mut(index) else { return false };
        let goes_on = if slot.streams { slot.until.is_some_and(|until| until > Instant::now()) } else { in_time };
        slot.next = goes_on.then_some(now);
        goes_on
    }

    /// The source has had its turn.
    fn rest(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.next = None;
        }
    }
}

/// Makes the source due, unless its server named a later moment or it is stopped; then the report says so.
fn due_once(slot: &mut Slot, now: Timestamp, report: &mut OnceReport) -> bool {
    let later = slot.next.filter(|next| slot.told && *next > now);
    let stopped = slot.standing.health == SourceHealth::Stopped && slot.next.is_none();
    if slot.standing.health == SourceHealth::Waiting && later.is_some() {
        report.waits = later;
    } else if let Some(moment) = later {
        wait_until(moment, report);
    } else if stopped {
        report.error = Some(SafeText::line("it was stopped a moment ago and is not asked again so soon", 200));
    }
    let due = later.is_none() && !stopped;
    slot.next = due.then_some(now);
    due
}

fn wait_until(moment: Timestamp, report: &mut OnceReport) {
    report.waits = Some(moment);
    report.error = Some(SafeText::line(&format!("its server asked not to be asked before {moment:.0}"), 200));
}

#[cfg(test)]
mod tests;
