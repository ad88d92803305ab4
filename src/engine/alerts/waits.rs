//! Cases that are late, promises that are due and hand-overs whose time is over: each told once, many at once in one
//! line.

use std::time::Duration;

use tokio::time::Instant;

use super::{Alerts, minutes};
use crate::domain::case::{CaseRow, Promise};
use crate::domain::{CaseId, SafeText, Signal, SignalKind, Timestamp};
use crate::store::StoreError;

/// A look is taken at least this often: others may have promised something, or a case may have come.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// Two looks are never closer together.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// After late cases were told, further ones wait so long, to be told together.
const GATHER: Duration = Duration::from_secs(300);
/// So many promises or hand-overs that come due at once are told one by one.
const ONE_BY_ONE: usize = 3;
/// Longest words of somebody in a signal, in characters.
const WORDS: usize = 120;

/// When to look again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// The next look.
    pub(super) at: Instant,
    /// Late cases are told from then on.
    tell: Instant,
}

impl Waits {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { at: now + AT_MOST_EVERY, tell: now }
    }
}

impl Alerts {
    /// Tells what went late and what came due since the last look.
    pub(super) async fn look_at_cases(&mut self) -> Result<(), StoreError> {
        self.waits.at = Instant::now() + AT_LEAST_EVERY;
        let lease = self.shared.keeper.valid(self.epoch).await?;
        let (store, now) = (&self.shared.store, self.shared.clock.now());
        let mut next = None;
        if Instant::now() >= self.waits.tell {
            let lateness = (self.lateness)();
            let news = store.went_late(&lease, now, lateness.cut_off(now)).await?;
            next = news.next_opened.map(|opened| lateness.late_at(opened));
            if let Some(first) = news.first {
                self.waits.tell = Instant::now() + GATHER;
                self.raise(self.signal(SignalKind::Late, &late(&first, news.count, now))).await?;
            }
        }
        let due = store.promises_due(&lease, now).await?;
        for signal in self.promises(&due, now).await? {
            self.raise(signal).await?;
        }
        for signal in self.hand_overs(&store.hand_overs_due(&lease, now).await?) {
            self.raise(signal).await?;
        }
        next = next.into_iter().chain(store.next_promise().await?).chain(store.next_hand_over().await?).min();
        if let Some(next) = next {
            let pause = Duration::try_from(next.duration_since(now)).unwrap_or_default();
            self.waits.at = Instant::now() + pause.clamp(AT_MOST_EVERY, AT_LEAST_EVERY);
        }
        Ok(())
    }

    async fn promises(&self, due: &[(CaseId, Promise)], now: Timestamp) -> Result<Vec<Signal>, StoreError> {
        if due.len() > ONE_BY_ONE {
            let text = format!("{} promises are due and not kept", due.len());
            return Ok(vec![self.signal(SignalKind::PromiseDue, &text)]);
        }
        let mut signals = Vec::with_capacity(due.len());
        for (case, promise) in due {
            let case = self.shared.store.case(*case, now).await?;
            let text = match case.map(|case| case.row) {
                Some(row) if !row.private => {
                    let text = SafeText::line(promise.text.as_str(), WORDS);
                    format!("a promise to {} is due: {text}", name(&row))
                }
                _ => "a promise in a case that is not public is due".to_owned(),
            };
            signals.push(self.signal(SignalKind::PromiseDue, &text));
        }
        Ok(signals)
    }

    fn hand_overs(&self, due: &[CaseRow]) -> Vec<Signal> {
        if due.len() > ONE_BY_ONE {
            let text = format!("{} cases that were handed over are overdue and still open", due.len());
            return vec![self.signal(SignalKind::HandOverDue, &text)];
        }
        due.iter().map(|row| self.signal(SignalKind::HandOverDue, &overdue(row))).collect()
    }
}

fn name(row: &CaseRow) -> &str {
    if row.who.is_empty() { "somebody" } else { row.who.as_str() }
}

/// What is told of a hand-over whose time is over. What is not public is told without its words.
fn overdue(row: &CaseRow) -> String {
    match &row.handed {
        _ if row.private => "a case that is not public was handed over, and is overdue and still open".to_owned(),
        Some(handed) if !handed.to.is_empty() => {
            let to = SafeText::line(handed.to.as_str(), WORDS);
            format!("{} was handed over to {to}: overdue and still open", name(row))
        }
        _ => format!("{} was handed over: overdue and still open", name(row)),
    }
}

/// What is told of late cases. What is not public is told without its words.
fn late(first: &CaseRow, count: u64, now: Timestamp) -> String {
    let waited = minutes(now.duration_since(first.opened));
    if count > 1 {
        return format!("{count} cases are late, the first has waited for {waited}");
    }
    if first.private {
        return format!("somebody has waited for an answer for {waited} (not public)");
    }
    let words = if first.mention.title.is_empty() { &first.mention.excerpt } else { &first.mention.title };
    format!("{} has waited for {waited}: {}", name(first), SafeText::line(words.as_str(), WORDS))
}

#[cfg(test)]
#[path = "waits_tests.rs"]
mod tests;
