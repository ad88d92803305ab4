//! Whether a source is silent: when it brought something before, and for how long it has brought nothing now.

use std::sync::{Arc, PoisonError};

use super::Note;
use super::poll::Job;
use super::slot::ARRIVALS;
use crate::domain::stream::{Filter, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{SourceHealth, Timestamp};
use crate::measure::silence::silence;

impl Job {
    /// How a source that answered well but brought nothing new fares, and the note to leave when it has just
    /// fallen silent. Its habit is read from the dates of its items; after a start, while it keeps answering
    /// that nothing changed, from the mentions that are stored.
    pub(super) async fn quiet(&self, now: Timestamp) -> (SourceHealth, Option<Note>) {
        let (mut arrivals, ask) = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            (seen.arrivals().to_vec(), seen.ask_the_store_once())
        };
        if arrivals.len() < ARRIVALS && ask {
            let filter = Filter { source: Some(self.info.id), ..Filter::default() };
            let stored =
                self.shared.store.page(&filter, Span::Newest, u32::try_from(ARRIVALS).unwrap_or(u32::MAX)).await;
            let dates = stored.unwrap_or_default().into_iter().map(|row| row.published);
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.arrived(dates, now);
            arrivals = seen.arrivals().to_vec();
        }
        let Some(words) = silent(&arrivals, self.standing.fresh, now) else { return (SourceHealth::Working, None) };
        let told = self.standing.health == SourceHealth::Silent
            || !self.seen.lock().unwrap_or_else(PoisonError::into_inner).tell_silence();
        let note = (!told).then(|| Note::Silent { source: Arc::clone(&self.info), words });
        (SourceHealth::Silent, note)
    }
}

/// What to say of a source that is silent. An item without a date counts as having arrived when it was first
/// seen (`fresh`).
fn silent(arrivals: &[Timestamp], fresh: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let mut silence = silence(arrivals, now)?;
    if let Some(fresh) = fresh {
        silence.quiet = silence.quiet.min(now.duration_since(fresh));
    }
    let usual = rough(silence.habit);
    silence.is_long().then(|| format!("nothing for {}, usually something every {usual}", rough(silence.quiet)))
}

/// A duration for a person, in its largest unit.
pub(super) fn rough(duration: SignedDuration) -> String {
    let minutes = duration.as_mins().max(1);
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests;
