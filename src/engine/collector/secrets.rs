//! Secrets that the network refuses: they are not used again, and whoever stopped for want of a good one goes on as soon
//! as a person has logged in anew.

use std::time::Duration;

use tokio::time::Instant;

use super::Collector;
use super::slot::Slot;
use crate::sources::SourceErrorKind;

/// How often it is looked whether a refused secret was replaced.
const NEW_SECRET: Duration = Duration::from_secs(10);

impl Collector {
    /// Asks those again whose secret was refused and has been replaced since. Looks every so often.
    pub(super) fn look_for_secrets(&mut self) {
        let refused = self.slots.iter().any(|slot| slot.refused.is_some());
        self.look_at = match self.look_at {
            _ if !refused => None,
            Some(at) if at > Instant::now() => Some(at),
            None => Some(Instant::now() + NEW_SECRET),
            Some(_) => {
                let now = self.shared.clock.now();
                for slot in self.slots.iter_mut().filter(|slot| slot.has_new_secret()) {
                    slot.refused = None;
                    slot.next = Some(now);
                }
                Some(Instant::now() + NEW_SECRET)
            }
        };
    }
}

impl Slot {
    /// Takes note of how the last poll ended as far as the secret goes: a refused one is not used again.
    pub(super) fn judge_secret(&mut self, failure: Option<SourceErrorKind>) {
        self.refused = None;
        if let (Some(SourceErrorKind::Refused), Some(credentials)) = (failure, &self.credentials) {
            credentials.drop_secret();
            self.refused = Some(credentials.stamp());
        }
    }

    /// Whether the secret that was refused has been replaced since.
    fn has_new_secret(&self) -> bool {
        let stamp = self.credentials.as_ref().and_then(|credentials| credentials.stamp());
        !self.busy && self.refused.is_some_and(|refused| refused != stamp)
    }
}
