//! Ties: what went both ways between the brand and a person, and how strong it is.
//!
//! Only the exchange with the brand counts; nothing else about a person is looked at.

use std::collections::BTreeSet;

use crate::domain::Timestamp;

/// Days after which what went between two counts half.
pub const HALF_LIFE_DAYS: f64 = 90.0;
/// Weeks that are looked at to tell a regular.
pub const WEEKS: i64 = 12;
/// Weeks of those with two-way turns that make one.
pub const REGULAR_WEEKS: usize = 3;
/// Seconds of a week.
const WEEK: i64 = 7 * 86_400;

/// Something that went between the brand and a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exchange {
    /// They wrote to us or about us.
    TheyWrote,
    /// We wrote to them.
    WeWrote,
    /// They wrote and we answered, or the other way round: a turn of both.
    TwoWay,
    /// A complaint of theirs was resolved.
    Resolved,
    /// They praised us.
    TheirPraise,
    /// We gave them something.
    OurGive,
    /// We asked something of them.
    OurAsk,
}

impl Exchange {
    /// What it adds to a tie: two-way turn 2, complaint resolved 3, their praise 4, our give 1, our ask -1; what went
    /// one way only adds nothing.
    pub fn weight(self) -> f64 {
        match self {
            Self::TwoWay => 2.0,
            Self::Resolved => 3.0,
            Self::TheirPraise => 4.0,
            Self::OurGive => 1.0,
            Self::OurAsk => -1.0,
            Self::TheyWrote | Self::WeWrote => 0.0,
        }
    }
}

/// A tie as it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tie {
    /// `sum of weight · 2^(-age / 90 days)`; can be below zero for whom we only asked.
    pub strength: f64,
    /// `min(in, out) / max(in, out)`, 0 to 1: whether both speak; 0 when one never did.
    pub reciprocity: f64,
    /// Two-way turns in [`REGULAR_WEEKS`] of the last [`WEEKS`] weeks.
    pub regular: bool,
    /// Two-way turns, ever.
    pub turns: usize,
    /// The last that went either way; `None` when nothing did.
    pub last: Option<Timestamp>,
}

/// The tie of what went between the brand and a person until `now`, in any order.
pub fn tie(exchanges: &[(Timestamp, Exchange)], now: Timestamp) -> Tie {
    let until = || exchanges.iter().filter(|(at, _)| *at <= now);
    let count = |kind: Exchange| until().filter(|(_, exchange)| *exchange == kind).count();
    let (theirs, ours, turns) = (count(Exchange::TheyWrote), count(Exchange::WeWrote), count(Exchange::TwoWay));
    let strength = until().map(|(at, exchange)| exchange.weight() * decay(*at, now)).sum();
    let weeks: BTreeSet<i64> = until()
        .filter(|(_, exchange)| *exchange == Exchange::TwoWay)
        .map(|(at, _)| now.duration_since(*at).as_secs() / WEEK)
        .filter(|week| *week < WEEKS)
        .collect();
    let most = theirs.max(ours);
    Tie {
        strength,
        reciprocity: if most == 0 { 0.0 } else { theirs.min(ours) as f64 / most as f64 },
        regular: weeks.len() >= REGULAR_WEEKS,
        turns,
        last: until().map(|(at, _)| *at).max(),
    }
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

fn decay(at: Timestamp, now: Timestamp) -> f64 {
    (-now.duration_since(at).as_secs_f64() / 86_400.0 / HALF_LIFE_DAYS).exp2()
}

#[cfg(test)]
mod tests {
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
        fn what_is_to_come_changes_nothing_and_a_gift_never_hurts(days in prop::collection::vec(0i64..200, 0..20), now in 0i64..200) {
            let went: Vec<_> = days.iter().map(|days| (day(*days), TwoWay)).collect();
            let past: Vec<_> = went.iter().copied().filter(|(at, _)| *at <= day(now)).collect();
            let now = day(now);
            prop_assert_eq!(tie(&went, now), tie(&past, now));
            let mut given = went.clone();
            given.push((now, OurGive));
            prop_assert!(tie(&given, now).strength > tie(&went, now).strength);
        }
    }
}
