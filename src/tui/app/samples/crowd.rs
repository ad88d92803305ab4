//! Sixty people who had to do with us, made up.

use std::sync::Arc;

use super::{minutes_ago, now};
use crate::domain::case::{CaseStatus, PersonCard, Promise, Turn};
use crate::domain::person::{
    Acquaintance, Exchange, Handle, PeopleFigures, PeopleFilter, PeopleKey, PeopleOrder, PersonCase, PersonFile,
    PersonRow, Went,
};
use crate::domain::time::SignedDuration;
use crate::domain::{ActId, CaseId, MentionId, Network, PersonId, PromiseId, SafeText, Sentiment, Timestamp};
use crate::measure::ties::sums;
use crate::tui::app::cmd::Whose;
use crate::tui::app::msg::Answer;

const DAY: i64 = 24 * 60;

fn handle(id: i64, network: &str, who: &str, name: &str) -> Handle {
    Handle {
        person: PersonId(id),
        network: Network::named(network),
        who: SafeText::line(who, 80),
        name: SafeText::line(name, 80),
    }
}

/// What went with the person of a number: the lower, the more.
fn went(number: i64) -> Vec<(Timestamp, Exchange)> {
    let back = if number % 4 == 2 { 60 } else { 1 };
    let mut went = Vec::new();
    for turn in 0..(12 - number).max(1) {
        let at = minutes_ago((back + turn * 6) * DAY + number * 7);
        went.push((at, Exchange::TheyWrote));
        if number < 9 {
            let answer = at.saturating_add(SignedDuration::from_mins(9)).unwrap();
            went.extend([(answer, Exchange::WeWrote), (answer, Exchange::TwoWay), (answer, Exchange::OurGive)]);
        }
        if turn == 1 {
            went.push((at, Exchange::TheirPraise));
        }
    }
    if number == 1 {
        went.push((minutes_ago(30 * DAY), Exchange::Resolved));
    }
    went
}

fn row(number: i64) -> PersonRow {
    let mut handles = vec![match number {
        1 => handle(1, "mastodon", "ana@hachyderm.io", "Ana Ruiz"),
        2 => handle(2, "bluesky", "lou.bsky.social", "Lou"),
        3 => handle(3, "reddit", "山田太郎", "山田"),
        n => handle(n, "mastodon", &format!("rider{n}@town.example"), &format!("Rider {n}")),
    }];
    if number == 2 {
        handles.push(handle(1002, "mastodon", "lou@town.example", "Lou"));
    }
    PersonRow { id: PersonId(number), handles, followers: (number != 3).then_some(120), sums: sums(&went(number)) }
}

/// A page of the list.
pub(super) fn page(filter: &PeopleFilter, after: Option<PeopleKey>, limit: usize) -> Answer {
    let mut rows: Vec<PersonRow> = (1..=60).map(row).collect();
    let silent = |row: &PersonRow| row.sums.last.is_some_and(|last| now().duration_since(last).as_hours() > 28 * 24);
    rows.retain(|row| filter.order != PeopleOrder::SilentRegulars || (row.sums.regular && silent(row)));
    rows.retain(|row| row.who().starts_with(&filter.words));
    match filter.order {
        PeopleOrder::Strength => rows.sort_by(|one, other| other.sums.worth.total_cmp(&one.sums.worth)),
        _ => rows.sort_by_key(|row| std::cmp::Reverse(row.sums.last)),
    }
    if let Some(after) = after {
        let place = rows.iter().position(|row| row.id == after.person).map_or(rows.len(), |place| place + 1);
        rows.drain(..place);
    }
    rows.truncate(limit);
    let figures = PeopleFigures { people: 60, regulars: 6, regular_turns: 41, turns: 63, unsettled: 0 };
    Answer::People(rows.into(), after.is_none().then_some(figures))
}

/// A card.
pub(super) fn card(whose: Whose) -> Answer {
    let number = match whose {
        Whose::Person(PersonId(1002)) => 2,
        Whose::Person(PersonId(number)) => number,
        Whose::Mention(_) => 1,
    };
    let row = row(number);
    let mut lines: Vec<Went> = went(number)
        .into_iter()
        .map(|(at, exchange)| Went {
            at,
            exchange,
            words: SafeText::line("the chain snapped again after two days", 80),
        })
        .collect();
    lines.sort_by_key(|went| std::cmp::Reverse(went.at));
    let turn = |ours: bool, days: i64, words: &str| Turn {
        at: minutes_ago(days * DAY),
        ours,
        who: SafeText::line("ana", 80),
        text: SafeText::block(words),
        mention: (!ours).then_some(MentionId(1)),
        act: ours.then_some(ActId(1)),
        native_id: String::new(),
    };
    let card = PersonCard {
        person: row.id,
        who: SafeText::line(row.who(), 80),
        name: row.handles[0].name.clone(),
        followers: row.followers,
        turns: vec![
            turn(true, 1, "Glad to hear it rides well again, Ana. The new links are in every shop from Monday on."),
            turn(false, 1, "the new chain holds. thank you for sending it so fast!"),
            turn(true, 6, "@ana sorry about that. A new chain is on its way today."),
        ],
        mentions: 11,
        answers: 8,
        since: Some(minutes_ago(200 * DAY)),
        promises: vec![Promise {
            id: PromiseId(1),
            text: SafeText::block("a new chain by Friday"),
            due: minutes_ago(2 * DAY),
            kept: None,
        }],
        open: vec![CaseId(1)],
    };
    let case = |id, status, days| PersonCase { id: CaseId(id), status, opened: minutes_ago(days * DAY), mention: None };
    let said = [Sentiment::Negative, Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive, Sentiment::Positive];
    let attitudes = said.iter().enumerate().map(|(place, one)| (minutes_ago((60 - place as i64 * 12) * DAY), *one));
    let known =
        |who: &str, voice, times| Acquaintance { who: SafeText::line(who, 80), voice, times, last: minutes_ago(DAY) };
    Answer::Person(Some(Arc::new(PersonFile {
        went: lines,
        card,
        cases: vec![case(2, CaseStatus::Acknowledged, 1), case(1, CaseStatus::Resolved, 31)],
        attitudes: if number == 3 { vec![] } else { attitudes.collect() },
        known_to: vec![known("ferris-bikes.example", false, 8), known("kim", true, 5)],
        alike: if number == 1 { vec![handle(900, "bluesky", "ana.example", "Ana Ruiz")] } else { vec![] },
        row,
    })))
}
