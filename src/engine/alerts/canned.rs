//! Replies that have turned into a form letter: told once a week at most.

use std::time::Duration;

use tokio::time::Instant;

use super::Alerts;
use crate::domain::time::SignedDuration;
use crate::domain::{SignalKind, Timestamp};
use crate::engine::presence;
use crate::store::StoreError;

/// The first look, when what is new has been heard.
const FIRST: Duration = Duration::from_secs(120);
/// Between two looks.
const EVERY: Duration = Duration::from_secs(600);
/// It is not told again for so long.
const REST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Acts that are looked through for the latest replies.
const ACTS: u32 = 200;
/// Signals among which the last of the kind is looked for.
const SIGNALS: u32 = 1_000;

/// When to look again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canned {
    /// The next look.
    pub(super) at: Instant,
    /// When it was told last, by this process.
    told: Option<Timestamp>,
}

impl Canned {
    pub(super) fn new() -> Self {
        Self { at: Instant::now() + FIRST, told: None }
    }
}

impl Alerts {
    /// Tells that our replies have come to be alike.
    pub(super) async fn look_at_replies(&mut self) -> Result<(), StoreError> {
        self.canned.at = Instant::now() + EVERY;
        let now = self.shared.clock.now();
        let lately = now.saturating_sub(REST).unwrap_or(now);
        if self.canned.told.is_some_and(|told| told > lately) {
            return Ok(());
        }
        let acts = self.shared.store.acts(None, ACTS).await?;
        let Some((same, replies)) = presence::canned(&acts, now).filter(|(same, _)| same.alarms()) else {
            return Ok(());
        };
        let signals = self.shared.store.signals(SIGNALS).await?;
        let told = signals.iter().filter(|signal| signal.kind == SignalKind::Canned).map(|signal| signal.at).max();
        self.canned.told = told;
        if told.is_some_and(|told| told > lately) {
            return Ok(());
        }
        let alike = (same.canned * replies as f64).round();
        let text = format!(
            "our replies sound canned: {alike:.0} of the last {replies} say nearly the same as another; write to the person, not from the template"
        );
        self.raise(self.signal(SignalKind::Canned, &text)).await?;
        self.canned.told = Some(now);
        Ok(())
    }
}

#[cfg(test)]
#[path = "canned_tests.rs"]
mod tests;
