//! Cases for tests, and a store in memory that lists, changes and undoes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{minutes_ago, now, row};
use crate::domain::case::{
    Aftermath, Case, CaseChange, CaseRow, CaseStatus, Claim, HandOver, InboxFigures, InboxFilter, InboxKey, PersonCard,
    Promise, Snooze, Step, StepKind, Turn, Undone, Weighing,
};
use crate::domain::time::SignedDuration;
use crate::domain::{
    CaseId, GroupId, Intent, Intents, MentionId, PersonId, PromiseId, SafeText, Sentiment, StepId, Timestamp,
};
use crate::engine::aftermath::Followed;
use crate::engine::timekeeping::{Group, Of, Reckoning};
use crate::language::coach::Flag;
use crate::measure::aftermath::Outcomes;
use crate::measure::clocks::Wait;
use crate::measure::hours::WorkingHours;
use crate::tui::app::cmd::{Aim, Order};
use crate::tui::app::inbox::{clock, weigh};
use crate::tui::app::msg::CasesChanged;

/// A new case of its own story; the higher its number the later its turn.
pub(crate) fn case_row(id: i64) -> CaseRow {
    CaseRow {
        id: CaseId(id),
        status: CaseStatus::New,
        dismissal: None,
        snooze: None,
        claim: None,
        handed: None,
        who: SafeText::line(&format!("person{id}@social.example"), 80),
        person: Some(PersonId(id)),
        mention: row(id),
        mentions: 1,
        intents: Intents::of(&[Intent::Complaint]),
        sentiment: Some(Sentiment::Negative),
        opened: minutes_ago(6),
        due: minutes_ago(-id),
        weighing: Weighing { severity: 10.0, followers: Some(90), reposts_per_hour: 0.0 },
        acknowledged: None,
        closed: None,
        reopened: 0,
        promise: None,
        aftermath: None,
        private: false,
        revision: 1,
    }
}

/// A new case of this mention.
pub(crate) fn case_of(mention: crate::domain::MentionRow, id: i64) -> Case {
    case(CaseRow { mention, ..case_row(id) })
}

fn case(row: CaseRow) -> Case {
    let turn = Turn {
        at: row.mention.published,
        ours: false,
        who: row.who.clone(),
        text: SafeText::block(row.mention.excerpt.as_str()),
        mention: Some(row.mention.id),
        act: None,
        native_id: format!("native-{}", row.mention.id),
    };
    let opened = Step {
        id: StepId(row.id.0),
        at: row.opened,
        voice: None,
        kind: StepKind::Opened,
        account: None,
        undone: false,
    };
    Case {
        thread: format!("thread-{}", row.id),
        source: row.mention.source,
        network: row.mention.network.clone(),
        turns: vec![turn],
        steps: vec![opened],
        promises: Vec::new(),
        row,
    }
}

/// Cases in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cases {
    pub(crate) all: Vec<Case>,
    /// What a step changed: the case as it was, and the revision that it made.
    undo: BTreeMap<StepId, (Case, i64)>,
    next: i64,
    /// How often rows were read.
    pub(crate) reads: usize,
}

impl Cases {
    /// So many new cases, a minute apart.
    pub(crate) fn many(count: i64) -> Self {
        let mut cases = Self { next: 100_000, ..Self::default() };
        cases.add(1, count);
        cases
    }

    /// So many more.
    pub(crate) fn add(&mut self, from: i64, count: i64) {
        self.all.extend((from..from + count).map(|id| case(case_row(id))));
    }

    /// A morning: late, soon late, acknowledged, claimed, put aside, promised, a story, closed.
    pub(crate) fn morning() -> Self {
        let of = |id: i64, who: &str, words: &str, opened: i64, followers| {
            let mut row = case_row(id);
            row.who = SafeText::line(who, 80);
            row.mention.author = row.who.clone();
            row.mention.excerpt = SafeText::line(words, 400);
            row.mention.group = GroupId(id);
            row.mention.published = minutes_ago(opened + 2);
            row.mention.first_seen = minutes_ago(opened);
            row.opened = minutes_ago(opened);
            row.weighing.followers = followers;
            row.due = weigh::due(&row.weighing, row.opened, SignedDuration::from_mins(10));
            row
        };
        let burning = of(
            1,
            "ana@hachyderm.io",
            "chain snapped after 2 days, 3rd time this month, no answer from support. I nearly went under a bus.",
            24,
            Some(12_300),
        );
        let mut story = of(2, "cyclingnews.example", "Ferris Bikes recalls S2 stems after two falls", 9, Some(48_200));
        story.mention.group_size = 7;
        let mut question = of(3, "kvs", "does the S2 take a 2.4\" tyre?", 5, None);
        question.intents = Intents::of(&[Intent::Question]);
        question.sentiment = Some(Sentiment::Neutral);
        question.weighing.severity = 3.0;
        let mut claimed = of(4, "velo_max", "my order 4711 has not moved for a week", 3, Some(2_100));
        claimed.claim = Some(Claim { voice: SafeText::line("Kim", 80), until: minutes_ago(-25) });
        claimed.mentions = 3;
        let mut promised = of(5, "lou.bsky.social", "the refund you promised has not arrived", 180, Some(340));
        promised.status = CaseStatus::Acknowledged;
        promised.acknowledged = Some(minutes_ago(172));
        promised.promise = Some(minutes_ago(15));
        promised.aftermath = Some(Aftermath::Unhappy);
        let mut handed = of(6, "自転車好き", "チェーンが切れました", 60, Some(1_250));
        handed.status = CaseStatus::HandedOver;
        handed.acknowledged = Some(minutes_ago(55));
        let mut aside = of(7, "rider", "waiting for the new frame", 300, Some(40));
        aside.status = CaseStatus::Acknowledged;
        aside.acknowledged = Some(minutes_ago(290));
        aside.snooze = Some(Snooze::Until(minutes_ago(-540)));
        let mut closed = of(8, "mia", "thanks, that fixed it!", 400, Some(77));
        closed.status = CaseStatus::Resolved;
        closed.acknowledged = Some(minutes_ago(396));
        closed.closed = Some(minutes_ago(30));
        closed.aftermath = Some(Aftermath::Recovered);
        let rows = [burning, story, question, claimed, promised, handed, aside, closed];
        let mut cases = Self { all: rows.map(case).into(), next: 1_000, ..Self::default() };
        let ours = Turn {
            at: minutes_ago(172),
            ours: true,
            who: SafeText::line("ferris-bikes.example", 80),
            text: SafeText::block("We are sorry, Lou. The refund is on its way and will be with you by 08:45.\n^AK"),
            mention: None,
            act: None,
            native_id: "ours".to_owned(),
        };
        let lou = &mut cases.all[4];
        lou.turns.push(ours);
        let promise =
            Promise { id: PromiseId(1), text: SafeText::line("refund", 80), due: minutes_ago(15), kept: None };
        let other = Promise { id: PromiseId(2), text: SafeText::line("a call", 80), due: minutes_ago(-90), kept: None };
        lou.promises = vec![promise, other];
        for (minutes, voice, kind) in [
            (172, Some("Ana"), StepKind::Status(CaseStatus::Acknowledged, None)),
            (170, Some("Ana"), StepKind::Promised(PromiseId(1), SafeText::line("refund", 80))),
            (160, Some("Kim"), StepKind::Note(SafeText::line("bank says two days", 80))),
            (20, None, StepKind::TheyWrote(MentionId(5))),
        ] {
            let voice = voice.map(|name| SafeText::line(name, 80));
            lou.steps.push(Step {
                id: StepId(900 - minutes),
                at: minutes_ago(minutes),
                voice,
                kind,
                account: None,
                undone: false,
            });
        }
        cases
    }

    fn shows(row: &CaseRow, filter: &InboxFilter, now: Timestamp) -> bool {
        let aside = clock::is_aside(row, now);
        let claim = clock::claimed(row, now);
        (filter.closed || row.status.is_open())
            && (filter.snoozed || !aside)
            && (!filter.only_snoozed || aside)
            && (!filter.unclaimed || claim.is_none())
            && filter.voice.as_ref().is_none_or(|voice| claim.is_some_and(|claim| claim.voice.as_str() == voice))
            && filter.person.is_none_or(|person| row.person == Some(person))
            && filter.story.is_none_or(|story| row.mention.group == story)
    }

    pub(crate) fn inbox(
        &mut self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        now: Timestamp,
        limit: usize,
    ) -> Vec<CaseRow> {
        self.reads += 1;
        let key = |row: &CaseRow| InboxKey { due: row.due, id: row.id };
        let mut rows: Vec<&CaseRow> =
            self.all.iter().map(|case| &case.row).filter(|row| Self::shows(row, filter, now)).collect();
        rows.sort_by_key(|row| key(row));
        let mut seen = BTreeSet::new();
        rows.retain(|row| !filter.one_per_story || seen.insert(row.mention.group));
        rows.into_iter().filter(|row| after.is_none_or(|after| key(row) > after)).take(limit).cloned().collect()
    }

    pub(crate) fn figures(&self, now: Timestamp, cut_off: Timestamp, tell_factor: f64) -> InboxFigures {
        let open: Vec<&CaseRow> = self.all.iter().map(|case| &case.row).filter(|row| row.status.is_open()).collect();
        let new = open.iter().filter(|row| row.status == CaseStatus::New).map(|row| row.opened);
        InboxFigures {
            open: open.len() as u64,
            late: new.clone().filter(|opened| *opened <= cut_off).count() as u64,
            snoozed: open.iter().filter(|row| clock::is_aside(row, now)).count() as u64,
            promises_due: open.iter().filter(|row| row.promise.is_some_and(|due| due <= now)).count() as u64,
            debt: open.iter().map(|row| weigh::exposure(row, now, tell_factor)).sum(),
            hand_overs_due: open.iter().filter(|row| row.is_overdue(now)).count() as u64,
            next_opened: new.filter(|opened| *opened > cut_off).min(),
        }
    }

    /// The clocks of the cases since a moment, and of two voices that took turns.
    pub(crate) fn reckonings(
        &self,
        from: Timestamp,
        now: Timestamp,
        target: SignedDuration,
        hours: Option<&WorkingHours>,
    ) -> Arc<[Reckoning]> {
        let since = self.all.iter().map(|case| &case.row).filter(|row| row.opened >= from);
        let waits: Vec<Wait> = since
            .map(|row| Wait {
                opened: row.opened,
                acknowledged: row.acknowledged,
                resolved: row.closed.filter(|_| row.status == CaseStatus::Resolved),
                dismissed: row.closed.filter(|_| row.status == CaseStatus::Dismissed),
            })
            .collect();
        let answered = |turn: usize| {
            let answered = waits.iter().filter(|wait| wait.acknowledged.is_some());
            answered.enumerate().filter(|(number, _)| number % 2 == turn).map(|(_, wait)| *wait).collect()
        };
        let group = |of, name: &str, waits| Group { of, name: SafeText::line(name, 40), waits };
        let groups = [
            group(Of::All, "", waits.clone()),
            group(Of::Network, "mastodon", waits.clone()),
            group(Of::Voice, "Ana", answered(0)),
            group(Of::Voice, "Kim", answered(1)),
        ];
        groups.into_iter().map(|group| Reckoning::of(group, target, hours, now)).collect()
    }

    /// What became of the people of a busy week.
    pub(crate) fn followed(&self) -> Arc<Followed> {
        if self.all.is_empty() {
            return Arc::default();
        }
        let outcomes = |recovered, silent, unhappy, waiting| Outcomes { recovered, silent, unhappy, waiting };
        Arc::new(Followed {
            all: outcomes(21, 9, 6, 4),
            voices: vec![
                (SafeText::line("Ana", 40), outcomes(12, 5, 3, 2)),
                (SafeText::line("Kim", 40), outcomes(2, 1, 1, 2)),
            ],
            unnamed: outcomes(7, 3, 2, 0),
            fine: outcomes(17, 5, 1, 3),
            flagged: vec![(Flag::Denial, outcomes(0, 1, 4, 0)), (Flag::NoNextStep, outcomes(1, 1, 1, 1))],
            cut: false,
        })
    }

    pub(crate) fn of(&self, id: CaseId) -> Option<&Case> {
        self.all.iter().find(|case| case.row.id == id)
    }

    pub(crate) fn card(&self, id: CaseId) -> Option<PersonCard> {
        let case = self.of(id)?;
        Some(PersonCard {
            person: case.row.person?,
            who: case.row.who.clone(),
            name: SafeText::line("Ana Example", 80),
            followers: case.row.weighing.followers,
            turns: case.turns.iter().rev().take(2).cloned().chain([elsewhere()]).collect(),
            mentions: 12,
            answers: 4,
            since: Some(minutes_ago(60 * 24 * 300)),
            promises: case.promises.iter().filter(|promise| promise.kept.is_none()).cloned().collect(),
            open: vec![id, CaseId(99)],
        })
    }

    /// Changes cases as a store would. A mention without one gets one.
    pub(crate) fn change(&mut self, order: &Order) -> CasesChanged {
        let ids = match &order.aim {
            Aim::Cases(ids) => ids.clone(),
            Aim::Mentions(mentions) => mentions.iter().map(|mention| self.opened(*mention)).collect(),
        };
        let mut changed = CasesChanged::default();
        for id in ids {
            let Some(case) = self.all.iter_mut().find(|case| case.row.id == id) else { continue };
            let theirs = clock::claimed(&case.row, order.at).filter(|claim| claim.voice.as_str() != order.voice);
            if let Some(claim) = theirs.filter(|_| !matches!(order.change, CaseChange::Claim(Some(_)))) {
                changed.claimed.push((id, claim.voice.clone()));
                continue;
            }
            self.next += 1;
            let step = StepId(self.next);
            let before = case.clone();
            case.row.revision += 1;
            self.undo.insert(step, (before, case.row.revision));
            make(case, &order.change, &order.voice, order.at);
            changed.cases.push(id);
            changed.steps.push(step);
        }
        changed
    }

    fn opened(&mut self, mention: MentionId) -> CaseId {
        if let Some(case) = self.all.iter().find(|case| case.row.mention.id == mention) {
            return case.row.id;
        }
        self.next += 1;
        let mut row = CaseRow { opened: now(), mention: row(mention.0), ..case_row(self.next) };
        row.mention.id = mention;
        self.all.push(case(row));
        CaseId(self.next)
    }

    pub(crate) fn undo(&mut self, steps: &[StepId]) -> Undone {
        let mut undone = Undone::default();
        for step in steps.iter().rev() {
            let Some((before, revision)) = self.undo.remove(step) else { continue };
            let now = self.all.iter_mut().find(|case| case.row.id == before.row.id && case.row.revision == revision);
            match now {
                Some(case) => {
                    *case = before;
                    case.row.revision = revision + 1;
                    undone.cases.push(case.row.id);
                }
                None => undone.overtaken.push(before.row.id),
            }
        }
        undone
    }
}

/// What somebody said in another thread.
fn elsewhere() -> Turn {
    Turn {
        at: minutes_ago(60 * 24 * 40),
        ours: false,
        who: SafeText::line("lou.bsky.social", 80),
        text: SafeText::block("the commuter is a joy, thank you"),
        mention: Some(MentionId(77)),
        act: None,
        native_id: "elsewhere".to_owned(),
    }
}

fn make(case: &mut Case, change: &CaseChange, voice: &str, at: Timestamp) {
    let row = &mut case.row;
    let kind = match change {
        CaseChange::Status(status, dismissal) => {
            row.status = *status;
            row.dismissal = *dismissal;
            row.handed = row.handed.take().filter(|_| *status == CaseStatus::HandedOver);
            row.closed = (!status.is_open()).then_some(at);
            if *status == CaseStatus::Acknowledged {
                row.acknowledged.get_or_insert(at);
            }
            StepKind::Status(*status, *dismissal)
        }
        CaseChange::Snooze(snooze) => {
            row.snooze = *snooze;
            StepKind::Snoozed(*snooze)
        }
        CaseChange::Claim(until) => {
            row.claim = until.map(|until| Claim { voice: SafeText::line(voice, 80), until });
            StepKind::Claimed(*until)
        }
        CaseChange::HandOver(words, due) => {
            row.status = CaseStatus::HandedOver;
            row.acknowledged.get_or_insert(at);
            let to = SafeText::line(words, 400);
            row.handed = Some(HandOver { to: to.clone(), due: *due });
            StepKind::HandedTo(to, *due)
        }
        CaseChange::Note(words) => StepKind::Note(SafeText::line(words, 400)),
        CaseChange::Promise(words, due) => {
            let id = PromiseId(at.as_second() + case.promises.len() as i64);
            let text = SafeText::line(words, 400);
            case.promises.push(Promise { id, text: text.clone(), due: *due, kept: None });
            StepKind::Promised(id, text)
        }
        CaseChange::Keep(id) => {
            for promise in case.promises.iter_mut().filter(|promise| promise.id == *id) {
                promise.kept = Some(at);
            }
            StepKind::Kept(*id)
        }
        CaseChange::AnsweredByHand(words) => StepKind::AnsweredByHand(SafeText::block(words)),
    };
    row.promise = case.promises.iter().filter(|promise| promise.kept.is_none()).map(|promise| promise.due).min();
    let voice = Some(SafeText::line(voice, 80));
    case.steps.push(Step { id: StepId(row.revision), at, voice, kind, account: None, undone: false });
}
