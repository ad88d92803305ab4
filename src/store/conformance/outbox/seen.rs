//! What a writer saw of a case, who may read a draft, and whose it is.

use super::*;
use crate::domain::case::{CaseChange, CaseStatus, Dismissal, NAMELESS, Passage, Snooze, StepKind, Weighing};
use crate::domain::{CaseId, StepId};
use crate::store::cases::ByHand;

fn by(voice: &str, second: i64) -> ByHand {
    ByHand { voice: (!voice.is_empty()).then(|| voice.to_owned()), at: at(second) }
}

impl Town {
    /// Somebody complains, and Kim drafts an answer.
    pub(super) async fn burning(&self, name: &str) -> (CaseId, OutgoingId) {
        let mut burning = self.mention(name, 0);
        let weighing = Weighing { severity: 10.0, followers: None, reposts_per_hour: 0.0 };
        burning.need = Some(crate::store::Need { weighing, due: at(NOW + 600) });
        burning.item.author = Author { handle: Some(name.into()), ..Author::default() };
        self.record(SQUARE, vec![burning]).await;
        let mention = self.whole(name).await.row.id;
        let case = self.store.case_of(mention).await.unwrap().unwrap();
        let draft = self.draft(&format!("id:{name}"), Some(mention), &["We are sorry"]);
        (case, self.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap().id)
    }

    async fn newest_step(&self, case: CaseId) -> StepId {
        let case = self.store.case(case, at(NOW)).await.unwrap().unwrap();
        case.steps.iter().map(|step| step.id).max().unwrap()
    }

    fn saw(&self, step: StepId, voice: Option<&str>) -> Submit {
        let seen = Seen { case: Some(step), ..Seen::default() };
        Submit { seen, voice: voice.map(str::to_owned), ..self.wish(NOW + 10) }
    }
}

pub(crate) async fn what_others_settled_stops_a_reply(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let status = |status, reason| CaseChange::Status(status, reason);
    let settling = [
        status(CaseStatus::Resolved, None),
        status(CaseStatus::Dismissed, Some(Dismissal::Spam)),
        CaseChange::HandOver("by mail".into(), None),
        CaseChange::AnsweredByHand("on the phone".into()),
    ];
    let harmless = [
        CaseChange::Snooze(Some(Snooze::UntilReply)),
        CaseChange::Note("rides a Ferris since May".into()),
        status(CaseStatus::Acknowledged, None),
        CaseChange::Promise("a chain".into(), at(NOW + 9_000)),
    ];
    for (n, change) in settling.iter().chain(&harmless).enumerate() {
        let (case, id) = town.burning(&format!("case{n}")).await;
        let seen = town.newest_step(case).await;
        let changed = town.store.change_cases(&[case], change, &by("lou", NOW + 5)).await.unwrap();
        let submission = town.submit(id, town.saw(seen, Some("kim"))).await;
        if n >= settling.len() {
            assert!(matches!(submission, Submission::Held(_)), "{change:?}: {submission:?}");
            continue;
        }
        let Submission::Changed { turns, steps, claimed } = submission else { panic!("{change:?}: {submission:?}") };
        assert_eq!((turns.len(), claimed, steps.len()), (0, None, 1), "{change:?}");
        assert_eq!((steps[0].id, steps[0].voice.as_ref().unwrap().as_str()), (changed.steps[0], "lou"), "{change:?}");
        assert_eq!(town.state(id).await, State::Draft);
        // Who saw it may send; who sends all the same, too; and what was undone is no obstacle.
        let aware = town.saw(steps[0].id, Some("kim"));
        let mut regardless = town.saw(seen, Some("kim"));
        regardless.seen.all_the_same = true;
        for wish in [aware, regardless] {
            assert!(matches!(town.submit(id, wish).await, Submission::Held(_)), "{change:?}");
            assert!(town.store.recall(id, at(NOW + 11)).await.unwrap());
        }
        let undone = town.store.undo_steps(&changed.steps, &by("lou", NOW + 12)).await.unwrap();
        assert_eq!(undone.cases, [case], "{change:?}");
        assert!(matches!(town.submit(id, town.saw(seen, Some("kim"))).await, Submission::Held(_)), "{change:?}");
    }
    // One's own steps are no news.
    let (case, id) = town.burning("own").await;
    let seen = town.newest_step(case).await;
    town.store.change_cases(&[case], &settling[0], &by("kim", NOW + 5)).await.unwrap();
    assert!(matches!(town.submit(id, town.saw(seen, Some("kim"))).await, Submission::Held(_)));
    // A case that was opened and settled since: there was none to see.
    town.record(SQUARE, vec![town.mention("quiet", 0)]).await;
    let mention = town.whole("quiet").await.row.id;
    let draft = town.draft("id:quiet", Some(mention), &["Thanks"]);
    let id = town.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap().id;
    let weighing = Weighing { severity: 1.0, followers: None, reposts_per_hour: 0.0 };
    let need = crate::store::Need { weighing, due: at(NOW + 600) };
    let case = town.store.open_case(mention, &need, &by("lou", NOW + 5)).await.unwrap().unwrap();
    town.store.change_cases(&[case], &settling[3], &by("lou", NOW + 5)).await.unwrap();
    let Submission::Changed { steps, .. } = town.submit(id, town.wish(NOW + 10)).await else { panic!("lou answered") };
    assert_eq!(steps[0].kind, StepKind::AnsweredByHand(SafeText::block("on the phone")));
}

pub(crate) async fn what_a_person_found_out_there_answers_its_case(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    for (name, out) in [("a", true), ("b", false)] {
        let (case, id) = town.burning(name).await;
        assert!(matches!(town.submit(id, town.wish(NOW + 10)).await, Submission::Held(_)));
        assert!(town.begin(id, 0, NOW + 20).await);
        town.finish(id, 0, Attempt::Failed { trouble: trouble() }, NOW + 21).await;
        let verdict = if out { Verdict::ItIsOut(None) } else { Verdict::ItIsNotOut };
        assert!(town.store.settle(id, &verdict, at(NOW + 60)).await.unwrap());
        let case = town.store.case(case, at(NOW + 60)).await.unwrap().unwrap();
        let (status, since) =
            if out { (CaseStatus::Acknowledged, Some(at(NOW + 60))) } else { (CaseStatus::New, None) };
        assert_eq!((case.row.status, case.row.acknowledged), (status, since), "{name}");
        let told = case
            .steps
            .iter()
            .filter(|step| {
                matches!(step.kind, StepKind::Outgoing { passage, .. }
            if passage == Passage::FoundOut)
            })
            .count();
        assert_eq!(told, usize::from(out), "{name}");
    }
}

pub(crate) async fn whoever_has_no_name_is_not_in_their_own_way(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (case, id) = town.burning("a").await;
    let over = Some(town.outgoing(id).await.saved());
    let nobodys = Draft { over, voice: None, ..town.draft("id:a", Some(town.whole("a").await.row.id), &["Sorry"]) };
    town.store.save_draft(&nobodys, at(NOW)).await.unwrap().unwrap();
    let seen = town.newest_step(case).await;
    let me = by(NAMELESS, NOW + 5);
    town.store.change_cases(&[case], &CaseChange::Claim(Some(at(NOW + 900))), &me).await.unwrap();
    town.store.change_cases(&[case], &CaseChange::HandOver("by mail".into(), None), &me).await.unwrap();
    let held = town.submit(id, town.saw(seen, None)).await;
    assert!(matches!(held, Submission::Held(_)), "{held:?}");
    assert!(town.store.recall(id, at(NOW + 11)).await.unwrap());
    let theirs = town.submit(id, town.saw(seen, Some("kim"))).await;
    assert!(
        matches!(theirs, Submission::Changed { claimed: Some(_), ref steps, .. } if steps.len() == 1),
        "{theirs:?}"
    );
}

pub(crate) async fn a_draft_never_goes_out_wider(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let mut whispered = town.mention("whispered", 0);
    whispered.item.visibility = Visibility::Private;
    town.record(SQUARE, vec![whispered, town.mention("said", 0)]).await;
    let draft = async |name: &str, visibility| {
        let mention = town.whole(name).await.row.id;
        Draft { visibility, ..town.draft(&format!("id:{name}"), Some(mention), &["We are sorry"]) }
    };
    let wide = draft("whispered", Visibility::Public).await;
    let saved = town.store.save_draft(&wide, at(NOW)).await.unwrap().unwrap();
    assert_eq!(town.outgoing(saved.id).await.visibility, Visibility::Private, "as what it answers");
    let narrow = draft("said", Visibility::Unlisted).await;
    let other = town.store.save_draft(&narrow, at(NOW)).await.unwrap().unwrap();
    let wider = Draft { over: Some(other), ..draft("said", Visibility::Public).await };
    let other = town.store.save_draft(&wider, at(NOW)).await.unwrap().unwrap();
    assert_eq!(town.outgoing(other.id).await.visibility, Visibility::Public, "what it answers is public");
    // What they answer is taken down.
    let back = Draft { over: Some(other), ..narrow };
    let other = town.store.save_draft(&back, at(NOW)).await.unwrap().unwrap();
    town.delete(SQUARE, &["whispered", "said"]).await;
    for (saved, draft, kept) in [(saved, wide, Visibility::Private), (other, wider, Visibility::Unlisted)] {
        for mention in [draft.mention, None] {
            let over = Some(town.outgoing(saved.id).await.saved());
            let again = Draft { over, mention, visibility: Visibility::Public, ..draft.clone() };
            town.store.save_draft(&again, at(NOW + 1)).await.unwrap().unwrap();
            assert_eq!(town.outgoing(saved.id).await.visibility, kept);
        }
        assert!(matches!(town.submit(saved.id, town.wish(NOW + 5)).await, Submission::Held(_)));
        assert_eq!(town.outgoing(saved.id).await.visibility, kept);
    }
    // A post of our own answers nobody.
    let own = Draft { target: Target::default(), visibility: Visibility::Private, ..town.draft("", None, &["Hello"]) };
    let saved = town.store.save_draft(&own, at(NOW)).await.unwrap().unwrap();
    let shown = Draft { over: Some(saved), visibility: Visibility::Public, ..own };
    town.store.save_draft(&shown, at(NOW)).await.unwrap().unwrap();
    assert_eq!(town.outgoing(saved.id).await.visibility, Visibility::Public);
}

pub(crate) async fn a_voice_finds_its_own_draft_first(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("burning", 0)]).await;
    let mention = Some(town.whole("burning").await.row.id);
    let save = async |voice: Option<&str>, words: &str, second: i64| {
        let draft = Draft { voice: voice.map(str::to_owned), ..town.draft("id:burning", mention, &[words]) };
        town.store.save_draft(&draft, at(second)).await.unwrap().unwrap();
    };
    let found = async |voice: Option<&str>| {
        let draft = town.store.draft_for(mention, None, voice).await.unwrap();
        draft.map(|draft| draft.text()).unwrap_or_default()
    };
    save(Some("kim"), "by kim", NOW).await;
    assert_eq!((found(Some("lou")).await.as_str(), found(None).await.as_str()), ("by kim", "by kim"));
    save(None, "by nobody", NOW + 1).await;
    save(Some("lou"), "by lou", NOW + 2).await;
    assert_eq!((found(Some("kim")).await.as_str(), found(None).await.as_str()), ("by kim", "by nobody"));
    assert_eq!((found(Some("lou")).await.as_str(), found(Some("ana")).await.as_str()), ("by lou", "by lou"));
}
