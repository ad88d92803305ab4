//! The figures of a campaign in words, the same for the screen and for scripts.

use super::{Board, Report};
use crate::domain::campaign::is_like;
use crate::domain::{Money, Paid};
use crate::measure::giving::health::{Band, FEWEST_RESPONSES};
use crate::measure::giving::ledger::{Balance, Cover};
use crate::measure::giving::lift::Change;

/// A band in a word.
pub fn band(band: Band) -> &'static str {
    match band {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
    }
}

/// The sign of a band: never colour alone.
pub fn sign(band: Band) -> &'static str {
    match band {
        Band::Red => "!",
        Band::Amber => "~",
        Band::Green => "✓",
    }
}

/// A number with the word for so many of it.
pub fn many(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Whether the next ask would be covered.
pub fn next_ask(next: &Cover) -> String {
    if next.is_early() {
        let missing = next.missing.ceil();
        format!("{missing:.0} {} short", if missing == 1.0 { "give" } else { "gives" })
    } else {
        "covered".to_owned()
    }
}

/// The brand's balance.
pub fn balance(board: &Board) -> String {
    let full = crate::measure::giving::full_marks(board.size);
    match board.balance {
        Balance::TooFew(acts) => format!("too few: {acts} of 10 acts"),
        Balance::Standing(balance) => format!("{balance:.2} of {full:.2}"),
        Balance::Stale(balance, _) => format!("{balance:.2} of {full:.2}, stale"),
    }
}

/// What was given of what was promised; `None` when nothing was promised or said.
pub fn given(report: &Report) -> Option<String> {
    let promised = report.promised.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    match (&report.campaign.paid, promised.is_empty()) {
        (Paid::Nothing, true) => None,
        (Paid::Nothing, false) => Some(format!("{promised} promised, nothing recorded as given")),
        (Paid::Part(given), true) => Some(format!("{given} given")),
        (Paid::Part(given), false) => {
            let whole = if report.whole { ": the whole" } else { "" };
            Some(format!("{given} of {promised} given{whole}"))
        }
        (Paid::Whole, true) => Some("the whole was given".to_owned()),
        (Paid::Whole, false) => Some(format!("{promised} given: the whole")),
    }
}

/// What is left to give of the first promise.
fn rest(report: &Report) -> Option<Money> {
    let promised = report.promised.first()?;
    let given = match &report.campaign.paid {
        Paid::Part(given) if is_like(given, promised) => given.amount,
        _ => 0.0,
    };
    Some(Money { amount: (promised.amount - given).max(0.0), unit: promised.unit.clone() })
}

/// What would lift a campaign most, in one sentence.
pub fn lift(report: &Report) -> Option<String> {
    let best = report.lifts.first()?;
    let to = format!("lift it to {:.0}", best.to);
    Some(match best.change {
        Change::GiveOutright => {
            let capped = if report.promised.is_empty() { "a condition" } else { "a capped condition" };
            match rest(report) {
                Some(rest) if report.campaign.paid != Paid::Nothing => {
                    format!("{capped}: giving the remaining {rest} outright would {to}")
                }
                Some(rest) => format!("{capped}: giving the {rest} outright would {to}"),
                None => format!("{capped}: giving it outright would {to}"),
            }
        }
        Change::LiftCap => match report.promised.first() {
            Some(cap) => format!("taking the cap of {cap} away would {to}"),
            None => format!("taking the cap away would {to}"),
        },
        Change::GiveFirst(gives) => format!("{} would {to}", many(gives as usize, "give", "gives")),
        Change::Sign(posts) => {
            format!("{} more that somebody signs would {to}", many(posts as usize, "post", "posts"))
        }
        Change::Solve(complaints) => {
            format!("{}: solving them would {to}", many(complaints, "open complaint", "open complaints"))
        }
    })
}

/// The one sentence that matters most.
pub fn sentence(report: &Report) -> String {
    let Some(health) = &report.health else { return "no post of ours belongs to it yet".to_owned() };
    match (lift(report), health.health) {
        (_, None) => format!("too few: {} of {FEWEST_RESPONSES} responses", report.responses.all),
        (Some(lift), _) => lift,
        (None, Some(_)) if health.held => "an unpaid capped condition holds it down".to_owned(),
        (None, Some(points)) if Band::of(points) == Band::Green => "nothing needs to change".to_owned(),
        (None, Some(_)) => "no single change would lift it".to_owned(),
    }
}
