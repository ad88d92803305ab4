//! How far behind the network we are, and whether our clock can be trusted to tell.

use tokio::time::Instant;

use super::place::SECOND;
use crate::domain::time::SignedDuration;
use crate::domain::{Meter, Timestamp};

/// What is less than this is not worth a word.
const WORTH: i64 = 60;

/// A clock that goes on from the moment that it was told, and knows how wrong it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    told: Timestamp,
    at: Instant,
    /// Our clock minus the server's; nothing while the server does not say.
    ahead: Option<SignedDuration>,
}

impl Watch {
    /// It is now this moment.
    pub(super) fn new(told: Timestamp) -> Self {
        Self { told, at: Instant::now(), ahead: None }
    }

    /// It is now this moment; what is known of its error stays.
    pub(super) fn set(&mut self, told: Timestamp) {
        (self.told, self.at) = (told, Instant::now());
    }

    /// The present moment by our clock.
    pub(super) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.at.elapsed()).unwrap_or_default();
        self.told.saturating_add(passed).unwrap_or(self.told)
    }

    /// A server says that it is now this moment.
    pub(super) fn compare(&mut self, server: Option<Timestamp>) {
        self.ahead = server.map(|server| self.now().duration_since(server)).or(self.ahead);
    }

    /// How far behind a moment of the server's is.
    pub(super) fn behind(&self, micros: i64) -> SignedDuration {
        SignedDuration::from_secs(self.since(micros).max(0))
    }

    /// How long ago a moment of the server's was, in seconds; below 0 when our clock is behind.
    fn since(&self, micros: i64) -> i64 {
        let ahead = self.ahead.unwrap_or_default().as_micros();
        let since = i128::from(self.now().as_microsecond()) - ahead - i128::from(micros);
        i64::try_from(since / i128::from(SECOND)).unwrap_or_default()
    }
}

/// How far behind we are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lag {
    seconds: Option<i64>,
}

impl Lag {
    /// Measures: `at` is the moment of the last frame. Gives what a person should know of it.
    pub(super) fn measure(&mut self, watch: &Watch, at: i64) -> Vec<String> {
        let mut remarks = Vec::new();
        let behind = watch.since(at);
        let before = self.seconds.replace(behind.max(0));
        let wrong = match watch.ahead.map(|ahead| ahead.as_secs()) {
            Some(ahead) if ahead.abs() > WORTH => Some(ahead),
            _ => Some(behind).filter(|behind| *behind < -WORTH),
        };
        if let Some(ahead) = wrong {
            let side = if ahead < 0 { "behind" } else { "ahead of" };
            remarks.push(format!(
                "the clock of this machine is {} {side} that of Bluesky: set it right",
                span(ahead.abs())
            ));
        }
        if behind > WORTH {
            let course = match before {
                Some(before) if before > behind => "catching up",
                Some(before) if before < behind && before > WORTH => {
                    "falling further behind; this machine or its connection is too slow for the whole network"
                }
                _ => "catching up on what was posted meanwhile",
            };
            remarks.push(format!("{} behind the network: {course}", span(behind)));
        }
        remarks
    }

    /// How far behind we were, measured last.
    pub(super) fn behind(&self) -> Option<SignedDuration> {
        self.seconds.map(SignedDuration::from_secs)
    }

    /// The same as a meter.
    pub(super) fn meter(&self) -> Option<Meter> {
        let used = self.seconds? as f64;
        Some(Meter { name: "seconds behind".into(), used, limit: None, currency: None, resets: None })
    }
}

/// A length of time in words: the two largest units.
pub(super) fn span(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let units = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match (days, hours, minutes) {
        (0, 0, 0) => units(seconds, "second"),
        (0, 0, _) => units(minutes, "minute"),
        (0, ..) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} {} h", units(days, "day"), hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn being_behind_is_measured_and_told_above_a_minute() {
        let watch = Watch::new(at(10_000));
        let mut lag = Lag::default();
        assert!(lag.measure(&watch, 9_999 * SECOND).is_empty());
        assert_eq!(lag.meter().unwrap().used, 1.0);
        let told = lag.measure(&watch, 9_000 * SECOND);
        assert_eq!(told, ["16 minutes behind the network: catching up on what was posted meanwhile"]);
        assert!(lag.measure(&watch, 9_100 * SECOND)[0].contains(": catching up"));
        tokio::time::advance(std::time::Duration::from_secs(300)).await;
        assert!(lag.measure(&watch, 9_150 * SECOND)[0].contains("falling further behind"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_clock_is_told_and_not_taken_for_being_behind() {
        let mut watch = Watch::new(at(10_000));
        watch.compare(Some(at(2_800)));
        let mut lag = Lag::default();
        let told = lag.measure(&watch, 2_799 * SECOND);
        assert_eq!(told, ["the clock of this machine is 2 h 0 min ahead of that of Bluesky: set it right"]);
        assert_eq!(lag.meter().unwrap().used, 1.0);

        let silent = Watch::new(at(10_000));
        let told = lag.measure(&silent, 10_600 * SECOND);
        assert_eq!(told, ["the clock of this machine is 10 minutes behind that of Bluesky: set it right"]);
    }

    #[test]
    fn spans_are_told_in_words() {
        for (seconds, words) in
            [(1, "1 second"), (61, "1 minute"), (3_599, "59 minutes"), (7_260, "2 h 1 min"), (200_000, "2 days 7 h")]
        {
            assert_eq!(span(seconds), words);
        }
    }
}
