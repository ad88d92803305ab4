//! Which signed deliveries were taken in. The memory is part of the source's cursor, so that it is stored in one
//! transaction with what the deliveries held and outlives the process.
//!
//! A delivery that was signed with its time can come again only while that time is near: it is remembered for as
//! long, and when there are more of them than fit, new ones must wait. A signature over the body alone never runs
//! out: the oldest of these are forgotten when there are too many.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

/// Timed deliveries that are remembered at most: for ten minutes each, thirteen a second.
const MOST_TIMED: usize = 8_192;
/// Marks of others that are remembered at most.
const MOST_UNTIMED: usize = 2_048;

/// By what a delivery is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    print: u64,
    /// Unix second after which it need not be known.
    until: i64,
    timed: bool,
}

impl Mark {
    /// A delivery that cannot come again after this second.
    pub(super) fn timed(print: u64, until: i64) -> Self {
        Self { print, until, timed: true }
    }

    /// A delivery that is remembered until this second, if there is room.
    pub(super) fn untimed(print: u64, until: i64) -> Self {
        Self { print, until, timed: false }
    }

    /// Whether both are the same delivery's.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.print == other.print && self.timed == other.timed
    }
}

/// The deliveries that were taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Memory {
    /// In the order in which they came.
    timed: Vec<(u64, i64)>,
    untimed: Vec<(u64, i64)>,
}

/// The memory as it is written.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    batch: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    timed: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    untimed: String,
}

impl Memory {
    /// Reads a source's cursor: the number of its last batch, and the memory. One that cannot be read is empty.
    pub(super) fn read(cursor: &str) -> (u64, Self) {
        let written: Written = serde_json::from_str(cursor).unwrap_or_default();
        (written.batch, Self { timed: unpacked(&written.timed), untimed: unpacked(&written.untimed) })
    }

    /// The cursor.
    pub(super) fn written(&self, batch: u64) -> String {
        let written = Written { batch, timed: packed(&self.timed), untimed: packed(&self.untimed) };
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Whether the delivery was taken in.
    pub(super) fn knows(&self, mark: &Mark) -> bool {
        self.of(mark).iter().any(|(print, _)| *print == mark.print)
    }

    /// Whether a delivery with these marks can be remembered, besides so many others.
    pub(super) fn has_room(&self, marks: &[Mark], others: usize, now: i64) -> bool {
        let living = self.timed.iter().filter(|(_, until)| *until >= now).count();
        !marks.iter().any(|mark| mark.timed) || living + others < MOST_TIMED
    }

    /// Remembers deliveries, and forgets what need not be known any more.
    pub(super) fn remember(&mut self, marks: &[Mark], now: i64) {
        for mark in marks {
            let known = if mark.timed { &mut self.timed } else { &mut self.untimed };
            if !known.iter().any(|(print, _)| *print == mark.print) {
                known.push((mark.print, mark.until));
            }
        }
        self.timed.retain(|(_, until)| *until >= now);
        self.untimed.retain(|(_, until)| *until >= now);
        let over = self.untimed.len().saturating_sub(MOST_UNTIMED);
        self.untimed.drain(..over);
    }

    fn of(&self, mark: &Mark) -> &[(u64, i64)] {
        if mark.timed { &self.timed } else { &self.untimed }
    }
}

fn packed(marks: &[(u64, i64)]) -> String {
    let mut bytes = Vec::with_capacity(marks.len() * 12);
    for (print, until) in marks {
        bytes.extend_from_slice(&print.to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(*until).unwrap_or(u32::MAX).to_be_bytes());
    }
    BASE64.encode(bytes)
}

fn unpacked(text: &str) -> Vec<(u64, i64)> {
    let bytes = BASE64.decode(text).unwrap_or_default();
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mark = |record: &[u8]| {
        let (print, until) = record.split_at(8);
        (number(print), i64::try_from(number(until)).unwrap_or(i64::MAX))
    };
    bytes.chunks_exact(12).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_taken_in_is_known_until_it_cannot_come_again() {
        let mut memory = Memory::default();
        let (timed, untimed) = (Mark::timed(7, 400), Mark::untimed(7, 1_000));
        memory.remember(&[timed], 100);
        assert!(memory.knows(&timed) && !memory.knows(&untimed), "two kinds of marks");
        memory.remember(&[untimed, untimed], 400);
        assert!(memory.knows(&timed) && memory.knows(&untimed));
        assert_eq!(memory.untimed.len(), 1);
        memory.remember(&[], 401);
        assert!(!memory.knows(&timed) && memory.knows(&untimed));
        assert_eq!(Memory::read(&memory.written(9)), (9, memory));
        assert_eq!(Memory::read("nonsense"), (0, Memory::default()));
    }

    #[test]
    fn it_is_bounded_and_never_forgets_what_can_come_again() {
        let mut memory = Memory::default();
        let marks: Vec<Mark> = (0..MOST_TIMED as u64).map(|print| Mark::timed(print, 700)).collect();
        memory.remember(&marks, 100);
        assert!(!memory.has_room(&[Mark::timed(9, 700)], 0, 100), "it is full");
        assert!(memory.has_room(&[Mark::untimed(9, 700)], 0, 100), "others find room");
        assert!(memory.has_room(&[Mark::timed(9, 1_300)], 0, 701), "what ran out makes room");
        let marks: Vec<Mark> = (0..MOST_UNTIMED as u64 + 5).map(|print| Mark::untimed(print, 700)).collect();
        memory.remember(&marks, 100);
        assert_eq!(memory.untimed.len(), MOST_UNTIMED);
        assert!(!memory.knows(&marks[4]) && memory.knows(&marks[5]), "the oldest go first");
        assert!(memory.written(1).len() < 200_000, "a cursor stays small: {}", memory.written(1).len());
    }

    proptest! {
        #[test]
        fn any_cursor_can_be_read(cursor in ".{0,200}", text in "[A-Za-z0-9+/]{0,80}") {
            let _ = Memory::read(&cursor);
            let (batch, memory) = Memory::read(&format!("{{\"batch\":3,\"timed\":\"{text}\"}}"));
            prop_assert_eq!(batch, 3);
            prop_assert!(memory.untimed.is_empty());
        }

        #[test]
        fn what_is_written_is_read(marks in proptest::collection::vec((any::<u64>(), 0..=i64::from(u32::MAX)), 0..50)) {
            let memory = Memory { timed: marks.clone(), untimed: marks };
            prop_assert_eq!(Memory::read(&memory.written(1)), (1, memory));
        }
    }
}
