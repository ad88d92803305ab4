//! How answers on their way are told: when the program is left and begun again, on the case, and on the sheet.

use crate::domain::case::{Passage, Step, StepKind};
use crate::domain::outbox::{Outgoing, OutgoingState, Submission};
use crate::domain::time::SignedDuration;
use crate::domain::{CaseId, OutgoingId, SafeText, SourceId, StepId};
use crate::engine::Event;
use crate::tui::app::action::Action;
use crate::tui::app::cmd::Load;
use crate::tui::app::composer::errand::Errand;
use crate::tui::app::msg::{Pasted, Typing};
use crate::tui::app::overlay::Overlay;
use crate::tui::app::samples::postbox::{outgoing, turn};
use crate::tui::app::samples::{Town, minutes_ago, now, setup};
use crate::tui::app::{Cmd, InputMode, Model, Msg, Setup};

const KIND: &str = "I am sorry that your chain snapped. I am sending you a new one today and you have it tomorrow.";

fn ana() -> Setup {
    Setup { voice: Some("Ana".to_owned()), ..setup((120, 36)) }
}

fn type_in(town: &mut Town, model: &mut Model, words: &str) {
    for sign in words.chars() {
        town.tell(model, Msg::Type(Typing::Character(sign)));
    }
}

fn text(model: &Model) -> String {
    model.composer().expect("a sheet is open").paper().text()
}

fn said(model: &Model) -> String {
    model.status().shown().map(|notice| notice.text.to_string()).unwrap_or_default()
}

fn notes(model: &Model) -> String {
    model.sheet_notes().into_iter().map(|(_, words)| words).collect::<Vec<_>>().join("\n")
}

/// The words of the open case, without their line breaks.
fn case_page(model: &Model) -> String {
    let page = model.inbox().file().scrolled().page();
    let words: Vec<String> = page.lines().iter().map(|line| line.words()).collect();
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The inbox of two riders, the first one's answer held.
fn held() -> (Town, Model) {
    let mut town = Town::of_riders(&["Lou", "Kim"]);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    town.press(&mut model, Action::Send);
    if model.composer().is_some() {
        town.press(&mut model, Action::SendAnyway);
    }
    assert!(model.composer().is_none() && town.post.outgoings[0].state == OutgoingState::Held);
    later(&mut town, &mut model, 1);
    (town, model)
}

/// So many seconds pass, and the outbox is read again.
fn later(town: &mut Town, model: &mut Model, seconds: i64) {
    let at = now() + SignedDuration::from_secs(seconds);
    town.tell(model, Msg::Clock(at));
    let moved = Event::Outgoing { id: OutgoingId(1), state: OutgoingState::Draft, trouble: None };
    town.tell(model, Msg::Engine(moved));
    town.tell(model, Msg::Clock(at + SignedDuration::from_millis(600)));
}

fn leaving(model: &Model) -> bool {
    matches!(model.overlays().last(), Some(Overlay::Leaving { .. }))
}

fn quits(cmds: &[Cmd]) -> bool {
    cmds.contains(&Cmd::Quit)
}

#[test]
fn whoever_leaves_while_an_answer_is_held_is_asked_first() {
    let (mut town, mut model) = held();
    let cmds = town.press(&mut model, Action::Leave);
    assert!(!quits(&cmds) && leaving(&model) && model.input_mode() == InputMode::Prompt);
    let words = model.leaving_words().join(" ");
    assert!(words.contains("1 answer is held. It goes out in 9 s"), "{words}");
    assert!(words.contains("not sent: it waits as a draft"), "{words}");
    // Enter, Esc and letters of other keys stay.
    for typing in [Typing::Submit, Typing::Cancel] {
        assert!(!quits(&town.tell(&mut model, Msg::Type(typing))) && !leaving(&model));
        town.press(&mut model, Action::Leave);
    }
    type_in(&mut town, &mut model, "x");
    assert!(leaving(&model));
    // The same key again, or the letter, leaves.
    assert!(quits(&town.press(&mut model, Action::Leave)));
    assert!(quits(&town.tell(&mut model, Msg::Type(Typing::Character('l')))));
    // Quit on the dashboard asks as well; with nothing held, nobody asks.
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::ViewDashboard);
    assert!(!quits(&town.press(&mut model, Action::Quit)) && leaving(&model));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.post.outgoings[0].state = OutgoingState::Sent;
    later(&mut town, &mut model, 11);
    assert!(quits(&town.press(&mut model, Action::Quit)));
}

#[test]
fn whoever_waits_leaves_once_it_is_out_and_stays_when_it_went_wrong() {
    for (state, leaves) in [(OutgoingState::Sent, true), (OutgoingState::Failed, false)] {
        let (mut town, mut model) = held();
        town.press(&mut model, Action::Leave);
        assert!(!quits(&town.tell(&mut model, Msg::Type(Typing::Character('w')))));
        town.post.outgoings[0].state = state;
        town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(11)));
        let event = Event::Outgoing { id: town.post.outgoings[0].id, state, trouble: None };
        let mut cmds = town.tell(&mut model, Msg::Engine(event));
        cmds.extend(town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(12))));
        assert_eq!(quits(&cmds), leaves, "{state:?}");
        assert_eq!(leaving(&model), leaves, "{state:?}");
    }
    // What others hold does not keep anybody.
    let mut town = Town::of_riders(&["Lou"]);
    town.post.outgoings = vec![outgoing(1, OutgoingState::Held, KIND)];
    let mut model = town.model(ana());
    assert!(quits(&town.press(&mut model, Action::Quit)));
}

#[test]
fn once_it_is_out_nothing_says_that_it_goes_out() {
    let (mut town, mut model) = held();
    assert!(said(&model).starts_with("goes out in"), "{}", said(&model));
    let sent = |id| Event::Outgoing { id, state: OutgoingState::Sent, trouble: None };
    town.tell(&mut model, Msg::Engine(sent(OutgoingId(99))));
    assert!(said(&model).starts_with("goes out in"), "another's");
    let id = town.post.outgoings[0].id;
    town.tell(&mut model, Msg::Engine(sent(id)));
    assert_eq!(said(&model), "it is out");
}

fn left(id: i64, minutes: i64) -> Outgoing {
    Outgoing {
        case: Some(CaseId(1)),
        voice: Some(SafeText::line("Ana", 80)),
        changed: minutes_ago(minutes),
        trouble: SafeText::line("it was not sent: the goodword that held it ended or fell silent; send it again", 200),
        ..outgoing(id, OutgoingState::Draft, KIND)
    }
}

#[test]
fn the_next_start_tells_what_waits_and_since_when_until_it_is_written_on() {
    let mut town = Town::of_riders(&["Lou", "Kim"]);
    town.post.outgoings = vec![left(1, 60 * 16)];
    let mut model = town.model(ana());
    let words = said(&model);
    assert!(words.contains("1 reply waits since yesterday "), "{words}");
    assert!(words.contains("go opens the outbox"), "{words}");
    let status = |model: &Model| {
        let parts = model.outbox().status(now(), false).into_iter();
        parts.map(|(_, words)| words).collect::<Vec<_>>().join(" ")
    };
    assert!(status(&model).contains("◷ 1 waits, not sent"), "it stays on the status line: {}", status(&model));
    town.press(&mut model, Action::ViewInbox);
    let row = model.inbox().selected().cloned().unwrap();
    assert_eq!(model.outbox().tag(&row, now()).unwrap().1, "◷ not sent");
    let told = model.outbox().told(&row, model.context())[0].1.clone();
    assert!(
        told.contains("your answer under @ferris@hachyderm.io was held since yesterday")
            && told.contains("r brings it back"),
        "{told}"
    );
    // Told once; what is new is told again.
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    later(&mut town, &mut model, 5);
    assert!(!said(&model).contains("waits since"), "{}", said(&model));
    town.post.outgoings.push(left(2, 3));
    later(&mut town, &mut model, 10);
    assert!(said(&model).contains("2 replies wait since yesterday"), "{}", said(&model));
    town.post.outgoings.iter_mut().for_each(|one| one.trouble = SafeText::default());
    later(&mut town, &mut model, 15);
    assert!(!status(&model).contains("not sent"));
    assert!(model.outbox().tag(&row, now()).is_none());
}

#[test]
fn a_case_says_how_its_answer_stands_and_what_to_do() {
    let trouble = "500 from the square";
    for (state, tag, words) in [
        (OutgoingState::Held, "◷ out in 8s", ["held: the answer by Kim", "goes out in 8 s; U takes it back"]),
        (OutgoingState::Sending, "→ sending", ["sending: the network is being asked", ""]),
        (
            OutgoingState::Uncertain,
            "? uncertain",
            ["uncertain: nobody knows", "500 from the square. Look yourself: go opens the outbox"],
        ),
        (OutgoingState::Failed, "! failed", ["failed: the answer by Kim", "The words are kept: go opens the outbox"]),
        (OutgoingState::AwaitingApproval, "◇ to approve", ["to be approved", "waits for a second voice"]),
    ] {
        let mut town = Town::of_riders(&["Lou", "Kim"]);
        let held = state == OutgoingState::Held;
        let one = outgoing(1, state, KIND);
        town.post.outgoings = vec![Outgoing {
            case: Some(CaseId(1)),
            next: held.then(|| now() + SignedDuration::from_secs(8)),
            trouble: if held { SafeText::default() } else { SafeText::line(trouble, 80) },
            source: SourceId(2),
            ..one
        }];
        let mut model = town.model(ana());
        town.press(&mut model, Action::ViewInbox);
        town.press(&mut model, Action::Open);
        let row = model.inbox().selected().cloned().unwrap();
        assert_eq!(model.outbox().tag(&row, now()).unwrap().1, tag);
        let page = case_page(&model);
        for words in words {
            assert!(page.contains(words), "{words}: {page}");
        }
        let other = model.inbox().window().get(1).cloned().unwrap();
        assert!(model.outbox().tag(&other, now()).is_none(), "of another case nothing is said");
    }
    // The countdown on the page runs.
    let (mut town, mut model) = held();
    town.press(&mut model, Action::Open);
    let counts =
        |model: &Model| model.outbox().told(&model.inbox().selected().cloned().unwrap(), model.context())[0].1.clone();
    let before = counts(&model);
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(5)));
    assert!(before.contains("in 9 s") && counts(&model).contains("in 5 s"), "{before} / {}", counts(&model));
}

#[test]
fn the_history_names_voice_and_account() {
    let mut town = Town::of_riders(&["Lou"]);
    let line = |words: &str| Some(SafeText::line(words, 80));
    for (n, (voice, passage)) in [
        (line("Ana"), Passage::Held),
        (None, Passage::TakenBack),
        (line("Kim"), Passage::Approved),
        (None, Passage::Uncertain),
    ]
    .into_iter()
    .enumerate()
    {
        let kind = StepKind::Outgoing { id: OutgoingId(1), passage, writer: line("Ana") };
        let step = Step { id: StepId(50 + n as i64), at: now(), voice, kind, account: line("@ferris"), undone: false };
        town.cases.all[0].steps.push(step);
    }
    let kind = StepKind::Answered(crate::domain::ActId(1));
    let step = Step { id: StepId(60), at: now(), voice: line("Ana"), kind, account: line("ferris"), undone: false };
    town.cases.all[0].steps.push(step);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Open);
    let page = case_page(&model);
    for words in [
        "Ana: sent an answer on its way under @ferris: held first",
        ": the answer by Ana under @ferris was taken back: a draft again",
        "Kim: approved the answer by Ana under @ferris: held first",
        ": ? nobody knew whether the answer by Ana under @ferris was out",
        "Ana: answered on the network under @ferris",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn the_sheet_tells_at_opening_that_an_answer_is_held_and_takes_it_back() {
    for begun in ["", "One more thing: keep the old chain."] {
        let (mut town, mut model) = held();
        town.press(&mut model, Action::Reply);
        assert!(
            notes(&model).contains("◷ an answer of yours is held, 9 s left: ^x U recalls it into this sheet"),
            "{}",
            notes(&model)
        );
        type_in(&mut town, &mut model, begun);
        town.press(&mut model, Action::RecallHere);
        let behind = if begun.is_empty() { String::new() } else { format!("\n\n{begun}") };
        assert_eq!(text(&model), format!("@lou@riders.example {KIND}{behind}"));
        assert!(said(&model).contains("taken back into this sheet"), "{}", said(&model));
        assert_eq!(notes(&model), "");
        town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(3)));
        let drafts: Vec<String> =
            town.post.outgoings.iter().filter(|one| one.state == OutgoingState::Draft).map(|one| one.text()).collect();
        assert_eq!(drafts, [text(&model)], "one draft, with all of it");
        assert_eq!(town.post.outgoings.iter().filter(|one| one.state == OutgoingState::Held).count(), 0);
        town.tell(&mut model, Msg::Type(Typing::Cancel));
        assert_eq!(model.desk().view(), crate::tui::app::layout::View::Inbox, "back where the reader was");
    }
}

#[test]
fn too_late_is_said_and_the_sheet_stays() {
    let (mut town, mut model) = held();
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, "More");
    town.post.outgoings[0].state = OutgoingState::Sending;
    town.press(&mut model, Action::RecallHere);
    assert!(said(&model).contains("too late"), "{}", said(&model));
    assert!(text(&model).ends_with("More"));
    // In a batch the line goes on after it.
    let (mut town, mut model) = held();
    town.press(&mut model, Action::MarkAll);
    town.press(&mut model, Action::Reply);
    assert_eq!(model.batch(), Some((1, 2)));
    town.press(&mut model, Action::RecallHere);
    assert_eq!(model.batch(), Some((1, 2)));
    assert!(text(&model).ends_with(KIND));
    town.press(&mut model, Action::Send);
    if model.batch() == Some((1, 2)) {
        town.press(&mut model, Action::SendAnyway);
    }
    assert_eq!(model.batch(), Some((2, 2)));
}

#[test]
fn new_words_in_the_thread_appear_quietly_and_sending_still_stops() {
    let mut town = Town::of_riders(&["Lou"]);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    town.tell(&mut model, Msg::Type(Typing::WordLeft));
    let sheet = model.composer().unwrap();
    let (turns, words, cursor) = (sheet.thread().turns().len(), text(&model), sheet.paper().cursor());
    let selected = sheet.thread().selected().cloned();
    town.post.turns.push(turn(0, false, "It is fixed, thanks!"));
    let recorded = Event::Changed;
    town.tell(&mut model, Msg::Engine(recorded));
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(2)));
    let sheet = model.composer().unwrap();
    assert_eq!((sheet.thread().turns().len(), sheet.thread().unseen()), (turns + 1, 1));
    assert_eq!((text(&model), sheet.paper().cursor(), sheet.thread().selected().cloned()), (words, cursor, selected));
    let page: Vec<String> = sheet
        .thread()
        .page()
        .lines()
        .iter()
        .map(|line| line.0.iter().map(|piece| piece.text.as_str()).collect())
        .collect();
    assert!(page.iter().any(|line| line.contains("new since you opened")), "{page:?}");
    // It was not looked at: what the store is told was seen does not have it.
    let newest = town.post.turns.iter().map(|turn| turn.at).max();
    assert!(sheet.thread().seen().newest < newest);
    let stop =
        Submission::Changed { turns: vec![turn(0, false, "It is fixed, thanks!")], steps: vec![], claimed: None };
    town.post.next = Some(stop);
    town.press(&mut model, Action::Send);
    if town.post.submitted.is_empty() {
        town.press(&mut model, Action::SendAnyway);
    }
    assert!(town.post.submitted[0].seen.newest < newest);
    let sheet = model.composer().unwrap();
    assert!(sheet.asking().unwrap().reasons[0].contains("they wrote meanwhile"));
    assert_eq!(
        (sheet.thread().turns().len(), sheet.thread().unseen(), sheet.thread().seen().newest),
        (turns + 1, 0, newest)
    );
    // Whoever goes to the words has seen them.
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.post.turns.push(turn(-1, false, "And the brake?"));
    town.tell(&mut model, Msg::Engine(Event::Changed));
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(5)));
    assert_eq!(model.composer().unwrap().thread().unseen(), 1);
    for _ in 0..9 {
        town.tell(&mut model, Msg::Type(Typing::PageDown));
    }
    assert_eq!(model.composer().unwrap().thread().unseen(), 0);
    // What is taken down goes.
    town.post.turns.pop();
    town.tell(&mut model, Msg::Engine(Event::Changed));
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(8)));
    assert_eq!(model.composer().unwrap().thread().turns().len(), turns + 1);
}

#[test]
fn a_long_paste_is_kept_whole_and_what_is_lost_is_said() {
    let mut town = Town::of_riders(&["Lou"]);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Reply);
    let long = "word ".repeat(6_248);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::text(&long, 40_000))));
    assert_eq!(text(&model).len(), "@lou@riders.example ".len() + 31_240);
    assert!(notes(&model).is_empty() && !said(&model).contains("pasted"));
    town.tell(&mut model, Msg::Clock(now() + SignedDuration::from_secs(2)));
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::Reply);
    assert_eq!(text(&model).len(), "@lou@riders.example ".len() + 31_240, "the draft is whole");
    let text = SafeText::line("more", 9);
    town.tell(&mut model, Msg::Type(Typing::Paste(Pasted { text, characters: 300_000, lost: 299_996 })));
    assert!(said(&model).contains("pasted 300,000 characters, kept the first 4"), "{}", said(&model));
    assert!(notes(&model).contains("pasted 300,000 characters"), "{}", notes(&model));
    type_in(&mut town, &mut model, "x");
    assert!(notes(&model).is_empty(), "{}", notes(&model));
    // In a line, too.
    town.tell(&mut model, Msg::Type(Typing::Cancel));
    town.press(&mut model, Action::Palette);
    let much = SafeText::line(&"letters ".repeat(240), 2_000);
    for cut in [false, true] {
        town.tell(&mut model, Msg::Type(Typing::pasted(much.clone())));
        assert_eq!(said(&model).contains("pasted 1,919 characters, kept the first 81"), cut, "{}", said(&model));
    }
}

#[test]
fn what_was_just_sent_is_asked_about_and_taken_back_before_the_list_is_read_again() {
    let mut town = Town::of_riders(&["Lou"]);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    let mut cmds = model.update(Msg::Act { action: Action::Send, count: None }).cmds;
    cmds.extend(model.update(Msg::Act { action: Action::SendAnyway, count: None }).cmds);
    // Everything is answered but questions for the outbox.
    let mut lists = Vec::new();
    while !cmds.is_empty() {
        let (asked, others): (Vec<_>, Vec<_>) =
            cmds.into_iter().partition(|cmd| matches!(cmd, Cmd::Load { load: Load::Outbox, .. }));
        lists.extend(asked);
        cmds = others.into_iter().filter_map(|cmd| town.answer(cmd)).flat_map(|msg| model.update(msg).cmds).collect();
    }
    assert!(said(&model).starts_with("goes out in") && !lists.is_empty(), "{}", said(&model));
    assert!(!quits(&model.update(Msg::Act { action: Action::Leave, count: None }).cmds) && leaving(&model));
    let _ = model.update(Msg::Type(Typing::Cancel));
    let cmds = model.update(Msg::Act { action: Action::Recall, count: None }).cmds;
    assert!(cmds.iter().any(|cmd| matches!(cmd, Cmd::Errand { errand: Errand::Recall(_), .. })), "{cmds:?}");
}

#[test]
fn nothing_is_written_or_sent_on_a_screen_that_shows_nothing() {
    let mut town = Town::of_riders(&["Lou"]);
    let mut model = town.model(ana());
    town.press(&mut model, Action::ViewInbox);
    town.press(&mut model, Action::Reply);
    type_in(&mut town, &mut model, KIND);
    town.tell(&mut model, Msg::Resize(39, 9));
    type_in(&mut town, &mut model, "unseen");
    for action in [Action::Send, Action::SendAnyway, Action::Resolve] {
        assert!(town.press(&mut model, action).is_empty(), "{action:?}");
    }
    assert!(town.post.submitted.is_empty());
    town.tell(&mut model, Msg::Resize(80, 24));
    assert!(text(&model).ends_with(KIND), "{}", text(&model));
    town.tell(&mut model, Msg::Resize(20, 5));
    assert!(quits(&town.press(&mut model, Action::Leave)), "but one can leave");
}
