//! The health of a campaign, 0 to 100: has it given before it asked, whom does it reach, how is it received, and does
//! somebody stand behind it.

use super::ledger::{Cover, Sums};
use super::{Side, Table, full_marks, full_personal};
use crate::domain::BrandSize;

/// Points of each part.
pub const POINTS: Parts<f64> = Parts { giving: 40.0, ties: 25.0, reception: 20.0, personal: 15.0 };
/// Responses below which only the parts are shown.
pub const FEWEST_RESPONSES: usize = 5;
/// The most that a campaign with an unpaid capped condition reaches.
pub const HELD: f64 = 39.0;
/// Share of the campaign's weight from which a capped condition holds it down.
const HOLDING_SHARE: f64 = 0.25;
/// Pseudo-people by which the share of those who knew us is drawn towards a half.
const PSEUDO_PEOPLE: f64 = 4.0;
/// Pseudo-responses by which the reception is drawn towards neither.
const PSEUDO_RESPONSES: f64 = 20.0;

/// One value for each part.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts<T> {
    /// Gave before it asked.
    pub giving: T,
    /// Reaches people who know us.
    pub ties: T,
    /// Is received well.
    pub reception: T,
    /// Somebody stands behind it.
    pub personal: T,
}

/// A colour, with its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below 40.
    Red,
    /// Below 70.
    Amber,
    /// From 70.
    Green,
}

impl Band {
    /// The band of a health.
    pub fn of(health: f64) -> Self {
        match health {
            health if health < 40.0 => Self::Red,
            health if health < 70.0 => Self::Amber,
            _ => Self::Green,
        }
    }
}

/// The band of the part of reception alone (0 to 1): red below 0.4, amber below 0.7, as the whole. It is red from
/// `N_k < -0.2` on, when complaints outweigh praise by more than the doubt that few responses leave.
pub fn reception_band(part: f64) -> Band {
    Band::of(part * 100.0)
}

/// The part of reception: `(N_k + 1)/2`, `N_k = (P - k·C) / (P + k·C + 20)`.
pub fn reception(praise: usize, complaints: usize, table: &Table) -> f64 {
    let (praise, complaints) = (praise as f64, table.tell_factor * complaints as f64);
    f64::midpoint((praise - complaints) / (praise + complaints + PSEUDO_RESPONSES), 1.0)
}

/// An act of the campaign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posted {
    /// Where it stands in the books.
    pub side: Side,
    /// For an ask, whether enough was given before it.
    pub cover: Option<Cover>,
    /// It is signed, in the first person singular, or a reply that is not canned.
    pub personal: bool,
    /// A capped condition that a person confirmed, or that was read with at least 0.9.
    pub surely_capped: bool,
}

/// The people who responded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Responses {
    /// People who responded.
    pub people: usize,
    /// Those of them who had a two-way exchange with us before the campaign.
    pub known: usize,
    /// Responses that praise; a complaint that was recovered is none and no complaint either.
    pub praise: usize,
    /// Responses that complain.
    pub complaints: usize,
    /// All responses.
    pub all: usize,
}

/// What a health is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// The parts, each 0 to 1.
    pub parts: Parts<f64>,
    /// The sum in points, 0 to 100, before it is held down.
    pub sum: f64,
    /// The health, 0 to 100; `None` when there are too few responses to say.
    pub health: Option<f64>,
    /// An unpaid capped condition holds it at [`HELD`] or less.
    pub held: bool,
    /// B: the brand's balance at the end of the campaign or now.
    pub balance: f64,
    /// The mean cover of its asks, by weight; 1 without asks.
    pub cover: f64,
    /// q: the share of its weight in conditional gives that are not exempt.
    pub conditional: f64,
    /// s: the share of its weight in asks, an exempt post counting half.
    pub asking: f64,
    /// t: the share of those who responded that knew us, drawn towards a half.
    pub tied: f64,
    /// N_k: net reception, -1 to 1.
    pub net: f64,
    /// p: the share of personal posts against full marks, 0 to 1.
    pub personal: f64,
}

impl Health {
    /// Its band.
    pub fn band(&self) -> Option<Band> {
        self.health.map(Band::of)
    }
}

/// `40 giving + 25 ties + 20 reception + 15 personal`, each part 0 to 1:
/// - giving = `min(1, B/B_size) · (0.5 + 0.5·cover) · (1 - q)`: what waits for others is not given yet;
/// - ties = `1 - s·(1 - t)`, `t = (known + 2) / (people + 4)`: strangers may be given to;
/// - reception = `(N_k + 1)/2`, `N_k = (P - k·C) / (P + k·C + 20)`;
/// - personal = `1 - s·(1 - p)`.
///
/// `sums` are those of the whole brand's ledger at the campaign's end or now, its own acts included. `None` without an
/// act. For a medium or larger brand a capped condition of at least a quarter of the campaign's weight holds the health
/// at [`HELD`], until `paid`: a person has recorded that the whole was given.
pub fn health(
    acts: &[Posted],
    responses: &Responses,
    sums: Sums,
    size: BrandSize,
    table: &Table,
    paid: bool,
) -> Option<Health> {
    if acts.is_empty() {
        return None;
    }
    let weight: f64 = acts.iter().map(|act| act.side.weight()).sum();
    let share =
        |of: &dyn Fn(&Posted) -> f64| if weight > 0.0 { acts.iter().map(of).sum::<f64>() / weight } else { 0.0 };
    let conditional = share(&|act| match act.side {
        Side::Condition(weight) => weight,
        _ => 0.0,
    });
    let asking = share(&|act| match act.side {
        Side::Ask(weight) | Side::Condition(weight) => weight,
        Side::Exempt(weight) => weight / 2.0,
        Side::Give(_) | Side::None => 0.0,
    });
    let capped = share(&|act| if act.surely_capped { act.side.asked() } else { 0.0 });
    let cover = mean_cover(acts);
    let balance = sums.balance();
    let tied = (responses.known as f64 + PSEUDO_PEOPLE / 2.0) / (responses.people as f64 + PSEUDO_PEOPLE);
    let (praise, complaints) = (responses.praise as f64, table.tell_factor * responses.complaints as f64);
    let net = (praise - complaints) / (praise + complaints + PSEUDO_RESPONSES);
    let signed = acts.iter().filter(|act| act.personal).count() as f64 / acts.len() as f64;
    let personal = (signed / full_personal(size)).min(1.0);
    let parts = Parts {
        giving: (balance / full_marks(size)).min(1.0) * (0.5 + 0.5 * cover) * (1.0 - conditional),
        ties: 1.0 - asking * (1.0 - tied),
        reception: f64::midpoint(net, 1.0),
        personal: 1.0 - asking * (1.0 - personal),
    };
    let sum = points(&parts);
    let big = matches!(size, BrandSize::Medium | BrandSize::Large | BrandSize::Enterprise);
    let held = big && !paid && capped >= HOLDING_SHARE;
    let shown = if held { sum.min(HELD) } else { sum };
    let enough = responses.all >= FEWEST_RESPONSES;
    Some(Health {
        parts,
        sum,
        health: enough.then_some(shown),
        held,
        balance,
        cover,
        conditional,
        asking,
        tied,
        net,
        personal,
    })
}

/// The sum of the parts in points.
fn points(parts: &Parts<f64>) -> f64 {
    POINTS.giving * parts.giving
        + POINTS.ties * parts.ties
        + POINTS.reception * parts.reception
        + POINTS.personal * parts.personal
}

/// The mean of the covers of the asks, weighted by what they ask; 1 without asks.
fn mean_cover(acts: &[Posted]) -> f64 {
    let asks = acts.iter().filter_map(|act| act.cover.map(|cover| (act.side.asked(), cover.covered)));
    let (weight, sum) = asks.fold((0.0, 0.0), |(all, sum), (weight, cover)| (all + weight, sum + weight * cover));
    if weight > 0.0 { sum / weight } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Deed, Give};

    /// Prior ledgers: gives 2 to 30, asks 0 to min(G, 8).
    fn grid() -> impl Iterator<Item = Sums> {
        (2..=30).flat_map(|given| {
            (0..=given.min(8)).map(move |asked| Sums { given: f64::from(given), asked: f64::from(asked) })
        })
    }

    /// The campaign's acts one after the other, after a prior ledger.
    fn campaign(prior: Sums, deeds: &[(Deed, bool)], size: BrandSize, responses: &Responses, paid: bool) -> Health {
        let table = Table::default();
        let (mut sums, mut acts) = (prior, Vec::new());
        for (deed, personal) in deeds {
            let side = table.side(*deed, size);
            let asks = side.asked() > 0.0;
            acts.push(Posted {
                side,
                cover: asks.then(|| Cover::of(sums.given, sums.asked, side.asked(), size)),
                personal: *personal,
                surely_capped: matches!(deed, Deed::Conditional { capped: true, .. }),
            });
            sums = Sums { given: sums.given + side.given(), asked: sums.asked + side.asked() };
        }
        health(&acts, responses, sums, size, &table, paid).unwrap()
    }

    fn responses(people: usize, known: usize, praise: usize, complaints: usize) -> Responses {
        Responses { people, known, praise, complaints, all: praise + complaints }
    }

    const CAPPED: Deed = Deed::Conditional { capped: true, all_proceeds: false };
    const ALL_PROCEEDS: Deed = Deed::Conditional { capped: false, all_proceeds: true };
    const DONATE: Deed = Deed::Give(Give::Donate);

    #[test]
    fn a_dollar_for_each_retweet_is_red() {
        for prior in grid() {
            let health = campaign(prior, &[(CAPPED, false)], BrandSize::Enterprise, &responses(100, 3, 10, 90), false);
            assert_eq!(health.band(), Some(Band::Red), "{prior:?} {health:?}");
        }
    }

    #[test]
    fn the_money_simply_given_is_green() {
        for prior in grid() {
            let health = campaign(prior, &[(DONATE, false)], BrandSize::Enterprise, &responses(100, 3, 95, 5), false);
            assert_eq!(health.band(), Some(Band::Green), "{prior:?} {health:?}");
        }
    }

    /// A video made with effort, then all proceeds, signed; half of those who respond know her.
    fn madame(prior: Sums, size: BrandSize) -> Health {
        let deeds = [(Deed::Give(Give::Donate), true), (ALL_PROCEEDS, true)];
        campaign(prior, &deeds, size, &responses(60, 30, 55, 1), false)
    }

    #[test]
    fn all_proceeds_of_a_small_shop_are_green_and_the_same_of_an_enterprise_is_twenty_points_lower() {
        for prior in grid() {
            let (solo, enterprise) = (madame(prior, BrandSize::Solo), madame(prior, BrandSize::Enterprise));
            assert_eq!(solo.band(), Some(Band::Green), "{prior:?} {solo:?}");
            let lower = solo.health.unwrap() - enterprise.health.unwrap();
            assert!(lower >= 20.0, "{prior:?}: only {lower:.1} lower");
        }
    }

    #[test]
    fn paying_the_whole_lifts_the_hold() {
        let prior = Sums { given: 30.0, asked: 0.0 };
        let deeds = [(CAPPED, true), (DONATE, true), (DONATE, true)];
        let warm = responses(100, 90, 100, 0);
        let held = campaign(prior, &deeds, BrandSize::Large, &warm, false);
        let paid = campaign(prior, &deeds, BrandSize::Large, &warm, true);
        assert!(held.held && held.health == Some(HELD) && !paid.held && paid.health.unwrap() > 70.0, "{paid:?}");
        let small = campaign(prior, &deeds, BrandSize::Small, &warm, false);
        assert!(!small.held);
    }

    #[test]
    fn too_few_responses_show_the_parts_only() {
        let prior = Sums { given: 5.0, asked: 1.0 };
        let health = campaign(prior, &[(DONATE, true)], BrandSize::Small, &responses(4, 1, 3, 1), false);
        assert_eq!(health.health, None);
        assert!(health.sum > 0.0);
        assert!(super::health(&[], &Responses::default(), prior, BrandSize::Small, &Table::default(), false).is_none());
    }
}
