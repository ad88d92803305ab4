//! What would lift a campaign's health: changes tried on the formula, one at a time.

use super::health::{Health, Posted, Responses, health};
use super::ledger::Sums;
use super::{Side, Table, full_marks, full_personal};
use crate::domain::{BrandSize, Deed};

/// Least points that are worth telling.
pub const WORTH: f64 = 1.0;
/// Most gives or signed posts that are advised.
const MOST: u32 = 30;

/// A change to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Give the rest of what was promised outright: its conditions are gifts then.
    GiveOutright,
    /// Take the caps away.
    LiftCap,
    /// Give so many times (weight 1 each).
    GiveFirst(u32),
    /// Publish so many more posts that somebody signs.
    Sign(u32),
    /// Solve what the people complain of who still wait, so many complaints.
    Solve(usize),
}

/// A change and the health that it leads to, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// What.
    pub change: Change,
    /// The health then, as [`crate::measure::giving::health::health`] has it (its sum, held down where it is held).
    pub to: f64,
}

/// An act of the campaign, with what can be changed about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Movable {
    /// As it counts now.
    pub posted: Posted,
    /// What it does.
    pub deed: Deed,
    /// What is left of its weight in the brand's sums, 0 to 1.
    pub left: f64,
}

/// A campaign as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Stand<'a> {
    /// Its acts.
    pub acts: &'a [Movable],
    /// Who responded.
    pub responses: &'a Responses,
    /// Complaints of people who still wait.
    pub open: usize,
    /// The brand's ledger.
    pub sums: Sums,
    /// How big the brand is.
    pub size: BrandSize,
    /// The weights.
    pub table: Table,
    /// The whole of what was promised was given.
    pub paid: bool,
}

/// The health's points, held down where it is held.
pub fn points(health: &Health) -> f64 {
    if health.held { health.sum.min(super::health::HELD) } else { health.sum }
}

/// An act once the whole was given: what waited for others is a gift, which waits for nobody.
pub fn given_outright(posted: Posted, table: &Table) -> Posted {
    match posted.side {
        Side::Condition(_) => {
            Posted { side: Side::Give(table.large_give), cover: None, surely_capped: false, ..posted }
        }
        _ => posted,
    }
}

impl Stand<'_> {
    fn weigh(&self, acts: &[Posted], responses: &Responses, sums: Sums, paid: bool) -> Option<f64> {
        health(acts, responses, sums, self.size, &self.table, paid).as_ref().map(points)
    }

    fn posted(&self) -> Vec<Posted> {
        self.acts.iter().map(|act| act.posted).collect()
    }

    fn outright(&self) -> Option<f64> {
        let waits = self.acts.iter().any(|act| matches!(act.posted.side, Side::Condition(_)));
        let acts: Vec<Posted> = self.acts.iter().map(|act| given_outright(act.posted, &self.table)).collect();
        (waits && !self.paid).then(|| self.weigh(&acts, self.responses, self.sums, true)).flatten()
    }

    fn without_cap(&self) -> Option<f64> {
        let mut sums = self.sums;
        let mut capped = false;
        let acts: Vec<Posted> = self
            .acts
            .iter()
            .map(|act| match (act.deed, act.posted.side) {
                (Deed::Conditional { capped: true, all_proceeds }, Side::Condition(_)) => {
                    capped = true;
                    let side = self.table.side(Deed::Conditional { capped: false, all_proceeds }, self.size);
                    sums.asked += act.left * (side.asked() - act.posted.side.asked());
                    sums.given += act.left * side.given();
                    let cover = act.posted.cover.filter(|_| side.asked() > 0.0);
                    Posted { side, cover, surely_capped: false, ..act.posted }
                }
                _ => act.posted,
            })
            .collect();
        (capped && !self.paid).then(|| self.weigh(&acts, self.responses, sums, self.paid)).flatten()
    }

    fn given_first(&self) -> Option<(u32, f64)> {
        let reaches = |gives: u32| {
            let sums = Sums { given: self.sums.given + f64::from(gives), ..self.sums };
            (sums.balance() >= full_marks(self.size) || gives == MOST).then_some((gives, sums))
        };
        let (gives, sums) = (0..=MOST).find_map(reaches).filter(|(gives, _)| *gives > 0)?;
        Some((gives, self.weigh(&self.posted(), self.responses, sums, self.paid)?))
    }

    fn signed(&self) -> Option<(u32, f64)> {
        let (all, signed) = (self.acts.len() as f64, self.acts.iter().filter(|act| act.posted.personal).count() as f64);
        let enough = |more: u32| (signed + f64::from(more)) / (all + f64::from(more)) >= full_personal(self.size);
        let more = (0..=MOST).find(|more| enough(*more)).filter(|more| *more > 0)?;
        let mut acts = self.posted();
        let post = Posted { side: Side::None, cover: None, personal: true, surely_capped: false };
        acts.extend((0..more).map(|_| post));
        Some((more, self.weigh(&acts, self.responses, self.sums, self.paid)?))
    }

    fn solved(&self) -> Option<f64> {
        let complaints = self.responses.complaints.saturating_sub(self.open);
        let responses = Responses { complaints, ..*self.responses };
        (self.open > 0).then(|| self.weigh(&self.posted(), &responses, self.sums, self.paid)).flatten()
    }

    /// What lifts the health by at least [`WORTH`] points, the largest lift first.
    pub fn lifts(&self) -> Vec<Lift> {
        let Some(now) = self.weigh(&self.posted(), self.responses, self.sums, self.paid) else { return Vec::new() };
        let changes = [
            self.outright().map(|to| Lift { change: Change::GiveOutright, to }),
            self.without_cap().map(|to| Lift { change: Change::LiftCap, to }),
            self.given_first().map(|(gives, to)| Lift { change: Change::GiveFirst(gives), to }),
            self.signed().map(|(more, to)| Lift { change: Change::Sign(more), to }),
            self.solved().map(|to| Lift { change: Change::Solve(self.open), to }),
        ];
        let mut lifts: Vec<Lift> = changes.into_iter().flatten().filter(|lift| lift.to >= now + WORTH).collect();
        lifts.sort_by(|one, other| other.to.total_cmp(&one.to));
        lifts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Give;
    use crate::measure::giving::health::HELD;
    use crate::measure::giving::ledger::Cover;

    const CAPPED: Deed = Deed::Conditional { capped: true, all_proceeds: false };

    fn act(deed: Deed, personal: bool, before: Sums, size: BrandSize) -> Movable {
        let side = Table::default().side(deed, size);
        let cover = (side.asked() > 0.0).then(|| Cover::of(before.given, before.asked, side.asked(), size));
        let surely_capped = matches!(deed, Deed::Conditional { capped: true, .. });
        Movable { posted: Posted { side, cover, personal, surely_capped }, deed, left: 1.0 }
    }

    #[test]
    fn giving_outright_what_was_capped_lifts_most_and_says_to_what() {
        let (size, sums) = (BrandSize::Enterprise, Sums { given: 25.0, asked: 3.0 });
        let acts = [act(CAPPED, false, Sums { asked: 0.0, ..sums }, size)];
        let responses = Responses { people: 100, known: 30, praise: 60, complaints: 2, all: 62 };
        let stand =
            Stand { acts: &acts, responses: &responses, open: 2, sums, size, table: Table::default(), paid: false };
        let lifts = stand.lifts();
        assert_eq!(lifts[0].change, Change::GiveOutright, "{lifts:?}");
        let given = [given_outright(acts[0].posted, &Table::default())];
        let then = health(&given, &responses, sums, size, &Table::default(), true).unwrap();
        assert!((lifts[0].to - points(&then)).abs() < 1e-9 && lifts[0].to > 70.0, "{lifts:?}");
        assert!(lifts.iter().skip(1).all(|lift| lift.to <= HELD), "nothing else lifts the hold: {lifts:?}");
    }

    #[test]
    fn complaints_that_wait_gives_that_lack_and_names_that_lack_are_found() {
        let size = BrandSize::Medium;
        let sums = Sums { given: 1.0, asked: 4.0 };
        let acts = [act(Deed::HardAsk, false, Sums::default(), size), act(Deed::HardAsk, false, Sums::default(), size)];
        let responses = Responses { people: 20, known: 10, praise: 4, complaints: 6, all: 20 };
        let stand =
            Stand { acts: &acts, responses: &responses, open: 6, sums, size, table: Table::default(), paid: false };
        let kinds: Vec<Change> = stand.lifts().into_iter().map(|lift| lift.change).collect();
        assert!(kinds.contains(&Change::Solve(6)) && kinds.contains(&Change::Sign(2)), "{kinds:?}");
        // G+1 of G+A+2 is 0.7 from 10.67 gives on: ten more than one.
        assert!(kinds.contains(&Change::GiveFirst(10)), "{kinds:?}");
    }

    #[test]
    fn what_is_well_needs_nothing() {
        let size = BrandSize::Small;
        let sums = Sums { given: 12.0, asked: 0.0 };
        let acts = [act(Deed::Give(Give::Donate), true, sums, size)];
        let responses = Responses { people: 9, known: 9, praise: 30, complaints: 0, all: 30 };
        let stand =
            Stand { acts: &acts, responses: &responses, open: 0, sums, size, table: Table::default(), paid: false };
        assert!(stand.lifts().is_empty());
        assert!(Stand { acts: &[], ..stand }.lifts().is_empty());
    }
}
