//! The people who had to do with us, on the screen.

use super::*;
use crate::domain::PersonId;
use crate::tui::app::cmd::PeopleDeed;

fn people(size: (u16, u16), actions: &[Action]) -> (Town, Model) {
    let mut town = Town::with_cases();
    let mut model = screen(&mut town, size, &[Action::ViewPeople]);
    for action in actions {
        town.press(&mut model, *action);
    }
    (town, model)
}

fn seen(model: &Model) -> String {
    words(&paint(model, &Theme::standard()))
}

#[test]
fn people_on_every_size() {
    for (width, height) in SIZES {
        let (_, model) = people((width, height), &[]);
        insta::assert_snapshot!(format!("people_{width}x{height}"), seen(&model));
    }
    let (_, model) = people((120, 36), &[]);
    insta::assert_snapshot!("people_styles_120x36", styles(&paint(&model, &Theme::standard())));
}

#[test]
fn a_card_and_the_sum_that_the_tie_is() {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let (mut town, mut model) = people((width, height), &[Action::Open]);
        insta::assert_snapshot!(format!("person_{width}x{height}"), seen(&model));
        town.press(&mut model, Action::Explain);
        insta::assert_snapshot!(format!("person_sum_{width}x{height}"), seen(&model));
    }
}

#[test]
fn orders_follow_one_another_and_words_narrow() {
    let (mut town, mut model) = people((120, 36), &[Action::Down]);
    for name in ["last contact", "silent regulars", "strongest ties"] {
        town.press(&mut model, Action::NextTab);
        assert!(seen(&model).contains(&format!("People · {name}")), "{}", seen(&model));
    }
    town.press(&mut model, Action::Search);
    typed(&mut town, &mut model, "rider4");
    let text = seen(&model);
    assert!(text.contains("rider40@") && !text.contains("rider5@"), "{text}");
    // Far down, the rest is read by key.
    town.press(&mut model, Action::Search);
    for _ in 0..8 {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    town.tell(&mut model, Msg::Type(Typing::Submit));
    town.press(&mut model, Action::Bottom);
    assert_eq!(model.people().rows().len(), 60);
    assert!(model.people().complete());
}

#[test]
fn two_accounts_are_one_only_when_a_person_is_sure() {
    let (mut town, mut model) = people((120, 36), &[Action::Open, Action::MergePeople]);
    insta::assert_snapshot!("people_sure_120x36", seen(&model));
    let cmds = town.tell(&mut model, Msg::Type(Typing::Cancel));
    assert!(!cmds.iter().any(|cmd| matches!(cmd, Cmd::People { .. })));
    town.press(&mut model, Action::MergePeople);
    let (question, deed) = only_deed(model.update(Msg::Type(Typing::Submit)).cmds);
    assert!(matches!(deed, PeopleDeed::Merge { one: PersonId(1), other: PersonId(900), .. }), "{deed:?}");
    town.tell(&mut model, Msg::Answer { question, answer: Answer::PeopleChanged(true) });
    assert!(seen(&model).contains("they are one person from now on"), "{}", seen(&model));
    // And taken back.
    let (mut town, mut model) = people((120, 36), &[Action::NextTab]);
    while model.people().selected().unwrap().handles.len() < 2 {
        town.press(&mut model, Action::Down);
    }
    town.press(&mut model, Action::Undo);
    assert!(seen(&model).contains("is a person of their own, and not"), "asked first: {}", seen(&model));
    let (question, deed) = only_deed(model.update(Msg::Type(Typing::Submit)).cmds);
    assert_eq!(deed, PeopleDeed::Split { account: PersonId(1002) });
    town.tell(&mut model, Msg::Answer { question, answer: Answer::PeopleChanged(true) });
    let told = model.status().shown().unwrap().text.to_string();
    assert!(told.contains("two people from now on") && told.contains("makes them one again"), "{told}");
}

#[test]
fn a_person_is_forgotten_once_their_handle_is_typed() {
    for (width, height) in [(80, 24), (120, 36)] {
        let (_, model) = people((width, height), &[Action::Open, Action::ForgetPerson]);
        insta::assert_snapshot!(format!("people_forget_{width}x{height}"), seen(&model));
    }
    let (mut town, mut model) = people((120, 36), &[Action::Open, Action::ForgetPerson]);
    let handle = model.people().file().known().unwrap().row.handles[0].who.to_string();
    let sure = |cmds: &[Cmd]| cmds.iter().any(|cmd| matches!(cmd, Cmd::Forget { sure: true, .. }));
    // Enter alone, or another name, erases nobody.
    assert!(!sure(&model.update(Msg::Type(Typing::Submit)).cmds));
    typed(&mut town, &mut model, "somebody");
    assert!(seen(&model).contains(&format!("that is not {handle}: nothing was erased")), "{}", seen(&model));
    for _ in 0.."somebody".len() {
        town.tell(&mut model, Msg::Type(Typing::Backspace));
    }
    for letter in format!("@{}", handle.to_uppercase()).chars() {
        town.tell(&mut model, Msg::Type(Typing::Character(letter)));
    }
    let cmds = model.update(Msg::Type(Typing::Submit)).cmds;
    assert!(sure(&cmds), "{cmds:?}");
    assert!(model.overlays().is_empty());
    for answer in cmds.into_iter().filter_map(|cmd| town.answer(cmd)).collect::<Vec<_>>() {
        town.tell(&mut model, answer);
    }
    let text = seen(&model);
    assert!(text.contains("Forgotten") && text.contains("nothing left"), "{text}");
    // Who leaves the question erases nobody, and elsewhere the key does nothing.
    let (mut town, mut model) = people((80, 24), &[Action::ForgetPerson]);
    assert!(!sure(&town.tell(&mut model, Msg::Type(Typing::Cancel))) && model.overlays().is_empty());
    town.press(&mut model, Action::ViewDashboard);
    town.press(&mut model, Action::ForgetPerson);
    assert!(model.overlays().is_empty());
}

/// The one deed among commands, with the number of its question.
fn only_deed(cmds: Vec<Cmd>) -> (u64, PeopleDeed) {
    let deeds = cmds.into_iter().filter_map(|cmd| match cmd {
        Cmd::People { question, deed, .. } => Some((question, deed)),
        _ => None,
    });
    deeds.last().unwrap()
}

#[test]
fn a_person_is_a_key_away_from_a_mention_and_a_case_and_the_way_back_too() {
    let mut town = Town::with_cases();
    let mut model = screen(&mut town, (120, 36), &[Action::ShowPerson]);
    assert!(seen(&model).contains("Who of us knows them"), "{}", seen(&model));
    town.press(&mut model, Action::Back);
    assert_eq!(model.desk().view(), layout::View::Dashboard);
    for action in [Action::ViewInbox, Action::Open, Action::ShowPerson] {
        town.press(&mut model, action);
    }
    assert_eq!(model.desk().focus(), layout::Pane::Person);
    town.press(&mut model, Action::Back);
    assert_eq!(model.desk().view(), layout::View::Inbox);
}
