//! Whether somebody still asks a source. A process that lost the lease, or that is paused, asks its sources no
//! more without telling them; what a source keeps up between two polls (a port, a command that runs on) is let go
//! of when nobody has asked for a while, and taken up again with the next poll.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Who asks, and since when nobody does.
pub(super) struct Attendance(watch::Sender<Present>);

/// Somebody is asking as long as this lives.
pub(super) struct Attending(watch::Sender<Present>);

/// Waits for nobody to ask any more.
#[derive(Clone)]
pub(super) struct Absence(watch::Receiver<Present>);

#[derive(Clone, Copy)]
struct Present {
    asking: usize,
    /// When that changed.
    since: Instant,
}

impl Attendance {
    /// Nobody asks yet.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Present { asking: 0, since: Instant::now() }))
    }

    /// Notes that somebody asks.
    pub(super) fn attend(&self) -> Attending {
        self.0.send_modify(|present| present.asking += 1);
        Attending(self.0.clone())
    }

    /// For those who must know when nobody asks.
    pub(super) fn absence(&self) -> Absence {
        Absence(self.0.subscribe())
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.0.send_modify(|present| *present = Present { asking: present.asking - 1, since: Instant::now() });
    }
}

impl Absence {
    /// Returns when nobody has asked for this long, or the source itself is gone.
    pub(super) async fn lasts(&mut self, patience: Duration) {
        loop {
            let present = *self.0.borrow_and_update();
            let gone = if present.asking > 0 {
                self.0.changed().await.is_err()
            } else {
                tokio::select! {
                    biased;
                    changed = self.0.changed() => changed.is_err(),
                    () = sleep_until(present.since + patience) => true,
                }
            };
            if gone {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn nobody_is_missed_before_the_patience_is_over() {
        let attendance = Attendance::new();
        let mut absence = attendance.absence();
        let begun = Instant::now();
        let asked = async {
            for _ in 0..5 {
                let attending = attendance.attend();
                advance(PATIENCE * 2).await;
                drop(attending);
                advance(PATIENCE / 2).await;
            }
        };
        tokio::select! {
            () = absence.lasts(PATIENCE) => panic!("somebody asked all the time"),
            () = asked => {}
        }
        absence.lasts(PATIENCE).await;
        assert_eq!(begun.elapsed(), PATIENCE * 13);
        let attending = attendance.attend();
        assert!(timeout(PATIENCE * 9, absence.lasts(PATIENCE)).await.is_err());
        drop(attending);
        drop(attendance);
        absence.lasts(PATIENCE).await;
    }
}
