//! Ties: what went both ways between the brand and a person, and how strong it is.
//!
//! Only the exchange with the brand counts; nothing else about a person is looked at.

use crate::domain::Timestamp;
pub use crate::domain::person::{Exchange, REGULAR_WEEKS, TieSums, WEEKS, is_regular, week};

/// Days after which what went between two counts half.
pub const HALF_LIFE_DAYS: f64 = 90.0;
/// Two-way turns below which nothing is said of the share of regulars.
pub const FEW_TURNS: u64 = 10;
/// Seconds of a day.
const DAY: i64 = 86_400;
/// 2020-01-01, in seconds since 1970: the moment of [`TieSums::worth`].
const EPOCH: i64 = 1_577_836_800;

/// What an exchange adds to a tie: two-way turn 2, complaint resolved 3, their praise 4, our give 1, our ask -1; what
/// went one way only adds nothing.
pub fn weight(exchange: Exchange) -> f64 {
    match exchange {
        Exchange::TwoWay => 2.0,
        Exchange::Resolved => 3.0,
        Exchange::TheirPraise => 4.0,
        Exchange::OurGive => 1.0,
        Exchange::OurAsk => -1.0,
        Exchange::TheyWrote | Exchange::WeWrote => 0.0,
    }
}

/// A tie as it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tie {
    /// `sum of weight · 2^(-age / 90 days)`; can be below zero for whom we only asked.
    pub strength: f64,
    /// `min(in, out) / max(in, out)`, 0 to 1: whether both speak; 0 when one never did.
    pub reciprocity: f64,
    /// Two-way turns in [`REGULAR_WEEKS`] of the last [`WEEKS`] calendar weeks.
    pub regular: bool,
    /// Two-way turns, ever.
    pub turns: usize,
    /// The last that went either way; `None` when nothing did.
    pub last: Option<Timestamp>,
}

impl Tie {
    /// The tie of what was added up, at a moment that is not before anything that was.
    pub fn of(sums: &TieSums, now: Timestamp) -> Self {
        let most = sums.theirs.max(sums.ours);
        Self {
            strength: sums.worth * (-half_lives(now)).exp2(),
            reciprocity: if most == 0 { 0.0 } else { f64::from(sums.theirs.min(sums.ours)) / f64::from(most) },
            regular: is_regular(sums.week, sums.weeks, week(now)),
            turns: sums.turns as usize,
            last: sums.last,
        }
    }
}

/// The tie of what went between the brand and a person until `now`, in any order.
pub fn tie(exchanges: &[(Timestamp, Exchange)], now: Timestamp) -> Tie {
    let past: Vec<_> = exchanges.iter().copied().filter(|(at, _)| *at <= now).collect();
    Tie::of(&sums(&past), now)
}

/// Adds up what went between the brand and a person, in any order.
pub fn sums(exchanges: &[(Timestamp, Exchange)]) -> TieSums {
    let mut sums = TieSums::default();
    // In one order, so that the same exchanges give the same sum to the last bit.
    let mut exchanges = exchanges.to_vec();
    exchanges.sort_unstable();
    let newest = exchanges.iter().filter(|(_, exchange)| *exchange == Exchange::TwoWay).map(|(at, _)| week(*at)).max();
    sums.week = newest.unwrap_or_default();
    for (at, exchange) in exchanges {
        sums.worth += weight(exchange) * half_lives(at).exp2();
        sums.last = sums.last.max(Some(at));
        let count = match exchange {
            Exchange::TheyWrote => &mut sums.theirs,
            Exchange::WeWrote => &mut sums.ours,
            Exchange::TwoWay => &mut sums.turns,
            Exchange::Resolved => &mut sums.resolved,
            Exchange::TheirPraise => &mut sums.praises,
            Exchange::OurGive => &mut sums.gives,
            Exchange::OurAsk => &mut sums.asks,
        };
        *count = count.saturating_add(1);
        let back = sums.week - week(at);
        if exchange == Exchange::TwoWay && back < WEEKS {
            sums.weeks |= 1 << back;
        }
    }
    sums.regular = sums.weeks.count_ones() >= REGULAR_WEEKS;
    sums
}

/// Half-lives since [`EPOCH`].
fn half_lives(at: Timestamp) -> f64 {
    (at.as_millisecond() as f64 / 1_000.0 - EPOCH as f64) / DAY as f64 / HALF_LIFE_DAYS
}

/// The share of two-way turns that are with regulars, 0 to 1; `None` without a turn.
pub fn long_term_share(ties: impl IntoIterator<Item = Tie>) -> Option<f64> {
    let (mut regulars, mut all) = (0usize, 0usize);
    for tie in ties {
        all += tie.turns;
        regulars += if tie.regular { tie.turns } else { 0 };
    }
    (all > 0).then(|| regulars as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Exchange::{OurAsk, OurGive, Resolved, TheirPraise, TheyWrote, TwoWay, WeWrote};
    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + days * 86_400).unwrap()
    }

    #[test]
    fn the_worked_example() {
        // A complaint 90 days ago, answered, resolved; praise today.
        let went = [
            (day(0), TheyWrote),
            (day(0), WeWrote),
            (day(0), TwoWay),
            (day(0), Resolved),
            (day(90), TheyWrote),
            (day(90), TheirPraise),
        ];
        let tie = tie(&went, day(90));
        assert!((tie.strength - (2.5 + 4.0)).abs() < 1e-9, "{tie:?}");
        assert_eq!((tie.reciprocity, tie.regular, tie.turns, tie.last), (0.5, false, 1, Some(day(90))));
    }

    #[test]
    fn a_regular_comes_back_in_three_weeks_of_twelve() {
        let turns = |days: &[i64]| days.iter().map(|days| (day(*days), TwoWay)).collect::<Vec<_>>();
        assert!(tie(&turns(&[20, 40, 80]), day(84)).regular);
        assert!(!tie(&turns(&[79, 80, 81]), day(84)).regular, "all in one week");
        assert!(!tie(&turns(&[0, 40, 80]), day(85)).regular, "the first was thirteen weeks ago");
        let ties = [tie(&turns(&[20, 40, 80]), day(84)), tie(&turns(&[80]), day(84))];
        assert_eq!(long_term_share(ties), Some(0.75));
        assert_eq!(long_term_share([]), None);
    }

    #[test]
    fn whom_we_only_asked_owes_us_nothing() {
        let tie = tie(&[(day(0), OurAsk), (day(0), WeWrote)], day(0));
        assert_eq!((tie.strength, tie.reciprocity), (-1.0, 0.0));
    }

    proptest! {
        #[test]
        fn what_is_stored_says_the_same_as_the_whole_list(days in prop::collection::vec((0i64..400, 0usize..7), 0..40), later in 0i64..200) {
            let went: Vec<_> = days.iter().map(|(days, kind)| (day(*days), Exchange::ALL[*kind])).collect();
            let now = day(400 + later);
            let tie = Tie::of(&sums(&went), now);
            let plain: f64 = went.iter().map(|(at, exchange)| {
                weight(*exchange) * (-now.duration_since(*at).as_secs_f64() / 86_400.0 / HALF_LIFE_DAYS).exp2()
            }).sum();
            prop_assert!((tie.strength - plain).abs() < 1e-9, "{} {}", tie.strength, plain);
            let weeks: BTreeSet<i64> = went.iter().filter(|(at, exchange)| *exchange == TwoWay && week(now) - week(*at) < WEEKS)
                .map(|(at, _)| week(*at)).collect();
            prop_assert_eq!(tie.regular, weeks.len() >= 3);
            prop_assert!(!tie.regular || sums(&went).regular, "who is a regular now was one at the last turn");
        }

        #[test]
        fn what_is_to_come_changes_nothing_and_a_gift_never_hurts(days in prop::collection::vec(0i64..200, 0..20), now in 0i64..200) {
            let went: Vec<_> = days.iter().map(|days| (day(*days), TwoWay)).collect();
            let past: Vec<_> = went.iter().copied().filter(|(at, _)| *at <= day(now)).collect();
            let now = day(now);
            prop_assert_eq!(tie(&went, now), tie(&past, now));
            prop_assert_eq!(sums(&went).regular, is_regular(sums(&went).week, sums(&went).weeks, sums(&went).week));
            let mut given = went.clone();
            given.push((now, OurGive));
            prop_assert!(tie(&given, now).strength > tie(&went, now).strength);
        }
    }
}
