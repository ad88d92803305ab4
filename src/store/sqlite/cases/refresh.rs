//! What a case shows of its mentions, made anew after they changed.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::codec;
use super::super::fault::Done;
use super::state::{Shown, State};
use super::word::{self, Said};
use super::work::Work;
use crate::domain::{Intent, Intents};

/// Newest mentions of a case that are looked at.
const MOST: i64 = 100;

/// A mention of a case.
struct Member {
    place: i64,
    answered: bool,
    private: bool,
    story: i64,
    person: Option<i64>,
    said: Said,
}

type Row = (i64, i64, i64, bool, bool, i64, Option<i64>, Vec<u8>);

/// Makes anew what the stale cases show.
pub(super) async fn refresh(conn: &mut SqliteConnection, work: &mut Work) -> Done<()> {
    if work.stale.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT x.case_id, x.members, m.place, m.answered IS NOT NULL, m.private <> 0, m.story, b.person, b.readings
         FROM (SELECT case_id, place, row_number() OVER (PARTITION BY case_id ORDER BY place DESC) AS nth,
                   count(*) OVER (PARTITION BY case_id) AS members
               FROM member INDEXED BY member_case WHERE case_id IN (SELECT value FROM json_each(?1))) x
         CROSS JOIN mention m ON m.place = x.place CROSS JOIN body b ON b.id = m.id
         WHERE x.nth <= ?2 ORDER BY x.case_id, x.nth",
    )
    .bind(json(work.stale.iter().copied()))
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let mut cases: BTreeMap<i64, (i64, Vec<Member>)> = BTreeMap::new();
    for (case, members, place, answered, private, story, person, readings) in rows {
        let said = Said::of(&codec::readings_from(&readings));
        let member = Member { place, answered, private, story, person, said };
        cases.entry(case).or_insert_with(|| (members, Vec::new())).1.push(member);
    }
    for (case, (mentions, members)) in cases {
        let Some(mut state) = work.states.get(&case).cloned() else { continue };
        let Some(shown) = shown(mentions, &members, state.shown.private) else { continue };
        state.shown = shown;
        follow(conn, &mut state, members.first().and_then(|newest| newest.person)).await?;
        work.states.insert(case, state);
    }
    Ok(())
}

/// What the mentions, newest first, say together. What was private once stays so.
fn shown(mentions: i64, members: &[Member], private: bool) -> Option<Shown> {
    let newest = members.first()?;
    let open = || members.iter().filter(|member| !member.answered);
    let union = |all: &mut dyn Iterator<Item = &Member>| {
        all.fold(Intents::default(), |set, member| Intents::from_bits(set.bits() | member.said.intents.bits()))
    };
    let urgency = |member: &&Member| {
        let primary = member.said.intents.primary();
        Intent::ALL.iter().position(|intent| *intent == primary)
    };
    let stands = open().min_by_key(urgency).unwrap_or(newest);
    let intents = if open().next().is_some() { union(&mut open()) } else { union(&mut members.iter()) };
    Some(Shown {
        place: stands.place,
        mentions,
        intents: i64::from(intents.bits()),
        sentiment: newest.said.sentiment.map(word::sentiment),
        story: stands.story,
        private: private || members.iter().any(|member| member.private),
    })
}

/// The person may be known better now; the case goes with them unless they have one in this thread already.
async fn follow(conn: &mut SqliteConnection, state: &mut State, person: Option<i64>) -> Done<()> {
    let Some(person) = person.filter(|person| state.person != Some(*person)) else { return Ok(()) };
    state.person = Some(person);
    let taken: bool = sqlx::query_scalar("SELECT count(*) FROM cases WHERE realm = ? AND thread = ? AND who = ?")
        .bind(state.realm)
        .bind(state.thread)
        .bind(person)
        .fetch_one(conn)
        .await?;
    if !taken {
        state.who = person;
    }
    Ok(())
}
