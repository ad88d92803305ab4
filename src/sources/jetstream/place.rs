//! Where we are in the stream: the moment up to which everything was heard, and how it stands in a cursor.

/// A second, in the microseconds in which servers count.
pub(super) const SECOND: i64 = 1_000_000;
/// How far the same server is asked to go back when a stream is opened again.
const OVERLAP: i64 = 5 * SECOND;
/// The same for another server, which saw everything at moments of its own.
const OVERLAP_ELSEWHERE: i64 = 30 * SECOND;
/// A frame that claims to be so much later than the one before it is not believed at once.
const LEAP: i64 = 3_600 * SECOND;

/// A place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// The latest moment that was heard, in microseconds since 1970.
    at: Option<i64>,
    /// A moment that nobody would believe, until a second frame claims it too.
    suspect: Option<i64>,
    /// The server that this moment is of.
    server: usize,
    /// How many batches with something in them were handed out: it makes every cursor another one, so that a
    /// batch that was not stored is told from one that was.
    serial: u64,
}

impl Place {
    /// Reads a cursor. One that cannot be read is a new beginning.
    pub(super) fn read(cursor: &str) -> Self {
        let mut parts = cursor.split(' ');
        let at = parts.next().and_then(|part| part.parse().ok()).filter(|at| *at > 0);
        let serial = parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
        // The server is not kept: after a start the longer overlap is taken.
        Self { at, suspect: None, server: usize::MAX, serial }
    }

    /// The place at this moment, heard we do not know where.
    pub(super) fn from(at: i64) -> Self {
        Self { at: Some(at), server: usize::MAX, ..Self::default() }
    }

    /// The cursor. Empty as long as nothing was heard.
    pub(super) fn written(&self) -> String {
        self.at.map_or_else(String::new, |at| format!("{at} {}", self.serial))
    }

    /// The latest moment that was heard.
    pub(super) fn at(&self) -> Option<i64> {
        self.at
    }

    /// A batch was handed out.
    pub(super) fn count(&mut self) {
        self.serial = self.serial.wrapping_add(1);
    }

    /// From which moment on a server is asked.
    pub(super) fn resume(&self, server: usize) -> Option<i64> {
        let overlap = if server == self.server { OVERLAP } else { OVERLAP_ELSEWHERE };
        self.at.map(|at| at - overlap)
    }

    /// A frame of this moment was heard.
    pub(super) fn hear(&mut self, time: i64, server: usize) {
        self.server = server;
        let near = |known: i64| time < known.saturating_add(LEAP);
        if self.at.is_none_or(near) || self.suspect.is_some_and(near) {
            // An older frame is one of the overlap, or of a server that is a little late.
            self.at = Some(self.at.map_or(time, |at| at.max(time)));
            self.suspect = None;
        } else {
            self.suspect = Some(time);
        }
    }

    /// Leaves out a piece of the stream that cannot be had.
    pub(super) fn leap(&mut self, over: i64) {
        self.at = self.at.map(|at| at + OVERLAP + over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_says_when_and_garbage_is_a_beginning() {
        let place = Place::read("1725911162329308 7");
        assert_eq!((place.at(), place.written().as_str()), (Some(1_725_911_162_329_308), "1725911162329308 7"));
        for garbage in ["", "soon", "-4 1", "{}"] {
            assert_eq!((Place::read(garbage).at(), Place::read(garbage).resume(0)), (None, None), "{garbage}");
        }
    }

    #[test]
    fn one_frame_from_the_future_does_not_move_us_there_and_two_do() {
        let mut place = Place::default();
        place.hear(100 * SECOND, 0);
        place.hear(99_999 * SECOND, 0);
        assert_eq!(place.at(), Some(100 * SECOND));
        place.hear(101 * SECOND, 0);
        assert_eq!(place.at(), Some(101 * SECOND));
        place.hear(50 * SECOND, 0);
        assert_eq!(place.at(), Some(101 * SECOND), "the overlap does not move us back");
        place.hear(99_999 * SECOND, 0);
        place.hear(99_999 * SECOND + 1, 0);
        assert_eq!(place.at(), Some(99_999 * SECOND + 1), "a stream that was silent for long goes on");
    }

    #[test]
    fn another_server_is_asked_to_go_back_further() {
        let mut place = Place::read("1000000000 1");
        assert_eq!(place.resume(0), Some(970 * SECOND));
        place.hear(1_000 * SECOND, 2);
        assert_eq!((place.resume(2), place.resume(1)), (Some(995 * SECOND), Some(970 * SECOND)));
    }
}
