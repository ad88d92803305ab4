//! Changes to cases that come about while mentions and acts are recorded: collected in memory, written in bulk.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::{Cell, Insert, json, json_rows};
use super::super::fault::Done;
use super::super::place::to_millis;
use super::aftermath;
use super::refresh;
use super::state::{self, Aside, Before, Clock, Handed, Heard, Shown, Standing, State, Taken};
use super::steps::{self, NewStep, kind};
use super::word::{self, Word};
use crate::store::cases::Need;

/// Milliseconds within which their words say what became of our answer, and join a closed case: 72 hours.
pub(super) const AFTER: i64 = 72 * 3_600_000;

const MEMBER: Insert = Insert {
    head: "INSERT OR REPLACE INTO member (mention, case_id, place, turn, seen, wait, severity, followers, reposts)",
    width: 9,
    tail: "",
    most: 256,
};
const TURN: Insert = Insert {
    head: "INSERT OR REPLACE INTO turn (case_id, number, opened, published, wanted, acknowledged, status, dismissal,
        closed, answerer, answered, aftermath)",
    width: 12,
    tail: "",
    most: 64,
};

/// Cases that are changing.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Those that were loaded or made.
    pub(super) states: BTreeMap<i64, State>,
    /// Those that changed.
    pub(super) changed: BTreeSet<i64>,
    /// Those whose mentions must be looked at again.
    pub(super) stale: BTreeSet<i64>,
    /// Those of which it must be found out anew what became of the person.
    pub(super) judged: BTreeSet<i64>,
    /// Mentions that acts may answer of which their cases do not know yet.
    pub(super) linked: BTreeSet<i64>,
    pub(super) steps: Vec<NewStep>,
    members: Vec<Cell>,
    turns: Vec<Cell>,
}

impl Work {
    /// Loads cases that are not here yet.
    pub(super) async fn load(&mut self, conn: &mut SqliteConnection, ids: impl IntoIterator<Item = i64>) -> Done<()> {
        let missing: Vec<i64> = ids.into_iter().filter(|id| !self.states.contains_key(id)).collect();
        if !missing.is_empty() {
            self.states.extend(state::load(conn, missing).await?);
        }
        Ok(())
    }

    /// Mentions of one realm come to their cases, in their order.
    pub(super) async fn arrive(&mut self, conn: &mut SqliteConnection, realm: i64, words: &[Word]) -> Done<()> {
        let words: Vec<&Word> = words.iter().filter(|word| !word.history || word.need.is_some()).collect();
        if words.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<(i64, i64)> = words.iter().map(|word| word.key()).collect();
        let found: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT c.thread, c.who, c.id FROM json_each(?2) j CROSS JOIN cases c INDEXED BY cases_key
             ON c.realm = ?1 AND c.thread = j.value ->> 0 AND c.who = j.value ->> 1",
        )
        .bind(realm)
        .bind(json_rows(keys.iter().map(|(thread, who)| [*thread, *who])))
        .fetch_all(&mut *conn)
        .await?;
        let mut ids: HashMap<(i64, i64), i64> =
            found.into_iter().map(|(thread, who, id)| ((thread, who), id)).collect();
        self.load(conn, ids.values().copied().collect::<Vec<_>>()).await?;
        let new: BTreeSet<(i64, i64)> = words
            .iter()
            .filter(|word| word.need.is_some() && !ids.contains_key(&word.key()))
            .map(|word| word.key())
            .collect();
        let mut next = numbers(conn, new.len()).await?;
        for word in &words {
            if word.answered {
                self.linked.insert(word.mention);
            }
            match (ids.get(&word.key()).and_then(|id| self.states.get(id)).cloned(), word.need) {
                (Some(state), _) => self.hear(state, word),
                (None, Some(need)) => {
                    ids.insert(word.key(), next);
                    self.open(next, word, &need, word.seen, None);
                    next += 1;
                }
                (None, None) => {}
            }
        }
        self.elsewhere(conn, &words).await
    }

    /// A case begins with a mention.
    pub(super) fn open(&mut self, id: i64, word: &Word, need: &Need, opened: i64, voice: Option<String>) {
        let clock = clock(word, need, opened, 0);
        self.member(id, word, Some(need), 0);
        let state = State {
            id,
            realm: word.realm,
            thread: word.thread,
            who: word.who,
            person: word.person,
            source: word.source,
            network: word.network,
            standing: Standing { status: 0, dismissal: None, closed: None },
            aside: Aside::default(),
            taken: Taken::default(),
            handed: Handed::default(),
            clock,
            heard: Heard::default(),
            answered: None,
            aftermath: None,
            promise: None,
            shown: Shown {
                place: word.place,
                mentions: 1,
                intents: i64::from(word.says.intents.bits()),
                sentiment: word.says.sentiment.map(word::sentiment),
                story: word.story,
                private: word.private,
            },
            revision: 0,
        };
        self.states.insert(id, state);
        self.changed.insert(id);
        self.steps.push(NewStep { voice, ..NewStep::new(id, opened, kind::OPENED, None) });
    }

    /// They wrote in the thread of a case.
    fn hear(&mut self, mut state: State, word: &Word) {
        let since = word.published();
        let recent = |moment: Option<i64>| moment.is_some_and(|moment| since <= moment.saturating_add(AFTER));
        let lately = recent(state.standing.closed) || recent(state.answered);
        let asks = !(lately && word.says.is_content());
        let id = state.id;
        if state.answered.is_some_and(|answered| since > answered && since <= answered.saturating_add(AFTER)) {
            state.aftermath = Some(word.says.verdict());
        }
        match &word.need {
            Some(need) if !state.is_open() && asks => {
                self.reopen(&mut state, word, need);
            }
            need if state.is_open() || lately => self.join(&mut state, word, need.as_ref()),
            _ => return,
        }
        self.states.insert(id, state);
        self.changed.insert(id);
        self.stale.insert(id);
    }

    /// They wrote: what was put aside is back, and its turn may come earlier.
    fn join(&mut self, state: &mut State, word: &Word, need: Option<&Need>) {
        let mut before = Before::default();
        if state.aside.until.is_some() {
            before.aside = Some(std::mem::take(&mut state.aside));
        }
        let need = need.filter(|_| state.is_open());
        if let Some(need) = need {
            before.asked = true;
            sooner(state, word, need);
        }
        self.member(state.id, word, need, state.clock.reopened);
        self.steps.push(NewStep { before, ..NewStep::new(state.id, word.seen, kind::THEY_WROTE, Some(word.mention)) });
    }

    /// A mention of a case changed, and asks this of us now.
    pub(super) fn ask_again(&mut self, case: i64, word: &Word, need: Option<&Need>, turn: i64) {
        self.member(case, word, need, turn);
        let state = self.states.get_mut(&case).filter(|state| state.is_open() && state.clock.reopened == turn);
        if let (Some(state), Some(need)) = (state, need) {
            sooner(state, word, need);
        }
    }

    /// They wrote after it was closed: the clocks start anew.
    fn reopen(&mut self, state: &mut State, word: &Word, need: &Need) {
        let clock = clock(word, need, word.seen, state.clock.reopened + 1);
        let before = self.next_turn(state, clock);
        self.member(state.id, word, Some(need), state.clock.reopened);
        self.steps.push(NewStep { before, ..NewStep::new(state.id, word.seen, kind::REOPENED, Some(word.mention)) });
    }

    /// The turn of the clocks that is over is kept, and another begins. Returns what was before.
    pub(super) fn next_turn(&mut self, state: &mut State, clock: Clock) -> Before {
        self.turns.extend([
            Cell::Int(state.id),
            Cell::Int(state.clock.reopened),
            Cell::Int(state.clock.opened),
            Cell::Int(state.clock.published),
            Cell::Int(state.clock.wanted),
            Cell::from(state.heard.at),
            Cell::Int(state.standing.status),
            Cell::from(state.standing.dismissal),
            Cell::from(state.standing.closed),
            Cell::from(state.heard.voice.clone()),
            Cell::from(state.answered.filter(|answered| *answered >= state.clock.opened)),
            Cell::from(state.aftermath),
        ]);
        let standing = Standing { status: 0, dismissal: None, closed: None };
        Before {
            standing: Some(std::mem::replace(&mut state.standing, standing)),
            heard: Some(std::mem::take(&mut state.heard)),
            clock: Some(std::mem::replace(&mut state.clock, clock)),
            aside: state.aside.until.map(|_| std::mem::take(&mut state.aside)),
            ..Before::default()
        }
    }

    /// Notes that a case holds a mention.
    pub(super) fn member(&mut self, case: i64, word: &Word, need: Option<&Need>, turn: i64) {
        let wait = need.map(|need| to_millis(need.due).saturating_sub(word.seen));
        let followers = need.and_then(|need| need.weighing.followers).and_then(|count| i64::try_from(count).ok());
        self.members.extend([
            Cell::Int(word.mention),
            Cell::Int(case),
            Cell::Int(word.place),
            Cell::Int(turn),
            Cell::Int(word.seen),
            Cell::from(wait),
            need.map_or(Cell::Null, |need| Cell::Real(need.weighing.severity)),
            Cell::from(followers),
            need.map_or(Cell::Null, |need| Cell::Real(need.weighing.reposts_per_hour)),
        ]);
    }

    /// What they say to us elsewhere soon after our answer tells what became of it, too.
    async fn elsewhere(&mut self, conn: &mut SqliteConnection, words: &[&Word]) -> Done<()> {
        let to_us: Vec<&&Word> = words.iter().filter(|word| word.addressed && word.person.is_some()).collect();
        if to_us.is_empty() {
            return Ok(());
        }
        let people: BTreeSet<i64> = to_us.iter().filter_map(|word| word.person).collect();
        let from = to_us.iter().map(|word| word.published()).min().unwrap_or_default().saturating_sub(AFTER);
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT c.id FROM json_each(?1) j CROSS JOIN cases c INDEXED BY cases_person ON c.person = j.value
             WHERE c.answered >= ?2",
        )
        .bind(json(people))
        .bind(from)
        .fetch_all(&mut *conn)
        .await?;
        let others: Vec<i64> = ids.into_iter().filter(|id| !self.changed.contains(id)).collect();
        self.load(conn, others.iter().copied()).await?;
        self.judged.extend(others);
        Ok(())
    }

    /// Looks for acts that answer the linked mentions and that their cases do not know.
    async fn answers(&mut self, conn: &mut SqliteConnection) -> Done<()> {
        if self.linked.is_empty() {
            return Ok(());
        }
        let found: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT a.id, a.published, k.case_id, k.turn FROM json_each(?1) j CROSS JOIN member k ON k.mention = j.value
             CROSS JOIN act a INDEXED BY act_answers ON a.answers = j.value
             WHERE NOT EXISTS (SELECT 1 FROM step s INDEXED BY step_act
                               WHERE s.kind = 2 AND s.number = a.id AND s.case_id = k.case_id AND s.undone = 0)
             ORDER BY a.published, a.id",
        )
        .bind(json(self.linked.iter().copied()))
        .fetch_all(&mut *conn)
        .await?;
        self.load(conn, found.iter().map(|(_, _, case, _)| *case).collect::<Vec<_>>()).await?;
        for (act, at, case, turn) in found {
            let Some(state) = self.states.get_mut(&case) else { continue };
            let of_this_turn = turn == state.clock.reopened || at >= state.clock.opened;
            let before = if of_this_turn { answer(state, at, None) } else { Before::default() };
            if !of_this_turn {
                sqlx::query(
                    "UPDATE turn SET acknowledged = min(coalesce(acknowledged, ?3), ?3) WHERE case_id = ?1 AND number = ?2",
                )
                .bind(case)
                .bind(turn)
                .bind(at)
                .execute(&mut *conn)
                .await?;
            }
            self.steps.push(NewStep { before, ..NewStep::new(case, at, kind::ANSWERED, Some(act)) });
            self.changed.insert(case);
            self.stale.insert(case);
            self.judged.insert(case);
        }
        Ok(())
    }

    /// Writes everything down. Returns the number of the first step.
    pub(super) async fn finish(mut self, conn: &mut SqliteConnection) -> Done<i64> {
        MEMBER.run(conn, std::mem::take(&mut self.members)).await?;
        TURN.run(conn, std::mem::take(&mut self.turns)).await?;
        self.answers(conn).await?;
        let first = steps::write(conn, std::mem::take(&mut self.steps)).await?;
        refresh::refresh(conn, &mut self).await?;
        aftermath::judge(conn, &mut self).await?;
        let Self { mut states, changed, .. } = self;
        state::save(conn, changed.into_iter().filter_map(|id| states.remove(&id))).await?;
        Ok(first)
    }
}

/// A mention asks something of us in a case that is open: its turn may come sooner, never later. It is weighed as if the
/// clocks had begun with it, so that the place can be explained by one weighing.
fn sooner(state: &mut State, word: &Word, need: &Need) {
    let due = state.clock.opened.saturating_add(to_millis(need.due).saturating_sub(word.seen));
    state.clock.wanted |= i64::from(word.says.intents.bits());
    if due < state.clock.due {
        state.clock.due = due;
        state.clock.weigh(&need.weighing);
    }
}

/// An answer of ours: a new case is acknowledged by it. Returns what was before.
pub(super) fn answer(state: &mut State, at: i64, voice: Option<String>) -> Before {
    let mut before = Before::default();
    if state.heard.at.is_none_or(|heard| at < heard) {
        before.heard = Some(std::mem::replace(&mut state.heard, Heard { at: Some(at), voice }));
    }
    if state.standing.status == 0 {
        before.standing = Some(state.standing.clone());
        state.standing.status = 1;
    }
    before
}

/// The clocks as a mention starts them.
pub(super) fn clock(word: &Word, need: &Need, opened: i64, reopened: i64) -> Clock {
    let mut clock = Clock {
        opened,
        published: word.published(),
        due: to_millis(need.due),
        severity: 0.0,
        followers: None,
        reposts: 0.0,
        wanted: i64::from(word.says.intents.bits()),
        reopened,
        told: false,
    };
    clock.weigh(&need.weighing);
    clock
}

/// Takes so many numbers for new cases; returns the first.
pub(super) async fn numbers(conn: &mut SqliteConnection, count: usize) -> Done<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(0);
    }
    let after: i64 = sqlx::query_scalar("UPDATE head SET next_case = next_case + ? RETURNING next_case")
        .bind(count)
        .fetch_one(conn)
        .await?;
    Ok(after - count)
}
