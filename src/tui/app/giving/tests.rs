//! The view of acts: selecting, asking why, correcting and undoing.

use crate::domain::{ActId, Deed};
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::msg::Typing;
use crate::tui::app::overlay::Overlay;
use crate::tui::app::samples::{Town, setup};
use crate::tui::app::{Action, Cmd, Model, Msg};

fn scene(size: (u16, u16)) -> (Town, Model) {
    let mut town = Town::morning();
    let mut model = town.model(setup(size));
    town.press(&mut model, Action::ViewActs);
    (town, model)
}

#[test]
fn a_key_says_what_a_post_does_and_another_takes_it_back() {
    let (mut town, mut model) = scene((120, 36));
    assert_eq!((model.desk().view(), model.desk().focus()), (View::Acts, Pane::Acts));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Down);
    let id = model.giving().selected().unwrap().act.id;
    let early = model.giving().selected().unwrap().line.cover.unwrap();
    assert!(early.is_early());
    town.press(&mut model, Action::Correct);
    assert!(matches!(model.overlays(), [Overlay::Judge(_)]));
    town.tell(&mut model, Msg::Type(Typing::Character('d')));
    assert!(model.overlays().is_empty());
    let now = model.giving().selected().unwrap();
    assert_eq!((now.act.id, now.read.confirmed(), now.line.cover), (id, true, None));
    town.press(&mut model, Action::Undo);
    let back = model.giving().selected().unwrap();
    assert_eq!((back.act.id, back.read.confirmed(), back.line.cover), (id, false, Some(early)));
}

#[test]
fn enter_tells_why() {
    let (mut town, mut model) = scene((80, 24));
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Down);
    town.press(&mut model, Action::Open);
    let [Overlay::Explain(sheet)] = model.overlays() else { panic!("{:?}", model.overlays()) };
    let words: Vec<String> = sheet.page().lines().iter().map(crate::tui::app::page::Line::words).collect();
    let all = words.join("\n");
    assert!(all.contains("± capped condition") && all.contains("It came early") && all.contains("$100,000"), "{all}");
    let found: Vec<&str> = sheet
        .page()
        .lines()
        .iter()
        .flat_map(|line| &line.0)
        .filter(|piece| piece.tone == crate::tui::app::page::Tone::Found)
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(found, ["For", "each", "retweet", "marked"]);
}

#[test]
fn the_books_are_reached_with_tab_on_a_narrow_screen() {
    let (mut town, mut model) = scene((80, 24));
    assert!(model.desk().layout().pane(Pane::Ledger).is_none());
    town.press(&mut model, Action::NextPane);
    assert!(model.desk().layout().pane(Pane::Ledger).is_some());
    let (page, scroll) = model.giving().ledger();
    assert!(page.lines().len() > 24 && scroll == 0);
    town.press(&mut model, Action::Bottom);
    assert!(model.giving().ledger().1 > 0);
    town.press(&mut model, Action::NextPane);
    assert_eq!(model.desk().focus(), Pane::Acts);
}

#[test]
fn a_verdict_on_a_post_that_went_says_so() {
    let (_, mut model) = scene((80, 24));
    let update = model.update(Msg::Act { action: Action::Open, count: None });
    let question = update.cmds.iter().find_map(|cmd| match cmd {
        Cmd::Load { question, load: crate::tui::app::cmd::Load::Verdict { act: ActId(_) } } => Some(*question),
        _ => None,
    });
    let answer = crate::tui::app::msg::Answer::Verdict(None);
    assert!(model.update(Msg::Answer { question: question.unwrap(), answer }).dirty);
    assert!(model.overlays().is_empty());
    assert_eq!(Deed::of_name("talk"), Some(Deed::Talk));
}
