//! How fast we answer: times to acknowledge and to resolve, with what is still unanswered counted in.
//!
//! Quantiles are those of the product-limit estimate (E. L. Kaplan and P. Meier, Nonparametric Estimation from
//! Incomplete Observations, JASA 53, 1958): a case that waits still has waited at least so long, and leaving it out
//! would flatter us.

use super::hours::WorkingHours;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Cases below which nothing is said but "too few".
pub const FEWEST_CASES: usize = 5;

/// One turn of a case's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// When the clocks began.
    pub opened: Timestamp,
    /// When we acknowledged.
    pub acknowledged: Option<Timestamp>,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// When it was dismissed: nobody waits any more, and nothing was missed.
    pub dismissed: Option<Timestamp>,
}

impl Wait {
    /// When the person had our first word: the acknowledgement, and at the latest the solution.
    fn first_word(&self) -> Option<Timestamp> {
        [self.acknowledged, self.resolved].into_iter().flatten().min()
    }

    /// When they stopped waiting for what did not come.
    fn gave_up(&self, now: Timestamp) -> Timestamp {
        self.dismissed.unwrap_or(now).min(now)
    }
}

/// How long something took, or has taken so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// How long.
    pub took: SignedDuration,
    /// It came to its end; else it goes on still, or was broken off.
    pub ended: bool,
}

/// A quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantile {
    /// Too few observations to say.
    TooFew,
    /// So long.
    Reached(SignedDuration),
    /// Not reached: longer than the longest that was observed.
    Beyond(SignedDuration),
}

/// The product-limit estimate: for every time at which something ended, the share that lasts longer,
/// `S(t) = product over t_i <= t of (1 - d_i / n_i)`, where d_i ended at t_i and n_i had lasted at least that long.
pub fn survival(observed: &[Observed]) -> Vec<(SignedDuration, f64)> {
    let mut sorted = observed.to_vec();
    sorted.sort_unstable_by_key(|one| one.took);
    let (mut curve, mut left, mut share) = (Vec::new(), sorted.len(), 1.0);
    for same in sorted.chunk_by(|one, other| one.took == other.took) {
        let ended = same.iter().filter(|one| one.ended).count();
        if let (true, Some(first)) = (ended > 0, same.first()) {
            share *= 1.0 - ended as f64 / left as f64;
            curve.push((first.took, share));
        }
        left -= same.len();
    }
    curve
}

/// The time by which the share `q` (0 to 1) has ended: the first at which `S(t) <= 1 - q`.
pub fn quantile(observed: &[Observed], q: f64) -> Quantile {
    if observed.len() < FEWEST_CASES {
        return Quantile::TooFew;
    }
    // A hair of tolerance: products of fractions miss a round share by the last bit.
    let reached = survival(observed).into_iter().find(|(_, share)| *share <= 1.0 - q + 1e-12);
    match reached {
        Some((took, _)) => Quantile::Reached(took),
        None => Quantile::Beyond(observed.iter().map(|one| one.took).max().unwrap_or_default()),
    }
}

/// A share of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Within {
    /// Answered in time.
    pub hits: usize,
    /// Answered too late, or unanswered for longer.
    pub misses: usize,
}

impl Within {
    /// `hits / (hits + misses)`, 0 to 1; `None` below [`FEWEST_CASES`].
    pub fn share(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all >= FEWEST_CASES).then(|| self.hits as f64 / all as f64)
    }
}

/// How fast we were.
#[derive(Debug, Clone, PartialEq)]
pub struct Clocks {
    /// Turns of the clocks that were looked at, dismissed ones included.
    pub cases: usize,
    /// Those that have had no word and were not dismissed.
    pub waiting: usize,
    /// Time to our first word: half of all cases, and nine in ten.
    pub acknowledge: [Quantile; 2],
    /// Time to the solution: the same.
    pub resolve: [Quantile; 2],
    /// First word within so long, for each time asked.
    pub within: Vec<(SignedDuration, Within)>,
}

/// Reads the clocks at `now`, in calendar time or in working hours. `within` are the times by which a first word may
/// be asked: those still waiting for less than that are neither hit nor miss, and a dismissed case is neither.
pub fn clocks(waits: &[Wait], hours: Option<&WorkingHours>, within: &[SignedDuration], now: Timestamp) -> Clocks {
    let time = |from: Timestamp, until: Timestamp| match hours {
        Some(hours) => hours.between(from, until),
        None => until.duration_since(from).max(SignedDuration::ZERO),
    };
    let observe = |end: fn(&Wait) -> Option<Timestamp>| -> Vec<Observed> {
        let one = |wait: &Wait| match end(wait) {
            Some(end) => Observed { took: time(wait.opened, end), ended: true },
            None => Observed { took: time(wait.opened, wait.gave_up(now)), ended: false },
        };
        waits.iter().map(one).collect()
    };
    let (acknowledge, resolve) = (observe(Wait::first_word), observe(|wait| wait.resolved));
    let both = |observed: &[Observed]| [quantile(observed, 0.5), quantile(observed, 0.9)];
    let count = |most: SignedDuration| {
        let mut share = Within::default();
        for (wait, observed) in waits.iter().zip(&acknowledge) {
            match observed.ended {
                true if observed.took <= most => share.hits += 1,
                true => share.misses += 1,
                false if wait.dismissed.is_none() && observed.took > most => share.misses += 1,
                false => {}
            }
        }
        (most, share)
    };
    Clocks {
        cases: waits.len(),
        waiting: waits.iter().filter(|wait| wait.first_word().is_none() && wait.dismissed.is_none()).count(),
        acknowledge: both(&acknowledge),
        resolve: both(&resolve),
        within: within.iter().map(|most| count(*most)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn observed(took: i64, ended: bool) -> Observed {
        Observed { took: SignedDuration::from_mins(took), ended }
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 60 * minutes).unwrap()
    }

    fn wait(opened: i64, acknowledged: Option<i64>, resolved: Option<i64>) -> Wait {
        Wait { opened: at(opened), acknowledged: acknowledged.map(at), resolved: resolved.map(at), dismissed: None }
    }

    /// The weeks in remission of the 21 patients with 6-mercaptopurine of Freireich and others, Blood 21 (1963), with
    /// the survival function as printed in Kleinbaum and Klein, Survival Analysis, chapter 2 (table for group 1).
    #[test]
    fn the_textbook_example() {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let went_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let all: Vec<Observed> = ended
            .into_iter()
            .map(|week| observed(week, true))
            .chain(went_on.into_iter().map(|week| observed(week, false)))
            .collect();
        let printed = [(6, 0.8571), (7, 0.8067), (10, 0.7529), (13, 0.6902), (16, 0.6275), (22, 0.5378), (23, 0.4482)];
        let curve = survival(&all);
        assert_eq!(curve.len(), printed.len());
        for ((took, share), (week, expected)) in curve.iter().zip(printed) {
            assert_eq!(*took, SignedDuration::from_mins(week));
            assert!((share - expected).abs() < 5e-5, "week {week}: {share}");
        }
        assert_eq!(quantile(&all, 0.5), Quantile::Reached(SignedDuration::from_mins(23)));
        assert_eq!(quantile(&all, 0.9), Quantile::Beyond(SignedDuration::from_mins(35)));
    }

    #[test]
    fn without_anybody_waiting_a_quantile_is_the_ordinary_one() {
        let all: Vec<Observed> = (1..=10).map(|minutes| observed(minutes, true)).collect();
        assert_eq!(quantile(&all, 0.5), Quantile::Reached(SignedDuration::from_mins(5)));
        assert_eq!(quantile(&all, 0.9), Quantile::Reached(SignedDuration::from_mins(9)));
        assert_eq!(quantile(&all[..4], 0.5), Quantile::TooFew);
    }

    #[test]
    fn the_unanswered_are_misses_once_they_are_late_and_the_dismissed_are_not() {
        let mut waits = vec![
            wait(0, Some(4), Some(90)),
            wait(0, Some(10), None),
            wait(0, Some(11), None),
            wait(0, None, Some(3)),
            wait(50, None, None),
            wait(95, None, None),
        ];
        waits.push(Wait { dismissed: Some(at(80)), ..wait(0, None, None) });
        let target = SignedDuration::from_mins(10);
        let clocks = clocks(&waits, None, &[target], at(100));
        assert_eq!((clocks.cases, clocks.waiting), (7, 2));
        // In time: 4, 10 and the one that was solved at once. Late: 11, and the one that has waited for 50 minutes.
        assert_eq!(clocks.within, [(target, Within { hits: 3, misses: 2 })]);
        assert_eq!(clocks.within[0].1.share(), Some(0.6));
        assert_eq!(clocks.resolve[1], Quantile::Beyond(SignedDuration::from_mins(100)));
    }

    #[test]
    fn at_night_nobody_is_late() {
        let office = WorkingHours::parse("Mon-Fri 9:00-18:00", TimeZone::UTC).unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let overnight = Wait {
            opened: moment("2026-11-20T17:58:00Z"),
            acknowledged: Some(moment("2026-11-23T09:05:00Z")),
            resolved: None,
            dismissed: None,
        };
        let (waits, target) = (vec![overnight; FEWEST_CASES], SignedDuration::from_mins(10));
        let now = moment("2026-11-23T12:00:00Z");
        let (calendar, working) = (clocks(&waits, None, &[target], now), clocks(&waits, Some(&office), &[target], now));
        assert_eq!(calendar.within[0].1.share(), Some(0.0));
        assert_eq!(working.within[0].1.share(), Some(1.0));
        assert_eq!(working.acknowledge[0], Quantile::Reached(SignedDuration::from_mins(7)));
    }

    proptest! {
        #[test]
        fn leaving_the_waiting_out_would_only_flatter(times in prop::collection::vec((0i64..500, any::<bool>()), 5..60)) {
            let all: Vec<Observed> = times.iter().map(|(took, ended)| observed(*took, *ended)).collect();
            let answered: Vec<Observed> = all.iter().copied().filter(|one| one.ended).collect();
            let curve = survival(&all);
            prop_assert!(curve.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 >= pair[1].1));
            prop_assert!(curve.iter().all(|(_, share)| (0.0..=1.0).contains(share)));
            if let (Quantile::Reached(with), Quantile::Reached(without)) = (quantile(&all, 0.5), quantile(&answered, 0.5)) {
                prop_assert!(with >= without);
            }
        }
    }
}
