//! Cases: opened by what mentions ask of us, followed until they are closed.

use super::*;
use crate::domain::case::{
    Aftermath, Case, CaseChange, CaseRow, CaseStatus, Dismissal, InboxFilter, InboxKey, Snooze, StepKind, Weighing,
};
use crate::domain::{CaseId, MentionId, StepId, Visibility};
use crate::store::cases::{ByHand, Changed};
use crate::store::{Need, NewAct, Retention};

mod answers;
mod follow;
mod hand;
mod model;
mod read;

pub(crate) use answers::*;
pub(crate) use follow::*;
pub(crate) use hand::*;
pub(crate) use model::*;
pub(crate) use read::*;

const SQUARE: usize = 2;
const MARKET: usize = 3;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const TARGET: SignedDuration = SignedDuration::from_mins(10);

/// A complaint weighs so that it may wait ten minutes, a question half an hour.
fn need(severity: f64, seen: i64) -> Need {
    let wait = if severity > 9.0 { 10 * MINUTE } else { 30 * MINUTE };
    Need { weighing: Weighing { severity, followers: Some(90), reposts_per_hour: 0.5 }, due: at(seen + wait) }
}

fn by(voice: &str, offset: i64) -> ByHand {
    ByHand { voice: (!voice.is_empty()).then(|| voice.to_owned()), at: at(NOW + offset) }
}

fn wrote(new: NewMention, who: &str) -> NewMention {
    let author = Author { native_id: Some(format!("person {who}")), handle: Some(who.into()), ..Author::default() };
    NewMention { item: Item { author, ..new.item }, ..new }
}

impl Town {
    /// A complaint by a person, heard so many seconds after [`NOW`].
    fn complaint(&self, name: &str, who: &str, offset: i64) -> NewMention {
        let mut new = wrote(self.mention(name, offset), who);
        new.first_seen = at(NOW + offset);
        new.need = Some(need(10.0, NOW + offset));
        new.readings = vec![reading(self.brand(), NEGATIVE, &[Intent::Complaint])];
        new
    }

    /// Kind words that ask for nothing.
    fn thanks(&self, name: &str, who: &str, offset: i64, parent: &str) -> NewMention {
        let mut new = wrote(self.mention(name, offset), who);
        new.first_seen = at(NOW + offset);
        new.item.parent = Some(parent.into());
        new.readings = vec![reading(self.brand(), POSITIVE, &[Intent::Praise])];
        new
    }

    /// Our answer to a mention.
    fn answer(&self, name: &str, offset: i64, to: &str) -> NewAct {
        self.act(name, offset, Some(to))
    }

    async fn open(&self, name: &str, who: &str, offset: i64) -> CaseId {
        let new = self.record(SQUARE, vec![self.complaint(name, who, offset)]).await.new;
        self.store.case_of(new[0].id).await.unwrap().unwrap()
    }

    async fn case(&self, id: CaseId, offset: i64) -> Case {
        self.store.case(id, at(NOW + offset)).await.unwrap().unwrap()
    }

    async fn row(&self, id: CaseId) -> CaseRow {
        self.case(id, 0).await.row
    }

    async fn inbox(&self, filter: &InboxFilter, offset: i64) -> Vec<CaseId> {
        let rows = self.store.inbox(filter, None, at(NOW + offset), 1_000).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }

    async fn change(&self, id: CaseId, change: CaseChange, by: &ByHand) -> Changed {
        self.store.change_cases(&[id], &change, by).await.unwrap()
    }

    async fn stand(&self, id: CaseId, status: CaseStatus, offset: i64) -> StepId {
        self.change(id, CaseChange::Status(status, None), &by("ana", offset)).await.steps[0]
    }
}

fn everybody() -> InboxFilter {
    InboxFilter { closed: true, snoozed: true, ..InboxFilter::default() }
}

fn kinds(case: &Case) -> Vec<(StepKind, bool)> {
    case.steps.iter().map(|step| (step.kind.clone(), step.undone)).collect()
}

pub(crate) async fn a_need_opens_a_case(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut new = town.complaint("a", "kim", -60);
    new.item.claimed = Some(at(NOW - 90));
    new.item.author.followers = Some(90);
    let recorded = town.record(SQUARE, vec![new.clone(), town.mention("b", 0)]).await;
    let id = town.store.case_of(recorded.new[0].id).await.unwrap().unwrap();
    assert_eq!(town.store.case_of(recorded.new[1].id).await.unwrap(), None, "it asks nothing");
    let case = town.case(id, 0).await;
    let row = &case.row;
    assert_eq!((row.id, row.status, row.mentions, row.reopened), (id, CaseStatus::New, 1, 0));
    assert_eq!((row.opened, row.due), (at(NOW - 60), at(NOW - 60 + 10 * MINUTE)));
    assert_eq!(row.weighing, need(10.0, 0).weighing);
    assert_eq!((row.who.as_str(), row.mention.id), ("kim", recorded.new[0].id));
    assert_eq!(
        (row.intents, row.sentiment),
        (Intents::of(&[Intent::Complaint]), Some(crate::domain::Sentiment::Negative))
    );
    assert_eq!((row.acknowledged, row.closed, row.aftermath, row.promise), (None, None, None, None));
    assert!(row.snooze.is_none() && row.claim.is_none() && row.dismissal.is_none() && !row.private);
    assert_eq!((case.thread.as_str(), case.source, case.network.name()), ("id:a", town.source(SQUARE), "mastodon"));
    assert_eq!(kinds(&case), [(StepKind::Opened, false)]);
    assert_eq!((case.turns.len(), case.turns[0].mention, case.turns[0].ours), (1, Some(recorded.new[0].id), false));
    assert_eq!(town.inbox(&InboxFilter::default(), 0).await, [id]);
    // The same again, also from elsewhere, changes nothing.
    town.record(MARKET, vec![new]).await;
    assert_eq!(town.row(id).await, case.row);
}

pub(crate) async fn history_opens_no_case(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut old = town.complaint("old", "kim", 0);
    old.history = true;
    town.record(SQUARE, vec![old]).await;
    assert!(town.inbox(&everybody(), 0).await.is_empty());
    assert_eq!(town.store.inbox_figures(at(NOW), at(NOW) - TARGET, 10.0).await.unwrap(), Default::default());
}

pub(crate) async fn a_case_is_a_person_in_a_thread(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let first = town.open("a", "kim", 0).await;
    let within = |mut new: NewMention, root: &str| {
        new.item.root = Some(format!("id:{root}"));
        new
    };
    let more = vec![
        within(town.complaint("b", "kim", 5), "a"),
        within(town.complaint("c", "lou", 6), "a"),
        within(town.complaint("d", "kim", 7), "elsewhere"),
        town.complaint("e", "kim", 8),
    ];
    let ids: Vec<MentionId> = town.record(MARKET, more).await.new.iter().map(|row| row.id).collect();
    let mut cases = Vec::new();
    for id in ids {
        cases.push(town.store.case_of(id).await.unwrap().unwrap());
    }
    assert_eq!(cases[0], first, "any source of the scope");
    let distinct: std::collections::BTreeSet<CaseId> = cases.iter().copied().collect();
    assert_eq!(distinct.len(), 4);
    // The same names in a source of its own mean something else.
    let other = town.record(0, vec![within(town.complaint("f", "kim", 9), "a")]).await.new[0].id;
    assert!(!distinct.contains(&town.store.case_of(other).await.unwrap().unwrap()));
    // Who has only a name is who has that name in that source.
    let named = |new: NewMention, name: &str| NewMention {
        item: Item { author: Author { name: Some(name.into()), ..Author::default() }, ..new.item },
        ..new
    };
    let of = |name: &str, who: &str| named(within(town.complaint(name, "", 10), "g"), who);
    let new = town.record(0, vec![of("g1", "Kim"), of("g2", "Kim"), of("g3", "Lou")]).await.new;
    let mut cases = Vec::new();
    for row in new {
        cases.push(town.store.case_of(row.id).await.unwrap().unwrap());
    }
    assert!(cases[0] == cases[1] && cases[1] != cases[2]);
}

pub(crate) async fn further_needs_move_it_up_only(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut question = town.complaint("a", "kim", 0);
    question.need = Some(need(3.0, NOW));
    question.readings = vec![reading(town.brand(), NEUTRAL, &[Intent::Question])];
    let id = town.record(SQUARE, vec![question.clone()]).await.new[0].id;
    let id = town.store.case_of(id).await.unwrap().unwrap();
    let in_thread = |mut new: NewMention| {
        new.item.parent = Some("id:a".into());
        new
    };
    assert_eq!(town.row(id).await.due, at(NOW + 30 * MINUTE));
    let burning = town.record(SQUARE, vec![in_thread(town.complaint("b", "kim", 5 * MINUTE))]).await.new[0].id;
    let row = town.row(id).await;
    assert_eq!((row.opened, row.due), (at(NOW), at(NOW + 10 * MINUTE)), "weighed as if it had begun with it");
    assert_eq!((row.weighing.severity, row.mentions, row.mention.id), (10.0, 2, burning));
    assert_eq!(row.intents, Intents::of(&[Intent::Complaint, Intent::Question]));
    let later = NewMention { need: Some(need(3.0, NOW + 600)), ..in_thread(town.complaint("c", "kim", 600)) };
    town.record(SQUARE, vec![later]).await;
    assert_eq!(town.row(id).await.due, at(NOW + 10 * MINUTE));
    assert_eq!(town.row(id).await.mentions, 3);
}

pub(crate) async fn words_without_a_need_join(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    // Nothing to join: no case.
    town.record(SQUARE, vec![town.thanks("nothing", "kim", 0, "id:nowhere")]).await;
    assert!(town.inbox(&everybody(), 0).await.is_empty());
    let id = town.open("a", "kim", 0).await;
    let more = town.record(SQUARE, vec![town.thanks("b", "kim", 9, "id:a"), town.thanks("c", "lou", 9, "id:a")]).await;
    assert_eq!(town.store.case_of(more.new[0].id).await.unwrap(), Some(id));
    assert_eq!(town.store.case_of(more.new[1].id).await.unwrap(), None, "somebody else");
    let case = town.case(id, 9).await;
    assert_eq!((case.row.mentions, case.row.due), (2, at(NOW + 10 * MINUTE)));
    assert_eq!(case.row.mention.id, town.whole("a").await.row.id, "what most needs an answer stands for it");
    assert_eq!(kinds(&case)[1], (StepKind::TheyWrote(more.new[0].id), false));
    assert_eq!(case.turns.len(), 3, "the thread, whoever said it");
    // Closed lately: they join, and it stays closed; long ago: they do not.
    town.stand(id, CaseStatus::Resolved, 60).await;
    town.record(SQUARE, vec![town.thanks("d", "kim", 3 * DAY, "id:a")]).await;
    town.record(SQUARE, vec![town.thanks("e", "kim", 4 * DAY, "id:a")]).await;
    let row = town.row(id).await;
    assert_eq!((row.status, row.mentions), (CaseStatus::Resolved, 3));
}
