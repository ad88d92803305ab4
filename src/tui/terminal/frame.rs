//! When to draw. A policy without a clock: it is told what time it is and says when the next frame is due.
//!
//! There is no tick. What a key changed is drawn with the next frame, at the earliest 16 ms after the last;
//! what arrives by itself is folded to ten frames a second, which over a slow link is a tenth of the bytes.

use std::time::{Duration, Instant};

/// Why a frame is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person pressed a key, or the window changed: at once.
    Key,
    /// Something arrived by itself: with the others of its burst.
    Data,
}

/// Decides when the next frame is drawn.
#[derive(Debug, Default)]
pub struct FramePolicy {
    last: Option<Instant>,
    due: Option<Instant>,
}

impl FramePolicy {
    /// Shortest time between two frames.
    pub const FLOOR: Duration = Duration::from_millis(16);
    /// Shortest time between a frame and one that no key asked for.
    pub const FOLD: Duration = Duration::from_millis(100);

    /// Something visible changed.
    pub fn want(&mut self, now: Instant, urgency: Urgency) {
        let gap = match urgency {
            Urgency::Key => Self::FLOOR,
            Urgency::Data => Self::FOLD,
        };
        let earliest = self.last.map_or(now, |last| now.max(last + gap));
        self.due = Some(self.due.map_or(earliest, |due| due.min(earliest)));
    }

    /// When the next frame is to be drawn; `None` while nothing changed.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether it is time to draw.
    pub fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.last = Some(now);
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn nothing_changed_nothing_is_due() {
        let start = Instant::now();
        let mut frames = FramePolicy::default();
        assert_eq!(frames.due(), None);
        frames.want(start, Urgency::Data);
        frames.drawn(start);
        assert_eq!(frames.due(), None);
        assert!(!frames.is_due(start + ms(60_000)));
    }

    #[test]
    fn after_a_rest_everything_is_drawn_at_once() {
        let start = Instant::now();
        let mut frames = FramePolicy::default();
        frames.drawn(start);
        for urgency in [Urgency::Data, Urgency::Key] {
            frames.want(start + ms(500), urgency);
            assert!(frames.is_due(start + ms(500)));
        }
    }

    #[test]
    fn a_key_waits_for_the_floor_alone() {
        let start = Instant::now();
        let mut frames = FramePolicy::default();
        frames.drawn(start);
        frames.want(start + ms(1), Urgency::Key);
        assert_eq!(frames.due(), Some(start + ms(16)));
    }

    #[test]
    fn a_key_overtakes_waiting_data_and_data_never_delays_a_key() {
        let start = Instant::now();
        let mut frames = FramePolicy::default();
        frames.drawn(start);
        frames.want(start + ms(5), Urgency::Data);
        assert_eq!(frames.due(), Some(start + ms(100)));
        frames.want(start + ms(20), Urgency::Key);
        assert_eq!(frames.due(), Some(start + ms(20)));
        frames.want(start + ms(21), Urgency::Data);
        assert_eq!(frames.due(), Some(start + ms(20)));
    }

    #[test]
    fn five_hundred_batches_a_second_make_ten_frames_and_every_key_one_more() {
        let start = Instant::now();
        let mut frames = FramePolicy::default();
        let (mut drawn, mut longest_wait) = (0, Duration::ZERO);
        let mut key_at = None;
        for step in 0..1_000_u64 {
            let now = start + ms(step);
            if step % 2 == 0 {
                frames.want(now, Urgency::Data);
            }
            if step % 250 == 37 {
                frames.want(now, Urgency::Key);
                key_at = Some(now);
            }
            if frames.is_due(now) {
                frames.drawn(now);
                drawn += 1;
                if let Some(pressed) = key_at.take() {
                    longest_wait = longest_wait.max(now - pressed);
                }
            }
        }
        assert!((10..=15).contains(&drawn), "{drawn} frames");
        assert!(longest_wait <= FramePolicy::FLOOR, "{longest_wait:?}");
    }
}
