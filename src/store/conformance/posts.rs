//! Posts of our own: the same outbox as for replies, and nobody's answer.

use super::*;
use crate::domain::outbox::{Draft, OutgoingState as State, Saved, Seen, Submission, Target};
use crate::domain::{OutgoingId, Visibility};
use crate::store::outbox::{Attempt, Begin, Submit};

const SQUARE: usize = 2;
const TOKEN: &str = "0123456789abcdef";

impl Town {
    async fn drafted_post(&self, parts: &[&str]) -> Saved {
        let draft = Draft {
            over: None,
            source: self.source(SQUARE),
            case: None,
            mention: None,
            target: Target::default(),
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            visibility: Visibility::Unlisted,
            content_warning: Some("bicycles".into()),
            lang: Some("en".into()),
            voice: Some("kim".into()),
        };
        self.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap()
    }

    async fn sends_post(&self, saved: Saved) -> Submission {
        let submit = Submit {
            revision: saved.revision,
            seen: Seen::default(),
            hold: SignedDuration::from_secs(10),
            approval: false,
            dry: false,
            token: TOKEN.into(),
            process: "here".into(),
            voice: Some("kim".into()),
            at: at(NOW),
        };
        self.store.submit(saved.id, &submit).await.unwrap()
    }

    async fn goes_out(&self, id: OutgoingId, part: usize, native_id: &str, second: i64) -> Recorded {
        let begin = Begin { id, token: TOKEN.into(), part, once_more: false, seen: at(second - 12), now: at(second) };
        assert!(self.store.begin(&self.lease, &begin).await.unwrap());
        let attempt = Attempt::Published {
            native_id: native_id.into(),
            url: None,
            at: Some(at(second)),
            remarks: vec![],
            author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
        };
        self.store.finish(&self.lease, id, part, &attempt, at(second)).await.unwrap()
    }
}

pub(crate) async fn a_post_of_our_own_is_an_act_and_answers_nobody(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let saved = town.drafted_post(&["We open at nine."]).await;
    assert_eq!(
        town.store.draft_for(None, None, Some("kim")).await.unwrap(),
        None,
        "it belongs to no mention and no case"
    );
    let draft = town.store.outgoing(saved.id).await.unwrap().unwrap();
    assert!(draft.is_post() && draft.state == State::Draft);
    assert_eq!(town.sends_post(saved).await, Submission::Held(at(NOW + 10)));
    let recorded = town.goes_out(saved.id, 0, "act:1", NOW + 10).await;
    assert_eq!((recorded.acts, recorded.answered.len()), (1, 0));
    let [act] = &town.store.acts(None, 9).await.unwrap()[..] else { panic!("one act") };
    assert_eq!((act.parent.as_deref(), act.answers, act.own, act.history), (None, None, true, false));
    assert_eq!((act.visibility, act.text.as_str()), (Visibility::Unlisted, "bicycles\n\nWe open at nine."));
    let sent = town.store.outgoing(saved.id).await.unwrap().unwrap();
    assert!(sent.is_post() && sent.state == State::Sent);
}

pub(crate) async fn posts_do_not_stand_in_one_another_s_way(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let (one, other) = (town.drafted_post(&["one"]).await, town.drafted_post(&["other"]).await);
    assert_ne!(one.id, other.id);
    for saved in [one, other] {
        assert_eq!(town.sends_post(saved).await, Submission::Held(at(NOW + 10)), "answers nobody, so nobody twice");
    }
    assert!(town.store.recall(other.id, at(NOW + 5)).await.unwrap());
    let back = town.store.outgoing(other.id).await.unwrap().unwrap();
    assert!(back.is_post() && back.state == State::Draft && back.content_warning.as_deref() == Some("bicycles"));
}

pub(crate) async fn the_parts_of_a_post_are_a_thread_of_our_own(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let saved = town.drafted_post(&["one 1/2", "two 2/2"]).await;
    town.sends_post(saved).await;
    town.goes_out(saved.id, 0, "act:1", NOW + 10).await;
    town.goes_out(saved.id, 1, "act:2", NOW + 11).await;
    let acts = town.store.acts(None, 9).await.unwrap();
    let parents: Vec<Option<&str>> = acts.iter().map(|act| act.parent.as_deref()).collect();
    assert_eq!(parents, [Some("act:1"), None], "newest first");
    assert_eq!(acts[0].root.as_deref(), Some("act:1"));
}
