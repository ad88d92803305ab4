//! Random histories of cases against a plain model: posts that ask and posts that do not, answers, what people do and
//! undo, and what is taken down. What the plain model cannot tell (undoing something old, taking down one of several
//! posts that ask) is held against rules that must always be true, and the model goes on from what the store says.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::SafeText;
use crate::domain::case::HandOver;

const CASES: usize = 16;
const STEPS: usize = 40;

#[derive(Debug, Clone)]
enum Deed {
    /// Somebody writes in a thread; it asks something of us or not.
    Write { who: u8, thread: u8, asks: bool },
    /// We answer the so-many-th post that is there.
    Answer { post: usize },
    /// The so-many-th case gets a status.
    Stand { case: usize, status: u8 },
    /// The so-many-th case is put aside, or is back.
    Aside { case: usize, until_reply: bool },
    /// The so-many-th case is handed over, with a time or without.
    HandOver { case: usize, timed: bool },
    /// The newest change by hand is undone.
    UndoNewest,
    /// The so-many-th change by hand is undone.
    UndoSome { step: usize },
    /// The so-many-th post is taken down.
    TakeDown { post: usize },
    /// Everything in a thread by somebody is taken down.
    Forget { who: u8, thread: u8 },
    /// The so-many-th answer is taken down.
    TakeBack { answer: usize },
}

fn deed() -> impl Strategy<Value = Deed> {
    let some = 0_usize..100;
    prop_oneof![
        8 => (0_u8..3, 0_u8..2, prop::bool::weighted(0.7)).prop_map(|(who, thread, asks)| Deed::Write { who, thread, asks }),
        4 => some.clone().prop_map(|post| Deed::Answer { post }),
        5 => (some.clone(), 0_u8..5).prop_map(|(case, status)| Deed::Stand { case, status }),
        2 => (some.clone(), any::<bool>()).prop_map(|(case, until_reply)| Deed::Aside { case, until_reply }),
        2 => (some.clone(), any::<bool>()).prop_map(|(case, timed)| Deed::HandOver { case, timed }),
        3 => Just(Deed::UndoNewest),
        1 => some.clone().prop_map(|step| Deed::UndoSome { step }),
        1 => some.clone().prop_map(|post| Deed::TakeDown { post }),
        1 => (0_u8..3, 0_u8..2).prop_map(|(who, thread)| Deed::Forget { who, thread }),
        1 => some.prop_map(|answer| Deed::TakeBack { answer }),
    ]
}

/// A case as the model keeps it.
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    status: CaseStatus,
    opened: Timestamp,
    due: Timestamp,
    acknowledged: Option<Timestamp>,
    closed: Option<Timestamp>,
    reopened: u32,
    snooze: Option<Snooze>,
    handed: Option<HandOver>,
}

impl Plain {
    fn of(row: &CaseRow) -> Self {
        Self {
            status: row.status,
            opened: row.opened,
            due: row.due,
            acknowledged: row.acknowledged,
            closed: row.closed,
            reopened: row.reopened,
            snooze: row.snooze,
            handed: row.handed.clone(),
        }
    }

    fn fresh(at: Timestamp, reopened: u32) -> Self {
        let due = at + SignedDuration::from_mins(10);
        let (status, none) = (CaseStatus::New, None);
        Self { status, opened: at, due, acknowledged: none, closed: none, reopened, snooze: None, handed: None }
    }
}

type Key = (u8, u8);

#[derive(Default)]
struct Model {
    minute: i64,
    number: usize,
    cases: BTreeMap<Key, Plain>,
    /// Posts that are there: name, whose, whether it asked, and whether it came to a case.
    posts: Vec<(String, Key, bool, bool)>,
    answers: Vec<(String, Key)>,
    /// Changes by hand that stand: step, case, and what was before.
    done: Vec<(StepId, Key, Plain)>,
    /// Cases of which the model knows no better than the store.
    unsure: BTreeSet<Key>,
}

impl Model {
    fn now(&self) -> Timestamp {
        at(NOW + self.minute * MINUTE)
    }

    /// Something else happened to a case: only later changes can be undone by the book.
    fn disturb(&mut self, key: Key) {
        self.done.retain(|(_, other, _)| *other != key);
    }

    /// Does a deed, in the store and in the model.
    async fn take(&mut self, town: &Town, deed: &Deed, history: usize) {
        self.minute += 1;
        match deed {
            Deed::Write { who, thread, asks } => self.write(town, (*who, *thread), *asks, history).await,
            Deed::Answer { post } => {
                let Some((name, key, _, joined)) = pick(&self.posts, *post).cloned() else { return };
                self.number += 1;
                let act = format!("{history} answer {}", self.number);
                let mut new = town.answer(&act, 0, &name);
                (new.item.claimed, new.first_seen) = (Some(self.now()), self.now());
                town.do_acts(SQUARE, vec![new]).await;
                self.answers.push((act, key));
                let now = self.now();
                if let Some(case) = self.cases.get_mut(&key).filter(|_| joined) {
                    case.acknowledged = case.acknowledged.or(Some(now));
                    if case.status == CaseStatus::New {
                        case.status = CaseStatus::Acknowledged;
                    }
                }
                self.disturb(key);
            }
            Deed::Stand { case, status } => self.stand(town, *case, *status, history).await,
            Deed::Aside { case, until_reply } => {
                let Some((key, id)) = self.case(town, *case, history).await else { return };
                let snooze = until_reply.then_some(Snooze::UntilReply);
                let changed = town.change(id, CaseChange::Snooze(snooze), &self.by()).await;
                let Some(case) = self.cases.get_mut(&key) else { return };
                assert_eq!(changed.steps.is_empty(), case.snooze == snooze);
                let before = case.clone();
                case.snooze = snooze;
                self.done.extend(changed.steps.first().map(|step| (*step, key, before)));
            }
            Deed::HandOver { case, timed } => self.hand_over(town, *case, *timed, history).await,
            Deed::UndoNewest => {
                let Some((step, key, before)) = self.done.pop() else { return };
                town.store.undo_steps(&[step], &self.by()).await.unwrap();
                self.cases.insert(key, before);
            }
            Deed::UndoSome { step } => {
                let Some((step, key, _)) = pick(&self.done, *step).cloned() else { return };
                town.store.undo_steps(&[step], &self.by()).await.unwrap();
                self.disturb(key);
                self.unsure.insert(key);
            }
            Deed::TakeDown { post } => {
                let Some((name, key, ..)) = pick(&self.posts, *post).cloned() else { return };
                self.erase(town, key, |one| *one == name).await;
                self.unsure.insert(key);
            }
            Deed::Forget { who, thread } => self.erase(town, (*who, *thread), |_| true).await,
            Deed::TakeBack { answer } => {
                let Some((name, key)) = pick(&self.answers, *answer).cloned() else { return };
                self.answers.retain(|(other, _)| *other != name);
                town.take_down(SQUARE, &format!("act:{name}")).await;
                self.disturb(key);
                self.unsure.insert(key);
            }
        }
    }

    fn by(&self) -> ByHand {
        ByHand { voice: None, at: self.now() }
    }

    async fn case(&self, town: &Town, number: usize, history: usize) -> Option<(Key, CaseId)> {
        let keys: Vec<Key> = self.cases.keys().copied().collect();
        let key = *pick(&keys, number)?;
        let rows = town.store.inbox(&everybody(), None, self.now(), 1_000).await.unwrap();
        let row = rows.iter().find(|row| row.who.as_str() == name_of(key, history)).unwrap();
        Some((key, row.id))
    }

    async fn write(&mut self, town: &Town, key: Key, asks: bool, history: usize) {
        self.number += 1;
        let name = format!("{history} post {}", self.number);
        let mut new = town.complaint(&name, &name_of(key, history), self.minute * MINUTE);
        new.item.root = Some(format!("{history} thread {}", key.1));
        if !asks {
            new.need = None;
            new.readings = vec![reading(town.brand(), NEUTRAL, &[Intent::Other])];
        }
        town.record(SQUARE, vec![new]).await;
        let now = self.now();
        match self.cases.get_mut(&key) {
            None if asks => {
                self.cases.insert(key, Plain::fresh(now, 0));
            }
            None => {}
            Some(case) if case.status.is_open() => case.snooze = None,
            Some(case) if asks => *case = Plain::fresh(now, case.reopened + 1),
            Some(case) => case.snooze = None,
        }
        self.posts.push((name, key, asks, self.cases.contains_key(&key)));
        self.disturb(key);
    }

    async fn stand(&mut self, town: &Town, number: usize, status: u8, history: usize) {
        use CaseStatus::{Acknowledged, Dismissed, HandedOver, New, Resolved};
        let Some((key, id)) = self.case(town, number, history).await else { return };
        let status = [New, Acknowledged, HandedOver, Resolved, Dismissed][usize::from(status)];
        let changed = town.change(id, CaseChange::Status(status, None), &self.by()).await;
        let now = self.now();
        let Some(case) = self.cases.get_mut(&key) else { return };
        assert_eq!(changed.steps.is_empty(), case.status == status);
        let before = case.clone();
        if case.status != status {
            if !case.status.is_open() && status.is_open() {
                let wait = case.due.duration_since(case.opened);
                *case = Plain { due: now + wait, ..Plain::fresh(now, case.reopened + 1) };
            }
            case.status = status;
            case.closed = if status.is_open() { None } else { case.closed.or(Some(now)) };
            case.acknowledged = match status {
                New => None,
                Acknowledged | HandedOver => case.acknowledged.or(Some(now)),
                Resolved | Dismissed => case.acknowledged,
            };
            if !status.is_open() {
                case.snooze = None;
            }
            case.handed = None;
        }
        self.done.extend(changed.steps.first().map(|step| (*step, key, before)));
    }

    async fn hand_over(&mut self, town: &Town, number: usize, timed: bool, history: usize) {
        let Some((key, id)) = self.case(town, number, history).await else { return };
        let (to, now) = (format!("shop {}", self.minute), self.now());
        let due = timed.then(|| now + SignedDuration::from_mins(5));
        let changed = town.change(id, CaseChange::HandOver(to.clone(), due), &self.by()).await;
        let Some(case) = self.cases.get_mut(&key) else { return };
        let before = case.clone();
        if !case.status.is_open() {
            let wait = case.due.duration_since(case.opened);
            *case = Plain { due: now + wait, ..Plain::fresh(now, case.reopened + 1) };
        }
        (case.status, case.closed) = (CaseStatus::HandedOver, None);
        case.acknowledged = case.acknowledged.or(Some(now));
        case.handed = Some(HandOver { to: SafeText::line(&to, 80), due });
        self.done.push((changed.steps[0], key, before));
    }

    async fn erase(&mut self, town: &Town, key: Key, which: impl Fn(&String) -> bool) {
        let (gone, left) = self.posts.drain(..).partition(|(name, other, ..)| *other == key && which(name));
        self.posts = left;
        let gone: Vec<(String, Key, bool, bool)> = gone;
        for (name, ..) in &gone {
            town.delete(SQUARE, &[name]).await;
        }
        self.disturb(key);
        self.unsure.insert(key);
    }
}

fn name_of((who, thread): Key, history: usize) -> String {
    format!("{history} {who} in {thread}")
}

fn pick<T>(all: &[T], number: usize) -> Option<&T> {
    all.get(number.checked_rem(all.len())?)
}

/// Rules that hold whatever happened, and the model as far as it knows.
async fn compare(town: &Town, model: &mut Model, history: usize, when: &str) {
    let now = model.now();
    let rows = town.store.inbox(&everybody(), None, now, 1_000).await.unwrap();
    let mut found: BTreeMap<Key, CaseRow> = BTreeMap::new();
    for row in &rows {
        let keys = (0..3).flat_map(|who| (0..2).map(move |thread| (who, thread)));
        let key = keys.into_iter().find(|key| name_of(*key, history) == row.who.as_str()).unwrap();
        assert!(found.insert(key, row.clone()).is_none(), "{when}: two cases of {key:?}");
        let open = row.status.is_open();
        assert_eq!(row.closed.is_none(), open, "{when}: {row:?}");
        assert!(row.status != CaseStatus::New || row.acknowledged.is_none(), "{when}: {row:?}");
        assert!(row.status != CaseStatus::Acknowledged || row.acknowledged.is_some(), "{when}: {row:?}");
        assert!(row.handed.is_none() || row.status == CaseStatus::HandedOver, "{when}: {row:?}");
        assert!(row.due >= row.opened && row.mentions > 0, "{when}: {row:?}");
    }
    for key in std::mem::take(&mut model.unsure) {
        match found.get(&key) {
            Some(row) => model.cases.insert(key, Plain::of(row)),
            None => model.cases.remove(&key),
        };
    }
    let plain: BTreeMap<Key, Plain> = found.iter().map(|(key, row)| (*key, Plain::of(row))).collect();
    assert_eq!(plain, model.cases, "{when}");
    // A case goes with its posts, and none goes without.
    let stored = town.page(&everything()).await;
    for (name, key, asks, joined) in &model.posts {
        let title = format!("Title {name}");
        let id = stored.iter().find(|row| row.title.as_str() == title).unwrap().id;
        let case = town.store.case_of(id).await.unwrap();
        assert_eq!(case.is_some(), *joined, "{when}: {name}");
        assert!(case.is_none() || case == found.get(key).map(|row| row.id), "{when}: {name}");
        assert!(!asks || *joined, "{when}: {name} asked");
    }
    let open = rows.iter().filter(|row| row.status.is_open());
    let figures = town.store.inbox_figures(now, now - TARGET, 10.0).await.unwrap();
    assert_eq!(figures.open, open.clone().count() as u64, "{when}");
    let late = open.clone().filter(|row| row.status == CaseStatus::New && row.opened + TARGET <= now).count();
    assert_eq!(figures.late, late as u64, "{when}");
    let overdue = rows.iter().filter(|row| row.is_overdue(now)).count();
    assert_eq!(figures.hand_overs_due, overdue as u64, "{when}");
    assert_eq!(figures.snoozed, open.filter(|row| row.snooze.is_some()).count() as u64, "{when}");
    let turns: u32 = rows.iter().map(|row| row.reopened + 1).sum();
    let clocks = town.store.clocks(at(0), at(NOW + 99 * DAY), now, 1_000).await.unwrap();
    assert_eq!(clocks.len(), turns as usize, "{when}: every turn of the clocks is there once");
}

pub(crate) async fn random_cases_agree_with_a_plain_model(grounds: &dyn Grounds) {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(deed(), STEPS);
    let town = Town::new(grounds).await;
    for history in 0..CASES {
        let deeds = strategy.new_tree(&mut runner).unwrap().current();
        let mut model = Model { minute: history as i64 * 1_000, ..Model::default() };
        for (number, deed) in deeds.iter().enumerate() {
            model.take(&town, deed, history).await;
            let when = format!("history {history}, step {number}: {deed:?} of {:?}", deeds.get(..=number));
            compare(&town, &mut model, history, &when).await;
        }
        for who in 0..3 {
            for thread in 0..2 {
                model.erase(&town, (who, thread), |_| true).await;
            }
        }
        compare(&town, &mut model, history, "the end").await;
        assert!(town.inbox(&everybody(), 0).await.is_empty() && town.store.next_promise().await.unwrap().is_none());
    }
}
