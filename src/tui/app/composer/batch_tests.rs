use crate::domain::case::{Claim, Step, StepKind};
use crate::domain::outbox::OutgoingState;
use crate::domain::time::SignedDuration;
use crate::domain::{Answerable, CaseId, SafeText, StepId};
use crate::tui::app::action::Action;
use crate::tui::app::composer::replies::SavedReply;
use crate::tui::app::layout::View;
use crate::tui::app::msg::Typing;
use crate::tui::app::samples::{Town, now, setup};
use crate::tui::app::{Cmd, InputMode, Model, Msg, Setup};

const RIDERS: [&str; 5] = ["Lou", "Kim", "Max", "Zoe", "Bo"];
const KIND: &str = "I am sorry that your chain snapped. I am sending you a new one today and you have it tomorrow.";

/// Five riders' cases, all of them marked in the inbox.
fn marked(town: &mut Town) -> Model {
    marked_with(town, Setup { voice: Some("Ana".into()), ..setup((80, 24)) })
}

fn marked_with(town: &mut Town, setup: Setup) -> Model {
    let mut model = town.model(setup);
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::MarkAll);
    assert_eq!(model.inbox().marked().len(), town.cases.all.len());
    model
}

fn type_in(town: &mut Town, model: &mut Model, words: &str) {
    for sign in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(sign)));
    }
}

/// Sends, with the deliberate key where something is asked.
fn send(town: &mut Town, model: &mut Model) {
    let before = town.post.submitted.len();
    town.press(model, Action::Send);
    if town.post.submitted.len() == before {
        town.press(model, Action::SendAnyway);
    }
    assert_eq!(town.post.submitted.len(), before + 1, "{:?}", model.composer().map(|sheet| sheet.blocked().to_vec()));
}

fn text(model: &Model) -> String {
    model.composer().expect("a sheet is open").paper().text()
}

fn said(model: &Model) -> String {
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn reasons(model: &Model) -> String {
    model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.reasons.join("\n")).unwrap_or_default()
}

fn held(town: &Town) -> Vec<String> {
    town.post.outgoings.iter().filter(|one| one.state == OutgoingState::Held).map(|one| one.text()).collect()
}

fn drafts(town: &Town) -> Vec<String> {
    town.post.outgoings.iter().filter(|one| one.state == OutgoingState::Draft).map(|one| one.text()).collect()
}

#[test]
fn five_are_answered_one_after_the_other_each_in_words_of_their_own() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    assert_eq!(model.batch(), Some((1, 5)));
    assert_eq!(text(&model), "@lou@riders.example ", "the first in the inbox's order");
    type_in(&mut town, &mut model, &format!("Hi Lou! {KIND}"));
    for (n, name) in RIDERS.iter().enumerate() {
        assert_eq!(model.batch(), Some((n + 1, 5)));
        assert_eq!(text(&model), format!("@{}@riders.example Hi {name}! {KIND}", name.to_lowercase()));
        assert_eq!(town.post.outgoings.len(), n, "nothing is written for those who are still to come");
        assert_eq!(model.inbox().marked().len(), 5 - n);
        if n > 0 {
            town.press(&mut model, Action::Send);
            let others = if n == 1 { "one other".to_owned() } else { format!("{n} others") };
            assert!(
                reasons(&model).contains(&format!("nearly the same was just sent to {others}")),
                "{}",
                reasons(&model)
            );
            town.tell(&mut model, Msg::Type(Typing::Cancel));
            assert!(model.composer().is_some(), "Esc goes back to the text first");
        }
        send(&mut town, &mut model);
    }
    assert!(model.composer().is_none() && model.batch().is_none() && model.inbox().marked().is_empty());
    assert_eq!(model.desk().view(), View::Inbox, "back where the reader was");
    assert!(said(&model).contains("all 5 are answered"), "{}", said(&model));
    let held = held(&town);
    assert_eq!(held.len(), 5);
    for (text, name) in held.iter().zip(RIDERS) {
        assert!(text.starts_with(&format!("@{}@riders.example Hi {name}!", name.to_lowercase())), "{text}");
    }
}

#[test]
fn words_written_by_hand_stay_and_a_saved_reply_is_filled_anew() {
    let mut town = Town::of_riders(&RIDERS);
    let mut setup = setup((80, 24));
    let words = format!("Dear {{name}}, {KIND} {{code}} {{handle}}");
    setup.writer.replies = vec![SavedReply { name: "chain".into(), text: words }];
    let mut model = marked_with(&mut town, setup);
    town.press(&mut model, Action::Reply);
    town.press(&mut model, Action::SavedReply);
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert!(text(&model).contains("Dear Lou Example, "), "{}", text(&model));
    type_in(&mut town, &mut model, "4711");
    send(&mut town, &mut model);
    // What was filled in for one is meant for nobody else.
    assert_eq!(text(&model), format!("@kim@riders.example Dear Kim Example, {KIND} {{code}} @kim@riders.example"));
}

#[test]
fn a_blank_that_was_filled_for_one_is_open_for_the_next_and_other_words_are_not() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, &format!("Hi {{nickname}}, {KIND}"));
    town.press(&mut model, Action::Send);
    assert_eq!(town.post.outgoings.len(), 0, "an open blank blocks");
    town.tell(&mut model, Msg::Type(Typing::Jump));
    type_in(&mut town, &mut model, "Loulou");
    assert_eq!(text(&model), format!("@lou@riders.example Hi Loulou, {KIND}"));
    send(&mut town, &mut model);
    assert_eq!(text(&model), format!("@kim@riders.example Hi {{nickname}}, {KIND}"));
    // Words that are begun anew have no blanks to open.
    town.tell(&mut model, Msg::Type(Typing::End));
    for _ in 0..60 {
        town.tell(&mut model, Msg::Type(Typing::DeleteWord));
    }
    type_in(&mut town, &mut model, KIND);
    send(&mut town, &mut model);
    assert!(text(&model).ends_with(KIND) && !text(&model).contains('{'), "{}", text(&model));
}

#[test]
fn who_is_skipped_stays_marked_and_what_was_written_for_them_is_kept() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    send(&mut town, &mut model);
    town.press(&mut model, Action::Skip);
    assert_eq!(model.batch(), Some((3, 5)));
    assert!(drafts(&town).is_empty(), "nothing of the writer's own was on it");
    assert_eq!(text(&model), format!("@max@riders.example {KIND}"), "the words go on");
    type_in(&mut town, &mut model, " Bye!");
    town.press(&mut model, Action::Skip);
    assert_eq!(drafts(&town), [format!("@max@riders.example {KIND} Bye!")]);
    assert!(said(&model).contains("its draft is kept"), "{}", said(&model));
    send(&mut town, &mut model);
    town.press(&mut model, Action::Skip);
    assert!(model.composer().is_none());
    assert!(said(&model).contains("2 of 5 answered, the others stay marked"), "{}", said(&model));
    assert_eq!(model.inbox().marked().iter().map(|id| id.0).collect::<Vec<_>>(), [2, 3, 5]);
    town.press(&mut model, Action::Reply);
    assert_eq!(model.batch(), Some((1, 3)), "and those are the next batch");
}

#[test]
fn esc_ends_it_and_keeps_the_draft_and_the_marks_of_those_that_remain() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    send(&mut town, &mut model);
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(model.composer().is_none() && model.batch().is_none());
    assert_eq!((held(&town).len(), drafts(&town)), (1, vec![format!("@kim@riders.example {KIND}")]));
    assert_eq!(model.inbox().marked().len(), 4);
    assert!(said(&model).contains("the draft is kept") && said(&model).contains("1 of 5 answered"), "{}", said(&model));
    assert_eq!(model.desk().view(), View::Inbox);
    town.press(&mut model, Action::Reply);
    assert_eq!((model.batch(), text(&model)), (Some((1, 4)), format!("@kim@riders.example {KIND}")));
}

#[test]
fn what_another_voice_has_or_answered_meanwhile_is_left_out_and_told() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    let until = now() + SignedDuration::from_mins(20);
    town.cases.all[1].row.claim = Some(Claim { voice: SafeText::line("Kim", 80), until });
    let later = now() + SignedDuration::from_secs(5);
    let answered = StepKind::AnsweredByHand(SafeText::line("done", 80));
    town.cases.all[2].steps.push(Step {
        id: StepId(9),
        at: later,
        voice: None,
        kind: answered,
        account: None,
        undone: false,
    });
    town.cases.all[3].row.claim = Some(Claim { voice: SafeText::line("Ana", 80), until });
    send(&mut town, &mut model);
    assert_eq!((model.batch(), text(&model)), (Some((4, 5)), format!("@zoe@riders.example {KIND}")));
    let told = said(&model);
    assert!(told.contains("kim@riders.example (Kim has taken it on)"), "{told}");
    assert!(told.contains("max@riders.example (answered meanwhile)"), "{told}");
    send(&mut town, &mut model);
    send(&mut town, &mut model);
    assert!(said(&model).contains("3 of 5 answered, the others stay marked; left out"), "{}", said(&model));
    assert_eq!(model.inbox().marked().iter().copied().collect::<Vec<_>>(), [CaseId(2), CaseId(3)]);
}

#[test]
fn marked_mentions_are_answered_by_their_turn_and_those_without_a_case_last() {
    let mut town = Town::of_riders(&RIDERS);
    let gone = town.cases.all.remove(0);
    let mut model = town.model(setup((80, 24)));
    for _ in 0..5 {
        town.press(&mut model, Action::Mark);
    }
    assert_eq!(model.marks().len(), 5);
    town.press(&mut model, Action::Reply);
    assert_eq!(text(&model), "@kim@riders.example ");
    for n in 0..4 {
        assert_eq!(model.marks().len(), 5 - n);
        type_in(&mut town, &mut model, "Thank you, it is on its way. ");
        send(&mut town, &mut model);
    }
    assert_eq!(model.composer().unwrap().mention().unwrap().row.id, gone.row.mention.id);
    send(&mut town, &mut model);
    assert!(model.marks().is_empty());
}

#[test]
fn between_two_sheets_keys_mean_nothing_but_esc() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    let cmds = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    // The store answers, but the next sheet is not there yet.
    let mut waiting: Vec<Cmd> = Vec::new();
    for cmd in cmds {
        if let Some(msg) = town.answer(cmd) {
            waiting.extend(model.update(msg).cmds);
        }
    }
    assert_eq!((model.batch(), model.input_mode()), (Some((2, 5)), InputMode::Composer));
    let (before, saves) = (text(&model), town.post.saves);
    type_in(&mut town, &mut model, "e");
    town.press(&mut model, Action::Send);
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(5)));
    assert!(model.last_words().is_empty(), "what was sent is no draft any more");
    assert_eq!((text(&model), town.post.saves, town.post.submitted.len()), (before, saves, 1));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(model.composer().is_none() && model.batch().is_none());
    town.serve(&mut model, waiting);
    assert!(model.composer().is_none(), "what comes late opens nothing");
    assert_eq!(model.inbox().marked().len(), 4);
}

#[test]
fn an_answer_by_hand_counts_and_a_single_sheet_cannot_be_skipped() {
    let mut town = Town::of_riders(&RIDERS);
    town.post.answerable = Answerable::InBrowser;
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    town.press(&mut model, Action::SendAnyway);
    if town.post.by_hand.is_empty() {
        town.press(&mut model, Action::SendAnyway);
    }
    assert_eq!((town.post.by_hand.len(), model.batch()), (1, Some((2, 5))));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    let mut town = Town::answering();
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    town.press(&mut model, Action::Skip);
    assert!(model.composer().is_some() && said(&model).contains("the only one"), "{}", said(&model));
}

#[test]
fn edits_go_on_to_the_next_one_and_what_is_for_this_one_is_said() {
    let mut town = Town::of_riders(&RIDERS);
    let mut model = marked(&mut town);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, "Hi {nickname}, sorry about the chain, a new one goes out today");
    town.tell(&mut model, Msg::Type(Typing::Jump));
    type_in(&mut town, &mut model, "Loulou");
    town.tell(&mut model, Msg::Type(Typing::End));
    type_in(&mut town, &mut model, ", promised!");
    assert_eq!(
        text(&model),
        "@lou@riders.example Hi Loulou, sorry about the chain, a new one goes out today, promised!"
    );
    let notes: Vec<String> = model.sheet_notes().into_iter().map(|(_, words)| words).collect();
    assert_eq!(notes, ["only for this one: “Loulou”; the rest of your words goes on to the next"]);
    send(&mut town, &mut model);
    assert_eq!(
        text(&model),
        "@kim@riders.example Hi {nickname}, sorry about the chain, a new one goes out today, promised!"
    );
}
