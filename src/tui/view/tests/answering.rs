//! The outbox and the sheet when something was given up, waits for a second voice, or changed meanwhile.

use super::*;
use crate::domain::StepId;
use crate::domain::case::{CaseStatus, Step, StepKind};
use crate::domain::outbox::Submission;
use crate::tui::app::samples::postbox::turn;

const BOTH: [(u16, u16); 2] = [(80, 24), (120, 36)];
const WORDS: &str = "I am sorry that your chain snapped. I am sending you a new one today.";

fn shown(model: &Model) -> String {
    words(&paint(model, &Theme::standard()))
}

#[test]
fn what_was_given_up_says_how_it_comes_back() {
    for size in BOTH {
        let mut town = Town::answering();
        town.post.outgoings =
            vec![outgoing(4, OutgoingState::Draft, "Sorry about the"), outgoing(5, OutgoingState::Draft, "Thank you!")];
        let mut model = screen(&mut town, size, &[Action::ViewOutbox, Action::Withdraw]);
        insta::assert_snapshot!(format!("outbox_given_up_{}x{}", size.0, size.1), shown(&model));
        town.press(&mut model, Action::Bottom);
        town.press(&mut model, Action::Undo);
        insta::assert_snapshot!(format!("outbox_brought_back_{}x{}", size.0, size.1), shown(&model));
    }
}

#[test]
fn what_waits_for_a_second_voice_says_who_approves() {
    for (name, voice) in [("nobody", None), ("the_writer", Some("Kim")), ("another", Some("Ana"))] {
        let mut town = Town::answering();
        town.post.outgoings = vec![outgoing(9, OutgoingState::AwaitingApproval, "We recall the stems of 2024.")];
        let mut setup = setup((80, 24));
        setup.voice = voice.map(str::to_owned);
        let mut model = town.model(setup);
        town.press(&mut model, Action::ViewOutbox);
        insta::assert_snapshot!(format!("outbox_to_approve_by_{name}"), shown(&model));
    }
}

#[test]
fn a_sheet_shows_what_changed_and_whose_draft_it_is() {
    for size in BOTH {
        let mut town = Town::answering();
        let mut model = writing(&mut town, size, WORDS);
        let step = Step {
            id: StepId(9),
            at: now(),
            voice: Some(SafeText::line("Lou", 80)),
            kind: StepKind::Status(CaseStatus::Resolved, None),
            account: None,
            undone: false,
        };
        let turns = vec![turn(1, false, "Never mind, the shop fixed it!")];
        town.post.next = Some(Submission::Changed { turns, steps: vec![step], claimed: None });
        town.press(&mut model, Action::Send);
        insta::assert_snapshot!(format!("composer_changed_{}x{}", size.0, size.1), shown(&model));
        let mut town = Town::answering();
        let mut setup = setup(size);
        setup.voice = Some("Kim".to_owned());
        let mut kim = town.model(setup.clone());
        for action in [Action::Down, Action::Reply] {
            town.press(&mut kim, action);
        }
        town.tell(&mut kim, Msg::Type(Typing::pasted(SafeText::block(WORDS))));
        town.tell(&mut kim, Msg::Type(Typing::Cancel));
        town.post.outgoings[0].changed = minutes_ago(5);
        setup.voice = Some("Ana".to_owned());
        let mut ana = town.model(setup);
        for action in [Action::Down, Action::Reply] {
            town.press(&mut ana, action);
        }
        insta::assert_snapshot!(format!("composer_beside_a_draft_{}x{}", size.0, size.1), shown(&ana));
        town.press(&mut ana, Action::RecallHere);
        insta::assert_snapshot!(format!("composer_draft_by_another_{}x{}", size.0, size.1), shown(&ana));
    }
}
