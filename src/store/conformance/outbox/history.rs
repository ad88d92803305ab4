//! What an answer goes through, in the history of the case that it answers.

use super::*;
use crate::domain::CaseId;
use crate::domain::case::{Passage, StepKind};

/// When, whose words, who did it, what, under which account.
type Line = (i64, Option<String>, Option<String>, Passage, Option<String>);

impl Town {
    /// What the history of a case tells of its answers.
    async fn passages(&self, case: CaseId) -> Vec<Line> {
        let case = self.store.case(case, at(NOW + 9_000)).await.unwrap().unwrap();
        let name = |name: &Option<SafeText>| name.as_ref().map(ToString::to_string);
        let steps = case.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Outgoing { passage, writer, .. } => {
                let second = step.at.as_second() - at(0).as_second();
                Some((second, name(writer), name(&step.voice), *passage, name(&step.account)))
            }
            _ => None,
        });
        steps.collect()
    }

    async fn told(&self, case: CaseId) -> Vec<Passage> {
        self.passages(case).await.into_iter().map(|line| line.3).collect()
    }
}

pub(crate) async fn the_history_tells_what_an_answer_went_through(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let identity = Identity {
        source: town.source(SQUARE),
        source_name: SafeText::line("square", 80),
        network: crate::domain::Network::named("mastodon"),
        scope: None,
        handle: SafeText::line("ferris", 80),
        name: SafeText::line("Ferris", 80),
        rules: None,
    };
    town.store.keep_identities(&town.lease, &[identity]).await.unwrap();
    let some = |words: &str| Some(words.to_owned());
    let (case, id) = town.burning("ana").await;
    assert_eq!(town.outgoing(id).await.case, Some(case), "by the mention that it answers");
    assert!(town.passages(case).await.is_empty(), "a draft is no step");
    // Held and taken back, held again, in doubt twice, found missing.
    assert_eq!(town.submit(id, town.wish(NOW)).await, Submission::Held(at(NOW + 10)));
    assert!(town.store.recall(id, at(NOW + 3)).await.unwrap());
    town.submit(id, town.wish(NOW + 20)).await;
    assert!(town.begin(id, 0, NOW + 30).await);
    town.finish(id, 0, in_doubt(Some(NOW + 40)), NOW + 31).await;
    town.finish(id, 0, in_doubt(Some(NOW + 50)), NOW + 41).await;
    assert!(town.store.settle(id, &Verdict::ItIsNotOut, at(NOW + 60)).await.unwrap());
    let line = |second: i64, voice: Option<&str>, passage| {
        (NOW + second, some("kim"), voice.map(str::to_owned), passage, some("ferris"))
    };
    let told = [
        line(0, Some("kim"), Passage::Held),
        line(3, None, Passage::TakenBack),
        line(20, Some("kim"), Passage::Held),
        line(31, None, Passage::Uncertain),
        line(60, None, Passage::FoundMissing),
    ];
    assert_eq!(town.passages(case).await, told);
    // It fails, is written on, approved by another voice, and goes out: told as an answer, under its account.
    town.submit(id, town.wish(NOW + 70)).await;
    assert!(town.begin(id, 0, NOW + 80).await);
    town.finish(id, 0, Attempt::Failed { trouble: trouble() }, NOW + 81).await;
    assert!(town.store.redraft(id, at(NOW + 82)).await.unwrap());
    let approval = Submit { approval: true, ..town.wish(NOW + 90) };
    assert_eq!(town.submit(id, approval).await, Submission::AwaitingApproval);
    let hold = SignedDuration::from_secs(10);
    assert!(town.store.approve(id, "lou", HERE, hold, at(NOW + 95)).await.unwrap());
    let newest = town.passages(case).await.pop().unwrap();
    assert_eq!(newest, (NOW + 95, some("kim"), some("lou"), Passage::Approved, some("ferris")));
    assert!(town.begin(id, 0, NOW + 105).await);
    town.finish(id, 0, published("act:1", NOW + 106), NOW + 106).await;
    let whole = town.store.case(case, at(NOW + 200)).await.unwrap().unwrap();
    let answered = whole.steps.iter().find(|step| matches!(step.kind, StepKind::Answered(_))).unwrap();
    assert_eq!(answered.voice.as_ref().unwrap().as_str(), "kim");
    assert_eq!(answered.account.as_ref().unwrap().as_str(), "ferris");
    let rest = [Passage::Held, Passage::Failed, Passage::AwaitsApproval, Passage::Approved];
    assert_eq!(town.told(case).await[told.len()..], rest);
    // A draft that is given up is no step; what was on its way and is given up is one.
    let (other, id) = town.burning("bo").await;
    assert!(town.store.withdraw(id, at(NOW + 1)).await.unwrap() && town.told(other).await.is_empty());
    assert!(town.store.redraft(id, at(NOW + 2)).await.unwrap());
    town.submit(id, town.wish(NOW + 3)).await;
    assert!(town.store.withdraw(id, at(NOW + 4)).await.unwrap());
    assert_eq!(town.told(other).await, [Passage::Held, Passage::GivenUp]);
}

pub(crate) async fn what_was_left_behind_says_since_when(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    for (name, kill) in [("ana", false), ("bo", true)] {
        let (case, id) = town.burning(name).await;
        town.submit(id, town.wish(NOW)).await;
        if kill {
            assert_eq!(town.sweep(&[HERE], NOW - 60, NOW + 4_000).await, [id]);
        } else {
            assert_eq!(town.store.depart(HERE, at(NOW + 4)).await.unwrap(), 1);
        }
        let left = town.outgoing(id).await;
        assert!(left.is_left_behind() && left.is_under_way(), "{left:?}");
        assert_eq!(left.changed, at(NOW), "since a person sent it, whenever it was noticed");
        assert_eq!(town.told(case).await, [Passage::Held, Passage::LeftBehind]);
        // Whoever writes on it has it back.
        let mut draft = town.draft(&format!("id:{name}"), left.mention, &["We are so sorry"]);
        draft.over = Some(left.saved());
        assert!(town.store.save_draft(&draft, at(NOW + 5_000)).await.unwrap().is_some());
        let back = town.outgoing(id).await;
        assert!(!back.is_left_behind() && back.state == State::Draft);
        assert_eq!(back.changed, at(NOW + 5_000));
    }
}
