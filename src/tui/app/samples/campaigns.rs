//! Made-up campaigns: one that asked before it gave, one that gives, one that is over, and what could be one.

use std::sync::Arc;

use super::now;
use crate::domain::time::SignedDuration;
use crate::domain::{
    ActId, BrandSize, Campaign, CampaignId, Deed, Give, MentionId, Money, Paid, PersonId, SafeText, Terms, Timestamp,
};
use crate::engine::campaigns::{ActLine, Board, Day, Post, Report, Responder, Suggestion};
use crate::measure::giving::Table;
use crate::measure::giving::health::{Posted, Responses, health, reception};
use crate::measure::giving::ledger::{Balance, Cover, Sums};
use crate::measure::giving::lift::{Movable, Stand};

const SIZE: BrandSize = BrandSize::Large;

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

fn dollars(amount: f64) -> Money {
    Money { amount, unit: Some("USD".into()) }
}

fn act(id: i64, days: i64, deed: Deed, personal: bool, before: Sums, text: &str) -> ActLine {
    let side = Table::default().side(deed, SIZE);
    let cover = (side.asked() > 0.0).then(|| Cover::of(before.given, before.asked, side.asked(), SIZE));
    let capped = matches!(deed, Deed::Conditional { capped: true, .. });
    ActLine {
        act: ActId(id),
        at: days_ago(days),
        account: SafeText::line("ferris", 80),
        text: SafeText::line(text, 200),
        deed,
        posted: Posted { side, cover, personal, surely_capped: capped },
        discounted: None,
        cap: capped.then(|| "up to $100,000".to_owned()),
        amount: capped.then(|| dollars(100_000.0)),
        outright: false,
    }
}

fn day(days: i64, sums: (usize, usize), all: (usize, usize, usize), falls: bool) -> Day {
    let posts = ["my chain snapped and you ask me to repost?", "so you only give when we work for you"];
    let post = |(place, text): (usize, &&str)| Post {
        mention: MentionId(place as i64 + 1),
        author: SafeText::line(["ana@hachyderm.io", "lou.bsky.social"][place], 80),
        text: SafeText::line(text, 200),
    };
    Day {
        start: days_ago(days),
        number: days_ago(days).as_second() / 86_400,
        all: all.0,
        praise: all.1,
        complaints: all.2,
        reception: reception(sums.0, sums.1, &Table::default()),
        falls,
        heard: true,
        posts: if falls { posts.iter().enumerate().map(post).collect() } else { Vec::new() },
    }
}

fn people() -> Vec<Responder> {
    let one = |id: i64, name: &str, known, responses, praise, complaints| Responder {
        person: PersonId(id),
        name: SafeText::line(name, 80),
        known,
        responses,
        last: now() - SignedDuration::from_hours(id),
        complaints,
        praise,
    };
    vec![
        one(1, "ana@hachyderm.io", true, 3, 0, 2),
        one(2, "lou.bsky.social", false, 2, 0, 1),
        one(3, "kvs", true, 1, 1, 0),
        one(4, "自転車ファン", false, 1, 1, 0),
    ]
}

/// From what it is made of; whole figures follow by the formula.
fn report(id: i64, terms: Terms, acts: Vec<ActLine>, responses: Responses, open: usize, sums: Sums) -> Report {
    let table = Table::default();
    let posted: Vec<Posted> = acts.iter().map(|act| act.posted).collect();
    let weighed = health(&posted, &responses, sums, SIZE, &table, false);
    let movable = |act: &ActLine| Movable { posted: act.posted, deed: act.deed, left: 0.9 };
    let movable: Vec<Movable> = acts.iter().map(movable).collect();
    let stand = Stand { acts: &movable, responses: &responses, open, sums, size: SIZE, table, paid: false };
    let begin = acts.first().map(|act| act.at);
    let shown = weighed.as_ref().and_then(|health| health.health);
    let trend = (0..24).map(|step| {
        let at = days_ago(24 - step);
        let value = shown.map(|last| last + 40.0 * (1.0 - step as f64 / 23.0));
        (at, value.filter(|_| step > 2))
    });
    let promised: Vec<Money> = acts.iter().filter_map(|act| act.amount.clone()).collect();
    Report {
        campaign: Campaign { id: CampaignId(id), terms, configured: false, paid: Paid::Nothing, payments: Vec::new() },
        begin,
        as_of: now(),
        running: true,
        lifts: stand.lifts(),
        responses,
        open,
        health: weighed,
        sums,
        promised,
        whole: false,
        next: Cover::of(sums.given, sums.asked, 2.0, SIZE),
        trend: trend.collect(),
        days: vec![
            day(6, (20, 0), (20, 20, 0), false),
            day(3, (22, 5), (11, 2, 5), true),
            day(1, (26, 6), (7, 4, 1), false),
        ],
        people: people(),
        acts,
    }
}

/// A dollar for each repost, up to a cap: red until it is paid.
pub(crate) fn flood() -> Report {
    let sums = Sums { given: 14.0, asked: 4.0 };
    let capped = Deed::Conditional { capped: true, all_proceeds: false };
    let acts = vec![
        act(1, 8, Deed::Give(Give::Teach), false, sums, "How to dry a hub after a flood, step by step #warmride"),
        act(2, 7, capped, false, sums, "For every repost we give $1 to the flood relief, up to $100,000 #warmride"),
        act(3, 2, Deed::HardAsk, true, sums, "Order the S2 rain set now, I packed it myself. ^AK #warmride"),
    ];
    let terms = Terms { name: "Warm ride".into(), tags: vec!["warmride".into()], ..Terms::default() };
    let responses = Responses { people: 34, known: 9, praise: 26, complaints: 6, all: 38 };
    let mut report = report(1, terms, acts, responses, 3, sums);
    report.campaign.paid = Paid::Part(dollars(62_000.0));
    report
}

/// Forty bicycles given away.
fn school() -> Report {
    let sums = Sums { given: 14.0, asked: 4.0 };
    let acts = vec![act(4, 20, Deed::Give(Give::Donate), true, sums, "We gave forty bikes to the school #school")];
    let until = Some(now() + SignedDuration::from_hours(24 * 9));
    let terms = Terms { name: "School".into(), tags: vec!["school".into()], until, ..Terms::default() };
    let responses = Responses { people: 40, known: 22, praise: 39, complaints: 0, all: 44 };
    report(2, terms, acts, responses, 0, sums)
}

/// What few answered, long ago.
fn spring() -> Report {
    let sums = Sums { given: 3.0, asked: 0.5 };
    let acts = vec![act(5, 200, Deed::SoftAsk, false, sums, "Read how we spring-clean a bike #spring")];
    let until = Some(days_ago(170));
    let terms = Terms { name: "Spring cleaning 2025".into(), tags: vec!["spring".into()], until, ..Terms::default() };
    let responses = Responses { people: 2, known: 1, praise: 1, complaints: 0, all: 2 };
    let mut report = report(3, terms, acts, responses, 0, sums);
    (report.running, report.as_of, report.days) = (false, days_ago(170), Vec::new());
    report.campaign.configured = true;
    report
}

fn suggestion() -> Suggestion {
    let terms = Terms { name: "#ridehome".into(), tags: vec!["ridehome".into()], ..Terms::default() };
    Suggestion { key: "#ridehome".into(), acts: 4, since: days_ago(11), terms }
}

/// Nothing is running: a balance, and what could be a campaign.
pub(crate) fn between() -> Board {
    let sums = Sums { given: 14.0, asked: 4.0 };
    Board {
        now: now(),
        reports: vec![Arc::new(spring())],
        suggestions: vec![suggestion()],
        balance: Balance::Standing(sums.balance()),
        sums,
        next: Cover::of(sums.given, sums.asked, 2.0, SIZE),
        size: SIZE,
        table: Table::default(),
    }
}

/// Two run, one is over, one could be.
pub(crate) fn two() -> Board {
    Board { reports: vec![Arc::new(flood()), Arc::new(school()), Arc::new(spring())], ..between() }
}
