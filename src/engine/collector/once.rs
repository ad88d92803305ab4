//! Asks every source once, as fast as politeness allows, and stores what they bring.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::round::{Round, Settled};
use super::{Collector, slot::Slot};
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
    /// It was not asked: its server asked not to be asked before this moment.
    pub waits: Option<Timestamp>,
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
        }
    }

    fn add(&mut self, polled: &Polled) {
        self.took += polled.took;
        self.items += polled.items;
        self.new += polled.new;
        self.changed += polled.changed;
        self.unchanged = polled.unchanged;
        self.remarks.extend(polled.remarks.iter().cloned());
        self.error.clone_from(&polled.trouble);
    }
}

impl Collector {
    /// Asks every source once and tells `progress` as each ends, with how many have ended and how many there are.
    pub(crate) async fn once(
        &mut self,
        lease: &Lease,
        stop: &CancellationToken,
        progress: &mut (dyn FnMut(&OnceReport, usize, usize) + Send),
    ) -> Result<Vec<OnceReport>, StoreError> {
        self.load().await?;
        let mut reports: Vec<OnceReport> = self.slots.iter().map(|slot| OnceReport::of(&slot.info.name)).collect();
        let (mut ended, total) = (0, reports.len());
        let now = self.shared.clock.now();
        for (slot, report) in self.slots.iter_mut().zip(&mut reports) {
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
                Settled::MoreFollows(index, polled) if self.is_stream(index) => {
                    self.rest(index);
                    if let Some(report) = reports.get_mut(index) {
                        report.add(&polled);
                        ended += 1;
                        progress(report, ended, total);
                    }
                }
                Settled::MoreFollows(index, polled) => {
                    if let Some(report) = reports.get_mut(index) {
                        report.add(&polled);
                    }
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

    /// A stream never ends: one batch of it has to do.
    fn is_stream(&self, index: usize) -> bool {
        self.slots.get(index).is_some_and(|slot| slot.streams)
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
    if let Some(moment) = later {
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
