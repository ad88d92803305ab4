//! The whole of one campaign: its acts, its responses, its health and how that came about.

use super::flow::{Day, Flow, Responder};
use super::ledger::{Booked, find, sums_at};
use super::{Scale, keeper};
use crate::domain::time::SignedDuration;
use crate::domain::{ActId, Campaign, Deed, Money, SafeText, Timestamp};
use crate::engine::books::Books;
use crate::engine::books::stakes::most;
use crate::measure::giving::Side;
use crate::measure::giving::health::{Health, Posted, Responses, health};
use crate::measure::giving::ledger::{Cover, Discount, STALE_DAYS, Sums};
use crate::measure::giving::lift::{Lift, Movable, Stand, given_outright};

/// Most points of the trend.
const POINTS: i64 = 60;
/// Widths of a step of the trend, in seconds: an hour, six hours, a day, a week, thirty days.
const STEPS: [i64; 5] = [3_600, 21_600, 86_400, 604_800, 2_592_000];

/// An act of a campaign, as it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct ActLine {
    /// Which.
    pub act: ActId,
    /// When it was published.
    pub at: Timestamp,
    /// Under which account.
    pub account: SafeText,
    /// Its first words.
    pub text: SafeText,
    /// What it does.
    pub deed: Deed,
    /// As it counts for the health.
    pub posted: Posted,
    /// Why it stands on neither side though its deed would.
    pub discounted: Option<Discount>,
    /// The cap, as it is written.
    pub cap: Option<String>,
    /// The number in it.
    pub amount: Option<Money>,
    /// It waited for others, and counts as a gift since the whole was given.
    pub outright: bool,
}

/// The whole of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What it is made of, and what was paid.
    pub campaign: Campaign,
    /// When it begins: as it says, else with its first act; `None` while it has none.
    pub begin: Option<Timestamp>,
    /// The moment of the figures: now, or its end.
    pub as_of: Timestamp,
    /// It runs now.
    pub running: bool,
    /// Its acts, oldest first.
    pub acts: Vec<ActLine>,
    /// Who responded.
    pub responses: Responses,
    /// Complaints of people who still wait.
    pub open: usize,
    /// Its health; `None` without an act.
    pub health: Option<Health>,
    /// The brand's sums at that moment.
    pub sums: Sums,
    /// What was promised on a condition, the most of each currency or thing.
    pub promised: Vec<Money>,
    /// The whole of it was given.
    pub whole: bool,
    /// What would lift the health, the most helpful first.
    pub lifts: Vec<Lift>,
    /// What the next hard ask would find.
    pub next: Cover,
    /// The health over its life; `None` while there were too few responses.
    pub trend: Vec<(Timestamp, Option<f64>)>,
    /// Its days with responses.
    pub days: Vec<Day>,
    /// Who responded most.
    pub people: Vec<Responder>,
}

/// An act of a campaign, before the books are asked.
pub(super) struct Own<'a> {
    pub(super) at: Timestamp,
    pub(super) act: ActId,
    pub(super) kept: &'a keeper::Kept,
}

/// When a campaign begins.
pub(super) fn begin(campaign: &Campaign, first: Option<Timestamp>) -> Option<Timestamp> {
    // What others wrote is known to the second: who answers within the second of the act comes after it.
    let first =
        first.map(|at| Timestamp::from_second(at.as_nanosecond().div_euclid(1_000_000_000) as i64).unwrap_or(at));
    match (campaign.terms.since, first) {
        (Some(since), Some(first)) => Some(since.max(first)),
        (None, first) => first,
        (Some(_), None) => None,
    }
}

/// The moment at which a campaign is looked at: now, or its end.
pub(super) fn as_of(campaign: &Campaign, now: Timestamp) -> Timestamp {
    let last = |until: Timestamp| until.checked_sub(SignedDuration::from_millis(1)).unwrap_or(until);
    campaign.terms.until.map_or(now, |until| now.min(last(until)))
}

impl Report {
    /// From its acts (oldest first), its responses and the books.
    pub(super) fn of(
        campaign: &Campaign,
        acts: &[Own<'_>],
        flow: &Flow,
        books: &Books,
        scale: &Scale,
        now: Timestamp,
    ) -> Self {
        let as_of = as_of(campaign, now);
        let booked: Vec<(&Own<'_>, Booked<'_>)> = acts
            .iter()
            .filter(|own| own.at <= as_of)
            .filter_map(|own| Some((own, find(books, own.at, own.act)?)))
            .collect();
        let promised = promised(&booked);
        let whole = campaign.paid.is_whole(&promised);
        let lines: Vec<ActLine> = booked.iter().map(|(own, booked)| line(own, booked, whole, scale)).collect();
        let sums = books.ledger.sums(as_of);
        let posted: Vec<Posted> = lines.iter().map(|line| line.posted).collect();
        let weighed = health(&posted, &flow.responses, sums, scale.size, &scale.table, whole);
        let begin = begin(campaign, acts.first().map(|own| own.at));
        let mut report = Self {
            campaign: campaign.clone(),
            begin,
            as_of,
            running: runs(campaign, acts, flow, now),
            acts: lines,
            responses: flow.responses,
            open: flow.open,
            health: weighed,
            sums,
            promised,
            whole,
            lifts: Vec::new(),
            next: Cover::of(sums.given, sums.asked, scale.table.hard_ask, scale.size),
            trend: Vec::new(),
            days: flow.days.clone(),
            people: flow.people.clone(),
        };
        report.lifts = report.lifts(scale);
        report.trend = report.trend(flow, books, scale);
        report
    }

    fn lifts(&self, scale: &Scale) -> Vec<Lift> {
        let movable = |line: &ActLine| Movable {
            posted: line.posted,
            deed: line.deed,
            left: scale.table.decay(line.at, self.as_of),
        };
        let acts: Vec<Movable> = self.acts.iter().map(movable).collect();
        let (responses, table) = (&self.responses, scale.table);
        let (open, sums, size, paid) = (self.open, self.sums, scale.size, self.whole);
        Stand { acts: &acts, responses, open, sums, size, table, paid }.lifts()
    }

    /// The health as it was, by what is known of those days now.
    fn trend(&self, flow: &Flow, books: &Books, scale: &Scale) -> Vec<(Timestamp, Option<f64>)> {
        let Some(begin) = self.begin else { return Vec::new() };
        let moments = moments(begin, self.as_of);
        let posted: Vec<Posted> = self.acts.iter().map(|line| line.posted).collect();
        let sums = sums_at(&books.ledger, &scale.table, &moments);
        let at = moments.iter().zip(sums).map(|(moment, sums)| {
            let until = self.acts.partition_point(|line| line.at <= *moment);
            let acts = posted.get(..until).unwrap_or_default();
            let responses = flow.until(*moment);
            let then = health(acts, &responses, sums, scale.size, &scale.table, self.whole);
            (*moment, then.and_then(|health| health.health))
        });
        at.collect()
    }

    /// The last day, when it is one on which reception fell below its band and that is no history.
    pub fn backlash_on(&self, day: i64) -> Option<&Day> {
        self.days.iter().find(|one| one.number == day && one.falls && one.heard)
    }
}

fn line(own: &Own<'_>, booked: &Booked<'_>, whole: bool, scale: &Scale) -> ActLine {
    let posted = Posted {
        side: booked.line.side,
        cover: booked.line.cover,
        personal: booked.personal,
        surely_capped: booked.surely_capped,
    };
    let outright = whole && matches!(posted.side, Side::Condition(_));
    ActLine {
        act: own.act,
        at: own.at,
        account: own.kept.account.clone(),
        text: own.kept.text.clone(),
        deed: booked.line.entry.deed,
        posted: if outright { given_outright(posted, &scale.table) } else { posted },
        discounted: booked.line.discounted,
        cap: booked.cap.clone(),
        amount: booked.amount.clone(),
        outright,
    }
}

/// What was promised on a condition: a promise that several posts repeat is one, so the most of each unit counts.
fn promised(booked: &[(&Own<'_>, Booked<'_>)]) -> Vec<Money> {
    let capped = |booked: &Booked<'_>| matches!(booked.line.entry.deed, Deed::Conditional { capped: true, .. });
    most(booked.iter().filter(|(_, booked)| capped(booked)).filter_map(|(_, booked)| booked.amount.as_ref()))
}

/// A campaign runs within its dates; one without an end while anything was published within the last 28 days.
fn runs(campaign: &Campaign, acts: &[Own<'_>], flow: &Flow, now: Timestamp) -> bool {
    let terms = &campaign.terms;
    if terms.since.is_some_and(|since| now < since) || terms.until.is_some_and(|until| until <= now) {
        return false;
    }
    let last = acts.last().map(|own| own.at).max(flow.after.last().map(|(at, _)| *at));
    let lately = |last: Timestamp| now.duration_since(last).as_secs() <= STALE_DAYS * 86_400;
    terms.until.is_some() || last.or(terms.since).is_some_and(lately)
}

/// The moments of the trend: steps from the beginning on, and the present one.
fn moments(begin: Timestamp, end: Timestamp) -> Vec<Timestamp> {
    let (first, last) = (begin.as_second(), end.as_second());
    let wide = |step: &&i64| (last - first) / **step <= POINTS;
    let step = STEPS.iter().find(wide).copied().unwrap_or((last - first) / POINTS + 1);
    let mut moments: Vec<Timestamp> = (1..)
        .map(|number| first + number * step)
        .take_while(|at| *at < last)
        .filter_map(|at| Timestamp::from_second(at).ok())
        .collect();
    moments.push(end.max(begin));
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trend_has_a_bound_and_ends_now() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for days in [0, 1, 3, 20, 90, 400, 4_000] {
            let end = at(days * 86_400 + 5);
            let moments = moments(at(0), end);
            assert!(moments.len() <= 61 && moments.last() == Some(&end), "{days}: {}", moments.len());
            assert!(moments.is_sorted());
        }
    }
}
