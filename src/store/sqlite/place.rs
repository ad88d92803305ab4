//! A mention's place in the stream as one integer, and moments as integers.
//!
//! place = second published × 2³¹ + number, so that the order of places is the order of the stream (by published,
//! then by number), and every table, index and posting list that ends in the place pages by key without sorting.

use crate::domain::stream::{Filter, Key, Span};
use crate::domain::{MentionId, Timestamp};

/// Bits for the number of a mention.
const NUMBER_BITS: u32 = 31;
/// Largest number of a mention.
pub(super) const LAST_NUMBER: i64 = (1 << NUMBER_BITS) - 1;
/// What claims to be older than 1900 counts as published then.
const FIRST_SECOND: i64 = -2_208_988_800;
/// The year 2106: seconds beyond do not fit.
const LAST_SECOND: i64 = (1 << 32) - 1;
/// Seconds in a quarter of an hour, the grain of the roll-ups.
pub(super) const QUARTER: i64 = 900;

const NANOS: i128 = 1_000_000_000;

/// The whole second that the moment lies in.
pub(super) fn second(moment: Timestamp) -> i64 {
    i64::try_from(moment.as_nanosecond().div_euclid(NANOS)).unwrap_or(LAST_SECOND)
}

/// The first whole second at or after the moment.
fn second_from(moment: Timestamp) -> i64 {
    let whole = moment.as_nanosecond().rem_euclid(NANOS) == 0;
    second(moment) + i64::from(!whole)
}

/// First place of a second.
pub(super) fn start_of(second: i64) -> i64 {
    second.clamp(FIRST_SECOND, LAST_SECOND) << NUMBER_BITS
}

/// The place of a mention.
pub(super) fn of(published: Timestamp, number: i64) -> i64 {
    start_of(second(published)) + number.clamp(0, LAST_NUMBER)
}

/// The second that a place lies in.
pub(super) fn second_of(place: i64) -> i64 {
    place >> NUMBER_BITS
}

/// Number of the mention at a place.
pub(super) fn number(place: i64) -> i64 {
    place & LAST_NUMBER
}

/// When the mention at this place counts as published.
pub(super) fn published(place: i64) -> Timestamp {
    Timestamp::from_second(second_of(place)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The quarter of an hour that a place lies in.
pub(super) fn quarter_of(place: i64) -> i64 {
    second_of(place).div_euclid(QUARTER)
}

/// Milliseconds since 1970, as moments other than published are stored.
pub(super) fn to_millis(moment: Timestamp) -> i64 {
    i64::try_from(moment.as_nanosecond().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// The moment of so many milliseconds since 1970.
pub(super) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A range of places: from `low` to before `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    /// First place.
    pub(super) low: i64,
    /// First place after it.
    pub(super) high: i64,
}

impl Range {
    /// The places that the filter's `since` and `until` leave.
    pub(super) fn of_filter(filter: &Filter) -> Self {
        Self {
            low: filter.since.map_or(i64::MIN, |since| start_of(second_from(since))),
            high: filter.until.map_or(i64::MAX, |until| start_of(second_from(until))),
        }
    }

    /// The part of it that the span looks at.
    pub(super) fn within(self, span: Span) -> Self {
        match span {
            Span::Newest => self,
            Span::OlderThan(key) => Self { high: self.high.min(at_or_after(key)), ..self },
            Span::NewerThan(key) => Self { low: self.low.max(after(key)), ..self },
        }
    }
}

/// First place that is not before the key.
fn at_or_after(key: Key) -> i64 {
    let second = second_from(key.published);
    if second == self::second(key.published) { of(key.published, key.id.0) } else { start_of(second) }
}

/// First place behind the key.
fn after(key: Key) -> i64 {
    let second = second_from(key.published);
    let MentionId(number) = key.id;
    if second != self::second(key.published) {
        start_of(second)
    } else {
        start_of(second) + number.clamp(-1, LAST_NUMBER) + 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(nanos: i64, number: i64) -> Key {
        Key { published: Timestamp::from_nanosecond(i128::from(nanos)).unwrap(), id: MentionId(number) }
    }

    proptest! {
        #[test]
        fn places_are_in_the_order_of_the_stream(a in -2_000_000_000i64..4_000_000_000, m in 0i64..1 << 31,
                                                 b in -2_000_000_000i64..4_000_000_000, n in 0i64..1 << 31) {
            let (first, second) = (Timestamp::from_second(a).unwrap(), Timestamp::from_second(b).unwrap());
            prop_assert_eq!(of(first, m).cmp(&of(second, n)), (a, m).cmp(&(b, n)));
            prop_assert_eq!(published(of(first, m)), first);
        }

        #[test]
        fn a_span_keeps_what_lies_beyond_its_key(second in 0i64..10, number in 0i64..10,
                                                 nanos in 0i64..10_000_000_000, other in 0i64..10) {
            let place = of(Timestamp::from_second(second).unwrap(), number);
            let mention = key(second * 1_000_000_000, number);
            let at = key(nanos, other);
            let older = Range { low: i64::MIN, high: i64::MAX }.within(Span::OlderThan(at));
            let newer = Range { low: i64::MIN, high: i64::MAX }.within(Span::NewerThan(at));
            prop_assert_eq!((older.low..older.high).contains(&place), mention < at);
            prop_assert_eq!((newer.low..newer.high).contains(&place), mention > at);
        }
    }

    #[test]
    fn moments_before_1970_round_down() {
        let moment = Timestamp::from_millisecond(-1).unwrap();
        assert_eq!(second(moment), -1);
        assert_eq!(from_millis(to_millis(moment)), moment);
    }
}
