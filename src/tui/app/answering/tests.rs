//! What is kept, shown and taken back when several write, something goes wrong, or somebody leaves in between.

use crate::domain::case::{CaseStatus, Dismissal, Step, StepKind};
use crate::domain::outbox::{Outgoing, OutgoingState, Submission};
use crate::domain::time::SignedDuration;
use crate::domain::{MentionId, SafeText, StepId, Visibility};
use crate::tui::app::action::Action;
use crate::tui::app::composer::errand::{Errand, Told};
use crate::tui::app::composer::gate::NO_VOICE;
use crate::tui::app::layout::View;
use crate::tui::app::msg::{Answer, Typing};
use crate::tui::app::samples::postbox::outgoing;
use crate::tui::app::samples::{Town, minutes_ago, now, setup};
use crate::tui::app::{Cmd, Model, Msg, Setup};

const KIND: &str =
    "I am sorry that your chain snapped, Ana. I am sending you a new one today and you have it tomorrow.";

fn as_voice(voice: &str) -> Setup {
    Setup { voice: Some(voice.to_owned()), ..setup((80, 24)) }
}

fn open_with(town: &mut Town, setup: Setup) -> Model {
    town.post.another_screen();
    let mut model = town.model(setup);
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    model
}

fn type_in(town: &mut Town, model: &mut Model, words: &str) {
    for sign in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(sign)));
    }
}

fn said(model: &Model) -> String {
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn reasons(model: &Model) -> String {
    model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.reasons.join("\n")).unwrap_or_default()
}

fn texts(town: &Town, state: OutgoingState) -> Vec<String> {
    town.post.outgoings.iter().filter(|one| one.state == state).map(|one| one.text()).collect()
}

/// Sends, and does not let the store answer yet.
fn send_into_the_dark(model: &mut Model) -> Vec<Cmd> {
    let mut cmds = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    cmds.extend(model.update(Msg::Act { action: Action::SendAnyway, count: None }).cmds);
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Errand { errand: Errand::Submit(_), .. })), "{cmds:?}");
    cmds
}

fn step(id: i64, kind: StepKind) -> Step {
    Step { id: StepId(id), at: now(), voice: Some(SafeText::line("Lou", 80)), kind, account: None, undone: false }
}

#[test]
fn what_was_given_up_comes_back_at_one_key() {
    let mut town = Town::answering();
    town.post.outgoings = vec![outgoing(1, OutgoingState::Draft, "one"), outgoing(2, OutgoingState::Failed, "two")];
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::ViewOutbox);
    assert_eq!(model.outbox().selected().unwrap().text(), "two");
    town.press(&mut model, Action::Withdraw);
    assert_eq!(texts(&town, OutgoingState::Withdrawn), ["two"]);
    assert_eq!(said(&model), "given up: u brings it back");
    assert_eq!(model.outbox().selected().unwrap().text(), "one", "on with the next one");
    town.press(&mut model, Action::Withdraw);
    for (back, left) in [("one", vec!["two"]), ("two", vec![])] {
        town.press(&mut model, Action::Undo);
        assert_eq!(said(&model), "brought back: it is a draft again");
        assert!(texts(&town, OutgoingState::Draft).contains(&back.to_owned()));
        assert_eq!(texts(&town, OutgoingState::Withdrawn), left);
    }
    town.press(&mut model, Action::Undo);
    assert_eq!(said(&model), "nothing to undo");
    // Somebody was quicker.
    town.press(&mut model, Action::Withdraw);
    town.post.outgoings.iter_mut().for_each(|one| one.state = OutgoingState::Draft);
    town.press(&mut model, Action::Undo);
    assert!(said(&model).starts_with("nothing undone"), "{}", said(&model));
}

#[test]
fn an_undoing_that_the_store_could_not_do_can_be_tried_again() {
    let mut town = Town::answering();
    town.post.outgoings = vec![outgoing(1, OutgoingState::Draft, "one")];
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::ViewOutbox);
    town.press(&mut model, Action::Withdraw);
    let cmds = model.update(Msg::Act { action: Action::Undo, count: None }).cmds;
    let Some(Cmd::Errand { question, .. }) = cmds.first() else { panic!("{cmds:?}") };
    let busy = Answer::Failed(SafeText::line("the store is busy", 80));
    town.tell(&mut model, Msg::Answer { question: *question, answer: busy });
    assert_eq!(said(&model), "the store is busy");
    town.press(&mut model, Action::Undo);
    assert_eq!(texts(&town, OutgoingState::Draft), ["one"]);
}

#[test]
fn an_approval_is_taken_back_while_it_is_held() {
    for key in [Action::Undo, Action::Recall] {
        let mut town = Town::answering();
        town.post.outgoings = vec![outgoing(3, OutgoingState::AwaitingApproval, "may I")];
        let mut model = town.model(as_voice("Ana"));
        town.press(&mut model, Action::ViewOutbox);
        town.press(&mut model, Action::Approve);
        assert_eq!(texts(&town, OutgoingState::Held), ["may I"]);
        assert!(said(&model).contains("u takes it back"), "{}", said(&model));
        town.press(&mut model, key);
        assert_eq!(texts(&town, OutgoingState::Draft), ["may I"], "{key:?}");
    }
    let mut town = Town::answering();
    town.post.outgoings = vec![outgoing(3, OutgoingState::AwaitingApproval, "may I")];
    let mut model = town.model(as_voice("Ana"));
    town.press(&mut model, Action::ViewOutbox);
    town.press(&mut model, Action::Approve);
    town.post.outgoings[0].state = OutgoingState::Sent;
    town.press(&mut model, Action::Undo);
    assert!(said(&model).contains("too late"), "{}", said(&model));
}

#[test]
fn where_a_second_voice_approves_the_first_must_have_a_name() {
    let mut town = Town::answering();
    let mut setup = setup((80, 24));
    setup.writer.approval = true;
    let mut model = open_with(&mut town, setup.clone());
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    town.press(&mut model, Action::SendAnyway);
    assert!(town.post.submitted.is_empty());
    let blocked = model.composer().unwrap().blocked().join("\n");
    assert!(blocked.contains(NO_VOICE) && blocked.contains("answering.voice") && blocked.contains("--voice"));
    setup.voice = Some("Kim".to_owned());
    let mut model = open_with(&mut town, setup);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted.len(), 1, "{}", reasons(&model));
    // Nor does anybody approve without one, or what has no name on it.
    town.post.outgoings = vec![outgoing(3, OutgoingState::AwaitingApproval, "may I")];
    town.post.outgoings[0].voice = None;
    for (voice, words) in [(None, "--voice NAME"), (Some("Ana"), "nobody's name is on it")] {
        let mut model = town.model(Setup { voice: voice.map(str::to_owned), ..as_voice("") });
        town.press(&mut model, Action::ViewOutbox);
        town.press(&mut model, Action::Approve);
        assert!(said(&model).contains(words), "{}", said(&model));
        assert_eq!(texts(&town, OutgoingState::AwaitingApproval).len(), 1);
    }
}

#[test]
fn what_others_settled_stops_it_and_is_told_once() {
    let mut town = Town::of_riders(&["Lou"]);
    let mut model = open_with(&mut town, as_voice("Kim"));
    if model.composer().is_none() {
        town.press(&mut model, Action::Reply);
    }
    let seen = town.cases.all[0].steps.iter().map(|step| step.id).max();
    type_in(&mut town, &mut model, KIND);
    let steps = vec![
        step(70, StepKind::Status(CaseStatus::Dismissed, Some(Dismissal::Spam))),
        step(71, StepKind::AnsweredByHand(SafeText::block("on the phone"))),
        step(72, StepKind::HandedTo(SafeText::block("the shop"), None)),
        step(73, StepKind::Status(CaseStatus::Resolved, None)),
    ];
    town.post.next = Some(Submission::Changed { turns: vec![], steps, claimed: None });
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted[0].seen.case, seen);
    let told = reasons(&model);
    for words in [
        "Lou dismissed it meanwhile: spam",
        "Lou answered by hand meanwhile: on the phone",
        "Lou handed it over meanwhile: the shop",
        "meanwhile Lou marked it as resolved",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    // Who writes on has seen it; who sends all the same need not.
    type_in(&mut town, &mut model, "!");
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.submitted[1].seen.case, Some(StepId(73)));
    assert!(!town.post.submitted[1].seen.all_the_same);
}

#[test]
fn another_voice_s_draft_is_shown_as_such_and_never_written_over() {
    let mut town = Town::answering();
    let mut kim = open_with(&mut town, as_voice("Kim"));
    type_in(&mut town, &mut kim, "so sorry");
    town.tell(&mut kim, Msg::Type(Typing::Cancel));
    town.post.outgoings[0].changed = minutes_ago(5);
    let theirs = town.post.outgoings[0].clone();
    // Who answers begins with a sheet of their own, and is told.
    let over = |town: &mut Town| {
        let mut model = open_with(town, as_voice("Ana"));
        assert_eq!(model.composer().unwrap().paper().text(), "@ana@hachyderm.io ");
        let notes = model.sheet_notes();
        assert!(notes[0].1.contains("an answer by Kim was begun, 5 min ago: ^x U"), "{notes:?}");
        town.press(&mut model, Action::RecallHere);
        model
    };
    let mut model = over(&mut town);
    let sheet = model.composer().unwrap();
    assert_eq!(sheet.paper().text(), "@ana@hachyderm.io so sorry");
    assert_eq!(sheet.theirs().unwrap().0.as_str(), "Kim");
    assert!(said(&model).contains("draft by Kim, 5 min ago"), "{}", said(&model));
    // Looked at and left: nothing is written.
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(5)));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert_eq!(town.post.outgoings, std::slice::from_ref(&theirs));
    // Emptied and left: theirs is not given up.
    let mut model = over(&mut town);
    for _ in 0..40 {
        town.tell(&mut model, Msg::Type(Typing::DeleteWord));
    }
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert_eq!(town.post.outgoings, std::slice::from_ref(&theirs));
    // Changed: a draft of one's own, which is found first from then on.
    let mut model = over(&mut town);
    type_in(&mut town, &mut model, " indeed");
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(9)));
    assert!(model.composer().unwrap().theirs().is_none(), "it is Ana's now");
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert_eq!((town.post.outgoings.len(), &town.post.outgoings[0]), (2, &theirs));
    assert!(town.post.outgoings[1].text().ends_with("so sorry indeed"));
    assert!(open_with(&mut town, as_voice("Ana")).composer().unwrap().paper().text().ends_with("indeed"));
    assert!(open_with(&mut town, as_voice("Kim")).composer().unwrap().paper().text().ends_with("so sorry"));
    // Sent as it is: theirs stays a draft.
    town.post.outgoings.truncate(1);
    let mut model = over(&mut town);
    let cmds = send_into_the_dark(&mut model);
    town.serve(&mut model, cmds);
    assert_eq!((texts(&town, OutgoingState::Held).len(), texts(&town, OutgoingState::Draft).len()), (1, 1));
}

#[test]
fn what_answered_something_that_is_gone_goes_to_no_more_people_than_it_did() {
    for (was, most) in [(Visibility::Private, 1), (Visibility::Unlisted, 2), (Visibility::Public, 3)] {
        let mut town = Town::answering();
        let gone = Some(MentionId(99_999));
        town.post.outgoings =
            vec![Outgoing { mention: gone, visibility: was, ..outgoing(1, OutgoingState::Draft, "sorry") }];
        let mut model = town.model(setup((80, 24)));
        town.press(&mut model, Action::ViewOutbox);
        town.press(&mut model, Action::Open);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..6 {
            let sheet = model.composer().unwrap();
            assert!(sheet.mention().is_none());
            assert_eq!(sheet.visibility().narrower(was), sheet.visibility(), "never wider than {was:?}");
            seen.insert(format!("{:?}", sheet.visibility()));
            town.press(&mut model, Action::Visibility);
        }
        assert_eq!(seen.len(), most, "{seen:?}");
    }
}

#[test]
fn an_account_without_a_handle_is_told_by_its_source() {
    let mut town = Town::answering();
    for identity in &mut town.post.identities {
        identity.handle = SafeText::default();
    }
    let mut setup = setup((80, 24));
    setup.writer.signature = Some("^AK".into());
    setup.writer.handles = vec![String::new()];
    let mut model = open_with(&mut town, setup);
    let sheet = model.composer().unwrap();
    assert_eq!(sheet.identity().unwrap().shown(), "account of source 2");
    type_in(&mut town, &mut model, KIND);
    assert!(model.composer().unwrap().finished(model.context()).ends_with("^AK"), "nobody's own account");
    town.post.outgoings = vec![outgoing(9, OutgoingState::Sent, "x")];
    town.press(&mut model, Action::Identity);
    let other = model.composer().unwrap().identity().unwrap().source;
    assert_eq!(model.outbox().account(other), "account of source 3");
}

#[test]
fn esc_while_an_answer_is_on_its_way_keeps_marks_and_words() {
    let riders = ["Lou", "Kim", "Max"];
    // What the store says, what stays marked, and what becomes of the words.
    let moved = || Submission::Changed { turns: vec![], steps: vec![], claimed: Some(SafeText::line("Zoe", 80)) };
    for (next, marked, held, drafts) in [
        (None, 2, 1, 0),
        (Some(Submission::AwaitingApproval), 2, 0, 1),
        (Some(moved()), 3, 0, 1),
        (Some(Submission::Stale), 3, 0, 1),
    ] {
        let stale = next == Some(Submission::Stale);
        let told = format!("{next:?}");
        let mut town = Town::of_riders(&riders);
        let mut model = town.model(as_voice("Ana"));
        town.press(&mut model, Action::ViewInbox);
        town.press(&mut model, Action::MarkAll);
        town.press(&mut model, Action::Reply);
        type_in(&mut town, &mut model, KIND);
        let cmds = send_into_the_dark(&mut model);
        let later = model.update(Msg::Type(Typing::Cancel)).cmds;
        assert!(model.composer().is_none() && model.batch().is_none());
        assert_eq!((model.desk().view(), model.inbox().marked().len()), (View::Inbox, 3), "nobody knows yet");
        assert!(!later.iter().any(|cmd| matches!(cmd, Cmd::Errand { .. })), "the words are on their way: {later:?}");
        town.post.next = next;
        if stale {
            // It went away under the sheet.
            let first = cmds.first().cloned();
            let save = first.and_then(|cmd| town.answer(cmd));
            save.into_iter().for_each(|msg| drop(model.update(msg)));
            town.post.outgoings.iter_mut().for_each(|one| one.state = OutgoingState::Withdrawn);
            town.serve(&mut model, cmds.into_iter().skip(1).collect());
        } else {
            town.serve(&mut model, cmds);
        }
        town.serve(&mut model, later);
        assert_eq!(model.inbox().marked().len(), marked, "{told}: {}", said(&model));
        assert_eq!(texts(&town, OutgoingState::Held).len(), held, "{told}");
        assert_eq!(texts(&town, OutgoingState::Draft).len(), drafts, "{told}: {}", said(&model));
        let kept = town.post.outgoings.iter().filter(|one| one.state != OutgoingState::Withdrawn);
        assert!(kept.clone().count() == 1 && kept.clone().all(|one| one.text().contains(KIND)), "{told}");
        if marked == 2 {
            assert!(said(&model).contains("1 of 3 answered, the others stay marked"), "{}", said(&model));
        } else if stale {
            assert!(said(&model).contains("your words are in a new one"), "{}", said(&model));
        } else {
            assert!(said(&model).contains("not sent: Zoe has taken this on; the draft is kept"), "{}", said(&model));
        }
        if held == 1 {
            town.press(&mut model, Action::Recall);
            assert_eq!(texts(&town, OutgoingState::Draft).len(), 1, "it can be taken back from here");
        }
    }
}

#[test]
fn words_that_could_not_be_saved_when_the_sheet_was_left_are_saved_later() {
    let mut town = Town::answering();
    let mut model = open_with(&mut town, setup((80, 24)));
    type_in(&mut town, &mut model, "half a thought");
    let cmds = model.update(Msg::Type(Typing::Cancel)).cmds;
    let save = cmds.iter().find_map(|cmd| match cmd {
        Cmd::Errand { question, errand: Errand::Save { .. } } => Some(*question),
        _ => None,
    });
    let busy = Answer::Failed(SafeText::line("the draft is not saved: the store is busy", 80));
    town.tell(&mut model, Msg::Answer { question: save.unwrap(), answer: busy });
    // The screen was to be woken for the words as they were typed.
    let cmds = town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_millis(450)));
    let woken = cmds.iter().find_map(|cmd| if let Cmd::Wake(at) = cmd { Some(*at) } else { None });
    assert!(model.composer().is_none() && town.post.outgoings.is_empty());
    let last = model.clone().last_words();
    assert!(matches!(last.as_slice(), [Cmd::Errand { errand: Errand::Save { .. }, .. }]), "{last:?}");
    town.tell(&mut model, Msg::Clock(woken.expect("it is tried again")));
    assert_eq!(texts(&town, OutgoingState::Draft), ["@ana@hachyderm.io half a thought"]);
    let saves = town.post.saves;
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(60)));
    assert_eq!(town.post.saves, saves, "once it is there, no more");
    assert!(model.last_words().is_empty());
}

#[test]
fn a_late_answer_about_a_sheet_that_is_gone_is_no_news() {
    let mut town = Town::answering();
    let mut model = open_with(&mut town, setup((80, 24)));
    type_in(&mut town, &mut model, KIND);
    let cmds = send_into_the_dark(&mut model);
    town.serve(&mut model, cmds);
    assert!(model.composer().is_none());
    let told = Told::Submitted(Submission::Stale, None);
    town.tell(&mut model, Msg::Answer { question: 4_711, answer: Answer::Told(told) });
    assert!(said(&model).starts_with("goes out in"), "{}", said(&model));
}

#[test]
fn who_is_forgotten_while_they_are_answered_leaves_the_screen() {
    let mut town = Town::answering();
    let mut model = open_with(&mut town, setup((120, 36)));
    let person = model.composer().and_then(|sheet| sheet.mention()).and_then(|mention| mention.person).unwrap();
    type_in(&mut town, &mut model, "I am sorry");
    town.press(&mut model, Action::PersonWhileWriting);
    let overlays = model.overlays().len();
    // Something else changed: everything stays.
    town.tell(&mut model, Msg::Engine(crate::engine::event::Event::Changed));
    let then = model.context().now() + SignedDuration::from_secs(5);
    town.tell(&mut model, Msg::Clock(then));
    assert!(model.composer().is_some());
    assert_eq!(model.overlays().len(), overlays);
    town.forgotten.push(person);
    town.tell(&mut model, Msg::Engine(crate::engine::event::Event::Changed));
    let then = model.context().now() + SignedDuration::from_secs(5);
    town.tell(&mut model, Msg::Clock(then));
    assert!(model.composer().is_none() && model.overlays().is_empty());
    assert!(model.people().file().known().is_none());
    assert!(said(&model).contains("stored no more"), "{}", said(&model));
}
