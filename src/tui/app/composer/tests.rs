use crate::domain::outbox::{OutgoingState, Submission};
use crate::domain::time::SignedDuration;
use crate::domain::{Answerable, OutgoingId, SafeText, Visibility};
use crate::domain::{TextRules, Timestamp};
use crate::engine::Event;
use crate::tui::app::action::Action;
use crate::tui::app::composer::errand::{Errand, Told};
use crate::tui::app::composer::gate::Then;
use crate::tui::app::composer::replies::SavedReply;
use crate::tui::app::composer::{Way, advice};
use crate::tui::app::msg::{Answer, Typing};
use crate::tui::app::samples::postbox::{outgoing, rules, turn};
use crate::tui::app::samples::{Town, now, setup};
use crate::tui::app::{Cmd, InputMode, Model, Msg, Setup};

const KIND: &str =
    "I am sorry that your chain snapped, Ana. I am sending you a new one today and you have it tomorrow.";

fn open(town: &mut Town) -> Model {
    open_with(town, setup((80, 24)))
}

fn open_with(town: &mut Town, setup: Setup) -> Model {
    let mut model = town.model(setup);
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    model
}

fn type_in(town: &mut Town, model: &mut Model, words: &str) -> Vec<Cmd> {
    let keys = words.chars().map(|sign| if sign == '\n' { Typing::Submit } else { Typing::Character(sign) });
    keys.flat_map(|key| town.tell(model, Msg::Type(key))).collect()
}

fn after(milliseconds: i64) -> Msg {
    Msg::Clock(now() + SignedDuration::from_millis(milliseconds))
}

fn text(model: &Model) -> String {
    model.composer().expect("the sheet is open").paper().text()
}

fn said(model: &Model) -> String {
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn reasons(model: &Model) -> String {
    model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.reasons.join("\n")).unwrap_or_default()
}

#[test]
fn from_the_mention_under_the_cursor_to_a_draft_takes_one_key() {
    let mut town = Town::answering();
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::Down);
    let mut keys = 0;
    while model.input_mode() != InputMode::Composer {
        town.press(&mut model, Action::Reply);
        keys += 1;
        assert!(keys <= 2, "two keys at most");
    }
    assert_eq!(keys, 1);
    let sheet = model.composer().unwrap();
    assert_eq!(sheet.paper().text(), "@ana@hachyderm.io ", "whom it answers is named where the network wants that");
    assert_eq!(sheet.thread().turns().len(), 3, "the thread is there, and what is answered");
    assert_eq!(sheet.card().unwrap().promises.len(), 1);
    assert_eq!(sheet.identity().unwrap().handle.as_str(), "ferris@hachyderm.io");
    assert_eq!(sheet.lang(), Some("en"));
}

#[test]
fn no_name_where_the_structure_of_the_thread_addresses() {
    let mut town = Town::answering();
    for identity in &mut town.post.identities {
        identity.rules = Some(TextRules { names_whom: false, ..rules() });
    }
    assert_eq!(text(&open(&mut town)), "");
}

#[test]
fn every_pause_saves_and_no_more_than_that_is_lost() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    let cmds = type_in(&mut town, &mut model, "S");
    let wakes: Vec<Timestamp> =
        cmds.iter().filter_map(|cmd| if let Cmd::Wake(at) = cmd { Some(*at) } else { None }).collect();
    assert_eq!(wakes, [now() + SignedDuration::from_millis(400)]);
    assert!(type_in(&mut town, &mut model, "orry").iter().all(|cmd| !matches!(cmd, Cmd::Wake(_))), "woken once");
    assert_eq!(town.post.saves, 0);
    town.tell(&mut model, after(401));
    assert_eq!((town.post.saves, town.post.outgoings[0].text().as_str()), (1, "@ana@hachyderm.io Sorry"));
    town.tell(&mut model, after(900));
    assert_eq!(town.post.saves, 1, "nothing changed");
    type_in(&mut town, &mut model, "!");
    town.tell(&mut model, after(1_400));
    assert_eq!((town.post.saves, town.post.outgoings.len()), (2, 1), "over the same draft");
    type_in(&mut town, &mut model, " now");
    town.press(&mut model, Action::Suspend);
    assert!(town.post.outgoings[0].text().ends_with("now"), "before the screen goes away");
    type_in(&mut town, &mut model, "!");
    let last = model.last_words();
    assert!(matches!(last.as_slice(), [Cmd::Errand { errand: Errand::Save { .. }, .. }]), "{last:?}");
}

#[test]
fn esc_keeps_the_draft_and_the_mention_brings_it_back() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, "half a thought");
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(model.composer().is_none());
    assert!(said(&model).contains("the draft is kept"), "{}", said(&model));
    assert_eq!(
        model.stream().selected().map(|row| row.id),
        town.post.outgoings[0].mention,
        "back where the reader was"
    );
    town.press(&mut model, Action::Reply);
    let sheet = model.composer().unwrap();
    assert_eq!(sheet.paper().text(), "@ana@hachyderm.io half a thought");
    assert_eq!(sheet.paper().cursor(), sheet.paper().text().len());
}

#[test]
fn a_sheet_that_was_not_written_on_leaves_nothing() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(town.post.outgoings.is_empty());
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, "x");
    town.tell(&mut model, after(500));
    town.tell(&mut model, Msg::Type(Typing::Backspace));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert_eq!(town.post.outgoings[0].state, OutgoingState::Withdrawn);
}

#[test]
fn a_good_answer_goes_out_with_the_chord_alone() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    let advice: Vec<&str> = {
        town.press(&mut model, Action::Send);
        model
            .composer()
            .map(|sheet| sheet.advice().remarks().iter().map(|remark| advice::name(remark.flag)).collect())
            .unwrap_or_default()
    };
    assert!(model.composer().is_none(), "asked: {} {advice:?}", reasons(&model));
    assert_eq!(town.post.submitted.len(), 1);
    let wish = &town.post.submitted[0];
    assert!(!wish.seen.all_the_same && wish.seen.newest.is_some() && wish.seen.mention.is_some());
    assert_eq!(town.post.outgoings[0].state, OutgoingState::Held);
    assert!(said(&model).contains("goes out in 10 s"), "{}", said(&model));
}

#[test]
fn enter_and_pastes_write_and_never_send() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::block("one\n\n\u{18}s two\n"))));
    type_in(&mut town, &mut model, "\n\n");
    assert!(town.post.submitted.is_empty());
    assert!(text(&model).contains("one\n\n"));
    town.press(&mut model, Action::SendAnyway);
    assert!(town.post.submitted.is_empty(), "nothing was asked");
}

#[test]
fn another_account_than_the_last_one_costs_a_key() {
    let mut town = Town::answering();
    town.post.outgoings.push(outgoing(1, OutgoingState::Sent, "hello"));
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Identity);
    assert!(model.composer().unwrap().is_unusual());
    town.press(&mut model, Action::Send);
    assert!(town.post.submitted.is_empty());
    assert!(reasons(&model).contains("ferris-rides@hachyderm.io"), "{}", reasons(&model));
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1);
    assert_eq!(town.post.outgoings.last().unwrap().source.0, 3);
}

#[test]
fn what_the_coach_says_costs_a_key_and_another_letter_takes_the_question_back() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(
        &mut town,
        &mut model,
        "That is not true. Buy the new S3 today, 20% off with the code FERRIS, and you will forget about it.",
    );
    town.tell(&mut model, after(500));
    assert!(!model.composer().unwrap().advice().marks().is_empty());
    town.press(&mut model, Action::Send);
    assert!(!reasons(&model).is_empty() && town.post.submitted.is_empty());
    type_in(&mut town, &mut model, "!");
    assert!(reasons(&model).is_empty());
    town.press(&mut model, Action::Send);
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(reasons(&model).is_empty() && model.composer().is_some(), "Esc goes back to the text first");
    town.press(&mut model, Action::Send);
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1);
}

#[test]
fn a_blank_that_is_not_filled_blocks() {
    let mut town = Town::answering();
    let mut setup = setup((80, 24));
    let reply = SavedReply { name: "chain".into(), text: format!("Dear {{first name}}, {KIND} {{voice}}") };
    setup.writer.replies = vec![reply];
    setup.voice = Some("Kim".into());
    let mut model = open_with(&mut town, setup);
    town.press(&mut model, Action::SavedReply);
    town.tell(&mut model, Msg::Type(Typing::Submit));
    assert!(text(&model).contains("{first name}") && text(&model).ends_with("Kim"), "{}", text(&model));
    town.tell(&mut model, Msg::Type(Typing::End));
    town.press(&mut model, Action::Send);
    assert!(model.composer().unwrap().blocked()[0].contains("{first name}"));
    town.press(&mut model, Action::SendAnyway);
    assert!(town.post.submitted.is_empty(), "no key sends a blank");
    town.tell(&mut model, Msg::Type(Typing::Jump));
    type_in(&mut town, &mut model, "Ana");
    assert!(text(&model).contains("Dear Ana, "), "{}", text(&model));
    town.press(&mut model, Action::Send);
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1);
}

#[test]
fn what_is_too_long_blocks_until_it_may_go_out_as_several_posts() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, &format!("{KIND} {KIND} {KIND}"));
    let tally = model.composer().unwrap().tally(model.context());
    assert!(tally.is_over());
    town.press(&mut model, Action::Send);
    assert!(model.composer().unwrap().blocked()[0].contains("too many"), "{:?}", model.composer().unwrap().blocked());
    town.press(&mut model, Action::Parts);
    assert_eq!(model.composer().unwrap().posts(model.context()).unwrap().len(), 2);
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("2 posts"), "{}", reasons(&model));
    town.press(&mut model, Action::SendAnyway);
    let parts = &town.post.outgoings[0].parts;
    assert!(parts.len() == 2 && parts[0].text.ends_with("1/2"), "{parts:?}");
    town.press(&mut model, Action::Recall);
    assert!(!text(&model).contains("1/2"), "numbers are not the writer's");
    town.press(&mut model, Action::Parts);
    assert_eq!(said(&model), "one post again: it is too long for that");
    type_in(&mut town, &mut model, &KIND.repeat(60));
    town.press(&mut model, Action::Parts);
    assert_eq!(said(&model), "too long also for 9 posts: shorten it");
}

#[test]
fn a_thread_that_moved_on_stops_it_and_shows_what_changed() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    let moved = vec![turn(1, false, "Never mind, the shop fixed it!")];
    town.post.next = Some(Submission::Changed { turns: moved, steps: vec![], claimed: Some(SafeText::line("Lou", 9)) });
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("Never mind") && reasons(&model).contains("Lou"), "{}", reasons(&model));
    let sheet = model.composer().unwrap();
    assert_eq!(sheet.asking().unwrap().then, Then::SendAllTheSame);
    assert_eq!(sheet.thread().turns().len(), 4);
    town.press(&mut model, Action::SendAnyway);
    assert!(town.post.submitted.last().unwrap().seen.all_the_same);
    assert!(model.composer().is_none());
}

#[test]
fn another_answer_on_its_way_and_a_draft_that_went_elsewhere_stop_it_too() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    town.post.next = Some(Submission::Answered(OutgoingId(7), Some(SafeText::line("Lou", 9))));
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("an answer by Lou"), "{}", reasons(&model));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.post.next = Some(Submission::Stale);
    town.press(&mut model, Action::Send);
    assert!(model.composer().unwrap().blocked()[0].contains("another screen"));
    assert!(text(&model).contains("sorry"));
}

#[test]
fn a_store_that_fails_loses_nothing() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    for sign in "words".chars() {
        let _ = model.update(Msg::Type(Typing::Character(sign)));
    }
    let cmds = model.update(after(500)).cmds;
    let Some(Cmd::Errand { question, errand: Errand::Save { .. } }) = cmds.first() else { panic!("{cmds:?}") };
    let failed = Answer::Failed(SafeText::line("the disk is full", 80));
    let cmds = model.update(Msg::Answer { question: *question, answer: failed }).cmds;
    assert!(said(&model).contains("the disk is full"));
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Wake(_))), "tried again: {cmds:?}");
    town.tell(&mut model, after(3_000));
    assert_eq!(town.post.saves, 1);
    let mut cmds = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    cmds.extend(model.update(Msg::Act { action: Action::SendAnyway, count: None }).cmds);
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Errand { errand: Errand::Submit(_), .. })));
    for cmd in &cmds {
        if let Cmd::Errand { question, errand: Errand::Submit(_) } = cmd {
            let answer = Answer::Failed(SafeText::line("not sent", 80));
            let _ = model.update(Msg::Answer { question: *question, answer });
        }
    }
    assert!(text(&model).ends_with("words"), "the sheet stays");
    assert!(!model.composer().unwrap().is_sending(), "and can be sent again");
}

#[test]
fn what_is_held_is_taken_back_and_written_on() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    assert_eq!(model.outbox().newest_held(|_| true).map(|one| one.state), Some(OutgoingState::Held));
    town.press(&mut model, Action::Recall);
    assert!(text(&model).ends_with("tomorrow."));
    assert!(model.composer().unwrap().mention().is_some(), "with what it answers");
    assert_eq!(town.post.outgoings[0].state, OutgoingState::Draft);
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::Recall);
    assert_eq!(said(&model), "nothing is held in the outbox");
}

#[test]
fn where_nothing_publishes_the_words_are_handed_out_and_the_person_s_word_counts() {
    let mut town = Town::answering();
    town.post.identities.clear();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    let cmds = town.press(&mut model, Action::Send);
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Copy(words) if words.contains("sorry"))), "{cmds:?}");
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Browse(_))));
    assert!(town.post.by_hand.is_empty() && reasons(&model).contains("clipboard"));
    let asking = model.composer().and_then(|sheet| sheet.asking()).cloned().unwrap();
    assert_eq!(asking.yes(), "I posted it");
    // Keys and pastes of whoever comes back write nothing, and the question stands.
    let words = text(&model);
    town.tell(&mut model, Msg::Type(Typing::Character('g')));
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::line("https://example.com", 40))));
    assert_eq!(text(&model), words);
    assert_eq!(model.composer().and_then(|sheet| sheet.asking()), Some(&asking));
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.by_hand.len(), 1);
    assert!(model.composer().is_none());
    assert_eq!(said(&model), "recorded: you answered");
}

#[test]
fn where_nobody_can_answer_it_is_said_at_once() {
    let mut town = Town::answering();
    town.post.answerable = Answerable::Nowhere;
    let model = open(&mut town);
    assert!(model.composer().is_none());
    assert!(said(&model).contains("nobody can answer"), "{}", said(&model));
    town.post.answerable = Answerable::InBrowser;
    assert!(open(&mut town).composer().unwrap().identity().is_none());
}

#[test]
fn one_key_stops_all_sending_and_lifting_it_takes_two() {
    let mut town = Town::answering();
    let mut model = town.model(setup((80, 24)));
    town.press(&mut model, Action::StopSending);
    assert!(town.post.stopped && model.outbox().stopped());
    assert!(model.desk().layout().banner.is_some());
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    assert!(town.post.submitted.is_empty());
    assert!(model.composer().unwrap().blocked()[0].contains("stopped"));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::StopSending);
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::StopSending);
    assert!(town.post.stopped, "another key in between: no decision");
    town.press(&mut model, Action::StopSending);
    assert!(!town.post.stopped && !model.outbox().stopped());
    town.post.stopped = true;
    town.tell(&mut model, Msg::Engine(Event::SendingStopped(true)));
    assert!(model.outbox().stopped(), "another process did it");
}

#[test]
fn the_stop_that_is_shown_is_what_the_store_says() {
    let mut town = Town::answering();
    let mut model = town.model(setup((80, 24)));
    // The second key comes before the store has answered the first: it is no second stop, and lifts nothing yet.
    let first = model.update(Msg::Act { action: Action::StopSending, count: None }).cmds;
    let second = model.update(Msg::Act { action: Action::StopSending, count: None }).cmds;
    let stops = |cmds: &[Cmd]| cmds.iter().filter(|cmd| matches!(cmd, Cmd::Errand { .. })).count();
    assert_eq!((stops(&first), stops(&second)), (1, 0));
    town.serve(&mut model, first);
    town.serve(&mut model, second);
    assert!(town.post.stopped && model.outbox().stopped());
    town.press(&mut model, Action::StopSending);
    assert!(!town.post.stopped && !model.outbox().stopped(), "once more lets it go on");
    // News that was on its way all the while is old: the store knows better.
    town.tell(&mut model, Msg::Engine(Event::SendingStopped(true)));
    assert!(!model.outbox().stopped());
}

#[test]
fn the_signature_stands_once_and_not_under_the_voice_s_own_account() {
    let mut town = Town::answering();
    let mut setup = setup((80, 24));
    setup.writer.signature = Some("^AK".into());
    setup.writer.handles = vec!["Ferris-rides@hachyderm.io".into()];
    let mut model = open_with(&mut town, setup);
    type_in(&mut town, &mut model, "On its way.");
    let finished = |model: &Model| model.composer().unwrap().finished(model.context());
    assert!(finished(&model).ends_with("On its way. ^AK"));
    type_in(&mut town, &mut model, " ^AK");
    assert_eq!(finished(&model).matches("^AK").count(), 1);
    for _ in " ^AK".chars() {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    town.press(&mut model, Action::Send);
    town.press(&mut model, Action::SendAnyway);
    assert!(town.post.outgoings[0].text().ends_with("On its way. ^AK"), "{}", town.post.outgoings[0].text());
    town.press(&mut model, Action::Recall);
    assert!(text(&model).ends_with("On its way."), "what is taken back is the writer's words: {}", text(&model));
    town.press(&mut model, Action::Identity);
    assert!(!finished(&model).ends_with("^AK"));
}

#[test]
fn what_is_answered_bounds_who_may_read_it_and_its_warning_is_inherited() {
    let mut town = Town::answering();
    for row in &mut town.rows {
        row.visibility = Visibility::Unlisted;
        row.content_warning = SafeText::line("bicycles", 80);
    }
    let mut model = open(&mut town);
    assert_eq!(model.composer().unwrap().warning(), "bicycles");
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(model.composer().unwrap().visibility());
        town.press(&mut model, Action::Visibility);
    }
    assert!(!seen.contains(&Visibility::Public) && seen.contains(&Visibility::Private), "{seen:?}");
    town.press(&mut model, Action::Warning);
    assert_eq!(model.composer().unwrap().warning(), "");
    town.press(&mut model, Action::Warning);
    assert_eq!(model.composer().unwrap().warning(), "bicycles");
}

#[test]
fn the_editor_s_words_come_back_and_can_be_undone() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, "old");
    let cmds = town.press(&mut model, Action::Editor);
    assert_eq!(town.post.saves, 1, "the draft is saved first");
    let Some(Cmd::Edit { question, text: words }) = cmds.iter().find(|cmd| matches!(cmd, Cmd::Edit { .. })) else {
        panic!("{cmds:?}")
    };
    assert_eq!(words, "@ana@hachyderm.io old");
    let told = Told::Edited(Ok("new\u{1b}[31m words\n".into()));
    town.tell(&mut model, Msg::Answer { question: *question, answer: Answer::Told(told) });
    assert_eq!(text(&model), "new words");
    town.press(&mut model, Action::UndoText);
    town.press(&mut model, Action::UndoText);
    assert_eq!(text(&model), "@ana@hachyderm.io old");
}

#[test]
fn the_same_words_to_others_are_noticed_and_quotes_need_markup() {
    let mut town = Town::answering();
    town.post.sent = vec![(OutgoingId(1), format!("@lou {KIND}")), (OutgoingId(2), format!("@kim {KIND}"))];
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains("2 others"), "{}", reasons(&model));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::Quote);
    assert!(said(&model).contains("no quotations"), "{}", said(&model));
    for identity in &mut town.post.identities {
        identity.rules = Some(TextRules { markdown: true, ..TextRules::default() });
    }
    let mut model = open(&mut town);
    town.tell(&mut model, Msg::Type(Typing::PageUp));
    town.press(&mut model, Action::Quote);
    assert!(text(&model).starts_with("> "), "{}", text(&model));
}

#[test]
fn while_it_is_on_its_way_into_the_outbox_it_is_not_sent_twice() {
    let mut town = Town::answering();
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    let first = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    let second = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    let wishes =
        |cmds: &[Cmd]| cmds.iter().filter(|cmd| matches!(cmd, Cmd::Errand { errand: Errand::Submit(_), .. })).count();
    assert_eq!((wishes(&first), wishes(&second)), (1, 0));
}

#[test]
fn accounts_that_come_to_be_known_while_an_answer_is_written_are_taken_in_and_confirmed() {
    let mut town = Town::answering();
    let known = std::mem::take(&mut town.post.identities);
    let mut model = open(&mut town);
    assert_eq!(model.composer().map(|sheet| sheet.way()), Some(&Way::ByHand));
    type_in(&mut town, &mut model, KIND);
    // Nothing came to be known: nothing changes.
    town.tell(&mut model, Msg::Engine(Event::Changed));
    town.tell(&mut model, after(2_000));
    assert_eq!((model.composer().map(|sheet| sheet.way()), text(&model).as_str()), (Some(&Way::ByHand), KIND));
    town.post.identities = known;
    town.tell(&mut model, Msg::Engine(Event::Changed));
    town.tell(&mut model, after(4_000));
    let sheet = model.composer().unwrap();
    let handle = sheet.identity().expect("an account").handle.to_string();
    // The name in front, by which the answer reaches its person, is put there; every word stays.
    assert_eq!(text(&model), format!("@ana@hachyderm.io {KIND}"));
    assert!(said(&model).contains(&handle), "{}", said(&model));
    type_in(&mut town, &mut model, "!");
    assert!(text(&model).ends_with("tomorrow.!"), "the cursor is where it was");
    town.tell(&mut model, Msg::Type(Typing::Backspace));
    town.press(&mut model, Action::Send);
    assert!(reasons(&model).contains(&format!("under {handle}, which was not known")), "{}", reasons(&model));
    assert!(town.post.submitted.is_empty());
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.submitted.len(), 1);
}

#[test]
fn words_that_are_being_posted_by_hand_are_recorded_whatever_comes_to_be_known() {
    let mut town = Town::answering();
    let known = std::mem::take(&mut town.post.identities);
    let mut model = open(&mut town);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    assert_eq!(model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.then), Some(Then::Record));
    town.post.identities = known;
    town.tell(&mut model, Msg::Engine(Event::Changed));
    town.tell(&mut model, after(2_000));
    assert_eq!(model.composer().and_then(|sheet| sheet.asking()).map(|asking| asking.then), Some(Then::Record));
    town.press(&mut model, Action::SendAnyway);
    assert_eq!(town.post.by_hand, [KIND]);
}
