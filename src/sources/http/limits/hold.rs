//! Until when somebody who complained is left alone.

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

/// Shortest time for which a host that complained is left alone.
const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
/// Longest time for which a host that complained without saying how long is left alone, in seconds.
const LONGEST_GUESS: i64 = 3_600;

/// A hold-back and what led to it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Hold {
    until: Option<Timestamp>,
    /// Complaints in a row.
    strikes: u32,
}

impl Hold {
    /// The end of the hold-back, if that is still ahead.
    pub(super) fn ahead(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }

    /// There was a complaint: left alone until `wish`, or, without one, for a minute that doubles with every
    /// complaint in a row up to an hour. A hold-back is never shortened. Returns its end.
    pub(super) fn complain(&mut self, wish: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let guess = (60_i64 << self.strikes.min(10)).min(LONGEST_GUESS);
        // Requests that were under way together complain together; that is one complaint.
        if self.ahead(now).is_none() {
            self.strikes = self.strikes.saturating_add(1);
        }
        let later = |rest| now.saturating_add(rest).unwrap_or(Timestamp::MAX);
        let until = wish.map_or_else(|| later(SignedDuration::from_secs(guess)), |wish| wish.max(later(SHORTEST)));
        self.extend(until)
    }

    /// Left alone at least until then.
    pub(super) fn extend(&mut self, until: Timestamp) -> Timestamp {
        let until = self.until.map_or(until, |before| before.max(until));
        self.until = Some(until);
        until
    }

    /// An answer without complaint. One to a request that was sent before the hold-back began does not end it.
    pub(super) fn calm(&mut self, now: Timestamp) {
        if self.ahead(now).is_none() {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_complaint_without_a_wish_holds_longer_each_time() {
        let mut hold = Hold::default();
        assert_eq!(hold.complain(None, at(0)), at(60));
        assert_eq!(hold.complain(None, at(100)), at(220));
        assert_eq!(hold.complain(None, at(300)), at(540));
        for round in 1..20 {
            hold.complain(None, at(round * 10_000));
        }
        assert_eq!(hold.ahead(at(190_000)), Some(at(193_600)));
        hold.calm(at(190_000));
        assert_eq!(hold.ahead(at(190_000)), Some(at(193_600)), "an answer from before ends it");
        hold.calm(at(193_600));
        assert_eq!(hold.complain(None, at(200_000)), at(200_060));
    }

    #[test]
    fn complaints_at_once_are_one() {
        let mut hold = Hold::default();
        hold.complain(None, at(0));
        hold.complain(None, at(1));
        hold.complain(None, at(1));
        assert_eq!(hold.complain(None, at(1_000)), at(1_120));
    }

    #[test]
    fn a_wish_is_obeyed_and_never_shortened_by_another() {
        let mut hold = Hold::default();
        assert_eq!(hold.complain(Some(at(900)), at(0)), at(900));
        assert_eq!(hold.complain(Some(at(500)), at(0)), at(900));
        assert_eq!(hold.ahead(at(899)), Some(at(900)));
        assert_eq!(hold.ahead(at(900)), None);
    }
}
