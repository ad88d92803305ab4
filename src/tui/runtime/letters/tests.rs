use std::sync::atomic::Ordering;

use super::super::shelf::shelf_cases::case;
use super::super::shelf::{NOW, Shelf, row};
use super::super::silent::Silent;
use super::*;
use crate::domain::outbox::{Identity, Seen, Submission, Target};
use crate::domain::{TextRules, Visibility};
use crate::tui::app::cmd::Aim;
use crate::tui::app::composer::batch::Next;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn draft(words: &str) -> Draft {
    Draft {
        over: None,
        source: SourceId(1),
        case: None,
        mention: Some(MentionId(7)),
        target: Target { parent: Some("native 7".into()), ..Target::default() },
        parts: vec![words.to_owned()],
        visibility: Visibility::Public,
        content_warning: None,
        lang: None,
        voice: None,
    }
}

fn save(words: &str) -> Errand {
    Errand::Save { session: 1, draft: Box::new(draft(words)) }
}

fn wish() -> Errand {
    Errand::Submit(Wish {
        session: 1,
        network: Network::named("mastodon"),
        seen: Seen::default(),
        voice: Some("Kim".into()),
    })
}

struct World {
    shelf: Shelf,
    nobody: Silent,
    letters: Letters,
}

impl World {
    fn new() -> Self {
        let shelf = Shelf::of((1..=9).map(|id| row(id, "a chain snapped")).collect());
        shelf.tray.identities.lock().unwrap().push(Identity {
            source: SourceId(1),
            source_name: SafeText::line("town", 9),
            network: Network::named("mastodon"),
            scope: None,
            handle: SafeText::line("ferris", 9),
            name: SafeText::default(),
            rules: Some(TextRules::default()),
        });
        Self { shelf, nobody: Silent::default(), letters: Letters::default() }
    }

    async fn carry_out(&mut self, errand: Errand) -> Result<Told, Why> {
        self.letters.carry_out(&self.shelf, &self.nobody, errand, now()).await
    }
}

#[tokio::test]
async fn a_sheet_has_one_draft_however_often_it_is_saved() {
    let mut world = World::new();
    let first = world.carry_out(save("one")).await.unwrap();
    assert_eq!(world.carry_out(save("two")).await.unwrap(), first);
    let kept = world.shelf.tray.outgoings.lock().unwrap().clone();
    assert_eq!((kept.len(), kept[0].text().as_str()), (1, "two"));
    assert_eq!(world.nobody.outbox_changes(), 0, "a draft concerns nobody else");
}

#[tokio::test]
async fn what_is_sent_was_saved_and_is_held_as_it_should_be() {
    let mut world = World::new();
    assert!(world.carry_out(wish()).await.unwrap_err().contains("not sent"));
    world.carry_out(save("words")).await.unwrap();
    let told = world.carry_out(wish()).await.unwrap();
    let Told::Submitted(submission, Some(held)) = told else { panic!("{told:?}") };
    assert_eq!(submission, Submission::Held(now() + SignedDuration::from_secs(10)));
    assert_eq!(held.state, OutgoingState::Held, "what is on its way is told at once");
    let submits = world.shelf.tray.submits.lock().unwrap().clone();
    assert!(submits[0].token.len() >= 16 && !submits[0].process.is_empty());
    assert_eq!(submits[0].voice.as_deref(), Some("Kim"));
    assert!(world.nobody.outbox_changes() >= 1, "the sender looks at once");
}

#[tokio::test]
async fn words_that_could_not_be_saved_are_not_sent() {
    let mut world = World::new();
    world.carry_out(save("words")).await.unwrap();
    world.shelf.fails.store(true, Ordering::SeqCst);
    assert!(world.carry_out(save("better words")).await.is_err());
    world.shelf.fails.store(false, Ordering::SeqCst);
    assert!(world.carry_out(wish()).await.is_err(), "the store has the old words");
    world.carry_out(save("better words")).await.unwrap();
    assert!(matches!(world.carry_out(wish()).await, Ok(Told::Submitted(Submission::Held(_), _))));
}

#[tokio::test]
async fn words_whose_draft_went_elsewhere_begin_a_new_one() {
    let mut world = World::new();
    let Ok(Told::Saved(id, false)) = world.carry_out(save("words")).await else { panic!("saved") };
    world.carry_out(wish()).await.unwrap();
    let Ok(Told::Saved(other, true)) = world.carry_out(save("more words")).await else { panic!("a new one") };
    assert_ne!(id, other);
    assert!(world.shelf.withdraws(other).await);
}

#[tokio::test]
async fn two_screens_on_one_mention_keep_their_own_words() {
    let mut world = World::new();
    let Ok(Told::Saved(id, false)) = world.carry_out(save("ours")).await else { panic!("saved") };
    let opened = open(&world.shelf, Wanted::Mention(MentionId(7)), None, now()).await.unwrap().draft.unwrap();
    // The other screen opened the same draft and writes on.
    let theirs = Draft { over: Some(opened.saved()), ..draft("theirs") };
    let mut other = Letters::default();
    let other_saves = Errand::Save { session: 9, draft: Box::new(theirs) };
    let told = other.carry_out(&world.shelf, &world.nobody, other_saves, now()).await;
    assert_eq!(told, Ok(Told::Saved(id, false)));
    assert_eq!(world.carry_out(wish()).await, Ok(Told::Submitted(Submission::Stale, None)), "words that we never saw");
    let Ok(Told::Saved(own, true)) = world.carry_out(save("ours, longer")).await else { panic!("a new one") };
    let words = |id| {
        let all = world.shelf.tray.outgoings.lock().unwrap();
        all.iter().find(|one| one.id == id).map(|one| one.text())
    };
    assert_eq!((words(id).as_deref(), words(own).as_deref()), (Some("theirs"), Some("ours, longer")));
    // Giving up what was ours once does not give up what they wrote on it.
    let discard = Errand::Discard(8, Some(opened.saved()));
    assert_eq!(world.carry_out(discard).await, Ok(Told::Done(false)));
}

impl Shelf {
    async fn withdraws(&self, id: crate::domain::OutgoingId) -> bool {
        crate::store::Outbox::withdraw(self, id, now()).await.unwrap()
    }
}

#[tokio::test]
async fn a_sheet_opens_with_its_draft_and_the_account_used_last() {
    let mut world = World::new();
    world.carry_out(save("half a thought")).await.unwrap();
    let opened = open(&world.shelf, Wanted::Mention(MentionId(7)), None, now()).await.unwrap();
    assert_eq!(opened.draft.unwrap().text(), "half a thought");
    assert_eq!(opened.mention.unwrap().row.id, MentionId(7));
    assert!(opened.used.is_empty());
    world.carry_out(wish()).await.unwrap();
    let opened = open(&world.shelf, Wanted::Mention(MentionId(7)), None, now()).await.unwrap();
    assert!(opened.draft.is_none(), "what is held is no draft");
    assert_eq!(opened.used, [(Network::named("mastodon"), SourceId(1))]);
    assert_eq!(opened.sent.len(), 1, "what is on its way to others counts");
    assert_eq!(tray(&world.shelf).await.unwrap().items.len(), 1);
    world.carry_out(Errand::Stop(true)).await.unwrap();
    assert!(tray(&world.shelf).await.unwrap().stopped);
}

#[tokio::test]
async fn an_account_that_knows_other_posts_by_the_same_names_does_not_answer() {
    let shelf = Shelf::of(vec![row(1, "words")]);
    let account = |source, scope: Option<&str>| Identity {
        source: SourceId(source),
        source_name: SafeText::line("town", 9),
        network: Network::named("mastodon"),
        scope: scope.map(str::to_owned),
        handle: SafeText::line("ferris", 9),
        name: SafeText::default(),
        rules: None,
    };
    // The mention is of source 1, which publishes nothing; its scope is that of the shelf.
    let accounts = [account(2, Some("hachyderm.io")), account(3, Some("elsewhere.example")), account(4, None)];
    shelf.tray.identities.lock().unwrap().extend(accounts);
    let opened = open(&shelf, Wanted::Mention(MentionId(1)), None, now()).await.unwrap();
    let reaching: Vec<i64> = opened.identities.iter().map(|identity| identity.source.0).collect();
    assert_eq!(reaching, [2], "the same number may be another's post elsewhere");
}

#[tokio::test]
async fn what_is_marked_stands_in_the_order_of_the_inbox_one_answer_a_case() {
    let world = World::new();
    let at = |second: i64| now() + SignedDuration::from_secs(second);
    let mut closed = case(4, at(1));
    closed.status = crate::domain::case::CaseStatus::Resolved;
    let cases = [case(3, at(60)), case(1, at(90)), closed, case(2, at(30)), case(9, at(10))];
    world.shelf.cases.lock().unwrap().extend(cases);
    let ids = |line: &[Next]| line.iter().map(|next| next.mention.0).collect::<Vec<_>>();
    let marked = Aim::Cases([1, 2, 3, 4].map(CaseId).into());
    let in_line = line(&world.shelf, &marked, now()).await.unwrap();
    assert_eq!(ids(&in_line), [4, 2, 3, 1]);
    assert_eq!(in_line.iter().map(|next| next.open).collect::<Vec<_>>(), [false, true, true, true]);
    let marked = Aim::Mentions([7, 3, 2, 5].map(MentionId).into());
    let in_line = line(&world.shelf, &marked, now()).await.unwrap();
    assert_eq!(ids(&in_line), [2, 3, 5, 7], "those without a case last");
    assert_eq!(in_line[0].marked, [MentionId(2)]);
    let gone = Aim::Mentions(vec![MentionId(77)]);
    assert!(line(&world.shelf, &gone, now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_case_that_an_answer_by_hand_opens_has_its_place_by_what_was_said() {
    let mut world = World::new();
    let answering = AnsweringSettings::default();
    let by_hand = Errand::ByHand {
        session: 1,
        mention: MentionId(7),
        case: None,
        text: "sent by mail".into(),
        voice: Some("Kim".into()),
        answering: Box::new(answering.clone()),
    };
    assert_eq!(world.carry_out(by_hand.clone()).await, Ok(Told::Done(true)));
    let opened = world.shelf.cases.lock().unwrap()[0].clone();
    let need = answering.need_by_hand(&row(7, "a chain snapped"), now());
    assert_eq!((opened.due, opened.weighing), (need.due, need.weighing));
    let Errand::ByHand { session, case, text, voice, .. } = by_hand else { return };
    let gone = Errand::ByHand { session, mention: MentionId(99), case, text, voice, answering: Box::new(answering) };
    assert!(world.carry_out(gone).await.unwrap_err().contains("not in the store"));
}

#[tokio::test]
async fn a_post_that_was_begun_comes_back_to_its_voice_and_a_new_one_does_not() {
    let mut world = World::new();
    let post = |voice: &str, words: &str| Draft {
        mention: None,
        target: Target::default(),
        voice: Some(voice.to_owned()),
        ..draft(words)
    };
    world.carry_out(save("an answer")).await.unwrap();
    for (session, voice) in [(2, "Kim"), (3, "Lou")] {
        let draft = Box::new(post(voice, &format!("a post by {voice}")));
        world.carry_out(Errand::Save { session, draft }).await.unwrap();
    }
    let kim = open(&world.shelf, Wanted::Post { anew: false }, Some("Kim"), now()).await.unwrap();
    assert_eq!(kim.draft.as_ref().unwrap().text(), "a post by Kim");
    assert!(kim.post && kim.mention.is_none() && kim.identities.len() == 1 && kim.turns.is_empty());
    let again = open(&world.shelf, Wanted::Outgoing(kim.draft.unwrap().id), Some("Kim"), now()).await.unwrap();
    assert!(again.post, "from the outbox, too");
    let anew = open(&world.shelf, Wanted::Post { anew: true }, Some("Kim"), now()).await.unwrap();
    assert!(anew.post && anew.draft.is_none());
    assert!(open(&world.shelf, Wanted::Post { anew: false }, Some("Max"), now()).await.unwrap().draft.is_none());
    let reply = open(&world.shelf, Wanted::Mention(MentionId(7)), None, now()).await.unwrap();
    assert!(!reply.post && reply.draft.is_some());
}
