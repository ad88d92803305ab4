//! Whether somebody still asks a source. A process that lost the lease, or that is paused, asks its sources no
//! more without telling them; what a source keeps up between two polls (a port, a command that runs on) is let go
//! of when nobody has asked for a while, and taken up again with the next poll.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Who asks, and since when nobody does.
pub(super) struct Attendance(watch::Sender<Option<Instant>>);

/// Somebody is asking as long as this lives.
pub(super) struct Present(watch::Sender<Option<Instant>>);

/// Waits for nobody to ask any more.
#[derive(Clone)]
pub(super) struct Absence(watch::Receiver<Option<Instant>>);

impl Attendance {
    /// Nobody asks yet.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Notes that somebody asks.
    pub(super) fn present(&self) -> Present {
        self.0.send_replace(None);
        Present(self.0.clone())
    }

    /// For those who must know when nobody asks.
    pub(super) fn absence(&self) -> Absence {
        Absence(self.0.subscribe())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.send_replace(Some(Instant::now()));
    }
}

impl Absence {
    /// Returns when nobody has asked for this long, or the source itself is gone.
    pub(super) async fn lasts(&mut self, patience: Duration) {
        loop {
            let since = *self.0.borrow_and_update();
            let changed = self.0.changed();
            let gone = match since {
                None => changed.await.is_err(),
                Some(since) => tokio::select! {
                    biased;
                    changed = changed => changed.is_err(),
                    () = sleep_until(since + patience) => true,
                },
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
                let present = attendance.present();
                advance(PATIENCE * 2).await;
                drop(present);
                advance(PATIENCE / 2).await;
            }
        };
        tokio::select! {
            () = absence.lasts(PATIENCE) => panic!("somebody asked all the time"),
            () = asked => {}
        }
        absence.lasts(PATIENCE).await;
        assert_eq!(begun.elapsed(), PATIENCE * 13);
        let present = attendance.present();
        assert!(timeout(PATIENCE * 9, absence.lasts(PATIENCE)).await.is_err());
        drop(present);
        drop(attendance);
        absence.lasts(PATIENCE).await;
    }
}
