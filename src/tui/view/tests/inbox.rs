//! The inbox, the case view, the popups and the status line with cases.

use super::*;
use crate::domain::case::{Aftermath, HandOver};
use crate::tui::app::samples::cases::Cases;

fn inbox(town: &mut Town, size: (u16, u16), actions: &[Action]) -> Model {
    let mut model = town.model(Setup { voice: Some("Ana".into()), ..setup(size) });
    town.tell(&mut model, Msg::Engine(Event::Standing(Standing::Collecting)));
    town.press(&mut model, Action::ViewInbox);
    for action in actions {
        town.press(&mut model, *action);
    }
    model
}

fn words_of(model: &Model) -> String {
    words(&paint(model, &Theme::standard()))
}

fn shown(size: (u16, u16), actions: &[Action]) -> String {
    words(&paint(&inbox(&mut Town::with_cases(), size, actions), &Theme::standard()))
}

#[test]
fn the_inbox_on_every_size() {
    for (width, height) in SIZES {
        insta::assert_snapshot!(format!("inbox_{width}x{height}"), shown((width, height), &[]));
    }
    // High enough for the case below the list.
    insta::assert_snapshot!("inbox_80x40", shown((80, 40), &[]));
}

#[test]
fn a_case_is_read() {
    for (width, height) in SIZES {
        insta::assert_snapshot!(format!("case_{width}x{height}"), shown((width, height), &[Action::Open]));
    }
    insta::assert_snapshot!("case_all_of_it", shown((80, 60), &[Action::Open, Action::Zoom]));
}

#[test]
fn every_list_and_what_is_said_when_it_is_empty() {
    let next = [Action::NextTab; 4];
    for (count, name) in [(1, "mine"), (2, "unclaimed"), (3, "snoozed"), (4, "all")] {
        insta::assert_snapshot!(format!("inbox_{name}_80x24"), shown((80, 24), &next[..count]));
        let text = words(&paint(&inbox(&mut Town::trouble(), (80, 24), &next[..count]), &Theme::standard()));
        let said = text.lines().nth(2).unwrap().trim().to_owned();
        assert!(!said.is_empty() && !said.contains("reading"), "{name}: {text}");
    }
    insta::assert_snapshot!("inbox_without_cases_80x24", {
        words(&paint(&inbox(&mut Town::trouble(), (80, 24), &[]), &Theme::standard()))
    });
    let mut town = Town { cases: Cases::many(1), ..Town::trouble() };
    let model = inbox(&mut town, (80, 24), &[Action::Resolve]);
    assert!(words(&paint(&model, &Theme::standard())).contains("✓ Nobody waits for an answer."));
}

#[test]
fn popups_and_why_this_place() {
    let down = [Action::Down, Action::Down];
    for (name, action) in [
        ("snooze", Action::Snooze),
        ("dismiss", Action::Dismiss),
        ("promise", Action::Promise),
        ("hand_over", Action::HandOver),
        ("explain_case", Action::Explain),
    ] {
        let keys: Vec<Action> = down.into_iter().chain([action]).collect();
        insta::assert_snapshot!(format!("{name}_80x24"), shown((80, 24), &keys));
    }
    insta::assert_snapshot!("dismiss_40x10", shown((40, 10), &[Action::Dismiss]));
    // Whatever is said of what was typed, it is whole at the least width.
    for (ask, words, end) in [
        (Action::Snooze, "soon", "28 nov"),
        (Action::Promise, "refund soon", "28 nov"),
        (Action::HandOver, "by soon", "28 nov"),
        (Action::HandOver, "the shop in the old town by phone", "(or say by when)"),
    ] {
        let mut town = Town::with_cases();
        let mut model = inbox(&mut town, (80, 24), &[ask]);
        town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::line(words, 80))));
        if end == "28 nov" {
            town.tell(&mut model, Msg::Type(Typing::Submit));
        }
        // Whatever line it is broken into.
        let text: Vec<String> = words_of(&model).replace('│', " ").split_whitespace().map(str::to_owned).collect();
        let text = text.join(" ");
        assert!(text.contains(end), "{words}: {text}");
    }
    let mut town = Town::with_cases();
    let mut model = inbox(&mut town, (80, 24), &[Action::Promise]);
    typed(&mut town, &mut model, "refund soon");
    let text = words(&paint(&model, &Theme::standard()));
    assert!(text.contains("! when? End with \"by\" and a time"), "{text}");
}

/// A morning on which a hand-over is overdue.
fn overdue() -> Town {
    let mut town = Town::with_cases();
    let to = SafeText::line("Kim by e-mail", 80);
    town.cases.all[5].row.handed = Some(HandOver { to, due: Some(minutes_ago(20)) });
    town
}

#[test]
fn who_came_back_happy_is_told_with_the_next_key() {
    for (width, height) in [(80, 24), (120, 36)] {
        let mut town = overdue();
        town.cases.all[4].row.aftermath = Some(Aftermath::Recovered);
        town.cases.all[4].row.promise = None;
        let model = inbox(&mut town, (width, height), &[Action::Open]);
        insta::assert_snapshot!(format!("happy_end_{width}x{height}"), words(&paint(&model, &Theme::standard())));
        let model = inbox(&mut town, (width, height), &[]);
        assert!(words(&paint(&model, &Theme::standard())).contains("happy: e resolves"));
    }
    let keys = [Action::Down; 5].into_iter().chain([Action::HandOver]).collect::<Vec<_>>();
    let mut town = Town::with_cases();
    let mut model = inbox(&mut town, (80, 24), &keys);
    town.tell(&mut model, Msg::Type(Typing::pasted(SafeText::line("the shop in Kiel by phone", 80))));
    insta::assert_snapshot!("hand_over_without_a_time_80x24", words(&paint(&model, &Theme::standard())));
    let mut town = overdue();
    let list = words(&paint(&inbox(&mut town, (120, 36), &[]), &Theme::standard()));
    assert!(list.contains("▲ due +20m") && list.contains("→Kim by e-mail 08:40"), "{list}");
    let first = list.lines().next().unwrap_or_default();
    assert!(first.contains("  2 due  ") && first.contains("unread"), "{first}");
    let model = inbox(&mut town, (80, 24), &[Action::Down, Action::Open]);
    insta::assert_snapshot!("case_overdue_elsewhere_80x24", words(&paint(&model, &Theme::standard())));
}

#[test]
fn a_list_that_is_being_read_says_so_and_so_does_a_key() {
    let mut town = Town::with_cases();
    let mut model = town.model(setup((80, 24)));
    // The store has not answered yet.
    let cmds = model.update(Msg::Act { action: Action::ViewInbox, count: None }).cmds;
    assert!(words_of(&model).lines().nth(1).unwrap().contains("reading …"), "{}", words_of(&model));
    let _ = model.update(Msg::Act { action: Action::HandOver, count: None });
    assert!(words_of(&model).contains("the inbox is being read"), "{}", words_of(&model));
    town.serve(&mut model, cmds);
    assert!(words_of(&model).lines().nth(1).unwrap().contains(" of "), "{}", words_of(&model));
}

#[test]
fn what_is_marked_and_new_is_told() {
    let mut town = Town { cases: Cases::many(10_000), ..Town::trouble() };
    let mut model = inbox(&mut town, (80, 24), &[Action::Down, Action::MarkAll]);
    town.cases.add(20_000, 1);
    town.cases.all.last_mut().unwrap().row.due = minutes_ago(9_000);
    town.tell(&mut model, Msg::Clock(minutes_ago(-1)));
    town.tell(&mut model, Msg::Engine(Event::Changed));
    insta::assert_snapshot!("inbox_deluge_80x24", words(&paint(&model, &Theme::standard())));
}

#[test]
fn the_status_line_and_what_comes_first_on_every_size() {
    for (width, height) in SIZES {
        let mut town = Town::with_cases();
        let text = text_of(&mut town, (width, height), &[]);
        insta::assert_snapshot!(format!("cases_on_the_dashboard_{width}x{height}"), text);
        let first = text.lines().next().unwrap();
        assert!(first.contains("7 open") || first.contains("▲1/7"), "{first}");
        assert!(first.contains("debt") || width < 60, "{first}");
    }
}

#[test]
fn urgency_is_never_told_by_colour_alone() {
    let model = inbox(&mut Town::with_cases(), (120, 36), &[]);
    let coloured = paint(&model, &Theme::standard());
    insta::assert_snapshot!("styles_inbox", styles(&coloured));
    assert_eq!(words(&paint(&model, &Theme::mono())), words(&coloured));
    let ascii = words(&paint(&inbox(&mut Town::with_cases(), (120, 36), &[Action::Open]), &Theme::mono().in_ascii()));
    let ours: String = ascii.lines().filter(|line| !line.contains("自転車")).collect();
    assert!(ours.is_ascii(), "{}", ours.chars().filter(|c| !c.is_ascii()).collect::<String>());
}

#[test]
fn drawing_takes_in_what_is_visible_and_no_more() {
    // Twice the cases, the same rows: what is drawn depends on the screen alone.
    let rows = |count| {
        let model = inbox(&mut Town { cases: Cases::many(count), ..Town::trouble() }, (120, 36), &[]);
        assert!(model.inbox().window().len() <= 600);
        words(&paint(&model, &Theme::standard())).lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows(10_000), rows(20_000));
}
