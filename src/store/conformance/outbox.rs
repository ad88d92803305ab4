//! The outbox: every step is stored, and none is taken twice.

use super::*;
use crate::domain::outbox::{
    Draft, Identity, Outgoing, OutgoingState as State, Saved, Seen, Submission, Target, Verdict,
};
use crate::domain::{ActId, MentionId, OutgoingId, SafeText, TextRules, Visibility};
use crate::store::outbox::{Attempt, Begin, Submit, Sweep};

mod history;
mod seen;

pub(crate) use history::*;
pub(crate) use seen::*;

const SQUARE: usize = 2;
/// The process at which the person sits.
const HERE: &str = "here";
const TOKEN: &str = "0123456789abcdef";

impl Town {
    pub(super) fn draft(&self, parent: &str, mention: Option<MentionId>, parts: &[&str]) -> Draft {
        Draft {
            over: None,
            source: self.source(SQUARE),
            case: None,
            mention,
            target: Target { parent: Some(parent.into()), who: Some("ana".into()), ..Target::default() },
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            visibility: Visibility::Public,
            content_warning: None,
            lang: Some("en".into()),
            voice: Some("kim".into()),
        }
    }

    async fn drafted(&self, parent: &str, parts: &[&str]) -> OutgoingId {
        self.store.save_draft(&self.draft(parent, None, parts), at(NOW)).await.unwrap().unwrap().id
    }

    fn wish(&self, second: i64) -> Submit {
        Submit {
            revision: 1,
            seen: Seen {
                newest: Some(at(second)),
                mention: Some(MentionId(i64::MAX)),
                act: Some(ActId(i64::MAX)),
                ..Seen::default()
            },
            hold: SignedDuration::from_secs(10),
            approval: false,
            dry: false,
            token: TOKEN.into(),
            process: HERE.into(),
            voice: Some("kim".into()),
            at: at(second),
        }
    }

    /// Sends the words that stand there now.
    async fn submit(&self, id: OutgoingId, wish: Submit) -> Submission {
        let revision = self.outgoing(id).await.revision;
        self.store.submit(id, &Submit { revision, ..wish }).await.unwrap()
    }

    async fn held(&self, parent: &str, parts: &[&str]) -> OutgoingId {
        let id = self.drafted(parent, parts).await;
        let held = self.submit(id, self.wish(NOW)).await;
        assert_eq!(held, Submission::Held(at(NOW + 10)));
        id
    }

    fn begins(&self, id: OutgoingId, part: usize, second: i64) -> Begin {
        Begin { id, token: TOKEN.into(), part, once_more: false, seen: at(second - 12), now: at(second) }
    }

    async fn begin(&self, id: OutgoingId, part: usize, second: i64) -> bool {
        self.store.begin(&self.lease, &self.begins(id, part, second)).await.unwrap()
    }

    async fn finish(&self, id: OutgoingId, part: usize, attempt: Attempt, second: i64) -> Recorded {
        self.store.finish(&self.lease, id, part, &attempt, at(second)).await.unwrap()
    }

    async fn outgoing(&self, id: OutgoingId) -> Outgoing {
        self.store.outgoing(id).await.unwrap().unwrap()
    }

    async fn state(&self, id: OutgoingId) -> State {
        self.outgoing(id).await.state
    }

    async fn sweep(&self, gone: &[&str], seen: i64, now: i64) -> Vec<OutgoingId> {
        let sweep = Sweep {
            gone: gone.iter().map(|name| (*name).to_owned()).collect(),
            seen: at(seen),
            under_way: vec![],
            now: at(now),
        };
        self.store.sweep(&self.lease, &sweep).await.unwrap()
    }
}

fn published(native_id: &str, second: i64) -> Attempt {
    Attempt::Published {
        native_id: native_id.into(),
        url: Some(format!("https://town.example/{native_id}")),
        at: Some(at(second)),
        remarks: vec!["nobody follows us".into()],
        author: Author { native_id: Some("us".into()), handle: Some("ferris".into()), ..Author::default() },
    }
}

fn trouble() -> SafeText {
    SafeText::line("it broke", 80)
}

fn in_doubt(next: Option<i64>) -> Attempt {
    Attempt::Uncertain { trouble: trouble(), next: next.map(at), looked: false }
}

pub(crate) async fn drafts_are_saved_and_found(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("burning", 0)]).await;
    let mention = town.whole("burning").await.row.id;
    let draft = town.draft("id:burning", Some(mention), &["So sorr"]);
    let saved = town.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap();
    let id = saved.id;
    let more =
        Draft { over: Some(saved), parts: vec!["So sorry, Ana".into()], visibility: Visibility::Private, ..draft };
    let again = town.store.save_draft(&more, at(NOW + 1)).await.unwrap();
    assert_eq!(again, Some(Saved { id, revision: saved.revision + 1 }));
    let found = town.store.draft_for(Some(mention), None, None).await.unwrap().unwrap();
    assert_eq!((found.id, found.text().as_str(), found.revision), (id, "So sorry, Ana", 2));
    assert_eq!((found.created, found.changed), (at(NOW), at(NOW + 1)));
    assert_eq!((found.state, found.visibility, found.network.name()), (State::Draft, Visibility::Private, "mastodon"));
    assert_eq!((found.target.clone(), found.voice.unwrap().as_str()), (more.target.clone(), "kim"));
    assert_eq!(town.store.draft_for(None, None, None).await.unwrap(), None);
    // Another store on the same data sees it; what is no draft any more is not overwritten.
    let other = grounds.open().await;
    assert_eq!(other.outgoings(&[State::Draft], 10).await.unwrap().len(), 1);
    assert!(town.store.withdraw(id, at(NOW + 2)).await.unwrap());
    assert_eq!(other.save_draft(&more, at(NOW + 3)).await.unwrap(), None);
    assert_eq!((town.state(id).await, town.outgoing(id).await.text().as_str()), (State::Withdrawn, "So sorry, Ana"));
    assert!(!town.store.withdraw(id, at(NOW + 3)).await.unwrap());
    assert!(town.store.redraft(id, at(NOW + 4)).await.unwrap(), "what was given up by mistake comes back");
    assert!(!town.store.redraft(id, at(NOW + 4)).await.unwrap());
    assert_eq!((town.state(id).await, town.outgoing(id).await.text().as_str()), (State::Draft, "So sorry, Ana"));
}

pub(crate) async fn only_the_words_that_were_seen_are_changed_and_sent(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let draft = town.draft("id:post", None, &["ours"]);
    let first = town.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap();
    // Another screen opened it, and saved.
    let theirs = Draft { over: Some(first), parts: vec!["theirs".into()], ..draft.clone() };
    let second = town.store.save_draft(&theirs, at(NOW + 1)).await.unwrap().unwrap();
    assert_eq!(second.id, first.id);
    let ours = Draft { over: Some(first), parts: vec!["ours, longer".into()], ..draft };
    assert_eq!(town.store.save_draft(&ours, at(NOW + 2)).await.unwrap(), None);
    assert_eq!(town.outgoing(first.id).await.text(), "theirs");
    let blind = Submit { revision: first.revision, ..town.wish(NOW + 2) };
    assert_eq!(town.store.submit(first.id, &blind).await.unwrap(), Submission::Stale);
    let seen = Submit { revision: second.revision, ..town.wish(NOW + 2) };
    assert!(matches!(town.store.submit(first.id, &seen).await.unwrap(), Submission::Held(_)));
}

pub(crate) async fn what_was_taken_back_does_not_go_out_as_it_was(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:post", &["old words"]).await;
    assert!(!town.begin(id, 0, NOW + 9).await, "it is not due");
    let jobs = town.store.jobs(&town.lease, at(NOW + 10), 9).await.unwrap();
    assert_eq!(jobs[0].outgoing.text(), "old words");
    // Between the look and the wish it is taken back, written on and sent again.
    assert!(town.store.recall(id, at(NOW + 10)).await.unwrap());
    let over = Some(town.outgoing(id).await.saved());
    let draft = Draft { over, ..town.draft("id:post", None, &["new words"]) };
    town.store.save_draft(&draft, at(NOW + 10)).await.unwrap().unwrap();
    let token = "fedcba9876543210".to_owned();
    let wish = Submit { token: token.clone(), hold: SignedDuration::ZERO, ..town.wish(NOW + 10) };
    town.submit(id, wish).await;
    assert!(!town.begin(id, 0, NOW + 11).await, "the words that were loaded are not these");
    let now = Begin { token, ..town.begins(id, 0, NOW + 11) };
    assert!(town.store.begin(&town.lease, &now).await.unwrap());
}

pub(crate) async fn what_is_sent_is_an_act_and_answers(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    town.record(SQUARE, vec![town.mention("burning", 0)]).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    assert!(town.store.jobs(&town.lease, at(NOW + 9), 10).await.unwrap().is_empty(), "it can be taken back until then");
    assert_eq!(town.store.next_job().await.unwrap(), Some(at(NOW + 10)));
    let jobs = town.store.jobs(&town.lease, at(NOW + 10), 10).await.unwrap();
    assert_eq!((jobs[0].outgoing.id, jobs[0].token.as_str(), jobs[0].look), (id, "0123456789abcdef", false));
    assert!(town.begin(id, 0, NOW + 10).await);
    assert!(!town.begin(id, 0, NOW + 10).await, "never by two at once");
    assert!(!town.store.recall(id, at(NOW + 10)).await.unwrap(), "too late");
    assert_eq!((town.state(id).await, town.store.next_job().await.unwrap()), (State::Sending, None));
    let recorded = town.finish(id, 0, published("act:9", NOW + 11), NOW + 12).await;
    assert_eq!((recorded.acts, recorded.answered.len()), (1, 1));
    assert_eq!(town.answered("burning").await, Some(NOW + 11));
    let sent = town.outgoing(id).await;
    assert_eq!((sent.state, sent.attempts, sent.next), (State::Sent, 1, None));
    assert_eq!((sent.parts[0].native_id.as_deref(), sent.remarks.len()), (Some("act:9"), 1));
    assert_eq!(sent.parts[0].url.as_ref().unwrap().as_str(), "https://town.example/act:9");
    let [act] = &town.all_acts().await[..] else { panic!("one act") };
    assert_eq!((act.native_id.as_str(), act.own, act.parent.as_deref()), ("act:9", true, Some("id:burning")));
    // The network shows the same post in its own words: the same act, and no edit.
    let mut shown = town.act("9", 11, Some("burning"));
    shown.item.text = "@ana We are sorry".into();
    town.do_acts(SQUARE, vec![shown]).await;
    let [act] = &town.all_acts().await[..] else { panic!("one act") };
    assert_eq!((act.text.as_str(), act.edited_at), ("@ana We are sorry", None));
    assert_eq!(town.finish(id, 0, in_doubt(None), NOW + 13).await, Recorded::default(), "it is settled");
    assert_eq!(town.state(id).await, State::Sent);
    assert_eq!(town.store.sent_lately(at(NOW), 9).await.unwrap(), [(id, "We are sorry".to_owned())]);
    assert!(town.store.sent_lately(at(NOW + 60), 9).await.unwrap().is_empty());
}

pub(crate) async fn a_thread_that_moved_on_stops_a_reply(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let said = |name: &str, offset, parent: Option<&str>| {
        let mut mention = town.mention(name, offset);
        mention.item.author.handle = Some("ana".into());
        mention.item.parent = parent.map(|name| format!("id:{name}"));
        mention
    };
    town.record(SQUARE, vec![said("burning", 0, None), said("elsewhere", 20, None)]).await;
    let mention = town.whole("burning").await.row.id;
    let draft = town.draft("id:burning", Some(mention), &["We are sorry"]);
    let id = town.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap().id;
    let opened = Seen::of(&town.store.thread(mention, 100).await.unwrap());
    assert_eq!((opened.mention, opened.act), (Some(mention), None));
    let wish =
        |seen: &Seen, all_the_same| Submit { seen: Seen { all_the_same, ..seen.clone() }, ..town.wish(NOW + 40) };
    // The person is news, so is somebody else in the thread, and so are we; whatever date it bears.
    let mut bo = town.mention("by bo", -900);
    bo.item.parent = Some("id:burning".into());
    bo.item.claimed = Some(at(NOW - 900));
    town.record(SQUARE, vec![said("fixed", 30, Some("burning")), bo]).await;
    town.do_acts(SQUARE, vec![town.act("helped", -500, Some("burning"))]).await;
    let Submission::Changed { turns, claimed, .. } = town.submit(id, wish(&opened, false)).await else {
        panic!("it moved on")
    };
    let told: Vec<(bool, &str)> = turns.iter().map(|turn| (turn.ours, turn.native_id.as_str())).collect();
    assert_eq!((told, claimed), (vec![(false, "id:by bo"), (true, "act:helped"), (false, "id:fixed")], None));
    assert_eq!(town.state(id).await, State::Draft);
    // What was there is no news: neither ours nor theirs.
    let theirs = Seen { act: None, ..Seen::of(&turns) };
    let one = town.submit(id, wish(&theirs, false)).await;
    assert!(matches!(one, Submission::Changed { turns, .. } if turns.len() == 1 && turns[0].ours));
    let whole = Seen::of(&town.store.thread(mention, 100).await.unwrap());
    assert_eq!(town.submit(id, wish(&whole, false)).await, Submission::Held(at(NOW + 50)));
    assert!(town.store.recall(id, at(NOW + 41)).await.unwrap());
    assert_eq!(town.submit(id, wish(&opened, true)).await, Submission::Held(at(NOW + 50)));
    assert_eq!(town.submit(id, wish(&opened, true)).await, Submission::Stale);
}

pub(crate) async fn a_post_is_answered_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let first = town.held("id:burning", &["We are sorry"]).await;
    let second = town.drafted("id:burning", &["So are we"]).await;
    let kim = Some(SafeText::line("kim", 80));
    let other = Submission::Answered(first, kim);
    assert_eq!(town.submit(second, town.wish(NOW)).await, other);
    assert!(town.begin(first, 0, NOW + 10).await);
    assert_eq!(town.submit(second, town.wish(NOW + 10)).await, other);
    town.finish(first, 0, published("act:1", NOW + 11), NOW + 11).await;
    assert_eq!(town.submit(second, town.wish(NOW + 10)).await, other, "it went out since");
    let later = town.submit(second, town.wish(NOW + 12)).await;
    assert_eq!(later, Submission::Held(at(NOW + 22)), "whoever saw it may say more");
    let elsewhere = town.drafted("id:else", &["Hello"]).await;
    assert!(matches!(town.submit(elsewhere, town.wish(NOW)).await, Submission::Held(_)));
}

pub(crate) async fn a_second_voice_approves(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.drafted("id:burning", &["We are sorry"]).await;
    let wish = Submit { approval: true, ..town.wish(NOW) };
    assert_eq!(town.submit(id, wish).await, Submission::AwaitingApproval);
    assert!(town.store.jobs(&town.lease, at(NOW + 999), 9).await.unwrap().is_empty());
    let hold = SignedDuration::from_secs(5);
    let approve = async |voice: &str| town.store.approve(id, voice, "there", hold, at(NOW + 60)).await.unwrap();
    assert!(!approve("kim").await && !approve(" kim ").await && !approve("").await);
    assert!(approve("lou").await && !approve("lou").await);
    let nobodys = Draft { voice: None, ..town.draft("id:nobodys", None, &["words"]) };
    let nobodys = town.store.save_draft(&nobodys, at(NOW)).await.unwrap().unwrap().id;
    let wish = Submit { approval: true, voice: None, ..town.wish(NOW) };
    assert_eq!(town.submit(nobodys, wish).await, Submission::AwaitingApproval);
    let by_lou = town.store.approve(nobodys, "lou", "there", hold, at(NOW + 60)).await.unwrap();
    assert!(!by_lou, "whoever wrote it may be lou");
    let held = town.outgoing(id).await;
    assert_eq!((held.state, held.next, held.approved.unwrap().as_str()), (State::Held, Some(at(NOW + 65)), "lou"));
    assert_eq!(town.store.attending().await.unwrap(), [("there".to_owned(), at(NOW + 60))]);
    assert!(town.store.recall(id, at(NOW + 61)).await.unwrap());
    assert_eq!(town.outgoing(id).await.approved, None);
}

pub(crate) async fn nothing_goes_out_unattended(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    assert!(!town.begin(id, 0, NOW + 13).await, "nobody was seen for more than twelve seconds");
    assert!(town.store.attend(HERE, at(NOW), at(NOW + 9)).await.unwrap());
    assert!(town.sweep(&[], NOW + 1, NOW + 10).await.is_empty());
    assert_eq!(town.sweep(&[HERE], NOW + 1, NOW + 10).await, [id]);
    let draft = town.outgoing(id).await;
    assert_eq!((draft.state, draft.next), (State::Draft, None));
    assert!(!draft.trouble.is_empty(), "it says why");
    assert!(!town.store.attend(HERE, at(NOW), at(NOW + 10)).await.unwrap(), "it holds nothing");
    // Fell silent.
    let again = town.submit(id, town.wish(NOW + 20)).await;
    assert_eq!((again, town.outgoing(id).await.trouble.is_empty()), (Submission::Held(at(NOW + 30)), true));
    assert_eq!(town.sweep(&[], NOW + 21, NOW + 33).await, [id]);
    // Slept, and comes back before anybody noticed.
    town.submit(id, town.wish(NOW + 40)).await;
    assert!(!town.store.attend(HERE, at(NOW + 41), at(NOW + 53)).await.unwrap());
    assert_eq!(town.state(id).await, State::Draft);
    // Ended in order.
    town.submit(id, town.wish(NOW + 60)).await;
    assert_eq!(town.store.depart("another", at(NOW + 61)).await.unwrap(), 0);
    assert_eq!(town.store.depart(HERE, at(NOW + 61)).await.unwrap(), 1);
    assert_eq!((town.state(id).await, town.store.attending().await.unwrap()), (State::Draft, vec![]));
}

pub(crate) async fn what_broke_off_is_in_doubt(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    assert!(town.begin(id, 0, NOW + 10).await);
    let under_way = Sweep { gone: vec![HERE.into()], seen: at(NOW + 20), under_way: vec![id], now: at(NOW + 20) };
    assert!(town.store.sweep(&town.lease, &under_way).await.unwrap().is_empty(), "it is still being sent");
    assert_eq!(town.sweep(&[HERE], NOW + 20, NOW + 20).await, [id]);
    let jobs = town.store.jobs(&town.lease, at(NOW + 20), 9).await.unwrap();
    assert_eq!((jobs[0].look, jobs[0].since, jobs[0].looks), (true, Some(at(NOW + 10)), 0));
    for withdrawn in [town.store.recall(id, at(NOW)).await, town.store.withdraw(id, at(NOW)).await] {
        assert!(!withdrawn.unwrap(), "it may be out");
    }
    town.finish(id, 0, Attempt::Uncertain { trouble: trouble(), next: Some(at(NOW + 40)), looked: true }, NOW + 21)
        .await;
    assert!(town.store.jobs(&town.lease, at(NOW + 39), 9).await.unwrap().is_empty());
    assert_eq!(town.store.jobs(&town.lease, at(NOW + 40), 9).await.unwrap()[0].looks, 1);
    // Asked once more with the same token, while somebody is there.
    let once_more = Begin { once_more: true, ..town.begins(id, 0, NOW + 40) };
    assert!(!town.store.begin(&town.lease, &once_more).await.unwrap(), "nobody is there");
    town.store.attend(HERE, at(NOW), at(NOW + 40)).await.unwrap();
    assert!(!town.begin(id, 0, NOW + 40).await, "never as if it were new");
    assert!(town.store.begin(&town.lease, &once_more).await.unwrap());
    town.finish(id, 0, in_doubt(None), NOW + 41).await;
    assert_eq!((town.state(id).await, town.outgoing(id).await.attempts), (State::Uncertain, 2));
    assert_eq!(town.outgoing(id).await.trouble, trouble());
    // A person knows.
    assert!(town.store.settle(id, &Verdict::ItIsNotOut, at(NOW + 50)).await.unwrap());
    assert!(!town.store.settle(id, &Verdict::ItIsOut(None), at(NOW + 50)).await.unwrap());
    assert_eq!(town.state(id).await, State::Draft);
    town.submit(id, town.wish(NOW + 60)).await;
    assert!(town.begin(id, 0, NOW + 70).await);
    town.finish(id, 0, in_doubt(None), NOW + 71).await;
    let place = "https://town.example/9".to_owned();
    assert!(town.store.settle(id, &Verdict::ItIsOut(Some(place.clone())), at(NOW + 80)).await.unwrap());
    let sent = town.outgoing(id).await;
    assert_eq!((sent.state, sent.parts[0].url.as_ref().map(|url| url.to_string())), (State::Sent, Some(place)));
}

pub(crate) async fn what_failed_keeps_its_words(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    assert!(town.begin(id, 0, NOW + 10).await);
    town.finish(id, 0, Attempt::Again { trouble: trouble(), next: at(NOW + 15) }, NOW + 11).await;
    assert_eq!((town.state(id).await, town.store.next_job().await.unwrap()), (State::Held, Some(at(NOW + 15))));
    town.store.attend(HERE, at(NOW), at(NOW + 15)).await.unwrap();
    assert!(town.begin(id, 0, NOW + 15).await);
    town.finish(id, 0, Attempt::Failed { trouble: trouble() }, NOW + 16).await;
    let failed = town.outgoing(id).await;
    assert_eq!((failed.state, failed.attempts, failed.text().as_str()), (State::Failed, 2, "We are sorry"));
    assert!(
        town.store.redraft(id, at(NOW + 20)).await.unwrap() && !town.store.redraft(id, at(NOW + 20)).await.unwrap()
    );
    assert_eq!((town.state(id).await, town.outgoing(id).await.text().as_str()), (State::Draft, "We are sorry"));
}

pub(crate) async fn parts_follow_one_another(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["one (1/3)", "two (2/3)", "three (3/3)"]).await;
    assert!(!town.begin(id, 1, NOW + 10).await, "not before the first");
    assert!(town.begin(id, 0, NOW + 10).await);
    town.finish(id, 0, published("act:1", NOW + 10), NOW + 11).await;
    assert_eq!((town.state(id).await, town.store.next_job().await.unwrap()), (State::Held, Some(at(NOW + 11))));
    assert!(town.begin(id, 1, NOW + 11).await);
    town.finish(id, 1, published("act:2", NOW + 11), NOW + 12).await;
    assert!(town.begin(id, 2, NOW + 12).await);
    town.finish(id, 2, Attempt::Failed { trouble: trouble() }, NOW + 13).await;
    let parents: Vec<_> = town.all_acts().await.into_iter().map(|act| act.parent.unwrap()).collect();
    assert_eq!(parents, ["act:1", "id:burning"], "each answers the one before");
    // What remains is a draft that goes on where the others ended; they stay known as sent.
    assert!(town.store.redraft(id, at(NOW + 20)).await.unwrap());
    let draft = town.outgoing(id).await;
    assert_eq!((draft.text().as_str(), draft.target.parent.as_deref()), ("three (3/3)", Some("act:2")));
    let sent = town.store.outgoings(&[State::Sent], 9).await.unwrap();
    assert_eq!((sent.len(), sent[0].parts.len(), sent[0].text().as_str()), (1, 2, "one (1/3)\n\ntwo (2/3)"));
    town.submit(id, Submit { seen: Seen::default(), ..town.wish(NOW + 20) }).await;
    assert!(town.begin(id, 0, NOW + 30).await);
    town.finish(id, 0, published("act:3", NOW + 30), NOW + 31).await;
    assert_eq!((town.state(id).await, town.all_acts().await.len()), (State::Sent, 3));
}

pub(crate) async fn a_rehearsal_publishes_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.drafted("id:burning", &["We are sorry"]).await;
    town.submit(id, Submit { dry: true, ..town.wish(NOW) }).await;
    assert!(town.begin(id, 0, NOW + 10).await);
    assert_eq!(town.finish(id, 0, Attempt::Rehearsed, NOW + 10).await, Recorded::default());
    let sent = town.outgoing(id).await;
    assert!(sent.state == State::Sent && sent.dry && town.all_acts().await.is_empty());
    assert!(town.store.sent_lately(at(0), 9).await.unwrap().is_empty());
    let real = town.held("id:burning", &["We are sorry"]).await;
    assert_eq!(town.state(real).await, State::Held, "a rehearsal stands in nobody's way");
}

pub(crate) async fn sending_can_be_stopped(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    let before = town.store.outbox_version().await.unwrap();
    let other = grounds.open().await;
    other.stop_sending(true, at(NOW + 1)).await.unwrap();
    assert!(town.store.sending_stopped().await.unwrap());
    assert!(town.store.outbox_version().await.unwrap() > before);
    assert!(
        !town.begin(id, 0, NOW + 10).await && town.store.jobs(&town.lease, at(NOW + 10), 9).await.unwrap().is_empty()
    );
    assert_eq!(town.store.next_job().await.unwrap(), None);
    assert!(town.outgoing(id).await.trouble.as_str().contains("stopped"));
    other.stop_sending(false, at(NOW + 10)).await.unwrap();
    assert_eq!(town.outgoing(id).await.next, Some(at(NOW + 20)), "there is time to take it back");
    town.store.set_paused(true).await.unwrap();
    assert!(town.outgoing(id).await.trouble.as_str().contains("paused") && !town.begin(id, 0, NOW + 20).await);
    town.store.set_paused(false).await.unwrap();
    town.store.attend(HERE, at(NOW), at(NOW + 15)).await.unwrap();
    assert!(!town.begin(id, 0, NOW + 19).await && town.begin(id, 0, NOW + 20).await, "not before its time");
}

pub(crate) async fn a_lost_lease_sends_nothing(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let id = town.held("id:burning", &["We are sorry"]).await;
    let LeaseState::Ours(other) = ask(&*town.store, "other", NOW + 31).await else { panic!("it ran out") };
    assert!(is_lost(&town.store.begin(&town.lease, &town.begins(id, 0, NOW + 10)).await));
    assert!(is_lost(&town.store.jobs(&town.lease, at(NOW + 31), 9).await));
    let sweep = Sweep { gone: vec![], seen: at(NOW), under_way: vec![], now: at(NOW) };
    assert!(is_lost(&town.store.sweep(&town.lease, &sweep).await));
    assert!(is_lost(&town.store.keep_identities(&town.lease, &[]).await));
    assert!(town.store.begin(&other, &town.begins(id, 0, NOW + 10)).await.unwrap());
    assert!(is_lost(&town.store.finish(&town.lease, id, 0, &published("act:1", NOW), at(NOW)).await));
    assert_eq!(town.state(id).await, State::Sending);
}

pub(crate) async fn what_moves_on_is_told_once(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let begin = town.store.outbox_version().await.unwrap();
    let id = town.drafted("id:burning", &["We are sorry"]).await;
    assert_eq!(town.store.outbox_version().await.unwrap(), begin, "what is only written is nobody else's business");
    town.submit(id, town.wish(NOW)).await;
    let held = town.store.outbox_version().await.unwrap();
    let told = town.store.moved_since(begin, 9).await.unwrap();
    assert_eq!(told.iter().map(|moved| (moved.id, moved.state)).collect::<Vec<_>>(), [(id, State::Held)]);
    assert!(town.store.moved_since(held, 9).await.unwrap().is_empty());
    let log = town.store.strangers_version().await.unwrap();
    let other = grounds.open().await;
    assert!(!other.attend("somebody", at(NOW), at(NOW)).await.unwrap());
    assert!(town.sweep(&[], NOW - 60, NOW).await.is_empty());
    assert_eq!(town.store.strangers_version().await.unwrap(), log, "who holds nothing writes nothing");
}

pub(crate) async fn identities_are_kept(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let identity = |name: &str, rules| Identity {
        source: town.source(SQUARE),
        source_name: SafeText::line("square", 80),
        network: Network::named("mastodon"),
        scope: Some("mastodon:town".into()),
        handle: SafeText::line("ferris", 80),
        name: SafeText::line(name, 80),
        rules,
    };
    let rules = TextRules { longest: Some(500), retry_safe: true, ..TextRules::default() };
    let known = identity("Ferris", Some(rules.clone()));
    town.store.keep_identities(&town.lease, std::slice::from_ref(&known)).await.unwrap();
    assert_eq!(town.store.identities().await.unwrap(), [known]);
    // What is not told this time stays as it was known.
    town.store.keep_identities(&town.lease, &[identity("Ferris Bikes", None)]).await.unwrap();
    assert_eq!(town.store.identities().await.unwrap(), [identity("Ferris Bikes", Some(rules))]);
}

pub(crate) async fn what_was_sent_grows_old(grounds: &dyn Grounds) {
    let town = Town::new(grounds).await;
    let sent = town.held("id:burning", &["We are sorry"]).await;
    assert!(town.begin(sent, 0, NOW + 10).await);
    town.finish(sent, 0, published("act:1", NOW + 10), NOW + 11).await;
    let draft = town.drafted("id:else", &["We are"]).await;
    let retention = crate::store::Retention { mentions: SignedDuration::from_hours(24) };
    town.store.retain(&town.lease, at(NOW + 86_400), &retention).await.unwrap();
    assert!(town.store.outgoing(sent).await.unwrap().is_some());
    town.store.retain(&town.lease, at(NOW + 86_420), &retention).await.unwrap();
    assert!(town.store.outgoing(sent).await.unwrap().is_none());
    assert!(town.store.outgoing(draft).await.unwrap().is_some(), "nobody's draft is lost");
}

pub(crate) async fn a_claim_of_another_voice_stops_a_reply(grounds: &dyn Grounds) {
    use crate::domain::case::CaseChange;
    use crate::store::cases::ByHand;
    let town = Town::new(grounds).await;
    let mut burning = town.mention("burning", 0);
    let weighing = crate::domain::case::Weighing { severity: 10.0, followers: None, reposts_per_hour: 0.0 };
    burning.need = Some(crate::store::Need { weighing, due: at(NOW + 600) });
    town.record(SQUARE, vec![burning]).await;
    let mention = town.whole("burning").await.row.id;
    let case = town.store.case_of(mention).await.unwrap().unwrap();
    let lou = ByHand { voice: Some("lou".into()), at: at(NOW) };
    town.store.change_cases(&[case], &CaseChange::Claim(Some(at(NOW + 1_800))), &lou).await.unwrap();
    let draft = town.draft("id:burning", Some(mention), &["We are sorry"]);
    let id = town.store.save_draft(&draft, at(NOW)).await.unwrap().unwrap().id;
    let Submission::Changed { turns, claimed, .. } = town.submit(id, town.wish(NOW + 10)).await else {
        panic!("lou has it")
    };
    assert_eq!((turns.len(), claimed), (0, Some(SafeText::line("lou", 80))));
    // A claim lapses; and answering acknowledges by itself.
    assert!(matches!(town.submit(id, town.wish(NOW + 1_801)).await, Submission::Held(_)));
    assert!(town.begin(id, 0, NOW + 1_811).await);
    town.finish(id, 0, published("act:9", NOW + 1_811), NOW + 1_812).await;
    let row = town.store.case(case, at(NOW + 1_900)).await.unwrap().unwrap().row;
    assert_eq!(row.acknowledged, Some(at(NOW + 1_811)));
}

pub(crate) async fn what_is_sent_is_signed(grounds: &dyn Grounds) {
    use crate::domain::case::StepKind;
    let town = Town::new(grounds).await;
    let burning = |name: &str| {
        let mut burning = town.mention(name, 0);
        let weighing = crate::domain::case::Weighing { severity: 10.0, followers: None, reposts_per_hour: 0.0 };
        burning.need = Some(crate::store::Need { weighing, due: at(NOW + 600) });
        burning.item.author = Author { handle: Some(name.into()), ..Author::default() };
        burning
    };
    let names = ["quick", "slow", "elsewhere"];
    town.record(SQUARE, names.iter().map(|name| burning(name)).collect()).await;
    let send = async |name: &str| {
        let parent = format!("id:{name}");
        let id = town.held(&parent, &["We are sorry"]).await;
        assert!(town.begin(id, 0, NOW + 10).await);
        id
    };
    let finish = async |id, native: &str| town.finish(id, 0, published(native, NOW + 11), NOW + 12).await;
    finish(send("quick").await, "act:1").await;
    // The network shows the second before it answers; the third was not sent from here.
    let slow = send("slow").await;
    town.do_acts(SQUARE, vec![town.act("2", 11, Some("slow")), town.act("3", 11, Some("elsewhere"))]).await;
    finish(slow, "act:2").await;
    let voices: Vec<Option<String>> = {
        let mut clocks = town.store.clocks(at(NOW - 60), at(NOW + 60), at(NOW + 60), 9).await.unwrap();
        clocks.sort_by_key(|row| row.case);
        assert!(clocks.iter().all(|row| row.acknowledged == Some(at(NOW + 11))));
        clocks.into_iter().map(|row| row.voice).collect()
    };
    assert_eq!(voices, [Some("kim".to_owned()), Some("kim".to_owned()), None]);
    for (name, voice) in names.into_iter().zip(voices) {
        let mention = town.whole(name).await.row.id;
        let id = town.store.case_of(mention).await.unwrap().unwrap();
        let case = town.store.case(id, at(NOW + 60)).await.unwrap().unwrap();
        let step = case.steps.iter().find(|step| matches!(step.kind, StepKind::Answered(_))).unwrap();
        assert_eq!(step.voice.as_ref().map(ToString::to_string), voice, "{name}");
    }
}
